//! What a provider refuses: accounts, hosts, records (L4).

use super::{HOME, HOUR, MINUTE, failure, one};
use crate::{
    core::{
        dns::record::AccountName,
        error::{ErrorClass, ProviderError},
        reconcile::{intent::Host, plan::UpdateMode},
        verdict::Verdict,
    },
    engine::{
        Clock, RoundOptions, Trigger,
        tests::world::{FakeProvider, InjectedFault, RoundFixture, host, known, outcomes},
    },
};

#[test]
fn l4_refused_credentials_leave_the_account_alone_until_they_change() {
    let fakes = one(UpdateMode::WhenReplaceable);
    *fakes.provider().broken.borrow_mut() = Some(failure(ErrorClass::Unauthorized));
    assert_eq!(fakes.round().verdict(), Verdict::Refused);
    let probes_at = |minutes: u32| {
        let before = fakes.provider().calls();
        let mut probes = Vec::new();
        for minute in 1..=minutes {
            fakes.advance(MINUTE);
            fakes.restart();
            let report = fakes.play(RoundOptions {
                audit: true,
                trigger: Trigger::Manual,
                dry_run: false,
            });
            assert_eq!(report.verdict(), Verdict::Refused, "it is said every time");
            if fakes.provider().calls() > before + probes.len() {
                probes.push(minute / 60);
            }
        }
        probes
    };
    assert_eq!(probes_at(70 * 60), [6, 18, 42, 66]);
    *fakes.provider().broken.borrow_mut() = None;
    assert_eq!(
        fakes.round().verdict(),
        Verdict::Refused,
        "nobody looks before the time"
    );
    fakes.fingerprint.set(2);
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
}

#[test]
fn l4_l8_one_refused_account_never_delays_another() {
    let mut fakes = one(UpdateMode::WhenReplaceable);
    let other = AccountName("other".to_owned());
    let provider = FakeProvider::new(UpdateMode::Never);
    fakes
        .accounts
        .push((other, vec![host("www.example.com")], provider));
    *fakes.provider().broken.borrow_mut() = Some(failure(ErrorClass::Unauthorized));
    assert_eq!(outcomes(&fakes.round()), ["failed", "changed"]);
    fakes.see(known(&["84.212.99.99"]));
    assert_eq!(outcomes(&fakes.round()), ["failed", "changed"]);
    assert_eq!(
        fakes.accounts[1].2.addrs("www.example.com"),
        ["84.212.99.99"]
    );
}

#[test]
fn a_host_in_no_zone_holds_up_nobody_and_is_not_asked_for_every_round() {
    let fakes = RoundFixture::new(
        UpdateMode::WhenReplaceable,
        vec![host(HOME), host("nas.example.org")],
    );
    let report = fakes.round();
    assert_eq!(outcomes(&report), ["changed", "failed"]);
    assert_eq!(report.verdict(), Verdict::Refused);
    let lists = fakes.provider().lists.get();
    for _ in 0..6 {
        fakes.advance(2 * MINUTE);
        assert_eq!(outcomes(&fakes.round()), ["unchanged", "failed"]);
    }
    assert_eq!(fakes.provider().lists.get(), lists);
}

#[test]
fn a_record_that_may_not_be_created_is_not_asked_for_every_round() {
    let existing_only = Host {
        create: false,
        ..host(HOME)
    };
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![existing_only]);
    assert_eq!(outcomes(&fakes.round()), ["kept"]);
    let calls = fakes.provider().calls();
    fakes.advance(5 * MINUTE);
    assert_eq!(outcomes(&fakes.round()), ["kept"]);
    assert_eq!(fakes.provider().calls(), calls);
    // Once it appears, it is ours to keep right.
    fakes.provider().put(HOME, "1.1.1.1");
    fakes.advance(HOUR);
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
}

#[test]
fn l4_a_token_that_may_read_and_not_write_is_probed_less_and_less_too() {
    let fakes = one(UpdateMode::WhenReplaceable);
    *fakes.provider().unwritable.borrow_mut() = Some(failure(ErrorClass::Unauthorized));
    for _ in 0..96 {
        fakes.round();
        fakes.restart();
        fakes.advance(HOUR);
    }
    assert_eq!(
        fakes.provider().writes.borrow().len(),
        6,
        "at 0, 6, 18, 42, 66 and 90 hours"
    );
}

#[test]
fn l4_a_refusal_is_not_forgotten_without_a_probe() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    *fakes.provider().broken.borrow_mut() = Some(failure(ErrorClass::Unauthorized));
    fakes.play(RoundOptions {
        audit: true,
        ..RoundOptions::ROUTINE
    });
    fakes.advance(6 * HOUR);
    let lists = fakes.provider().lists.get();
    assert_eq!(fakes.round().verdict(), Verdict::Refused);
    assert_eq!(fakes.provider().lists.get(), lists + 1);
    // A probe that nobody answers is none: the next one is made, and nothing is said to be right before.
    fakes.advance(12 * HOUR);
    *fakes.provider().broken.borrow_mut() = Some(failure(ErrorClass::Transient));
    assert_eq!(fakes.round().verdict(), Verdict::TryAgain);
    assert_eq!(fakes.round().verdict(), Verdict::TryAgain);
    *fakes.provider().broken.borrow_mut() = Some(failure(ErrorClass::Unauthorized));
    fakes.advance(MINUTE);
    fakes.restart();
    assert_eq!(fakes.round().verdict(), Verdict::Refused);
    assert_eq!(fakes.provider().lists.get(), lists + 3);
    fakes.advance(23 * HOUR);
    assert_eq!(fakes.round().verdict(), Verdict::Refused);
    assert_eq!(fakes.provider().lists.get(), lists + 3);
}

#[test]
fn l4_a_list_that_leaves_something_undone_forgets_no_refusal() {
    let fakes = one(UpdateMode::WhenReplaceable);
    *fakes.provider().unwritable.borrow_mut() = Some(failure(ErrorClass::Unauthorized));
    let hold = |fakes: &RoundFixture| {
        let (account, _, _) = &fakes.accounts[0];
        fakes.state.borrow().accounts[account].hold.clone()
    };
    fakes.round();
    fakes.advance(6 * HOUR);
    *fakes.provider().troubled.borrow_mut() = Some(failure(ErrorClass::NotFound));
    fakes.round();
    assert_eq!(hold(&fakes).map(|it| it.refusals), Some(1));
    *fakes.provider().troubled.borrow_mut() = None;
    fakes.advance(24 * HOUR);
    fakes.round();
    let refused = hold(&fakes).unwrap();
    assert_eq!(
        (refused.refusals, refused.until.since(refused.since)),
        (2, 12 * HOUR)
    );
    // Nothing is left to do: it was looked, and that was allowed.
    fakes.provider().put(HOME, "84.212.10.20");
    fakes.advance(12 * HOUR);
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert_eq!(hold(&fakes), None);
}

#[test]
fn a_hold_is_about_the_addresses_that_were_refused_and_about_no_others() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    let refused = ProviderError::of_host(ErrorClass::Invalid, "blacklisted");
    fakes.see(known(&["84.212.66.66"]));
    fakes.meets(InjectedFault::Fails(refused));
    assert_eq!(outcomes(&fakes.round()), ["failed"]);
    assert_eq!(
        outcomes(&fakes.round()),
        ["failed"],
        "it is not tried again at once"
    );
    assert_eq!(fakes.provider().writes.borrow().len(), 2);
    fakes.see(known(&["84.212.99.99"]));
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
}

#[test]
fn an_old_hold_of_the_account_does_not_hide_a_hosts_own() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    let both = [
        InjectedFault::Fails(failure(ErrorClass::Transient)),
        InjectedFault::Fails(ProviderError::of_host(ErrorClass::Invalid, "refused")),
    ];
    fakes.provider().faults.borrow_mut().extend(both);
    fakes.round();
    fakes.advance(MINUTE);
    fakes.round();
    fakes.advance(2 * MINUTE);
    assert_eq!(outcomes(&fakes.round()), ["failed"]);
    assert_eq!(fakes.provider().writes.borrow().len(), 3);
}

#[test]
fn l4_a_lifted_hold_leads_to_one_probe_and_another_refusal_is_the_next_in_a_row() {
    let fakes = one(UpdateMode::WhenReplaceable);
    *fakes.provider().unwritable.borrow_mut() = Some(failure(ErrorClass::Unauthorized));
    fakes.round();
    let account = fakes.accounts[0].0.clone();
    let lift = || {
        let now = Clock::now(&fakes);
        fakes.state.borrow_mut().lift_holds(&account, false, now)
    };
    fakes.advance(MINUTE);
    assert!(lift());
    assert!(!lift(), "it is lifted already");
    assert_eq!(fakes.round().verdict(), Verdict::Refused);
    let hold = fakes.state.borrow().accounts[&account]
        .hold
        .clone()
        .unwrap();
    assert_eq!(
        (hold.refusals, hold.until.since(hold.since)),
        (2, 12 * HOUR)
    );
    let calls = fakes.provider().calls();
    fakes.advance(11 * HOUR);
    fakes.round();
    assert_eq!(fakes.provider().calls(), calls);
    *fakes.provider().unwritable.borrow_mut() = None;
    assert!(lift());
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
    assert_eq!(fakes.state.borrow().accounts[&account].hold, None);
}

#[test]
fn a_check_lifts_refusals_of_the_account_and_no_wish_to_wait() {
    for (class, lifted) in [
        (ErrorClass::Unauthorized, true),
        (ErrorClass::NotFound, true),
        (ErrorClass::Invalid, true),
        (ErrorClass::Transient, false),
        (ErrorClass::RateLimited { retry_after: None }, false),
    ] {
        let fakes = one(UpdateMode::WhenReplaceable);
        *fakes.provider().broken.borrow_mut() = Some(failure(class));
        fakes.round();
        let account = &fakes.accounts[0].0;
        let now = Clock::now(&fakes);
        let mut state = fakes.state.borrow_mut();
        assert_eq!(state.lift_holds(account, true, now), lifted, "{class:?}");
    }
}

#[test]
fn a_check_that_finds_every_host_in_order_lifts_what_only_a_list_can_show_to_be_over() {
    for (class, lifted) in [
        (ErrorClass::NotFound, true),
        (ErrorClass::Conflict, true),
        (ErrorClass::Invalid, false),
        (ErrorClass::RateLimited { retry_after: None }, false),
    ] {
        let fakes = one(UpdateMode::WhenReplaceable);
        *fakes.provider().unwritable.borrow_mut() = Some(ProviderError::of_host(class, "x"));
        fakes.round();
        let account = &fakes.accounts[0].0;
        let now = Clock::now(&fakes);
        let mut state = fakes.state.borrow_mut();
        assert!(!state.lift_holds(account, false, now));
        assert_eq!(state.lift_holds(account, true, now), lifted, "{class:?}");
    }
}
