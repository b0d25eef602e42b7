//! Ways to an address, in the words of others, as moored's sources.

use std::{collections::BTreeSet, net::IpAddr};

use reqwest::Url;

use super::model::{ExternalSource, HTTPS, ImportedSource};
use crate::{
    core::{
        address::{family::Family, policy::PublishPolicy},
        foreign_text::is_printable,
    },
    sources::source::{Source, is_own_network},
};

/// Services whose answer is a page with the address somewhere in it (ddclient and inadyn look for it
/// there; moored takes no address out of a page).
const PAGES: [&str; 3] = ["checkip.dyndns.org", "checkip.dyndns.com", "dns.loopia.se"];

/// An echo service of the user's choice; the error says why it cannot be asked. One on the user's own
/// network is taken at its word, any other needs somebody who confirms it.
pub(super) fn echo(address: &str, family: Family) -> Result<ExternalSource, String> {
    let refused = "moored cannot ask this echo service";
    let source = Source::parse(address, family).map_err(|error| match error {
        // Those that show the address are not shown: a password or key may stand in it.
        crate::sources::source::ParseSourceError::Plaintext(_) => {
            format!("{refused}: without encryption anybody on the way could answer")
        }
        crate::sources::source::ParseSourceError::Userinfo => {
            format!("{refused}: there is a user name or password in its address")
        }
        _ => format!("{refused}: that is no address of one"),
    })?;
    let Source::Echo(url) = source else {
        return Err(format!("{refused}: that is no address of one"));
    };
    if url.host_str().is_some_and(|host| PAGES.contains(&host)) {
        return Err("it answers with a page, not with the address alone".to_owned());
    }
    Ok(ExternalSource {
        https: !is_own_network(&url),
        echoes: vec![url.into()],
        ..ExternalSource::default()
    })
}

/// What can be shown of a URL: who is asked, and nothing of how.
pub(super) fn host_of(address: &str) -> String {
    let shown = Url::parse(address).ok();
    let host = shown.as_ref().and_then(Url::host_str);
    host.map_or_else(|| "…".to_owned(), str::to_owned)
}

/// An address that never changes.
pub(super) fn fixed(text: &str, family: Family) -> Result<ImportedSource, String> {
    match text.trim().parse::<IpAddr>() {
        Ok(addr) if Family::of(addr) == family => Ok(ImportedSource::Static(addr)),
        Ok(addr) => Err(format!("{addr} is not an {family} address")),
        Err(_) => Err("that is no IP address".to_owned()),
    }
}

/// A name of an interface as the kernel has them: no white space, no slash, at most 15 bytes
/// (`IFNAMSIZ`).
pub(super) fn interface(name: &str, any: bool) -> Result<ImportedSource, String> {
    let bad = |letter: char| matches!(letter, ' ' | '/') || !is_printable(letter);
    if name.is_empty() || name.len() > 15 || name.contains(bad) {
        return Err("that is no name of an interface".to_owned());
    }
    let name = Some(name.to_owned());
    Ok(ImportedSource::Interface { name, any })
}

/// A command line.
pub(super) fn command(line: &str) -> Result<ImportedSource, String> {
    let line = line.trim();
    if line.is_empty() || line.contains(char::is_control) {
        return Err("moored's commands are one line".to_owned());
    }
    Ok(ImportedSource::Command(line.to_owned()))
}

impl ImportedSource {
    /// Everything from outside.
    pub(super) fn outside() -> Self {
        Self::External(HTTPS)
    }

    /// Whether both find the same address, so that one can stand for the other: whoever is asked from
    /// outside says the same.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        matches!((self, other), (Self::External(_), Self::External(_))) || self == other
    }

    /// Both ways in one, where they agree.
    pub(super) fn join(&mut self, other: &Self) {
        if let (Self::External(own), Self::External(other)) = (self, other) {
            for echo in &other.echoes {
                if !own.echoes.contains(echo) {
                    own.echoes.push(echo.clone());
                }
            }
            own.https |= other.https;
            own.dns |= other.dns;
        }
    }

    /// The configuration's `sources`.
    pub(super) fn sources(&self) -> Vec<String> {
        match self {
            Self::Interface { name: None, .. } => vec!["interface".to_owned()],
            Self::Interface { name: Some(it), .. } => vec![format!("interface:{it}")],
            Self::Static(addr) => vec![format!("static:{addr}")],
            Self::Command(line) => vec![format!("command:{line}")],
            Self::External(outside) => {
                let mut sources = outside.echoes.clone();
                if outside.https {
                    sources.push("https".to_owned());
                }
                if outside.dns {
                    sources.push("dns".to_owned());
                }
                sources
            }
        }
    }

    /// Whether there are too few operators to agree on anything, so that one is believed.
    pub(super) fn is_one_witness(&self) -> bool {
        let sources: Vec<_> = self
            .sources()
            .iter()
            .filter_map(|source| Source::parse(source, Family::V4).ok())
            .collect();
        let operators: BTreeSet<_> = sources.iter().flat_map(Source::operators).collect();
        operators.len() == 1
    }

    /// Whether addresses that are not the Internet's are published.
    pub(super) fn accepts_any(&self) -> bool {
        match self {
            Self::Interface { any, .. } => *any,
            Self::Static(addr) => PublishPolicy::default()
                .check(Family::of(*addr), *addr)
                .is_err(),
            Self::External(_) | Self::Command(_) => false,
        }
    }

    /// What is different from what the other program made of it.
    pub(super) fn remark(&self) -> Option<&'static str> {
        match self {
            Self::Command(_) => Some(
                "The command has to print addresses and nothing else: moored takes no address out of \
                 a text.",
            ),
            Self::External(outside) if !outside.echoes.is_empty() => Some(
                "The echo service has to answer with the address and nothing else: moored takes no \
                 address out of a page.",
            ),
            _ => None,
        }
    }

    /// Itself, in a few words.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Interface { name: None, .. } => "this host's own address".to_owned(),
            Self::Interface { name: Some(it), .. } => format!("the address of {it}"),
            Self::External(_) => "the address that others see".to_owned(),
            Self::Static(addr) => addr.to_string(),
            Self::Command(_) => "what a command prints".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_service_is_confirmed_by_others_unless_it_is_ones_own() {
        let outside = echo("https://ip.example.net/me", Family::V4).unwrap();
        assert_eq!(
            ImportedSource::External(outside).sources(),
            ["https://ip.example.net/me", "https"]
        );
        let own = ImportedSource::External(echo("http://192.168.1.1/ip", Family::V4).unwrap());
        assert_eq!(own.sources(), ["http://192.168.1.1/ip"]);
        assert!(own.is_one_witness());
    }

    #[test]
    fn an_echo_service_that_cannot_be_asked_is_refused_without_showing_its_address() {
        for (address, why) in [
            ("http://ip.example.net/?key=hunter2", "without encryption"),
            (
                "https://me:hunter2@ip.example.net/",
                "user name or password",
            ),
            ("https://checkip.dyndns.org/?hunter2", "answers with a page"),
            ("hunter2", "no address of one"),
            ("interface:eth0", "no address of one"),
        ] {
            let error = echo(address, Family::V4).unwrap_err();
            assert!(error.contains(why) && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn what_others_see_is_one_thing_whoever_is_asked() {
        let mut way = ImportedSource::External(echo("https://a.example.net/", Family::V4).unwrap());
        let other = ImportedSource::External(ExternalSource {
            dns: true,
            ..ExternalSource::default()
        });
        assert!(way.agrees(&other) && !way.agrees(&ImportedSource::Command("ip".to_owned())));
        way.join(&other);
        assert_eq!(way.sources(), ["https://a.example.net/", "https", "dns"]);
    }

    #[test]
    fn a_fixed_address_that_is_private_was_meant() {
        let fixed = |text| fixed(text, Family::V4).map(|it| it.accepts_any());
        assert_eq!(fixed("84.212.10.20"), Ok(false));
        assert_eq!(fixed("192.168.1.5"), Ok(true));
        assert!(fixed("2a01::1").is_err() && fixed("x").is_err());
    }

    #[test]
    fn of_a_url_the_host_is_shown() {
        assert_eq!(
            host_of("https://me:pw@ip.example.net/x?key=1"),
            "ip.example.net"
        );
        assert_eq!(host_of("hunter2"), "…");
    }
}
