use proptest::prelude::*;

use super::*;

mod egress;

fn address(text: &str, marks: &str) -> InterfaceAddress {
    InterfaceAddress {
        addr: text.parse().unwrap(),
        interface: "eth0".to_owned(),
        default_route: marks.contains('d'),
        source: marks.contains('s'),
        temporary: marks.contains('t'),
        unusable: marks.contains('u'),
        // So many hours; without a number, for ever.
        preferred: marks
            .trim_matches(char::is_alphabetic)
            .parse()
            .map_or(Duration::MAX, Duration::from_hours),
    }
}

/// What the row shows, the candidates with their marks, what is preferred, what is published,
/// and what is chosen.
type AddressRow = (
    &'static str,
    &'static [(&'static str, &'static str)],
    AddressPreference,
    &'static str,
    Result<&'static str, &'static str>,
);

#[test]
fn the_ranking_holds_row_by_row() {
    let table: &[AddressRow] = &[
        (
            "a deprecated address never wins, be it alone",
            &[("2a01::1", "du")],
            AddressPreference::Stable,
            "2a01::1",
            Err(
                "2a01::1 is deprecated, tentative, a duplicate, of this link alone or on an interface \
                 that is down",
            ),
        ),
        (
            "the default route's interface first",
            &[("2a01::1", ""), ("2a01::2", "d")],
            AddressPreference::Stable,
            "2a01::1",
            Ok("2a01::2"),
        ),
        (
            "stable before temporary",
            &[("2a01::1", "dt"), ("2a01::2", "d")],
            AddressPreference::Stable,
            "2a01::1",
            Ok("2a01::2"),
        ),
        (
            "temporary before stable if preferred",
            &[("2a01::1", "d"), ("2a01::2", "dt")],
            AddressPreference::Temporary,
            "2a01::1",
            Ok("2a01::2"),
        ),
        (
            "a temporary one rather than none",
            &[("2a01::1", "dt"), ("fe80::1", "d")],
            AddressPreference::Stable,
            "",
            Ok("2a01::1"),
        ),
        (
            "what the default route's traffic comes from, before what is published",
            &[("2a01::1", "d"), ("2a01::2", "ds")],
            AddressPreference::Stable,
            "2a01::1",
            Ok("2a01::2"),
        ),
        (
            "but stable before temporary all the same",
            &[("2a01::1", "d"), ("2a01::2", "dst")],
            AddressPreference::Stable,
            "2a01::2",
            Ok("2a01::1"),
        ),
        (
            "what is published stays among equals",
            &[("2a01::1", "d"), ("2a01::2", "d")],
            AddressPreference::Stable,
            "2a01::2",
            Ok("2a01::2"),
        ),
        (
            "the lowest among equals",
            &[("2a01::2", "d"), ("2a01::1", "d")],
            AddressPreference::Stable,
            "",
            Ok("2a01::1"),
        ),
        (
            "ULA and link-local are never an address of ours",
            &[("fd00::1", "d"), ("fe80::1", "d")],
            AddressPreference::Stable,
            "",
            Err(
                "fd00::1 is unique local (RFC 4193), not globally reachable (accept = \"any\" \
                 would publish it); fe80::1 is link-local (RFC 4291): it can never be published",
            ),
        ),
        (
            "nothing is nothing",
            &[("84.212.10.20", "d")],
            AddressPreference::Stable,
            "",
            Err("no IPv6 address"),
        ),
    ];
    holds(table);
}

#[test]
fn a_prefix_that_is_announced_no_more_loses_row_by_row() {
    let table: &[AddressRow] = &[
        (
            "an address that is preferred no longer is deprecated",
            &[("2a01::1", "d0")],
            AddressPreference::Stable,
            "2a01::1",
            Err(
                "2a01::1 is deprecated, tentative, a duplicate, of this link alone or on an interface \
                 that is down",
            ),
        ),
        (
            "a prefix that is announced no more loses to the one that is",
            &[("2a01:0:0:1::1", "d1"), ("2a01:0:0:2::1", "d3")],
            AddressPreference::Stable,
            "2a01:0:0:1::1",
            Ok("2a01:0:0:2::1"),
        ),
        (
            "of two that are announced the published one stays",
            &[("2a01:0:0:1::1", "d2"), ("2a01:0:0:2::1", "d3")],
            AddressPreference::Stable,
            "2a01:0:0:1::1",
            Ok("2a01:0:0:1::1"),
        ),
        (
            "and this way round too",
            &[("2a01:0:0:1::1", "d3"), ("2a01:0:0:2::1", "d2")],
            AddressPreference::Stable,
            "2a01:0:0:2::1",
            Ok("2a01:0:0:2::1"),
        ),
        (
            "within a prefix the lifetime decides nothing",
            &[("2a01::1", "d"), ("2a01::2", "d1")],
            AddressPreference::Stable,
            "2a01::2",
            Ok("2a01::2"),
        ),
        (
            "nor does it before the default route",
            &[("2a01:0:0:1::1", "d1"), ("2a01:0:0:2::1", "3")],
            AddressPreference::Stable,
            "",
            Ok("2a01:0:0:1::1"),
        ),
        (
            "nor before the kind that is preferred",
            &[("2a01:0:0:1::1", "d1"), ("2a01:0:0:2::1", "dt3")],
            AddressPreference::Stable,
            "",
            Ok("2a01:0:0:1::1"),
        ),
    ];
    holds(table);
}

fn holds(table: &[AddressRow]) {
    for (what, candidates, prefer, published, expected) in table {
        let candidates: Vec<_> = candidates
            .iter()
            .map(|(text, marks)| address(text, marks))
            .collect();
        let published = published.parse().into_iter().collect();
        let chosen = select_address(
            Family::V6,
            &candidates,
            &PublishPolicy::default(),
            *prefer,
            None,
            &published,
        );
        let chosen = chosen.map(|it| it.to_string());
        assert_eq!(
            chosen.as_deref().map_err(String::as_str),
            *expected,
            "{what}"
        );
    }
}

fn candidates() -> impl Strategy<Value = Vec<InterfaceAddress>> {
    let addr = "(2a01:0:0:[1-3]::[1-3]|fd00::1|fe80::1|84\\.212\\.10\\.[1-3])";
    let candidate = (addr, "[dstu]{0,2}[0-9]?", "eth[0-2]");
    let candidate = candidate.prop_map(|(text, marks, interface)| InterfaceAddress {
        interface,
        ..address(&text, &marks)
    });
    prop::collection::vec(candidate, 0..6)
}

proptest! {
    #[test]
    fn the_choice_may_be_published_stands_by_itself_and_heeds_no_order(
        candidates in candidates(),
        temporary in any::<bool>(),
        published in prop::option::of("2a01:0:0:[1-3]::[1-3]"),
        egress in prop::option::of(egress::any_egress()),
    ) {
        let prefer = if temporary { AddressPreference::Temporary } else { AddressPreference::Stable };
        let published: BTreeSet<IpAddr> = published.iter().map(|it| it.parse().unwrap()).collect();
        let choice = |candidates: &[InterfaceAddress], published| {
            select_address(Family::V6, candidates, &PublishPolicy::default(), prefer, egress.as_ref(), published)
        };
        let Ok(chosen) = choice(&candidates, &published) else {
            return Ok(());
        };
        let mut usable = candidates.iter().filter(|it| !it.unusable && !it.preferred.is_zero());
        prop_assert!(usable.any(|it| it.addr == chosen.addr()));
        prop_assert!(PublishPolicy::default().check(Family::V6, chosen.addr()).is_ok());
        let reversed: Vec<_> = candidates.iter().rev().cloned().collect();
        prop_assert_eq!(choice(&reversed, &published).ok(), Some(chosen));
        prop_assert_eq!(choice(&candidates, &[chosen.addr()].into()).ok(), Some(chosen));
    }
}
