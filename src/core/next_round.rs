//! When to try again: the only owner of retries. Everything here is a pure function of how rounds
//! ended; randomness comes in as a number between 0 and 1.

use crate::core::schedule::hold::Hold;
use crate::core::schedule::intervals::ABSENCE_GRACE;
use crate::core::schedule::intervals::Intervals;
use crate::core::schedule::intervals::RECHECK_DELAY;
use std::time::Duration;

use super::{
    dns::record::Target,
    reconcile::outcome::Outcome,
    report::Report,
    state::{State, TargetState},
    time::BootTime,
    verification,
};

/// The pauses between rounds; the state of the one loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Schedule {
    unavailable: u32,
}

impl Schedule {
    /// When the next round starts, after one that ended at `now` with `report`.
    pub fn next(
        &mut self,
        now: BootTime,
        intervals: Intervals,
        report: &Report,
        state: &State,
        jitter: f64,
    ) -> BootTime {
        let routine = intervals
            .interval
            .min(intervals.verify)
            .min(intervals.audit);
        // A tenth earlier or later: a thousand routers spread out.
        let routine = routine.mul_f64(0.9 + 0.2 * jitter.clamp(0.0, 1.0));
        let mut wake = now.after(routine);
        if report.is_waiting() {
            // No network or no time of day yet, or not for a moment: look again quickly, then less and less so.
            let quick = Duration::from_secs(1)
                .saturating_mul(1_u32.checked_shl(self.unavailable).unwrap_or(u32::MAX));
            self.unavailable = self.unavailable.saturating_add(1);
            wake = wake.min(now.after(quick));
        } else {
            self.unavailable = 0;
        }
        if let Some(wait) = report.flapping() {
            wake = wake.min(now.after(wait));
        }
        for past in state.paths.values() {
            let Some(since) = past.absent else { continue };
            let settled = since.after(ABSENCE_GRACE);
            if now < settled {
                wake = wake.min(settled);
            }
        }
        for host in &report.hosts {
            wake = wake.min(retry(now, &host.target, state).unwrap_or(wake));
            // What the guard puts off it says until when.
            if let Outcome::Refused(refusal) = &host.outcome
                && let Some(until) = refusal.until()
            {
                wake = wake.min(until.max(now));
            }
        }
        wake
    }
}

/// When a target wants a look before the routine check.
fn retry(now: BootTime, target: &Target, state: &State) -> Option<BootTime> {
    let held = |hold: &Option<Hold>| {
        hold.as_ref()
            .filter(|hold| hold.is_active(now))
            .map(|hold| hold.until)
    };
    if let Some(until) = state.account(&target.account).and_then(|it| held(&it.hold)) {
        return Some(until);
    }
    let target = state.target(target)?;
    let second_look = |it: &TargetState| (it.mismatches == 1).then(|| now.after(RECHECK_DELAY));
    let next = held(&target.hold)
        .or_else(|| verification::next_wakeup(target, now))
        .or_else(|| second_look(target));
    // One that is overdue could not be had, and comes with the next round.
    let look = target.next_list_due().filter(|at| now < *at);
    next.into_iter().chain(look).min()
}

#[cfg(test)]
mod tests;
