//! No request and no write without need (L3, L13).

use std::time::Duration;

use super::{HOME, HOUR, MINUTE, failure, one};
use crate::{
    core::{
        error::ErrorClass,
        reconcile::{
            intent::{Host, HostV6},
            limits::WriteLimits,
            outcome::Outcome,
            plan::UpdateMode,
            rejection::GuardRejection,
        },
        verdict::Verdict,
    },
    engine::{
        RoundOptions, Trigger,
        tests::world::{FakeDns, InjectedFault, RoundFixture, first, host, known, outcomes},
    },
};

#[test]
fn l3_l13_a_round_that_changes_nothing_asks_no_provider_also_after_a_restart() {
    for push in [UpdateMode::WhenReplaceable, UpdateMode::Never] {
        let fakes = one(push);
        assert_eq!(outcomes(&fakes.round()), ["changed"]);
        let calls = fakes.provider().calls();
        for _ in 0..11 {
            fakes.advance(5 * MINUTE);
            fakes.restart();
            assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
        }
        assert_eq!(fakes.provider().calls(), calls);
        assert_eq!(
            fakes.asked_dns.get(),
            1,
            "the change was seen, and no verification is due within the hour"
        );
    }
}

#[test]
fn l3_what_is_right_already_is_adopted_without_a_write() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.provider().put(HOME, "84.212.10.20");
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert!(fakes.provider().writes.borrow().is_empty());
}

#[test]
fn l3_a_provider_that_says_yes_and_shows_the_old_address_is_written_at_most_four_times_an_hour() {
    let fakes = one(UpdateMode::Never);
    fakes.provider().put(HOME, "1.1.1.1");
    for _ in 0..60 {
        fakes.meets(InjectedFault::Lies);
        fakes.play(RoundOptions {
            audit: true,
            ..RoundOptions::ROUTINE
        });
        fakes.restart();
        fakes.advance(MINUTE);
    }
    let writes = fakes.provider().writes.borrow().len();
    assert!(
        (1..=4).contains(&writes),
        "{writes} writes that changed nothing"
    );
}

/// Plays a round each five seconds for an hour, in another process each, and says at which seconds something was
/// written.
fn written_within_an_hour(fakes: &RoundFixture, mut then: impl FnMut(&RoundFixture)) -> Vec<u64> {
    let mut times = Vec::new();
    for second in (0..3_600).step_by(5) {
        fakes.round();
        times.resize(fakes.provider().writes.borrow().len(), second);
        then(fakes);
        fakes.advance(Duration::from_secs(5));
    }
    times
}

/// Writes of the same that got no answer: few of them while an earlier one may still arrive, and yet each
/// time within three minutes of the last.
fn assert_paced(times: &[u64]) {
    let gaps: Vec<_> = times.windows(2).map(|it| it[1] - it[0]).collect();
    let may_change_nothing = gaps.iter().filter(|gap| **gap < 162).count();
    assert!(may_change_nothing <= 4, "{times:?}");
    assert!(gaps.iter().all(|gap| *gap < 180), "{times:?}");
    assert!(
        times.last().is_some_and(|last| 3_600 - last < 180),
        "{times:?}"
    );
}

#[test]
fn l3_l6_writes_that_change_nothing_are_counted_across_crashes_too() {
    let fakes = one(UpdateMode::Never);
    fakes.provider().put(HOME, "1.1.1.1");
    // Killed before anything was written down of the answer, and nothing was done.
    fakes
        .provider()
        .faults
        .borrow_mut()
        .extend((0..3_600).map(|_| InjectedFault::Lies));
    let is_under_way = |fakes: &RoundFixture| {
        let state = fakes.state.borrow();
        let mut targets = state.accounts.values().flat_map(|it| it.targets.values());
        targets.any(|it| it.writes.last().is_some_and(|write| write.acknowledged))
    };
    let times = written_within_an_hour(&fakes, |fakes| {
        if is_under_way(fakes) {
            fakes.crash();
        } else {
            fakes.restart();
        }
    });
    assert_paced(&times);
}

#[test]
fn l6_a_late_write_that_overtakes_a_newer_one_is_put_right_within_three_minutes() {
    for push in [UpdateMode::WhenReplaceable, UpdateMode::Never] {
        let fakes = one(push);
        *fakes.dns.borrow_mut() = FakeDns::Silent;
        fakes.round();
        fakes.see(known(&["84.212.66.66"]));
        fakes.meets(InjectedFault::Fails(failure(ErrorClass::Unconfirmed)));
        fakes.round();
        fakes.see(known(&["84.212.99.99"]));
        fakes.advance(Duration::from_secs(10));
        assert_eq!(
            outcomes(&fakes.round()),
            ["changed"],
            "other content waits for nothing"
        );
        fakes.provider().records.borrow_mut().clear();
        fakes.provider().put(HOME, "84.212.66.66");
        // It is looked at when nothing can arrive any more.
        fakes.advance(Duration::from_secs(151));
        assert_eq!(
            outcomes(&fakes.round()),
            ["unchanged"],
            "it is not known yet"
        );
        fakes.advance(Duration::from_secs(1));
        assert_eq!(outcomes(&fakes.round()), ["changed"]);
        assert_eq!(fakes.provider().addrs(HOME), ["84.212.99.99"]);
        let lists = fakes.provider().lists.get();
        fakes.advance(5 * MINUTE);
        assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
        assert_eq!(fakes.provider().lists.get(), lists, "the doubt is over");
    }
}

#[test]
fn l3_a_server_that_always_answers_stale_leads_to_no_further_write() {
    let fakes = one(UpdateMode::WhenReplaceable);
    *fakes.dns.borrow_mut() = FakeDns::Says(&["9.9.9.9"]);
    for _ in 0..600 {
        fakes.round();
        fakes.advance(MINUTE);
    }
    assert_eq!(fakes.provider().writes.borrow().len(), 1);
    assert!(
        fakes.provider().lists.get() < 25,
        "and to a look about once an hour"
    );
}

#[test]
fn l3_an_address_that_comes_and_goes_is_no_storm_of_updates() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.from_outside.set(true);
    let mut refused = 0;
    for minute in 0..24 * 60 {
        fakes.see(known(&[["84.212.10.20", "84.212.99.99"][minute % 2]]));
        let report = fakes.round();
        refused += usize::from(report.verdict() == Verdict::AddressUnknown);
        fakes.advance(MINUTE);
    }
    // The first, and five an hour.
    let writes = fakes.provider().writes.borrow().len();
    assert!((6..=121).contains(&writes), "{writes}");
    assert!(refused > 600, "what is not believed is said: {refused}");
    for _ in 0..40 {
        fakes.round();
        fakes.advance(MINUTE);
    }
    assert_eq!(
        fakes.provider().addrs(HOME),
        ["84.212.99.99"],
        "what lasts is believed"
    );
}

#[test]
fn an_account_is_asked_so_often_an_hour_and_no_more_also_after_a_crash() {
    let fakes = one(UpdateMode::WhenReplaceable);
    let asked = || fakes.provider().calls();
    let full = RoundOptions {
        audit: true,
        ..RoundOptions::ROUTINE
    };
    for _ in 0..1_300 {
        // Killed as soon as the request has left: only what was saved before is remembered.
        fakes.play(full);
        let last = fakes.saved.borrow().len() - 1;
        fakes.saved.borrow_mut().truncate(last);
        fakes.restart();
        fakes.saved.borrow_mut().drain(..last - 1);
        fakes.advance(Duration::from_secs(2));
    }
    assert!(asked() <= 1_200, "{}", asked());
    let report = fakes.play(full);
    assert!(matches!(
        first(&report),
        Outcome::Refused(GuardRejection::TooManyRequests { .. })
    ));
    assert_eq!(report.verdict(), Verdict::TryAgain);
    fakes.advance(HOUR);
    assert_eq!(*first(&fakes.play(full)), Outcome::Unchanged);
}

#[test]
fn servers_that_cannot_be_asked_lead_to_no_request() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    *fakes.dns.borrow_mut() = FakeDns::Silent;
    let calls = fakes.provider().calls();
    fakes.advance(HOUR);
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert_eq!(fakes.provider().calls(), calls);
}

#[test]
fn a_dry_run_writes_nothing() {
    let fakes = one(UpdateMode::WhenReplaceable);
    let report = fakes.play(RoundOptions {
        audit: true,
        dry_run: true,
        trigger: Trigger::Manual,
    });
    assert_eq!(*first(&report), Outcome::Planned);
    assert!(fakes.provider().writes.borrow().is_empty());
}

#[test]
fn l3_at_dnspod_answers_lost_for_an_hour_lead_to_at_most_four_writes_that_may_change_nothing() {
    let fakes = one(UpdateMode::Never);
    fakes.provider().put(HOME, "1.1.1.1");
    *fakes.provider().unwritable.borrow_mut() = Some(failure(ErrorClass::Unconfirmed));
    assert_paced(&written_within_an_hour(&fakes, RoundFixture::restart));
}

#[test]
fn a_change_does_not_wait_for_dns_servers() {
    let both = Host {
        ipv6: HostV6::ThisHost,
        ..host(HOME)
    };
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![both]);
    let six = known(&["2a01:79c::1"]);
    fakes
        .addresses
        .borrow_mut()
        .insert(crate::core::address::family::Family::V6.into(), six);
    fakes.round();
    // Both are due for a look; one of them has to be written.
    fakes.advance(HOUR);
    fakes.see(known(&["84.212.99.99"]));
    fakes.round();
    assert_eq!(fakes.asked_dns.get(), 0);
}

#[test]
fn an_address_that_is_ours_again_may_use_the_reserve_while_another_is_in_doubt() {
    let fakes = one(UpdateMode::Never);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    fakes.meets(InjectedFault::Loses(failure(ErrorClass::Unconfirmed)));
    assert_eq!(outcomes(&fakes.round()), ["unconfirmed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.99.99"]);
    fakes.see(known(&["84.212.10.20"]));
    fakes.advance(MINUTE);
    // Everything but the reserve is used up.
    fakes.limits.set(WriteLimits {
        general_requests: 0,
        ..WriteLimits::default()
    });
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
}
