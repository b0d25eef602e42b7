//! The real world's side of the loop.

use std::{cell::RefCell, io, rc::Rc, time::Duration};

use tracing::{debug, error, warn};

use super::{clock::BootClock, crew::Dice, signals::Signals, supervisor, timer::Timer};
use crate::{
    core::time::Moment,
    daemon::{Event, Shell, Word},
    detect::gateway::is_gateway,
    round::{Chance, Clock},
    watch::{Watch, announce::Announcements},
};

/// Signals, the kernel's and the router's word, the boot clock's timer and systemd.
pub(super) struct RealShell {
    signals: Signals,
    timer: Timer,
    dice: Dice,
    watch: RefCell<Option<Rc<Watch>>>,
    announcements: RefCell<Option<Rc<Announcements>>>,
}

impl RealShell {
    /// Installs signal handlers and makes the timer; it needs the runtime.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            signals: Signals::install()?,
            timer: Timer::new()?,
            dice: Dice::new(),
            watch: RefCell::default(),
            announcements: RefCell::default(),
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

    /// Hears what the router announces from now on, or no longer. Where that is impossible, the check
    /// at each `interval` remains.
    pub(super) fn listen_to_the_router(&self, wanted: bool) {
        if !wanted {
            self.announcements.take();
        } else if self.announcements.borrow().is_none() {
            let clock = || BootClock.now();
            match Announcements::open(Box::new(is_gateway), Box::new(clock)) {
                Ok(open) => *self.announcements.borrow_mut() = Some(Rc::new(open)),
                Err(error) => Self::unheard(&error),
            }
        }
    }

    fn unheard(error: &io::Error) {
        warn!(
            "the router cannot be heard when its address changes ({error}): it is asked once each \
             `interval`"
        );
    }

    async fn router(&self) -> Event {
        let announcements = self.announcements.borrow().clone();
        if let Some(announcements) = announcements {
            match announcements.next().await {
                Ok(change) => {
                    debug!("the router announces a change");
                    return Event::Network(change);
                }
                Err(error) => {
                    Self::unheard(&error);
                    self.announcements.take();
                }
            }
        }
        std::future::pending().await
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
            event = self.router() => event,
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
