//! One round: look, compare, plan, guard, write, remember. Generic over everything it touches, and
//! silent: what happened is in the [`Report`].

mod account;
mod course;
mod crew;
mod dns;
mod ports;

use std::{cell::RefCell, collections::BTreeSet};

use futures_util::future::{join, join_all};

pub use account::AccountSetup;
pub use crew::Crew;
pub use ports::{Chance, Clock, Observe, Store, Verify};

use crate::{
    core::{
        addr::Family,
        guard::Limits,
        memory::Memory,
        observe::Observation,
        outcome::{FamilyReport, Report},
        poke::Poke,
        record::{AccountName, Target},
        schedule::Cadence,
    },
    provider::Provider,
};

/// Why a round is played.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Occasion {
    /// It is time.
    Routine,
    /// The network has changed: what failed for want of it a moment ago may work now, so that short
    /// pauses after passing faults do not bind.
    Network,
    /// Somebody says that the network has changed, and perhaps what our addresses are: likewise.
    Told(Poke),
    /// Somebody asked: nor do they then, and a family that is gone is gone.
    Asked,
}

/// How thorough a round is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Task {
    /// The provider's own list is compared, whether that is due or not.
    pub audit: bool,
    /// Nothing is written at a provider.
    pub dry_run: bool,
    /// Why it is played.
    pub occasion: Occasion,
}

impl Task {
    /// A round of the daemon's own.
    pub const ROUTINE: Self = Self {
        audit: false,
        dry_run: false,
        occasion: Occasion::Routine,
    };
}

/// Everything a round touches.
pub struct World<'w, O, V, S, P> {
    /// Finds out our addresses.
    pub observe: &'w O,
    /// Asks the zones' servers.
    pub verify: &'w V,
    /// Keeps the memory.
    pub store: &'w S,
    /// The accounts, in the order of the configuration.
    pub accounts: Vec<AccountSetup<'w, P>>,
    /// The clock.
    pub clock: &'w dyn Clock,
    /// Jitter.
    pub chance: &'w dyn Chance,
    /// How often what is due.
    pub cadence: Cadence,
    /// What the guard allows.
    pub limits: Limits,
}

impl<O: Observe, V: Verify, S: Store, P: Provider> World<'_, O, V, S, P> {
    /// Plays one round.
    pub async fn round(&self, memory: &RefCell<Memory>, task: Task) -> Report {
        self.prepare(&mut memory.borrow_mut());
        let families = self.look(memory).await;
        let accounts = self.accounts.iter();
        let played = accounts.map(|account| self.play(account, &families, memory, task));
        let mut report = Report::default();
        for (hosts, dns) in join_all(played).await {
            report.hosts.extend(hosts);
            report.dns.extend(dns);
        }
        report.families = families;
        // A dry run learnt something too: a refused credential must not be tried again and again.
        report.state_trouble = self.store.save(&memory.borrow()).err();
        report
    }

    /// What is remembered of accounts and hosts that are not configured any more, of other
    /// endpoints and of refused secrets that were changed since, no longer counts.
    pub fn prepare(&self, memory: &mut Memory) {
        let names: BTreeSet<AccountName> = self
            .accounts
            .iter()
            .map(|account| account.name.clone())
            .collect();
        memory.keep_accounts(&names);
        for account in &self.accounts {
            let targets: Vec<Target> = account
                .targets
                .iter()
                .map(|(target, _)| target.clone())
                .collect();
            memory.adopt(account.name, account.place, account.fingerprint, &targets);
        }
    }

    /// Finds out the addresses of the families that some host wants, both at once.
    async fn look(&self, memory: &RefCell<Memory>) -> Vec<FamilyReport> {
        let wanted: BTreeSet<Family> = self
            .accounts
            .iter()
            .flat_map(|it| &it.targets)
            .map(|(it, _)| it.family)
            .collect();
        let known = memory.borrow().believed.clone();
        let nothing = BTreeSet::new();
        let look = async |family| {
            if !wanted.contains(&family) {
                return None;
            }
            Some(
                self.observe
                    .observe(family, known.get(&family).unwrap_or(&nothing))
                    .await,
            )
        };
        let (four, six) = join(look(Family::V4), look(Family::V6)).await;
        let families: Vec<_> = [four, six].into_iter().flatten().collect();
        let mut memory = memory.borrow_mut();
        for report in &families {
            match &report.observation {
                Observation::Known(addrs) => {
                    memory.believed.insert(report.family, addrs.addrs());
                    memory.absent.remove(&report.family);
                }
                Observation::Absent => {
                    memory
                        .absent
                        .entry(report.family)
                        .or_insert(self.clock.now());
                }
                Observation::Unavailable(_) => {
                    memory.absent.remove(&report.family);
                }
            }
        }
        families
    }
}

#[cfg(test)]
mod tests;
