//! Memory and the configuration: what belongs to accounts, hosts and places that are not in it any more.

use std::collections::BTreeSet;

use super::{AccountMemory, Memory, TargetMemory, key};
use crate::core::{
    budget::Budget,
    guard::WINDOW,
    record::{AccountName, Target},
    schedule::Hold,
    time::Moment,
    vantage::Vantage,
};

impl Memory {
    /// Drops what no longer applies before a round starts: what was learnt of another provider or
    /// endpoint, refusals of another secret, and what was learnt of targets that are not configured
    /// any more. What was sent within the last hour still counts: to take a host out and put it in
    /// again gives it no new hour.
    pub fn adopt(
        &mut self,
        name: &AccountName,
        place: &str,
        fingerprint: u64,
        targets: &[Target],
        now: Moment,
    ) {
        let account = self.accounts.entry(name.clone()).or_default();
        if account.place != place {
            *account = AccountMemory {
                place: place.to_owned(),
                ..AccountMemory::default()
            };
        }
        if account.fingerprint != fingerprint {
            account.fingerprint = fingerprint;
            // What another secret or other hosts cannot mend goes on: who asked us to wait still does.
            let mends = |hold: &mut Hold| {
                hold.refusals = 0;
                hold.class.is_refusal()
            };
            account.hold.take_if(mends);
            for target in account.targets.values_mut() {
                target.hold.take_if(mends);
            }
        }
        let keys: BTreeSet<_> = targets.iter().map(key).collect();
        account
            .targets
            .retain(|key, target| keys.contains(key) || target.only_counts(now));
    }

    /// Drops what belongs to accounts that are not configured any more, but what still counts.
    pub fn keep_accounts(&mut self, names: &BTreeSet<AccountName>, now: Moment) {
        self.accounts
            .retain(|name, account| names.contains(name) || account.only_counts(now));
    }

    /// Drops what was seen where no host looks from any more.
    pub fn keep_vantages(&mut self, looked_from: &BTreeSet<Vantage>) {
        self.vantages.retain(|it, _| looked_from.contains(it));
    }
}

/// Whether a hold still counts when the configuration has changed: what other secrets or hosts may mend
/// does not.
fn counts(hold: &Hold, now: Moment) -> bool {
    !hold.class.is_refusal() && hold.binds(now)
}

impl AccountMemory {
    /// Forgets all but what the provider remembers of us too: the requests and writes of the last hour
    /// and its wish that we wait. Whether there is any of that.
    fn only_counts(&mut self, now: Moment) -> bool {
        self.targets.retain(|_, target| target.only_counts(now));
        let requests = std::mem::take(&mut self.requests);
        *self = Self {
            place: std::mem::take(&mut self.place),
            hold: self.hold.take().filter(|it| counts(it, now)),
            requests: if requests.spent(now) > 0 {
                requests
            } else {
                Budget::default()
            },
            targets: std::mem::take(&mut self.targets),
            ..Self::default()
        };
        self.hold.is_some() || self.requests != Budget::default() || !self.targets.is_empty()
    }
}

impl TargetMemory {
    /// The same for a target.
    fn only_counts(&mut self, now: Moment) -> bool {
        let mut writes = std::mem::take(&mut self.writes);
        writes.retain(|write| now.since(write.at) < WINDOW);
        let repeats = self.recent_repeats(now).collect();
        *self = Self {
            writes,
            repeats,
            hold: self.hold.take().filter(|it| counts(it, now)),
            held_for: std::mem::take(&mut self.held_for),
            ..Self::default()
        };
        self.hold.is_some() || !self.writes.is_empty() || !self.repeats.is_empty()
    }
}
