//! Values of an API as people read them: lists as tables, objects as lines.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::core::foreign_text;

/// The widest a column gets before its text is cut: a TXT record may be a page long.
const WIDEST: usize = 60;

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
    let mut names: Vec<&str> = Vec::new();
    for fields in items.iter().filter_map(Value::as_object) {
        names.extend(
            fields
                .keys()
                .map(String::as_str)
                .filter(|it| !names.contains(it))
                .collect::<Vec<_>>(),
        );
    }
    if names.is_empty() {
        return items
            .iter()
            .fold(String::new(), |all, item| all + &cell(item) + "\n");
    }
    let header = names.iter().map(|name| printable(name)).collect();
    let row = |item: &Value| {
        let field = |name: &&str| item.get(*name).map(cell).unwrap_or_default();
        names.iter().map(field).map(|text| cut(&text)).collect()
    };
    let rows: Vec<Vec<String>> = std::iter::once(header)
        .chain(items.iter().map(row))
        .collect();
    rows_aligned(&rows)
}

/// Rows as columns of equal width.
pub fn rows_aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|text| text.chars().count())
            .max()
    };
    let widths: Vec<_> = (0..columns)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
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
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
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
            text.lines().all(|line| line.chars().count() <= WIDEST),
            "{text}"
        );
    }
}
