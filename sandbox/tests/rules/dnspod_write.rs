//! DNSPod: the calls that write records.

use sandbox::{Sandbox, Site};
use serde_json::{Value, json};

use crate::client::{code, pod, with_pod};

const ABROAD: Site = Site::International;
const CHINA: Site = Site::China;
const ZONE: &str = "example.org";

/// The record after the two name servers.
fn third(sandbox: &Sandbox, site: Site) -> Value {
    sandbox.dnspod(site).records(ZONE)[2].clone()
}

fn create(sandbox: &Sandbox, site: Site, pairs: &[(&str, &str)]) -> Value {
    let line = if site == CHINA { "默认" } else { "default" };
    let mut all = pairs.to_vec();
    for default in [
        ("sub_domain", "www"),
        ("record_type", "A"),
        ("value", "192.0.2.1"),
        ("record_line", line),
    ] {
        if !pairs.iter().any(|(name, _)| *name == default.0) {
            all.push(default);
        }
    }
    pod(sandbox, site, "Record.Create", &all)
}

#[test]
fn a_created_record_has_its_id_as_a_string_and_is_enabled() {
    let sandbox = with_pod(ABROAD);
    let answer = create(&sandbox, ABROAD, &[]);
    let record = &answer["record"];
    assert_eq!(record["id"], third(&sandbox, ABROAD)["id"]);
    assert_eq!(
        (&record["name"], &record["status"]),
        (&json!("www"), &json!("enabled"))
    );
    assert_eq!(third(&sandbox, ABROAD)["ttl"], "600");
    let china = with_pod(CHINA);
    let answer = create(&china, CHINA, &[]);
    assert_eq!(answer["record"]["weight"], json!(null));
}

#[test]
fn each_bad_parameter_has_its_code() {
    let sandbox = with_pod(ABROAD);
    let before = sandbox.dnspod(ABROAD).records(ZONE);
    for (pairs, expected) in [
        ([("record_type", "")], "6"),
        ([("value", "")], "6"),
        ([("record_line", "Default")], "26"),
        ([("record_line", "默认")], "26"),
        ([("record_line", "")], "26"),
        ([("record_type", "WXYZ")], "27"),
        ([("record_type", "a")], "27"),
        ([("record_type", "MX")], "34"),
        ([("sub_domain", "a b")], "22"),
        ([("sub_domain", "a..b")], "22"),
        ([("value", "2001:db8::1")], "34"),
        ([("value", "here")], "34"),
        ([("ttl", "599")], "32"),
        ([("ttl", "604801")], "32"),
        ([("ttl", "soon")], "32"),
    ] {
        let answer = create(&sandbox, ABROAD, &pairs);
        assert_eq!(code(&answer), expected, "{pairs:?}");
    }
    let mx = [("record_type", "MX"), ("value", "mail.example.org")];
    assert_eq!(code(&create(&sandbox, ABROAD, &mx)), "30");
    assert_eq!(sandbox.dnspod(ABROAD).records(ZONE), before);
}

#[test]
fn a_line_in_china_goes_by_name_or_by_id_and_the_id_wins() {
    let sandbox = with_pod(CHINA);
    let both = [("record_line", "默认"), ("record_line_id", "10=1")];
    assert_eq!(code(&create(&sandbox, CHINA, &both)), "1");
    assert_eq!(third(&sandbox, CHINA)["line"], "联通");
    for wrong in [("record_line", "default"), ("record_line_id", "99=9")] {
        assert_eq!(code(&create(&sandbox, CHINA, &[wrong])), "26");
    }
    let id = [("record_line", ""), ("record_line_id", "0")];
    assert_eq!(code(&create(&sandbox, CHINA, &id)), "1");
}

#[test]
fn host_names_get_a_final_dot() {
    let sandbox = with_pod(ABROAD);
    create(
        &sandbox,
        ABROAD,
        &[("record_type", "CNAME"), ("value", "docs.example.com")],
    );
    assert_eq!(third(&sandbox, ABROAD)["value"], "docs.example.com.");
}

#[test]
fn the_same_record_twice_is_104() {
    let sandbox = with_pod(ABROAD);
    assert_eq!(code(&create(&sandbox, ABROAD, &[])), "1");
    assert_eq!(code(&create(&sandbox, ABROAD, &[("ttl", "900")])), "104");
    assert_eq!(
        code(&create(&sandbox, ABROAD, &[("record_line", "CN")])),
        "1"
    );
    assert_eq!(sandbox.dnspod(ABROAD).records(ZONE).len(), 4);
}

#[test]
fn an_alias_beside_an_address_is_31_and_too_many_addresses_have_each_sites_code() {
    for (site, limit) in [(ABROAD, "25"), (CHINA, "500025")] {
        let sandbox = with_pod(site);
        for n in 1..=4 {
            let value = format!("192.0.2.{n}");
            assert_eq!(code(&create(&sandbox, site, &[("value", &value)])), "1");
        }
        assert_eq!(
            code(&create(&sandbox, site, &[("value", "192.0.2.5")])),
            limit
        );
        let alias = [("record_type", "CNAME"), ("value", "a.example.org")];
        assert_eq!(code(&create(&sandbox, site, &alias)), "31");
    }
}

#[test]
fn an_address_beside_an_alias_or_a_redirect_is_31_on_its_line_and_stands_on_another() {
    for (site, line, kinds) in [
        (ABROAD, "CN", ["CNAME", "URL", "Framed URL"]),
        (CHINA, "联通", ["CNAME", "显性URL", "隐性URL"]),
    ] {
        for kind in kinds {
            let sandbox = with_pod(site);
            let pod = sandbox.dnspod(site);
            pod.add(ZONE, "www", kind, "target.example.net", None, None);
            assert_eq!(code(&create(&sandbox, site, &[])), "31", "{kind}");
            let six = [("record_type", "AAAA"), ("value", "2001:db8::1")];
            assert_eq!(code(&create(&sandbox, site, &six)), "31", "{kind}");
            let elsewhere = [("record_line", line)];
            assert_eq!(code(&create(&sandbox, site, &elsewhere)), "1", "{kind}");
        }
    }
}

#[test]
fn a_change_answers_with_the_id_as_a_number_and_another_word() {
    let sandbox = with_pod(ABROAD);
    let id = sandbox
        .dnspod(ABROAD)
        .add(ZONE, "www", "A", "192.0.2.1", None, None);
    let before = third(&sandbox, ABROAD);
    let answer = modify(&sandbox, ABROAD, id, &[]);
    let expected = json!({"id": id, "name": "www", "value": "192.0.2.9", "status": "enable"});
    assert_eq!(answer["record"], expected);
    let after = third(&sandbox, ABROAD);
    assert_eq!(after["value"], "192.0.2.9");
    assert_ne!(after["updated_on"], before["updated_on"]);
}

/// Changes a record to 192.0.2.9 at `www`, unless told otherwise; `("x", "-")` leaves x out.
fn modify(sandbox: &Sandbox, site: Site, id: u64, pairs: &[(&str, &str)]) -> Value {
    let line = if site == CHINA { "默认" } else { "default" };
    let id = id.to_string();
    let mut all = vec![("record_id", id.as_str())];
    for default in [
        ("sub_domain", "www"),
        ("record_type", "A"),
        ("value", "192.0.2.9"),
        ("record_line", line),
    ] {
        let given = pairs.iter().find(|(name, _)| *name == default.0);
        all.push(*given.unwrap_or(&default));
    }
    let known = ["sub_domain", "record_type", "value", "record_line"];
    all.extend(pairs.iter().filter(|(name, _)| !known.contains(name)));
    all.retain(|(_, value)| *value != "-");
    pod(sandbox, site, "Record.Modify", &all)
}

#[test]
fn a_change_without_a_name_moves_the_record_to_the_apex() {
    let sandbox = with_pod(ABROAD);
    let id = sandbox
        .dnspod(ABROAD)
        .add(ZONE, "www", "A", "192.0.2.1", None, None);
    assert_eq!(
        code(&modify(&sandbox, ABROAD, id, &[("sub_domain", "-")])),
        "1"
    );
    assert_eq!(third(&sandbox, ABROAD)["name"], "@");
}

#[test]
fn a_change_without_a_ttl_loses_the_old_one() {
    let sandbox = with_pod(ABROAD);
    let id = sandbox
        .dnspod(ABROAD)
        .add(ZONE, "www", "A", "192.0.2.1", None, Some(1800));
    modify(&sandbox, ABROAD, id, &[]);
    assert_eq!(third(&sandbox, ABROAD)["ttl"], "600");
    modify(
        &sandbox,
        ABROAD,
        id,
        &[("ttl", "1800"), ("value", "192.0.2.8")],
    );
    assert_eq!(third(&sandbox, ABROAD)["ttl"], "1800");
}

#[test]
fn a_change_in_china_without_status_or_weight_resets_them_and_abroad_it_does_not() {
    for (site, weight, enabled) in [(CHINA, json!(null), "1"), (ABROAD, json!(7), "0")] {
        let sandbox = with_pod(site);
        let record = json!({
            "name": "www", "type": "A", "value": "192.0.2.1", "weight": 7, "status": "disabled",
            "remark": "mine",
        });
        let id = sandbox.dnspod(site).add_full(ZONE, record);
        assert_eq!(code(&modify(&sandbox, site, id, &[])), "1");
        let after = third(&sandbox, site);
        assert_eq!(after["weight"], weight);
        assert_eq!(after["enabled"], enabled);
        assert_eq!(after["remark"], "mine");
        let kept = [
            ("weight", "7"),
            ("status", "disable"),
            ("value", "192.0.2.8"),
        ];
        modify(&sandbox, site, id, &kept);
        let after = third(&sandbox, site);
        assert_eq!(
            (&after["weight"], &after["enabled"]),
            (&json!(7), &json!("0"))
        );
    }
}

#[test]
fn a_change_has_its_own_codes() {
    let sandbox = with_pod(ABROAD);
    let id = sandbox
        .dnspod(ABROAD)
        .add(ZONE, "www", "A", "192.0.2.1", None, None);
    for (pair, expected) in [
        (("ttl", "10"), "29"),
        (("record_line", "Default"), "26"),
        (("record_line", "-"), "26"),
        (("record_type", "-"), "27"),
        (("value", "-"), "34"),
        (("value", "2001:db8::1"), "34"),
        (("weight", "101"), "6"),
    ] {
        assert_eq!(
            code(&modify(&sandbox, ABROAD, id, &[pair])),
            expected,
            "{pair:?}"
        );
    }
    assert_eq!(code(&modify(&sandbox, ABROAD, 1, &[])), "8");
    let missing = pod(&sandbox, ABROAD, "Record.Modify", &[("value", "192.0.2.1")]);
    assert_eq!(code(&missing), "8");
}

#[test]
fn a_larger_plan_takes_a_smaller_ttl() {
    let sandbox = with_pod(ABROAD);
    let login = crate::client::LOGIN;
    sandbox
        .dnspod(ABROAD)
        .domain_with_min_ttl(login, "rich.org", 60);
    let with = |ttl| create(&sandbox, ABROAD, &[("domain", "rich.org"), ("ttl", ttl)]);
    assert_eq!(code(&with("59")), "32");
    assert_eq!(code(&with("60")), "1");
}

#[test]
fn a_change_into_a_twin_of_another_record_is_104() {
    let sandbox = with_pod(ABROAD);
    let site = sandbox.dnspod(ABROAD);
    let id = site.add(ZONE, "www", "A", "192.0.2.1", None, None);
    site.add(ZONE, "www", "A", "192.0.2.9", None, None);
    assert_eq!(code(&modify(&sandbox, ABROAD, id, &[])), "104");
    assert_eq!(third(&sandbox, ABROAD)["value"], "192.0.2.1");
}

fn ddns(sandbox: &Sandbox, site: Site, id: u64, pairs: &[(&str, &str)]) -> Value {
    let line = if site == CHINA { "默认" } else { "default" };
    let id = id.to_string();
    let mut all = vec![("record_id", id.as_str()), ("record_line", line)];
    all.extend_from_slice(pairs);
    pod(sandbox, site, "Record.Ddns", &all)
}

#[test]
fn ddns_sets_the_value_or_the_callers_address() {
    let sandbox = with_pod(ABROAD);
    let id = sandbox
        .dnspod(ABROAD)
        .add(ZONE, "www", "A", "192.0.2.1", None, None);
    let answer = ddns(
        &sandbox,
        ABROAD,
        id,
        &[("sub_domain", "www"), ("value", "192.0.2.9")],
    );
    assert_eq!(
        answer["record"],
        json!({"id": id, "name": "www", "value": "192.0.2.9"})
    );
    ddns(&sandbox, ABROAD, id, &[("sub_domain", "www")]);
    assert_eq!(third(&sandbox, ABROAD)["value"], "127.0.0.1");
    let wrong = ddns(
        &sandbox,
        ABROAD,
        id,
        &[("sub_domain", "www"), ("value", "2001:db8::1")],
    );
    assert_eq!(code(&wrong), "34");
}

#[test]
fn ddns_without_a_name_means_the_apex() {
    let sandbox = with_pod(ABROAD);
    let id = sandbox
        .dnspod(ABROAD)
        .add(ZONE, "www", "A", "192.0.2.1", None, None);
    ddns(&sandbox, ABROAD, id, &[("value", "192.0.2.9")]);
    assert_eq!(third(&sandbox, ABROAD)["name"], "@");
}

#[test]
fn ddns_in_china_without_a_ttl_sets_one_that_a_change_then_refuses() {
    let sandbox = with_pod(CHINA);
    let id = sandbox
        .dnspod(CHINA)
        .add(ZONE, "www", "A", "192.0.2.1", None, None);
    ddns(
        &sandbox,
        CHINA,
        id,
        &[("sub_domain", "www"), ("value", "192.0.2.9")],
    );
    assert_eq!(third(&sandbox, CHINA)["ttl"], "10");
    let echoed = modify(
        &sandbox,
        CHINA,
        id,
        &[("ttl", "10"), ("value", "192.0.2.8")],
    );
    assert_eq!(code(&echoed), "29");
    let ttl = [
        ("sub_domain", "www"),
        ("value", "192.0.2.8"),
        ("ttl", "600"),
    ];
    assert_eq!(code(&ddns(&sandbox, CHINA, id, &ttl)), "1");
    assert_eq!(third(&sandbox, CHINA)["ttl"], "600");
}

#[test]
fn a_removed_record_is_gone_and_removing_it_again_is_8() {
    let sandbox = with_pod(ABROAD);
    let id = sandbox
        .dnspod(ABROAD)
        .add(ZONE, "www", "A", "192.0.2.1", None, None);
    let id = id.to_string();
    let answer = pod(&sandbox, ABROAD, "Record.Remove", &[("record_id", &id)]);
    assert_eq!(code(&answer), "1");
    assert_eq!(answer.as_object().unwrap().len(), 1, "only the status");
    let again = pod(&sandbox, ABROAD, "Record.Remove", &[("record_id", &id)]);
    assert_eq!(code(&again), "8");
}

#[test]
fn status_and_remark_set_what_they_name_and_nothing_else() {
    let sandbox = with_pod(ABROAD);
    let id = sandbox
        .dnspod(ABROAD)
        .add(ZONE, "www", "A", "192.0.2.1", None, None);
    let text = id.to_string();
    let before = third(&sandbox, ABROAD);
    let status = |word| {
        let pairs = [("record_id", text.as_str()), ("status", word)];
        pod(&sandbox, ABROAD, "Record.Status", &pairs)
    };
    let expected = json!({"id": id, "name": "www", "status": "disable"});
    assert_eq!(status("disable")["record"], expected);
    assert_eq!(third(&sandbox, ABROAD)["status"], "disabled");
    assert_eq!(code(&status("off")), "6");
    status("enable");
    let remark = [("record_id", text.as_str()), ("remark", "mine")];
    assert_eq!(code(&pod(&sandbox, ABROAD, "Record.Remark", &remark)), "1");
    let mut after = third(&sandbox, ABROAD);
    assert_eq!(after["remark"], "mine");
    after["remark"] = before["remark"].clone();
    after["updated_on"] = before["updated_on"].clone();
    assert_eq!(after, before);
}

#[test]
fn the_zones_own_name_servers_cannot_be_changed_or_removed() {
    let sandbox = with_pod(ABROAD);
    let before = sandbox.dnspod(ABROAD).records(ZONE);
    let id = before[0]["id"].as_str().unwrap().to_owned();
    let answer = pod(&sandbox, ABROAD, "Record.Remove", &[("record_id", &id)]);
    assert_eq!(code(&answer), "21");
    assert_eq!(
        code(&modify(&sandbox, ABROAD, id.parse().unwrap(), &[])),
        "21"
    );
    assert_eq!(sandbox.dnspod(ABROAD).records(ZONE), before);
}
