//! DNSPod: `Domain.List` and `Domain.Info`.

use sandbox::Site;
use serde_json::{Value, json};

use crate::client::{LOGIN, code, pod, with_pod};

const SITE: Site = Site::International;
const OTHER: &str = "20002,ffffffffffffffffffffffffffffffff";

fn list(sandbox: &sandbox::Sandbox, site: Site, pairs: &[(&str, &str)]) -> Value {
    pod(sandbox, site, "Domain.List", pairs)
}

#[test]
fn the_list_has_ids_as_numbers_and_only_the_callers_domains() {
    let sandbox = with_pod(SITE);
    sandbox.dnspod(SITE).account(OTHER);
    sandbox.dnspod(SITE).domain(OTHER, "foreign.org");
    let id = sandbox.dnspod(SITE).domain(LOGIN, "second.org");
    let answer = list(&sandbox, SITE, &[]);
    assert_eq!(answer["info"]["domain_total"], 2);
    assert_eq!(answer["domains"][0]["name"], "example.org");
    assert_eq!(answer["domains"][1]["id"], id);
    assert_eq!(answer["domains"][1]["remark"], "");
    assert_eq!(answer["domains"][1]["ttl"], "600");
}

#[test]
fn counters_of_the_list_are_numbers_or_strings() {
    let answer = list(&with_pod(SITE), SITE, &[]);
    assert_eq!(answer["info"]["share_total"], "0");
    assert_eq!(answer["info"]["all_total"], 1);
    let answer = list(&with_pod(Site::China), Site::China, &[]);
    assert_eq!(answer["info"]["share_total"], 0);
}

#[test]
fn the_list_comes_in_pages() {
    let sandbox = with_pod(SITE);
    sandbox.dnspod(SITE).domain(LOGIN, "second.org");
    sandbox.dnspod(SITE).domain(LOGIN, "third.org");
    let answer = list(&sandbox, SITE, &[("offset", "1"), ("length", "1")]);
    assert_eq!(answer["domains"].as_array().unwrap().len(), 1);
    assert_eq!(answer["domains"][0]["name"], "second.org");
    assert_eq!(answer["info"]["domain_total"], 3);
    assert_eq!(code(&list(&sandbox, SITE, &[("offset", "x")])), "6");
    assert_eq!(code(&list(&sandbox, SITE, &[("length", "0")])), "7");
}

#[test]
fn a_page_holds_500_domains_abroad_and_3000_in_china() {
    for (site, most) in [(SITE, 500), (Site::China, 510)] {
        let sandbox = with_pod(site);
        for n in 1..510 {
            sandbox.dnspod(site).domain(LOGIN, &format!("d{n}.org"));
        }
        let answer = list(&sandbox, site, &[("length", "3000")]);
        assert_eq!(answer["domains"].as_array().unwrap().len(), most);
        assert_eq!(answer["info"]["domain_total"], 510);
    }
}

#[test]
fn an_empty_list_is_code_9_unless_the_caller_says_no() {
    let sandbox = with_pod(SITE);
    assert_eq!(code(&list(&sandbox, SITE, &[("type", "share")])), "9");
    let answer = list(
        &sandbox,
        SITE,
        &[("type", "share"), ("error_on_empty", "no")],
    );
    assert_eq!(code(&answer), "1");
    assert_eq!(answer["domains"], json!([]));
}

#[test]
fn info_has_the_id_as_a_string_and_no_remark_as_false() {
    let sandbox = with_pod(SITE);
    let answer = pod(&sandbox, SITE, "Domain.Info", &[]);
    let id = answer["domain"]["id"].as_str().unwrap().to_owned();
    assert_eq!(answer["domain"]["remark"], false);
    assert!(answer["domain"]["user_id"].is_string());
    let by_id = pod(&sandbox, SITE, "Domain.Info", &[("domain_id", &id)]);
    assert_eq!(by_id["domain"], answer["domain"]);
}

#[test]
fn an_unknown_domain_is_13_by_name_and_6_by_id() {
    let sandbox = with_pod(SITE);
    for call in ["Domain.Info", "Record.List", "Record.Create"] {
        let by_name = pod(&sandbox, SITE, call, &[("domain", "nowhere.net")]);
        assert_eq!(code(&by_name), "13");
        assert_eq!(by_name.as_object().unwrap().len(), 1, "only the status");
        let by_id = pod(&sandbox, SITE, call, &[("domain_id", "1")]);
        assert_eq!(code(&by_id), "6");
    }
}

#[test]
fn a_foreign_domain_does_not_exist_by_name_and_is_refused_by_id() {
    let sandbox = with_pod(SITE);
    sandbox.dnspod(SITE).account(OTHER);
    let id = sandbox
        .dnspod(SITE)
        .domain(OTHER, "foreign.org")
        .to_string();
    for (call, refusal) in [
        ("Domain.Info", "8"),
        ("Record.List", "9"),
        ("Record.Remove", "7"),
    ] {
        assert_eq!(
            code(&pod(&sandbox, SITE, call, &[("domain", "foreign.org")])),
            "13"
        );
        assert_eq!(
            code(&pod(&sandbox, SITE, call, &[("domain_id", &id)])),
            refusal
        );
    }
}
