//! The real world's side of the loop.

use std::{cell::RefCell, io, rc::Rc, time::Duration};

use tracing::{error, warn};

use super::{clock::BootClock, crew::Dice, signals::Signals, supervisor, timer::Timer};
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
    watch: RefCell<Option<Rc<Watch>>>,
}

impl RealShell {
    /// Installs signal handlers and makes the timer; it needs the runtime.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            signals: Signals::install()?,
            timer: Timer::new()?,
            dice: Dice::new(),
            watch: RefCell::default(),
        })
    }

    /// Hears of changes of the network from now on. Where that is impossible, the check at each
    /// `interval` remains.
    pub(super) fn watch_the_network(&self) {
        match Watch::open() {
            Ok(watch) => *self.watch.borrow_mut() = Some(Rc::new(watch)),
            Err(error) => Self::deaf(&error),
        }
    }

    fn deaf(error: &io::Error) {
        warn!(
            "the kernel does not say when the network changes ({error}): addresses are looked at \
             once each `interval`"
        );
    }

    async fn network(&self) -> Event {
        let watch = self.watch.borrow().clone();
        if let Some(watch) = watch {
            match watch.next().await {
                Ok(change) => return Event::Network(change),
                Err(error) => {
                    Self::deaf(&error);
                    self.watch.take();
                }
            }
        }
        std::future::pending().await
    }
}

impl Shell for RealShell {
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
