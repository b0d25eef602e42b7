//! What holds of every plan that passes, whatever was proposed and whatever happened before.

use crate::core::reconcile::limits::WriteLimits;
use crate::core::reconcile::rejection::GuardRejection;
use crate::core::state::lifetime::WRITE_WINDOW;
use proptest::prelude::*;

use super::*;

fn addresses() -> impl Strategy<Value = Vec<IpAddr>> {
    let addr = prop::sample::select(vec![ip("1.1.1.1"), ip("1.1.1.2"), ip("2a01::1")]);
    let mostly_ours = prop_oneof![8 => 0..2_usize, 1 => 2..3_usize];
    let of_ours = (mostly_ours, addr).prop_map(|(which, other)| match which {
        0 => ip("1.1.1.1"),
        1 => ip("1.1.1.2"),
        _ => other,
    });
    prop::collection::vec(of_ours, 0..3)
}

fn admitted(addr: IpAddr) -> crate::core::address::policy::PublishableAddr {
    PublishPolicy::default()
        .check(Family::of(addr), addr)
        .unwrap()
}

fn step() -> impl Strategy<Value = Step> {
    let host = prop_oneof![9 => Just("home.example.com"), 1 => Just("www.example.com")];
    let addr = || prop_oneof![9 => Just(ip("1.1.1.2")), 1 => Just(ip("2a01::1"))];
    (0..3, host, addr(), addr()).prop_map(|(kind, host, there, then)| {
        let record = record(host, &there.to_string());
        let (addr, ttl) = (admitted(then), None);
        match kind {
            0 => Step::Create { addr, ttl },
            1 => Step::Modify { record, addr, ttl },
            _ => Step::Delete { record },
        }
    })
}

fn proposed() -> impl Strategy<Value = Change> {
    let reason = prop::sample::select(vec![
        Reason::Missing,
        Reason::AddressChanged,
        Reason::EditedElsewhere,
        Reason::TtlDiffers,
        Reason::FamilyGone,
    ]);
    let steps = prop::option::weighted(0.7, prop::collection::vec(step(), 1..4));
    (addresses(), addresses(), reason, steps).prop_map(|(from, to, reason, steps)| {
        let mut change = change(&[], &[], reason, Vec::new());
        (change.from, change.to) = (from, to);
        match (&mut change.method, steps) {
            (Method::Records { steps, .. }, Some(proposed)) => *steps = proposed,
            (method, _) => *method = Method::ReplaceRRset(AddrSet::single(admitted(ip("1.1.1.2")))),
        }
        change
    })
}

fn limits() -> impl Strategy<Value = WriteLimits> {
    (0..6_usize, 1..5_usize, 1..5_usize, 0..12_u32).prop_map(
        |(deletes, writes, repeats, requests)| WriteLimits {
            max_deletes: deletes,
            max_writes: writes,
            max_repeats: repeats,
            general_requests: requests,
            requests_with_reserve: requests,
            ..WriteLimits::default()
        },
    )
}

/// Whether the change is of the target's own name and family only.
fn is_own(change: &Change) -> bool {
    let own = |record: &Record| record.host == change.target.host && record.addr.is_ipv4();
    change.to.iter().all(IpAddr::is_ipv4)
        && change.steps().iter().all(|step| match step {
            Step::Create { addr, .. } => addr.addr().is_ipv4(),
            Step::Modify { record, addr, .. } => own(record) && addr.addr().is_ipv4(),
            Step::Delete { record } => own(record),
        })
}

proptest! {
    #[test]
    fn what_passes_is_within_every_limit_and_what_does_not_is_refused_with_a_reason(
        changes in prop::collection::vec(proposed(), 0..8),
        limits in limits(),
        before in 0..6_u32,
    ) {
        let mut sent = RequestQuota::default();
        sent.record(before, at(0));
        let (safe, refused) = guard(changes.clone(), limits, at(60), &sent, |_| None);
        prop_assert!(safe.changes().iter().map(Change::delete_count).sum::<usize>() <= limits.max_deletes);
        prop_assert!(safe.changes().is_empty() || safe.request_count() + before <= limits.general_requests);
        for change in safe.changes() {
            prop_assert!(is_own(change));
            prop_assert!(!change.to.is_empty() || change.reason == Reason::FamilyGone);
            prop_assert!(change.from != change.to || change.reason == Reason::TtlDiffers || !changes.contains(change));
        }
        for (change, refusal) in &refused {
            prop_assert_eq!(*refusal == GuardRejection::OutOfScope, !is_own(change), "{}", change);
        }
        // Nothing is lost or made up, and the order stays. Of what deletes too much, a part is done.
        let mut safe = safe.changes().iter().peekable();
        let mut refused = refused.iter().peekable();
        let mut left = limits.max_deletes;
        for change in &changes {
            if safe.next_if_eq(&change).is_some() {
                left -= change.delete_count();
                continue;
            }
            let refusal = refused.next_if(|(it, _)| it == change).map(|(_, refusal)| refusal);
            prop_assert!(refusal.is_some());
            if matches!(refusal, Some(GuardRejection::TooManyDeletes { .. })) {
                let part = change.with_max_deletes(left);
                left -= part.delete_count();
                prop_assert!(part.steps().is_empty() || safe.next_if_eq(&&part).is_some());
                prop_assert!(left == 0);
            }
        }
        prop_assert!(safe.next().is_none() && refused.next().is_none());
    }

    /// L3, for every hour and not only for the last.
    #[test]
    fn however_often_a_write_is_wanted_no_hour_sees_more_than_is_allowed(
        wishes in prop::collection::vec((1_i64..1_500, 1_u8..4), 1..60),
        writes in 1_usize..8,
        repeats in 1_usize..5,
    ) {
        let limits = WriteLimits { max_writes: writes, max_repeats: repeats, ..WriteLimits::default() };
        let mut state = TargetState::default();
        let mut history: Vec<(BootTime, Vec<IpAddr>)> = Vec::new();
        let mut now = at(0);
        for (pause, last) in wishes {
            now = now.after(Duration::from_secs(pause.unsigned_abs()));
            let wish = update(&format!("1.1.1.{}", last + 1));
            let to = wish.to.clone();
            let is_repeat = state.may_change_nothing(&wish, now);
            let of_target = |_: &Target| Some(&state);
            let (safe, refused) = guard(vec![wish], limits, now, &RequestQuota::default(), of_target);
            for (_, refusal) in refused {
                let (GuardRejection::TooManyWrites { until, wait, .. } | GuardRejection::RepeatedContent { until, wait, .. }) = refusal
                else {
                    panic!("{refusal}")
                };
                prop_assert!(!wait.is_zero() && wait <= WRITE_WINDOW, "never for ever: {}", refusal);
                prop_assert_eq!(until, now.after(wait));
            }
            if !safe.changes().is_empty() {
                history.push((now, to.clone()));
                state.repetitions.extend(is_repeat.then_some(now));
                state.writes.push(WriteRecord { at: now, addrs: to, acknowledged: true, lifetime: Duration::ZERO });
            }
        }
        for (position, (begun, first)) in history.iter().enumerate() {
            let hour = history[position..].iter().take_while(|(at, _)| at.since(*begun) < WRITE_WINDOW);
            prop_assert!(hour.clone().count() <= writes);
            // The first of them changed something.
            prop_assert!(hour.take_while(|(_, to)| to == first).count() <= repeats.max(2));
        }
    }
}
