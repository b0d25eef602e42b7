//! DNSPod: jobs of many calls, in China.

use sandbox::{Sandbox, Site};
use serde_json::{Value, json};

use crate::client::{LOGIN, code, code_of, pod, pod_as, with_pod};

const SITE: Site = Site::China;
const ZONE: &str = "example.org";
const OTHER: &str = "20002,ffffffffffffffffffffffffffffffff";

fn start(sandbox: &Sandbox, call: &str, pairs: &[(&str, &str)]) -> String {
    let answer = pod(sandbox, SITE, call, pairs);
    assert_eq!(code(&answer), "1", "{answer}");
    answer["job_id"].as_str().unwrap().to_owned()
}

fn detail(sandbox: &Sandbox, job: &str) -> Value {
    pod(sandbox, SITE, "Batch.Detail", &[("job_id", job)])
}

/// A sandbox whose jobs are found finished at the first look.
fn quick() -> Sandbox {
    let sandbox = with_pod(SITE);
    sandbox.dnspod(SITE).batch_polls(0);
    sandbox
}

/// The names of an object's fields as the vendor's page has them, for `assert_eq` with the page's.
#[track_caller]
fn has_fields(object: &Value, wanted: &str) {
    let fields = object.as_object().unwrap();
    let mut wanted: Vec<&str> = wanted.split(' ').collect();
    wanted.sort_unstable();
    assert_eq!(fields.keys().collect::<Vec<_>>(), wanted, "{object}");
}

fn counts(detail: &Value) -> [u64; 3] {
    ["total", "success", "fail"].map(|key| detail[key].as_u64().unwrap())
}

#[test]
fn a_job_adds_domains_and_says_which_it_could_not() {
    let sandbox = quick();
    let pairs = [
        ("domains", "a.org,b.org,example.org"),
        ("record_value", "192.0.2.1"),
    ];
    let job = start(&sandbox, "Batch.Domain.Create", &pairs);
    let detail = detail(&sandbox, &job);
    assert_eq!(detail["type"], "domain");
    // Each domain and each of its two records counts.
    assert_eq!(counts(&detail), [9, 6, 3]);
    assert!(detail["detail"][0]["domain_id"].is_string());
    assert_eq!(detail["detail"][2]["status"], "error");
    assert!(detail["detail"][2]["err_msg"].is_string());
    assert_eq!(detail["detail"][2]["records"][1]["status"], "error");
    assert!(detail["detail"][2].get("domain_id").is_none());
    let records = sandbox.dnspod(SITE).records("b.org");
    let names: Vec<_> = records[2..].iter().map(|r| r["name"].clone()).collect();
    assert_eq!(names, ["www", "@"]);
}

#[test]
fn a_job_adds_each_record_to_each_domain() {
    let sandbox = quick();
    let site = sandbox.dnspod(SITE);
    let ids = [site.domain(LOGIN, "a.org"), site.domain(LOGIN, "b.org")];
    let domains = format!("{},{}", ids[0], ids[1]);
    let records = json!([
        {"sub_domain": "www,wap", "record_type": "A", "record_line": "默认",
         "value": "192.0.2.1", "ttl": 600},
        {"sub_domain": "@", "record_type": "MX", "record_line": "默认",
         "value": "mail.example.net", "ttl": 600, "MX": 10},
        {"sub_domain": "bad", "record_type": "A", "record_line": "默认", "value": "here"},
    ])
    .to_string();
    let pairs = [
        ("domain_id", domains.as_str()),
        ("records", records.as_str()),
    ];
    let job = start(&sandbox, "Batch.Record.Create", &pairs);
    let detail = detail(&sandbox, &job);
    assert_eq!(detail["type"], "record_add");
    assert_eq!(counts(&detail), [8, 6, 2]);
    assert_eq!(detail["detail"][0]["domain_id"], ids[0].to_string());
    for zone in ["a.org", "b.org"] {
        let records = sandbox.dnspod(SITE).records(zone);
        let names: Vec<_> = records[2..].iter().map(|r| r["name"].clone()).collect();
        assert_eq!(names, ["www", "wap", "@"]);
        assert_eq!(records[4]["mx"], "10");
    }
}

fn change(sandbox: &Sandbox, pairs: &[(&str, &str)]) -> (Value, Value) {
    let site = sandbox.dnspod(SITE);
    let id = site
        .add(ZONE, "www", "A", "192.0.2.1", None, Some(900))
        .to_string();
    let mut all = vec![("record_id", id.as_str())];
    all.extend_from_slice(pairs);
    let job = start(sandbox, "Batch.Record.Modify", &all);
    (detail(sandbox, &job), site.records(ZONE)[2].clone())
}

#[test]
fn a_job_changes_one_thing_about_a_record_and_keeps_the_rest() {
    for (what, to, key, shown) in [
        ("sub_domain", "web", "name", json!("web")),
        ("area", "联通", "line", json!("联通")),
        ("value", "192.0.2.9", "value", json!("192.0.2.9")),
        ("ttl", "1200", "ttl", json!("1200")),
        ("status", "disable", "enabled", json!("0")),
        // As the vendor's page writes it.
        ("status", "disabled", "enabled", json!("0")),
    ] {
        let sandbox = quick();
        let (detail, after) = change(&sandbox, &[("change", what), ("change_to", to)]);
        assert_eq!(detail["type"], "record_modify");
        assert_eq!(counts(&detail), [1, 1, 0], "{detail}");
        assert_eq!(after[key], shown);
        if what != "ttl" {
            assert_eq!(after["ttl"], "900");
        }
    }
}

#[test]
fn a_change_of_type_needs_a_value_and_perhaps_a_preference() {
    let sandbox = quick();
    let change_type = [
        ("change", "record_type"),
        ("change_to", "MX"),
        ("value", "mail.example.net"),
        ("mx", "5"),
    ];
    let (_, after) = change(&sandbox, &change_type);
    assert_eq!((&after["type"], &after["mx"]), (&json!("MX"), &json!("5")));
    let mut without = vec![("record_id", "1")];
    without.extend_from_slice(&change_type[..2]);
    assert_eq!(
        code_of(&sandbox, SITE, "Batch.Record.Modify", &without),
        "6"
    );
}

#[test]
fn a_job_that_adds_domains_is_shown_as_on_the_vendors_page() {
    let sandbox = quick();
    let pairs = [("domains", "a.org"), ("record_value", "192.0.2.1")];
    let begun = pod(&sandbox, SITE, "Batch.Domain.Create", &pairs);
    assert!(begun["job_id"].is_string());
    let asked = &begun["detail"][0];
    has_fields(
        asked,
        "id domain domain_grade err_msg status operation records",
    );
    let record = json!({
        "id": 0, "sub_domain": "www", "record_type": "A", "area": "默认", "value": "192.0.2.1",
        "ttl": 600, "err_msg": null, "status": "waiting", "operation": "plus",
    });
    assert_eq!(asked["records"][0], record);
    assert_eq!(asked["records"][1]["id"], 1);
    assert_eq!(asked["operation"], "plus");
    let done = detail(&sandbox, begun["job_id"].as_str().unwrap());
    has_fields(&done, "status detail total success fail type created_at");
    let made = &done["detail"][0];
    has_fields(
        made,
        "id domain domain_grade err_msg status operation records domain_id",
    );
    assert_eq!(
        (&made["status"], &made["err_msg"]),
        (&json!("ok"), &Value::Null)
    );
    has_fields(
        &made["records"][0],
        "id sub_domain record_type area value ttl err_msg status operation record_id mx",
    );
    let zone = sandbox.dnspod(SITE).records("a.org");
    let id: u64 = zone[2]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(made["records"][0]["record_id"], id);
    assert_eq!(made["records"][0]["mx"], Value::Null);
}

#[test]
fn a_job_that_adds_records_is_shown_as_on_the_vendors_page() {
    let sandbox = quick();
    let id = sandbox.dnspod(SITE).domain(LOGIN, "a.org").to_string();
    let records = json!([
        {"sub_domain": "www", "record_type": "A", "record_line": "默认", "value": "192.0.2.1", "ttl": 900},
        {"sub_domain": "", "record_type": "MX", "record_line": "默认", "value": "mx.example.net", "MX": 10},
    ])
    .to_string();
    let pairs = [("domain_id", id.as_str()), ("records", records.as_str())];
    let begun = pod(&sandbox, SITE, "Batch.Record.Create", &pairs);
    let asked = &begun["detail"][0];
    has_fields(
        asked,
        "id domain_id domain domain_grade err_msg status operation records",
    );
    assert_eq!(asked["operation"], Value::Null);
    let record = json!({
        "id": 0, "sub_domain": "www", "record_type": "A", "area": "默认", "value": "192.0.2.1",
        "mx": "5", "ttl": "900", "err_msg": null, "status": "waiting", "operation": "plus",
    });
    assert_eq!(asked["records"][0], record);
    let mail = &asked["records"][1];
    assert_eq!(
        (&mail["sub_domain"], &mail["mx"], &mail["ttl"]),
        (&json!(""), &json!("10"), &json!("600"))
    );
    let done = detail(&sandbox, begun["job_id"].as_str().unwrap());
    assert!(done["created_at"].is_string());
    assert_eq!(counts(&done), [2, 2, 0]);
    assert_eq!(done["detail"][0]["status"], "ok");
    assert!(done["detail"][0]["records"][1]["record_id"].is_number());
}

#[test]
fn a_job_that_changes_records_shows_them_by_domain_as_they_were() {
    let sandbox = quick();
    let site = sandbox.dnspod(SITE);
    site.domain(LOGIN, "a.org");
    let ids = [
        site.add(ZONE, "www", "A", "192.0.2.1", None, Some(900)),
        site.add("a.org", "www", "A", "192.0.2.1", None, None),
        site.add(ZONE, "bbs", "A", "192.0.2.2", None, None),
    ];
    let ids = ids.map(|id| id.to_string());
    let pairs = [
        ("record_id", &*ids.join(",")),
        ("change", "ttl"),
        ("change_to", "1200"),
    ];
    let begun = pod(&sandbox, SITE, "Batch.Record.Modify", &pairs);
    let asked = &begun["detail"][0];
    has_fields(
        asked,
        "domain_id domain err_msg status operation records domain_grade id",
    );
    assert!(asked["domain_id"].is_number());
    assert_eq!((&asked["domain"], &asked["id"]), (&json!(ZONE), &json!(0)));
    let record = json!({
        "record_id": ids[0], "sub_domain": "www", "area": "默认", "record_type": "A", "ttl": "900",
        "value": "192.0.2.1", "enabled": "1", "status": "waiting", "err_msg": null, "id": 0, "operation": "edit",
    });
    assert_eq!(asked["records"][0], record);
    assert_eq!(asked["records"][1]["record_id"], ids[2]);
    assert_eq!(begun["detail"][1]["domain"], "a.org");
    let done = detail(&sandbox, begun["job_id"].as_str().unwrap());
    assert_eq!(counts(&done), [3, 3, 0]);
    assert_eq!(site.records(ZONE)[2]["ttl"], "1200");
}

#[test]
fn a_record_that_is_not_there_fails_by_itself() {
    let sandbox = quick();
    let pairs = [
        ("record_id", "1,2"),
        ("change", "ttl"),
        ("change_to", "900"),
    ];
    let job = start(&sandbox, "Batch.Record.Modify", &pairs);
    assert_eq!(counts(&detail(&sandbox, &job)), [2, 0, 2]);
}

#[test]
fn a_job_is_found_unfinished_at_first() {
    let sandbox = with_pod(SITE);
    sandbox.dnspod(SITE).batch_polls(2);
    let job = start(
        &sandbox,
        "Batch.Domain.Create",
        &[("domains", "a.org,b.org")],
    );
    for _ in 0..2 {
        let early = detail(&sandbox, &job);
        assert_eq!(counts(&early), [2, 0, 0]);
        assert_eq!(early["detail"][0]["status"], "running");
        assert_eq!(early["detail"][0]["err_msg"], Value::Null);
        assert_eq!(early["detail"][1]["status"], "waiting");
    }
    assert_eq!(counts(&detail(&sandbox, &job)), [2, 2, 0]);
}

#[test]
fn an_unknown_job_and_someone_elses_are_8() {
    let sandbox = with_pod(SITE);
    sandbox.dnspod(SITE).account(OTHER);
    let job = start(&sandbox, "Batch.Domain.Create", &[("domains", "a.org")]);
    let pair = [("job_id", job.as_str())];
    let foreign = pod_as(&sandbox, SITE, OTHER, "Batch.Detail", &pair);
    assert_eq!(code(&foreign), "8");
    assert_eq!(code(&detail(&sandbox, "1")), "8");
    assert_eq!(code_of(&sandbox, SITE, "Batch.Detail", &[]), "8");
}

#[test]
fn a_job_without_what_it_needs_is_6() {
    let sandbox = with_pod(SITE);
    for (call, pairs) in [
        ("Batch.Domain.Create", &[][..]),
        ("Batch.Record.Create", &[("domain_id", "1")]),
        (
            "Batch.Record.Create",
            &[("domain_id", "1"), ("records", "{")],
        ),
        (
            "Batch.Record.Modify",
            &[("record_id", "1"), ("change", "ttl")],
        ),
        (
            "Batch.Record.Modify",
            &[("record_id", "1"), ("change", "id"), ("change_to", "2")],
        ),
    ] {
        assert_eq!(code_of(&sandbox, SITE, call, pairs), "6", "{call}");
    }
}
