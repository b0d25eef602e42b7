//! DNSPod: domains shared with others.

use sandbox::{Sandbox, Site};
use serde_json::{Value, json};

use crate::client::{LOGIN, code, code_of, only_status, pod, pod_as, with_pod};

const SITE: Site = Site::International;
const ZONE: &str = "example.org";
const OTHER: &str = "20002,ffffffffffffffffffffffffffffffff";
const OTHERS: &str = "you@example.com";

fn with_two() -> Sandbox {
    let sandbox = with_pod(SITE);
    sandbox.dnspod(SITE).account(OTHER);
    sandbox
        .dnspod(SITE)
        .set_user(OTHER, json!({"email": OTHERS}));
    sandbox
}

/// A call about the share with the other user.
fn share(sandbox: &Sandbox, action: &str, pairs: &[(&str, &str)]) -> Value {
    let mut all = vec![("email", OTHERS)];
    all.extend_from_slice(pairs);
    pod(sandbox, SITE, &format!("Domainshare.{action}"), &all)
}

fn modes(sandbox: &Sandbox) -> Vec<Value> {
    let list = pod(
        sandbox,
        SITE,
        "Domainshare.List",
        &[("error_on_empty", "no")],
    );
    let shares = list["share"].as_array().unwrap().iter();
    shares.map(|share| share["mode"].clone()).collect()
}

fn other(sandbox: &Sandbox, call: &str, pairs: &[(&str, &str)]) -> Value {
    pod_as(sandbox, SITE, OTHER, call, pairs)
}

const RECORD: [(&str, &str); 4] = [
    ("sub_domain", "www"),
    ("record_type", "A"),
    ("record_line", "default"),
    ("value", "192.0.2.1"),
];

#[test]
fn a_domain_shared_with_nobody_is_code_7_unless_the_caller_says_no() {
    let sandbox = with_two();
    assert_eq!(code_of(&sandbox, SITE, "Domainshare.List", &[]), "7");
    let list = pod(
        &sandbox,
        SITE,
        "Domainshare.List",
        &[("error_on_empty", "no")],
    );
    assert_eq!(list["share"], json!([]));
}

#[test]
fn a_share_is_for_reading_unless_it_says_more() {
    let sandbox = with_two();
    only_status(&share(&sandbox, "Create", &[]));
    let list = pod(&sandbox, SITE, "Domainshare.List", &[]);
    let expected = json!([{"share_to": OTHERS, "mode": "r", "status": "enabled"}]);
    assert_eq!(list["share"], expected);
    assert_eq!(list["owner"], "sandbox@example.com");
}

#[test]
fn a_share_that_cannot_be_has_a_code_that_says_why() {
    let sandbox = with_two();
    let create = |email: &str| code_of(&sandbox, SITE, "Domainshare.Create", &[("email", email)]);
    assert_eq!(create(""), "7");
    assert_eq!(create("you"), "7");
    assert_eq!(create("nobody@example.com"), "8");
    assert_eq!(code(&share(&sandbox, "Create", &[("mode", "w")])), "6");
    assert_eq!(create(OTHERS), "1");
    assert_eq!(create(OTHERS), "9");
    for n in 1..20 {
        let part = format!("h{n}");
        let answer = share(&sandbox, "Create", &[("sub_domain", &part)]);
        assert_eq!(code(&answer), "1");
    }
    assert_eq!(
        code(&share(&sandbox, "Create", &[("sub_domain", "more")])),
        "10"
    );
}

#[test]
fn whoever_may_read_sees_the_domain_among_those_shared_with_him() {
    let sandbox = with_two();
    share(&sandbox, "Create", &[]);
    let list = other(&sandbox, "Domain.List", &[("type", "share")]);
    assert_eq!(list["domains"][0]["name"], ZONE);
    assert_eq!(list["domains"][0]["group_id"], "8");
    assert_eq!(list["info"]["share_total"], "1");
    assert_eq!(code(&other(&sandbox, "Record.List", &[])), "1");
    assert_eq!(code(&other(&sandbox, "Record.Create", &RECORD)), "7");
    assert_eq!(
        code(&other(&sandbox, "Domain.Status", &[("status", "disable")])),
        "8"
    );
    assert_eq!(
        code(&other(&sandbox, "Domain.Changegroup", &[("group_id", "1")])),
        "6"
    );
    let own = pod(&sandbox, SITE, "Domain.List", &[("type", "share_out")]);
    assert_eq!(own["domains"][0]["name"], ZONE);
    assert_eq!(own["info"]["share_out_total"], 1);
}

#[test]
fn whoever_may_write_changes_records_but_not_the_domain() {
    let sandbox = with_two();
    share(&sandbox, "Create", &[("mode", "rw")]);
    assert_eq!(code(&other(&sandbox, "Record.Create", &RECORD)), "1");
    assert_eq!(code(&other(&sandbox, "Domain.Remove", &[])), "9");
}

#[test]
fn a_share_of_a_part_covers_that_part_only() {
    let sandbox = with_two();
    let site = sandbox.dnspod(SITE);
    site.add(ZONE, "www", "A", "192.0.2.2", None, None);
    site.add(ZONE, "a.www", "A", "192.0.2.2", None, None);
    let mail = site
        .add(ZONE, "mail", "A", "192.0.2.2", None, None)
        .to_string();
    share(&sandbox, "Create", &[("mode", "rw"), ("sub_domain", "www")]);
    let list = other(&sandbox, "Record.List", &[]);
    assert_eq!(list["records"].as_array().unwrap().len(), 2);
    assert_eq!(code(&other(&sandbox, "Record.Create", &RECORD)), "1");
    assert_eq!(
        code(&other(&sandbox, "Record.Remove", &[("record_id", &mail)])),
        "8"
    );
    let mut elsewhere = RECORD;
    elsewhere[0].1 = "awww";
    assert_eq!(code(&other(&sandbox, "Record.Create", &elsewhere)), "7");
}

#[test]
fn a_share_that_was_not_accepted_opens_nothing() {
    let sandbox = with_two();
    share(&sandbox, "Create", &[]);
    sandbox.dnspod(SITE).share_accepted(ZONE, OTHERS, false);
    let list = pod(&sandbox, SITE, "Domainshare.List", &[]);
    assert_eq!(list["share"][0]["status"], "pending");
    assert_eq!(code(&other(&sandbox, "Record.List", &[])), "13");
}

#[test]
fn a_share_is_changed_by_its_old_part_and_its_new_one() {
    let sandbox = with_two();
    share(&sandbox, "Create", &[]);
    let modify = |pairs: &[(&str, &str)]| code(&share(&sandbox, "Modify", pairs)).to_owned();
    let (old, new) = ("old_sub_domain", "new_sub_domain");
    assert_eq!(modify(&[("mode", "rw")]), "1");
    assert_eq!(modes(&sandbox), ["rw"]);
    assert_eq!(modify(&[("mode", "rw"), (new, "www")]), "1");
    assert_eq!(
        modify(&[("mode", "rw")]),
        "9",
        "it is no longer of the whole domain"
    );
    assert_eq!(modify(&[(old, "www"), (new, "www")]), "1");
    assert_eq!(modes(&sandbox), ["r"]);
    assert_eq!(modify(&[(old, "www"), (new, "bbs")]), "1");
    assert_eq!(modify(&[(old, "www"), (new, "bbs")]), "9");
    assert_eq!(modify(&[("mode", "rw"), (old, "bbs")]), "1");
    assert_eq!(modify(&[("mode", "w")]), "6");
    assert_eq!(modes(&sandbox), ["rw"]);
}

#[test]
fn a_removed_share_is_gone_with_all_its_parts() {
    let sandbox = with_two();
    share(&sandbox, "Create", &[("sub_domain", "www")]);
    share(&sandbox, "Create", &[("sub_domain", "bbs")]);
    only_status(&share(&sandbox, "Remove", &[]));
    assert!(modes(&sandbox).is_empty());
    assert_eq!(code(&share(&sandbox, "Remove", &[])), "9");
    for (email, expected) in [("you", "7"), ("nobody@example.com", "8")] {
        let pair = [("email", email)];
        assert_eq!(
            code_of(&sandbox, SITE, "Domainshare.Remove", &pair),
            expected
        );
    }
}

#[test]
fn shares_of_someone_elses_domain_are_6() {
    let sandbox = with_two();
    let id = sandbox.dnspod(SITE).domain(LOGIN, "second.org").to_string();
    for action in ["Create", "List", "Modify", "Remove"] {
        let pairs = [("domain_id", id.as_str()), ("email", OTHERS)];
        let answer = other(&sandbox, &format!("Domainshare.{action}"), &pairs);
        assert_eq!(code(&answer), "6", "{action}");
    }
}
