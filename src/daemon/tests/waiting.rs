use std::{
    cell::Cell,
    collections::VecDeque,
    future::{poll_fn, ready},
    pin::pin,
    task::{Context, Poll, Waker},
};

use crate::core::{
    detection::{hint::AddressHint, report::DetectionReport},
    schedule::intervals::Intervals,
};
use crate::daemon::*;

/// A host whose clock stands still until it is moved, and whose rounds end when they are let end.
#[derive(Default)]
struct TestPlatform {
    now: Cell<i64>,
    signals: RefCell<VecDeque<Event>>,
    rounds: RefCell<Vec<Trigger>>,
    audits: RefCell<Vec<bool>>,
    is_detecting: Cell<bool>,
    reloads: Cell<u32>,
    round_may_end: Cell<bool>,
    alive: Cell<u32>,
}

impl Clock for TestPlatform {
    fn now(&self) -> BootTime {
        BootTime::from_millis(self.now.get())
    }

    fn is_clock_set(&self) -> bool {
        true
    }
}

impl Rng for TestPlatform {
    fn next_f64(&self) -> f64 {
        0.0
    }
}

impl Platform for &TestPlatform {
    async fn event(&self) -> Event {
        poll_fn(|_| match self.signals.borrow_mut().pop_front() {
            Some(event) => Poll::Ready(event),
            None => Poll::Pending,
        })
        .await
    }

    async fn until(&self, moment: BootTime) {
        poll_fn(|_| {
            if self.now() >= moment {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    fn clock(&self) -> &dyn Clock {
        *self
    }

    fn rng(&self) -> &dyn Rng {
        *self
    }

    fn notify(&self, word: ServiceState<'_>) {
        if word == ServiceState::Alive {
            self.alive.set(self.alive.get() + 1);
        }
    }

    fn watchdog(&self) -> Option<Duration> {
        Some(Duration::from_mins(1))
    }
}

impl Engine for &TestPlatform {
    async fn round(&self, _: &RefCell<State>, task: RoundOptions) -> Report {
        self.rounds.borrow_mut().push(task.trigger);
        self.audits.borrow_mut().push(task.audit);
        poll_fn(|_| {
            if self.round_may_end.get() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        Report::default()
    }

    fn detect(&self, _: &RefCell<State>) -> impl Future<Output = Vec<DetectionReport>> {
        ready(Vec::new())
    }

    fn prepare(&self, _: &RefCell<State>) {}

    fn intervals(&self) -> Intervals {
        Intervals {
            interval: Duration::from_mins(5),
            verify: Duration::from_hours(1),
            audit: Duration::from_hours(24),
        }
    }

    fn is_detecting(&self) -> bool {
        self.is_detecting.get()
    }

    fn close_connections(&self) {}

    fn save(&self, _: &State) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn what_is_asked_for_while_the_host_slept_through_a_round_is_not_lost() {
    let host = &TestPlatform::default();
    let daemon_status = Rc::default();
    let reload = || {
        host.reloads.set(host.reloads.get() + 1);
        Ok(host)
    };
    let mut running = pin!(run(host, reload, &host, &daemon_status, false));
    let mut go_on = || {
        let mut context = Context::from_waker(Waker::noop());
        running.as_mut().poll(&mut context)
    };
    assert!(go_on().is_pending());
    // It falls asleep in the middle of the round, and wakes up to a new address and a signal.
    host.now.set(3_600_000);
    let heard = [
        Event::Network(NetworkEvent::Other),
        Event::Reload,
        Event::Reload,
    ];
    host.signals.borrow_mut().extend(heard);
    assert!(go_on().is_pending());
    let alive = host.alive.get();
    host.now.set(7_200_000);
    assert!(go_on().is_pending());
    assert_eq!(
        host.alive.get(),
        alive,
        "a round that does not end is no sign of life"
    );
    host.round_may_end.set(true);
    assert!(go_on().is_pending());
    assert_eq!(host.reloads.get(), 1);
    assert!(host.rounds.borrow().len() > 1, "and a round follows");
    host.signals.borrow_mut().push_back(Event::Stop);
    assert!(go_on().is_ready());
}

#[test]
fn a_change_of_the_network_waits_for_no_round_that_is_under_way_and_a_signal_does() {
    use Trigger::{Manual, Network, Scheduled};
    let gained = Event::Network(NetworkEvent::AddressAdded);
    let poke = AddressHint::of(["84.212.10.20".parse().unwrap()]).unwrap();
    for (heard, at_once, expected) in [
        (
            &[Event::Reload][..],
            &[Scheduled][..],
            &[Scheduled, Scheduled][..],
        ),
        (&[gained], &[Scheduled, Network], &[Scheduled, Network]),
        (
            &[Event::Reload, gained, Event::Reload],
            &[Scheduled, Network],
            &[Scheduled, Network, Scheduled],
        ),
        (
            &[Event::FullCheck, gained, Event::FullCheck],
            &[Scheduled, Network],
            &[Scheduled, Network, Manual],
        ),
        (
            &[Event::Network(NetworkEvent::Hint(poke)), gained],
            &[Scheduled, Trigger::Hint(poke), Network],
            &[Scheduled, Trigger::Hint(poke), Network],
        ),
    ] {
        let host = &TestPlatform::default();
        let daemon_status = Rc::default();
        let mut running = pin!(run(host, || Ok(host), &host, &daemon_status, false));
        let mut go_on = || {
            let mut context = Context::from_waker(Waker::noop());
            running.as_mut().poll(&mut context)
        };
        assert!(go_on().is_pending());
        host.signals.borrow_mut().extend(heard);
        assert!(go_on().is_pending());
        assert_eq!(*host.rounds.borrow(), at_once, "{heard:?}");
        host.round_may_end.set(true);
        assert!(go_on().is_pending());
        assert_eq!(*host.rounds.borrow(), expected, "{heard:?}");
    }
}

#[test]
fn what_a_round_was_played_for_is_taken_over_by_the_round_that_takes_its_place() {
    use Trigger::{Manual, Scheduled};
    let host = &TestPlatform::default();
    host.is_detecting.set(true);
    let poke = AddressHint::of(["84.212.10.20".parse().unwrap()]).unwrap();
    let (told, gained) = (
        Event::Network(NetworkEvent::Hint(poke)),
        Event::Network(NetworkEvent::AddressAdded),
    );
    let daemon_status = Rc::default();
    let mut running = pin!(run(host, || Ok(host), &host, &daemon_status, false));
    let mut go_on = || {
        let mut context = Context::from_waker(Waker::noop());
        running.as_mut().poll(&mut context)
    };
    host.round_may_end.set(true);
    assert!(go_on().is_pending());
    host.round_may_end.set(false);
    for event in [Event::FullCheck, gained, told, gained] {
        host.signals.borrow_mut().push_back(event);
        assert!(go_on().is_pending());
    }
    let told = Trigger::Hint(poke);
    assert_eq!(
        *host.rounds.borrow(),
        [Scheduled, Manual, Manual, told, told]
    );
    assert_eq!(*host.audits.borrow(), [false, true, true, true, true]);
}

#[test]
fn many_signals_for_a_full_check_are_few_rounds_and_a_change_waits_for_none_of_them() {
    let host = &TestPlatform::default();
    let daemon_status = Rc::default();
    let mut running = pin!(run(host, || Ok(host), &host, &daemon_status, false));
    let mut go_on = || {
        let mut context = Context::from_waker(Waker::noop());
        running.as_mut().poll(&mut context)
    };
    host.round_may_end.set(true);
    for millis in 0..1_400 {
        host.now.set(millis * 5);
        host.signals.borrow_mut().push_back(Event::FullCheck);
        assert!(go_on().is_pending());
    }
    let full_checks = host.audits.borrow().iter().filter(|it| **it).count();
    assert_eq!(full_checks, 20);
    host.signals
        .borrow_mut()
        .push_back(Event::Network(NetworkEvent::AddressAdded));
    assert!(go_on().is_pending());
    assert_eq!(host.rounds.borrow().last(), Some(&Trigger::Network));
    host.now.set(60_000);
    assert!(go_on().is_pending());
    assert_eq!(
        host.rounds.borrow().last(),
        Some(&Trigger::Manual),
        "the last is acted upon"
    );
}

#[test]
fn a_change_that_has_not_come_to_rest_when_a_reload_comes_is_what_the_round_is_for() {
    let host = &TestPlatform::default();
    let daemon_status = Rc::default();
    let mut running = pin!(run(host, || Ok(host), &host, &daemon_status, false));
    let mut go_on = || {
        let mut context = Context::from_waker(Waker::noop());
        running.as_mut().poll(&mut context)
    };
    host.round_may_end.set(true);
    assert!(go_on().is_pending());
    for heard in [
        Event::Network(NetworkEvent::Other),
        Event::Reload,
        Event::Reload,
    ] {
        host.signals.borrow_mut().push_back(heard);
        assert!(go_on().is_pending());
    }
    let rounds = host.rounds.borrow();
    let expected = [Trigger::Scheduled, Trigger::Network, Trigger::Scheduled];
    assert_eq!(*rounds, expected);
}
