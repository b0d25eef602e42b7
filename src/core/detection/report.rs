//! What a round found out about the addresses of one family.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use super::{
    consensus::Trust,
    nat::{NatState, ReachabilityWarning},
    observation::Observation,
    path::DetectionPath,
};

/// What one source answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceAnswer {
    /// The source as configured.
    pub source: String,
    /// Who runs it.
    pub operator: String,
    /// How far it is trusted.
    pub trust: Trust,
    /// The addresses, or what went wrong in words.
    pub answer: Result<Vec<IpAddr>, String>,
    /// How long it took.
    pub elapsed: Duration,
}

/// What was found out about one family, as the routing table says or over one interface.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DetectionReport {
    /// The family, and over which interface if over one.
    pub path: DetectionPath,
    /// What is believed.
    pub observation: Observation,
    /// Who was asked and what they said.
    pub answers: Vec<SourceAnswer>,
    /// What is in the way of connections from the Internet, as far as is known.
    pub warnings: Vec<ReachabilityWarning>,
    /// What that was made from, this round's words included.
    pub nat: NatState,
}

impl DetectionReport {
    /// Whether it is by the word of others only that `addrs` are believed.
    pub fn is_external_only(&self, addrs: &BTreeSet<IpAddr>) -> bool {
        let say_so = self.answers.iter().filter(|it| {
            let answer = it.answer.as_ref();
            answer.is_ok_and(|answer| addrs.iter().eq(answer))
        });
        let mut trusts = say_so.map(|it| it.trust).peekable();
        trusts.peek().is_some() && trusts.all(|it| it == Trust::External)
    }
}
