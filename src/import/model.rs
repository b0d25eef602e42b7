//! What is found in another program's file, in the terms that all of them have in common.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use crate::{
    core::{address::host_id::PrefixLength, dns::name::Fqdn, secret::Secret},
    providers::dnspod::Site,
};

/// Where something stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SourceLine {
    /// A line of the file, from 1.
    Line(usize),
    /// An environment variable.
    Variable(&'static str),
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Variable(name) => write!(f, "${name}"),
        }
    }
}

/// Something that is not carried over.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Skipped {
    /// Where it stands.
    pub spot: SourceLine,
    /// What stands there, as far as it can be shown. Never a secret.
    pub what: String,
    /// Why it is not carried over, or what takes its place.
    pub why: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.spot)?;
        if !self.what.is_empty() {
            write!(f, "{}: ", self.what)?;
        }
        f.write_str(&self.why)
    }
}

/// Everything that was found.
#[derive(Default, Debug)]
pub(super) struct ImportModel {
    /// How often it looked, and where that stands.
    pub(super) interval: Option<(SourceLine, Duration)>,
    /// How long it waited for a request.
    pub(super) timeout: Option<(SourceLine, Duration)>,
    /// Each host as often as it is mentioned.
    pub(super) entries: Vec<ImportedHost>,
    /// Variables of the environment that were taken along.
    pub(super) taken: Vec<&'static str>,
    pub(super) left: Vec<Skipped>,
}

impl ImportModel {
    pub(super) fn leave(
        &mut self,
        spot: SourceLine,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        let (what, why) = (what.into(), why.into());
        self.left.push(Skipped { spot, what, why });
    }
}

/// A mention of a host, with all that holds for it.
#[derive(Clone, Debug)]
pub(super) struct ImportedHost {
    pub(super) line: usize,
    /// As it is written.
    pub(super) name: String,
    pub(super) login: ImportedLogin,
    /// Somebody's e-mail address, if the file has one.
    pub(super) contact: Option<String>,
    /// How its IPv4 address is found, if it is kept.
    pub(super) ipv4: Option<ImportedSource>,
    /// The same for IPv6, and whose address it is where it is another device's.
    pub(super) ipv6: Option<(ImportedSource, Option<ImportedDevice>)>,
    /// Its records' TTL in seconds, and the line where that stands.
    pub(super) ttl: Option<(usize, u32)>,
}

/// Why a setting is named that nothing has read.
pub(super) const UNUSED: &str = "no host that is carried over uses it";

/// Why a setting is named that another one of the same key takes the place of.
pub(super) fn overridden(line: usize) -> String {
    format!("the same key is set again in line {line}, and only that one counts")
}

/// A TTL as all three programs write it: a number of seconds.
pub(super) fn ttl(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|seconds| *seconds > 0)
}

/// Another device's bits of an IPv6 address, and behind how many of this network's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ImportedDevice {
    pub(super) host: Ipv6Addr,
    pub(super) prefix: PrefixLength,
}

/// A provider and what it wants to see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ImportedLogin {
    Domeneshop {
        token: ImportedSecret,
        secret: ImportedSecret,
        endpoint: Option<String>,
    },
    DnsPod {
        site: Site,
        token: ImportedSecret,
        endpoint: Option<String>,
    },
}

/// A secret as it was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ImportedSecret {
    Literal(Secret),
    /// In the environment variable of that name.
    Variable(String),
    /// Not to be had, and why.
    Missing(String),
}

/// How an address of one family is found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ImportedSource {
    /// The addresses of one interface, or of whichever has the default route.
    Interface {
        name: Option<String>,
        /// Whether private addresses are published as well.
        any: bool,
    },
    /// What others see.
    External(ExternalSource),
    /// Always this one.
    Static(IpAddr),
    /// What a command prints.
    Command(String),
}

/// Others who are asked.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct ExternalSource {
    /// Echo services of the user's choice.
    pub(super) echoes: Vec<String>,
    /// moored's own list of them.
    pub(super) https: bool,
    /// Names that answer with the asker's address.
    pub(super) dns: bool,
}

/// moored's own list of echo services.
pub(super) const HTTPS: ExternalSource = ExternalSource {
    echoes: Vec::new(),
    https: true,
    dns: false,
};

/// The e-mail address in a text such as a `User-Agent`, if there is one.
pub(super) fn mail_address(text: &str) -> Option<String> {
    let ends = |letter: char| letter.is_whitespace() || "()<>,;\"\\".contains(letter);
    let mut words = text.split(ends);
    let is_one = |word: &&str| {
        word.bytes().all(|byte| byte.is_ascii_graphic())
            && word.split_once('@').is_some_and(|(who, domain)| {
                !who.is_empty()
                    && !domain.contains('@')
                    && !who.contains(':')
                    && Fqdn::parse(domain).is_ok()
            })
    };
    words.find(is_one).map(str::to_owned)
}

/// How much of a setting may be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Disclosure {
    /// Key and value: it is known to be no secret.
    Whole,
    /// The key: the value may be a secret.
    Key,
    /// Nothing: where nobody knows the key, even that may be a secret that got into a wrong place.
    Nothing,
}

impl Disclosure {
    /// No more than the key.
    pub(super) fn without_value(self) -> Self {
        match self {
            Self::Whole | Self::Key => Self::Key,
            Self::Nothing => Self::Nothing,
        }
    }
}

/// A setting as it is quoted in a comment.
pub(super) fn quoted(key: &str, value: &str, shown: Disclosure) -> String {
    let short = value.chars().count() <= 60;
    match shown {
        Disclosure::Whole if short => format!("{key}={value}"),
        Disclosure::Whole | Disclosure::Key => format!("{key}=…"),
        Disclosure::Nothing => String::new(),
    }
}

/// ` with NAME, NAME`, of those texts that are names: whatever else stands there is not shown.
pub(super) fn with(names: &[String]) -> String {
    let names = names.iter().filter_map(|name| Fqdn::parse(name).ok());
    let names: Vec<_> = names.map(|name| name.to_string()).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" with {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_address_is_found_where_one_is() {
        for (text, found) in [
            ("me@example.com", Some("me@example.com")),
            ("inadyn/2.12 (me@example.com)", Some("me@example.com")),
            ("Me <me@example.com>, x", Some("me@example.com")),
            (
                "inadyn/2.12 https://github.com/troglobit/inadyn/issues",
                None,
            ),
            ("https://me:pw@example.com/", None),
            ("root", None),
            ("root@localhost", None),
            ("@example.com", None),
            ("a@b@example.com", None),
            ("", None),
        ] {
            assert_eq!(mail_address(text).as_deref(), found, "{text}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_quoted() {
        assert_eq!(quoted("mail", "root", Disclosure::Whole), "mail=root");
        assert_eq!(
            quoted("mail", &"x".repeat(100), Disclosure::Whole),
            "mail=…"
        );
        assert_eq!(quoted("apikey", "hunter2", Disclosure::Key), "apikey=…");
        assert_eq!(quoted("hunter2", "", Disclosure::Nothing), "");
    }
}
