//! Which records answer a question (RFC 1034 section 4.3.2; wildcards: RFC 4592).

use std::net::IpAddr;
use std::sync::Arc;

use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::rdata::{A, AAAA};
use hickory_server::proto::rr::{LowerName, Name, RData, Record, RecordType};

use super::zone::Zone;

/// More aliases in a row than anyone means.
const MAX_CHAIN: usize = 8;

/// What to say.
#[derive(Debug)]
pub(super) struct LookupAnswer {
    pub(super) code: ResponseCode,
    pub(super) authoritative: bool,
    pub(super) answers: Vec<Record>,
    /// The SOA beside a "no".
    pub(super) authority: Vec<Record>,
}

impl LookupAnswer {
    pub(super) fn only(code: ResponseCode) -> Self {
        Self {
            code,
            authoritative: false,
            answers: Vec::new(),
            authority: Vec::new(),
        }
    }

    fn found(answers: Vec<Record>) -> Self {
        Self {
            authoritative: true,
            answers,
            ..Self::only(ResponseCode::NoError)
        }
    }
}

/// What exists at a name.
enum LookupResult {
    Records(Vec<Record>),
    /// The name exists but holds nothing of that type.
    NoData,
    NoName,
}

/// Answers a question; `own` is where this server is, which is where every name server's name leads.
pub(super) fn answer(
    zones: &[Arc<Zone>],
    asked: &LowerName,
    kind: RecordType,
    own: IpAddr,
) -> LookupAnswer {
    let mut answers = Vec::new();
    let mut name = asked.clone();
    for _ in 0..MAX_CHAIN {
        let Some(zone) = zone_of(zones, &name) else {
            if let Some(server) = zones.iter().find(|z| z.servers.contains(&name)) {
                answers.extend(server_address(&name, kind, own));
                return said(ResponseCode::NoError, answers, server);
            }
            // An alias that leaves what is served here: its target is for the caller to look up.
            return if answers.is_empty() {
                LookupAnswer::only(ResponseCode::Refused)
            } else {
                LookupAnswer::found(answers)
            };
        };
        match find(zone, &name, kind) {
            LookupResult::NoName => return said(ResponseCode::NXDomain, answers, zone),
            LookupResult::NoData => return said(ResponseCode::NoError, answers, zone),
            LookupResult::Records(found) => {
                let target = found.iter().find_map(|record| match &record.data {
                    RData::CNAME(target) if kind != RecordType::CNAME => {
                        Some(LowerName::from(&target.0))
                    }
                    _ => None,
                });
                answers.extend(found);
                match target {
                    Some(target) => name = target,
                    None => return LookupAnswer::found(answers),
                }
            }
        }
    }
    LookupAnswer::only(ResponseCode::ServFail)
}

/// The answer of a zone that has nothing, or nothing more, to say.
fn said(code: ResponseCode, answers: Vec<Record>, zone: &Zone) -> LookupAnswer {
    let authority = if answers.is_empty() || code == ResponseCode::NXDomain {
        vec![zone.soa.clone()]
    } else {
        Vec::new()
    };
    LookupAnswer {
        code,
        authoritative: true,
        answers,
        authority,
    }
}

fn zone_of<'a>(zones: &'a [Arc<Zone>], name: &LowerName) -> Option<&'a Zone> {
    let around = zones.iter().filter(|zone| zone.origin.zone_of(name));
    let deepest = around.max_by_key(|zone| zone.origin.num_labels());
    deepest.map(AsRef::as_ref)
}

fn find(zone: &Zone, name: &LowerName, kind: RecordType) -> LookupResult {
    if exists(zone, name) {
        return at(zone, name, name, kind);
    }
    // The closest name that exists decides: only a wildcard right below it speaks for this one.
    let mut encloser = name.base_name();
    while !exists(zone, &encloser) {
        encloser = encloser.base_name();
    }
    let wildcard = Name::from(&encloser).prepend_label("*");
    match wildcard.map(|wildcard| LowerName::from(&wildcard)) {
        Ok(wildcard) if exists(zone, &wildcard) => at(zone, &wildcard, name, kind),
        _ => LookupResult::NoName,
    }
}

/// The records of an owner, under the name that was asked for.
fn at(zone: &Zone, owner: &LowerName, asked: &LowerName, kind: RecordType) -> LookupResult {
    let here = zone.names.get(owner);
    let mut found: Vec<Record> = here
        .into_iter()
        .flatten()
        .filter(|r| {
            let own = r.record_type();
            kind == RecordType::ANY || own == kind || own == RecordType::CNAME
        })
        .map(|r| Record::from_rdata(asked.into(), r.ttl, r.data.clone()))
        .collect();
    if *asked == zone.origin && matches!(kind, RecordType::SOA | RecordType::ANY) {
        found.insert(0, zone.soa.clone());
    }
    if found.is_empty() {
        LookupResult::NoData
    } else {
        LookupResult::Records(found)
    }
}

/// A name exists if it, or anything below it, holds a record.
fn exists(zone: &Zone, name: &LowerName) -> bool {
    zone.names.contains_key(name)
}

fn server_address(name: &LowerName, kind: RecordType, own: IpAddr) -> Option<Record> {
    let data = match (kind, own) {
        (RecordType::A, IpAddr::V4(own)) => RData::A(A(own)),
        (RecordType::AAAA, IpAddr::V6(own)) => RData::AAAA(AAAA(own)),
        _ => return None,
    };
    Some(Record::from_rdata(name.into(), 3600, data))
}
