//! An API's base address.

use std::net::IpAddr;

use reqwest::Url;

use super::diagnostics::Diagnostic;
use crate::sources::source::is_own_network;

/// A base address that credentials may be sent to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Endpoint {
    /// The address, without a slash at its end.
    pub(super) text: String,
    /// They travel over a network without encryption.
    pub(super) unencrypted: bool,
}

/// Reads a base address. No message shows it: user names and passwords are written in addresses.
pub(super) fn parse(text: &str) -> Result<Endpoint, Diagnostic> {
    const FORM: &str = "write an address like `https://api.example.net/v0`";
    let url = Url::parse(text.trim())
        .map_err(|error| Diagnostic::new(format!("is not a URL: {error}")).hint(FORM))?;
    let wrong = |what: &str| Err(Diagnostic::new(what).hint(FORM));
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return wrong("must start with `https://`");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("must not hold a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("must end with the path: no `?` and no `#`");
    }
    if url.scheme() == "http" && !is_own_network(&url) {
        return Err(
            Diagnostic::new("would send the credentials without encryption").hint(
                "use `https://`; `http://` is for loopback, private and link-local addresses",
            ),
        );
    }
    Ok(Endpoint {
        text: url.as_str().trim_end_matches('/').to_owned(),
        unencrypted: url.scheme() == "http" && !is_loopback(&url),
    })
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse()
            .is_ok_and(|addr: IpAddr| addr.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_encrypted_or_on_ones_own_network() {
        for (written, meant, unencrypted) in [
            (
                "https://api.domeneshop.no/v0",
                "https://api.domeneshop.no/v0",
                false,
            ),
            (
                "https://API.example.net/v0//",
                "https://api.example.net/v0",
                false,
            ),
            ("https://api.example.net", "https://api.example.net", false),
            (
                "http://127.0.0.1:8080/v0/",
                "http://127.0.0.1:8080/v0",
                false,
            ),
            ("http://[::1]:8080", "http://[::1]:8080", false),
            ("http://localhost:8080", "http://localhost:8080", false),
            ("http://192.168.1.2", "http://192.168.1.2", true),
        ] {
            let endpoint = parse(written).unwrap();
            assert_eq!(endpoint.text, meant);
            assert_eq!(endpoint.unencrypted, unencrypted, "{written}");
        }
    }

    #[test]
    fn what_would_give_credentials_away_is_refused() {
        for text in [
            "",
            "api.example.net",
            "ftp://api.example.net",
            "file:///etc/passwd",
            "http://api.example.net",
            "http://84.212.10.20",
            "https://me:pw@api.example.net",
            "https://api.example.net/?a=b",
            "https://api.example.net/#a",
            "https://",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
