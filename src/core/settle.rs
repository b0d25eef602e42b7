//! When a change of the network starts a round: the rule alone, with time passed in.
//!
//! - An address that has become usable: at once. Whatever was heard before it counts as seen.
//! - Everything else (an address, a route or a link that went, a link that came): once it has been
//!   quiet for [`QUIET`], and at most [`LONGEST`] after the first, so that a line that reconnects is
//!   one round.
//! - At most [`MOST`] such rounds a minute: a host whose network never comes to rest (containers
//!   that start and stop) looks once it is over, and does not ask its sources all day.

use std::time::Duration;

use crate::core::time::Moment;

/// What the kernel or the router told us.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Change {
    /// Something else: one is gone, a default route or a link has changed, or messages were lost.
    Other,
    /// An address can be used that could not be before, or the router has announced that its own is
    /// another one.
    Gained,
}

/// How long nothing may happen before a burst counts as over.
pub const QUIET: Duration = Duration::from_millis(500);
/// The longest that a burst puts a round off.
pub const LONGEST: Duration = Duration::from_secs(2);
/// Rounds within a minute.
pub const MOST: u32 = 30;
const MINUTE: Duration = Duration::from_mins(1);

/// What was heard and not acted upon.
#[derive(Clone, Copy, Debug)]
struct Pending {
    first: Moment,
    last: Moment,
    change: Change,
}

/// The changes since the last round; the state of the one loop.
#[derive(Clone, Copy, Debug, Default)]
pub struct Burst {
    pending: Option<Pending>,
    /// When the running minute began, and the rounds in it.
    minute: Option<(Moment, u32)>,
}

impl Burst {
    /// Something changed.
    pub fn heard(&mut self, change: Change, now: Moment) {
        let before = self.pending.unwrap_or(Pending {
            first: now,
            last: now,
            change,
        });
        self.pending = Some(Pending {
            last: now,
            change: before.change.max(change),
            ..before
        });
    }

    /// When the round is due that what was heard asks for.
    pub fn due(&self) -> Option<Moment> {
        let Pending {
            first,
            last,
            change,
        } = self.pending?;
        let due = match change {
            Change::Gained => last,
            Change::Other => last.after(QUIET).min(first.after(LONGEST)),
        };
        Some(match self.minute {
            Some((began, rounds)) if rounds >= MOST => due.max(began.after(MINUTE)),
            _ => due,
        })
    }

    /// What the round is for, if one is due; it counts as begun.
    pub fn take(&mut self, now: Moment) -> Option<Change> {
        self.due().filter(|due| *due <= now)?;
        self.minute = Some(match self.minute {
            Some((began, rounds)) if now.since(began) < MINUTE => (began, rounds + 1),
            _ => (now, 1),
        });
        self.pending.take().map(|it| it.change)
    }

    /// A round begins for another reason: it sees what has happened so far.
    pub fn seen(&mut self) {
        self.pending = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Moment {
        Moment::from_millis(millis)
    }

    /// What the row shows, what is heard when, and when rounds begin.
    type Row<'r> = (&'r str, &'r [(i64, Change)], &'r [i64]);

    /// Hears the changes at their times, looking as the loop does whenever something is due before
    /// the next; says when rounds began.
    fn rounds(heard: &[(i64, Change)]) -> Vec<i64> {
        let mut burst = Burst::default();
        let mut begun = Vec::new();
        let mut catch_up = |burst: &mut Burst, now: Moment| {
            while let Some(due) = burst.due().filter(|due| *due <= now) {
                burst.take(due).unwrap();
                begun.push(due.millis());
            }
        };
        for (when, change) in heard {
            catch_up(&mut burst, at(*when));
            burst.heard(*change, at(*when));
        }
        catch_up(&mut burst, at(i64::MAX));
        begun
    }

    #[test]
    fn rounds_begin_when_the_table_says() {
        use Change::{Gained, Other};
        let restless: Vec<_> = (0..10).map(|it| (it * 400, Other)).collect();
        let table: &[Row<'_>] = &[
            ("nothing", &[], &[]),
            ("an address at once", &[(7, Gained)], &[7]),
            ("a removal when it is quiet", &[(0, Other)], &[500]),
            ("a burst is one", &[(0, Other), (300, Other)], &[800]),
            (
                "quiet between two makes two",
                &[(0, Other), (900, Other)],
                &[500, 1400],
            ),
            ("no burst lasts longer", &restless, &[2000, 4000]),
            (
                "a quick reconnect is one, with its address",
                &[(0, Other), (100, Other), (200, Other), (450, Gained)],
                &[450],
            ),
            (
                "a route right after the address is a second look",
                &[(0, Gained), (20, Other), (30, Other)],
                &[0, 530],
            ),
        ];
        for (what, heard, expected) in table {
            assert_eq!(rounds(heard), *expected, "{what}");
        }
    }

    #[test]
    fn a_network_that_never_rests_gets_so_many_rounds_a_minute() {
        let flapping: Vec<_> = (0..600).map(|it| (it * 100, Change::Gained)).collect();
        let begun = rounds(&flapping);
        let in_first = begun.iter().filter(|it| **it < 60_000).count();
        assert_eq!(in_first, MOST as usize);
        assert_eq!(begun.last(), Some(&60_000), "and the last change is seen");
    }

    #[test]
    fn a_round_for_another_reason_has_seen_what_was_heard() {
        let mut burst = Burst::default();
        burst.heard(Change::Other, at(0));
        burst.seen();
        assert_eq!(burst.due(), None);
        assert_eq!(burst.take(at(i64::MAX)), None);
    }

    #[test]
    fn nothing_is_due_before_its_time() {
        let mut burst = Burst::default();
        burst.heard(Change::Other, at(0));
        assert_eq!(burst.take(at(499)), None);
        assert_eq!(burst.take(at(500)), Some(Change::Other));
        assert_eq!(burst.take(at(501)), None);
    }
}
