//! The sandbox's time: real time since the start (none, for one that is offline), plus what was added to it.

use std::time::{Duration, Instant};

/// Where the calendar stands when a sandbox starts: 2026-01-01 00:00:00 UTC, so that no answer depends on the day of the run.
const EPOCH: u64 = 1_767_225_600;

/// A clock that can be moved forward but never back.
#[derive(Debug)]
pub(crate) struct Clock {
    /// None: it stands still but for what is added.
    start: Option<Instant>,
    ahead: Duration,
    last_stamp: u64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            start: Some(now()),
            ..Self::still()
        }
    }

    /// A clock that stands still until it is moved.
    pub(crate) fn still() -> Self {
        Self {
            start: None,
            ahead: Duration::ZERO,
            last_stamp: 0,
        }
    }

    /// Time since the start as the locks, bans and hour windows see it.
    pub(crate) fn elapsed(&self) -> Duration {
        self.real() + self.ahead
    }

    /// Time since the start as a stopwatch would show it.
    pub(crate) fn real(&self) -> Duration {
        self.start.map_or(Duration::ZERO, |start| {
            now().saturating_duration_since(start)
        })
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead += by;
    }

    /// Seconds since 1970 for a "changed at" field. No two are equal, so that every write shows.
    pub(crate) fn stamp(&mut self) -> u64 {
        self.last_stamp = self.unix().max(self.last_stamp + 1);
        self.last_stamp
    }

    /// Seconds since 1970 on the sandbox's calendar.
    pub(crate) fn unix(&self) -> u64 {
        EPOCH + self.elapsed().as_secs()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the sandbox reads a clock; it is not part of the daemon whose clock is passed in"
)]
fn now() -> Instant {
    Instant::now()
}

/// Waits on the sandbox's own runtime: for answers that come late or in drops.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the sandbox sleeps; lateness is what it is asked to act out"
)]
pub(crate) fn pause(length: Duration) -> tokio::time::Sleep {
    tokio::time::sleep(length)
}

/// `YYYY-MM-DD HH:MM:SS` without a zone, the form DNSPod uses.
pub(crate) fn date_time(unix: u64) -> String {
    let rest = unix % 86_400;
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{} {hour:02}:{minute:02}:{second:02}", date(unix))
}

/// `YYYY-MM-DD`.
pub(crate) fn date(unix: u64) -> String {
    let (year, month, day) = civil(unix / 86_400);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The Gregorian date of a number of days since 1970-01-01.
fn civil(mut days: u64) -> (u64, u64, u64) {
    let mut year = 1970;
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

fn leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::{EPOCH, date_time};

    #[test]
    fn dates_are_written_as_dnspod_writes_them() {
        assert_eq!(date_time(EPOCH), "2026-01-01 00:00:00");
        assert_eq!(
            date_time(EPOCH + 59 * 86_400 + 3_661),
            "2026-03-01 01:01:01"
        );
        assert_eq!(date_time(1_709_164_800), "2024-02-29 00:00:00");
    }
}
