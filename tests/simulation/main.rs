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
mod time;
mod weather;
mod wire;

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
};

use life::{Figures, Life};
use tracing_subscriber::filter::LevelFilter;

/// Storms in a life.
const STORMS: u64 = 10;

/// Plays one life; if a law is broken, says which and how to see it again.
fn play(seed: u64, number: u64, storms: u64) -> Figures {
    let mut life = Life::new(seed, number);
    let said = life.scene.log.said.clone();
    let log = tracing_subscriber::fmt()
        .with_writer(said)
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .with_max_level(LevelFilter::INFO)
        .finish();
    let lived = tracing::subscriber::with_default(log, || {
        catch_unwind(AssertUnwindSafe(|| life.live(storms)))
    });
    lived.unwrap_or_else(|broken| {
        let scene = &life.scene;
        say(&format!(
            "{:?}\n{}\nSIM_SEED={seed} SIM_LIFE={number} replays this",
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

/// Shown by the test's runner if a law is broken, or on request.
#[expect(
    clippy::print_stdout,
    reason = "what a test has to say goes to its runner"
)]
fn say(what: &str) {
    println!("{what}");
}

#[test]
fn years() {
    let seed = variable("SIM_SEED").unwrap_or(1);
    if let Some(number) = variable("SIM_LIFE") {
        let figures = play(seed, number, STORMS);
        say(&report(seed, &[figures]));
        return;
    }
    let years = variable("SIM_YEARS").unwrap_or(20);
    let wanted = i64::try_from(years).unwrap() * time::YEAR;
    let (passed, next) = (AtomicI64::new(0), AtomicU64::new(0));
    let work = || {
        let mut all = Vec::new();
        while passed.load(Ordering::Relaxed) < wanted {
            let figures = play(seed, next.fetch_add(1, Ordering::Relaxed), STORMS);
            passed.fetch_add(figures.millis, Ordering::Relaxed);
            all.push(figures);
        }
        all
    };
    let lives = std::thread::scope(|scope| {
        let others = scope.spawn(work);
        let mut all = work();
        all.extend(others.join().unwrap_or_else(|broken| resume_unwind(broken)));
        all
    });
    say(&report(seed, &lives));
}

/// What the years consisted of.
fn report(seed: u64, lives: &[Figures]) -> String {
    let sum = |of: fn(&Figures) -> u64| lives.iter().map(of).sum::<u64>();
    let millis: i64 = lives.iter().map(|it| it.millis).sum();
    format!(
        "seed {seed}: {} lives of {} years together\n\
         storms {}, with incidents {}; killed {}, started {}\n\
         rounds {}; requests {}, of these writes {}, without a proper answer {}, that changed nothing {}",
        lives.len(),
        millis / time::YEAR,
        sum(|it| it.storms),
        sum(|it| it.incidents),
        sum(|it| it.kills),
        sum(|it| it.starts),
        sum(|it| it.counted.rounds),
        sum(|it| it.counted.requests),
        sum(|it| it.counted.writes),
        sum(|it| it.counted.unanswered_writes),
        sum(|it| it.needless),
    )
}
