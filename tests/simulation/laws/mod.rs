//! The laws, as somebody sees them kept who stands at the providers and knows the truth. Nothing here
//! asks the code under test what it thinks.

mod account;
mod answer;
mod due;
mod zone;

use std::{collections::BTreeSet, net::IpAddr};

use moored::{
    core::{address::family::Family, reconcile::intent::OnAbsent},
    engine::Trigger,
    http::{Response, SendError},
};

use self::{account::AccountMonitor, answer::AnswerMeaning, due::Deadlines, zone::ObservedZones};
use crate::{
    deed::{ObservedRequest, RequestKind},
    line::LinkState,
    log::Elapsed,
    place::{Name, RecordRow},
    scene::SimWorld,
    setup::{SimAccount, SimHost, SimSetup, place},
    time::{HOUR, MINUTE, SECOND},
};

/// What is counted.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct CheckCounts {
    pub(crate) rounds: u64,
    pub(crate) requests: u64,
    pub(crate) writes: u64,
    pub(crate) unanswered_writes: u64,
}

/// A round that is under way, or the last one.
#[derive(Default)]
struct ObservedRound {
    number: u64,
    began: i64,
    ended: Option<i64>,
    /// It has ended, or its process has.
    is_over: bool,
    /// Somebody has asked for it.
    is_asked: bool,
    /// Something has happened since it ended that is worth one before its time.
    is_disturbed: bool,
    /// Who said what in it, by family; nobody for what is known by this host itself.
    words: [Vec<(IpAddr, Option<String>)>; 2],
    /// Since when a family was gone as it began, though the host was connected.
    gone: [Option<i64>; 2],
}

pub(crate) struct Invariants {
    accounts: Vec<AccountMonitor>,
    zones: ObservedZones,
    due: Deadlines,
    /// The newest.
    round: ObservedRound,
    /// Those that began before it and have not ended.
    earlier: Vec<ObservedRound>,
    /// What the process was started with, or has read since.
    setup: SimSetup,
    /// Addresses that enough have said at one time.
    believable: BTreeSet<IpAddr>,
    answers: u64,
    /// How often the process was told that something has happened, and has not yet looked because of it.
    told: u32,
    pub(crate) counted: CheckCounts,
    /// When requests of the last hour left, by account.
    requests: Vec<(usize, i64)>,
}

impl Invariants {
    pub(crate) fn new(setup: &SimSetup) -> Self {
        let mut laws = Self {
            accounts: setup
                .accounts
                .iter()
                .map(|_| AccountMonitor::default())
                .collect(),
            zones: ObservedZones::default(),
            due: Deadlines::default(),
            round: ObservedRound::default(),
            earlier: Vec::new(),
            setup: setup.clone(),
            believable: BTreeSet::new(),
            answers: 0,
            told: 0,
            counted: CheckCounts::default(),
            requests: Vec::new(),
        };
        laws.is_in_force(setup);
        laws
    }

    /// How many answers there were so far, missing ones included.
    pub(crate) fn answers(&self) -> u64 {
        self.answers
    }

    pub(crate) fn needless(&self) -> u64 {
        self.zones.needless_in_all
    }

    /// A configuration comes into force.
    pub(crate) fn is_in_force(&mut self, setup: &SimSetup) {
        let accounts = self
            .accounts
            .iter_mut()
            .zip(&setup.accounts)
            .zip(&self.setup.accounts);
        for ((watched, new), old) in accounts {
            if format!("{new:?}") != format!("{old:?}") {
                watched.is_another();
            }
            for host in &new.hosts {
                if let Some(ttl) = host.ttl {
                    self.zones.wants_ttl(&host.name, ttl);
                }
            }
        }
        self.setup = setup.clone();
        self.disturb();
    }

    /// Something has happened that is worth a round before its time.
    pub(crate) fn disturb(&mut self) {
        self.told += 1;
        self.round.is_disturbed = true;
        self.accounts.iter_mut().for_each(AccountMonitor::disturb);
    }

    /// A process starts that cannot save what it learns.
    pub(crate) fn cannot_save(&mut self) {
        for (watched, account) in self.accounts.iter_mut().zip(&self.setup.accounts) {
            watched.cannot_save(names(&self.setup, &account.hosts));
        }
    }

    /// The process is gone, and what it had not written down by then.
    pub(crate) fn dies(&mut self, scene: &SimWorld) {
        let now = scene.time.at();
        self.round = ObservedRound {
            number: self.round.number,
            is_over: true,
            ..ObservedRound::default()
        };
        self.earlier.clear();
        for account in &self.accounts {
            self.zones.excuse(account.doubts(), now);
        }
        if scene.disk.is_behind() {
            self.excuse_all(now);
        }
        for account in &mut self.accounts {
            account.dies(scene.disk.known());
        }
    }

    /// What was written down is gone, or means another time.
    pub(crate) fn forget(&mut self, now: i64) {
        self.excuse_all(now);
        self.accounts.iter_mut().for_each(AccountMonitor::forgets);
    }

    fn excuse_all(&mut self, now: i64) {
        for account in &self.setup.accounts {
            // What is out now may be in when the next process starts.
            let names = names(&self.setup, &account.hosts);
            self.zones.excuse(&names, now);
            self.due.is_touched(&names, now);
        }
    }

    /// By when each name of an account has to be right, the faults having stopped at `calm`.
    pub(crate) fn due(&self, account: usize, calm: i64) -> Vec<(Name, i64)> {
        let written = &self.setup.accounts[account];
        let all = names(&self.setup, &written.hosts);
        let free = self.accounts[account].lenient().max(calm);
        let due = |name: &Name| self.due.of(name, &all, &self.setup, free);
        let owed = kept(&self.setup, written).into_iter();
        owed.map(|it| (it.clone(), due(&it))).collect()
    }

    /// Every name was found to be right.
    pub(crate) fn is_settled(&mut self) {
        self.due.is_settled();
    }

    /// What delays everything delays that too.
    pub(crate) fn put_off(&mut self, until: i64) {
        for account in &mut self.accounts {
            account.put_off(until);
        }
    }

    /// A round begins, while earlier ones may be under way; its number.
    pub(crate) fn round_begins(&mut self, scene: &SimWorld, trigger: Trigger) -> u64 {
        let now = scene.time.at();
        let routine = self.setup.routine();
        if let Some(ended) = self.round.ended
            && !self.round.is_disturbed
        {
            let late = now - ended - routine * 11 / 10;
            assert!(late <= SECOND, "L11: the round is {late} ms late");
        }
        let is_connected = scene.line.link() != LinkState::Unplugged;
        let other_is_there = |family| {
            Family::ALL
                .into_iter()
                .any(|it| it != family && scene.line.has(it))
        };
        let gone = |family| {
            scene
                .line
                .gone(family)
                .filter(|_| is_connected && other_is_there(family))
        };
        let is_early = trigger != Trigger::Scheduled;
        assert!(
            !is_early || self.told > 0,
            "L8: {trigger:?}, and nothing has happened"
        );
        self.told -= u32::from(is_early);
        let number = self.round.number + 1;
        let before = std::mem::take(&mut self.round);
        if number > 1 && !before.is_over {
            self.earlier.push(before);
        }
        self.round = ObservedRound {
            number,
            began: now,
            is_asked: trigger == Trigger::Manual,
            gone: Family::ALL.map(gone),
            ..ObservedRound::default()
        };
        self.counted.rounds += 1;
        for account in &mut self.accounts {
            account.round_begins(is_early, now, !self.earlier.is_empty());
        }
        number
    }

    pub(crate) fn round_ends(&mut self, number: u64, now: i64, was_asleep: bool) {
        let place = self.earlier.iter().position(|it| it.number == number);
        let earlier = place.map(|place| self.earlier.remove(place));
        let is_newest = earlier.is_none();
        let round = earlier.as_ref().unwrap_or(&self.round);
        let took = now - round.began;
        assert!(
            took < 30 * MINUTE || was_asleep,
            "L9: a round of {}",
            Elapsed(took)
        );
        if is_newest {
            self.round.ended = Some(now);
            self.round.is_over = true;
        }
    }

    /// Somebody says that this is our address: this host itself, or an operator.
    pub(crate) fn is_said(&mut self, addr: IpAddr, operator: Option<&str>) {
        let word = (addr, operator.map(str::to_owned));
        self.round.words[place(Family::of(addr))].push(word);
        if self.is_believable(addr) {
            self.believable.insert(addr);
        }
    }

    /// When the first request to an account left at or after that time.
    pub(crate) fn first_request_since(&self, account: usize, time: i64) -> Option<i64> {
        let mut requests = self.requests.iter();
        let first = requests.find(|(to, at)| *to == account && *at >= time);
        first.map(|(_, at)| *at)
    }

    /// A request leaves.
    pub(crate) fn leaves(&mut self, scene: &SimWorld, account: usize, deed: &ObservedRequest) {
        let now = scene.time.at();
        self.counted.requests += 1;
        self.requests.retain(|(_, at)| now - at < HOUR);
        self.requests.push((account, now));
        self.accounts[account].leaves(deed, now, self.round.number, !scene.disk.is_read_only());
        if !deed.writes() {
            return;
        }
        self.counted.writes += 1;
        for name in &deed.names {
            self.due.is_written(name, self.round.number, now);
        }
        let ours = kept(&self.setup, &self.setup.accounts[account]);
        let foreign = deed.names.difference(&ours).next();
        assert!(foreign.is_none(), "L5: {foreign:?} is not ours: {deed:?}");
        for addr in &deed.addrs {
            assert!(
                scene.line.was_ours(*addr),
                "L2: {addr} never was ours: {deed:?}"
            );
            assert!(
                self.is_believable(*addr),
                "L2: not enough say {addr}: {deed:?}"
            );
        }
        if deed.verb == RequestKind::Remove {
            self.may_remove(scene, account, deed);
        }
    }

    /// Whether this was to be believed in one of the rounds that are under way.
    fn is_believable(&self, addr: IpAddr) -> bool {
        let mut rounds = self.earlier.iter().chain([&self.round]);
        rounds.any(|round| self.is_believable_in(round, addr))
    }

    /// Whether it is this host's own word, or enough others say so; or one does, and it was so before.
    fn is_believable_in(&self, round: &ObservedRound, addr: IpAddr) -> bool {
        let words = &round.words[place(Family::of(addr))];
        let for_it = words.iter().filter(|(said, _)| *said == addr);
        let operators: BTreeSet<_> = for_it.map(|(_, operator)| operator).collect();
        let needed = if self.believable.contains(&addr) {
            1
        } else {
            self.setup.confirm
        };
        operators.contains(&None) || operators.len() >= needed
    }

    /// The last address of a name goes only if the family is known to be gone and the operator wants that; any other
    /// only if our own is known.
    fn may_remove(&self, scene: &SimWorld, account: usize, deed: &ObservedRequest) {
        for (name, family) in &deed.names {
            let rows = scene.place.rows(account);
            let here = rows
                .iter()
                .filter(|it| it.name == *name && it.family() == Some(*family));
            let is_last = here
                .filter(|it| Some(&it.id) != deed.record.as_ref())
                .count()
                == 0;
            let place = place(*family);
            let now = scene.time.at();
            let mut rounds = self.earlier.iter().chain([&self.round]);
            let is_gone = rounds.any(|round| {
                let settled = |since| round.is_asked || now - since >= 2 * MINUTE;
                round.gone[place].is_some_and(settled)
            });
            let may_go = is_gone && self.setup.on_absent[place] == OnAbsent::Remove;
            let mut rounds = self.earlier.iter().chain([&self.round]);
            let is_known = rounds.any(|round| {
                let mut words = round.words[place].iter();
                words.any(|(addr, _)| self.is_believable_in(round, *addr))
            });
            assert!(may_go || (is_known && !is_last), "L1: {deed:?}");
        }
    }

    /// A request has its answer, or will have none.
    pub(crate) fn hears(
        &mut self,
        scene: &SimWorld,
        account: usize,
        deed: &ObservedRequest,
        end: &Result<Response, SendError>,
    ) {
        self.answers += 1;
        let verdict = AnswerMeaning::of(scene.place.service(account), deed, end);
        self.counted.unanswered_writes +=
            u64::from(deed.writes() && verdict == AnswerMeaning::Unknown);
        let (now, round) = (scene.time.at(), self.round.number);
        if verdict != AnswerMeaning::Good {
            self.zones.excuse(&deed.names, now);
        }
        self.accounts[account].hears(deed, verdict, now, round, self.answers);
    }

    /// Somebody has written a name by hand.
    pub(crate) fn is_edited(&mut self, name: &Name, now: i64) {
        self.zones.excuse([name], now);
        self.due.is_touched([name], now);
    }

    /// A provider does what nobody waits for any more, so long after it was asked for. Soon enough, the
    /// process reads it back; it does not know when within a round a request left that it did not survive.
    pub(crate) fn comes_late(&mut self, deed: &ObservedRequest, age: i64, now: i64) {
        if age > 2 * MINUTE {
            self.due.is_touched(&deed.names, now);
        }
    }

    /// A provider has done what it was asked for.
    pub(crate) fn takes_effect(
        &mut self,
        account: usize,
        deed: &ObservedRequest,
        before: &[RecordRow],
        after: &[RecordRow],
        now: i64,
    ) {
        self.zones.change(account, deed, before, after, now);
    }
}

/// The names of an account that are kept: nothing is written to any other, and no other has to be right.
fn kept(setup: &SimSetup, account: &SimAccount) -> BTreeSet<Name> {
    names(setup, account.configured())
}

fn names<'h>(setup: &SimSetup, hosts: impl IntoIterator<Item = &'h SimHost>) -> BTreeSet<Name> {
    let names = hosts.into_iter().flat_map(|host| {
        let families = Family::ALL
            .into_iter()
            .filter(|it| setup.is_kept(host, *it));
        families.map(|family| (host.name.clone(), family))
    });
    names.collect()
}
