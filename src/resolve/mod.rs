//! What a zone's own servers answer: asked directly, each on its own, never through a cache.

pub mod answer;

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use futures_util::{StreamExt, future::join_all, stream};
use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::{RData, RecordType},
};

use self::answer::{addresses, words};
use crate::core::{
    addr::Family,
    name::{Fqdn, ZoneName},
    verify::ServerAnswer,
};

/// How many questions are under way at once: a round with many hosts stays polite.
const AT_ONCE: usize = 16;

/// A question about one RRset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// The host.
    pub host: Fqdn,
    /// The family.
    pub family: Family,
    /// The zone that holds the host, whose servers are asked.
    pub zone: ZoneName,
}

/// Asks DNS servers directly.
#[derive(Clone, Debug)]
pub struct Servers {
    /// These are asked, whatever the zone; if there are none, the zone's own are found and asked.
    pub configured: Vec<SocketAddr>,
    /// The deadline for each question.
    pub timeout: Duration,
}

/// A server, how to ask it, and whether it let somebody wait in vain already.
struct Server {
    name: String,
    resolver: Result<TokioResolver, String>,
    is_dead: Cell<bool>,
}

impl Servers {
    /// What each server says to each question, in the questions' order. However many questions
    /// there are, a server that does not answer costs about one time-out.
    pub async fn ask(&self, questions: &[Question]) -> Vec<Vec<ServerAnswer>> {
        let zones: BTreeSet<&ZoneName> = questions.iter().map(|it| &it.zone).collect();
        let found = zones
            .into_iter()
            .map(async |zone| (zone, self.servers_of(zone).await));
        let zones: BTreeMap<_, _> = join_all(found).await.into_iter().collect();
        let answers = questions.iter().map(|question| {
            let servers = zones.get(&question.zone).into_iter().flatten();
            join_all(servers.map(async |server| ServerAnswer {
                server: server.name.clone(),
                answer: server.answer(question).await,
            }))
        });
        stream::iter(answers).buffered(AT_ONCE).collect().await
    }

    async fn servers_of(&self, zone: &ZoneName) -> Vec<Server> {
        if !self.configured.is_empty() {
            let direct = |server: &SocketAddr| self.server(server.to_string(), Ok(vec![*server]));
            return self.configured.iter().map(direct).collect();
        }
        match self.authoritative(zone).await {
            Ok(found) => {
                let servers = found.into_iter().map(|(name, addrs)| {
                    let port = |addr| SocketAddr::new(addr, 53);
                    self.server(name, addrs.map(|it| it.into_iter().map(port).collect()))
                });
                servers.collect()
            }
            Err(error) => vec![self.server(format!("the servers of {zone}"), Err(words(&error)))],
        }
    }

    /// The zone's servers with their addresses. One whose name leads nowhere stands in nobody
    /// else's way.
    async fn authoritative(
        &self,
        zone: &ZoneName,
    ) -> Result<Vec<(String, Result<Vec<IpAddr>, String>)>, NetError> {
        let mut builder = TokioResolver::builder_tokio()?;
        builder.options_mut().timeout = self.timeout;
        let resolver = &builder.build()?;
        let found = resolver.lookup(format!("{zone}."), RecordType::NS).await?;
        let names = found
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::NS(name) => Some(name.0.clone()),
                _ => None,
            });
        let servers = names.map(async |name| {
            let addrs = resolver.lookup_ip(name.clone()).await;
            let addrs = addrs
                .map(|addrs| addrs.iter().collect())
                .map_err(|it| words(&it));
            (name.to_string(), addrs)
        });
        Ok(join_all(servers).await)
    }

    /// A server with all its addresses: on a host with one family only, those of the other lead
    /// nowhere, and the next is tried.
    fn server(&self, name: String, addrs: Result<Vec<SocketAddr>, String>) -> Server {
        let resolver = addrs.and_then(|addrs| {
            let addrs = addrs.into_iter().map(|addr| {
                let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
                let connections = connections.map(|mut connection| {
                    connection.port = addr.port();
                    connection
                });
                NameServerConfig::new(addr.ip(), true, connections.into())
            });
            let config = ResolverConfig::from_name_servers(addrs.collect());
            let provider = TokioRuntimeProvider::default();
            let mut builder = TokioResolver::builder_with_config(config, provider);
            *builder.options_mut() = self.options();
            builder.build().map_err(|error| words(&error))
        });
        Server {
            name,
            resolver,
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

impl Server {
    async fn answer(&self, question: &Question) -> Result<BTreeSet<IpAddr>, String> {
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
