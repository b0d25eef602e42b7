//! Values of an API as people read them: lists as tables, objects as lines.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::{core::foreign_text, json};

/// The widest a column gets before its text is cut: a TXT record may be a page long.
const MAX_WIDTH: usize = 60;

/// A value for people. Control characters, which a record's text may hold, do not reach the
/// terminal.
pub fn value(value: &Value) -> String {
    match value {
        Value::Null => "done\n".to_owned(),
        Value::Array(items) if items.is_empty() => "nothing\n".to_owned(),
        Value::Array(items) => list(items),
        Value::Object(fields) => object(fields),
        scalar => format!("{}\n", cell(scalar)),
    }
}

fn object(fields: &Map<String, Value>) -> String {
    let width = fields.keys().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in fields {
        match value {
            Value::Array(items) if items.iter().any(Value::is_object) => {
                let _ = writeln!(text, "{}:", printable(name));
                text += &indented(&list(items));
            }
            Value::Object(inner) => {
                let _ = writeln!(text, "{}:", printable(name));
                text += &indented(&object(inner));
            }
            value => {
                let _ = writeln!(text, "{:width$}  {}", printable(name), cell(value));
            }
        }
    }
    text
}

fn indented(text: &str) -> String {
    text.lines()
        .fold(String::new(), |all, line| all + "  " + line + "\n")
}

fn list(items: &[Value]) -> String {
    let mut text = String::new();
    items_as_rows(&items, &mut |part| text.push_str(part));
    text
}

/// The most columns of a table: no item that is documented has as many members.
const MAX_COLUMNS: usize = 64;

/// A list's items, to be looked at more than once.
trait TableItems {
    /// Hands out each.
    fn each(&self, take: &mut dyn FnMut(&Value));
}

impl TableItems for &[Value] {
    fn each(&self, take: &mut dyn FnMut(&Value)) {
        self.iter().for_each(take);
    }
}

/// A JSON array, of which one item at a time is made a tree.
struct TableText<'t>(&'t str);

impl TableItems for TableText<'_> {
    fn each(&self, take: &mut dyn FnMut(&Value)) {
        // A text that is no list has no items to show.
        let _ = json::each_item(self.0.as_bytes(), |item| {
            let item = json::tree(item)?;
            take(&item);
            Ok::<_, String>(())
        });
    }
}

/// The items of a JSON array for people, and what stands around them where they are a member of an object, piece by
/// piece.
pub fn list_within(
    items: &str,
    around: Option<(&Map<String, Value>, &str)>,
    out: &mut dyn FnMut(&str),
) {
    let is_empty = items == "[]";
    let Some((members, own)) = around else {
        return if is_empty {
            out("nothing\n");
        } else {
            items_as_rows(&TableText(items), out);
        };
    };
    let (before, after): (Vec<_>, Vec<_>) =
        members.iter().partition(|(name, _)| name.as_str() < own);
    let part = |members: Vec<(&String, &Value)>| -> Map<String, Value> {
        let members = members.into_iter();
        members
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    out(&object(&part(before)));
    if is_empty {
        out(&format!("{own}  \n"));
    } else {
        out(&format!("{own}:\n"));
        items_as_rows(&TableText(items), &mut |text| {
            for line in text.lines() {
                out(&format!("  {line}\n"));
            }
        });
    }
    out(&object(&part(after)));
}

/// Items as a table of their members, or as lines if they have none; each piece is whole lines.
fn items_as_rows(items: &dyn TableItems, out: &mut dyn FnMut(&str)) {
    let mut names: Vec<String> = Vec::new();
    items.each(&mut |item| {
        for name in item.as_object().into_iter().flat_map(Map::keys) {
            if names.len() < MAX_COLUMNS && !names.contains(name) {
                names.push(name.clone());
            }
        }
    });
    if names.is_empty() {
        return items.each(&mut |item| out(&(cell(item) + "\n")));
    }
    let mut rows = TableRows::default();
    let header: Vec<_> = names.iter().map(|name| printable(name)).collect();
    rows.push(header.iter().map(String::as_str));
    items.each(&mut |item| {
        let field = |name: &String| item.get(name).map(cell).unwrap_or_default();
        let row: Vec<_> = names.iter().map(field).map(|text| cut(&text)).collect();
        rows.push(row.iter().map(String::as_str));
    });
    rows.write(out);
}

/// Rows of a table in little memory.
#[derive(Default)]
pub struct TableRows {
    /// The cells, each row's in a line. A cell has no control characters.
    text: String,
    widths: Vec<usize>,
}

/// What stands between two cells.
const SEPARATOR: char = '\u{1f}';

impl TableRows {
    /// Adds a row, whose cells are [`printable`].
    pub fn push<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        for (column, cell) in cells.enumerate() {
            if column == self.widths.len() {
                self.widths.push(0);
            }
            let width = cell.chars().count();
            if let Some(widest) = self.widths.get_mut(column) {
                *widest = width.max(*widest);
            }
            if column > 0 {
                self.text.push(SEPARATOR);
            }
            self.text.push_str(cell);
        }
        self.text.push('\n');
    }

    /// How many bytes it takes.
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// Hands out the rows as columns of equal width, some lines at a time.
    pub fn write(&self, out: &mut dyn FnMut(&str)) {
        let mut text = String::new();
        for row in self.text.lines() {
            let mut line = String::new();
            for (cell, width) in row.split(SEPARATOR).zip(&self.widths) {
                let _ = write!(line, "{cell:width$}  ");
            }
            text.push_str(line.trim_end());
            text.push('\n');
            if text.len() >= PIECE {
                out(&text);
                text.clear();
            }
        }
        out(&text);
    }
}

/// How long a piece of a table is about, in bytes.
const PIECE: usize = 32 << 10;

/// Rows as columns of equal width.
pub fn rows_aligned(rows: &[Vec<String>]) -> String {
    let mut all = TableRows::default();
    for row in rows {
        all.push(row.iter().map(String::as_str));
    }
    let mut text = String::new();
    all.write(&mut |part| text.push_str(part));
    text
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => printable(text),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let pairs = fields
                .iter()
                .map(|(name, value)| format!("{}={}", printable(name), cell(value)));
            pairs.collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// Text from outside, as a cell of a table shows it.
pub fn printable(text: &str) -> String {
    foreign_text::printable(text).into_owned()
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_WIDTH {
        return text.to_owned();
    }
    text.chars().take(MAX_WIDTH - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_tables_and_objects_are_lines() {
        let records = json!([
            {"id": 1, "host": "@", "data": "192.0.2.1"},
            {"id": 20, "host": "www", "data": "a\u{1b}[31mb", "ttl": 300},
        ]);
        assert_eq!(
            value(&records),
            "data          host  id  ttl\n192.0.2.1     @     1\na\\u{1b}[31mb  www   20  300\n"
        );
        assert_eq!(
            value(&json!({"id": 1, "services": {"dns": true}, "nameservers": ["a", "b"]})),
            "id           1\nnameservers  a, b\nservices:\n  dns  true\n"
        );
        assert_eq!(value(&Value::Null), "done\n");
        assert_eq!(value(&json!([])), "nothing\n");
        assert_eq!(value(&json!(["a", "b"])), "a\nb\n");
    }

    #[test]
    fn a_long_text_is_cut_in_a_table() {
        let text = value(&json!([{"data": "x".repeat(500)}]));
        assert!(
            text.lines().all(|line| line.chars().count() <= MAX_WIDTH),
            "{text}"
        );
    }
}
