//! For the log: what happened, once, at a level that says whether somebody has to do something.

use tracing::{debug, error, info, warn};

use super::text::{name, outcome};
use crate::core::{
    address::addr_set::display_list,
    detection::{observation::Observation, path::Interface, report::DetectionReport},
    reconcile::{intent::KeepReason, outcome::Outcome, rejection::GuardRejection},
    report::{HostReport, Report},
    time::{BootTime, HumanDuration},
    verdict::Verdict,
};

/// Logs a round. What the round before it said already is not said again above debug level.
pub fn round(report: &Report, before: Option<&Report>, now: BootTime) {
    for family in &report.detections {
        let detection_path = &family.path;
        for heard in &family.answers {
            match &heard.answer {
                Ok(addrs) => debug!("{detection_path}: {} says {addrs:?}", heard.source),
                Err(what) => debug!("{detection_path}: {}: {what}", heard.source),
            }
        }
        let said = before.and_then(|it| it.detections.iter().find(|it| it.path == *detection_path));
        log_family(family, said);
    }
    if report.is_waiting_for_clock() && !before.is_some_and(Report::is_waiting_for_clock) {
        // One line for all hosts.
        warn!(
            "{}; nothing changes, and it is tried again soon",
            KeepReason::NoClock
        );
    }
    for host in &report.hosts {
        let said = before.and_then(|it| it.hosts.iter().find(|it| it.target == host.target));
        log_host(host, said, now);
    }
    let is_left = |host: &&HostReport| {
        matches!(
            host.outcome,
            Outcome::Refused(GuardRejection::NextPart { .. })
        )
    };
    let left = report.hosts.iter().filter(is_left).count();
    if left > 0 {
        info!("{left} changes are left for the next part, which begins at once");
    }
    for (target, after) in &report.visible {
        info!(
            "{target}: all of its zone's servers show the change, {} after it",
            HumanDuration(*after)
        );
    }
    for note in &report.dns_mismatches {
        warn!("{}: {}", note.target, note.message);
    }
    let said = before.and_then(|it| it.state_error.as_ref());
    match &report.state_error {
        Some(trouble) if said == Some(trouble) => debug!("{trouble}"),
        Some(trouble) => warn!("{trouble}"),
        None if said.is_some() => info!("the state can be written again"),
        None => {}
    }
}

fn log_family(report: &DetectionReport, before: Option<&DetectionReport>) {
    let detection_path = &report.path;
    let noted = before.map_or(&[][..], |it| &it.warnings);
    for note in &report.warnings {
        if noted.contains(note) {
            debug!("{detection_path}: {note}");
        } else {
            warn!("{detection_path}: {note}");
        }
    }
    let via = |via: &Interface| format!(" via {via}");
    let via = detection_path.via.as_ref().map(via).unwrap_or_default();
    let address = format!("our {} address{via}", detection_path.family);
    let before = before.map(|it| &it.observation);
    let is_unknown = |it: &Observation| matches!(it, Observation::Unavailable(_));
    match &report.observation {
        observation if before == Some(observation) => {}
        Observation::Known(addrs) if before.is_some_and(is_unknown) => {
            info!("{address} is known again: {addrs}");
        }
        Observation::Known(addrs) => debug!("{detection_path}: {addrs}"),
        Observation::Absent => {
            info!("this host has no {detection_path}: no usable address, no route");
        }
        Observation::Unavailable(why) if before.is_some_and(is_unknown) => {
            debug!("{address} is still not known: {why}");
        }
        Observation::Unavailable(why) => {
            warn!(
                "{address} could not be found out; nothing changes, and it is looked \
                 for again soon: {why}"
            );
        }
    }
}

fn log_host(host: &HostReport, before: Option<&HostReport>, now: BootTime) {
    let target = name(host);
    let said = outcome(host, now);
    let is_news = before.is_none_or(|before| before.outcome != host.outcome);
    match &host.outcome {
        Outcome::Changed | Outcome::Planned => {
            let addrs = host
                .change
                .as_ref()
                .map_or(&host.addresses, |change| &change.to);
            info!("{target}: {}: {said}", display_list(addrs));
        }
        Outcome::Kept(KeepReason::NotCreated) if is_news => info!("{target}: {said}"),
        Outcome::Unchanged
            if before.is_some_and(|it| it.outcome.verdict() > Verdict::AddressUnknown) =>
        {
            info!("{target}: right again");
        }
        // A family's own line says what is kept because of it, and what is held was said when it
        // failed.
        Outcome::Unchanged | Outcome::Kept(_) => debug!("{target}: {said}"),
        // One line for all of them.
        Outcome::Refused(GuardRejection::NextPart { .. }) => debug!("{target}: {said}"),
        Outcome::Held { .. } if before.is_some() => debug!("{target}: {said}"),
        outcome if outcome.verdict() == Verdict::Refused => error!("{target}: {said}"),
        _ => warn!("{target}: {said}"),
    }
}
