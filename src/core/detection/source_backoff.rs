//! Who is not asked for now: sources from outside whose last answers were worth nothing.
//!
//! A source that gave no acceptable answer while another operator did, or that said something else
//! than what was believed, is held back for ten minutes, and for twice as long each time it happens
//! again, up to a day. One right answer makes good for all. Held back means asked last: where nobody
//! else is left to confirm a change, it is asked all the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::report::SourceAnswer;
use super::{consensus::Trust, hint};
use crate::core::time::BootTime;

/// How a source is held back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SourceBackoff {
    /// How often in a row its answer was worth nothing.
    pub failures: u32,
    /// When that was last.
    pub since: BootTime,
    /// Until when it is asked last.
    pub until: BootTime,
}

const INITIAL_BACKOFF: Duration = Duration::from_mins(10);
const MAX_BACKOFF: Duration = Duration::from_hours(24);

impl SourceBackoff {
    fn after(before: Option<&Self>, now: BootTime) -> Self {
        let failures = before.map_or(0, |it| it.failures).saturating_add(1);
        let doubled = 1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX);
        Self {
            failures,
            since: now,
            until: now.after(INITIAL_BACKOFF.saturating_mul(doubled).min(MAX_BACKOFF)),
        }
    }

    /// Whether it is asked last.
    pub fn is_deprioritized(&self, now: BootTime) -> bool {
        self.since <= now && now < self.until
    }

    /// The same on a clock whose zero lies elsewhere.
    pub(in crate::core) fn rebase(&mut self, millis: i64) {
        self.since = self.since.rebased(millis);
        self.until = self.until.rebased(millis);
    }

    /// Whether no fault can have led to it.
    pub(in crate::core) fn is_impossible(&self, now: BootTime) -> bool {
        now < self.since || self.until.since(self.since) > MAX_BACKOFF
    }
}

/// How the sources stand, by what they are called in reports.
pub type SourceBackoffs = BTreeMap<String, SourceBackoff>;

/// Draws the lesson of a round in which `believed` was: nothing where no answer from outside led to
/// it, for then the network may have been at fault.
pub fn update_backoffs(
    backoffs: &mut SourceBackoffs,
    heard: &[SourceAnswer],
    believed: &BTreeSet<IpAddr>,
    now: BootTime,
) {
    // Long over, or of a source that is not configured any more.
    backoffs.retain(|_, it| now.since(it.until) < MAX_BACKOFF * 2);
    let is_right = |it: &SourceAnswer| {
        let answer = it.answer.as_ref();
        answer.is_ok_and(|addrs| believed.iter().eq(addrs))
    };
    // With a poke now this one and now that one speaks: the next is to be heard.
    let lasts = |it: &&SourceAnswer| it.trust == Trust::External && it.source != hint::SOURCE;
    let outside = heard.iter().filter(lasts);
    if !outside.clone().any(is_right) {
        return;
    }
    for source in outside {
        if is_right(source) {
            backoffs.remove(&source.source);
        } else {
            let backoff = SourceBackoff::after(backoffs.get(&source.source), now);
            backoffs.insert(source.source.clone(), backoff);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> BootTime {
        BootTime::from_millis(minutes * 60_000)
    }

    fn said(source: &str, trust: Trust, answer: Result<&str, &str>) -> SourceAnswer {
        SourceAnswer {
            source: source.to_owned(),
            operator: source.to_owned(),
            trust,
            answer: answer
                .map(|it| vec![it.parse().unwrap()])
                .map_err(str::to_owned),
            elapsed: Duration::ZERO,
        }
    }

    fn outside(source: &str, answer: Result<&str, &str>) -> SourceAnswer {
        said(source, Trust::External, answer)
    }

    const OURS: &str = "84.212.10.20";
    const LIE: &str = "104.16.1.1";

    fn learnt(backoffs: &mut SourceBackoffs, heard: &[SourceAnswer], now: BootTime) {
        update_backoffs(backoffs, heard, &[OURS.parse().unwrap()].into(), now);
    }

    fn held_back(backoffs: &SourceBackoffs, now: BootTime) -> Vec<&str> {
        let held = backoffs.iter().filter(|(_, it)| it.is_deprioritized(now));
        held.map(|(source, _)| source.as_str()).collect()
    }

    #[test]
    fn who_fails_or_lies_while_another_is_right_is_held_back() {
        let mut backoffs = SourceBackoffs::new();
        let heard = [
            outside("right", Ok(OURS)),
            outside("liar", Ok(LIE)),
            outside("dead", Err("no answer in time")),
        ];
        learnt(&mut backoffs, &heard, at(0));
        assert_eq!(held_back(&backoffs, at(0)), ["dead", "liar"]);
        assert_eq!(held_back(&backoffs, at(9)), ["dead", "liar"]);
        assert!(held_back(&backoffs, at(10)).is_empty());
    }

    #[test]
    fn where_nobody_outside_was_right_nobody_is_blamed() {
        let mut backoffs = SourceBackoffs::new();
        for heard in [
            vec![
                outside("a", Err("unreachable")),
                outside("b", Err("unreachable")),
            ],
            vec![
                said("interface", Trust::Kernel, Ok(OURS)),
                outside("a", Ok(LIE)),
            ],
        ] {
            learnt(&mut backoffs, &heard, at(0));
            assert!(backoffs.is_empty());
        }
    }

    #[test]
    fn a_poke_that_was_wrong_holds_no_later_one_back_and_one_that_was_right_blames_nobody() {
        let mut backoffs = SourceBackoffs::new();
        let heard = [outside(hint::SOURCE, Ok(LIE)), outside("right", Ok(OURS))];
        learnt(&mut backoffs, &heard, at(0));
        let heard = [
            outside(hint::SOURCE, Ok(OURS)),
            outside("dead", Err("no answer in time")),
        ];
        learnt(&mut backoffs, &heard, at(1));
        assert!(backoffs.is_empty(), "{backoffs:?}");
    }

    #[test]
    fn the_time_doubles_to_a_day_and_one_right_answer_ends_it() {
        let mut backoffs = SourceBackoffs::new();
        let mut now = at(0);
        let mut minutes = Vec::new();
        for _ in 0..10 {
            let heard = [outside("right", Ok(OURS)), outside("liar", Ok(LIE))];
            learnt(&mut backoffs, &heard, now);
            let until = backoffs["liar"].until;
            minutes.push(until.since(now).as_secs() / 60);
            now = until;
        }
        assert_eq!(minutes, [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
        learnt(&mut backoffs, &[outside("liar", Ok(OURS))], now);
        assert!(backoffs.is_empty());
    }

    #[test]
    fn what_is_long_over_is_forgotten() {
        let mut backoffs = SourceBackoffs::new();
        let heard = [outside("right", Ok(OURS)), outside("gone", Ok(LIE))];
        learnt(&mut backoffs, &heard, at(0));
        learnt(&mut backoffs, &[], at(9 + 2 * 1_440));
        assert_eq!(backoffs["gone"].failures, 1, "not yet");
        learnt(&mut backoffs, &[], at(10 + 2 * 1_440));
        assert!(backoffs.is_empty());
    }

    #[test]
    fn a_hold_that_begins_later_or_lasts_too_long_cannot_be() {
        let day = 1_440;
        for (since, until, binds, impossible) in [
            (0, 20, true, false),
            (10, 20, true, false),
            (0, 10, false, false),
            (11, 20, false, true),
            (0, day, true, false),
            (0, day + 1, true, true),
        ] {
            let backoff = SourceBackoff {
                failures: 1,
                since: at(since),
                until: at(until),
            };
            let is = (
                backoff.is_deprioritized(at(10)),
                backoff.is_impossible(at(10)),
            );
            assert_eq!(is, (binds, impossible), "{since} {until}");
        }
    }
}
