//! A life of one installation: storms, and calms in which everything has to come right.

use std::{cell::RefCell, collections::BTreeSet, pin::Pin, rc::Rc};

use moored::{
    core::{addr::Family, awake::awakening, intent::OnAbsent, settle::Change},
    daemon::{self, Board, Event},
};

use crate::{
    crew::Sailors,
    events::{Incident, brew, calm},
    laws::Counted,
    scene::{Happening, Scene},
    setup::{self, SECRET, place},
    shell::Console,
    tally::Tally,
    time::{DAY, HOUR, MINUTE, SECOND},
};

/// So many rounds in which nothing happens are enough.
const ROUTINE: i64 = 100;

/// What there is to tell of a life.
#[derive(Clone, Default, Debug)]
pub(crate) struct Figures {
    pub(crate) millis: i64,
    pub(crate) counted: Counted,
    pub(crate) needless: u64,
    pub(crate) storms: u64,
    pub(crate) kills: u64,
    pub(crate) starts: u64,
    pub(crate) incidents: Tally,
    pub(crate) faults: Tally,
    /// Tells two courses of events apart.
    pub(crate) sum: u64,
}

pub(crate) struct Life {
    pub(crate) scene: Rc<Scene>,
    process: Option<Pin<Box<dyn Future<Output = ()>>>>,
    /// The process is killed at that wait.
    kill_at: u64,
    figures: Figures,
}

impl Life {
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        Self {
            scene: Scene::new(seed, number),
            process: None,
            kill_at: u64::MAX,
            figures: Figures::default(),
        }
    }

    /// Lives through so many storms.
    pub(crate) fn live(&mut self, storms: u64) -> Figures {
        self.start();
        for _ in 0..storms {
            self.storm();
            self.rest();
        }
        let Scene {
            time,
            laws,
            log,
            incidents,
            faults,
            ..
        } = &*self.scene;
        log.listen(time.at());
        Figures {
            millis: time.at(),
            counted: laws.borrow().counted,
            needless: laws.borrow().needless(),
            sum: log.sum(),
            incidents: incidents.clone(),
            faults: faults.clone(),
            ..self.figures.clone()
        }
    }

    /// Everything is right, and then every address is another one. Whether the process meets its end
    /// within the round that follows; whether or not, everything comes right.
    pub(crate) fn is_killed_while_moving(&mut self, end: Incident) -> bool {
        self.start();
        self.pass(10 * MINUTE);
        for family in Family::ALL {
            self.scene.line.renumber(family, &self.scene.dice);
        }
        self.meet(end);
        self.meet(Incident::Hear(Event::Network(Change::Gained)));
        self.pass(20 * SECOND);
        let is_killed = self.figures.kills > 0;
        self.kill_at = u64::MAX;
        self.rest();
        is_killed
    }

    fn storm(&mut self) {
        let span = self.scene.dice.length(MINUTE, 2 * DAY);
        self.note(|| "a storm".to_owned());
        self.figures.storms += 1;
        brew(&self.scene, span);
        self.pass(span);
    }

    /// The faults have stopped: as soon as the laws allow it every name is right, stays so, and is not
    /// written any more; nor by a process that is started then.
    fn rest(&mut self) {
        self.note(|| "calm".to_owned());
        calm(&self.scene);
        // In the end some time service is heard.
        self.meet(Incident::Wall(0));
        if !self.is_running() {
            self.start();
        }
        self.scene
            .events
            .borrow_mut()
            .push_back(Event::Network(Change::Gained));
        let began = self.scene.time.at();
        while let Some(due) = self.judge(began) {
            self.pass(due - self.scene.time.at());
        }
        self.scene.laws.borrow_mut().is_settled();
        let settled = self.counted();
        // A comparison with the provider's list may fall due just then, and is not due again.
        let mut starts = (0..3).map(|_| self.start_anew());
        assert!(
            starts.any(|requests| requests == 0),
            "L6, L13: all was right, and it was asked for again"
        );
        let quiet = self.scene.dice.length(3 * DAY, 120 * DAY);
        let routine = self.scene.setup.borrow().routine();
        self.pass(quiet.min(ROUTINE * routine));
        assert_eq!(
            self.counted().writes,
            settled.writes,
            "L6, L13: all was right, and it was written"
        );
    }

    fn counted(&self) -> Counted {
        self.scene.laws.borrow().counted
    }

    /// Killed, and started again for a round or two; how many requests those made.
    fn start_anew(&mut self) -> u64 {
        let before = self.counted().requests;
        self.kill();
        self.start();
        self.pass(MINUTE);
        self.counted().requests - before
    }

    /// Every name is right that has to be by now; when the next one has to be, if there is one. `began` is
    /// when the calm did.
    fn judge(&self, began: i64) -> Option<i64> {
        let Scene {
            line,
            place: providers,
            time,
            laws,
            setup,
            ..
        } = &*self.scene;
        let setup = setup.borrow();
        let now = time.at();
        let mut later = Vec::new();
        for (number, account) in setup.accounts.iter().enumerate() {
            for ((name, family), due) in laws.borrow().due(number, began) {
                if due > now {
                    later.push(due);
                    continue;
                }
                let may_create = account.hosts.iter().any(|it| it.name == name && it.create);
                let there = providers.addrs(number, &name, family);
                let wanted: BTreeSet<_> = line.addr(family, now).into_iter().collect();
                let is_kept = wanted.is_empty() && setup.on_absent[place(family)] == OnAbsent::Keep;
                let is_left_out = there.is_empty() && !may_create;
                assert!(
                    there == wanted || is_kept || is_left_out,
                    "L3: the faults have stopped, and {name} {family} is {there:?} instead of {wanted:?}"
                );
            }
        }
        later.into_iter().min()
    }

    fn note(&self, what: impl FnOnce() -> String) {
        self.scene.log.note(self.scene.time.at(), what);
    }

    fn is_running(&self) -> bool {
        self.process.is_some()
    }

    /// Starts the process with what is on the disk.
    fn start(&mut self) {
        let scene = Rc::clone(&self.scene);
        self.figures.starts += 1;
        let memory = scene.disk.load(&scene).unwrap_or_else(|what| {
            self.note(|| format!("the state is unusable: {what}"));
            scene.disk.set_aside();
            scene.laws.borrow_mut().forget(scene.time.at());
            moored::core::memory::Memory::default()
        });
        scene.events.borrow_mut().clear();
        let setup = scene.setup.borrow().clone();
        scene.laws.borrow_mut().is_in_force(&setup);
        self.process = Some(Box::pin(async move {
            let shell = Console::new(&scene);
            let board = Rc::new(Board {
                last: RefCell::default(),
                memory: RefCell::new(memory),
            });
            let reload = || {
                if scene.is_misspelt.get() {
                    scene.laws.borrow_mut().disturb();
                    return setup::read("interval = 5 minutes").map(|it| Sailors::new(it, &scene));
                }
                let setup = scene.setup.borrow();
                let sailors = Sailors::new(setup.read(), &scene);
                scene.laws.borrow_mut().is_in_force(&setup);
                Ok(sailors)
            };
            let sailors = Sailors::new(scene.setup.borrow().read(), &scene);
            daemon::run(sailors, reload, &shell, &board, false).await;
        }));
    }

    /// `kill -9`.
    fn kill(&mut self) {
        if self.process.take().is_some() {
            self.note(|| "killed".to_owned());
            self.figures.kills += 1;
            self.scene.laws.borrow_mut().dies(&self.scene);
        }
        self.kill_at = u64::MAX;
    }

    /// Time passes, and with it whatever happens then.
    fn pass(&mut self, length: i64) {
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
                    Happening::Arrival(parcel) => scene.arrive(&parcel),
                    Happening::Incident(incident) => {
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

    fn meet(&mut self, incident: Incident) {
        let scene = Rc::clone(&self.scene);
        scene.incidents.count(&incident);
        let now = scene.time.at();
        let hear = |event| scene.events.borrow_mut().push_back(event);
        match incident {
            Incident::Renumber(family) => {
                scene.line.renumber(family, &scene.dice);
                // The kernel says so, where it is the one who knows.
                if scene.dice.percent(70) {
                    hear(Event::Network(Change::Gained));
                }
            }
            Incident::Lose(family) => {
                scene.line.lose(family, now);
                hear(Event::Network(Change::Other));
            }
            Incident::Link(link) => {
                scene.line.set_link(link);
                hear(Event::Network(Change::Other));
            }
            Incident::Operator(operator, word) => {
                // One liar at a time.
                scene.line.all_tell_the_truth();
                scene.line.set_word(operator, word);
            }
            Incident::Operators(word) => {
                for (_, _, operator) in crate::line::OPERATORS {
                    scene.line.set_word(operator, word);
                }
            }
            Incident::Flap(family, turn) => {
                scene.line.flap(family, Some(turn));
                scene.laws.borrow_mut().put_off(now);
            }
            Incident::Weather(account, spell) => scene.weather.turns(account, spell),
            Incident::Servers(servers) => scene.names.set(servers),
            Incident::Secret(account, is_right) => {
                let configured = scene.setup.borrow().accounts[account].secret.clone();
                let other = format!("{SECRET}-other-{account}");
                scene
                    .place
                    .change_secret(account, if is_right { &configured } else { &other });
            }
            Incident::Lock(account) => self.lock(account),
            Incident::Edit(account) => self.edit(account),
            Incident::DiskFull(is_full) => scene.disk.set_full(is_full),
            Incident::KillAfter(waits) => {
                self.kill_at = scene.time.steps() + waits;
                hear(Event::Network(Change::Gained));
            }
            Incident::KillInSave(saves, how) => scene.disk.tear(saves, how),
            Incident::Damage => {
                self.kill();
                scene.disk.damage(&scene.dice);
                scene.laws.borrow_mut().forget(scene.time.at());
                // A hold in a state that is damaged and yet can be read may be any that there is.
                scene.laws.borrow_mut().put_off(now + 30 * HOUR);
                self.start();
            }
            Incident::Restart => scene.events.borrow_mut().push_back(Event::Stop),
            Incident::Off(length) => self.switch_off(length),
            Incident::Sleep(length) => self.sleep(length),
            Incident::Wall(off) => {
                let before = scene.time.clocks();
                scene.time.set_wall(off);
                if awakening(before, scene.time.clocks()).is_some() {
                    hear(Event::Network(Change::Gained));
                }
            }
            Incident::Hear(event) => hear(event),
            Incident::Configure(is_right) => self.configure(is_right),
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
        if awakening(before, scene.time.clocks()).is_some() {
            scene
                .events
                .borrow_mut()
                .push_back(Event::Network(Change::Gained));
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
            .dice
            .pick(&scene.setup.borrow().accounts[account].hosts);
        let family = scene.dice.pick(&Family::ALL);
        let rows = scene.place.rows(account);
        let there = rows
            .iter()
            .find(|it| it.name == host.name && it.family() == Some(family));
        let foreign = if family == Family::V4 {
            "198.51.100.9"
        } else {
            "2001:db8::9"
        };
        match (there, scene.dice.below(3)) {
            (Some(row), 0) => scene.place.set(account, row, foreign),
            (Some(row), 1) => scene.place.remove(account, row),
            _ => scene
                .place
                .add(account, &host.name, family.record_type(), foreign, None),
        }
        scene.place.publish(account, now);
        let name = (host.name, family);
        scene.laws.borrow_mut().is_edited(name, now);
    }

    /// The operator writes another configuration and has it read.
    fn configure(&mut self, is_right: bool) {
        let scene = &self.scene;
        scene.is_misspelt.set(!is_right);
        if is_right {
            let mut setup = scene.setup.borrow_mut();
            setup.set_pace(&scene.dice);
            let number = scene.dice.below(setup.accounts.len());
            let account = &mut setup.accounts[number];
            if scene.dice.percent(50) {
                let generation = scene.time.at();
                account.secret = format!("{SECRET}-{number}-{generation}");
                scene.place.change_secret(number, &account.secret);
            }
            for host in &mut account.hosts {
                host.ttl = scene.dice.pick(&[host.ttl, None, Some(1_200)]);
            }
        }
        scene.events.borrow_mut().push_back(Event::Reload);
    }
}
