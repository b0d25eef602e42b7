//! Domeneshop: its REST API, version 0.
//!
//! The vendor's page is <https://api.domeneshop.no/docs/>; what it says and what the service does
//! beyond that, as gathered by November 2026 and not tried on the live service by us:
//!
//! - HTTP Basic authentication, the token as user and the secret as password.
//! - Lists come whole: there is no paging, and no documented rate limit.
//! - Errors are a status and `{"code", "help"}`; the list of codes is open, so the status decides. A
//!   domain that is not the account's answers 403, existing or not; `dyndns/update` says 404 there.
//! - A record's TTL is 60 to 604,800 seconds, a multiple of 60, and 3600 where nobody says one.
//! - `PUT` replaces a record whole, and neither its host nor its type may change.
//! - `dyndns/update` takes several hostnames and up to nine addresses, separated by commas. It creates
//!   what is missing and replaces what is there by new records, hence [`UpdateMode`]; it answers 204 with
//!   no body.
//!
//! - A forward that is asked for by its host has been seen to answer 404 always, even one that had just
//!   been listed. [`api::forwards::ForwardsGet`] then looks in the list; replacing and deleting fail
//!   with an explanation.
//! - Numbers of a record (`priority`) come as text, and names in its data with a dot at their end:
//!   [`types::RecordBody::content`] reads both forms.
//!
//! # The API as a library
//!
//! [`Client::call`] takes any of the [`api`]'s fifteen operations, typed; [`Client::invoke`] takes one of
//! [`operations`] with arguments as text; [`Client::prepare`] only says what would be sent. One call
//! is one request, and nothing is retried (the one exception is the forward above).
//!
//! ```
//! use std::time::Duration;
//!
//! use moored::{
//!     core::{error::ErrorClass, reconcile::plan::UpdateMode, secret::Secret},
//!     domeneshop::{
//!         MAX_ANSWER_BYTES, Client, Settings,
//!         api::{
//!             dns::{DnsCreate, DnsList},
//!             domains::DomainsList,
//!         },
//!         types::Content,
//!     },
//!     http::{client, tls},
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A stand-in for the service; the real one's address is `moored::domeneshop::ENDPOINT`.
//! let service = sandbox::Sandbox::start();
//! service.domeneshop().account("token", "secret");
//! service.domeneshop().domain("token", "example.com");
//!
//! let settings = Settings {
//!     token: Secret::new("token"),
//!     secret: Secret::new("secret"),
//!     endpoint: service.domeneshop().url(),
//!     push: UpdateMode::WhenReplaceable,
//! };
//! let options = client::ClientOptions {
//!     base: settings.endpoint.clone(),
//!     timeout: Duration::from_secs(30),
//!     cap: MAX_ANSWER_BYTES,
//!     user_agent: "my-program/1.0".into(),
//!     family: None,
//!     interface: None,
//!     proxy: None,
//! };
//! let client = Client::new(client::HttpClient::new(tls::config()?, options), &settings);
//!
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! runtime.block_on(async {
//!     let domains = client.call(&DomainsList::default()).await?;
//!     let mut mail = DnsCreate {
//!         domain_id: domains[0].id,
//!         host: "@".into(),
//!         ttl: Some(3600), // seconds, a multiple of 60
//!         r#type: "MX".into(),
//!         data: "mx.example.com".into(),
//!         ..DnsCreate::default()
//!     };
//!     // What does not fit is refused before anything is sent.
//!     let failure = client.call(&mail).await.unwrap_err();
//!     assert_eq!(failure.class, ErrorClass::Invalid);
//!     assert_eq!(failure.message, "dns.create needs `priority` for MX");
//!
//!     mail.priority = Some(10);
//!     let created = client.call(&mail).await?;
//!     let list = DnsList { domain_id: domains[0].id, ..DnsList::default() };
//!     let records = client.call(&list).await?;
//!     assert_eq!(Some(records[0].id), created.id);
//!     let content = Content::Mx { priority: 10, exchange: "mx.example.com" };
//!     assert_eq!(records[0].content(), content);
//!     Ok(())
//! })
//! # }
//! ```
//!
//! **Errors** are [`ProviderError`](crate::core::error::ProviderError)s: the class says what to do next,
//! the text names the request, what its status means for that operation and what the service said, and
//! never a credential.
//!
//! **Units and limits**: a TTL is in seconds; an invoice's amount in the currency's larger unit; days are
//! written `2019-08-24`; identifiers are positive numbers. An answer of more than [`MAX_ANSWER_BYTES`] bytes is
//! refused by the transport above. A list has at most 100,000 items of at most 64 KiB; [`Client::answer`] reads one in
//! little memory.
//!
//! [`DomeneshopAccount`] is what a round sees: the same calls behind the two verbs of
//! [`Provider`](crate::providers::Provider), and behind [`ZoneRecords`](crate::providers::zone_records::ZoneRecords) for records of
//! any type.

mod adapter;
mod answer;
pub mod api;
mod client;
mod convert;
mod dyndns_update;
mod request;
mod result_collector;
pub mod types;
mod zone_records;

pub use adapter::DomeneshopAccount;
pub use client::Client;

use super::operation::Operation;
use crate::core::{reconcile::plan::UpdateMode, secret::Secret};

/// Every operation, in the order of the vendor's page.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    api::all()
}

/// The production API (vendor's API document, `servers`).
pub const ENDPOINT: &str = "https://api.domeneshop.no/v0";

/// The TTL of a record whose TTL nobody said (vendor's page, DNS record models; through facts gathered in 2026):
/// what a pushed record is taken to get.
pub const DYNDNS_TTL: u32 = 3600;

/// The most addresses in one `dyndns/update` (vendor's page, parameter `myip`; through facts gathered in 2026).
pub const MAX_ADDRESSES: usize = 9;

/// A request's URL stays shorter than this. The vendor names no limit; servers and proxies in
/// front of them are known to take 2,000 characters.
pub const MAX_URL_BYTES: usize = 2_000;

/// A cap for answers, in bytes: lists come whole, and a zone of ten thousand records fits.
pub const MAX_ANSWER_BYTES: usize = 2 << 20;

/// What an account at Domeneshop needs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The token, sent as the user name.
    pub token: Secret,
    /// The secret, sent as the password.
    pub secret: Secret,
    /// The API's base address, without a slash at its end.
    pub endpoint: String,
    /// When `dyndns/update` is used: `update` in the configuration.
    pub push: UpdateMode,
}

#[cfg(test)]
mod tests;
