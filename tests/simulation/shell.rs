//! The loop's view of this host: what it hears, and how it waits.

use std::{cell::Cell, future::poll_fn, rc::Rc, task::Poll, time::Duration};

use moored::{
    core::time::BootTime,
    daemon::{Event, Platform, ServiceState},
    engine::{Clock, Rng},
};

use crate::{
    scene::SimWorld,
    time::{MINUTE, SECOND},
};

pub(crate) struct SimPlatform {
    scene: Rc<SimWorld>,
    /// When the supervisor heard last that all is well.
    alive: Cell<i64>,
    naps: Cell<u32>,
}

/// How often the supervisor wants to hear.
const WATCHDOG: i64 = 10 * MINUTE;

impl SimPlatform {
    pub(crate) fn new(scene: &Rc<SimWorld>) -> Self {
        Self {
            scene: Rc::clone(scene),
            alive: Cell::new(scene.time.at()),
            naps: Cell::new(scene.naps.get()),
        }
    }
}

impl Platform for SimPlatform {
    async fn event(&self) -> Event {
        poll_fn(|_| {
            let SimWorld { events, laws, .. } = &*self.scene;
            let Some(event) = events.borrow_mut().pop_front() else {
                return Poll::Pending;
            };
            laws.borrow_mut().disturb();
            Poll::Ready(event)
        })
        .await
    }

    async fn until(&self, moment: BootTime) {
        self.scene.time.until(self.scene.time.of(moment)).await;
    }

    fn clock(&self) -> &dyn Clock {
        &self.scene.time
    }

    fn rng(&self) -> &dyn Rng {
        &self.scene.rng
    }

    fn notify(&self, word: ServiceState<'_>) {
        if word == ServiceState::Alive {
            let now = self.scene.time.at();
            let silence = now - self.alive.replace(now);
            let naps = self.scene.naps.get();
            let was_asleep = self.naps.replace(naps) != naps;
            assert!(
                silence <= WATCHDOG / 2 + SECOND || was_asleep,
                "L9: silent for {silence} ms"
            );
        }
    }

    fn watchdog(&self) -> Option<Duration> {
        Some(Duration::from_millis(WATCHDOG.unsigned_abs()))
    }
}
