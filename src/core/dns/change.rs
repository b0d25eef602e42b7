//! What has to change for one target, as data.

use std::{fmt, net::IpAddr};

use super::record::{Origin, Record, Target, Zone};
use crate::core::address::{
    addr_set::{AddrSet, display_list},
    policy::PublishableAddr,
};

/// One step of a change that goes record by record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// A new record.
    Create {
        /// Its address.
        addr: PublishableAddr,
        /// Its TTL; `None` for the provider's default.
        ttl: Option<u32>,
    },
    /// An existing record gets this address; everything else it carries stays.
    Modify {
        /// The record as listed.
        record: Record,
        /// Its address from now on.
        addr: PublishableAddr,
        /// Its TTL from now on; `None` for the one it has.
        ttl: Option<u32>,
    },
    /// An existing record goes.
    Delete {
        /// The record as listed.
        record: Record,
    },
}

/// How a change is carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Method {
    /// The RRset is replaced by these addresses in one push, together with other hosts'.
    ReplaceRRset(AddrSet),
    /// Record by record, through the management API.
    Records {
        /// The zone that holds the host.
        zone: Zone,
        /// The steps, in order: what makes the name right comes before what tidies up.
        steps: Vec<Step>,
    },
}

/// Why a change is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// There is no record yet.
    Missing,
    /// Our address is another one than what stands there.
    AddressChanged,
    /// The addresses are right, and the name has more than one record of the same.
    DuplicateRecord,
    /// Somebody or something changed what we had confirmed.
    EditedElsewhere,
    /// The addresses are right, the TTL is not the configured one.
    TtlDiffers,
    /// The family is gone and `on_absent = "remove"`.
    FamilyGone,
}

impl Reason {
    /// Whether what our addresses are is the reason, and not what somebody has done to a record.
    pub fn is_change_of_address(self) -> bool {
        match self {
            Self::Missing | Self::AddressChanged | Self::FamilyGone => true,
            Self::EditedElsewhere | Self::TtlDiffers | Self::DuplicateRecord => false,
        }
    }
}

/// What has to change for one target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The target.
    pub target: Target,
    /// The addresses there now.
    pub from: Vec<IpAddr>,
    /// How that is known.
    pub origin: Origin,
    /// The addresses there afterwards.
    pub to: Vec<IpAddr>,
    /// How.
    pub method: Method,
    /// Why.
    pub reason: Reason,
    /// Whether the RRset may be pushed the next time without asking what is there.
    pub replaceable_afterwards: bool,
    /// The TTL that it writes in place of a shorter one that is configured or stands there, because the zone's plan allows no
    /// shorter one.
    pub raised_ttl: Option<u32>,
}

impl Change {
    /// The word for it in `--json`.
    pub fn action(&self) -> &'static str {
        match (self.from.is_empty(), self.to.is_empty()) {
            (true, _) => "create",
            (_, true) => "delete",
            _ => "update",
        }
    }

    /// By which of the provider's ways it goes, in `--json`.
    pub fn via(&self) -> &'static str {
        match self.method {
            Method::ReplaceRRset(_) => "dyndns",
            Method::Records { .. } => "records",
        }
    }

    /// In words, which addresses of the name are removed because they are not ours; nothing if none
    /// is, or if the whole family goes.
    pub fn removals(&self) -> String {
        let removed: Vec<_> = self
            .steps()
            .iter()
            .filter_map(|step| match step {
                Step::Delete { record } if !self.to.is_empty() => Some(record.addr),
                _ => None,
            })
            .collect();
        if removed.is_empty() {
            String::new()
        } else {
            format!("; removes {}", display_list(removed))
        }
    }

    /// In words, to what a TTL is raised because the plan of the zone allows no shorter one.
    pub fn raised_ttl_note(&self) -> Option<String> {
        let ttl = self.raised_ttl?;
        Some(format!(
            "TTL {ttl} s, the shortest that the plan of the zone allows"
        ))
    }

    /// How many records it deletes.
    pub fn delete_count(&self) -> usize {
        let is_delete = |step: &&Step| matches!(step, Step::Delete { .. });
        self.steps().iter().filter(is_delete).count()
    }

    /// The same with at most so many deletions. What it leaves counts among the addresses there
    /// afterwards, so the next round plans the rest.
    #[must_use]
    pub fn with_max_deletes(&self, most: usize) -> Self {
        let mut part = self.clone();
        let Method::Records { steps, .. } = &mut part.method else {
            return part;
        };
        let mut deletes = 0;
        steps.retain(|step| {
            let Step::Delete { record } = step else {
                return true;
            };
            deletes += 1;
            if deletes > most {
                part.to.push(record.addr);
            }
            deletes <= most
        });
        if deletes > most {
            part.to.sort_unstable();
            part.replaceable_afterwards = false;
        }
        part
    }

    /// The steps, if it goes record by record.
    pub fn steps(&self) -> &[Step] {
        match &self.method {
            Method::ReplaceRRset(_) => &[],
            Method::Records { steps, .. } => steps,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "there is no record yet",
            Self::AddressChanged => "our address is another one",
            Self::DuplicateRecord => "there is a second record of the same name",
            Self::EditedElsewhere => "it was changed elsewhere since we confirmed it",
            Self::TtlDiffers => "its TTL is not the configured one",
            Self::FamilyGone => "this host has no such address any more",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            target,
            from,
            to,
            reason,
            ..
        } = self;
        write!(
            f,
            "{} {target}: {} → {}",
            self.action(),
            display_list(from),
            display_list(to)
        )?;
        write!(f, " via {} ({reason}{}", self.via(), self.removals())?;
        if let Some(raise) = self.raised_ttl_note() {
            write!(f, "; {raise}")?;
        }
        f.write_str(")")
    }
}
