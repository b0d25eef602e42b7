//! `moored detect`: what every source says, and what is believed.

use std::cell::RefCell;

use super::{CommandResult, Output};
use crate::{
    core::{detection::observation::Observation, state::State, verdict::Verdict},
    engine::Engine,
    report,
};

/// Asks all sources at once and shows them side by side.
pub async fn detect(
    engine: &impl Engine,
    state: &RefCell<State>,
    output: &mut Output<'_>,
) -> CommandResult {
    let reports = engine.detect(state).await;
    if output.json {
        output.print_json(&report::json::detection(&reports));
    } else {
        for report in &reports {
            output.text(&report::text::detection(report));
        }
    }
    let unknown = |it: &Observation| matches!(it, Observation::Unavailable(_));
    let unknown = reports.iter().any(|report| unknown(&report.observation));
    CommandResult::Round(if unknown {
        Verdict::AddressUnknown
    } else {
        Verdict::Right
    })
}
