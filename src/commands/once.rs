//! `moored --once`: one round, for cron and timers.

use std::cell::RefCell;

use super::{End, Output};
use crate::{
    core::{memory::State, outcome::Verdict},
    report,
    round::{Clock, Crew, Occasion, Task},
};

/// How a round is played and told of.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Nothing is written at any provider.
    pub dry_run: bool,
    /// The log tells of the round.
    pub logs: bool,
    /// What standard output has of it.
    pub lines: Lines,
}

/// Which hosts get a line on standard output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lines {
    /// None, where the log is read.
    None,
    /// Those at which something happened or has to.
    News,
    /// Every one.
    All,
}

/// Plays one round and tells of it, of what was right already only if asked to; `exit` turns a verdict into the
/// process's exit code, which the JSON repeats.
pub async fn once(
    crew: &impl Crew,
    memory: &RefCell<State>,
    clock: &dyn Clock,
    output: &mut Output<'_>,
    manner: Manner,
    exit: impl Fn(Verdict) -> u8,
) -> End {
    let report = crew
        .round(
            memory,
            Task {
                audit: false,
                dry_run: manner.dry_run,
                occasion: Occasion::Asked,
            },
        )
        .await;
    let now = clock.now();
    if manner.logs {
        report::log::round(&report, None, now);
    }
    let verdict = report.verdict();
    if output.json {
        output.value(&report::json::once(&report, exit(verdict), now));
    } else {
        match manner.lines {
            Lines::None => {}
            Lines::News => output.text(&report::text::news(&report, now)),
            Lines::All => output.text(&report::text::lines(&report, now)),
        }
    }
    End::Round(verdict)
}
