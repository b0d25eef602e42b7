//! Domeneshop.

use crate::core::{plan::Push, secret::Secret};

/// The production API (vendor's OpenAPI document, `servers`).
pub const ENDPOINT: &str = "https://api.domeneshop.no/v0";

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
