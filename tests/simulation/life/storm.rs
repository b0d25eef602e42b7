//! A storm of nothing but crashes and lost answers, and the three minutes after it.

use std::{collections::BTreeSet, rc::Rc};

use moored::{
    core::{address::family::Family, schedule::debounce::NetworkEvent},
    daemon::Event,
};

use super::Scenario;
use crate::{
    events::SimFault,
    time::{MINUTE, SECOND},
    weather::{FaultRule, TransportFault},
};

/// How often the addresses change within the minute.
const CHANGES: i64 = 40;

impl Scenario {
    /// Forty changes of every address in a minute, each with a process that is killed or with answers to writes
    /// that are lost; some of the names have been written before, and some never. Three minutes after the last fault
    /// every name is right. How many names that says something of: where operators outside know our address
    /// changes are damped.
    pub(crate) fn endures(&mut self) -> usize {
        self.start();
        let scene = Rc::clone(&self.scene);
        if scene.rng.percent(50) {
            self.pass(10 * MINUTE);
        }
        for _ in 0..CHANGES {
            scene.weather.clears();
            for family in Family::ALL {
                scene.line.renumber(family, &scene.rng);
            }
            if scene.rng.percent(50) {
                self.meet(SimFault::KillAfter(scene.rng.length(1, 60).unsigned_abs()));
            }
            let fault = scene.rng.pick(&[
                TransportFault::AnswerLost,
                TransportFault::Vanishes,
                TransportFault::Closed,
                TransportFault::Half,
                TransportFault::FailedAfter(502),
                TransportFault::Late(scene.rng.length(SECOND / 10, 100 * SECOND)),
            ]);
            let accounts = scene.setup.borrow().accounts.len();
            let share = scene.rng.pick(&[50, 100]);
            for account in 0..accounts {
                let spell = FaultRule {
                    fault,
                    share,
                    is_for_writes: true,
                };
                self.meet(SimFault::Weather(account, spell));
            }
            self.meet(SimFault::Hear(Event::Network(NetworkEvent::AddressAdded)));
            self.pass(MINUTE / CHANGES);
        }
        scene.weather.clears();
        self.kill_at = u64::MAX;
        // The last fault is over when its sender has given up.
        let timeout = scene.setup.borrow().timeout;
        self.pass(timeout + 3 * MINUTE);
        self.judge_all()
    }

    /// Every name of this host's own knowledge is right.
    fn judge_all(&self) -> usize {
        let setup = self.scene.setup.borrow();
        let now = self.scene.time.at();
        let mut judged = 0;
        for (number, account) in setup.accounts.iter().enumerate() {
            for host in account.hosts.iter().filter(|it| it.create) {
                let known = |family: &Family| {
                    setup.is_kept(host, *family) && !setup.is_from_outside(*family)
                };
                for family in Family::ALL.into_iter().filter(known) {
                    let there = self.scene.place.addrs(number, &host.name, family);
                    let wanted: BTreeSet<_> =
                        self.scene.line.addr(family, now).into_iter().collect();
                    assert_eq!(
                        there, wanted,
                        "L6: {} {family} three minutes later",
                        host.name
                    );
                    judged += 1;
                }
            }
        }
        judged
    }
}
