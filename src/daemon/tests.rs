mod waiting;

use std::{
    cell::Cell,
    future::{pending, ready},
};

use futures_util::FutureExt;

use super::*;
use crate::core::{detection::report::DetectionReport, schedule::intervals::Intervals};

/// A crew whose rounds never end after the first few.
struct Stuck {
    rounds_left: Cell<usize>,
    /// How many more times it is seen to have sent another request.
    requests_left: Cell<u32>,
}

impl Engine for Stuck {
    async fn round(&self, _memory: &RefCell<State>, _task: RoundOptions) -> Report {
        match self.rounds_left.get().checked_sub(1) {
            Some(left) => self.rounds_left.set(left),
            None => pending().await,
        }
        Report::default()
    }

    async fn detect(&self, _memory: &RefCell<State>) -> Vec<DetectionReport> {
        Vec::new()
    }

    fn prepare(&self, _memory: &RefCell<State>) {}

    fn intervals(&self) -> Intervals {
        Intervals {
            interval: Duration::from_mins(5),
            verify: Duration::from_hours(1),
            audit: Duration::from_hours(24),
        }
    }

    fn is_detecting(&self) -> bool {
        false
    }

    fn requests(&self) -> u32 {
        let left = self.requests_left.get();
        self.requests_left.set(left.saturating_sub(1));
        left
    }

    fn close_connections(&self) {}

    fn save(&self, _memory: &State) -> Result<(), String> {
        Ok(())
    }
}

/// A world in which nothing happens, and every wait is over at once.
struct Quiet {
    now: Cell<BootTime>,
    signs_of_life: RefCell<Vec<BootTime>>,
}

impl Clock for Quiet {
    fn now(&self) -> BootTime {
        self.now.get()
    }

    fn is_clock_set(&self) -> bool {
        true
    }
}

impl Rng for Quiet {
    fn next_f64(&self) -> f64 {
        0.5
    }
}

impl Platform for Quiet {
    fn event(&self) -> impl Future<Output = Event> {
        pending()
    }

    fn until(&self, moment: BootTime) -> impl Future<Output = ()> {
        self.now.set(self.now.get().max(moment));
        ready(())
    }

    fn clock(&self) -> &dyn Clock {
        self
    }

    fn rng(&self) -> &dyn Rng {
        self
    }

    fn notify(&self, word: ServiceState<'_>) {
        if word == ServiceState::Alive {
            self.signs_of_life.borrow_mut().push(self.now.get());
        }
    }

    fn watchdog(&self) -> Option<Duration> {
        Some(Duration::from_mins(2))
    }
}

/// When the last sign of life came of a daemon whose fourth round never ends, in minutes.
fn last_sign_of_life(requests: u32) -> i64 {
    let engine = Stuck {
        rounds_left: Cell::new(3),
        requests_left: Cell::new(requests),
    };
    let platform = Quiet {
        now: Cell::new(BootTime::from_millis(0)),
        signs_of_life: RefCell::default(),
    };
    let daemon_status = Rc::default();
    let reload = || Err(String::new());
    let running = run(engine, reload, &platform, &daemon_status, false);
    assert_eq!(running.now_or_never(), None);
    let signs = platform.signs_of_life.borrow();
    let pauses = signs.windows(2).map(|two| two[1].since(two[0]));
    assert!(
        pauses.max().is_some_and(|it| it <= Duration::from_mins(1)),
        "while it works, twice in the supervisor's time"
    );
    signs.last().unwrap().millis() / 60_000
}

#[test]
fn a_loop_that_is_stuck_gives_no_more_signs_of_life() {
    let last = last_sign_of_life(0);
    // Three rounds in five minutes each, and the longest a round may take.
    assert!((30..=46).contains(&last), "{last} minutes");
}

#[test]
fn a_round_that_goes_on_sending_requests_is_not_stuck() {
    // Each look finds one more than the last: three rounds look once, and the fourth every half hour.
    let last = last_sign_of_life(3 + 2 * 5);
    assert!((180..=200).contains(&last), "{last} minutes");
}
