mod properties;

use crate::core::error::ErrorClass;
use crate::core::error::ProviderError;
use crate::core::schedule::hold::Hold;
use crate::core::schedule::intervals::Intervals;
use crate::core::schedule::intervals::is_due;
use std::collections::BTreeSet;

use super::*;
use crate::core::{
    address::family::Family,
    detection::{
        nat::NatState,
        observation::{Observation, UnavailableReason},
        report::DetectionReport,
    },
    dns::{name::Fqdn, record::AccountName},
    reconcile::{intent::KeepReason, outcome::Outcome, rejection::GuardRejection},
    report::HostReport,
    state::Propagation,
};

const HOUR: Duration = Duration::from_hours(1);

fn at(seconds: i64) -> BootTime {
    BootTime::from_millis(seconds * 1000)
}

const CADENCE: Intervals = Intervals {
    interval: Duration::from_mins(5),
    verify: HOUR,
    audit: Duration::from_hours(24),
};

fn target() -> Target {
    Target {
        account: AccountName("home".into()),
        host: Fqdn::parse("home.example.com").unwrap(),
        family: Family::V4,
    }
}

fn report(observation: Observation, outcome: Outcome) -> Report {
    Report {
        detections: vec![DetectionReport {
            path: Family::V4.into(),
            observation,
            answers: Vec::new(),
            warnings: Vec::new(),
            nat: NatState::default(),
        }],
        hosts: vec![HostReport {
            target: target(),
            via: None,
            outcome,
            addresses: Vec::new(),
            change: None,
            retry_at: None,
        }],
        ..Report::default()
    }
}

fn quiet() -> Report {
    report(Observation::Absent, Outcome::Unchanged)
}

fn waits(class: ErrorClass, count: u32) -> Vec<u64> {
    let failure = ProviderError::of_account(class, "x");
    let mut hold: Option<Hold> = None;
    (0..count)
        .map(|_| {
            let now = hold.as_ref().map_or(at(0), |hold| hold.until);
            let next = Hold::after_failure(hold.as_ref(), &failure, now, 0.0);
            let wait = next.until.since(now).as_secs();
            hold = Some(next);
            wait
        })
        .collect()
}

#[test]
fn a_hold_is_of_the_credentials_from_a_refusal_on_whatever_a_probe_meets() {
    let after = |before: Option<&Hold>, class| {
        Hold::after_failure(before, &ProviderError::of_account(class, "x"), at(0), 0.0)
    };
    assert!(!after(None, ErrorClass::Transient).is_of_credentials());
    let refused = after(None, ErrorClass::Unauthorized);
    assert!(refused.is_of_credentials());
    assert!(after(Some(&refused), ErrorClass::Transient).is_of_credentials());
    // As it was written before refusals were counted.
    let older = Hold {
        refusals: 0,
        ..refused
    };
    assert!(older.is_of_credentials());
}

#[test]
fn backoff_doubles_up_to_its_bound() {
    assert_eq!(
        waits(ErrorClass::Transient, 10),
        [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    );
    assert_eq!(
        waits(ErrorClass::NotFound, 7),
        [900, 1800, 3600, 7200, 14_400, 21_600, 21_600]
    );
}

#[test]
fn refused_credentials_are_probed_after_6_then_12_then_every_24_hours() {
    let hours: Vec<_> = waits(ErrorClass::Unauthorized, 4)
        .into_iter()
        .map(|it| it / 3600)
        .collect();
    assert_eq!(hours, [6, 12, 24, 24]);
}

#[test]
fn a_probe_that_says_nothing_of_the_credentials_forgets_no_refusal() {
    let mut hold: Option<Hold> = None;
    let mut hours = Vec::new();
    for class in [
        ErrorClass::Unauthorized,
        ErrorClass::Transient,
        ErrorClass::Unauthorized,
        ErrorClass::RateLimited { retry_after: None },
        ErrorClass::ProtocolViolation,
        ErrorClass::Unauthorized,
        ErrorClass::Unconfirmed,
        ErrorClass::Unauthorized,
    ] {
        let failure = ProviderError::of_account(class, "x");
        let now = hold.as_ref().map_or(at(0), |hold| hold.until);
        let next = Hold::after_failure(hold.as_ref(), &failure, now, 0.0);
        if class == ErrorClass::Unauthorized {
            hours.push(next.until.since(now).as_secs() / 3_600);
        } else {
            assert!(next.until.since(now) <= HOUR, "{class:?}");
        }
        hold = Some(next);
    }
    assert_eq!(hours, [6, 12, 24, 24]);
}

#[test]
fn retry_after_is_obeyed_and_clamped() {
    let limited = |seconds| ErrorClass::RateLimited {
        retry_after: Some(Duration::from_secs(seconds)),
    };
    assert_eq!(waits(limited(120), 2), [120, 120]);
    assert_eq!(waits(limited(0), 1), [30]);
    assert_eq!(waits(limited(10_000_000), 1), [86_400]);
    assert_eq!(
        waits(ErrorClass::RateLimited { retry_after: None }, 4),
        [3600, 7200, 14_400, 21_600]
    );
}

#[test]
fn another_kind_of_failure_starts_its_own_count() {
    let next = |before: &Hold, class| {
        let failure = ProviderError::of_account(class, "x");
        Hold::after_failure(Some(before), &failure, before.until, 0.0)
    };
    let transient = ProviderError::of_account(ErrorClass::Transient, "x");
    let first = Hold::after_failure(None, &transient, at(0), 0.0);
    let second = next(&first, ErrorClass::ProtocolViolation);
    assert_eq!(
        second.failures, 2,
        "words for the same thing go on counting"
    );
    assert_eq!(next(&second, ErrorClass::Unauthorized).failures, 1);
}

#[test]
fn what_the_guard_puts_off_is_tried_again_when_it_says() {
    let day = Intervals {
        interval: 24 * HOUR,
        verify: 24 * HOUR,
        audit: 24 * HOUR,
    };
    let (count, until) = (3, at(700));
    let wait = Duration::from_mins(10);
    for refusal in [
        GuardRejection::RepeatedContent { count, until, wait },
        GuardRejection::UnconfirmedWrites { count, until, wait },
        GuardRejection::TooManyWrites { count, until, wait },
        GuardRejection::TooManyRequests {
            count: 1_200,
            until,
            wait,
        },
    ] {
        let report = report(Observation::Absent, Outcome::Refused(refusal));
        let next = Schedule::default().next(at(100), day, &report, &State::default(), 0.5);
        assert_eq!(next, until);
    }
}

#[test]
fn an_attempt_out_of_turn_is_no_step_of_the_ladder() {
    let failure = ProviderError::of_account(ErrorClass::Transient, "x");
    let first = Hold::after_failure(None, &failure, at(0), 0.0);
    let again = Hold::after_failure(Some(&first), &failure, at(1), 0.0);
    assert_eq!((again.failures, again.until), (1, at(6)));
    let in_turn = Hold::after_failure(Some(&again), &failure, at(6), 0.0);
    assert_eq!((in_turn.failures, in_turn.until), (2, at(16)));
}

#[test]
fn a_run_on_request_ignores_short_pauses_but_no_refusal() {
    let hold = |class, failures| {
        let failure = ProviderError::of_account(class, "x");
        let mut hold = Hold::after_failure(None, &failure, at(0), 0.0);
        for _ in 1..failures {
            hold = Hold::after_failure(Some(&hold), &failure, hold.until, 0.0);
        }
        hold
    };
    for (class, failures, binds) in [
        (ErrorClass::Transient, 1, false),
        (ErrorClass::Transient, 4, false),
        (ErrorClass::Transient, 5, true),
        (ErrorClass::Unauthorized, 1, true),
        (
            ErrorClass::RateLimited {
                retry_after: Some(Duration::from_secs(30)),
            },
            1,
            true,
        ),
    ] {
        let hold = hold(class, failures);
        let now = hold.since;
        assert!(hold.is_active(now));
        assert_eq!(
            hold.is_active_for_manual_run(now),
            binds,
            "{class:?} {failures}"
        );
    }
    for (millis, binds) in [(59_999, false), (60_000, true)] {
        let pause = Hold {
            until: BootTime::from_millis(millis),
            ..Hold::after_failure(
                None,
                &ProviderError::of_account(ErrorClass::Transient, "x"),
                at(0),
                0.0,
            )
        };
        assert_eq!(pause.is_active_for_manual_run(at(0)), binds, "{millis}");
    }
}

#[test]
fn what_was_done_is_due_again_when_its_time_has_passed_or_lies_ahead() {
    let every = Duration::from_secs(10);
    for (last, due) in [
        (None, true),
        (Some(0), true),
        (Some(89), true),
        (Some(90), true),
        (Some(91), false),
        (Some(100), false),
        (Some(101), true),
    ] {
        assert_eq!(is_due(last.map(at), every, at(100)), due, "{last:?}");
    }
}

#[test]
fn a_hold_longer_than_any_cannot_be() {
    let day = 24 * HOUR;
    for (until, cannot) in [
        (day, false),
        (30 * HOUR, false),
        (30 * HOUR + Duration::from_millis(1), true),
    ] {
        let hold = Hold {
            until: at(0).after(until),
            ..Hold::after_failure(
                None,
                &ProviderError::of_account(ErrorClass::Unauthorized, "x"),
                at(0),
                0.0,
            )
        };
        assert_eq!(hold.is_impossible(at(0)), cannot, "{until:?}");
    }
}

#[test]
fn a_family_that_is_gone_wakes_the_loop_when_that_counts_as_settled_and_not_again() {
    for (now, wait) in [(100, 120), (219, 1), (220, 300), (221, 300)] {
        let mut state = State::default();
        let past = state.paths.entry(Family::V6.into()).or_default();
        past.absent = Some(at(100));
        let next = Schedule::default().next(at(now), CADENCE, &quiet(), &state, 0.5);
        assert_eq!(next, at(now + wait), "{now}");
    }
}

#[test]
fn the_routine_check_comes_within_a_tenth_of_the_interval() {
    for (jitter, seconds) in [(0.0, 270), (0.5, 300), (1.0, 330)] {
        let mut schedule = Schedule::default();
        let next = schedule.next(at(100), CADENCE, &quiet(), &State::default(), jitter);
        assert_eq!(next, at(100 + seconds));
    }
}

#[test]
fn an_unknown_address_is_looked_for_again_quickly_and_then_less_so() {
    let unknown = report(
        Observation::Unavailable(UnavailableReason::Offline),
        Outcome::Kept(KeepReason::Unavailable(UnavailableReason::Offline)),
    );
    let mut schedule = Schedule::default();
    let mut wait = |report: &Report| {
        let next = schedule.next(at(0), CADENCE, report, &State::default(), 0.5);
        next.since(at(0)).as_secs()
    };
    let waits: Vec<_> = (0..11).map(|_| wait(&unknown)).collect();
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    assert_eq!(wait(&quiet()), 300);
    assert_eq!(wait(&unknown), 1, "what was found once starts anew");
}

#[test]
fn a_clock_that_is_not_set_is_looked_at_again_as_quickly() {
    let waiting = report(Observation::Absent, Outcome::Kept(KeepReason::NoClock));
    let mut schedule = Schedule::default();
    let next = schedule.next(at(0), CADENCE, &waiting, &State::default(), 0.5);
    assert_eq!(next, at(1));
}

#[test]
fn a_change_that_has_to_last_is_looked_at_when_it_has() {
    let flapping = |wait| {
        let flapping = Observation::Unavailable(UnavailableReason::Flapping {
            believed: BTreeSet::new(),
            claimed: BTreeSet::new(),
            changes: 3,
            wait: Duration::from_secs(wait),
        });
        report(flapping, Outcome::Unchanged)
    };
    let mut schedule = Schedule::default();
    let mut next = |wait| schedule.next(at(0), CADENCE, &flapping(wait), &State::default(), 0.5);
    assert_eq!(next(200), at(200));
    assert_eq!(next(2_000), at(300), "and in every round before");
}

#[test]
fn the_end_of_a_hold_wakes_the_loop() {
    let mut state = State::default();
    let failure = ProviderError::of_host(ErrorClass::Transient, "x");
    state.target_mut(&target()).hold = Some(Hold::after_failure(None, &failure, at(0), 0.0));
    let mut schedule = Schedule::default();
    assert_eq!(schedule.next(at(1), CADENCE, &quiet(), &state, 0.5), at(5));
    // The account's own hold goes before the target's.
    let account = state.accounts.get_mut(&target().account).unwrap();
    account.hold = Some(Hold::after_failure(
        account.hold.as_ref(),
        &failure,
        at(3),
        0.0,
    ));
    assert_eq!(schedule.next(at(4), CADENCE, &quiet(), &state, 0.5), at(8));
}

#[test]
fn a_change_that_is_spreading_at_the_zones_servers_wakes_the_loop_less_and_less() {
    let mut state = State::default();
    state.target_mut(&target()).propagation = Some(Propagation {
        since: at(0),
        previous: Vec::new(),
    });
    let mut schedule = Schedule::default();
    let mut wait = |now| {
        let next = schedule.next(at(now), CADENCE, &quiet(), &state, 0.5);
        next.since(at(now)).as_secs()
    };
    assert_eq!([0, 5, 10, 20, 599].map(&mut wait), [5, 5, 10, 20, 300]);
    assert_eq!(wait(600), 300, "and not at all in the end");
}

#[test]
fn a_difference_in_dns_is_looked_at_again_soon() {
    let mut state = State::default();
    state.target_mut(&target()).mismatches = 1;
    let mut schedule = Schedule::default();
    assert_eq!(schedule.next(at(0), CADENCE, &quiet(), &state, 0.5), at(30));
    state.target_mut(&target()).mismatches = 2;
    assert_eq!(
        schedule.next(at(0), CADENCE, &quiet(), &state, 0.5),
        at(300)
    );
}
