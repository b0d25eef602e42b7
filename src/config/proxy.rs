//! The proxy that the environment names for the providers' APIs. It is looked at once, at start: a proxy that was
//! meant and is not used would be a surprise, and so would be one that sees credentials.

use reqwest::Url;

use super::{
    diagnostics::{Diagnostic, Diagnostics, Span, shown},
    environment::Environment,
};
use crate::{
    core::dns::record::AccountName,
    http::proxy::{NoProxy, Proxy, ProxyError},
    sources::source::is_own_network,
};

/// The variables for each kind of service; of those in one row the first that is set counts, as with curl.
const FOR_HTTPS: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const FOR_HTTP: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// Whether a variable is one of these. Its value counts even where it is no text: then it is wrong.
pub fn is_proxy_variable(name: &str) -> bool {
    let all = [&FOR_HTTPS[..], &FOR_HTTP, &EXCEPTIONS];
    all.into_iter().flatten().any(|known| *known == name)
}

/// What the environment says.
pub(super) struct Proxies<'s> {
    environment: &'s Environment,
    exceptions: NoProxy,
}

impl<'s> Proxies<'s> {
    /// Reads the variables. One that names no proxy is a problem, whether it is needed or not.
    pub(super) fn read(environment: &'s Environment, diagnostics: &mut Diagnostics) -> Self {
        let mut seen: Vec<&str> = Vec::new();
        for name in FOR_HTTPS.into_iter().chain(FOR_HTTP) {
            let text = environment.variable(name).filter(|_| !seen.contains(&name));
            seen.push(name);
            if text.map(Proxy::parse) == Some(Err(ProxyError::Unreadable)) {
                let wrong = Diagnostic::new(ProxyError::Unreadable.to_string());
                diagnostics.problem(
                    &Span::variable(name),
                    wrong.hint("write it as in `http://proxy.example.net:3128`, or unset it"),
                );
            }
        }
        let written = first(environment, &EXCEPTIONS);
        let (name, text) = written.unwrap_or_default();
        let (exceptions, unusable) = NoProxy::parse(text);
        for entry in unusable {
            let wrong = Diagnostic::new(format!("{} covers nothing", shown(entry)));
            diagnostics.warning(
                &Span::variable(name),
                wrong.hint("write a name, an address or a network, the first two with `:PORT` if only that is meant"),
            );
        }
        Self {
            environment,
            exceptions,
        }
    }

    /// The proxy for an account's endpoint, if there is one.
    pub(super) fn choose(
        &self,
        account: &AccountName,
        endpoint: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Proxy> {
        let url = Url::parse(endpoint).ok()?;
        let is_encrypted = url.scheme() == "https";
        let names = if is_encrypted { FOR_HTTPS } else { FOR_HTTP };
        // A CGI server puts a request's header `Proxy` there (httpoxy, CVE-2016-5385).
        let is_cgi = self.environment.variable("REQUEST_METHOD").is_some();
        let names = names
            .into_iter()
            .filter(|name| !(is_cgi && *name == "HTTP_PROXY"));
        let (name, text) = first(self.environment, &names.collect::<Vec<_>>())?;
        if self.exceptions.covers(&url) {
            return None;
        }
        let spot = Span::variable(name);
        let proxy = match Proxy::parse(text) {
            Ok(proxy) => proxy,
            Err(ProxyError::Unsupported) => {
                let wrong = Diagnostic::new(ProxyError::Unsupported.to_string());
                diagnostics.problem(&spot, wrong.hint("use an `http://` or `https://` proxy"));
                return None;
            }
            // Said already.
            Err(ProxyError::Unreadable) => return None,
        };
        if !is_encrypted && !Url::parse(proxy.expose()).is_ok_and(|it| is_own_network(&it)) {
            let what = format!(
                "would be sent the credentials of account `{account}` without encryption, for its endpoint is `http://`"
            );
            let host = url.host_str().unwrap_or_default();
            let hint = format!(
                "name {host} in NO_PROXY, or give the account an `https://` endpoint; a proxy that may see them has a \
                 private, loopback or link-local address"
            );
            diagnostics.problem(&spot, Diagnostic::new(what).hint(hint));
            return None;
        }
        Some(proxy)
    }
}

/// The first of these variables that is set, with its value.
fn first<'s, 'n>(environment: &'s Environment, names: &[&'n str]) -> Option<(&'n str, &'s str)> {
    let mut set = names
        .iter()
        .filter_map(|name| Some((*name, environment.variable(name)?)));
    set.next()
}
