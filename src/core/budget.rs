//! How many requests an account was sent within the last hour: what is counted against the guard's limit.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::core::{guard::WINDOW, time::Moment};

/// Requests that were sent at about the same time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sent {
    /// When the first of them was.
    pub at: Moment,
    /// How many.
    pub count: u32,
}

impl Sent {
    /// Whether it was within the last hour.
    fn is_recent(&self, now: Moment) -> bool {
        self.at <= now && now.since(self.at) < WINDOW
    }
}

/// The requests of the last hour, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Budget(Vec<Sent>);

/// Requests that lie no further apart are counted together.
const TOGETHER: Duration = Duration::from_mins(5);

impl Budget {
    /// Counts requests that are about to be sent.
    pub fn charge(&mut self, count: u32, now: Moment) {
        self.0.retain(|it| it.is_recent(now));
        match self.0.last_mut() {
            Some(last) if now.since(last.at) < TOGETHER => {
                last.count = last.count.saturating_add(count);
            }
            _ => self.0.push(Sent { at: now, count }),
        }
    }

    /// Puts right what was charged last: it were so many.
    pub fn correct(&mut self, charged: u32, sent: u32) {
        if let Some(last) = self.0.last_mut() {
            last.count = last.count.saturating_sub(charged).saturating_add(sent);
        }
    }

    /// How many were sent within the last hour.
    pub fn spent(&self, now: Moment) -> u32 {
        let recent = self.recent(now).map(|it| it.count);
        recent.fold(0, u32::saturating_add)
    }

    /// When some of them will be an hour old.
    pub fn until(&self, now: Moment) -> Moment {
        let oldest = self.recent(now).next();
        oldest.map_or(now, |it| it.at.after(WINDOW))
    }

    fn recent(&self, now: Moment) -> impl Iterator<Item = &Sent> {
        self.0.iter().filter(move |it| it.is_recent(now))
    }

    /// Every moment moves with the clock.
    pub(super) fn shift(&mut self, millis: i64) {
        for sent in &mut self.0 {
            sent.at = sent.at.shifted(millis);
        }
    }

    /// Drops what has not come yet.
    pub(super) fn drop_the_impossible(&mut self, now: Moment) {
        self.0.retain(|it| it.at <= now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> Moment {
        Moment::from_millis(minutes * 60_000)
    }

    #[test]
    fn requests_count_for_an_hour() {
        let mut budget = Budget::default();
        budget.charge(10, at(0));
        budget.charge(5, at(4));
        budget.charge(7, at(30));
        assert_eq!(budget.spent(at(30)), 22);
        assert_eq!(budget.until(at(30)), at(60));
        assert_eq!(budget.spent(at(59)), 22);
        assert_eq!(budget.spent(at(60)), 7);
        assert_eq!(budget.until(at(60)), at(90));
        assert_eq!(budget.spent(at(90)), 0);
        assert_eq!(budget.until(at(90)), at(90));
    }

    #[test]
    fn what_lies_five_minutes_apart_is_forgotten_apart() {
        for (minutes, left) in [(4, 0), (5, 2)] {
            let mut budget = Budget::default();
            budget.charge(1, at(0));
            budget.charge(2, at(minutes));
            assert_eq!(budget.spent(at(60)), left, "{minutes}");
        }
    }

    #[test]
    fn what_was_charged_beforehand_is_put_right() {
        let mut budget = Budget::default();
        budget.charge(3, at(0));
        budget.charge(10, at(1));
        budget.correct(10, 4);
        assert_eq!(budget.spent(at(1)), 7);
        budget.correct(100, 0);
        assert_eq!(budget.spent(at(1)), 0);
    }

    #[test]
    fn an_hour_of_many_requests_stays_small() {
        let mut budget = Budget::default();
        for minute in 0..600 {
            budget.charge(1, at(minute));
            assert!(budget.0.len() <= 13, "{}", budget.0.len());
        }
        assert!((56..=60).contains(&budget.spent(at(599))));
    }

    #[test]
    fn requests_from_the_future_count_for_nothing() {
        let mut budget = Budget::default();
        budget.charge(9, at(100));
        assert_eq!(budget.spent(at(0)), 0);
        budget.drop_the_impossible(at(0));
        assert_eq!(budget, Budget::default());
    }

    proptest! {
        /// Counted together, some are forgotten up to five minutes early, and none is counted longer than an hour.
        #[test]
        fn as_many_are_counted_as_were_sent_within_the_hour(
            charges in prop::collection::vec((0_i64..20, 0_u32..100), 1..50),
        ) {
            let mut budget = Budget::default();
            let mut sent: Vec<(i64, u32)> = Vec::new();
            for (pause, count) in charges {
                let now = sent.last().map_or(0, |(minute, _)| *minute) + pause;
                budget.charge(count, at(now));
                sent.push((now, count));
                let within = |minutes| {
                    let recent = sent.iter().filter(|(minute, _)| now - minute < minutes);
                    recent.map(|(_, count)| count).sum::<u32>()
                };
                prop_assert!((within(55)..=within(60)).contains(&budget.spent(at(now))));
                prop_assert!(budget.until(at(now)) > at(now) && budget.until(at(now)) <= at(now + 60));
            }
        }
    }
}
