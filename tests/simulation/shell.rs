//! The loop's view of this host: what it hears, and how it waits.

use std::{cell::Cell, future::poll_fn, rc::Rc, task::Poll, time::Duration};

use moored::{
    core::time::BootTime,
    daemon::{Event, Shell, Word},
    round::{Chance, Clock},
};

use crate::{
    scene::Scene,
    time::{MINUTE, SECOND},
};

pub(crate) struct Console {
    scene: Rc<Scene>,
    /// When the supervisor heard last that all is well.
    alive: Cell<i64>,
    naps: Cell<u32>,
}

/// How often the supervisor wants to hear.
const WATCHDOG: i64 = 10 * MINUTE;

impl Console {
    pub(crate) fn new(scene: &Rc<Scene>) -> Self {
        Self {
            scene: Rc::clone(scene),
            alive: Cell::new(scene.time.at()),
            naps: Cell::new(scene.naps.get()),
        }
    }
}

impl Shell for Console {
    async fn event(&self) -> Event {
        poll_fn(|_| {
            let Scene { events, laws, .. } = &*self.scene;
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

    fn chance(&self) -> &dyn Chance {
        &self.scene.dice
    }

    fn tell(&self, word: Word<'_>) {
        if word == Word::Alive {
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
