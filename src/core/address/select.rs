//! Which of this host's addresses is the one to publish: the one that the kernel itself would send from.
//!
//! The ranking, first difference decides:
//!
//! 1. tentative, deprecated and failed addresses never (RFC 4862 section 5.5.4), nor those of an
//!    interface that is down or whose scope is not the world, nor what the acceptance refuses;
//! 2. an address of the interface that has the address which the kernel would send from, before one of
//!    the interface that the kernel would send by, and no others: an address of another uplink is not
//!    ours as long as nothing leaves by that uplink, be the one that counts private or excluded. Where
//!    the kernel has no way to the Internet (or one interface is named), an address of the interface that
//!    a default route leaves by, before others;
//! 3. a stable or a temporary address (RFC 8981), as `prefer` says, before the other kind;
//! 4. the address that a default route itself names (`RTA_PREFSRC`, ip-route(8) `src`), before others;
//! 5. no IPv6 prefix (/64) that is preferred for less than half as long as another one: its router
//!    has stopped announcing it, and the kernel will not deprecate it for hours or days. Prefixes
//!    that are both announced get their time anew again and again, so that now the one, now the
//!    other is preferred longer: half leaves room for that, or each announcement would be a change;
//! 6. the address that the kernel would send from, then one of the same IPv6 prefix (/64), before
//!    others: where the kernel sends from a temporary address, that prefix has the stable one too. Not
//!    earlier, for which of several prefixes the kernel takes depends on the destination (RFC 6724,
//!    rule 8);
//! 7. the address that is published already, before a change for no reason;
//! 8. the lowest, so that two rounds choose alike.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use super::{
    family::Family,
    policy::{PublishPolicy, PublishableAddr},
};

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
    /// A default route names it as the address that its traffic is to come from.
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
        prefix(self.addr)
    }
}

fn prefix(addr: IpAddr) -> Option<u128> {
    match addr {
        IpAddr::V4(_) => None,
        IpAddr::V6(addr) => Some(u128::from(addr) >> 64),
    }
}

/// How the kernel itself would send to the Internet. It is asked, for metrics, policy rules and source
/// addresses of routes are its own business.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Egress {
    /// The interface it would send by.
    pub interface: String,
    /// The address it would send from, if it has one. It may be of another interface.
    pub source: Option<IpAddr>,
    /// A default route names that address.
    pub is_source_configured: bool,
}

impl Egress {
    /// How near the interface of an address is to what the kernel does; `None` if it has no part in it.
    fn rank(&self, candidate: &InterfaceAddress, all: &[InterfaceAddress]) -> Option<u8> {
        let holds_source = |other: &InterfaceAddress| {
            Some(other.addr) == self.source && other.interface == candidate.interface
        };
        if all.iter().any(holds_source) {
            Some(0)
        } else {
            (self.interface == candidate.interface).then_some(1)
        }
    }

    /// How near an address is to the one that the kernel would send from.
    fn distance(&self, candidate: &InterfaceAddress) -> u8 {
        let of_same_prefix =
            |source| candidate.prefix().is_some() && candidate.prefix() == prefix(source);
        match self.source {
            Some(source) if source == candidate.addr => 0,
            Some(source) if of_same_prefix(source) => 1,
            _ => 2,
        }
    }
}

/// Which kind of IPv6 address is published where a host has both.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AddressPreference {
    /// The one that stays.
    #[default]
    Stable,
    /// The one that changes every day or so.
    Temporary,
}

/// The one to publish, or in words why there is none. Without an `egress` every interface counts.
pub fn select_address(
    family: Family,
    candidates: &[InterfaceAddress],
    acceptance: &PublishPolicy,
    prefer: AddressPreference,
    egress: Option<&Egress>,
    published: &BTreeSet<IpAddr>,
) -> Result<PublishableAddr, String> {
    let mut refused = Vec::new();
    let place = |candidate: &InterfaceAddress| match egress {
        Some(egress) => egress.rank(candidate, candidates),
        None => Some(0),
    };
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
            match (acceptance.check(family, candidate.addr), egress) {
                (Ok(_), Some(egress)) if place(candidate).is_none() => {
                    refused.push(format!(
                        "{} is an address of {interface}, and this host sends by {} (the source \
                         `interface:{interface}` would publish it)",
                        candidate.addr,
                        egress.interface,
                        interface = candidate.interface,
                    ));
                    None
                }
                (Ok(admitted), _) => Some((candidate, admitted)),
                (Err(why), _) => {
                    refused.push(why.to_string());
                    None
                }
            }
        })
        .collect();
    let is_configured = |candidate: &InterfaceAddress| match egress {
        Some(egress) => egress.is_source_configured && egress.source == Some(candidate.addr),
        None => candidate.source,
    };
    let rank = |candidate: &InterfaceAddress| {
        (
            place(candidate),
            Reverse(candidate.default_route),
            candidate.temporary != (prefer == AddressPreference::Temporary),
            Reverse(is_configured(candidate)),
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
        .min_by_key(|(candidate, admitted)| {
            let distance = egress.map(|egress| egress.distance(candidate));
            (distance, !published.contains(&candidate.addr), *admitted)
        });
    best.map(|(_, admitted)| *admitted).ok_or_else(|| {
        if refused.is_empty() {
            format!("no {family} address")
        } else {
            refused.join("; ")
        }
    })
}

#[cfg(test)]
mod tests;
