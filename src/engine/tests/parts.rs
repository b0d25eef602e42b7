//! Rounds with more to write than goes out at once.

use std::{cell::Cell, time::Duration};

use super::world::{InjectedFault, RoundFixture, host, known, outcomes};
use crate::{
    core::{
        error::{ErrorClass, ProviderError},
        next_round::Schedule,
        reconcile::{outcome::Outcome, plan::UpdateMode, rejection::GuardRejection},
        report::Report,
        schedule::intervals::Intervals,
        state::State,
    },
    engine::{Clock, RoundOptions, Trigger},
};

const ASKED: RoundOptions = RoundOptions {
    trigger: Trigger::Manual,
    ..RoundOptions::ROUTINE
};

const OTHER: &str = "84.212.99.99";

fn many(count: usize) -> RoundFixture {
    let hosts = (0..count).map(|number| host(&format!("host-{number}.example.com")));
    RoundFixture::new(UpdateMode::Never, hosts.collect())
}

/// How many changes a round left.
fn left(report: &Report) -> usize {
    let outcomes = report.hosts.iter().map(|host| &host.outcome);
    let next =
        outcomes.filter(|it| matches!(it, Outcome::Refused(GuardRejection::NextPart { .. })));
    next.count()
}

/// How many writes were under way at the most, by what was on the disk.
fn under_way(fakes: &RoundFixture) -> usize {
    let open = |state: &State| {
        let targets = state.accounts.values().flat_map(|it| it.targets.values());
        targets
            .filter(|it| it.writes.iter().any(|write| !write.acknowledged))
            .count()
    };
    fakes.saved.borrow().iter().map(open).max().unwrap_or(0)
}

#[test]
fn a_round_that_writes_for_long_leaves_the_rest_to_the_next_which_begins_at_once() {
    let fakes = many(300);
    fakes.write_takes.set(Duration::from_millis(100));
    let intervals = Intervals {
        interval: Duration::from_mins(5),
        verify: Duration::from_hours(1),
        audit: Duration::from_hours(24),
    };
    for rest in [200, 100, 0] {
        let report = fakes.round();
        assert_eq!(left(&report), rest);
        assert!(
            report
                .hosts
                .iter()
                .all(|it| it.outcome.as_str() != "failed" || rest > 0)
        );
        let now = fakes.now();
        let next = Schedule::default().next(now, intervals, &report, &fakes.state.borrow(), 0.5);
        assert_eq!(next == now, rest > 0, "{rest}");
    }
    assert_eq!(
        fakes.provider().writes.borrow().len(),
        300,
        "each of them once"
    );
    assert_eq!(
        under_way(&fakes),
        50,
        "no more than a part has to be read back"
    );
    assert!(outcomes(&fakes.round()).iter().all(|it| *it == "unchanged"));
}

#[test]
fn what_is_left_is_written_with_the_address_that_is_ours_by_then() {
    let fakes = many(300);
    fakes.write_takes.set(Duration::from_millis(100));
    assert_eq!(left(&fakes.round()), 200);
    fakes.see(known(&[OTHER]));
    let before = fakes.provider().writes.borrow().len();
    for _ in 0..3 {
        fakes.round();
    }
    let writes = fakes.provider().writes.borrow();
    assert!(
        writes[before..].iter().all(|it| it.contains(OTHER)),
        "{writes:?}"
    );
    assert_eq!(fakes.provider().addrs("host-299.example.com"), [OTHER]);
    assert_eq!(fakes.provider().addrs("host-0.example.com"), [OTHER]);
}

#[test]
fn whoever_asks_for_a_round_gets_all_of_it() {
    let fakes = many(600);
    fakes.write_takes.set(Duration::from_secs(9));
    let report = fakes.play(ASKED);
    assert!(outcomes(&report).iter().all(|it| *it == "changed"));
    assert_eq!(under_way(&fakes), 50);
}

#[test]
fn an_account_that_is_in_trouble_in_one_part_is_sent_no_other() {
    for (class, rest) in [
        (ErrorClass::Unconfirmed, ErrorClass::Transient),
        (ErrorClass::Unauthorized, ErrorClass::Unauthorized),
        (ErrorClass::Transient, ErrorClass::Transient),
    ] {
        let fakes = many(300);
        let failure = ProviderError::of_account(class, "no");
        fakes.meets(InjectedFault::Loses(ProviderError::of_host(
            ErrorClass::Invalid,
            "no",
        )));
        fakes.meets(InjectedFault::Fails(failure));
        let report = fakes.play(ASKED);
        assert_eq!(fakes.provider().sent.get(), 2 + 1, "a list and two parts");
        let failed = |index: usize| match &report.hosts[index].outcome {
            Outcome::Failed(failure) | Outcome::Unconfirmed(failure) => failure.class,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            (failed(0), failed(50), failed(299)),
            (ErrorClass::Invalid, class, rest)
        );
        // Of what was not sent nothing is counted.
        let state = fakes.state.borrow();
        let writes = Cell::new(0);
        for target in state.accounts.values().flat_map(|it| it.targets.values()) {
            writes.set(writes.get() + target.writes.len());
        }
        let unconfirmed = if class == ErrorClass::Unconfirmed {
            50
        } else {
            0
        };
        assert_eq!(writes.get(), unconfirmed, "{class}");
    }
}
