//! This host's line: the truth about its addresses, what the kernel shows of it, and the operators
//! outside, who see it and may lie.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use moored::core::{
    address::{family::Family, policy::PublishPolicy, select::InterfaceAddress},
    detection::observation::FamilyPresence,
};

use crate::{dice::SimRng, setup::place, time::MINUTE};

/// What an operator outside does when it is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SourceBehaviour {
    /// Says what it sees.
    True,
    /// Does not answer.
    Silent,
    /// Says what is no answer: a page, an address of the other family.
    Garbled,
    /// Says what it saw before.
    Stale,
    /// Says somebody else's address.
    Lie,
    /// Says an address from behind some NAT.
    Private,
}

/// How the host is connected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LinkState {
    Up,
    /// No address, no route.
    Unplugged,
    /// All seems well, and nothing gets through.
    BlackHole,
}

/// One family's truth.
#[derive(Clone, Debug, Default)]
struct FamilyPath {
    /// None: this host has no such address.
    addr: Option<IpAddr>,
    /// Since when there is none.
    gone: Option<i64>,
    before: Option<IpAddr>,
    /// A second way out, taken in turns of so long.
    twin: Option<(IpAddr, i64)>,
    /// Every address there ever was.
    ever: BTreeSet<IpAddr>,
}

pub(crate) struct Uplink {
    paths: [RefCell<FamilyPath>; 2],
    link: Cell<LinkState>,
    /// The kernel's IPv4 address is a private one.
    is_natted: bool,
    words: RefCell<BTreeMap<&'static str, SourceBehaviour>>,
    drawn: Cell<u16>,
}

/// Who can be asked: by which built-in list, under what name, and who runs it.
pub(crate) const OPERATORS: [(&str, &str, &str); 6] = [
    ("https", "https://ip.one.example/", "one"),
    ("https", "https://ip.two.example/", "two"),
    ("https", "https://ip.three.example/", "three"),
    ("https", "https://ip.four.example/", "four"),
    ("dns", "dns:one", "one"),
    ("dns", "dns:five", "five"),
];

impl Uplink {
    pub(crate) fn new(is_natted: bool, rng: &SimRng) -> Self {
        let line = Self {
            paths: Default::default(),
            link: Cell::new(LinkState::Up),
            is_natted,
            words: RefCell::default(),
            drawn: Cell::new(0),
        };
        for family in Family::ALL {
            line.renumber(family, rng);
        }
        line
    }

    pub(crate) fn is_natted(&self) -> bool {
        self.is_natted
    }

    fn path(&self, family: Family) -> &RefCell<FamilyPath> {
        &self.paths[place(family)]
    }

    /// Another address from now on; now and then one that was there before.
    pub(crate) fn renumber(&self, family: Family, rng: &SimRng) {
        let mut path = self.path(family).borrow_mut();
        let again = path.before.filter(|_| rng.percent(20));
        let addr = again.unwrap_or_else(|| {
            let drawn = self.drawn.get() + 1;
            self.drawn.set(drawn);
            let [high, low] = drawn.to_be_bytes();
            match family {
                Family::V4 => Ipv4Addr::new(84, 212, high, low).into(),
                Family::V6 => {
                    Ipv6Addr::new(0x2a01, 0x79c, drawn, 0, 0x5054, 0xff, 0xfe12, 0x3456).into()
                }
            }
        });
        path.before = path.addr.or(path.before);
        path.addr = Some(addr);
        path.gone = None;
        path.twin = None;
        path.ever.insert(addr);
    }

    /// There is no such address any more.
    pub(crate) fn lose(&self, family: Family, now: i64) {
        let mut path = self.path(family).borrow_mut();
        if path.addr.is_some() {
            path.gone = Some(now);
        }
        path.before = path.addr.take().or(path.before);
        path.twin = None;
    }

    pub(crate) fn has(&self, family: Family) -> bool {
        self.path(family).borrow().addr.is_some()
    }

    /// Since when there is no such address, if there is none.
    pub(crate) fn gone(&self, family: Family) -> Option<i64> {
        self.path(family).borrow().gone
    }

    /// From now on the line leaves by two addresses in turns; with none, no more.
    pub(crate) fn flap(&self, family: Family, turn: Option<i64>) {
        let mut path = self.path(family).borrow_mut();
        let twin = match family {
            Family::V4 => Ipv4Addr::new(84, 213, 0, 1).into(),
            Family::V6 => Ipv6Addr::new(0x2a01, 0x79d, 0, 0, 0, 0, 0, 1).into(),
        };
        path.twin = turn
            .filter(|_| path.addr.is_some())
            .map(|turn| (twin, turn));
        if path.twin.is_some() {
            path.ever.insert(twin);
        }
    }

    /// What is our address, seen from outside.
    pub(crate) fn addr(&self, family: Family, now: i64) -> Option<IpAddr> {
        let path = self.path(family).borrow();
        match path.twin {
            Some((twin, turn)) if now / turn % 2 == 1 => Some(twin),
            _ => path.addr,
        }
    }

    /// Whether this ever was an address of ours.
    pub(crate) fn was_ours(&self, addr: IpAddr) -> bool {
        self.path(Family::of(addr)).borrow().ever.contains(&addr)
    }

    pub(crate) fn set_link(&self, link: LinkState) {
        self.link.set(link);
    }

    pub(crate) fn link(&self) -> LinkState {
        self.link.get()
    }

    pub(crate) fn set_word(&self, operator: &'static str, word: SourceBehaviour) {
        self.words.borrow_mut().insert(operator, word);
    }

    pub(crate) fn all_tell_the_truth(&self) {
        self.words.borrow_mut().clear();
    }

    /// What an operator answers, or what becomes of asking it.
    pub(crate) fn word(
        &self,
        operator: &str,
        family: Family,
        now: i64,
    ) -> Result<IpAddr, &'static str> {
        let truth = self.addr(family, now);
        let Some(truth) = truth.filter(|_| self.link() == LinkState::Up) else {
            return Err("no connection");
        };
        let v4 = family == Family::V4;
        match self
            .words
            .borrow()
            .get(operator)
            .copied()
            .unwrap_or(SourceBehaviour::True)
        {
            SourceBehaviour::True => Ok(truth),
            SourceBehaviour::Silent => Err("no complete answer in time"),
            SourceBehaviour::Garbled => Err("this is no address: <html>"),
            SourceBehaviour::Stale => Ok(self.path(family).borrow().before.unwrap_or(truth)),
            SourceBehaviour::Lie if v4 => Ok(Ipv4Addr::new(104, 16, 1, 1).into()),
            SourceBehaviour::Lie => Ok(Ipv6Addr::new(0x2606, 0x4700, 0, 0, 0, 0, 0, 1).into()),
            SourceBehaviour::Private if v4 => Ok(Ipv4Addr::new(10, 1, 2, 3).into()),
            SourceBehaviour::Private => Ok(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1).into()),
        }
    }

    /// The addresses of this host's interface, as the kernel describes them.
    pub(crate) fn interface(&self, family: Family, now: i64) -> Vec<InterfaceAddress> {
        let described = |addr: IpAddr, temporary, preferred| InterfaceAddress {
            addr,
            interface: "eth0".to_owned(),
            default_route: true,
            source: false,
            temporary,
            unusable: false,
            preferred,
        };
        let Some(addr) = self
            .addr(family, now)
            .filter(|_| self.link() != LinkState::Unplugged)
        else {
            return Vec::new();
        };
        let long = Duration::from_hours(24);
        match addr {
            IpAddr::V4(_) if self.is_natted => {
                vec![described(
                    Ipv4Addr::new(192, 168, 1, 7).into(),
                    false,
                    Duration::MAX,
                )]
            }
            IpAddr::V4(_) => vec![described(addr, false, Duration::MAX)],
            IpAddr::V6(stable) => {
                let prefix = u128::from(stable) >> 64 << 64;
                let temporary = Ipv6Addr::from(prefix | u128::from(now.unsigned_abs() | 1));
                let local = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 7);
                let mut all = vec![
                    described(addr, false, long),
                    described(temporary.into(), true, long),
                    described(local.into(), false, Duration::MAX),
                ];
                // The prefix before is not announced any more, and goes out of use hours later.
                let before = self.path(family).borrow().before.filter(|it| *it != addr);
                all.extend(before.map(|it| described(it, false, Duration::from_mins(100))));
                all
            }
        }
    }

    /// What the kernel knows of a family.
    pub(crate) fn kernel(
        &self,
        family: Family,
        acceptance: &PublishPolicy,
        now: i64,
    ) -> FamilyPresence {
        let addresses = self.interface(family, now);
        let usable = |it: &InterfaceAddress| acceptance.check(family, it.addr).is_ok();
        FamilyPresence {
            has_usable_address: addresses.iter().any(usable),
            has_default_route: !addresses.is_empty(),
        }
    }
}

/// How long the longest turn of a line that flaps is.
pub(crate) const ROTATION_COUNT: [i64; 3] = [MINUTE, 7 * MINUTE, 20 * MINUTE];
