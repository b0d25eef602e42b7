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

mod adapter;
mod answer;
pub mod api;
mod book;
pub mod client;
pub mod codes;
mod hidden;
mod line;
mod listing;
mod paging;
mod record;
pub mod types;

pub use adapter::Account;
pub use api::operations;
pub use client::Client;

use crate::{core::secret::Secret, http::Text};

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
    fn field(&self) -> (&'static str, Text) {
        match self {
            Self::LoginToken(token) => ("login_token", token.clone().into()),
            Self::UserToken(token) => ("user_token", token.clone().into()),
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
