mod properties;

use crate::core::reconcile::limits::WriteLimits;
use crate::core::reconcile::rejection::GuardRejection;
use std::net::IpAddr;

use super::*;
use crate::core::{
    address::{addr_set::AddrSet, policy::PublishPolicy},
    dns::{
        change::Method,
        name::Fqdn,
        record::{AccountName, Attributes, Origin, Record, Zone},
    },
    state::{ConfirmedRecord, WriteRecord},
};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn at(seconds: i64) -> BootTime {
    BootTime::from_millis(seconds * 1000)
}

fn record(host: &str, addr: &str) -> Record {
    Record {
        id: "1".into(),
        host: Fqdn::parse(host).unwrap(),
        addr: ip(addr),
        ttl: None,
        attributes: Attributes::new(),
    }
}

fn change(from: &[&str], to: &[&str], reason: Reason, deletes: Vec<Record>) -> Change {
    let read = |texts: &[&str]| texts.iter().map(|it| ip(it)).collect();
    Change {
        target: Target {
            account: AccountName("home".into()),
            host: Fqdn::parse("home.example.com").unwrap(),
            family: Family::V4,
        },
        from: read(from),
        origin: Origin::List,
        to: read(to),
        method: Method::Records {
            zone: Zone {
                name: "example.com".parse().unwrap(),
                id: "1".into(),
            },
            steps: deletes
                .into_iter()
                .map(|record| Step::Delete { record })
                .collect(),
        },
        reason,
        replaceable_afterwards: true,
        raised_ttl: None,
    }
}

fn update(to: &str) -> Change {
    change(&["1.1.1.1"], &[to], Reason::AddressChanged, Vec::new())
}

fn refusal(change: Change, state: &TargetState, now: BootTime) -> Option<GuardRejection> {
    let sent = RequestQuota::default();
    let (safe, refused) = guard(vec![change], WriteLimits::default(), now, &sent, |_| {
        Some(state)
    });
    assert_eq!(safe.changes().len() + refused.len(), 1);
    refused.into_iter().next().map(|(_, refusal)| refusal)
}

#[test]
fn an_ordinary_change_passes() {
    assert_eq!(
        refusal(update("1.1.1.2"), &TargetState::default(), at(0)),
        None
    );
}

#[test]
fn a_write_that_changes_nothing_is_refused() {
    assert_eq!(
        refusal(update("1.1.1.1"), &TargetState::default(), at(0)),
        Some(GuardRejection::ChangesNothing)
    );
    let ttl = change(&["1.1.1.1"], &["1.1.1.1"], Reason::TtlDiffers, Vec::new());
    assert_eq!(
        refusal(ttl, &TargetState::default(), at(0)),
        None,
        "another TTL is a change"
    );
}

#[test]
fn a_deletion_needs_a_family_known_to_be_gone() {
    let own = record("home.example.com", "1.1.1.1");
    for reason in [
        Reason::AddressChanged,
        Reason::EditedElsewhere,
        Reason::Missing,
        Reason::TtlDiffers,
    ] {
        let wipe = change(&["1.1.1.1"], &[], reason, vec![own.clone()]);
        assert_eq!(
            refusal(wipe, &TargetState::default(), at(0)),
            Some(GuardRejection::DeletesWithoutAbsence),
            "{reason:?}"
        );
    }
    let gone = change(&["1.1.1.1"], &[], Reason::FamilyGone, vec![own]);
    assert_eq!(refusal(gone, &TargetState::default(), at(0)), None);
}

#[test]
fn a_record_of_another_name_or_family_is_out_of_scope() {
    for foreign in [
        record("www.example.com", "1.1.1.1"),
        record("home.example.com", "2a01::1"),
    ] {
        let change = change(
            &["1.1.1.1"],
            &["1.1.1.2"],
            Reason::AddressChanged,
            vec![foreign],
        );
        assert_eq!(
            refusal(change, &TargetState::default(), at(0)),
            Some(GuardRejection::OutOfScope)
        );
    }
    assert_eq!(
        refusal(update("2a01::1"), &TargetState::default(), at(0)),
        Some(GuardRejection::OutOfScope)
    );
}

fn too_many_deletes(limit: usize, left: usize) -> GuardRejection {
    let (until, wait) = (at(60), Duration::from_mins(1));
    GuardRejection::TooManyDeletes {
        limit,
        left,
        until,
        wait,
    }
}

#[test]
fn a_round_deletes_only_so_much_and_says_what_is_left() {
    let own = |last: usize| record("home.example.com", &format!("1.1.1.{last}"));
    let gone = |count| {
        let own: Vec<_> = (1..=count).map(own).collect();
        let mut change = change(&[], &[], Reason::FamilyGone, own.clone());
        change.from = own.iter().map(|it| it.addr).collect();
        change
    };
    let limits = WriteLimits {
        max_deletes: 3,
        ..WriteLimits::default()
    };
    let sent = RequestQuota::default();
    let all = vec![gone(2), gone(2), gone(1)];
    let (safe, refused) = guard(all.clone(), limits, at(0), &sent, |_| None);
    assert_eq!(safe.changes(), [all[0].clone(), all[1].with_max_deletes(1)]);
    let too_many = |left| too_many_deletes(3, left);
    let wanted = [(all[1].clone(), too_many(1)), (all[2].clone(), too_many(1))];
    assert_eq!(refused, wanted);
    let part = &safe.changes()[1];
    assert_eq!(
        (&part.to[..], part.replaceable_afterwards),
        (&[ip("1.1.1.2")][..], false)
    );
    let (safe, refused) = guard(vec![gone(3)], limits, at(0), &sent, |_| None);
    assert_eq!(
        (safe.changes().len(), refused.len()),
        (1, 0),
        "and no fewer"
    );
    assert!(safe.changes()[0].replaceable_afterwards);
}

#[test]
fn what_makes_a_name_right_is_not_held_up_by_what_is_deleted() {
    let mut change = update("1.1.1.9");
    let surplus = record("home.example.com", "1.1.1.1");
    let Method::Records { steps, .. } = &mut change.method else {
        unreachable!("`update` goes record by record")
    };
    let addr = PublishPolicy::default();
    let addr = addr.check(Family::V4, ip("84.212.10.20")).unwrap();
    *steps = vec![
        Step::Create { addr, ttl: None },
        Step::Delete { record: surplus },
    ];
    let limits = WriteLimits {
        max_deletes: 0,
        ..WriteLimits::default()
    };
    let sent = RequestQuota::default();
    let (safe, refused) = guard(vec![change], limits, at(0), &sent, |_| None);
    assert_eq!(safe.changes()[0].steps().len(), 1);
    assert_eq!(safe.changes()[0].to, [ip("1.1.1.1"), ip("1.1.1.9")]);
    assert_eq!(refused[0].1, too_many_deletes(0, 1));
    assert_eq!(refused[0].1.until(), Some(at(60)));
}

/// Writes at these seconds with these addresses.
fn writes(all: &[(i64, &str)], done: bool) -> Vec<WriteRecord> {
    let write = |(seconds, to): &(i64, &str)| WriteRecord {
        at: at(*seconds),
        addrs: vec![ip(to)],
        acknowledged: done,
        lifetime: Duration::from_secs(162),
    };
    all.iter().map(write).collect()
}

#[test]
fn what_is_said_to_be_done_and_is_not_there_goes_out_four_times_an_hour_the_last_ones_spaced_out() {
    let all = [0, 10, 70, 670];
    let state = |count: usize| TargetState {
        writes: writes(&all.map(|it| (it, "1.1.1.2"))[..count], true),
        repetitions: all[1..count].iter().map(|it| at(*it)).collect(),
        ..TargetState::default()
    };
    let again = |count, seconds| refusal(update("1.1.1.2"), &state(count), at(seconds));
    assert_eq!(again(1, 5), None, "once more at once");
    for (count, too_early, allowed) in [(2, 69, 70), (3, 669, 670), (4, 3_609, 3_610)] {
        let Some(GuardRejection::RepeatedContent { until, wait, .. }) = again(count, too_early)
        else {
            panic!("{count}")
        };
        assert_eq!((until, wait), (at(allowed), Duration::from_secs(1)));
        assert_eq!(again(count, allowed), None, "{count}");
    }
    assert_eq!(
        refusal(update("1.1.1.3"), &state(4), at(700)),
        None,
        "another address may go"
    );
}

#[test]
fn a_target_is_written_so_often_an_hour() {
    let limits = WriteLimits {
        max_writes: 3,
        ..WriteLimits::default()
    };
    let history = [(0, "1.1.1.1"), (60, "1.1.1.2"), (120, "1.1.1.1")];
    let state = TargetState {
        writes: writes(&history, true),
        ..TargetState::default()
    };
    let refusals = |now| {
        let again = vec![update("1.1.1.3")];
        let (_, refused) = guard(again, limits, now, &RequestQuota::default(), |_| {
            Some(&state)
        });
        let refusals = refused.into_iter().map(|(_, refusal)| refusal);
        refusals.collect::<Vec<_>>()
    };
    let (count, until, wait) = (3, at(3_600), Duration::from_secs(1));
    let too_many = GuardRejection::TooManyWrites { count, until, wait };
    assert_eq!(refusals(at(3_599)), [too_many]);
    assert_eq!(refusals(at(3_600)), []);
}

#[test]
fn writes_without_a_proper_answer_hold_up_the_same_address_only_and_for_as_long_as_they_may_arrive()
{
    let state = |all: &[(i64, &str)]| TargetState {
        writes: writes(all, false),
        ..TargetState::default()
    };
    let one = state(&[(0, "1.1.1.2")]);
    assert_eq!(
        refusal(update("1.1.1.2"), &one, at(5)),
        None,
        "once more at once"
    );
    let two = TargetState {
        repetitions: vec![at(5)],
        ..state(&[(0, "1.1.1.2"), (5, "1.1.1.2"), (6, "1.1.1.3")])
    };
    let again = |state: &TargetState, seconds| refusal(update("1.1.1.2"), state, at(seconds));
    let Some(GuardRejection::UnconfirmedWrites { count, until, wait }) = again(&two, 64) else {
        panic!("it is in doubt")
    };
    assert_eq!((count, until, wait), (2, at(65), Duration::from_secs(1)));
    assert_eq!(again(&two, 65), None, "a minute after the second");
    let three = TargetState {
        repetitions: vec![at(5), at(65)],
        ..state(&[(0, "1.1.1.2"), (5, "1.1.1.2"), (65, "1.1.1.2")])
    };
    let Some(GuardRejection::UnconfirmedWrites { until, .. }) = again(&three, 166) else {
        panic!("it is in doubt")
    };
    assert_eq!(until, at(227), "until none of them can arrive any more");
    assert_eq!(again(&three, 227), None);
    let many = [
        (0, "1.1.1.2"),
        (1, "1.1.1.2"),
        (2, "1.1.1.3"),
        (3, "1.1.1.3"),
    ];
    let many = state(&many);
    assert_eq!(
        refusal(update("1.1.1.4"), &many, at(5)),
        None,
        "another address"
    );
}

#[test]
fn what_may_have_changed_nothing_counts_for_an_hour_whatever_it_said() {
    let state = TargetState {
        writes: writes(&[(900, "1.1.1.3")], false),
        repetitions: [0, 10, 20].map(at).into(),
        ..TargetState::default()
    };
    let again = |seconds| refusal(update("1.1.1.3"), &state, at(seconds));
    let Some(GuardRejection::UnconfirmedWrites { until, .. }) = again(905) else {
        panic!("that would be the fourth")
    };
    assert_eq!(until, at(1_062), "until it cannot arrive any more");
    assert_eq!(again(1_062), None);
}

#[test]
fn a_flapping_address_stays_under_the_limit_of_writes() {
    let limits = WriteLimits {
        max_writes: 4,
        ..WriteLimits::default()
    };
    let mut state = TargetState::default();
    let mut written = 0;
    for round in 0..100 {
        let now = at(round * 60);
        let to = if round % 2 == 0 { "1.1.1.2" } else { "1.1.1.3" };
        let of_target = |_: &Target| Some(&state);
        let (safe, _) = guard(
            vec![update(to)],
            limits,
            now,
            &RequestQuota::default(),
            of_target,
        );
        if !safe.changes().is_empty() {
            state.writes.extend(writes(&[(round * 60, to)], true));
            written += 1;
        }
    }
    assert_eq!(
        written, 8,
        "four in the first hour, four in the rest of the second"
    );
}

#[test]
fn an_account_is_sent_so_many_requests_an_hour() {
    let three = || {
        let deletes = vec![record("home.example.com", "1.1.1.9"); 3];
        change(&["1.1.1.1"], &["1.1.1.2"], Reason::AddressChanged, deletes)
    };
    let limits = WriteLimits {
        general_requests: 10,
        requests_with_reserve: 10,
        ..WriteLimits::default()
    };
    let mut sent = RequestQuota::default();
    sent.record(3, at(0));
    let (safe, refused) = guard(vec![three(); 4], limits, at(60), &sent, |_| None);
    assert_eq!((safe.changes().len(), safe.request_count()), (2, 6));
    let count = 3;
    let until = at(3_600);
    let wait = Duration::from_mins(59);
    let too_many = GuardRejection::TooManyRequests { count, until, wait };
    assert!(refused.iter().all(|(_, refusal)| *refusal == too_many));
    let exactly = WriteLimits {
        general_requests: 9,
        requests_with_reserve: 9,
        ..WriteLimits::default()
    };
    let (safe, _) = guard(vec![three(); 4], exactly, at(60), &sent, |_| None);
    assert_eq!(safe.request_count(), 6, "and not one fewer");
    let (safe, _) = guard(vec![three(); 4], limits, at(3_600), &sent, |_| None);
    assert_eq!(safe.changes().len(), 3, "an hour later they are forgotten");
}

#[test]
fn only_a_changed_address_may_use_the_reserve_of_the_request_quota() {
    let mut sent = RequestQuota::default();
    let limits = WriteLimits::default();
    sent.record(limits.general_requests, at(0));
    for (reason, is_allowed) in [
        (Reason::AddressChanged, true),
        (Reason::Missing, true),
        (Reason::FamilyGone, true),
        (Reason::EditedElsewhere, false),
        (Reason::TtlDiffers, false),
    ] {
        let to: &[&str] = if reason == Reason::FamilyGone {
            &[]
        } else {
            &["1.1.1.2"]
        };
        let step = vec![record("home.example.com", "1.1.1.9")];
        let change = change(&["1.1.1.1"], to, reason, step);
        let (safe, refused) = guard(vec![change], limits, at(60), &sent, |_| None);
        assert_eq!(safe.changes().len(), usize::from(is_allowed), "{reason:?}");
        assert_eq!(refused.is_empty(), is_allowed, "{reason:?}");
    }
    // What somebody has edited while our address changed is as urgent as without the edit.
    for (addr, is_allowed) in [("1.1.1.1", true), ("1.1.1.2", false)] {
        let state = TargetState {
            confirmed: Some(ConfirmedRecord {
                addrs: vec![ip(addr)],
                since: at(0),
                replaceable: false,
                ttl: None,
                visible_after: None,
            }),
            ..TargetState::default()
        };
        let step = vec![record("home.example.com", "1.1.1.9")];
        let change = change(&["1.1.1.9"], &["1.1.1.2"], Reason::EditedElsewhere, step);
        let (safe, _) = guard(vec![change], limits, at(60), &sent, |_| Some(&state));
        assert_eq!(safe.changes().len(), usize::from(is_allowed), "{addr}");
    }
    // Two hundred hosts of both families that change five times within an hour.
    assert!(200 * 2 * 5 < limits.requests_with_reserve);
    sent.record(
        limits.requests_with_reserve - limits.general_requests,
        at(60),
    );
    let step = vec![record("home.example.com", "1.1.1.9")];
    let last = change(&["1.1.1.1"], &["1.1.1.2"], Reason::AddressChanged, step);
    let (safe, refused) = guard(vec![last], limits, at(120), &sent, |_| None);
    assert_eq!(safe.changes().len(), 0, "the reserve has an end");
    assert!(matches!(
        refused[0].1,
        GuardRejection::TooManyRequests { .. }
    ));
}

#[test]
fn a_refusal_says_what_is_not_done_and_when_it_may_be() {
    let (count, until, wait) = (3, at(300), Duration::from_mins(5));
    for (refusal, said) in [
        (
            GuardRejection::ChangesNothing,
            "not written: it would change nothing",
        ),
        (
            GuardRejection::DeletesWithoutAbsence,
            "not deleted: the address family is not known to be gone",
        ),
        (
            GuardRejection::OutOfScope,
            "not written: a record of another name was meant",
        ),
        (
            too_many_deletes(50, 7),
            "not all of it at once: a round deletes at most 50 records of an account; 7 more go in 60 s",
        ),
        (
            GuardRejection::TooManyWrites { count, until, wait },
            "not written: it was changed 3 times within the hour; the next change may go out in 5 min (is an \
             address source flapping?)",
        ),
        (
            GuardRejection::RepeatedContent { count, until, wait },
            "not written: the same was written 3 times within the hour and did not come to stay; the next \
             attempt is in 5 min",
        ),
        (
            GuardRejection::TooManyRequests {
                count: 3,
                until,
                wait,
            },
            "not asked: the account was sent 3 requests within the hour; the next may go out in 5 min (do \
             other programs or hosts keep changing its records?)",
        ),
        (
            GuardRejection::NextPart {
                left: 7,
                until: at(0),
            },
            "not written yet: 7 changes of the account are left for the next part, which begins at once",
        ),
        (GuardRejection::LossyUpdate("x".into()), "not written: x"),
    ] {
        assert_eq!(refusal.to_string(), said);
    }
}

#[test]
fn hosts_that_are_pushed_share_a_request() {
    let addr = PublishPolicy::default()
        .check(Family::V4, ip("1.1.1.2"))
        .unwrap();
    let push = Change {
        method: Method::ReplaceRRset(AddrSet::single(addr)),
        ..update("1.1.1.2")
    };
    let sent = RequestQuota::default();
    let (safe, _) = guard(vec![push; 21], WriteLimits::default(), at(0), &sent, |_| {
        None
    });
    assert_eq!(safe.request_count(), 3);
}

#[test]
fn a_plan_falls_into_parts_that_keep_pushes_together_and_every_change_once() {
    let step = |number: usize| {
        let host = format!("host-{number}.example.com");
        let mut change = change(
            &["1.1.1.1"],
            &["2.2.2.2"],
            Reason::AddressChanged,
            vec![record(&host, "1.1.1.1")],
        );
        change.target.host = Fqdn::parse(&host).unwrap();
        change
    };
    let addr = PublishPolicy::default()
        .check(Family::V4, ip("2.2.2.2"))
        .unwrap();
    let push = |number: usize| Change {
        method: Method::ReplaceRRset(AddrSet::single(addr)),
        ..step(number)
    };
    let changes: Vec<_> = (0..200)
        .map(|number| {
            if number % 2 == 0 {
                step(number)
            } else {
                push(number)
            }
        })
        .collect();
    let plan = SafePlan {
        changes: changes.clone(),
    };
    let parts = plan.split(30);
    let sizes: Vec<_> = parts.iter().map(|it| it.changes().len()).collect();
    assert_eq!(sizes, [100, 30, 30, 30, 10]);
    let mut all: Vec<_> = parts.iter().flat_map(|it| it.changes().to_vec()).collect();
    all.sort_by_key(|it| changes.iter().position(|other| other == it));
    assert_eq!(all, changes);
    assert!(SafePlan::default().split(30).is_empty());
}

#[test]
fn an_account_may_be_sent_more_the_more_it_has_to_keep_up_to_what_a_provider_takes() {
    let requests = |targets| WriteLimits::default().of_account(targets).general_requests;
    assert_eq!(requests(0), 1_200);
    // Created, and changed twice.
    assert!(requests(600) >= 3 * 600 + 10, "{}", requests(600));
    assert_eq!(requests(1_000_000), 2_700);
    let few = WriteLimits {
        general_requests: 5_000,
        ..WriteLimits::default()
    };
    assert_eq!(few.of_account(10).general_requests, 5_000);
}
