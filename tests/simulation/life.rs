//! A life of one installation: storms, and calms in which everything has to come right.

mod meet;
mod process;
mod storm;
mod waits;

use std::{collections::BTreeSet, pin::Pin, rc::Rc};

use moored::{
    core::{
        address::family::Family, reconcile::intent::OnAbsent, schedule::debounce::NetworkEvent,
    },
    daemon::Event,
};

use crate::{
    events::{SimFault, brew, calm},
    laws::CheckCounts,
    scene::SimWorld,
    setup::place,
    tally::Counter,
    time::{DAY, MINUTE, SECOND},
};

/// So many rounds in which nothing happens are enough.
const ROUTINE: i64 = 100;

/// What there is to tell of a life.
#[derive(Clone, Default, Debug)]
pub(crate) struct Stats {
    pub(crate) millis: i64,
    pub(crate) counted: CheckCounts,
    pub(crate) needless: u64,
    pub(crate) storms: u64,
    pub(crate) kills: u64,
    pub(crate) starts: u64,
    pub(crate) incidents: Counter,
    pub(crate) faults: Counter,
    /// Tells two courses of events apart.
    pub(crate) sum: u64,
}

pub(crate) struct Scenario {
    pub(crate) scene: Rc<SimWorld>,
    process: Option<Pin<Box<dyn Future<Output = ()>>>>,
    /// The process is killed at that wait.
    kill_at: u64,
    figures: Stats,
}

impl Scenario {
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        Self {
            scene: SimWorld::new(seed, number),
            process: None,
            kill_at: u64::MAX,
            figures: Stats::default(),
        }
    }

    /// Lives through so many storms.
    pub(crate) fn live(&mut self, storms: u64) -> Stats {
        self.start();
        for _ in 0..storms {
            self.storm();
            self.rest();
        }
        let SimWorld {
            time,
            laws,
            log,
            incidents,
            faults,
            ..
        } = &*self.scene;
        log.listen(time.at());
        Stats {
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
    pub(crate) fn is_killed_while_moving(&mut self, end: SimFault) -> bool {
        self.start();
        self.pass(10 * MINUTE);
        for family in Family::ALL {
            self.scene.line.renumber(family, &self.scene.rng);
        }
        self.meet(end);
        self.meet(SimFault::Hear(Event::Network(NetworkEvent::AddressAdded)));
        self.pass(20 * SECOND);
        let is_killed = self.figures.kills > 0;
        self.kill_at = u64::MAX;
        self.rest();
        is_killed
    }

    fn storm(&mut self) {
        let span = self.scene.rng.length(MINUTE, 2 * DAY);
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
        self.meet(SimFault::Wall(0));
        if !self.is_running() {
            self.start();
        }
        self.scene
            .events
            .borrow_mut()
            .push_back(Event::Network(NetworkEvent::AddressAdded));
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
        let quiet = self.scene.rng.length(3 * DAY, 120 * DAY);
        let routine = self.scene.setup.borrow().routine();
        self.pass(quiet.min(ROUTINE * routine));
        assert_eq!(
            self.counted().writes,
            settled.writes,
            "L6, L13: all was right, and it was written"
        );
    }

    fn counted(&self) -> CheckCounts {
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
        let SimWorld {
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
}
