//! Whether connections from the Internet can arrive, by what the router in front of this host says of
//! itself. Publishing an address is of little use where they cannot.

use std::{collections::BTreeSet, fmt, net::IpAddr};

use crate::core::{
    addr::{Acceptance, Family, Inadmissible, list},
    observe::{Claim, Observation},
};

/// What the router says of its external address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RouterSays {
    /// It is this one.
    Address(IpAddr),
    /// It has none.
    None,
}

/// Something in the way of connections from the Internet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Note {
    /// The router's external address is not one of the Internet.
    NotGlobal {
        /// The router's external address.
        router: IpAddr,
        /// What kind of address that is.
        what: &'static str,
    },
    /// The router's external address is not the one that the Internet sees.
    SeenElsewhere {
        /// The router's external address; none if it says that it has none.
        router: Option<IpAddr>,
        /// What is seen from outside.
        outside: BTreeSet<IpAddr>,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotGlobal { router, what } => {
                write!(f, "the router's external address {router} is {what}")?;
            }
            Self::SeenElsewhere {
                router: Some(router),
                outside,
            } => write!(
                f,
                "the router's external address is {router}, and from outside this host is seen at {}",
                list(outside)
            )?,
            Self::SeenElsewhere {
                router: None,
                outside,
            } => write!(
                f,
                "the router says it has no public address, and from outside this host is seen at {}",
                list(outside)
            )?,
        }
        f.write_str(
            ": connections from the Internet will not arrive until the operator of the line gives \
             a public address or the router in front of that one forwards them",
        )
    }
}

/// What the router's word means, if it was asked. `others` is what other operators outside say, each
/// once. `own` are the addresses of this host's interfaces: where what is believed is one of them,
/// connections need no router that forwards them.
pub fn notes(
    router: Option<RouterSays>,
    believed: &Observation,
    others: &[Claim],
    own: &BTreeSet<IpAddr>,
) -> Vec<Note> {
    let Some(router) = router else {
        return Vec::new();
    };
    if let Observation::Known(addrs) = believed
        && addrs.addrs().is_subset(own)
    {
        return Vec::new();
    }
    let addr = match router {
        RouterSays::Address(addr) => Some(addr),
        RouterSays::None => None,
    };
    let note = addr.and_then(not_global);
    let note = note.or_else(|| elsewhere(addr, agreed(others)?));
    note.into_iter().collect()
}

/// What more than half of them say.
fn agreed(others: &[Claim]) -> Option<&BTreeSet<IpAddr>> {
    let says = |addrs: &BTreeSet<IpAddr>| others.iter().filter(|it| it.addrs == *addrs).count();
    let mut all = others.iter().map(|it| &it.addrs);
    all.find(|addrs| says(addrs) * 2 > others.len())
}

fn not_global(router: IpAddr) -> Option<Note> {
    let admitted = Acceptance::default().admit(Family::of(router), router);
    match admitted.err()? {
        Inadmissible::Never(router, what) | Inadmissible::NotGlobal(router, what) => {
            Some(Note::NotGlobal { router, what })
        }
        _ => None,
    }
}

fn elsewhere(router: Option<IpAddr>, outside: &BTreeSet<IpAddr>) -> Option<Note> {
    let seen = router.is_some_and(|it| outside.contains(&it));
    (!seen).then(|| Note::SeenElsewhere {
        router,
        outside: outside.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::observe::Why;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn known(text: &str) -> Observation {
        let admitted = Acceptance::default().admit(Family::V4, ip(text)).unwrap();
        Observation::Known(crate::core::addr::AddrSet::one(admitted))
    }

    fn claims(texts: &[&str]) -> Vec<Claim> {
        let claim = |(number, text): (usize, &&str)| Claim {
            operator: number.to_string(),
            addrs: [ip(text)].into(),
        };
        texts.iter().enumerate().map(claim).collect()
    }

    const OURS: &str = "84.212.10.20";
    const OTHER: &str = "84.212.99.99";

    /// The beginning of the one note; nothing for none.
    fn said(router: RouterSays, believed: &Observation, others: &[&str]) -> String {
        let own = [ip("192.168.77.2"), ip("127.0.0.1")].into();
        let notes = notes(Some(router), believed, &claims(others), &own);
        assert!(notes.len() < 2);
        let text = notes.first().map(ToString::to_string).unwrap_or_default();
        let end = ": connections from the Internet will not arrive until the operator of the line \
                   gives a public address or the router in front of that one forwards them";
        text.strip_suffix(end).unwrap_or(&text).to_owned()
    }

    fn says(text: &str) -> RouterSays {
        RouterSays::Address(ip(text))
    }

    #[test]
    fn a_router_at_no_public_address_is_said_plainly_whatever_else_is_known() {
        let unknown = Observation::Unavailable(Why::NoAnswer(Vec::new()));
        for (router, what) in [
            ("192.168.0.7", "private (RFC 1918)"),
            ("10.1.2.3", "private (RFC 1918)"),
            ("100.64.1.2", "behind carrier-grade NAT (RFC 6598)"),
            ("100.127.255.255", "behind carrier-grade NAT (RFC 6598)"),
            ("169.254.7.7", "link-local (RFC 3927)"),
            ("203.0.113.7", "for documentation (RFC 5737)"),
            ("127.0.0.1", "a loopback address (RFC 1122)"),
        ] {
            let expected = format!("the router's external address {router} is {what}");
            for (believed, others) in [
                (&known(OURS), &[OURS, OURS][..]),
                (&unknown, &[]),
                (&unknown, &[OURS]),
            ] {
                assert_eq!(said(says(router), believed, others), expected);
            }
        }
    }

    #[test]
    fn what_the_router_says_is_compared_with_what_most_others_say() {
        let elsewhere = "the router's external address is 84.212.99.99, and from outside this host is \
                         seen at 84.212.10.20";
        for (router, others, expected) in [
            (OURS, &[OURS, OURS][..], ""),
            (OURS, &[], ""),
            (OTHER, &[OURS], elsewhere),
            (OTHER, &[OURS, OURS], elsewhere),
            (OTHER, &[OTHER, OURS, OURS], elsewhere),
            (OTHER, &[OTHER, OURS], ""),
            (OTHER, &[OURS, "84.212.10.21"], ""),
            (OTHER, &[], ""),
            (OTHER, &[OTHER, OTHER, OURS], ""),
        ] {
            assert_eq!(said(says(router), &known(OURS), others), expected);
        }
    }

    #[test]
    fn a_router_that_says_it_has_none_is_told_of_where_the_internet_sees_one() {
        let none = RouterSays::None;
        let elsewhere = "the router says it has no public address, and from outside this host is seen \
                         at 84.212.10.20";
        assert_eq!(said(none, &known(OURS), &[OURS, OURS]), elsewhere);
        assert_eq!(said(none, &known(OURS), &[]), "");
    }

    #[test]
    fn without_the_routers_word_or_with_an_address_of_our_own_there_is_nothing_to_say() {
        let outside = claims(&[OURS, OURS]);
        let elsewhere = [ip("192.168.77.2")].into();
        assert_eq!(notes(None, &known(OURS), &outside, &elsewhere), []);
        let own = [ip(OURS)].into();
        for router in [says("10.1.2.3"), says(OTHER), RouterSays::None] {
            assert_eq!(notes(Some(router), &known(OURS), &outside, &own), []);
        }
    }
}
