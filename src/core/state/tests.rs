//! What is remembered, and what is not.

mod properties;

use super::*;
use crate::core::{
    address::family::Family,
    detection::{
        flap_damping::{FlapDamper, TimestampedAddrs},
        source_backoff::SourceBackoff,
    },
    dns::{
        change::{Method, Reason},
        name::Fqdn,
        record::{Origin, Target},
    },
    error::{ErrorClass, ProviderError},
};

fn target() -> Target {
    Target {
        account: AccountName("home".into()),
        host: Fqdn::parse("home.example.com").unwrap(),
        family: Family::V4,
    }
}

fn at(seconds: i64) -> BootTime {
    BootTime::from_millis(seconds * 1000)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

const LIFETIME: Duration = Duration::from_secs(162);

fn change(to: &str) -> Change {
    Change {
        target: target(),
        from: vec![ip("1.1.1.1")],
        origin: Origin::List,
        to: vec![ip(to)],
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

#[test]
fn a_write_counts_before_it_is_sent_and_is_unknown_until_confirmed() {
    let mut state = State::default();
    state.record_write(&change("1.1.1.2"), at(0), LIFETIME);
    let target = state.target(&target()).unwrap();
    assert!(target.unconfirmed);
    assert_eq!(target.writes.len(), 1);
    assert_eq!(target.confirmed, None);
}

#[test]
fn only_the_providers_word_makes_a_write_a_done_one() {
    let mut state = State::default();
    state.record_write(&change("1.1.1.2"), at(0), LIFETIME);
    state.confirm(&target(), &[ip("1.1.1.2")], true, None, at(1));
    assert!(
        !state.target(&target()).unwrap().writes[0].acknowledged,
        "it was read back"
    );
    state.record_write(&change("1.1.1.3"), at(2), LIFETIME);
    for (to, expected) in [("1.1.1.2", [false, false]), ("1.1.1.3", [false, true])] {
        state.acknowledge(&change(to));
        let writes = &state.target(&target()).unwrap().writes;
        assert_eq!(
            [writes[0].acknowledged, writes[1].acknowledged],
            expected,
            "{to}"
        );
    }
}

#[test]
fn since_is_when_the_address_became_this_one() {
    let mut state = State::default();
    for (now, address, since) in [
        (10, "1.1.1.1", 10),
        (20, "1.1.1.1", 10),
        (30, "1.1.1.2", 30),
    ] {
        state.confirm(&target(), &[ip(address)], true, None, at(now));
        let confirmed = state.target(&target()).unwrap().confirmed.as_ref();
        assert_eq!(confirmed.unwrap().since, at(since), "{now}");
    }
}

#[test]
fn writes_are_forgotten_after_an_hour() {
    let mut state = State::default();
    state.record_write(&change("1.1.1.2"), at(0), LIFETIME);
    state.record_write(&change("1.1.1.3"), at(3_599), LIFETIME);
    assert_eq!(state.target(&target()).unwrap().writes.len(), 2);
    state.record_write(&change("1.1.1.4"), at(3_600), LIFETIME);
    assert_eq!(state.target(&target()).unwrap().writes.len(), 2);
}

#[test]
fn a_write_that_surely_had_no_effect_does_not_count() {
    let mut state = State::default();
    let writes = |state: &State| state.target(&target()).unwrap().writes.len();
    state.record_write(&change("1.1.1.2"), at(0), LIFETIME);
    state.record_write(&change("1.1.1.3"), at(1), LIFETIME);
    state.discard_write(&change("1.1.1.2"));
    assert_eq!(writes(&state), 2, "it was not the last");
    state.discard_write(&change("1.1.1.3"));
    assert_eq!(writes(&state), 1);
    assert!(
        state.target(&target()).unwrap().unconfirmed,
        "read back still"
    );
}

#[test]
fn what_somebody_wrote_by_hand_is_unknown_in_that_account_alone() {
    let mut state = State::default();
    let other = Target {
        account: AccountName("other".into()),
        ..target()
    };
    for target in [&target(), &other] {
        state.confirm(target, &[ip("1.1.1.1")], true, None, at(0));
    }
    state.invalidate(&target().account);
    assert!(state.target(&target()).unwrap().unconfirmed);
    assert!(!state.target(&other).unwrap().unconfirmed);
}

#[test]
fn what_is_kept_is_kept_by_name_and_type_and_only_while_it_is_configured() {
    let mut state = State::default();
    let name = |text: &str| AccountName(text.into());
    for account in ["home", "gone"] {
        let account = name(account);
        let target = Target {
            account,
            ..target()
        };
        state.confirm(&target, &[ip("1.1.1.1")], true, None, at(0));
    }
    let home = state.account(&name("home")).unwrap();
    assert!(home.targets.keys().eq(["home.example.com/A"]));
    state.retain_accounts(&[name("home"), name("new")].into(), at(0));
    assert!(state.accounts.keys().eq([&name("home")]));
    let eth1 = DetectionPath::new(Family::V4, Some("eth1".parse().unwrap()));
    let everywhere = [Family::V4.into(), Family::V6.into(), eth1.clone()];
    state.paths = everywhere.map(|it| (it, DetectionState::default())).into();
    state.retain_paths(&[eth1.clone(), Family::V6.into()].into());
    assert!(state.paths.keys().eq([&Family::V6.into(), &eth1]));
}

#[test]
fn what_was_there_before_changes_that_are_still_spreading_is_remembered_too() {
    let mut state = State::default();
    let mut expected = Vec::new();
    for last in 0..20_u8 {
        let from = ip(&format!("1.1.1.{last}"));
        expected.push(BTreeSet::from([from]));
        let mut change = change("9.9.9.9");
        change.from = vec![from];
        // Once more, as after an answer that was lost, adds nothing.
        state.start_propagation(&change, at(last.into()));
        state.start_propagation(&change, at(last.into()));
        let spreading = &state.target(&target()).unwrap().propagation;
        let latest = expected.len().saturating_sub(MAX_PREVIOUS);
        assert_eq!(spreading.as_ref().unwrap().previous, expected[latest..]);
    }
    // They have long arrived, or never will.
    state.start_propagation(&change("1.1.1.2"), at(19 + 600));
    let spreading = &state.target(&target()).unwrap().propagation;
    assert_eq!(spreading.as_ref().unwrap().previous.len(), 1);
}

#[test]
fn a_first_word_and_a_new_one_owe_no_look_at_dns_and_the_same_again_does() {
    let mut state = State::default();
    let mut confirm = |addr, now| {
        state.confirm(&target(), &[ip(addr)], true, None, at(now));
        state.target(&target()).unwrap().last_verified
    };
    assert_eq!(confirm("1.1.1.1", 10), Some(at(10)));
    assert_eq!(confirm("1.1.1.1", 20), Some(at(10)));
    assert_eq!(confirm("1.1.1.2", 30), Some(at(30)));
    state.target_mut(&target()).last_verified = None;
    state.confirm(&target(), &[ip("1.1.1.2")], true, None, at(40));
    let verified = state.target(&target()).unwrap().last_verified;
    assert_eq!(verified, Some(at(40)));
}

#[test]
fn a_change_is_spreading_from_any_moment_but_one_to_come() {
    for (since, is_spreading) in [(99, true), (100, true), (101, false)] {
        let mut state = State::default();
        state.start_propagation(&change("1.1.1.2"), at(since));
        state.drop_the_impossible(at(100));
        let spreading = &state.target(&target()).unwrap().propagation;
        assert_eq!(spreading.is_some(), is_spreading, "{since}");
    }
}

#[test]
fn a_new_secret_lifts_holds_and_a_new_place_voids_everything() {
    let mut state = State::default();
    let name = AccountName("home".into());
    state.apply_config(&name, "domeneshop https://a", 1, &[target()], at(0));
    state.confirm(&target(), &[ip("1.1.1.1")], true, None, at(0));
    let hold = Hold {
        class: ErrorClass::Unauthorized,
        message: "refused".into(),
        failures: 1,
        refusals: 0,
        since: at(0),
        until: at(100),
    };
    state.accounts.get_mut(&name).unwrap().hold = Some(hold.clone());
    state.apply_config(&name, "domeneshop https://a", 1, &[target()], at(0));
    assert_eq!(state.account(&name).unwrap().hold, Some(hold));
    state.apply_config(&name, "domeneshop https://a", 2, &[target()], at(0));
    assert_eq!(state.account(&name).unwrap().hold, None);
    assert!(state.target(&target()).unwrap().confirmed.is_some());
    state.apply_config(&name, "domeneshop https://b", 2, &[target()], at(0));
    assert_eq!(state.target(&target()), None);
}

#[test]
fn a_new_configuration_lifts_refusals_and_no_other_hold() {
    let classes = [
        (ErrorClass::Unauthorized, true),
        (ErrorClass::NotFound, true),
        (ErrorClass::Invalid, true),
        (ErrorClass::Transient, false),
        (ErrorClass::ProtocolViolation, false),
        (ErrorClass::Unconfirmed, false),
        (ErrorClass::RateLimited { retry_after: None }, false),
    ];
    for (class, lifted) in classes {
        let mut state = State::default();
        let name = target().account;
        state.apply_config(&name, "a", 1, &[target()], at(0));
        let mut hold =
            Hold::after_failure(None, &ProviderError::of_account(class, "x"), at(0), 0.0);
        hold.refusals = 3;
        state.target_mut(&target()).hold = Some(hold.clone());
        state.accounts.get_mut(&name).unwrap().hold = Some(hold);
        state.apply_config(&name, "a", 2, &[target()], at(0));
        let account = state.account(&name).unwrap();
        let refusals = account.hold.as_ref().map_or(0, |it| it.refusals);
        assert_eq!(refusals, 0, "another secret was never refused");
        let of_target = &state.target(&target()).unwrap().hold;
        assert_eq!(
            [account.hold.is_none(), of_target.is_none()],
            [lifted; 2],
            "{class:?}"
        );
    }
}

#[test]
fn hosts_that_are_not_configured_any_more_are_forgotten() {
    let mut state = State::default();
    state.confirm(&target(), &[ip("1.1.1.1")], true, None, at(0));
    state.apply_config(&target().account, "", 0, &[], at(0));
    assert_eq!(state.target(&target()), None);
}

#[test]
fn what_was_sent_counts_for_its_hour_whatever_is_configured() {
    let name = target().account;
    let held =
        |class| Hold::after_failure(None, &ProviderError::of_account(class, "x"), at(0), 0.0);
    let wait = ErrorClass::RateLimited {
        retry_after: Some(Duration::from_mins(90)),
    };
    for whole_account in [false, true] {
        let take_out = |state: &mut State, now| {
            if whole_account {
                state.retain_accounts(&BTreeSet::new(), now);
            } else {
                state.apply_config(&name, "", 0, &[], now);
            }
        };
        let mut state = State::default();
        state.confirm(&target(), &[ip("1.1.1.1")], true, None, at(0));
        state.record_write(&change("1.1.1.2"), at(0), LIFETIME);
        state.target_mut(&target()).hold = Some(held(ErrorClass::Invalid));
        let account = state.accounts.get_mut(&name).unwrap();
        account.quota.record(7, at(0));
        account.hold = Some(held(wait));
        take_out(&mut state, at(3_599));
        let account = state.account(&name).unwrap();
        assert_eq!(account.quota.used(at(3_599)), 7);
        assert_eq!(account.hold, Some(held(wait)));
        let of_target = state.target(&target()).unwrap();
        assert_eq!(of_target.writes.len(), 1);
        assert_eq!((&of_target.confirmed, &of_target.hold), (&None, &None));
        take_out(&mut state, at(3_600));
        assert_eq!(state.target(&target()), None);
        assert!(
            state.account(&name).unwrap().hold.is_some(),
            "it is held for longer"
        );
        take_out(&mut state, at(90 * 60));
        assert_eq!(state.account(&name).is_none(), whole_account);
    }
    let mut state = State::default();
    state.apply_config(&name, "", 0, &[], at(0));
    state.accounts.get_mut(&name).unwrap().hold = Some(held(ErrorClass::Unauthorized));
    state.retain_accounts(&BTreeSet::new(), at(1));
    assert_eq!(
        state.account(&name),
        None,
        "a refusal goes with its account"
    );
}

#[test]
fn each_of_what_counts_is_kept_by_itself() {
    let name = target().account;
    let transient = ProviderError::of_account(ErrorClass::Transient, "x");
    let hold = Some(Hold::after_failure(None, &transient, at(0), 0.0));
    for kept in 0..4 {
        let mut state = State::default();
        state.apply_config(&name, "here", 1, &[target()], at(0));
        let account = state.accounts.get_mut(&name).unwrap();
        match kept {
            0 => account.hold.clone_from(&hold),
            1 => account.quota.record(1, at(0)),
            2 => state.record_write(&change("1.1.1.2"), at(0), LIFETIME),
            _ => {
                let target = state.target_mut(&target());
                target.hold.clone_from(&hold);
                target.held_for = vec![ip("1.1.1.1")];
            }
        }
        state.retain_accounts(&BTreeSet::new(), at(1));
        state.apply_config(&name, "here", 2, &[target()], at(1));
        let account = state.account(&name).unwrap();
        let target = state.target(&target());
        let there = [
            account.hold == hold,
            account.quota.used(at(1)) == 1,
            target.is_some_and(|it| it.writes.len() == 1),
            target.is_some_and(|it| it.hold == hold && it.held_for == [ip("1.1.1.1")]),
        ];
        let mut wanted = [false; 4];
        wanted[kept] = true;
        assert_eq!(there, wanted);
        state.retain_accounts(&BTreeSet::new(), at(4_000));
        assert_eq!(state.accounts, [].into());
    }
}

#[test]
fn what_was_remembered_of_a_family_alone_is_not_of_an_interface() {
    let text = r#"{"paths":{"A":{"believed":["1.1.1.1"]},"A via eth1":{"absent":4000}}}"#;
    let state: State = serde_json::from_str(text).unwrap();
    let alone = &state.paths[&Family::V4.into()];
    assert_eq!(alone.believed, [ip("1.1.1.1")].into());
    let over = DetectionPath::new(Family::V4, Some("eth1".parse().unwrap()));
    assert_eq!(state.paths[&over].absent, Some(at(4)));
}

#[test]
fn what_is_remembered_from_the_future_delays_nothing() {
    let mut state = State::default();
    let hold = |since, until| {
        Some(Hold {
            class: ErrorClass::Unauthorized,
            message: String::new(),
            failures: 1,
            refusals: 0,
            since: at(since),
            until: at(until),
        })
    };
    state.record_write(&change("1.1.1.2"), at(5_000), LIFETIME);
    state.confirm(&target(), &[ip("1.1.1.2")], true, None, at(5_000));
    state.target_mut(&target()).hold = hold(0, i64::MAX / 1_000);
    let account = state.accounts.get_mut(&target().account).unwrap();
    account.hold = hold(5_000, 5_001);
    account.last_audit = Some(at(5_000));
    account.quota.record(9, at(5_000));
    let past = state.paths.entry(Family::V4.into()).or_default();
    past.absent = Some(at(5_000));
    let later = TimestampedAddrs {
        addrs: [ip("1.1.1.1")].into(),
        at: at(5_000),
    };
    past.flap_damper.recent = vec![later.clone()];
    past.flap_damper.candidate = Some(later);
    for (source, since, until) in [("a", 5_000, 5_001), ("b", 0, 100_000), ("c", 0, 600)] {
        let (faults, since, until) = (1, at(since), at(until));
        let backoff = SourceBackoff {
            failures: faults,
            since,
            until,
        };
        past.backoffs.insert(source.into(), backoff);
    }
    state.drop_the_impossible(at(100));
    let past = &state.paths[&Family::V4.into()];
    assert_eq!(
        (past.absent, &past.flap_damper),
        (None, &FlapDamper::default())
    );
    assert!(past.backoffs.keys().eq(["c"]));
    let account = state.account(&target().account).unwrap();
    assert_eq!((account.hold.as_ref(), account.last_audit), (None, None));
    assert_eq!(account.quota, RequestQuota::default());
    let target = state.target(&target()).unwrap();
    assert_eq!(
        (&target.hold, target.last_verified, target.writes.len()),
        (&None, None, 0)
    );
    assert_eq!(target.confirmed.as_ref().unwrap().since, at(100));
    // What is possible stays.
    let account = state.accounts.get_mut(&AccountName("home".into())).unwrap();
    account.hold = hold(0, 24 * 3_600);
    state.drop_the_impossible(at(100));
    assert!(
        state
            .account(&AccountName("home".into()))
            .unwrap()
            .hold
            .is_some()
    );
}

#[test]
fn every_moment_moves_with_the_clock() {
    let mut state = State::default();
    state.record_write(&change("1.1.1.2"), at(5), LIFETIME);
    state.confirm(&target(), &[ip("1.1.1.2")], true, None, at(6));
    let hold = Hold {
        class: ErrorClass::Transient,
        message: String::new(),
        failures: 1,
        refusals: 0,
        since: at(1),
        until: at(9),
    };
    state.target_mut(&target()).hold = Some(hold.clone());
    state.target_mut(&target()).last_verified = Some(at(7));
    state.start_propagation(&change("1.1.1.2"), at(6));
    let past = state.paths.entry(Family::V6.into()).or_default();
    past.absent = Some(at(4));
    past.flap_damper.recent = vec![TimestampedAddrs {
        addrs: [ip("1.1.1.1")].into(),
        at: at(2),
    }];
    past.flap_damper.candidate = past.flap_damper.recent.first().cloned();
    let backoff = SourceBackoff {
        failures: 1,
        since: at(3),
        until: at(13),
    };
    past.backoffs.insert("dns".into(), backoff);
    let account = state.accounts.get_mut(&target().account).unwrap();
    account.hold = Some(hold);
    account.last_audit = Some(at(8));
    account.quota.record(1, at(2));
    let before = state.clone();
    state.shift(1_000);
    assert_ne!(state, before);
    let past = &state.paths[&Family::V6.into()];
    assert_eq!(past.absent, Some(at(5)));
    assert_eq!(past.flap_damper.recent[0].at, at(3));
    assert_eq!(past.flap_damper.candidate.as_ref().unwrap().at, at(3));
    let backoff = &past.backoffs["dns"];
    assert_eq!((backoff.since, backoff.until), (at(4), at(14)));
    let target = state.target(&target()).unwrap();
    assert_eq!(target.writes[0].at, at(6));
    assert_eq!(target.confirmed.as_ref().unwrap().since, at(7));
    assert_eq!(target.last_verified, Some(at(8)));
    assert_eq!(target.propagation.as_ref().unwrap().since, at(7));
    assert_eq!(target.hold.as_ref().unwrap().until, at(10));
    let account = &state.accounts[&AccountName("home".into())];
    assert_eq!(account.last_audit, Some(at(9)));
    assert_eq!(account.quota.resets_at(at(10)), at(3).after(WRITE_WINDOW));
    assert_eq!(account.hold.as_ref().unwrap().since, at(2));
    state.shift(-1_000);
    assert_eq!(state, before);
}
