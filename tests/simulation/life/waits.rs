//! What a change waits for: nothing that hangs elsewhere.

use std::rc::Rc;

use moored::{
    core::{address::family::Family, schedule::debounce::NetworkEvent},
    daemon::Event,
};

use super::Scenario;
use crate::{
    events::SimFault,
    line::SourceBehaviour,
    names::ServerState,
    time::{MINUTE, SECOND},
    weather::{FaultRule, TransportFault},
};

/// How much longer anything that hangs elsewhere may make a change wait (L9).
const MAX_DELAY: i64 = 100;

/// An operator outside answers within this time, there and back.
const MAX_ANSWER: i64 = 500;

impl Scenario {
    /// The zone's servers never answer, every request to every account but the last one hangs, and one operator
    /// outside is silent. Addresses change at moments at which the process waits for one of these. The worst delay
    /// from the change to the first request at the account that is well, in milliseconds.
    pub(crate) fn longest_wait_for_a_change(&mut self) -> i64 {
        self.start();
        self.pass(10 * MINUTE);
        let scene = Rc::clone(&self.scene);
        let accounts = scene.setup.borrow().accounts.len();
        let well = accounts - 1;
        scene.names.set([ServerState::Silent, ServerState::Silent]);
        scene.line.set_word("one", SourceBehaviour::Silent);
        let hangs = FaultRule {
            fault: TransportFault::Vanishes,
            share: 100,
            is_for_writes: false,
        };
        for account in 0..well {
            self.meet(SimFault::Weather(account, hangs));
        }
        let mut longest = 0;
        for _ in 0..6 {
            // Right after a change its being visible is looked for, and the other accounts are tried again.
            self.change_every_address();
            self.pass(scene.rng.length(SECOND, 40 * SECOND));
            let changed = scene.time.at();
            self.change_every_address();
            self.pass(MINUTE);
            let requests = scene.laws.borrow();
            let first = requests.first_request_since(well, changed);
            let waited = first.map_or(i64::MAX, |first| first - changed);
            longest = longest.max(waited);
            drop(requests);
            // What comes and goes by the word of others is believed later each time.
            self.pass(30 * MINUTE);
        }
        longest
    }

    fn change_every_address(&mut self) {
        for family in Family::ALL {
            self.scene.line.renumber(family, &self.scene.rng);
        }
        self.meet(SimFault::Hear(Event::Network(NetworkEvent::AddressAdded)));
    }

    /// How long such a change may wait at the most.
    pub(crate) fn allowed_wait(&self) -> i64 {
        let setup = self.scene.setup.borrow();
        let is_outside = Family::ALL
            .into_iter()
            .any(|family| setup.is_from_outside(family));
        let questions = i64::try_from(setup.confirm).unwrap();
        let answers = if is_outside || self.scene.line.is_natted() {
            questions * MAX_ANSWER
        } else {
            0
        };
        answers + MAX_DELAY
    }
}
