//! Where an address can come from, as configured.

use std::{fmt, net::IpAddr, path::PathBuf};

use reqwest::Url;

use super::{command_line::CommandLine, dns, https, stun};
use crate::core::{address::family::Family, foreign_text::printable};

/// A configured source of addresses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// `interface` or `interface:NAME`: the kernel's addresses of all interfaces or of one.
    Interface(Option<String>),
    /// `https`: the built-in echo services of unrelated operators.
    Https,
    /// `https://…`, or `http://…` on one's own network: an echo service.
    Echo(Url),
    /// `dns`: the built-in names that answer with the asker's address, at their own servers.
    Dns,
    /// `stun`: the built-in STUN servers of unrelated operators.
    Stun,
    /// `stun:HOST:PORT`: a STUN server.
    StunServer(stun::StunServer),
    /// `router`: the router in front of this host, by PCP, NAT-PMP or UPnP.
    Router,
    /// `static:ADDRESS[,ADDRESS]`.
    Static(Vec<IpAddr>),
    /// `file:PATH`: the file's whole text is an address, or several.
    File(PathBuf),
    /// `command:…`: a shell command line whose whole output is an address, or several.
    Command(CommandLine),
}

/// Why a text is not a source.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ParseSourceError {
    /// No such kind.
    #[error("`{0}` is not a source: use {KINDS}")]
    Unknown(String),
    /// The part after the colon is missing.
    #[error("`{0}:` needs {1} after the colon")]
    Incomplete(&'static str, &'static str),
    /// A URL that is none.
    #[error("it is not a URL: {0}")]
    BadUrl(String),
    /// `http://` to somewhere else than one's own network.
    #[error(
        "`{0}` would be asked without encryption: anybody on the way could answer. `http://` is for \
         private, loopback and link-local addresses; use `https://`"
    )]
    Plaintext(String),
    /// User name and password in a URL would end up in reports.
    #[error("the URL of an echo service must not hold a user name or password")]
    Userinfo,
    /// A STUN server that is none.
    #[error("`stun:` needs a host and its port, as in `stun:stun.example.net:3478`")]
    BadServer,
    /// `router` for IPv6.
    #[error("a router knows the line's IPv4 address: an IPv6 address is this host's own")]
    NotByRouter,
    /// A static address that is none.
    #[error("`{0}` is not an IP address")]
    BadAddress(String),
    /// An address of the other family.
    #[error("`{0}` is not an {1} address")]
    WrongFamily(IpAddr, Family),
}

/// The kinds, for messages.
pub const KINDS: &str = "`interface[:NAME]`, `https`, `https://…`, `http://…` (own network only), `dns`, \
                         `stun[:HOST:PORT]`, `router`, `static:ADDRESS`, `file:PATH` or `command:…`";

/// Who speaks for the router in front of this host.
pub(super) const ROUTER: &str = "router";

impl Source {
    /// Reads a source of addresses of `family`.
    pub fn parse(text: &str, family: Family) -> Result<Self, ParseSourceError> {
        let text = text.trim();
        if text.starts_with("http://") || text.starts_with("https://") {
            return echo(text);
        }
        let (kind, rest) = match text.split_once(':') {
            Some((kind, rest)) => (kind, Some(rest.trim())),
            None => (text, None),
        };
        let needs = |kind, what| match rest {
            Some(rest) if !rest.is_empty() => Ok(rest),
            _ => Err(ParseSourceError::Incomplete(kind, what)),
        };
        match kind {
            "interface" if rest.is_none() => Ok(Self::Interface(None)),
            "interface" => Ok(Self::Interface(Some(
                needs("interface", "a name")?.to_owned(),
            ))),
            "https" if rest.is_none() => Ok(Self::Https),
            "dns" if rest.is_none() => Ok(Self::Dns),
            "stun" if rest.is_none() => Ok(Self::Stun),
            "stun" => server(rest.unwrap_or_default(), family),
            "router" if rest.is_none() && family == Family::V6 => {
                Err(ParseSourceError::NotByRouter)
            }
            "router" if rest.is_none() => Ok(Self::Router),
            "static" => addresses(needs("static", "an address")?, family).map(Self::Static),
            "file" => Ok(Self::File(needs("file", "a path")?.into())),
            "command" => {
                needs("command", "a command line").map(|line| Self::Command(CommandLine::new(line)))
            }
            // What follows the kind may be a command line behind a mistyped word.
            _ => Err(ParseSourceError::Unknown(
                match kind.split_once(char::is_whitespace) {
                    Some((word, _)) => format!("{word} …"),
                    None if rest.is_some() => format!("{kind}:…"),
                    None => kind.to_owned(),
                },
            )),
        }
    }

    /// The operators whose word this source brings; nobody's, where it is this host's own.
    pub fn operators(&self) -> Vec<&str> {
        match self {
            Self::Https => https::OPERATORS.iter().map(|it| it.name).collect(),
            Self::Dns => dns::OPERATORS.iter().map(|it| it.name).collect(),
            Self::Stun => stun::OPERATORS.iter().map(|it| it.name).collect(),
            Self::Echo(url) => vec![operator_of(url.host_str().unwrap_or_default())],
            Self::StunServer(server) => vec![server.operator()],
            Self::Router => vec![ROUTER],
            Self::Interface(_) | Self::Static(_) | Self::File(_) | Self::Command(_) => Vec::new(),
        }
    }
}

/// Who runs a host: the operator of a built-in service with the same domain, so that nobody is two
/// witnesses by two names; else the host itself.
pub(super) fn operator_of(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    let https = https::OPERATORS.iter().flat_map(|it| {
        let of = |url: &'static str| url.split('/').nth(2).unwrap_or_default();
        [(of(it.v4), it.name), (of(it.v6), it.name)]
    });
    let stun = stun::OPERATORS.iter().map(|it| (it.host, it.name));
    let mut known = https.chain(stun);
    known
        .find(|(own, _)| domain(own) == domain(host))
        .map_or(host, |(_, name)| name)
}

/// The last two labels of a name; an address has none, and is whole.
fn domain(host: &str) -> &str {
    if host.parse::<IpAddr>().is_ok() || host.starts_with('[') {
        return host;
    }
    let mut dots = host.rmatch_indices('.').map(|(place, _)| place + 1);
    dots.nth(1)
        .and_then(|place| host.get(place..))
        .unwrap_or(host)
}

fn echo(text: &str) -> Result<Source, ParseSourceError> {
    let url = Url::parse(text).map_err(|error| ParseSourceError::BadUrl(error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ParseSourceError::Userinfo);
    }
    if url.scheme() == "http" && !is_own_network(&url) {
        return Err(ParseSourceError::Plaintext(without_query(&url)));
    }
    Ok(Source::Echo(url))
}

/// Whether a URL names, by address, a host on one's own network: private, loopback or link-local,
/// or `localhost`.
pub fn is_own_network(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(addr)) => addr.is_private() || addr.is_loopback() || addr.is_link_local(),
        Ok(IpAddr::V6(addr)) => {
            addr.is_loopback() || addr.is_unique_local() || addr.is_unicast_link_local()
        }
        Err(_) => host == "localhost",
    }
}

/// A URL as it is shown: what stands in its query may be a key.
fn without_query(url: &Url) -> String {
    let text = url.as_str();
    match text.find(['?', '#']) {
        Some(end) => format!("{}…", text.get(..=end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn server(text: &str, family: Family) -> Result<Source, ParseSourceError> {
    let server = stun::StunServer::parse(text).ok_or(ParseSourceError::BadServer)?;
    match server.literal() {
        Some(addr) if Family::of(addr) != family => {
            Err(ParseSourceError::WrongFamily(addr, family))
        }
        _ => Ok(Source::StunServer(server)),
    }
}

fn addresses(text: &str, family: Family) -> Result<Vec<IpAddr>, ParseSourceError> {
    let read = |part: &str| {
        let part = part.trim();
        let addr: IpAddr = part
            .parse()
            .map_err(|_| ParseSourceError::BadAddress(part.to_owned()))?;
        if Family::of(addr) != family {
            return Err(ParseSourceError::WrongFamily(addr, family));
        }
        Ok(addr)
    };
    text.split(',').map(read).collect()
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interface(None) => f.write_str("interface"),
            Self::Interface(Some(name)) => write!(f, "interface:{}", printable(name)),
            Self::Https => f.write_str("https"),
            Self::Dns => f.write_str("dns"),
            Self::Stun => f.write_str("stun"),
            Self::StunServer(server) => write!(f, "stun:{server}"),
            Self::Router => f.write_str("router"),
            Self::Echo(url) => f.write_str(&without_query(url)),
            Self::Static(addrs) => {
                let texts: Vec<_> = addrs.iter().map(ToString::to_string).collect();
                write!(f, "static:{}", texts.join(","))
            }
            Self::File(path) => write!(f, "file:{}", printable(&path.display().to_string())),
            Self::Command(line) => write!(f, "command:{line}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_and_shown_alike() {
        for text in [
            "interface",
            "interface:eth0",
            "https",
            "https://ip.example.net/me",
            "http://192.168.1.1/ip",
            "http://[fd00::1]:8080/",
            "http://localhost:8080/",
            "dns",
            "stun",
            "stun:stun.example.net:3478",
            "stun:84.212.10.20:3478",
            "router",
            "static:84.212.10.20,84.212.10.21",
            "file:/run/address",
            "command:/usr/local/bin/my-ip",
        ] {
            assert_eq!(Source::parse(text, Family::V4).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_key_in_the_address_of_an_echo_service_is_not_shown() {
        let source = Source::parse("https://ip.example.net/me?key=hunter2", Family::V4).unwrap();
        assert_eq!(source.to_string(), "https://ip.example.net/me?…");
    }

    #[test]
    fn one_operator_is_one_witness_by_whatever_name() {
        for (host, operator) in [
            ("api64.ipify.org", "ipify"),
            ("api.ipify.org.", "ipify"),
            ("icanhazip.com", "Cloudflare"),
            ("4.ident.me", "ident.me"),
            ("stun1.l.google.com", "Google"),
            ("ip.example.net", "ip.example.net"),
            ("www.example.net", "www.example.net"),
            ("127.0.0.11", "127.0.0.11"),
            ("192.0.0.11", "192.0.0.11"),
            ("[fd00::1]", "[fd00::1]"),
        ] {
            assert_eq!(operator_of(host), operator, "{host}");
        }
    }

    #[test]
    fn a_router_is_asked_for_no_ipv6_address() {
        assert_eq!(
            Source::parse("router", Family::V6),
            Err(ParseSourceError::NotByRouter)
        );
    }

    #[test]
    fn what_is_no_source_is_refused_with_its_reason() {
        for (text, reason) in [
            ("router:", "`router:…` is not a source"),
            ("router:192.168.1.1", "`router:…` is not a source"),
            ("comand:curl -u me:hunter2", "`comand:…` is not a source"),
            ("command curl -p hunter2", "`command …` is not a source"),
            ("dns:", "`dns:…` is not a source"),
            ("dns:9.9.9.9", "`dns:…` is not a source"),
            ("stun:", "`stun:` needs a host and its port"),
            ("stun:stun.example.net", "needs a host and its port"),
            ("stun:stun.example.net:0", "needs a host and its port"),
            ("stun:stun.example.net:70000", "needs a host and its port"),
            ("stun:stun..net:3478", "needs a host and its port"),
            ("stun:1.2.3:3478", "needs a host and its port"),
            ("stun:2a01::1:3478", "needs a host and its port"),
            ("stun:[2a01::1]:3478", "`2a01::1` is not an IPv4 address"),
            ("interface:", "`interface:` needs a name"),
            ("static:", "`static:` needs an address"),
            ("static:1.2.3", "`1.2.3` is not an IP address"),
            ("static:2001:db8::1", "`2001:db8::1` is not an IPv4 address"),
            ("http://ip.example.net/", "without encryption"),
            ("http://84.212.10.20/", "without encryption"),
            ("https://me:pw@ip.example.net/", "must not hold a user name"),
            ("https://", "is not a URL"),
            ("https://me:hunter2@ip ex/", "it is not a URL"),
            (
                "http://84.212.10.20/?key=1",
                "`http://84.212.10.20/?…` would",
            ),
        ] {
            let error = Source::parse(text, Family::V4).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
