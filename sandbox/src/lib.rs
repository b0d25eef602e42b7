//! Stand-ins for everything on the network that a dynamic DNS client talks to, in memory and on this host: the two
//! providers, an authoritative DNS server over their records, and echo services that tell a caller its address.
//!
//! They keep the real services' rules, as far as those are known, so that a client that breaks one is caught. They fail on
//! demand, because the real ones do.
//!
//! ```
//! use sandbox::{Fault, FaultKind, Sandbox, Service};
//!
//! let sandbox = Sandbox::start();
//! sandbox.domeneshop().account("token", "secret");
//! sandbox.domeneshop().domain("token", "example.com");
//! sandbox.domeneshop().add("example.com", "home", "A", "192.0.2.1", None);
//! sandbox.echo(1).answer("203.0.113.7");
//! sandbox.fault(Fault::new(Service::Domeneshop, "/dyndns/update", FaultKind::LoseAnswer));
//! // … run the client against sandbox.domeneshop().url(), sandbox.echo(1).url() and sandbox.dns().addr() …
//! assert_eq!(sandbox.domeneshop().records("example.com")[0]["data"], "192.0.2.1");
//! ```
//!
//! Everything runs on one thread of its own, so it serves tests with and without a runtime; no method here is async.
//!
//! [`Offline`] is the same without any network: a request is a call, and time stands still until it is moved.

#![allow(
    clippy::doc_markdown,
    reason = "DNSPod is the name of a company, not of an item"
)]

mod clock;
mod control;
mod dns;
mod dnspod;
mod domeneshop;
mod echo;
mod fault;
mod http;
mod json;
mod log;
mod offline;
mod options;
mod ports;
mod providers;
mod run;
mod sandbox;
mod shared;
mod table;

pub use dns::{Dns, DnsQuery};
pub use dnspod::{AuthAnswer, DnsPod};
pub use domeneshop::Domeneshop;
pub use echo::Echo;
pub use fault::{Fault, FaultKind};
pub use log::{Logged, Service, Site};
pub use offline::{Offline, OfflineAnswer};
pub use options::{IDLE_TIMEOUT, Options};
pub use sandbox::Sandbox;

pub(crate) use ports::reachable;
