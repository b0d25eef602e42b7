//! Memory and the clock: what is remembered on another one, and what cannot be.

use super::Memory;
use crate::core::{schedule::Hold, time::Moment};

impl Memory {
    /// Drops what cannot be: moments that have not come yet, holds longer than any the schedule
    /// gives. A state file from another time then delays nothing (L10).
    pub fn drop_the_impossible(&mut self, now: Moment) {
        let drop_hold = |hold: &mut Option<Hold>| {
            if hold.as_ref().is_some_and(|hold| hold.is_impossible(now)) {
                *hold = None;
            }
        };
        self.probes.drop_the_impossible(now);
        for past in self.vantages.values_mut() {
            past.drop_the_impossible(now);
        }
        for account in self.accounts.values_mut() {
            drop_hold(&mut account.hold);
            account.audited = account.audited.filter(|at| *at <= now);
            account.requests.drop_the_impossible(now);
            for target in account.targets.values_mut() {
                drop_hold(&mut target.hold);
                target.verified = target.verified.filter(|at| *at <= now);
                target.spreading.take_if(|it| it.since > now);
                target.writes.retain(|write| write.at <= now);
                target.repeats.retain(|at| *at <= now);
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
                hold.since = hold.since.shifted(millis);
                hold.until = hold.until.shifted(millis);
            }
        };
        let shift = |moment: &mut Option<Moment>| {
            if let Some(moment) = moment {
                *moment = moment.shifted(millis);
            }
        };
        self.probes.shift(millis);
        for past in self.vantages.values_mut() {
            past.shift(millis);
        }
        for account in self.accounts.values_mut() {
            shift(&mut account.audited);
            account.requests.shift(millis);
            move_hold(&mut account.hold);
            for target in account.targets.values_mut() {
                shift(&mut target.verified);
                if let Some(spreading) = &mut target.spreading {
                    spreading.since = spreading.since.shifted(millis);
                }
                move_hold(&mut target.hold);
                if let Some(confirmed) = &mut target.confirmed {
                    confirmed.since = confirmed.since.shifted(millis);
                }
                for write in &mut target.writes {
                    write.at = write.at.shifted(millis);
                }
                for repeat in &mut target.repeats {
                    *repeat = repeat.shifted(millis);
                }
            }
        }
    }
}
