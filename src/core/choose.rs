//! Which of an interface's addresses is the one to publish.
//!
//! The ranking, first difference decides:
//!
//! 1. tentative, deprecated and failed addresses never (RFC 4862 section 5.5.4), nor those of an
//!    interface that is down, nor what the acceptance refuses;
//! 2. an address of the interface that the default route leaves by, before others;
//! 3. a stable or a temporary address (RFC 8981), as `prefer` says, before the other kind;
//! 4. the address that is published already, before a change for no reason;
//! 5. the lowest, so that two rounds choose alike.

use std::{cmp::Reverse, collections::BTreeSet, net::IpAddr};

use crate::core::addr::{Acceptance, Admitted, Family};

/// An address as the kernel describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InterfaceAddress {
    /// The address.
    pub addr: IpAddr,
    /// The interface's name.
    pub interface: String,
    /// The interface that the family's default route leaves by.
    pub default_route: bool,
    /// A temporary address for privacy (RFC 8981).
    pub temporary: bool,
    /// Deprecated, tentative, found to be a duplicate, or on an interface that is down: not for new
    /// connections.
    pub unusable: bool,
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
    let best = of_family
        .filter_map(|candidate| {
            if candidate.unusable {
                refused.push(format!(
                    "{} is deprecated, tentative, a duplicate or on an interface that is down",
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
        .min_by_key(|(candidate, admitted)| {
            (
                Reverse(candidate.default_route),
                candidate.temporary != (prefer == Prefer::Temporary),
                !published.contains(&candidate.addr),
                *admitted,
            )
        });
    best.map(|(_, admitted)| admitted).ok_or_else(|| {
        if refused.is_empty() {
            format!("no {family} address")
        } else {
            refused.join("; ")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str, marks: &str) -> InterfaceAddress {
        InterfaceAddress {
            addr: text.parse().unwrap(),
            interface: "eth0".to_owned(),
            default_route: marks.contains('d'),
            temporary: marks.contains('t'),
            unusable: marks.contains('u'),
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
                    "2a01::1 is deprecated, tentative, a duplicate or on an interface that is down",
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
}
