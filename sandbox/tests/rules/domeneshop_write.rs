//! Domeneshop: creating, changing and deleting records.

use serde_json::json;

use crate::client::{shop, with_shop};

#[test]
fn a_created_record_has_a_location_and_an_id_and_reads_back() {
    let (sandbox, id) = with_shop();
    let body = r#"{"id": 0, "host": "www", "type": "A", "data": "192.0.2.1", "note": 1}"#;
    let created = shop(&sandbox, "POST", &format!("/domains/{id}/dns"), body);
    assert_eq!(created.status, 201);
    let record = created.json()["id"].as_u64().unwrap();
    let path = format!("/domains/{id}/dns/{record}");
    let location = sandbox.domeneshop().url() + &path;
    assert_eq!(created.header("location"), Some(&*location));
    let read = shop(&sandbox, "GET", &path, "").json();
    let expected =
        json!({"id": record, "host": "www", "ttl": 3600, "type": "A", "data": "192.0.2.1"});
    assert_eq!(read, expected);
}

#[test]
fn a_record_that_says_something_impossible_is_400_and_changes_nothing() {
    let (sandbox, id) = with_shop();
    for body in [
        "not json",
        "[]",
        r#"{"host": "a", "type": "A"}"#,
        r#"{"type": "A", "data": "192.0.2.1"}"#,
        r#"{"host": "a", "type": "A", "data": "2001:db8::1"}"#,
        r#"{"host": "a", "type": "AAAA", "data": "192.0.2.1"}"#,
        r#"{"host": "a", "type": "A", "data": "<html>"}"#,
        r#"{"host": "a", "type": "A", "data": "192.0.2.1", "ttl": 59}"#,
        r#"{"host": "a", "type": "A", "data": "192.0.2.1", "ttl": 90}"#,
        r#"{"host": "a", "type": "A", "data": "192.0.2.1", "ttl": 604860}"#,
        r#"{"host": "a", "type": "a", "data": "192.0.2.1"}"#,
        r#"{"host": "a b", "type": "A", "data": "192.0.2.1"}"#,
        r#"{"host": "a", "type": "MX", "data": "mail.example.com"}"#,
        r#"{"host": "a", "type": "SRV", "data": "b.example.com", "priority": 1, "port": 2}"#,
        r#"{"host": "a", "type": "LOC", "data": "somewhere"}"#,
    ] {
        let answer = shop(&sandbox, "POST", &format!("/domains/{id}/dns"), body);
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.json()["help"].is_string());
    }
    assert!(sandbox.domeneshop().records("example.com").is_empty());
}

#[test]
fn the_ttl_may_be_anything_from_a_minute_to_a_week_in_whole_minutes() {
    let (sandbox, id) = with_shop();
    for (n, ttl) in [60, 3600, 86_400, 604_800].into_iter().enumerate() {
        let body = json!({"host": format!("h{n}"), "type": "A", "data": "192.0.2.1", "ttl": ttl});
        let path = format!("/domains/{id}/dns");
        assert_eq!(shop(&sandbox, "POST", &path, &body.to_string()).status, 201);
        assert_eq!(sandbox.domeneshop().records("example.com")[n]["ttl"], ttl);
    }
}

#[test]
fn numbers_come_back_as_strings_or_as_documented_and_hosts_with_a_final_dot() {
    let (sandbox, id) = with_shop();
    let body = r#"{"host": "@", "type": "MX", "data": "mail.example.com", "priority": 42}"#;
    shop(&sandbox, "POST", &format!("/domains/{id}/dns"), body);
    let read = || sandbox.domeneshop().records("example.com")[0].clone();
    assert_eq!(read()["priority"], "42");
    assert_eq!(read()["data"], "mail.example.com.");
    sandbox.domeneshop().numbers_as_strings(false);
    assert_eq!(read()["priority"], 42);
}

#[test]
fn put_replaces_the_whole_record_and_keeps_its_id() {
    let (sandbox, id) = with_shop();
    let record = sandbox
        .domeneshop()
        .add("example.com", "www", "A", "192.0.2.1", Some(300));
    let path = format!("/domains/{id}/dns/{record}");
    let body = r#"{"host": "www", "type": "A", "data": "192.0.2.2"}"#;
    let answer = shop(&sandbox, "PUT", &path, body);
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    let expected =
        json!({"id": record, "host": "www", "ttl": 3600, "type": "A", "data": "192.0.2.2"});
    assert_eq!(sandbox.domeneshop().records("example.com"), [expected]);
}

#[test]
fn put_cannot_change_host_or_type() {
    let (sandbox, id) = with_shop();
    let record = sandbox
        .domeneshop()
        .add("example.com", "www", "A", "192.0.2.1", None);
    let before = sandbox.domeneshop().records("example.com");
    let path = format!("/domains/{id}/dns/{record}");
    for body in [
        r#"{"host": "web", "type": "A", "data": "192.0.2.1"}"#,
        r#"{"host": "www", "type": "AAAA", "data": "2001:db8::1"}"#,
    ] {
        assert_eq!(shop(&sandbox, "PUT", &path, body).status, 400);
    }
    assert_eq!(sandbox.domeneshop().records("example.com"), before);
}

#[test]
fn a_deleted_record_is_gone_and_deleting_it_again_is_404() {
    let (sandbox, id) = with_shop();
    let record = sandbox
        .domeneshop()
        .add("example.com", "www", "A", "192.0.2.1", None);
    let path = format!("/domains/{id}/dns/{record}");
    let answer = shop(&sandbox, "DELETE", &path, "");
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    for method in ["DELETE", "GET"] {
        assert_eq!(shop(&sandbox, method, &path, "").status, 404);
    }
}

#[test]
fn several_addresses_at_one_host_are_normal_but_not_the_same_twice() {
    let (sandbox, id) = with_shop();
    let create = |data: &str| {
        let body = json!({"host": "www", "type": "A", "data": data}).to_string();
        shop(&sandbox, "POST", &format!("/domains/{id}/dns"), &body).status
    };
    assert_eq!(create("192.0.2.1"), 201);
    assert_eq!(create("192.0.2.2"), 201);
    assert_eq!(create("192.0.2.2"), 409);
}

#[test]
fn an_alias_collides_with_an_address_either_way_round() {
    let (sandbox, id) = with_shop();
    let create = |host: &str, kind: &str, data: &str| {
        let body = json!({"host": host, "type": kind, "data": data}).to_string();
        shop(&sandbox, "POST", &format!("/domains/{id}/dns"), &body).status
    };
    assert_eq!(create("a", "A", "192.0.2.1"), 201);
    assert_eq!(create("a", "CNAME", "b.example.com"), 409);
    assert_eq!(create("c", "CNAME", "b.example.com"), 201);
    assert_eq!(create("c", "AAAA", "2001:db8::1"), 409);
    assert_eq!(create("d", "ANAME", "b.example.com"), 201);
    assert_eq!(create("d", "TXT", "text"), 201);
    assert_eq!(create("d", "A", "192.0.2.1"), 409);
}
