use crate::core::state::lifetime::request_lifetime;
use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::core::{
    address::family::Family,
    dns::{
        change::{Method, Reason},
        name::Fqdn,
        record::{AccountName, Origin, Target, Zone},
    },
    reconcile::{guard::guard, limits::WriteLimits},
    state::quota::RequestQuota,
};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn ips(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|it| ip(it)).collect()
}

fn at(seconds: i64) -> BootTime {
    BootTime::from_millis(seconds * 1000)
}

fn target() -> Target {
    Target {
        account: AccountName("home".into()),
        host: Fqdn::parse("home.example.com").unwrap(),
        family: Family::V4,
    }
}

fn change(from: &[IpAddr], to: &[IpAddr]) -> Change {
    Change {
        target: target(),
        from: from.to_vec(),
        origin: Origin::List,
        to: to.to_vec(),
        method: Method::Records {
            zone: Zone {
                name: "example.com".parse().unwrap(),
                id: "1".into(),
            },
            steps: Vec::new(),
        },
        reason: Reason::AddressChanged,
        replaceable_afterwards: true,
        raised_ttl: None,
    }
}

const LIFETIME: Duration = Duration::from_secs(162);

/// Writes that were sent at these seconds, with these addresses, and got no answer.
fn unanswered(writes: &[(i64, &[&str])]) -> TargetState {
    let write = |(seconds, to): &(i64, &[&str])| WriteRecord {
        at: at(*seconds),
        addrs: ips(to),
        acknowledged: false,
        lifetime: LIFETIME,
    };
    TargetState {
        writes: writes.iter().map(write).collect(),
        ..TargetState::default()
    }
}

fn left(state: &TargetState) -> Vec<(i64, String, bool)> {
    let line = |it: &WriteRecord| {
        (
            it.at.millis() / 1_000,
            format!("{:?}", it.addrs),
            it.acknowledged,
        )
    };
    state.writes.iter().map(line).collect()
}

#[test]
fn a_request_lives_as_long_as_the_kernel_repeats_it_or_its_sender_waits_and_a_minute() {
    for (timeout, lifetime) in [(1, 162), (10, 162), (102, 162), (103, 163), (300, 360)] {
        let timeout = Duration::from_secs(timeout);
        assert_eq!(request_lifetime(timeout), Duration::from_secs(lifetime));
    }
}

#[test]
fn a_write_whose_content_is_there_has_changed_something() {
    let mut state = unanswered(&[(0, &["1.1.1.2"])]);
    state.read_back(&ips(&["1.1.1.2"]), at(5));
    assert_eq!(left(&state), [(0, "[1.1.1.2]".to_owned(), true)]);
}

#[test]
fn a_write_that_is_not_there_never_happened_once_it_cannot_arrive_any_more() {
    let mut state = unanswered(&[(0, &["1.1.1.2"]), (10, &["1.1.1.3"])]);
    state.read_back(&ips(&["1.1.1.1"]), at(161));
    assert_eq!(left(&state).len(), 2, "both may arrive yet");
    state.read_back(&ips(&["1.1.1.1"]), at(162));
    assert_eq!(left(&state), [(10, "[1.1.1.3]".to_owned(), false)]);
    state.read_back(&ips(&["1.1.1.1"]), at(172));
    assert!(left(&state).is_empty());
}

#[test]
fn of_two_writes_of_the_same_one_stays_in_doubt_when_it_is_there() {
    let mut state = unanswered(&[(0, &["1.1.1.2"]), (10, &["1.1.1.2"])]);
    state.read_back(&ips(&["1.1.1.2"]), at(20));
    let done: Vec<_> = state.writes.iter().map(|it| it.acknowledged).collect();
    assert_eq!(done, [false, true]);
    assert_eq!(
        state.writes[0].at,
        at(10),
        "the newer one may be on its way"
    );
    assert!(state.may_change_nothing(&change(&ips(&["1.1.1.9"]), &ips(&["1.1.1.2"])), at(30)));
}

#[test]
fn what_was_there_at_the_last_look_says_nothing_of_newer_writes() {
    let mut state = unanswered(&[(0, &["1.1.1.2"]), (5, &["1.1.1.2"]), (6, &["1.1.1.3"])]);
    for seconds in [10, 11] {
        state.read_back(&ips(&["1.1.1.2"]), at(seconds));
        let done: Vec<_> = state.writes.iter().map(|it| it.acknowledged).collect();
        assert_eq!(done, [false, false, true], "{seconds}");
    }
}

#[test]
fn a_write_that_arrives_after_a_newer_one_makes_that_no_repetition() {
    for (late, there) in [
        (&["1.1.1.2"][..], &["1.1.1.2"][..]),
        // In part.
        (&["1.1.1.2", "1.1.1.4"], &["1.1.1.2", "1.1.1.3"]),
    ] {
        let mut state = unanswered(&[(0, late), (10, &["1.1.1.3"])]);
        state.writes[1].acknowledged = true;
        let again = change(&ips(there), &ips(&["1.1.1.3"]));
        assert!(state.may_change_nothing(&again, at(60)), "before the look");
        state.read_back(&ips(there), at(60));
        assert!(!state.may_change_nothing(&again, at(60)), "{there:?}");
        assert!(state.writes[1].acknowledged && state.writes[1].at == at(60));
    }
}

#[test]
fn only_a_write_of_the_same_addresses_can_change_nothing() {
    let state = unanswered(&[(0, &["1.1.1.2", "1.1.1.3"])]);
    for (from, to, may) in [
        (&["1.1.1.1"][..], &["1.1.1.4"][..], false),
        (&["1.1.1.1"], &["1.1.1.2", "1.1.1.3"], true),
        // One of its records gets what a record gets by the other.
        (&["1.1.1.1"], &["1.1.1.2"], true),
        // That address stands already and is not written.
        (&["1.1.1.2"], &["1.1.1.2", "1.1.1.4"], false),
        (&["1.1.1.1"], &[], false),
    ] {
        let change = change(&ips(from), &ips(to));
        assert_eq!(state.may_change_nothing(&change, at(161)), may, "{to:?}");
        assert!(!state.may_change_nothing(&change, at(162)), "{to:?}");
    }
}

#[test]
fn the_list_is_read_again_when_nothing_else_can_arrive_any_more() {
    let mut state = unanswered(&[(0, &["1.1.1.2"]), (10, &["1.1.1.3"]), (20, &["1.1.1.4"])]);
    assert_eq!(state.next_list_due(), None, "it is read before that anyway");
    let mut whole = State::default();
    whole.confirm(&target(), &ips(&["1.1.1.4"]), true, None, at(21));
    state.confirmed = whole.target(&target()).unwrap().confirmed.clone();
    assert_eq!(state.next_list_due(), Some(at(172)));
    state.unconfirmed = true;
    assert_eq!(state.next_list_due(), None);
    state.unconfirmed = false;
    state.read_back(&ips(&["1.1.1.4"]), at(172));
    assert_eq!(state.next_list_due(), None, "what is confirmed may arrive");
}

#[test]
fn no_lifetime_out_of_a_damaged_state_puts_anything_off_for_long() {
    let mut state = unanswered(&[(0, &["1.1.1.2"])]);
    state.writes[0].lifetime = Duration::MAX;
    assert_eq!(state.writes[0].arrives_by(), at(360));
}

#[test]
fn what_is_given_up_may_arrive_for_its_lifetime_from_then_on() {
    let mut state = State::default();
    let to = ips(&["1.1.1.2"]);
    state.record_write(&change(&[], &to), at(0), LIFETIME);
    state.gives_up(&change(&[], &ips(&["1.1.1.3"])), at(20));
    state.gives_up(&change(&[], &to), at(30));
    let write = &state.target(&target()).unwrap().writes[0];
    assert_eq!(write.arrives_by(), at(192));
}

#[test]
fn once_everything_is_in_doubt_nothing_of_any_account_is_known() {
    let mut state = State::default();
    let other = Target {
        account: AccountName("other".into()),
        ..target()
    };
    for target in [target(), other.clone()] {
        state.confirm(&target, &ips(&["1.1.1.2"]), true, None, at(0));
    }
    state.distrust_all();
    assert!(
        [target(), other]
            .iter()
            .all(|it| state.target(it).unwrap().unconfirmed)
    );
}

/// What becomes of a write.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered,
    /// It is done, and the answer is lost.
    Unheard,
    /// It never happens.
    Vanishes,
    /// It is done so many seconds later.
    Late(i64),
    /// Its sender is killed, and it is done, or not.
    Killed(bool),
}

/// A record at a provider, and what is remembered of it.
struct Model {
    state: State,
    content: Vec<IpAddr>,
    under_way: BTreeSet<(i64, Vec<IpAddr>)>,
    /// When writes changed nothing.
    needless: Vec<i64>,
    now: i64,
}

impl Model {
    fn arrive(&mut self, to: Vec<IpAddr>, when: i64) {
        if self.content == to {
            self.needless.push(when);
        }
        self.content = to;
    }

    fn pass_to(&mut self, now: i64) {
        while let Some((when, to)) = self.under_way.pop_first() {
            if when > now {
                self.under_way.insert((when, to));
                break;
            }
            self.arrive(to, when);
        }
        self.now = now;
    }

    /// Reads the list and writes what is wanted if it may; when there is something to do next.
    fn round(&mut self, wanted: &[IpAddr], fate: Fate) -> Option<i64> {
        let now = at(self.now);
        let there = self.content.clone();
        self.state.target_mut(&target()).read_back(&there, now);
        if there == wanted {
            self.state.confirm(&target(), wanted, true, None, now);
            return self.look();
        }
        let change = change(&there, wanted);
        let limits = WriteLimits {
            max_writes: usize::MAX,
            ..WriteLimits::default()
        };
        let of_target = |target: &Target| self.state.target(target);
        let (safe, refused) = guard(
            vec![change.clone()],
            limits,
            now,
            &RequestQuota::default(),
            of_target,
        );
        if safe.changes().is_empty() {
            self.state.target_mut(&target()).unconfirmed = true;
            let until = refused[0].1.until().unwrap();
            return Some(until.millis() / 1_000);
        }
        self.state.record_write(&change, now, LIFETIME);
        match fate {
            Fate::Answered | Fate::Unheard | Fate::Killed(true) => {
                self.arrive(wanted.to_vec(), self.now);
            }
            Fate::Late(by) => {
                self.under_way.insert((self.now + by, wanted.to_vec()));
            }
            Fate::Vanishes | Fate::Killed(false) => {}
        }
        match fate {
            Fate::Answered => {
                self.state.acknowledge(&change);
                self.state.confirm(&target(), wanted, true, None, now);
                self.look()
            }
            Fate::Killed(_) => Some(self.now),
            _ => {
                self.state.gives_up(&change, now);
                Some(self.now + 5)
            }
        }
    }

    fn look(&self) -> Option<i64> {
        let owed = self.state.target(&target())?.next_list_due()?;
        Some(owed.millis() / 1_000)
    }
}

fn fates() -> impl Strategy<Value = Fate> {
    prop_oneof![
        2 => Just(Fate::Answered),
        2 => Just(Fate::Unheard),
        2 => Just(Fate::Vanishes),
        2 => (1_i64..162).prop_map(Fate::Late),
        1 => any::<bool>().prop_map(Fate::Killed),
    ]
}

proptest! {
    /// L3 and L6: whatever becomes of writes, for as long as requests live.
    #[test]
    fn whatever_becomes_of_writes_few_change_nothing_and_three_minutes_later_all_is_right(
        wishes in prop::collection::vec((0_i64..60, 1_u8..4, fates()), 1..80),
    ) {
        let mut model = Model {
            state: State::default(),
            content: Vec::new(),
            under_way: BTreeSet::new(),
            needless: Vec::new(),
            now: 0,
        };
        let mut wanted = Vec::new();
        let mut next = None;
        for (pause, last, fate) in wishes {
            // What is due before the address changes again is done before.
            let begins = model.now + pause;
            let mut turns = 0;
            while let Some(due) = next.filter(|due| *due < begins && turns < 20) {
                model.pass_to(model.now.max(due));
                next = model.round(&wanted, fate);
                turns += 1;
            }
            model.pass_to(begins.max(model.now));
            wanted = ips(&[&format!("1.1.1.{last}")]);
            next = model.round(&wanted, fate);
        }
        let calm = model.now;
        while let Some(due) = next {
            model.pass_to(model.now.max(due));
            prop_assert!(model.now <= calm + 180, "it is not right in time");
            next = model.round(&wanted, Fate::Answered);
        }
        prop_assert_eq!(&model.content, &wanted);
        // What arrives after the last look at the list writes what is there.
        model.pass_to(calm + 3_600);
        prop_assert_eq!(&model.content, &wanted, "it does not stay so");
        for (position, first) in model.needless.iter().enumerate() {
            let hour = model.needless[position..].iter().take_while(|it| *it - first < 3_600);
            prop_assert!(hour.count() <= 4, "{:?}", model.needless);
        }
    }
}
