//! Time, which passes only while nobody has anything to do, and this host's clocks.

use std::{
    cell::Cell,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use moored::{
    core::{
        schedule::clock_event::ClockReadings,
        time::{BootTime, is_clock_set},
    },
    engine::Clock,
    state_file::BootStamp,
};

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
pub(crate) const YEAR: i64 = 365 * DAY;

/// Where the wall clock stands when a life begins: in 2027.
const START_TIME: i64 = 1_800_000_000_000;

/// All in milliseconds since the life began; that clock alone is never wrong.
pub(crate) struct SimTime {
    now: Cell<i64>,
    /// When this host was last switched on, and how often it was.
    booted: Cell<i64>,
    boots: Cell<u32>,
    /// How long it has slept since.
    slept: Cell<i64>,
    /// How far its wall clock is off.
    off: Cell<i64>,
    /// The first moment that somebody waits for.
    due: Cell<i64>,
    /// How often the process has come to a wait.
    steps: Cell<u64>,
}

impl SimTime {
    pub(crate) fn new() -> Self {
        Self {
            now: Cell::new(0),
            // No host's boot clock stands at nothing when a process starts.
            booted: Cell::new(-30 * SECOND),
            boots: Cell::new(1),
            slept: Cell::new(0),
            off: Cell::new(0),
            due: Cell::new(i64::MAX),
            steps: Cell::new(0),
        }
    }

    pub(crate) fn at(&self) -> i64 {
        self.now.get()
    }

    pub(crate) fn pass_to(&self, at: i64) {
        self.now.set(at.max(self.now.get()));
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps.get()
    }

    pub(crate) fn boot(&self) {
        self.booted.set(self.at() - 30 * SECOND);
        self.boots.set(self.boots.get() + 1);
        self.slept.set(0);
    }

    pub(crate) fn sleep(&self, length: i64) {
        self.slept.set(self.slept.get() + length);
    }

    /// Sets the wall clock so far from the truth.
    pub(crate) fn set_wall(&self, off: i64) {
        self.off.set(off);
    }

    /// Whether the wall clock is right.
    pub(crate) fn is_right(&self) -> bool {
        self.off.get() == 0
    }

    fn wall(&self) -> i64 {
        (START_TIME + self.at()).saturating_add(self.off.get())
    }

    /// A moment of this boot in milliseconds since the life began.
    pub(crate) fn of(&self, moment: BootTime) -> i64 {
        self.booted.get().saturating_add(moment.millis())
    }

    pub(crate) fn clocks(&self) -> ClockReadings {
        ClockReadings {
            boot: self.now(),
            monotonic: BootTime::from_millis(self.now().millis() - self.slept.get()),
            wall: self.wall(),
        }
    }

    pub(crate) fn stamp(&self) -> BootStamp {
        BootStamp {
            boot: format!("boot-{}", self.boots.get()),
            moment: self.now(),
            wall: self.wall(),
        }
    }

    /// Waits until then.
    pub(crate) async fn until(&self, at: i64) {
        poll_fn(|_| {
            if self.at() >= at {
                return Poll::Ready(());
            }
            self.due.set(self.due.get().min(at));
            Poll::Pending
        })
        .await;
    }

    /// Goes on with the process until it waits. What it waits for all says so each time it is asked,
    /// so that nobody need be woken: the answer is the first of these moments.
    pub(crate) fn step<T>(&self, process: Pin<&mut dyn Future<Output = T>>) -> Result<T, i64> {
        self.due.set(i64::MAX);
        let waited = process.poll(&mut Context::from_waker(Waker::noop()));
        self.steps.set(self.steps.get() + 1);
        match waited {
            Poll::Ready(end) => Ok(end),
            Poll::Pending => Err(self.due.get()),
        }
    }
}

impl Clock for SimTime {
    fn now(&self) -> BootTime {
        BootTime::from_millis(self.at() - self.booted.get())
    }

    fn is_clock_set(&self) -> bool {
        is_clock_set(self.wall())
    }
}
