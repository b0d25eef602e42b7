//! Waking up, and a wall clock that is set: which of it is worth a round.
//!
//! The kernel says of both in one word. The boot clock counts the time asleep and the monotonic one
//! does not, so that what they differ by tells the one from the other.

use std::time::Duration;

use crate::core::time::BootTime;

/// What three clocks of this host show at one time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockReadings {
    /// Goes only forward, and counts time asleep (`CLOCK_BOOTTIME`).
    pub boot: BootTime,
    /// Goes only forward, and stands still in sleep (`CLOCK_MONOTONIC`).
    pub monotonic: BootTime,
    /// The time of day in milliseconds since 1970, which can be set (`CLOCK_REALTIME`).
    pub wall: i64,
}

/// What happened between two looks at the clocks, where that asks for a round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClockEvent {
    /// The host was asleep for so long: it may be in another network now.
    Resumed(Duration),
    /// The wall clock was put forward or back by so much: what failed because certificates were not
    /// valid yet may work now.
    Stepped(Duration),
}

/// The clocks are not read at the very same time: less than this is no sleep. Of a shorter one
/// nothing is to be feared that the network's own events would not say.
pub const MIN_SUSPEND: Duration = Duration::from_secs(1);

/// A clock that was wrong by less made no certificate invalid: a step of the time service, a clock
/// that was kept in local time.
pub const MIN_CLOCK_STEP: Duration = Duration::from_hours(24);

/// What happened between two looks.
pub fn detect_clock_event(before: ClockReadings, now: ClockReadings) -> Option<ClockEvent> {
    let asleep = |it: &ClockReadings| it.boot.millis().saturating_sub(it.monotonic.millis());
    let slept = length(asleep(&now).saturating_sub(asleep(&before)).max(0));
    if slept >= MIN_SUSPEND {
        return Some(ClockEvent::Resumed(slept));
    }
    let passed = now.boot.millis().saturating_sub(before.boot.millis());
    let by_the_wall = now.wall.saturating_sub(before.wall);
    let set = length(by_the_wall.saturating_sub(passed));
    (set > MIN_CLOCK_STEP).then_some(ClockEvent::Stepped(set))
}

fn length(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000;
    const HOUR: i64 = 3_600 * SECOND;
    const DAY: i64 = 24 * HOUR;
    /// 2026, and 1970 with a minute of uptime.
    const TODAY: i64 = 20_500 * DAY;
    const LONG_AGO: i64 = 60 * SECOND;

    fn clocks(boot: i64, monotonic: i64, wall: i64) -> ClockReadings {
        ClockReadings {
            boot: BootTime::from_millis(boot),
            monotonic: BootTime::from_millis(monotonic),
            wall,
        }
    }

    #[test]
    fn a_sleep_and_a_clock_that_was_far_off_are_worth_a_round_and_steps_are_not() {
        let slept = |millis| Some(ClockEvent::Resumed(length(millis)));
        let set = |millis| Some(ClockEvent::Stepped(length(millis)));
        let before = clocks(5 * HOUR, 4 * HOUR, TODAY);
        // How far each clock has gone on since.
        let table = [
            ("nothing", [0, 0, 0], None),
            ("time passes", [DAY, DAY, DAY], None),
            ("a suspend", [3 * HOUR, HOUR, 3 * HOUR], slept(2 * HOUR)),
            (
                "a short one",
                [2 * SECOND, 0, 2 * SECOND],
                slept(2 * SECOND),
            ),
            ("a nap", [HOUR + 999, HOUR, HOUR], None),
            (
                "a suspend, and a clock set on waking",
                [HOUR, 0, 90 * DAY],
                slept(HOUR),
            ),
            ("a leap second", [HOUR, HOUR, HOUR - SECOND], None),
            (
                "a step of the time service",
                [HOUR, HOUR, HOUR + 40 * SECOND],
                None,
            ),
            ("another time zone in the clock", [0, 0, 14 * HOUR], None),
            ("a day is still a step", [HOUR, HOUR, HOUR + DAY], None),
            (
                "more than that is not",
                [HOUR, HOUR, HOUR + DAY + 1],
                set(DAY + 1),
            ),
            (
                "back by years",
                [HOUR, HOUR, HOUR - 700 * DAY],
                set(700 * DAY),
            ),
        ];
        for (what, [boot, monotonic, wall], awoken) in table {
            let now = clocks(5 * HOUR + boot, 4 * HOUR + monotonic, TODAY + wall);
            assert_eq!(detect_clock_event(before, now), awoken, "{what}");
        }
        let in_1970 = clocks(60 * SECOND, 60 * SECOND, LONG_AGO);
        let now = clocks(90 * SECOND, 90 * SECOND, TODAY);
        let by = TODAY - LONG_AGO - 30 * SECOND;
        assert_eq!(
            detect_clock_event(in_1970, now),
            set(by),
            "a clock that stood at 1970"
        );
    }

    #[test]
    fn no_reading_of_the_clocks_makes_it_panic() {
        let extremes = [i64::MIN, -1, 0, 1, i64::MAX];
        for boot in extremes {
            for wall in extremes {
                let _ = detect_clock_event(clocks(boot, wall, wall), clocks(wall, boot, boot));
            }
        }
    }
}
