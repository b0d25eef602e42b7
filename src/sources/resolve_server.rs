//! Where a server named by its operator is, in one family.

use std::net::{IpAddr, SocketAddr};

use tokio::time::timeout_at;

use super::{datagram::late, socket_binder::SocketBinder};
use crate::{core::address::family::Family, http::service_resolver::ServiceResolver};

/// The first address of `host` in the way's family. The system's resolver is asked anew each time: it
/// changes with the network. It is the system's whatever the way: where a server is does not say where
/// we are.
pub(super) async fn find(way: &SocketBinder, host: &str, port: u16) -> Result<SocketAddr, String> {
    let family = way.family();
    let addrs = if let Ok(addr) = host.parse::<IpAddr>() {
        vec![addr]
    } else {
        let lookup = ServiceResolver::new(Some(family));
        let found = timeout_at(way.until, lookup.addresses(host)).await;
        found.unwrap_or_else(|_| Err(format!("{host}: {}", late(None))))?
    };
    let mut fitting = addrs.into_iter().filter(|it| Family::of(*it) == family);
    fitting
        .next()
        .map(|addr| SocketAddr::new(addr, port))
        .ok_or_else(|| format!("{host} has no {family} address"))
}
