//! DNSPod: records that are locked because updates changed nothing.

use std::time::Duration;

use sandbox::{Sandbox, Site};

use crate::client::{code, pod, with_pod};

const SITE: Site = Site::International;
const ZONE: &str = "example.org";

fn modify(sandbox: &Sandbox, id: u64, value: &str) -> String {
    let id = id.to_string();
    let pairs = [
        ("record_id", id.as_str()),
        ("sub_domain", "www"),
        ("record_type", "A"),
        ("record_line", "default"),
        ("value", value),
        ("ttl", "600"),
    ];
    code(&pod(sandbox, SITE, "Record.Modify", &pairs)).to_owned()
}

fn with_record() -> (Sandbox, u64) {
    let sandbox = with_pod(SITE);
    let id = sandbox
        .dnspod(SITE)
        .add(ZONE, "www", "A", "192.0.2.1", None, None);
    (sandbox, id)
}

#[test]
fn five_updates_that_change_nothing_are_104_and_the_sixth_locks_the_record_for_an_hour() {
    let (sandbox, id) = with_record();
    for n in 1..=5 {
        assert_eq!(modify(&sandbox, id, "192.0.2.1"), "104");
        assert_eq!(sandbox.dnspod(SITE).unchanged_updates(ZONE, id), n);
    }
    assert!(!sandbox.dnspod(SITE).locked(ZONE, id));
    assert_eq!(modify(&sandbox, id, "192.0.2.1"), "21");
    assert!(sandbox.dnspod(SITE).locked(ZONE, id));
    assert_eq!(modify(&sandbox, id, "192.0.2.2"), "21", "a real change too");
    let text = id.to_string();
    let remove = pod(&sandbox, SITE, "Record.Remove", &[("record_id", &text)]);
    assert_eq!(code(&remove), "21");
    sandbox.advance(Duration::from_mins(61));
    assert!(!sandbox.dnspod(SITE).locked(ZONE, id));
    assert_eq!(modify(&sandbox, id, "192.0.2.2"), "1");
}

#[test]
fn updates_that_change_nothing_are_forgotten_after_an_hour() {
    let (sandbox, id) = with_record();
    for _ in 0..4 {
        for _ in 0..3 {
            assert_eq!(modify(&sandbox, id, "192.0.2.1"), "104");
        }
        sandbox.advance(Duration::from_mins(61));
    }
    assert!(!sandbox.dnspod(SITE).locked(ZONE, id));
}

#[test]
fn ddns_counts_as_well_and_each_record_on_its_own() {
    let (sandbox, id) = with_record();
    let other = sandbox
        .dnspod(SITE)
        .add(ZONE, "other", "A", "192.0.2.1", None, None);
    let text = id.to_string();
    let pairs = [
        ("record_id", text.as_str()),
        ("sub_domain", "www"),
        ("record_line", "default"),
        ("value", "192.0.2.1"),
    ];
    for _ in 0..3 {
        assert_eq!(code(&pod(&sandbox, SITE, "Record.Ddns", &pairs)), "104");
        modify(&sandbox, id, "192.0.2.1");
    }
    assert!(sandbox.dnspod(SITE).locked(ZONE, id));
    assert!(!sandbox.dnspod(SITE).locked(ZONE, other));
}

#[test]
fn updates_that_change_something_never_lock() {
    let (sandbox, id) = with_record();
    for n in 2..20 {
        assert_eq!(modify(&sandbox, id, &format!("192.0.2.{n}")), "1");
    }
    assert_eq!(sandbox.dnspod(SITE).unchanged_updates(ZONE, id), 0);
}
