//! For people: what a round would change, with where it was seen, why it is wanted and how it is done.

use std::fmt::Write as _;

use super::text::lines_explained;
use crate::core::{
    address::addr_set::display_list,
    detection::{observation::Observation, report::DetectionReport},
    dns::{
        change::{Change, Method, Step},
        record::Origin,
    },
    reconcile::outcome::Outcome,
    report::{HostReport, Report},
    time::BootTime,
};

/// A dry run's lines; under each that would change something stands why and how.
pub fn plan(report: &Report, now: BootTime) -> String {
    lines_explained(report, now, |host| match (&host.outcome, &host.change) {
        (Outcome::Planned, Some(change)) => explanation(host, change, report),
        _ => String::new(),
    })
}

fn explanation(host: &HostReport, change: &Change, report: &Report) -> String {
    let mut text = format!("    seen    {}\n", seen(change));
    if let Some(why) = wanted(host, change, report) {
        let _ = writeln!(text, "    wanted  {why}");
    }
    for step in steps(change) {
        let _ = writeln!(text, "    done    {step}");
    }
    if let Some(raise) = change.raised_ttl_note() {
        let _ = writeln!(text, "    with    {raise}");
    }
    text
}

/// Where what is there was seen.
pub fn seen(change: &Change) -> String {
    let there = if change.from.is_empty() {
        "no record".to_owned()
    } else {
        display_list(&change.from)
    };
    match change.origin {
        Origin::List => format!("{there} in the provider's list"),
        Origin::State => format!("{there} by what the provider confirmed last"),
    }
}

/// Who says that these addresses are ours.
pub fn wanted(host: &HostReport, change: &Change, report: &Report) -> Option<String> {
    let seen = report
        .detections
        .iter()
        .find(|it| it.path.family == host.target.family && it.path.via == host.via)?;
    let sources = believed(seen);
    if change.to.is_empty() {
        return Some(
            "no address: this family is gone from here, and `on_absent` says remove".to_owned(),
        );
    }
    (!sources.is_empty()).then(|| format!("{} by {}", display_list(&change.to), sources.join(", ")))
}

/// The sources whose answer was believed.
fn believed(report: &DetectionReport) -> Vec<&str> {
    let Observation::Known(addrs) = &report.observation else {
        return Vec::new();
    };
    let addrs = addrs.addrs();
    let heard = report.answers.iter().filter(|it| {
        let answer = it.answer.as_ref();
        answer.is_ok_and(|answer| addrs.iter().eq(answer))
    });
    heard.map(|it| it.source.as_str()).collect()
}

/// How it is done, step by step.
pub fn steps(change: &Change) -> Vec<String> {
    let ttl = |ttl: &Option<u32>| ttl.map(|it| format!(", TTL {it}")).unwrap_or_default();
    match &change.method {
        Method::ReplaceRRset(addrs) => {
            vec![format!("the whole name is set to {addrs} by dyndns/update")]
        }
        Method::Records { steps, .. } => steps
            .iter()
            .map(|step| match step {
                Step::Create { addr, ttl: wanted } => format!("create {addr}{}", ttl(wanted)),
                Step::Modify {
                    record,
                    addr,
                    ttl: wanted,
                } => {
                    let (id, before) = (&record.id, record.addr);
                    format!("change record {id} from {before} to {addr}{}", ttl(wanted))
                }
                Step::Delete { record } => format!("delete record {} ({})", record.id, record.addr),
            })
            .collect(),
    }
}
