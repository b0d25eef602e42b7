//! What a record may say: names, types, values, TTLs.

use std::net::{Ipv4Addr, Ipv6Addr};

const TYPES: [&str; 11] = [
    "A",
    "AAAA",
    "CNAME",
    "MX",
    "TXT",
    "NS",
    "SRV",
    "CAA",
    "SPF",
    "URL",
    "Framed URL",
];

const TYPES_CHINA: [&str; 2] = ["显性URL", "隐性URL"];

pub(super) const MAX_TTL: u32 = 604_800;

/// So many records of one type at one name on one line.
pub(super) const LOAD_BALANCING: usize = 4;

/// So many labels below the domain.
pub(super) const MAX_LEVELS: usize = 10;

pub(super) fn is_type(kind: &str) -> bool {
    TYPES.contains(&kind) || TYPES_CHINA.contains(&kind)
}

/// The TTL of a record whose caller named none.
pub(super) fn default_ttl(kind: &str, min_ttl: u32) -> u32 {
    if kind == "NS" {
        86_400
    } else {
        min_ttl.max(600)
    }
}

pub(super) fn is_sub_domain(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let rest = name.strip_prefix("*.").unwrap_or(name);
    name == "@" || name == "*" || (name.len() <= 200 && rest.split('.').all(label))
}

/// A wildcard that is more than a whole first label, such as `a*`: a matter of the plan.
pub(super) fn is_odd_wildcard(name: &str) -> bool {
    let rest = name.strip_prefix("*.").unwrap_or(name);
    name != "*" && rest.contains('*') && is_sub_domain(&rest.replace('*', "x"))
}

/// The service's alphabet, as a key to sort by: the apex first, the underscore last, case does not matter.
pub(super) fn order(name: &str) -> String {
    let place = |c: char| match c {
        '@' => '\0',
        '_' => char::MAX,
        c => c.to_ascii_lowercase(),
    };
    name.chars().map(place).collect()
}

/// The type by whose name a plan limits records: redirects of every kind are one.
pub(super) fn limited_kind(kind: &str) -> &str {
    if kind.ends_with("URL") { "URL" } else { kind }
}

pub(super) fn is_value(kind: &str, value: &str) -> bool {
    match kind {
        "A" => value.parse::<Ipv4Addr>().is_ok(),
        "AAAA" => value.parse::<Ipv6Addr>().is_ok(),
        "CNAME" | "MX" | "NS" => {
            let name = value.strip_suffix('.').unwrap_or(value);
            name.contains('.') && name.parse::<Ipv4Addr>().is_err() && is_sub_domain(name)
        }
        _ => !value.is_empty(),
    }
}

/// Host names are kept with their final dot, whether it was written or not.
pub(super) fn stored_value(kind: &str, value: &str) -> String {
    let dot = matches!(kind, "CNAME" | "MX" | "NS" | "SRV") && !value.ends_with('.');
    format!("{value}{}", if dot { "." } else { "" })
}

/// Whether two types cannot stand at one name on one line.
pub(super) fn conflict(one: &str, other: &str) -> bool {
    // Redirects take the place of the addresses (facts: section 7.6, code 31).
    let redirect = |a: &str, b: &str| limited_kind(a) == "URL" && matches!(b, "A" | "AAAA");
    let pair = |a: &str, b: &str| (a == "CNAME" && !matches!(b, "NS" | "TXT")) || redirect(a, b);
    pair(one, other) || pair(other, one)
}
