//! What moored remembers between rounds and across restarts. It is a help, not a need: without it
//! the next round asks the provider what is there.

mod configured;
mod doubt;
mod moments;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

pub use doubt::request_lifetime;
use serde::{Deserialize, Serialize};

use crate::core::{
    budget::Budget,
    guard::WINDOW,
    outcome::Class,
    past::Past,
    plan::Change,
    probe::Probes,
    record::{AccountName, Target, Zone},
    schedule::Hold,
    time::Moment,
    vantage::Vantage,
    verify::PATIENCE,
};

/// Everything remembered.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// What is remembered of our addresses, by where they were looked at.
    pub vantages: BTreeMap<Vantage, Past>,
    /// What belongs to each account.
    pub accounts: BTreeMap<AccountName, AccountMemory>,
    /// Which accounts `moored check` asked lately without success.
    pub probes: Probes,
    /// Whether this process has found out if what it remembers can be saved.
    #[serde(skip)]
    pub has_tried_to_save: bool,
}

/// What is remembered of one account.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountMemory {
    /// The provider and endpoint all this was learnt from. Another one: all this is void.
    pub place: String,
    /// Changes when the account's secret or configuration does: a refusal is forgotten then.
    pub fingerprint: u64,
    /// The account's zones, so that a round need not list them again.
    pub zones: Vec<Zone>,
    /// When the records were last listed and planned from.
    pub audited: Option<Moment>,
    /// The account is left alone until then.
    pub hold: Option<Hold>,
    /// How many requests it was sent lately.
    pub requests: Budget,
    /// What belongs to each target, by `HOST/TYPE`.
    pub targets: BTreeMap<String, TargetMemory>,
}

/// What is remembered of one target.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetMemory {
    /// What the provider confirmed.
    pub confirmed: Option<Confirmed>,
    /// Set before a write is sent and cleared when it is confirmed: while it stands, nobody knows
    /// what is there, and the records are read before anything is written.
    pub pending: bool,
    /// When the zone's servers were last asked.
    pub verified: Option<Moment>,
    /// The change of ours that is spreading at them.
    pub spreading: Option<Spreading>,
    /// How many times in a row they all answered something else than what was confirmed.
    pub differing: u32,
    /// What was written within the last hour, oldest first.
    pub writes: Vec<Write>,
    /// When those of them left that may have changed nothing, oldest first.
    pub repeats: Vec<Moment>,
    /// The target is left alone until then.
    pub hold: Option<Hold>,
    /// The addresses whose writing led to the hold: it says nothing about others.
    pub held_for: Vec<IpAddr>,
}

/// A change that the zone's servers do not show yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Spreading {
    /// When the provider confirmed it.
    pub since: Moment,
    /// What was there before, and before the changes that had not arrived when it was made, oldest first:
    /// to see one of these is no difference yet.
    pub before: Vec<BTreeSet<IpAddr>>,
}

/// How many of these are remembered: as many as writes a host may see in the time a change takes.
const BEFORE: usize = 8;

/// What a provider confirmed for one target.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Confirmed {
    /// The addresses, in order.
    pub addrs: Vec<IpAddr>,
    /// Since when they are these.
    pub since: Moment,
    /// Whether the RRset may be pushed without asking what is there.
    pub simple: bool,
    /// The TTL that was configured then: another one now has to be written.
    pub ttl: Option<u32>,
    /// How long it took until all of the zone's servers showed them; `None` while that is not known.
    #[serde(default)]
    pub visible_after: Option<Duration>,
}

/// A write that was sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Write {
    /// When.
    pub at: Moment,
    /// The addresses written.
    pub to: Vec<IpAddr>,
    /// Whether the provider said that it was done, or its list has shown so. Of any other write nobody
    /// knows whether it changed anything, or when it arrived.
    #[serde(default)]
    pub done: bool,
    /// For how long it may still arrive.
    #[serde(default = "doubt::usual_lifetime")]
    pub lifetime: Duration,
}

/// The key of a target within its account.
pub fn key(target: &Target) -> String {
    format!("{}/{}", target.host, target.family.record_type())
}

impl Memory {
    /// What is remembered of an account; nothing, if nothing is or if it was learnt elsewhere.
    pub fn account(&self, name: &AccountName) -> Option<&AccountMemory> {
        self.accounts.get(name)
    }

    /// What is remembered of a target.
    pub fn target(&self, target: &Target) -> Option<&TargetMemory> {
        self.accounts
            .get(&target.account)?
            .targets
            .get(&key(target))
    }

    /// The same, to be changed; made if it is not there.
    pub fn target_mut(&mut self, target: &Target) -> &mut TargetMemory {
        let account = self.accounts.entry(target.account.clone()).or_default();
        account.targets.entry(key(target)).or_default()
    }

    /// Before a write leaves: it is counted, and what is there counts as unknown until it is
    /// confirmed (L3, L6). It may arrive for as long as `lifetime` says.
    pub fn begin(&mut self, change: &Change, now: Moment, lifetime: Duration) {
        let target = self.target_mut(&change.target);
        target.pending = true;
        let is_repeat = target.may_change_nothing(change, now);
        target.repeats.retain(|at| now.since(*at) < WINDOW);
        target.repeats.extend(is_repeat.then_some(now));
        target.writes.retain(|write| now.since(write.at) < WINDOW);
        target.writes.push(Write {
            at: now,
            to: change.to.clone(),
            done: false,
            lifetime,
        });
    }

    /// The provider said that a write was done.
    pub fn done(&mut self, change: &Change) {
        let last = self.target_mut(&change.target).writes.last_mut();
        if let Some(write) = last.filter(|write| write.to == change.to) {
            write.done = true;
        }
    }

    /// A write that surely had no effect does not count: only what may have arrived can lock a
    /// record. Whether an earlier step of it took effect is still read back.
    pub fn retract(&mut self, change: &Change) {
        let target = self.target_mut(&change.target);
        let last = target.writes.pop_if(|write| write.to == change.to);
        if let Some(write) = last {
            target.repeats.pop_if(|at| *at == write.at);
        }
    }

    /// Somebody wrote to the account by hand: what is there is read before it is believed again.
    pub fn unsettle(&mut self, account: &AccountName) {
        if let Some(account) = self.accounts.get_mut(account) {
            for target in account.targets.values_mut() {
                target.pending = true;
            }
        }
    }

    /// `moored check` was not refused: ends the account's hold, if that is a refusal, and with
    /// `with_hosts`, where it found every host in order, the hosts' own that only a list can show to be
    /// over. Whether there was such a hold. A failure that follows still counts as the next in a row.
    pub fn lift(&mut self, account: &AccountName, with_hosts: bool, now: Moment) -> bool {
        let Some(account) = self.accounts.get_mut(account) else {
            return false;
        };
        let mut lifted = false;
        let mut end = |hold: &mut Hold| {
            if hold.binds(now) {
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
            .filter(|hold| matches!(hold.class, Class::NotFound | Class::Conflict))
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
        now: Moment,
    ) {
        let memory = self.target_mut(target);
        let (since, visible_after) = match &memory.confirmed {
            Some(before) if before.addrs == addrs => (before.since, before.visible_after),
            _ => (now, None),
        };
        memory.confirmed = Some(Confirmed {
            addrs: addrs.to_vec(),
            since,
            simple,
            ttl,
            visible_after,
        });
        memory.pending = false;
        memory.differing = 0;
        memory.hold = None;
        // What was just confirmed owes no look at DNS before the usual time.
        if memory.verified.is_none() || since == now {
            memory.verified = Some(now);
        }
    }

    /// A change of ours was confirmed: the zone's servers are looked at until they show it. What they had
    /// before an earlier change that is still spreading, some of them may have now.
    pub fn spreads(&mut self, change: &Change, now: Moment) {
        let target = self.target_mut(&change.target);
        let from = change.from.iter().copied().collect();
        let earlier = target.spreading.take();
        let earlier = earlier.filter(|it| now.since(it.since) < PATIENCE);
        let earlier = earlier.map(|it| it.before);
        let mut before = earlier.unwrap_or_default();
        before.retain(|addrs| *addrs != from);
        before.push(from);
        let most = before.len().saturating_sub(BEFORE);
        before.drain(..most);
        target.spreading = Some(Spreading { since: now, before });
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
