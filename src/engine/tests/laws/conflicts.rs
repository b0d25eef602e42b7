//! A record or forward in the way of a host's addresses.

use super::{HOME, HOUR, MINUTE, one};
use crate::{
    core::{
        dns::{
            conflict::{ConflictKind, NameConflict},
            name::Fqdn,
        },
        error::{ErrorClass, ProviderError},
        reconcile::{outcome::Outcome, plan::UpdateMode, rejection::GuardRejection},
        verdict::Verdict,
    },
    engine::{
        RoundOptions, Trigger,
        tests::world::{InjectedFault, RoundFixture, first, host, known, outcomes},
    },
};

const PLAN: RoundOptions = RoundOptions {
    audit: true,
    dry_run: true,
    trigger: Trigger::Manual,
};
/// SIGUSR1.
const FULL: RoundOptions = RoundOptions {
    dry_run: false,
    ..PLAN
};

/// Puts a CNAME at a host.
fn alias(fakes: &RoundFixture, name: &str) -> NameConflict {
    let host = Fqdn::parse(name).unwrap();
    let conflict = NameConflict {
        host: host.clone(),
        name: host.clone(),
        kind: ConflictKind::Cname,
        target: "target.example.net".to_owned(),
    };
    let mut conflicts = fakes.provider().conflicts.borrow_mut();
    conflicts.insert(host, conflict.clone());
    conflict
}

fn remove_alias(fakes: &RoundFixture) {
    fakes.provider().conflicts.borrow_mut().clear();
}

#[test]
fn an_alias_at_a_host_is_named_and_refused_before_anything_is_sent() {
    for push in [
        UpdateMode::Never,
        UpdateMode::WhenReplaceable,
        UpdateMode::Only,
    ] {
        for task in [RoundOptions::ROUTINE, PLAN, FULL] {
            let fakes = one(push);
            let conflict = alias(&fakes, HOME);
            let report = fakes.play(task);
            assert_eq!(
                first(&report),
                &Outcome::Refused(GuardRejection::Conflict(conflict))
            );
            assert_eq!(report.verdict(), Verdict::Refused);
            assert_eq!(fakes.provider().writes.borrow().len(), 0);
        }
    }
}

#[test]
fn an_alias_at_one_host_holds_up_no_other_host() {
    let fakes = RoundFixture::new(
        UpdateMode::WhenReplaceable,
        vec![host(HOME), host("nas.example.com")],
    );
    alias(&fakes, HOME);
    assert_eq!(outcomes(&fakes.round()), ["failed", "changed"]);
    for address in ["84.212.99.99", "84.212.10.20"] {
        fakes.see(known(&[address]));
        fakes.advance(MINUTE);
        assert_eq!(outcomes(&fakes.round()), ["failed", "changed"]);
        assert_eq!(fakes.provider().addrs("nas.example.com"), [address]);
    }
    assert!(fakes.provider().addrs(HOME).is_empty());
}

#[test]
fn an_alias_is_looked_at_a_few_times_an_hour_and_its_end_is_noticed_within_the_hour() {
    let fakes = one(UpdateMode::WhenReplaceable);
    alias(&fakes, HOME);
    let mut looks = Vec::new();
    for minute in 0..=6 * 60 {
        let before = fakes.provider().lists.get();
        let report = fakes.round();
        assert_eq!(report.verdict(), Verdict::Refused, "it is said every time");
        if fakes.provider().lists.get() > before {
            looks.push(minute);
        }
        fakes.restart();
        fakes.advance(MINUTE);
    }
    assert_eq!(looks, [0, 15, 45, 105, 165, 225, 285, 345]);
    remove_alias(&fakes);
    fakes.advance(HOUR);
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
}

#[test]
fn a_full_round_looks_at_once_whether_the_alias_is_still_there() {
    let fakes = one(UpdateMode::WhenReplaceable);
    alias(&fakes, HOME);
    fakes.round();
    let lists = fakes.provider().lists.get();
    fakes.advance(MINUTE);
    fakes.round();
    assert_eq!(fakes.provider().lists.get(), lists);
    assert_eq!(fakes.play(FULL).verdict(), Verdict::Refused);
    assert_eq!(fakes.play(PLAN).verdict(), Verdict::Refused);
    assert_eq!(fakes.provider().lists.get(), lists + 2);
    remove_alias(&fakes);
    assert_eq!(outcomes(&fakes.play(FULL)), ["changed"]);
}

#[test]
fn an_alias_that_takes_the_place_of_a_confirmed_record_is_named_after_the_first_refusal() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    let conflict = alias(&fakes, HOME);
    fakes.see(known(&["84.212.99.99"]));
    let collision = ProviderError::of_host(ErrorClass::Conflict, "409");
    fakes.meets(InjectedFault::Fails(collision));
    assert_eq!(fakes.round().verdict(), Verdict::Refused);
    let refused = Outcome::Refused(GuardRejection::Conflict(conflict));
    assert_eq!(first(&fakes.play(PLAN)), &refused);
    fakes.advance(20 * MINUTE);
    assert_eq!(first(&fakes.round()), &refused);
    assert_eq!(fakes.provider().writes.borrow().len(), 2);
}

#[test]
fn a_family_that_is_gone_is_not_kept_from_going_by_an_alias() {
    let mut fakes = one(UpdateMode::Never);
    fakes.round();
    fakes.on_absent = crate::core::reconcile::intent::OnAbsent::Remove;
    alias(&fakes, HOME);
    fakes.see(crate::core::detection::observation::Observation::Absent);
    assert_eq!(outcomes(&fakes.play(FULL)), ["changed"]);
    assert!(fakes.provider().addrs(HOME).is_empty());
}
