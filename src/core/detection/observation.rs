//! What a round found out about this host's own addresses.

use std::{collections::BTreeSet, fmt, net::IpAddr, time::Duration};

use super::path::Interface;
use crate::core::{
    address::addr_set::{AddrSet, display_list},
    time::HumanDuration,
};

/// What is known about one family in one round. "Unknown" and "none" are different words here, and
/// no empty collection stands for either (L1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Observation {
    /// These are our addresses.
    Known(AddrSet),
    /// We know that there is none: no usable address and no default route of this family.
    Absent,
    /// We could not find out. Nothing may change because of it.
    Unavailable(UnavailableReason),
}

/// Why an address could not be found out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UnavailableReason {
    /// No family has a usable address or a default route: there is no network (yet).
    Offline,
    /// Every source was asked and none gave an acceptable answer.
    NoAnswer(Vec<SourceError>),
    /// Answers from outside did not agree well enough to be believed.
    Unconfirmed {
        /// Who said what.
        claims: Vec<Claim>,
        /// How many independent operators must say the same.
        needed: usize,
    },
    /// The word from outside changes to and fro: a change has to last before it is believed.
    Flapping {
        /// What was believed last.
        believed: BTreeSet<IpAddr>,
        /// What is said now.
        claimed: BTreeSet<IpAddr>,
        /// How often it changed within the last hour.
        changes: usize,
        /// How much longer the change has to last.
        wait: Duration,
    },
    /// This host's clock was not set yet, so that no certificate is valid and nobody can be asked by
    /// `https`.
    NoClock,
    /// The interface of `via` leads nowhere. Another one is never taken in its place.
    NoUplink(UplinkError),
    /// The host's own configuration makes no address out of what was found: a device's host part
    /// behind an inadmissible prefix.
    HostAddress(String),
}

/// Why the interface of `via` is no way out.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum UplinkError {
    /// There is none of that name, or not yet.
    #[error("there is no interface `{0}`")]
    Missing(Interface),
    /// It is switched off, or nothing is at its other end.
    #[error("the interface `{0}` is down")]
    Down(Interface),
    /// No family has a usable address on it or a default route by it.
    #[error("the interface `{0}` has no network: no usable address, no default route by it")]
    Idle(Interface),
    /// The kernel binds no socket of ours to it; why, in words.
    #[error("no socket can be bound to the interface `{0}`: {1}")]
    Refused(Interface, String),
}

/// A source and what went wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceError {
    /// The source as configured, or the operator's name.
    pub source: String,
    /// What went wrong, in words.
    pub message: String,
}

/// An operator and the addresses it says are ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The operator.
    pub operator: String,
    /// The addresses.
    pub addrs: BTreeSet<IpAddr>,
}

impl fmt::Display for UnavailableReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offline => f.write_str("this host has no network: no address, no default route"),
            Self::NoAnswer(troubles) => {
                f.write_str("no source gave an acceptable answer")?;
                separated(f, troubles, |f, it| {
                    write!(f, "{}: {}", it.source, it.message)
                })
            }
            Self::Unconfirmed { claims, needed } => {
                write!(f, "fewer than {needed} independent operators agree")?;
                separated(f, claims, |f, it| {
                    write!(f, "{} says {}", it.operator, display_list(&it.addrs))
                })
            }
            Self::Flapping {
                believed,
                claimed,
                changes,
                wait,
            } => write!(
                f,
                "it changes to and fro ({} was believed, {} is said now, {changes} changes within \
                 the hour); if that lasts, it is believed in {}",
                display_list(believed),
                display_list(claimed),
                HumanDuration(*wait)
            ),
            Self::NoClock => f.write_str(
                "this host's clock is not set (it shows a time before this version of moored was \
                 made): no certificate is valid before it is",
            ),
            Self::NoUplink(why) => why.fmt(f),
            Self::HostAddress(what) => f.write_str(what),
        }
    }
}

fn separated<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    each: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (position, item) in items.iter().enumerate() {
        f.write_str(if position == 0 { " (" } else { "; " })?;
        each(f, item)?;
    }
    if items.is_empty() {
        Ok(())
    } else {
        f.write_str(")")
    }
}

/// What the kernel knows of one family on this host.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FamilyPresence {
    /// Some interface has an address of this family that may be published.
    pub has_usable_address: bool,
    /// There is a default route of this family.
    pub has_default_route: bool,
}

impl FamilyPresence {
    /// No usable address and no default route. Where the other family has one of them, that is
    /// positive knowledge that this family is not here; where it has not, there is no network.
    pub fn is_absent(self) -> bool {
        !self.has_usable_address && !self.has_default_route
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addrs(texts: &[&str]) -> BTreeSet<IpAddr> {
        texts.iter().map(|it| it.parse().unwrap()).collect()
    }

    #[test]
    fn why_an_address_is_not_known_is_a_sentence() {
        let trouble = |source: &str, what: &str| SourceError {
            source: source.to_owned(),
            message: what.to_owned(),
        };
        let claim = |operator: &str, texts: &[&str]| Claim {
            operator: operator.to_owned(),
            addrs: addrs(texts),
        };
        for (why, said) in [
            (
                UnavailableReason::Offline,
                "this host has no network: no address, no default route",
            ),
            (
                UnavailableReason::NoAnswer(Vec::new()),
                "no source gave an acceptable answer",
            ),
            (
                UnavailableReason::NoAnswer(vec![trouble("dns", "timed out")]),
                "no source gave an acceptable answer (dns: timed out)",
            ),
            (
                UnavailableReason::NoAnswer(vec![
                    trouble("dns", "timed out"),
                    trouble("a", "refused"),
                ]),
                "no source gave an acceptable answer (dns: timed out; a: refused)",
            ),
            (
                UnavailableReason::Unconfirmed {
                    claims: vec![claim("a", &["1.1.1.1", "1.1.1.2"]), claim("b", &[])],
                    needed: 2,
                },
                "fewer than 2 independent operators agree (a says 1.1.1.1, 1.1.1.2; b says none)",
            ),
            (
                UnavailableReason::Flapping {
                    believed: addrs(&["1.1.1.1"]),
                    claimed: addrs(&["1.1.1.2"]),
                    changes: 3,
                    wait: Duration::from_mins(5),
                },
                "it changes to and fro (1.1.1.1 was believed, 1.1.1.2 is said now, 3 changes within the \
                 hour); if that lasts, it is believed in 5 min",
            ),
            (
                UnavailableReason::NoClock,
                "this host's clock is not set (it shows a time before this version of moored was made): \
                 no certificate is valid before it is",
            ),
            (
                UnavailableReason::NoUplink(UplinkError::Down("eth1".parse().unwrap())),
                "the interface `eth1` is down",
            ),
            (UnavailableReason::HostAddress("x".to_owned()), "x"),
        ] {
            assert_eq!(why.to_string(), said);
        }
    }

    #[test]
    fn the_kernel_says_absent_where_there_is_neither_an_address_nor_a_route() {
        for (usable_address, default_route, absent) in [
            (false, false, true),
            (true, false, false),
            (false, true, false),
            (true, true, false),
        ] {
            let kernel = FamilyPresence {
                has_usable_address: usable_address,
                has_default_route: default_route,
            };
            assert_eq!(kernel.is_absent(), absent, "{kernel:?}");
        }
    }
}
