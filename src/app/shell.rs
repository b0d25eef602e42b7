//! The real world's side of the loop.

use std::{io, time::Duration};

use tracing::error;

use super::{clock::BootClock, crew::Dice, signals::Signals, supervisor, timer::Timer};
use crate::{
    core::time::Moment,
    daemon::{Event, Shell, Word},
    round::{Chance, Clock},
};

/// Signals, the boot clock's timer and systemd.
pub(super) struct RealShell {
    signals: Signals,
    timer: Timer,
    dice: Dice,
}

impl RealShell {
    /// Installs signal handlers and makes the timer; it needs the runtime.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            signals: Signals::install()?,
            timer: Timer::new()?,
            dice: Dice::new(),
        })
    }
}

impl Shell for RealShell {
    async fn event(&self) -> Event {
        self.signals.next().await
    }

    async fn until(&self, moment: Moment) {
        if let Err(error) = self.timer.until(moment).await {
            // Without its timer the daemon would spin or sleep for ever; waiting on the other clock
            // is late at worst by the time spent in suspend.
            error!("the kernel's timer failed ({error}); using another one");
            let wait = moment.since(BootClock.now()).max(Duration::from_secs(1));
            #[expect(
                clippy::disallowed_methods,
                reason = "the daemon's own sleep, second choice"
            )]
            tokio::time::sleep(wait).await;
        }
    }

    fn clock(&self) -> &dyn Clock {
        &BootClock
    }

    fn chance(&self) -> &dyn Chance {
        &self.dice
    }

    fn tell(&self, word: Word<'_>) {
        supervisor::tell(word);
    }

    fn watchdog(&self) -> Option<Duration> {
        supervisor::watchdog()
    }
}
