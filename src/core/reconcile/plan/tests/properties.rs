//! What holds whatever is there, whatever is wanted and however it may be written.

use crate::core::dns::change::Change;
use crate::core::dns::change::Method;
use crate::core::dns::change::Step;
use proptest::prelude::*;

use super::*;
use crate::core::{
    reconcile::{guard::guard, limits::WriteLimits, rejection::GuardRejection},
    state::quota::RequestQuota,
};

/// Few addresses, so that they repeat; TTLs that are and are not the default; a provider may not say one.
fn records() -> impl Strategy<Value = Vec<Record>> {
    let ttl = prop::sample::select(vec![None, Some(300), Some(600), Some(3600)]);
    prop::collection::vec((1_u8..6, ttl), 0..5).prop_map(|all| {
        let listed = |(id, (last, ttl)): (u32, (u8, Option<u32>))| Record {
            ttl,
            ..record(&id.to_string(), &format!("1.1.1.{last}"), 0)
        };
        (0..).zip(all).map(listed).collect()
    })
}

fn wanted() -> impl Strategy<Value = BTreeSet<IpAddr>> {
    let addr = (1_u8..6).prop_map(|last| ip(&format!("1.1.1.{last}")));
    prop::collection::btree_set(addr, 1..4)
}

fn intent(wanted: &BTreeSet<IpAddr>) -> Intent {
    let texts: Vec<_> = wanted.iter().map(ToString::to_string).collect();
    set(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

fn hosts() -> impl Strategy<Value = Host> {
    let name = prop::sample::select(vec!["home.example.com", "*.example.com"]);
    let ttl = prop::option::of(prop::sample::select(vec![300_u32, 3600]));
    (name, ttl, any::<bool>()).prop_map(|(name, ttl, create)| Host {
        name: Fqdn::parse(name).unwrap(),
        ttl,
        create,
        ..host()
    })
}

fn rules() -> impl Strategy<Value = Capabilities> {
    prop::sample::select(vec![AUTO, RECORDS, ONLY])
}

fn addrs(records: &[Record]) -> BTreeSet<IpAddr> {
    records.iter().map(|it| it.addr).collect()
}

proptest! {
    /// L13, and that a round which wrote needs no other to see that it is done.
    #[test]
    fn a_plan_carried_out_leaves_nothing_to_plan(
        records in records(), wanted in wanted(), host in hosts(), rules in rules(),
    ) {
        let intent = intent(&wanted);
        let after = match planned(&host, &intent, &listed(&records), rules) {
            PlanResult::Change(change) => {
                let remembered = ConfirmedRecord {
                    addrs: change.to.clone(),
                    since: BootTime::from_millis(0),
                    replaceable: change.replaceable_afterwards,
                    ttl: host.ttl,
                    visible_after: None,
                };
                prop_assert!(can_plan_from_state(&host, &intent, &remembered, rules));
                let remembered = Existing::Remembered { addrs: change.to.clone() };
                let from_memory = planned(&host, &intent, &remembered, rules);
                prop_assert!(matches!(from_memory, PlanResult::Satisfied { .. }), "{:?}", from_memory);
                carried_out(records, &change)
            }
            PlanResult::Satisfied { .. } => records,
            PlanResult::Kept(KeepReason::NotCreated) => {
                prop_assert!(records.is_empty() && !host.create);
                return Ok(());
            }
            PlanResult::LossyUpdate(_) => {
                prop_assert_eq!(rules, ONLY);
                return Ok(());
            }
            other => panic!("{other:?}"),
        };
        let addresses = addresses(&after);
        prop_assert!(addresses.iter().eq(&wanted), "{:?}", after);
        let again = planned(&host, &intent, &listed(&after), rules);
        prop_assert!(matches!(again, PlanResult::Satisfied { .. }), "{:?}", again);
    }

    /// L5: what is not listed is not named, and of what is listed only the address and a configured TTL change.
    #[test]
    fn each_step_names_a_listed_record_once_and_as_it_is(
        records in records(), wanted in wanted(), host in hosts(),
    ) {
        let PlanResult::Change(change) = planned(&host, &intent(&wanted), &listed(&records), RECORDS) else {
            return Ok(());
        };
        let mut named = BTreeSet::new();
        for step in change.steps() {
            match step {
                Step::Create { ttl, .. } => prop_assert_eq!(*ttl, host.ttl),
                Step::Modify { record, ttl, .. } => {
                    prop_assert!(records.contains(record) && named.insert(record.id.clone()));
                    prop_assert_eq!(ttl.or(record.ttl.filter(|_| host.ttl.is_some())), host.ttl);
                }
                Step::Delete { record } => {
                    prop_assert!(records.contains(record) && named.insert(record.id.clone()));
                }
            }
        }
        let about_a_ttl = |step: &Step| matches!(step, Step::Modify { ttl: Some(_), .. });
        prop_assert!(change.from != change.to || change.steps().iter().all(about_a_ttl));
        prop_assert_eq!(&change.from, &addresses(&records));
        prop_assert!(change.to.iter().eq(&wanted));
    }

    #[test]
    fn what_is_right_is_not_touched_and_no_step_is_one_too_many(
        records in records(), wanted in wanted(),
    ) {
        let mut missing = wanted.clone();
        let wrong = records.iter().filter(|it| !missing.remove(&it.addr)).count();
        let steps = match planned(&host(), &intent(&wanted), &listed(&records), RECORDS) {
            PlanResult::Change(change) => change.steps().len(),
            _ => 0,
        };
        prop_assert_eq!(steps, wrong.max(missing.len()));
    }

    #[test]
    fn the_name_is_right_before_anything_of_it_is_removed_and_answers_all_the_while(
        records in records(), wanted in wanted(), host in hosts(),
    ) {
        let PlanResult::Change(change) = planned(&host, &intent(&wanted), &listed(&records), RECORDS) else {
            return Ok(());
        };
        let Method::Records { zone, steps } = &change.method else {
            panic!("{change}")
        };
        for done in 0..=steps.len() {
            let method = Method::Records { zone: zone.clone(), steps: steps[..done].to_vec() };
            let part = Change { method, ..change.clone() };
            let there = addrs(&carried_out(records.clone(), &part));
            prop_assert!(!there.is_empty() || records.is_empty());
            if steps[..done].iter().any(|it| matches!(it, Step::Delete { .. })) {
                prop_assert!(there.is_superset(&wanted));
            }
        }
    }

    /// L1, and the guard's reasons to refuse are never met by a plan.
    #[test]
    fn every_plan_passes_the_guard_and_what_is_not_known_makes_none(
        records in records(), wanted in wanted(), host in hosts(), rules in rules(),
    ) {
        let existing = listed(&records);
        let keep = Intent::Keep(KeepReason::Unavailable(UnavailableReason::Offline));
        prop_assert!(matches!(planned(&host, &keep, &existing, rules), PlanResult::Kept(_)));
        for intent in [intent(&wanted), Intent::Clear] {
            let PlanResult::Change(change) = planned(&host, &intent, &existing, rules) else {
                continue;
            };
            let now = BootTime::from_millis(0);
            let sent = RequestQuota::default();
            let refused = guard(vec![change], WriteLimits::default(), now, &sent, |_| None).1;
            let refusals: Vec<&GuardRejection> = refused.iter().map(|(_, refusal)| refusal).collect();
            prop_assert!(refusals.is_empty(), "{:?}", refusals);
        }
    }
}
