//! What was found, put together as moored has it: accounts with their hosts, and for each family one
//! way to its address.

use std::time::Duration;

use super::model::{
    ImportModel, ImportedDevice, ImportedHost, ImportedLogin, ImportedSecret, ImportedSource,
    Skipped, SourceLine,
};
use crate::core::{address::family::Family, dns::name::Fqdn};

/// The parts of a configuration.
#[derive(Debug)]
pub(super) struct MergedConfig {
    pub(super) interval: Option<Duration>,
    pub(super) timeout: Option<Duration>,
    /// How each family's address is found; `None`: the other program did not keep it.
    pub(super) ipv4: Option<ImportedSource>,
    pub(super) ipv6: Option<ImportedSource>,
    pub(super) accounts: Vec<MergedAccount>,
    pub(super) taken: Vec<&'static str>,
    pub(super) left: Vec<Skipped>,
}

/// An account and its hosts.
#[derive(Debug)]
pub(super) struct MergedAccount {
    pub(super) name: Option<String>,
    pub(super) line: usize,
    pub(super) login: ImportedLogin,
    pub(super) contact: Option<String>,
    pub(super) hosts: Vec<MergedHost>,
    /// What keeps it from being one.
    pub(super) missing: Vec<String>,
}

/// A host of an account.
#[derive(Debug)]
pub(super) struct MergedHost {
    pub(super) name: Fqdn,
    line: usize,
    pub(super) ipv4: bool,
    pub(super) ipv6: MergedV6,
    /// Its records' TTL in seconds.
    pub(super) ttl: Option<u32>,
}

/// Which IPv6 address a host has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MergedV6 {
    Off,
    Own,
    Device(ImportedDevice),
}

impl MergedConfig {
    /// How many hosts the configuration keeps.
    pub(super) fn hosts(&self) -> usize {
        let usable = self.accounts.iter().filter(|it| it.missing.is_empty());
        usable.map(|account| account.hosts.len()).sum()
    }
}

/// The limits of the configuration's `interval` and `timeout`.
const INTERVAL: (Duration, Duration) = (Duration::from_secs(1), Duration::from_hours(24));
const TIMEOUT: (Duration, Duration) = (Duration::from_millis(100), Duration::from_mins(5));

/// The longest TTL of either provider, in seconds: a week.
const MAX_TTL: u32 = 604_800;

/// Puts everything together. What does not fit is left, with its line.
pub(super) fn merge(found: ImportModel) -> MergedConfig {
    let mut gathered = MergedConfig {
        interval: None,
        timeout: None,
        ipv4: None,
        ipv6: None,
        accounts: Vec::new(),
        taken: found.taken,
        left: found.left,
    };
    gathered.interval = gathered.length("interval", found.interval, INTERVAL);
    gathered.timeout = gathered.length("timeout", found.timeout, TIMEOUT);
    // What is kept decides how addresses are found, not an account that cannot be used yet.
    let (usable, other): (Vec<_>, Vec<_>) = found
        .entries
        .into_iter()
        .partition(|entry| missing(&entry.login).is_empty());
    for entry in usable.into_iter().chain(other) {
        gathered.add(entry);
    }
    gathered.use_what_is_kept();
    gathered.name_accounts();
    gathered.name_the_unusable();
    gathered.left.sort();
    gathered.left.dedup();
    gathered
}

impl MergedConfig {
    fn leave(&mut self, line: usize, what: impl Into<String>, why: impl Into<String>) {
        let (spot, what, why) = (SourceLine::Line(line), what.into(), why.into());
        self.left.push(Skipped { spot, what, why });
    }

    /// A length of time within its limits.
    fn length(
        &mut self,
        key: &str,
        written: Option<(SourceLine, Duration)>,
        (least, most): (Duration, Duration),
    ) -> Option<Duration> {
        let (spot, length) = written?;
        let kept = length.clamp(least, most);
        if kept != length {
            let end = if kept == most { "longest" } else { "shortest" };
            let why = format!("the {end} that moored has takes its place");
            let what = format!("`{key}` of {} s", length.as_secs());
            self.left.push(Skipped { spot, what, why });
        }
        Some(kept)
    }

    fn add(&mut self, entry: ImportedHost) {
        let line = entry.line;
        let Ok(name) = Fqdn::parse(&entry.name) else {
            // The text is not shown: what stands where a name belongs may be anything.
            return self.leave(line, "", "a host there is no fully qualified name");
        };
        let ipv4 = match entry.ipv4 {
            Some(way) => self.keep(Family::V4, &way, line, &name),
            None => false,
        };
        let ipv6 = match entry.ipv6 {
            Some((way, device)) if self.keep(Family::V6, &way, line, &name) => {
                device.map_or(MergedV6::Own, MergedV6::Device)
            }
            _ => MergedV6::Off,
        };
        if !ipv4 && ipv6 == MergedV6::Off {
            // What was not kept was named, and why.
            return;
        }
        let ttl = entry
            .ttl
            .and_then(|(line, seconds)| self.ttl(&entry.login, line, seconds));
        let host = MergedHost {
            name,
            line,
            ipv4,
            ipv6,
            ttl,
        };
        self.place(host, entry.login, entry.contact);
    }

    /// A TTL that the provider takes; any other is named.
    fn ttl(&mut self, login: &ImportedLogin, line: usize, seconds: u32) -> Option<u32> {
        let (least, step) = match login {
            ImportedLogin::Domeneshop { .. } => (60, 60),
            ImportedLogin::DnsPod { .. } => (1, 1),
        };
        if (least..=MAX_TTL).contains(&seconds) && seconds.is_multiple_of(step) {
            return Some(seconds);
        }
        let provider = login.provider();
        let why = format!(
            "{provider} takes no such TTL, and the provider's own takes its place; a host's `ttl` sets \
             another one"
        );
        self.leave(line, format!("ttl={seconds}"), why);
        None
    }

    /// Whether a host's address of a family can be kept: it must be the one that the others have. With
    /// an address found in another way it would get a wrong one.
    fn keep(&mut self, family: Family, way: &ImportedSource, line: usize, name: &Fqdn) -> bool {
        let known = match family {
            Family::V4 => &mut self.ipv4,
            Family::V6 => &mut self.ipv6,
        };
        match known {
            None => {
                *known = Some(way.clone());
                true
            }
            Some(first) if first.agrees(way) => {
                first.join(way);
                true
            }
            Some(first) => {
                let why = format!(
                    "its {family} address is not kept: it is {}, and one configuration of moored's \
                     finds every {family} address in one way, here {}; a second moored can keep it",
                    way.describe(),
                    first.describe()
                );
                self.leave(line, name.as_str(), why);
                false
            }
        }
    }

    /// Puts a host into its account.
    fn place(&mut self, host: MergedHost, login: ImportedLogin, contact: Option<String>) {
        let mut places = self.accounts.iter_mut();
        let known = places.find_map(|account| {
            let own = account.login == login;
            let known = account.hosts.iter_mut().find(|it| it.name == host.name);
            known.map(|known| (own, known))
        });
        if let Some((own, known)) = known {
            let (first, line) = (known.line, host.line);
            // Programs with an entry for each family mention a host twice.
            let adds_v4 = host.ipv4 && !known.ipv4;
            let adds_v6 = host.ipv6 != MergedV6::Off && known.ipv6 == MergedV6::Off;
            if own {
                known.ipv4 |= host.ipv4;
                if adds_v6 {
                    known.ipv6 = host.ipv6;
                }
                known.ttl = known.ttl.or(host.ttl);
            }
            let differs = host.ipv6 != MergedV6::Off && known.ipv6 != host.ipv6;
            let other_ttl = own && host.ttl.is_some() && known.ttl != host.ttl;
            if !own || differs || !(adds_v4 || adds_v6) {
                let why = if own {
                    format!("it is a host already, by line {first}")
                } else {
                    format!(
                        "it is a host already, by line {first}, with another account, and that one \
                         counts: a name is kept in one account"
                    )
                };
                self.leave(line, host.name.as_str(), why);
            }
            if other_ttl {
                let why = format!(
                    "one host has one TTL, and the one by line {first} counts: this one of {} s is left \
                     out",
                    host.ttl.unwrap_or_default()
                );
                self.leave(line, host.name.as_str(), why);
            }
            return;
        }
        let mut accounts = self.accounts.iter_mut();
        if let Some(account) = accounts.find(|it| it.login == login) {
            account.contact = account.contact.take().or(contact);
            account.hosts.push(host);
            return;
        }
        self.accounts.push(MergedAccount {
            name: None,
            line: host.line,
            missing: missing(&login),
            login,
            contact,
            hosts: vec![host],
        });
    }

    /// Forgets ways that only hosts of an unusable account have.
    fn use_what_is_kept(&mut self) {
        let usable = || self.accounts.iter().filter(|it| it.missing.is_empty());
        if usable().next().is_none() {
            return;
        }
        let hosts = || usable().flat_map(|account| &account.hosts);
        let (v4, v6) = (
            hosts().any(|host| host.ipv4),
            hosts().any(|host| host.ipv6 != MergedV6::Off),
        );
        if !v4 {
            self.ipv4 = None;
        }
        if !v6 {
            self.ipv6 = None;
        }
    }

    /// One account of a provider is called after it; of several, each needs a name.
    fn name_accounts(&mut self) {
        let (mut domeneshop, mut dnspod) = (0, 0);
        for account in &mut self.accounts {
            let number = match account.login {
                ImportedLogin::Domeneshop { .. } => &mut domeneshop,
                ImportedLogin::DnsPod { .. } => &mut dnspod,
            };
            *number += 1;
            if *number > 1 {
                account.name = Some(format!("{}-{number}", account.login.provider()));
            }
        }
    }
}

impl MergedConfig {
    /// Hosts whose account lacks something are not carried over yet.
    fn name_the_unusable(&mut self) {
        for account in self.accounts.iter().filter(|it| !it.missing.is_empty()) {
            for host in &account.hosts {
                self.left.push(Skipped {
                    spot: SourceLine::Line(host.line),
                    what: host.name.to_string(),
                    why: "its account lacks something: see the end of this file".to_owned(),
                });
            }
        }
    }
}

impl ImportedLogin {
    /// The provider's table.
    pub(super) fn provider(&self) -> &'static str {
        match self {
            Self::Domeneshop { .. } => "domeneshop",
            Self::DnsPod { .. } => "dnspod",
        }
    }

    /// Its secrets with their keys.
    pub(super) fn secrets(&self) -> Vec<(&'static str, &ImportedSecret)> {
        match self {
            Self::Domeneshop { token, secret, .. } => vec![("token", token), ("secret", secret)],
            Self::DnsPod { token, .. } => vec![("token", token)],
        }
    }
}

/// What an account lacks.
fn missing(login: &ImportedLogin) -> Vec<String> {
    let mut missing = Vec::new();
    for (key, given) in login.secrets() {
        match given {
            ImportedSecret::Missing(why) => missing.push(why.clone()),
            ImportedSecret::Variable(name)
                if name.is_empty() || name.contains(char::is_control) =>
            {
                missing.push(format!("`{key}` names no variable"));
            }
            ImportedSecret::Variable(_) => {}
            ImportedSecret::Literal(secret) => {
                let wrong = match login {
                    _ if secret.expose().is_empty() => Some("is empty"),
                    _ if !is_word(secret.expose()) => Some("is not one word of plain letters"),
                    ImportedLogin::DnsPod { .. } if !is_pair(secret.expose()) => {
                        Some("does not have the form `ID,Token`")
                    }
                    _ => None,
                };
                missing.extend(wrong.map(|wrong| format!("its `{key}` {wrong}")));
            }
        }
    }
    missing
}

/// Whether a text can be a secret of either provider.
fn is_word(text: &str) -> bool {
    let quote = ['"', '\''];
    text.bytes().all(|byte| byte.is_ascii_graphic())
        && text.len() <= 4096
        && !text.starts_with(quote)
        && !text.ends_with(quote)
}

/// DNSPod's tokens are two in one.
fn is_pair(text: &str) -> bool {
    text.split_once(',')
        .is_some_and(|(id, key)| !id.is_empty() && !key.is_empty() && !key.contains(','))
}
