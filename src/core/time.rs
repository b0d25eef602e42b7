//! Points in time on a clock that only goes forward and counts time asleep.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// Milliseconds on the host's boot clock (`CLOCK_BOOTTIME` on Linux): no step of the wall clock
/// moves it, and time spent in suspend counts. It may be negative: something remembered from before
/// this boot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BootTime(i64);

impl BootTime {
    /// The moment `millis` after the clock's zero.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the clock's zero.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This much later, at most the end of time.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(as_millis(wait)))
    }

    /// How long ago `earlier` was; nothing if it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.0.saturating_sub(earlier.0).max(0);
        Duration::from_millis(millis.unsigned_abs())
    }

    /// The same moment on a clock whose zero lies elsewhere.
    #[must_use]
    pub fn rebased(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

/// What the wall clock shows at least, in milliseconds since 1970, once somebody has set it: no version
/// of moored is older than 2026. A router without a battery starts in 1970 or when its firmware was
/// made.
const EARLIEST: i64 = 1_767_225_600_000;

/// Whether a wall clock that shows this, in milliseconds since 1970, was set. Before it is, no
/// certificate is valid.
pub const fn is_clock_set(wall: i64) -> bool {
    wall >= EARLIEST
}

fn as_millis(wait: Duration) -> i64 {
    i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)
}

/// A length of time as a person says it: "45 s", "5 min", "2 h 5 min", "3 d".
pub struct HumanDuration(pub Duration);

impl fmt::Display for HumanDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs() + u64::from(self.0.subsec_millis() >= 500);
        match seconds {
            0..=119 => write!(f, "{seconds} s"),
            120..=3_599 => write!(f, "{} min", seconds / 60),
            3_600..=172_799 if (seconds / 60).is_multiple_of(60) => {
                write!(f, "{} h", seconds / 3_600)
            }
            3_600..=172_799 => write!(f, "{} h {} min", seconds / 3_600, seconds / 60 % 60),
            _ => write!(f, "{} d", seconds / 86_400),
        }
    }
}

/// A time limit as its user would have written it: "4 s" for 3.999055 s, "0.25 s", "1.5 s".
pub struct HumanLimit(pub Duration);

impl fmt::Display for HumanLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        // What is left of a limit is a little less than the limit: a tenth is exact enough, and of
        // shorter ones a hundredth.
        let steps = if seconds < 1.0 { 100.0 } else { 10.0 };
        write!(f, "{} s", (seconds * steps).round() / steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_said_rounded() {
        for (micros, said) in [
            (3_999_055, "4 s"),
            (1_499_999, "1.5 s"),
            (10_000_000, "10 s"),
            (9_960_000, "10 s"),
            (249_871, "0.25 s"),
            (50_000, "0.05 s"),
            (999_700, "1 s"),
            (59_999_999, "60 s"),
        ] {
            assert_eq!(HumanLimit(Duration::from_micros(micros)).to_string(), said);
        }
    }

    #[test]
    fn lengths_are_said_in_the_unit_a_person_would_choose() {
        for (seconds, said) in [
            (0, "0 s"),
            (45, "45 s"),
            (119, "119 s"),
            (120, "2 min"),
            (300, "5 min"),
            (3_599, "59 min"),
            (3_600, "1 h"),
            (7_500, "2 h 5 min"),
            (172_799, "47 h 59 min"),
            (172_800, "2 d"),
            (259_199, "2 d"),
        ] {
            assert_eq!(
                HumanDuration(Duration::from_secs(seconds)).to_string(),
                said
            );
        }
        for (millis, said) in [
            (499, "0 s"),
            (500, "1 s"),
            (1_499, "1 s"),
            (119_500, "2 min"),
        ] {
            assert_eq!(
                HumanDuration(Duration::from_millis(millis)).to_string(),
                said
            );
        }
    }

    #[test]
    fn a_moment_moves_with_its_clock_and_is_as_long_ago_as_has_passed() {
        let moment = BootTime::from_millis(-500);
        assert_eq!(moment.after(Duration::from_millis(700)).millis(), 200);
        assert_eq!(moment.rebased(-250).millis(), -750);
        let later = BootTime::from_millis(1_500);
        assert_eq!(later.since(moment), Duration::from_secs(2));
        assert_eq!(moment.since(later), Duration::ZERO);
    }

    #[test]
    fn a_clock_is_set_that_shows_2026_or_later() {
        for (wall, set) in [
            (0, false),
            (EARLIEST - 1, false),
            (EARLIEST, true),
            (4_102_444_800_000, true),
        ] {
            assert_eq!(is_clock_set(wall), set, "{wall}");
        }
    }

    #[test]
    fn no_arithmetic_on_moments_overflows() {
        let end = BootTime::from_millis(i64::MAX);
        assert_eq!(end.after(Duration::MAX), end);
        assert_eq!(BootTime::from_millis(i64::MIN).since(end), Duration::ZERO);
        assert!(end.since(BootTime::from_millis(i64::MIN)) > Duration::from_secs(1));
    }
}
