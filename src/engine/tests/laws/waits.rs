//! Failures that pass: when the next attempt is, and for whom (L8).

use std::time::Duration;

use super::{HOME, HOUR, MINUTE, failure, one};
use crate::{
    core::{
        error::ErrorClass,
        reconcile::{outcome::Outcome, plan::UpdateMode},
    },
    engine::{
        RoundOptions, Trigger,
        tests::world::{first, known, outcomes},
    },
};

#[test]
fn l8_an_account_in_trouble_is_asked_less_and_less() {
    let fakes = one(UpdateMode::WhenReplaceable);
    *fakes.provider().broken.borrow_mut() = Some(failure(ErrorClass::Transient));
    for _ in 0..3_600 {
        fakes.round();
        fakes.advance(Duration::from_secs(1));
    }
    let calls = fakes.provider().calls();
    assert!((8..=12).contains(&calls), "{calls} calls in an hour");
}

#[test]
fn l8_retry_after_is_obeyed_across_restarts_and_reloads() {
    // What is asked for, and how long nobody is asked: half a minute at least, a day at most.
    for (asked, obeyed) in [(0, 30), (90, 90), (1_500, 1_500), (864_000, 86_400)] {
        for for_writes in [false, true] {
            let fakes = one(UpdateMode::WhenReplaceable);
            fakes.provider().put(HOME, "1.1.1.1");
            let retry_after = Some(Duration::from_secs(asked));
            let limited = Some(failure(ErrorClass::RateLimited { retry_after }));
            let provider = fakes.provider();
            let wish = if for_writes {
                &provider.unwritable
            } else {
                &provider.broken
            };
            *wish.borrow_mut() = limited;
            fakes.round();
            let calls = provider.calls();
            let step = Duration::from_secs(obeyed) / 30;
            for turn in 0..30 {
                for trigger in [Trigger::Scheduled, Trigger::Network, Trigger::Manual] {
                    fakes.restart();
                    // Another secret, or other hosts: each time the configuration was read.
                    fakes.fingerprint.set(fakes.fingerprint.get() + 1);
                    let report = fakes.play(RoundOptions {
                        audit: true,
                        trigger,
                        dry_run: false,
                    });
                    let is_held = matches!(first(&report), Outcome::Held { .. });
                    assert!(is_held, "{asked} s, {trigger:?}");
                }
                assert_eq!(provider.calls(), calls, "{asked} s, turn {turn}");
                fakes.advance(step);
            }
            *wish.borrow_mut() = None;
            assert_eq!(outcomes(&fakes.round()), ["changed"], "{asked} s");
        }
    }
}

/// How long a name stays wrong while a provider's writes fail with `class` for so long.
fn wrong_for(class: ErrorClass, outage: Duration) -> Duration {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    *fakes.provider().unwritable.borrow_mut() = Some(failure(class));
    let mut wrong = Duration::ZERO;
    while fakes.provider().addrs(HOME) != ["84.212.99.99"] {
        if wrong >= outage {
            *fakes.provider().unwritable.borrow_mut() = None;
        }
        fakes.round();
        fakes.restart();
        fakes.advance(Duration::from_secs(1));
        wrong += Duration::from_secs(1);
        assert!(wrong < 2 * HOUR, "{class:?}");
    }
    wrong
}

#[test]
fn l3_l8_writes_that_fail_for_a_while_silence_nobody_for_an_hour() {
    for class in [
        ErrorClass::Transient,
        ErrorClass::Unconfirmed,
        ErrorClass::ProtocolViolation,
    ] {
        for outage in [20, 60, 600].map(Duration::from_secs) {
            let wrong = wrong_for(class, outage);
            assert!(
                wrong < outage * 3 + MINUTE,
                "{class:?}: {outage:?} of trouble, wrong for {wrong:?}"
            );
        }
    }
}
