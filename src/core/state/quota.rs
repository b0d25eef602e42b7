//! How many requests an account was sent within the last hour: what is counted against the guard's limit.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::lifetime::WRITE_WINDOW;
use crate::core::time::BootTime;

/// Requests that were sent at about the same time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequestCount {
    /// When the first of them was.
    pub at: BootTime,
    /// How many.
    pub count: u32,
}

impl RequestCount {
    /// Whether it was within the last hour.
    fn is_recent(&self, now: BootTime) -> bool {
        self.at <= now && now.since(self.at) < WRITE_WINDOW
    }
}

/// The requests of the last hour, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestQuota(Vec<RequestCount>);

/// Requests that lie no further apart are counted together.
const BUCKET_LENGTH: Duration = Duration::from_mins(5);

impl RequestQuota {
    /// Counts requests that are about to be sent.
    pub fn record(&mut self, count: u32, now: BootTime) {
        self.0.retain(|it| it.is_recent(now));
        match self.0.last_mut() {
            Some(last) if now.since(last.at) < BUCKET_LENGTH => {
                last.count = last.count.saturating_add(count);
            }
            _ => self.0.push(RequestCount { at: now, count }),
        }
    }

    /// Puts right what was charged last: it were so many.
    pub fn adjust(&mut self, charged: u32, sent: u32) {
        if let Some(last) = self.0.last_mut() {
            last.count = last.count.saturating_sub(charged).saturating_add(sent);
        }
    }

    /// How many were sent within the last hour.
    pub fn used(&self, now: BootTime) -> u32 {
        let recent = self.recent(now).map(|it| it.count);
        recent.fold(0, u32::saturating_add)
    }

    /// When some of them will be an hour old.
    pub fn resets_at(&self, now: BootTime) -> BootTime {
        let oldest = self.recent(now).next();
        oldest.map_or(now, |it| it.at.after(WRITE_WINDOW))
    }

    fn recent(&self, now: BootTime) -> impl Iterator<Item = &RequestCount> {
        self.0.iter().filter(move |it| it.is_recent(now))
    }

    /// Every moment moves with the clock.
    pub(in crate::core) fn rebase(&mut self, millis: i64) {
        for sent in &mut self.0 {
            sent.at = sent.at.rebased(millis);
        }
    }

    /// Drops what has not come yet.
    pub(in crate::core) fn discard_future_timestamps(&mut self, now: BootTime) {
        self.0.retain(|it| it.at <= now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> BootTime {
        BootTime::from_millis(minutes * 60_000)
    }

    #[test]
    fn requests_count_for_an_hour() {
        let mut quota = RequestQuota::default();
        quota.record(10, at(0));
        quota.record(5, at(4));
        quota.record(7, at(30));
        assert_eq!(quota.used(at(30)), 22);
        assert_eq!(quota.resets_at(at(30)), at(60));
        assert_eq!(quota.used(at(59)), 22);
        assert_eq!(quota.used(at(60)), 7);
        assert_eq!(quota.resets_at(at(60)), at(90));
        assert_eq!(quota.used(at(90)), 0);
        assert_eq!(quota.resets_at(at(90)), at(90));
    }

    #[test]
    fn what_lies_five_minutes_apart_is_forgotten_apart() {
        for (minutes, left) in [(4, 0), (5, 2)] {
            let mut quota = RequestQuota::default();
            quota.record(1, at(0));
            quota.record(2, at(minutes));
            assert_eq!(quota.used(at(60)), left, "{minutes}");
        }
    }

    #[test]
    fn what_was_charged_beforehand_is_put_right() {
        let mut quota = RequestQuota::default();
        quota.record(3, at(0));
        quota.record(10, at(1));
        quota.adjust(10, 4);
        assert_eq!(quota.used(at(1)), 7);
        quota.adjust(100, 0);
        assert_eq!(quota.used(at(1)), 0);
    }

    #[test]
    fn an_hour_of_many_requests_stays_small() {
        let mut quota = RequestQuota::default();
        for minute in 0..600 {
            quota.record(1, at(minute));
            assert!(quota.0.len() <= 13, "{}", quota.0.len());
        }
        assert!((56..=60).contains(&quota.used(at(599))));
    }

    #[test]
    fn requests_from_the_future_count_for_nothing() {
        let mut quota = RequestQuota::default();
        quota.record(9, at(100));
        assert_eq!(quota.used(at(0)), 0);
        quota.discard_future_timestamps(at(0));
        assert_eq!(quota, RequestQuota::default());
    }

    proptest! {
        /// Counted together, some are forgotten up to five minutes early, and none is counted longer than an hour.
        #[test]
        fn as_many_are_counted_as_were_sent_within_the_hour(
            charges in prop::collection::vec((0_i64..20, 0_u32..100), 1..50),
        ) {
            let mut quota = RequestQuota::default();
            let mut sent: Vec<(i64, u32)> = Vec::new();
            for (pause, count) in charges {
                let now = sent.last().map_or(0, |(minute, _)| *minute) + pause;
                quota.record(count, at(now));
                sent.push((now, count));
                let within = |minutes| {
                    let recent = sent.iter().filter(|(minute, _)| now - minute < minutes);
                    recent.map(|(_, count)| count).sum::<u32>()
                };
                prop_assert!((within(55)..=within(60)).contains(&quota.used(at(now))));
                prop_assert!(quota.resets_at(at(now)) > at(now) && quota.resets_at(at(now)) <= at(now + 60));
            }
        }
    }
}
