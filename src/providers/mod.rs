//! The providers: one folder each, all behind the same two verbs.

pub mod any;
pub mod api_answer;
pub mod dnspod;
pub mod domeneshop;
pub mod operation;
pub mod raw_api;
pub mod zone_records;

use std::collections::BTreeMap;

use super::core::error::ProviderError;
use crate::core::{
    dns::{
        conflict::NameConflict,
        name::{Fqdn, ZoneName, longest_zone},
        record::{Record, Zone},
    },
    reconcile::{guard::SafePlan, plan::Capabilities},
};

/// An account at a provider, as a round needs it. Implementations never retry, sleep or log: the
/// schedule owns retries, the report owns words.
pub trait Provider {
    /// How this account's RRsets may be written.
    fn capabilities(&self) -> Capabilities;

    /// All A and AAAA records of `hosts` (and of no other name) that are ours to write, with the
    /// zones that hold them and whatever excludes addresses at them. `known` are zones remembered from earlier: those that hold a host are
    /// used without listing the account's zones again. A read that fails is an error, never an
    /// empty list (L7).
    fn list(
        &self,
        hosts: &[Fqdn],
        known: &[Zone],
    ) -> impl Future<Output = Result<Listing, ProviderError>>;

    /// Carries out a plan in as few requests as the API allows. The answer has one entry for each
    /// change, in order. After a failure that concerns the whole account nothing more is sent, and
    /// what was not sent fails alike. [`ErrorClass::Transient`] means that the write surely had no effect;
    /// where that is not known it is [`ErrorClass::Unconfirmed`] or [`ErrorClass::ProtocolViolation`].
    ///
    /// [`ErrorClass::Transient`]: crate::core::error::ErrorClass::Transient
    /// [`ErrorClass::Unconfirmed`]: crate::core::error::ErrorClass::Unconfirmed
    /// [`ErrorClass::ProtocolViolation`]: crate::core::error::ErrorClass::ProtocolViolation
    fn apply(&self, plan: &SafePlan) -> impl Future<Output = Vec<Result<(), ProviderError>>>;
}

/// What an account has of the hosts asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listing {
    /// The account's zones that hold any of the hosts, and perhaps others; a host in none of them is in no zone of it.
    pub zones: Vec<Zone>,
    /// The address records, by host and in the provider's order.
    pub records: Vec<Record>,
    /// Zones whose records could not be listed for a reason of their own, with the reason: their
    /// hosts wait, and no others. Such a zone need not be among `zones`.
    pub zone_errors: Vec<(ZoneName, ProviderError)>,
    /// Whatever excludes addresses at a host, by host.
    pub conflicts: BTreeMap<Fqdn, NameConflict>,
    /// Hosts of which it is not known whether something excludes addresses there, with the reason:
    /// they wait, and no others.
    pub host_errors: BTreeMap<Fqdn, ProviderError>,
    /// The shortest TTL in seconds that a zone's plan allows, where the provider says it.
    pub min_ttls: BTreeMap<ZoneName, u32>,
}

impl Listing {
    /// Why it is not known what a host has, if it is not.
    pub fn trouble(&self, host: &Fqdn) -> Option<&ProviderError> {
        let zones = self.zones.iter().map(|zone| &zone.name);
        let zones = zones.chain(self.zone_errors.iter().map(|(name, _)| name));
        let zone = longest_zone(host, zones)?;
        let of_zone = self.zone_errors.iter().find(|(name, _)| name == zone);
        of_zone
            .map(|(_, failure)| failure)
            .or_else(|| self.host_errors.get(host))
    }
}
