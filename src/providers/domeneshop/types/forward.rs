//! Web forwards.

use serde::{Deserialize, Serialize};

use super::lenient;

/// A forward of a host's web address (vendor's page, `HTTPForward`). The host is its identity.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HttpForward {
    /// The name below the domain; `@` for the domain's own.
    pub host: String,
    /// Whether the target is shown in a frame; the vendor advises against it. A plain forward answers
    /// with status 301.
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub frame: Option<bool>,
    /// Where it leads, with its scheme.
    pub url: String,
}
