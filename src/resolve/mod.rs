//! What a zone's own servers answer: asked directly, each on its own, never through a cache.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts},
    net::{DnsError, NetError, runtime::TokioRuntimeProvider},
    proto::rr::{RData, RecordType},
};

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

/// A server and how to ask it.
type Asker = (String, Result<TokioResolver, String>);

impl Servers {
    /// What each server says to each question, in the questions' order.
    pub async fn ask(&self, questions: &[Question]) -> Vec<Vec<ServerAnswer>> {
        let mut zones: BTreeMap<&ZoneName, Vec<Asker>> = BTreeMap::new();
        for question in questions {
            if !zones.contains_key(&question.zone) {
                zones.insert(&question.zone, self.servers_of(&question.zone).await);
            }
        }
        let none = Vec::new();
        let answers = questions.iter().map(|question| {
            let servers = zones.get(&question.zone).unwrap_or(&none);
            async move {
                let mut answers = Vec::with_capacity(servers.len());
                for (server, resolver) in servers {
                    let answer = match resolver {
                        Ok(resolver) => addresses(resolver, question).await,
                        Err(what) => Err(what.clone()),
                    };
                    answers.push(ServerAnswer {
                        server: server.clone(),
                        answer,
                    });
                }
                answers
            }
        });
        stream::iter(answers).buffered(AT_ONCE).collect().await
    }

    async fn servers_of(&self, zone: &ZoneName) -> Vec<Asker> {
        if !self.configured.is_empty() {
            let direct = |server: &SocketAddr| (server.to_string(), self.direct(*server));
            return self.configured.iter().map(direct).collect();
        }
        match self.authoritative(zone).await {
            Ok(found) => found
                .into_iter()
                .map(|(name, addr)| match addr {
                    Ok(addr) => (
                        format!("{name} ({addr})"),
                        self.direct(SocketAddr::new(addr, 53)),
                    ),
                    Err(what) => (name, Err(what)),
                })
                .collect(),
            Err(error) => vec![(format!("the servers of {zone}"), Err(words(&error)))],
        }
    }

    /// The zone's servers and one address of each. One whose name leads nowhere stands in nobody
    /// else's way.
    async fn authoritative(
        &self,
        zone: &ZoneName,
    ) -> Result<Vec<(String, Result<IpAddr, String>)>, NetError> {
        let mut builder = TokioResolver::builder_tokio()?;
        builder.options_mut().timeout = self.timeout;
        let resolver = builder.build()?;
        let found = resolver.lookup(format!("{zone}."), RecordType::NS).await?;
        let mut servers = Vec::new();
        for record in found.answers() {
            if let RData::NS(name) = &record.data {
                let addr = match resolver.lookup_ip(name.0.clone()).await {
                    Ok(addrs) => addrs
                        .iter()
                        .next()
                        .ok_or_else(|| "it has no address".to_owned()),
                    Err(error) => Err(words(&error)),
                };
                servers.push((name.0.to_string(), addr));
            }
        }
        Ok(servers)
    }

    fn direct(&self, server: SocketAddr) -> Result<TokioResolver, String> {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
        let connections = connections.map(|mut connection| {
            connection.port = server.port();
            connection
        });
        let server = NameServerConfig::new(server.ip(), true, connections.into());
        let config = ResolverConfig::from_name_servers(vec![server]);
        let mut builder =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        *builder.options_mut() = self.options();
        builder.build().map_err(|error| words(&error))
    }

    /// One attempt, nothing cached, nothing from `/etc/hosts`, letters in random case (the 0x20
    /// draft) so that a forged answer has more to guess.
    fn options(&self) -> ResolverOpts {
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

async fn addresses(
    resolver: &TokioResolver,
    question: &Question,
) -> Result<BTreeSet<IpAddr>, String> {
    let kind = match question.family {
        Family::V4 => RecordType::A,
        Family::V6 => RecordType::AAAA,
    };
    match resolver.lookup(format!("{}.", question.host), kind).await {
        Ok(found) => Ok(found
            .answers()
            .iter()
            .filter_map(|it| it.data.ip_addr())
            .collect()),
        // Only a server that knows the zone says "none" with its SOA; a referral or an empty
        // answer from a lame one says nothing about the host.
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) if none.soa.is_some() => {
            Ok(BTreeSet::new())
        }
        Err(error) => Err(words(&error)),
    }
}

fn words(error: &NetError) -> String {
    match error {
        NetError::Timeout => "no answer in time".to_owned(),
        NetError::Dns(DnsError::NoRecordsFound(_)) => "it does not know the zone".to_owned(),
        NetError::Dns(DnsError::ResponseCode(code)) => format!("it answers {code}"),
        error => error.to_string(),
    }
}
