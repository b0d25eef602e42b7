//! The real world's side of the loop.

use std::{cell::RefCell, collections::BTreeSet, io, path::PathBuf, rc::Rc, time::Duration};

use tracing::{debug, error, info, warn};

use super::{
    clock::BootClock,
    clock_watcher::ClockWatcher,
    live_engine::OsRng,
    poke_server::PokeServer,
    reopening::Reopening,
    signals::{CaughtSignals, Signals},
    systemd,
    timer::Timer,
};
use crate::{
    core::{
        schedule::{clock_event::ClockEvent, debounce::NetworkEvent},
        time::{BootTime, HumanDuration},
    },
    daemon::{Event, Platform, ServiceState},
    engine::{Clock, Rng},
    monitor::{FileMonitor, NetlinkMonitor, announce_socket::Announcements},
    sources::{gateway::gateways, reap_orphans},
    stdio,
};

/// Signals, the kernel's and the router's word, pokes, the boot clock's timer and systemd.
pub(super) struct LinuxPlatform {
    signals: Signals,
    timer: Timer,
    rng: OsRng,
    network: Reopening<NetlinkMonitor>,
    alarm: Reopening<ClockWatcher>,
    /// What hears of the files of the configuration in force; nothing where it names none.
    files: RefCell<Option<Rc<Reopening<FileMonitor>>>>,
    /// What hears the router's announcements; nothing where it is no source.
    router: RefCell<Option<Rc<Reopening<Announcements>>>>,
    poke_server: RefCell<Option<Rc<PokeServer>>>,
}

impl LinuxPlatform {
    /// Hears the signals that were caught and makes the timer; it needs the runtime.
    pub(super) fn new(caught: CaughtSignals) -> io::Result<Self> {
        Ok(Self {
            signals: Signals::hear(caught)?,
            timer: Timer::new()?,
            rng: OsRng::new(),
            network: Reopening::new(NetlinkMonitor::open, |how| match how {
                Ok(()) => info!("the kernel says again when the network changes"),
                Err(error) => warn!(
                    "the kernel does not say when the network changes ({error}): addresses are \
                     looked at once each `interval`, and each time it is asked anew"
                ),
            }),
            alarm: Reopening::new(ClockWatcher::new, |how| match how {
                Ok(()) => info!("the kernel says again when this host wakes up"),
                Err(error) => warn!(
                    "the kernel does not say when this host wakes up or its clock is set \
                     ({error}): the next check is made when it is due"
                ),
            }),
            files: RefCell::default(),
            router: RefCell::default(),
            poke_server: RefCell::default(),
        })
    }

    /// Hears this bell from now on.
    pub(super) fn record_event(&self, poke_server: Rc<PokeServer>) {
        *self.poke_server.borrow_mut() = Some(poke_server);
    }

    /// Hears of changes of these files, and of no others any more, from the next round on.
    pub(super) fn watch_files(&self, paths: BTreeSet<PathBuf>) {
        let reopening = (!paths.is_empty()).then(|| {
            let open = move || FileMonitor::open(paths.iter().map(PathBuf::as_path));
            Rc::new(Reopening::new(open, |how| match how {
                Ok(()) => info!("the kernel says again when a source's file changes"),
                Err(error) => warn!(
                    "the kernel does not say when a source's file changes ({error}): files are \
                     looked at once each `interval`, and each time it is asked anew"
                ),
            }))
        });
        *self.files.borrow_mut() = reopening;
    }

    fn listen_to_files(&self) {
        let files = self.files.borrow();
        let open = files.as_ref().and_then(|reopening| reopening.listen());
        for (directory, how) in open.iter().flat_map(|it| it.renew()) {
            let directory = directory.display();
            match how {
                Ok(()) => info!("{directory} is watched again"),
                Err(error) => warn!(
                    "{directory} cannot be watched ({error}): a source's file in it is looked at \
                     once each `interval`, and each time this is tried again"
                ),
            }
        }
    }

    async fn files(&self) -> Event {
        let files = self.files.borrow().clone();
        let Some(files) = files else {
            return std::future::pending().await;
        };
        let change = files.next(FileMonitor::next).await;
        debug!("a source's file has changed");
        Event::Network(change)
    }

    async fn poke(&self) -> Event {
        let poke_server = self.poke_server.borrow().clone();
        match poke_server {
            Some(poke_server) => Event::Network(NetworkEvent::Hint(poke_server.next().await)),
            None => std::future::pending().await,
        }
    }

    async fn awakening(&self) -> Event {
        match self.alarm.next(ClockWatcher::next).await {
            ClockEvent::Resumed(slept) => info!("awake after {} of sleep", HumanDuration(slept)),
            ClockEvent::Stepped(by) => info!("the clock was set by {}", HumanDuration(by)),
        }
        // Whatever the network is now, it may be another one.
        Event::Network(NetworkEvent::AddressAdded)
    }

    /// Hears what the router announces from the next round on, or no longer.
    pub(super) fn listen_to_the_router(&self, wanted: bool) {
        let reopening = wanted.then(|| {
            let open = || Announcements::open(Box::new(gateways), Box::new(|| BootClock.now()));
            Rc::new(Reopening::new(open, |how| match how {
                Ok(()) => info!("the router can be heard again when its address changes"),
                Err(error) => warn!(
                    "the router cannot be heard when its address changes ({error}): it is asked \
                     once each `interval`, and each time this is tried again"
                ),
            }))
        });
        *self.router.borrow_mut() = reopening;
    }

    async fn router(&self) -> Event {
        let router = self.router.borrow().clone();
        let Some(router) = router else {
            return std::future::pending().await;
        };
        let change = router.next(Announcements::next).await;
        debug!("the router announces a change");
        Event::Network(change)
    }

    async fn network(&self) -> Event {
        Event::Network(self.network.next(NetlinkMonitor::next).await)
    }

    /// Writes what of the log found no room, once there is some; nobody has to know of it.
    async fn log(&self) -> Event {
        match stdio::keep_writing().await {}
    }

    /// PID 1's other duty; nobody has to know of it.
    async fn orphans(&self) -> Event {
        loop {
            self.signals.child().await;
            reap_orphans();
        }
    }
}

impl Platform for LinuxPlatform {
    fn listen(&self) {
        self.network.listen();
        self.alarm.listen();
        if let Some(router) = &*self.router.borrow() {
            router.listen();
        }
        self.listen_to_files();
    }

    async fn event(&self) -> Event {
        tokio::select! {
            biased;
            event = self.signals.next() => event,
            event = self.network() => event,
            event = self.router() => event,
            event = self.files() => event,
            event = self.awakening() => event,
            event = self.poke() => event,
            event = self.orphans() => event,
            event = self.log() => event,
        }
    }

    async fn until(&self, moment: BootTime) {
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

    fn rng(&self) -> &dyn Rng {
        &self.rng
    }

    fn notify(&self, word: ServiceState<'_>) {
        systemd::tell(word);
    }

    fn watchdog(&self) -> Option<Duration> {
        systemd::watchdog()
    }
}
