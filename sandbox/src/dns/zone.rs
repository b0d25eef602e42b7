//! The providers' records as zones.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use hickory_server::proto::rr::{LowerName, Name, RData, Record, RecordType};

use crate::dnspod;
use crate::domeneshop::{self, NAME_SERVERS};
use crate::shared::SandboxState;

/// How long "there is no such thing" may be believed, and the SOA's own time to live.
const NEGATIVE_TTL: u32 = 60;

/// A zone as it is served.
#[derive(Debug)]
pub(super) struct Zone {
    pub(super) origin: LowerName,
    pub(super) soa: Record,
    /// Everything but the SOA, by name. A name that only has names below it has no records.
    pub(super) names: HashMap<LowerName, Vec<Record>>,
    /// The name servers, which need addresses even though they lie in nobody's zone here.
    pub(super) servers: Vec<LowerName>,
}

/// Which of the three places for domains a zone is from, and its name.
pub(super) type Key = (u8, String);

/// A zone as it was at the last question: reading ten thousand records again for each would take long.
#[derive(Debug)]
pub(super) struct PublishedAt {
    /// The domain's id and the version of its records.
    state: (u64, u64),
    hash: u64,
    serial: u32,
    zone: Option<Arc<Zone>>,
}

/// A record before it is parsed: owner, type, text, ttl.
type ZoneRecord = (String, String, String, u32);

/// Every zone of both providers.
pub(super) fn all(world: &mut SandboxState) -> Vec<Arc<Zone>> {
    let seen = &mut world.dns.seen;
    let mut zones = Vec::new();
    for domain in world.domeneshop.domains.iter().filter(|d| d.dns) {
        let state = (domain.id, domain.records.version());
        zones.extend(current(seen, (0, domain.name.clone()), state, || {
            of_domeneshop(domain)
        }));
    }
    let sites = [(1, &world.dnspod), (2, &world.dnspod_china)];
    for (place, site) in sites {
        for domain in site.domains.iter().filter(|d| d.is_served()) {
            let state = (domain.id, domain.records.version());
            let key = (place, domain.punycode.clone());
            zones.extend(current(seen, key, state, || of_dnspod(domain)));
        }
    }
    zones
}

fn of_domeneshop(domain: &domeneshop::Domain) -> Vec<ZoneRecord> {
    let apex = NAME_SERVERS.iter().map(|server| {
        let server = format!("{server}.");
        ("@".to_owned(), "NS".to_owned(), server, 3600)
    });
    let records = domain.records.iter();
    let own = records.map(|r| (r.host.clone(), r.kind.clone(), r.presentation(), r.ttl));
    apex.chain(own).collect()
}

fn of_dnspod(domain: &dnspod::Domain) -> Vec<ZoneRecord> {
    let records = domain.records.iter();
    let served = records.filter(|r| r.enabled && r.on_default_line());
    let lines = served.map(|r| (r.name.clone(), r.kind.clone(), r.presentation(), r.ttl));
    lines.collect()
}

/// The zone as it is now, and not read again if nothing was written since the last question. Its serial number grows
/// only if what is served has changed.
fn current(
    seen: &mut BTreeMap<Key, PublishedAt>,
    key: Key,
    state: (u64, u64),
    lines: impl FnOnce() -> Vec<ZoneRecord>,
) -> Option<Arc<Zone>> {
    let last = seen.get(&key);
    if let Some(last) = last.filter(|last| last.state == state) {
        return last.zone.clone();
    }
    let lines = lines();
    let mut hasher = DefaultHasher::new();
    lines.hash(&mut hasher);
    let hash = hasher.finish();
    let (serial, zone) = match last {
        Some(last) if last.hash == hash => (last.serial, last.zone.clone()),
        _ => {
            let serial = last.map_or(1, |last| last.serial + 1);
            (serial, zone(&key.1, &lines, serial).map(Arc::new))
        }
    };
    let now = PublishedAt {
        state,
        hash,
        serial,
        zone: zone.clone(),
    };
    seen.insert(key, now);
    zone
}

fn zone(origin: &str, lines: &[ZoneRecord], serial: u32) -> Option<Zone> {
    let apex = Name::from_str(&format!("{origin}.")).ok()?;
    let origin_name = LowerName::from(&apex);
    let mut names: HashMap<LowerName, Vec<Record>> = HashMap::new();
    names.insert(origin_name.clone(), Vec::new());
    for record in lines.iter().filter_map(|line| record(origin, line)) {
        let name = LowerName::from(&record.name);
        let mut above = name.base_name();
        while above != origin_name && origin_name.zone_of(&above) {
            names.entry(above.clone()).or_default();
            above = above.base_name();
        }
        names.entry(name).or_default().push(record);
    }
    let apex_records = names.get(&origin_name).into_iter().flatten();
    let servers = apex_records.filter_map(|r| match &r.data {
        RData::NS(server) => Some(LowerName::from(&server.0)),
        _ => None,
    });
    let servers: Vec<LowerName> = servers.collect();
    let first = servers.first()?;
    let soa = format!("{first} hostmaster.{origin}. {serial} 3600 600 604800 {NEGATIVE_TTL}");
    let soa = RData::try_from_str(RecordType::SOA, &soa).ok()?;
    Some(Zone {
        origin: origin_name,
        soa: Record::from_rdata(apex, NEGATIVE_TTL, soa),
        names,
        servers,
    })
}

/// A record in DNS's own form. What has none (a web redirect, an alias at the apex, a value by hand that is no value) is not
/// served.
fn record(origin: &str, (host, kind, text, ttl): &ZoneRecord) -> Option<Record> {
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
