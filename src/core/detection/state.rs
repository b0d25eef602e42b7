//! What is remembered of our addresses of one family, and what a round adds to it.

use std::{collections::BTreeSet, net::IpAddr};

use serde::{Deserialize, Serialize};

use super::report::DetectionReport;
use super::{
    flap_damping::FlapDamper,
    nat::NatState,
    observation::Observation,
    source_backoff::{SourceBackoffs, update_backoffs},
};
use crate::core::time::BootTime;

/// The past of one family.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DetectionState {
    /// The addresses that were believed last; empty if none ever were.
    pub believed: BTreeSet<IpAddr>,
    /// Since when the family is absent.
    pub absent: Option<BootTime>,
    /// How the word from outside changed lately.
    pub flap_damper: FlapDamper,
    /// Which sources are held back.
    pub backoffs: SourceBackoffs,
    /// What is known of the way in.
    pub nat: NatState,
}

impl DetectionState {
    /// Takes in what a round found out. A change that has to last before it is believed makes the
    /// observation an unavailable one.
    pub fn apply(&mut self, report: &mut DetectionReport, now: BootTime) {
        self.absent = match report.observation {
            Observation::Absent => self.absent.or(Some(now)),
            _ => None,
        };
        self.nat.clone_from(&report.nat);
        let Observation::Known(addrs) = &report.observation else {
            // What has to last is said without a break.
            self.flap_damper.candidate = None;
            return;
        };
        let addrs = addrs.addrs();
        update_backoffs(&mut self.backoffs, &report.answers, &addrs, now);
        let weighed = if report.is_external_only(&addrs) {
            self.flap_damper.check_change(&self.believed, &addrs, now)
        } else {
            self.flap_damper.candidate = None;
            Ok(())
        };
        match weighed {
            Ok(()) => self.believed = addrs,
            Err(why) => report.observation = Observation::Unavailable(why),
        }
    }

    /// Every moment moves with the clock.
    pub(in crate::core) fn rebase(&mut self, millis: i64) {
        self.absent = self.absent.map(|it| it.rebased(millis));
        self.flap_damper.rebase(millis);
        self.nat.rebase(millis);
        for backoff in self.backoffs.values_mut() {
            backoff.rebase(millis);
        }
    }

    /// Drops what cannot be.
    pub(in crate::core) fn discard_future_timestamps(&mut self, now: BootTime) {
        self.absent = self.absent.filter(|since| *since <= now);
        self.flap_damper.recent.retain(|it| it.at <= now);
        self.flap_damper.candidate.take_if(|it| it.at > now);
        self.nat.external.take_if(|it| it.at > now);
        self.backoffs.retain(|_, it| !it.is_impossible(now));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::core::{
        address::{addr_set::AddrSet, family::Family, policy::PublishPolicy},
        detection::{
            consensus::Trust,
            flap_damping::TimestampedAddrs,
            nat::{ExternalAddress, RouterReport},
            observation::UnavailableReason,
            report::SourceAnswer,
        },
    };

    fn report(addr: &str, trust: Trust) -> DetectionReport {
        let addr = addr.parse().unwrap();
        let admitted = PublishPolicy::default().check(Family::V4, addr).unwrap();
        DetectionReport {
            path: Family::V4.into(),
            observation: Observation::Known(AddrSet::single(admitted)),
            warnings: Vec::new(),
            nat: NatState::default(),
            answers: vec![SourceAnswer {
                source: "a".to_owned(),
                operator: "a".to_owned(),
                trust,
                answer: Ok(vec![addr]),
                elapsed: Duration::ZERO,
            }],
        }
    }

    const ONE: &str = "84.212.10.20";
    const OTHER: &str = "84.212.99.99";

    /// What is believed after each of these answers, a minute apart.
    fn played(answers: &[&str], trust: Trust) -> Vec<bool> {
        let mut past = DetectionState::default();
        let known = answers.iter().enumerate().map(|(minute, addr)| {
            let now = BootTime::from_millis(i64::try_from(minute).unwrap() * 60_000);
            let mut report = report(addr, trust);
            past.apply(&mut report, now);
            match report.observation {
                Observation::Known(_) => true,
                Observation::Unavailable(UnavailableReason::Flapping { .. }) => false,
                other => panic!("{other:?}"),
            }
        });
        known.collect()
    }

    #[test]
    fn flapping_is_damped_where_the_word_comes_from_outside_only() {
        let answers = [ONE, OTHER, ONE, OTHER, ONE, OTHER, ONE, OTHER];
        assert_eq!(
            played(&answers, Trust::External),
            [true, true, true, true, true, true, false, true]
        );
        assert_eq!(played(&answers, Trust::Kernel), [true; 8]);
        assert_eq!(played(&answers, Trust::Local), [true; 8]);
    }

    #[test]
    fn a_claim_that_has_to_last_begins_anew_after_silence() {
        let mut past = DetectionState::default();
        let mut see = |answer: Option<&str>, minute: i64| {
            let mut report = report(answer.unwrap_or(ONE), Trust::External);
            if answer.is_none() {
                report.observation =
                    Observation::Unavailable(UnavailableReason::NoAnswer(Vec::new()));
            }
            past.apply(&mut report, BootTime::from_millis(minute * 60_000));
            match report.observation {
                Observation::Unavailable(UnavailableReason::Flapping { wait, .. }) => {
                    wait.as_secs() / 60
                }
                _ => 0,
            }
        };
        for (minute, answer) in [ONE, OTHER, ONE, OTHER, ONE, OTHER].into_iter().enumerate() {
            assert_eq!(see(Some(answer), i64::try_from(minute).unwrap()), 0);
        }
        assert_eq!(see(Some(ONE), 6), 5);
        assert_eq!(see(Some(ONE), 8), 3);
        see(None, 9);
        assert_eq!(see(Some(ONE), 10), 5);
        assert_eq!(see(Some(ONE), 15), 0);
    }

    fn word(at: BootTime) -> ExternalAddress {
        ExternalAddress {
            router: [192, 168, 77, 1].into(),
            report: RouterReport::None,
            at,
        }
    }

    #[test]
    fn the_last_words_about_the_way_in_are_remembered() {
        let mut past = DetectionState::default();
        let mut report = report(ONE, Trust::Kernel);
        let claim = crate::core::detection::observation::Claim {
            operator: "a".to_owned(),
            addrs: [ONE.parse().unwrap()].into(),
        };
        let word = word(BootTime::from_millis(0));
        report.nat.update_from_sources(Some(word), &[claim]);
        for observation in [
            report.observation.clone(),
            Observation::Unavailable(UnavailableReason::Offline),
        ] {
            past.nat = NatState::default();
            report.observation = observation;
            past.apply(&mut report, BootTime::from_millis(0));
            assert_eq!(past.nat, report.nat);
        }
    }

    #[test]
    fn absence_begins_once_and_ends_with_any_other_word() {
        let mut past = DetectionState::default();
        let mut see = |observation, minute: i64| {
            let mut report = report(ONE, Trust::Kernel);
            report.observation = observation;
            past.apply(&mut report, BootTime::from_millis(minute * 60_000));
            past.absent.map(|it| it.millis() / 60_000)
        };
        assert_eq!(see(Observation::Absent, 1), Some(1));
        assert_eq!(see(Observation::Absent, 2), Some(1));
        assert_eq!(
            see(Observation::Unavailable(UnavailableReason::Offline), 3),
            None
        );
        assert_eq!(see(Observation::Absent, 4), Some(4));
        assert_eq!(see(report(ONE, Trust::Kernel).observation, 5), None);
    }

    #[test]
    fn only_what_lies_ahead_is_dropped() {
        for (when, stays) in [(9, true), (10, true), (11, false)] {
            let at = BootTime::from_millis(when);
            let dated = TimestampedAddrs {
                addrs: BTreeSet::new(),
                at,
            };
            let mut past = DetectionState {
                absent: Some(at),
                flap_damper: FlapDamper {
                    recent: vec![dated.clone()],
                    candidate: Some(dated),
                },
                nat: NatState {
                    external: Some(word(at)),
                    ..NatState::default()
                },
                ..DetectionState::default()
            };
            past.discard_future_timestamps(BootTime::from_millis(10));
            let FlapDamper {
                recent: left,
                candidate: proposed,
            } = &past.flap_damper;
            let word = past.nat.external;
            let kept = [
                past.absent.is_some(),
                left.len() == 1,
                proposed.is_some(),
                word.is_some(),
            ];
            assert_eq!(kept, [stays; 4], "{when}");
        }
    }
}
