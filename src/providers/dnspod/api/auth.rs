//! `Auth`, which only the international site has (facts: DNSPod section 2.1). It is the one call that
//! carries no token, since it asks for one.

use crate::providers::dnspod::{
    codes::tables::{AUTH, COMMON},
    types::Token,
};

crate::operations! {
    /// Logs in with a password and yields a `user_token`, which the vendor discourages by now.
    Auth "Auth" POST "/Auth" reads -> Token {
        /// The account's e-mail address.
        login_email: required text,
        /// The account's password, of 6 to 32 characters.
        login_password: required secret,
        /// The one-time code, of an account that asks for one.
        login_code: optional secret,
        /// Whether the one-time code is remembered for a month; yes unless said.
        login_remember: optional choice["yes", "no"],
        /// The user's identifier, for agents.
        user_id: optional text,
    }
    one_of []
    codes [AUTH, COMMON]
    page "https://docs.dnspod.com/api-legacy/info.html"
}
