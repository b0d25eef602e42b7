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

use super::router::{
    race::{Attempt, race},
    upnp::{Recipients, Upnp, ssdp},
};
use super::{datagram, socket_binder::SocketBinder};
use crate::{
    core::address::policy::PublishPolicy,
    portmapping::{PortMapError, REQUESTS, natpmp},
};

/// How long one protocol is waited for before the next is tried as well, where time allows. On one's
/// own network an answer takes milliseconds; a slow router's new mapping some hundreds.
const STAGGER: Duration = Duration::from_millis(400);

/// How long a router is waited for that says nothing, where more is allowed: three attempts by PCP and
/// NAT-PMP, and twice what an answer to a search may be put off.
const ROUTER_TIMEOUT: Duration = Duration::from_secs(3);

/// Why there is no address from a router.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct RouterError {
    /// What went wrong, in words.
    pub(super) what: String,
    /// Whether the router says that it has no external address.
    pub(super) no_address: bool,
}

impl From<String> for RouterError {
    fn from(what: String) -> Self {
        Self {
            what,
            no_address: false,
        }
    }
}

impl From<PortMapError> for RouterError {
    fn from(refusal: PortMapError) -> Self {
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
    recipients: Recipients,
    user_agent: &'a str,
    acceptance: &'a PublishPolicy,
}

impl<'a> Router<'a> {
    /// The router at an address of the own network. `acceptance` says which address is wanted of a router
    /// that has several.
    pub(super) fn new(addr: Ipv4Addr, user_agent: &'a str, acceptance: &'a PublishPolicy) -> Self {
        let (everybody, port) = ssdp::MULTICAST;
        Self {
            addr,
            requests: SocketAddrV4::new(addr, REQUESTS).into(),
            recipients: Recipients {
                multicast: SocketAddrV4::new(everybody, port).into(),
                unicast: SocketAddrV4::new(addr, port).into(),
            },
            user_agent,
            acceptance,
        }
    }

    /// Asks by `way` for its external address. `nonce` is what nobody can guess.
    pub(super) async fn ask(
        &self,
        way: &SocketBinder,
        nonce: [u8; 12],
    ) -> Result<Ipv4Addr, RouterError> {
        let soon = &way.no_later_than(Instant::now() + ROUTER_TIMEOUT);
        let ways: Vec<Attempt<'_, _, RouterError>> = vec![
            ("PCP", Box::pin(pcp::ask(soon, self.requests, nonce))),
            ("NAT-PMP", Box::pin(self.by_natpmp(soon))),
            ("UPnP", Box::pin(self.by_upnp(soon, way))),
        ];
        let head_start = STAGGER.min(way.limit / 10);
        race(ways, head_start).await.map_err(|failures| {
            let told = failures
                .iter()
                .map(|(way, failure)| format!("{way}: {}", failure.what));
            RouterError {
                what: told.collect::<Vec<_>>().join("; "),
                no_address: failures.iter().any(|(_, failure)| failure.no_address),
            }
        })
    }

    async fn by_natpmp(&self, way: &SocketBinder) -> Result<Ipv4Addr, RouterError> {
        let read = |bytes: &[u8]| natpmp::answer(bytes).into();
        let answer = datagram::ask(way, self.requests, &natpmp::REQUEST, read);
        Ok(answer.await??)
    }

    /// `found` is the way by which there is an answer to the search, `way` the one by which there is one to
    /// all.
    async fn by_upnp(
        &self,
        found: &SocketBinder,
        way: &SocketBinder,
    ) -> Result<Ipv4Addr, RouterError> {
        // No datagram is sent: the kernel says which of our addresses faces the router.
        let towards = way.datagrams(self.requests).await?;
        let own = towards.local_addr().map_err(|error| error.to_string())?;
        let SocketAddr::V4(own) = own else {
            return Err("this host has no IPv4 address towards it".to_owned().into());
        };
        let upnp = Upnp {
            router: self.addr,
            own: *own.ip(),
            recipients: self.recipients,
            user_agent: self.user_agent,
            acceptance: self.acceptance,
        };
        upnp.ask(found, way).await
    }
}

#[cfg(test)]
mod tests;
