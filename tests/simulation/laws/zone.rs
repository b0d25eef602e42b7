//! What an owner may expect of his zone: that nothing changes but the addresses of the names that are
//! kept (L5), and nothing for nothing (L3).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    deed::{Deed, Verb},
    place::{Name, Row},
    time::HOUR,
};

#[derive(Default)]
pub(crate) struct Zones {
    /// When each record was written without a change, by account and id.
    needless: BTreeMap<(usize, String), Vec<i64>>,
    /// Until when a name may be written without need: what was written there last may arrive yet.
    excused: BTreeMap<Name, i64>,
    /// Every TTL that was configured for some host.
    pub(crate) ttls: BTreeSet<u32>,
    pub(crate) needless_in_all: u64,
}

impl Zones {
    /// It is not known what became of the last write of these names, or somebody else has written them.
    pub(crate) fn excuse<'n>(&mut self, names: impl IntoIterator<Item = &'n Name>, now: i64) {
        let names = names.into_iter().cloned();
        self.excused
            .extend(names.map(|name| (name, now + 2 * HOUR)));
    }

    /// A write that changes nothing: nobody needed it.
    fn is_needless(&mut self, deed: &Deed, now: i64) {
        self.needless_in_all += 1;
        let is_excused = |name: &Name| self.excused.get(name).is_some_and(|until| now <= *until);
        assert!(
            deed.names.iter().any(is_excused),
            "L3: it is so already, and nothing was in doubt: {deed:?}"
        );
    }

    /// A provider has done what it was asked for.
    pub(crate) fn change(
        &mut self,
        account: usize,
        deed: &Deed,
        before: &[Row],
        after: &[Row],
        now: i64,
    ) {
        let is_meant = |it: &&Row| {
            let family = it.family();
            family.is_some_and(|family| deed.names.contains(&(it.name.clone(), family)))
        };
        let others = |rows: &[Row]| {
            rows.iter()
                .filter(|it| !is_meant(it))
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            others(before),
            others(after),
            "L5: records of others change by {deed:?}"
        );
        if deed.verb == Verb::Modify {
            self.modify(account, deed, before, after, now);
        }
        let addrs = |rows: &[Row]| {
            let meant = rows.iter().filter(is_meant);
            meant
                .map(|it| (it.name.clone(), it.kind.clone(), it.value.clone()))
                .collect::<BTreeSet<_>>()
        };
        if deed.verb == Verb::Push && before != after && addrs(before) == addrs(after) {
            self.is_needless(deed, now);
        }
    }

    fn modify(&mut self, account: usize, deed: &Deed, before: &[Row], after: &[Row], now: i64) {
        let find = |rows: &[Row]| {
            rows.iter()
                .find(|it| Some(&it.id) == deed.record.as_ref())
                .cloned()
        };
        let (Some(old), Some(new)) = (find(before), find(after)) else {
            return;
        };
        for (key, value) in old.whole.as_object().into_iter().flatten() {
            let now = &new.whole[key];
            let may_change = match key.as_str() {
                "value" | "data" | "updated_on" => true,
                "ttl" => new.ttl().is_some_and(|ttl| self.ttls.contains(&ttl)),
                _ => false,
            };
            assert!(
                now == value || may_change,
                "L5: {key} is {now}, and was {value}: {deed:?}"
            );
        }
        let is_same = old.addr().is_some_and(|addr| deed.addrs.contains(&addr));
        let is_as_long = deed.ttl.is_none_or(|ttl| old.ttl() == Some(ttl));
        if is_same && is_as_long && old.whole == new.whole {
            self.is_needless(deed, now);
            let times = self.needless.entry((account, new.id)).or_default();
            times.retain(|it| now - it < HOUR);
            times.push(now);
            // DNSPod locks a record after more than five; of Domeneshop no limit is known.
            let most = if old.whole.get("value").is_some() {
                4
            } else {
                12
            };
            assert!(
                times.len() <= most,
                "L3: written {} times within the hour without a change: {deed:?}",
                times.len()
            );
        }
    }
}
