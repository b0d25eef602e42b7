//! Names of endpoints to addresses, on the one thread there is: the system's resolver would be
//! called on a thread of its own.

use std::{io, net::SocketAddr, sync::Arc};

use hickory_resolver::{TokioResolver, config::LookupIpStrategy};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::core::addr::Family;

/// Resolves through the servers of `/etc/resolv.conf` and the names of `/etc/hosts`, in one family
/// or in both.
#[derive(Clone)]
pub(super) struct Lookup {
    resolver: Result<Arc<TokioResolver>, String>,
}

impl Lookup {
    /// Reads the system's configuration anew: it changes with the network.
    pub(super) fn new(family: Option<Family>) -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(|mut builder| {
            builder.options_mut().ip_strategy = match family {
                Some(Family::V4) => LookupIpStrategy::Ipv4Only,
                Some(Family::V6) => LookupIpStrategy::Ipv6Only,
                None => LookupIpStrategy::Ipv6AndIpv4,
            };
            builder.build()
        });
        Self {
            resolver: resolver.map(Arc::new).map_err(|error| error.to_string()),
        }
    }
}

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.resolver.clone();
        Box::pin(async move {
            let failed = |what: String| io::Error::other(format!("{}: {what}", name.as_str()));
            let resolver = resolver.map_err(failed)?;
            let found = resolver.lookup_ip(name.as_str()).await;
            let found = found.map_err(|error| failed(error.to_string()))?;
            let addrs: Vec<_> = found.iter().map(|addr| SocketAddr::new(addr, 0)).collect();
            Ok(Box::new(addrs.into_iter()) as Addrs)
        })
    }
}
