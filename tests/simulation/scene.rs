//! Everything there is besides the process: the one place that all of it is reached from.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use moored::{
    daemon::Event,
    http::{Request, Response},
};

use crate::{
    deed::ObservedRequest, dice::SimRng, disk::SimDisk, events::SimFault, laws::Invariants,
    line::Uplink, log::Log, names::SimNameServers, place::ProviderModel, setup::SimSetup,
    tally::Counter, time::SimTime, weather::FaultInjector,
};

/// A request on its way to a provider.
pub(crate) struct InFlight {
    pub(crate) account: usize,
    /// When it was sent.
    pub(crate) left: i64,
    pub(crate) request: Request,
    pub(crate) deed: ObservedRequest,
    pub(crate) answer: RefCell<Option<Response>>,
    /// Its sender still waits for the answer.
    pub(crate) is_awaited: Cell<bool>,
    /// It was lost on the way with the host that sent it.
    pub(crate) is_lost: Cell<bool>,
}

/// What happens at some time.
pub(crate) enum ScheduledEvent {
    /// A request arrives.
    Arrival(Rc<InFlight>),
    /// Something that was drawn.
    Incident(SimFault),
}

pub(crate) struct SimWorld {
    pub(crate) time: SimTime,
    pub(crate) rng: SimRng,
    pub(crate) log: Log,
    pub(crate) line: Uplink,
    pub(crate) weather: FaultInjector,
    pub(crate) names: SimNameServers,
    pub(crate) place: ProviderModel,
    pub(crate) disk: SimDisk,
    pub(crate) laws: RefCell<Invariants>,
    /// What the operator has written last.
    pub(crate) setup: RefCell<SimSetup>,
    /// What the operator has written is no configuration.
    pub(crate) is_misspelt: Cell<bool>,
    /// What the process has not heard yet.
    pub(crate) events: RefCell<VecDeque<Event>>,
    /// How often this host has been asleep.
    pub(crate) naps: Cell<u32>,
    /// What happened to this host, and what became of requests.
    pub(crate) incidents: Counter,
    pub(crate) faults: Counter,
    agenda: RefCell<BTreeMap<(i64, u64), ScheduledEvent>>,
    noted: Cell<u64>,
}

impl SimWorld {
    pub(crate) fn new(seed: u64, life: u64) -> Rc<Self> {
        let rng = SimRng::new(seed, life);
        let setup = SimSetup::drawn(&rng);
        let is_natted = setup.sources[0].contains(&"https") && rng.percent(60);
        let scene = Self {
            time: SimTime::new(),
            line: Uplink::new(is_natted, &rng),
            weather: FaultInjector::fair(setup.accounts.len()),
            names: SimNameServers::default(),
            place: ProviderModel::new(&setup, &rng),
            disk: SimDisk::default(),
            laws: RefCell::new(Invariants::new(&setup)),
            log: Log::default(),
            setup: RefCell::new(setup),
            is_misspelt: Cell::new(false),
            events: RefCell::default(),
            naps: Cell::new(0),
            incidents: Counter::default(),
            faults: Counter::default(),
            agenda: RefCell::default(),
            noted: Cell::new(0),
            rng,
        };
        for account in 0..scene.setup.borrow().accounts.len() {
            scene.place.publish(account, 0);
        }
        Rc::new(scene)
    }

    /// Notes what will happen.
    pub(crate) fn expect(&self, at: i64, happening: ScheduledEvent) {
        let number = self.noted.get();
        self.noted.set(number + 1);
        self.agenda.borrow_mut().insert((at, number), happening);
    }

    /// When something happens next.
    pub(crate) fn next(&self) -> i64 {
        let agenda = self.agenda.borrow();
        agenda
            .first_key_value()
            .map_or(i64::MAX, |((at, _), _)| *at)
    }

    /// What happens now, if anything does.
    pub(crate) fn take(&self) -> Option<ScheduledEvent> {
        let mut agenda = self.agenda.borrow_mut();
        let first = agenda
            .first_entry()
            .filter(|it| it.key().0 <= self.time.at())?;
        Some(first.remove())
    }

    /// A provider does what it was asked for.
    pub(crate) fn arrive(&self, parcel: &InFlight) {
        if parcel.is_lost.get() {
            return;
        }
        let InFlight {
            account,
            left,
            request,
            deed,
            ..
        } = parcel;
        let now = self.time.at();
        self.place.pass_to(now);
        let before = deed.writes().then(|| self.place.rows(*account));
        let answer = self.place.ask(*account, request);
        if let Some(before) = before {
            self.place.forget_what_was_seen(*account);
            let after = self.place.rows(*account);
            self.log.note(now, || format!("a{account} does {deed:?}"));
            let mut laws = self.laws.borrow_mut();
            if !parcel.is_awaited.get() {
                laws.comes_late(deed, now - left, now);
            }
            laws.takes_effect(*account, deed, &before, &after, now);
            self.place.publish(*account, now);
        }
        *parcel.answer.borrow_mut() = Some(answer);
    }
}
