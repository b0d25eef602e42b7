//! What holds of every hold and of every next round.

use crate::core::error::ErrorClass;
use crate::core::error::ProviderError;
use crate::core::schedule::hold::Hold;
use proptest::prelude::*;

use super::*;

fn classes() -> impl Strategy<Value = ErrorClass> {
    let asked = (0..10_000_000_u64).prop_map(|seconds| ErrorClass::RateLimited {
        retry_after: Some(Duration::from_secs(seconds)),
    });
    let own = prop::sample::select(vec![
        ErrorClass::Transient,
        ErrorClass::ProtocolViolation,
        ErrorClass::Unconfirmed,
        ErrorClass::Unauthorized,
        ErrorClass::NotFound,
        ErrorClass::Invalid,
        ErrorClass::RateLimited { retry_after: None },
    ]);
    prop_oneof![7 => own, 1 => asked]
}

/// Holds of before and to come, and such that no failure leads to.
fn holds() -> impl Strategy<Value = Option<Hold>> {
    let hold = (classes(), -1_000_000_i64..2_000_000, 0_i64..1_000_000);
    prop::option::of(hold.prop_map(|(class, since, length)| Hold {
        class,
        message: String::new(),
        failures: 1,
        refusals: 1,
        since: at(since),
        until: at(since.saturating_add(length)),
    }))
}

fn account(number: u8) -> Target {
    Target {
        account: AccountName(number.to_string()),
        ..target()
    }
}

/// What is remembered of the only host of an account.
fn host_memories() -> impl Strategy<Value = (Option<Hold>, TargetState)> {
    let spreading = prop::option::of(0_i64..1_000_000);
    (holds(), holds(), 0..3_u32, spreading).prop_map(|(account, hold, differing, spreading)| {
        let spreading = spreading.map(|since| Propagation {
            since: at(since),
            previous: Vec::new(),
        });
        let target = TargetState {
            propagation: spreading,
            mismatches: differing,
            hold,
            ..TargetState::default()
        };
        (account, target)
    })
}

/// When the next round is after one in which these hosts took part.
fn next(hosts: &[(u8, (Option<Hold>, TargetState))], now: i64, jitter: f64) -> BootTime {
    let mut state = State::default();
    let mut report = quiet();
    let line = report.hosts.remove(0);
    for (number, (hold, remembered)) in hosts {
        let target = account(*number);
        *state.target_mut(&target) = remembered.clone();
        state.accounts.get_mut(&target.account).unwrap().hold = hold.clone();
        report.hosts.push(HostReport {
            target,
            ..line.clone()
        });
    }
    Schedule::default().next(at(now), CADENCE, &report, &state, jitter)
}

proptest! {
    #[test]
    fn holds_are_bounded_and_never_shorter_after_more_failures_or_with_more_jitter(
        class in classes(),
        failures in 1_u32..200,
        jitter in 0.0..1.0_f64,
        more in 0.0..1.0_f64,
    ) {
        let failure = ProviderError::of_account(class, "x");
        let hold = |failures: u32, jitter| {
            let before = Hold {
                class,
                message: String::new(),
                failures: failures - 1,
                refusals: failures - 1,
                since: at(0),
                until: at(0),
            };
            Hold::after_failure(Some(&before), &failure, at(0), jitter)
        };
        let held = hold(failures, jitter);
        prop_assert!(held.is_active(at(0)) && !held.is_impossible(at(0)), "{:?}", held);
        prop_assert!(held.until >= hold(failures, 0.0).until);
        prop_assert!(hold(failures + 1, jitter).until >= held.until);
        prop_assert!(hold(failures, jitter.max(more)).until >= held.until);
    }

    /// L8, L11: whatever is remembered, and from whenever.
    #[test]
    fn the_next_round_is_never_in_the_past_nor_far_beyond_the_interval(
        now in 0_i64..1_000_000,
        jitter in 0.0..1.0_f64,
        hosts in prop::collection::vec(host_memories(), 0..4),
    ) {
        let hosts: Vec<_> = (0..).zip(hosts).collect();
        let next = next(&hosts, now, jitter);
        prop_assert!(next > at(now));
        prop_assert!(next <= at(now + 330));
    }

    #[test]
    fn no_account_makes_another_wait(
        now in 0_i64..1_000_000,
        jitter in 0.0..1.0_f64,
        one in host_memories(),
        other in host_memories(),
    ) {
        let (one, other) = ((1, one), (2, other));
        let alone = next(std::slice::from_ref(&one), now, jitter)
            .min(next(std::slice::from_ref(&other), now, jitter));
        prop_assert_eq!(next(&[one, other], now, jitter), alone);
    }

    #[test]
    fn while_nothing_is_known_the_pauses_grow_and_the_interval_bounds_them(
        rounds in 1_usize..80,
        jitter in 0.0..1.0_f64,
    ) {
        let unknown = report(Observation::Unavailable(UnavailableReason::Offline), Outcome::Unchanged);
        let mut schedule = Schedule::default();
        let mut next = || schedule.next(at(0), CADENCE, &unknown, &State::default(), jitter);
        let pauses: Vec<_> = (0..rounds).map(|_| next()).collect();
        prop_assert!(pauses.is_sorted() && pauses[0] == at(1), "{:?}", pauses);
        prop_assert!(pauses.iter().all(|it| *it <= at(330)));
    }
}
