//! A record as DNSPod lists it, to the record that the plan works on, and back: what moored does
//! not understand of it is carried over unread (L5).

use std::net::IpAddr;

use super::{Site, api::record::Content, line::Line, types};
use crate::core::{
    addr::Family,
    name::{Fqdn, ZoneName},
    record::{Attributes, Record},
};

/// The record's name within its domain as listed: letters in the case in which they are stored.
const SUB_DOMAIN: &str = "sub_domain";
/// The line's name as it is sent.
const LINE: &str = "line";
/// The line's identifier.
const LINE_ID: &str = "line_id";
/// The MX preference.
const MX: &str = "mx";
/// The weight.
const WEIGHT: &str = "weight";
/// `enable` or `disable`.
const STATUS: &str = "status";
/// The owner's note. `Record.Modify` has no field for it and leaves it alone.
const REMARK: &str = "remark";
/// The shortest TTL of the domain's plan.
const MIN_TTL: &str = "min_ttl";

/// Takes in a listed record: `None` for one that is not ours to write, an error in words for one
/// that is ours and makes no sense. `is_ours` says which hosts are.
pub(super) fn read(
    listed: &types::Record,
    zone: &ZoneName,
    line: &Line,
    min_ttl: Option<u32>,
    is_ours: impl Fn(&Fqdn) -> bool,
) -> Result<Option<Record>, String> {
    let Some(family) = family(listed) else {
        return Ok(None);
    };
    let Some(name) = listed.name.as_deref() else {
        return Err(format!("an address record of {zone} has no name"));
    };
    // A name that no host could have is none of ours.
    let Some(host) = Fqdn::in_zone(name, zone).ok().filter(is_ours) else {
        return Ok(None);
    };
    let record_type = family.record_type();
    let broken = |what: String| format!("{host} {record_type}: {what}");
    match line.holds(listed.line.as_deref(), listed.line_id.as_deref()) {
        Some(true) => {}
        Some(false) => return Ok(None),
        None => return Err(broken("the record's line is not said".to_owned())),
    }
    let id = listed.id.clone().unwrap_or_default();
    let value = listed.value.as_deref().unwrap_or_default();
    let addr: IpAddr = value
        .trim()
        .parse()
        .ok()
        .filter(|addr| Family::of(*addr) == family)
        .ok_or_else(|| {
            let shown: String = value.escape_debug().take(100).collect();
            broken(format!("record {id} holds “{shown}”"))
        })?;
    Ok(Some(Record {
        id,
        host,
        addr,
        ttl: listed.ttl,
        attributes: attributes(listed, name, line, min_ttl),
    }))
}

fn family(listed: &types::Record) -> Option<Family> {
    let kind = listed.kind.as_deref()?;
    let mut families = Family::ALL.into_iter();
    families.find(|family| kind.eq_ignore_ascii_case(family.record_type()))
}

fn attributes(listed: &types::Record, name: &str, line: &Line, min_ttl: Option<u32>) -> Attributes {
    let status = listed.is_enabled();
    let status = status.map(|it| if it { "enable" } else { "disable" });
    let pairs = [
        (SUB_DOMAIN, Some(name.to_owned())),
        (LINE, listed.line.as_deref().map(|it| line.sent_name(it))),
        (LINE_ID, listed.line_id.clone()),
        (MX, listed.mx.clone()),
        (WEIGHT, listed.weight.clone()),
        (STATUS, status.map(str::to_owned)),
        (REMARK, listed.remark.clone()),
        (MIN_TTL, min_ttl.map(|it| it.to_string())),
    ];
    let said = |(key, value): (&str, Option<String>)| Some((key.to_owned(), value?));
    pairs.into_iter().filter_map(said).collect()
}

/// What a new record says.
pub(super) fn new_content(
    sub_domain: &str,
    addr: IpAddr,
    ttl: Option<u32>,
    line: &Line,
) -> Content {
    Content {
        sub_domain: sub_domain.to_owned(),
        addr,
        line: line.of_new(),
        ttl,
        mx: None,
        weight: None,
        status: None,
    }
}

/// What `record` says once it has another address: the rest is what was listed.
pub(super) fn changed_content(
    record: &Record,
    sub_domain: &str,
    addr: IpAddr,
    ttl: Option<u32>,
    line: &Line,
) -> Content {
    let attribute = |key: &str| record.attributes.get(key).map(String::as_str);
    let owned = |value: &str| value.to_owned();
    Content {
        sub_domain: attribute(SUB_DOMAIN).unwrap_or(sub_domain).to_owned(),
        addr,
        line: line.of_existing(attribute(LINE), attribute(LINE_ID)),
        ttl: ttl.or_else(|| kept_ttl(record)),
        mx: attribute(MX)
            .filter(|mx| *mx != "0" && !mx.is_empty())
            .map(owned),
        weight: attribute(WEIGHT).filter(|it| !it.is_empty()).map(owned),
        status: attribute(STATUS)
            .filter(|_| line.site() == Site::China)
            .map(owned),
    }
}

/// The listed TTL. One below the plan's minimum, which old updaters left behind, would make the
/// write fail, so it is raised to that (facts: DNSPod section 7.6, the TTL trap).
fn kept_ttl(record: &Record) -> Option<u32> {
    let least = record.attributes.get(MIN_TTL);
    let least = least.and_then(|text| text.parse().ok()).unwrap_or(0);
    record.ttl.map(|ttl| ttl.max(least))
}
