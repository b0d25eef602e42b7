//! A small world of fakes: one host's addresses, providers with records, servers, a disk, a clock.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    future::poll_fn,
    net::IpAddr,
    task::Poll,
    time::Duration,
};

use futures_util::FutureExt;

use crate::{
    core::{
        address::{addr_set::AddrSet, family::Family, policy::PublishPolicy},
        detection::{
            consensus::Trust,
            nat::NatState,
            observation::{Observation, UnavailableReason},
            path::DetectionPath,
            report::{DetectionReport, SourceAnswer},
            state::DetectionState,
        },
        dns::{
            change::{Method, Step},
            conflict::NameConflict,
            name::{Fqdn, ZoneName},
            record::{AccountName, Attributes, Record, Target, Zone},
        },
        error::ProviderError,
        reconcile::{
            guard::SafePlan,
            intent::{Host, HostV6, OnAbsent},
            limits::WriteLimits,
            outcome::Outcome,
            plan::{Capabilities, UpdateMode},
        },
        report::Report,
        schedule::intervals::Intervals,
        state::State,
        time::BootTime,
        verification::ServerAnswer,
    },
    engine::{
        AccountContext, AddressDetector, Clock, DnsVerifier, Overlap, Reconciler, Rng,
        RoundOptions, Store,
    },
    providers::{Listing, Provider},
    resolver::RrsetQuery,
};

pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(super) fn known(texts: &[&str]) -> Observation {
    let acceptance = PublishPolicy::default();
    let admit = |text: &&str| acceptance.check(Family::of(ip(text)), ip(text)).unwrap();
    Observation::Known(AddrSet::try_from_iter(texts.iter().map(admit)).unwrap())
}

pub(super) fn unknown() -> Observation {
    Observation::Unavailable(UnavailableReason::NoAnswer(Vec::new()))
}

/// How the next call of a provider goes wrong.
pub(super) enum InjectedFault {
    /// Nothing happens.
    Fails(ProviderError),
    /// It happens, and the answer is lost.
    Loses(ProviderError),
    /// The provider says yes and does nothing.
    Lies,
}

pub(super) struct FakeProvider {
    pub(super) records: RefCell<Vec<Record>>,
    /// How the next writes go wrong.
    pub(super) faults: RefCell<VecDeque<InjectedFault>>,
    /// What every write fails with, if anything.
    pub(super) unwritable: RefCell<Option<ProviderError>>,
    /// What every call fails with, if anything.
    pub(super) broken: RefCell<Option<ProviderError>>,
    /// The zone cannot be listed, while its account answers.
    pub(super) troubled: RefCell<Option<ProviderError>>,
    /// What excludes addresses at a host.
    pub(super) conflicts: RefCell<BTreeMap<Fqdn, NameConflict>>,
    pub(super) lists: Cell<usize>,
    pub(super) writes: RefCell<Vec<String>>,
    pub(super) push: UpdateMode,
    pub(super) sent: Cell<u32>,
    /// Lists are not answered while this is so.
    pub(super) is_hanging: Cell<bool>,
    /// Writes likewise.
    pub(super) is_write_hanging: Cell<bool>,
    ids: Cell<u32>,
}

impl FakeProvider {
    pub(super) fn new(push: UpdateMode) -> Self {
        Self {
            records: RefCell::default(),
            faults: RefCell::default(),
            unwritable: RefCell::default(),
            broken: RefCell::default(),
            troubled: RefCell::default(),
            conflicts: RefCell::default(),
            lists: Cell::new(0),
            writes: RefCell::default(),
            push,
            sent: Cell::new(0),
            is_hanging: Cell::new(false),
            is_write_hanging: Cell::new(false),
            ids: Cell::new(100),
        }
    }

    /// Every call so far, whatever became of it.
    pub(super) fn calls(&self) -> usize {
        self.lists.get() + self.writes.borrow().len()
    }

    pub(super) fn put(&self, host: &str, addr: &str) {
        self.ids.set(self.ids.get() + 1);
        self.records.borrow_mut().push(Record {
            id: self.ids.get().to_string(),
            host: Fqdn::parse(host).unwrap(),
            addr: ip(addr),
            ttl: Some(3600),
            attributes: Attributes::new(),
        });
    }

    /// The addresses of a host, in order.
    pub(super) fn addrs(&self, host: &str) -> Vec<String> {
        let records = self.records.borrow();
        let of_host = records.iter().filter(|it| it.host.as_str() == host);
        let mut addrs: Vec<_> = of_host.map(|it| it.addr.to_string()).collect();
        addrs.sort();
        addrs
    }

    fn carry_out(&self, plan: &SafePlan) {
        for change in plan.changes() {
            let host = change.target.host.as_str();
            match &change.method {
                Method::ReplaceRRset(addrs) => {
                    let replaced = |it: &Record| {
                        it.host == change.target.host && Family::of(it.addr) == change.target.family
                    };
                    self.records.borrow_mut().retain(|it| !replaced(it));
                    for addr in addrs.iter() {
                        self.put(host, &addr.to_string());
                    }
                }
                Method::Records { steps, .. } => {
                    for step in steps {
                        self.step(host, step);
                    }
                }
            }
        }
    }

    fn step(&self, host: &str, step: &Step) {
        match step {
            Step::Create { addr, .. } => self.put(host, &addr.to_string()),
            Step::Modify { record, addr, .. } => {
                let mut records = self.records.borrow_mut();
                records
                    .iter_mut()
                    .find(|it| it.id == record.id)
                    .unwrap()
                    .addr = addr.addr();
            }
            Step::Delete { record } => self.records.borrow_mut().retain(|it| it.id != record.id),
        }
    }
}

impl Provider for FakeProvider {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            replace: self.push,
            replace_ttl: 3600,
            max_repeats: 4,
        }
    }

    async fn list(&self, hosts: &[Fqdn], _known: &[Zone]) -> Result<Listing, ProviderError> {
        self.lists.set(self.lists.get() + 1);
        self.sent.set(self.sent.get() + 1);
        unless(&self.is_hanging).await;
        if let Some(failure) = &*self.broken.borrow() {
            return Err(failure.clone());
        }
        let records = self.records.borrow();
        let records = records
            .iter()
            .filter(|it| hosts.contains(&it.host))
            .cloned()
            .collect();
        let zone = Zone {
            name: ZoneName::parse("example.com").unwrap(),
            id: "1".into(),
        };
        let trouble = self.troubled.borrow().clone();
        let troubles = trouble.map(|failure| (zone.name.clone(), failure));
        let is_listed = troubles.is_none();
        Ok(Listing {
            zones: vec![zone],
            records: if is_listed { records } else { Vec::new() },
            zone_errors: troubles.into_iter().collect(),
            conflicts: self.conflicts.borrow().clone(),
            host_errors: BTreeMap::new(),
            min_ttls: BTreeMap::new(),
        })
    }

    async fn apply(&self, plan: &SafePlan) -> Vec<Result<(), ProviderError>> {
        let all = plan.changes().len();
        self.sent.set(self.sent.get() + 1);
        self.writes
            .borrow_mut()
            .extend(plan.changes().iter().map(ToString::to_string));
        unless(&self.is_write_hanging).await;
        let refusal = self
            .broken
            .borrow()
            .clone()
            .or(self.unwritable.borrow().clone());
        if let Some(failure) = refusal {
            return vec![Err(failure); all];
        }
        match self.faults.borrow_mut().pop_front() {
            Some(InjectedFault::Fails(failure)) => return vec![Err(failure); all],
            Some(InjectedFault::Loses(failure)) => {
                self.carry_out(plan);
                return vec![Err(failure); all];
            }
            Some(InjectedFault::Lies) => return vec![Ok(()); all],
            None => {}
        }
        self.carry_out(plan);
        vec![Ok(()); all]
    }
}

/// Waits while this is so.
async fn unless(is_waiting: &Cell<bool>) {
    poll_fn(|_| {
        if is_waiting.get() {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

/// What the zone's servers answer.
pub(super) enum FakeDns {
    /// What the provider has.
    True,
    /// Always this.
    Says(&'static [&'static str]),
    /// Nothing.
    Silent,
}

pub(super) struct RoundFixture {
    pub(super) addresses: RefCell<BTreeMap<DetectionPath, Observation>>,
    /// From where was looked, in order.
    pub(super) looked: RefCell<Vec<DetectionPath>>,
    /// IPv6 addresses are not found out while this is so.
    pub(super) is_ipv6_slow: Cell<bool>,
    /// The zones' servers do not answer while this is so.
    pub(super) is_dns_slow: Cell<bool>,
    pub(super) accounts: Vec<(AccountName, Vec<Host>, FakeProvider)>,
    pub(super) fingerprint: Cell<u64>,
    pub(super) on_absent: OnAbsent,
    pub(super) dns: RefCell<FakeDns>,
    pub(super) asked_dns: Cell<usize>,
    pub(super) disk_full: Cell<bool>,
    pub(super) clock_is_set: Cell<bool>,
    /// Our addresses are known by the word of others only.
    pub(super) from_outside: Cell<bool>,
    pub(super) saved: RefCell<Vec<State>>,
    pub(super) state: RefCell<State>,
    pub(super) limits: Cell<WriteLimits>,
    pub(super) overlap: Overlap,
    /// How long each write takes.
    pub(super) write_takes: Cell<Duration>,
    now: Cell<i64>,
}

pub(super) fn host(name: &str) -> Host {
    Host {
        name: Fqdn::parse(name).unwrap(),
        ipv4: true,
        ipv6: HostV6::Off,
        ttl: None,
        create: true,
        via: None,
    }
}

impl RoundFixture {
    /// One account with these hosts, IPv4 only, and an address.
    pub(super) fn new(push: UpdateMode, hosts: Vec<Host>) -> Self {
        let account = (
            AccountName("home".to_owned()),
            hosts,
            FakeProvider::new(push),
        );
        Self {
            addresses: RefCell::new(BTreeMap::from([
                (Family::V4.into(), known(&["84.212.10.20"])),
                (Family::V6.into(), Observation::Absent),
            ])),
            looked: RefCell::default(),
            is_ipv6_slow: Cell::new(false),
            is_dns_slow: Cell::new(false),
            accounts: vec![account],
            fingerprint: Cell::new(1),
            on_absent: OnAbsent::Keep,
            dns: RefCell::new(FakeDns::True),
            asked_dns: Cell::new(0),
            disk_full: Cell::new(false),
            clock_is_set: Cell::new(true),
            from_outside: Cell::new(false),
            saved: RefCell::default(),
            state: RefCell::default(),
            limits: Cell::new(WriteLimits::default()),
            overlap: Overlap::default(),
            write_takes: Cell::default(),
            now: Cell::new(1_000_000),
        }
    }

    pub(super) fn provider(&self) -> &FakeProvider {
        &self.accounts[0].2
    }

    /// The first account's provider meets one write with this, after what it meets already.
    pub(super) fn meets(&self, fault: InjectedFault) {
        self.provider().faults.borrow_mut().push_back(fault);
    }

    pub(super) fn see(&self, observation: Observation) {
        self.see_from(Family::V4.into(), observation);
    }

    pub(super) fn see_from(&self, detection_path: DetectionPath, observation: Observation) {
        self.addresses
            .borrow_mut()
            .insert(detection_path, observation);
    }

    pub(super) fn advance(&self, by: Duration) {
        self.now
            .set(self.now.get() + i64::try_from(by.as_millis()).unwrap());
    }

    /// The process ends and starts again: only what was saved is remembered.
    pub(super) fn restart(&self) {
        let saved = self.saved.borrow().last().cloned().unwrap_or_default();
        let text = serde_json::to_string(&saved).unwrap();
        *self.state.borrow_mut() = serde_json::from_str(&text).unwrap();
    }

    /// The process is killed after its last write has arrived and before anything is written down
    /// of the answer, and starts again.
    pub(super) fn crash(&self) {
        let is_under_way = |state: &State| {
            let mut targets = state.accounts.values().flat_map(|it| it.targets.values());
            targets.any(|it| it.unconfirmed)
        };
        let mut saved = self.saved.borrow_mut();
        let intention = saved.iter().rposition(is_under_way);
        saved.truncate(intention.map_or(0, |it| it + 1));
        drop(saved);
        self.restart();
    }

    pub(super) fn round(&self) -> Report {
        self.play(RoundOptions::ROUTINE)
    }

    pub(super) fn play(&self, task: RoundOptions) -> Report {
        let round = self.begin(task).now_or_never();
        round.expect("fakes answer at once")
    }

    /// A round that waits for what is made to wait.
    pub(super) async fn begin(&self, task: RoundOptions) -> Report {
        let acceptance = PublishPolicy::default();
        let accounts = self
            .accounts
            .iter()
            .map(|(name, hosts, provider)| AccountContext {
                name,
                place: "fake",
                over_tls: true,
                fingerprint: self.fingerprint.get(),
                sent: &provider.sent,
                provider,
                targets: hosts
                    .iter()
                    .flat_map(|host| {
                        let wanted = Family::ALL.into_iter().filter(|family| host.wants(*family));
                        wanted.map(move |family| {
                            let target = Target {
                                account: name.clone(),
                                host: host.name.clone(),
                                family,
                            };
                            (target, host)
                        })
                    })
                    .collect(),
                acceptance: [&acceptance, &acceptance],
                on_absent: [self.on_absent, self.on_absent],
            });
        let world = Reconciler {
            observe: self,
            verify: self,
            store: self,
            accounts: accounts.collect(),
            clock: self,
            chance: self,
            intervals: Intervals {
                interval: Duration::from_mins(5),
                verify: Duration::from_hours(1),
                audit: Duration::from_hours(24),
            },
            limits: self.limits.get(),
            overlap: &self.overlap,
        };
        world.round(&self.state, task).await
    }
}

pub(super) fn outcomes(report: &Report) -> Vec<&'static str> {
    report
        .hosts
        .iter()
        .map(|host| host.outcome.as_str())
        .collect()
}

pub(super) fn first(report: &Report) -> &Outcome {
    &report.hosts[0].outcome
}

impl AddressDetector for RoundFixture {
    async fn observe(
        &self,
        detection_path: &DetectionPath,
        _past: &DetectionState,
    ) -> DetectionReport {
        self.looked.borrow_mut().push(detection_path.clone());
        if detection_path.family == Family::V6 {
            unless(&self.is_ipv6_slow).await;
        }
        let observation = self.addresses.borrow()[detection_path].clone();
        let answer = match &observation {
            Observation::Known(addrs) if self.from_outside.get() => Some(addrs.addrs()),
            _ => None,
        };
        let heard = answer.map(|addrs| SourceAnswer {
            source: "https://ip.example.net/".to_owned(),
            operator: "ip.example.net".to_owned(),
            trust: Trust::External,
            answer: Ok(addrs.into_iter().collect()),
            elapsed: Duration::ZERO,
        });
        DetectionReport {
            path: detection_path.clone(),
            observation,
            answers: heard.into_iter().collect(),
            warnings: Vec::new(),
            nat: NatState::default(),
        }
    }

    async fn pause_between_families(&self) {}
}

impl DnsVerifier for RoundFixture {
    async fn ask(&self, questions: &[RrsetQuery]) -> Vec<Vec<ServerAnswer>> {
        self.asked_dns.set(self.asked_dns.get() + questions.len());
        unless(&self.is_dns_slow).await;
        let answer = |question: &RrsetQuery| {
            let addrs = match &*self.dns.borrow() {
                FakeDns::True => {
                    let records = self.provider().records.borrow();
                    let of_host = records.iter().filter(|it| it.host == question.host);
                    Ok(of_host.map(|it| it.addr).collect())
                }
                FakeDns::Says(texts) => Ok(texts.iter().map(|it| ip(it)).collect()),
                FakeDns::Silent => Err("no answer in time".to_owned()),
            };
            vec![ServerAnswer {
                server: "ns1".to_owned(),
                answer: addrs,
            }]
        };
        questions.iter().map(answer).collect()
    }
}

impl Store for RoundFixture {
    fn save(&self, state: &State) -> Result<(), String> {
        if self.disk_full.get() {
            return Err("the disk is full".to_owned());
        }
        self.saved.borrow_mut().push(state.clone());
        Ok(())
    }
}

impl Clock for RoundFixture {
    fn now(&self) -> BootTime {
        let providers = self.accounts.iter().map(|(_, _, provider)| provider);
        let writes: usize = providers.map(|it| it.writes.borrow().len()).sum();
        let writes = u32::try_from(writes).unwrap();
        let writing = i64::try_from((self.write_takes.get() * writes).as_millis()).unwrap();
        BootTime::from_millis(self.now.get() + writing)
    }

    fn is_clock_set(&self) -> bool {
        self.clock_is_set.get()
    }
}

impl Rng for RoundFixture {
    fn next_f64(&self) -> f64 {
        0.0
    }
}
