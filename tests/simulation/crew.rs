//! A configuration brought to life: the real round over the real adapters, on simulated ground.

use std::{cell::RefCell, rc::Rc};

use moored::{
    config::{AccountConfig, Config},
    core::{
        address::family::Family,
        detection::{hint::AddressHint, report::DetectionReport},
        dns::record::Target,
        reconcile::limits::WriteLimits,
        report::Report,
        schedule::intervals::Intervals,
        state::{State, lifetime::request_lifetime},
    },
    engine::{AccountContext, Engine, Overlap, Reconciler, RoundOptions, Store, Trigger},
    providers::any::AnyProvider,
};

use crate::{
    disk::SimStore, names::SimDns, observe::SimDetector, scene::SimWorld, setup, wire::SimTransport,
};

type Adapter = AnyProvider<Rc<SimTransport>>;

pub(crate) struct SimEngine {
    scene: Rc<SimWorld>,
    config: Config,
    targets: Vec<Target>,
    accounts: Vec<(Rc<SimTransport>, Adapter)>,
    asker: SimDns,
    paper: SimStore,
    overlap: Overlap,
}

impl SimEngine {
    pub(crate) fn new(config: Config, scene: &Rc<SimWorld>) -> Self {
        let account = |account: &AccountConfig| {
            let number = setup::number(&account.name.0);
            let wire = Rc::new(SimTransport::new(scene, number, config.timeout));
            let through = Rc::clone(&wire);
            (
                wire,
                AnyProvider::new(
                    through,
                    &account.provider,
                    account.hosts.len(),
                    account.hosts.len(),
                ),
            )
        };
        Self {
            accounts: config.accounts.iter().map(account).collect(),
            asker: SimDns {
                scene: Rc::clone(scene),
                timeout: i64::try_from(config.timeout.as_millis()).unwrap(),
            },
            paper: SimStore::new(scene),
            overlap: Overlap::default(),
            targets: config.targets(),
            scene: Rc::clone(scene),
            config,
        }
    }

    fn world<'w>(
        &'w self,
        eyes: &'w SimDetector<'w>,
    ) -> Reconciler<'w, SimDetector<'w>, SimDns, SimStore, Adapter> {
        let [four, six] = Family::ALL.map(|it| self.config.family(it));
        let accounts = self.config.accounts.iter().zip(&self.accounts);
        let accounts = accounts.map(|(account, (wire, provider))| AccountContext {
            name: &account.name,
            place: &account.place,
            over_tls: true,
            fingerprint: account.fingerprint,
            sent: &wire.sent,
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
            observe: eyes,
            verify: &self.asker,
            store: &self.paper,
            accounts: accounts.collect(),
            clock: &self.scene.time,
            chance: &self.scene.rng,
            intervals: self.config.intervals,
            limits: WriteLimits {
                request_lifetime: request_lifetime(self.config.timeout),
                ..WriteLimits::default()
            },
            overlap: &self.overlap,
        }
    }

    fn eyes(&self, trigger: Trigger) -> SimDetector<'_> {
        SimDetector {
            scene: &self.scene,
            config: &self.config,
            poke: match trigger {
                Trigger::Hint(poke) => poke,
                _ => AddressHint::default(),
            },
            is_urgent: trigger != Trigger::Scheduled,
        }
    }
}

impl Engine for SimEngine {
    async fn round(&self, state: &RefCell<State>, task: RoundOptions) -> Report {
        let SimWorld {
            laws, time, naps, ..
        } = &*self.scene;
        let number = laws.borrow_mut().round_begins(&self.scene, task.trigger);
        let before = naps.get();
        let report = self
            .world(&self.eyes(task.trigger))
            .round(state, task)
            .await;
        laws.borrow_mut()
            .round_ends(number, time.at(), naps.get() != before);
        report
    }

    /// A daemon is not asked that.
    async fn detect(&self, _: &RefCell<State>) -> Vec<DetectionReport> {
        Vec::new()
    }

    fn prepare(&self, state: &RefCell<State>) {
        self.world(&self.eyes(Trigger::Scheduled))
            .prepare(&mut state.borrow_mut());
    }

    fn intervals(&self) -> Intervals {
        self.config.intervals
    }

    fn is_detecting(&self) -> bool {
        self.overlap.is_detecting()
    }

    fn close_connections(&self) {}

    fn save(&self, state: &State) -> Result<(), String> {
        self.paper.save(state)
    }
}
