//! Echo services: plain HTTP, each on an address of its own, that tell the caller "its" address.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::http::ServerReply;
use crate::log::Service;
use crate::shared::Shared;

/// How many operators there are.
pub(crate) const OPERATORS: u8 = 8;

/// One echo operator.
#[derive(Clone, Debug)]
pub struct Echo {
    pub(crate) shared: Arc<Shared>,
    pub(crate) service: Service,
    pub(crate) addr: SocketAddr,
}

impl Echo {
    /// `http://ADDRESS:PORT/`.
    pub fn url(&self) -> String {
        format!("http://{}/", crate::reachable(self.addr))
    }

    /// The socket it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// From now on answers with this text and a line feed: 200, `text/plain`. Before the first call, and after
    /// [`Echo::mirror`], it answers with the caller's own address.
    pub fn answer(&self, text: &str) {
        self.reply(200, "text/plain", &format!("{text}\n"));
    }

    /// From now on answers exactly this.
    pub fn reply(&self, status: u16, content_type: &str, body: &str) {
        let reply = ServerReply::text(status, content_type, body);
        self.shared.world().echoes.set(self.service, reply);
    }

    /// From now on answers with the caller's own address.
    pub fn mirror(&self) {
        self.shared
            .world()
            .echoes
            .replies
            .remove(&key(self.service));
    }

    /// How often it was asked since the log was last cleared.
    pub fn requests(&self) -> usize {
        let world = self.shared.world();
        let asked = world.log.iter().filter(|l| l.service == self.service);
        asked.count()
    }

    /// The service's name in the log and for faults.
    pub fn service(&self) -> Service {
        self.service
    }
}

/// What each operator was told to say.
#[derive(Debug, Default)]
pub(crate) struct EchoState {
    replies: BTreeMap<u8, ServerReply>,
}

impl EchoState {
    pub(crate) fn set(&mut self, service: Service, reply: ServerReply) {
        self.replies.insert(key(service), reply);
    }

    pub(crate) fn answer(&self, service: Service, caller: IpAddr) -> ServerReply {
        self.replies.get(&key(service)).cloned().unwrap_or_else(|| {
            ServerReply::text(200, "text/plain", format!("{}\n", caller.to_canonical()))
        })
    }
}

fn key(service: Service) -> u8 {
    match service {
        Service::Echo(n) => n,
        _ => 0,
    }
}
