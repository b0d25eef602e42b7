//! What an owner may expect of his zone: that nothing changes but the addresses of the names that are
//! kept (L5), and nothing for nothing (L3).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    deed::{ObservedRequest, RequestKind},
    place::{Name, RecordRow},
    time::HOUR,
};

#[derive(Default)]
pub(crate) struct ObservedZones {
    /// When each record was written without a change, by account and id.
    needless: BTreeMap<(usize, String), Vec<i64>>,
    /// Until when a name may be written without need: what was written there last may arrive yet.
    excused: BTreeMap<Name, i64>,
    /// Every TTL that was ever configured for a name: a write may arrive late. It is good for the records
    /// of that name and for no other.
    ttls: BTreeMap<String, BTreeSet<u32>>,
    pub(crate) needless_in_all: u64,
}

impl ObservedZones {
    /// From now on that TTL is configured for a name.
    pub(crate) fn wants_ttl(&mut self, name: &str, ttl: u32) {
        self.ttls.entry(name.to_owned()).or_default().insert(ttl);
    }

    fn may_last(&self, record: &RecordRow) -> bool {
        let wanted = self.ttls.get(&record.name);
        wanted.is_some_and(|it| record.ttl().is_some_and(|ttl| it.contains(&ttl)))
    }

    /// It is not known what became of the last write of these names, or somebody else has written them.
    pub(crate) fn excuse<'n>(&mut self, names: impl IntoIterator<Item = &'n Name>, now: i64) {
        let names = names.into_iter().cloned();
        self.excused
            .extend(names.map(|name| (name, now + 2 * HOUR)));
    }

    /// A write asks for what a record is already: nobody needed it, unless something was in doubt there.
    fn is_needless(&mut self, account: usize, deed: &ObservedRequest, there: &RecordRow, now: i64) {
        self.needless_in_all += 1;
        let name = there.family().map(|it| (there.name.clone(), it));
        let until = name.and_then(|it| self.excused.get(&it));
        assert!(
            until.is_some_and(|until| now <= *until),
            "L3: {} is so already, and nothing was in doubt: {deed:?}",
            there.name
        );
        let times = self.needless.entry((account, there.id.clone()));
        let times = times.or_default();
        times.retain(|it| now - it < HOUR);
        times.push(now);
        // DNSPod locks a record after more than five; of Domeneshop no limit is known.
        let is_pod = there.whole.get("value").is_some();
        let most = if is_pod { 4 } else { 12 };
        assert!(
            times.len() <= most,
            "L3: written {} times within the hour without a change: {deed:?}",
            times.len()
        );
    }

    /// A provider has done what it was asked for.
    pub(crate) fn change(
        &mut self,
        account: usize,
        deed: &ObservedRequest,
        before: &[RecordRow],
        after: &[RecordRow],
        now: i64,
    ) {
        let is_meant = |it: &&RecordRow| {
            let family = it.family();
            family.is_some_and(|family| deed.names.contains(&(it.name.clone(), family)))
        };
        let others = |rows: &[RecordRow]| {
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
        match deed.verb {
            RequestKind::Modify => self.keeps_its_attributes(deed, before, after),
            RequestKind::Create | RequestKind::Push => self.lasts_as_before(deed, before, after),
            RequestKind::Zones
            | RequestKind::List
            | RequestKind::Forwards
            | RequestKind::Remove => {}
        }
        for there in before.iter().filter(|it| is_so_already(deed, it, before)) {
            self.is_needless(account, deed, there, now);
        }
    }

    fn keeps_its_attributes(
        &self,
        deed: &ObservedRequest,
        before: &[RecordRow],
        after: &[RecordRow],
    ) {
        let find = |rows: &[RecordRow]| {
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
                "ttl" => self.may_last(&new),
                _ => false,
            };
            assert!(
                now == value || may_change,
                "L5: {key} is {now}, and was {value}: {deed:?}"
            );
        }
    }

    /// A record that is new has the provider's own TTL or a configured one; one that takes another's place,
    /// that one's.
    fn lasts_as_before(&self, deed: &ObservedRequest, before: &[RecordRow], after: &[RecordRow]) {
        let is_new = |it: &&RecordRow| {
            before
                .iter()
                .all(|old| old.id != it.id || old.whole != it.whole)
        };
        for new in after.iter().filter(is_new) {
            let replaced =
                |it: &&RecordRow| it.name == new.name && it.kind == new.kind && it.is_plain;
            let mut olds = before.iter().filter(replaced);
            let may_last = match deed.verb {
                RequestKind::Create => deed.ttl.is_none() || self.may_last(new),
                _ => olds.all(|old| old.ttl() == new.ttl()),
            };
            assert!(may_last, "L5: the TTL is {:?}: {deed:?}", new.ttl());
        }
    }
}

/// Whether a record is already what a write asks for.
fn is_so_already(deed: &ObservedRequest, there: &RecordRow, all: &[RecordRow]) -> bool {
    let is_at = |it: &RecordRow| {
        let family = it.family();
        family.is_some_and(|family| deed.names.contains(&(it.name.clone(), family)))
    };
    let has_it = |it: &RecordRow| it.addr().is_some_and(|addr| deed.addrs.contains(&addr));
    match deed.verb {
        RequestKind::Zones | RequestKind::List | RequestKind::Forwards | RequestKind::Remove => {
            false
        }
        RequestKind::Create => is_at(there) && has_it(there),
        RequestKind::Modify => {
            let is_as_long = deed.ttl.is_none_or(|ttl| there.ttl() == Some(ttl));
            Some(&there.id) == deed.record.as_ref() && has_it(there) && is_as_long
        }
        // A push takes the place of everything at a name.
        RequestKind::Push => {
            let mut same = all
                .iter()
                .filter(|it| it.name == there.name && it.family() == there.family());
            is_at(there) && same.all(has_it)
        }
    }
}
