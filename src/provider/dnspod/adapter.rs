//! An account at DNSPod as a round sees it.

use super::{
    Settings,
    api::{
        DomainRef,
        domain::DomainList,
        record::{RecordCreate, RecordList, RecordModify, RecordRemove},
    },
    client::Client,
    line::Line,
    paging::Pages,
    record::{changed_content, new_content, read},
    types::Domain,
};
use crate::{
    core::{
        guard::SafePlan,
        name::{Fqdn, ZoneName, longest_zone},
        outcome::{Class, Failure, Scope},
        plan::{Change, Method, Push, Rules, Step},
        record::{Record, Zone},
    },
    http::Transport,
    provider::{Listing, Provider},
};

/// An account at DNSPod, reached through `T`.
pub struct Account<T> {
    client: Client<T>,
    line: Line,
    page: usize,
}

impl<T> Account<T> {
    /// The account of `settings`. `transport` has the settings' `endpoint` as its base address and
    /// sends [`user_agent`](super::user_agent)`(&settings.contact)`.
    pub fn new(transport: T, settings: &Settings) -> Self {
        Self {
            client: Client::new(transport, settings.credential.clone()),
            line: Line::new(settings.site, &settings.line),
            page: settings.site.page_cap(),
        }
    }

    /// The client of the account's API, for calls beyond a round's.
    pub fn client(&self) -> &Client<T> {
        &self.client
    }
}

impl<T: Transport> Provider for Account<T> {
    /// Each record is written by itself: DNSPod has no push, so there is no TTL of one either.
    fn rules(&self) -> Rules {
        Rules {
            push: Push::Never,
            push_ttl: 600,
            // More than five that change nothing lock a record for an hour (facts: section 1.2).
            repeats: 4,
        }
    }

    async fn list(&self, hosts: &[Fqdn], known: &[Zone]) -> Result<Listing, Failure> {
        if hosts.iter().all(|host| zone_of(host, known).is_some()) {
            match self.records_in(known, hosts).await {
                Ok(records) => {
                    let zones = known.to_vec();
                    return Ok(Listing { zones, records });
                }
                // A remembered zone is gone; what there is now, the account's list says.
                Err(failure) if failure.class == Class::NotFound => {}
                Err(failure) => return Err(failure),
            }
        }
        let zones = self.zones().await?;
        let records = self.records_in(&zones, hosts).await?;
        Ok(Listing { zones, records })
    }

    async fn apply(&self, plan: &SafePlan) -> Vec<Result<(), Failure>> {
        let mut results = Vec::with_capacity(plan.changes().len());
        let mut stop: Option<Failure> = None;
        for change in plan.changes() {
            let result = match &stop {
                Some(failure) => Err(unsent(failure)),
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

impl<T: Transport> Account<T> {
    /// Every zone of the account.
    async fn zones(&self) -> Result<Vec<Zone>, Failure> {
        let mut pages = Pages::new(self.page);
        loop {
            let call = DomainList {
                offset: pages.offset(),
                length: self.page,
            };
            let page = self.client.call(&call).await?;
            if !pages
                .add(page)
                .map_err(|what| broken(format!("Domain.List: {what}")))?
            {
                break;
            }
        }
        Ok(pages.into_items().iter().filter_map(zone).collect())
    }

    /// The records of `hosts`, from one list for each zone that holds any of them.
    async fn records_in(&self, zones: &[Zone], hosts: &[Fqdn]) -> Result<Vec<Record>, Failure> {
        let mut records = Vec::new();
        for zone in zones {
            let here = |host: &Fqdn| zone_of(host, zones) == Some(&zone.name);
            if hosts.iter().any(here) {
                let is_ours = |host: &Fqdn| here(host) && hosts.contains(host);
                records.extend(self.records(zone, is_ours).await?);
            }
        }
        // By host, and in the provider's order: the sort is stable.
        records.sort_by(|one, other| one.host.cmp(&other.host));
        Ok(records)
    }

    async fn records(
        &self,
        zone: &Zone,
        is_ours: impl Fn(&Fqdn) -> bool,
    ) -> Result<Vec<Record>, Failure> {
        let broken = |what: &str| broken(format!("Record.List of {}: {what}", zone.name));
        let mut pages = Pages::new(self.page);
        let mut min_ttl = None;
        loop {
            let call = RecordList {
                domain: domain_ref(zone),
                offset: pages.offset(),
                length: self.page,
            };
            let answer = self.client.call(&call).await?;
            min_ttl = min_ttl.or(answer.min_ttl);
            if !pages.add(answer.page).map_err(broken)? {
                break;
            }
        }
        let mut records = Vec::new();
        for listed in pages.into_items() {
            let record = read(&listed, &zone.name, &self.line, min_ttl, &is_ours);
            records.extend(record.map_err(|what| broken(&what))?);
        }
        Ok(records)
    }

    /// A change's steps, until one fails.
    async fn carry_out(&self, change: &Change) -> Result<(), Failure> {
        let Method::Records { zone, steps } = &change.method else {
            let what = format!("{}: DNSPod has no way to push a whole name", change.target);
            return Err(Failure::of_host(Class::Invalid, what));
        };
        let host = &change.target.host;
        let Some(sub_domain) = host.relative_to(&zone.name) else {
            let what = format!("{host} does not lie in the zone {}", zone.name);
            return Err(Failure::of_host(Class::Invalid, what));
        };
        for step in steps {
            self.take(step, zone, sub_domain).await?;
        }
        Ok(())
    }

    async fn take(&self, step: &Step, zone: &Zone, sub_domain: &str) -> Result<(), Failure> {
        let domain = domain_ref(zone);
        match step {
            Step::Create { addr, ttl } => {
                let content = new_content(sub_domain, addr.addr(), *ttl, &self.line);
                let call = RecordCreate { domain, content };
                self.client.call(&call).await.map(drop)
            }
            Step::Modify { record, addr, ttl } => {
                let content = changed_content(record, sub_domain, addr.addr(), *ttl, &self.line);
                let record_id = record.id.clone();
                let call = RecordModify {
                    domain,
                    record_id,
                    content,
                };
                self.client.call(&call).await.map(drop)
            }
            Step::Delete { record } => {
                let record_id = record.id.clone();
                self.client.call(&RecordRemove { domain, record_id }).await
            }
        }
    }
}

fn zone_of<'a>(host: &Fqdn, zones: &'a [Zone]) -> Option<&'a ZoneName> {
    longest_zone(host, zones.iter().map(|zone| &zone.name))
}

/// A listed domain as a zone; `None` for a name that no host could lie in.
fn zone(domain: &Domain) -> Option<Zone> {
    let names = [domain.punycode.as_deref(), domain.name.as_deref()];
    let mut names = names.into_iter().flatten();
    Some(Zone {
        name: names.find_map(|name| ZoneName::parse(name).ok())?,
        id: domain.id.clone()?,
    })
}

/// A zone is asked for by its name, which outlives a domain that is removed and added again. Whether
/// DNSPod takes an international name as A-labels is not documented; there its identifier is safe.
fn domain_ref(zone: &Zone) -> DomainRef {
    let is_international = |label: &str| label.starts_with("xn--");
    let name = zone.name.as_str();
    if name.split('.').any(is_international) && !zone.id.is_empty() {
        DomainRef::Id(zone.id.clone())
    } else {
        DomainRef::Name(name.to_owned())
    }
}

fn broken(what: String) -> Failure {
    Failure::of_account(Class::Contract, what)
}

/// What a change comes to that was not sent because of an earlier failure: the same, but a write
/// that never left is not one whose outcome is unknown.
fn unsent(earlier: &Failure) -> Failure {
    match earlier.class {
        Class::Unconfirmed => Failure::of_account(
            Class::Transient,
            format!("not sent, because of an earlier request: {}", earlier.what),
        ),
        _ => earlier.clone(),
    }
}

#[cfg(test)]
mod tests;
