//! Domains and what was ordered for them.

use serde::{Deserialize, Serialize};

use super::{lenient, word::words};

/// A domain of the account (vendor's page, `Domain`). What the registrar knows may be missing for a
/// domain that only has its records here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Domain {
    /// Its identifier.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name, without a dot at its end.
    pub domain: String,
    /// The day on which it expires, as `2019-08-24`.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub expiry_date: Option<String>,
    /// The day on which it was registered, as `2019-08-24`.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub registered_date: Option<String>,
    /// Whether it renews itself.
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub renew: Option<bool>,
    /// Who holds it.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub registrant: Option<String>,
    /// How it stands.
    #[serde(
        default,
        deserialize_with = "lenient::word",
        skip_serializing_if = "Option::is_none"
    )]
    pub status: Option<DomainStatus>,
    /// The servers of its zone. They are in no record list.
    #[serde(
        default,
        deserialize_with = "lenient::texts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub nameservers: Vec<String>,
    /// What was ordered for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<Services>,
}

/// The services of a domain.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Services {
    /// Whether Domeneshop is its registrar.
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub registrar: Option<bool>,
    /// Whether its records are served, and edited, here.
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub dns: Option<bool>,
    /// Whether it has e-mail here.
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<bool>,
    /// The size of its web hotel.
    #[serde(
        default,
        deserialize_with = "lenient::word",
        skip_serializing_if = "Option::is_none"
    )]
    pub webhotel: Option<Webhotel>,
}

impl Domain {
    /// Whether its records can be edited here. Only a plain "no" is a no.
    pub fn has_dns(&self) -> bool {
        let services = self.services.as_ref();
        services.and_then(|it| it.dns).unwrap_or(true)
    }
}

words! {
    /// How a domain stands.
    DomainStatus {
        /// In use.
        Active = "active",
        /// Its time is over.
        Expired = "expired",
        /// Switched off.
        Deactivated = "deactivated",
        /// Deleted, and can still be had back.
        PendingDeleteRestorable = "pendingDeleteRestorable",
    }
}

words! {
    /// The size of a web hotel.
    Webhotel {
        /// There is none.
        None = "none",
        /// Small.
        Small = "websmall",
        /// Medium.
        Medium = "webmedium",
        /// Large.
        Large = "weblarge",
        /// Extra large.
        ExtraLarge = "webxlarge",
    }
}
