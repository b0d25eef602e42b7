//! Forty changes of the addresses within a minute, each with a killed process or a lost answer.

use std::time::Duration;

use fastrand::Rng;
use sandbox::{Fault, FaultKind, Service};

use super::{
    life::{LifeEnd, Process},
    place::{CrashProviders, SERVICES},
    say,
    schedule::{Addresses, KillPoint},
};

/// How often the addresses change, and how long after one another.
const STORM_CHANGES: usize = 40;
const CHANGE_INTERVAL: Duration = Duration::from_millis(1_500);

/// Storms within one hour: what one leaves behind counts in the next.
const STORM_COUNT: usize = 3;

/// By when everything is right.
const RECOVERY: Duration = Duration::from_mins(3);

#[test]
fn l3_l6_after_forty_changes_with_kills_and_lost_answers_all_is_right_within_three_minutes() {
    for seed in 0..2 {
        say(&format!("seed {seed}"));
        // None of these names was ever written.
        let place = CrashProviders::new();
        let mut rng = Rng::with_seed(seed);
        rng.u64(..);
        let others = place.records().others;
        for _ in 0..STORM_COUNT {
            let mut addresses = Addresses::drawn(&mut rng);
            for _ in 0..STORM_CHANGES {
                addresses = Addresses::drawn(&mut rng);
                suffer(&place, addresses, &mut rng);
            }
            place.bench.sandbox.settle(Duration::from_secs(20));
            recover(&place, addresses);
        }
        let (needless, locked) = place.needless_updates();
        assert!(
            needless <= 4 && !locked,
            "{needless} updates changed nothing"
        );
        assert_eq!(place.records().others, others, "records of others");
    }
}

/// A process that has these addresses, and comes to its end.
fn suffer(place: &CrashProviders, addresses: Addresses, rng: &mut Rng) {
    place.sleep(CHANGE_INTERVAL);
    place.take(addresses);
    let is_killed = rng.bool();
    for service in SERVICES {
        let late = Duration::from_millis(rng.u64(5..60));
        let kind = match rng.u8(..6) {
            0..3 => FaultKind::Drop,
            3 => FaultKind::DelayWork(late),
            _ => FaultKind::LoseAnswer,
        };
        let writes: &[&str] = match service {
            Service::Domeneshop => &["dyndns", "PUT", "POST"],
            _ => &["Record.Modify", "Record.Create"],
        };
        for write in writes {
            let fault = Fault::new(service, write, kind.clone());
            if !is_killed || rng.bool() {
                place.bench.sandbox.fault(fault);
            }
        }
    }
    // A daemon that starts waits for what it was told to wait for.
    let mut process = Process::start(place, rng.u8(..10) < 8);
    let moment = if is_killed {
        let service = SERVICES[rng.usize(..SERVICES.len())];
        KillPoint::Asked(service, rng.usize(1..=5))
    } else {
        KillPoint::RoundOver
    };
    let end = process.until(moment, Duration::from_micros(rng.u64(..3_000)), addresses);
    assert!(
        !matches!(end, LifeEnd::Ended { code } if !matches!(code, 0 | 75)),
        "{end:?}"
    );
    if rng.bool() {
        process.kill();
    } else {
        // What it has sent may arrive while the next one is at work.
        drop(process);
    }
    place.bench.sandbox.clear_faults();
}

/// Rounds as the daemon itself would have them, the time between them passing at once.
fn recover(place: &CrashProviders, addresses: Addresses) {
    let mut passed = Duration::ZERO;
    loop {
        let mut process = Process::start(place, false);
        process.until(KillPoint::RoundOver, Duration::ZERO, addresses);
        let wrong = place.records().wrong(addresses);
        if wrong.is_empty() && place.unconfirmed() == 0 {
            process.kill();
            return;
        }
        let status = place.bench.run(&["status", "--json"]).assert_exit(0).json();
        process.kill();
        let next = status["next_check_in_seconds"].as_u64().unwrap() + 1;
        passed += Duration::from_secs(next);
        assert!(passed <= RECOVERY, "{wrong:?} after {passed:?}: {status}");
        place.sleep(Duration::from_secs(next));
    }
}
