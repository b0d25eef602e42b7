//! One round: look, compare, plan, guard, write, remember. Generic over everything it touches, and
//! silent: what happened is in the [`Report`].

mod account;
mod detection;
mod dns;
mod engine_trait;
mod environment;
mod list;
mod overlap;
mod target_run;
mod trust;
mod write;

use std::{cell::RefCell, collections::BTreeSet, pin::pin};

use futures_util::future::{join, join_all, select};

pub use account::AccountContext;
pub use engine_trait::Engine;
pub use environment::{AddressDetector, Clock, DnsVerifier, Rng, Store};
pub use overlap::Overlap;

use crate::engine::detection::Observations;

use super::core::{reconcile::limits::WriteLimits, schedule::intervals::Intervals};
use crate::{
    core::{
        detection::{hint::AddressHint, path::DetectionPath},
        dns::record::{AccountName, Target},
        report::Report,
        state::State,
    },
    providers::Provider,
};

/// Why a round is played.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trigger {
    /// It is time.
    Scheduled,
    /// The network has changed: what failed for want of it a moment ago may work now, so that short
    /// pauses after passing faults do not bind.
    Network,
    /// Somebody says that the network has changed, and perhaps what our addresses are: likewise.
    Hint(AddressHint),
    /// Somebody asked: nor do they then, and a family that is gone is gone.
    Manual,
}

/// How thorough a round is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RoundOptions {
    /// The provider's own list is compared, whether that is due or not.
    pub audit: bool,
    /// Nothing is written at a provider.
    pub dry_run: bool,
    /// Why it is played.
    pub trigger: Trigger,
}

impl Trigger {
    /// What a round is played for that takes the place of one that was played for this. `has_detected`: that one
    /// has heard what a hint said.
    #[must_use]
    pub fn and_then(self, later: Self, has_detected: bool) -> Self {
        match (self, later) {
            (Self::Hint(hint), Self::Hint(later)) if !has_detected => Self::Hint(hint.merge(later)),
            (_, Self::Hint(later)) => Self::Hint(later),
            (Self::Hint(hint), _) if !has_detected => Self::Hint(hint),
            (Self::Manual, _) | (_, Self::Manual) => Self::Manual,
            _ => Self::Network,
        }
    }
}

impl RoundOptions {
    /// A round of the daemon's own.
    pub const ROUTINE: Self = Self {
        audit: false,
        dry_run: false,
        trigger: Trigger::Scheduled,
    };
}

/// Everything a round touches.
pub struct Reconciler<'w, O, V, S, P> {
    /// Finds out our addresses.
    pub observe: &'w O,
    /// Asks the zones' servers.
    pub verify: &'w V,
    /// Keeps the memory.
    pub store: &'w S,
    /// The accounts, in the order of the configuration.
    pub accounts: Vec<AccountContext<'w, P>>,
    /// The clock.
    pub clock: &'w dyn Clock,
    /// Jitter.
    pub chance: &'w dyn Rng,
    /// How often what is due.
    pub intervals: Intervals,
    /// What the guard allows.
    pub limits: WriteLimits,
    /// What this round shares with those that began before it and have not ended.
    pub overlap: &'w Overlap,
}

impl<O: AddressDetector, V: DnsVerifier, S: Store, P: Provider> Reconciler<'_, O, V, S, P> {
    /// Plays one round.
    pub async fn round(&self, state: &RefCell<State>, task: RoundOptions) -> Report {
        self.prepare(&mut state.borrow_mut());
        self.apply_trust(&mut state.borrow_mut());
        let number = self.overlap.begin();
        let observations = Observations::default();
        let detection = async {
            let detection = pin!(self.detect(state, &observations));
            // The newer round comes first: what this one hears in the same moment may be older than what that one knows.
            select(pin!(number.superseded()), detection).await;
            number.has_detected();
            observations.close();
        };
        let accounts = self.accounts.iter();
        let accounts =
            accounts.map(|account| self.run_account(account, &observations, number, state, task));
        let ((), played) = join(detection, join_all(accounts)).await;
        let mut report = Report::default();
        for (hosts, looked) in played {
            report.hosts.extend(hosts);
            report.dns_mismatches.extend(looked.notes);
            report.visible.extend(looked.visible);
        }
        report.detections = observations.into_reports();
        // A dry run learnt something too: a refused credential must not be tried again and again.
        report.state_error = self.store.save(&state.borrow()).err();
        report
    }

    /// What is remembered of accounts, hosts and interfaces that are not configured any more, of other
    /// endpoints and of refused secrets that were changed since, no longer counts.
    pub fn prepare(&self, state: &mut State) {
        let names: BTreeSet<AccountName> = self
            .accounts
            .iter()
            .map(|account| account.name.clone())
            .collect();
        let now = self.clock.now();
        state.retain_accounts(&names, now);
        state.retain_paths(&self.detection_paths());
        for account in &self.accounts {
            let targets: Vec<Target> = account
                .targets
                .iter()
                .map(|(target, _)| target.clone())
                .collect();
            state.apply_config(
                account.name,
                account.place,
                account.fingerprint,
                &targets,
                now,
            );
        }
    }

    /// From where some host's addresses are looked at.
    fn detection_paths(&self) -> BTreeSet<DetectionPath> {
        let targets = self.accounts.iter().flat_map(|it| &it.targets);
        targets
            .map(|(target, host)| host.detection_path(target.family))
            .collect()
    }
}

#[cfg(test)]
mod tests;
