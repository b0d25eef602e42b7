//! Waiting on a clock that counts time asleep: a round that fell due during suspend starts at the
//! moment of waking up.

use std::{io, time::Duration};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::net::unix::pipe::Receiver;

use crate::core::time::BootTime;

/// A timer on `CLOCK_BOOTTIME`.
pub(super) struct Timer {
    // A timer's descriptor is read like a pipe's, and the runtime's pipe is the one reader of any
    // descriptor that it offers without `unsafe`.
    ticks: Receiver,
}

impl Timer {
    /// Makes one; it needs the runtime.
    pub(super) fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Boottime, flags)?;
        Ok(Self {
            ticks: Receiver::from_owned_fd_unchecked(timer)?,
        })
    }

    /// Waits until `moment`.
    pub(super) async fn until(&self, moment: BootTime) -> io::Result<()> {
        // A zero would disarm the timer; the past fires at once.
        let at = Duration::from_millis(moment.millis().max(1).unsigned_abs());
        let at = Itimerspec {
            it_interval: Timespec::default(),
            it_value: at.try_into().map_err(io::Error::other)?,
        };
        timerfd_settime(&self.ticks, TimerfdTimerFlags::ABSTIME, &at)?;
        loop {
            self.ticks.readable().await?;
            match self.ticks.try_read(&mut [0; 8]) {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::{app::clock::BootClock, engine::Clock};

    #[tokio::test]
    async fn the_timer_fires_at_its_moment_and_at_once_for_the_past() {
        let timer = Timer::new().unwrap();
        timer.until(BootTime::from_millis(-5)).await.unwrap();
        timer.until(BootClock.now()).await.unwrap();
        let at = BootClock.now().after(Duration::from_millis(30));
        timer.until(at).await.unwrap();
        assert!(BootClock.now() >= at);
    }

    #[tokio::test]
    async fn a_wait_that_was_given_up_does_not_end_the_next_one() {
        let timer = Timer::new().unwrap();
        let soon = BootClock.now().after(Duration::from_millis(5));
        assert!(timer.until(soon).now_or_never().is_none());
        let later = BootClock.now().after(Duration::from_millis(40));
        timer.until(later).await.unwrap();
        assert!(BootClock.now() >= later);
    }
}
