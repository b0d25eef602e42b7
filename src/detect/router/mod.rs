//! The source `router`: the router in front of this host knows the address of the line. It is asked
//! by PCP, NAT-PMP and UPnP, in that order of preference.

mod pcp;
mod race;
pub mod upnp;

use std::{
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    time::Duration,
};

use tokio::time::Instant;

use self::{
    race::{Way, race},
    upnp::{Upnp, ssdp},
};
use super::{datagram, echo::Echoes};
use crate::portmapping::{REQUESTS, Refusal, natpmp};

/// How long one protocol is waited for before the next is tried as well, where time allows. On one's
/// own network an answer takes milliseconds; a slow router's new mapping some hundreds.
const HEAD_START: Duration = Duration::from_millis(400);

/// How long a router is waited for that says nothing, where more is allowed: three attempts by PCP and
/// NAT-PMP, and twice what an answer to a search may be put off.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why there is no address from a router.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Failure {
    /// What went wrong, in words.
    pub(super) what: String,
    /// Whether the router says that it has no external address.
    pub(super) no_address: bool,
}

impl From<String> for Failure {
    fn from(what: String) -> Self {
        Self {
            what,
            no_address: false,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self {
            what: refusal.what,
            no_address: refusal.no_address,
        }
    }
}

/// A router and where it is spoken to.
pub(super) struct Router<'a> {
    addr: Ipv4Addr,
    /// PCP and NAT-PMP.
    requests: SocketAddr,
    /// Searches of UPnP.
    everybody: SocketAddr,
    echoes: &'a Echoes,
}

impl<'a> Router<'a> {
    /// The router at an address of the own network.
    pub(super) fn new(addr: Ipv4Addr, echoes: &'a Echoes) -> Self {
        let (everybody, port) = ssdp::EVERYBODY;
        Self {
            addr,
            requests: SocketAddrV4::new(addr, REQUESTS).into(),
            everybody: SocketAddrV4::new(everybody, port).into(),
            echoes,
        }
    }

    /// Asks for its external address, for `limit` at most. `nonce` is what nobody can guess.
    pub(super) async fn ask(&self, limit: Duration, nonce: [u8; 12]) -> Result<Ipv4Addr, Failure> {
        let begun = Instant::now();
        let until = begun + limit;
        let soon = until.min(begun + PATIENCE);
        let ways: Vec<Way<'_, _, Failure>> = vec![
            ("PCP", Box::pin(pcp::ask(self.requests, nonce, soon))),
            ("NAT-PMP", Box::pin(self.by_natpmp(soon))),
            ("UPnP", Box::pin(self.by_upnp(soon, until))),
        ];
        let head_start = HEAD_START.min(limit / 10);
        race(ways, head_start).await.map_err(|failures| {
            let told = failures
                .iter()
                .map(|(way, failure)| format!("{way}: {}", failure.what));
            Failure {
                what: told.collect::<Vec<_>>().join("; "),
                no_address: failures.iter().any(|(_, failure)| failure.no_address),
            }
        })
    }

    async fn by_natpmp(&self, until: Instant) -> Result<Ipv4Addr, Failure> {
        let read = |bytes: &[u8]| natpmp::read(bytes).map(|it| it.external).into();
        let answer = datagram::ask(self.requests, &natpmp::REQUEST, until, read);
        Ok(answer.await??)
    }

    async fn by_upnp(&self, found: Instant, until: Instant) -> Result<Ipv4Addr, Failure> {
        // No datagram is sent: the kernel says which of our addresses faces the router.
        let towards = datagram::connected(self.requests).await;
        let own = towards.and_then(|it| it.local_addr());
        let own = own.map_err(|error| error.to_string())?;
        let SocketAddr::V4(own) = own else {
            return Err("this host has no IPv4 address towards it".to_owned().into());
        };
        let upnp = Upnp {
            router: self.addr,
            own: *own.ip(),
            everybody: self.everybody,
            echoes: self.echoes,
        };
        upnp.ask(found, until).await
    }
}

#[cfg(test)]
mod tests;
