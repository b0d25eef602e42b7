//! Addresses as they are shown, checked and put together.

use proptest::{prelude::*, sample::select};

use std::net::{IpAddr, Ipv6Addr};

use super::{addr_set::*, family::*, policy::*};

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
