//! What moored remembers between rounds and across restarts. It is a help, not a need: without it
//! the next round asks the provider what is there.

mod config_change;
pub mod lifetime;
pub mod probe;
pub mod quota;
mod rebase;
mod write_log;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    detection::{path::DetectionPath, state::DetectionState},
    dns::{
        change::Change,
        record::{AccountName, Target, Zone},
    },
    error::ErrorClass,
    schedule::hold::Hold,
    state::{lifetime::WRITE_WINDOW, probe::Probes, quota::RequestQuota},
    time::BootTime,
};

/// Everything remembered.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// What is remembered of our addresses, by where they were looked at.
    pub paths: BTreeMap<DetectionPath, DetectionState>,
    /// What belongs to each account.
    pub accounts: BTreeMap<AccountName, AccountState>,
    /// Which accounts `moored check` asked lately without success.
    pub probes: Probes,
    /// Whether this process has found out if what it remembers can be saved.
    #[serde(skip)]
    pub has_tried_to_save: bool,
}

/// What is remembered of one account.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountState {
    /// The provider and endpoint all this was learnt from. Another one: all this is void.
    pub endpoint_key: String,
    /// Changes when the account's secret or configuration does: a refusal is forgotten then.
    pub fingerprint: u64,
    /// The account's zones, so that a round need not list them again.
    pub zones: Vec<Zone>,
    /// When the records were last listed and planned from.
    pub last_audit: Option<BootTime>,
    /// The account is left alone until then.
    pub hold: Option<Hold>,
    /// How many requests it was sent lately.
    pub quota: RequestQuota,
    /// What belongs to each target, by `HOST/TYPE`.
    pub targets: BTreeMap<String, TargetState>,
}

/// What is remembered of one target.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetState {
    /// What the provider confirmed.
    pub confirmed: Option<ConfirmedRecord>,
    /// Set before a write is sent and cleared when it is confirmed: while it stands, nobody knows
    /// what is there, and the records are read before anything is written.
    pub unconfirmed: bool,
    /// When the zone's servers were last asked.
    pub last_verified: Option<BootTime>,
    /// The change of ours that is spreading at them.
    pub propagation: Option<Propagation>,
    /// How many times in a row they all answered something else than what was confirmed.
    pub mismatches: u32,
    /// What was written within the last hour, oldest first.
    pub writes: Vec<WriteRecord>,
    /// When those of them left that may have changed nothing, oldest first.
    pub repetitions: Vec<BootTime>,
    /// The target is left alone until then.
    pub hold: Option<Hold>,
    /// The addresses whose writing led to the hold: it says nothing about others.
    pub held_for: Vec<IpAddr>,
}

/// How long after a change the zone's servers are looked at for it.
pub const PROPAGATION_TIMEOUT: Duration = Duration::from_mins(10);

/// A change that the zone's servers do not show yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Propagation {
    /// When the provider confirmed it.
    pub since: BootTime,
    /// What was there before, and before the changes that had not arrived when it was made, oldest first:
    /// to see one of these is no difference yet.
    pub previous: Vec<BTreeSet<IpAddr>>,
}

/// How many of these are remembered: as many as writes a host may see in the time a change takes.
const MAX_PREVIOUS: usize = 8;

/// What a provider confirmed for one target.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ConfirmedRecord {
    /// The addresses, in order.
    pub addrs: Vec<IpAddr>,
    /// Since when they are these.
    pub since: BootTime,
    /// Whether the RRset may be pushed without asking what is there.
    pub replaceable: bool,
    /// The TTL that was configured then: another one now has to be written.
    pub ttl: Option<u32>,
    /// How long it took until all of the zone's servers showed them; `None` while that is not known.
    #[serde(default)]
    pub visible_after: Option<Duration>,
}

/// A write that was sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WriteRecord {
    /// When.
    pub at: BootTime,
    /// The addresses written.
    pub addrs: Vec<IpAddr>,
    /// Whether the provider said that it was done, or its list has shown so. Of any other write nobody
    /// knows whether it changed anything, or when it arrived.
    #[serde(default)]
    pub acknowledged: bool,
    /// For how long it may still arrive.
    #[serde(default = "lifetime::usual_lifetime")]
    pub lifetime: Duration,
}

/// The key of a target within its account.
pub fn key(target: &Target) -> String {
    format!("{}/{}", target.host, target.family.record_type())
}

impl State {
    /// What is remembered of an account; nothing, if nothing is or if it was learnt elsewhere.
    pub fn account(&self, name: &AccountName) -> Option<&AccountState> {
        self.accounts.get(name)
    }

    /// What is remembered of a target.
    pub fn target(&self, target: &Target) -> Option<&TargetState> {
        self.accounts
            .get(&target.account)?
            .targets
            .get(&key(target))
    }

    /// The same, to be changed; made if it is not there.
    pub fn target_mut(&mut self, target: &Target) -> &mut TargetState {
        let account = self.accounts.entry(target.account.clone()).or_default();
        account.targets.entry(key(target)).or_default()
    }

    /// Before a write leaves: it is counted, and what is there counts as unknown until it is
    /// confirmed (L3, L6). It may arrive for as long as `lifetime` says.
    pub fn record_write(&mut self, change: &Change, now: BootTime, lifetime: Duration) {
        let target = self.target_mut(&change.target);
        target.unconfirmed = true;
        let is_repeat = target.may_change_nothing(change, now);
        target
            .repetitions
            .retain(|at| now.since(*at) < WRITE_WINDOW);
        target.repetitions.extend(is_repeat.then_some(now));
        target
            .writes
            .retain(|write| now.since(write.at) < WRITE_WINDOW);
        target.writes.push(WriteRecord {
            at: now,
            addrs: change.to.clone(),
            acknowledged: false,
            lifetime,
        });
    }

    /// The provider said that a write was done.
    pub fn acknowledge(&mut self, change: &Change) {
        let last = self.target_mut(&change.target).writes.last_mut();
        if let Some(write) = last.filter(|write| write.addrs == change.to) {
            write.acknowledged = true;
        }
    }

    /// A write that surely had no effect does not count: only what may have arrived can lock a
    /// record. Whether an earlier step of it took effect is still read back.
    pub fn discard_write(&mut self, change: &Change) {
        let target = self.target_mut(&change.target);
        let last = target.writes.pop_if(|write| write.addrs == change.to);
        if let Some(write) = last {
            target.repetitions.pop_if(|at| *at == write.at);
        }
    }

    /// Somebody wrote to the account by hand: what is there is read before it is believed again.
    pub fn invalidate(&mut self, account: &AccountName) {
        if let Some(account) = self.accounts.get_mut(account) {
            for target in account.targets.values_mut() {
                target.unconfirmed = true;
            }
        }
    }

    /// `moored check` was not refused: ends the account's hold, if that is a refusal, and with
    /// `with_hosts`, where it found every host in order, the hosts' own that only a list can show to be
    /// over. Whether there was such a hold. A failure that follows still counts as the next in a row.
    pub fn lift_holds(&mut self, account: &AccountName, with_hosts: bool, now: BootTime) -> bool {
        let Some(account) = self.accounts.get_mut(account) else {
            return false;
        };
        let mut lifted = false;
        let mut end = |hold: &mut Hold| {
            if hold.is_active(now) {
                hold.until = now;
                lifted = true;
            }
        };
        let of_account = account.hold.as_mut();
        of_account
            .filter(|hold| hold.class.is_refusal())
            .map(&mut end);
        let of_hosts = account.targets.values_mut().filter(|_| with_hosts);
        let of_hosts = of_hosts.filter_map(|target| target.hold.as_mut());
        of_hosts
            .filter(|hold| matches!(hold.class, ErrorClass::NotFound | ErrorClass::Conflict))
            .for_each(end);
        lifted
    }

    /// The provider confirmed that the target has these addresses.
    pub fn confirm(
        &mut self,
        target: &Target,
        addrs: &[IpAddr],
        simple: bool,
        ttl: Option<u32>,
        now: BootTime,
    ) {
        let state = self.target_mut(target);
        let (since, visible_after) = match &state.confirmed {
            Some(before) if before.addrs == addrs => (before.since, before.visible_after),
            _ => (now, None),
        };
        state.confirmed = Some(ConfirmedRecord {
            addrs: addrs.to_vec(),
            since,
            replaceable: simple,
            ttl,
            visible_after,
        });
        state.unconfirmed = false;
        state.mismatches = 0;
        state.hold = None;
        // What was just confirmed owes no look at DNS before the usual time.
        if state.last_verified.is_none() || since == now {
            state.last_verified = Some(now);
        }
    }

    /// A change of ours was confirmed: the zone's servers are looked at until they show it. What they had
    /// before an earlier change that is still spreading, some of them may have now.
    pub fn start_propagation(&mut self, change: &Change, now: BootTime) {
        let target = self.target_mut(&change.target);
        let from = change.from.iter().copied().collect();
        let earlier = target.propagation.take();
        let earlier = earlier.filter(|it| now.since(it.since) < PROPAGATION_TIMEOUT);
        let earlier = earlier.map(|it| it.previous);
        let mut before = earlier.unwrap_or_default();
        before.retain(|addrs| *addrs != from);
        before.push(from);
        let most = before.len().saturating_sub(MAX_PREVIOUS);
        before.drain(..most);
        target.propagation = Some(Propagation {
            since: now,
            previous: before,
        });
    }
}

#[cfg(test)]
mod tests;
