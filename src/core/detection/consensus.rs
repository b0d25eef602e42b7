//! Whom to ask for our address next, and what to believe of the answers.
//!
//! Sources are asked in the order they are configured. An answer from this host's own knowledge
//! (an interface, a file) is believed as it is. An answer from outside is a claim: while it repeats
//! what is known it is believed; a change is believed once `confirm` independent operators claim
//! the same, and only as many are asked as that takes. The inquiry itself asks nobody: the caller
//! does, and tells it what was heard.

use std::{collections::BTreeSet, net::IpAddr};

use super::observation::{Claim, FamilyPresence, Observation, SourceError, UnavailableReason};
use crate::core::address::{
    addr_set::{AddrSet, display_list},
    family::Family,
    policy::{PolicyViolation, PublishPolicy},
};

/// How far a source's answer is trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// Knowledge of this host or its operator: interface, static, file, command. `confirm` does
    /// not apply.
    Local,
    /// As [`Trust::Local`], and what it reports is the kernel's own state, so that its silence does
    /// not stand in the way of concluding that the family is absent.
    Kernel,
    /// Somebody else's word: `confirm` applies.
    External,
}

/// A source as the inquiry sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceProfile {
    /// How it is called in reports: what is configured, for instance `https://ip.example.net`.
    pub label: String,
    /// Who runs it. Two sources of one operator are one witness.
    pub operator: String,
    /// How far it is trusted.
    pub trust: Trust,
    /// Its last answers were worth nothing: it is asked only where nobody else is left.
    pub is_deprioritized: bool,
}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum QueryStep {
    /// Ask these sources (by position), all at once.
    Query(Vec<usize>),
    /// Nobody more needs to be asked: an answer that is under way decides.
    Wait,
    /// Nobody needs to be asked any more.
    Accept(Observation),
}

/// One family's inquiry in one round.
#[derive(Debug)]
pub struct ConsensusQuery<'a> {
    family: Family,
    sources: &'a [SourceProfile],
    acceptance: &'a PublishPolicy,
    confirm: usize,
    known: BTreeSet<IpAddr>,
    kernel: FamilyPresence,
    offline: bool,
    heard: Vec<Option<Result<AddrSet, String>>>,
    /// Which sources were asked, by position.
    asked: Vec<bool>,
    /// How often outside sources have kept the caller waiting for too long.
    delays: u32,
}

/// What an [`ConsensusQuery`] starts from.
#[derive(Debug)]
pub struct QueryInputs<'a> {
    /// The family asked about.
    pub family: Family,
    /// Whom one may ask, in order.
    pub sources: &'a [SourceProfile],
    /// Which addresses may be published.
    pub policy: &'a PublishPolicy,
    /// How many independent operators make a change from outside believable; at least 1.
    pub confirm: usize,
    /// What was believed last; empty if nothing was.
    pub known: BTreeSet<IpAddr>,
    /// The kernel's view of this family.
    pub kernel: FamilyPresence,
    /// The kernel's view of the other family.
    pub other: FamilyPresence,
}

impl<'a> ConsensusQuery<'a> {
    /// Opens an inquiry.
    pub fn new(basis: QueryInputs<'a>) -> Self {
        Self {
            family: basis.family,
            sources: basis.sources,
            acceptance: basis.policy,
            confirm: basis.confirm.max(1),
            known: basis.known,
            kernel: basis.kernel,
            offline: basis.kernel.is_absent() && basis.other.is_absent(),
            heard: vec![None; basis.sources.len()],
            asked: vec![false; basis.sources.len()],
            delays: 0,
        }
    }

    /// Records that the source at `position` is being asked: it is not named again, and its answer is
    /// waited for.
    pub fn record_question(&mut self, position: usize) {
        if let Some(asked) = self.asked.get_mut(position) {
            *asked = true;
        }
    }

    /// Outside sources keep the caller waiting: the others outside are asked too, as after a failure; those
    /// that are held back after a second delay. An answer that still comes counts as before.
    pub fn record_delay(&mut self) {
        self.delays = self.delays.saturating_add(1);
    }

    /// Whether the source at `position` was asked and has not answered.
    fn is_under_way(&self, position: usize) -> bool {
        self.asked.get(position) == Some(&true)
            && self.heard.get(position).is_some_and(Option::is_none)
    }

    /// How many outside sources were asked and have not answered.
    fn external_queries_under_way(&self) -> usize {
        let positions = 0..self.sources.len();
        let is_outside = |position: &usize| {
            let source = self.sources.get(*position);
            source.is_some_and(|source| source.trust == Trust::External)
        };
        positions
            .filter(is_outside)
            .filter(|position| self.is_under_way(*position))
            .count()
    }

    /// Takes in what the source at `position` answered, and says how that was judged: every address
    /// of an answer must be acceptable, or the whole answer is not.
    pub fn record_answer(
        &mut self,
        position: usize,
        answer: Result<Vec<IpAddr>, String>,
    ) -> Result<AddrSet, String> {
        let judged = answer.and_then(|addrs| self.validate(&addrs));
        if let Some(slot) = self.heard.get_mut(position) {
            *slot = Some(judged.clone());
        }
        judged
    }

    fn validate(&self, addrs: &[IpAddr]) -> Result<AddrSet, String> {
        let admitted: Result<Vec<_>, PolicyViolation> = addrs
            .iter()
            .map(|addr| self.acceptance.check(self.family, *addr))
            .collect();
        AddrSet::try_from_iter(admitted.map_err(|why| why.to_string())?)
            .ok_or_else(|| format!("it gave no {} address", self.family))
    }

    /// Whom to ask now, or what to believe.
    pub fn next_step(&self) -> QueryStep {
        for (position, source) in self.sources.iter().enumerate() {
            if source.trust == Trust::External {
                if let Some(next) = self.query_external() {
                    return next;
                }
                continue;
            }
            match self.heard.get(position) {
                Some(Some(Ok(addrs))) => {
                    return QueryStep::Accept(Observation::Known(addrs.clone()));
                }
                Some(Some(Err(_))) => {}
                _ if self.is_under_way(position) => return QueryStep::Wait,
                _ => return QueryStep::Query(vec![position]),
            }
        }
        QueryStep::Accept(self.no_source_answered())
    }

    /// The outside sources taken together, at the place of the first of them. `None` if none of
    /// them could say anything.
    fn query_external(&self) -> Option<QueryStep> {
        if self.kernel.is_absent() {
            return None;
        }
        let claims = self.claims();
        let repeats_known = |claim: &Claim| claim.addrs == self.known;
        if let Some(first) = claims.first()
            && claims.iter().all(repeats_known)
        {
            return self.accept(&first.addrs);
        }
        let strength = |claim: &Claim| claims.iter().filter(|it| it.addrs == claim.addrs).count();
        let strongest = claims.iter().map(strength).max().unwrap_or(0);
        if strongest >= self.confirm {
            let mut winners = claims
                .iter()
                .filter(|claim| strength(claim) == strongest)
                .map(|it| &it.addrs);
            let winner = winners.next()?;
            if winners.all(|other| other == winner) {
                return self.accept(winner);
            }
        }
        let under_way = self.external_queries_under_way();
        let is_overdue = self.delays > 0 && under_way > 0;
        let wanted = match self.failure_count() {
            // Where one could not be reached the next may not be either: a broken network costs
            // two time-outs, not one for each operator.
            failures if failures > 0 || is_overdue => usize::MAX,
            _ if claims.is_empty() => 1_usize.saturating_sub(under_way),
            _ => {
                let missing = self.confirm.saturating_sub(strongest).max(1);
                missing.saturating_sub(under_way)
            }
        };
        let ask = self.unasked_operators(wanted, &claims);
        if !ask.is_empty() {
            return Some(QueryStep::Query(ask));
        }
        if under_way > 0 {
            return Some(QueryStep::Wait);
        }
        let is_disputed = !claims.is_empty();
        let why = UnavailableReason::Unconfirmed {
            claims,
            needed: self.confirm,
        };
        is_disputed.then_some(QueryStep::Accept(Observation::Unavailable(why)))
    }

    /// How many outside sources gave no acceptable answer.
    fn failure_count(&self) -> usize {
        let heard = self.sources.iter().zip(&self.heard);
        heard
            .filter(|(source, heard)| {
                source.trust == Trust::External && matches!(heard, Some(Err(_)))
            })
            .count()
    }

    fn accept(&self, addrs: &BTreeSet<IpAddr>) -> Option<QueryStep> {
        let set = self
            .heard
            .iter()
            .flatten()
            .flatten()
            .find(|set| set.addrs() == *addrs)?;
        Some(QueryStep::Accept(Observation::Known(set.clone())))
    }

    /// One claim an operator: the first of its sources that gave an acceptable answer speaks for
    /// it. An operator whose sources contradict each other is no witness at all.
    fn claims(&self) -> Vec<Claim> {
        let mut claims: Vec<Claim> = Vec::new();
        let mut unreliable = BTreeSet::new();
        for (source, heard) in self.sources.iter().zip(&self.heard) {
            let (Trust::External, Some(Ok(set))) = (source.trust, heard) else {
                continue;
            };
            match claims
                .iter()
                .find(|claim| claim.operator == source.operator)
            {
                Some(claim) if claim.addrs != set.addrs() => {
                    unreliable.insert(source.operator.clone());
                }
                Some(_) => {}
                None => claims.push(Claim {
                    operator: source.operator.clone(),
                    addrs: set.addrs(),
                }),
            }
        }
        claims.retain(|claim| !unreliable.contains(&claim.operator));
        claims
    }

    /// Up to `wanted` sources that were not asked yet, each of another operator that has not
    /// testified; those that are held back only where there is no other.
    fn unasked_operators(&self, wanted: usize, claims: &[Claim]) -> Vec<usize> {
        let pick = |held_back| {
            let mut operators: BTreeSet<&str> =
                claims.iter().map(|claim| claim.operator.as_str()).collect();
            let under_way = (0..self.sources.len()).filter(|it| self.is_under_way(*it));
            let under_way = under_way.filter_map(|position| self.sources.get(position));
            operators.extend(under_way.map(|source| source.operator.as_str()));
            let mut ask = Vec::new();
            for (position, (source, heard)) in self.sources.iter().zip(&self.heard).enumerate() {
                if ask.len() < wanted
                    && source.trust == Trust::External
                    && source.is_deprioritized == held_back
                    && heard.is_none()
                    && self.asked.get(position) == Some(&false)
                    && operators.insert(&source.operator)
                {
                    ask.push(position);
                }
            }
            ask
        };
        let ask = pick(false);
        let is_last_resort = self.external_queries_under_way() == 0 || self.delays > 1;
        if ask.is_empty() && is_last_resort {
            pick(true)
        } else {
            ask
        }
    }

    fn no_source_answered(&self) -> Observation {
        if self.offline {
            return Observation::Unavailable(UnavailableReason::Offline);
        }
        let owner_might_know = self
            .sources
            .iter()
            .any(|source| source.trust == Trust::Local);
        if self.kernel.is_absent() && !owner_might_know {
            return Observation::Absent;
        }
        Observation::Unavailable(UnavailableReason::NoAnswer(self.source_errors()))
    }

    fn source_errors(&self) -> Vec<SourceError> {
        let said = self.sources.iter().zip(&self.heard);
        said.filter_map(|(source, heard)| {
            let what = match heard {
                Some(Err(what)) => what.clone(),
                Some(Ok(set)) => format!("said {}", display_list(set.iter())),
                None => return None,
            };
            Some(SourceError {
                source: source.label.clone(),
                message: what,
            })
        })
        .collect()
    }
}

#[cfg(test)]
mod tests;
