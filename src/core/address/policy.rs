//! Which addresses may be published: `accept`, `only` and `exclude`.

use std::{fmt, net::IpAddr};

use ipnet::IpNet;

use super::{
    family::Family,
    scope::{AddressScope, classify},
};

/// An address that passed a [`PublishPolicy`]: nothing else can become the content of a record (L2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublishableAddr(IpAddr);

impl PublishableAddr {
    /// The address.
    pub fn addr(self) -> IpAddr {
        self.0
    }
}

impl fmt::Display for PublishableAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for PublishableAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which addresses the operator wants published: `accept`, `only` and `exclude`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PublishPolicy {
    /// `accept = "any"`: private, CGNAT, ULA, documentation and benchmark addresses too.
    pub accept_any: bool,
    /// If there are any, an address must lie in one of them.
    pub only: Vec<IpNet>,
    /// An address must lie in none of them.
    pub exclude: Vec<IpNet>,
}

/// Why an address may not be published.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PolicyViolation {
    /// The answer is of the other family.
    #[error("{0} is not an {1} address")]
    WrongFamily(IpAddr, Family),
    /// It is no address others could ever reach: unspecified, loopback, link-local, multicast,
    /// IPv4-mapped, reserved. `accept = "any"` does not change that.
    #[error("{0} is {1}: it can never be published")]
    Never(IpAddr, &'static str),
    /// It is not reachable from the Internet; `accept = "any"` admits it.
    #[error("{0} is {1}, not globally reachable (accept = \"any\" would publish it)")]
    NotGlobal(IpAddr, &'static str),
    /// It lies in no network of `only`.
    #[error("{0} lies in none of the networks of `only`")]
    OutsideOnly(IpAddr),
    /// It lies in a network of `exclude`.
    #[error("{0} lies in {1}, which `exclude` names")]
    Excluded(IpAddr, IpNet),
}

impl PublishPolicy {
    /// The one way to a [`PublishableAddr`].
    pub fn check(&self, family: Family, addr: IpAddr) -> Result<PublishableAddr, PolicyViolation> {
        if Family::of(addr) != family {
            return Err(PolicyViolation::WrongFamily(addr, family));
        }
        match classify(addr) {
            AddressScope::Global => {}
            AddressScope::Never(what) => return Err(PolicyViolation::Never(addr, what)),
            AddressScope::Local(_) if self.accept_any => {}
            AddressScope::Local(what) => return Err(PolicyViolation::NotGlobal(addr, what)),
        }
        if !self.only.is_empty() && !self.only.iter().any(|net| net.contains(&addr)) {
            return Err(PolicyViolation::OutsideOnly(addr));
        }
        if let Some(net) = self.exclude.iter().find(|net| net.contains(&addr)) {
            return Err(PolicyViolation::Excluded(addr, *net));
        }
        Ok(PublishableAddr(addr))
    }
}
