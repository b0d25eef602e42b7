//! An account at DNSPod as a round sees it.

use std::collections::BTreeMap;

use super::{
    Settings,
    answer::Answer,
    api::{
        domain::DomainList,
        record::{RecordList, RecordRemove},
        subject,
    },
    client::{AnswerPart, Client},
    line::RecordLine,
    listing::PagedListing as Paged,
    record::{change, conflicting, creation, domain, read, without_parked},
    types::{self, Domain, Written},
    written::is_as_sent,
};
use crate::{
    core::{
        dns::{
            change::{Change, Method, Step},
            conflict::{ConflictFinder, NameConflict},
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
    providers::{Listing, Provider, operation::Call, zone_records::Progress},
};

/// An account at DNSPod, reached through `T`.
pub struct DnsPodAccount<T> {
    client: Client<T>,
    pub(super) line: RecordLine,
    max_kept: usize,
}

impl<T> DnsPodAccount<T> {
    /// The account of `settings`. `transport` has the settings' `endpoint` as its base address and
    /// sends [`user_agent`](super::user_agent)`(&settings.contact)`.
    pub fn new(transport: T, settings: &Settings) -> Self {
        Self {
            client: Client::new(transport, settings.site, settings.credential.clone()),
            line: RecordLine::new(settings.site, &settings.line),
            max_kept: MAX_KEPT_BYTES,
        }
    }

    /// The same, keeping at most so many bytes of its lists.
    #[must_use]
    pub fn keeping(self, max_kept: usize) -> Self {
        Self { max_kept, ..self }
    }

    /// The client of the account's API, for calls beyond a round's.
    pub fn client(&self) -> &Client<T> {
        &self.client
    }
}

impl<T: Transport> Provider for DnsPodAccount<T> {
    /// Each record is written by itself: DNSPod has no push, so there is no TTL of one either.
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            replace: UpdateMode::Never,
            replace_ttl: 600,
            // More than five that change nothing lock a record for an hour (facts: section 1.2).
            max_repeats: 4,
        }
    }

    async fn list(&self, hosts: &[Fqdn], known: &[Zone]) -> Result<Listing, ProviderError> {
        if hosts.iter().all(|host| zone_of(host, known).is_some()) {
            let listing = self.records_in(known.to_vec(), hosts).await?;
            let is_gone =
                |(_, failure): &(ZoneName, ProviderError)| failure.class == ErrorClass::NotFound;
            // A remembered zone that is gone: what there is now, the account's list says.
            if !listing.zone_errors.iter().any(is_gone) {
                return Ok(listing);
            }
        }
        // Without the list of zones nothing is known of any host.
        // Those that other hosts are in stay known.
        let is_wanted = |zone: &ZoneName| {
            hosts.iter().any(|host| host.relative_to(zone).is_some())
                || known.iter().any(|it| it.name == *zone)
        };
        let zones = self.every_zone(is_wanted).await;
        let zones = zones.map_err(|failure| ProviderError {
            scope: Scope::Account,
            ..failure
        })?;
        self.records_in(zones, hosts).await
    }

    async fn apply(&self, plan: &SafePlan) -> Vec<Result<(), ProviderError>> {
        let mut results = Vec::with_capacity(plan.changes().len());
        let mut stop: Option<ProviderError> = None;
        for change in plan.changes() {
            let result = match &stop {
                Some(failure) => Err(failure.of_unsent()),
                None => self.carry_out(change).await,
            };
            if let (Err(failure), None) = (&result, &stop)
                && failure.scope == Scope::Account
            {
                stop = Some(failure.clone());
            }
            results.push(result);
        }
        results
    }
}

impl<T: Transport> DnsPodAccount<T> {
    /// Every zone of the account that is wanted.
    pub(super) async fn every_zone(
        &self,
        is_wanted: impl Fn(&ZoneName) -> bool,
    ) -> Result<Vec<Zone>, ProviderError> {
        let call = DomainList {
            r#type: Some("all".to_owned()),
            ..DomainList::default()
        };
        let mut allowance = Allowance::new(self.max_kept);
        let mut zones = Vec::new();
        let listed = self.each_item(&call, &|_, _| {}, |answer, part| {
            let AnswerPart::Item(item) = part else {
                return Ok(());
            };
            let misread = |what: String| answer.misread(&what);
            let domain: Domain = json::read(item.get().as_bytes()).map_err(misread)?;
            if let Some(zone) = zone(&domain).filter(|zone| is_wanted(&zone.name)) {
                let size = zone.name.as_str().len() + zone.id.len() + size_of::<Zone>();
                allowance.take(size).map_err(misread)?;
                zones.push(zone);
            }
            Ok(())
        });
        listed.await?;
        Ok(zones)
    }

    /// Hands out every record of a zone, and returns the shortest TTL that its plan allows if the answer says it.
    pub(super) async fn every_record(
        &self,
        zone: &Zone,
        progress: Progress<'_>,
        mut take: impl FnMut(types::Record) -> Result<(), ProviderError>,
    ) -> Result<Option<u32>, ProviderError> {
        let (domain_id, domain) = domain(zone);
        let call = RecordList {
            domain_id,
            domain,
            ..RecordList::default()
        };
        let mut min_ttl = None;
        let listed = self.each_item(&call, progress, |answer, part| {
            let misread = |what: String| answer.misread(&what);
            match part {
                AnswerPart::Page(members) => {
                    let about = members.get("domain");
                    let about = about.map(|it| json::read::<AboutDomain>(it.get().as_bytes()));
                    let about = about.transpose().map_err(misread)?.unwrap_or_default();
                    min_ttl = min_ttl.or(about.0.min_ttl);
                    Ok(())
                }
                AnswerPart::Item(item) => {
                    let record = json::read(item.get().as_bytes()).map_err(misread)?;
                    take(record)
                }
            }
        });
        listed.await?;
        Ok(min_ttl)
    }

    /// Hands out the items of a call that lists in pages.
    async fn each_item<C: Call>(
        &self,
        call: &C,
        progress: Progress<'_>,
        take: impl FnMut(&Answer, AnswerPart<'_>) -> Result<(), ProviderError>,
    ) -> Result<(), ProviderError> {
        let name = C::OPERATION.name;
        let Some(listing) = Paged::of(C::OPERATION) else {
            let what = format!("{name} does not list in pages");
            return Err(ProviderError::of_host(ErrorClass::Invalid, what));
        };
        let arguments = call.arguments();
        let client = &self.client;
        let listed = client.each_item(listing, C::OPERATION, &arguments, progress, take);
        listed.await
    }

    /// The records of `hosts`, from one list for each zone that holds any of them. A zone that is
    /// banned or gone holds up its own hosts only.
    async fn records_in(&self, zones: Vec<Zone>, hosts: &[Fqdn]) -> Result<Listing, ProviderError> {
        let mut records = Vec::new();
        let mut troubles = Vec::new();
        let mut conflicts = BTreeMap::new();
        let mut min_ttls = BTreeMap::new();
        let mut allowance = Allowance::new(self.max_kept);
        for zone in &zones {
            let here = |host: &&Fqdn| zone_of(host, &zones) == Some(&zone.name);
            let in_zone: Vec<_> = hosts.iter().filter(here).collect();
            if in_zone.is_empty() {
                continue;
            }
            match self.contents(zone, &in_zone, &mut allowance).await {
                Ok((found, in_the_way, min_ttl)) => {
                    min_ttls.extend(min_ttl.map(|ttl| (zone.name.clone(), ttl)));
                    records.extend(found);
                    conflicts.extend(in_the_way);
                }
                Err(failure)
                    if matches!(failure.class, ErrorClass::NotFound | ErrorClass::Invalid) =>
                {
                    troubles.push((zone.name.clone(), failure));
                }
                Err(failure) => return Err(failure),
            }
        }
        // By host, and in the provider's order: the sort is stable.
        records.sort_by(|one, other| one.host.cmp(&other.host));
        Ok(Listing {
            zones,
            records: without_parked(&records),
            zone_errors: troubles,
            conflicts,
            host_errors: BTreeMap::new(),
            min_ttls,
        })
    }

    /// The address records of `hosts` in a zone, what excludes addresses at them, and the shortest TTL that is allowed there.
    async fn contents(
        &self,
        zone: &Zone,
        hosts: &[&Fqdn],
        allowance: &mut Allowance,
    ) -> Result<(Vec<Record>, BTreeMap<Fqdn, NameConflict>, Option<u32>), ProviderError> {
        let mut records = Vec::new();
        let mut conflicts = ConflictFinder::new(&zone.name, hosts.iter().copied());
        let listed = self.every_record(zone, &|_, _| {}, |listed| {
            if let Some((kind, name, target)) = conflicting(&listed, &self.line) {
                conflicts.add(kind, name, target);
                return Ok(());
            }
            let is_ours = |host: &Fqdn| hosts.contains(&host);
            let record = read(&listed, &zone.name, &self.line, is_ours);
            let broken = |what| {
                let what = format!("Record.List of {}: {what}", zone.name);
                ProviderError::of_account(ErrorClass::ProtocolViolation, what)
            };
            if let Some(record) = record.map_err(broken)? {
                allowance.take(record.size()).map_err(broken)?;
                records.push(record);
            }
            Ok(())
        });
        let min_ttl = listed.await?;
        Ok((records, conflicts.finish(), min_ttl))
    }

    /// A change's steps, until one fails.
    async fn carry_out(&self, change: &Change) -> Result<(), ProviderError> {
        let Method::Records { zone, steps } = &change.method else {
            let what = format!("{}: DNSPod has no way to push a whole name", change.target);
            return Err(ProviderError::of_host(ErrorClass::Invalid, what));
        };
        let host = &change.target.host;
        let Some(sub_domain) = host.relative_to(&zone.name) else {
            let what = format!("{host} does not lie in the zone {}", zone.name);
            return Err(ProviderError::of_host(ErrorClass::Invalid, what));
        };
        for step in steps {
            self.take(step, zone, sub_domain).await?;
        }
        Ok(())
    }

    async fn take(&self, step: &Step, zone: &Zone, sub_domain: &str) -> Result<(), ProviderError> {
        match step {
            Step::Create { addr, ttl } => {
                let call = creation(zone, sub_domain, addr.addr(), *ttl, &self.line);
                self.write(&call).await
            }
            Step::Modify { record, addr, ttl } => {
                let call = change(zone, record, sub_domain, addr.addr(), *ttl, &self.line);
                self.write(&call).await
            }
            Step::Delete { record } => self.remove(zone, &record.id).await,
        }
    }

    /// A write that is believed if the answer names nothing but what was sent.
    pub(super) async fn write<C: Call<Output = Written>>(
        &self,
        call: &C,
    ) -> Result<(), ProviderError> {
        let written = self.client.call(call).await?;
        Self::believed(call, &written.record)
    }

    /// Whether the answer to a call names nothing but what was sent.
    pub(super) fn believed<C: Call<Output = Written>>(
        call: &C,
        written: &types::WrittenRecord,
    ) -> Result<(), ProviderError> {
        let sent = call.arguments();
        is_as_sent(written, &sent).map_err(|what| {
            let subject = subject(C::OPERATION, &sent);
            let what = format!("{subject}: the answer cannot be understood: {what}");
            ProviderError::of_host(ErrorClass::ProtocolViolation, what)
        })
    }

    /// A record that is gone already is as good as one that was removed.
    async fn remove(&self, zone: &Zone, id: &str) -> Result<(), ProviderError> {
        let (domain_id, domain) = domain(zone);
        let call = RecordRemove {
            domain_id,
            domain,
            record_id: id.to_owned(),
        };
        let answer = self
            .client
            .ask(RecordRemove::OPERATION, &call.arguments())
            .await?;
        if answer.code() == NO_SUCH_RECORD {
            return Ok(());
        }
        answer.payload().map(drop)
    }
}

/// How much of its lists an account keeps, in bytes, unless it is told otherwise.
const MAX_KEPT_BYTES: usize = 6 << 20;

/// What `Record.List` says of the domain, or something else in its place.
#[derive(Default, serde::Deserialize)]
struct AboutDomain(#[serde(deserialize_with = "types::lenient::object")] types::DomainSummary);

/// The code of a record that is not there.
const NO_SUCH_RECORD: i64 = 8;

fn zone_of<'a>(host: &Fqdn, zones: &'a [Zone]) -> Option<&'a ZoneName> {
    longest_zone(host, zones.iter().map(|zone| &zone.name))
}

/// A listed domain as a zone; `None` for a name that no host could lie in.
fn zone(domain: &Domain) -> Option<Zone> {
    let names = [domain.punycode.as_deref(), domain.name.as_deref()];
    let mut names = names.into_iter().flatten();
    Some(Zone {
        name: names.find_map(|name| ZoneName::parse(name).ok())?,
        id: domain.id.clone(),
    })
}

#[cfg(test)]
mod tests;
