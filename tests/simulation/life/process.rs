//! The process: started, killed, and let go on while time passes.

use std::{cell::RefCell, rc::Rc};

use moored::daemon::{self, DaemonStatus};

use super::Scenario;
use crate::{crew::SimEngine, scene::ScheduledEvent, setup, shell::SimPlatform};

impl Scenario {
    pub(super) fn is_running(&self) -> bool {
        self.process.is_some()
    }

    /// Starts the process with what is on the disk.
    pub(super) fn start(&mut self) {
        let scene = Rc::clone(&self.scene);
        self.figures.starts += 1;
        let state = scene.disk.load(&scene).unwrap_or_else(|what| {
            self.note(|| format!("the state is unusable: {what}"));
            scene.disk.set_aside();
            scene.laws.borrow_mut().forget(scene.time.at());
            moored::core::state::State::default()
        });
        scene.events.borrow_mut().clear();
        let setup = scene.setup.borrow().clone();
        scene.laws.borrow_mut().is_in_force(&setup);
        if scene.disk.is_stuck() {
            scene.laws.borrow_mut().cannot_save();
        }
        self.process = Some(Box::pin(async move {
            let platform = SimPlatform::new(&scene);
            let daemon_status = Rc::new(DaemonStatus {
                last: RefCell::default(),
                state: RefCell::new(state),
            });
            let reload = || {
                if scene.is_misspelt.get() {
                    scene.laws.borrow_mut().disturb();
                    return setup::read("interval = 5 minutes")
                        .map(|it| SimEngine::new(it, &scene));
                }
                let setup = scene.setup.borrow();
                let sailors = SimEngine::new(setup.read(), &scene);
                scene.laws.borrow_mut().is_in_force(&setup);
                Ok(sailors)
            };
            let sailors = SimEngine::new(scene.setup.borrow().read(), &scene);
            daemon::run(sailors, reload, &platform, &daemon_status, false).await;
        }));
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self) {
        if self.process.take().is_some() {
            self.note(|| "killed".to_owned());
            self.figures.kills += 1;
            self.scene.laws.borrow_mut().dies(&self.scene);
        }
        self.kill_at = u64::MAX;
    }

    /// Time passes, and with it whatever happens then.
    pub(super) fn pass(&mut self, length: i64) {
        let end = self.scene.time.at() + length;
        loop {
            let due = self.go_on();
            let scene = Rc::clone(&self.scene);
            let next = due.min(scene.next());
            if next > end {
                scene.time.pass_to(end);
                return;
            }
            scene.time.pass_to(next);
            while let Some(happening) = scene.take() {
                match happening {
                    ScheduledEvent::Arrival(parcel) => scene.arrive(&parcel),
                    ScheduledEvent::Incident(incident) => {
                        self.note(|| format!("{incident:?}"));
                        self.meet(incident);
                    }
                }
            }
        }
    }

    /// The process does what it can do now; when it wants to go on.
    fn go_on(&mut self) -> i64 {
        let scene = Rc::clone(&self.scene);
        let Some(process) = &mut self.process else {
            return i64::MAX;
        };
        let waited = scene.time.step(process.as_mut());
        if scene.disk.is_torn() || scene.time.steps() >= self.kill_at {
            self.kill();
            self.start();
            return self.go_on();
        }
        match waited {
            Ok(()) => {
                // Told to stop: what it knows it has written down.
                self.process = None;
                self.scene.laws.borrow_mut().dies(&self.scene);
                self.start();
                self.go_on()
            }
            Err(due) => due,
        }
    }
}
