//! DNSPod: `Record.List` and `Record.Info`.

use sandbox::{Sandbox, Site};
use serde_json::{Value, json};

use crate::client::{code, pod, with_pod};

const SITE: Site = Site::International;
const ZONE: &str = "example.org";

fn names(answer: &Value) -> Vec<&str> {
    let records = answer["records"].as_array().unwrap().iter();
    records.map(|r| r["name"].as_str().unwrap()).collect()
}

fn list(sandbox: &Sandbox, site: Site, pairs: &[(&str, &str)]) -> Value {
    pod(sandbox, site, "Record.List", pairs)
}

#[test]
fn a_new_domain_has_two_name_server_records_on_hold() {
    for site in [SITE, Site::China] {
        let answer = list(&with_pod(site), site, &[]);
        let records = answer["records"].as_array().unwrap();
        assert_eq!(records.len(), 2);
        for record in records {
            assert_eq!(
                (&record["type"], &record["hold"]),
                (&json!("NS"), &json!("hold"))
            );
            assert_eq!(record["ttl"], "86400");
        }
    }
}

#[test]
fn a_record_abroad_has_the_default_line_with_a_capital_and_strings_for_numbers() {
    let sandbox = with_pod(SITE);
    let id = sandbox
        .dnspod(SITE)
        .add(ZONE, "www", "A", "192.0.2.1", None, None);
    assert!(id > u64::from(u32::MAX) / 2);
    let answer = list(&sandbox, SITE, &[("sub_domain", "www")]);
    let updated_on = answer["records"][0]["updated_on"].clone();
    let expected = json!({
        "id": id.to_string(), "name": "www", "line": "Default", "type": "A", "ttl": "600",
        "value": "192.0.2.1", "mx": "0", "enabled": "1", "status": "enabled",
        "monitor_status": "", "remark": "", "updated_on": updated_on,
    });
    assert_eq!(answer["records"][0], expected);
    assert!(answer["domain"]["id"].is_string());
    assert_eq!(answer["domain"]["min_ttl"], 600);
    let info = json!({"sub_domains": "3", "record_total": "1", "records_num": "1"});
    assert_eq!(answer["info"], info);
}

#[test]
fn a_record_in_china_has_a_line_with_an_id_and_a_weight_that_is_null() {
    let sandbox = with_pod(Site::China);
    let china = sandbox.dnspod(Site::China);
    china.add(ZONE, "www", "A", "192.0.2.1", None, None);
    china.add(ZONE, "www", "A", "192.0.2.2", Some("联通"), None);
    let answer = list(&sandbox, Site::China, &[("sub_domain", "www")]);
    let (one, two) = (&answer["records"][0], &answer["records"][1]);
    assert_eq!(
        (&one["line"], &one["line_id"]),
        (&json!("默认"), &json!("0"))
    );
    assert_eq!(
        (&two["line"], &two["line_id"]),
        (&json!("联通"), &json!("10=1"))
    );
    assert_eq!(one["weight"], json!(null));
}

#[test]
fn filters_are_exact_and_work_together() {
    let sandbox = with_pod(SITE);
    let site = sandbox.dnspod(SITE);
    site.add(ZONE, "www", "A", "192.0.2.1", None, None);
    site.add(ZONE, "www", "A", "192.0.2.2", Some("CN"), None);
    site.add(ZONE, "www", "AAAA", "2001:db8::1", None, None);
    site.add(ZONE, "www2", "A", "192.0.2.3", None, None);
    site.add(ZONE, "@", "A", "192.0.2.4", None, None);
    let count = |pairs: &[(&str, &str)]| {
        let mut all = vec![("error_on_empty", "no")];
        all.extend_from_slice(pairs);
        names(&list(&sandbox, SITE, &all)).len()
    };
    assert_eq!(count(&[("sub_domain", "www")]), 3);
    assert_eq!(count(&[("sub_domain", "WWW"), ("record_type", "A")]), 2);
    assert_eq!(
        count(&[("sub_domain", "www"), ("record_line", "default")]),
        2
    );
    assert_eq!(count(&[("sub_domain", "@"), ("record_type", "A")]), 1);
    assert_eq!(count(&[("sub_domain", "ww")]), 0);
}

#[test]
fn the_apex_comes_first_then_letters_then_underscores_and_equal_names_by_id() {
    let sandbox = with_pod(SITE);
    for name in ["_dmarc", "www", "B", "a", "@", "a"] {
        let value = format!("text of {name}");
        sandbox
            .dnspod(SITE)
            .add(ZONE, name, "TXT", &value, None, None);
    }
    let answer = list(&sandbox, SITE, &[("record_type", "TXT")]);
    assert_eq!(names(&answer), ["@", "a", "a", "B", "www", "_dmarc"]);
}

#[test]
fn an_empty_list_is_code_10_unless_the_caller_says_no() {
    let sandbox = with_pod(SITE);
    let answer = list(&sandbox, SITE, &[("sub_domain", "www")]);
    assert_eq!(code(&answer), "10");
    assert_eq!(answer["records"], json!(null));
    let answer = list(
        &sandbox,
        SITE,
        &[("sub_domain", "www"), ("error_on_empty", "no")],
    );
    assert_eq!((code(&answer), &answer["records"]), ("1", &json!([])));
}

#[test]
fn the_list_comes_in_pages_of_at_most_500_abroad() {
    let sandbox = with_pod(SITE);
    for n in 0..600 {
        sandbox
            .dnspod(SITE)
            .add(ZONE, &format!("h{n}"), "A", "192.0.2.1", None, None);
    }
    let answer = list(&sandbox, SITE, &[("length", "3000")]);
    assert_eq!(names(&answer).len(), 500);
    assert_eq!(answer["info"]["record_total"], "602");
    let answer = list(&sandbox, SITE, &[("offset", "500"), ("length", "3000")]);
    assert_eq!(names(&answer).len(), 102);
    assert_eq!(code(&list(&sandbox, SITE, &[("offset", "-1")])), "7");
    assert_eq!(code(&list(&sandbox, SITE, &[("length", "x")])), "8");
}

#[test]
fn info_shows_one_record_under_other_names() {
    let sandbox = with_pod(Site::China);
    let china = sandbox.dnspod(Site::China);
    let id = china
        .add(ZONE, "www", "A", "192.0.2.1", None, Some(900))
        .to_string();
    let answer = pod(&sandbox, Site::China, "Record.Info", &[("record_id", &id)]);
    let record = &answer["record"];
    assert_eq!(record["id"], id.as_str());
    assert_eq!(record["sub_domain"], "www");
    assert_eq!(record["record_type"], "A");
    assert_eq!(record["record_line"], "默认");
    assert_eq!(record["record_line_id"], "0");
    assert_eq!(record["ttl"], "900");
    assert_eq!(answer["domain"]["domain"], ZONE);
    let wrong = pod(&sandbox, Site::China, "Record.Info", &[("record_id", "1")]);
    assert_eq!(code(&wrong), "8");
}

#[test]
fn a_record_made_by_hand_keeps_fields_that_nobody_knows() {
    let sandbox = with_pod(SITE);
    let id = sandbox.dnspod(SITE).add_full(
        ZONE,
        json!({
            "name": "nas", "type": "A", "value": "192.0.2.1", "line": "CN", "ttl": "120",
            "weight": 7, "remark": "mine", "status": "disabled", "colour": "red",
        }),
    );
    let answer = list(&sandbox, SITE, &[("sub_domain", "nas")]);
    let record = &answer["records"][0];
    assert_eq!(record["id"], id.to_string());
    assert_eq!(
        (&record["line"], &record["ttl"]),
        (&json!("CN"), &json!("120"))
    );
    assert_eq!(
        (&record["weight"], &record["remark"]),
        (&json!(7), &json!("mine"))
    );
    assert_eq!(
        (&record["enabled"], &record["status"]),
        (&json!("0"), &json!("disabled"))
    );
    assert_eq!(record["colour"], "red");
    assert_eq!(sandbox.dnspod(SITE).records(ZONE)[2], *record);
}

#[test]
fn a_record_made_by_hand_may_have_the_id_of_an_earlier_year_but_not_that_of_another_record() {
    let sandbox = with_pod(Site::China);
    let site = sandbox.dnspod(Site::China);
    let record = json!({"id": "306419640", "name": "old", "type": "A", "value": "192.0.2.1"});
    assert_eq!(site.add_full("example.org", record.clone()), 306_419_640);
    assert!(site.add_full("example.org", record) > 1 << 31);
    let future = json!({"id": 9_000_000_000_u64, "name": "new", "value": "192.0.2.1"});
    assert!(site.add_full("example.org", future) < 9_000_000_000);
}
