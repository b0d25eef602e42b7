//! Addresses, and which of them may be published.

pub mod host_id;
pub mod select;

use std::{
    collections::BTreeSet,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// An address family, and the record type that carries it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Family {
    /// IPv4, in A records.
    #[serde(rename = "A")]
    V4,
    /// IPv6, in AAAA records (RFC 3596).
    #[serde(rename = "AAAA")]
    V6,
}

impl Family {
    /// Both, in the order they are reported.
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// The family of an address.
    pub fn of(addr: IpAddr) -> Self {
        if addr.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// The record type: `A` or `AAAA`.
    pub fn record_type(self) -> &'static str {
        match self {
            Self::V4 => "A",
            Self::V6 => "AAAA",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// An address that passed an [`PublishPolicy`]: nothing else can become the content of a record (L2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublishableAddr(IpAddr);

impl PublishableAddr {
    /// The address.
    pub fn addr(self) -> IpAddr {
        self.0
    }
}

impl fmt::Display for PublishableAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for PublishableAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One or more admitted addresses of one family. Never empty: "none" is said as
/// [`Absent`](crate::core::detection::observation::Observation::Absent), "we do not know" as `Unavailable`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddrSet(BTreeSet<PublishableAddr>);

impl AddrSet {
    /// A set of one.
    pub fn single(addr: PublishableAddr) -> Self {
        Self(BTreeSet::from([addr]))
    }

    /// A set of several; `None` if there are none or if they are of different families.
    pub fn try_from_iter(addrs: impl IntoIterator<Item = PublishableAddr>) -> Option<Self> {
        let set: BTreeSet<_> = addrs.into_iter().collect();
        let family = Family::of(set.first()?.0);
        set.iter()
            .all(|addr| Family::of(addr.0) == family)
            .then_some(Self(set))
    }

    /// The addresses in order.
    pub fn iter(&self) -> impl Iterator<Item = PublishableAddr> + '_ {
        self.0.iter().copied()
    }

    /// The plain addresses in order: what is shown, compared and remembered.
    pub fn addrs(&self) -> BTreeSet<IpAddr> {
        self.0.iter().map(|addr| addr.0).collect()
    }
}

impl fmt::Display for AddrSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&display_list(self.0.iter()))
    }
}

/// Addresses as people read them: separated by commas, "none" for none.
pub fn display_list<T: ToString>(addrs: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<_> = addrs.into_iter().map(|addr| addr.to_string()).collect();
    if texts.is_empty() {
        "none".to_owned()
    } else {
        texts.join(", ")
    }
}

/// Which addresses the operator wants published: `accept`, `only` and `exclude`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PublishPolicy {
    /// `accept = "any"`: private, CGNAT, ULA, documentation and benchmark addresses too.
    pub accept_any: bool,
    /// If there are any, an address must lie in one of them.
    pub only: Vec<IpNet>,
    /// An address must lie in none of them.
    pub exclude: Vec<IpNet>,
}

/// Why an address may not be published.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PolicyViolation {
    /// The answer is of the other family.
    #[error("{0} is not an {1} address")]
    WrongFamily(IpAddr, Family),
    /// It is no address others could ever reach: unspecified, loopback, link-local, multicast,
    /// IPv4-mapped, reserved. `accept = "any"` does not change that.
    #[error("{0} is {1}: it can never be published")]
    Never(IpAddr, &'static str),
    /// It is not reachable from the Internet; `accept = "any"` admits it.
    #[error("{0} is {1}, not globally reachable (accept = \"any\" would publish it)")]
    NotGlobal(IpAddr, &'static str),
    /// It lies in no network of `only`.
    #[error("{0} lies in none of the networks of `only`")]
    OutsideOnly(IpAddr),
    /// It lies in a network of `exclude`.
    #[error("{0} lies in {1}, which `exclude` names")]
    Excluded(IpAddr, IpNet),
}

impl PublishPolicy {
    /// The one way to an [`PublishableAddr`] address.
    pub fn check(&self, family: Family, addr: IpAddr) -> Result<PublishableAddr, PolicyViolation> {
        if Family::of(addr) != family {
            return Err(PolicyViolation::WrongFamily(addr, family));
        }
        match classify(addr) {
            AddressScope::Global => {}
            AddressScope::Never(what) => return Err(PolicyViolation::Never(addr, what)),
            AddressScope::Local(_) if self.accept_any => {}
            AddressScope::Local(what) => return Err(PolicyViolation::NotGlobal(addr, what)),
        }
        if !self.only.is_empty() && !self.only.iter().any(|net| net.contains(&addr)) {
            return Err(PolicyViolation::OutsideOnly(addr));
        }
        if let Some(net) = self.exclude.iter().find(|net| net.contains(&addr)) {
            return Err(PolicyViolation::Excluded(addr, *net));
        }
        Ok(PublishableAddr(addr))
    }
}

/// From where an address can be reached.
enum AddressScope {
    Global,
    /// Within some network only; the operator may want it published all the same.
    Local(&'static str),
    /// From nowhere else, or by more than one host.
    Never(&'static str),
}

fn classify(addr: IpAddr) -> AddressScope {
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

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn admit(acceptance: &PublishPolicy, text: &str) -> Result<PublishableAddr, PolicyViolation> {
        acceptance.check(Family::of(ip(text)), ip(text))
    }

    #[test]
    fn an_address_is_shown_as_it_is_written_in_failures_too() {
        let text = "84.212.10.20";
        let addr = PublishPolicy::default().check(Family::V4, text.parse().unwrap());
        let addr = addr.unwrap();
        assert_eq!(
            (format!("{addr}"), format!("{addr:?}")),
            (text.to_owned(), text.to_owned())
        );
    }

    #[test]
    fn only_globally_reachable_addresses_are_admitted() {
        let global = PublishPolicy::default();
        for text in [
            "84.212.10.20",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.0.9",
            "192.167.1.1",
            "223.255.255.255",
            "2a01:79c:1::1",
            "2001:4860::8888",
            "2600::1",
            "2003:e1::1",
            "3fff:1000::1",
        ] {
            assert!(admit(&global, text).is_ok(), "{text}");
        }
        let any = PublishPolicy {
            accept_any: true,
            ..PublishPolicy::default()
        };
        for text in [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.2.1",
            "198.51.100.7",
            "203.0.113.7",
            "198.18.0.1",
            "198.19.255.255",
            "192.0.0.1",
            "192.88.99.1",
            "fd00::2",
            "fc00::1",
            "fec0::1",
            "2001:db8::1",
            "3fff:fff::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:2f::1",
            "2002::1",
            "3ffe::1",
            "4000::1",
            "64:ff9b::1",
        ] {
            assert!(
                matches!(admit(&global, text), Err(PolicyViolation::NotGlobal(..))),
                "{text}"
            );
            assert!(admit(&any, text).is_ok(), "{text}");
        }
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "127.0.0.1",
            "169.254.1.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "febf::1",
            "ff02::1",
            "::ffff:84.212.10.20",
            "::84.212.10.20",
        ] {
            assert!(
                matches!(admit(&global, text), Err(PolicyViolation::Never(..))),
                "{text}"
            );
            assert!(
                matches!(admit(&any, text), Err(PolicyViolation::Never(..))),
                "{text}"
            );
        }
    }

    #[test]
    fn only_and_exclude_are_obeyed_even_with_accept_any() {
        let acceptance = PublishPolicy {
            accept_any: true,
            only: vec!["10.0.0.0/8".parse().unwrap()],
            exclude: vec!["10.9.0.0/16".parse().unwrap()],
        };
        assert!(admit(&acceptance, "10.1.2.3").is_ok());
        assert_eq!(
            admit(&acceptance, "10.9.2.3"),
            Err(PolicyViolation::Excluded(
                ip("10.9.2.3"),
                "10.9.0.0/16".parse().unwrap()
            ))
        );
        assert_eq!(
            admit(&acceptance, "84.212.10.20"),
            Err(PolicyViolation::OutsideOnly(ip("84.212.10.20")))
        );
    }

    #[test]
    fn a_refusal_says_what_the_address_is_and_whether_anything_would_admit_it() {
        let refusal = |text| {
            admit(&PublishPolicy::default(), text)
                .unwrap_err()
                .to_string()
        };
        for (text, what) in [
            ("10.0.0.1", "private (RFC 1918)"),
            ("100.64.0.1", "behind carrier-grade NAT (RFC 6598)"),
            ("192.0.2.1", "for documentation (RFC 5737)"),
            ("198.18.0.1", "for benchmarks (RFC 2544)"),
            ("192.0.0.1", "for protocol use (RFC 6890)"),
            ("192.88.99.1", "a 6to4 relay (RFC 7526)"),
            ("fd00::2", "unique local (RFC 4193)"),
            ("fec0::1", "site-local (RFC 3879)"),
            ("2001:db8::1", "for documentation (RFC 3849, RFC 9637)"),
            ("2001::1", "a Teredo relic (RFC 4380)"),
            ("2001:2::1", "for benchmarks (RFC 5180)"),
            ("2001:10::1", "an ORCHID (RFC 7343)"),
            ("2002::1", "a 6to4 relic (RFC 7526)"),
            ("3ffe::1", "a 6bone relic (RFC 3701)"),
            ("4000::1", "outside global unicast (RFC 4291)"),
        ] {
            let local = "not globally reachable (accept = \"any\" would publish it)";
            assert_eq!(refusal(text), format!("{text} is {what}, {local}"));
        }
        for (text, what) in [
            ("0.1.2.3", "unspecified (RFC 1122)"),
            ("127.0.0.1", "a loopback address (RFC 1122)"),
            ("169.254.1.1", "link-local (RFC 3927)"),
            ("224.0.0.1", "multicast (RFC 5771)"),
            ("240.0.0.1", "reserved (RFC 1112)"),
            ("::", "unspecified (RFC 4291)"),
            ("::1", "the loopback address (RFC 4291)"),
            ("fe80::1", "link-local (RFC 4291)"),
            ("ff02::1", "multicast (RFC 4291)"),
            ("::ffff:1.2.3.4", "an IPv4 address in IPv6 form (RFC 4291)"),
        ] {
            assert_eq!(
                refusal(text),
                format!("{text} is {what}: it can never be published")
            );
        }
    }

    /// Addresses of which many lie in what is set aside.
    fn addresses() -> impl Strategy<Value = IpAddr> {
        let octet = |known: &[u8]| prop_oneof![2 => select(known.to_vec()), 1 => any::<u8>()];
        let known = (
            octet(&[0, 10, 100, 127, 169, 172, 192, 198, 203, 224, 255]),
            octet(&[0, 2, 16, 31, 51, 64, 168, 254]),
            octet(&[0, 2, 100, 113, 255]),
            any::<u8>(),
        );
        let segment = |known: &[u16]| prop_oneof![2 => select(known.to_vec()), 1 => any::<u16>()];
        let six = (
            segment(&[0, 0xfc00, 0xfdff, 0xfe80, 0xfebf, 0xff02, 0x2001]),
            segment(&[0, 0xdb8, 1]),
            select(vec![0, u128::MAX >> 32, 1, 0xffff_0102_0304, 0x0102_0304]),
        );
        prop_oneof![
            known.prop_map(|(a, b, c, d)| IpAddr::from([a, b, c, d])),
            six.prop_map(|(a, b, rest)| {
                let bits = u128::from(a) << 112 | u128::from(b) << 96 | rest;
                IpAddr::V6(Ipv6Addr::from(bits))
            }),
        ]
    }

    proptest! {
        /// L2, in the standard library's own words.
        #[test]
        fn what_is_admitted_unasked_is_public_by_every_other_account(addr in addresses()) {
            let acceptance = PublishPolicy::default();
            let is_set_aside = match addr {
                IpAddr::V4(it) => it.is_private() || it.is_link_local() || it.is_documentation(),
                IpAddr::V6(it) => it.is_unique_local() || it.is_unicast_link_local() || it.to_ipv4().is_some(),
            };
            let is_no_host = addr.is_unspecified() || addr.is_loopback() || addr.is_multicast();
            if acceptance.check(Family::of(addr), addr).is_ok() {
                prop_assert!(!is_set_aside && !is_no_host);
            }
            let any = PublishPolicy { accept_any: true, ..acceptance };
            if any.check(Family::of(addr), addr).is_ok() {
                prop_assert!(!is_no_host);
            }
        }
    }

    #[test]
    fn an_address_of_the_other_family_is_refused() {
        let acceptance = PublishPolicy::default();
        assert_eq!(
            acceptance.check(Family::V6, ip("1.1.1.1")),
            Err(PolicyViolation::WrongFamily(ip("1.1.1.1"), Family::V6))
        );
    }

    #[test]
    fn a_set_is_never_empty_and_never_mixed() {
        let acceptance = PublishPolicy::default();
        let four = admit(&acceptance, "1.1.1.1").unwrap();
        let six = admit(&acceptance, "2606:4700::1").unwrap();
        assert_eq!(AddrSet::try_from_iter([]), None);
        assert_eq!(AddrSet::try_from_iter([four, six]), None);
        assert_eq!(
            AddrSet::try_from_iter([four, four]),
            Some(AddrSet::single(four))
        );
    }
}
