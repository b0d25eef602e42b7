//! What the handles and the servers share: the world behind one lock, and the bell that rings when it changes.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::dns;
use crate::dnspod;
use crate::domeneshop;
use crate::echo;
use crate::fault::{Fault, FaultKind, strike};
use crate::http::{Request, ServerReply};
use crate::log::{Logged, Service, Site};

/// Everything the sandbox knows.
#[derive(Debug)]
pub(crate) struct SandboxState {
    pub(crate) clock: Clock,
    pub(crate) domeneshop: domeneshop::DomeneshopState,
    pub(crate) dnspod: dnspod::DnsPodState,
    pub(crate) dnspod_china: dnspod::DnsPodState,
    pub(crate) dns: dns::DnsServerState,
    pub(crate) echoes: echo::EchoState,
    pub(crate) faults: Vec<Fault>,
    pub(crate) log: Vec<Logged>,
    /// How many entries were cleared away: an entry's number never changes.
    cleared: usize,
    /// The callers of services whose connections are open.
    pub(crate) callers: HashSet<SocketAddr>,
    /// How many requests have their work still before them.
    postponed: usize,
}

impl SandboxState {
    pub(crate) fn pod(&mut self, site: Site) -> &mut dnspod::DnsPodState {
        match site {
            Site::International => &mut self.dnspod,
            Site::China => &mut self.dnspod_china,
        }
    }

    pub(crate) fn answer(&mut self, service: Service, request: &Request) -> ServerReply {
        match service {
            Service::Domeneshop => self.domeneshop.answer(request, self.clock.unix()),
            Service::DnsPod(site) => {
                let (pod, other) = match site {
                    Site::International => (&mut self.dnspod, &self.dnspod_china),
                    Site::China => (&mut self.dnspod_china, &self.dnspod),
                };
                pod.answer(request, &mut self.clock, other)
            }
            Service::Echo(_) | Service::Echo6 => self.echoes.answer(service, request.peer.ip()),
        }
    }

    /// What a fault says in the service's place; none where the service itself is to do the work.
    fn instead(
        &mut self,
        service: Service,
        request: &Request,
        fault: &FaultKind,
    ) -> Option<ServerReply> {
        let html = "<html><body><h1>Please sign in to use this network</h1></body></html>\n";
        Some(match fault {
            FaultKind::Status(status, body) => {
                ServerReply::text(*status, "text/plain", body.clone())
            }
            FaultKind::Garbage => ServerReply::text(200, "text/html", html),
            FaultKind::RetryAfter(status, when) => {
                ServerReply::empty(*status).header("retry-after", when.clone())
            }
            FaultKind::Endless => ServerReply::text(200, "application/json", ""),
            FaultKind::Code(code) => match service {
                Service::DnsPod(site) => {
                    let now = self.clock.unix();
                    self.pod(site).fault(request, code, now)
                }
                _ => domeneshop::failure(400, code, "as ordered"),
            },
            FaultKind::Hang | FaultKind::Drop | FaultKind::DelayWork(_) => ServerReply::default(),
            FaultKind::LoseAnswer
            | FaultKind::Truncate
            | FaultKind::CutOff
            | FaultKind::Slow(_)
            | FaultKind::DelayAnswer(_) => return None,
        })
    }
}

/// The world, its lock and its bell.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<SandboxState>,
    bell: Condvar,
}

impl Shared {
    pub(crate) fn new(domeneshop: SocketAddr, dns: SocketAddr, clock: Clock) -> Self {
        Self {
            world: Mutex::new(SandboxState {
                clock,
                domeneshop: domeneshop::DomeneshopState::new(domeneshop),
                dnspod: dnspod::DnsPodState::new(Site::International),
                dnspod_china: dnspod::DnsPodState::new(Site::China),
                dns: dns::DnsServerState::new(dns),
                echoes: echo::EchoState::default(),
                faults: Vec::new(),
                log: Vec::new(),
                cleared: 0,
                callers: HashSet::new(),
                postponed: 0,
            }),
            bell: Condvar::new(),
        }
    }

    /// The world, for a moment. A test that panicked while it held the lock must not fail the others.
    pub(crate) fn world(&self) -> MutexGuard<'_, SandboxState> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request, finds the fault that strikes it, and does the work if it is to be done now. One hold of the lock:
    /// whoever sees the entry sees the work done, unless it is postponed.
    pub(crate) fn arrive(
        &self,
        service: Service,
        request: &Request,
    ) -> (usize, Option<FaultKind>, ServerReply) {
        let mut world = self.world();
        let at_ms = u64::try_from(world.clock.real().as_millis()).unwrap_or(u64::MAX);
        world.log.push(Logged {
            service,
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: request.headers.clone(),
            form: request.form.clone(),
            body: request.body.clone(),
            status: None,
            api_code: None,
            at_ms,
            peer: request.peer,
        });
        let entry = world.cleared + world.log.len() - 1;
        let fault = strike(&mut world.faults, service, &request.line, &request.body);
        let instead = fault
            .as_ref()
            .and_then(|fault| world.instead(service, request, fault));
        let reply = instead.unwrap_or_else(|| world.answer(service, request));
        match fault {
            None => world.note_answer(entry, &reply),
            Some(FaultKind::DelayWork(_)) => world.postponed += 1,
            Some(_) => {}
        }
        self.bell.notify_all();
        (entry, fault, reply)
    }

    /// Does the work of a request that was postponed.
    pub(crate) fn catch_up(
        &self,
        entry: usize,
        service: Service,
        request: &Request,
    ) -> ServerReply {
        let mut world = self.world();
        let reply = world.answer(service, request);
        world.note_answer(entry, &reply);
        world.postponed -= 1;
        self.bell.notify_all();
        reply
    }

    /// Notes that a caller came or went.
    pub(crate) fn caller(&self, caller: SocketAddr, is_there: bool) {
        let callers = &mut self.world().callers;
        if is_there {
            callers.insert(caller);
        } else {
            callers.remove(&caller);
        }
        self.bell.notify_all();
    }

    /// Notes what an entry was answered.
    pub(crate) fn answered(&self, entry: usize, reply: &ServerReply) {
        self.world().note_answer(entry, reply);
        self.bell.notify_all();
    }

    /// Blocks until the world is as wanted, or for that long.
    pub(crate) fn wait(
        &self,
        timeout: Duration,
        mut wanted: impl FnMut(&SandboxState) -> bool,
    ) -> bool {
        let world = self.world();
        let (world, _) = self
            .bell
            .wait_timeout_while(world, timeout, |world| !wanted(world))
            .unwrap_or_else(PoisonError::into_inner);
        wanted(&world)
    }

    /// Tells those who wait that something changed.
    pub(crate) fn ring(&self) {
        self.bell.notify_all();
    }
}

impl SandboxState {
    fn note_answer(&mut self, entry: usize, reply: &ServerReply) {
        let index = entry.checked_sub(self.cleared);
        if let Some(logged) = index.and_then(|index| self.log.get_mut(index)) {
            logged.status = Some(reply.status);
            logged.api_code.clone_from(&reply.api_code);
        }
    }

    /// Whether nobody is connected and no work is left to do.
    pub(crate) fn is_settled(&self) -> bool {
        self.callers.is_empty() && self.postponed == 0
    }

    pub(crate) fn clear_log(&mut self) {
        self.cleared += self.log.len();
        self.log.clear();
    }

    /// The entries from a number on, and the number after them.
    pub(crate) fn log_from(&self, entry: usize) -> (Vec<Logged>, usize) {
        let from = entry.saturating_sub(self.cleared).min(self.log.len());
        (self.log[from..].to_vec(), self.cleared + self.log.len())
    }
}
