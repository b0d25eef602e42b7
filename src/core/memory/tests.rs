//! What is remembered, and what is not.

use super::*;
use crate::core::{
    addr::Family,
    damp::{Dated, Restless},
    name::Fqdn,
    outcome::{Class, Failure},
    plan::{Method, Reason},
    record::{Origin, Target},
    standing::Standing,
};

fn target() -> Target {
    Target {
        account: AccountName("home".into()),
        host: Fqdn::parse("home.example.com").unwrap(),
        family: Family::V4,
    }
}

fn at(seconds: i64) -> Moment {
    Moment::from_millis(seconds * 1000)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

const LIFETIME: Duration = Duration::from_secs(162);

fn change(to: &str) -> Change {
    Change {
        target: target(),
        from: vec![ip("1.1.1.1")],
        seen: Origin::List,
        to: vec![ip(to)],
        method: Method::Records {
            zone: Zone {
                name: "example.com".parse().unwrap(),
                id: "1".into(),
            },
            steps: Vec::new(),
        },
        reason: Reason::AddressChanged,
        simple_afterwards: true,
        raised_ttl: None,
    }
}

#[test]
fn a_write_counts_before_it_is_sent_and_is_unknown_until_confirmed() {
    let mut memory = Memory::default();
    memory.begin(&change("1.1.1.2"), at(0), LIFETIME);
    let target = memory.target(&target()).unwrap();
    assert!(target.pending);
    assert_eq!(target.writes.len(), 1);
    assert_eq!(target.confirmed, None);
}

#[test]
fn only_the_providers_word_makes_a_write_a_done_one() {
    let mut memory = Memory::default();
    memory.begin(&change("1.1.1.2"), at(0), LIFETIME);
    memory.confirm(&target(), &[ip("1.1.1.2")], true, None, at(1));
    assert!(
        !memory.target(&target()).unwrap().writes[0].done,
        "it was read back"
    );
    memory.begin(&change("1.1.1.3"), at(2), LIFETIME);
    for (to, expected) in [("1.1.1.2", [false, false]), ("1.1.1.3", [false, true])] {
        memory.done(&change(to));
        let writes = &memory.target(&target()).unwrap().writes;
        assert_eq!([writes[0].done, writes[1].done], expected, "{to}");
    }
}

#[test]
fn since_is_when_the_address_became_this_one() {
    let mut memory = Memory::default();
    for (now, address, since) in [
        (10, "1.1.1.1", 10),
        (20, "1.1.1.1", 10),
        (30, "1.1.1.2", 30),
    ] {
        memory.confirm(&target(), &[ip(address)], true, None, at(now));
        let confirmed = memory.target(&target()).unwrap().confirmed.as_ref();
        assert_eq!(confirmed.unwrap().since, at(since), "{now}");
    }
}

#[test]
fn writes_are_forgotten_after_an_hour() {
    let mut memory = Memory::default();
    memory.begin(&change("1.1.1.2"), at(0), LIFETIME);
    memory.begin(&change("1.1.1.3"), at(3_599), LIFETIME);
    assert_eq!(memory.target(&target()).unwrap().writes.len(), 2);
    memory.begin(&change("1.1.1.4"), at(3_600), LIFETIME);
    assert_eq!(memory.target(&target()).unwrap().writes.len(), 2);
}

#[test]
fn a_write_that_surely_had_no_effect_does_not_count() {
    let mut memory = Memory::default();
    let writes = |memory: &Memory| memory.target(&target()).unwrap().writes.len();
    memory.begin(&change("1.1.1.2"), at(0), LIFETIME);
    memory.begin(&change("1.1.1.3"), at(1), LIFETIME);
    memory.retract(&change("1.1.1.2"));
    assert_eq!(writes(&memory), 2, "it was not the last");
    memory.retract(&change("1.1.1.3"));
    assert_eq!(writes(&memory), 1);
    assert!(memory.target(&target()).unwrap().pending, "read back still");
}

#[test]
fn what_somebody_wrote_by_hand_is_unknown_in_that_account_alone() {
    let mut memory = Memory::default();
    let other = Target {
        account: AccountName("other".into()),
        ..target()
    };
    for target in [&target(), &other] {
        memory.confirm(target, &[ip("1.1.1.1")], true, None, at(0));
    }
    memory.unsettle(&target().account);
    assert!(memory.target(&target()).unwrap().pending);
    assert!(!memory.target(&other).unwrap().pending);
}

#[test]
fn what_is_kept_is_kept_by_name_and_type_and_only_while_it_is_configured() {
    let mut memory = Memory::default();
    let name = |text: &str| AccountName(text.into());
    for account in ["home", "gone"] {
        let account = name(account);
        let target = Target {
            account,
            ..target()
        };
        memory.confirm(&target, &[ip("1.1.1.1")], true, None, at(0));
    }
    let home = memory.account(&name("home")).unwrap();
    assert!(home.targets.keys().eq(["home.example.com/A"]));
    memory.keep_accounts(&[name("home"), name("new")].into(), at(0));
    assert!(memory.accounts.keys().eq([&name("home")]));
    let eth1 = Vantage::new(Family::V4, Some("eth1".parse().unwrap()));
    let everywhere = [Family::V4.into(), Family::V6.into(), eth1.clone()];
    memory.vantages = everywhere.map(|it| (it, Past::default())).into();
    memory.keep_vantages(&[eth1.clone(), Family::V6.into()].into());
    assert!(memory.vantages.keys().eq([&Family::V6.into(), &eth1]));
}

#[test]
fn what_was_there_before_changes_that_are_still_spreading_is_remembered_too() {
    let mut memory = Memory::default();
    let mut expected = Vec::new();
    for last in 0..20_u8 {
        let from = ip(&format!("1.1.1.{last}"));
        expected.push(BTreeSet::from([from]));
        let mut change = change("9.9.9.9");
        change.from = vec![from];
        // Once more, as after an answer that was lost, adds nothing.
        memory.spreads(&change, at(last.into()));
        memory.spreads(&change, at(last.into()));
        let spreading = &memory.target(&target()).unwrap().spreading;
        let latest = expected.len().saturating_sub(BEFORE);
        assert_eq!(spreading.as_ref().unwrap().before, expected[latest..]);
    }
    // They have long arrived, or never will.
    memory.spreads(&change("1.1.1.2"), at(19 + 600));
    let spreading = &memory.target(&target()).unwrap().spreading;
    assert_eq!(spreading.as_ref().unwrap().before.len(), 1);
}

#[test]
fn a_first_word_and_a_new_one_owe_no_look_at_dns_and_the_same_again_does() {
    let mut memory = Memory::default();
    let mut confirm = |addr, now| {
        memory.confirm(&target(), &[ip(addr)], true, None, at(now));
        memory.target(&target()).unwrap().verified
    };
    assert_eq!(confirm("1.1.1.1", 10), Some(at(10)));
    assert_eq!(confirm("1.1.1.1", 20), Some(at(10)));
    assert_eq!(confirm("1.1.1.2", 30), Some(at(30)));
    memory.target_mut(&target()).verified = None;
    memory.confirm(&target(), &[ip("1.1.1.2")], true, None, at(40));
    let verified = memory.target(&target()).unwrap().verified;
    assert_eq!(verified, Some(at(40)));
}

#[test]
fn a_change_is_spreading_from_any_moment_but_one_to_come() {
    for (since, is_spreading) in [(99, true), (100, true), (101, false)] {
        let mut memory = Memory::default();
        memory.spreads(&change("1.1.1.2"), at(since));
        memory.drop_the_impossible(at(100));
        let spreading = &memory.target(&target()).unwrap().spreading;
        assert_eq!(spreading.is_some(), is_spreading, "{since}");
    }
}

#[test]
fn a_new_secret_lifts_holds_and_a_new_place_voids_everything() {
    let mut memory = Memory::default();
    let name = AccountName("home".into());
    memory.adopt(&name, "domeneshop https://a", 1, &[target()], at(0));
    memory.confirm(&target(), &[ip("1.1.1.1")], true, None, at(0));
    let hold = Hold {
        class: Class::Rejected,
        what: "refused".into(),
        failures: 1,
        refusals: 0,
        since: at(0),
        until: at(100),
    };
    memory.accounts.get_mut(&name).unwrap().hold = Some(hold.clone());
    memory.adopt(&name, "domeneshop https://a", 1, &[target()], at(0));
    assert_eq!(memory.account(&name).unwrap().hold, Some(hold));
    memory.adopt(&name, "domeneshop https://a", 2, &[target()], at(0));
    assert_eq!(memory.account(&name).unwrap().hold, None);
    assert!(memory.target(&target()).unwrap().confirmed.is_some());
    memory.adopt(&name, "domeneshop https://b", 2, &[target()], at(0));
    assert_eq!(memory.target(&target()), None);
}

#[test]
fn a_new_configuration_lifts_refusals_and_no_other_hold() {
    let classes = [
        (Class::Rejected, true),
        (Class::NotFound, true),
        (Class::Invalid, true),
        (Class::Transient, false),
        (Class::Contract, false),
        (Class::Unconfirmed, false),
        (Class::RateLimited { retry_after: None }, false),
    ];
    for (class, lifted) in classes {
        let mut memory = Memory::default();
        let name = target().account;
        memory.adopt(&name, "a", 1, &[target()], at(0));
        let mut hold = Hold::after(None, &Failure::of_account(class, "x"), at(0), 0.0);
        hold.refusals = 3;
        memory.target_mut(&target()).hold = Some(hold.clone());
        memory.accounts.get_mut(&name).unwrap().hold = Some(hold);
        memory.adopt(&name, "a", 2, &[target()], at(0));
        let account = memory.account(&name).unwrap();
        let refusals = account.hold.as_ref().map_or(0, |it| it.refusals);
        assert_eq!(refusals, 0, "another secret was never refused");
        let of_target = &memory.target(&target()).unwrap().hold;
        assert_eq!(
            [account.hold.is_none(), of_target.is_none()],
            [lifted; 2],
            "{class:?}"
        );
    }
}

#[test]
fn hosts_that_are_not_configured_any_more_are_forgotten() {
    let mut memory = Memory::default();
    memory.confirm(&target(), &[ip("1.1.1.1")], true, None, at(0));
    memory.adopt(&target().account, "", 0, &[], at(0));
    assert_eq!(memory.target(&target()), None);
}

#[test]
fn what_was_sent_counts_for_its_hour_whatever_is_configured() {
    let name = target().account;
    let held = |class| Hold::after(None, &Failure::of_account(class, "x"), at(0), 0.0);
    let wait = Class::RateLimited {
        retry_after: Some(Duration::from_mins(90)),
    };
    for whole_account in [false, true] {
        let take_out = |memory: &mut Memory, now| {
            if whole_account {
                memory.keep_accounts(&BTreeSet::new(), now);
            } else {
                memory.adopt(&name, "", 0, &[], now);
            }
        };
        let mut memory = Memory::default();
        memory.confirm(&target(), &[ip("1.1.1.1")], true, None, at(0));
        memory.begin(&change("1.1.1.2"), at(0), LIFETIME);
        memory.target_mut(&target()).hold = Some(held(Class::Invalid));
        let account = memory.accounts.get_mut(&name).unwrap();
        account.requests.charge(7, at(0));
        account.hold = Some(held(wait));
        take_out(&mut memory, at(3_599));
        let account = memory.account(&name).unwrap();
        assert_eq!(account.requests.spent(at(3_599)), 7);
        assert_eq!(account.hold, Some(held(wait)));
        let of_target = memory.target(&target()).unwrap();
        assert_eq!(of_target.writes.len(), 1);
        assert_eq!((&of_target.confirmed, &of_target.hold), (&None, &None));
        take_out(&mut memory, at(3_600));
        assert_eq!(memory.target(&target()), None);
        assert!(
            memory.account(&name).unwrap().hold.is_some(),
            "it is held for longer"
        );
        take_out(&mut memory, at(90 * 60));
        assert_eq!(memory.account(&name).is_none(), whole_account);
    }
    let mut memory = Memory::default();
    memory.adopt(&name, "", 0, &[], at(0));
    memory.accounts.get_mut(&name).unwrap().hold = Some(held(Class::Rejected));
    memory.keep_accounts(&BTreeSet::new(), at(1));
    assert_eq!(
        memory.account(&name),
        None,
        "a refusal goes with its account"
    );
}

#[test]
fn each_of_what_counts_is_kept_by_itself() {
    let name = target().account;
    let transient = Failure::of_account(Class::Transient, "x");
    let hold = Some(Hold::after(None, &transient, at(0), 0.0));
    for kept in 0..4 {
        let mut memory = Memory::default();
        memory.adopt(&name, "here", 1, &[target()], at(0));
        let account = memory.accounts.get_mut(&name).unwrap();
        match kept {
            0 => account.hold.clone_from(&hold),
            1 => account.requests.charge(1, at(0)),
            2 => memory.begin(&change("1.1.1.2"), at(0), LIFETIME),
            _ => {
                let target = memory.target_mut(&target());
                target.hold.clone_from(&hold);
                target.held_for = vec![ip("1.1.1.1")];
            }
        }
        memory.keep_accounts(&BTreeSet::new(), at(1));
        memory.adopt(&name, "here", 2, &[target()], at(1));
        let account = memory.account(&name).unwrap();
        let target = memory.target(&target());
        let there = [
            account.hold == hold,
            account.requests.spent(at(1)) == 1,
            target.is_some_and(|it| it.writes.len() == 1),
            target.is_some_and(|it| it.hold == hold && it.held_for == [ip("1.1.1.1")]),
        ];
        let mut wanted = [false; 4];
        wanted[kept] = true;
        assert_eq!(there, wanted);
        memory.keep_accounts(&BTreeSet::new(), at(4_000));
        assert_eq!(memory.accounts, [].into());
    }
}

#[test]
fn what_was_remembered_of_a_family_alone_is_not_of_an_interface() {
    let text = r#"{"vantages":{"A":{"believed":["1.1.1.1"]},"A via eth1":{"absent":4000}}}"#;
    let memory: Memory = serde_json::from_str(text).unwrap();
    let alone = &memory.vantages[&Family::V4.into()];
    assert_eq!(alone.believed, [ip("1.1.1.1")].into());
    let over = Vantage::new(Family::V4, Some("eth1".parse().unwrap()));
    assert_eq!(memory.vantages[&over].absent, Some(at(4)));
}

#[test]
fn what_is_remembered_from_the_future_delays_nothing() {
    let mut memory = Memory::default();
    let hold = |since, until| {
        Some(Hold {
            class: Class::Rejected,
            what: String::new(),
            failures: 1,
            refusals: 0,
            since: at(since),
            until: at(until),
        })
    };
    memory.begin(&change("1.1.1.2"), at(5_000), LIFETIME);
    memory.confirm(&target(), &[ip("1.1.1.2")], true, None, at(5_000));
    memory.target_mut(&target()).hold = hold(0, i64::MAX / 1_000);
    let account = memory.accounts.get_mut(&target().account).unwrap();
    account.hold = hold(5_000, 5_001);
    account.audited = Some(at(5_000));
    account.requests.charge(9, at(5_000));
    let past = memory.vantages.entry(Family::V4.into()).or_default();
    past.absent = Some(at(5_000));
    let later = Dated {
        addrs: [ip("1.1.1.1")].into(),
        at: at(5_000),
    };
    past.restless.left = vec![later.clone()];
    past.restless.proposed = Some(later);
    for (source, since, until) in [("a", 5_000, 5_001), ("b", 0, 100_000), ("c", 0, 600)] {
        let (faults, since, until) = (1, at(since), at(until));
        let standing = Standing {
            faults,
            since,
            until,
        };
        past.standings.insert(source.into(), standing);
    }
    memory.drop_the_impossible(at(100));
    let past = &memory.vantages[&Family::V4.into()];
    assert_eq!((past.absent, &past.restless), (None, &Restless::default()));
    assert!(past.standings.keys().eq(["c"]));
    let account = memory.account(&target().account).unwrap();
    assert_eq!((account.hold.as_ref(), account.audited), (None, None));
    assert_eq!(account.requests, Budget::default());
    let target = memory.target(&target()).unwrap();
    assert_eq!(
        (&target.hold, target.verified, target.writes.len()),
        (&None, None, 0)
    );
    assert_eq!(target.confirmed.as_ref().unwrap().since, at(100));
    // What is possible stays.
    let account = memory
        .accounts
        .get_mut(&AccountName("home".into()))
        .unwrap();
    account.hold = hold(0, 24 * 3_600);
    memory.drop_the_impossible(at(100));
    assert!(
        memory
            .account(&AccountName("home".into()))
            .unwrap()
            .hold
            .is_some()
    );
}

#[test]
fn every_moment_moves_with_the_clock() {
    let mut memory = Memory::default();
    memory.begin(&change("1.1.1.2"), at(5), LIFETIME);
    memory.confirm(&target(), &[ip("1.1.1.2")], true, None, at(6));
    let hold = Hold {
        class: Class::Transient,
        what: String::new(),
        failures: 1,
        refusals: 0,
        since: at(1),
        until: at(9),
    };
    memory.target_mut(&target()).hold = Some(hold.clone());
    memory.target_mut(&target()).verified = Some(at(7));
    memory.spreads(&change("1.1.1.2"), at(6));
    let past = memory.vantages.entry(Family::V6.into()).or_default();
    past.absent = Some(at(4));
    past.restless.left = vec![Dated {
        addrs: [ip("1.1.1.1")].into(),
        at: at(2),
    }];
    past.restless.proposed = past.restless.left.first().cloned();
    let standing = Standing {
        faults: 1,
        since: at(3),
        until: at(13),
    };
    past.standings.insert("dns".into(), standing);
    let account = memory.accounts.get_mut(&target().account).unwrap();
    account.hold = Some(hold);
    account.audited = Some(at(8));
    account.requests.charge(1, at(2));
    let before = memory.clone();
    memory.shift(1_000);
    assert_ne!(memory, before);
    let past = &memory.vantages[&Family::V6.into()];
    assert_eq!(past.absent, Some(at(5)));
    assert_eq!(past.restless.left[0].at, at(3));
    assert_eq!(past.restless.proposed.as_ref().unwrap().at, at(3));
    let standing = &past.standings["dns"];
    assert_eq!((standing.since, standing.until), (at(4), at(14)));
    let target = memory.target(&target()).unwrap();
    assert_eq!(target.writes[0].at, at(6));
    assert_eq!(target.confirmed.as_ref().unwrap().since, at(7));
    assert_eq!(target.verified, Some(at(8)));
    assert_eq!(target.spreading.as_ref().unwrap().since, at(7));
    assert_eq!(target.hold.as_ref().unwrap().until, at(10));
    let account = &memory.accounts[&AccountName("home".into())];
    assert_eq!(account.audited, Some(at(9)));
    assert_eq!(account.requests.until(at(10)), at(3).after(WINDOW));
    assert_eq!(account.hold.as_ref().unwrap().since, at(2));
    memory.shift(-1_000);
    assert_eq!(memory, before);
}
