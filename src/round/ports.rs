//! What a round needs of the world.

use std::{collections::BTreeSet, net::IpAddr};

use crate::{
    core::{
        memory::Memory, outcome::FamilyReport, time::Moment, vantage::Vantage, verify::ServerAnswer,
    },
    resolve::{Question, Servers},
};

/// Finds out this host's addresses.
pub trait Observe {
    /// Asks as few sources as it takes; `known` is what was believed last.
    fn observe(
        &self,
        vantage: &Vantage,
        known: &BTreeSet<IpAddr>,
    ) -> impl Future<Output = FamilyReport>;
}

/// Asks the zones' own DNS servers.
pub trait Verify {
    /// What each server says to each question, in the questions' order.
    fn ask(&self, questions: &[Question]) -> impl Future<Output = Vec<Vec<ServerAnswer>>>;
}

impl Verify for Servers {
    async fn ask(&self, questions: &[Question]) -> Vec<Vec<ServerAnswer>> {
        Self::ask(self, questions).await
    }
}

/// Keeps the memory where a crash does not reach it.
pub trait Store {
    /// Writes it, if it changed. The error is in words, and the round goes on.
    fn save(&self, memory: &Memory) -> Result<(), String>;
}

/// The time.
pub trait Clock {
    /// Now, on a clock that only goes forward and counts time asleep.
    fn now(&self) -> Moment;
}

/// Randomness.
pub trait Chance {
    /// A number in `0.0..1.0`.
    fn unit(&self) -> f64;
}
