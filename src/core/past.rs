//! What is remembered of our addresses of one family, and what a round adds to it.

use std::{collections::BTreeSet, net::IpAddr};

use serde::{Deserialize, Serialize};

use crate::core::{
    damp::Restless,
    observe::Observation,
    outcome::FamilyReport,
    reach::Reach,
    standing::{Standings, learn},
    time::Moment,
};

/// The past of one family.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Past {
    /// The addresses that were believed last; empty if none ever were.
    pub believed: BTreeSet<IpAddr>,
    /// Since when the family is absent.
    pub absent: Option<Moment>,
    /// How the word from outside changed lately.
    pub restless: Restless,
    /// Which sources are held back.
    pub standings: Standings,
    /// What is known of the way in.
    pub reach: Reach,
}

impl Past {
    /// Takes in what a round found out. A change that has to last before it is believed makes the
    /// observation an unavailable one.
    pub fn digest(&mut self, report: &mut FamilyReport, now: Moment) {
        self.absent = match report.observation {
            Observation::Absent => self.absent.or(Some(now)),
            _ => None,
        };
        self.reach.clone_from(&report.reach);
        let Observation::Known(addrs) = &report.observation else {
            // What has to last is said without a break.
            self.restless.proposed = None;
            return;
        };
        let addrs = addrs.addrs();
        learn(&mut self.standings, &report.heard, &addrs, now);
        let weighed = if report.is_from_outside(&addrs) {
            self.restless.weigh(&self.believed, &addrs, now)
        } else {
            self.restless.proposed = None;
            Ok(())
        };
        match weighed {
            Ok(()) => self.believed = addrs,
            Err(why) => report.observation = Observation::Unavailable(why),
        }
    }

    /// Every moment moves with the clock.
    pub(super) fn shift(&mut self, millis: i64) {
        self.absent = self.absent.map(|it| it.shifted(millis));
        self.restless.shift(millis);
        self.reach.shift(millis);
        for standing in self.standings.values_mut() {
            standing.shift(millis);
        }
    }

    /// Drops what cannot be.
    pub(super) fn drop_the_impossible(&mut self, now: Moment) {
        self.absent = self.absent.filter(|since| *since <= now);
        self.restless.left.retain(|it| it.at <= now);
        self.restless.proposed.take_if(|it| it.at > now);
        self.reach.word.take_if(|it| it.at > now);
        self.standings.retain(|_, it| !it.is_impossible(now));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::core::{
        addr::{Acceptance, AddrSet, Family},
        agree::Trust,
        damp::Dated,
        observe::Why,
        outcome::Heard,
        reach::{RouterSays, Word},
    };

    fn report(addr: &str, trust: Trust) -> FamilyReport {
        let addr = addr.parse().unwrap();
        let admitted = Acceptance::default().admit(Family::V4, addr).unwrap();
        FamilyReport {
            vantage: Family::V4.into(),
            observation: Observation::Known(AddrSet::one(admitted)),
            notes: Vec::new(),
            reach: Reach::default(),
            heard: vec![Heard {
                source: "a".to_owned(),
                operator: "a".to_owned(),
                trust,
                answer: Ok(vec![addr]),
                took: Duration::ZERO,
            }],
        }
    }

    const ONE: &str = "84.212.10.20";
    const OTHER: &str = "84.212.99.99";

    /// What is believed after each of these answers, a minute apart.
    fn played(answers: &[&str], trust: Trust) -> Vec<bool> {
        let mut past = Past::default();
        let known = answers.iter().enumerate().map(|(minute, addr)| {
            let now = Moment::from_millis(i64::try_from(minute).unwrap() * 60_000);
            let mut report = report(addr, trust);
            past.digest(&mut report, now);
            match report.observation {
                Observation::Known(_) => true,
                Observation::Unavailable(Why::Flapping { .. }) => false,
                other => panic!("{other:?}"),
            }
        });
        known.collect()
    }

    #[test]
    fn flapping_is_damped_where_the_word_comes_from_outside_only() {
        let answers = [ONE, OTHER, ONE, OTHER, ONE, OTHER, ONE, OTHER];
        assert_eq!(
            played(&answers, Trust::Outside),
            [true, true, true, true, true, true, false, true]
        );
        assert_eq!(played(&answers, Trust::Kernel), [true; 8]);
        assert_eq!(played(&answers, Trust::Own), [true; 8]);
    }

    #[test]
    fn a_claim_that_has_to_last_begins_anew_after_silence() {
        let mut past = Past::default();
        let mut see = |answer: Option<&str>, minute: i64| {
            let mut report = report(answer.unwrap_or(ONE), Trust::Outside);
            if answer.is_none() {
                report.observation = Observation::Unavailable(Why::NoAnswer(Vec::new()));
            }
            past.digest(&mut report, Moment::from_millis(minute * 60_000));
            match report.observation {
                Observation::Unavailable(Why::Flapping { wait, .. }) => wait.as_secs() / 60,
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

    fn word(at: Moment) -> Word {
        Word {
            router: [192, 168, 77, 1].into(),
            says: RouterSays::None,
            at,
        }
    }

    #[test]
    fn the_last_words_about_the_way_in_are_remembered() {
        let mut past = Past::default();
        let mut report = report(ONE, Trust::Kernel);
        let claim = crate::core::observe::Claim {
            operator: "a".to_owned(),
            addrs: [ONE.parse().unwrap()].into(),
        };
        let word = word(Moment::from_millis(0));
        report.reach.hear(Some(word), &[claim]);
        for observation in [
            report.observation.clone(),
            Observation::Unavailable(Why::Offline),
        ] {
            past.reach = Reach::default();
            report.observation = observation;
            past.digest(&mut report, Moment::from_millis(0));
            assert_eq!(past.reach, report.reach);
        }
    }

    #[test]
    fn absence_begins_once_and_ends_with_any_other_word() {
        let mut past = Past::default();
        let mut see = |observation, minute: i64| {
            let mut report = report(ONE, Trust::Kernel);
            report.observation = observation;
            past.digest(&mut report, Moment::from_millis(minute * 60_000));
            past.absent.map(|it| it.millis() / 60_000)
        };
        assert_eq!(see(Observation::Absent, 1), Some(1));
        assert_eq!(see(Observation::Absent, 2), Some(1));
        assert_eq!(see(Observation::Unavailable(Why::Offline), 3), None);
        assert_eq!(see(Observation::Absent, 4), Some(4));
        assert_eq!(see(report(ONE, Trust::Kernel).observation, 5), None);
    }

    #[test]
    fn only_what_lies_ahead_is_dropped() {
        for (when, stays) in [(9, true), (10, true), (11, false)] {
            let at = Moment::from_millis(when);
            let dated = Dated {
                addrs: BTreeSet::new(),
                at,
            };
            let mut past = Past {
                absent: Some(at),
                restless: Restless {
                    left: vec![dated.clone()],
                    proposed: Some(dated),
                },
                reach: Reach {
                    word: Some(word(at)),
                    ..Reach::default()
                },
                ..Past::default()
            };
            past.drop_the_impossible(Moment::from_millis(10));
            let Restless { left, proposed } = &past.restless;
            let word = past.reach.word;
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
