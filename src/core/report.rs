//! How things end: an error's class says what the caller must do next, a round's report is one
//! value with many readers.

use crate::core::detection::report::DetectionReport;
use crate::core::reconcile::outcome::Outcome;
use crate::core::verdict::Verdict;
use std::{net::IpAddr, time::Duration};

use super::{
    detection::{
        observation::{Observation, UnavailableReason},
        path::Interface,
    },
    dns::{change::Change, record::Target},
    reconcile::intent::KeepReason,
    time::BootTime,
};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        address::family::Family,
        dns::{name::Fqdn, record::AccountName},
    };
    use crate::core::{
        error::{ErrorClass, ProviderError},
        reconcile::rejection::GuardRejection,
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
