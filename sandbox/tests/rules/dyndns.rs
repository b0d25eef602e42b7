//! Domeneshop's IP update protocol.

use sandbox::Sandbox;

use crate::client::{shop, with_shop};

fn update(sandbox: &Sandbox, query: &str) -> u16 {
    let answer = shop(sandbox, "GET", &format!("/dyndns/update?{query}"), "");
    if answer.status == 204 {
        assert_eq!(answer.body, "");
    }
    answer.status
}

/// `host type data ttl` of every record, sorted.
fn zone(sandbox: &Sandbox) -> Vec<String> {
    let records = sandbox.domeneshop().records("example.com");
    let text = |r: &serde_json::Value| {
        let word = |key: &str| r[key].as_str().unwrap().to_owned();
        format!(
            "{} {} {} {}",
            word("host"),
            word("type"),
            word("data"),
            r["ttl"]
        )
    };
    let mut lines: Vec<String> = records.iter().map(text).collect();
    lines.sort();
    lines
}

#[test]
fn a_missing_record_is_created_with_a_ttl_of_an_hour() {
    let (sandbox, _) = with_shop();
    assert_eq!(
        update(&sandbox, "hostname=home.example.com&myip=192.0.2.7"),
        204
    );
    assert_eq!(zone(&sandbox), ["home A 192.0.2.7 3600"]);
}

#[test]
fn records_are_replaced_with_new_ids_even_when_nothing_differs() {
    let (sandbox, _) = with_shop();
    let old = sandbox
        .domeneshop()
        .add("example.com", "@", "A", "192.0.2.7", Some(300));
    assert_eq!(update(&sandbox, "hostname=EXAMPLE.com&myip=192.0.2.7"), 204);
    assert_eq!(zone(&sandbox), ["@ A 192.0.2.7 3600"]);
    assert_ne!(sandbox.domeneshop().records("example.com")[0]["id"], old);
}

#[test]
fn the_family_that_was_not_sent_stays_as_do_other_types_and_hosts() {
    let (sandbox, _) = with_shop();
    let shop = sandbox.domeneshop();
    shop.add("example.com", "home", "A", "192.0.2.1", Some(300));
    shop.add("example.com", "home", "A", "192.0.2.2", Some(300));
    shop.add("example.com", "home", "AAAA", "2001:db8::1", Some(300));
    shop.add("example.com", "home", "TXT", "text", Some(300));
    shop.add("example.com", "www.home", "A", "192.0.2.3", Some(300));
    assert_eq!(
        update(&sandbox, "hostname=home.example.com&myip=192.0.2.9"),
        204
    );
    let expected = [
        "home A 192.0.2.9 3600",
        "home AAAA 2001:db8::1 300",
        "home TXT text 300",
        "www.home A 192.0.2.3 300",
    ];
    assert_eq!(zone(&sandbox), expected);
}

#[test]
fn several_hosts_and_both_families_go_in_one_call() {
    let (sandbox, _) = with_shop();
    let query = "hostname=a.example.com,b.example.com&myip=192.0.2.1,192.0.2.2,2001:db8::1";
    assert_eq!(update(&sandbox, query), 204);
    let expected = [
        "a A 192.0.2.1 3600",
        "a A 192.0.2.2 3600",
        "a AAAA 2001:db8::1 3600",
        "b A 192.0.2.1 3600",
        "b A 192.0.2.2 3600",
        "b AAAA 2001:db8::1 3600",
    ];
    assert_eq!(zone(&sandbox), expected);
}

#[test]
fn one_unknown_host_fails_the_whole_call_and_nothing_changes() {
    let (sandbox, _) = with_shop();
    sandbox.domeneshop().account("other", "secret");
    sandbox.domeneshop().domain("other", "foreign.com");
    sandbox.domeneshop().domain_without_dns("token", "bare.com");
    for bad in ["nowhere.net", "foreign.com", "bare.com", "notexample.com"] {
        let query = format!("hostname=home.example.com,{bad}&myip=192.0.2.1");
        assert_eq!(update(&sandbox, &query), 404, "{bad}");
    }
    assert!(zone(&sandbox).is_empty());
}

#[test]
fn the_longest_of_the_own_domains_takes_the_host() {
    let (sandbox, _) = with_shop();
    sandbox.domeneshop().domain("token", "sub.example.com");
    assert_eq!(
        update(&sandbox, "hostname=a.sub.example.com&myip=192.0.2.1"),
        204
    );
    assert!(zone(&sandbox).is_empty());
    assert_eq!(
        sandbox.domeneshop().records("sub.example.com")[0]["host"],
        "a"
    );
}

#[test]
fn without_an_address_the_callers_own_is_taken() {
    let (sandbox, _) = with_shop();
    assert_eq!(update(&sandbox, "hostname=home.example.com"), 204);
    assert_eq!(zone(&sandbox), ["home A 127.0.0.1 3600"]);
}

#[test]
fn nine_addresses_are_the_most() {
    let (sandbox, _) = with_shop();
    let list = |n: usize| {
        (1..=n)
            .map(|n| format!("192.0.2.{n}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let query = |n: usize| format!("hostname=home.example.com&myip={}", list(n));
    assert_eq!(update(&sandbox, &query(10)), 400);
    assert!(zone(&sandbox).is_empty());
    assert_eq!(update(&sandbox, &query(9)), 204);
    assert_eq!(zone(&sandbox).len(), 9);
}

#[test]
fn what_is_no_address_or_no_host_is_400() {
    let (sandbox, _) = with_shop();
    assert_eq!(update(&sandbox, "hostname=home.example.com&myip=here"), 400);
    assert_eq!(update(&sandbox, "myip=192.0.2.1"), 400);
}

#[test]
fn a_host_that_is_an_alias_is_not_overwritten() {
    let (sandbox, _) = with_shop();
    sandbox
        .domeneshop()
        .add("example.com", "home", "CNAME", "elsewhere.net", None);
    assert_eq!(
        update(
            &sandbox,
            "hostname=a.example.com,home.example.com&myip=192.0.2.1"
        ),
        409
    );
    assert_eq!(zone(&sandbox), ["home CNAME elsewhere.net. 3600"]);
}
