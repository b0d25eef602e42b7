//! The kernel's clocks.

use std::{
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use rustix::time::{ClockId, clock_gettime};
use time::{OffsetDateTime, UtcOffset};

use crate::{
    core::{
        schedule::clock_event::ClockReadings,
        time::{BootTime, is_clock_set},
    },
    engine::Clock,
    regular_file,
    state_file::BootStamp,
};

/// `CLOCK_BOOTTIME`: goes only forward, counts time asleep (L11).
#[derive(Clone, Copy, Debug)]
pub(super) struct BootClock;

/// The wall clock, in milliseconds since 1970.
fn wall() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    let wall = std::time::SystemTime::now();
    let wall = wall
        .duration_since(UNIX_EPOCH)
        .map_or(0, |it| it.as_millis());
    i64::try_from(wall).unwrap_or(i64::MAX)
}

impl Clock for BootClock {
    fn is_clock_set(&self) -> bool {
        is_clock_set(wall())
    }

    fn now(&self) -> BootTime {
        BootTime::from_millis(millis(ClockId::Boottime))
    }

    fn wall_time(&self, moment: BootTime) -> Option<String> {
        let now = wall();
        let ahead = moment.millis().saturating_sub(self.now().millis());
        let then = is_clock_set(now).then(|| now.saturating_add(ahead).div_euclid(1000))?;
        let then = OffsetDateTime::from_unix_timestamp(then).ok()?;
        // By /etc/localtime or $TZ, as every other program here shows it.
        let (then, zone) = match UtcOffset::local_offset_at(then) {
            Ok(offset) => (then.to_offset(offset), ""),
            Err(_) => (then, " UTC"),
        };
        Some(format!("{:02}:{:02}{zone}", then.hour(), then.minute()))
    }
}

/// Milliseconds since the zero of a clock that only goes forward.
fn millis(clock: ClockId) -> i64 {
    let now = Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// What the clocks show by which an awakening is told.
pub(super) fn clocks() -> ClockReadings {
    ClockReadings {
        boot: BootClock.now(),
        monotonic: BootTime::from_millis(millis(ClockId::Monotonic)),
        wall: wall(),
    }
}

/// What the clocks show, and in which boot.
pub(super) fn stamp() -> BootStamp {
    let boot = regular_file::read(Path::new("/proc/sys/kernel/random/boot_id"), 64);
    let boot = boot.unwrap_or_default();
    BootStamp {
        boot: String::from_utf8_lossy(&boot).trim().to_owned(),
        moment: BootClock.now(),
        wall: wall(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l11_now_is_the_time_since_the_boot() {
        // It counts time asleep too (proc(5), uptime), in hundredths of a second.
        let uptime = || {
            let text = std::fs::read_to_string("/proc/uptime").unwrap();
            let (seconds, hundredths) = text.split_once(' ').unwrap().0.split_once('.').unwrap();
            let [seconds, hundredths]: [i64; 2] =
                [seconds, hundredths].map(|it| it.parse().unwrap());
            seconds * 1_000 + hundredths * 10
        };
        let before = uptime();
        let now = BootClock.now().millis();
        let after = uptime() + 10;
        assert!((before..=after).contains(&now), "{before} {now} {after}");
    }
}
