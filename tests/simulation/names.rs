//! The zones' name servers: each shows what the provider has, later or sooner.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
};

use moored::{core::verification::ServerAnswer, engine::DnsVerifier, resolver::RrsetQuery};

use crate::{line::LinkState, scene::SimWorld, time::SECOND, weather::way};

/// What a server does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ServerState {
    /// Shows what was there so long ago.
    Behind(i64),
    /// Shows what was there at that time, and nothing newer.
    Stuck(i64),
    Silent,
}

pub(crate) struct SimNameServers {
    servers: RefCell<[ServerState; 2]>,
    pub(crate) asked: Cell<u64>,
}

impl Default for SimNameServers {
    fn default() -> Self {
        Self {
            servers: RefCell::new([
                ServerState::Behind(SECOND),
                ServerState::Behind(20 * SECOND),
            ]),
            asked: Cell::new(0),
        }
    }
}

impl SimNameServers {
    pub(crate) fn set(&self, servers: [ServerState; 2]) {
        *self.servers.borrow_mut() = servers;
    }
}

/// Asks them.
pub(crate) struct SimDns {
    pub(crate) scene: Rc<SimWorld>,
    pub(crate) timeout: i64,
}

impl DnsVerifier for SimDns {
    async fn ask(&self, questions: &[RrsetQuery]) -> Vec<Vec<ServerAnswer>> {
        let SimWorld {
            time,
            names,
            rng,
            line,
            place,
            ..
        } = &*self.scene;
        names.asked.set(names.asked.get() + 1);
        let servers = *names.servers.borrow();
        let is_cut_off = line.link() != LinkState::Up;
        let all_answer = !is_cut_off && servers.iter().all(|it| *it != ServerState::Silent);
        let took = if all_answer { way(rng) } else { self.timeout };
        time.until(time.at() + took).await;
        let now = time.at();
        let answer = |question: &RrsetQuery, server: ServerState| -> Result<BTreeSet<_>, String> {
            let name = (question.host.as_str().to_owned(), question.family);
            match server {
                ServerState::Behind(by) if !is_cut_off => Ok(place.shown(&name, now - by)),
                ServerState::Stuck(at) if !is_cut_off => Ok(place.shown(&name, at)),
                _ => Err("no answer in time".to_owned()),
            }
        };
        let answers = |question| {
            let named = servers.iter().zip(["ns1", "ns2"]);
            let answers = named.map(|(server, name)| ServerAnswer {
                server: name.to_owned(),
                answer: answer(question, *server),
            });
            answers.collect()
        };
        questions.iter().map(answers).collect()
    }
}
