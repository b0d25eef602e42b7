//! The providers' handles, with sockets and without.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::dnspod::DnsPod;
use crate::domeneshop::Domeneshop;
use crate::log::Site;
use crate::shared::Shared;

/// Where each of them listens.
pub(crate) struct Addresses {
    pub(crate) domeneshop: SocketAddr,
    pub(crate) dnspod: SocketAddr,
    pub(crate) dnspod_china: SocketAddr,
}

/// Domeneshop and both sites of DNSPod.
#[derive(Debug)]
pub(crate) struct Providers {
    domeneshop: Domeneshop,
    dnspod: DnsPod,
    dnspod_china: DnsPod,
}

impl Providers {
    pub(crate) fn new(shared: &Arc<Shared>, at: &Addresses) -> Self {
        let pod = |site, addr| DnsPod {
            shared: Arc::clone(shared),
            addr,
            site,
        };
        Self {
            domeneshop: Domeneshop {
                shared: Arc::clone(shared),
                addr: at.domeneshop,
            },
            dnspod: pod(Site::International, at.dnspod),
            dnspod_china: pod(Site::China, at.dnspod_china),
        }
    }

    pub(crate) fn domeneshop(&self) -> &Domeneshop {
        &self.domeneshop
    }

    pub(crate) fn dnspod(&self, site: Site) -> &DnsPod {
        match site {
            Site::International => &self.dnspod,
            Site::China => &self.dnspod_china,
        }
    }
}
