//! What a round needs of the world.

use crate::{
    core::{
        detection::{path::DetectionPath, report::DetectionReport, state::DetectionState},
        state::State,
        time::BootTime,
        verification::ServerAnswer,
    },
    resolver::{AuthoritativeResolver, RrsetQuery},
};

/// Finds out this host's addresses.
pub trait AddressDetector {
    /// Asks as few sources as it takes; `past` is what was believed last, and who is held back.
    fn observe(
        &self,
        detection_path: &DetectionPath,
        past: &DetectionState,
    ) -> impl Future<Output = DetectionReport>;

    /// Waits as long as the answers for two families may lie apart and still be acted upon together. L9 bounds it.
    fn pause_between_families(&self) -> impl Future<Output = ()>;
}

/// Asks the zones' own DNS servers.
pub trait DnsVerifier {
    /// What each server says to each question, in the questions' order.
    fn ask(&self, questions: &[RrsetQuery]) -> impl Future<Output = Vec<Vec<ServerAnswer>>>;
}

impl DnsVerifier for AuthoritativeResolver {
    async fn ask(&self, questions: &[RrsetQuery]) -> Vec<Vec<ServerAnswer>> {
        Self::ask(self, questions).await
    }
}

/// Keeps the memory where a crash does not reach it.
pub trait Store {
    /// Writes it, if it changed; the first time whether it did or not, so that it is known whether it can
    /// be. The error is in words, and the round goes on.
    fn save(&self, state: &State) -> Result<(), String>;
}

/// The time.
pub trait Clock {
    /// Now, on a clock that only goes forward and counts time asleep.
    fn now(&self) -> BootTime;

    /// Whether the wall clock was set, so that certificates can be valid.
    fn is_clock_set(&self) -> bool;

    /// What a clock on the wall shows at this moment, for people: `14:05`; `None` where nobody can know.
    fn wall_time(&self, _moment: BootTime) -> Option<String> {
        None
    }
}

/// Randomness.
pub trait Rng {
    /// A number in `0.0..1.0`.
    fn next_f64(&self) -> f64;
}
