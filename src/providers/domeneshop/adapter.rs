//! An account as a round sees it: what is there, and carrying out a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;

use crate::{
    core::{
        address::family::Family,
        dns::{
            change::{Change, Method, Step},
            conflict::{ConflictFinder, ConflictKind, NameConflict},
            name::{Fqdn, ZoneName, longest_zone},
            record::{Record, Zone},
        },
        error::{ErrorClass, ProviderError, Scope},
        reconcile::{
            guard::SafePlan,
            plan::{Capabilities, UpdateMode},
        },
    },
    http::Transport,
    json::{self, Allowance},
    providers::{Listing, Provider},
};

use super::{
    Client, DYNDNS_TTL, Settings,
    api::{dns::DnsList, domains::DomainsList, forwards::ForwardsList},
    convert::{created, domain_id, modified, record, record_id},
    dyndns_update,
    result_collector::ResultCollector,
    types::{DnsRecord, Domain, HttpForward},
};

/// What a zone has of some hosts.
struct ZoneContents {
    records: Vec<Record>,
    conflicts: BTreeMap<Fqdn, NameConflict>,
    /// Hosts whose forwards could not be listed.
    unclear: BTreeMap<Fqdn, ProviderError>,
}

/// An account at Domeneshop.
#[derive(Debug)]
pub struct DomeneshopAccount<T> {
    client: Client<T>,
    endpoint: String,
    push: UpdateMode,
    max_kept: usize,
}

impl<T: Transport> DomeneshopAccount<T> {
    /// The account of these settings, reached through a transport whose base address is
    /// `settings.endpoint`.
    pub fn new(transport: T, settings: &Settings) -> Self {
        Self {
            client: Client::new(transport, settings),
            endpoint: settings.endpoint.clone(),
            push: settings.push,
            max_kept: MAX_KEPT_BYTES,
        }
    }

    /// The same, keeping at most so many bytes of its lists.
    #[must_use]
    pub fn keeping(self, max_kept: usize) -> Self {
        Self { max_kept, ..self }
    }

    /// The API itself, for any of its operations.
    pub fn client(&self) -> &Client<T> {
        &self.client
    }

    /// The domains whose records can be edited here, those that are wanted. Those of them whose DNS service is off go to
    /// `without_dns`.
    pub(super) async fn dns_zones(
        &self,
        is_wanted: impl Fn(&ZoneName) -> bool,
        without_dns: &mut Vec<ZoneName>,
    ) -> Result<Vec<Zone>, ProviderError> {
        let mut allowance = Allowance::new(self.max_kept);
        let mut zones = Vec::new();
        without_dns.clear();
        let mut take = |item: &RawValue| {
            let domain: Domain = json::read(item.get().as_bytes())?;
            // A name that is none can hold no host of ours.
            let name = ZoneName::parse(&domain.domain).ok();
            let Some(name) = name.filter(|name| is_wanted(name)) else {
                return Ok(());
            };
            allowance.take(name.as_str().len() + size_of::<Zone>())?;
            if domain.has_dns() {
                let id = domain.id.to_string();
                zones.push(Zone { name, id });
            } else {
                without_dns.push(name);
            }
            Ok(())
        };
        let list = DomainsList::default();
        self.client.each_item(&list, &mut take).await?;
        Ok(zones)
    }

    /// What a zone has of `hosts`, by one request however many hosts there are, and by a second one
    /// where some of them have no address yet.
    async fn contents(
        &self,
        zone: &Zone,
        hosts: &[&Fqdn],
        allowance: &mut Allowance,
    ) -> Result<ZoneContents, ProviderError> {
        let list = DnsList {
            domain_id: domain_id(zone)?,
            ..DnsList::default()
        };
        let mut records: Vec<Record> = Vec::new();
        let mut conflicts = ConflictFinder::new(&zone.name, hosts.iter().copied());
        // The first of ours that makes no sense.
        let mut broken = None;
        let mut take = |item: &RawValue| {
            let listed: DnsRecord = json::read(item.get().as_bytes())?;
            if let Some(kind) = ConflictKind::of_type(&listed.body.kind) {
                conflicts.add(kind, &listed.body.host, &listed.body.data);
                return Ok(());
            }
            let family = Family::ALL
                .into_iter()
                .find(|it| listed.body.kind.eq_ignore_ascii_case(it.record_type()));
            let host = Fqdn::in_zone(&listed.body.host, &zone.name).ok();
            if let (Some(family), Some(host)) = (family, host)
                && hosts.contains(&&host)
                && broken.is_none()
            {
                match record(listed, host, family) {
                    Ok(record) => {
                        allowance.take(record.size())?;
                        records.push(record);
                    }
                    Err(failure) => broken = Some(failure),
                }
            }
            Ok(())
        };
        self.client.each_item(&list, &mut take).await?;
        if let Some(failure) = broken {
            return Err(failure);
        }
        let mut contents = ZoneContents {
            records,
            conflicts: conflicts.finish(),
            unclear: BTreeMap::new(),
        };
        self.add_forwards(&mut contents, zone, hosts).await?;
        Ok(contents)
    }

    /// Adds the forwards of hosts that have no address. Beside an address there is none: the service
    /// lets no forward stand beside an A or AAAA record (vendor's page, `POST …/forwards/`, 409).
    async fn add_forwards(
        &self,
        contents: &mut ZoneContents,
        zone: &Zone,
        hosts: &[&Fqdn],
    ) -> Result<(), ProviderError> {
        let with_address: BTreeSet<_> = contents.records.iter().map(|it| &it.host).collect();
        let has_something =
            |host: &Fqdn| with_address.contains(host) || contents.conflicts.contains_key(host);
        let bare: Vec<_> = hosts.iter().filter(|host| !has_something(host)).collect();
        if bare.is_empty() {
            return Ok(());
        }
        let list = ForwardsList {
            domain_id: domain_id(zone)?,
        };
        let mut finder = ConflictFinder::new(&zone.name, bare.iter().map(|host| **host));
        let mut take = |item: &RawValue| {
            let forward: HttpForward = json::read(item.get().as_bytes())?;
            finder.add(ConflictKind::HttpForward, &forward.host, &forward.url);
            Ok(())
        };
        match self.client.each_item(&list, &mut take).await {
            Ok(()) => {
                contents.conflicts.extend(finder.finish());
                Ok(())
            }
            // No forwards here: a domain that has none was not seen to say so otherwise.
            Err(failure) if failure.class == ErrorClass::NotFound => Ok(()),
            Err(failure)
                if matches!(
                    failure.class,
                    ErrorClass::Unauthorized | ErrorClass::RateLimited { .. }
                ) =>
            {
                Err(failure)
            }
            // What cannot be read is not "none" (L7), and the other hosts go on.
            Err(failure) => {
                let bare = bare.into_iter();
                contents.unclear = bare
                    .map(|host| ((*host).clone(), failure.clone()))
                    .collect();
                Ok(())
            }
        }
    }

    async fn list_all(&self, hosts: &[Fqdn], known: &[Zone]) -> Result<Listing, ProviderError> {
        // Those that other hosts are in stay known.
        let is_wanted = |zone: &ZoneName| {
            hosts.iter().any(|host| host.relative_to(zone).is_some())
                || known.iter().any(|it| it.name == *zone)
        };
        let mut zones: Vec<_> = known
            .iter()
            .filter(|zone| domain_id(zone).is_ok())
            .cloned()
            .collect();
        let mut is_fresh = false;
        let mut without_dns = Vec::new();
        if hosts.iter().any(|host| zone_of(host, &zones).is_none()) {
            zones = self.dns_zones(is_wanted, &mut without_dns).await?;
            is_fresh = true;
        }
        // What was read of a zone, kept while the others are sorted out.
        let mut read: Vec<(Zone, ZoneContents)> = Vec::new();
        let mut allowance = Allowance::new(self.max_kept);
        while let Some(zone) = next_zone(hosts, &zones, &read) {
            let in_zone: Vec<_> = hosts
                .iter()
                .filter(|host| zone_of(host, &zones) == Some(&zone))
                .collect();
            match self.contents(&zone, &in_zone, &mut allowance).await {
                Ok(contents) => read.push((zone, contents)),
                Err(failure) if failure.class != ErrorClass::NotFound => return Err(failure),
                // What was remembered does not hold any more: the domain was sold or moved.
                Err(_) if !is_fresh => {
                    zones = self.dns_zones(is_wanted, &mut without_dns).await?;
                    is_fresh = true;
                    read.clear();
                    allowance = Allowance::new(self.max_kept);
                }
                // Listed among the domains and yet without records to edit: not a zone of ours, and
                // no reason to leave the others alone. But its hosts must not end up in a zone
                // above it, where nobody meant them to be.
                Err(failure) => {
                    zones.retain(|it| *it != zone);
                    if in_zone.iter().any(|host| zone_of(host, &zones).is_some()) {
                        return Err(failure);
                    }
                    without_dns.push(zone.name);
                }
            }
        }
        // A host that a zone above holds is kept there.
        let is_missed = |name: &ZoneName| {
            let mut missed = hosts.iter().filter(|host| zone_of(host, &zones).is_none());
            missed.any(|host| host.is_within(name))
        };
        without_dns.retain(is_missed);
        let mut listing = Listing {
            zones,
            zone_errors: without_dns.into_iter().map(switched_off).collect(),
            ..Listing::default()
        };
        for (_, contents) in read {
            listing.records.extend(contents.records);
            listing.conflicts.extend(contents.conflicts);
            listing.host_errors.extend(contents.unclear);
        }
        // The sort is stable: within a host the provider's order stays.
        listing.records.sort_by(|a, b| a.host.cmp(&b.host));
        Ok(listing)
    }

    /// The steps of one change, until one fails.
    async fn write(
        &self,
        change: &Change,
        zone: &Zone,
        steps: &[Step],
    ) -> Result<(), ProviderError> {
        let domain = domain_id(zone)?;
        for step in steps {
            match step {
                Step::Create { addr, ttl } => {
                    let create = created(domain, &change.target.host, zone, *addr, *ttl)?;
                    self.client.call(&create).await?;
                }
                Step::Modify { record, addr, ttl } => {
                    let id = record_id(record)?;
                    let body = modified(record, zone, *addr, *ttl)?;
                    self.client.replace_whole(domain, id, &body).await?;
                }
                Step::Delete { record } => {
                    let id = record_id(record)?;
                    self.client.delete_if_there(domain, id).await?;
                }
            }
        }
        Ok(())
    }
}

impl<T: Transport> Provider for DomeneshopAccount<T> {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            replace: self.push,
            replace_ttl: DYNDNS_TTL,
            // No lock is known here; this only keeps a storm away.
            max_repeats: 12,
        }
    }

    async fn list(&self, hosts: &[Fqdn], known: &[Zone]) -> Result<Listing, ProviderError> {
        // Without the list nothing is known of any host.
        let whole = |failure| ProviderError {
            scope: Scope::Account,
            ..failure
        };
        self.list_all(hosts, known).await.map_err(whole)
    }

    async fn apply(&self, plan: &SafePlan) -> Vec<Result<(), ProviderError>> {
        let changes = plan.changes();
        let mut ledger = ResultCollector::new(changes.len());
        for batch in dyndns_update::batches(changes, &self.endpoint) {
            if !ledger.is_halted() {
                dyndns_update::deliver(&self.client, &batch, &mut ledger).await;
            }
        }
        for (place, change) in changes.iter().enumerate() {
            if let Method::Records { zone, steps } = &change.method
                && !ledger.is_halted()
            {
                let result = self.write(change, zone, steps).await;
                ledger.record([place], &result);
            }
        }
        ledger.finish()
    }
}

/// How much of its lists an account keeps, in bytes, unless it is told otherwise.
const MAX_KEPT_BYTES: usize = 6 << 20;

/// Why a domain of the account holds no host (facts: Domeneshop section 2, `services.dns`).
pub(super) fn switched_off(name: ZoneName) -> (ZoneName, ProviderError) {
    let what = format!(
        "{name} is in the account, but its DNS service is off: switch it on at Domeneshop, or keep the name \
         at the provider that serves the domain"
    );
    (name, ProviderError::of_host(ErrorClass::NotFound, what))
}

fn zone_of<'z>(host: &Fqdn, zones: &'z [Zone]) -> Option<&'z Zone> {
    let name = longest_zone(host, zones.iter().map(|zone| &zone.name))?;
    zones.iter().find(|zone| zone.name == *name)
}

/// The next zone that holds one of the hosts and was not read yet.
fn next_zone(hosts: &[Fqdn], zones: &[Zone], read: &[(Zone, ZoneContents)]) -> Option<Zone> {
    let mut needed = hosts.iter().filter_map(|host| zone_of(host, zones));
    needed
        .find(|zone| read.iter().all(|(done, _)| done != *zone))
        .cloned()
}
