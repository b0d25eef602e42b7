//! `moored plan`: what a round would change, and why.

use std::cell::RefCell;

use super::{CommandResult, Output};
use crate::{
    core::{reconcile::outcome::Outcome, state::State, verdict::Verdict},
    engine::{Clock, Engine, RoundOptions, Trigger},
    report,
};

/// Plans against what the provider lists now, and shows the plan. With `exit_code`, pending changes
/// are told by the way the command ends.
pub async fn plan(
    engine: &impl Engine,
    state: &RefCell<State>,
    clock: &dyn Clock,
    output: &mut Output<'_>,
    exit_code: bool,
) -> CommandResult {
    let report = engine
        .round(
            state,
            RoundOptions {
                audit: true,
                dry_run: true,
                trigger: Trigger::Manual,
            },
        )
        .await;
    let now = clock.now();
    if output.json {
        output.print_json(&report::json::plan(&report, now));
    } else {
        output.text(&report::plan::plan(&report, now));
    }
    let pending = report
        .hosts
        .iter()
        .any(|host| host.outcome == Outcome::Planned);
    match report.verdict() {
        Verdict::Right if exit_code && pending => CommandResult::Pending,
        verdict => CommandResult::Round(verdict),
    }
}
