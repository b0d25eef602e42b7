//! The choice where the kernel says by which interface and from which address it would send.

use super::*;

/// Each address with its interface and its marks.
type Candidates = &'static [(&'static str, &'static str, &'static str)];

/// What the row shows, the candidates, by which interface and from which address the kernel sends (with an
/// `s` where a route names that address), what is published, and what is chosen.
type EgressRow = (
    &'static str,
    Candidates,
    (&'static str, &'static str, &'static str),
    &'static str,
    Result<&'static str, &'static str>,
);

fn all(candidates: Candidates) -> Vec<InterfaceAddress> {
    let one = |(text, interface, marks): &(&str, &str, &str)| InterfaceAddress {
        interface: (*interface).to_owned(),
        ..address(text, marks)
    };
    candidates.iter().map(one).collect()
}

fn egress((interface, source, marks): (&str, &str, &str)) -> Egress {
    Egress {
        interface: interface.to_owned(),
        source: source.parse().ok(),
        is_source_configured: marks.contains('s'),
    }
}

pub(super) fn any_egress() -> impl Strategy<Value = Egress> {
    let source = "(2a01:0:0:[1-3]::[1-3]|fd00::1|fe80::1|)";
    ("eth[0-3]", source, "s?").prop_map(|(interface, source, marks)| {
        egress((interface.as_str(), source.as_str(), marks.as_str()))
    })
}

fn holds(
    family: Family,
    acceptance: &PublishPolicy,
    prefer: AddressPreference,
    table: &[EgressRow],
) {
    for (what, candidates, sends, published, expected) in table {
        let published = published.parse().into_iter().collect();
        let egress = egress(*sends);
        let candidates = all(candidates);
        let chosen = select_address(
            family,
            &candidates,
            acceptance,
            prefer,
            Some(&egress),
            &published,
        );
        let chosen = chosen.map(|chosen| chosen.to_string());
        let chosen = chosen.as_deref().map_err(String::as_str);
        assert_eq!(chosen, *expected, "{what}");
    }
}

const TWO: Candidates = &[("85.2.2.2", "w0", "d"), ("84.1.1.1", "v0", "d")];
const BY_W0: (&str, &str, &str) = ("w0", "85.2.2.2", "");

#[test]
fn of_two_uplinks_the_one_that_the_kernel_sends_by_wins_whatever_is_published() {
    let table: &[EgressRow] = &[
        ("not the lowest", TWO, BY_W0, "", Ok("85.2.2.2")),
        (
            "nor the published one",
            TWO,
            BY_W0,
            "84.1.1.1",
            Ok("85.2.2.2"),
        ),
        (
            "after a fail-over",
            TWO,
            ("v0", "84.1.1.1", ""),
            "85.2.2.2",
            Ok("84.1.1.1"),
        ),
        (
            "a policy rule may lead by an interface that no route of the main table leaves by",
            &[("85.2.2.2", "w0", "d"), ("84.1.1.1", "v0", "")],
            ("v0", "84.1.1.1", ""),
            "85.2.2.2",
            Ok("84.1.1.1"),
        ),
        (
            "an uplink whose address is the other's",
            TWO,
            ("w0", "84.1.1.1", ""),
            "85.2.2.2",
            Ok("84.1.1.1"),
        ),
        (
            "the address of a route on the loopback interface",
            &[
                ("10.0.0.2", "w0", "d"),
                ("84.9.9.9", "lo", ""),
                ("84.1.1.1", "v0", "d"),
            ],
            ("w0", "84.9.9.9", "s"),
            "84.1.1.1",
            Ok("84.9.9.9"),
        ),
    ];
    holds(
        Family::V4,
        &PublishPolicy::default(),
        AddressPreference::Stable,
        table,
    );
}

#[test]
fn of_one_interface_the_address_that_the_kernel_sends_from_wins_whatever_is_published() {
    const THREE: Candidates = &[
        ("85.2.2.1", "w0", "d"),
        ("85.2.2.2", "w0", "d"),
        ("85.2.2.3", "w0", "ds"),
    ];
    let table: &[EgressRow] = &[
        ("not the lowest", THREE, BY_W0, "", Ok("85.2.2.2")),
        (
            "nor the published one",
            THREE,
            BY_W0,
            "85.2.2.1",
            Ok("85.2.2.2"),
        ),
        (
            "nor the one that a route names which the kernel does not take",
            THREE,
            BY_W0,
            "85.2.2.3",
            Ok("85.2.2.2"),
        ),
        (
            "what is published stays where the kernel sends from none of them",
            &[
                ("10.0.0.2", "w0", "d"),
                ("85.2.2.1", "w0", "d"),
                ("85.2.2.2", "w0", "d"),
            ],
            ("w0", "10.0.0.2", ""),
            "85.2.2.2",
            Ok("85.2.2.2"),
        ),
        (
            "and where it has none to send from",
            &[("85.2.2.1", "w0", "d"), ("85.2.2.2", "w0", "d")],
            ("w0", "", ""),
            "85.2.2.2",
            Ok("85.2.2.2"),
        ),
    ];
    holds(
        Family::V4,
        &PublishPolicy::default(),
        AddressPreference::Stable,
        table,
    );
}

#[test]
fn an_address_of_an_uplink_that_the_kernel_does_not_send_by_is_never_published() {
    let table: &[EgressRow] = &[
        (
            "behind a router that translates addresses",
            &[("192.168.1.2", "w0", "d"), ("84.1.1.1", "v0", "d")],
            ("w0", "192.168.1.2", ""),
            "84.1.1.1",
            Err(
                "192.168.1.2 is private (RFC 1918), not globally reachable (accept = \"any\" would \
                 publish it); 84.1.1.1 is an address of v0, and this host sends by w0 (the source `interface:v0` \
                 would publish it)",
            ),
        ),
        (
            "one of a carrier",
            &[("100.64.1.2", "w0", "d"), ("84.1.1.1", "v0", "")],
            ("w0", "100.64.1.2", "s"),
            "",
            Err(
                "100.64.1.2 is behind carrier-grade NAT (RFC 6598), not globally reachable (accept = \
                 \"any\" would publish it); 84.1.1.1 is an address of v0, and this host sends by w0 (the source \
                 `interface:v0` would publish it)",
            ),
        ),
        (
            "an interface without an address",
            &[("84.1.1.1", "v0", "d")],
            ("w0", "", ""),
            "84.1.1.1",
            Err(
                "84.1.1.1 is an address of v0, and this host sends by w0 (the source `interface:v0` would publish it)",
            ),
        ),
    ];
    holds(
        Family::V4,
        &PublishPolicy::default(),
        AddressPreference::Stable,
        table,
    );
}

const TWO_OF_W0: Candidates = &[
    ("85.2.2.2", "w0", "d"),
    ("85.2.3.3", "w0", "d"),
    ("84.1.1.1", "v0", "d"),
];

#[test]
fn the_policy_rules_over_what_the_kernel_sends_from() {
    let excluding = |network: &str| PublishPolicy {
        exclude: vec![network.parse().unwrap()],
        ..PublishPolicy::default()
    };
    let another: &[EgressRow] = &[(
        "another of the interface",
        TWO_OF_W0,
        BY_W0,
        "",
        Ok("85.2.3.3"),
    )];
    holds(
        Family::V4,
        &excluding("85.2.2.0/24"),
        AddressPreference::Stable,
        another,
    );
    let only = PublishPolicy {
        only: vec!["85.2.3.0/24".parse().unwrap()],
        ..PublishPolicy::default()
    };
    holds(Family::V4, &only, AddressPreference::Stable, another);
    let candidates = all(TWO_OF_W0);
    let egress = egress(BY_W0);
    let acceptance = excluding("85.2.0.0/16");
    let none = BTreeSet::new();
    let chosen = select_address(
        Family::V4,
        &candidates,
        &acceptance,
        AddressPreference::Stable,
        Some(&egress),
        &none,
    );
    assert!(chosen.is_err(), "{chosen:?}");
    let any = PublishPolicy {
        accept_any: true,
        ..PublishPolicy::default()
    };
    let private: &[EgressRow] = &[(
        "a private one where that is wanted",
        &[("192.168.1.2", "w0", "d"), ("84.1.1.1", "w0", "d")],
        ("w0", "192.168.1.2", ""),
        "84.1.1.1",
        Ok("192.168.1.2"),
    )];
    holds(Family::V4, &any, AddressPreference::Stable, private);
}

/// A stable and a temporary address of each of two prefixes.
const FOUR: Candidates = &[
    ("2a01:0:0:1::1", "w0", "d"),
    ("2a01:0:0:1::2", "w0", "dt"),
    ("2a01:0:0:2::1", "w0", "d"),
    ("2a01:0:0:2::2", "w0", "dt"),
];

#[test]
fn where_the_kernel_sends_from_a_temporary_address_the_stable_one_of_its_prefix_is_published() {
    let table: &[EgressRow] = &[
        (
            "its prefix before the published one",
            FOUR,
            ("w0", "2a01:0:0:2::2", ""),
            "2a01:0:0:1::1",
            Ok("2a01:0:0:2::1"),
        ),
        (
            "the stable one itself",
            FOUR,
            ("w0", "2a01:0:0:2::1", ""),
            "2a01:0:0:1::1",
            Ok("2a01:0:0:2::1"),
        ),
        (
            "a temporary one that a route names",
            FOUR,
            ("w0", "2a01:0:0:2::2", "s"),
            "",
            Ok("2a01:0:0:2::1"),
        ),
        (
            "of two stable ones of the prefix the published one",
            &[
                ("2a01:0:0:1::1", "w0", "d"),
                ("2a01:0:0:1::2", "w0", "dt"),
                ("2a01:0:0:1::3", "w0", "d"),
            ],
            ("w0", "2a01:0:0:1::2", ""),
            "2a01:0:0:1::3",
            Ok("2a01:0:0:1::3"),
        ),
        (
            "an address of the local network where the uplink has none of its own",
            &[
                ("fe80::1", "ppp0", "d"),
                ("2a01:0:0:1::1", "lan", ""),
                ("2a01:0:0:1::2", "lan", "t"),
                ("2a01:0:0:3::1", "dmz", ""),
            ],
            ("ppp0", "2a01:0:0:1::2", ""),
            "2a01:0:0:3::1",
            Ok("2a01:0:0:1::1"),
        ),
        (
            "the other uplink's stable one is no substitute for a temporary one",
            &[("2a01:0:0:1::2", "w0", "dt"), ("2a01:0:0:3::1", "v0", "d")],
            ("w0", "2a01:0:0:1::2", ""),
            "2a01:0:0:3::1",
            Ok("2a01:0:0:1::2"),
        ),
    ];
    holds(
        Family::V6,
        &PublishPolicy::default(),
        AddressPreference::Stable,
        table,
    );
    let temporary: &[EgressRow] = &[(
        "this way round too",
        FOUR,
        ("w0", "2a01:0:0:2::1", ""),
        "2a01:0:0:1::2",
        Ok("2a01:0:0:2::2"),
    )];
    holds(
        Family::V6,
        &PublishPolicy::default(),
        AddressPreference::Temporary,
        temporary,
    );
}

#[test]
fn a_prefix_that_is_announced_no_more_loses_though_the_kernel_still_sends_from_it() {
    const OLD_AND_NEW: Candidates = &[("2a01:0:0:1::1", "w0", "d1"), ("2a01:0:0:2::1", "w0", "d3")];
    let table: &[EgressRow] = &[
        (
            "which prefix the kernel takes depends on the destination",
            OLD_AND_NEW,
            ("w0", "2a01:0:0:1::1", ""),
            "2a01:0:0:1::1",
            Ok("2a01:0:0:2::1"),
        ),
        (
            "unless a route names the address",
            OLD_AND_NEW,
            ("w0", "2a01:0:0:1::1", "s"),
            "2a01:0:0:2::1",
            Ok("2a01:0:0:1::1"),
        ),
    ];
    holds(
        Family::V6,
        &PublishPolicy::default(),
        AddressPreference::Stable,
        table,
    );
}

proptest! {
    #[test]
    fn whatever_is_published_the_choice_is_of_an_interface_that_the_kernel_uses(
        candidates in candidates(),
        egress in any_egress(),
        published in "2a01:0:0:[1-3]::[1-3]",
    ) {
        let published = BTreeSet::from([published.parse().unwrap()]);
        let acceptance = PublishPolicy::default();
        let chosen =
            select_address(Family::V6, &candidates, &acceptance, AddressPreference::Stable, Some(&egress), &published);
        let Ok(chosen) = chosen else { return Ok(()) };
        let addrs_of = |interface: &str| -> BTreeSet<IpAddr> {
            let own = candidates.iter().filter(|candidate| candidate.interface == interface);
            own.map(|candidate| candidate.addr).collect()
        };
        let mut holders = candidates.iter().filter(|candidate| candidate.addr == chosen.addr());
        let is_used = holders.any(|holder| {
            holder.interface == egress.interface
                || egress.source.is_some_and(|source| addrs_of(&holder.interface).contains(&source))
        });
        prop_assert!(is_used);
    }
}
