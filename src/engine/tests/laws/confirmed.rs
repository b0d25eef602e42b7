//! A write counts once it is seen, and what cannot be seen is asked about first (L6, L7).

use super::{HOME, HOUR, MINUTE, failure, one};
use crate::{
    core::{
        dns::record::AccountName,
        error::ErrorClass,
        reconcile::{outcome::Outcome, plan::UpdateMode},
        state::State,
        verdict::Verdict,
    },
    engine::{
        RoundOptions, Trigger,
        tests::world::{FakeDns, InjectedFault, first, ip, known, outcomes},
    },
};

#[test]
fn l6_a_crash_right_after_a_write_leads_to_a_look_and_to_no_second_write() {
    for push in [UpdateMode::WhenReplaceable, UpdateMode::Never] {
        let fakes = one(push);
        fakes.round();
        fakes.see(known(&["84.212.99.99"]));
        fakes.round();
        fakes.crash();
        assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
        assert_eq!(fakes.provider().writes.borrow().len(), 2);
        // The old address again: what was remembered of it from before the write is not believed.
        fakes.see(known(&["84.212.10.20"]));
        fakes.round();
        fakes.crash();
        fakes.see(known(&["84.212.99.99"]));
        // Two writes without a proper answer: the next waits for a minute.
        fakes.advance(MINUTE);
        fakes.round();
        assert_eq!(fakes.provider().addrs(HOME), ["84.212.99.99"]);
    }
}

#[test]
fn l6_a_lost_answer_is_read_back_before_anything_is_repeated() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    fakes.meets(InjectedFault::Loses(failure(ErrorClass::Unconfirmed)));
    let report = fakes.round();
    assert!(matches!(first(&report), Outcome::Unconfirmed(_)));
    let (lists, writes) = (
        fakes.provider().lists.get(),
        fakes.provider().writes.borrow().len(),
    );
    fakes.restart();
    fakes.advance(MINUTE);
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert_eq!(fakes.provider().lists.get(), lists + 1, "it was read back");
    assert_eq!(
        fakes.provider().writes.borrow().len(),
        writes,
        "and not repeated"
    );
}

#[test]
fn l6_a_write_that_was_lost_on_its_way_is_repeated_after_reading_back() {
    let fakes = one(UpdateMode::Never);
    fakes.provider().put(HOME, "1.1.1.1");
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    let lost = InjectedFault::Fails(failure(ErrorClass::Unconfirmed));
    fakes.meets(lost);
    fakes.round();
    fakes.advance(MINUTE);
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.99.99"]);
}

#[test]
fn l6_the_intention_is_on_the_disk_before_the_request_leaves() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    let saved = fakes.saved.borrow();
    let pending = |state: &State| {
        let account = state.account(&AccountName("home".into())).unwrap();
        let target = account.targets.values().next();
        target.is_some_and(|it| it.unconfirmed && it.writes.len() == 1)
    };
    assert!(
        saved[..2].iter().all(|it| !pending(it)),
        "that it can be saved is found out first, and the look at the records is counted"
    );
    assert!(pending(&saved[2]), "the next thing saved is the intention");
    assert!(!pending(saved.last().unwrap()));
}

#[test]
fn l7_a_list_that_fails_never_leads_to_a_write() {
    for class in [
        ErrorClass::Transient,
        ErrorClass::ProtocolViolation,
        ErrorClass::NotFound,
        ErrorClass::Invalid,
        ErrorClass::Unauthorized,
        ErrorClass::RateLimited { retry_after: None },
    ] {
        // Before the first list, and with zones that are known from one.
        for there in ["1.1.1.1", "84.212.10.20"] {
            let fakes = one(UpdateMode::WhenReplaceable);
            fakes.provider().put(HOME, there);
            if there == "84.212.10.20" {
                assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
            }
            *fakes.provider().broken.borrow_mut() = Some(failure(class));
            for _ in 0..50 {
                let report = fakes.play(RoundOptions {
                    audit: true,
                    ..RoundOptions::ROUTINE
                });
                assert_ne!(report.verdict(), Verdict::Right, "{class:?}");
                fakes.advance(5 * MINUTE);
            }
            assert!(fakes.provider().writes.borrow().is_empty(), "{class:?}");
            assert_eq!(fakes.provider().addrs(HOME), [there]);
        }
    }
}

#[test]
fn l7_a_zone_that_cannot_be_listed_is_no_empty_one() {
    for there in ["1.1.1.1", "84.212.10.20"] {
        let fakes = one(UpdateMode::Never);
        fakes.provider().put(HOME, there);
        *fakes.provider().troubled.borrow_mut() = Some(failure(ErrorClass::Invalid));
        for _ in 0..50 {
            let report = fakes.play(RoundOptions {
                audit: true,
                ..RoundOptions::ROUTINE
            });
            assert_ne!(report.verdict(), Verdict::Right);
            fakes.advance(5 * MINUTE);
        }
        assert!(fakes.provider().writes.borrow().is_empty());
        assert_eq!(fakes.provider().addrs(HOME), [there]);
        *fakes.provider().troubled.borrow_mut() = None;
        fakes.advance(48 * HOUR);
        fakes.round();
        assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
    }
}

#[test]
fn every_class_of_failed_write_leaves_what_was_confirmed_unchanged() {
    for class in [
        ErrorClass::Transient,
        ErrorClass::ProtocolViolation,
        ErrorClass::Invalid,
        ErrorClass::Unauthorized,
        ErrorClass::NotFound,
        ErrorClass::RateLimited { retry_after: None },
        ErrorClass::Unconfirmed,
    ] {
        let fakes = one(UpdateMode::WhenReplaceable);
        fakes.round();
        fakes.see(known(&["84.212.99.99"]));
        fakes.meets(InjectedFault::Fails(failure(class)));
        let report = fakes.round();
        assert_eq!(report.verdict(), class.verdict());
        assert_ne!(report.verdict(), Verdict::Right);
        assert_eq!(report.hosts[0].addresses, [ip("84.212.10.20")], "{class:?}");
    }
}

#[test]
fn what_a_dry_run_saw_to_be_wrong_is_still_wrong_in_the_next_round() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    fakes.provider().records.borrow_mut().clear();
    fakes.provider().put(HOME, "9.9.9.9");
    *fakes.dns.borrow_mut() = FakeDns::Silent;
    fakes.play(RoundOptions {
        audit: true,
        dry_run: true,
        trigger: Trigger::Manual,
    });
    fakes.restart();
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
}

#[test]
fn a_new_address_after_a_lost_answer_goes_out_as_a_push_and_blames_nobody() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    fakes.see(known(&["84.212.66.66"]));
    let fault = InjectedFault::Loses(failure(ErrorClass::Unconfirmed));
    fakes.meets(fault);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    fakes.advance(MINUTE);
    fakes.round();
    let last = fakes.provider().writes.borrow().last().cloned().unwrap();
    assert!(
        last.ends_with("via dyndns (our address is another one)"),
        "{last}"
    );
}
