//! From what is wanted and what exists to what has to change.
//!
//! For each target: keep what satisfies, recycle what is stale, create what is missing, delete what
//! is left over. Where the provider can replace a whole RRset in one push, and nobody set anything
//! on it that a push would lose, that is done instead of the four.

use crate::core::dns::change::Change;
use crate::core::dns::change::Method;
use crate::core::dns::change::Reason;
use crate::core::dns::change::Step;
use std::{collections::BTreeSet, net::IpAddr};

use super::intent::{Host, Intent, KeepReason};
use crate::core::{
    address::{addr_set::AddrSet, policy::PublishableAddr},
    dns::{
        conflict::NameConflict,
        record::{Existing, Origin, Record, Target, Zone},
    },
    state::ConfirmedRecord,
};

/// How an account's RRsets may be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Capabilities {
    /// When a whole-RRset push (Domeneshop's `dyndns/update`) is used.
    pub replace: UpdateMode,
    /// The TTL that a pushed record gets, in seconds: a record with another one is not simple.
    pub replace_ttl: u32,
    /// How many writes of the same content to one target within an hour the provider puts up with,
    /// if each of them turns out to have changed nothing.
    pub max_repeats: usize,
}

/// When a whole RRset is pushed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UpdateMode {
    /// Never: each record is written by itself.
    Never,
    /// Where that loses nothing.
    WhenReplaceable,
    /// Always: what cannot be pushed without a loss is refused.
    Only,
}

/// What is to be done about one target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlanResult {
    /// Nothing: what is there satisfies.
    Satisfied {
        /// The addresses there.
        addrs: Vec<IpAddr>,
        /// Whether the RRset may be pushed the next time without asking what is there.
        simple: bool,
    },
    /// Nothing, on purpose.
    Kept(KeepReason),
    /// This.
    Change(Change),
    /// Nothing can be done: no zone of the account holds the host.
    NoZone,
    /// `update = "dyndns"`, and a push would lose something: what, in words.
    LossyUpdate(String),
    /// A record or forward at the host, or a delegation above it, excludes addresses there.
    Conflict(NameConflict),
}

/// What the plan for one target starts from.
#[derive(Clone, Copy, Debug)]
pub struct PlanInput<'a> {
    /// The target.
    pub target: &'a Target,
    /// The host as configured.
    pub host: &'a Host,
    /// What is wanted.
    pub intent: &'a Intent,
    /// What is there.
    pub existing: &'a Existing,
    /// What we remember having confirmed, if anything.
    pub confirmed: Option<&'a [IpAddr]>,
    /// How the account's RRsets may be written.
    pub rules: Capabilities,
}

/// Plans one target.
pub fn plan(basis: PlanInput<'_>) -> PlanResult {
    let wanted = match basis.intent {
        Intent::Keep(reason) => return PlanResult::Kept(reason.clone()),
        Intent::Clear => None,
        Intent::Set(addrs) => Some(addrs),
    };
    match (basis.existing, wanted) {
        (Existing::NoZone, _) => PlanResult::NoZone,
        (Existing::Remembered { addrs }, Some(wanted)) => plan_from_state(basis, addrs, wanted),
        (Existing::Remembered { addrs }, None) if addrs.is_empty() => PlanResult::Satisfied {
            addrs: Vec::new(),
            simple: true,
        },
        // A deletion names records, and memory has none: the caller lists first.
        (Existing::Remembered { .. }, None) => PlanResult::Kept(KeepReason::Absent),
        (Existing::Listed { zone, records, .. }, None) => clear(basis, zone, records),
        (
            Existing::Listed {
                conflict: Some(conflict),
                ..
            },
            Some(_),
        ) => PlanResult::Conflict(conflict.clone()),
        (
            Existing::Listed {
                zone,
                records,
                min_ttl,
                ..
            },
            Some(wanted),
        ) => reconcile(basis, zone, records, *min_ttl, wanted),
    }
}

/// Whether `intent` can be planned from memory alone, or the records have to be listed first.
pub fn can_plan_from_state(
    host: &Host,
    intent: &Intent,
    state: &ConfirmedRecord,
    rules: Capabilities,
) -> bool {
    match intent {
        Intent::Keep(_) => true,
        Intent::Clear => state.addrs.is_empty(),
        Intent::Set(_) if state.addrs.is_empty() && !host.create => true,
        Intent::Set(_) if state.ttl != host.ttl => false,
        Intent::Set(addrs) => {
            let same = addrs.addrs().iter().eq(&state.addrs);
            let push = rules.replace != UpdateMode::Never
                && state.replaceable
                && can_be_replaced(host, addrs);
            same || push
        }
    }
}

/// Whether nothing about the host or the addresses stands in the way of a push. A wildcard is
/// written through the records API: whether a push takes one is not known (facts: Domeneshop
/// section 3). A push creates what is missing, which `create = false` forbids.
fn can_be_replaced(host: &Host, addrs: &AddrSet) -> bool {
    host.ttl.is_none() && host.create && !host.name.is_wildcard() && addrs.iter().count() == 1
}

/// Whether a push onto these records would lose nothing.
fn is_replaceable(records: &[Record], rules: Capabilities) -> bool {
    let default_ttl = |record: &Record| record.ttl.is_none_or(|ttl| ttl == rules.replace_ttl);
    records.len() <= 1 && records.iter().all(default_ttl)
}

fn plan_from_state(basis: PlanInput<'_>, there: &[IpAddr], wanted: &AddrSet) -> PlanResult {
    if there.is_empty() && !basis.host.create {
        return PlanResult::Kept(KeepReason::NotCreated);
    }
    if wanted.addrs().iter().eq(there) {
        return PlanResult::Satisfied {
            addrs: there.to_vec(),
            simple: true,
        };
    }
    PlanResult::Change(Change {
        target: basis.target.clone(),
        from: there.to_vec(),
        origin: Origin::State,
        to: wanted.addrs().into_iter().collect(),
        method: Method::ReplaceRRset(wanted.clone()),
        reason: if there.is_empty() {
            Reason::Missing
        } else {
            Reason::AddressChanged
        },
        replaceable_afterwards: true,
        raised_ttl: None,
    })
}

fn clear(basis: PlanInput<'_>, zone: &Zone, records: &[Record]) -> PlanResult {
    if records.is_empty() {
        return PlanResult::Satisfied {
            addrs: Vec::new(),
            simple: true,
        };
    }
    let steps = records
        .iter()
        .cloned()
        .map(|record| Step::Delete { record })
        .collect();
    PlanResult::Change(Change {
        target: basis.target.clone(),
        from: addresses(records),
        origin: Origin::List,
        to: Vec::new(),
        method: Method::Records {
            zone: zone.clone(),
            steps,
        },
        reason: Reason::FamilyGone,
        replaceable_afterwards: true,
        raised_ttl: None,
    })
}

fn reconcile(
    basis: PlanInput<'_>,
    zone: &Zone,
    records: &[Record],
    min_ttl: Option<u32>,
    wanted: &AddrSet,
) -> PlanResult {
    let host = basis.host;
    let rules = basis.rules;
    let steps = steps(host, records, min_ttl, wanted);
    let raised_ttl = min_ttl.filter(|least| steps.iter().any(|step| is_raised(step, host, *least)));
    let pushable = can_be_replaced(host, wanted) && is_replaceable(records, rules);
    if steps.is_empty() {
        return PlanResult::Satisfied {
            addrs: addresses(records),
            simple: pushable,
        };
    }
    if records.is_empty() && !host.create {
        return PlanResult::Kept(KeepReason::NotCreated);
    }
    let from = addresses(records);
    let to: Vec<_> = wanted.addrs().into_iter().collect();
    let edited = basis
        .confirmed
        .is_some_and(|confirmed| !from.iter().eq(confirmed));
    let mut distinct = from.clone();
    distinct.dedup();
    let is_double = from != to && distinct == to;
    let reason = match (from == to, from.is_empty(), edited) {
        // The addresses are right, each in one record: what there is to do is about a TTL.
        (true, ..) => Reason::TtlDiffers,
        _ if is_double => Reason::DuplicateRecord,
        (_, _, true) => Reason::EditedElsewhere,
        (_, true, false) => Reason::Missing,
        _ => Reason::AddressChanged,
    };
    let push = match rules.replace {
        UpdateMode::Never => false,
        // What was edited by hand is repaired record by record: the hand may have set more.
        UpdateMode::WhenReplaceable => pushable && reason != Reason::EditedElsewhere,
        UpdateMode::Only if pushable => true,
        UpdateMode::Only => return PlanResult::LossyUpdate(lossy_update(host, records, rules)),
    };
    let method = if push {
        Method::ReplaceRRset(wanted.clone())
    } else {
        Method::Records {
            zone: zone.clone(),
            steps,
        }
    };
    PlanResult::Change(Change {
        target: basis.target.clone(),
        from,
        origin: Origin::List,
        to,
        method,
        reason,
        replaceable_afterwards: pushable,
        raised_ttl,
    })
}

/// The four sentences.
fn steps(host: &Host, records: &[Record], min_ttl: Option<u32>, wanted: &AddrSet) -> Vec<Step> {
    let mut missing: BTreeSet<PublishableAddr> = wanted.iter().collect();
    let mut stale = Vec::new();
    let mut steps = Vec::new();
    // A TTL below the shortest that the plan allows would be refused, or raised without a word and then
    // written again and again.
    let allowed = |ttl: u32| ttl.max(min_ttl.unwrap_or_default());
    let other_ttl = |record: &Record| {
        let ttl = host.ttl.map(allowed);
        ttl.filter(|ttl| Some(*ttl) != record.ttl)
    };
    let raised = |record: &Record| {
        let ttl = record.ttl?;
        Some(allowed(ttl)).filter(|allowed| host.ttl.is_none() && *allowed != ttl)
    };
    // Keep what satisfies: the first record of each wanted address, its TTL put right if one is
    // configured.
    for record in records {
        let Some(addr) = missing
            .iter()
            .find(|addr| addr.addr() == record.addr)
            .copied()
        else {
            stale.push(record.clone());
            continue;
        };
        missing.remove(&addr);
        if let Some(ttl) = other_ttl(record) {
            steps.push(Step::Modify {
                record: record.clone(),
                addr,
                ttl: Some(ttl),
            });
        }
    }
    let mut stale = stale.into_iter();
    for addr in missing {
        steps.push(match stale.next() {
            // Recycle what is stale: the record's other attributes live on.
            Some(record) => {
                let ttl = other_ttl(&record).or_else(|| raised(&record));
                Step::Modify { record, addr, ttl }
            }
            // Create what is missing.
            None => Step::Create {
                addr,
                ttl: host.ttl.map(allowed),
            },
        });
    }
    // Delete what is left over: an address that is not ours must not answer to our name.
    steps.extend(stale.map(|record| Step::Delete { record }));
    steps
}

/// Whether a step writes the shortest TTL that is allowed in place of a shorter one.
fn is_raised(step: &Step, host: &Host, min_ttl: u32) -> bool {
    match step {
        Step::Create { ttl, .. } => *ttl == Some(min_ttl) && host.ttl < *ttl,
        Step::Modify { record, ttl, .. } => {
            *ttl == Some(min_ttl)
                && host
                    .ttl
                    .or(record.ttl)
                    .is_some_and(|wanted| wanted < min_ttl)
        }
        Step::Delete { .. } => false,
    }
}

fn lossy_update(host: &Host, records: &[Record], rules: Capabilities) -> String {
    let what = if host.name.is_wildcard() {
        "whether dyndns takes a wildcard is not known".to_owned()
    } else if !host.create {
        "dyndns would create what `create = false` forbids".to_owned()
    } else if host.ttl.is_some() {
        "dyndns sets no TTL".to_owned()
    } else if records.len() > 1 {
        format!("dyndns would replace {} records by one", records.len())
    } else if let Some(ttl) = records
        .iter()
        .find_map(|it| it.ttl)
        .filter(|it| *it != rules.replace_ttl)
    {
        format!("dyndns would reset the record's TTL of {ttl} s")
    } else {
        "several addresses go through the records API only".to_owned()
    };
    format!("{what}; `update = \"auto\"` uses the records API where needed")
}

fn addresses(records: &[Record]) -> Vec<IpAddr> {
    let mut addrs: Vec<_> = records.iter().map(|record| record.addr).collect();
    addrs.sort_unstable();
    addrs
}

#[cfg(test)]
mod tests;
