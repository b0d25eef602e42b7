//! Where a server named by its operator is, in one family.

use std::net::{IpAddr, SocketAddr};

use tokio::time::{Instant, timeout_at};

use super::datagram::late;
use crate::{core::addr::Family, http::lookup::Lookup};

/// The first address of `host` in the family. The system's resolver is asked anew each time: it
/// changes with the network.
pub(super) async fn find(
    host: &str,
    port: u16,
    family: Family,
    until: Instant,
) -> Result<SocketAddr, String> {
    let addrs = if let Ok(addr) = host.parse::<IpAddr>() {
        vec![addr]
    } else {
        let lookup = Lookup::new(Some(family));
        let found = timeout_at(until, lookup.addresses(host)).await;
        found.unwrap_or_else(|_| Err(format!("{host}: {}", late(None))))?
    };
    let mut fitting = addrs.into_iter().filter(|it| Family::of(*it) == family);
    fitting
        .next()
        .map(|addr| SocketAddr::new(addr, port))
        .ok_or_else(|| format!("{host} has no {family} address"))
}
