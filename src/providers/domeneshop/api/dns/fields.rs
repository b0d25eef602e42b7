//! The fields that belong to some types of record and to no other.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::{DnsCreate, DnsReplace};
use crate::providers::{
    domeneshop::types::CaaTag,
    operation::{Arguments, Call as _, Operation, ParameterKind},
};

/// The types that have fields of their own, with these (vendor's page, DNS record models; for DS and
/// CAA the vendor's own clients; through facts gathered in 2026).
const OWN: [(&str, &[&str]); 5] = [
    ("MX", &["priority"]),
    ("SRV", &["priority", "weight", "port"]),
    ("TLSA", &["usage", "selector", "dtype"]),
    ("DS", &["tag", "alg", "digest"]),
    ("CAA", &["flags", "tag"]),
];

/// The fields that records of this type have besides host, TTL, type and data; all of them are needed.
pub(in crate::providers::domeneshop) fn of_type(kind: &str) -> &'static [&'static str] {
    let own = OWN.iter().find(|(name, _)| *name == kind);
    own.map_or(&[], |(_, fields)| *fields)
}

/// Whether the definitions say how records of this type are written.
pub(in crate::providers::domeneshop) fn is_known(kind: &str) -> bool {
    let parameter = DnsReplace::OPERATION.parameter("type");
    parameter
        .is_some_and(|it| matches!(it.kind, ParameterKind::Choice(words) if words.contains(&kind)))
}

/// What is wrong with a record that is to be written, by its type.
pub(in crate::providers::domeneshop) fn misuses(
    operation: &Operation,
    arguments: &Arguments,
) -> Vec<String> {
    let mut wrong = Vec::new();
    if operation.name == DnsCreate::OPERATION.name {
        // A replacement's host is what it was, which is for the service to know.
        wrong.extend(crate::providers::domeneshop::api::host_misuse(arguments));
    } else if operation.name != DnsReplace::OPERATION.name {
        return wrong;
    }
    if let Some(ttl) = arguments.get("ttl")
        && ttl.parse::<i64>().is_ok_and(|ttl| ttl % 60 != 0)
    {
        wrong.push(format!("`ttl` takes a multiple of 60, not `{ttl}`"));
    }
    let kind = arguments.get("type").unwrap_or_default();
    let own = of_type(kind);
    for name in own.iter().filter(|name| arguments.get(name).is_none()) {
        wrong.push(format!("{} needs `{name}` for {kind}", operation.name));
    }
    let given = arguments.iter().map(|(name, _)| name);
    let of_some_type = |name: &&str| OWN.iter().any(|(_, fields)| fields.contains(name));
    for name in given.filter(of_some_type).filter(|it| !own.contains(it)) {
        let takes = [&["host", "ttl", "data"], own].concat().join(", ");
        wrong.push(format!("{kind} has no `{name}`; it takes {takes}"));
    }
    wrong.extend(data_misuse(kind, arguments));
    wrong.extend(tag_misuse(kind, arguments));
    wrong
}

fn data_misuse(kind: &str, arguments: &Arguments) -> Option<String> {
    let data = arguments.get("data")?;
    let allowed = match kind {
        "A" if data.parse::<Ipv4Addr>().is_err() => "an IPv4 address",
        "AAAA" if data.parse::<Ipv6Addr>().is_err() => "an IPv6 address",
        "CNAME" | "ANAME" | "NS" | "MX" | "SRV" if data.is_empty() => "a name",
        _ => return None,
    };
    Some(format!("`data` takes {allowed} for {kind}, not `{data}`"))
}

fn tag_misuse(kind: &str, arguments: &Arguments) -> Option<String> {
    let tag = arguments.get("tag")?;
    let allowed = match kind {
        "DS" if tag.parse::<u16>().is_err() => "a number from 0 to 65535",
        "CAA" if CaaTag::parse(tag).is_none() => "issue|issuewild|iodef",
        _ => return None,
    };
    Some(format!("`tag` takes {allowed} for {kind}, not `{tag}`"))
}

/// A `tag` in JSON: always a number, also a CAA's. The service is known to write 0, 1 and 2 for the
/// words, which the vendor's own clients type as numbers too.
pub(in crate::providers::domeneshop) fn tag(text: &str) -> Value {
    let number = || CaaTag::parse(text).map(CaaTag::number);
    match text.parse().ok().or_else(number) {
        Some(number) => Value::from(number),
        None => Value::from(text),
    }
}
