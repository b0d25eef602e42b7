//! What is planned from memory alone, without asking the provider what is there.

use super::*;
use crate::core::dns::change::Reason;

#[test]
fn memory_suffices_for_what_is_the_same_and_for_simple_pushes() {
    let state = |simple, ttl| ConfirmedRecord {
        addrs: vec![ip("1.1.1.1")],
        since: BootTime::from_millis(0),
        replaceable: simple,
        ttl,
        visible_after: None,
    };
    let same = set(&["1.1.1.1"]);
    let other = set(&["1.1.1.2"]);
    for (what, intent, state, rules, suffices) in [
        ("the same", &same, state(false, None), RECORDS, true),
        ("a change, simple", &other, state(true, None), AUTO, true),
        (
            "a change, not simple",
            &other,
            state(false, None),
            AUTO,
            false,
        ),
        (
            "a change, no push",
            &other,
            state(true, None),
            RECORDS,
            false,
        ),
        (
            "the same under another TTL",
            &same,
            state(true, Some(300)),
            AUTO,
            false,
        ),
        ("gone", &Intent::Clear, state(true, None), AUTO, false),
    ] {
        assert_eq!(
            can_plan_from_state(&host(), intent, &state, rules),
            suffices,
            "{what}"
        );
    }
    let existing = Existing::Remembered {
        addrs: vec![ip("1.1.1.1")],
    };
    let made = change(planned(&host(), &other, &existing, AUTO));
    assert_eq!((made.via(), made.action()), ("dyndns", "update"));
}

#[test]
fn memory_suffices_where_nothing_is_to_be_written_or_a_push_creates_it() {
    let state = |addrs: &[&str]| ConfirmedRecord {
        addrs: addrs.iter().map(|it| ip(it)).collect(),
        since: BootTime::from_millis(0),
        replaceable: true,
        ttl: None,
        visible_after: None,
    };
    let keep = Intent::Keep(KeepReason::Absent);
    let ours = set(&["1.1.1.1"]);
    for (what, create, intent, there, rules, suffices) in [
        ("kept", true, &keep, &["1.1.1.9"][..], RECORDS, true),
        ("gone already", true, &Intent::Clear, &[], RECORDS, true),
        ("not created", false, &ours, &[], RECORDS, true),
        ("created by a push", true, &ours, &[], AUTO, true),
        ("created otherwise", true, &ours, &[], RECORDS, false),
        ("changed only", false, &ours, &["1.1.1.9"], AUTO, false),
    ] {
        let host = Host { create, ..host() };
        let state = state(there);
        assert_eq!(
            can_plan_from_state(&host, intent, &state, rules),
            suffices,
            "{what}"
        );
    }
}

#[test]
fn from_memory_a_name_is_right_or_pushed_or_not_created() {
    let ours = set(&["1.1.1.1"]);
    let planned = |create, intent, there: &[&str]| {
        let addrs = there.iter().map(|it| ip(it)).collect();
        let host = Host { create, ..host() };
        planned(&host, intent, &Existing::Remembered { addrs }, AUTO)
    };
    let satisfied = |addrs: &[&str]| PlanResult::Satisfied {
        addrs: addrs.iter().map(|it| ip(it)).collect(),
        simple: true,
    };
    let right = &["1.1.1.1"];
    assert_eq!(planned(true, &ours, right), satisfied(right));
    assert_eq!(planned(false, &ours, right), satisfied(right));
    assert_eq!(planned(true, &Intent::Clear, &[]), satisfied(&[]));
    let not_created = PlanResult::Kept(KeepReason::NotCreated);
    assert_eq!(planned(false, &ours, &[]), not_created);
    for (there, reason) in [
        (&[][..], Reason::Missing),
        (&["1.1.1.9"], Reason::AddressChanged),
    ] {
        let made = change(planned(true, &ours, there));
        assert_eq!((made.reason, made.via()), (reason, "dyndns"), "{there:?}");
    }
}
