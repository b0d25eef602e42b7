//! What cannot be found out, and what is not there (L1), and one family beside the other.

use std::time::Duration;

use super::{HOME, HOUR, MINUTE, failure, one};
use crate::{
    core::{
        detection::observation::Observation,
        error::ErrorClass,
        reconcile::{
            intent::{Host, HostV6, KeepReason, OnAbsent},
            outcome::Outcome,
            plan::UpdateMode,
        },
        verdict::Verdict,
    },
    engine::{
        RoundOptions, Trigger,
        tests::world::{
            FakeDns, InjectedFault, RoundFixture, first, host, known, outcomes, unknown,
        },
    },
};

#[test]
fn l1_an_address_that_cannot_be_found_out_changes_nothing() {
    for on_absent in [OnAbsent::Keep, OnAbsent::Remove] {
        let mut fakes = one(UpdateMode::WhenReplaceable);
        fakes.on_absent = on_absent;
        fakes.provider().put(HOME, "84.212.10.20");
        fakes.round();
        let calls = fakes.provider().calls();
        fakes.see(unknown());
        fakes.advance(25 * HOUR);
        let report = fakes.play(RoundOptions {
            audit: true,
            ..RoundOptions::ROUTINE
        });
        assert_eq!(fakes.provider().calls(), calls, "not even a question");
        assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
        assert_eq!(report.verdict(), Verdict::AddressUnknown);
    }
}

#[test]
fn l1_absence_removes_only_if_the_operator_says_so() {
    for (on_absent, left) in [(OnAbsent::Keep, 1), (OnAbsent::Remove, 0)] {
        let mut fakes = one(UpdateMode::WhenReplaceable);
        fakes.on_absent = on_absent;
        fakes.round();
        assert_eq!(fakes.provider().addrs(HOME).len(), 1);
        fakes.see(Observation::Absent);
        // The kernel's word that something went starts a round too.
        fakes.play(RoundOptions {
            trigger: Trigger::Network,
            ..RoundOptions::ROUTINE
        });
        assert_eq!(
            fakes.provider().addrs(HOME).len(),
            1,
            "a line that reconnects is gone for less"
        );
        fakes.advance(2 * MINUTE);
        let report = fakes.round();
        assert_eq!(fakes.provider().addrs(HOME).len(), left, "{on_absent:?}");
        assert_eq!(report.verdict(), Verdict::Right);
        let calls = fakes.provider().calls();
        fakes.round();
        assert_eq!(fakes.provider().calls(), calls);
    }
}

#[test]
fn a_clock_that_is_not_set_is_waited_for_without_a_request() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.clock_is_set.set(false);
    let report = fakes.round();
    assert_eq!(*first(&report), Outcome::Kept(KeepReason::NoClock));
    assert_eq!(report.verdict(), Verdict::TryAgain);
    assert_eq!(fakes.provider().calls(), 0);
    fakes.clock_is_set.set(true);
    assert_eq!(
        *first(&fakes.round()),
        Outcome::Changed,
        "and nothing is held"
    );
    fakes.clock_is_set.set(false);
    fakes.advance(25 * HOUR);
    let calls = fakes.provider().calls();
    let report = fakes.round();
    assert_eq!(
        *first(&report),
        Outcome::Unchanged,
        "memory is no worse for it"
    );
    assert_eq!(fakes.provider().calls(), calls);
}

#[test]
fn l6_while_a_write_is_unconfirmed_and_the_clock_is_not_set_nothing_is_said_to_be_right() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    let lost = InjectedFault::Loses(failure(ErrorClass::Unconfirmed));
    fakes.meets(lost);
    fakes.round();
    let calls = fakes.provider().calls();
    fakes.clock_is_set.set(false);
    fakes.advance(MINUTE);
    // What was confirmed before that write, and what may stand there since.
    for addr in ["84.212.10.20", "84.212.99.99"] {
        fakes.see(known(&[addr]));
        let report = fakes.round();
        assert_eq!(*first(&report), Outcome::Kept(KeepReason::NoClock));
        assert_eq!(fakes.provider().calls(), calls);
    }
}

#[test]
fn a_boot_without_network_dns_or_clock_costs_no_more_than_the_round_after_it() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.clock_is_set.set(false);
    fakes.see(unknown());
    for _ in 0..60 {
        fakes.round();
        fakes.advance(Duration::from_secs(1));
    }
    fakes.see(known(&["84.212.10.20"]));
    for _ in 0..60 {
        fakes.round();
        fakes.advance(Duration::from_secs(1));
    }
    assert_eq!(fakes.provider().calls(), 0, "nobody was asked in vain");
    fakes.clock_is_set.set(true);
    // Without DNS no provider is found.
    *fakes.provider().broken.borrow_mut() = Some(failure(ErrorClass::Transient));
    for _ in 0..3 {
        fakes.round();
        fakes.advance(Duration::from_secs(1));
    }
    *fakes.provider().broken.borrow_mut() = None;
    let report = fakes.play(RoundOptions {
        trigger: Trigger::Network,
        ..RoundOptions::ROUTINE
    });
    assert_eq!(outcomes(&report), ["changed"]);
}

#[test]
fn one_family_unknown_does_not_stop_the_other() {
    let both = Host {
        ipv6: HostV6::ThisHost,
        ..host(HOME)
    };
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![both]);
    fakes.see_from(crate::core::address::family::Family::V6.into(), unknown());
    let report = fakes.round();
    assert_eq!(outcomes(&report), ["changed", "kept"]);
    assert_eq!(report.verdict(), Verdict::AddressUnknown);
}

#[test]
fn a_family_that_is_kept_is_not_compared_with_dns() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    fakes.see(Observation::Absent);
    *fakes.dns.borrow_mut() = FakeDns::Says(&[]);
    for _ in 0..30 {
        fakes.advance(5 * MINUTE);
        assert!(fakes.round().dns_mismatches.is_empty());
    }
    assert_eq!(fakes.asked_dns.get(), 0);
}
