//! DNSPod: domains that change hands.

use sandbox::{Sandbox, Site};
use serde_json::{Value, json};

use crate::client::{code, code_of, only_status, pod, pod_as, with_pod};

const ABROAD: Site = Site::International;
const CHINA: Site = Site::China;
const ZONE: &str = "example.org";
const OTHER: &str = "20002,ffffffffffffffffffffffffffffffff";
const OTHERS: &str = "you@example.com";

fn with_two(site: Site) -> Sandbox {
    let sandbox = with_pod(site);
    sandbox.dnspod(site).account(OTHER);
    sandbox
        .dnspod(site)
        .set_user(OTHER, json!({"email": OTHERS}));
    sandbox
}

/// A call of the one who wants the domain back.
fn other(sandbox: &Sandbox, site: Site, call: &str, pairs: &[(&str, &str)]) -> Value {
    pod_as(sandbox, site, OTHER, call, pairs)
}

fn other_code(sandbox: &Sandbox, site: Site, call: &str, pairs: &[(&str, &str)]) -> String {
    code(&other(sandbox, site, call, pairs)).to_owned()
}

#[test]
fn a_domain_that_was_transferred_is_the_others() {
    let sandbox = with_two(ABROAD);
    only_status(&pod(
        &sandbox,
        ABROAD,
        "Domain.Transfer",
        &[("email", OTHERS)],
    ));
    assert_eq!(code_of(&sandbox, ABROAD, "Domain.Info", &[]), "13");
    let info = other(&sandbox, ABROAD, "Domain.Info", &[]);
    assert_eq!(info["domain"]["owner"], OTHERS);
}

#[test]
fn a_transfer_that_cannot_be_has_a_code_that_says_why() {
    let sandbox = with_two(ABROAD);
    let site = sandbox.dnspod(ABROAD);
    let transfer = |email| code_of(&sandbox, ABROAD, "Domain.Transfer", &[("email", email)]);
    assert_eq!(transfer(""), "7");
    assert_eq!(transfer("you"), "7");
    assert_eq!(transfer("nobody@example.com"), "8");
    assert_eq!(transfer("sandbox@example.com"), "9");
    site.set_user(OTHER, json!({"user_type": "enterprise"}));
    assert_eq!(transfer(OTHERS), "10");
    site.set_user(OTHER, json!({"user_type": "personal"}));
    site.set_user(crate::client::LOGIN, json!({"user_type": "enterprise"}));
    assert_eq!(transfer(OTHERS), "11");
}

#[test]
fn a_domain_comes_back_by_mail_and_a_code() {
    let sandbox = with_two(ABROAD);
    let site = sandbox.dnspod(ABROAD);
    site.whois(ZONE, &["support@registrar.example"]);
    let emails = other(&sandbox, ABROAD, "Domain.Acquire", &[]);
    assert_eq!(emails["emails"], json!(["support@registrar.example"]));
    assert_eq!(site.acquire_code(ZONE), None);
    let send = [("email", "support@registrar.example")];
    only_status(&other(&sandbox, ABROAD, "Domain.Acquiresend", &send));
    let mailed = site.acquire_code(ZONE).unwrap();
    let validate = |number: &str| {
        other_code(
            &sandbox,
            ABROAD,
            "Domain.Acquirevalidate",
            &[("code", number)],
        )
    };
    assert_eq!(validate("wrong"), "15");
    assert_eq!(validate(&mailed), "1");
    assert_eq!(other_code(&sandbox, ABROAD, "Domain.Info", &[]), "1");
}

#[test]
fn in_china_a_link_can_be_mailed_instead() {
    let sandbox = with_two(CHINA);
    let call = "Domain.Acquiresend.New";
    let right = [("whois_email", "hostmaster@example.org")];
    only_status(&other(&sandbox, CHINA, call, &right));
    assert_eq!(
        other_code(&sandbox, CHINA, call, &[("email", right[0].1)]),
        "16"
    );
}

#[test]
fn a_code_is_not_mailed_to_just_anyone() {
    let sandbox = with_two(ABROAD);
    for pairs in [&[("email", OTHERS)][..], &[]] {
        let sent = other_code(&sandbox, ABROAD, "Domain.Acquiresend", pairs);
        assert_eq!(sent, "16");
    }
}

#[test]
fn every_step_refuses_what_cannot_be_had_back() {
    for call in [
        "Domain.Acquire",
        "Domain.Acquiresend",
        "Domain.Acquirevalidate",
    ] {
        let sandbox = with_two(ABROAD);
        let ask = |name: &str| other_code(&sandbox, ABROAD, call, &[("domain", name)]);
        assert_eq!(ask(""), "6", "{call}");
        assert_eq!(ask("例子.测试"), "7");
        assert_eq!(ask("nodot"), "8");
        assert_eq!(ask("free.tk"), "9");
        assert_eq!(ask("nowhere.net"), "10");
        assert_eq!(code_of(&sandbox, ABROAD, call, &[]), "10", "one's own");
        let site = sandbox.dnspod(ABROAD);
        site.set_domain(ZONE, json!({"status": "spam"}));
        assert_eq!(ask(ZONE), "11");
        site.set_domain(ZONE, json!({"status": "enable"}));
        site.set_user(crate::client::LOGIN, json!({"user_type": "enterprise"}));
        assert_eq!(ask(ZONE), "13");
        site.set_user(crate::client::LOGIN, json!({"user_type": "personal"}));
        site.set_user(OTHER, json!({"user_type": "enterprise"}));
        assert_eq!(ask(ZONE), "14");
    }
}

#[test]
fn a_locked_domain_cannot_be_had_back_nor_one_whose_registrant_is_unknown() {
    let sandbox = with_two(CHINA);
    sandbox.dnspod(CHINA).whois(ZONE, &[]);
    assert_eq!(other_code(&sandbox, CHINA, "Domain.Acquire", &[]), "15");
    pod(&sandbox, CHINA, "Domain.Lock", &[("days", "1")]);
    assert_eq!(other_code(&sandbox, CHINA, "Domain.Acquire", &[]), "12");
}

#[test]
fn a_vip_domain_cannot_be_had_back_in_china() {
    for (site, expected) in [(CHINA, "86"), (ABROAD, "1")] {
        let sandbox = with_two(site);
        sandbox
            .dnspod(site)
            .set_domain(ZONE, json!({"is_vip": "yes"}));
        assert_eq!(other_code(&sandbox, site, "Domain.Acquire", &[]), expected);
    }
}
