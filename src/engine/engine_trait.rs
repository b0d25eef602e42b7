//! A configuration brought to life, as the loop and the commands see it.

use std::cell::RefCell;

use super::RoundOptions;
use crate::core::{
    detection::report::DetectionReport, report::Report, schedule::intervals::Intervals,
    state::State,
};

/// A configuration brought to life: what plays rounds.
pub trait Engine {
    /// Plays one round.
    fn round(&self, state: &RefCell<State>, task: RoundOptions) -> impl Future<Output = Report>;

    /// Asks every source of addresses at once.
    fn detect(&self, state: &RefCell<State>) -> impl Future<Output = Vec<DetectionReport>>;

    /// Drops from memory what no longer applies to this configuration.
    fn prepare(&self, state: &RefCell<State>);

    /// How often what is due.
    fn intervals(&self) -> Intervals;

    /// Whether the newest round does not know yet what our addresses are.
    fn is_detecting(&self) -> bool;

    /// How many requests its accounts were sent so far: while that grows, a round is not stuck.
    fn requests(&self) -> u32 {
        0
    }

    /// Drops connections and caches until the next round.
    fn close_connections(&self);

    /// Writes the memory if it changed; the error is in words.
    fn save(&self, state: &State) -> Result<(), String>;
}
