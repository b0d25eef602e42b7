//! From a configuration to what plays rounds.

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use futures_util::future::join_all;

use super::clock::{BootClock, stamp};
use crate::{
    commands::check,
    config::{AccountConfig, Config},
    core::{
        addr::Family,
        guard::WriteLimits,
        memory::{State, request_lifetime},
        outcome::{DetectionReport, Report},
        past::DetectionState,
        poke::AddressHint,
        record::{AccountName, Target},
        schedule::Intervals,
        vantage::DetectionPath,
    },
    detect::{Clocks, Detector, FamilySources, MAX_ANSWER_DELAY, source::Source},
    http::{
        body_budget::BodyBudget,
        client::{Client, Options},
    },
    persist::StateFile,
    provider::{
        Provider,
        any::{AnyProvider, AnySettings},
        dnspod,
    },
    resolve::Servers,
    round::{AccountSetup, Chance, Clock, Crew, Observe, Occasion, Overlap, Store, Task, World},
};

/// The longest answer of an API: room for a hundred thousand of Domeneshop's records, whose lists come whole.
const API_CAP: usize = 12 << 20;

/// What the answers of all APIs that arrive at the same time may take.
const MAX_BODY_BYTES: usize = 14 << 20;

/// The detector with what it is asked about.
struct Eyes {
    detector: Detector,
    families: [FamilySources; 2],
}

impl Eyes {
    fn sources(&self, family: Family) -> &FamilySources {
        let [four, six] = &self.families;
        if family == Family::V4 { four } else { six }
    }
}

/// Eyes that have been told something, for the one round that is played because of it.
struct Told<'e> {
    eyes: &'e Eyes,
    poke: AddressHint,
    /// How long an answer from outside may take before the other operators are asked too, where a change
    /// may be waiting for it.
    max_delay: Option<Duration>,
}

/// How far apart the answers for two families may lie that are acted upon together.
const MAX_PAUSE_BETWEEN_FAMILIES: Duration = Duration::from_millis(15);

impl Observe for Told<'_> {
    async fn observe(&self, vantage: &DetectionPath, past: &DetectionState) -> DetectionReport {
        let Self {
            eyes,
            poke,
            max_delay,
        } = self;
        let how = eyes.sources(vantage.family);
        let via = vantage.via.as_ref();
        // What somebody says is about the way that the routing table says.
        let told = poke.addr(vantage.family).filter(|_| via.is_none());
        let detector = &eyes.detector;
        detector.observe(how, via, past, told, *max_delay).await
    }

    async fn pause_between_families(&self) {
        #[expect(clippy::disallowed_methods, reason = "how long answers are gathered")]
        tokio::time::sleep(MAX_PAUSE_BETWEEN_FAMILIES).await;
    }
}

/// Where the memory goes.
pub(super) enum Disk {
    /// To a file that is ours to write: we hold its lock, or nobody can have one.
    Ours(StateFile),
    /// To a file that somebody else may be keeping: only in a moment in which nobody is.
    Shared(StateFile),
}

impl Disk {
    /// Changes what is remembered, beside whoever else may; see [`StateFile::update`].
    pub(super) fn update<T>(
        &self,
        change: impl FnOnce(&mut State) -> T,
    ) -> Result<Option<(State, T)>, String> {
        let (Self::Ours(file) | Self::Shared(file)) = self;
        file.update(&stamp(), change)
    }
}

impl Store for Disk {
    fn save(&self, memory: &State) -> Result<(), String> {
        match self {
            Self::Ours(file) => file.save(memory, &stamp()),
            Self::Shared(file) => file.save_if_nobody_else_does(memory, &stamp()),
        }
    }
}

/// Jitter from the system's randomness.
pub(super) struct Dice(RefCell<fastrand::Rng>);

impl Dice {
    /// Dice that fall differently in every process.
    pub(super) fn new() -> Self {
        Self(RefCell::new(fastrand::Rng::new()))
    }
}

impl Chance for Dice {
    fn unit(&self) -> f64 {
        self.0.borrow_mut().f64()
    }
}

/// A configuration brought to life.
pub(super) struct RealCrew {
    config: Config,
    eyes: Eyes,
    servers: Servers,
    disk: Disk,
    dice: Dice,
    clients: Vec<Rc<Client>>,
    providers: Vec<AnyProvider<Rc<Client>>>,
    targets: Vec<Target>,
    overlap: Overlap,
}

impl RealCrew {
    /// Builds everything a configuration asks for; nothing is connected yet.
    pub(super) fn new(config: Config, tls: &Arc<rustls::ClientConfig>, disk: Disk) -> Self {
        let user_agent = concat!("moored/", env!("CARGO_PKG_VERSION")).to_owned();
        // Another number for each configuration, and the same in every run of it from cron.
        let spread = config
            .accounts
            .iter()
            .fold(0, |all, it| all ^ it.fingerprint);
        let detector = Detector::new(
            Arc::clone(tls),
            config.timeout,
            user_agent.clone(),
            Clocks {
                now: Box::new(|| BootClock.now()),
                is_set: Box::new(|| BootClock.is_set()),
            },
            usize::try_from(spread % 1_000).unwrap_or_default(),
        )
        .with_command_environment(config.command_environment.clone());
        let families = Family::ALL.map(|family| {
            let how = config.family(family);
            FamilySources {
                family,
                sources: how.sources.clone(),
                confirm: how.confirm,
                acceptance: how.acceptance.clone(),
                prefer: how.prefer,
            }
        });
        let servers = Servers {
            configured: config.dns_servers.clone(),
            timeout: config.timeout,
        };
        let bodies = BodyBudget::new(MAX_BODY_BYTES);
        let mut clients = Vec::new();
        let mut providers = Vec::new();
        for account in &config.accounts {
            let (base, user_agent) = match &account.provider {
                AnySettings::Domeneshop(settings) => (&settings.endpoint, user_agent.clone()),
                AnySettings::DnsPod(settings) => {
                    (&settings.endpoint, dnspod::user_agent(&settings.contact))
                }
            };
            let client = Rc::new(
                Client::new(
                    Arc::clone(tls),
                    Options {
                        base: base.clone(),
                        timeout: config.timeout,
                        cap: API_CAP,
                        user_agent,
                        family: None,
                        interface: None,
                        proxy: account.proxy.clone(),
                    },
                )
                .sharing(bodies.clone()),
            );
            clients.push(Rc::clone(&client));
            providers.push(AnyProvider::new(
                client,
                &account.provider,
                config.accounts.len(),
            ));
        }
        let targets = config.targets();
        Self {
            eyes: Eyes { detector, families },
            servers,
            disk,
            dice: Dice::new(),
            clients,
            providers,
            targets,
            overlap: Overlap::default(),
            config,
        }
    }

    /// The configured accounts with their providers.
    fn accounts(&self) -> impl Iterator<Item = (&AccountConfig, &AnyProvider<Rc<Client>>)> {
        self.config.accounts.iter().zip(&self.providers)
    }

    /// An account with its provider, by the account's name.
    pub(super) fn account(&self, name: &str) -> Option<(&AccountName, &AnyProvider<Rc<Client>>)> {
        let (account, provider) = self
            .accounts()
            .find(|(account, _)| account.name.0 == name)?;
        Some((&account.name, provider))
    }

    /// Every account's name.
    pub(super) fn account_names(&self) -> impl Iterator<Item = &str> {
        self.accounts().map(|(account, _)| account.name.0.as_str())
    }

    /// What `moored check` looks at.
    pub(super) fn to_check(&self) -> Vec<check::Account<'_, impl Provider>> {
        let accounts = self.accounts().map(|(account, provider)| check::Account {
            name: &account.name,
            fingerprint: account.fingerprint,
            provider,
            hosts: account.hosts.iter().map(|host| host.name.clone()).collect(),
        });
        accounts.collect()
    }

    /// Whether the router in front of this host is a source.
    pub(super) fn asks_the_router(&self) -> bool {
        self.eyes
            .families
            .iter()
            .any(|it| it.sources.contains(&Source::Router))
    }

    /// Where its memory goes.
    pub(super) fn disk(&self) -> &Disk {
        &self.disk
    }

    /// What it was built from.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    fn told(&self, occasion: Occasion) -> Told<'_> {
        Told {
            eyes: &self.eyes,
            poke: match occasion {
                Occasion::Told(poke) => poke,
                Occasion::Routine | Occasion::Network | Occasion::Asked => AddressHint::default(),
            },
            max_delay: (occasion != Occasion::Routine).then_some(MAX_ANSWER_DELAY),
        }
    }

    fn world<'w>(
        &'w self,
        observe: &'w Told<'w>,
    ) -> World<'w, Told<'w>, Servers, Disk, AnyProvider<Rc<Client>>> {
        let four = self.config.family(Family::V4);
        let six = self.config.family(Family::V6);
        let accounts = self.accounts().zip(&self.clients);
        let accounts = accounts.map(|((account, provider), client)| AccountSetup {
            name: &account.name,
            place: &account.place,
            over_tls: account.provider.endpoint().starts_with("https://"),
            fingerprint: account.fingerprint,
            sent: client.sent(),
            provider,
            targets: self
                .targets
                .iter()
                .filter(|target| target.account == account.name)
                .filter_map(|target| {
                    let host = account.hosts.iter().find(|host| host.name == target.host)?;
                    Some((target.clone(), host))
                })
                .collect(),
            acceptance: [&four.acceptance, &six.acceptance],
            on_absent: [four.on_absent, six.on_absent],
        });
        World {
            observe,
            verify: &self.servers,
            store: &self.disk,
            accounts: accounts.collect(),
            clock: &BootClock,
            chance: &self.dice,
            cadence: self.config.cadence,
            limits: WriteLimits {
                request_lifetime: request_lifetime(self.config.timeout),
                ..WriteLimits::default()
            },
            overlap: &self.overlap,
        }
    }
}

impl Crew for RealCrew {
    async fn round(&self, memory: &RefCell<State>, task: Task) -> Report {
        let told = self.told(task.occasion);
        self.world(&told).round(memory, task).await
    }

    async fn detect(&self, memory: &RefCell<State>) -> Vec<DetectionReport> {
        let pasts = memory.borrow().paths.clone();
        let vantages = self.config.vantages();
        let asked = vantages.iter().map(async |vantage| {
            let how = self.eyes.sources(vantage.family);
            let via = vantage.via.as_ref();
            let mut past = pasts.get(vantage).cloned().unwrap_or_default();
            let mut report = self.eyes.detector.observe_all(how, via, &past).await;
            // What a round would make of it; nothing is remembered of it.
            past.apply(&mut report, BootClock.now());
            report
        });
        join_all(asked).await
    }

    fn prepare(&self, memory: &RefCell<State>) {
        let told = self.told(Occasion::Routine);
        self.world(&told).prepare(&mut memory.borrow_mut());
    }

    fn cadence(&self) -> Intervals {
        self.config.cadence
    }

    fn is_detecting(&self) -> bool {
        self.overlap.is_detecting()
    }

    fn requests(&self) -> u32 {
        let sent = self.clients.iter().map(|client| client.sent().get());
        sent.fold(0, u32::wrapping_add)
    }

    fn rest(&self) {
        for client in &self.clients {
            client.close();
        }
    }

    fn save(&self, memory: &State) -> Result<(), String> {
        self.disk.save(memory)
    }
}
