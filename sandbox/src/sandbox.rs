//! The handle to it all.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::dns::Dns;
use crate::dnspod::DnsPod;
use crate::domeneshop::Domeneshop;
use crate::echo::Echo;
use crate::fault::Fault;
use crate::log::{Logged, Service, Site};
use crate::options::Options;
use crate::ports::{Ports, reachable};
use crate::providers::{Addresses, Providers};
use crate::run::Running;
use crate::shared::{SandboxState, Shared};

/// Both providers, DNS and echo services, until it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    providers: Providers,
    dns: Dns,
    echoes: Vec<Echo>,
    echo6: Option<Echo>,
    control: SocketAddr,
    shared: Arc<Shared>,
    _running: Running,
}

impl Sandbox {
    /// Starts one on loopback, on ports of the system's choice. There are no accounts at first. Panics, saying why, if
    /// the ports cannot be had: a test has no better answer to that.
    #[track_caller]
    pub fn start() -> Self {
        started(Self::with(Options::default()))
    }

    /// Starts one where the options say.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "made for this one call, usually in place"
    )]
    pub fn with(options: Options) -> io::Result<Self> {
        let ports = Ports::bind(&options)?;
        let domeneshop = ports.domeneshop.local_addr()?;
        let dns = ports.dns_tcp.local_addr()?;
        let control = ports.control.local_addr()?;
        let shared = Arc::new(Shared::new(domeneshop, reachable(dns), Clock::new()));
        for site in [Site::International, Site::China] {
            let strict = options.strict_user_agents;
            shared.world().pod(site).require_user_agents(strict);
        }
        let addresses = Addresses {
            domeneshop,
            dnspod: ports.dnspod.local_addr()?,
            dnspod_china: ports.dnspod_china.local_addr()?,
        };
        let echo = |service, addr| Echo {
            shared: Arc::clone(&shared),
            service,
            addr,
        };
        let mut echoes = Vec::new();
        for (n, listener) in (1..).zip(&ports.echoes) {
            echoes.push(echo(Service::Echo(n), listener.local_addr()?));
        }
        let echo6 = match &ports.echo6 {
            Some(listener) => Some(echo(Service::Echo6, listener.local_addr()?)),
            None => None,
        };
        Ok(Self {
            providers: Providers::new(&shared, &addresses),
            dns: Dns {
                shared: Arc::clone(&shared),
                addr: dns,
            },
            echoes,
            echo6,
            control,
            _running: Running::start(ports, &shared, options.idle_timeout)?,
            shared,
        })
    }

    /// Domeneshop.
    pub fn domeneshop(&self) -> &Domeneshop {
        self.providers.domeneshop()
    }

    /// One site of DNSPod.
    pub fn dnspod(&self, site: Site) -> &DnsPod {
        self.providers.dnspod(site)
    }

    /// The name server.
    pub fn dns(&self) -> &Dns {
        &self.dns
    }

    /// An echo operator, from 1 to 8; each has an address of its own, as far as the host has enough of them.
    #[track_caller]
    pub fn echo(&self, n: u8) -> Echo {
        let echo = usize::from(n).checked_sub(1);
        operator(echo.and_then(|n| self.echoes.get(n))).clone()
    }

    /// The echo operator on `[::1]`; none on a host without IPv6.
    pub fn echo6(&self) -> Option<Echo> {
        self.echo6.clone()
    }

    /// The control port's base address; a request for `/` there explains the rest.
    pub fn control_url(&self) -> String {
        format!("http://{}", reachable(self.control))
    }

    /// Every request over HTTP so far, in order of arrival. The control port's are not among them.
    pub fn log(&self) -> Vec<Logged> {
        self.shared.world().log.clone()
    }

    /// Forgets the requests so far, and the DNS questions.
    pub fn clear_log(&self) {
        let mut world = self.shared.world();
        world.clear_log();
        world.dns.log.clear();
    }

    /// How many requests of a service are in the log.
    pub fn requests(&self, service: Service) -> usize {
        let world = self.shared.world();
        world.log.iter().filter(|l| l.service == service).count()
    }

    /// Blocks until so many requests of a service are in the log, and says whether that came before the timeout.
    pub fn wait_for(&self, service: Service, n: usize, timeout: Duration) -> bool {
        self.shared.wait(timeout, |world| {
            world.log.iter().filter(|l| l.service == service).count() >= n
        })
    }

    /// Blocks until so many DNS questions are in the log, and says whether that came before the timeout.
    pub fn wait_for_queries(&self, n: usize, timeout: Duration) -> bool {
        self.shared.wait(timeout, |world| world.dns.log.len() >= n)
    }

    /// Blocks until the log reaches beyond entry number `from` or the timeout ends. Returns the entries from there on
    /// and the number to ask for next; cleared entries keep their numbers.
    pub fn log_from(&self, from: usize, timeout: Duration) -> (Vec<Logged>, usize) {
        self.shared
            .wait(timeout, |world| world.log_from(from).1 > from);
        self.shared.world().log_from(from)
    }

    /// Blocks until everything is done that callers who are gone by now have sent to the providers, as far as it will
    /// be, and says whether that came before the timeout. With a caller who stays connected it never comes.
    pub fn settle(&self, timeout: Duration) -> bool {
        // Connections are accepted in order: once ours are, so are those of whoever came before.
        let [one, two, three] = [
            self.providers.domeneshop().addr,
            self.providers.dnspod(Site::International).addr,
            self.providers.dnspod(Site::China).addr,
        ]
        .map(|it| {
            let ours = TcpStream::connect(reachable(it))?;
            let name = ours.local_addr()?;
            io::Result::Ok((ours, name))
        });
        let (Ok(one), Ok(two), Ok(three)) = (one, two, three) else {
            return false;
        };
        let ours = [one, two, three];
        let accepted = self.shared.wait(timeout, |world| {
            ours.iter().all(|(_, name)| world.callers.contains(name))
        });
        drop(ours);
        accepted && self.shared.wait(timeout, SandboxState::is_settled)
    }

    /// Has a service fail.
    pub fn fault(&self, fault: Fault) {
        self.shared.world().faults.push(fault);
    }

    /// Takes back every fault that has not struck yet.
    pub fn clear_faults(&self) {
        self.shared.world().faults.clear();
    }

    /// Moves the clock of locks, bans and hour windows forward.
    pub fn advance(&self, by: Duration) {
        self.shared.world().clock.advance(by);
    }
}

#[track_caller]
fn started(result: io::Result<Sandbox>) -> Sandbox {
    result.unwrap_or_else(|error| panic!("the sandbox could not start: {error}"))
}

#[track_caller]
fn operator(found: Option<&Echo>) -> &Echo {
    found.unwrap_or_else(|| panic!("echo operators are numbered from 1 to 8"))
}
