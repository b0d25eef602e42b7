//! Records of any type, the same for every provider: what `moored records` reads and writes.

use std::collections::BTreeMap;

use crate::core::{
    dns::{name::ZoneName, record::Zone},
    error::ProviderError,
};

/// A record of any type.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct AnyRecord {
    /// The provider's identifier, as text; empty for a record that is not there yet.
    pub id: String,
    /// The name relative to the zone; `@` for the zone's own.
    pub host: String,
    /// The type, in capitals; one that moored does not know is kept as it came.
    pub r#type: String,
    /// The content: an address, a target's name, a text.
    pub data: String,
    /// Time to live in seconds; `None` for the provider's default.
    pub ttl: Option<u32>,
    /// What else the type or the provider has, by the provider's own names: `priority`, `weight`,
    /// `port`, `line`, `remark`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// Told how many items of a long list have come, and of how many if that is known.
pub type Progress<'p> = &'p dyn Fn(usize, Option<usize>);

/// What an account has.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AccountZones {
    /// The zones whose records can be edited.
    pub editable: Vec<Zone>,
    /// Domains of the account whose records cannot, with the reason.
    pub others: Vec<(ZoneName, ProviderError)>,
}

/// An account's zones and all their records.
pub trait ZoneRecords {
    /// Its zones.
    fn zones(&self) -> impl Future<Output = Result<AccountZones, ProviderError>>;

    /// Hands out every record of a zone, whatever its type, all pages of them. It ends with `take`'s first failure.
    fn each_record(
        &self,
        zone: &Zone,
        progress: Progress<'_>,
        take: &mut dyn FnMut(AnyRecord) -> Result<(), ProviderError>,
    ) -> impl Future<Output = Result<(), ProviderError>>;

    /// The same as a list, however much memory that takes.
    fn records(
        &self,
        zone: &Zone,
        progress: Progress<'_>,
    ) -> impl Future<Output = Result<Vec<AnyRecord>, ProviderError>> {
        async move {
            let mut records = Vec::new();
            let mut take = |record| {
                records.push(record);
                Ok(())
            };
            self.each_record(zone, progress, &mut take).await?;
            Ok(records)
        }
    }

    /// Refuses a new record that the API would refuse for its form, before anything is sent.
    fn check(&self, _record: &AnyRecord) -> Result<(), ProviderError> {
        Ok(())
    }

    /// Adds a record and returns its identifier.
    fn add(
        &self,
        zone: &Zone,
        record: &AnyRecord,
    ) -> impl Future<Output = Result<String, ProviderError>>;

    /// Replaces the record with this identifier. What is not said in `fields` stays where the
    /// provider's API can leave it.
    fn set(
        &self,
        zone: &Zone,
        record: &AnyRecord,
    ) -> impl Future<Output = Result<(), ProviderError>>;

    /// Deletes a record.
    fn delete(&self, zone: &Zone, id: &str) -> impl Future<Output = Result<(), ProviderError>>;
}
