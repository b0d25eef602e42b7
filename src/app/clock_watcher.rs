//! Hearing that the host has woken up or its clock was set.
//!
//! A timer on the wall clock that is due at the end of time, and that the kernel cancels when that
//! clock is set or the host resumes (`TFD_TIMER_CANCEL_ON_SET` of `timerfd_create(2)`): nothing polls.

use std::{cell::Cell, io};

use rustix::{
    io::Errno,
    time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    },
};
use tokio::net::unix::pipe::Receiver;

use super::clock::clocks;
use crate::core::schedule::clock_event::{ClockEvent, ClockReadings, detect_clock_event};

/// The timer, and what the clocks showed right after it was armed.
pub(super) struct ClockWatcher {
    // Read as the other timer is.
    ticks: Receiver,
    seen: Cell<ClockReadings>,
}

impl ClockWatcher {
    /// Arms one; it needs the runtime.
    pub(super) fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Realtime, flags)?;
        let alarm = Self {
            ticks: Receiver::from_owned_fd_unchecked(timer)?,
            seen: Cell::new(clocks()),
        };
        alarm.arm()?;
        Ok(alarm)
    }

    /// Arms it, and looks at the clocks; what they showed the time before.
    fn arm(&self) -> io::Result<ClockReadings> {
        let never = Itimerspec {
            it_interval: Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            },
            it_value: Timespec {
                tv_sec: i64::MAX,
                tv_nsec: 0,
            },
        };
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        match timerfd_settime(&self.ticks, flags, &never) {
            // If the clock was set this very moment it is armed all the same, and what is read now
            // is the clock as it was set.
            Ok(_) | Err(Errno::CANCELED) => Ok(self.seen.replace(clocks())),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until something has happened that is worth a round. A wait that is given up loses
    /// nothing.
    pub(super) async fn next(&self) -> io::Result<ClockEvent> {
        loop {
            self.ticks.readable().await?;
            if let Some(awoken) = self.classify(self.ticks.try_read(&mut [0; 8]))? {
                return Ok(awoken);
            }
        }
    }

    /// What the timer said means what.
    fn classify(&self, read: io::Result<usize>) -> io::Result<Option<ClockEvent>> {
        match read {
            // Canceled; or fired, which takes a clock that stands at the end of time.
            Ok(_) => {}
            Err(error) if error.raw_os_error() == Some(Errno::CANCELED.raw_os_error()) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        let before = self.arm()?;
        Ok(detect_clock_event(before, self.seen.get()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;
    use rustix::time::timerfd_gettime;

    use super::*;

    // Neither can this host be sent to sleep by a test, nor shall its clock be set: what the kernel
    // says is put into the timer's mouth.
    fn canceled() -> io::Result<usize> {
        Err(Errno::CANCELED.into())
    }

    fn is_armed(alarm: &ClockWatcher) -> bool {
        timerfd_gettime(&alarm.ticks).unwrap().it_value.tv_sec > 0
    }

    #[tokio::test]
    async fn nothing_is_heard_while_nothing_happens() {
        let alarm = ClockWatcher::new().unwrap();
        assert!(is_armed(&alarm));
        assert!(alarm.next().now_or_never().is_none());
        // As after a wait that found nothing to read.
        let nothing = Err(io::ErrorKind::WouldBlock.into());
        assert_eq!(alarm.classify(nothing).unwrap(), None);
        assert!(alarm.classify(Err(Errno::BADF.into())).is_err());
    }

    #[tokio::test]
    async fn a_timer_that_was_canceled_is_armed_again() {
        let alarm = ClockWatcher::new().unwrap();
        let disarmed = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec::default(),
        };
        for _ in 0..2 {
            timerfd_settime(&alarm.ticks, TimerfdTimerFlags::empty(), &disarmed).unwrap();
            assert!(!is_armed(&alarm));
            assert_eq!(alarm.classify(canceled()).unwrap(), None);
            assert!(is_armed(&alarm));
        }
    }

    #[tokio::test]
    async fn a_resume_is_told_once_and_what_was_slept_earlier_does_not_count() {
        let alarm = ClockWatcher::new().unwrap();
        let now = clocks();
        let hour = Duration::from_hours(1);
        // As if an hour of the time since boot had been slept since the last look.
        alarm.seen.set(ClockReadings {
            monotonic: now.monotonic.after(hour),
            ..now
        });
        let Some(ClockEvent::Resumed(slept)) = alarm.classify(canceled()).unwrap() else {
            panic!("no awakening")
        };
        assert!(slept > Duration::from_secs(3_599), "{slept:?}");
        assert_eq!(alarm.classify(canceled()).unwrap(), None);
    }

    #[tokio::test]
    async fn a_clock_that_was_years_off_is_told() {
        let alarm = ClockWatcher::new().unwrap();
        alarm.seen.set(ClockReadings {
            wall: 0,
            ..clocks()
        });
        let awoken = alarm.classify(canceled()).unwrap();
        assert!(matches!(awoken, Some(ClockEvent::Stepped(_))), "{awoken:?}");
    }
}
