//! `moored plan`: what a round would change, and why.

use std::cell::RefCell;

use super::{End, Output};
use crate::{
    core::{
        memory::State,
        outcome::{Outcome, Verdict},
    },
    report,
    round::{Clock, Crew, Occasion, Task},
};

/// Plans against what the provider lists now, and shows the plan. With `exit_code`, pending changes
/// are told by the way the command ends.
pub async fn plan(
    crew: &impl Crew,
    memory: &RefCell<State>,
    clock: &dyn Clock,
    output: &mut Output<'_>,
    exit_code: bool,
) -> End {
    let report = crew
        .round(
            memory,
            Task {
                audit: true,
                dry_run: true,
                occasion: Occasion::Asked,
            },
        )
        .await;
    let now = clock.now();
    if output.json {
        output.value(&report::json::plan(&report, now));
    } else {
        output.text(&report::plan::plan(&report, now));
    }
    let pending = report
        .hosts
        .iter()
        .any(|host| host.outcome == Outcome::Planned);
    match report.verdict() {
        Verdict::Right if exit_code && pending => End::Pending,
        verdict => End::Round(verdict),
    }
}
