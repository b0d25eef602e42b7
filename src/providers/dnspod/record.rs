//! A record as DNSPod lists it, to the record that the plan works on, and back: what moored does
//! not understand of it is carried over unread (L5).

use std::net::IpAddr;

use super::{
    Site,
    api::record::{RecordCreate, RecordModify},
    line::RecordLine,
    types,
};
use crate::core::{
    address::family::Family,
    dns::{
        conflict::ConflictKind,
        name::{Fqdn, ZoneName},
        record::{Attributes, Record, Zone},
    },
    foreign_text::ForeignText,
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

/// Takes in a listed record: `None` for one that is not ours to write, an error in words for one
/// that is ours and makes no sense. `is_ours` says which hosts are.
pub(super) fn read(
    listed: &types::Record,
    zone: &ZoneName,
    line: &RecordLine,
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
    let id = listed.id.clone();
    let value = listed.value.as_deref().unwrap_or_default();
    let addr: IpAddr = value
        .trim()
        .parse()
        .ok()
        .filter(|addr| Family::of(*addr) == family)
        .ok_or_else(|| {
            let shown = ForeignText::at_most(value, 100);
            broken(format!("record {id} holds “{shown}”"))
        })?;
    Ok(Some(Record {
        id,
        host,
        addr,
        ttl: listed.ttl,
        attributes: attributes(listed, name, line),
    }))
}

/// The kind, name and target of a listed record that excludes addresses on our line; `None` for any other.
///
/// DNSPod refuses an A record beside a CNAME or URL record of the name on the same line (facts: DNSPod
/// section 7.6, code 31); lines answer different askers, so records on another line stand beside ours.
/// A record that its owner switched off answers nobody.
pub(super) fn conflicting<'l>(
    listed: &'l types::Record,
    line: &RecordLine,
) -> Option<(ConflictKind, &'l str, &'l str)> {
    let kind = ConflictKind::of_type(listed.r#type.as_deref()?)?;
    let is_on_another_line =
        line.holds(listed.line.as_deref(), listed.line_id.as_deref()) == Some(false);
    if is_on_another_line || listed.is_enabled() == Some(false) {
        return None;
    }
    let target = listed.value.as_deref().unwrap_or_default();
    Some((kind, listed.name.as_deref()?, target))
}

/// Leaves out records that their owner switched off, where others of the same name and type are on:
/// those answer, these are parked. Where all are off, they are what there is, and stay off (L5).
pub(super) fn without_parked(records: &[Record]) -> Vec<Record> {
    let is_on = |it: &Record| {
        it.attributes
            .get(STATUS)
            .is_none_or(|status| status != "disable")
    };
    let same = |one: &Record, other: &Record| {
        one.host == other.host && Family::of(one.addr) == Family::of(other.addr)
    };
    let parked = |it: &Record| !is_on(it) && records.iter().any(|on| is_on(on) && same(on, it));
    records.iter().filter(|it| !parked(it)).cloned().collect()
}

fn family(listed: &types::Record) -> Option<Family> {
    let kind = listed.r#type.as_deref()?;
    let mut families = Family::ALL.into_iter();
    families.find(|family| kind.eq_ignore_ascii_case(family.record_type()))
}

fn attributes(listed: &types::Record, name: &str, line: &RecordLine) -> Attributes {
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
    ];
    let said = |(key, value): (&str, Option<String>)| Some((key.to_owned(), value?));
    pairs.into_iter().filter_map(said).collect()
}

/// A zone is asked for by its name, which outlives a domain that is removed and added again. Whether
/// DNSPod takes an international name as A-labels is not documented; there its identifier is safe.
/// The two parameters, of which one is given: `domain_id` and `domain`.
pub(super) fn domain(zone: &Zone) -> (Option<String>, Option<String>) {
    let is_international = |label: &str| label.starts_with("xn--");
    let name = zone.name.as_str();
    if name.split('.').any(is_international) && !zone.id.is_empty() {
        (Some(zone.id.clone()), None)
    } else {
        (None, Some(name.to_owned()))
    }
}

/// The call that adds an address record.
pub(super) fn creation(
    zone: &Zone,
    sub_domain: &str,
    addr: IpAddr,
    ttl: Option<u32>,
    line: &RecordLine,
) -> RecordCreate {
    let (domain_id, domain) = domain(zone);
    let (record_line, record_line_id) = line.of_new().parameters();
    RecordCreate {
        domain_id,
        domain,
        sub_domain: Some(sub_domain.to_owned()),
        record_type: Family::of(addr).record_type().to_owned(),
        record_line,
        record_line_id,
        value: addr.to_string(),
        ttl: ttl.map(i64::from),
        ..RecordCreate::default()
    }
}

/// The call that gives `record` another address: the rest is what was listed.
pub(super) fn change(
    zone: &Zone,
    record: &Record,
    sub_domain: &str,
    addr: IpAddr,
    ttl: Option<u32>,
    line: &RecordLine,
) -> RecordModify {
    let attribute = |key: &str| record.attributes.get(key).map(String::as_str);
    let number = |key: &str| attribute(key).and_then(|it| it.trim().parse().ok());
    let (domain_id, domain) = domain(zone);
    let on = line.of_existing(attribute(LINE), attribute(LINE_ID));
    let (record_line, record_line_id) = on.parameters();
    RecordModify {
        domain_id,
        domain,
        record_id: record.id.clone(),
        sub_domain: attribute(SUB_DOMAIN).unwrap_or(sub_domain).to_owned(),
        record_type: Family::of(addr).record_type().to_owned(),
        record_line,
        record_line_id,
        value: addr.to_string(),
        mx: number(MX).filter(|mx| *mx != 0),
        ttl: ttl.or(record.ttl).map(i64::from),
        status: attribute(STATUS)
            .filter(|_| line.site() == Site::China)
            .map(str::to_owned),
        weight: number(WEIGHT).filter(|_| line.site() == Site::China),
    }
}
