//! How things end: an error's class says what the caller must do next, a round's report is one
//! value with many readers.

use std::{collections::BTreeSet, fmt, net::IpAddr, time::Duration};

use super::{
    detection::{
        consensus::Trust,
        nat::{NatState, ReachabilityWarning},
        observation::{Observation, UnavailableReason},
        path::{DetectionPath, Interface},
    },
    dns::record::Target,
    foreign_text::printable,
    reconcile::{guard::GuardRejection, intent::KeepReason, plan::Change},
    time::BootTime,
};

/// What the caller must do about a failure. The schedule decides on this alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorClass {
    /// Try again soon, a little later each time.
    Transient,
    /// Wait as long as the provider says, or an hour.
    RateLimited {
        /// What the provider asked for, if it did.
        retry_after: Option<Duration>,
    },
    /// The credentials are refused: leave the account alone until they change.
    Unauthorized,
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
    ProtocolViolation,
}

impl ErrorClass {
    /// Whether another secret or other hosts may be the remedy.
    pub fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::Unauthorized | Self::NotFound | Self::Invalid | Self::Conflict
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
#[error("{message}")]
pub struct ProviderError {
    /// What to do about it.
    pub class: ErrorClass,
    /// How far it reaches.
    pub scope: Scope,
    /// What happened, in words that name the request and never a secret.
    pub message: String,
}

impl ProviderError {
    /// A failure of this scope. What it says may quote a provider, and is made printable (L15).
    pub fn new(class: ErrorClass, scope: Scope, what: impl AsRef<str>) -> Self {
        Self {
            class,
            scope,
            message: printable(what.as_ref()).into_owned(),
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
            ErrorClass::Unconfirmed | ErrorClass::ProtocolViolation => Self::of_account(
                ErrorClass::Transient,
                format!("not sent, because of an earlier request: {}", self.message),
            ),
            _ => self.clone(),
        }
    }

    /// A failure that concerns the whole account.
    pub fn of_account(class: ErrorClass, what: impl AsRef<str>) -> Self {
        Self::new(class, Scope::Account, what)
    }

    /// A failure that concerns one host only.
    pub fn of_host(class: ErrorClass, what: impl AsRef<str>) -> Self {
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
    Refused(GuardRejection),
    /// A provider was not asked because of an earlier failure.
    Held {
        /// The earlier failure.
        failure: ProviderError,
        /// When it will be asked again.
        until: BootTime,
    },
    /// It could not be made right.
    Failed(ProviderError),
    /// A change was sent, and whether it took effect is not known.
    Unconfirmed(ProviderError),
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
    pub retry_at: Option<BootTime>,
}

/// What one source answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceAnswer {
    /// The source as configured.
    pub source: String,
    /// Who runs it.
    pub operator: String,
    /// How far it is trusted.
    pub trust: Trust,
    /// The addresses, or what went wrong in words.
    pub answer: Result<Vec<IpAddr>, String>,
    /// How long it took.
    pub elapsed: Duration,
}

/// What was found out about one family, as the routing table says or over one interface.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DetectionReport {
    /// The family, and over which interface if over one.
    pub path: DetectionPath,
    /// What is believed.
    pub observation: Observation,
    /// Who was asked and what they said.
    pub answers: Vec<SourceAnswer>,
    /// What is in the way of connections from the Internet, as far as is known.
    pub warnings: Vec<ReachabilityWarning>,
    /// What that was made from, this round's words included.
    pub nat: NatState,
}

impl DetectionReport {
    /// Whether it is by the word of others only that `addrs` are believed.
    pub fn is_external_only(&self, addrs: &BTreeSet<IpAddr>) -> bool {
        let say_so = self.answers.iter().filter(|it| {
            let answer = it.answer.as_ref();
            answer.is_ok_and(|answer| addrs.iter().eq(answer))
        });
        let mut trusts = say_so.map(|it| it.trust).peekable();
        trusts.peek().is_some() && trusts.all(|it| it == Trust::External)
    }
}

/// What the zone's servers say, when it is worth a word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DnsMismatch {
    /// The target.
    pub target: Target,
    /// What was seen, in words.
    pub message: String,
}

/// A round from beginning to end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// The families that are kept, over each interface that some host's addresses are found out over,
    /// in order.
    pub detections: Vec<DetectionReport>,
    /// Every target, in the order of the configuration.
    pub hosts: Vec<HostReport>,
    /// Changes that the zone's servers were seen to show, and how long that took.
    pub visible: Vec<(Target, Duration)>,
    /// What DNS answers where that differs from what was confirmed.
    pub dns_mismatches: Vec<DnsMismatch>,
    /// The state could not be written: what that means, in words.
    pub state_error: Option<String>,
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

impl ErrorClass {
    /// How well a round that ended with this ended.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Unauthorized | Self::NotFound | Self::Invalid | Self::Conflict => {
                Verdict::Refused
            }
            Self::Transient
            | Self::RateLimited { .. }
            | Self::Unconfirmed
            | Self::ProtocolViolation => Verdict::TryAgain,
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
            Self::Refused(GuardRejection::LossyUpdate(_) | GuardRejection::Conflict(_)) => {
                Verdict::Refused
            }
            Self::Kept(KeepReason::NoClock) | Self::Refused(_) => Verdict::TryAgain,
            Self::Held { failure, .. } | Self::Failed(failure) | Self::Unconfirmed(failure) => {
                failure.class.verdict()
            }
        }
    }

    /// The word for it in `--json`: `unchanged`, `changed`, `kept`, `failed` or `unconfirmed`.
    pub fn as_str(&self) -> &'static str {
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
        let unknown = |it: &DetectionReport| match &it.observation {
            Observation::Unavailable(UnavailableReason::Flapping { .. }) => false,
            it => matches!(it, Observation::Unavailable(_)),
        };
        self.detections.iter().any(unknown) || self.is_waiting_for_clock()
    }

    /// Whether a provider was not asked because this host's clock is not set yet.
    pub fn is_waiting_for_clock(&self) -> bool {
        let mut hosts = self.hosts.iter();
        hosts.any(|it| it.outcome == Outcome::Kept(KeepReason::NoClock))
    }

    /// How much longer a change has to last that is not believed yet; the shortest, if there are
    /// several.
    pub fn flapping(&self) -> Option<Duration> {
        let waits = self
            .detections
            .iter()
            .filter_map(|it| match it.observation {
                Observation::Unavailable(UnavailableReason::Flapping { wait, .. }) => Some(wait),
                _ => None,
            });
        waits.min()
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transient => "for now",
            Self::RateLimited { .. } => "asked to wait",
            Self::Unauthorized => "credentials refused",
            Self::NotFound => "not found",
            Self::Invalid => "refused",
            Self::Conflict => "name conflict",
            Self::Unconfirmed => "could not be confirmed",
            Self::ProtocolViolation => "not understood",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        address::Family,
        dns::{name::Fqdn, record::AccountName},
    };

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
            retry_at: None,
        });
        Report {
            hosts: hosts.collect(),
            ..Report::default()
        }
    }

    #[test]
    fn the_worst_outcome_is_the_rounds_verdict() {
        let unknown = || Outcome::Kept(KeepReason::Unavailable(UnavailableReason::Offline));
        let failed = |class| Outcome::Failed(ProviderError::of_account(class, "x"));
        for (outcomes, verdict) in [
            (vec![], Verdict::Right),
            (
                vec![Outcome::Unchanged, Outcome::Kept(KeepReason::Absent)],
                Verdict::Right,
            ),
            (vec![Outcome::Changed, unknown()], Verdict::AddressUnknown),
            (
                vec![unknown(), failed(ErrorClass::Transient)],
                Verdict::TryAgain,
            ),
            (
                vec![
                    failed(ErrorClass::Unauthorized),
                    failed(ErrorClass::Transient),
                    unknown(),
                ],
                Verdict::Refused,
            ),
            (vec![failed(ErrorClass::NotFound)], Verdict::Refused),
            (vec![failed(ErrorClass::Invalid)], Verdict::Refused),
            (vec![failed(ErrorClass::Conflict)], Verdict::Refused),
            (
                vec![failed(ErrorClass::ProtocolViolation)],
                Verdict::TryAgain,
            ),
            (
                vec![failed(ErrorClass::RateLimited { retry_after: None })],
                Verdict::TryAgain,
            ),
            (
                vec![Outcome::Unconfirmed(ProviderError::of_account(
                    ErrorClass::Unconfirmed,
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
        let failure = ProviderError::of_host(ErrorClass::Transient, "x");
        let held = Outcome::Held {
            failure: failure.clone(),
            until: BootTime::from_millis(0),
        };
        for (outcome, word) in [
            (Outcome::Unchanged, "unchanged"),
            (Outcome::Changed, "changed"),
            (Outcome::Planned, "kept"),
            (Outcome::Kept(KeepReason::Absent), "kept"),
            (Outcome::Refused(GuardRejection::ChangesNothing), "failed"),
            (held, "failed"),
            (Outcome::Failed(failure.clone()), "failed"),
            (Outcome::Unconfirmed(failure), "unconfirmed"),
        ] {
            assert_eq!(outcome.as_str(), word, "{outcome:?}");
        }
        for (class, words) in [
            (ErrorClass::Transient, "for now"),
            (
                ErrorClass::RateLimited { retry_after: None },
                "asked to wait",
            ),
            (ErrorClass::Unauthorized, "credentials refused"),
            (ErrorClass::NotFound, "not found"),
            (ErrorClass::Invalid, "refused"),
            (ErrorClass::Conflict, "name conflict"),
            (ErrorClass::Unconfirmed, "could not be confirmed"),
            (ErrorClass::ProtocolViolation, "not understood"),
        ] {
            assert_eq!(class.to_string(), words);
        }
    }
}
