//! DNSPod: domains that are locked or banned, or whose plan does not suffice.

use std::time::Duration;

use sandbox::{Sandbox, Site};
use serde_json::{Value, json};

use crate::client::{code, code_of, only_status, pod, with_pod};

const ABROAD: Site = Site::International;
const CHINA: Site = Site::China;
const ZONE: &str = "example.org";

fn id(sandbox: &Sandbox, site: Site) -> String {
    let info = pod(sandbox, site, "Domain.Info", &[]);
    info["domain"]["id"].as_str().unwrap().to_owned()
}

fn lock(sandbox: &Sandbox, site: Site, days: &str) -> Value {
    let id = id(sandbox, site);
    let pairs = [("domain_id", id.as_str()), ("days", days)];
    pod(sandbox, site, "Domain.Lock", &pairs)
}

#[test]
fn a_lock_has_the_domains_id_as_a_number_a_code_and_a_last_day() {
    let sandbox = with_pod(ABROAD);
    let answer = lock(&sandbox, ABROAD, "3");
    let number: u64 = id(&sandbox, ABROAD).parse().unwrap();
    assert_eq!(answer["lock"]["domain_id"], number);
    assert_eq!(answer["lock"]["lock_end"], "2026-01-04");
    let code = sandbox.dnspod(ABROAD).lock_code(ZONE).unwrap();
    assert_eq!(answer["lock"]["lock_code"], code);
    assert_eq!(code.len(), 6);
    let info = pod(&sandbox, ABROAD, "Domain.Info", &[]);
    assert_eq!(info["domain"]["status"], "lock");
    assert_eq!(
        pod(&sandbox, ABROAD, "Domain.List", &[])["info"]["lock_total"],
        1
    );
}

#[test]
fn days_that_make_no_sense_are_8_and_too_many_9_and_a_second_lock_21() {
    let sandbox = with_pod(ABROAD);
    for (days, expected) in [
        ("", "8"),
        ("0", "8"),
        ("-1", "8"),
        ("soon", "8"),
        ("31", "9"),
    ] {
        assert_eq!(code(&lock(&sandbox, ABROAD, days)), expected, "{days}");
    }
    assert_eq!(code(&lock(&sandbox, ABROAD, "30")), "1");
    assert_eq!(code(&lock(&sandbox, ABROAD, "1")), "21");
}

#[test]
fn a_lock_goes_by_the_id_abroad_and_by_either_in_china() {
    for (site, expected) in [(ABROAD, "6"), (CHINA, "1")] {
        let sandbox = with_pod(site);
        assert_eq!(
            code_of(&sandbox, site, "Domain.Lock", &[("days", "1")]),
            expected
        );
    }
}

#[test]
fn the_status_of_a_lock_is_two_days_or_code_7() {
    let sandbox = with_pod(ABROAD);
    assert_eq!(code_of(&sandbox, ABROAD, "Domain.Lockstatus", &[]), "7");
    lock(&sandbox, ABROAD, "3");
    let answer = pod(&sandbox, ABROAD, "Domain.Lockstatus", &[]);
    let expected = json!({"lock_status": "yes", "start_at": "2026-01-01", "end_at": "2026-01-04"});
    assert_eq!(answer["lock"], expected);
}

#[test]
fn the_code_opens_a_lock_and_abroad_the_answer_still_shows_it() {
    for site in [ABROAD, CHINA] {
        let sandbox = with_pod(site);
        let unlock = |code: &str| pod(&sandbox, site, "Domain.Unlock", &[("lock_code", code)]);
        assert_eq!(code(&unlock("abcdef")), "8");
        lock(&sandbox, site, "3");
        assert_eq!(code(&unlock("wrong")), "9");
        assert_eq!(code_of(&sandbox, site, "Domain.Unlock", &[]), "9");
        let answer = unlock(&sandbox.dnspod(site).lock_code(ZONE).unwrap());
        if site == CHINA {
            only_status(&answer);
        } else {
            assert_eq!(answer["lock"]["lock_status"], "yes");
        }
        assert_eq!(sandbox.dnspod(site).lock_code(ZONE), None);
        assert_eq!(code_of(&sandbox, site, "Domain.Lockstatus", &[]), "7");
    }
}

/// Calls that write, each as it would succeed but for the record's id.
fn writes(record: &str) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let pair = |name, value: &str| (name, value.to_owned());
    let id = || pair("record_id", record);
    let content = |value: &str| {
        vec![
            pair("sub_domain", "www"),
            pair("record_type", "A"),
            pair("record_line", "default"),
            pair("value", value),
        ]
    };
    let with_id = |mut pairs: Vec<_>| {
        pairs.push(id());
        pairs
    };
    vec![
        ("Record.Create", content("192.0.2.8")),
        ("Record.Modify", with_id(content("192.0.2.9"))),
        ("Record.Ddns", with_id(content("192.0.2.9"))),
        ("Record.Status", vec![id(), pair("status", "disable")]),
        ("Record.Remove", vec![id()]),
        ("Domainshare.Create", vec![pair("email", "you@example.com")]),
        ("Domainshare.Remove", vec![pair("email", "you@example.com")]),
        ("Domain.Transfer", vec![pair("email", "you@example.com")]),
    ]
}

fn refused(sandbox: &Sandbox, record: u64) -> Vec<String> {
    let record = record.to_string();
    let codes = writes(&record).into_iter().map(|(call, pairs)| {
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| (*n, v.as_str())).collect();
        code_of(sandbox, ABROAD, call, &pairs)
    });
    codes.collect()
}

fn with_record() -> (Sandbox, u64) {
    let sandbox = with_pod(ABROAD);
    let site = sandbox.dnspod(ABROAD);
    let id = site.add(ZONE, "www", "A", "192.0.2.1", None, None);
    (sandbox, id)
}

#[test]
fn a_locked_domain_refuses_what_writes_with_21_until_the_days_are_over() {
    let (sandbox, record) = with_record();
    let before = sandbox.dnspod(ABROAD).records(ZONE);
    lock(&sandbox, ABROAD, "2");
    assert_eq!(refused(&sandbox, record), ["21"; 8]);
    for call in ["Domain.Status", "Domain.Searchenginepush"] {
        assert_eq!(code_of(&sandbox, ABROAD, call, &[("status", "x")]), "7");
    }
    assert_eq!(sandbox.dnspod(ABROAD).records(ZONE), before);
    sandbox.advance(Duration::from_hours(48));
    let record = record.to_string();
    let remove = [("record_id", record.as_str())];
    assert_eq!(code_of(&sandbox, ABROAD, "Record.Remove", &remove), "1");
}

#[test]
fn a_locked_domain_can_be_looked_at_and_noted_on() {
    let (sandbox, record) = with_record();
    let record = record.to_string();
    lock(&sandbox, ABROAD, "2");
    let note = [("record_id", record.as_str()), ("remark", "x")];
    for (call, pairs) in [
        ("Record.List", &[][..]),
        ("Record.Info", &note[..1]),
        ("Record.Remark", &note[..]),
        ("Domain.Remark", &note[1..]),
    ] {
        assert_eq!(code_of(&sandbox, ABROAD, call, pairs), "1", "{call}");
    }
}

#[test]
fn a_banned_domain_refuses_what_writes_with_minus_15() {
    let (sandbox, record) = with_record();
    sandbox
        .dnspod(ABROAD)
        .set_domain(ZONE, json!({"status": "spam"}));
    assert_eq!(refused(&sandbox, record), ["-15"; 8]);
    let record = record.to_string();
    let pair = [("record_id", record.as_str())];
    assert_eq!(code_of(&sandbox, ABROAD, "Record.Info", &pair), "-15");
    assert_eq!(code_of(&sandbox, ABROAD, "Record.List", &[]), "1");
    let info = pod(&sandbox, ABROAD, "Domain.Info", &[]);
    assert_eq!(info["domain"]["status"], "spam");
}

#[test]
fn a_domain_of_too_small_a_plan_refuses_nearly_everything() {
    for upgrade in ["-7", "-8"] {
        let (sandbox, record) = with_record();
        sandbox.dnspod(ABROAD).needs_upgrade(ZONE, Some(upgrade));
        assert_eq!(refused(&sandbox, record), [upgrade; 8]);
        for call in [
            "Domain.Info",
            "Domain.Log",
            "Record.List",
            "Domainshare.List",
        ] {
            assert_eq!(code_of(&sandbox, ABROAD, call, &[]), upgrade);
        }
        let mark = [("is_mark", "yes")];
        assert_eq!(code_of(&sandbox, ABROAD, "Domain.Ismark", &mark), "1");
        assert_eq!(code_of(&sandbox, ABROAD, "Domain.Remove", &[]), "1");
    }
}
