//! What is wrong with a configuration: where, which key, what, and what to do about it.

use std::{
    fmt::{self, Write as _},
    path::PathBuf,
};

use crate::core::foreign_text::printable;

/// Where something was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Location {
    /// A file as a whole.
    File(PathBuf),
    /// A position in a file.
    At {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The character within the line, from 1.
        column: usize,
    },
    /// The environment; the problem's key is the variable.
    Environment,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.display().fmt(f),
            Self::At { file, line, column } => write!(f, "{}:{line}:{column}", file.display()),
            Self::Environment => f.write_str("environment"),
        }
    }
}

/// One thing that is wrong, or that is right and still worth a word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where.
    pub place: Location,
    /// The key's path, as in `domeneshop[0].token`, or the environment variable; empty if it is
    /// about no key in particular.
    pub key: String,
    /// What is wrong. Never the value of a secret.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        harmless(f, &format!("{}: ", self.place))?;
        if !self.key.is_empty() {
            harmless(f, &self.key)?;
            f.write_str(": ")?;
        }
        harmless(f, &self.what)?;
        if let Some(hint) = &self.hint {
            f.write_str("; ")?;
            harmless(f, hint)?;
        }
        Ok(())
    }
}

/// Writes a text without the characters that a quoted key or value may bring along and that do more than show
/// themselves: on a terminal they could rewrite what stands above.
fn harmless(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str(&printable(text))
}

/// Everything that is wrong with a configuration, in the order it stands there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_char('\n')?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// What is wrong with a value, said by who reads it and does not know where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Diagnostic {
    what: String,
    hint: Option<String>,
}

impl Diagnostic {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: None,
        }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

/// Where a value or a missing one stands, and how it is called.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) place: Location,
    pub(super) key: String,
}

impl Span {
    /// A file as a whole.
    pub(super) fn file(path: &std::path::Path) -> Self {
        Self {
            place: Location::File(path.to_owned()),
            key: String::new(),
        }
    }

    /// An environment variable, or with no name the environment as a whole.
    pub(super) fn variable(name: impl Into<String>) -> Self {
        Self {
            place: Location::Environment,
            key: name.into(),
        }
    }
}

impl fmt::Display for Span {
    /// For messages that name another place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Location::At { line, column, .. } => write!(f, "{line}:{column} ({})", self.key),
            Location::File(_) | Location::Environment => f.write_str(&self.key),
        }
    }
}

/// What was found wrong so far. Reading goes on after a problem: all of them are reported at once.
#[derive(Default, Debug)]
pub(super) struct Diagnostics {
    problems: Vec<Problem>,
    absences: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Diagnostics {
    /// Something that is written is wrong.
    pub(super) fn problem(&mut self, spot: &Span, wrong: Diagnostic) {
        self.problems.push(problem(spot, wrong));
    }

    /// Something is not written that should be. Kept apart: behind a syntax error anything may
    /// seem to be missing.
    pub(super) fn absence(&mut self, spot: &Span, wrong: Diagnostic) {
        self.absences.push(problem(spot, wrong));
    }

    /// Something works and is still worth a word.
    pub(super) fn warning(&mut self, spot: &Span, wrong: Diagnostic) {
        self.warnings.push(problem(spot, wrong));
    }

    /// The value, or a problem and none.
    pub(super) fn check<T>(&mut self, spot: &Span, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|wrong| self.problem(spot, wrong)).ok()
    }

    /// All problems in the order they stand in the file; the warnings if there is none.
    pub(super) fn into_verdict(self) -> Result<Vec<Problem>, Problems> {
        let mut problems = self.problems;
        problems.extend(self.absences);
        if problems.is_empty() {
            return Ok(self.warnings);
        }
        problems.sort_by_key(|problem| order(&problem.place));
        Err(Problems(problems))
    }

    /// The same for a file that is not TOML: of what was read, only what stands on the lines before
    /// the first syntax error is certain to be what was meant.
    pub(super) fn into_verdict_with(self, syntax: Vec<Problem>) -> Problems {
        let first = syntax.iter().map(|it| order(&it.place).0).min();
        let mut problems = self.problems;
        problems.retain(|it| first.is_none_or(|first| order(&it.place).0 < first));
        problems.extend(syntax);
        problems.sort_by_key(|problem| order(&problem.place));
        Problems(problems)
    }
}

fn problem(spot: &Span, wrong: Diagnostic) -> Problem {
    Problem {
        place: spot.place.clone(),
        key: spot.key.clone(),
        what: wrong.what,
        hint: wrong.hint,
    }
}

/// What is about the whole file comes after what is about a line of it: it is often the
/// consequence.
pub(super) fn order(place: &Location) -> (usize, usize) {
    match place {
        Location::At { line, column, .. } => (*line, *column),
        Location::File(_) | Location::Environment => (usize::MAX, 0),
    }
}

/// A value as a message shows it: in backticks, and not the whole of a novel.
pub(super) fn shown(text: &str) -> String {
    const MAX_PROBLEMS: usize = 60;
    if text.chars().nth(MAX_PROBLEMS).is_none() {
        return format!("`{text}`");
    }
    let start: String = text.chars().take(MAX_PROBLEMS).collect();
    format!("`{start}…`")
}
