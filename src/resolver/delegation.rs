//! A zone's own servers, as its parent names them: what the system's resolver says of the zone itself may be stale,
//! or another zone of the same name (split DNS).

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use futures_util::future::join_all;
use hickory_resolver::{
    lookup::Lookup,
    net::{DnsError, NetError},
    proto::rr::{Name, RData, Record, RecordType},
};
use tokio::time::timeout;

use super::answer::words;
use crate::{core::dns::name::ZoneName, http::system_resolver::SystemResolver};

/// A zone has this many servers at the most that are asked about it, and a parent that are asked for them.
const MAX_QUERIES: usize = 13;

/// How many of the parent's servers are taken: one of them answers.
const MAX_PARENT_SERVERS: usize = 3;

/// How many addresses of a server and family are taken. A name of many stands for many places that have the same.
const MAX_ADDRESSES_PER_FAMILY: usize = 3;

/// How many delegations lie between the closest zone that the system's resolver knows and ours, at the most.
const MAX_DEPTH: usize = 8;

/// A server of a zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct NameServer {
    /// Its name.
    pub(super) name: String,
    /// Its addresses in both families, or why there are none.
    pub(super) addrs: Result<BTreeSet<IpAddr>, String>,
}

/// How the servers are found.
pub(super) struct DelegationWalker<'r> {
    /// Says where the zones above are served, and which addresses the servers' names have.
    pub(super) system: &'r SystemResolver,
    /// Makes a resolver that asks these servers.
    pub(super) ask: &'r dyn Fn(&[SocketAddr]) -> Result<SystemResolver, String>,
    /// Where servers listen: 53.
    pub(super) port: u16,
    /// How long all of it may take: one question leads to the next, and any of them may wait in vain.
    pub(super) limit: Duration,
}

/// Where a server is named, with the addresses that the same answer has for it.
struct NsRecord {
    name: Name,
    glue: Vec<IpAddr>,
}

/// What a server of a zone above says about ours.
enum Referral {
    /// These serve it.
    Servers(Vec<NsRecord>),
    /// These serve a zone between the two.
    Between(Name, Vec<NsRecord>),
}

impl DelegationWalker<'_> {
    /// The servers to which the zone is delegated.
    pub(super) async fn servers_of(&self, zone: &ZoneName) -> Result<Vec<NameServer>, String> {
        let found = timeout(self.limit, self.walk(zone)).await;
        found.unwrap_or_else(|_| Err("they could not be found out in time".to_owned()))
    }

    async fn walk(&self, zone: &ZoneName) -> Result<Vec<NameServer>, String> {
        let zone = Name::from_ascii(format!("{zone}.")).map_err(|error| error.to_string())?;
        let (mut above, mut names) = self.closest_above(&zone).await?;
        for _ in 0..MAX_DEPTH {
            names.truncate(MAX_PARENT_SERVERS);
            let parents = join_all(names.iter().map(|it| self.addresses(it))).await;
            let addrs = parents.iter().filter_map(|it| it.addrs.as_ref().ok());
            let addrs = addrs.flatten().map(|it| SocketAddr::new(*it, self.port));
            let addrs: Vec<_> = addrs.collect();
            if addrs.is_empty() {
                let why = parents.into_iter().find_map(|it| it.addrs.err());
                let why = why.unwrap_or_default();
                return Err(format!("the servers of {above} have no addresses: {why}"));
            }
            let said = (self.ask)(&addrs)?;
            let said = said.lookup(zone.clone(), RecordType::NS).await;
            match understood(said, &above, &zone) {
                Ok(Referral::Servers(mut names)) => {
                    names.sort_by(|a, b| a.name.cmp(&b.name));
                    names.truncate(MAX_QUERIES);
                    return Ok(join_all(names.iter().map(|it| self.addresses(it))).await);
                }
                Ok(Referral::Between(name, further)) => (above, names) = (name, further),
                Err(what) => return Err(format!("the servers of {above} do not say: {what}")),
            }
        }
        Err(format!("more than {MAX_DEPTH} delegations lead to it"))
    }

    /// The closest zone above that the system's resolver knows, and its servers.
    async fn closest_above(&self, zone: &Name) -> Result<(Name, Vec<NsRecord>), String> {
        let mut above = zone.base_name();
        loop {
            match self.system.lookup(above.clone(), RecordType::NS).await {
                Ok(found) => {
                    let names = named(found.answers(), found.additionals(), &above, &Name::root());
                    if !names.is_empty() {
                        return Ok((above, names));
                    }
                }
                Err(NetError::Dns(DnsError::NoRecordsFound(_))) => {}
                Err(error) => return Err(words(&error)),
            }
            if above.is_root() {
                return Err(
                    "the system's resolver does not know the servers of the root".to_owned(),
                );
            }
            above = above.base_name();
        }
    }

    async fn addresses(&self, server: &NsRecord) -> NameServer {
        let addrs = if server.glue.is_empty() {
            let found = self.system.lookup_ip(server.name.clone()).await;
            found.map(|it| few(it.iter())).map_err(|it| words(&it))
        } else {
            Ok(few(server.glue.iter().copied()))
        };
        NameServer {
            name: server.name.to_string(),
            addrs,
        }
    }
}

/// The first addresses of each family.
fn few(addrs: impl Iterator<Item = IpAddr>) -> BTreeSet<IpAddr> {
    let (v4, v6): (Vec<_>, Vec<_>) = addrs.partition(IpAddr::is_ipv4);
    let each = [v4, v6].into_iter();
    each.flat_map(|it| it.into_iter().take(MAX_ADDRESSES_PER_FAMILY))
        .collect()
}

/// What the servers of `above` answered when they were asked for those of `zone`: a referral, or their own word
/// where they serve the zone too.
fn understood(
    said: Result<Lookup, NetError>,
    above: &Name,
    zone: &Name,
) -> Result<Referral, String> {
    let (records, glue): (Vec<Record>, Vec<Record>) = match said {
        Ok(found) => {
            let records = found.answers().iter().chain(found.authorities());
            (records.cloned().collect(), found.additionals().to_vec())
        }
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) => {
            let referral = none.ns.as_deref().unwrap_or_default();
            let glue = referral.iter().flat_map(|it| it.glue.iter().cloned());
            let records = referral.iter().map(|it| it.ns.clone());
            (records.collect(), glue.collect())
        }
        Err(error) => return Err(words(&error)),
    };
    let mut servers = records
        .iter()
        .filter(|it| it.record_type() == RecordType::NS);
    let cut = servers.next().map(|it| it.name.to_lowercase());
    // Down towards the zone is the only way to go.
    let is_on_the_way = |cut: &Name| cut != above && above.zone_of(cut) && cut.zone_of(zone);
    let Some(cut) = cut.filter(is_on_the_way) else {
        return Err("they know no such zone".to_owned());
    };
    let names = named(&records, &glue, &cut, above);
    if cut == *zone {
        Ok(Referral::Servers(names))
    } else {
        Ok(Referral::Between(cut, names))
    }
}

/// The servers that `records` name for a zone, in their order, with what `others` say of their addresses. Who
/// serves one zone has nothing to say of names outside of it.
fn named(records: &[Record], others: &[Record], zone: &Name, serves: &Name) -> Vec<NsRecord> {
    let mut names: Vec<NsRecord> = Vec::new();
    for record in records.iter().filter(|it| it.name == *zone) {
        let RData::NS(name) = &record.data else {
            continue;
        };
        if names.iter().any(|it| it.name == name.0) {
            continue;
        }
        let own = others.iter().filter(|it| it.name == name.0);
        let own = own.filter(|it| serves.zone_of(&it.name));
        names.push(NsRecord {
            name: name.0.to_lowercase(),
            glue: own.filter_map(|it| it.data.ip_addr()).collect(),
        });
    }
    names
}

#[cfg(test)]
mod tests;
