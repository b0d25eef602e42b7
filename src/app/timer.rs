//! Waiting on a clock that counts time asleep: a round that fell due during suspend starts at the
//! moment of waking up.

use std::{io, os::fd::OwnedFd};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::{Interest, unix::AsyncFd};

use crate::core::time::Moment;

/// A timer on `CLOCK_BOOTTIME`.
pub struct Timer {
    fd: AsyncFd<OwnedFd>,
}

impl Timer {
    /// Makes one; it needs the runtime.
    pub fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let fd = timerfd_create(TimerfdClockId::Boottime, flags)?;
        Ok(Self {
            fd: AsyncFd::with_interest(fd, Interest::READABLE)?,
        })
    }

    /// Waits until `moment`.
    pub async fn until(&self, moment: Moment) -> io::Result<()> {
        // A zero would disarm the timer; the past fires at once.
        let millis = moment.millis().max(1);
        let at = Itimerspec {
            it_interval: Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            },
            it_value: Timespec {
                tv_sec: millis / 1000,
                tv_nsec: millis % 1000 * 1_000_000,
            },
        };
        timerfd_settime(&self.fd, TimerfdTimerFlags::ABSTIME, &at)?;
        loop {
            let mut guard = self.fd.readable().await?;
            let mut count = [0; 8];
            let read = guard.try_io(|fd| rustix::io::read(fd, &mut count).map_err(io::Error::from));
            match read {
                Ok(Ok(_)) => return Ok(()),
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(Err(error)) => return Err(error),
                Err(_would_block) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{app::clock::BootClock, round::Clock};

    #[tokio::test]
    async fn the_timer_fires_at_its_moment_and_at_once_for_the_past() {
        let timer = Timer::new().unwrap();
        timer.until(Moment::from_millis(-5)).await.unwrap();
        timer.until(BootClock.now()).await.unwrap();
        let at = BootClock.now().after(Duration::from_millis(30));
        timer.until(at).await.unwrap();
        assert!(BootClock.now() >= at);
    }

    #[tokio::test]
    async fn a_wait_that_was_given_up_does_not_end_the_next_one() {
        let timer = Timer::new().unwrap();
        let soon = BootClock.now().after(Duration::from_millis(5));
        drop(timer.until(soon));
        let later = BootClock.now().after(Duration::from_millis(40));
        timer.until(later).await.unwrap();
        assert!(BootClock.now() >= later);
    }
}
