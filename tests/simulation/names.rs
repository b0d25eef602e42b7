//! The zones' name servers: each shows what the provider has, later or sooner.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
};

use moored::{core::verify::ServerAnswer, resolve::Question, round::Verify};

use crate::{line::Link, scene::Scene, time::SECOND, weather::way};

/// What a server does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Server {
    /// Shows what was there so long ago.
    Behind(i64),
    /// Shows what was there at that time, and nothing newer.
    Stuck(i64),
    Silent,
}

pub(crate) struct Names {
    servers: RefCell<[Server; 2]>,
    pub(crate) asked: Cell<u64>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            servers: RefCell::new([Server::Behind(SECOND), Server::Behind(20 * SECOND)]),
            asked: Cell::new(0),
        }
    }
}

impl Names {
    pub(crate) fn set(&self, servers: [Server; 2]) {
        *self.servers.borrow_mut() = servers;
    }
}

/// Asks them.
pub(crate) struct Asker {
    pub(crate) scene: Rc<Scene>,
    pub(crate) timeout: i64,
}

impl Verify for Asker {
    async fn ask(&self, questions: &[Question]) -> Vec<Vec<ServerAnswer>> {
        let Scene {
            time,
            names,
            dice,
            line,
            place,
            ..
        } = &*self.scene;
        names.asked.set(names.asked.get() + 1);
        let servers = *names.servers.borrow();
        let is_cut_off = line.link() != Link::Up;
        let all_answer = !is_cut_off && servers.iter().all(|it| *it != Server::Silent);
        let took = if all_answer { way(dice) } else { self.timeout };
        time.until(time.at() + took).await;
        let now = time.at();
        let answer = |question: &Question, server: Server| -> Result<BTreeSet<_>, String> {
            let name = (question.host.as_str().to_owned(), question.family);
            match server {
                Server::Behind(by) if !is_cut_off => Ok(place.shown(&name, now - by)),
                Server::Stuck(at) if !is_cut_off => Ok(place.shown(&name, at)),
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
