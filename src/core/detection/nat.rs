//! Whether connections from the Internet can arrive, by what the router in front of this host says of
//! itself. Publishing an address is of little use where they cannot.

use std::{
    collections::BTreeSet,
    fmt,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::observation::{Claim, Observation};
use crate::core::{
    address::{
        addr_set::display_list,
        family::Family,
        policy::{PolicyViolation, PublishPolicy},
    },
    time::BootTime,
};

/// What the router says of its external address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RouterReport {
    /// It is this one.
    Address(IpAddr),
    /// It has none.
    None,
}

/// Something in the way of connections from the Internet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReachabilityWarning {
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

impl fmt::Display for ReachabilityWarning {
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
                display_list(outside)
            )?,
            Self::SeenElsewhere {
                router: None,
                outside,
            } => write!(
                f,
                "the router says it has no public address, and from outside this host is seen at {}",
                display_list(outside)
            )?,
        }
        f.write_str(
            ": connections from the Internet will not arrive until the operator of the line gives \
             a public address or the router in front of that one forwards them",
        )
    }
}

/// What a router said, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ExternalAddress {
    /// The router's own address.
    pub router: Ipv4Addr,
    /// What it said.
    pub report: RouterReport,
    /// When.
    pub at: BootTime,
}

/// How long a word counts that is not repeated: it may have been put right.
const REPORT_LIFETIME: Duration = Duration::from_hours(24);

/// What was heard last of a line's two ends: rounds seldom ask both.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NatState {
    /// What the router says.
    pub external: Option<ExternalAddress>,
    /// Where most others outside see this host.
    pub outside: BTreeSet<IpAddr>,
    /// What is believed is an address of this host's interfaces: connections need no router that
    /// forwards them.
    pub is_direct: bool,
}

impl NatState {
    /// What can still be in front of this host: the word of `router`, as far as it is not too old.
    pub fn retain_report(&mut self, router: Option<Ipv4Addr>, now: BootTime) {
        self.external.take_if(|word| {
            Some(word.router) != router || word.at > now || now.since(word.at) >= REPORT_LIFETIME
        });
    }

    /// Takes in a round: what the router said, if it did, and what other operators outside said, each
    /// once. Where one end has something new to say and the other was not heard, the other's old word is
    /// about a line that is not the same any more.
    pub fn update_from_sources(&mut self, word: Option<ExternalAddress>, others: &[Claim]) {
        let outside = agreed(others);
        let is_new = outside.is_some_and(|it| *it != self.outside);
        if word.is_none() && is_new {
            // An address that is not one of the Internet's says nothing of the one that is.
            let is_of_line = |it: &mut ExternalAddress| it.not_global().is_none();
            self.external.take_if(is_of_line);
        }
        let before = self.external.map(|it| it.report);
        if outside.is_none() && word.is_some_and(|it| Some(it.report) != before) {
            self.outside.clear();
        }
        self.external = word.or(self.external);
        if let Some(outside) = outside {
            self.outside.clone_from(outside);
        }
    }

    /// Takes in what is believed; `own` are the addresses of this host's interfaces.
    pub fn update_from_observation(&mut self, observation: &Observation, own: &BTreeSet<IpAddr>) {
        if let Observation::Known(addrs) = observation {
            self.is_direct = addrs.addrs().is_subset(own);
        }
    }

    /// What that means for connections from the Internet.
    pub fn warnings(&self) -> Vec<ReachabilityWarning> {
        let Some(word) = self.external.filter(|_| !self.is_direct) else {
            return Vec::new();
        };
        let note = word.not_global();
        let note = note.or_else(|| word.elsewhere(&self.outside));
        note.into_iter().collect()
    }

    /// Every moment moves with the clock.
    pub(in crate::core) fn rebase(&mut self, millis: i64) {
        if let Some(word) = &mut self.external {
            word.at = word.at.rebased(millis);
        }
    }
}

impl ExternalAddress {
    fn addr(&self) -> Option<IpAddr> {
        match self.report {
            RouterReport::Address(addr) => Some(addr),
            RouterReport::None => None,
        }
    }

    fn not_global(&self) -> Option<ReachabilityWarning> {
        let router = self.addr()?;
        let admitted = PublishPolicy::default().check(Family::of(router), router);
        match admitted.err()? {
            PolicyViolation::Never(router, what) | PolicyViolation::NotGlobal(router, what) => {
                Some(ReachabilityWarning::NotGlobal { router, what })
            }
            _ => None,
        }
    }

    fn elsewhere(&self, outside: &BTreeSet<IpAddr>) -> Option<ReachabilityWarning> {
        let router = self.addr();
        let seen = router.is_some_and(|it| outside.contains(&it));
        (!seen && !outside.is_empty()).then(|| ReachabilityWarning::SeenElsewhere {
            router,
            outside: outside.clone(),
        })
    }
}

/// What more than half of them say.
fn agreed(others: &[Claim]) -> Option<&BTreeSet<IpAddr>> {
    let says = |addrs: &BTreeSet<IpAddr>| others.iter().filter(|it| it.addrs == *addrs).count();
    let mut all = others.iter().map(|it| &it.addrs);
    all.find(|addrs| says(addrs) * 2 > others.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::detection::observation::UnavailableReason;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn known(text: &str) -> Observation {
        let admitted = PublishPolicy::default()
            .check(Family::V4, ip(text))
            .unwrap();
        Observation::Known(crate::core::address::addr_set::AddrSet::single(admitted))
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

    fn at(hours: i64) -> BootTime {
        BootTime::from_millis(hours * 3_600_000)
    }

    const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 77, 1);

    fn word(says: RouterReport) -> ExternalAddress {
        ExternalAddress {
            router: ROUTER,
            report: says,
            at: at(0),
        }
    }

    /// The beginning of the one note after a round in which both ends were heard; nothing for none.
    fn said(router: RouterReport, believed: &Observation, others: &[&str]) -> String {
        let mut reach = NatState::default();
        reach.update_from_sources(Some(word(router)), &claims(others));
        let own = [ip("192.168.77.2"), ip("127.0.0.1")].into();
        reach.update_from_observation(believed, &own);
        noted(&reach)
    }

    fn noted(reach: &NatState) -> String {
        let notes = reach.warnings();
        assert!(notes.len() < 2);
        let text = notes.first().map(ToString::to_string).unwrap_or_default();
        let end = ": connections from the Internet will not arrive until the operator of the line \
                   gives a public address or the router in front of that one forwards them";
        text.strip_suffix(end).unwrap_or(&text).to_owned()
    }

    fn says(text: &str) -> RouterReport {
        RouterReport::Address(ip(text))
    }

    #[test]
    fn a_router_at_no_public_address_is_said_plainly_whatever_else_is_known() {
        let unknown = Observation::Unavailable(UnavailableReason::NoAnswer(Vec::new()));
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
        let none = RouterReport::None;
        let elsewhere = "the router says it has no public address, and from outside this host is seen \
                         at 84.212.10.20";
        assert_eq!(said(none, &known(OURS), &[OURS, OURS]), elsewhere);
        assert_eq!(said(none, &known(OURS), &[]), "");
    }

    #[test]
    fn without_the_routers_word_or_with_an_address_of_our_own_there_is_nothing_to_say() {
        let mut reach = NatState::default();
        reach.update_from_sources(None, &claims(&[OURS, OURS]));
        assert_eq!(noted(&reach), "");
        let own = [ip(OURS)].into();
        for router in [says("10.1.2.3"), says(OTHER), RouterReport::None] {
            reach.update_from_sources(Some(word(router)), &claims(&[OURS, OURS]));
            assert_ne!(noted(&reach), "");
            let unknown = Observation::Unavailable(UnavailableReason::Offline);
            for (believed, direct) in [
                (&known(OURS), true),
                (&unknown, true),
                (&known(OTHER), false),
            ] {
                reach.update_from_observation(believed, &own);
                assert_eq!(noted(&reach).is_empty(), direct, "{believed:?}");
            }
        }
    }

    /// A round: what the router says, if it is asked, and what the others do; and the note then.
    type Round<'r> = (Option<&'r str>, &'r [&'r str], &'r str);

    #[test]
    fn what_one_end_said_stands_until_the_other_has_something_new_to_say() {
        let private = "the router's external address 10.1.2.3 is private (RFC 1918)";
        let elsewhere = "the router's external address is 84.212.99.99, and from outside this host is \
                         seen at 84.212.10.20";
        let both: Round<'_> = (Some(OTHER), &[OURS, OURS], elsewhere);
        let rounds: [&[Round<'_>]; 6] = [
            &[both, (Some(OTHER), &[], elsewhere), (None, &[], elsewhere)],
            &[
                both,
                (None, &[OURS], elsewhere),
                (None, &[OTHER, OURS], elsewhere),
            ],
            // The line has another address, and who was not asked may know it too.
            &[both, (None, &["84.212.10.21"], ""), (None, &[OURS], "")],
            &[both, (Some(OURS), &[], ""), (Some(OTHER), &[], "")],
            &[
                (Some("10.1.2.3"), &[], private),
                (None, &[], private),
                (None, &[OURS], private),
            ],
            &[
                (None, &[OURS], ""),
                (Some(OTHER), &[], ""),
                (None, &[OURS], ""),
            ],
        ];
        for rounds in rounds {
            let mut reach = NatState::default();
            for (number, (router, others, expected)) in rounds.iter().enumerate() {
                let router = router.map(says).map(word);
                reach.update_from_sources(router, &claims(others));
                assert_eq!(noted(&reach), *expected, "{rounds:?} {number}");
            }
        }
    }

    #[test]
    fn a_word_counts_for_a_day_and_for_the_router_whose_it_is() {
        let other = Ipv4Addr::new(192, 168, 7, 1);
        for (router, now, stays) in [
            (Some(ROUTER), 0, true),
            (Some(ROUTER), 23, true),
            (Some(ROUTER), 24, false),
            (Some(ROUTER), -1, false),
            (Some(other), 0, false),
            (None, 0, false),
        ] {
            let mut reach = NatState::default();
            reach.update_from_sources(Some(word(says("10.1.2.3"))), &[]);
            reach.retain_report(router, at(now));
            assert_eq!(reach.external.is_some(), stays, "{router:?} {now}");
        }
        let mut reach = NatState::default();
        reach.update_from_sources(Some(word(says("10.1.2.3"))), &[]);
        reach.rebase(3_600_000);
        assert_eq!(reach.external.unwrap().at, at(1));
    }
}
