//! From a configuration to what plays rounds.

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use futures_util::future::join_all;

use super::clock::{BootClock, stamp};
use crate::{
    commands::check,
    config::{AccountConfig, Config},
    core::{
        address::family::Family,
        detection::{
            hint::AddressHint, path::DetectionPath, report::DetectionReport, state::DetectionState,
        },
        dns::record::{AccountName, Target},
        reconcile::limits::WriteLimits,
        report::Report,
        schedule::intervals::Intervals,
        state::{State, lifetime::request_lifetime},
    },
    engine::{
        AccountContext, AddressDetector, Clock, Engine, Overlap, Reconciler, Rng, RoundOptions,
        Store, Trigger,
    },
    http::{
        body_budget::BodyBudget,
        client::{ClientOptions, HttpClient},
    },
    providers::{
        Provider,
        any::{AnyProvider, AnySettings},
        dnspod,
    },
    resolver::AuthoritativeResolver,
    sources::{DetectionClocks, Detector, FamilySources, MAX_ANSWER_DELAY, source::Source},
    state_file::StateFile,
};

/// The longest answer of an API: room for a hundred thousand of Domeneshop's records, whose lists come whole.
const MAX_ANSWER_BYTES: usize = 12 << 20;

/// What the answers of all APIs that arrive at the same time may take.
const MAX_BODY_BYTES: usize = 14 << 20;

/// The detector with what it is asked about.
struct LiveDetector {
    detector: Detector,
    families: [FamilySources; 2],
}

impl LiveDetector {
    fn sources(&self, family: Family) -> &FamilySources {
        let [four, six] = &self.families;
        if family == Family::V4 { four } else { six }
    }
}

/// Eyes that have been told something, for the one round that is played because of it.
struct HintedDetector<'e> {
    eyes: &'e LiveDetector,
    poke: AddressHint,
    /// How long an answer from outside may take before the other operators are asked too, where a change
    /// may be waiting for it.
    max_delay: Option<Duration>,
}

/// How far apart the answers for two families may lie that are acted upon together.
const MAX_PAUSE_BETWEEN_FAMILIES: Duration = Duration::from_millis(15);

impl AddressDetector for HintedDetector<'_> {
    async fn observe(
        &self,
        detection_path: &DetectionPath,
        past: &DetectionState,
    ) -> DetectionReport {
        let Self {
            eyes,
            poke,
            max_delay,
        } = self;
        let how = eyes.sources(detection_path.family);
        let via = detection_path.via.as_ref();
        // What somebody says is about the way that the routing table says.
        let told = poke.addr(detection_path.family).filter(|_| via.is_none());
        let detector = &eyes.detector;
        detector.observe(how, via, past, told, *max_delay).await
    }

    async fn pause_between_families(&self) {
        #[expect(clippy::disallowed_methods, reason = "how long answers are gathered")]
        tokio::time::sleep(MAX_PAUSE_BETWEEN_FAMILIES).await;
    }
}

/// Where the memory goes.
pub(super) enum StateStore {
    /// To a file that is ours to write: we hold its lock, or nobody can have one.
    Exclusive(StateFile),
    /// To a file that somebody else may be keeping: only in a moment in which nobody is.
    Shared(StateFile),
}

impl StateStore {
    /// Changes what is remembered, beside whoever else may; see [`StateFile::update`].
    pub(super) fn update<T>(
        &self,
        change: impl FnOnce(&mut State) -> T,
    ) -> Result<Option<(State, T)>, String> {
        let (Self::Exclusive(file) | Self::Shared(file)) = self;
        file.update(&stamp(), change)
    }
}

impl Store for StateStore {
    fn save(&self, state: &State) -> Result<(), String> {
        match self {
            Self::Exclusive(file) => file.save(state, &stamp()),
            Self::Shared(file) => file.save_if_unlocked(state, &stamp()),
        }
    }
}

/// Jitter from the system's randomness.
pub(super) struct OsRng(RefCell<fastrand::Rng>);

impl OsRng {
    /// Dice that fall differently in every process.
    pub(super) fn new() -> Self {
        Self(RefCell::new(fastrand::Rng::new()))
    }
}

impl Rng for OsRng {
    fn next_f64(&self) -> f64 {
        self.0.borrow_mut().f64()
    }
}

/// A configuration brought to life.
pub(super) struct LiveEngine {
    config: Config,
    eyes: LiveDetector,
    servers: AuthoritativeResolver,
    disk: StateStore,
    rng: OsRng,
    clients: Vec<Rc<HttpClient>>,
    providers: Vec<AnyProvider<Rc<HttpClient>>>,
    targets: Vec<Target>,
    overlap: Overlap,
}

impl LiveEngine {
    /// Builds everything a configuration asks for; nothing is connected yet.
    pub(super) fn new(config: Config, tls: &Arc<rustls::ClientConfig>, disk: StateStore) -> Self {
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
            DetectionClocks {
                now: Box::new(|| BootClock.now()),
                is_set: Box::new(|| BootClock.is_clock_set()),
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
        let servers = AuthoritativeResolver {
            configured: config.dns_servers.clone(),
            timeout: config.timeout,
        };
        let bodies = BodyBudget::new(MAX_BODY_BYTES);
        let all_hosts = config
            .accounts
            .iter()
            .map(|account| account.hosts.len())
            .sum();
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
                HttpClient::new(
                    Arc::clone(tls),
                    ClientOptions {
                        base: base.clone(),
                        timeout: config.timeout,
                        cap: MAX_ANSWER_BYTES,
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
                account.hosts.len(),
                all_hosts,
            ));
        }
        let targets = config.targets();
        Self {
            eyes: LiveDetector { detector, families },
            servers,
            disk,
            rng: OsRng::new(),
            clients,
            providers,
            targets,
            overlap: Overlap::default(),
            config,
        }
    }

    /// The configured accounts with their providers.
    fn accounts(&self) -> impl Iterator<Item = (&AccountConfig, &AnyProvider<Rc<HttpClient>>)> {
        self.config.accounts.iter().zip(&self.providers)
    }

    /// An account with its provider, by the account's name.
    pub(super) fn account(
        &self,
        name: &str,
    ) -> Option<(&AccountName, &AnyProvider<Rc<HttpClient>>)> {
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
    pub(super) fn to_check(&self) -> Vec<check::CheckedAccount<'_, impl Provider>> {
        let accounts = self
            .accounts()
            .map(|(account, provider)| check::CheckedAccount {
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
    pub(super) fn disk(&self) -> &StateStore {
        &self.disk
    }

    /// What it was built from.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    fn with_hint(&self, trigger: Trigger) -> HintedDetector<'_> {
        HintedDetector {
            eyes: &self.eyes,
            poke: match trigger {
                Trigger::Hint(poke) => poke,
                Trigger::Scheduled | Trigger::Network | Trigger::Manual => AddressHint::default(),
            },
            max_delay: (trigger != Trigger::Scheduled).then_some(MAX_ANSWER_DELAY),
        }
    }

    fn reconciler<'w>(
        &'w self,
        observe: &'w HintedDetector<'w>,
    ) -> Reconciler<
        'w,
        HintedDetector<'w>,
        AuthoritativeResolver,
        StateStore,
        AnyProvider<Rc<HttpClient>>,
    > {
        let four = self.config.family(Family::V4);
        let six = self.config.family(Family::V6);
        let accounts = self.accounts().zip(&self.clients);
        let accounts = accounts.map(|((account, provider), client)| AccountContext {
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
        Reconciler {
            observe,
            verify: &self.servers,
            store: &self.disk,
            accounts: accounts.collect(),
            clock: &BootClock,
            chance: &self.rng,
            intervals: self.config.intervals,
            limits: WriteLimits {
                request_lifetime: request_lifetime(self.config.timeout),
                ..WriteLimits::default()
            },
            overlap: &self.overlap,
        }
    }
}

impl Engine for LiveEngine {
    async fn round(&self, state: &RefCell<State>, task: RoundOptions) -> Report {
        let told = self.with_hint(task.trigger);
        self.reconciler(&told).round(state, task).await
    }

    async fn detect(&self, state: &RefCell<State>) -> Vec<DetectionReport> {
        let pasts = state.borrow().paths.clone();
        let detection_paths = self.config.detection_paths();
        let asked = detection_paths.iter().map(async |detection_path| {
            let how = self.eyes.sources(detection_path.family);
            let via = detection_path.via.as_ref();
            let mut past = pasts.get(detection_path).cloned().unwrap_or_default();
            let mut report = self.eyes.detector.observe_all(how, via, &past).await;
            // What a round would make of it; nothing is remembered of it.
            past.apply(&mut report, BootClock.now());
            report
        });
        join_all(asked).await
    }

    fn prepare(&self, state: &RefCell<State>) {
        let told = self.with_hint(Trigger::Scheduled);
        self.reconciler(&told).prepare(&mut state.borrow_mut());
    }

    fn intervals(&self) -> Intervals {
        self.config.intervals
    }

    fn is_detecting(&self) -> bool {
        self.overlap.is_detecting()
    }

    fn requests(&self) -> u32 {
        let sent = self.clients.iter().map(|client| client.sent().get());
        sent.fold(0, u32::wrapping_add)
    }

    fn close_connections(&self) {
        for client in &self.clients {
            client.close();
        }
    }

    fn save(&self, state: &State) -> Result<(), String> {
        self.disk.save(state)
    }
}
