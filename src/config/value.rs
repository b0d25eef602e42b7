//! One value as it was written, and what it can be read as. A value of the wrong kind is called by
//! its kind and never shown: it may be a secret.

use std::net::IpAddr;

use toml::{Spanned, de::DeValue};

use super::diagnostics::{Diagnostic, Diagnostics, Span, shown};
use crate::config::{
    document::ConfigDocument,
    duration::{self, DurationLimits},
    section::ConfigSection,
    suggest::{listed, nearest},
};

/// A value and where it stands.
pub(super) struct ConfigValue<'a> {
    pub(super) spot: Span,
    form: RawValue<'a>,
    /// The byte of the file that it begins at.
    offset: usize,
}

/// How it is written.
#[derive(Clone, Copy)]
enum RawValue<'a> {
    /// In a file.
    Toml(&'a ConfigDocument<'a>, &'a DeValue<'a>),
    /// In an environment variable, where everything is text.
    Word(&'a str),
}

impl<'a> ConfigValue<'a> {
    /// A value of a file.
    pub(super) fn in_file(
        document: &'a ConfigDocument<'a>,
        value: &'a Spanned<DeValue<'a>>,
        spot: Span,
    ) -> Self {
        Self {
            spot,
            form: RawValue::Toml(document, value.get_ref()),
            offset: value.span().start,
        }
    }

    /// A value of an environment variable.
    pub(super) fn in_variable(word: &'a str, spot: Span) -> Self {
        Self {
            spot,
            form: RawValue::Word(word),
            offset: 0,
        }
    }

    /// Whether it stands in a file rather than in the environment.
    pub(super) fn is_in_file(&self) -> bool {
        matches!(self.form, RawValue::Toml(..))
    }

    /// Whether it is a table or a list of tables.
    pub(super) fn is_table(&self) -> bool {
        match self.form {
            RawValue::Toml(_, DeValue::Table(_)) => true,
            RawValue::Toml(_, DeValue::Array(items)) => {
                !items.is_empty() && items.iter().all(|item| item.get_ref().is_table())
            }
            _ => false,
        }
    }

    /// The text, if it is one.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        match self.form {
            RawValue::Toml(_, value) => value.as_str(),
            RawValue::Word(word) => Some(word),
        }
    }

    /// The text. No setting has line breaks in it; a text that does may have swallowed the lines
    /// that follow, secrets and all, so nobody gets to show it.
    pub(super) fn text(&self, diagnostics: &mut Diagnostics) -> Option<&'a str> {
        let Some(text) = self.as_text() else {
            self.mistaken("text in quotes", diagnostics);
            return None;
        };
        let begins_lines = match self.form {
            RawValue::Toml(document, _) => document.begins_lines(self.offset),
            RawValue::Word(_) => false,
        };
        if begins_lines || text.contains(char::is_control) {
            let wrong = Diagnostic::new("has a line break or other control character in it");
            diagnostics.problem(&self.spot, wrong);
            return None;
        }
        Some(text)
    }

    /// A whole number.
    pub(super) fn integer(&self, diagnostics: &mut Diagnostics) -> Option<i64> {
        let number = match self.form {
            RawValue::Toml(_, DeValue::Integer(number)) => {
                i64::from_str_radix(number.as_str(), number.radix()).ok()
            }
            RawValue::Toml(..) => {
                self.mistaken("a whole number", diagnostics);
                return None;
            }
            RawValue::Word(word) => word.parse().ok(),
        };
        if number.is_none() {
            diagnostics.problem(&self.spot, Diagnostic::new("must be a whole number"));
        }
        number
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, diagnostics: &mut Diagnostics) -> Option<bool> {
        let switch = match self.form {
            RawValue::Toml(_, value) => value.as_bool(),
            RawValue::Word(word) => word.parse().ok(),
        };
        if switch.is_none() {
            self.mistaken("`true` or `false`", diagnostics);
        }
        switch
    }

    /// A length of time.
    pub(super) fn duration(
        &self,
        limits: DurationLimits,
        diagnostics: &mut Diagnostics,
    ) -> Option<std::time::Duration> {
        if let RawValue::Toml(_, DeValue::Integer(number)) = self.form {
            diagnostics.problem(&self.spot, duration::without_unit(number.as_str()));
            return None;
        }
        let text = self.text(diagnostics)?;
        diagnostics.check(&self.spot, duration::parse(text, limits))
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(
        &self,
        choices: &[(&'static str, T)],
        diagnostics: &mut Diagnostics,
    ) -> Option<T> {
        let text = self.text(diagnostics)?;
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
            return Some(*choice);
        }
        let words = choices.iter().map(|(word, _)| *word);
        let wrong = Diagnostic::new(format!("{} is not known here", shown(text)));
        diagnostics.problem(
            &self.spot,
            match nearest(text, words.clone()) {
                Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
                None => wrong.hint(format!("there are {}", listed(words))),
            },
        );
        None
    }

    /// A list; in a variable, separated by commas.
    pub(super) fn list(&self, diagnostics: &mut Diagnostics) -> Option<Vec<Self>> {
        match self.form {
            RawValue::Toml(document, DeValue::Array(items)) => {
                let item = |(position, item): (usize, &'a Spanned<DeValue<'a>>)| {
                    let key = format!("{}[{position}]", self.spot.key);
                    let spot = document.spot(item.span().start, key);
                    Self::in_file(document, item, spot)
                };
                Some(items.iter().enumerate().map(item).collect())
            }
            RawValue::Toml(_, DeValue::String(_)) => {
                let wrong = Diagnostic::new("must be a list, not text");
                diagnostics.problem(&self.spot, wrong.hint("put it in square brackets"));
                None
            }
            RawValue::Toml(..) => {
                self.mistaken("a list", diagnostics);
                None
            }
            RawValue::Word(word) => Some(
                pieces(word)
                    .into_iter()
                    .map(|piece| Self::in_variable(piece, self.spot.clone()))
                    .collect(),
            ),
        }
    }

    /// The texts of a list.
    pub(super) fn texts(&self, diagnostics: &mut Diagnostics) -> Option<Vec<(Span, &'a str)>> {
        let items = self.list(diagnostics)?;
        let mut texts = Vec::new();
        for item in items {
            if let Some(text) = item.text(diagnostics) {
                texts.push((item.spot, text));
            }
        }
        Some(texts)
    }

    /// A table's keys.
    pub(super) fn table(&self, diagnostics: &mut Diagnostics) -> Option<ConfigSection<'a>> {
        if let RawValue::Toml(document, DeValue::Table(table)) = self.form {
            return Some(ConfigSection::table(document, table, self.spot.clone()));
        }
        self.mistaken("a table", diagnostics);
        None
    }

    /// The tables `[[…]]`.
    pub(super) fn tables(&self, diagnostics: &mut Diagnostics) -> Vec<ConfigSection<'a>> {
        if let RawValue::Toml(_, DeValue::Table(_)) = self.form {
            let path = without_positions(&self.spot.key);
            diagnostics.problem(
                &self.spot,
                Diagnostic::new("there may be several of these")
                    .hint(format!("write it in double brackets: `[[{path}]]`")),
            );
            return Vec::new();
        }
        let RawValue::Toml(_, DeValue::Array(_)) = self.form else {
            self.mistaken("tables in double brackets", diagnostics);
            return Vec::new();
        };
        let items = self.list(diagnostics).unwrap_or_default();
        if items.is_empty() {
            diagnostics.problem(
                &self.spot,
                Diagnostic::new("is empty").hint("remove the line"),
            );
        }
        items
            .iter()
            .filter_map(|item| item.table(diagnostics))
            .collect()
    }

    fn mistaken(&self, wanted: &str, diagnostics: &mut Diagnostics) {
        let wrong = Diagnostic::new(format!("must be {wanted}, not {}", self.kind()));
        diagnostics.problem(&self.spot, wrong);
    }

    fn kind(&self) -> &'static str {
        match self.form {
            RawValue::Toml(_, DeValue::String(_)) | RawValue::Word(_) => "text",
            RawValue::Toml(_, DeValue::Integer(_) | DeValue::Float(_)) => "a number",
            RawValue::Toml(_, DeValue::Boolean(_)) => "`true` or `false`",
            RawValue::Toml(_, DeValue::Datetime(_)) => "a date",
            RawValue::Toml(_, DeValue::Array(_)) => "a list",
            RawValue::Toml(_, DeValue::Table(_)) => "a table",
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
