//! Names of endpoints to addresses, on the one thread there is: the system's resolver would be
//! called on a thread of its own.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use hickory_resolver::{
    config::LookupIpStrategy,
    net::{DnsError, NetError},
    proto::op::ResponseCode,
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::system_resolver::{LookupNames, RESOLV_CONF, SystemConfig, SystemResolver};
use crate::core::{address::family::Family, foreign_text::ForeignText};

/// Resolves through the servers of `/etc/resolv.conf` and the names of `/etc/hosts`, in one family
/// or in both.
#[derive(Clone)]
pub(crate) struct ServiceResolver {
    family: Option<Family>,
    /// The system's configuration. Tests have their own.
    path: PathBuf,
}

impl ServiceResolver {
    /// Looks up in this family, or in both.
    pub(crate) fn new(family: Option<Family>) -> Self {
        Self::with(family, RESOLV_CONF.as_ref())
    }

    fn with(family: Option<Family>, path: &Path) -> Self {
        let path = path.to_owned();
        Self { family, path }
    }

    /// The addresses of a host; the error names it. Each time the system's configuration is read anew: it changes with
    /// the network.
    ///
    /// A name with a dot in it is a service's, and absolute. One without is a host of one's own network, a proxy for
    /// instance, and looked up below the search domains as well.
    pub(crate) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        let failed = |what: String| {
            let host = ForeignText::new(host);
            format!("the look-up of the name {host} failed: {what}")
        };
        let bare = host.strip_suffix('.');
        let is_local = bare.is_none() && !host.contains('.') && host != "localhost";
        let names = if is_local {
            LookupNames::Searched
        } else {
            LookupNames::Absolute
        };
        let resolver = self.resolver(names).map_err(failed)?;
        let name = if is_local {
            host.to_owned()
        } else {
            format!("{}.", bare.unwrap_or(host))
        };
        let found = resolver.lookup_ip(name).await;
        let found = found.map_err(|error| failed(explain(&error)))?;
        Ok(found.iter().collect())
    }

    fn resolver(&self, names: LookupNames) -> Result<SystemResolver, String> {
        let system = SystemConfig::read(&self.path)?;
        let resolver = system.resolver(names, |options| {
            options.ip_strategy = match self.family {
                Some(Family::V4) => LookupIpStrategy::Ipv4Only,
                Some(Family::V6) => LookupIpStrategy::Ipv6Only,
                None => LookupIpStrategy::Ipv6AndIpv4,
            };
        });
        resolver.map_err(|error| error.to_string())
    }
}

impl Resolve for ServiceResolver {
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

/// Why there is no address.
fn explain(error: &NetError) -> String {
    let none = match error {
        NetError::Timeout => return "no DNS server answered in time".to_owned(),
        NetError::Dns(DnsError::NoRecordsFound(none)) => none,
        other => return ForeignText::new(&other.to_string()).into(),
    };
    match none.response_code {
        ResponseCode::NXDomain => "there is no such name".to_owned(),
        ResponseCode::NoError => "the name has no address".to_owned(),
        code => format!("the DNS server answers {code}"),
    }
}

#[cfg(test)]
mod tests {
    use hickory_resolver::{
        net::NoRecords,
        proto::{
            op::Query,
            rr::{Name as DnsName, RecordType},
        },
    };

    use super::*;

    #[tokio::test]
    async fn an_error_says_that_a_look_up_failed_of_which_name_and_why() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("resolv.conf");
        let lookup = ServiceResolver::with(None, &path);
        let error = lookup.addresses("api.domeneshop.no").await.unwrap_err();
        let name = path.display();
        let said = format!(
            "the look-up of the name api.domeneshop.no failed: {name} could not be read: No such file"
        );
        assert!(error.starts_with(&said), "{error}");
    }

    #[test]
    fn an_answer_without_an_address_is_told_in_words() {
        for (code, what) in [
            (ResponseCode::NXDomain, "there is no such name"),
            (ResponseCode::NoError, "the name has no address"),
            (
                ResponseCode::ServFail,
                "the DNS server answers Server Failure",
            ),
        ] {
            let query = Query::query(DnsName::root(), RecordType::A);
            let none = DnsError::NoRecordsFound(NoRecords::new(query, code));
            assert_eq!(explain(&NetError::Dns(none)), what);
        }
        assert_eq!(
            explain(&NetError::Timeout),
            "no DNS server answered in time"
        );
    }

    #[tokio::test]
    async fn this_host_is_found_without_asking_a_server() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("resolv.conf");
        std::fs::write(
            &path,
            "nameserver 192.0.2.1\nsearch example.com\noptions ndots:5\n",
        )
        .unwrap();
        let lookup = ServiceResolver::with(Some(Family::V4), &path);
        let found = lookup.addresses("localhost").await;
        assert_eq!(found, Ok(vec![IpAddr::from([127, 0, 0, 1])]));
    }
}
