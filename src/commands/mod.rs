//! What a person asks for, one file a command. Each writes what it did to the writer it is given
//! and says how it ended.

pub mod account;
pub mod api;
pub mod check;
pub mod detect;
pub mod health;
pub mod import;
pub mod once;
pub mod plan;
pub mod poke;
pub mod probe_channel;
pub mod records;
pub mod status;

use std::io::Write;

use super::core::{error::ProviderError, verdict::Verdict};
use crate::core::foreign_text::{printable_json, printable_lines};

/// Where and how a command answers. Both parts are written when the command has ended and what it learnt is saved:
/// a reader that has stopped holds up nothing.
pub struct Output<'o> {
    /// The answer, for standard output.
    pub to: &'o mut dyn Write,
    /// What is said beside it, for standard error.
    pub notes: &'o mut dyn Write,
    /// `--json`.
    pub json: bool,
}

impl Output<'_> {
    /// Writes lines for people. What they quote from outside was made printable where it was read; whatever else
    /// does more than show itself is made so here (L15). Whoever passes the answer on tells of what goes wrong then.
    pub fn text(&mut self, text: &str) {
        self.raw(&printable_lines(text));
    }

    /// Says something beside the answer, to whoever redirects that.
    pub fn note(&mut self, what: &str) {
        let _ = writeln!(self.notes, "{}", printable_lines(what));
    }

    /// Writes a text as it is.
    fn raw(&mut self, text: &str) {
        let _ = self.to.write_all(text.as_bytes());
    }

    /// Writes a text that is all there is to say, also to programs: a page of the manual, a script for a shell.
    pub fn print_raw(&mut self, text: &str) -> CommandResult {
        self.raw(text);
        CommandResult::Round(Verdict::Right)
    }

    /// Writes a value as one line of JSON.
    pub fn print_json(&mut self, value: &impl serde::Serialize) {
        // Only a map with keys that are no strings could fail, and no shape here has one.
        if let Ok(text) = serde_json::to_string(value) {
            self.json_piece(&text);
            self.raw("\n");
        }
    }

    /// Writes a piece of such a line: a list may be long.
    pub fn json_piece(&mut self, json: &str) {
        self.raw(&printable_json(json));
    }
}

impl Output<'_> {
    /// Says what is wrong with the command line.
    pub fn usage(&mut self, what: &str) -> CommandResult {
        self.error(what);
        CommandResult::Usage
    }

    /// Says what is wrong with a file.
    pub fn unusable(&mut self, what: &str) -> CommandResult {
        self.error(what);
        CommandResult::InvalidFile
    }

    /// Says what a provider did not do.
    pub fn failure(&mut self, failure: &ProviderError) -> CommandResult {
        let advice = failure.advice();
        self.error(&format!("{} ({}){advice}", failure.message, failure.class));
        CommandResult::Round(failure.class.verdict())
    }

    fn error(&mut self, what: &str) {
        if self.json {
            self.print_json(&serde_json::json!({ "error": what }));
        } else {
            // Standard output is for what was asked for.
            self.note(what);
        }
    }
}

impl CommandResult {
    /// The worse of two ends of one command.
    fn worse(self, other: Self) -> Self {
        match (self, other) {
            (Self::Round(one), Self::Round(other)) => Self::Round(one.max(other)),
            (Self::Round(_), other) => other,
            (one, _) => one,
        }
    }
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommandResult {
    /// As a round's verdict says.
    Round(Verdict),
    /// `plan --exit-code`: changes are pending.
    Pending,
    /// The command line asked for something that cannot be.
    Usage,
    /// `import`: the file cannot be read, is not understood, or holds nothing for moored.
    InvalidFile,
    /// `health`: not healthy; `status`, `poke`: no daemon answers.
    Unhealthy,
}
