use proptest::prelude::*;

use super::*;

fn at(millis: i64) -> BootTime {
    BootTime::from_millis(millis)
}

fn told(text: &str) -> NetworkEvent {
    NetworkEvent::Hint(text.parse().unwrap())
}

/// What the row shows, what is heard when, and when rounds begin.
type TriggerRow<'r> = (&'r str, &'r [(i64, NetworkEvent)], &'r [i64]);

/// Hears the changes at their times, looking as the loop does whenever something is due before
/// the next; says when rounds began.
fn rounds(heard: &[(i64, NetworkEvent)]) -> Vec<i64> {
    let mut burst = TriggerQueue::default();
    let mut begun = Vec::new();
    let mut catch_up = |burst: &mut TriggerQueue, now: BootTime| {
        while let Some(due) = burst.due().filter(|due| *due <= now) {
            burst.pop_due(due).unwrap();
            begun.push(due.millis());
        }
    };
    for (when, change) in heard {
        catch_up(&mut burst, at(*when));
        burst.push(*change, at(*when));
    }
    catch_up(&mut burst, at(i64::MAX));
    begun
}

#[test]
fn rounds_begin_when_the_table_says() {
    use NetworkEvent::{AddressAdded, Other};
    let flap_damper: Vec<_> = (0..10).map(|it| (it * 400, Other)).collect();
    let table: &[TriggerRow<'_>] = &[
        ("nothing", &[], &[]),
        ("an address at once", &[(7, AddressAdded)], &[7]),
        ("a removal when it is quiet", &[(0, Other)], &[500]),
        ("a burst is one", &[(0, Other), (300, Other)], &[800]),
        (
            "quiet between two makes two",
            &[(0, Other), (900, Other)],
            &[500, 1400],
        ),
        ("no burst lasts longer", &flap_damper, &[2000, 4000]),
        (
            "a quick reconnect is one, with its address",
            &[(0, Other), (100, Other), (200, Other), (450, AddressAdded)],
            &[450],
        ),
        (
            "a route right after the address is a second look",
            &[(0, AddressAdded), (20, Other), (30, Other)],
            &[0, 530],
        ),
        ("a poke at once", &[(0, Other), (100, told(""))], &[100]),
        (
            "one after another",
            &[(0, told("1.1.1.1")), (1, told("1.1.1.1"))],
            &[0, 1],
        ),
    ];
    for (what, heard, expected) in table {
        assert_eq!(rounds(heard), *expected, "{what}");
    }
}

#[test]
fn a_network_that_never_rests_gets_so_many_rounds_a_minute() {
    let flapping: Vec<_> = (0..600)
        .map(|it| (it * 100, NetworkEvent::AddressAdded))
        .collect();
    let begun = rounds(&flapping);
    let in_first = begun.iter().filter(|it| **it < 60_000).count();
    assert_eq!(in_first, MAX_ROUNDS_PER_MINUTE as usize);
    assert_eq!(begun.last(), Some(&60_000), "and the last change is seen");
}

#[test]
fn a_network_that_never_rests_for_hours_gets_so_many_rounds_an_hour_and_then_one_a_minute() {
    let second = 1000;
    let flapping: Vec<_> = (0..7_200)
        .map(|it| (it * second, NetworkEvent::AddressAdded))
        .collect();
    let begun = rounds(&flapping);
    let within = |from: i64, until: i64| {
        let minutes = from * 60 * second..until * 60 * second;
        begun.iter().filter(|it| minutes.contains(it)).count()
    };
    assert_eq!(within(0, 4), 4 * MAX_ROUNDS_PER_MINUTE as usize);
    // The last of the hour's came 29 seconds after the minute began.
    assert_eq!(within(4, 60), 56);
    assert_eq!(
        within(60, 64),
        4 * MAX_ROUNDS_PER_MINUTE as usize,
        "the next hour is a new one"
    );
    assert_eq!(within(64, 120), 56);
    assert!(begun.last() >= Some(&(7_199 * second)), "the last is seen");
}

#[test]
fn a_quiet_hour_is_not_counted_against_the_next_change() {
    let mut heard: Vec<_> = (0..120)
        .map(|it| (it * 4_000, NetworkEvent::AddressAdded))
        .collect();
    heard.extend([
        (3_599_000, NetworkEvent::AddressAdded),
        (3_600_500, NetworkEvent::AddressAdded),
    ]);
    let begun = rounds(&heard);
    assert_eq!(begun[120..], [3_599_000, 3_600_500]);
}

proptest! {
    #[test]
    fn whatever_happens_the_budgets_hold_and_the_last_change_is_looked_at(
        pauses in proptest::collection::vec((0_i64..90_000, any::<bool>()), 1..600),
        hurry in 1_i64..200,
    ) {
        let mut when = 0;
        let heard: Vec<_> = pauses
            .iter()
            .map(|(pause, gained)| {
                when += pause / hurry;
                (when, if *gained { NetworkEvent::AddressAdded } else { NetworkEvent::Other })
            })
            .collect();
        let begun = rounds(&heard);
        let most_within = |length: i64| {
            let from = |first: &i64| {
                begun.iter().filter(|it| (*first..first + length).contains(it)).count()
            };
            begun.iter().map(from).max().unwrap_or(0)
        };
        // Any minute or hour touches two windows of each limit at the most.
        let [noise_a_minute, noise_an_hour] = MAX_NOISE_ROUNDS;
        let (a_minute, an_hour) = (MAX_ROUNDS_PER_MINUTE + noise_a_minute, MAX_ROUNDS_PER_HOUR + noise_an_hour);
        prop_assert!(most_within(60_000) <= 2 * a_minute as usize);
        prop_assert!(most_within(3_600_000) <= 2 * (an_hour as usize + 2 * 60));
        prop_assert!(begun.last() >= Some(&when));
        let late = begun.last().map(|last| last - when);
        prop_assert!(late <= Some(60_000), "{late:?}");
        prop_assert!(begun.is_sorted());
    }
}

#[test]
fn a_round_for_another_reason_has_seen_what_was_heard() {
    let mut burst = TriggerQueue::default();
    burst.push(NetworkEvent::Other, at(0));
    assert!(burst.mark_seen());
    assert_eq!(burst.due(), None);
    assert_eq!(burst.pop_due(at(i64::MAX)), None);
}

#[test]
fn what_was_said_is_not_seen_by_a_round_for_another_reason() {
    let mut burst = TriggerQueue::default();
    burst.push(NetworkEvent::AddressAdded, at(0));
    burst.push(told("1.1.1.1"), at(1));
    burst.push(NetworkEvent::Other, at(2));
    assert!(burst.mark_seen(), "the changes of the network are seen");
    assert_eq!(burst.pop_due(at(2)), Some(told("1.1.1.1")));
    burst.push(told(""), at(3));
    assert!(burst.mark_seen());
    assert_eq!(burst.due(), None, "a poke that says nothing has been heard");
}

#[test]
fn pokes_beyond_the_budget_are_one_with_the_last_word_of_each_family() {
    let mut burst = TriggerQueue::default();
    for millis in 0..i64::from(MAX_HINT_ROUNDS[0]) {
        burst.push(told("9.9.9.9"), at(millis));
        assert_eq!(burst.pop_due(at(millis)), Some(told("9.9.9.9")));
    }
    for text in ["1.1.1.1 2a01::1", "", "1.1.1.2"] {
        burst.push(told(text), at(100));
        assert_eq!(burst.pop_due(at(100)), None, "{text}");
    }
    assert_eq!(burst.due(), Some(at(60_000)));
    assert_eq!(burst.pop_due(at(60_000)), Some(told("1.1.1.2 2a01::1")));
}

#[test]
fn nothing_is_due_before_its_time() {
    let mut burst = TriggerQueue::default();
    burst.push(NetworkEvent::Other, at(0));
    assert_eq!(burst.pop_due(at(499)), None);
    assert_eq!(burst.pop_due(at(500)), Some(NetworkEvent::Other));
    assert_eq!(burst.pop_due(at(501)), None);
}

#[test]
fn hints_without_end_leave_rounds_for_the_kernels_changes() {
    let mut burst = TriggerQueue::default();
    let hints: Vec<_> = (0..100).map(|it| (it * 100, told("9.9.9.9"))).collect();
    assert_eq!(
        rounds(&hints).len(),
        26,
        "and the last is heard a minute later"
    );
    for (when, hint) in hints {
        burst.push(hint, at(when));
        burst.pop_due(at(when));
    }
    assert_eq!(burst.due(), Some(at(60_000)));
    burst.push(NetworkEvent::AddressAdded, at(10_000));
    assert_eq!(
        burst.due(),
        Some(at(10_000)),
        "the kernel's change waits for no hint"
    );
    assert_eq!(burst.pop_due(at(10_000)), Some(told("9.9.9.9")));
}

#[test]
fn a_flood_of_hints_and_signals_together_keeps_no_change_of_the_kernels_waiting() {
    let mut burst = TriggerQueue::default();
    for tenth in 0..36_000 {
        let now = at(tenth * 100);
        burst.push(told("9.9.9.9"), now);
        burst.request(FULL_CHECK, now);
        burst.pop_due(now);
        burst.pop_due_request(now);
    }
    let now = at(3_599_950);
    burst.push(NetworkEvent::AddressAdded, now);
    assert_eq!(burst.due(), Some(now));
    assert_eq!(
        burst.pop_due(now),
        Some(told("9.9.9.9")),
        "with what was said"
    );
}

const FULL_CHECK: ManualRequest = ManualRequest {
    is_full_check: true,
};
const CHECK: ManualRequest = ManualRequest {
    is_full_check: false,
};

#[test]
fn several_requests_that_wait_are_one_and_a_full_check_stays_one() {
    let mut burst = TriggerQueue::default();
    assert_eq!(burst.request_due(), None);
    for request in [CHECK, FULL_CHECK, CHECK] {
        burst.request(request, at(5));
    }
    assert_eq!(burst.due(), None, "no change of the network");
    assert_eq!(burst.request_due(), Some(at(5)));
    assert_eq!(burst.pop_due_request(at(4)), None);
    assert_eq!(burst.pop_due_request(at(5)), Some(FULL_CHECK));
    assert_eq!(burst.pop_due_request(at(6)), None);
}

#[test]
fn requests_without_end_are_limited_and_leave_rounds_for_the_kernels_changes() {
    let mut burst = TriggerQueue::default();
    let [max_per_minute, max_per_hour] = MAX_REQUESTED_ROUNDS;
    let (mut in_first_minute, mut in_first_hour) = (0, 0);
    // Ten signals a second for an hour.
    for tenth in 0..36_000 {
        let now = at(tenth * 100);
        burst.request(FULL_CHECK, now);
        if burst.pop_due_request(now).is_some() {
            in_first_hour += 1;
            in_first_minute += u32::from(tenth < 600);
        }
        if tenth == 300 {
            burst.push(NetworkEvent::AddressAdded, now);
            assert_eq!(burst.pop_due(now), Some(NetworkEvent::AddressAdded));
        }
    }
    assert_eq!(in_first_minute, max_per_minute);
    assert!(in_first_hour <= max_per_hour + 60, "{in_first_hour}");
    assert!(in_first_hour >= max_per_hour, "{in_first_hour}");
    assert!(burst.request_due().is_some(), "the last is acted upon");
}

#[test]
fn links_that_come_and_go_keep_no_new_address_or_route_waiting() {
    for change in [NetworkEvent::AddressAdded, NetworkEvent::Rerouted] {
        let mut burst = TriggerQueue::default();
        let mut now = BootTime::from_millis(0);
        let mut rounds = 0;
        // Containers that start and stop, one every 1.2 seconds.
        for _ in 0..100 {
            burst.push(NetworkEvent::Other, now);
            now = now.after(Duration::from_millis(1_200));
            rounds += usize::from(burst.pop_due(now).is_some());
        }
        assert!(rounds <= 40, "{rounds} rounds in two minutes");
        burst.push(change, now);
        let due = burst.due().unwrap();
        // An address acts at once; another route settles as ever, for it may be put back in a moment.
        let wait = if change == NetworkEvent::AddressAdded {
            Duration::ZERO
        } else {
            DEBOUNCE
        };
        assert_eq!(due.since(now), wait, "{change:?}");
        assert!(burst.pop_due(due).is_some());
    }
}
