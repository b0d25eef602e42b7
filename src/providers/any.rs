//! A provider of any kind: the one place where the kinds are told apart.

use super::{
    Listing, Provider,
    api_answer::ApiAnswer,
    dnspod, domeneshop,
    operation::{Arguments, Operation},
    raw_api::RawApi,
    zone_records::{AccountZones, AnyRecord, Progress, ZoneRecords},
};
use crate::{
    core::{
        dns::{name::Fqdn, record::Zone},
        error::ProviderError,
        reconcile::{guard::SafePlan, plan::Capabilities},
    },
    http::{Request, Transport},
};

/// What an account at one of the providers needs.
#[derive(Clone, Debug)]
pub enum AnySettings {
    /// `[[domeneshop]]`.
    Domeneshop(domeneshop::Settings),
    /// `[[dnspod]]`.
    DnsPod(dnspod::Settings),
}

impl AnySettings {
    /// Where its API is.
    pub fn endpoint(&self) -> &str {
        match self {
            Self::Domeneshop(settings) => &settings.endpoint,
            Self::DnsPod(settings) => &settings.endpoint,
        }
    }
}

/// How much of their lists all accounts together keep, in bytes, unless their many hosts need more. What else than records of
/// configured hosts a list has is not kept.
const MAX_KEPT_BYTES: usize = 6 << 20;

/// What a configured host may have in any case, in bytes: two records of each family with long attributes.
const KEPT_BYTES_PER_HOST: usize = 8 << 10;

/// What every account keeps, in bytes: a small one beside a large one has zones too.
const MIN_KEPT_BYTES: usize = 64 << 10;

/// How much of its lists an account with so many of all hosts keeps: its share, and what so many honest hosts need.
fn max_kept_bytes(hosts: usize, all_hosts: usize) -> usize {
    let share = MAX_KEPT_BYTES.saturating_mul(hosts) / all_hosts.max(1);
    share
        .max(hosts.saturating_mul(KEPT_BYTES_PER_HOST))
        .max(MIN_KEPT_BYTES)
}

/// An account at one of the providers.
pub enum AnyProvider<T> {
    /// At Domeneshop.
    Domeneshop(domeneshop::DomeneshopAccount<T>),
    /// At DNSPod, and at which of its sites.
    DnsPod(dnspod::DnsPodAccount<T>, dnspod::Site),
}

impl<T: Transport> AnyProvider<T> {
    /// An account with so many of all configured hosts, whose requests go through `transport`, which knows the endpoint.
    pub fn new(transport: T, settings: &AnySettings, hosts: usize, all_hosts: usize) -> Self {
        let max_kept = max_kept_bytes(hosts, all_hosts);
        match settings {
            AnySettings::Domeneshop(settings) => {
                let account = domeneshop::DomeneshopAccount::new(transport, settings);
                Self::Domeneshop(account.keeping(max_kept))
            }
            AnySettings::DnsPod(settings) => {
                let account = dnspod::DnsPodAccount::new(transport, settings).keeping(max_kept);
                Self::DnsPod(account, settings.site)
            }
        }
    }
}

impl<T: Transport> Provider for AnyProvider<T> {
    fn capabilities(&self) -> Capabilities {
        match self {
            Self::Domeneshop(account) => account.capabilities(),
            Self::DnsPod(account, _) => account.capabilities(),
        }
    }

    async fn list(&self, hosts: &[Fqdn], known: &[Zone]) -> Result<Listing, ProviderError> {
        match self {
            Self::Domeneshop(account) => account.list(hosts, known).await,
            Self::DnsPod(account, _) => account.list(hosts, known).await,
        }
    }

    async fn apply(&self, plan: &SafePlan) -> Vec<Result<(), ProviderError>> {
        match self {
            Self::Domeneshop(account) => account.apply(plan).await,
            Self::DnsPod(account, _) => account.apply(plan).await,
        }
    }
}

impl<T: Transport> RawApi for AnyProvider<T> {
    fn operations(&self) -> Vec<&'static Operation> {
        match self {
            Self::Domeneshop(_) => domeneshop::operations().collect(),
            Self::DnsPod(_, site) => dnspod::operations(*site).collect(),
        }
    }

    fn prepare(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
    ) -> Result<Request, ProviderError> {
        match self {
            Self::Domeneshop(account) => account.client().prepare(operation, arguments),
            Self::DnsPod(account, _) => account.client().prepare(operation, arguments),
        }
    }

    async fn invoke(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
        progress: Progress<'_>,
    ) -> Result<ApiAnswer, ProviderError> {
        match self {
            // Its lists come whole.
            Self::Domeneshop(account) => account.client().answer(operation, arguments).await,
            Self::DnsPod(account, _) => {
                let client = account.client();
                client.answer_all(operation, arguments, progress).await
            }
        }
    }
}

impl<T: Transport> ZoneRecords for AnyProvider<T> {
    async fn zones(&self) -> Result<AccountZones, ProviderError> {
        match self {
            Self::Domeneshop(account) => ZoneRecords::zones(account).await,
            Self::DnsPod(account, _) => ZoneRecords::zones(account).await,
        }
    }

    async fn each_record(
        &self,
        zone: &Zone,
        progress: Progress<'_>,
        take: &mut dyn FnMut(AnyRecord) -> Result<(), ProviderError>,
    ) -> Result<(), ProviderError> {
        match self {
            Self::Domeneshop(account) => account.each_record(zone, progress, take).await,
            Self::DnsPod(account, _) => account.each_record(zone, progress, take).await,
        }
    }

    fn check(&self, record: &AnyRecord) -> Result<(), ProviderError> {
        match self {
            Self::Domeneshop(account) => account.check(record),
            Self::DnsPod(account, _) => account.check(record),
        }
    }

    async fn add(&self, zone: &Zone, record: &AnyRecord) -> Result<String, ProviderError> {
        match self {
            Self::Domeneshop(account) => account.add(zone, record).await,
            Self::DnsPod(account, _) => account.add(zone, record).await,
        }
    }

    async fn set(&self, zone: &Zone, record: &AnyRecord) -> Result<(), ProviderError> {
        match self {
            Self::Domeneshop(account) => account.set(zone, record).await,
            Self::DnsPod(account, _) => account.set(zone, record).await,
        }
    }

    async fn delete(&self, zone: &Zone, id: &str) -> Result<(), ProviderError> {
        match self {
            Self::Domeneshop(account) => account.delete(zone, id).await,
            Self::DnsPod(account, _) => account.delete(zone, id).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_share_what_is_kept_by_their_hosts_and_many_honest_hosts_find_room() {
        assert_eq!(max_kept_bytes(1, 1), MAX_KEPT_BYTES);
        // Six accounts of a stranger's with one host each keep no more than one.
        assert_eq!(6 * max_kept_bytes(1, 6), MAX_KEPT_BYTES);
        // Twenty-four accounts with 300 hosts of both families each, and one with 10,000.
        let record = 1_024;
        assert!(max_kept_bytes(300, 24 * 300) > 300 * 2 * record);
        assert!(max_kept_bytes(10_000, 10_000) > 10_000 * 2 * record);
        assert_eq!(max_kept_bytes(1, 10_000), MIN_KEPT_BYTES);
    }
}
