//! A TOML file's text: its positions and its syntax errors.

use std::{collections::BTreeSet, path::Path};

use toml::de::Error;

use super::diagnostics::{Location, Problem, Span};

/// A file's path, and where its lines and characters begin.
pub(super) struct ConfigDocument<'a> {
    pub(super) path: &'a Path,
    text: &'a str,
    lines: Vec<usize>,
    /// How many characters begin before each stretch of `INDEX_STRIDE` bytes: a file may have all its hosts on one
    /// line, and each place in it is a number of characters from the line's start.
    characters: Vec<usize>,
}

/// How many bytes are counted anew for each place.
const INDEX_STRIDE: usize = 64;

impl<'a> ConfigDocument<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        let after_each_break = text.match_indices('\n').map(|(offset, _)| offset + 1);
        let mut total = 0;
        let characters = text.as_bytes().chunks(INDEX_STRIDE).map(|stretch| {
            let before = total;
            total += characters(stretch);
            before
        });
        Self {
            path,
            text,
            lines: std::iter::once(0).chain(after_each_break).collect(),
            characters: characters.collect(),
        }
    }

    /// How many characters begin before a byte offset.
    fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let stretch = offset / INDEX_STRIDE;
        let rest = self.text.as_bytes().get(stretch * INDEX_STRIDE..offset);
        let before = match self.characters.get(stretch) {
            Some(before) => *before,
            // The end of a text that ends with a stretch.
            None => self.characters.last().map_or(0, |before| {
                let last = self.text.as_bytes().chunks(INDEX_STRIDE).last();
                before + last.map_or(0, characters)
            }),
        };
        before + rest.map_or(0, characters)
    }

    /// The line and column of a byte offset.
    pub(super) fn at(&self, offset: usize) -> Location {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
        // A byte order mark is not a character that an editor counts.
        let marks = self.text.get(start..offset).map_or(0, |before| {
            let is_mark = |letter: &char| *letter == '\u{feff}';
            before.chars().take_while(is_mark).count()
        });
        let characters = self.characters_before(offset) - self.characters_before(start);
        let column = characters.saturating_sub(marks) + 1;
        Location::At {
            file: self.path.to_owned(),
            line,
            column,
        }
    }

    /// Whether the text at this offset is one of several lines (`"""` and a line break, which TOML does not
    /// count as part of it).
    pub(super) fn begins_lines(&self, offset: usize) -> bool {
        let text = self.text.get(offset..).unwrap_or_default();
        let opened = text
            .strip_prefix("\"\"\"")
            .or_else(|| text.strip_prefix("'''"));
        let is_break = |letter: char| letter == '\n';
        opened.is_some_and(|rest| {
            let first = rest
                .chars()
                .find(|letter| is_break(*letter) || !letter.is_whitespace());
            first.is_none_or(is_break)
        })
    }

    pub(super) fn spot(&self, offset: usize, key: impl Into<String>) -> Span {
        Span {
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
                None => Location::File(self.path.to_owned()),
            },
            key: String::new(),
            what: format!("not valid TOML: {}", error.message()),
            hint: hint(error.message()),
        });
        problems
            .filter(|problem| match &problem.place {
                Location::At { line, .. } => lines.insert(*line),
                Location::File(_) | Location::Environment => true,
            })
            .collect()
    }
}

/// How many characters begin in these bytes: all but the continuation bytes of UTF-8 begin one.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// As an editor counts it.
    fn counted(text: &str, offset: usize) -> (usize, usize) {
        let before = text.get(..offset).unwrap();
        let line = before.rsplit('\n').next().unwrap();
        let column = line.trim_start_matches('\u{feff}').chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }

    #[test]
    fn each_offset_has_the_line_and_column_that_an_editor_shows() {
        let one_line = format!("hosts = [{}]", "\"blåbær.example.no\", ".repeat(30));
        for text in [
            "",
            "token = \"x\"\n",
            "\u{feff}token = \"x\"\nnæme = 1\n\n",
            &"x".repeat(INDEX_STRIDE),
            &"é".repeat(INDEX_STRIDE),
            &one_line,
            &format!("# {one_line}\n{one_line}\n{one_line}"),
        ] {
            let document = ConfigDocument::new(Path::new("config.toml"), text);
            let offsets = text.char_indices().map(|(offset, _)| offset);
            for offset in offsets.chain([text.len()]) {
                let Location::At { line, column, .. } = document.at(offset) else {
                    panic!("no position")
                };
                assert_eq!((line, column), counted(text, offset), "{text:?} {offset}");
            }
        }
    }

    #[test]
    fn a_place_is_found_without_counting_the_whole_line_before_it() {
        let text = format!("hosts = [{}]", "\"home.example.com\", ".repeat(8_000));
        let document = ConfigDocument::new(Path::new("config.toml"), &text);
        // Byte by byte this would count ten thousand million characters, which takes minutes.
        for offset in 0..text.len() {
            let Location::At { column, .. } = document.at(offset) else {
                panic!("no position")
            };
            assert_eq!(column, offset + 1);
        }
    }
}
