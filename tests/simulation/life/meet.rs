//! What each incident does to the scene and to the process.

use std::rc::Rc;

use moored::{
    core::{
        address::family::Family,
        schedule::{clock_event::detect_clock_event, debounce::NetworkEvent},
    },
    daemon::Event,
};

use super::Scenario;
use crate::{events::SimFault, setup::SECRET, time::HOUR};

impl Scenario {
    pub(super) fn meet(&mut self, incident: SimFault) {
        let scene = Rc::clone(&self.scene);
        scene.incidents.count(&incident);
        let now = scene.time.at();
        let hear = |event| scene.events.borrow_mut().push_back(event);
        match incident {
            SimFault::Renumber(family) => {
                scene.line.renumber(family, &scene.rng);
                // The kernel says so, where it is the one who knows.
                if scene.rng.percent(70) {
                    hear(Event::Network(NetworkEvent::AddressAdded));
                }
            }
            SimFault::Lose(family) => {
                scene.line.lose(family, now);
                hear(Event::Network(NetworkEvent::Other));
            }
            SimFault::Link(link) => {
                scene.line.set_link(link);
                hear(Event::Network(NetworkEvent::Other));
            }
            SimFault::Operator(operator, word) => {
                // One liar at a time.
                scene.line.all_tell_the_truth();
                scene.line.set_word(operator, word);
            }
            SimFault::Operators(word) => {
                for (_, _, operator) in crate::line::OPERATORS {
                    scene.line.set_word(operator, word);
                }
            }
            SimFault::Flap(family, turn) => {
                scene.line.flap(family, Some(turn));
                scene.laws.borrow_mut().put_off(now);
            }
            SimFault::Weather(account, spell) => scene.weather.turns(account, spell),
            SimFault::Servers(servers) => scene.names.set(servers),
            SimFault::Secret(account, is_right) => {
                let configured = scene.setup.borrow().accounts[account].secret.clone();
                let other = format!("{SECRET}-other-{account}");
                scene
                    .place
                    .change_secret(account, if is_right { &configured } else { &other });
            }
            SimFault::Lock(account) => self.lock(account),
            SimFault::Edit(account) => self.edit(account),
            SimFault::DiskFull(is_full) => scene.disk.set_full(is_full),
            SimFault::DiskReadOnly(is_read_only) => scene.disk.set_read_only(is_read_only),
            SimFault::KillAfter(waits) => {
                self.kill_at = scene.time.steps() + waits;
                hear(Event::Network(NetworkEvent::AddressAdded));
            }
            SimFault::KillInSave(saves, how) => scene.disk.tear(saves, how),
            SimFault::Damage => {
                self.kill();
                scene.disk.damage(&scene.rng);
                scene.laws.borrow_mut().forget(scene.time.at());
                // A hold in a state that is damaged and yet can be read may be any that there is.
                scene.laws.borrow_mut().put_off(now + 30 * HOUR);
                self.start();
            }
            SimFault::Restart => scene.events.borrow_mut().push_back(Event::Stop),
            SimFault::Off(length) => self.switch_off(length),
            SimFault::Sleep(length) => self.sleep(length),
            SimFault::Wall(off) => {
                let before = scene.time.clocks();
                scene.time.set_wall(off);
                if detect_clock_event(before, scene.time.clocks()).is_some() {
                    hear(Event::Network(NetworkEvent::AddressAdded));
                }
            }
            SimFault::Hear(event) => hear(event),
            SimFault::Configure(is_right) => self.configure(is_right),
            SimFault::TakeOut(account) => {
                scene.setup.borrow_mut().take_out(account, &scene.rng);
                self.reload();
            }
            SimFault::PutIn(account) => {
                scene.setup.borrow_mut().accounts[account].put_in();
                self.reload();
            }
        }
    }

    /// The host is off, and what happens meanwhile happens without it.
    fn switch_off(&mut self, length: i64) {
        self.kill();
        self.pass(length);
        let scene = Rc::clone(&self.scene);
        scene.time.boot();
        // By a wall clock that was or is wrong another time has passed since the state was written.
        if !(scene.time.is_right() && scene.disk.is_dated()) {
            let now = scene.time.at();
            scene.laws.borrow_mut().forget(now);
            scene.laws.borrow_mut().put_off(now + 30 * HOUR);
        }
        self.start();
    }

    /// The host is asleep, and with it the process; the rest of the world is not.
    fn sleep(&mut self, length: i64) {
        let scene = Rc::clone(&self.scene);
        let before = scene.time.clocks();
        let process = self.process.take();
        self.pass(length);
        scene.time.sleep(length);
        scene.naps.set(scene.naps.get() + 1);
        if self.process.is_none() {
            self.process = process;
        }
        if detect_clock_event(before, scene.time.clocks()).is_some() {
            scene
                .events
                .borrow_mut()
                .push_back(Event::Network(NetworkEvent::AddressAdded));
        }
        scene.laws.borrow_mut().disturb();
    }

    /// Another program writes one of our records again and again.
    fn lock(&mut self, account: usize) {
        let scene = &self.scene;
        let rows = scene.place.rows(account);
        let setup = scene.setup.borrow();
        let ours = |name: &str| {
            setup.accounts[account]
                .hosts
                .iter()
                .any(|it| it.name == name)
        };
        if let Some(row) = rows
            .iter()
            .find(|it| it.family().is_some() && ours(&it.name))
        {
            scene.place.lock(account, row);
        }
    }

    /// Somebody changes, adds or removes a record of ours by hand.
    fn edit(&mut self, account: usize) {
        let scene = &self.scene;
        let now = scene.time.at();
        let host = scene
            .rng
            .pick(&scene.setup.borrow().accounts[account].hosts);
        let family = scene.rng.pick(&Family::ALL);
        let rows = scene.place.rows(account);
        let there = rows
            .iter()
            .find(|it| it.name == host.name && it.family() == Some(family));
        let foreign = if family == Family::V4 {
            "198.51.100.9"
        } else {
            "2001:db8::9"
        };
        match (there, scene.rng.below(3)) {
            (Some(row), 0) => scene.place.set(account, row, foreign),
            (Some(row), 1) => scene.place.remove(account, row),
            _ => scene
                .place
                .add(account, &host.name, family.record_type(), foreign, None),
        }
        scene.place.publish(account, now);
        let name = (host.name, family);
        scene.laws.borrow_mut().is_edited(&name, now);
    }

    /// The operator writes another configuration and has it read.
    fn configure(&mut self, is_right: bool) {
        let scene = &self.scene;
        if is_right {
            let mut setup = scene.setup.borrow_mut();
            setup.set_pace(&scene.rng);
            let number = scene.rng.below(setup.accounts.len());
            let account = &mut setup.accounts[number];
            if scene.rng.percent(50) {
                let generation = scene.time.at();
                account.secret = format!("{SECRET}-{number}-{generation}");
                scene.place.change_secret(number, &account.secret);
            }
            for host in &mut account.hosts {
                host.ttl = scene.rng.pick(&[host.ttl, None, Some(1_200)]);
            }
            drop(setup);
            self.reload();
        } else {
            scene.is_misspelt.set(true);
            scene.events.borrow_mut().push_back(Event::Reload);
        }
    }

    /// What the operator has written last is a configuration, and is read.
    fn reload(&self) {
        self.scene.is_misspelt.set(false);
        self.scene.events.borrow_mut().push_back(Event::Reload);
    }
}
