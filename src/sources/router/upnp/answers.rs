//! What several connections of a router say, made one answer.

use std::net::Ipv4Addr;

use crate::{
    core::address::{family::Family, policy::PublishPolicy},
    sources::router::RouterError,
};

/// From where an address is reached.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum AddressRank {
    /// From no other host: loopback, link-local, reserved.
    Host,
    /// From some network only: private, carrier-grade NAT.
    Network,
    /// From everywhere.
    Public,
}

/// Whether the configuration wants an address, and then its scope: the greater, the better.
type Rank = (bool, AddressRank);

/// The best address so far, or why there is none.
pub(super) struct ConnectionAnswers<'a> {
    acceptance: &'a PublishPolicy,
    best: Option<(Rank, usize, Ipv4Addr)>,
    failure: Option<(usize, RouterError)>,
}

impl<'a> ConnectionAnswers<'a> {
    /// None so far. `acceptance` says which addresses are wanted.
    pub(super) fn new(acceptance: &'a PublishPolicy) -> Self {
        Self {
            acceptance,
            best: None,
            failure: None,
        }
    }

    /// Takes in what the connection at a place in the order says. A wanted public address is returned: it
    /// needs no other. Any other one is an idle line's as likely as not.
    pub(super) fn take(
        &mut self,
        place: usize,
        answer: Result<Ipv4Addr, RouterError>,
    ) -> Option<Ipv4Addr> {
        match answer {
            Ok(addr) => {
                let rank = self.rank(addr);
                let is_better = self
                    .best
                    .is_none_or(|(best, earlier, _)| (rank, earlier) > (best, place));
                if is_better {
                    self.best = Some((rank, place, addr));
                }
                (rank == (true, AddressRank::Public)).then_some(addr)
            }
            Err(failure) => {
                // A router has no address only if none of its connections has one.
                let counts = |failure: &RouterError| failure.no_address;
                let is_better = self.failure.as_ref().is_none_or(|(earlier, known)| {
                    (counts(&failure), place) < (counts(known), *earlier)
                });
                if is_better {
                    self.failure = Some((place, failure));
                }
                None
            }
        }
    }

    /// Whether there is an address.
    pub(super) fn has_address(&self) -> bool {
        self.best.is_some()
    }

    /// The best address, or the first reason why there is none.
    pub(super) fn end(self) -> Option<Result<Ipv4Addr, RouterError>> {
        let failure = self.failure.map(|(_, failure)| Err(failure));
        self.best.map(|(_, _, addr)| Ok(addr)).or(failure)
    }

    fn rank(&self, addr: Ipv4Addr) -> Rank {
        let is_in = |acceptance: &PublishPolicy| acceptance.check(Family::V4, addr.into()).is_ok();
        let any = PublishPolicy {
            accept_any: true,
            ..PublishPolicy::default()
        };
        let scope = if is_in(&PublishPolicy::default()) {
            AddressRank::Public
        } else if is_in(&any) {
            AddressRank::Network
        } else {
            AddressRank::Host
        };
        (is_in(self.acceptance), scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(what: &str, no_address: bool) -> RouterError {
        RouterError {
            what: what.to_owned(),
            no_address,
        }
    }

    /// The answer, and after how many connections it was known.
    fn ended(acceptance: &PublishPolicy, said: &[&str]) -> (usize, Result<String, RouterError>) {
        let mut answers = ConnectionAnswers::new(acceptance);
        for (place, text) in said.iter().enumerate() {
            let answer = match *text {
                "" => Err(failure("none", true)),
                text => text.parse().map_err(|_| failure(text, false)),
            };
            if let Some(addr) = answers.take(place, answer) {
                return (place + 1, Ok(addr.to_string()));
            }
        }
        let end = answers.end().expect("something was said");
        (said.len(), end.map(|addr| addr.to_string()))
    }

    #[test]
    fn a_private_address_never_wins_over_a_public_one() {
        let all = PublishPolicy::default();
        for said in [
            &["10.0.0.2", "84.212.10.20"][..],
            &["100.64.0.2", "", "silent", "192.168.1.2", "84.212.10.20"],
            &["169.254.0.2", "0.1.2.3", "192.0.2.1", "84.212.10.20"],
        ] {
            assert_eq!(
                ended(&all, said),
                (said.len(), Ok("84.212.10.20".to_owned()))
            );
        }
        let first = ["84.212.10.20", "84.212.10.21"];
        assert_eq!(ended(&all, &first), (1, Ok("84.212.10.20".to_owned())));
    }

    #[test]
    fn where_none_is_public_the_first_that_others_reach_is_the_answer() {
        let all = PublishPolicy::default();
        let said = ["", "169.254.0.2", "10.0.0.2", "100.64.0.2", "silent"];
        assert_eq!(ended(&all, &said).1, Ok("10.0.0.2".to_owned()));
        // The order is the description's, whichever answers first.
        let mut answers = ConnectionAnswers::new(&all);
        answers.take(1, Ok(Ipv4Addr::new(10, 0, 0, 3)));
        answers.take(0, Ok(Ipv4Addr::new(10, 0, 0, 2)));
        assert_eq!(answers.end(), Some(Ok(Ipv4Addr::new(10, 0, 0, 2))));
    }

    #[test]
    fn a_public_address_that_is_not_wanted_gives_way_to_one_that_is() {
        let acceptance = PublishPolicy {
            exclude: vec!["185.0.0.0/8".parse().unwrap()],
            ..PublishPolicy::default()
        };
        let said = ["185.1.2.3", "84.212.10.20"];
        assert_eq!(ended(&acceptance, &said).1, Ok("84.212.10.20".to_owned()));
        // It is still what the router says.
        assert_eq!(ended(&acceptance, &said[..1]).1, Ok("185.1.2.3".to_owned()));
        let private = PublishPolicy {
            accept_any: true,
            only: vec!["10.0.0.0/8".parse().unwrap()],
            ..PublishPolicy::default()
        };
        let said = ["10.0.0.2", "84.212.10.20"];
        assert_eq!(ended(&private, &said).1, Ok("10.0.0.2".to_owned()));
    }

    #[test]
    fn a_router_has_no_address_only_if_none_of_its_connections_has_one() {
        let all = PublishPolicy::default();
        assert_eq!(ended(&all, &["", ""]).1, Err(failure("none", true)));
        for said in [["silent", ""], ["", "silent"]] {
            assert_eq!(ended(&all, &said).1, Err(failure("silent", false)));
        }
    }
}
