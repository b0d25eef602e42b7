//! For people: one line for each host and family.

use std::{fmt::Write as _, time::Duration};

use crate::core::{
    address::addr_set::display_list,
    detection::{observation::Observation, report::DetectionReport},
    reconcile::outcome::Outcome,
    report::{HostReport, Report},
    time::{BootTime, HumanDuration},
    verdict::Verdict,
};

/// A host's line begins with what is kept right and, where that is configured, over which interface its
/// addresses are found out: `home.example.com A via eth1`.
pub fn name(host: &HostReport) -> String {
    match &host.via {
        None => host.target.to_string(),
        Some(via) => format!("{} via {via}", host.target),
    }
}

/// What happened to a host, without its name: `unchanged`, `changed from … (why)`, or what was in
/// the way and what happens next.
pub fn outcome(host: &HostReport, now: BootTime) -> String {
    let from = |word: &str| match &host.change {
        Some(change) => format!(
            "{word} from {} via {} ({}{})",
            display_list(&change.from),
            change.via(),
            change.reason,
            change.removals()
        ),
        None => word.to_owned(),
    };
    match &host.outcome {
        Outcome::Unchanged => "unchanged".to_owned(),
        Outcome::Changed => from("changed"),
        Outcome::Planned => from("would be changed"),
        Outcome::Kept(reason) => format!("kept: {reason}"),
        Outcome::Refused(refusal) => refusal.to_string(),
        Outcome::Held { failure, until } => format!(
            "waiting {} after an earlier failure: {}{}",
            HumanDuration(until.since(now)),
            failure.message,
            failure.advice()
        ),
        Outcome::Failed(failure) => {
            format!(
                "failed ({}): {}{}{}",
                failure.class,
                failure.message,
                next(host, now),
                failure.advice()
            )
        }
        Outcome::Unconfirmed(failure) => format!(
            "could not confirm the update, it will be read back before anything else: {}{}",
            failure.message,
            next(host, now)
        ),
    }
}

/// When it is tried again.
fn next(host: &HostReport, now: BootTime) -> String {
    match host.retry_at {
        Some(retry) => format!("; next attempt in {}", HumanDuration(retry.since(now))),
        None => String::new(),
    }
}

/// The lines of a whole round.
pub fn lines(report: &Report, now: BootTime) -> String {
    lines_explained(report, now, |_| String::new())
}

/// The same without the hosts at which nothing happened and nothing has to: empty where that is all of them.
pub fn news(report: &Report, now: BootTime) -> String {
    let mut report = report.clone();
    report.hosts.retain(|host| {
        let is_quiet = matches!(host.outcome, Outcome::Unchanged | Outcome::Kept(_));
        !is_quiet || host.outcome.verdict() != Verdict::Right
    });
    lines(&report, now)
}

/// The same, with what is to be said below each line.
pub fn lines_explained(
    report: &Report,
    now: BootTime,
    explain: impl Fn(&HostReport) -> String,
) -> String {
    let width = report
        .hosts
        .iter()
        .map(|host| name(host).len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for host in &report.hosts {
        let addrs = match (&host.outcome, &host.change) {
            (Outcome::Planned, Some(change)) => display_list(&change.to),
            _ if host.addresses.is_empty() => "-".to_owned(),
            _ => display_list(&host.addresses),
        };
        let _ = writeln!(
            text,
            "{:width$}  {addrs}  {}",
            name(host),
            outcome(host, now)
        );
        text += &explain(host);
    }
    for note in &report.dns_mismatches {
        let _ = writeln!(text, "{}: {}", note.target, note.message);
    }
    text.extend(
        report
            .state_error
            .iter()
            .map(|trouble| format!("{trouble}\n")),
    );
    text
}

/// What every source said about a family, and what is believed.
pub fn detection(report: &DetectionReport) -> String {
    let mut text = match &report.observation {
        Observation::Known(addrs) => format!("{}: {addrs}\n", report.path),
        Observation::Absent => {
            format!(
                "{}: absent (no usable address and no default route)\n",
                report.path
            )
        }
        Observation::Unavailable(why) => format!("{}: not known: {why}\n", report.path),
    };
    let width = report
        .answers
        .iter()
        .map(|heard| heard.source.len())
        .max()
        .unwrap_or(0);
    for heard in &report.answers {
        let answer = match &heard.answer {
            Ok(addrs) => display_list(addrs),
            Err(what) => what.clone(),
        };
        let ms = millis(heard.elapsed);
        let _ = writeln!(
            text,
            "  {:width$}  {ms:>6} ms  {answer}  [{}]",
            heard.source, heard.operator
        );
    }
    for note in &report.warnings {
        let _ = writeln!(text, "  note: {note}");
    }
    text
}

/// Whole milliseconds.
pub fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
