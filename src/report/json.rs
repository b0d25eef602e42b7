//! For programs: the shapes that `--json` promises. More keys may come; none goes.

use std::{collections::BTreeSet, net::IpAddr};

use serde::Serialize;
use serde_json::{Map, Value};

use super::text::{millis, outcome};
use crate::core::{
    address::family::Family,
    detection::{observation::Observation, path::Interface, report::DetectionReport},
    reconcile::outcome::Outcome,
    report::{HostReport, Report},
    time::BootTime,
};

/// `plan --json`.
#[derive(Debug, Serialize)]
pub struct PlanJson<'r> {
    changes: Vec<ChangeJson<'r>>,
    unchanged: usize,
    unknown: Vec<UnknownJson<'r>>,
}

#[derive(Debug, Serialize)]
struct ChangeJson<'r> {
    account: &'r str,
    host: &'r str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    interface: Option<&'r str>,
    action: &'static str,
    from: &'r [IpAddr],
    to: &'r [IpAddr],
    via: &'static str,
    why: String,
    seen: String,
    wanted: Option<String>,
    steps: Vec<String>,
}

#[derive(Debug, Serialize)]
struct UnknownJson<'r> {
    account: &'r str,
    host: &'r str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    interface: Option<&'r str>,
    reason: String,
}

/// What a plan shows of a dry run's report.
pub fn plan(report: &Report, now: BootTime) -> PlanJson<'_> {
    let mut plan = PlanJson {
        changes: Vec::new(),
        unchanged: 0,
        unknown: Vec::new(),
    };
    for host in &report.hosts {
        let account = host.target.account.0.as_str();
        let name = host.target.host.as_str();
        let r#type = host.target.family.record_type();
        let interface = interface(host);
        match (&host.outcome, &host.change) {
            (Outcome::Planned, Some(change)) => plan.changes.push(ChangeJson {
                account,
                host: name,
                r#type,
                interface,
                action: change.action(),
                from: &change.from,
                to: &change.to,
                via: change.via(),
                why: change.reason.to_string(),
                seen: super::plan::seen(change),
                wanted: super::plan::wanted(host, change, report),
                steps: super::plan::steps(change),
            }),
            (Outcome::Unchanged, _) => plan.unchanged += 1,
            _ => {
                let reason = outcome(host, now);
                plan.unknown.push(UnknownJson {
                    account,
                    host: name,
                    r#type,
                    interface,
                    reason,
                });
            }
        }
    }
    plan
}

/// `--once --json`.
#[derive(Debug, Serialize)]
pub struct OnceJson<'r> {
    hosts: Vec<HostJson<'r>>,
    exit: u8,
    /// Why the state cannot be saved, if it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'r str>,
}

/// A target in `--once --json` and in the status.
#[derive(Debug, Serialize)]
pub struct HostJson<'r> {
    account: &'r str,
    #[serde(rename = "host")]
    name: &'r str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    interface: Option<&'r str>,
    outcome: &'static str,
    addresses: &'r [IpAddr],
    reason: String,
}

/// What a single round shows that was not played at all.
pub fn not_played(reason: &str, exit: u8) -> Value {
    serde_json::json!({ "hosts": [], "exit": exit, "reason": reason })
}

/// The interface of `via`. In a plan, `via` says how a change is made.
fn interface(host: &HostReport) -> Option<&str> {
    host.via.as_ref().map(Interface::name)
}

/// A target's shape.
pub fn host(host: &HostReport, now: BootTime) -> HostJson<'_> {
    HostJson {
        account: &host.target.account.0,
        name: host.target.host.as_str(),
        r#type: host.target.family.record_type(),
        interface: interface(host),
        outcome: host.outcome.as_str(),
        addresses: &host.addresses,
        reason: outcome(host, now),
    }
}

/// What a single round shows.
pub fn once(report: &Report, exit: u8, now: BootTime) -> OnceJson<'_> {
    OnceJson {
        hosts: report.hosts.iter().map(|it| host(it, now)).collect(),
        exit,
        state: report.state_error.as_deref(),
    }
}

/// `detect --json`: an object with `ipv4` and `ipv6`, and under `via` another one like it for each
/// interface that hosts' addresses are found out over. What nobody is asked about is absent.
pub fn detection(reports: &[DetectionReport]) -> Value {
    let mut all = families(reports, None);
    let vias = reports.iter().filter_map(|it| it.path.via.as_ref());
    let vias: BTreeSet<&Interface> = vias.collect();
    if !vias.is_empty() {
        let one = |it: &Interface| (it.name().to_owned(), families(reports, Some(it)).into());
        let vias: Map<String, Value> = vias.into_iter().map(one).collect();
        all.insert("via".to_owned(), vias.into());
    }
    all.into()
}

fn families(reports: &[DetectionReport], via: Option<&Interface>) -> Map<String, Value> {
    let own = |it: &&DetectionReport| it.path.via.as_ref() == via;
    let reason = if reports.is_empty() || reports.iter().any(|it| own(&it)) {
        "switched off: it has no sources"
    } else {
        "switched off: every host says `via`"
    };
    let of = |family: Family| {
        let mut reports = reports.iter().filter(own);
        let report = reports.find(|report| report.path.family == family);
        report.map_or_else(
            || serde_json::json!({ "addresses": [], "state": "absent", "reason": reason, "sources": [] }),
            self::family,
        )
    };
    let families = [("ipv4", Family::V4), ("ipv6", Family::V6)];
    families
        .map(|(key, family)| (key.to_owned(), of(family)))
        .into_iter()
        .collect()
}

fn family(report: &DetectionReport) -> Value {
    let (addresses, state, reason) = match &report.observation {
        Observation::Known(addrs) => (addrs.addrs().into_iter().collect(), "known", None),
        Observation::Absent => (Vec::new(), "absent", None),
        Observation::Unavailable(why) => (Vec::new(), "unavailable", Some(why.to_string())),
    };
    let sources = report.answers.iter().map(|heard| {
        serde_json::json!({
            "source": heard.source,
            "operator": heard.operator,
            "addresses": heard.answer.as_ref().map_or(&[][..], |addrs| addrs),
            "error": heard.answer.as_ref().err(),
            "ms": millis(heard.elapsed),
        })
    });
    serde_json::json!({
        "addresses": addresses,
        "state": state,
        "reason": reason,
        "sources": sources.collect::<Vec<_>>(),
        "notes": report.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
