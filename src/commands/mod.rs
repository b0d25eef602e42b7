//! What a person asks for, one file a command. Each writes what it did to the writer it is given
//! and says how it ended.

pub mod check;
pub mod detect;
pub mod health;
pub mod once;
pub mod plan;
pub mod status;

use std::io::Write;

use crate::core::outcome::Verdict;

/// Where and how a command answers.
pub struct Output<'o> {
    /// Standard output.
    pub to: &'o mut dyn Write,
    /// `--json`.
    pub json: bool,
}

impl Output<'_> {
    /// Writes a text. A reader that went away (`moored plan | head -1`) is no trouble of ours.
    pub fn text(&mut self, text: &str) {
        let _ = self
            .to
            .write_all(text.as_bytes())
            .and_then(|()| self.to.flush());
    }

    /// Writes a value as one line of JSON.
    pub fn value(&mut self, value: &impl serde::Serialize) {
        // Only a map with keys that are no strings could fail, and no shape here has one.
        if let Ok(text) = serde_json::to_string(value) {
            self.text(&(text + "\n"));
        }
    }
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// As a round's verdict says.
    Round(Verdict),
    /// `plan --exit-code`: changes are pending.
    Pending,
    /// `health`: not healthy; `status`: no daemon answers.
    Unwell,
}
