//! One value as it was written, and what it can be read as. A value of the wrong kind is called by
//! its kind and never shown: it may be a secret.

use std::net::IpAddr;

use toml::{Spanned, de::DeValue};

use crate::config::{
    document::Document,
    duration::{self, Limits},
    problem::{Findings, Spot, Wrong, shown},
    section::Section,
    suggest::{listed, nearest},
};

/// A value and where it stands.
pub(super) struct Value<'a> {
    pub(super) spot: Spot,
    form: Form<'a>,
    /// The byte of the file that it begins at.
    offset: usize,
}

/// How it is written.
#[derive(Clone, Copy)]
enum Form<'a> {
    /// In a file.
    Toml(&'a Document<'a>, &'a DeValue<'a>),
    /// In an environment variable, where everything is text.
    Word(&'a str),
}

impl<'a> Value<'a> {
    /// A value of a file.
    pub(super) fn in_file(
        document: &'a Document<'a>,
        value: &'a Spanned<DeValue<'a>>,
        spot: Spot,
    ) -> Self {
        Self {
            spot,
            form: Form::Toml(document, value.get_ref()),
            offset: value.span().start,
        }
    }

    /// A value of an environment variable.
    pub(super) fn in_variable(word: &'a str, spot: Spot) -> Self {
        Self {
            spot,
            form: Form::Word(word),
            offset: 0,
        }
    }

    /// Whether it stands in a file rather than in the environment.
    pub(super) fn is_in_file(&self) -> bool {
        matches!(self.form, Form::Toml(..))
    }

    /// Whether it is a table or a list of tables.
    pub(super) fn is_table(&self) -> bool {
        match self.form {
            Form::Toml(_, DeValue::Table(_)) => true,
            Form::Toml(_, DeValue::Array(items)) => {
                !items.is_empty() && items.iter().all(|item| item.get_ref().is_table())
            }
            _ => false,
        }
    }

    /// The text, if it is one.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        match self.form {
            Form::Toml(_, value) => value.as_str(),
            Form::Word(word) => Some(word),
        }
    }

    /// The text. No setting has line breaks in it; a text that does may have swallowed the lines
    /// that follow, secrets and all, so nobody gets to show it.
    pub(super) fn text(&self, findings: &mut Findings) -> Option<&'a str> {
        let Some(text) = self.as_text() else {
            self.mistaken("text in quotes", findings);
            return None;
        };
        let begins_lines = match self.form {
            Form::Toml(document, _) => document.begins_lines(self.offset),
            Form::Word(_) => false,
        };
        if begins_lines || text.contains(char::is_control) {
            let wrong = Wrong::new("has a line break or other control character in it");
            findings.problem(&self.spot, wrong);
            return None;
        }
        Some(text)
    }

    /// A whole number.
    pub(super) fn integer(&self, findings: &mut Findings) -> Option<i64> {
        let number = match self.form {
            Form::Toml(_, DeValue::Integer(number)) => {
                i64::from_str_radix(number.as_str(), number.radix()).ok()
            }
            Form::Toml(..) => {
                self.mistaken("a whole number", findings);
                return None;
            }
            Form::Word(word) => word.parse().ok(),
        };
        if number.is_none() {
            findings.problem(&self.spot, Wrong::new("must be a whole number"));
        }
        number
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, findings: &mut Findings) -> Option<bool> {
        let switch = match self.form {
            Form::Toml(_, value) => value.as_bool(),
            Form::Word(word) => word.parse().ok(),
        };
        if switch.is_none() {
            self.mistaken("`true` or `false`", findings);
        }
        switch
    }

    /// A length of time.
    pub(super) fn duration(
        &self,
        limits: Limits,
        findings: &mut Findings,
    ) -> Option<std::time::Duration> {
        if let Form::Toml(_, DeValue::Integer(number)) = self.form {
            findings.problem(&self.spot, duration::without_unit(number.as_str()));
            return None;
        }
        let text = self.text(findings)?;
        findings.check(&self.spot, duration::parse(text, limits))
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(
        &self,
        choices: &[(&'static str, T)],
        findings: &mut Findings,
    ) -> Option<T> {
        let text = self.text(findings)?;
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
            return Some(*choice);
        }
        let words = choices.iter().map(|(word, _)| *word);
        let wrong = Wrong::new(format!("{} is not known here", shown(text)));
        findings.problem(
            &self.spot,
            match nearest(text, words.clone()) {
                Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
                None => wrong.hint(format!("there are {}", listed(words))),
            },
        );
        None
    }

    /// A list; in a variable, separated by commas.
    pub(super) fn list(&self, findings: &mut Findings) -> Option<Vec<Self>> {
        match self.form {
            Form::Toml(document, DeValue::Array(items)) => {
                let item = |(position, item): (usize, &'a Spanned<DeValue<'a>>)| {
                    let key = format!("{}[{position}]", self.spot.key);
                    let spot = document.spot(item.span().start, key);
                    Self::in_file(document, item, spot)
                };
                Some(items.iter().enumerate().map(item).collect())
            }
            Form::Toml(_, DeValue::String(_)) => {
                let wrong = Wrong::new("must be a list, not text");
                findings.problem(&self.spot, wrong.hint("put it in square brackets"));
                None
            }
            Form::Toml(..) => {
                self.mistaken("a list", findings);
                None
            }
            Form::Word(word) => Some(
                pieces(word)
                    .into_iter()
                    .map(|piece| Self::in_variable(piece, self.spot.clone()))
                    .collect(),
            ),
        }
    }

    /// The texts of a list.
    pub(super) fn texts(&self, findings: &mut Findings) -> Option<Vec<(Spot, &'a str)>> {
        let items = self.list(findings)?;
        let mut texts = Vec::new();
        for item in items {
            if let Some(text) = item.text(findings) {
                texts.push((item.spot, text));
            }
        }
        Some(texts)
    }

    /// A table's keys.
    pub(super) fn table(&self, findings: &mut Findings) -> Option<Section<'a>> {
        if let Form::Toml(document, DeValue::Table(table)) = self.form {
            return Some(Section::table(document, table, self.spot.clone()));
        }
        self.mistaken("a table", findings);
        None
    }

    /// The tables `[[…]]`.
    pub(super) fn tables(&self, findings: &mut Findings) -> Vec<Section<'a>> {
        if let Form::Toml(_, DeValue::Table(_)) = self.form {
            let path = without_positions(&self.spot.key);
            findings.problem(
                &self.spot,
                Wrong::new("there may be several of these")
                    .hint(format!("write it in double brackets: `[[{path}]]`")),
            );
            return Vec::new();
        }
        let Form::Toml(_, DeValue::Array(_)) = self.form else {
            self.mistaken("tables in double brackets", findings);
            return Vec::new();
        };
        let items = self.list(findings).unwrap_or_default();
        if items.is_empty() {
            findings.problem(&self.spot, Wrong::new("is empty").hint("remove the line"));
        }
        items
            .iter()
            .filter_map(|item| item.table(findings))
            .collect()
    }

    fn mistaken(&self, wanted: &str, findings: &mut Findings) {
        let wrong = Wrong::new(format!("must be {wanted}, not {}", self.kind()));
        findings.problem(&self.spot, wrong);
    }

    fn kind(&self) -> &'static str {
        match self.form {
            Form::Toml(_, DeValue::String(_)) | Form::Word(_) => "text",
            Form::Toml(_, DeValue::Integer(_) | DeValue::Float(_)) => "a number",
            Form::Toml(_, DeValue::Boolean(_)) => "`true` or `false`",
            Form::Toml(_, DeValue::Datetime(_)) => "a date",
            Form::Toml(_, DeValue::Array(_)) => "a list",
            Form::Toml(_, DeValue::Table(_)) => "a table",
        }
    }
}

/// `domeneshop[0].host` is written `[[domeneshop.host]]`.
fn without_positions(path: &str) -> String {
    let mut inside = false;
    path.chars()
        .filter(|letter| {
            inside = *letter == '[' || inside && *letter != ']';
            !inside && *letter != ']'
        })
        .collect()
}

/// The parts between commas. A plain address after `static:` goes on with it, for the list of a
/// `static` source has commas of its own.
fn pieces(word: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let ends = word.match_indices(',').map(|(end, _)| end);
    let mut ends = ends.chain([word.len()]).peekable();
    while let Some(end) = ends.next() {
        let piece = word.get(start..end).unwrap_or("").trim();
        let rest = word.get(end..).unwrap_or("").trim_start_matches(',');
        let next = rest.split(',').next().unwrap_or("").trim();
        let goes_on = piece.starts_with("static:") && next.parse::<IpAddr>().is_ok();
        if goes_on && ends.peek().is_some() {
            continue;
        }
        if !piece.is_empty() {
            pieces.push(piece);
        }
        start = end + 1;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_a_list_by_its_commas() {
        for (word, parts) in [
            ("a", &["a"][..]),
            (" a , b,", &["a", "b"]),
            (
                "static:1.1.1.1, 1.1.1.2,https",
                &["static:1.1.1.1, 1.1.1.2", "https"],
            ),
            ("static:::1,2a01::1", &["static:::1,2a01::1"]),
            ("interface,1.1.1.1", &["interface", "1.1.1.1"]),
            (",,", &[]),
        ] {
            assert_eq!(pieces(word), parts, "{word}");
        }
    }

    #[test]
    fn a_path_is_written_without_positions() {
        assert_eq!(without_positions("domeneshop[10].host"), "domeneshop.host");
    }
}
