//! What is written.

use std::time::Duration;

use super::fake::*;
use crate::{
    core::{
        address::{addr_set::AddrSet, family::Family},
        dns::{
            change::Step,
            record::{AccountName, Existing, Target},
        },
        error::{ErrorClass, Scope},
        reconcile::{
            intent::{Host, HostV6, Intent},
            plan::{PlanInput, PlanResult, plan},
        },
    },
    providers::{Provider, dnspod::Site},
};

/// Lists with `listed`, plans `addr` for home.example.com, applies, and says what was written.
async fn round(site: Site, listed_records: Vec<String>, addr: &str) -> Vec<(String, Fields)> {
    let account = account(site, move |name, fields| match name {
        "Record.List" => records(listed_records.len(), &listed_records),
        _ => stored(fields),
    });
    let name = host("home.example.com");
    let known = [zone("example.com")];
    let listing = account.list(std::slice::from_ref(&name), &known).await;
    let wanted = admitted(addr);
    let family = Family::of(wanted.addr());
    let target = Target {
        account: AccountName("dnspod".into()),
        host: name.clone(),
        family,
    };
    let listing = listing.unwrap();
    let min_ttl = listing.min_ttls.values().next().copied();
    let mut found = listing.records;
    found.retain(|record| Family::of(record.addr) == family);
    let planned = plan(PlanInput {
        target: &target,
        host: &Host {
            name,
            ipv4: true,
            ipv6: HostV6::ThisHost,
            ttl: None,
            create: true,
            via: None,
        },
        intent: &Intent::Set(AddrSet::single(wanted)),
        existing: &Existing::Listed {
            zone: zone("example.com"),
            records: found,
            conflict: None,
            min_ttl,
        },
        confirmed: None,
        rules: account.capabilities(),
    });
    let PlanResult::Change(change) = planned else {
        return Vec::new();
    };
    let results = account.apply(&safe(vec![change])).await;
    assert_eq!(results, [Ok(())]);
    seen(&account).split_off(1)
}

#[tokio::test]
async fn in_a_busy_zone_only_the_right_record_changes() {
    let busy = || {
        vec![
            listed(1, "@", "NS", "Default", "a.dnspod.com."),
            listed(2, "home", "MX", "Default", "mail.example.com."),
            listed(3, "home", "TXT", "Default", "84.212.10.20"),
            listed(4, "home", "A", "CN", "84.212.10.21"),
            listed(5, "home", "A", "Default", "84.212.10.20"),
            listed(6, "home", "AAAA", "Default", "2a01:79c::1"),
            listed(7, "nas", "A", "Default", "84.212.10.20"),
        ]
    };
    let common = [
        ("domain", "example.com"),
        ("sub_domain", "home"),
        ("record_line", "default"),
        ("ttl", "600"),
    ];
    let written = round(Site::International, busy(), "1.1.1.1").await;
    let mut expected = fields(&common);
    expected.extend(fields(&[
        ("record_id", "5"),
        ("record_type", "A"),
        ("value", "1.1.1.1"),
    ]));
    assert_eq!(written, [("Record.Modify".to_owned(), expected)]);

    let written = round(Site::International, busy(), "2a01:79c::2").await;
    let mut expected = fields(&common);
    expected.extend(fields(&[
        ("record_id", "6"),
        ("record_type", "AAAA"),
        ("value", "2a01:79c::2"),
    ]));
    assert_eq!(written, [("Record.Modify".to_owned(), expected)]);

    // Right already: no write that changes nothing (L3).
    let written = round(Site::International, busy(), "84.212.10.20").await;
    assert_eq!(written, []);
}

#[tokio::test]
async fn every_field_of_a_record_survives_an_update() {
    let china = r#"{"id":2169654400,"name":"Home","line":"默认","line_id":"0","type":"A",
        "ttl":"1200","value":"84.212.10.20","weight":"0","mx":"5","enabled":0,
        "status":"disabled","remark":"the attic"}"#;
    let written = round(Site::China, vec![china.to_owned()], "1.1.1.1").await;
    let expected = fields(&[
        ("domain", "example.com"),
        ("record_id", "2169654400"),
        ("sub_domain", "Home"),
        ("record_type", "A"),
        ("record_line_id", "0"),
        ("value", "1.1.1.1"),
        ("ttl", "1200"),
        ("mx", "5"),
        ("weight", "0"),
        ("status", "disable"),
    ]);
    assert_eq!(written, [("Record.Modify".to_owned(), expected)]);
}

#[tokio::test]
async fn a_listed_ttl_below_the_plans_minimum_does_not_make_the_update_fail() {
    let low = listed(1, "home", "A", "默认", "84.212.10.20").replace("600", "10");
    let written = round(Site::China, vec![low], "1.1.1.1").await;
    assert_eq!(written[0].1["ttl"], "600");
    assert_eq!(written[0].1["record_line"], "默认");
    assert_eq!(written[0].1["status"], "enable");
}

#[tokio::test]
async fn a_configured_ttl_is_what_is_asked_for() {
    let account = account(Site::International, |_, fields| stored(fields));
    let ttl = Some(60);
    let addr = admitted("1.1.1.1");
    let record = record("1", "home.example.com", "9.9.9.9");
    let modify = Step::Modify { record, addr, ttl };
    let create = Step::Create { addr, ttl };
    let plan = safe(vec![
        change("home.example.com", vec![modify]),
        change("example.com", vec![create]),
    ]);
    assert_eq!(account.apply(&plan).await, [Ok(()), Ok(())]);
    assert_eq!(seen(&account)[0].1["ttl"], "60");
    let expected = fields(&[
        ("domain", "example.com"),
        ("sub_domain", "@"),
        ("record_type", "A"),
        ("record_line", "default"),
        ("value", "1.1.1.1"),
        ("ttl", "60"),
    ]);
    assert_eq!(seen(&account)[1], ("Record.Create".to_owned(), expected));
}

#[tokio::test]
async fn a_new_record_is_created_on_the_configured_line() {
    for (site, line, field) in [
        (Site::International, "Default", ("record_line", "default")),
        (Site::International, "CN", ("record_line", "CN")),
        (Site::China, "默认", ("record_line", "默认")),
        (Site::China, "10=1", ("record_line_id", "10=1")),
    ] {
        let account = account_on(site, line, |_, fields| stored(fields));
        let addr = admitted("2a01:79c::1");
        let create = Step::Create { addr, ttl: None };
        let plan = safe(vec![change("*.example.com", vec![create])]);
        assert_eq!(account.apply(&plan).await, [Ok(())]);
        let expected = fields(&[
            ("domain", "example.com"),
            ("sub_domain", "*"),
            ("record_type", "AAAA"),
            field,
            ("value", "2a01:79c::1"),
        ]);
        assert_eq!(seen(&account)[0].1, expected);
    }
}

#[tokio::test]
async fn a_record_that_is_gone_already_is_removed_without_complaint() {
    let account = account(Site::International, |_, _| code(8));
    let record = record("16894439", "home.example.com", "9.9.9.9");
    let plan = safe(vec![change(
        "home.example.com",
        vec![Step::Delete { record }],
    )]);
    assert_eq!(account.apply(&plan).await, [Ok(())]);
    let expected = fields(&[("domain", "example.com"), ("record_id", "16894439")]);
    assert_eq!(seen(&account), [("Record.Remove".to_owned(), expected)]);
}

/// A change of each of three hosts.
fn three() -> Vec<crate::core::dns::change::Change> {
    let names = ["a.example.com", "b.example.com", "c.example.com"];
    let each = names.into_iter().zip(["1", "2", "3"]);
    let each = each.map(|(name, id)| {
        let record = record(id, name, "9.9.9.9");
        change(name, vec![modify(record, "1.1.1.1")])
    });
    each.collect()
}

#[tokio::test]
async fn after_a_failure_of_the_account_nothing_more_is_sent() {
    let limited = ErrorClass::RateLimited { retry_after: None };
    for (answer, class) in [
        (code(-1), ErrorClass::Unauthorized),
        (code(85), ErrorClass::Unauthorized),
        (code(10002), ErrorClass::Unauthorized),
        (page(401, "<html>nginx</html>"), ErrorClass::Unauthorized),
        (code(-2), limited),
        (code(-8), limited),
        (page(403, ""), limited),
        (page(429, ""), limited),
    ] {
        let account = account(
            Site::International,
            move |_, fields| match fields["record_id"].as_str() {
                "1" => stored(fields),
                _ => answer.clone(),
            },
        );
        let results = account.apply(&safe(three())).await;
        assert_eq!(names(&account).len(), 2, "{class:?}");
        assert_eq!(results[0], Ok(()));
        assert_eq!(failure(&results, 1).class, class);
        assert_eq!(failure(&results, 1).scope, Scope::Account);
        assert_eq!(results[2], results[1]);
    }
}

#[tokio::test]
async fn a_lost_answer_is_unconfirmed_and_what_never_left_is_not() {
    for (answer, class) in [
        (FakeAnswer::Lost, ErrorClass::Unconfirmed),
        (page(502, ""), ErrorClass::Unconfirmed),
        (code(-99), ErrorClass::Unconfirmed),
        (
            page(200, "<html>hotel login</html>"),
            ErrorClass::ProtocolViolation,
        ),
    ] {
        let account = account(Site::International, move |_, _| answer.clone());
        let results = account.apply(&safe(three())).await;
        assert_eq!(names(&account).len(), 1);
        assert_eq!(failure(&results, 0).class, class);
        for position in [1, 2] {
            let failure = failure(&results, position);
            assert_eq!(failure.class, ErrorClass::Transient);
            assert_eq!(failure.scope, Scope::Account);
            assert!(failure.message.starts_with("not sent, "), "{failure}");
        }
    }
}

#[tokio::test]
async fn a_failure_of_one_host_leaves_the_others_their_update() {
    let hour = Some(Duration::from_hours(1));
    for (answer, class) in [
        (21, ErrorClass::RateLimited { retry_after: hour }),
        (34, ErrorClass::Invalid),
        (-15, ErrorClass::Invalid),
        (500_025, ErrorClass::Invalid),
        (8, ErrorClass::NotFound),
        (104, ErrorClass::Unconfirmed),
        (3, ErrorClass::Unconfirmed),
    ] {
        let account = account(
            Site::International,
            move |_, fields| match fields["record_id"].as_str() {
                "2" => code(answer),
                _ => stored(fields),
            },
        );
        let results = account.apply(&safe(three())).await;
        assert_eq!(names(&account).len(), 3, "{answer}");
        assert_eq!((&results[0], &results[2]), (&Ok(()), &Ok(())));
        let failure = failure(&results, 1);
        assert_eq!(failure.class, class, "{answer}");
        assert_eq!(failure.scope, Scope::Host, "{answer}");
        assert!(
            failure
                .message
                .starts_with("Record.Modify of b in example.com: "),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn a_change_whose_step_fails_is_not_tidied_up_after() {
    let account = account(Site::International, |name, _| match name {
        "Record.Create" => code(31),
        _ => code(1),
    });
    let create = Step::Create {
        addr: admitted("1.1.1.1"),
        ttl: None,
    };
    let stale = Step::Delete {
        record: record("2", "home.example.com", "9.9.9.9"),
    };
    let plan = safe(vec![change("home.example.com", vec![create, stale])]);
    let results = account.apply(&plan).await;
    assert_eq!(failure(&results, 0).class, ErrorClass::Invalid);
    assert_eq!(names(&account), ["Record.Create"]);
}

#[tokio::test]
async fn a_success_that_stored_another_address_is_not_a_success() {
    let account = account(Site::International, |_, _| {
        page(
            200,
            r#"{"status":{"code":"1"},"record":{"id":1,"value":"9.9.9.9"}}"#,
        )
    });
    let results = account.apply(&safe(three())).await;
    assert_eq!(failure(&results, 0).class, ErrorClass::ProtocolViolation);
}

#[tokio::test]
async fn a_listed_weight_does_not_keep_an_international_record_from_being_written() {
    let account = account(Site::International, |_, fields| stored(fields));
    let mut weighted = record("1", "home.example.com", "84.212.10.20");
    weighted.attributes.insert("weight".into(), "20".into());
    let steps = vec![modify(weighted, "84.212.10.21")];
    let plan = safe(vec![change("home.example.com", steps)]);
    assert_eq!(account.apply(&plan).await, [Ok(())]);
    assert!(!seen(&account)[0].1.contains_key("weight"));
}
