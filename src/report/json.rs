//! For programs: the shapes that `--json` promises. More keys may come; none goes.

use std::net::IpAddr;

use serde::Serialize;
use serde_json::Value;

use super::text::{millis, outcome};
use crate::core::{
    addr::Family,
    observe::Observation,
    outcome::{FamilyReport, HostReport, Outcome, Report},
    time::Moment,
};

/// `plan --json`.
#[derive(Debug, Serialize)]
pub struct Plan<'r> {
    changes: Vec<Change<'r>>,
    unchanged: usize,
    unknown: Vec<Unknown<'r>>,
}

#[derive(Debug, Serialize)]
struct Change<'r> {
    account: &'r str,
    host: &'r str,
    r#type: &'static str,
    action: &'static str,
    from: &'r [IpAddr],
    to: &'r [IpAddr],
    via: &'static str,
    why: String,
}

#[derive(Debug, Serialize)]
struct Unknown<'r> {
    account: &'r str,
    host: &'r str,
    r#type: &'static str,
    reason: String,
}

/// What a plan shows of a dry run's report.
pub fn plan(report: &Report, now: Moment) -> Plan<'_> {
    let mut plan = Plan {
        changes: Vec::new(),
        unchanged: 0,
        unknown: Vec::new(),
    };
    for host in &report.hosts {
        let account = host.target.account.0.as_str();
        let name = host.target.host.as_str();
        let r#type = host.target.family.record_type();
        match (&host.outcome, &host.change) {
            (Outcome::Planned, Some(change)) => plan.changes.push(Change {
                account,
                host: name,
                r#type,
                action: change.action(),
                from: &change.from,
                to: &change.to,
                via: change.via(),
                why: change.reason.to_string(),
            }),
            (Outcome::Unchanged, _) => plan.unchanged += 1,
            _ => {
                let reason = outcome(host, now);
                plan.unknown.push(Unknown {
                    account,
                    host: name,
                    r#type,
                    reason,
                });
            }
        }
    }
    plan
}

/// `--once --json`.
#[derive(Debug, Serialize)]
pub struct Once<'r> {
    hosts: Vec<Host<'r>>,
    exit: u8,
}

/// A target in `--once --json` and in the status.
#[derive(Debug, Serialize)]
pub struct Host<'r> {
    account: &'r str,
    #[serde(rename = "host")]
    name: &'r str,
    r#type: &'static str,
    outcome: &'static str,
    addresses: &'r [IpAddr],
    reason: String,
}

/// What a single round shows that was not played at all.
pub fn not_played(reason: &str, exit: u8) -> Value {
    serde_json::json!({ "hosts": [], "exit": exit, "reason": reason })
}

/// A target's shape.
pub fn host(host: &HostReport, now: Moment) -> Host<'_> {
    Host {
        account: &host.target.account.0,
        name: host.target.host.as_str(),
        r#type: host.target.family.record_type(),
        outcome: host.outcome.word(),
        addresses: &host.addresses,
        reason: outcome(host, now),
    }
}

/// What a single round shows.
pub fn once(report: &Report, exit: u8, now: Moment) -> Once<'_> {
    Once {
        hosts: report.hosts.iter().map(|it| host(it, now)).collect(),
        exit,
    }
}

/// `detect --json`: an object with `ipv4` and `ipv6`. A family that is switched off is absent.
pub fn detection(reports: &[FamilyReport]) -> Value {
    let of = |family: Family| {
        let report = reports.iter().find(|report| report.family == family);
        report.map_or_else(
            || {
                let reason = "switched off: it has no sources";
                serde_json::json!({ "addresses": [], "state": "absent", "reason": reason, "sources": [] })
            },
            self::family,
        )
    };
    serde_json::json!({ "ipv4": of(Family::V4), "ipv6": of(Family::V6) })
}

fn family(report: &FamilyReport) -> Value {
    let (addresses, state, reason) = match &report.observation {
        Observation::Known(addrs) => (addrs.addrs().into_iter().collect(), "known", None),
        Observation::Absent => (Vec::new(), "absent", None),
        Observation::Unavailable(why) => (Vec::new(), "unavailable", Some(why.to_string())),
    };
    let sources = report.heard.iter().map(|heard| {
        serde_json::json!({
            "source": heard.source,
            "operator": heard.operator,
            "addresses": heard.answer.as_ref().map_or(&[][..], |addrs| addrs),
            "error": heard.answer.as_ref().err(),
            "ms": millis(heard.took),
        })
    });
    serde_json::json!({
        "addresses": addresses,
        "state": state,
        "reason": reason,
        "sources": sources.collect::<Vec<_>>(),
        "notes": report.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
