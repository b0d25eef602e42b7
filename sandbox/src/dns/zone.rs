//! The providers' records as zones.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;

use hickory_server::proto::rr::{LowerName, Name, RData, Record, RecordType};

use crate::domeneshop::NAME_SERVERS;
use crate::shared::World;

/// How long "there is no such thing" may be believed, and the SOA's own time to live.
const NEGATIVE_TTL: u32 = 60;

/// A zone as it is served.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    pub(super) origin: LowerName,
    pub(super) soa: Record,
    /// Everything but the SOA.
    pub(super) records: Vec<Record>,
    /// The name servers, which need addresses even though they lie in nobody's zone here.
    pub(super) servers: Vec<LowerName>,
}

/// A record before it is parsed: owner, type, text, ttl.
type Line = (String, String, String, u32);

/// Every zone of both providers.
pub(super) fn all(world: &mut World) -> Vec<Zone> {
    let mut drafts = Vec::new();
    for domain in world.domeneshop.domains.iter().filter(|d| d.dns) {
        let apex = NAME_SERVERS.iter().map(|server| {
            let server = format!("{server}.");
            ("@".to_owned(), "NS".to_owned(), server, 3600)
        });
        let records = domain.records.iter();
        let own = records.map(|r| (r.host.clone(), r.kind.clone(), r.presentation(), r.ttl));
        drafts.push((domain.name.clone(), apex.chain(own).collect::<Vec<Line>>()));
    }
    let pods = world.dnspod.domains.iter();
    let pods = pods.chain(&world.dnspod_china.domains);
    for domain in pods.filter(|d| d.is_served()) {
        let records = domain.records.iter();
        let served = records.filter(|r| r.enabled && r.on_default_line());
        let lines = served.map(|r| (r.name.clone(), r.kind.clone(), r.presentation(), r.ttl));
        drafts.push((domain.punycode.clone(), lines.collect()));
    }
    let zones = drafts.into_iter().filter_map(|(origin, lines)| {
        let mut hasher = DefaultHasher::new();
        lines.hash(&mut hasher);
        let seen = hasher.finish();
        let known = world.dns.serials.entry(origin.clone());
        let (last, serial) = known.or_insert((seen, 1));
        if *last != seen {
            (*last, *serial) = (seen, *serial + 1);
        }
        zone(&origin, &lines, *serial)
    });
    zones.collect()
}

fn zone(origin: &str, lines: &[Line], serial: u32) -> Option<Zone> {
    let apex = Name::from_str(&format!("{origin}.")).ok()?;
    let records: Vec<Record> = lines
        .iter()
        .filter_map(|line| record(origin, line))
        .collect();
    let servers: Vec<LowerName> = records
        .iter()
        .filter(|r| r.name == apex)
        .filter_map(|r| match &r.data {
            RData::NS(server) => Some(LowerName::from(&server.0)),
            _ => None,
        })
        .collect();
    let first = servers.first()?;
    let soa = format!("{first} hostmaster.{origin}. {serial} 3600 600 604800 {NEGATIVE_TTL}");
    let soa = RData::try_from_str(RecordType::SOA, &soa).ok()?;
    Some(Zone {
        origin: LowerName::from(&apex),
        soa: Record::from_rdata(apex, NEGATIVE_TTL, soa),
        records,
        servers,
    })
}

/// A record in DNS's own form. What has none (a web redirect, an alias at the apex, a value by hand that is no value) is not
/// served.
fn record(origin: &str, (host, kind, text, ttl): &Line) -> Option<Record> {
    let owner = match host.as_str() {
        "@" => format!("{origin}."),
        host => format!("{host}.{origin}."),
    };
    let kind = RecordType::from_str(kind).ok()?;
    let text = match kind {
        RecordType::TXT => quoted(text),
        _ => text.clone(),
    };
    let data = RData::try_from_str(kind, &text).ok()?;
    Some(Record::from_rdata(Name::from_str(&owner).ok()?, *ttl, data))
}

/// Free text as character strings of at most 255 bytes each.
fn quoted(text: &str) -> String {
    let mut strings = vec![String::new()];
    let mut length = 0;
    for c in text.chars() {
        if length + c.len_utf8() > 255 {
            strings.push(String::new());
            length = 0;
        }
        length += c.len_utf8();
        if let Some(last) = strings.last_mut() {
            if matches!(c, '"' | '\\') {
                last.push('\\');
            }
            last.push(c);
        }
    }
    format!("\"{}\"", strings.join("\" \""))
}
