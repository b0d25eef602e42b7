//! How many rounds of one kind may begin within a minute and an hour. Time is passed in.

use std::time::Duration;

use crate::core::time::BootTime;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// At most so many rounds a minute and so many an hour, and beyond those one a minute until the hour is over.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    max_per_minute: u32,
    max_per_hour: u32,
    minute: Option<Window>,
    hour: Option<Window>,
}

/// A minute or an hour, which begins with the first round after the one before.
#[derive(Clone, Copy, Debug)]
struct Window {
    began: BootTime,
    /// The last round in it.
    last: BootTime,
    rounds: u32,
}

impl Window {
    /// The window of this length that a round at `now` falls into, with that round.
    fn with_round(before: Option<Self>, length: Duration, now: BootTime) -> Self {
        let running = before.filter(|window| now.since(window.began) < length);
        Self {
            began: running.map_or(now, |window| window.began),
            last: now,
            rounds: running.map_or(1, |window| window.rounds.saturating_add(1)),
        }
    }
}

impl RateLimit {
    /// A limit that nothing counts against yet.
    pub const fn new(max_per_minute: u32, max_per_hour: u32) -> Self {
        Self {
            max_per_minute,
            max_per_hour,
            minute: None,
            hour: None,
        }
    }

    /// Counts a round that begins.
    pub fn record(&mut self, now: BootTime) {
        self.minute = Some(Window::with_round(self.minute, MINUTE, now));
        self.hour = Some(Window::with_round(self.hour, HOUR, now));
    }

    /// When the next round may begin, if not at any time. The moment may lie in the past, for a window that is over
    /// is forgotten by the next round only.
    pub fn next_allowed(&self) -> Option<BootTime> {
        let is_full = |window: &Window, max| window.rounds >= max;
        let minute = self.minute.filter(|it| is_full(it, self.max_per_minute));
        let hour = self.hour.filter(|it| is_full(it, self.max_per_hour));
        let minute_over = minute.map(|window| window.began.after(MINUTE));
        let next_of_hour =
            hour.map(|window| window.last.after(MINUTE).min(window.began.after(HOUR)));
        minute_over.max(next_of_hour)
    }
}
