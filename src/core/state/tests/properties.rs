//! What holds whatever is remembered, and from whenever it is.

use proptest::prelude::*;

use super::*;
use crate::core::{
    detection::{
        flap_damping::{FlapDamper, TimestampedAddrs},
        nat::{ExternalAddress, NatState, RouterReport},
        source_backoff::SourceBackoff,
    },
    error::ErrorClass,
};

/// Around now, which is 0; sometimes nowhere near.
fn moments() -> impl Strategy<Value = BootTime> {
    let near = -100_000_000_i64..100_000_000;
    prop_oneof![20 => near, 1 => any::<i64>()].prop_map(BootTime::from_millis)
}

fn addrs() -> impl Strategy<Value = Vec<IpAddr>> {
    prop::collection::vec(any::<IpAddr>(), 0..3)
}

fn holds() -> impl Strategy<Value = Option<Hold>> {
    let class = prop::sample::select(vec![
        ErrorClass::Transient,
        ErrorClass::Unauthorized,
        ErrorClass::RateLimited {
            retry_after: Some(Duration::from_secs(7)),
        },
    ]);
    let hold = (class, any::<u32>(), moments(), moments());
    prop::option::of(hold.prop_map(|(class, failures, since, until)| Hold {
        class,
        message: "said no".to_owned(),
        failures,
        refusals: failures,
        since,
        until,
    }))
}

fn confirmed() -> impl Strategy<Value = Option<ConfirmedRecord>> {
    let visible = any::<Option<u32>>().prop_map(|it| it.map(|it| Duration::from_secs(it.into())));
    let all = (
        addrs(),
        moments(),
        any::<bool>(),
        any::<Option<u32>>(),
        visible,
    );
    prop::option::of(all.prop_map(
        |(addrs, since, simple, ttl, visible_after)| ConfirmedRecord {
            addrs,
            since,
            replaceable: simple,
            ttl,
            visible_after,
        },
    ))
}

fn targets() -> impl Strategy<Value = TargetState> {
    let before = prop::collection::vec(prop::collection::btree_set(any::<IpAddr>(), 0..3), 0..3);
    let spreading = (moments(), before).prop_map(|(since, before)| Propagation {
        since,
        previous: before,
    });
    let lifetime = any::<u32>().prop_map(|it| Duration::from_secs(it.into()));
    let writes = (moments(), addrs(), any::<bool>(), lifetime);
    let writes = writes.prop_map(|(at, to, done, lifetime)| WriteRecord {
        at,
        addrs: to,
        acknowledged: done,
        lifetime,
    });
    let dns = (
        prop::option::of(moments()),
        prop::option::of(spreading),
        any::<u32>(),
    );
    let repeats = prop::collection::vec(moments(), 0..3);
    let writes = prop::collection::vec(writes, 0..3);
    let written = (any::<bool>(), writes, repeats);
    (confirmed(), dns, written, holds(), addrs()).prop_map(
        |(
            confirmed,
            (verified, spreading, differing),
            (pending, writes, repeats),
            hold,
            held_for,
        )| {
            TargetState {
                confirmed,
                unconfirmed: pending,
                last_verified: verified,
                propagation: spreading,
                mismatches: differing,
                writes,
                repetitions: repeats,
                hold,
                held_for,
            }
        },
    )
}

fn accounts() -> impl Strategy<Value = AccountState> {
    let charges = prop::collection::vec((moments(), any::<u32>()), 0..4);
    let learnt = ("[ -~]{0,9}", any::<u64>(), prop::option::of(moments()));
    let targets = prop::collection::btree_map("[a-z]\\.example\\.com/A", targets(), 0..3);
    (learnt, holds(), charges, targets).prop_map(
        |((place, fingerprint, audited), hold, charges, targets)| {
            let mut requests = RequestQuota::default();
            for (at, count) in charges {
                requests.record(count, at);
            }
            AccountState {
                endpoint_key: place,
                fingerprint,
                zones: vec![Zone {
                    name: "example.com".parse().unwrap(),
                    id: "1".to_owned(),
                }],
                last_audit: audited,
                hold,
                quota: requests,
                targets,
            }
        },
    )
}

fn pasts() -> impl Strategy<Value = DetectionState> {
    let dated = || {
        (addrs(), moments()).prop_map(|(addrs, at)| TimestampedAddrs {
            addrs: addrs.into_iter().collect(),
            at,
        })
    };
    let flap_damper = (
        prop::collection::vec(dated(), 0..3),
        prop::option::of(dated()),
    )
        .prop_map(|(left, proposed)| FlapDamper {
            recent: left,
            candidate: proposed,
        });
    let backoff =
        (any::<u32>(), moments(), moments()).prop_map(|(faults, since, until)| SourceBackoff {
            failures: faults,
            since,
            until,
        });
    let backoffs = prop::collection::btree_map("[a-z]{1,3}", backoff, 0..3);
    let says = prop_oneof![
        Just(RouterReport::None),
        any::<[u8; 4]>().prop_map(|it| RouterReport::Address(it.into())),
    ];
    let word = (any::<[u8; 4]>(), says, moments()).prop_map(|(router, says, at)| ExternalAddress {
        router: router.into(),
        report: says,
        at,
    });
    let reach = (prop::option::of(word), addrs(), any::<bool>());
    let reach = reach.prop_map(|(word, outside, direct)| NatState {
        external: word,
        outside: outside.into_iter().collect(),
        is_direct: direct,
    });
    let absent = prop::option::of(moments());
    (addrs(), absent, flap_damper, backoffs, reach).prop_map(
        |(believed, absent, flap_damper, backoffs, reach)| DetectionState {
            believed: believed.into_iter().collect(),
            absent,
            flap_damper,
            backoffs,
            nat: reach,
        },
    )
}

fn memories() -> impl Strategy<Value = State> {
    let detection_path = "(A|AAAA)( via (eth1|wan0))?".prop_map(|it| it.try_into().unwrap());
    let detection_paths = prop::collection::btree_map(detection_path, pasts(), 0..3);
    let name = "[a-z]{1,3}".prop_map(AccountName);
    (
        detection_paths,
        prop::collection::btree_map(name, accounts(), 0..3),
        prop::collection::vec((any::<u64>(), moments()), 0..3),
    )
        .prop_map(|(detection_paths, accounts, probed)| {
            let mut probes = Probes::default();
            for (fingerprint, at) in probed {
                let _ = probes.begin(fingerprint, at);
            }
            State {
                paths: detection_paths,
                accounts,
                probes,
                has_tried_to_save: false,
            }
        })
}

/// Whether no moment in it is near either end of time, so that none is stopped there.
fn is_movable(state: &State, millis: i64) -> bool {
    let mut there_and_back = state.clone();
    there_and_back.shift(millis);
    there_and_back.shift(-millis);
    there_and_back == *state
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_remembered_is_read_as_it_was_written(state in memories()) {
        let text = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state);
    }

    /// L10: nothing that is left delays anything for longer than the schedule itself would.
    #[test]
    fn once_what_cannot_be_is_dropped_the_rest_can_be(mut state in memories(), now in moments()) {
        state.drop_the_impossible(now);
        let possible = state.clone();
        state.drop_the_impossible(now);
        prop_assert_eq!(&state, &possible);
        for account in state.accounts.values() {
            let targets = account.targets.values();
            for hold in targets.clone().filter_map(|it| it.hold.as_ref()).chain(&account.hold) {
                prop_assert!(!hold.is_impossible(now));
            }
            let spreading = targets.clone().filter_map(|it| it.propagation.as_ref());
            let looked = targets.clone().filter_map(|it| it.last_verified).chain(account.last_audit);
            let written = targets.flat_map(|it| it.writes.iter().map(|it| it.at));
            let mut moments = written.chain(looked).chain(spreading.map(|it| it.since));
            prop_assert!(moments.all(|it| it <= now));
            prop_assert!(account.quota.resets_at(now) <= now.after(WRITE_WINDOW));
        }
    }

    /// L11: the past means the same on a clock that started anew.
    #[test]
    fn what_can_be_on_one_clock_can_be_on_another(
        state in memories(),
        now in -1_000_000_i64..1_000_000,
        millis in -1_000_000_000_000_i64..1_000_000_000_000,
    ) {
        prop_assume!(is_movable(&state, millis));
        let drop = |state: &State, now| {
            let mut state = state.clone();
            state.drop_the_impossible(BootTime::from_millis(now));
            state
        };
        let shift = |state: &State| {
            let mut state = state.clone();
            state.shift(millis);
            state
        };
        prop_assert_eq!(shift(&drop(&state, now)), drop(&shift(&state), now + millis));
    }
}
