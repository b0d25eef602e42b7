//! A TOML file's text: its positions and its syntax errors.

use std::{collections::BTreeSet, path::Path};

use toml::de::Error;

use crate::config::problem::{Place, Problem, Spot};

/// A file's path and where its lines begin.
pub(super) struct Document<'a> {
    pub(super) path: &'a Path,
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Document<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        let after_each_break = text.match_indices('\n').map(|(offset, _)| offset + 1);
        Self {
            path,
            text,
            lines: std::iter::once(0).chain(after_each_break).collect(),
        }
    }

    /// The line and column of a byte offset.
    pub(super) fn at(&self, offset: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line.saturating_sub(1)).copied();
        let before = self.text.get(start.unwrap_or(0)..offset).unwrap_or("");
        // A byte order mark is not a character that an editor counts.
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        Place::At {
            file: self.path.to_owned(),
            line,
            column,
        }
    }

    /// Whether the text at this place is one of several lines (`"""` and a line break, which TOML does not
    /// count as part of it).
    pub(super) fn begins_lines(&self, place: &Place) -> bool {
        let Place::At { line, column, .. } = place else {
            return false;
        };
        let text = self.text.lines().nth(line.saturating_sub(1));
        let before = column.saturating_sub(1);
        let rest: String = text.unwrap_or_default().chars().skip(before).collect();
        matches!(rest.trim_end(), "\"\"\"" | "'''")
    }

    pub(super) fn spot(&self, offset: usize, key: impl Into<String>) -> Spot {
        Spot {
            place: self.at(offset),
            key: key.into(),
        }
    }

    /// The parser's errors without what it knows of the text: its own `Display` and `Debug` quote
    /// the line, and the line may hold a secret. The first of each line; the others follow from it.
    pub(super) fn syntax(&self, errors: &[Error]) -> Vec<Problem> {
        let mut lines = BTreeSet::new();
        let problems = errors.iter().map(|error| Problem {
            place: match error.span() {
                Some(span) => self.at(span.start),
                None => Place::File(self.path.to_owned()),
            },
            key: String::new(),
            what: format!("not valid TOML: {}", error.message()),
            hint: hint(error.message()),
        });
        problems
            .filter(|problem| match &problem.place {
                Place::At { line, .. } => lines.insert(*line),
                Place::File(_) | Place::Environment => true,
            })
            .collect()
    }
}

fn hint(message: &str) -> Option<String> {
    let hint = if message.starts_with("string values must be quoted") {
        "write text in double quotes"
    } else if message.starts_with("duplicate key") {
        "each key may stand once; tables that repeat are written in double brackets"
    } else if ["boolean", "integer", "float", "datetime"]
        .iter()
        .any(|kind| message.starts_with(&format!("invalid {kind}")))
    {
        "if it is text, write it in double quotes"
    } else {
        return None;
    };
    Some(hint.to_owned())
}
