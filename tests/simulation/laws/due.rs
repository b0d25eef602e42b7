//! By when a name has to be right once the faults have stopped: the sum of what the laws let delay it,
//! each for its reason, and of nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    place::Name,
    setup::SimSetup,
    time::{HOUR, MINUTE, SECOND},
};

/// A round is played at once, and takes less than a minute where everybody answers; a family that is gone
/// is believed to be so after two minutes.
const ROUND_TIME: i64 = 3 * MINUTE;

/// An address that comes and goes by the word of others is believed after half an hour at the latest.
const DAMPING_TIME: i64 = 30 * MINUTE;

/// The slowest name server of a calm shows a change after so long.
const LATE_SERVER_TIME: i64 = 30 * SECOND;

/// A change of ours is looked for so long; what was there before it is no difference meanwhile.
const PROPAGATION_TIME: i64 = 10 * MINUTE;

/// A difference that was seen once is looked at again after so long.
const RECHECK_DELAY: i64 = 30 * SECOND;

/// What was written, and by whom, as far as it can keep names from being right.
#[derive(Default)]
pub(crate) struct Deadlines {
    /// When each name was written within the last hour, once for each round: repetitions are paced.
    writes: BTreeMap<Name, Vec<(u64, i64)>>,
    /// Since when a name may be another than the process believes it to be: it finds that out when it
    /// compares with the zone's servers.
    touched: BTreeMap<Name, i64>,
}

impl Deadlines {
    pub(crate) fn is_written(&mut self, name: &Name, round: u64, now: i64) {
        let times = self.writes.entry(name.clone()).or_default();
        times.retain(|(_, at)| now - at < HOUR);
        if times.last().is_none_or(|(last, _)| *last != round) {
            times.push((round, now));
        }
    }

    /// Somebody else has written there, or the process has forgotten what it wrote.
    pub(crate) fn is_touched<'n>(&mut self, names: impl IntoIterator<Item = &'n Name>, now: i64) {
        let names = names.into_iter().cloned();
        self.touched.extend(names.map(|name| (name, now)));
    }

    /// Everything was found to be right.
    pub(crate) fn is_settled(&mut self) {
        self.touched.clear();
    }

    /// Until when repetitions are spaced out of a write that was done and that somebody else has undone: after the
    /// second for a minute, after the third for ten, and four an hour are the most (L3). What was to be written behind a request that the process did not
    /// survive counts as written, so that each of an account's names may have as many writes as all of them together.
    fn paced(&self, all: &BTreeSet<Name>) -> i64 {
        let times = all.iter().filter_map(|it| self.writes.get(it)).flatten();
        let times: BTreeMap<u64, i64> = times.copied().collect();
        let back = |count: usize| times.values().rev().nth(count - 1).copied();
        let last = back(1).unwrap_or_default();
        match times.len() {
            0 | 1 => 0,
            2 => last + MINUTE,
            3 => last + 10 * MINUTE,
            _ => back(4).map_or(0, |it| it + HOUR).max(last + 10 * MINUTE),
        }
    }

    /// By when a name has to be right. `free` is when the faults have stopped and the account's pauses are
    /// over; `all` are the account's names.
    pub(crate) fn of(&self, name: &Name, all: &BTreeSet<Name>, setup: &SimSetup, free: i64) -> i64 {
        let is_from_outside = setup.is_from_outside(name.1);
        let damped = if is_from_outside { DAMPING_TIME } else { 0 };
        let Some(touched) = self.touched.get(name) else {
            return free + damped + ROUND_TIME;
        };
        // Nobody compares while the account has something to write.
        let free = free.max(*touched + LATE_SERVER_TIME).max(self.paced(all)) + damped + ROUND_TIME;
        // It falls due right after a round, and the next one may come a tenth late.
        let routine = setup.routine() + setup.routine() / 10;
        free + setup.verify + routine + PROPAGATION_TIME + RECHECK_DELAY + ROUND_TIME
    }
}
