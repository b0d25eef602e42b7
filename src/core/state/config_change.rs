//! Memory and the configuration: what belongs to accounts, hosts and places that are not in it any more.

use std::collections::BTreeSet;

use super::lifetime::WRITE_WINDOW;
use super::quota::RequestQuota;
use super::{AccountState, State, TargetState, key};
use crate::core::{
    detection::path::DetectionPath,
    dns::record::{AccountName, Target},
    schedule::hold::Hold,
    time::BootTime,
};

impl State {
    /// Drops what no longer applies before a round starts: what was learnt of another provider or
    /// endpoint, refusals of another secret, and what was learnt of targets that are not configured
    /// any more. What was sent within the last hour still counts: to take a host out and put it in
    /// again gives it no new hour.
    pub fn apply_config(
        &mut self,
        name: &AccountName,
        place: &str,
        fingerprint: u64,
        targets: &[Target],
        now: BootTime,
    ) {
        let account = self.accounts.entry(name.clone()).or_default();
        if account.endpoint_key != place {
            *account = AccountState {
                endpoint_key: place.to_owned(),
                ..AccountState::default()
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
            .retain(|key, target| keys.contains(key) || target.retain_limits_only(now));
    }

    /// Drops what belongs to accounts that are not configured any more, but what still counts.
    pub fn retain_accounts(&mut self, names: &BTreeSet<AccountName>, now: BootTime) {
        self.accounts
            .retain(|name, account| names.contains(name) || account.retain_limits_only(now));
    }

    /// Drops what was seen where no host looks from any more.
    pub fn retain_paths(&mut self, looked_from: &BTreeSet<DetectionPath>) {
        self.paths.retain(|it, _| looked_from.contains(it));
    }
}

/// Whether a hold still counts when the configuration has changed: what other secrets or hosts may mend
/// does not.
fn is_limit(hold: &Hold, now: BootTime) -> bool {
    !hold.class.is_refusal() && hold.is_active(now)
}

impl AccountState {
    /// Forgets all but what the provider remembers of us too: the requests and writes of the last hour
    /// and its wish that we wait. Whether there is any of that.
    fn retain_limits_only(&mut self, now: BootTime) -> bool {
        self.targets
            .retain(|_, target| target.retain_limits_only(now));
        let requests = std::mem::take(&mut self.quota);
        *self = Self {
            endpoint_key: std::mem::take(&mut self.endpoint_key),
            hold: self.hold.take().filter(|it| is_limit(it, now)),
            quota: if requests.used(now) > 0 {
                requests
            } else {
                RequestQuota::default()
            },
            targets: std::mem::take(&mut self.targets),
            ..Self::default()
        };
        self.hold.is_some() || self.quota != RequestQuota::default() || !self.targets.is_empty()
    }
}

impl TargetState {
    /// The same for a target.
    fn retain_limits_only(&mut self, now: BootTime) -> bool {
        let mut writes = std::mem::take(&mut self.writes);
        writes.retain(|write| now.since(write.at) < WRITE_WINDOW);
        let repeats = self.recent_repeats(now).collect();
        *self = Self {
            writes,
            repetitions: repeats,
            hold: self.hold.take().filter(|it| is_limit(it, now)),
            held_for: std::mem::take(&mut self.held_for),
            ..Self::default()
        };
        self.hold.is_some() || !self.writes.is_empty() || !self.repetitions.is_empty()
    }
}
