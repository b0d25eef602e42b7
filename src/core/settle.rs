//! When a change of the network starts a round: the rule alone, with time passed in.
//!
//! - An address that has become usable, one that went while another can take its place, and somebody who
//!   says so: at once. Whatever was heard before counts as seen.
//! - Everything else (the only address, a route or a link that went, a link that came): once it has been
//!   quiet for [`QUIET`], and at most [`LONGEST`] after the first, so that a line that reconnects is
//!   one round.
//! - At most [`MOST`] such rounds a minute and [`MOST_AN_HOUR`] an hour, and beyond those one a minute
//!   until the hour is over: a host whose network never comes to rest (containers that start and stop)
//!   does not ask its sources all day. The last change is always looked at.

use std::time::Duration;

use crate::core::{poke::Poke, time::Moment};

/// What we were told, from the least to the most urgent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Change {
    /// Something else: one is gone, a default route or a link has changed, or messages were lost.
    Other,
    /// An address can be used that could not be before, one went while another can take its place, or the
    /// router has announced that its own is another one.
    Gained,
    /// Somebody said that it is time to look, and perhaps which addresses are ours.
    Told(Poke),
}

impl Change {
    /// This and what was told later, as one.
    fn and(self, later: Self) -> Self {
        match (self, later) {
            (Self::Told(before), Self::Told(later)) => Self::Told(before.then(later)),
            (one, other) => one.max(other),
        }
    }

    /// Whether any round that begins later sees it. An address that was said is heard in the round
    /// alone that is played for it.
    pub fn is_seen_by_any_round(self) -> bool {
        !matches!(self, Self::Told(poke) if !poke.is_silent())
    }
}

/// How long nothing may happen before a burst counts as over.
pub const QUIET: Duration = Duration::from_millis(500);
/// The longest that a burst puts a round off.
pub const LONGEST: Duration = Duration::from_secs(2);
/// Rounds within a minute.
pub const MOST: u32 = 30;
/// Rounds within an hour, before they become one a minute.
pub const MOST_AN_HOUR: u32 = 120;
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// What was heard and not acted upon.
#[derive(Clone, Copy, Debug)]
struct Pending {
    first: Moment,
    last: Moment,
    change: Change,
}

/// A minute or an hour, which begins with the first round after the one before.
#[derive(Clone, Copy, Debug)]
struct Window {
    began: Moment,
    /// The last round in it.
    last: Moment,
    rounds: u32,
}

impl Window {
    /// The window of this length that a round at `now` falls into, with it.
    fn with(before: Option<Self>, length: Duration, now: Moment) -> Self {
        let running = before.filter(|it| now.since(it.began) < length);
        Self {
            began: running.map_or(now, |it| it.began),
            last: now,
            rounds: running.map_or(1, |it| it.rounds.saturating_add(1)),
        }
    }
}

/// The changes since the last round; the state of the one loop.
#[derive(Clone, Copy, Debug, Default)]
pub struct Burst {
    pending: Option<Pending>,
    minute: Option<Window>,
    hour: Option<Window>,
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
            change: before.change.and(change),
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
            Change::Gained | Change::Told(_) => last,
            Change::Other => last.after(QUIET).min(first.after(LONGEST)),
        };
        let minute = self.minute.filter(|it| it.rounds >= MOST);
        let hour = self.hour.filter(|it| it.rounds >= MOST_AN_HOUR);
        // A window that is over lies before whatever is due.
        let minute_over = minute.map(|it| it.began.after(MINUTE));
        let next_of_hour = hour.map(|it| it.last.after(MINUTE).min(it.began.after(HOUR)));
        [Some(due), minute_over, next_of_hour]
            .into_iter()
            .flatten()
            .max()
    }

    /// What the round is for, if one is due; it counts as begun.
    pub fn take(&mut self, now: Moment) -> Option<Change> {
        self.due().filter(|due| *due <= now)?;
        self.minute = Some(Window::with(self.minute, MINUTE, now));
        self.hour = Some(Window::with(self.hour, HOUR, now));
        self.pending.take().map(|it| it.change)
    }

    /// A round begins for another reason: it sees what has happened so far. Whether anything had.
    pub fn seen(&mut self) -> bool {
        let is_seen = |it: &mut Pending| it.change.is_seen_by_any_round();
        self.pending.take_if(is_seen).is_some()
    }
}

#[cfg(test)]
mod tests;
