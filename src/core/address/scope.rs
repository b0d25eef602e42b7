//! From where an address can be reached, by the registries of IANA.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// From where an address can be reached.
pub(super) enum AddressScope {
    Global,
    /// Within some network only; the operator may want it published all the same.
    Local(&'static str),
    /// From nowhere else, or by more than one host.
    Never(&'static str),
}

pub(super) fn classify(addr: IpAddr) -> AddressScope {
    match addr {
        IpAddr::V4(addr) => classify_v4(addr),
        IpAddr::V6(addr) => classify_v6(addr),
    }
}

/// By IANA's IPv4 Special-Purpose Address Registry (RFC 6890 and its updates).
fn classify_v4(addr: Ipv4Addr) -> AddressScope {
    match addr.octets() {
        [0, ..] => AddressScope::Never("unspecified (RFC 1122)"),
        [127, ..] => AddressScope::Never("a loopback address (RFC 1122)"),
        [169, 254, ..] => AddressScope::Never("link-local (RFC 3927)"),
        [224..=239, ..] => AddressScope::Never("multicast (RFC 5771)"),
        [240..=255, ..] => AddressScope::Never("reserved (RFC 1112)"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressScope::Local("private (RFC 1918)"),
        [100, 64..=127, ..] => AddressScope::Local("behind carrier-grade NAT (RFC 6598)"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => {
            AddressScope::Local("for documentation (RFC 5737)")
        }
        [198, 18..=19, ..] => AddressScope::Local("for benchmarks (RFC 2544)"),
        [192, 0, 0, 9 | 10] => AddressScope::Global,
        [192, 0, 0, _] => AddressScope::Local("for protocol use (RFC 6890)"),
        [192, 88, 99, _] => AddressScope::Local("a 6to4 relay (RFC 7526)"),
        _ => AddressScope::Global,
    }
}

/// By IANA's IPv6 Special-Purpose Address Registry: global unicast is `2000::/3` (RFC 4291 section
/// 2.4), less what is set aside in it.
fn classify_v6(addr: Ipv6Addr) -> AddressScope {
    let [a, b, ..] = addr.segments();
    if addr.is_unspecified() {
        return AddressScope::Never("unspecified (RFC 4291)");
    }
    if addr.is_loopback() {
        return AddressScope::Never("the loopback address (RFC 4291)");
    }
    match (a, b) {
        (0xff00..=0xffff, _) => AddressScope::Never("multicast (RFC 4291)"),
        (0xfe80..=0xfebf, _) => AddressScope::Never("link-local (RFC 4291)"),
        (0, 0) => AddressScope::Never("an IPv4 address in IPv6 form (RFC 4291)"),
        (0xfc00..=0xfdff, _) => AddressScope::Local("unique local (RFC 4193)"),
        (0xfec0..=0xfeff, _) => AddressScope::Local("site-local (RFC 3879)"),
        (0x2001, 0xdb8) | (0x3fff, 0..=0x0fff) => {
            AddressScope::Local("for documentation (RFC 3849, RFC 9637)")
        }
        (0x2001, 0) => AddressScope::Local("a Teredo relic (RFC 4380)"),
        (0x2001, 2) => AddressScope::Local("for benchmarks (RFC 5180)"),
        (0x2001, 0x10..=0x2f) => AddressScope::Local("an ORCHID (RFC 7343)"),
        (0x2002, _) => AddressScope::Local("a 6to4 relic (RFC 7526)"),
        (0x3ffe, _) => AddressScope::Local("a 6bone relic (RFC 3701)"),
        (0x2000..=0x3fff, _) => AddressScope::Global,
        _ => AddressScope::Local("outside global unicast (RFC 4291)"),
    }
}
