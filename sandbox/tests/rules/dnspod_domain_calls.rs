//! DNSPod: adding and removing domains, and what can be set about one.

use sandbox::{Sandbox, Site};
use serde_json::{Value, json};

use crate::client::{LOGIN, code, code_of, only_status, pod, pod_as, with_pod};

const ABROAD: Site = Site::International;
const CHINA: Site = Site::China;
const ZONE: &str = "example.org";
const OTHER: &str = "20002,ffffffffffffffffffffffffffffffff";

fn create(sandbox: &Sandbox, site: Site, pairs: &[(&str, &str)]) -> Value {
    pod(sandbox, site, "Domain.Create", pairs)
}

fn info(sandbox: &Sandbox, site: Site) -> Value {
    pod(sandbox, site, "Domain.Info", &[])["domain"].clone()
}

#[test]
fn an_added_domain_has_its_id_as_a_string_and_two_records() {
    let sandbox = with_pod(ABROAD);
    let answer = create(&sandbox, ABROAD, &[("domain", "New.org")]);
    let id = answer["domain"]["id"].as_str().unwrap();
    let expected = json!({"id": id, "punycode": "new.org", "domain": "new.org"});
    assert_eq!(answer["domain"], expected);
    assert_eq!(sandbox.dnspod(ABROAD).records("new.org").len(), 2);
    let info = pod(&sandbox, ABROAD, "Domain.Info", &[("domain_id", id)]);
    assert_eq!(info["domain"]["name"], "new.org");
}

#[test]
fn a_domain_may_be_added_into_a_group_and_with_a_mark() {
    let sandbox = with_pod(CHINA);
    let pairs = [("domain", "new.org"), ("group_id", "3"), ("is_mark", "yes")];
    assert_eq!(code(&create(&sandbox, CHINA, &pairs)), "1");
    let info = pod(&sandbox, CHINA, "Domain.Info", &[("domain", "new.org")]);
    assert_eq!(info["domain"]["group_id"], 3);
    assert_eq!(info["domain"]["is_mark"], "yes");
}

#[test]
fn a_name_in_chinese_has_a_punycode_by_which_it_is_found_too() {
    let sandbox = with_pod(CHINA);
    let answer = create(&sandbox, CHINA, &[("domain", "例子.测试")]);
    assert_eq!(answer["domain"]["domain"], "例子.测试");
    assert_eq!(answer["domain"]["punycode"], "xn--fsqu00a.xn--0zwm56d");
    for name in ["例子.测试", "xn--fsqu00a.xn--0zwm56d"] {
        let found = pod(&sandbox, CHINA, "Record.List", &[("domain", name)]);
        assert_eq!(found["domain"]["punycode"], "xn--fsqu00a.xn--0zwm56d");
    }
}

#[test]
fn a_domain_that_cannot_be_added_has_a_code_that_says_why() {
    let sandbox = with_pod(ABROAD);
    let id = sandbox.dnspod(ABROAD).domain(LOGIN, "mine.org").to_string();
    sandbox.dnspod(ABROAD).account(OTHER);
    sandbox.dnspod(ABROAD).domain(OTHER, "foreign.org");
    let alias = [("domain_id", id.as_str()), ("domain", "alias.org")];
    pod(&sandbox, ABROAD, "Domainalias.Create", &alias);
    for (pairs, expected) in [
        (vec![("domain", "")], "6"),
        (vec![("domain", "nodot")], "6"),
        (vec![("domain", "a b.org")], "6"),
        (vec![("domain", "www.new.org")], "6"),
        (vec![("domain", "new.org"), ("group_id", "99")], "6"),
        (vec![("domain", "new.org"), ("is_mark", "maybe")], "6"),
        (vec![("domain", "MINE.org")], "7"),
        (vec![("domain", "alias.org")], "11"),
        (vec![("domain", "foreign.org")], "12"),
    ] {
        assert_eq!(
            code(&create(&sandbox, ABROAD, &pairs)),
            expected,
            "{pairs:?}"
        );
    }
}

#[test]
fn a_removed_domain_is_gone() {
    let sandbox = with_pod(ABROAD);
    only_status(&pod(&sandbox, ABROAD, "Domain.Remove", &[]));
    assert_eq!(code_of(&sandbox, ABROAD, "Domain.Info", &[]), "13");
    assert_eq!(code_of(&sandbox, ABROAD, "Domain.Remove", &[]), "13");
}

#[test]
fn a_foreign_or_vip_or_locked_or_banned_domain_is_not_removed() {
    let sandbox = with_pod(ABROAD);
    let site = sandbox.dnspod(ABROAD);
    site.account(OTHER);
    let foreign = site.domain(OTHER, "foreign.org").to_string();
    let remove =
        |name: &str, value: &str| code_of(&sandbox, ABROAD, "Domain.Remove", &[(name, value)]);
    assert_eq!(remove("domain_id", &foreign), "9");
    assert_eq!(remove("domain_id", "1"), "6");
    assert_eq!(remove("domain", ""), "6");
    site.set_domain(ZONE, json!({"is_vip": "yes"}));
    assert_eq!(remove("domain", ZONE), "8");
    let own = info(&sandbox, ABROAD)["id"].as_str().unwrap().to_owned();
    let lock = [("domain_id", own.as_str()), ("days", "1")];
    pod(&sandbox, ABROAD, "Domain.Lock", &lock);
    assert_eq!(remove("domain", ZONE), "7");
    site.set_domain(ZONE, json!({"status": "spam"}));
    assert_eq!(remove("domain", ZONE), "-15");
}

#[test]
fn a_disabled_domain_is_paused_and_its_records_can_still_be_written() {
    let sandbox = with_pod(ABROAD);
    only_status(&pod(
        &sandbox,
        ABROAD,
        "Domain.Status",
        &[("status", "disable")],
    ));
    assert_eq!(info(&sandbox, ABROAD)["status"], "pause");
    let list = pod(&sandbox, ABROAD, "Record.List", &[]);
    assert_eq!(list["domain"]["status"], "pause");
    let record = [
        ("record_type", "A"),
        ("record_line", "default"),
        ("value", "192.0.2.1"),
    ];
    assert_eq!(code_of(&sandbox, ABROAD, "Record.Create", &record), "1");
    pod(&sandbox, ABROAD, "Domain.Status", &[("status", "enable")]);
    assert_eq!(info(&sandbox, ABROAD)["status"], "enable");
}

#[test]
fn a_setting_that_is_no_setting_is_6() {
    let sandbox = with_pod(ABROAD);
    let before = info(&sandbox, ABROAD);
    for (call, pairs, expected) in [
        ("Domain.Status", &[("status", "pause")][..], "6"),
        ("Domain.Status", &[], "6"),
        ("Domain.Searchenginepush", &[("status", "enable")], "6"),
        ("Domain.Ismark", &[("is_mark", "1")], "6"),
        ("Domain.Ismark", &[], "6"),
        ("Domain.Remark", &[], "6"),
        ("Domain.Changegroup", &[], "7"),
        ("Domain.Changegroup", &[("group_id", "8")], "7"),
        ("Domain.Changegroup", &[("group_id", "1985")], "7"),
    ] {
        assert_eq!(code_of(&sandbox, ABROAD, call, pairs), expected, "{call}");
    }
    assert_eq!(info(&sandbox, ABROAD), before);
}

#[test]
fn push_mark_and_group_are_set_and_shown() {
    let sandbox = with_pod(ABROAD);
    for (call, pair) in [
        ("Domain.Searchenginepush", ("status", "yes")),
        ("Domain.Ismark", ("is_mark", "yes")),
        ("Domain.Changegroup", ("group_id", "5")),
    ] {
        only_status(&pod(&sandbox, ABROAD, call, &[pair]));
    }
    let info = info(&sandbox, ABROAD);
    assert_eq!(info["searchengine_push"], "yes");
    assert_eq!(info["is_mark"], "yes");
    assert_eq!(info["group_id"], "5");
}

#[test]
fn a_remark_is_a_string_until_an_empty_one_takes_it_away() {
    let sandbox = with_pod(CHINA);
    let remark = |text| only_status(&pod(&sandbox, CHINA, "Domain.Remark", &[("remark", text)]));
    remark("这个域名需要备注一下");
    assert_eq!(info(&sandbox, CHINA)["remark"], "这个域名需要备注一下");
    remark("");
    assert_eq!(info(&sandbox, CHINA)["remark"], false);
}

#[test]
fn someone_elses_domain_cannot_be_set() {
    let sandbox = with_pod(ABROAD);
    let site = sandbox.dnspod(ABROAD);
    site.account(OTHER);
    let id = info(&sandbox, ABROAD)["id"].as_str().unwrap().to_owned();
    for (call, pair, expected) in [
        ("Domain.Status", ("status", "disable"), "8"),
        ("Domain.Log", ("offset", "0"), "8"),
        ("Domain.Searchenginepush", ("status", "yes"), "8"),
        ("Domain.Lock", ("days", "1"), "7"),
        ("Domain.Unlock", ("lock_code", "x"), "7"),
        ("Domain.Lockstatus", ("x", "x"), "6"),
        ("Domain.Ismark", ("is_mark", "yes"), "6"),
        ("Domain.Remark", ("remark", "x"), "6"),
        ("Domain.Changegroup", ("group_id", "1"), "6"),
        ("Record.Remark", ("remark", "x"), "6"),
        ("Record.Create", ("value", "x"), "7"),
    ] {
        let pairs = [("domain_id", id.as_str()), pair];
        assert_eq!(
            code(&pod_as(&sandbox, ABROAD, OTHER, call, &pairs)),
            expected,
            "{call}"
        );
    }
}

#[test]
fn a_new_domains_log_is_a_sentence_and_then_it_tells_what_was_done() {
    let sandbox = with_pod(ABROAD);
    let log = |pairs: &[(&str, &str)]| pod(&sandbox, ABROAD, "Domain.Log", pairs);
    let empty = log(&[]);
    assert_eq!(
        empty["log"],
        json!(["There is no domain logs at the moment."])
    );
    assert_eq!(empty["info"], json!({"count": 0, "page_size": 500}));
    for remark in ["one", "two"] {
        pod(&sandbox, ABROAD, "Domain.Remark", &[("remark", remark)]);
    }
    assert_eq!(log(&[])["info"]["count"], 2);
    let page = log(&[("offset", "1"), ("length", "1")]);
    assert_eq!(page["log"].as_array().unwrap().len(), 1);
    assert!(page["log"][0].as_str().unwrap().ends_with("Domain.Remark"));
}

#[test]
fn the_log_in_china_has_no_counters() {
    let answer = pod(&with_pod(CHINA), CHINA, "Domain.Log", &[]);
    assert!(answer.get("info").is_none());
}

#[test]
fn the_list_can_be_of_one_kind_or_one_group() {
    let sandbox = with_pod(CHINA);
    let site = sandbox.dnspod(CHINA);
    for (name, fields) in [
        ("marked.org", json!({"is_mark": "yes"})),
        ("paused.org", json!({"status": "pause"})),
        ("vip.org", json!({"is_vip": "yes"})),
        ("grouped.org", json!({"group_id": 4})),
        ("lost.org", json!({"ext_status": "notexist"})),
        ("spam.org", json!({"status": "spam"})),
    ] {
        site.domain(LOGIN, name);
        site.set_domain(name, fields);
    }
    let list = |name: &str, value: &str| pod(&sandbox, CHINA, "Domain.List", &[(name, value)]);
    for (name, value, expected) in [
        ("type", "ismark", "marked.org"),
        ("type", "pause", "paused.org"),
        ("type", "vip", "vip.org"),
        ("group_id", "4", "grouped.org"),
        ("keyword", "grou", "grouped.org"),
    ] {
        let answer = list(name, value);
        assert_eq!(answer["domains"].as_array().unwrap().len(), 1, "{value}");
        assert_eq!(answer["domains"][0]["name"], expected);
        assert_eq!(answer["info"]["domain_total"], 1);
    }
    let info = &list("type", "mine")["info"];
    let counters = [
        "all_total",
        "mine_total",
        "ismark_total",
        "pause_total",
        "vip_total",
        "error_total",
        "spam_total",
        "share_total",
        "lock_total",
        "share_out_total",
        "vip_expire",
    ];
    let counts: Vec<_> = counters.map(|key| info[key].as_u64().unwrap()).into();
    assert_eq!(counts, [7, 7, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
}

#[test]
fn fields_of_a_domain_that_nobody_knows_are_shown() {
    let sandbox = with_pod(ABROAD);
    sandbox
        .dnspod(ABROAD)
        .set_domain(ZONE, json!({"q_project_id": 0}));
    assert_eq!(info(&sandbox, ABROAD)["q_project_id"], 0);
}
