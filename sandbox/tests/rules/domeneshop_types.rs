//! Domeneshop: every type of record, with the fields of its own.

use serde_json::{Value, json};

use crate::client::{shop, with_shop};

const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A record of every type; the numbers as the documents have them.
fn every_type() -> Vec<Value> {
    vec![
        json!({"type": "A", "data": "192.0.2.1"}),
        json!({"type": "AAAA", "data": "2001:0db8:85a3:0000:0000:8a2e:0370:7334"}),
        json!({"type": "CNAME", "data": "example.net."}),
        json!({"type": "ANAME", "data": "example.net."}),
        json!({"type": "MX", "data": "mail.example.net.", "priority": 10}),
        json!({"type": "SRV", "data": "sip.example.net.", "priority": 1, "weight": 2, "port": 5060}),
        json!({"type": "TXT", "data": "v=spf1 ~all"}),
        json!({"type": "NS", "data": "ns1.example.net."}),
        json!({"type": "TLSA", "data": SHA256, "usage": 3, "selector": 1, "dtype": 1}),
        json!({"type": "DS", "data": SHA256, "tag": 60485, "alg": 13, "digest": 2}),
        json!({"type": "CAA", "data": "letsencrypt.org", "flags": 0, "tag": 1}),
    ]
}

#[test]
fn every_type_is_created_and_reads_back_with_its_fields() {
    let (sandbox, id) = with_shop();
    sandbox.domeneshop().numbers_as_strings(false);
    for (n, mut record) in every_type().into_iter().enumerate() {
        record["host"] = format!("h{n}").into();
        record["ttl"] = 300.into();
        let path = format!("/domains/{id}/dns");
        let created = shop(&sandbox, "POST", &path, &record.to_string());
        assert_eq!(created.status, 201, "{record}: {}", created.body);
        let number = created.json()["id"].clone();
        let read = shop(&sandbox, "GET", &format!("{path}/{number}"), "").json();
        record["id"] = number;
        assert_eq!(read, record);
    }
}

#[test]
fn numbers_are_taken_and_shown_as_strings_too() {
    let (sandbox, id) = with_shop();
    for (n, mut record) in every_type().into_iter().enumerate() {
        for (_, value) in record.as_object_mut().unwrap() {
            if value.is_number() {
                *value = value.to_string().into();
            }
        }
        record["host"] = format!("h{n}").into();
        let path = format!("/domains/{id}/dns");
        shop(&sandbox, "POST", &path, &record.to_string());
        let shown = &sandbox.domeneshop().records("example.com")[n];
        for (key, value) in record.as_object().unwrap() {
            assert_eq!(&shown[key], value);
        }
    }
}

#[test]
fn a_field_out_of_its_range_or_missing_is_400() {
    let (sandbox, id) = with_shop();
    let all = every_type();
    let of = |kind: &str| all.iter().find(|r| r["type"] == kind).unwrap().clone();
    for (kind, key, value) in [
        ("MX", "priority", json!(65_536)),
        ("MX", "priority", json!("high")),
        ("MX", "priority", json!(null)),
        ("SRV", "port", json!(-1)),
        ("SRV", "weight", json!(null)),
        ("TLSA", "usage", json!(4)),
        ("TLSA", "selector", json!(2)),
        ("TLSA", "dtype", json!(3)),
        ("TLSA", "dtype", json!(2)),
        ("TLSA", "data", json!("not hexadecimal")),
        ("DS", "alg", json!(256)),
        ("DS", "digest", json!(null)),
        ("CAA", "flags", json!(256)),
        ("CAA", "tag", json!(3)),
        ("CAA", "tag", json!("anything")),
    ] {
        let mut record = of(kind);
        record["host"] = "h".into();
        record[key] = value.clone();
        let answer = shop(
            &sandbox,
            "POST",
            &format!("/domains/{id}/dns"),
            &record.to_string(),
        );
        assert_eq!(answer.status, 400, "{kind} {key} {value}");
    }
}

#[test]
fn a_tag_of_caa_may_be_a_word() {
    let (sandbox, id) = with_shop();
    let record =
        json!({"host": "@", "type": "CAA", "data": "ca.example", "flags": 0, "tag": "issue"});
    let answer = shop(
        &sandbox,
        "POST",
        &format!("/domains/{id}/dns"),
        &record.to_string(),
    );
    assert_eq!(answer.status, 201);
    assert_eq!(
        sandbox.domeneshop().records("example.com")[0]["tag"],
        "issue"
    );
}
