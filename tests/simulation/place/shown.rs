//! What the zones had when, for the name servers.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use super::{Name, ProviderModel};
use crate::setup::is_within;

impl ProviderModel {
    /// Notes what the zones have now, for the name servers.
    pub(crate) fn publish(&self, account: usize, at: i64) {
        let mut now: BTreeMap<Name, BTreeSet<IpAddr>> = BTreeMap::new();
        for row in self.rows(account).iter() {
            if let (Some(family), Some(addr)) = (row.family(), row.addr()) {
                now.entry((row.name.clone(), family))
                    .or_default()
                    .insert(addr);
            }
        }
        let mut shown = self.shown.borrow_mut();
        let zones = &self.accounts[account].zones;
        let gone = shown
            .keys()
            .filter(|(name, _)| zones.iter().any(|zone| is_within(name, zone)));
        for name in gone.cloned().collect::<Vec<_>>() {
            now.entry(name).or_default();
        }
        for (name, addrs) in now {
            let history = shown.entry(name).or_default();
            if history.last().is_none_or(|(_, last)| *last != addrs) {
                history.push((at, addrs));
            }
            // Nobody is so slow as to need more.
            let old = history.len().saturating_sub(20);
            history.drain(..old);
        }
    }

    /// What a name server shows that saw the zone last at that time.
    pub(crate) fn shown(&self, name: &Name, at: i64) -> BTreeSet<IpAddr> {
        let shown = self.shown.borrow();
        let history = shown.get(name).map_or(&[][..], Vec::as_slice);
        let seen = history.iter().rev().find(|(since, _)| *since <= at);
        seen.or(history.first())
            .map(|(_, addrs)| addrs.clone())
            .unwrap_or_default()
    }
}
