//! `server`: which provider an account belongs to, and whether it is the endpoint.

use reqwest::Url;

use super::settings::DdclientSetting;
use crate::{
    import::model::{ImportModel, SourceLine},
    sources::source::is_own_network,
};

/// The host of a `server`, which may come with a scheme, a port and a path.
pub(super) fn host_of(server: &str) -> String {
    let url = Url::parse(&with_scheme(server)).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.unwrap_or_default().to_owned()
}

fn with_scheme(server: &str) -> String {
    if server.starts_with("https://") || server.starts_with("http://") {
        server.to_owned()
    } else {
        format!("https://{server}")
    }
}

/// The endpoint, where it is not the usual one.
///
/// An account's secrets go to its endpoint. A `server` may belong to another provider, whose hosts have
/// left the file: only one on the user's own network is taken along.
pub(super) fn endpoint(
    server: Option<&DdclientSetting>,
    usual: &[&str],
    path: &str,
    found: &mut ImportModel,
) -> Option<String> {
    let server = server?;
    let url = Url::parse(&with_scheme(server.text())).ok().filter(|url| {
        let plain = url.query().is_none() && url.fragment().is_none();
        plain && url.username().is_empty() && url.password().is_none() && url.has_host()
    });
    let spot = SourceLine::Line(server.line);
    let Some(url) = url else {
        let why = "moored sends credentials to no such address; the provider's own takes its place";
        found.leave(spot, "server=…", why);
        return None;
    };
    let base = url.as_str().trim_end_matches('/').to_owned();
    let host = url.host_str().unwrap_or_default();
    let whole = !path.is_empty() && base.ends_with(path);
    if usual.iter().any(|endpoint| host_of(endpoint) == host) {
        let is_usual = url.port().is_none()
            && (url.path() == "/" || whole || url.path().starts_with(DYNDNS_PATH));
        if !is_usual {
            let why = "moored uses the provider's own port and path";
            found.leave(spot, format!("server={host}:…"), why);
        }
        return None;
    }
    if !is_own_network(&url) {
        let why = "that is not a server of this account's provider: moored sends no secrets there, and \
                   the provider's own address takes its place";
        found.leave(spot, format!("server={host}"), why);
        return None;
    }
    Some(if whole { base } else { base + path })
}

/// Where `dyndns2` is spoken at Domeneshop (its API documentation).
const DYNDNS_PATH: &str = "/v0/dyndns/update";
