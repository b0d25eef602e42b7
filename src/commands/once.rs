//! `moored --once`: one round, for cron and timers.

use std::cell::RefCell;

use super::{End, Output};
use crate::{
    core::{memory::Memory, outcome::Verdict},
    report,
    round::{Clock, Crew, Occasion, Task},
};

/// Plays one round and shows it; `exit` turns a verdict into the process's exit code, which the
/// JSON repeats.
pub async fn once(
    crew: &impl Crew,
    memory: &RefCell<Memory>,
    clock: &dyn Clock,
    output: &mut Output<'_>,
    dry_run: bool,
    exit: impl Fn(Verdict) -> u8,
) -> End {
    let report = crew
        .round(
            memory,
            Task {
                audit: false,
                dry_run,
                occasion: Occasion::Asked,
            },
        )
        .await;
    let now = clock.now();
    report::log::round(&report, None, now);
    let verdict = report.verdict();
    if output.json {
        output.value(&report::json::once(&report, exit(verdict), now));
    } else {
        output.text(&report::text::lines(&report, now));
    }
    End::Round(verdict)
}
