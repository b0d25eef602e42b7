//! Names of endpoints to addresses, on the one thread there is: the system's resolver would be
//! called on a thread of its own.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use hickory_resolver::{TokioResolver, config::LookupIpStrategy};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::core::addr::Family;

/// Resolves through the servers of `/etc/resolv.conf` and the names of `/etc/hosts`, in one family
/// or in both.
#[derive(Clone)]
pub(crate) struct Lookup {
    resolver: Result<Arc<TokioResolver>, String>,
}

impl Lookup {
    /// Reads the system's configuration anew: it changes with the network.
    pub(crate) fn new(family: Option<Family>) -> Self {
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

    /// The addresses of a host; the error names it.
    pub(crate) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        let failed = |what: String| format!("{host}: {what}");
        let resolver = self.resolver.as_ref().map_err(|it| failed(it.clone()))?;
        let found = resolver.lookup_ip(host).await;
        let found = found.map_err(|error| failed(error.to_string()))?;
        Ok(found.iter().collect())
    }
}

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = self.clone();
        Box::pin(async move {
            let found = lookup.addresses(name.as_str()).await;
            let found = found.map_err(io::Error::other)?;
            let addrs = found.into_iter().map(|addr| SocketAddr::new(addr, 0));
            Ok(Box::new(addrs) as Addrs)
        })
    }
}
