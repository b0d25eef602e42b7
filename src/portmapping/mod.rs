//! NAT-PMP (RFC 6886) and PCP (RFC 6887), as far as a router's external address goes: messages as
//! values, and what a router's age tells. Nothing here opens a socket.
//!
//! Own code, as both ends of an exchange are a few dozen bytes: the crates there are open their
//! sockets themselves, so that these can neither be bound to an interface nor be kept from strangers,
//! and hear no announcements.

pub mod epoch;
pub mod natpmp;
pub mod pcp;

use std::{fmt, net::Ipv4Addr};

/// Where a router listens for requests of both protocols.
pub const REQUESTS: u16 = 5351;

/// Where it announces what has changed, of both protocols, to every host of the link.
pub const ANNOUNCEMENTS: (Ipv4Addr, u16) = (Ipv4Addr::new(224, 0, 0, 1), 5350);

/// A request that the router answers with a no.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PortMapError {
    /// Why, in words.
    pub what: String,
    /// Whether that is because it has no external address.
    pub no_address: bool,
}

impl PortMapError {
    /// A no for another reason.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            no_address: false,
        }
    }

    /// A no for want of an external address.
    pub fn no_address(what: &str) -> Self {
        Self {
            what: what.to_owned(),
            no_address: true,
        }
    }
}

impl fmt::Display for PortMapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// The address that a router gives as its own; all zeros stand for none.
pub fn external_addr(addr: Ipv4Addr) -> Result<Ipv4Addr, PortMapError> {
    if addr.is_unspecified() {
        Err(PortMapError::no_address(
            "it has no external address (0.0.0.0)",
        ))
    } else {
        Ok(addr)
    }
}
