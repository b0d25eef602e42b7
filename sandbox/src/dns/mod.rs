//! An authoritative DNS server over the records of both providers.

mod lookup;
mod server;
mod zone;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

pub(crate) use server::Handler;

use crate::shared::{SandboxState, Shared};

/// One question that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsQuery {
    /// The name, in lower case, without the final dot.
    pub name: String,
    /// `A`, `AAAA`, …
    pub kind: String,
    /// Over TCP rather than UDP.
    pub tcp: bool,
    /// Who asked.
    pub peer: SocketAddr,
    /// Milliseconds of real time since the sandbox started.
    pub at_ms: u64,
}

/// The sandbox's name server: what it serves is what the providers hold at that moment, unless told otherwise.
#[derive(Debug)]
pub struct Dns {
    pub(crate) shared: Arc<Shared>,
    pub(crate) addr: SocketAddr,
}

impl Dns {
    /// Where it listens, over UDP and TCP.
    pub fn addr(&self) -> SocketAddr {
        crate::reachable(self.addr)
    }

    /// From now on answers from the records as they are now: a server that lags behind.
    pub fn freeze(&self) {
        self.shared.world().freeze();
    }

    /// Answers from the records again.
    pub fn thaw(&self) {
        self.shared.world().dns.frozen = None;
    }

    /// Whether it answers every question with REFUSED.
    pub fn refuse(&self, refuse: bool) {
        self.shared.world().dns.refuse = refuse;
    }

    /// Whether it answers every question with SERVFAIL.
    pub fn fail(&self, fail: bool) {
        self.shared.world().dns.fail = fail;
    }

    /// Whether it answers nothing at all.
    pub fn silent(&self, silent: bool) {
        self.shared.world().dns.silent = silent;
    }

    /// How many questions were asked since the log was last cleared.
    pub fn queries(&self) -> usize {
        self.shared.world().dns.log.len()
    }

    /// Those questions, in order.
    pub fn log(&self) -> Vec<DnsQuery> {
        self.shared.world().dns.log.clone()
    }
}

/// What the server was told, and what it was asked.
#[derive(Debug)]
pub(crate) struct DnsServerState {
    pub(crate) addr: SocketAddr,
    frozen: Option<Vec<Arc<zone::Zone>>>,
    refuse: bool,
    fail: bool,
    silent: bool,
    pub(crate) log: Vec<DnsQuery>,
    /// What was served at the last question.
    seen: BTreeMap<zone::Key, zone::PublishedAt>,
}

impl DnsServerState {
    pub(crate) fn new(addr: SocketAddr) -> Self {
        Self {
            addr,
            frozen: None,
            refuse: false,
            fail: false,
            silent: false,
            log: Vec::new(),
            seen: BTreeMap::new(),
        }
    }
}

impl SandboxState {
    fn freeze(&mut self) {
        let zones = zone::all(self);
        self.dns.frozen = Some(zones);
    }

    /// What the control port can tell the server.
    pub(crate) fn dns_mode(&mut self, mode: &str) -> Result<(), String> {
        match mode {
            "freeze" => self.freeze(),
            "thaw" => self.dns.frozen = None,
            "refuse" => self.dns.refuse = true,
            "fail" => self.dns.fail = true,
            "silent" => self.dns.silent = true,
            "answer" => {
                let dns = &mut self.dns;
                (dns.refuse, dns.fail, dns.silent) = (false, false, false);
            }
            _ => return Err(format!("there is no mode {mode:?}")),
        }
        Ok(())
    }
}
