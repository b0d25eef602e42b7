//! What makes A and AAAA records at a name impossible or useless: an alias, a redirect, a delegation.
//!
//! A name with a CNAME has no other data (RFC 1034 section 3.6.2). What lies at or below a delegation is
//! another zone's to answer (RFC 1034 section 4.2.1), and what lies below a DNAME is an alias of its own
//! (RFC 6672 section 2.4). ANAME, URL records and forwards are the providers' own and take the place of
//! the addresses (facts: Domeneshop section 1.1, DNSPod section 7.6, code 31).

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::name::{Fqdn, ZoneName};
use crate::core::foreign_text::ForeignText;

/// What kind of record or forward excludes addresses. The first of several is the one that is named.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ConflictKind {
    /// NS records at the host or above it, below the zone's apex.
    Delegation,
    /// A DNAME above the host.
    Dname,
    /// A CNAME.
    Cname,
    /// An ANAME: the provider answers with the target's addresses.
    Aname,
    /// A URL record: the provider redirects browsers.
    Url,
    /// A URL record that shows the target in a frame.
    FramedUrl,
    /// An HTTP forward, which Domeneshop does not list among the records.
    HttpForward,
}

impl ConflictKind {
    /// The kind of a listed record's type, in any case; `None` for a type that stands beside addresses.
    pub fn of_type(record_type: &str) -> Option<Self> {
        let record_type = record_type.trim().to_uppercase();
        Some(match record_type.as_str() {
            "NS" => Self::Delegation,
            "DNAME" => Self::Dname,
            "CNAME" => Self::Cname,
            "ANAME" => Self::Aname,
            "FRAMED URL" | "隐性URL" => Self::FramedUrl,
            // China's explicit one is `显性URL`.
            _ if record_type.ends_with("URL") => Self::Url,
            _ => return None,
        })
    }
}

/// A record or forward that excludes addresses at a host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameConflict {
    /// The host.
    pub host: Fqdn,
    /// The name at which the record or forward stands: the host's own or one above it.
    pub name: Fqdn,
    /// Its kind.
    pub kind: ConflictKind,
    /// Where it leads: a host name or a URL, made printable.
    pub target: String,
}

/// The longest part of a target that is shown.
const MAX_TARGET_CHARS: usize = 255;

/// A foreign text without control, escape, direction or line characters, without the dot at its end.
fn shown_target(target: &str) -> String {
    let target = target.trim().trim_end_matches('.');
    ForeignText::at_most(target, MAX_TARGET_CHARS).into()
}

impl fmt::Display for NameConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            host, name, target, ..
        } = self;
        if name == host {
            write!(f, "{host} ")?;
        } else {
            write!(f, "{host} lies below {name}, which ")?;
        }
        match self.kind {
            ConflictKind::Delegation => write!(f, "is delegated to {target} by an NS record"),
            ConflictKind::Dname => write!(f, "is a DNAME to {target}"),
            ConflictKind::Cname => write!(f, "is a CNAME to {target}"),
            ConflictKind::Aname => write!(f, "is an ANAME to {target}"),
            ConflictKind::Url => write!(f, "is a URL record to {target}"),
            ConflictKind::FramedUrl => write!(f, "is a framed URL record to {target}"),
            ConflictKind::HttpForward => write!(f, "is an HTTP forward to {target}"),
        }?;
        f.write_str(": remove it at the provider, or take the host out of `hosts`")
    }
}

/// Finds the conflicts of some hosts while a zone's records pass by.
#[derive(Debug)]
pub struct ConflictFinder<'z> {
    zone: &'z ZoneName,
    hosts: BTreeSet<&'z Fqdn>,
    found: BTreeMap<Fqdn, NameConflict>,
}

impl<'z> ConflictFinder<'z> {
    /// A finder for hosts that lie in `zone`.
    pub fn new(zone: &'z ZoneName, hosts: impl IntoIterator<Item = &'z Fqdn>) -> Self {
        Self {
            zone,
            hosts: hosts.into_iter().collect(),
            found: BTreeMap::new(),
        }
    }

    /// Takes in a record or forward: `relative` is its name within the zone as it is listed. A name
    /// that is none excludes nothing.
    pub fn add(&mut self, kind: ConflictKind, relative: &str, target: &str) {
        let Ok(name) = Fqdn::in_zone(relative, self.zone) else {
            return;
        };
        let is_apex = name.relative_to(self.zone) == Some("@");
        match kind {
            // The zone's own servers delegate nothing.
            ConflictKind::Delegation if is_apex => {}
            ConflictKind::Delegation => self.add_below(kind, &name, target, true),
            ConflictKind::Dname => self.add_below(kind, &name, target, false),
            _ => {
                if let Some(host) = self.hosts.get(&name).copied() {
                    self.insert(host, kind, &name, target);
                }
            }
        }
    }

    fn add_below(&mut self, kind: ConflictKind, name: &Fqdn, target: &str, with_itself: bool) {
        let is_excluded = |host: &Fqdn| {
            let rest = host.as_str().strip_suffix(name.as_str());
            rest.is_some_and(|rest| rest.ends_with('.') || (with_itself && rest.is_empty()))
        };
        let hosts: Vec<_> = self.hosts.iter().copied().collect();
        for host in hosts.into_iter().filter(|host| is_excluded(host)) {
            self.insert(host, kind, name, target);
        }
    }

    fn insert(&mut self, host: &Fqdn, kind: ConflictKind, name: &Fqdn, target: &str) {
        // The delegation nearest to the zone's apex is the one that is followed; names grow downwards.
        let rank = |kind: ConflictKind, name: &Fqdn| (kind, name.as_str().len());
        let is_behind = |before: &NameConflict| rank(before.kind, &before.name) <= rank(kind, name);
        if self.found.get(host).is_some_and(is_behind) {
            return;
        }
        let conflict = NameConflict {
            host: host.clone(),
            name: name.clone(),
            kind,
            target: shown_target(target),
        };
        self.found.insert(host.clone(), conflict);
    }

    /// The conflicts, at most one for each host.
    pub fn finish(self) -> BTreeMap<Fqdn, NameConflict> {
        self.found
    }
}

#[cfg(test)]
mod tests;
