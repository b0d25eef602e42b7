//! Which of an interface's addresses is the one to publish.
//!
//! The ranking, first difference decides:
//!
//! 1. tentative, deprecated and failed addresses never (RFC 4862 section 5.5.4), nor those of an
//!    interface that is down or whose scope is not the world, nor what the acceptance refuses;
//! 2. an address of the interface that the default route leaves by, before others;
//! 3. a stable or a temporary address (RFC 8981), as `prefer` says, before the other kind;
//! 4. the address that the default route's traffic comes from by the kernel's tables
//!    (`RTA_PREFSRC`, ip-route(8) `src`), before others;
//! 5. no IPv6 prefix (/64) that is preferred for less than half as long as another one: its router
//!    has stopped announcing it, and the kernel will not deprecate it for hours or days. Prefixes
//!    that are both announced get their time anew again and again, so that now the one, now the
//!    other is preferred longer: half leaves room for that, or each announcement would be a change;
//! 6. the address that is published already, before a change for no reason;
//! 7. the lowest, so that two rounds choose alike.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use crate::core::addr::{Acceptance, Admitted, Family};

/// An address as the kernel describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a word of the kernel's, and they go together in every way"
)]
pub struct InterfaceAddress {
    /// The address.
    pub addr: IpAddr,
    /// The interface's name.
    pub interface: String,
    /// The interface that the family's default route leaves by.
    pub default_route: bool,
    /// The default route's traffic is to come from it.
    pub source: bool,
    /// A temporary address for privacy (RFC 8981).
    pub temporary: bool,
    /// Deprecated, tentative, found to be a duplicate, of a narrower scope than the world, or on an
    /// interface that is down: not for new connections.
    pub unusable: bool,
    /// For how much longer it is preferred; the longest there is if without end. At nothing it is
    /// deprecated.
    pub preferred: Duration,
}

impl InterfaceAddress {
    /// The network it is in as routers announce them. IPv4 knows no such thing: all are in one.
    fn prefix(&self) -> Option<u128> {
        match self.addr {
            IpAddr::V4(_) => None,
            IpAddr::V6(addr) => Some(u128::from(addr) >> 64),
        }
    }
}

/// Which kind of IPv6 address is published where a host has both.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Prefer {
    /// The one that stays.
    #[default]
    Stable,
    /// The one that changes every day or so.
    Temporary,
}

/// The one to publish, or in words why there is none.
pub fn choose(
    family: Family,
    candidates: &[InterfaceAddress],
    acceptance: &Acceptance,
    prefer: Prefer,
    published: &BTreeSet<IpAddr>,
) -> Result<Admitted, String> {
    let mut refused = Vec::new();
    let of_family = candidates.iter().filter(|it| Family::of(it.addr) == family);
    let mut admitted: Vec<_> = of_family
        .filter_map(|candidate| {
            if candidate.unusable || candidate.preferred.is_zero() {
                refused.push(format!(
                    "{} is deprecated, tentative, a duplicate, of this link alone or on an interface \
                     that is down",
                    candidate.addr
                ));
                return None;
            }
            match acceptance.admit(family, candidate.addr) {
                Ok(admitted) => Some((candidate, admitted)),
                Err(why) => {
                    refused.push(why.to_string());
                    None
                }
            }
        })
        .collect();
    let rank = |candidate: &InterfaceAddress| {
        (
            Reverse(candidate.default_route),
            candidate.temporary != (prefer == Prefer::Temporary),
            Reverse(candidate.source),
        )
    };
    let first = admitted.iter().map(|(candidate, _)| rank(candidate)).min();
    admitted.retain(|(candidate, _)| Some(rank(candidate)) == first);
    let mut announced = BTreeMap::new();
    for (candidate, _) in &admitted {
        let longest: &mut Duration = announced.entry(candidate.prefix()).or_default();
        *longest = candidate.preferred.max(*longest);
    }
    let longest = announced.values().max().copied().unwrap_or_default();
    let current = |it: &InterfaceAddress| {
        announced
            .get(&it.prefix())
            .is_some_and(|preferred| *preferred >= longest / 2)
    };
    let best = admitted
        .iter()
        .filter(|(candidate, _)| current(candidate))
        .min_by_key(|(candidate, admitted)| (!published.contains(&candidate.addr), *admitted));
    best.map(|(_, admitted)| *admitted).ok_or_else(|| {
        if refused.is_empty() {
            format!("no {family} address")
        } else {
            refused.join("; ")
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
    type Row = (
        &'static str,
        &'static [(&'static str, &'static str)],
        Prefer,
        &'static str,
        Result<&'static str, &'static str>,
    );

    #[test]
    fn the_ranking_holds_row_by_row() {
        let table: &[Row] = &[
            (
                "a deprecated address never wins, be it alone",
                &[("2a01::1", "du")],
                Prefer::Stable,
                "2a01::1",
                Err(
                    "2a01::1 is deprecated, tentative, a duplicate, of this link alone or on an interface \
                     that is down",
                ),
            ),
            (
                "the default route's interface first",
                &[("2a01::1", ""), ("2a01::2", "d")],
                Prefer::Stable,
                "2a01::1",
                Ok("2a01::2"),
            ),
            (
                "stable before temporary",
                &[("2a01::1", "dt"), ("2a01::2", "d")],
                Prefer::Stable,
                "2a01::1",
                Ok("2a01::2"),
            ),
            (
                "temporary before stable if preferred",
                &[("2a01::1", "d"), ("2a01::2", "dt")],
                Prefer::Temporary,
                "2a01::1",
                Ok("2a01::2"),
            ),
            (
                "a temporary one rather than none",
                &[("2a01::1", "dt"), ("fe80::1", "d")],
                Prefer::Stable,
                "",
                Ok("2a01::1"),
            ),
            (
                "what the default route's traffic comes from, before what is published",
                &[("2a01::1", "d"), ("2a01::2", "ds")],
                Prefer::Stable,
                "2a01::1",
                Ok("2a01::2"),
            ),
            (
                "but stable before temporary all the same",
                &[("2a01::1", "d"), ("2a01::2", "dst")],
                Prefer::Stable,
                "2a01::2",
                Ok("2a01::1"),
            ),
            (
                "what is published stays among equals",
                &[("2a01::1", "d"), ("2a01::2", "d")],
                Prefer::Stable,
                "2a01::2",
                Ok("2a01::2"),
            ),
            (
                "the lowest among equals",
                &[("2a01::2", "d"), ("2a01::1", "d")],
                Prefer::Stable,
                "",
                Ok("2a01::1"),
            ),
            (
                "ULA and link-local are never an address of ours",
                &[("fd00::1", "d"), ("fe80::1", "d")],
                Prefer::Stable,
                "",
                Err(
                    "fd00::1 is unique local (RFC 4193), not globally reachable (accept = \"any\" \
                     would publish it); fe80::1 is link-local (RFC 4291): it can never be published",
                ),
            ),
            (
                "nothing is nothing",
                &[("84.212.10.20", "d")],
                Prefer::Stable,
                "",
                Err("no IPv6 address"),
            ),
        ];
        holds(table);
    }

    #[test]
    fn a_prefix_that_is_announced_no_more_loses_row_by_row() {
        let table: &[Row] = &[
            (
                "an address that is preferred no longer is deprecated",
                &[("2a01::1", "d0")],
                Prefer::Stable,
                "2a01::1",
                Err(
                    "2a01::1 is deprecated, tentative, a duplicate, of this link alone or on an interface \
                     that is down",
                ),
            ),
            (
                "a prefix that is announced no more loses to the one that is",
                &[("2a01:0:0:1::1", "d1"), ("2a01:0:0:2::1", "d3")],
                Prefer::Stable,
                "2a01:0:0:1::1",
                Ok("2a01:0:0:2::1"),
            ),
            (
                "of two that are announced the published one stays",
                &[("2a01:0:0:1::1", "d2"), ("2a01:0:0:2::1", "d3")],
                Prefer::Stable,
                "2a01:0:0:1::1",
                Ok("2a01:0:0:1::1"),
            ),
            (
                "and this way round too",
                &[("2a01:0:0:1::1", "d3"), ("2a01:0:0:2::1", "d2")],
                Prefer::Stable,
                "2a01:0:0:2::1",
                Ok("2a01:0:0:2::1"),
            ),
            (
                "within a prefix the lifetime decides nothing",
                &[("2a01::1", "d"), ("2a01::2", "d1")],
                Prefer::Stable,
                "2a01::2",
                Ok("2a01::2"),
            ),
            (
                "nor does it before the default route",
                &[("2a01:0:0:1::1", "d1"), ("2a01:0:0:2::1", "3")],
                Prefer::Stable,
                "",
                Ok("2a01:0:0:1::1"),
            ),
            (
                "nor before the kind that is preferred",
                &[("2a01:0:0:1::1", "d1"), ("2a01:0:0:2::1", "dt3")],
                Prefer::Stable,
                "",
                Ok("2a01:0:0:1::1"),
            ),
        ];
        holds(table);
    }

    fn holds(table: &[Row]) {
        for (what, candidates, prefer, published, expected) in table {
            let candidates: Vec<_> = candidates
                .iter()
                .map(|(text, marks)| address(text, marks))
                .collect();
            let published = published.parse().into_iter().collect();
            let chosen = choose(
                Family::V6,
                &candidates,
                &Acceptance::default(),
                *prefer,
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
        let candidate =
            (addr, "[dstu]{0,2}[0-9]?").prop_map(|(text, marks)| address(&text, &marks));
        prop::collection::vec(candidate, 0..6)
    }

    proptest! {
        #[test]
        fn the_choice_may_be_published_stands_by_itself_and_heeds_no_order(
            candidates in candidates(),
            temporary in any::<bool>(),
            published in prop::option::of("2a01:0:0:[1-3]::[1-3]"),
        ) {
            let prefer = if temporary { Prefer::Temporary } else { Prefer::Stable };
            let published: BTreeSet<IpAddr> = published.iter().map(|it| it.parse().unwrap()).collect();
            let choice = |candidates: &[InterfaceAddress], published| {
                choose(Family::V6, candidates, &Acceptance::default(), prefer, published)
            };
            let Ok(chosen) = choice(&candidates, &published) else {
                return Ok(());
            };
            let mut usable = candidates.iter().filter(|it| !it.unusable && !it.preferred.is_zero());
            prop_assert!(usable.any(|it| it.addr == chosen.addr()));
            prop_assert!(Acceptance::default().admit(Family::V6, chosen.addr()).is_ok());
            let reversed: Vec<_> = candidates.iter().rev().cloned().collect();
            prop_assert_eq!(choice(&reversed, &published).ok(), Some(chosen));
            prop_assert_eq!(choice(&candidates, &[chosen.addr()].into()).ok(), Some(chosen));
        }
    }
}
