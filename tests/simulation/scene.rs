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
    deed::Deed, dice::Dice, disk::Disk, events::Incident, laws::Laws, line::Line, log::Log,
    names::Names, place::Place, setup::Setup, tally::Tally, time::Time, weather::Weather,
};

/// A request on its way to a provider.
pub(crate) struct Parcel {
    pub(crate) account: usize,
    /// When it was sent.
    pub(crate) left: i64,
    pub(crate) request: Request,
    pub(crate) deed: Deed,
    pub(crate) answer: RefCell<Option<Response>>,
    /// Its sender still waits for the answer.
    pub(crate) is_awaited: Cell<bool>,
    /// It was lost on the way with the host that sent it.
    pub(crate) is_lost: Cell<bool>,
}

/// What happens at some time.
pub(crate) enum Happening {
    /// A request arrives.
    Arrival(Rc<Parcel>),
    /// Something that was drawn.
    Incident(Incident),
}

pub(crate) struct Scene {
    pub(crate) time: Time,
    pub(crate) dice: Dice,
    pub(crate) log: Log,
    pub(crate) line: Line,
    pub(crate) weather: Weather,
    pub(crate) names: Names,
    pub(crate) place: Place,
    pub(crate) disk: Disk,
    pub(crate) laws: RefCell<Laws>,
    /// What the operator has written last.
    pub(crate) setup: RefCell<Setup>,
    /// What the operator has written is no configuration.
    pub(crate) is_misspelt: Cell<bool>,
    /// What the process has not heard yet.
    pub(crate) events: RefCell<VecDeque<Event>>,
    /// How often this host has been asleep.
    pub(crate) naps: Cell<u32>,
    /// What happened to this host, and what became of requests.
    pub(crate) incidents: Tally,
    pub(crate) faults: Tally,
    agenda: RefCell<BTreeMap<(i64, u64), Happening>>,
    noted: Cell<u64>,
}

impl Scene {
    pub(crate) fn new(seed: u64, life: u64) -> Rc<Self> {
        let dice = Dice::new(seed, life);
        let setup = Setup::drawn(&dice);
        let is_natted = setup.sources[0].contains(&"https") && dice.percent(60);
        let scene = Self {
            time: Time::new(),
            line: Line::new(is_natted, &dice),
            weather: Weather::fair(setup.accounts.len()),
            names: Names::default(),
            place: Place::new(&setup, &dice),
            disk: Disk::default(),
            laws: RefCell::new(Laws::new(&setup)),
            log: Log::default(),
            setup: RefCell::new(setup),
            is_misspelt: Cell::new(false),
            events: RefCell::default(),
            naps: Cell::new(0),
            incidents: Tally::default(),
            faults: Tally::default(),
            agenda: RefCell::default(),
            noted: Cell::new(0),
            dice,
        };
        for account in 0..scene.setup.borrow().accounts.len() {
            scene.place.publish(account, 0);
        }
        Rc::new(scene)
    }

    /// Notes what will happen.
    pub(crate) fn expect(&self, at: i64, happening: Happening) {
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
    pub(crate) fn take(&self) -> Option<Happening> {
        let mut agenda = self.agenda.borrow_mut();
        let first = agenda
            .first_entry()
            .filter(|it| it.key().0 <= self.time.at())?;
        Some(first.remove())
    }

    /// A provider does what it was asked for.
    pub(crate) fn arrive(&self, parcel: &Parcel) {
        if parcel.is_lost.get() {
            return;
        }
        let Parcel {
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
