//! A proxy that carries a service's requests, and for whom there is none: what curl's variables say, as values.

use std::net::IpAddr;

use ipnet::IpNet;
use reqwest::Url;

use crate::core::{foreign_text::is_printable, secret::Secret};

/// A proxy. Its address may hold a password, and is not shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proxy(Secret);

/// Why a text is not the address of a proxy. No message repeats it: it may hold a password.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProxyError {
    /// It is no address at all.
    #[error("is not the address of a proxy")]
    Unreadable,
    /// SOCKS, for instance.
    #[error("names a kind of proxy that moored cannot use")]
    Unsupported,
}

impl Proxy {
    /// Reads `[http[s]://][USER:PASSWORD@]HOST[:PORT]`.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let text = text.trim();
        // The last of these stands for what was no text.
        let is_misplaced = |letter| {
            letter == ' ' || !is_printable(letter) || letter == char::REPLACEMENT_CHARACTER
        };
        if text.contains(is_misplaced) {
            return Err(ProxyError::Unreadable);
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => ("http".to_owned(), text),
        };
        let is_known = match scheme.as_str() {
            "http" | "https" => true,
            other if other.starts_with("socks") => false,
            _ => return Err(ProxyError::Unreadable),
        };
        // Of a mistyped `http:/proxy` the scheme would be the host.
        let is_scheme =
            |it: &&str| it.eq_ignore_ascii_case("http:") || it.eq_ignore_ascii_case("https:");
        let begins_twice = rest.split('/').next().is_some_and(|it| is_scheme(&it));
        if begins_twice || rest.starts_with(['/', ':', '\\']) {
            return Err(ProxyError::Unreadable);
        }
        // What this kind of URL may be written like is the same for all of them.
        let url = Url::parse(&format!(
            "{}://{rest}",
            if is_known { &scheme } else { "http" }
        ));
        let url = url.map_err(|_| ProxyError::Unreadable)?;
        let is_scheme_again = matches!(url.host_str(), Some("http" | "https"));
        // Of a password with `/`, `?` or `#` in it, what stands before would be the host and its port.
        let ends_early =
            url.path().contains('@') || url.query().is_some() || url.fragment().is_some();
        let has_place = url.has_host() && url.port() != Some(0) && !is_scheme_again && !ends_early;
        match (has_place, is_known) {
            (false, _) => Err(ProxyError::Unreadable),
            (true, false) => Err(ProxyError::Unsupported),
            (true, true) => Ok(Self(Secret::new(url))),
        }
    }

    /// Its address: only for who connects to it, and for what its host says.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The services that are reached without a proxy: `NO_PROXY`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NoProxy(Vec<NoProxyEntry>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum ProxyScope {
    /// `*`.
    Everywhere,
    /// An address, or a network of them.
    Network(IpNet),
    /// A name, and all below it.
    Domain(String),
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct NoProxyEntry {
    place: ProxyScope,
    /// The one port that it is about, if it names one.
    port: Option<u16>,
}

impl NoProxy {
    /// Reads entries with commas or blanks between them, in capitals or small letters: `*`, an address, a network, a
    /// name with or without `.` or `*.` before it; a name or an address also with a port. Entries that are none of
    /// these are handed back.
    pub fn parse(text: &str) -> (Self, Vec<&str>) {
        let mut entries = Vec::new();
        let mut unusable = Vec::new();
        let words = text.split(|letter: char| letter == ',' || letter.is_whitespace());
        for word in words.filter(|word| !word.is_empty()) {
            match entry(word) {
                Some(entry) => entries.push(entry),
                None => unusable.push(word),
            }
        }
        (Self(entries), unusable)
    }

    /// Whether a service is among them.
    pub fn covers(&self, service: &Url) -> bool {
        let host = service.host_str().unwrap_or_default();
        let host = host
            .trim_matches(['[', ']'])
            .trim_end_matches('.')
            .to_ascii_lowercase();
        let addr = host.parse::<IpAddr>().ok();
        let port = service.port_or_known_default();
        self.0.iter().any(|entry| {
            let is_place = match &entry.place {
                ProxyScope::Everywhere => true,
                ProxyScope::Network(network) => addr.is_some_and(|addr| network.contains(&addr)),
                ProxyScope::Domain(domain) => {
                    let before = host.strip_suffix(domain.as_str());
                    addr.is_none() && before.is_some_and(|it| it.is_empty() || it.ends_with('.'))
                }
            };
            is_place && (entry.port.is_none() || entry.port == port)
        })
    }
}

fn entry(word: &str) -> Option<NoProxyEntry> {
    let everywhere = |port| {
        Some(NoProxyEntry {
            place: ProxyScope::Everywhere,
            port,
        })
    };
    let word = word.to_ascii_lowercase();
    if word == "*" {
        return everywhere(None);
    }
    if let Some(network) = network(&word) {
        let place = ProxyScope::Network(network);
        return Some(NoProxyEntry { place, port: None });
    }
    let (host, port) = match word.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port != 0)?)),
        None => (word.as_str(), None),
    };
    if host == "*" {
        return everywhere(port);
    }
    if let Some(network) = network(host) {
        let place = ProxyScope::Network(network);
        return Some(NoProxyEntry { place, port });
    }
    let domain = host.strip_prefix('*').unwrap_or(host);
    let domain = domain.trim_start_matches('.').trim_end_matches('.');
    // As a URL has it: international names in A-labels.
    let url = Url::parse(&format!("http://{domain}/")).ok()?;
    let is_plain = !domain.is_empty() && !domain.contains(['/', '*', '[', ']', '@', '?', '#', ':']);
    let place = ProxyScope::Domain(url.host_str()?.to_owned());
    is_plain.then_some(NoProxyEntry { place, port })
}

/// An address or a network, in brackets or not.
fn network(text: &str) -> Option<IpNet> {
    let (addr, length) = match text.split_once('/') {
        Some((addr, length)) => (addr, Some(length)),
        None => (text, None),
    };
    let inner = addr.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let addr: IpAddr = inner.unwrap_or(addr).parse().ok()?;
    match length {
        Some(length) => IpNet::new(addr, length.parse().ok()?).ok(),
        None => Some(addr.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_proxy_is_read_as_curl_reads_it_and_never_shown() {
        for (text, url) in [
            (
                "http://proxy.example.net:3128",
                "http://proxy.example.net:3128/",
            ),
            ("proxy:3128", "http://proxy:3128/"),
            (" HTTPS://me:pa%40ss@proxy ", "https://me:pa%40ss@proxy/"),
            (
                "me:hunter2@[fd00::1]:3128",
                "http://me:hunter2@[fd00::1]:3128/",
            ),
            ("http://proxy:3128/", "http://proxy:3128/"),
        ] {
            let proxy = Proxy::parse(text).unwrap();
            assert_eq!(proxy.expose(), url);
            assert_eq!(format!("{proxy:?}"), "Proxy(Secret(…))");
        }
    }

    #[test]
    fn what_is_no_address_of_a_proxy_is_an_error() {
        for text in [
            "http://",
            "http:/proxy:3128",
            "http:proxy:3128",
            "://proxy",
            "http//proxy:3128 ",
            "pro xy:3128",
            "http://proxy:port",
            "http://proxy:70000",
            "http://proxy:0",
            "http://:3128",
            "http://[fd00::1:3128",
            "htp://proxy:3128",
            "ftp://proxy",
            "http://me:hunter2@",
            "http://me:12/x@proxy:3128",
            "http://me:12?x@proxy:3128",
            "http://me:12#x@proxy:3128",
            "http://me:hunter\u{fffd}@proxy:3128",
            "http:///proxy",
            "/proxy",
            "http://pro\u{202e}xy",
            "http://http://proxy:3128",
            "https:",
            ":3128",
            "a\nb",
        ] {
            assert_eq!(Proxy::parse(text), Err(ProxyError::Unreadable), "{text}");
        }
        for text in [
            "socks5://proxy:1080",
            "socks5h://me:hunter2@proxy",
            "SOCKS4a://proxy",
        ] {
            assert_eq!(Proxy::parse(text), Err(ProxyError::Unsupported), "{text}");
        }
    }

    #[test]
    fn services_without_a_proxy_are_named_as_curl_takes_them_and_with_a_port() {
        let api = "https://api.example.net/v0";
        let local = "http://192.168.1.2:8080";
        for (entries, service, covered) in [
            ("", api, false),
            ("*", api, true),
            ("*", "https://[fd00::1]/", true),
            ("example.net", api, true),
            (".example.net", api, true),
            ("*.example.net", api, true),
            (".example.net", "https://example.net/", true),
            ("API.Example.NET.", api, true),
            ("example.org, api.example.net", api, true),
            ("example.org api.example.net", api, true),
            ("ample.net", api, false),
            ("other.api.example.net", api, false),
            ("net", api, true),
            ("api.example.net:443", api, true),
            ("api.example.net:8443", api, false),
            (".example.net:443", api, true),
            (
                "api.example.net:8443",
                "https://api.example.net:8443/",
                true,
            ),
            ("*:443", api, true),
            ("192.168.1.2", local, true),
            ("192.168.1.2:8080", local, true),
            ("192.168.1.2:80", local, false),
            ("192.168.0.0/16", local, true),
            ("10.0.0.0/8", local, false),
            ("168.1.2", local, false),
            ("[fd00::1]", "http://[fd00::1]:81/", true),
            ("fd00::1", "http://[fd00::1]:81/", true),
            ("[fd00::1]:81", "http://[fd00::1]:81/", true),
            ("[fd00::1]:82", "http://[fd00::1]:81/", false),
            ("fd00::/8", "http://[fd00::1]:81/", true),
            ("[fd00::]/8", "http://[FD00:0::1]:81/", true),
            ("localhost", "http://localhost:81/", true),
            ("bücher.example", "https://api.xn--bcher-kva.example/", true),
        ] {
            let (no_proxy, unusable) = NoProxy::parse(entries);
            assert_eq!(unusable, [""; 0], "{entries}");
            let service = Url::parse(service).unwrap();
            assert_eq!(no_proxy.covers(&service), covered, "{entries} {service}");
        }
    }

    #[test]
    fn entries_that_can_never_cover_anything_are_handed_back() {
        let text = "a.example:port,http://b.example,192.168.1.0/33,c*.example,[fd00::1,d.example:0,.,e.example";
        let (no_proxy, unusable) = NoProxy::parse(text);
        assert_eq!(no_proxy.0.len(), 1);
        assert_eq!(unusable.len(), 7, "{unusable:?}");
    }
}
