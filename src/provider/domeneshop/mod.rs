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
//!   what is missing and replaces what is there by new records, hence [`Push`]; it answers 204 with
//!   no body.
//!
//! `api` has one file for each resource and one value for each call; [`Client`] adds the credentials
//! and sends it; [`Account`] is what a round sees.

mod adapter;
mod answer;
pub mod api;
mod book;
mod client;
mod convert;
mod ledger;
mod push;
mod request;
pub mod types;

pub use adapter::Account;
pub use client::Client;

use crate::{
    core::{plan::Push, secret::Secret},
    provider::operation::Operation,
};

/// Every operation, in the order of the vendor's page.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    api::all()
}

/// The production API (vendor's API document, `servers`).
pub const ENDPOINT: &str = "https://api.domeneshop.no/v0";

/// The TTL of a record whose TTL nobody said (vendor's page, DNS record models; through facts gathered in 2026):
/// what a pushed record is taken to get.
pub const PUSH_TTL: u32 = 3600;

/// The most addresses in one `dyndns/update` (vendor's page, parameter `myip`; through facts gathered in 2026).
pub const MOST_ADDRESSES: usize = 9;

/// A request's URL stays shorter than this. The vendor names no limit; servers and proxies in
/// front of them are known to take 2,000 characters.
pub const URL_LIMIT: usize = 2_000;

/// A cap for answers, in bytes: lists come whole, and a zone of ten thousand records fits.
pub const ANSWER_CAP: usize = 2 << 20;

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
    pub push: Push,
}

#[cfg(test)]
mod tests;
