use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    task::Waker,
};

use super::*;
use crate::core::{
    address::{family::Family, policy::PublishPolicy},
    detection::{
        consensus::{QueryInputs, SourceProfile, Trust},
        observation::FamilyPresence,
    },
};

/// A clock in milliseconds that goes on to the next moment that something waits for.
#[derive(Default)]
struct SteppedClock {
    now: Cell<u64>,
    due: Cell<Option<u64>>,
}

impl SteppedClock {
    /// Waits so long; for ever, if that is `None`.
    async fn pause(&self, length: Option<u64>) {
        let end = length.map(|length| self.now.get() + length);
        poll_fn(|_| {
            if end.is_some_and(|end| self.now.get() >= end) {
                return Poll::Ready(());
            }
            self.due.set(self.due.get().into_iter().chain(end).min());
            Poll::Pending
        })
        .await;
    }

    /// Runs to the end. Whatever waits says until when each time it is asked, so that nobody need be woken.
    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        loop {
            self.due.set(None);
            if let Poll::Ready(output) = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
            {
                return output;
            }
            self.now
                .set(self.due.get().expect("somebody waits for some time"));
        }
    }
}

/// An operator, and when it answers, in milliseconds; never, if that is `None`.
type QueryRow = (&'static str, Option<u64>);

/// Asks these; who was asked at which millisecond, and when it was known.
fn known_after(
    operators: &[QueryRow],
    confirm: usize,
    max_delay: Option<u64>,
) -> (Vec<(usize, u64)>, u64) {
    let sources: Vec<_> = operators
        .iter()
        .map(|(name, _)| SourceProfile {
            label: (*name).to_owned(),
            operator: (*name).to_owned(),
            trust: Trust::External,
            is_deprioritized: false,
        })
        .collect();
    let kernel = FamilyPresence {
        has_usable_address: false,
        has_default_route: true,
    };
    let acceptance = PublishPolicy::default();
    let mut query = ConsensusQuery::new(QueryInputs {
        family: Family::V4,
        sources: &sources,
        policy: &acceptance,
        confirm,
        known: BTreeSet::from(["84.212.10.20".parse().unwrap()]),
        kernel,
        other: kernel,
    });
    let clock = SteppedClock::default();
    let asked = RefCell::new(Vec::new());
    let ask = async |position: usize| {
        asked.borrow_mut().push((position, clock.now.get()));
        clock.pause(operators[position].1).await;
        Ok(vec!["84.212.99.99".parse().unwrap()])
    };
    let delay = || clock.pause(max_delay);
    let now = || BootTime::from_millis(i64::try_from(clock.now.get()).unwrap());
    let (observation, answered) = clock.run(carry_out(&mut query, None, &ask, delay, &now));
    assert!(
        matches!(observation, Observation::Known(_)),
        "{observation:?}"
    );
    let took: BTreeMap<_, _> = answered.iter().map(|it| (it.position, it.took)).collect();
    for (position, took) in took {
        let expected = operators[position].1.map(Duration::from_millis);
        assert_eq!(Some(took), expected, "{position}");
    }
    (asked.into_inner(), clock.now.get())
}

#[test]
fn an_operator_that_hangs_costs_no_more_than_the_delay_that_is_put_up_with() {
    let hanging: &[QueryRow] = &[("hangs", None), ("a", Some(30)), ("b", Some(40))];
    let (asked, end) = known_after(hanging, 2, Some(80));
    assert_eq!(asked, [(0, 0), (1, 80), (2, 80)]);
    assert_eq!(end, 120);
    let (asked, end) = known_after(hanging, 1, Some(80));
    assert_eq!(asked.len(), 3, "all that are left are asked at once");
    assert_eq!(end, 110, "and the first that answers suffices");
}

#[test]
fn whoever_answers_in_time_is_asked_alone() {
    let quick: &[QueryRow] = &[("a", Some(30)), ("b", Some(79)), ("c", Some(1))];
    for max_delay in [Some(80), None] {
        let (asked, end) = known_after(quick, 2, max_delay);
        assert_eq!((asked, end), (vec![(0, 0), (1, 30)], 109), "{max_delay:?}");
    }
}
