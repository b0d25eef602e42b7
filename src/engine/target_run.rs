//! A target on its way through a round.

use std::{net::IpAddr, time::Duration};

use super::{AccountContext, RoundOptions, Trigger};
use crate::core::{
    address::family::Family,
    detection::{path::DetectionPath, report::DetectionReport},
    dns::{change::Change, record::Target},
    error::Scope,
    reconcile::{
        intent::{Host, Intent, KeepReason, OnAbsent, intend},
        outcome::Outcome,
    },
    report::HostReport,
    schedule::{
        hold::Hold,
        intervals::{ABSENCE_GRACE, RECHECK_DELAY, is_due},
    },
    state::{ConfirmedRecord, State, TargetState},
    time::BootTime,
    verification::next_check,
};

/// A target on its way through the round.
pub(super) struct TargetRun<'r> {
    pub(super) target: &'r Target,
    pub(super) host: &'r Host,
    pub(super) intent: Intent,
    /// The provider's list is needed to plan.
    pub(super) list: bool,
    /// It was compared with the provider's list in this round, or had not to be.
    pub(super) is_compared: bool,
    /// The provider was not asked for it because of a hold or a clock that is not set.
    pub(super) was_held: bool,
    pub(super) outcome: Option<Outcome>,
    pub(super) change: Option<Change>,
}

/// Every target with what is wanted for it. A family that is gone has its records removed only when
/// it has been gone for a while, or when somebody asked for this round.
pub(super) fn target_runs<'r, P>(
    account: &'r AccountContext<'_, P>,
    families: &[DetectionReport],
    state: &State,
    task: RoundOptions,
    now: BootTime,
) -> Vec<TargetRun<'r>> {
    let [acceptance4, acceptance6] = account.acceptance;
    let [absent4, absent6] = account.on_absent;
    let has_settled = |detection_path: &DetectionPath| {
        let since = state.paths.get(detection_path).and_then(|it| it.absent);
        task.trigger == Trigger::Manual
            || since.is_some_and(|since| now.since(since) >= ABSENCE_GRACE)
    };
    let target_runs = account.targets.iter().filter_map(|(target, host)| {
        let detection_path = host.detection_path(target.family);
        let seen = families.iter().find(|it| it.path == detection_path)?;
        let (acceptance, on_absent) = match target.family {
            Family::V4 => (acceptance4, absent4),
            Family::V6 => (acceptance6, absent6),
        };
        let on_absent = if has_settled(&detection_path) {
            on_absent
        } else {
            OnAbsent::Keep
        };
        let intent = intend(host, &seen.observation, acceptance, on_absent);
        Some(TargetRun {
            target,
            host,
            intent,
            list: false,
            is_compared: false,
            was_held: false,
            outcome: None,
            change: None,
        })
    });
    target_runs.collect()
}

impl TargetRun<'_> {
    /// Whether nothing has to be written for it, as far as memory says.
    pub(super) fn is_quiet(&self, state: &State) -> bool {
        let remembered = state.target(self.target).filter(|it| !it.unconfirmed);
        self.is_satisfied_by(remembered.and_then(|it| it.confirmed.as_ref()))
    }

    pub(super) fn is_finished(&self) -> bool {
        self.outcome.is_some()
    }

    pub(super) fn is_kept(&self) -> bool {
        matches!(self.intent, Intent::Keep(_))
    }

    /// Whether other addresses are wanted than were confirmed last, or none were, or than a write without an answer may
    /// have left there: only such a target may use the reserve of the request quota.
    pub(super) fn wants_other_addresses(&self, state: &State) -> bool {
        let remembered = state.target(self.target);
        let last = remembered.and_then(|it| it.writes.last());
        let is_other_in_doubt =
            last.is_some_and(|it| !it.acknowledged && it.addrs != self.wanted());
        is_other_in_doubt || !self.is_satisfied_by(remembered.and_then(|it| it.confirmed.as_ref()))
    }

    /// Whether it ended well without a write, or has not ended.
    pub(super) fn is_unchanged(&self) -> bool {
        let not_created = Outcome::Kept(KeepReason::NotCreated);
        let end = self.outcome.as_ref();
        end.is_none_or(|end| *end == Outcome::Unchanged || *end == not_created)
    }

    /// DNS is asked about what was confirmed and is still wanted.
    pub(super) fn wants_dns(&self, state: &TargetState, verify: Duration, now: BootTime) -> bool {
        if self.is_kept() {
            return false;
        }
        let every = if state.mismatches > 0 {
            verify.min(RECHECK_DELAY)
        } else {
            verify
        };
        let confirmed = state.confirmed.as_ref();
        let due = is_due(state.last_verified, every, now)
            || next_check(state).is_some_and(|look| look <= now);
        due && !state.unconfirmed && self.is_satisfied_by(confirmed)
    }

    /// Whether what was confirmed leaves nothing to do: the wanted addresses, or no record where
    /// none may be created.
    pub(super) fn is_satisfied_by(&self, confirmed: Option<&ConfirmedRecord>) -> bool {
        match (&self.intent, confirmed) {
            (Intent::Keep(_), _) => true,
            (_, None) => false,
            (Intent::Clear, Some(there)) => there.addrs.is_empty(),
            (Intent::Set(_), Some(there)) if there.addrs.is_empty() => !self.host.create,
            (Intent::Set(wanted), Some(there)) => wanted.addrs().iter().eq(&there.addrs),
        }
    }

    /// The addresses that shall be there; none for a family that shall go.
    pub(super) fn wanted(&self) -> Vec<IpAddr> {
        match &self.intent {
            Intent::Set(addrs) => addrs.addrs().into_iter().collect(),
            Intent::Clear | Intent::Keep(_) => Vec::new(),
        }
    }

    /// The hold that stands in the target's way, if one does: its account's, or its own if that is
    /// about the addresses that are wanted now.
    pub(super) fn held<'m>(
        &self,
        state: &'m State,
        binds: impl Fn(&Hold) -> bool,
    ) -> Option<(&'m Hold, Scope)> {
        let of_account = state.account(&self.target.account)?.hold.as_ref();
        let own = state
            .target(self.target)
            .filter(|it| it.held_for == self.wanted());
        let own = own.and_then(|it| it.hold.as_ref());
        let of_account = of_account
            .filter(|hold| binds(hold))
            .map(|hold| (hold, Scope::Account));
        let own = own
            .filter(|hold| binds(hold))
            .map(|hold| (hold, Scope::Host));
        of_account.or(own)
    }

    pub(super) fn report(self, state: &State, now: BootTime) -> HostReport {
        let held = self.held(state, |hold| hold.is_active(now));
        let retry = held.map(|(hold, _)| hold.until);
        let confirmed = state
            .target(self.target)
            .and_then(|it| it.confirmed.as_ref());
        HostReport {
            target: self.target.clone(),
            via: self.host.via.clone(),
            addresses: confirmed.map(|it| it.addrs.clone()).unwrap_or_default(),
            outcome: self.outcome.unwrap_or(Outcome::Unchanged),
            change: self.change,
            retry_at: retry,
        }
    }
}
