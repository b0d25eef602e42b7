//! Memory and the clock: what is remembered on another one, and what cannot be.

use super::State;
use crate::core::{schedule::hold::Hold, time::BootTime};

impl State {
    /// Drops what cannot be: moments that have not come yet, holds longer than any the schedule
    /// gives. A state file from another time then delays nothing (L10).
    pub fn drop_the_impossible(&mut self, now: BootTime) {
        let drop_hold = |hold: &mut Option<Hold>| {
            if hold.as_ref().is_some_and(|hold| hold.is_impossible(now)) {
                *hold = None;
            }
        };
        self.probes.discard_future_timestamps(now);
        for past in self.paths.values_mut() {
            past.discard_future_timestamps(now);
        }
        for account in self.accounts.values_mut() {
            drop_hold(&mut account.hold);
            account.last_audit = account.last_audit.filter(|at| *at <= now);
            account.quota.discard_future_timestamps(now);
            for target in account.targets.values_mut() {
                drop_hold(&mut target.hold);
                target.last_verified = target.last_verified.filter(|at| *at <= now);
                target.propagation.take_if(|it| it.since > now);
                target.writes.retain(|write| write.at <= now);
                target.repetitions.retain(|at| *at <= now);
                if let Some(confirmed) = &mut target.confirmed {
                    confirmed.since = confirmed.since.min(now);
                }
            }
        }
    }

    /// The same memory on a clock whose zero lies `millis` elsewhere.
    pub fn shift(&mut self, millis: i64) {
        let move_hold = |hold: &mut Option<Hold>| {
            if let Some(hold) = hold {
                hold.since = hold.since.rebased(millis);
                hold.until = hold.until.rebased(millis);
            }
        };
        let shift = |moment: &mut Option<BootTime>| {
            if let Some(moment) = moment {
                *moment = moment.rebased(millis);
            }
        };
        self.probes.rebase(millis);
        for past in self.paths.values_mut() {
            past.rebase(millis);
        }
        for account in self.accounts.values_mut() {
            shift(&mut account.last_audit);
            account.quota.rebase(millis);
            move_hold(&mut account.hold);
            for target in account.targets.values_mut() {
                shift(&mut target.last_verified);
                if let Some(spreading) = &mut target.propagation {
                    spreading.since = spreading.since.rebased(millis);
                }
                move_hold(&mut target.hold);
                if let Some(confirmed) = &mut target.confirmed {
                    confirmed.since = confirmed.since.rebased(millis);
                }
                for write in &mut target.writes {
                    write.at = write.at.rebased(millis);
                }
                for repeat in &mut target.repetitions {
                    *repeat = repeat.rebased(millis);
                }
            }
        }
    }
}
