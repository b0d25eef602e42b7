//! How things end: an error's class says what the caller must do next, a round's report is one
//! value with many readers.

use std::{collections::BTreeSet, fmt, net::IpAddr, time::Duration};

use crate::core::{
    agree::Trust,
    foreign_text::printable,
    guard::Refusal,
    intent::KeepReason,
    observe::{Observation, Why},
    plan::Change,
    reach::{Note, Reach},
    record::Target,
    time::Moment,
    vantage::{Interface, Vantage},
};

/// What the caller must do about a failure. The schedule decides on this alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Try again soon, a little later each time.
    Transient,
    /// Wait as long as the provider says, or an hour.
    RateLimited {
        /// What the provider asked for, if it did.
        retry_after: Option<Duration>,
    },
    /// The credentials are refused: leave the account alone until they change.
    Rejected,
    /// The provider has no such domain or record for us.
    NotFound,
    /// The provider refuses what we asked for, whoever asks.
    Invalid,
    /// Another record or a forward has the name: only its owner can remove that, and to look again
    /// costs a list.
    Conflict,
    /// A write was sent and its answer was lost: read back before anything else.
    Unconfirmed,
    /// The provider broke its own rules: an answer that cannot be understood. It counts as
    /// transient, and as nothing learnt.
    Contract,
}

impl Class {
    /// Whether another secret or other hosts may be the remedy.
    pub fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::Rejected | Self::NotFound | Self::Invalid | Self::Conflict
        )
    }
}

/// How far a failure reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The account: no other request of it would fare better now.
    Account,
    /// This host only.
    Host,
}

/// A request to a provider that did not do what it should.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    /// What to do about it.
    pub class: Class,
    /// How far it reaches.
    pub scope: Scope,
    /// What happened, in words that name the request and never a secret.
    pub what: String,
}

impl Failure {
    /// A failure of this scope. What it says may quote a provider, and is made printable (L15).
    pub fn new(class: Class, scope: Scope, what: impl AsRef<str>) -> Self {
        Self {
            class,
            scope,
            what: printable(what.as_ref()).into_owned(),
        }
    }

    /// What a person can do about it, to be put behind what happened; empty where that is evident.
    pub fn advice(&self) -> &'static str {
        if self.class.is_refusal() && self.scope == Scope::Account {
            "; mend it at the provider and run `moored check`, or change the secret and reload"
        } else {
            ""
        }
    }

    /// What a write comes to that was not sent because of this failure: the same, but it is known that it had no
    /// effect.
    #[must_use]
    pub fn of_unsent(&self) -> Self {
        match self.class {
            Class::Unconfirmed | Class::Contract => Self::of_account(
                Class::Transient,
                format!("not sent, because of an earlier request: {}", self.what),
            ),
            _ => self.clone(),
        }
    }

    /// A failure that concerns the whole account.
    pub fn of_account(class: Class, what: impl AsRef<str>) -> Self {
        Self::new(class, Scope::Account, what)
    }

    /// A failure that concerns one host only.
    pub fn of_host(class: Class, what: impl AsRef<str>) -> Self {
        Self::new(class, Scope::Host, what)
    }
}

/// How a round ended for one target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was right already.
    Unchanged,
    /// It was made right, and the provider confirmed it.
    Changed,
    /// It would be changed, and this is a dry run.
    Planned,
    /// It was left alone on purpose.
    Kept(KeepReason),
    /// The guard forbade the change.
    Refused(Refusal),
    /// A provider was not asked because of an earlier failure.
    Held {
        /// The earlier failure.
        failure: Failure,
        /// When it will be asked again.
        until: Moment,
    },
    /// It could not be made right.
    Failed(Failure),
    /// A change was sent, and whether it took effect is not known.
    Unconfirmed(Failure),
}

/// A target's line in a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostReport {
    /// The target.
    pub target: Target,
    /// The interface that its addresses are found out over, if one is configured.
    pub via: Option<Interface>,
    /// How it ended.
    pub outcome: Outcome,
    /// The addresses that stand at the provider as far as we know.
    pub addresses: Vec<IpAddr>,
    /// The change that was planned, if one was.
    pub change: Option<Change>,
    /// When it is tried again before the next routine check or instead of it, if it failed.
    pub retry: Option<Moment>,
}

/// What one source answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heard {
    /// The source as configured.
    pub source: String,
    /// Who runs it.
    pub operator: String,
    /// How far it is trusted.
    pub trust: Trust,
    /// The addresses, or what went wrong in words.
    pub answer: Result<Vec<IpAddr>, String>,
    /// How long it took.
    pub took: Duration,
}

/// What was found out about one family, as the routing table says or over one interface.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FamilyReport {
    /// The family, and over which interface if over one.
    pub vantage: Vantage,
    /// What is believed.
    pub observation: Observation,
    /// Who was asked and what they said.
    pub heard: Vec<Heard>,
    /// What is in the way of connections from the Internet, as far as is known.
    pub notes: Vec<Note>,
    /// What that was made from, this round's words included.
    pub reach: Reach,
}

impl FamilyReport {
    /// Whether it is by the word of others only that `addrs` are believed.
    pub fn is_from_outside(&self, addrs: &BTreeSet<IpAddr>) -> bool {
        let say_so = self.heard.iter().filter(|it| {
            let answer = it.answer.as_ref();
            answer.is_ok_and(|answer| addrs.iter().eq(answer))
        });
        let mut trusts = say_so.map(|it| it.trust).peekable();
        trusts.peek().is_some() && trusts.all(|it| it == Trust::Outside)
    }
}

/// What the zone's servers say, when it is worth a word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DnsNote {
    /// The target.
    pub target: Target,
    /// What was seen, in words.
    pub what: String,
}

/// A round from beginning to end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// The families that are kept, over each interface that some host's addresses are found out over,
    /// in order.
    pub families: Vec<FamilyReport>,
    /// Every target, in the order of the configuration.
    pub hosts: Vec<HostReport>,
    /// Changes that the zone's servers were seen to show, and how long that took.
    pub visible: Vec<(Target, Duration)>,
    /// What DNS answers where that differs from what was confirmed.
    pub dns: Vec<DnsNote>,
    /// The state could not be written: what that means, in words.
    pub state_trouble: Option<String>,
}

/// How well a round ended, from best to worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// Every host is right.
    Right,
    /// Our address could not be found out.
    AddressUnknown,
    /// At least one host could not be made right for now.
    TryAgain,
    /// A provider refused for good.
    Refused,
}

impl Class {
    /// How well a round that ended with this ended.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Rejected | Self::NotFound | Self::Invalid | Self::Conflict => Verdict::Refused,
            Self::Transient | Self::RateLimited { .. } | Self::Unconfirmed | Self::Contract => {
                Verdict::TryAgain
            }
        }
    }
}

impl Outcome {
    /// How well it ended.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Unchanged
            | Self::Changed
            | Self::Planned
            | Self::Kept(KeepReason::Absent | KeepReason::NotCreated) => Verdict::Right,
            Self::Kept(KeepReason::Unavailable(_)) => Verdict::AddressUnknown,
            Self::Refused(Refusal::WouldLose(_) | Refusal::Conflict(_)) => Verdict::Refused,
            Self::Kept(KeepReason::NoClock) | Self::Refused(_) => Verdict::TryAgain,
            Self::Held { failure, .. } | Self::Failed(failure) | Self::Unconfirmed(failure) => {
                failure.class.verdict()
            }
        }
    }

    /// The word for it in `--json`: `unchanged`, `changed`, `kept`, `failed` or `unconfirmed`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changed => "changed",
            // A dry run leaves everything alone on purpose.
            Self::Planned | Self::Kept(_) => "kept",
            Self::Refused(_) | Self::Held { .. } | Self::Failed(_) => "failed",
            Self::Unconfirmed(_) => "unconfirmed",
        }
    }
}

impl Report {
    /// The worst of all outcomes.
    pub fn verdict(&self) -> Verdict {
        let outcomes = self.hosts.iter().map(|host| host.outcome.verdict());
        outcomes.max().unwrap_or(Verdict::Right)
    }

    /// Whether something is missing that may be there any moment: an address, the network, the time
    /// of day.
    pub fn is_waiting(&self) -> bool {
        let unknown = |it: &FamilyReport| match &it.observation {
            Observation::Unavailable(Why::Flapping { .. }) => false,
            it => matches!(it, Observation::Unavailable(_)),
        };
        self.families.iter().any(unknown) || self.waits_for_the_clock()
    }

    /// Whether a provider was not asked because this host's clock is not set yet.
    pub fn waits_for_the_clock(&self) -> bool {
        let mut hosts = self.hosts.iter();
        hosts.any(|it| it.outcome == Outcome::Kept(KeepReason::NoClock))
    }

    /// How much longer a change has to last that is not believed yet; the shortest, if there are
    /// several.
    pub fn flapping(&self) -> Option<Duration> {
        let waits = self.families.iter().filter_map(|it| match it.observation {
            Observation::Unavailable(Why::Flapping { wait, .. }) => Some(wait),
            _ => None,
        });
        waits.min()
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transient => "for now",
            Self::RateLimited { .. } => "asked to wait",
            Self::Rejected => "credentials refused",
            Self::NotFound => "not found",
            Self::Invalid => "refused",
            Self::Conflict => "name conflict",
            Self::Unconfirmed => "could not be confirmed",
            Self::Contract => "not understood",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{addr::Family, name::Fqdn, record::AccountName};

    fn report(outcomes: Vec<Outcome>) -> Report {
        let target = Target {
            account: AccountName("a".into()),
            host: Fqdn::parse("home.example.com").unwrap(),
            family: Family::V4,
        };
        let hosts = outcomes.into_iter().map(|outcome| HostReport {
            target: target.clone(),
            via: None,
            outcome,
            addresses: Vec::new(),
            change: None,
            retry: None,
        });
        Report {
            hosts: hosts.collect(),
            ..Report::default()
        }
    }

    #[test]
    fn the_worst_outcome_is_the_rounds_verdict() {
        let unknown = || Outcome::Kept(KeepReason::Unavailable(Why::Offline));
        let failed = |class| Outcome::Failed(Failure::of_account(class, "x"));
        for (outcomes, verdict) in [
            (vec![], Verdict::Right),
            (
                vec![Outcome::Unchanged, Outcome::Kept(KeepReason::Absent)],
                Verdict::Right,
            ),
            (vec![Outcome::Changed, unknown()], Verdict::AddressUnknown),
            (vec![unknown(), failed(Class::Transient)], Verdict::TryAgain),
            (
                vec![failed(Class::Rejected), failed(Class::Transient), unknown()],
                Verdict::Refused,
            ),
            (vec![failed(Class::NotFound)], Verdict::Refused),
            (vec![failed(Class::Invalid)], Verdict::Refused),
            (vec![failed(Class::Conflict)], Verdict::Refused),
            (vec![failed(Class::Contract)], Verdict::TryAgain),
            (
                vec![failed(Class::RateLimited { retry_after: None })],
                Verdict::TryAgain,
            ),
            (
                vec![Outcome::Unconfirmed(Failure::of_account(
                    Class::Unconfirmed,
                    "x",
                ))],
                Verdict::TryAgain,
            ),
        ] {
            let report = report(outcomes);
            assert_eq!(report.verdict(), verdict, "{report:?}");
        }
    }

    #[test]
    fn an_outcome_and_a_class_have_a_word_each() {
        let failure = Failure::of_host(Class::Transient, "x");
        let held = Outcome::Held {
            failure: failure.clone(),
            until: Moment::from_millis(0),
        };
        for (outcome, word) in [
            (Outcome::Unchanged, "unchanged"),
            (Outcome::Changed, "changed"),
            (Outcome::Planned, "kept"),
            (Outcome::Kept(KeepReason::Absent), "kept"),
            (Outcome::Refused(Refusal::ChangesNothing), "failed"),
            (held, "failed"),
            (Outcome::Failed(failure.clone()), "failed"),
            (Outcome::Unconfirmed(failure), "unconfirmed"),
        ] {
            assert_eq!(outcome.word(), word, "{outcome:?}");
        }
        for (class, words) in [
            (Class::Transient, "for now"),
            (Class::RateLimited { retry_after: None }, "asked to wait"),
            (Class::Rejected, "credentials refused"),
            (Class::NotFound, "not found"),
            (Class::Invalid, "refused"),
            (Class::Conflict, "name conflict"),
            (Class::Unconfirmed, "could not be confirmed"),
            (Class::Contract, "not understood"),
        ] {
            assert_eq!(class.to_string(), words);
        }
    }
}
