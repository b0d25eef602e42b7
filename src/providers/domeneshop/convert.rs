//! Between the wire's records and the round's.

use std::net::IpAddr;

use serde_json::Value;

use crate::core::{
    address::{family::Family, policy::PublishableAddr},
    dns::{
        name::Fqdn,
        record::{Attributes, Record, Zone},
    },
    error::{ErrorClass, ProviderError},
};

use super::{
    api::dns::DnsCreate,
    types::{DnsRecord, RecordBody},
};

/// The attribute that keeps a record's host as the service writes it: a PUT must not change it, not
/// even in its case or from Unicode to A-labels.
const HOST: &str = "host";

/// The number in a zone's identifier. What comes from the state file is checked before it becomes
/// part of a path.
pub(super) fn domain_id(zone: &Zone) -> Result<i64, ProviderError> {
    number(&zone.id, "domain")
}

/// The number in a record's identifier.
pub(super) fn record_id(record: &Record) -> Result<i64, ProviderError> {
    number(&record.id, "record")
}

/// The number in an identifier of either kind.
pub(super) fn number(id: &str, what: &str) -> Result<i64, ProviderError> {
    let number = id.parse::<u64>().ok().and_then(|it| i64::try_from(it).ok());
    number.ok_or_else(|| {
        let what = format!("`{id}` is not a {what} identifier of Domeneshop");
        ProviderError::of_host(ErrorClass::ProtocolViolation, what)
    })
}

/// A listed record in the round's terms.
pub(super) fn record(
    listed: DnsRecord,
    host: Fqdn,
    family: Family,
) -> Result<Record, ProviderError> {
    let DnsRecord { id, body } = listed;
    let addr = body.data.trim().parse::<IpAddr>().ok();
    let Some(addr) = addr.filter(|addr| Family::of(*addr) == family) else {
        let kind = family.record_type();
        let data: String = body.data.chars().take(60).collect();
        let what =
            format!("Domeneshop lists {host} {kind} (record {id}) with {data:?} for address");
        return Err(ProviderError::of_account(
            ErrorClass::ProtocolViolation,
            what,
        ));
    };
    let extra = body.extra.into_iter();
    let mut attributes: Attributes = extra
        .map(|(field, value)| (field, value.to_string()))
        .collect();
    attributes.insert(HOST.to_owned(), body.host);
    Ok(Record {
        id: id.to_string(),
        host,
        addr,
        ttl: body.ttl,
        attributes,
    })
}

/// A new record of a host.
pub(super) fn created(
    domain_id: i64,
    host: &Fqdn,
    zone: &Zone,
    addr: PublishableAddr,
    ttl: Option<u32>,
) -> Result<DnsCreate, ProviderError> {
    Ok(DnsCreate {
        domain_id,
        host: relative(host, zone)?,
        ttl: ttl.map(i64::from),
        r#type: kind(addr),
        data: addr.to_string(),
        ..DnsCreate::default()
    })
}

/// The record as listed with another address, and another TTL if one is configured.
pub(super) fn modified(
    record: &Record,
    zone: &Zone,
    addr: PublishableAddr,
    ttl: Option<u32>,
) -> Result<RecordBody, ProviderError> {
    let host = match record.attributes.get(HOST) {
        Some(host) => host.clone(),
        None => relative(&record.host, zone)?,
    };
    let others = record.attributes.iter().filter(|(field, _)| *field != HOST);
    let extra = others.map(|(field, text)| {
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()));
        (field.clone(), value)
    });
    Ok(RecordBody {
        host,
        ttl: ttl.or(record.ttl),
        kind: kind(addr),
        data: addr.to_string(),
        extra: extra.collect(),
    })
}

fn kind(addr: PublishableAddr) -> String {
    Family::of(addr.addr()).record_type().to_owned()
}

fn relative(host: &Fqdn, zone: &Zone) -> Result<String, ProviderError> {
    let relative = host.relative_to(&zone.name).map(str::to_owned);
    relative.ok_or_else(|| {
        let what = format!("{host} does not lie in {}", zone.name);
        ProviderError::of_host(ErrorClass::Invalid, what)
    })
}
