//! `moored --once`: one round, for cron and timers.

use std::cell::RefCell;

use super::{CommandResult, Output};
use crate::{
    core::{state::State, verdict::Verdict},
    engine::{Clock, Engine, RoundOptions, Trigger},
    report,
};

/// How a round is played and told of.
#[derive(Clone, Copy, Debug)]
pub struct OnceOptions {
    /// Nothing is written at any provider.
    pub dry_run: bool,
    /// The log tells of the round.
    pub logs: bool,
    /// What standard output has of it.
    pub lines: Verbosity,
}

/// Which hosts get a line on standard output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verbosity {
    /// None, where the log is read.
    None,
    /// Those at which something happened or has to.
    Changes,
    /// Every one.
    All,
}

/// Plays one round and tells of it, of what was right already only if asked to; `exit` turns a verdict into the
/// process's exit code, which the JSON repeats.
pub async fn once(
    engine: &impl Engine,
    state: &RefCell<State>,
    clock: &dyn Clock,
    output: &mut Output<'_>,
    manner: OnceOptions,
    exit: impl Fn(Verdict) -> u8,
) -> CommandResult {
    let report = engine
        .round(
            state,
            RoundOptions {
                audit: false,
                dry_run: manner.dry_run,
                trigger: Trigger::Manual,
            },
        )
        .await;
    let now = clock.now();
    if manner.logs {
        report::log::round(&report, None, now);
    }
    let verdict = report.verdict();
    if output.json {
        output.print_json(&report::json::once(&report, exit(verdict), now));
    } else {
        match manner.lines {
            Verbosity::None => {}
            Verbosity::Changes => output.text(&report::text::news(&report, now)),
            Verbosity::All => output.text(&report::text::lines(&report, now)),
        }
    }
    CommandResult::Round(verdict)
}
