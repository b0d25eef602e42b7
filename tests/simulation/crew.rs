//! A configuration brought to life: the real round over the real adapters, on simulated ground.

use std::{cell::RefCell, rc::Rc};

use moored::{
    config::{AccountConfig, Config},
    core::{
        addr::Family,
        guard::WriteLimits,
        memory::{State, request_lifetime},
        outcome::{DetectionReport, Report},
        poke::AddressHint,
        record::Target,
        schedule::Intervals,
    },
    provider::any::AnyProvider,
    round::{AccountSetup, Crew, Occasion, Overlap, Store, Task, World},
};

use crate::{disk::Paper, names::Asker, observe::Eyes, scene::Scene, setup, wire::Wire};

type Adapter = AnyProvider<Rc<Wire>>;

pub(crate) struct Sailors {
    scene: Rc<Scene>,
    config: Config,
    targets: Vec<Target>,
    accounts: Vec<(Rc<Wire>, Adapter)>,
    asker: Asker,
    paper: Paper,
    overlap: Overlap,
}

impl Sailors {
    pub(crate) fn new(config: Config, scene: &Rc<Scene>) -> Self {
        let account = |account: &AccountConfig| {
            let number = setup::number(&account.name.0);
            let wire = Rc::new(Wire::new(scene, number, config.timeout));
            let through = Rc::clone(&wire);
            (
                wire,
                AnyProvider::new(through, &account.provider, config.accounts.len()),
            )
        };
        Self {
            accounts: config.accounts.iter().map(account).collect(),
            asker: Asker {
                scene: Rc::clone(scene),
                timeout: i64::try_from(config.timeout.as_millis()).unwrap(),
            },
            paper: Paper::new(scene),
            overlap: Overlap::default(),
            targets: config.targets(),
            scene: Rc::clone(scene),
            config,
        }
    }

    fn world<'w>(&'w self, eyes: &'w Eyes<'w>) -> World<'w, Eyes<'w>, Asker, Paper, Adapter> {
        let [four, six] = Family::ALL.map(|it| self.config.family(it));
        let accounts = self.config.accounts.iter().zip(&self.accounts);
        let accounts = accounts.map(|(account, (wire, provider))| AccountSetup {
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
        World {
            observe: eyes,
            verify: &self.asker,
            store: &self.paper,
            accounts: accounts.collect(),
            clock: &self.scene.time,
            chance: &self.scene.dice,
            cadence: self.config.cadence,
            limits: WriteLimits {
                request_lifetime: request_lifetime(self.config.timeout),
                ..WriteLimits::default()
            },
            overlap: &self.overlap,
        }
    }

    fn eyes(&self, occasion: Occasion) -> Eyes<'_> {
        Eyes {
            scene: &self.scene,
            config: &self.config,
            poke: match occasion {
                Occasion::Told(poke) => poke,
                _ => AddressHint::default(),
            },
            is_urgent: occasion != Occasion::Routine,
        }
    }
}

impl Crew for Sailors {
    async fn round(&self, memory: &RefCell<State>, task: Task) -> Report {
        let Scene {
            laws, time, naps, ..
        } = &*self.scene;
        let number = laws.borrow_mut().round_begins(&self.scene, task.occasion);
        let before = naps.get();
        let report = self
            .world(&self.eyes(task.occasion))
            .round(memory, task)
            .await;
        laws.borrow_mut()
            .round_ends(number, time.at(), naps.get() != before);
        report
    }

    /// A daemon is not asked that.
    async fn detect(&self, _: &RefCell<State>) -> Vec<DetectionReport> {
        Vec::new()
    }

    fn prepare(&self, memory: &RefCell<State>) {
        self.world(&self.eyes(Occasion::Routine))
            .prepare(&mut memory.borrow_mut());
    }

    fn cadence(&self) -> Intervals {
        self.config.cadence
    }

    fn is_detecting(&self) -> bool {
        self.overlap.is_detecting()
    }

    fn rest(&self) {}

    fn save(&self, memory: &State) -> Result<(), String> {
        self.paper.save(memory)
    }
}
