//! The real program killed with `kill -9` at drawn moments, again and again, on a state that
//! survives. docs/testing.md says what is drawn and what is asserted.
//!
//! `CRASH_SEED` replays a schedule, `CRASH_LIVES` says how many lives; `script/crash` sets both.

mod life;
mod place;
mod schedule;
mod storm;

use std::{fmt, time::Duration};

use self::{
    life::{LifeEnd, Process},
    place::{CrashProviders, NameRecords, written},
    schedule::{Addresses, KillPoint, PlannedLife},
};
use crate::common::now;

/// Lives in one place: then the faults stop, and everything has to come right.
const LIFE_COUNT: u64 = 20;

/// What `cargo test` runs.
const USUAL: u64 = 3 * LIFE_COUNT;

#[test]
fn l3_l6_l10_killed_at_any_moment_it_loses_nothing_confirmed_and_locks_no_record() {
    let seed = variable("CRASH_SEED").unwrap_or(2);
    let lives = variable("CRASH_LIVES").unwrap_or(USUAL);
    let begun = now();
    let mut figures = CrashCounts::default();
    for first in (0..lives).step_by(LIFE_COUNT.try_into().unwrap()) {
        let place = CrashProviders::new();
        let mut story = CrashPlan::new(&place, seed, &mut figures);
        for number in first..lives.min(first + LIFE_COUNT) {
            story.live(number);
        }
        story.come_to_rest();
    }
    let took = begun.elapsed().as_secs_f64();
    say(&format!(
        "seed {seed}, {lives} lives in {took:.0} s\n{figures}"
    ));
    assert!(
        figures.killed_within_a_write > 0 && figures.rounds > 0,
        "it tests nothing"
    );
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

/// Shown by the test's runner if an assertion fails, or on request.
#[expect(
    clippy::print_stdout,
    reason = "what a test has to say goes to its runner"
)]
fn say(what: &str) {
    println!("{what}");
}

/// What happened, for whoever reads the results.
#[derive(Default)]
struct CrashCounts {
    killed_within_a_round: usize,
    killed_within_a_write: usize,
    rounds: usize,
    requests: usize,
    writes: usize,
}

impl fmt::Display for CrashCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "killed within a round {}, {} of these with an unconfirmed write; rounds that came to an \
             end {}",
            self.killed_within_a_round, self.killed_within_a_write, self.rounds
        )?;
        write!(
            f,
            "requests {}, of these writes {}",
            self.requests, self.writes
        )
    }
}

/// A place and what is known of it between lives.
struct CrashPlan<'s> {
    place: &'s CrashProviders,
    seed: u64,
    figures: &'s mut CrashCounts,
    /// What must never change.
    others: Vec<serde_json::Value>,
    /// The last life ended after a round in which everything was right with these addresses.
    settled: Option<Addresses>,
}

impl<'s> CrashPlan<'s> {
    fn new(place: &'s CrashProviders, seed: u64, figures: &'s mut CrashCounts) -> Self {
        let others = place.records().others;
        Self {
            place,
            seed,
            figures,
            others,
            settled: None,
        }
    }

    fn live(&mut self, number: u64) {
        let life = PlannedLife::drawn(self.seed, number);
        say(&format!("CRASH_SEED={} life {number}: {life:?}", self.seed));
        let sandbox = &self.place.bench.sandbox;
        self.place.sleep(life.asleep);
        self.place.take(life.addresses);
        let before = self.place.records();
        sandbox.clear_log();
        for fault in &life.faults {
            sandbox.fault(fault.clone());
        }
        let at_rest = life.asleep.is_zero() && self.settled == Some(life.addresses);
        let mut process = Process::start(self.place, life.is_once);
        let end = match life.move_to {
            None => process.until(life.killed, life.delay, life.addresses),
            Some(_) => process.until(KillPoint::RoundOver, Duration::ZERO, life.addresses),
        };
        if let Some(moved) = life.move_to {
            self.judge_stretch(&before, life.addresses, end, at_rest);
            self.place.bench.sandbox.clear_log();
            let before = self.place.records();
            self.place.take(moved);
            process.nudge();
            let end = process.until(life.killed, life.delay, moved);
            process.kill();
            self.judge_stretch(&before, moved, end, false);
        } else {
            process.kill();
            self.judge_stretch(&before, life.addresses, end, at_rest);
        }
        self.judge_place();
        self.place.bench.sandbox.clear_faults();
    }

    /// From the start, or from a change of the addresses, to the end of a round or of the life.
    fn judge_stretch(
        &mut self,
        before: &NameRecords,
        addresses: Addresses,
        end: LifeEnd,
        at_rest: bool,
    ) {
        self.judge_requests(before, addresses, at_rest);
        self.settled = None;
        self.judge_end(end, addresses);
    }

    /// No write to what was right when the stretch began, and no request at all if nothing was to do.
    fn judge_requests(&mut self, before: &NameRecords, addresses: Addresses, at_rest: bool) {
        for request in self.place.bench.sandbox.log() {
            self.figures.requests += 1;
            let names = written(&request, before);
            self.figures.writes += usize::from(!names.is_empty());
            for name in names {
                assert!(
                    before.ours.contains_key(&name),
                    "{name} is not ours: {request}"
                );
                let needless = before.is_right(&name, addresses);
                assert!(!needless, "{name} was right already: {request}");
            }
            assert!(!at_rest, "what was confirmed is forgotten: {request}");
        }
    }

    /// Whoever says that everything is right is right.
    fn judge_end(&mut self, end: LifeEnd, addresses: Addresses) {
        let is_right = match end {
            LifeEnd::Killed => {
                self.figures.killed_within_a_round += 1;
                let unconfirmed = self.place.unconfirmed() > 0;
                self.figures.killed_within_a_write += usize::from(unconfirmed);
                false
            }
            LifeEnd::RoundOver { is_right } => {
                self.figures.rounds += 1;
                is_right
            }
            LifeEnd::Ended { code } => {
                self.figures.rounds += 1;
                assert!(matches!(code, 0 | 75), "exit code {code}: {}", self.log());
                code == 0
            }
        };
        if is_right {
            let wrong = self.place.records().wrong(addresses);
            assert!(wrong.is_empty(), "all right, it says, and {wrong:?}");
            assert_eq!(self.place.unconfirmed(), 0);
            self.settled = Some(addresses);
        }
    }

    /// What has to hold after every life.
    fn judge_place(&mut self) {
        assert_eq!(
            self.place.records().others,
            self.others,
            "records of others"
        );
        let (needless, locked) = self.place.needless_updates();
        // Four an hour would do no harm; none is the aim.
        assert_eq!(
            (needless, locked),
            (0, false),
            "updates that changed nothing, and a lock"
        );
        let log = self.log();
        for word in ["unusable", "set aside", "panicked", "cannot be saved"] {
            assert!(!log.contains(word), "{log}");
        }
    }

    /// The faults have stopped: one round puts everything right, and the next has nothing to do.
    fn come_to_rest(&mut self) {
        // Longer than any hold that such faults lead to.
        self.place.sleep(Duration::from_hours(8));
        let addresses = PlannedLife::drawn(self.seed, u64::MAX).addresses;
        self.place.take(addresses);
        let before = self.place.records();
        let sandbox = &self.place.bench.sandbox;
        sandbox.clear_log();
        self.place.bench.run(&["--once"]).assert_exit(0);
        self.judge_stretch(&before, addresses, LifeEnd::Ended { code: 0 }, false);
        self.judge_place();
        self.place.bench.sandbox.clear_log();
        self.place.bench.run(&["--once"]).assert_exit(0);
        assert_eq!(self.place.bench.requests(), 0, "everything was right");
        self.place.assert_tidy();
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.place.bench.dir.path().join("log")).unwrap_or_default()
    }
}
