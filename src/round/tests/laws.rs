//! The laws as they show in whole rounds. The number at a test's beginning is the law's.

use std::time::Duration;

use super::world::{Dns, Fakes, Fault, first, host, known, outcomes, unknown};
use crate::{
    core::{
        guard::Refusal,
        intent::{Host, HostV6, KeepReason, OnAbsent},
        memory::Memory,
        observe::Observation,
        outcome::{Class, Failure, Outcome, Verdict},
        plan::Push,
        record::AccountName,
    },
    round::{Occasion, Task, tests::world::FakeProvider},
};

const HOME: &str = "home.example.com";
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

fn one(push: Push) -> Fakes {
    Fakes::new(push, vec![host(HOME)])
}

fn failure(class: Class) -> Failure {
    Failure::of_account(class, "x")
}

#[test]
fn l1_an_address_that_cannot_be_found_out_changes_nothing() {
    for on_absent in [OnAbsent::Keep, OnAbsent::Remove] {
        let mut fakes = one(Push::WhenSimple);
        fakes.on_absent = on_absent;
        fakes.provider().put(HOME, "84.212.10.20");
        fakes.round();
        let calls = fakes.provider().calls();
        fakes.see(unknown());
        fakes.advance(25 * HOUR);
        let report = fakes.play(Task {
            audit: true,
            ..Task::ROUTINE
        });
        assert_eq!(fakes.provider().calls(), calls, "not even a question");
        assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
        assert_eq!(report.verdict(), Verdict::AddressUnknown);
    }
}

#[test]
fn l1_absence_removes_only_if_the_operator_says_so() {
    for (on_absent, left) in [(OnAbsent::Keep, 1), (OnAbsent::Remove, 0)] {
        let mut fakes = one(Push::WhenSimple);
        fakes.on_absent = on_absent;
        fakes.round();
        assert_eq!(fakes.provider().addrs(HOME).len(), 1);
        fakes.see(Observation::Absent);
        // The kernel's word that something went starts a round too.
        fakes.play(Task {
            occasion: Occasion::Network,
            ..Task::ROUTINE
        });
        assert_eq!(
            fakes.provider().addrs(HOME).len(),
            1,
            "a line that reconnects is gone for less"
        );
        fakes.advance(2 * MINUTE);
        let report = fakes.round();
        assert_eq!(fakes.provider().addrs(HOME).len(), left, "{on_absent:?}");
        assert_eq!(report.verdict(), Verdict::Right);
        let calls = fakes.provider().calls();
        fakes.round();
        assert_eq!(fakes.provider().calls(), calls);
    }
}

#[test]
fn l3_l13_a_round_that_changes_nothing_asks_no_provider_also_after_a_restart() {
    for push in [Push::WhenSimple, Push::Never] {
        let fakes = one(push);
        assert_eq!(outcomes(&fakes.round()), ["changed"]);
        let calls = fakes.provider().calls();
        for _ in 0..11 {
            fakes.advance(5 * MINUTE);
            fakes.restart();
            assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
        }
        assert_eq!(fakes.provider().calls(), calls);
        assert_eq!(
            fakes.asked_dns.get(),
            1,
            "the change was seen, and no verification is due within the hour"
        );
    }
}

#[test]
fn l3_what_is_right_already_is_adopted_without_a_write() {
    let fakes = one(Push::WhenSimple);
    fakes.provider().put(HOME, "84.212.10.20");
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert!(fakes.provider().writes.borrow().is_empty());
}

#[test]
fn l3_a_provider_that_says_yes_and_shows_the_old_address_is_written_at_most_four_times_an_hour() {
    let fakes = one(Push::Never);
    fakes.provider().put(HOME, "1.1.1.1");
    for _ in 0..60 {
        fakes.provider().faults.borrow_mut().push_back(Fault::Lies);
        fakes.play(Task {
            audit: true,
            ..Task::ROUTINE
        });
        fakes.restart();
        fakes.advance(MINUTE);
    }
    let writes = fakes.provider().writes.borrow().len();
    assert!(
        (1..=4).contains(&writes),
        "{writes} writes that changed nothing"
    );
}

#[test]
fn l3_l6_writes_that_change_nothing_are_counted_across_crashes_too() {
    let fakes = one(Push::Never);
    fakes.provider().put(HOME, "1.1.1.1");
    for _ in 0..60 {
        fakes.provider().faults.borrow_mut().push_back(Fault::Lies);
        fakes.round();
        fakes.crash();
        fakes.advance(MINUTE);
    }
    assert_eq!(fakes.provider().writes.borrow().len(), 4);
}

#[test]
fn l6_a_crash_right_after_a_write_leads_to_a_look_and_to_no_second_write() {
    for push in [Push::WhenSimple, Push::Never] {
        let fakes = one(push);
        fakes.round();
        fakes.see(known(&["84.212.99.99"]));
        fakes.round();
        fakes.crash();
        assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
        assert_eq!(fakes.provider().writes.borrow().len(), 2);
        // The old address again: what was remembered of it from before the write is not believed.
        fakes.see(known(&["84.212.10.20"]));
        fakes.round();
        fakes.crash();
        fakes.see(known(&["84.212.99.99"]));
        // Two writes without a proper answer: the next waits for a minute.
        fakes.advance(MINUTE);
        fakes.round();
        assert_eq!(fakes.provider().addrs(HOME), ["84.212.99.99"]);
    }
}

#[test]
fn l3_a_server_that_always_answers_stale_leads_to_no_further_write() {
    let fakes = one(Push::WhenSimple);
    *fakes.dns.borrow_mut() = Dns::Says(&["9.9.9.9"]);
    for _ in 0..600 {
        fakes.round();
        fakes.advance(MINUTE);
    }
    assert_eq!(fakes.provider().writes.borrow().len(), 1);
    assert!(
        fakes.provider().lists.get() < 25,
        "and to a look about once an hour"
    );
}

#[test]
fn l3_an_address_that_comes_and_goes_is_no_storm_of_updates() {
    let fakes = one(Push::WhenSimple);
    fakes.from_outside.set(true);
    let mut refused = 0;
    for minute in 0..24 * 60 {
        fakes.see(known(&[["84.212.10.20", "84.212.99.99"][minute % 2]]));
        let report = fakes.round();
        refused += usize::from(report.verdict() == Verdict::AddressUnknown);
        fakes.advance(MINUTE);
    }
    // The first, and five an hour.
    let writes = fakes.provider().writes.borrow().len();
    assert!((6..=121).contains(&writes), "{writes}");
    assert!(refused > 600, "what is not believed is said: {refused}");
    for _ in 0..40 {
        fakes.round();
        fakes.advance(MINUTE);
    }
    assert_eq!(
        fakes.provider().addrs(HOME),
        ["84.212.99.99"],
        "what lasts is believed"
    );
}

#[test]
fn a_clock_that_is_not_set_is_waited_for_without_a_request() {
    let fakes = one(Push::WhenSimple);
    fakes.clock_is_set.set(false);
    let report = fakes.round();
    assert_eq!(*first(&report), Outcome::Kept(KeepReason::NoClock));
    assert_eq!(report.verdict(), Verdict::TryAgain);
    assert_eq!(fakes.provider().calls(), 0);
    fakes.clock_is_set.set(true);
    assert_eq!(
        *first(&fakes.round()),
        Outcome::Changed,
        "and nothing is held"
    );
    fakes.clock_is_set.set(false);
    fakes.advance(25 * HOUR);
    let calls = fakes.provider().calls();
    let report = fakes.round();
    assert_eq!(
        *first(&report),
        Outcome::Unchanged,
        "memory is no worse for it"
    );
    assert_eq!(fakes.provider().calls(), calls);
}

#[test]
fn an_account_is_asked_so_often_an_hour_and_no_more_also_after_a_crash() {
    let fakes = one(Push::WhenSimple);
    let asked = || fakes.provider().calls();
    let full = Task {
        audit: true,
        ..Task::ROUTINE
    };
    for _ in 0..1_300 {
        // Killed as soon as the request has left: only what was saved before is remembered.
        fakes.play(full);
        let last = fakes.saved.borrow().len() - 1;
        fakes.saved.borrow_mut().truncate(last);
        fakes.restart();
        fakes.saved.borrow_mut().drain(..last - 1);
        fakes.advance(Duration::from_secs(2));
    }
    assert!(asked() <= 1_200, "{}", asked());
    let report = fakes.play(full);
    assert!(matches!(
        first(&report),
        Outcome::Refused(Refusal::TooManyRequests { .. })
    ));
    assert_eq!(report.verdict(), Verdict::TryAgain);
    fakes.advance(HOUR);
    assert_eq!(*first(&fakes.play(full)), Outcome::Unchanged);
}

#[test]
fn l6_while_a_write_is_unconfirmed_and_the_clock_is_not_set_nothing_is_said_to_be_right() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    let lost = Fault::Loses(failure(Class::Unconfirmed));
    fakes.provider().faults.borrow_mut().push_back(lost);
    fakes.round();
    let calls = fakes.provider().calls();
    fakes.clock_is_set.set(false);
    fakes.advance(MINUTE);
    // What was confirmed before that write, and what may stand there since.
    for addr in ["84.212.10.20", "84.212.99.99"] {
        fakes.see(known(&[addr]));
        let report = fakes.round();
        assert_eq!(*first(&report), Outcome::Kept(KeepReason::NoClock));
        assert_eq!(fakes.provider().calls(), calls);
    }
}

#[test]
fn l4_refused_credentials_leave_the_account_alone_until_they_change() {
    let fakes = one(Push::WhenSimple);
    *fakes.provider().broken.borrow_mut() = Some(failure(Class::Rejected));
    assert_eq!(fakes.round().verdict(), Verdict::Refused);
    let probes_at = |minutes: u32| {
        let before = fakes.provider().calls();
        let mut probes = Vec::new();
        for minute in 1..=minutes {
            fakes.advance(MINUTE);
            fakes.restart();
            let report = fakes.play(Task {
                audit: true,
                occasion: Occasion::Asked,
                dry_run: false,
            });
            assert_eq!(report.verdict(), Verdict::Refused, "it is said every time");
            if fakes.provider().calls() > before + probes.len() {
                probes.push(minute / 60);
            }
        }
        probes
    };
    assert_eq!(probes_at(70 * 60), [6, 18, 42, 66]);
    *fakes.provider().broken.borrow_mut() = None;
    assert_eq!(
        fakes.round().verdict(),
        Verdict::Refused,
        "nobody looks before the time"
    );
    fakes.fingerprint.set(2);
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
}

#[test]
fn l4_l8_one_refused_account_never_delays_another() {
    let mut fakes = one(Push::WhenSimple);
    let other = AccountName("other".to_owned());
    let provider = FakeProvider::new(Push::Never);
    fakes
        .accounts
        .push((other, vec![host("www.example.com")], provider));
    *fakes.provider().broken.borrow_mut() = Some(failure(Class::Rejected));
    assert_eq!(outcomes(&fakes.round()), ["failed", "changed"]);
    fakes.see(known(&["84.212.99.99"]));
    assert_eq!(outcomes(&fakes.round()), ["failed", "changed"]);
    assert_eq!(
        fakes.accounts[1].2.addrs("www.example.com"),
        ["84.212.99.99"]
    );
}

#[test]
fn l6_a_lost_answer_is_read_back_before_anything_is_repeated() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    fakes
        .provider()
        .faults
        .borrow_mut()
        .push_back(Fault::Loses(failure(Class::Unconfirmed)));
    let report = fakes.round();
    assert!(matches!(first(&report), Outcome::Unconfirmed(_)));
    let (lists, writes) = (
        fakes.provider().lists.get(),
        fakes.provider().writes.borrow().len(),
    );
    fakes.restart();
    fakes.advance(MINUTE);
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert_eq!(fakes.provider().lists.get(), lists + 1, "it was read back");
    assert_eq!(
        fakes.provider().writes.borrow().len(),
        writes,
        "and not repeated"
    );
}

#[test]
fn l6_a_write_that_was_lost_on_its_way_is_repeated_after_reading_back() {
    let fakes = one(Push::Never);
    fakes.provider().put(HOME, "1.1.1.1");
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    let lost = Fault::Fails(failure(Class::Unconfirmed));
    fakes.provider().faults.borrow_mut().push_back(lost);
    fakes.round();
    fakes.advance(MINUTE);
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.99.99"]);
}

#[test]
fn l6_the_intention_is_on_the_disk_before_the_request_leaves() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    let saved = fakes.saved.borrow();
    let pending = |memory: &Memory| {
        let account = memory.account(&AccountName("home".into())).unwrap();
        let target = account.targets.values().next();
        target.is_some_and(|it| it.pending && it.writes.len() == 1)
    };
    assert!(
        !pending(&saved[0]),
        "the look at the records is counted first"
    );
    assert!(pending(&saved[1]), "the next thing saved is the intention");
    assert!(!pending(saved.last().unwrap()));
}

#[test]
fn l7_a_list_that_fails_never_leads_to_a_write() {
    for class in [
        Class::Transient,
        Class::Contract,
        Class::NotFound,
        Class::Invalid,
        Class::Rejected,
        Class::RateLimited { retry_after: None },
    ] {
        // Before the first list, and with zones that are known from one.
        for there in ["1.1.1.1", "84.212.10.20"] {
            let fakes = one(Push::WhenSimple);
            fakes.provider().put(HOME, there);
            if there == "84.212.10.20" {
                assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
            }
            *fakes.provider().broken.borrow_mut() = Some(failure(class));
            for _ in 0..50 {
                let report = fakes.play(Task {
                    audit: true,
                    ..Task::ROUTINE
                });
                assert_ne!(report.verdict(), Verdict::Right, "{class:?}");
                fakes.advance(5 * MINUTE);
            }
            assert!(fakes.provider().writes.borrow().is_empty(), "{class:?}");
            assert_eq!(fakes.provider().addrs(HOME), [there]);
        }
    }
}

#[test]
fn l7_a_zone_that_cannot_be_listed_is_no_empty_one() {
    for there in ["1.1.1.1", "84.212.10.20"] {
        let fakes = one(Push::Never);
        fakes.provider().put(HOME, there);
        *fakes.provider().troubled.borrow_mut() = Some(failure(Class::Invalid));
        for _ in 0..50 {
            let report = fakes.play(Task {
                audit: true,
                ..Task::ROUTINE
            });
            assert_ne!(report.verdict(), Verdict::Right);
            fakes.advance(5 * MINUTE);
        }
        assert!(fakes.provider().writes.borrow().is_empty());
        assert_eq!(fakes.provider().addrs(HOME), [there]);
        *fakes.provider().troubled.borrow_mut() = None;
        fakes.advance(48 * HOUR);
        fakes.round();
        assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
    }
}

#[test]
fn every_class_of_failed_write_leaves_what_was_confirmed_unchanged() {
    for class in [
        Class::Transient,
        Class::Contract,
        Class::Invalid,
        Class::Rejected,
        Class::NotFound,
        Class::RateLimited { retry_after: None },
        Class::Unconfirmed,
    ] {
        let fakes = one(Push::WhenSimple);
        fakes.round();
        fakes.see(known(&["84.212.99.99"]));
        fakes
            .provider()
            .faults
            .borrow_mut()
            .push_back(Fault::Fails(failure(class)));
        let report = fakes.round();
        assert_eq!(report.verdict(), class.verdict());
        assert_ne!(report.verdict(), Verdict::Right);
        assert_eq!(
            report.hosts[0].addresses,
            [super::world::ip("84.212.10.20")],
            "{class:?}"
        );
    }
}

#[test]
fn a_boot_without_network_dns_or_clock_costs_no_more_than_the_round_after_it() {
    let fakes = one(Push::WhenSimple);
    fakes.clock_is_set.set(false);
    fakes.see(unknown());
    for _ in 0..60 {
        fakes.round();
        fakes.advance(Duration::from_secs(1));
    }
    fakes.see(known(&["84.212.10.20"]));
    for _ in 0..60 {
        fakes.round();
        fakes.advance(Duration::from_secs(1));
    }
    assert_eq!(fakes.provider().calls(), 0, "nobody was asked in vain");
    fakes.clock_is_set.set(true);
    // Without DNS no provider is found.
    *fakes.provider().broken.borrow_mut() = Some(failure(Class::Transient));
    for _ in 0..3 {
        fakes.round();
        fakes.advance(Duration::from_secs(1));
    }
    *fakes.provider().broken.borrow_mut() = None;
    let report = fakes.play(Task {
        occasion: Occasion::Network,
        ..Task::ROUTINE
    });
    assert_eq!(outcomes(&report), ["changed"]);
}

#[test]
fn l8_an_account_in_trouble_is_asked_less_and_less() {
    let fakes = one(Push::WhenSimple);
    *fakes.provider().broken.borrow_mut() = Some(failure(Class::Transient));
    for _ in 0..3_600 {
        fakes.round();
        fakes.advance(Duration::from_secs(1));
    }
    let calls = fakes.provider().calls();
    assert!((8..=12).contains(&calls), "{calls} calls in an hour");
}

#[test]
fn l8_retry_after_is_obeyed_across_restarts_and_reloads() {
    // What is asked for, and how long nobody is asked: half a minute at least, a day at most.
    for (asked, obeyed) in [(0, 30), (90, 90), (1_500, 1_500), (864_000, 86_400)] {
        for for_writes in [false, true] {
            let fakes = one(Push::WhenSimple);
            fakes.provider().put(HOME, "1.1.1.1");
            let retry_after = Some(Duration::from_secs(asked));
            let limited = Some(failure(Class::RateLimited { retry_after }));
            let provider = fakes.provider();
            let wish = if for_writes {
                &provider.unwritable
            } else {
                &provider.broken
            };
            *wish.borrow_mut() = limited;
            fakes.round();
            let calls = provider.calls();
            let step = Duration::from_secs(obeyed) / 30;
            for turn in 0..30 {
                for occasion in [Occasion::Routine, Occasion::Network, Occasion::Asked] {
                    fakes.restart();
                    // Another secret, or other hosts: each time the configuration was read.
                    fakes.fingerprint.set(fakes.fingerprint.get() + 1);
                    let report = fakes.play(Task {
                        audit: true,
                        occasion,
                        dry_run: false,
                    });
                    let is_held = matches!(first(&report), Outcome::Held { .. });
                    assert!(is_held, "{asked} s, {occasion:?}");
                }
                assert_eq!(provider.calls(), calls, "{asked} s, turn {turn}");
                fakes.advance(step);
            }
            *wish.borrow_mut() = None;
            assert_eq!(outcomes(&fakes.round()), ["changed"], "{asked} s");
        }
    }
}

#[test]
fn l10_a_disk_that_is_full_is_reported_and_stops_nothing() {
    let fakes = one(Push::WhenSimple);
    fakes.disk_full.set(true);
    let report = fakes.round();
    assert_eq!(outcomes(&report), ["changed"]);
    assert_eq!(report.state_trouble.as_deref(), Some("the disk is full"));
}

#[test]
fn l10_without_memory_the_provider_is_asked_and_nothing_is_written_for_nothing() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    *fakes.memory.borrow_mut() = Memory::default();
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert_eq!(fakes.provider().writes.borrow().len(), 1);
}

#[test]
fn l10_memory_garbled_at_any_byte_publishes_nothing_wrong() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    let whole = serde_json::to_vec(&*fakes.memory.borrow()).unwrap();
    let mut read = 0;
    for position in 0..whole.len() {
        for garbage in [b'7', b'"', b' ', b'e'] {
            let mut text = whole.clone();
            text[position] = garbage;
            let Ok(memory) = serde_json::from_slice::<Memory>(&text) else {
                continue;
            };
            read += 1;
            let fakes = one(Push::WhenSimple);
            fakes.provider().put(HOME, "84.212.10.20");
            fakes.provider().put("foreign.example.com", "9.9.9.9");
            *fakes.memory.borrow_mut() = memory;
            fakes.see(known(&["84.212.99.99"]));
            fakes.round();
            fakes.advance(25 * HOUR);
            fakes.round();
            let shown = String::from_utf8_lossy(&text);
            assert_eq!(fakes.provider().addrs(HOME), ["84.212.99.99"], "{shown}");
            assert_eq!(
                fakes.provider().addrs("foreign.example.com"),
                ["9.9.9.9"],
                "{shown}"
            );
        }
    }
    assert!(read > 50, "what cannot be read is the state file's affair");
}

#[test]
fn what_was_edited_elsewhere_is_repaired_at_the_next_verification() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    fakes.provider().records.borrow_mut().clear();
    fakes.provider().put(HOME, "9.9.9.9");
    fakes.advance(HOUR);
    let report = fakes.round();
    assert_eq!(outcomes(&report), ["changed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
    assert!(
        report.dns[0]
            .what
            .contains("answer 9.9.9.9 instead of 84.212.10.20")
    );
}

#[test]
fn a_change_is_looked_for_at_the_zones_servers_and_the_time_it_took_is_kept() {
    let fakes = one(Push::WhenSimple);
    fakes.provider().put(HOME, "84.212.1.1");
    *fakes.dns.borrow_mut() = Dns::Says(&["84.212.1.1"]);
    fakes.round();
    let calls = fakes.provider().calls();
    for wait in [5, 5, 10] {
        fakes.advance(Duration::from_secs(wait));
        let report = fakes.round();
        assert!(report.dns.is_empty(), "it is on its way: {:?}", report.dns);
        assert!(report.visible.is_empty());
    }
    assert_eq!(fakes.asked_dns.get(), 3);
    *fakes.dns.borrow_mut() = Dns::True;
    fakes.advance(Duration::from_secs(20));
    let [(_, took)] = fakes.round().visible[..] else {
        panic!("it is visible")
    };
    assert_eq!(took, Duration::from_secs(40));
    fakes.restart();
    let memory = fakes.memory.borrow();
    let account = memory.account(&AccountName("home".into())).unwrap();
    let confirmed = account
        .targets
        .values()
        .find_map(|it| it.confirmed.as_ref());
    assert_eq!(confirmed.unwrap().visible_after, Some(took));
    assert_eq!(fakes.provider().calls(), calls, "and no provider was asked");
}

#[test]
fn servers_that_cannot_be_asked_lead_to_no_request() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    *fakes.dns.borrow_mut() = Dns::Silent;
    let calls = fakes.provider().calls();
    fakes.advance(HOUR);
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert_eq!(fakes.provider().calls(), calls);
}

#[test]
fn a_host_in_no_zone_holds_up_nobody_and_is_not_asked_for_every_round() {
    let fakes = Fakes::new(Push::WhenSimple, vec![host(HOME), host("nas.example.org")]);
    let report = fakes.round();
    assert_eq!(outcomes(&report), ["changed", "failed"]);
    assert_eq!(report.verdict(), Verdict::Refused);
    let lists = fakes.provider().lists.get();
    for _ in 0..6 {
        fakes.advance(2 * MINUTE);
        assert_eq!(outcomes(&fakes.round()), ["unchanged", "failed"]);
    }
    assert_eq!(fakes.provider().lists.get(), lists);
}

#[test]
fn a_record_that_may_not_be_created_is_not_asked_for_every_round() {
    let existing_only = Host {
        create: false,
        ..host(HOME)
    };
    let fakes = Fakes::new(Push::WhenSimple, vec![existing_only]);
    assert_eq!(outcomes(&fakes.round()), ["kept"]);
    let calls = fakes.provider().calls();
    fakes.advance(5 * MINUTE);
    assert_eq!(outcomes(&fakes.round()), ["kept"]);
    assert_eq!(fakes.provider().calls(), calls);
    // Once it appears, it is ours to keep right.
    fakes.provider().put(HOME, "1.1.1.1");
    fakes.advance(HOUR);
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
}

#[test]
fn another_ttl_in_the_configuration_is_noticed_at_once() {
    let mut fakes = one(Push::WhenSimple);
    fakes.round();
    fakes.accounts[0].1[0].ttl = Some(600);
    fakes.round();
    let last = fakes.provider().writes.borrow().last().cloned().unwrap();
    assert!(last.contains("its TTL is not the configured one"), "{last}");
}

#[test]
fn a_dry_run_writes_nothing() {
    let fakes = one(Push::WhenSimple);
    let report = fakes.play(Task {
        audit: true,
        dry_run: true,
        occasion: Occasion::Asked,
    });
    assert_eq!(*first(&report), Outcome::Planned);
    assert!(fakes.provider().writes.borrow().is_empty());
}

#[test]
fn one_family_unknown_does_not_stop_the_other() {
    let both = Host {
        ipv6: HostV6::Own,
        ..host(HOME)
    };
    let fakes = Fakes::new(Push::WhenSimple, vec![both]);
    fakes.see_from(crate::core::addr::Family::V6.into(), unknown());
    let report = fakes.round();
    assert_eq!(outcomes(&report), ["changed", "kept"]);
    assert_eq!(report.verdict(), Verdict::AddressUnknown);
}

/// How long a name stays wrong while a provider's writes fail with `class` for so long.
fn wrong_for(class: Class, outage: Duration) -> Duration {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    *fakes.provider().unwritable.borrow_mut() = Some(failure(class));
    let mut wrong = Duration::ZERO;
    while fakes.provider().addrs(HOME) != ["84.212.99.99"] {
        if wrong >= outage {
            *fakes.provider().unwritable.borrow_mut() = None;
        }
        fakes.round();
        fakes.restart();
        fakes.advance(Duration::from_secs(1));
        wrong += Duration::from_secs(1);
        assert!(wrong < 2 * HOUR, "{class:?}");
    }
    wrong
}

#[test]
fn l3_l8_writes_that_fail_for_a_while_silence_nobody_for_an_hour() {
    for class in [Class::Transient, Class::Unconfirmed, Class::Contract] {
        for outage in [20, 60, 600].map(Duration::from_secs) {
            let wrong = wrong_for(class, outage);
            assert!(
                wrong < outage * 3 + MINUTE,
                "{class:?}: {outage:?} of trouble, wrong for {wrong:?}"
            );
        }
    }
}

#[test]
fn l3_at_dnspod_answers_lost_for_an_hour_lead_to_at_most_four_writes() {
    let fakes = one(Push::Never);
    fakes.provider().put(HOME, "1.1.1.1");
    *fakes.provider().unwritable.borrow_mut() = Some(failure(Class::Unconfirmed));
    for _ in 0..3_600 {
        fakes.round();
        fakes.restart();
        fakes.advance(Duration::from_secs(1));
    }
    assert_eq!(fakes.provider().writes.borrow().len(), 4);
}

#[test]
fn l4_a_token_that_may_read_and_not_write_is_probed_less_and_less_too() {
    let fakes = one(Push::WhenSimple);
    *fakes.provider().unwritable.borrow_mut() = Some(failure(Class::Rejected));
    for _ in 0..96 {
        fakes.round();
        fakes.restart();
        fakes.advance(HOUR);
    }
    assert_eq!(
        fakes.provider().writes.borrow().len(),
        6,
        "at 0, 6, 18, 42, 66 and 90 hours"
    );
}

#[test]
fn l4_a_refusal_is_not_forgotten_without_a_probe() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    *fakes.provider().broken.borrow_mut() = Some(failure(Class::Rejected));
    fakes.play(Task {
        audit: true,
        ..Task::ROUTINE
    });
    fakes.advance(6 * HOUR);
    let lists = fakes.provider().lists.get();
    assert_eq!(fakes.round().verdict(), Verdict::Refused);
    assert_eq!(fakes.provider().lists.get(), lists + 1);
    // A probe that nobody answers is none: the next one is made, and nothing is said to be right before.
    fakes.advance(12 * HOUR);
    *fakes.provider().broken.borrow_mut() = Some(failure(Class::Transient));
    assert_eq!(fakes.round().verdict(), Verdict::TryAgain);
    assert_eq!(fakes.round().verdict(), Verdict::TryAgain);
    *fakes.provider().broken.borrow_mut() = Some(failure(Class::Rejected));
    fakes.advance(MINUTE);
    fakes.restart();
    assert_eq!(fakes.round().verdict(), Verdict::Refused);
    assert_eq!(fakes.provider().lists.get(), lists + 3);
    fakes.advance(23 * HOUR);
    assert_eq!(fakes.round().verdict(), Verdict::Refused);
    assert_eq!(fakes.provider().lists.get(), lists + 3);
}

#[test]
fn l4_a_list_that_leaves_something_undone_forgets_no_refusal() {
    let fakes = one(Push::WhenSimple);
    *fakes.provider().unwritable.borrow_mut() = Some(failure(Class::Rejected));
    let hold = |fakes: &Fakes| {
        let (account, _, _) = &fakes.accounts[0];
        fakes.memory.borrow().accounts[account].hold.clone()
    };
    fakes.round();
    fakes.advance(6 * HOUR);
    *fakes.provider().troubled.borrow_mut() = Some(failure(Class::NotFound));
    fakes.round();
    assert_eq!(hold(&fakes).map(|it| it.refusals), Some(1));
    *fakes.provider().troubled.borrow_mut() = None;
    fakes.advance(24 * HOUR);
    fakes.round();
    let refused = hold(&fakes).unwrap();
    assert_eq!(
        (refused.refusals, refused.until.since(refused.since)),
        (2, 12 * HOUR)
    );
    // Nothing is left to do: it was looked, and that was allowed.
    fakes.provider().put(HOME, "84.212.10.20");
    fakes.advance(12 * HOUR);
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert_eq!(hold(&fakes), None);
}

#[test]
fn what_a_dry_run_saw_to_be_wrong_is_still_wrong_in_the_next_round() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    fakes.provider().records.borrow_mut().clear();
    fakes.provider().put(HOME, "9.9.9.9");
    *fakes.dns.borrow_mut() = Dns::Silent;
    fakes.play(Task {
        audit: true,
        dry_run: true,
        occasion: Occasion::Asked,
    });
    fakes.restart();
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
}

#[test]
fn what_a_push_would_lose_is_refused_every_time_and_asked_about_seldom() {
    let fakes = one(Push::Only);
    fakes.provider().put(HOME, "84.212.10.20");
    fakes.provider().put(HOME, "9.9.9.9");
    for _ in 0..72 {
        assert_eq!(fakes.round().verdict(), Verdict::Refused);
        fakes.restart();
        fakes.advance(5 * MINUTE);
    }
    assert!(fakes.provider().writes.borrow().is_empty());
    assert!(
        fakes.provider().lists.get() < 8,
        "{} lists in 6 hours",
        fakes.provider().lists.get()
    );
}

#[test]
fn a_hold_is_about_the_addresses_that_were_refused_and_about_no_others() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    let refused = Failure::of_host(Class::Invalid, "blacklisted");
    fakes.see(known(&["84.212.66.66"]));
    fakes
        .provider()
        .faults
        .borrow_mut()
        .push_back(Fault::Fails(refused));
    assert_eq!(outcomes(&fakes.round()), ["failed"]);
    assert_eq!(
        outcomes(&fakes.round()),
        ["failed"],
        "it is not tried again at once"
    );
    assert_eq!(fakes.provider().writes.borrow().len(), 2);
    fakes.see(known(&["84.212.99.99"]));
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
}

#[test]
fn an_old_hold_of_the_account_does_not_hide_a_hosts_own() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    let both = [
        Fault::Fails(failure(Class::Transient)),
        Fault::Fails(Failure::of_host(Class::Invalid, "refused")),
    ];
    fakes.provider().faults.borrow_mut().extend(both);
    fakes.round();
    fakes.advance(MINUTE);
    fakes.round();
    fakes.advance(2 * MINUTE);
    assert_eq!(outcomes(&fakes.round()), ["failed"]);
    assert_eq!(fakes.provider().writes.borrow().len(), 3);
}

#[test]
fn a_family_that_is_kept_is_not_compared_with_dns() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    fakes.see(Observation::Absent);
    *fakes.dns.borrow_mut() = Dns::Says(&[]);
    for _ in 0..30 {
        fakes.advance(5 * MINUTE);
        assert!(fakes.round().dns.is_empty());
    }
    assert_eq!(fakes.asked_dns.get(), 0);
}

#[test]
fn a_new_address_after_a_lost_answer_goes_out_as_a_push_and_blames_nobody() {
    let fakes = one(Push::WhenSimple);
    fakes.round();
    fakes.see(known(&["84.212.66.66"]));
    let fault = Fault::Loses(failure(Class::Unconfirmed));
    fakes.provider().faults.borrow_mut().push_back(fault);
    fakes.round();
    fakes.see(known(&["84.212.99.99"]));
    fakes.advance(MINUTE);
    fakes.round();
    let last = fakes.provider().writes.borrow().last().cloned().unwrap();
    assert!(
        last.ends_with("via dyndns (our address is another one)"),
        "{last}"
    );
}

#[test]
fn a_change_does_not_wait_for_dns_servers() {
    let both = Host {
        ipv6: HostV6::Own,
        ..host(HOME)
    };
    let fakes = Fakes::new(Push::WhenSimple, vec![both]);
    let six = known(&["2a01:79c::1"]);
    fakes
        .addresses
        .borrow_mut()
        .insert(crate::core::addr::Family::V6.into(), six);
    fakes.round();
    // Both are due for a look; one of them has to be written.
    fakes.advance(HOUR);
    fakes.see(known(&["84.212.99.99"]));
    fakes.round();
    assert_eq!(fakes.asked_dns.get(), 0);
}
