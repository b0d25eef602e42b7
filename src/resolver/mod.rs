//! What a zone's own servers answer: asked directly, each on its own, never through a cache.

pub mod answer;
mod delegation;

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use futures_util::{StreamExt, future::join_all, stream};
use hickory_resolver::{
    Resolver,
    config::{
        ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig,
        ResolverOpts,
    },
    net::NetError,
    proto::rr::RecordType,
};

use super::core::address::family::Family;
use crate::resolver::{
    answer::{addresses, words},
    delegation::{DelegationWalker, NameServer},
};
use crate::{
    core::{
        dns::name::{Fqdn, ZoneName},
        foreign_text::printable,
        verification::ServerAnswer,
    },
    http::system_resolver::{
        LookupNames, RESOLV_CONF, ScopedProvider, SystemConfig, SystemResolver,
    },
};

/// How many questions are under way at once: a round with many hosts stays polite.
const MAX_CONCURRENT_QUERIES: usize = 16;

/// A question about one RRset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RrsetQuery {
    /// The host.
    pub host: Fqdn,
    /// The family.
    pub family: Family,
    /// The zone that holds the host, whose servers are asked.
    pub zone: ZoneName,
}

/// Asks DNS servers directly.
#[derive(Clone, Debug)]
pub struct AuthoritativeResolver {
    /// These are asked, whatever the zone; if there are none, the zone's own are found and asked.
    pub configured: Vec<SocketAddr>,
    /// The deadline for each question.
    pub timeout: Duration,
}

/// A server at one of its addresses, how to ask it, and whether it let somebody wait in vain already.
struct AuthoritativeServer {
    name: String,
    resolver: Result<SystemResolver, String>,
    is_dead: Cell<bool>,
}

impl AuthoritativeResolver {
    /// What each server says to each question, in the questions' order; one with several addresses has one
    /// answer for each. However many questions there are, a server that does not answer costs about two
    /// time-outs, one by UDP and one by TCP, and to find the servers takes two more at the most.
    pub async fn ask(&self, questions: &[RrsetQuery]) -> Vec<Vec<ServerAnswer>> {
        let zones: BTreeSet<&ZoneName> = questions.iter().map(|it| &it.zone).collect();
        let found = zones
            .into_iter()
            .map(async |zone| (zone, self.servers_of(zone).await));
        let zones: BTreeMap<_, _> = join_all(found).await.into_iter().collect();
        let answers = questions.iter().map(|question| {
            let servers = zones.get(&question.zone).into_iter().flatten();
            join_all(servers.map(async |server| ServerAnswer {
                server: printable(&server.name).into_owned(),
                answer: server.answer(question).await,
            }))
        });
        stream::iter(answers)
            .buffered(MAX_CONCURRENT_QUERIES)
            .collect()
            .await
    }

    async fn servers_of(&self, zone: &ZoneName) -> Vec<AuthoritativeServer> {
        if !self.configured.is_empty() {
            let direct = |server: &SocketAddr| self.server(server.to_string(), *server);
            return self.configured.iter().map(direct).collect();
        }
        match self.authoritative(zone).await {
            Ok(found) => found
                .into_iter()
                .flat_map(|server| self.each(server))
                .collect(),
            Err(what) => vec![AuthoritativeServer::unknown(
                format!("the servers of {zone}"),
                what,
            )],
        }
    }

    /// The zone's servers with their addresses. One whose name leads nowhere stands in nobody
    /// else's way.
    async fn authoritative(&self, zone: &ZoneName) -> Result<Vec<NameServer>, String> {
        let system = SystemConfig::read(RESOLV_CONF.as_ref())?;
        let system = system.resolver(LookupNames::Absolute, |options| {
            options.timeout = self.timeout;
            options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        });
        let finder = DelegationWalker {
            system: &system.map_err(|error| words(&error))?,
            ask: &|servers| direct(servers, self.options()),
            port: 53,
            limit: self.timeout * 2,
        };
        finder.servers_of(zone).await
    }

    fn each(&self, found: NameServer) -> Vec<AuthoritativeServer> {
        let NameServer { name, addrs } = found;
        match addrs {
            Err(what) => vec![AuthoritativeServer::unknown(name, what)],
            Ok(addrs) => addrs
                .into_iter()
                .map(|addr| self.server(format!("{name} ({addr})"), SocketAddr::new(addr, 53)))
                .collect(),
        }
    }

    fn server(&self, name: String, addr: SocketAddr) -> AuthoritativeServer {
        AuthoritativeServer {
            name,
            resolver: direct(&[addr], self.options()),
            is_dead: Cell::new(false),
        }
    }

    /// How a server is asked: one attempt, nothing cached, nothing from `/etc/hosts`, letters in random case (the 0x20
    /// draft) so that a forged answer has more to guess.
    pub fn options(&self) -> ResolverOpts {
        let mut options = ResolverOpts::default();
        options.timeout = self.timeout;
        options.attempts = 1;
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        options.recursion_desired = false;
        options.case_randomization = true;
        options.try_tcp_on_error = true;
        options
    }
}

/// Asks these servers and no others.
fn direct(servers: &[SocketAddr], options: ResolverOpts) -> Result<SystemResolver, String> {
    let servers = servers.iter().map(|server| {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
        let connections = connections.map(|mut connection| {
            connection.port = server.port();
            connection
        });
        NameServerConfig::new(server.ip(), true, connections.into())
    });
    let config = ResolverConfig::from_name_servers(servers.collect());
    let mut builder = Resolver::builder_with_config(config, ScopedProvider::default());
    *builder.options_mut() = options;
    builder.build().map_err(|error| words(&error))
}

impl AuthoritativeServer {
    /// One that cannot be asked, and why.
    fn unknown(name: String, what: String) -> Self {
        Self {
            name,
            resolver: Err(what),
            is_dead: Cell::new(false),
        }
    }

    async fn answer(&self, question: &RrsetQuery) -> Result<BTreeSet<IpAddr>, String> {
        let resolver = self.resolver.as_ref().map_err(Clone::clone)?;
        if self.is_dead.get() {
            return Err(words(&NetError::Timeout));
        }
        let kind = match question.family {
            Family::V4 => RecordType::A,
            Family::V6 => RecordType::AAAA,
        };
        let found = resolver.lookup(format!("{}.", question.host), kind).await;
        let answered = matches!(found, Ok(_) | Err(NetError::Dns(_)));
        self.is_dead.set(self.is_dead.get() || !answered);
        addresses(found)
    }
}
