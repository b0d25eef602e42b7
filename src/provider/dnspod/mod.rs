//! DNSPod.

use crate::core::secret::Secret;

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
}

/// How an account proves itself.
#[derive(Clone, Debug)]
pub enum Credential {
    /// `login_token`: `ID,Token`.
    LoginToken(Secret),
    /// `user_token`, the older form of the international site.
    UserToken(Secret),
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
