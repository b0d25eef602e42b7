//! For `moored status` and `moored health`: how the running daemon stands.

use std::{fmt::Write as _, time::Duration};

use serde::{Deserialize, Serialize};

use super::text::outcome;
use crate::core::{
    address::addr_set::display_list,
    reconcile::{outcome::Outcome, rejection::GuardRejection},
    report::Report,
    state::State,
    time::{BootTime, HumanDuration},
    verdict::Verdict,
};

/// How late a round may be before the daemon counts as stuck. A round takes seconds; one in which
/// everything has to be waited for takes minutes.
const OVERDUE_AFTER: Duration = Duration::from_mins(5);

/// A daemon's state in one value. Times are seconds, counted from when it is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Status {
    /// Whether the last round is recent and no host is failing.
    pub healthy: bool,
    /// Why not, in words.
    pub reason: Option<String>,
    /// How long ago the last round ended.
    pub last_check_seconds_ago: Option<u64>,
    /// When the next round starts.
    pub next_check_in_seconds: Option<u64>,
    /// Every target.
    pub hosts: Vec<HostStatus>,
    /// What is in the way of connections from the Internet, as far as the last round found out.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Why the state cannot be saved and what that means, if it cannot.
    #[serde(default)]
    pub state: Option<String>,
}

/// A target in a [`Status`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HostStatus {
    /// The account.
    pub account: String,
    /// The host.
    pub host: String,
    /// `A` or `AAAA`.
    pub r#type: String,
    /// The interface that its addresses are found out over, if one is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// The addresses that stand at the provider as far as we know.
    pub addresses: Vec<std::net::IpAddr>,
    /// For how long it has had them.
    pub unchanged_for_seconds: Option<u64>,
    /// How long it took until all of the zone's servers showed them, if that was seen.
    #[serde(default)]
    pub visible_after_seconds: Option<u64>,
    /// How the last round ended for it, by the words of `--once --json`.
    pub outcome: String,
    /// The same in words.
    pub reason: String,
    /// Whether somebody or something has to act.
    pub failing: bool,
}

/// What the daemon knows between rounds.
#[derive(Clone, Debug)]
pub struct LastRound {
    /// When it ended.
    pub ended: BootTime,
    /// When the next one starts.
    pub next: BootTime,
    /// What it said.
    pub report: Report,
}

/// The status at `now`.
pub fn status(last: Option<&LastRound>, state: &State, now: BootTime) -> Status {
    let Some(last) = last else {
        return Status {
            healthy: false,
            reason: Some("the first round is under way".to_owned()),
            last_check_seconds_ago: None,
            next_check_in_seconds: None,
            hosts: Vec::new(),
            notes: Vec::new(),
            state: None,
        };
    };
    let hosts: Vec<_> = last
        .report
        .hosts
        .iter()
        .map(|host| {
            let confirmed = state
                .target(&host.target)
                .and_then(|it| it.confirmed.as_ref());
            HostStatus {
                account: host.target.account.0.clone(),
                host: host.target.host.to_string(),
                r#type: host.target.family.record_type().to_owned(),
                interface: host.via.as_ref().map(ToString::to_string),
                addresses: host.addresses.clone(),
                unchanged_for_seconds: confirmed.map(|it| now.since(it.since).as_secs()),
                visible_after_seconds: confirmed
                    .and_then(|it| it.visible_after)
                    .map(|it| it.as_secs()),
                outcome: host.outcome.as_str().to_owned(),
                reason: outcome(host, now),
                // What the next part writes is on its way.
                failing: host.outcome.verdict() != Verdict::Right
                    && !matches!(
                        host.outcome,
                        Outcome::Refused(GuardRejection::NextPart { .. })
                    ),
            }
        })
        .collect();
    let families = last.report.detections.iter();
    let late = now.since(last.next) > OVERDUE_AFTER;
    let failing = hosts.iter().find(|host| host.failing);
    let reason = match failing {
        _ if late => Some(format!(
            "a round is overdue by {}",
            HumanDuration(now.since(last.next))
        )),
        Some(host) => Some(format!("{}: {}", name(host), host.reason)),
        None => None,
    };
    Status {
        healthy: reason.is_none(),
        reason,
        last_check_seconds_ago: Some(now.since(last.ended).as_secs()),
        next_check_in_seconds: Some(last.next.since(now).as_secs()),
        hosts,
        notes: families
            .flat_map(|it| &it.warnings)
            .map(ToString::to_string)
            .collect(),
        state: last.report.state_error.clone(),
    }
}

/// As the lines of a round begin: `home.example.com A via eth1`.
fn name(host: &HostStatus) -> String {
    let via = host.interface.as_ref().map(|it| format!(" via {it}"));
    format!("{} {}{}", host.host, host.r#type, via.unwrap_or_default())
}

/// The status for people.
pub fn text(status: &Status) -> String {
    let mut text = String::new();
    let spoken = |seconds: u64| HumanDuration(Duration::from_secs(seconds));
    let width = status
        .hosts
        .iter()
        .map(|host| name(host).len())
        .max()
        .unwrap_or(0);
    for host in &status.hosts {
        let addrs = if host.addresses.is_empty() {
            "-".to_owned()
        } else {
            display_list(&host.addresses)
        };
        let _ = write!(text, "{:width$}  {addrs}", name(host));
        if let Some(seconds) = host.unchanged_for_seconds {
            let _ = write!(text, " for {}", spoken(seconds));
        }
        if let Some(seconds) = host.visible_after_seconds {
            let _ = write!(text, " (in DNS after {})", spoken(seconds));
        }
        let _ = writeln!(text, "  {}", host.reason);
    }
    for note in status.notes.iter().chain(&status.state) {
        let _ = writeln!(text, "note: {note}");
    }
    if let (Some(ago), Some(next)) = (status.last_check_seconds_ago, status.next_check_in_seconds) {
        let _ = writeln!(
            text,
            "last check {} ago, next in {}",
            spoken(ago),
            spoken(next)
        );
    }
    let _ = match &status.reason {
        Some(reason) => writeln!(text, "not healthy: {reason}"),
        None => writeln!(text, "healthy"),
    };
    text
}

/// One line for a supervisor: `3 hosts right · 84.212.10.20 · next check 14:05`. It stands until the next round, so a
/// time of day says more than how long that is from now.
pub fn line(report: &Report, wait: Duration, at: Option<String>) -> String {
    let mut hosts: Vec<_> = report.hosts.iter().map(|it| &it.target.host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    let failing = report
        .hosts
        .iter()
        .filter(|it| it.outcome.verdict() != Verdict::Right);
    let mut wrong: Vec<_> = failing.map(|it| &it.target.host).collect();
    wrong.sort_unstable();
    wrong.dedup();
    let all = hosts.len();
    let right = all - wrong.len();
    let mut line = match (wrong.split_first(), all) {
        (None, 1) => "1 host right".to_owned(),
        (None, _) => format!("{all} hosts right"),
        (Some((one, [])), _) => format!("{right} of {all} hosts right, {one} is not"),
        (Some((one, rest)), _) => format!(
            "{right} of {all} hosts right, {one} and {} more are not",
            rest.len()
        ),
    };
    let mut addrs: Vec<_> = report.hosts.iter().flat_map(|it| &it.addresses).collect();
    addrs.sort_unstable();
    addrs.dedup();
    if !addrs.is_empty() {
        let _ = write!(line, " · {}", display_list(addrs));
    }
    let _ = match at.filter(|_| wait < A_DAY) {
        Some(at) => write!(line, " · next check {at}"),
        None => write!(line, " · next check in {}", HumanDuration(wait)),
    };
    line
}

/// Beyond it a time of day does not say which.
const A_DAY: Duration = Duration::from_hours(24);
