//! Years of the daemon in seconds: the real loop, rounds, core, adapters and configuration, on a simulated
//! host and network, with simulated providers that keep the real ones' rules. docs/testing.md says what
//! happens and what is asserted.
//!
//! `SIM_YEARS`, `SIM_SEED` and `SIM_LIFE` prolong or replay it; `script/simulate` sets them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod crew;
mod deed;
mod dice;
mod disk;
mod events;
mod laws;
mod life;
mod line;
mod log;
mod names;
mod observe;
mod place;
mod scene;
mod setup;
mod shell;
mod tally;
mod time;
mod weather;
mod wire;

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use disk::CrashPoint;
use events::SimFault;
use life::{Scenario, Stats};
use tally::Counter;
use tracing_subscriber::filter::LevelFilter;

/// Storms in a life.
const STORMS: u64 = 10;

/// Plays a life; if a law is broken, says which and how to see it again.
fn play<T>(seed: u64, number: u64, plot: impl FnOnce(&mut Scenario) -> T) -> T {
    let mut life = Scenario::new(seed, number);
    let log = tracing_subscriber::fmt()
        .with_writer(life.scene.log.said.clone())
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .with_max_level(LevelFilter::INFO)
        .finish();
    let lived = tracing::subscriber::with_default(log, || {
        catch_unwind(AssertUnwindSafe(|| plot(&mut life)))
    });
    lived.unwrap_or_else(|broken| {
        let scene = &life.scene;
        say(&format!(
            "{:?}\n{}\nSIM_SEED={seed} SIM_LIFE={number} replays a life of the years",
            scene.setup.borrow(),
            scene.log.tail()
        ));
        resume_unwind(broken)
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "how to replay or prolong this test"
)]
fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")),
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "how fast it is, for the report alone"
)]
fn now() -> Instant {
    Instant::now()
}

/// Shown by the test's runner if a law is broken, or on request.
#[expect(
    clippy::print_stdout,
    reason = "what a test has to say goes to its runner"
)]
fn say(what: &str) {
    println!("{what}");
}

fn years(life: &mut Scenario) -> Stats {
    life.live(STORMS)
}

#[test]
fn l1_l2_l3_l4_l5_l6_l7_l8_l9_l10_l11_l12_l13_hold_for_twenty_years() {
    let (seed, begun) = (variable("SIM_SEED").unwrap_or(1), now());
    if let Some(number) = variable("SIM_LIFE") {
        let figures = play(seed, number, years);
        say(&report(seed, &[figures], begun.elapsed()));
        return;
    }
    let wanted = i64::try_from(variable("SIM_YEARS").unwrap_or(20)).unwrap() * time::YEAR;
    let (passed, next) = (AtomicI64::new(0), AtomicU64::new(0));
    let work = || {
        let mut all = Vec::new();
        while passed.load(Ordering::Relaxed) < wanted {
            let figures = play(seed, next.fetch_add(1, Ordering::Relaxed), years);
            passed.fetch_add(figures.millis, Ordering::Relaxed);
            all.push(figures);
        }
        all
    };
    let lives = std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut all = work();
        all.extend(other.join().unwrap_or_else(|broken| resume_unwind(broken)));
        all
    });
    say(&report(seed, &lives, begun.elapsed()));
}

#[test]
fn l13_two_runs_with_one_seed_give_the_same_log() {
    let log = |seed, number| play(seed, number, |life| life.live(3)).sum;
    let numbers = 0..4;
    let logs: BTreeSet<_> = numbers.clone().map(|number| log(3, number)).collect();
    assert!(numbers.clone().all(|number| logs.contains(&log(3, number))));
    assert_eq!(logs.len(), numbers.count(), "another life is another log");
    assert!(!logs.contains(&log(4, 0)), "and so it is with another seed");
}

#[test]
fn l6_killed_at_every_wait_and_in_every_save_it_loses_nothing_and_repeats_nothing_blindly() {
    for number in 0..3 {
        let mut waits = 1;
        while play(5, number, |life| {
            life.is_killed_while_moving(SimFault::KillAfter(waits))
        }) {
            waits += 1;
        }
        for torn in [CrashPoint::Before, CrashPoint::After] {
            let mut saves = 0;
            while play(5, number, |life| {
                life.is_killed_while_moving(SimFault::KillInSave(saves, torn))
            }) {
                saves += 1;
            }
            assert!(saves > 1, "it is killed in no save");
        }
        assert!(waits > 5, "it is killed at no wait");
    }
}

#[test]
fn l9_whatever_hangs_elsewhere_a_change_leaves_for_an_account_that_is_well_within_100_ms() {
    for number in 0..30 {
        play(7, number, |life| {
            let waited = life.longest_wait_for_a_change();
            let allowed = life.allowed_wait();
            assert!(
                waited <= allowed,
                "L9: a change waited {waited} ms and not {allowed} ms at the most"
            );
        });
    }
}

#[test]
fn l3_l6_after_a_storm_of_crashes_and_lost_answers_every_name_is_right_within_three_minutes() {
    let judged: usize = (0..60)
        .map(|number| play(7, number, Scenario::endures))
        .sum();
    assert!(judged > 100, "it judges nothing: {judged}");
}

/// What the years consisted of.
fn report(seed: u64, lives: &[Stats], took: Duration) -> String {
    let sum = |of: fn(&Stats) -> u64| lives.iter().map(of).sum::<u64>();
    let together = |of: fn(&Stats) -> &Counter| {
        let all = Counter::default();
        for life in lives {
            all.add(of(life));
        }
        all
    };
    let days = lives.iter().map(|it| it.millis).sum::<i64>() / time::DAY;
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let years = days as f64 / 365.0;
    format!(
        "seed {seed}: {} lives, {years:.1} years in {:.1} s, {:.2} years per second\n\
         storms {}; processes started {}, killed {}\n\
         rounds {}; requests {}, of these writes {}, writes without a proper answer {}, writes that \
         changed nothing {}\n\
         what happened: {}\n\
         what became of requests otherwise: {}",
        lives.len(),
        took.as_secs_f64(),
        years / took.as_secs_f64(),
        sum(|it| it.storms),
        sum(|it| it.starts),
        sum(|it| it.kills),
        sum(|it| it.counted.rounds),
        sum(|it| it.counted.requests),
        sum(|it| it.counted.writes),
        sum(|it| it.counted.unanswered_writes),
        sum(|it| it.needless),
        together(|it| &it.incidents),
        together(|it| &it.faults),
    )
}
