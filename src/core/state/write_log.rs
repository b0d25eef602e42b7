//! Writes of which nobody knows what became: how long they may still arrive, what a list says of them,
//! and when the list has to be read again because of them.

use crate::core::state::lifetime::MAX_REQUEST_LIFETIME;
use std::net::IpAddr;

use super::lifetime::WRITE_WINDOW;
use super::{State, TargetState, WriteRecord};
use crate::core::{dns::change::Change, time::BootTime};

impl WriteRecord {
    /// From when on it does not arrive any more.
    pub fn arrives_by(&self) -> BootTime {
        self.at.after(self.lifetime.min(MAX_REQUEST_LIFETIME))
    }

    /// Whether it may still be on its way to the provider.
    fn may_arrive(&self, now: BootTime) -> bool {
        !self.acknowledged && now < self.arrives_by()
    }

    /// Whether it writes some of what a change is to write.
    fn writes_the_same(&self, change: &Change) -> bool {
        let is_new = |addr: &&IpAddr| !change.from.contains(addr);
        self.addrs == change.to
            || change
                .to
                .iter()
                .filter(is_new)
                .any(|it| self.addrs.contains(it))
    }
}

impl TargetState {
    /// The writes that may still arrive and would leave a change with nothing to change, or be left so by it.
    pub fn unanswered_writes<'m>(
        &'m self,
        change: &Change,
        now: BootTime,
    ) -> impl Iterator<Item = &'m WriteRecord> {
        let same =
            move |write: &&WriteRecord| write.may_arrive(now) && write.writes_the_same(change);
        self.writes.iter().filter(same)
    }

    /// Whether a change may turn out to change nothing: the same may still arrive, or the provider said
    /// last that just this is done and its list shows something else. Other content always changes
    /// something.
    pub fn may_change_nothing(&self, change: &Change, now: BootTime) -> bool {
        self.last_done()
            .is_some_and(|write| write.addrs == change.to)
            || self.unanswered_writes(change, now).next().is_some()
    }

    /// When writes within the last hour left that may have changed nothing, oldest first.
    pub fn recent_repeats(&self, now: BootTime) -> impl Iterator<Item = BootTime> {
        let repeats = self.repetitions.iter().copied();
        repeats.filter(move |at| now.since(*at) < WRITE_WINDOW)
    }

    /// The provider's list shows what became of writes: one whose content is there has changed something,
    /// one that is not there and cannot arrive any more never happened.
    pub fn read_back(&mut self, there: &[IpAddr], now: BootTime) {
        let known = self.last_done().map(|write| write.addrs.clone());
        if known.as_deref() != Some(there) {
            // Of several of the same the oldest: that another one is still on its way remains possible.
            let is_whole = |write: &WriteRecord| write.addrs == there;
            let is_part = |write: &WriteRecord| {
                let is_new = |addr: &&IpAddr| known.as_ref().is_none_or(|it| !it.contains(addr));
                write
                    .addrs
                    .iter()
                    .filter(is_new)
                    .any(|it| there.contains(it))
            };
            let arrived = self.position_of_doubtful(is_whole);
            let arrived = arrived.or_else(|| self.position_of_doubtful(is_part));
            if let Some(position) = arrived {
                let mut arrived = self.writes.remove(position);
                arrived.acknowledged = true;
                // What arrived last is the newest.
                if position < self.writes.len() {
                    arrived.at = now;
                }
                self.writes.push(arrived);
            }
        }
        self.writes
            .retain(|write| write.acknowledged || write.may_arrive(now));
    }

    fn position_of_doubtful(&self, is_there: impl Fn(&WriteRecord) -> bool) -> Option<usize> {
        let mut writes = self.writes.iter();
        writes.position(|write| !write.acknowledged && is_there(write))
    }

    /// The last write that the provider said or showed to be done.
    fn last_done(&self) -> Option<&WriteRecord> {
        self.writes.iter().rfind(|write| write.acknowledged)
    }

    /// When the list has to be read again although nothing seems to be left to do: writes of something else
    /// than what was confirmed may arrive until then.
    pub fn next_list_due(&self) -> Option<BootTime> {
        let confirmed = self.confirmed.as_ref().filter(|_| !self.unconfirmed)?;
        let others = self
            .writes
            .iter()
            .filter(|write| !write.acknowledged && write.addrs != confirmed.addrs);
        others.map(WriteRecord::arrives_by).max()
    }
}

impl State {
    /// A write got no answer that says what became of it: from now on nobody waits for it.
    pub fn gives_up(&mut self, change: &Change, now: BootTime) {
        let last = self.target_mut(&change.target).writes.last_mut();
        if let Some(write) = last.filter(|write| write.addrs == change.to) {
            write.at = now;
        }
    }

    /// What is remembered may be older than what was done: everything is read before it is believed.
    pub fn distrust_all(&mut self) {
        for account in self.accounts.values_mut() {
            for target in account.targets.values_mut() {
                target.unconfirmed = true;
            }
        }
    }
}

#[cfg(test)]
mod tests;
