//! The real world's side of the loop.

use std::{io, time::Duration};

use tracing::{error, info, warn};

use super::{clock::BootClock, crew::Dice, ear::Ear, signals::Signals, supervisor, timer::Timer};
use crate::{
    core::time::Moment,
    daemon::{Event, Shell, Word},
    round::{Chance, Clock},
    watch::Watch,
};

/// Signals, the kernel's word, the boot clock's timer and systemd.
pub(super) struct RealShell {
    signals: Signals,
    timer: Timer,
    dice: Dice,
    network: Ear<Watch>,
}

impl RealShell {
    /// Installs signal handlers and makes the timer; it needs the runtime.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            signals: Signals::install()?,
            timer: Timer::new()?,
            dice: Dice::new(),
            network: Ear::new(Watch::open, |how| match how {
                Ok(()) => info!("the kernel says again when the network changes"),
                Err(error) => warn!(
                    "the kernel does not say when the network changes ({error}): addresses are \
                     looked at once each `interval`, and each time it is asked anew"
                ),
            }),
        })
    }

    async fn network(&self) -> Event {
        Event::Network(self.network.next(Watch::next).await)
    }
}

impl Shell for RealShell {
    fn listen(&self) {
        self.network.listen();
    }

    async fn event(&self) -> Event {
        tokio::select! {
            biased;
            event = self.signals.next() => event,
            event = self.network() => event,
        }
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
