//! DNSPod, by its legacy API: api.dnspod.com (international) and dnsapi.cn (China).
//!
//! What the service asks of a client, from its own pages (<https://docs.dnspod.com/>,
//! <https://www.dnspod.cn/docs/>, as gathered by November 2026 and not tried on the live service by us):
//!
//! - every call is a POST of form fields over HTTPS; the answer is JSON only if `format=json` asks
//!   for it, and its `status.code` says how the call ended, whatever the HTTP status is;
//! - the `User-Agent` names the program, its version and somebody's e-mail address
//!   ([`user_agent`]), or the account's access to the API may be closed;
//! - more than 30 refused logins within five minutes close the login for an hour: after a refusal
//!   nothing more may be sent;
//! - more than five updates within an hour that change nothing lock a record for an hour: a record
//!   that is right already is never written;
//! - `Record.Modify` replaces the whole record: a field that is left out falls back to its default,
//!   so everything that was listed is sent again, and the name of the record above all;
//! - lists come in pages of at most 500 (international) or 3000 (China).
//!
//! # The whole API
//!
//! [`Client`] calls every operation that the vendor's pages document. Each is defined once, in
//! [`api`]: a struct with its parameters, whose limits are checked before anything is sent, and the
//! type of its answer, from [`types`]. [`operations`] lists the definitions of a site, each with the
//! address of the vendor's page, for programs that take an operation's name from somebody.
//!
//! ```
//! use std::time::Duration;
//!
//! use moored::{
//!     core::{error::ErrorClass, secret::Secret},
//!     dnspod::{self, Client, Credential, api::record, operations},
//!     http::{client, tls},
//!     providers::operation::{Arguments, Call},
//! };
//! use sandbox::{Sandbox, Site};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A DNSPod in memory, with an account, a domain and a record.
//! let sandbox = Sandbox::start();
//! let pod = sandbox.dnspod(Site::International);
//! pod.account("13490,6b5976c68aba5b14a0558b77c17c3932");
//! pod.domain("13490,6b5976c68aba5b14a0558b77c17c3932", "example.com");
//! pod.add("example.com", "home", "A", "192.0.2.1", None, None);
//!
//! let transport = client::HttpClient::new(tls::config()?, client::ClientOptions {
//!     base: pod.url(), // dnspod::Site::International.endpoint() for the real one
//!     timeout: Duration::from_secs(10),
//!     cap: 8 << 20,
//!     user_agent: dnspod::user_agent("me@example.com"),
//!     family: None,
//!     interface: None,
//!     proxy: None,
//! });
//! let token = Secret::new("13490,6b5976c68aba5b14a0558b77c17c3932");
//! let site = dnspod::Site::International;
//! let client = Client::new(transport, site, Credential::LoginToken(token));
//!
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! runtime.block_on(async {
//!     // Typed: the TTL is in seconds, identifiers are text.
//!     let call = record::RecordList {
//!         domain: Some("example.com".into()),
//!         sub_domain: Some("home".into()),
//!         ..Default::default()
//!     };
//!     let listed = client.call(&call).await?;
//!     assert_eq!(listed.records[0].value.as_deref(), Some("192.0.2.1"));
//!     assert_eq!(listed.records[0].ttl, Some(600));
//!
//!     // By name, with every page of the list put together.
//!     let mut all = operations(site);
//!     let operation = all.find(|it| it.name == "Record.List").expect("it is documented");
//!     let given = ["domain=example.com".to_owned()];
//!     let given = Arguments::written(operation, &given).expect("that fits");
//!     let whole = client.invoke_all(operation, &given, &|_, _| {}).await?;
//!     assert_eq!(whole["records"].as_array().map(Vec::len), Some(3));
//!
//!     // What does not fit is refused with nothing sent.
//!     let call = record::RecordCreate {
//!         domain: Some("example.com".into()),
//!         record_type: "A".into(),
//!         record_line: Some(site.default_line().into()),
//!         value: "192.0.2.2".into(),
//!         ttl: Some(0),
//!         ..Default::default()
//!     };
//!     let failure = client.call(&call).await.expect_err("no TTL is 0");
//!     assert_eq!(failure.class, ErrorClass::Invalid);
//!     assert_eq!(failure.message, "`ttl` takes a number from 1 to 604800, not `0`");
//!
//!     // What was refused by the service says what its code means for that call.
//!     let call = record::RecordRemove {
//!         domain: Some("example.com".into()),
//!         record_id: "1".into(),
//!         ..Default::default()
//!     };
//!     let failure = client.call(&call).await.expect_err("there is no such record");
//!     assert_eq!(failure.class, ErrorClass::NotFound);
//!     assert_eq!(record::RecordRemove::OPERATION.meaning(8), Some("the domain has no such record"));
//!     Ok(())
//! })
//! # }
//! ```
//!
//! *Units*: TTLs are in seconds, 1 to 604800 and not below the plan's minimum (600 on the free one);
//! lock days are days; times are text without a zone. *Limits*: 500 (international) or 3000 (China)
//! entries a page; five writes an hour that change nothing, 30 refused logins in five minutes, and,
//! as users report, 3600 calls an hour. *Errors*: [`ProviderError`](crate::core::error::ProviderError) with a
//! class to act on; [`codes`] says how a code becomes one. *Sources*: the pages of
//! <https://docs.dnspod.com/api-legacy/> and <https://dnspod.github.io/dnspod-api-doc/>, each
//! definition naming its own; what users reported stands in the comments as such.

mod adapter;
mod answer;
pub mod api;
pub mod client;
pub mod codes;
mod line;
mod listing;
mod paging;
mod record;
mod redaction;
pub mod types;
mod written;
mod zone_records;

pub use adapter::DnsPodAccount;
pub use api::operations;
pub use client::Client;

use crate::{core::secret::Secret, http::FormValue};

/// Which of the two services.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Site {
    /// api.dnspod.com
    International,
    /// dnsapi.cn
    China,
}

impl Site {
    /// The production API of the site.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::International => "https://api.dnspod.com",
            Self::China => "https://dnsapi.cn",
        }
    }

    /// The line that answers everybody, as the site wants it written.
    pub fn default_line(self) -> &'static str {
        match self {
            Self::International => "default",
            Self::China => "默认",
        }
    }

    /// The longest page of a list that the site sends.
    pub fn page_cap(self) -> usize {
        match self {
            Self::International => 500,
            Self::China => 3000,
        }
    }
}

impl std::fmt::Display for Site {
    /// The site's name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::International => "api.dnspod.com",
            Self::China => "dnsapi.cn",
        })
    }
}

/// How an account proves itself.
#[derive(Clone, Debug)]
pub enum Credential {
    /// `login_token`: `ID,Token`.
    LoginToken(Secret),
    /// `user_token`, the older form of the international site.
    UserToken(Secret),
}

impl Credential {
    /// The form field that carries it.
    fn field(&self) -> (&'static str, FormValue) {
        let name = match self {
            Self::LoginToken(_) => "login_token",
            Self::UserToken(_) => "user_token",
        };
        (name, self.token().clone().into())
    }

    /// What is secret about it.
    fn token(&self) -> &Secret {
        match self {
            Self::LoginToken(token) | Self::UserToken(token) => token,
        }
    }
}

/// What an account at DNSPod needs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site.
    pub site: Site,
    /// The credential.
    pub credential: Credential,
    /// The e-mail address that DNSPod requires in the User-Agent.
    pub contact: String,
    /// The API's base address, without a slash at its end.
    pub endpoint: String,
    /// The line whose records are kept.
    pub line: String,
}

/// The `User-Agent` for the account's HTTP client: `moored/VERSION (CONTACT)`, the form that
/// DNSPod's development rules prescribe.
pub fn user_agent(contact: &str) -> String {
    // A control character would make the header, and with it every request, impossible.
    let contact: String = contact
        .trim()
        .chars()
        .filter(|it| !it.is_control())
        .collect();
    format!("moored/{} ({contact})", env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_agent_names_program_version_and_contact_or_the_account_may_be_closed() {
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            user_agent(" me@example\r\n.com "),
            format!("moored/{version} (me@example.com)")
        );
    }

    #[test]
    fn the_debug_of_settings_shows_no_token() {
        let settings = Settings {
            site: Site::China,
            credential: Credential::LoginToken(Secret::new("13490,6b5976c68aba5b14")),
            contact: "me@example.com".into(),
            endpoint: Site::China.endpoint().into(),
            line: Site::China.default_line().into(),
        };
        let shown = format!("{settings:?}");
        assert!(!shown.contains("13490"), "{shown}");
        assert!(!shown.contains("6b5976"), "{shown}");
    }
}
