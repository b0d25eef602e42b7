//! DNSPod: what a plan allows.

use sandbox::{Sandbox, Site};
use serde_json::{Value, json};

use crate::client::{LOGIN, code_of, pod, with_pod};

const ABROAD: Site = Site::International;
const CHINA: Site = Site::China;
const ZONE: &str = "example.org";

#[test]
fn types_are_those_of_the_plan_and_another_plan_is_6() {
    let sandbox = with_pod(ABROAD);
    let free = [("domain_grade", "DP_Free")];
    let types = pod(&sandbox, ABROAD, "Record.Type", &free)["types"].clone();
    let expected = [
        "A",
        "CNAME",
        "MX",
        "TXT",
        "NS",
        "AAAA",
        "SRV",
        "URL",
        "Framed URL",
    ];
    assert_eq!(types, json!(expected));
    for wrong in [
        &[][..],
        &[("domain_grade", "D_Free")],
        &[("domain_grade", "Free")],
    ] {
        assert_eq!(code_of(&sandbox, ABROAD, "Record.Type", wrong), "6");
    }
}

#[test]
fn the_plans_of_the_site_for_china_are_old_ones_and_new_ones() {
    let sandbox = with_pod(CHINA);
    for grade in ["D_Free", "DP_Plus", "D_Ultra"] {
        let answer = pod(&sandbox, CHINA, "Record.Type", &[("domain_grade", grade)]);
        assert_eq!(answer["types"][0], "A");
    }
    let wrong = [("domain_grade", "D_Best")];
    assert_eq!(code_of(&sandbox, CHINA, "Record.Type", &wrong), "6");
}

#[test]
fn lines_abroad_are_areas_with_codes() {
    let sandbox = with_pod(ABROAD);
    let free = [("domain_grade", "DP_Free")];
    let lines = pod(&sandbox, ABROAD, "Record.Line", &free)["lines"].clone();
    assert_eq!(lines.as_object().unwrap().len(), 9);
    assert_eq!(lines["default"]["sub_area"], json!({"default": "Default"}));
    assert_eq!(lines["asia"]["sub_area"]["CN"], "China");
    assert_eq!(lines["south_america"]["name"], "South American");
    let areas = lines.as_object().unwrap().values();
    let codes = areas.map(|area| area["sub_area"].as_object().unwrap().len());
    assert_eq!(codes.sum::<usize>(), 254);
}

#[test]
fn lines_in_china_are_names_and_ids_of_which_the_first_is_a_number() {
    let sandbox = with_pod(CHINA);
    let free = [("domain_grade", "DP_Free")];
    let answer = pod(&sandbox, CHINA, "Record.Line", &free);
    assert_eq!(answer["lines"][0], "默认");
    assert_eq!(answer["line_ids"]["默认"], 0);
    assert_eq!(answer["line_ids"]["移动"], "10=3");
    assert_eq!(answer["line_ids"]["搜索引擎"], "80=0");
}

#[test]
fn lines_need_a_plan_and_a_domain() {
    let sandbox = with_pod(ABROAD);
    let free = ("domain_grade", "DP_Free");
    assert_eq!(code_of(&sandbox, ABROAD, "Record.Line", &[]), "6");
    let none = [free, ("domain", "")];
    assert_eq!(code_of(&sandbox, ABROAD, "Record.Line", &none), "6");
    let unknown = [free, ("domain", "nowhere.net")];
    assert_eq!(code_of(&sandbox, ABROAD, "Record.Line", &unknown), "13");
}

#[test]
fn a_record_takes_any_code_of_the_lines_and_no_other() {
    let sandbox = with_pod(ABROAD);
    for (line, expected) in [
        ("AQ", "1"),
        ("search_engine", "1"),
        ("XX", "26"),
        ("asia", "26"),
    ] {
        assert_eq!(
            create(&sandbox, ABROAD, &[("record_line", line)]),
            expected,
            "{line}"
        );
    }
}

#[test]
fn the_purview_has_chinese_names_and_numbers_or_words() {
    let sandbox = with_pod(CHINA);
    sandbox
        .dnspod(CHINA)
        .domain_with_min_ttl(LOGIN, "rich.org", 60);
    let purview = |domain: &str| -> Vec<Value> {
        let answer = pod(&sandbox, CHINA, "Domain.Purview", &[("domain", domain)]);
        answer["purview"].as_array().unwrap().clone()
    };
    let of = |purview: &[Value], name: &str| {
        let entry = purview.iter().find(|entry| entry["name"] == name);
        entry.unwrap()["value"].clone()
    };
    assert_eq!(of(&purview(ZONE), "记录TTL最低"), 600);
    assert_eq!(of(&purview("rich.org"), "记录TTL最低"), 60);
    assert_eq!(of(&purview(ZONE), "负载均衡数量"), 4);
    assert!(purview(ZONE).iter().any(|entry| entry["value"] == "yes"));
    let none = [("domain", "")];
    assert_eq!(code_of(&sandbox, CHINA, "Domain.Purview", &none), "6");
}

/// The code of adding a record to `example.org`, an A record on the default line unless told otherwise.
fn create(sandbox: &Sandbox, site: Site, pairs: &[(&str, &str)]) -> String {
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
    code_of(sandbox, site, "Record.Create", &all)
}

#[test]
fn a_name_of_too_many_levels_is_23_and_an_odd_wildcard_24() {
    let sandbox = with_pod(ABROAD);
    let name = |name: &str| create(&sandbox, ABROAD, &[("sub_domain", name)]);
    assert_eq!(name(&["a"; 10].join(".")), "1");
    assert_eq!(name(&["a"; 11].join(".")), "23");
    assert_eq!(name("*"), "1");
    assert_eq!(name("*.b"), "1");
    for odd in ["a*", "a*.b", "a.*"] {
        assert_eq!(name(odd), "24", "{odd}");
    }
    assert_eq!(name("a* b"), "22");
    sandbox
        .dnspod(ABROAD)
        .set_domain(ZONE, json!({"grade": "DP_Ultra"}));
    assert_eq!(name("a*"), "1");
}

#[test]
fn name_servers_at_the_apex_stay_on_the_default_line() {
    let sandbox = with_pod(ABROAD);
    let mut record = vec![
        ("sub_domain", "@"),
        ("record_type", "NS"),
        ("value", "ns1.example.net"),
        ("record_line", "CN"),
    ];
    assert_eq!(create(&sandbox, ABROAD, &record), "36");
    record[3].1 = "default";
    assert_eq!(create(&sandbox, ABROAD, &record), "1");
    record[0].1 = "sub";
    record[3].1 = "CN";
    assert_eq!(create(&sandbox, ABROAD, &record), "1");
}

#[test]
fn a_plans_limit_of_a_type_has_the_types_code() {
    let sandbox = with_pod(ABROAD);
    for (kind, other, value, expected) in [
        ("URL", "Framed URL", "https://example.net/", "31"),
        ("NS", "NS", "ns1.example.net", "32"),
        ("AAAA", "AAAA", "2001:db8::1", "33"),
    ] {
        sandbox.dnspod(ABROAD).record_limit(ZONE, kind, 1);
        let add = |name: &str, kind: &str| {
            let record = [
                ("sub_domain", name),
                ("record_type", kind),
                ("value", value),
            ];
            create(&sandbox, ABROAD, &record)
        };
        assert_eq!(add(&format!("one-{}", kind.len()), kind), "1", "{kind}");
        assert_eq!(
            add(&format!("two-{}", kind.len()), other),
            expected,
            "{kind}"
        );
    }
}

#[test]
fn a_forbidden_address_has_each_sites_code() {
    for (site, creating, changing) in [(ABROAD, "34", "35"), (CHINA, "82", "82")] {
        let sandbox = with_pod(site);
        sandbox.dnspod(site).forbid("192.0.2.66".parse().unwrap());
        let bad = ("value", "192.0.2.66");
        assert_eq!(create(&sandbox, site, &[bad]), creating);
        let id = sandbox
            .dnspod(site)
            .add(ZONE, "www", "A", "192.0.2.1", None, None)
            .to_string();
        let line = if site == CHINA { "默认" } else { "default" };
        let record = [
            ("record_id", id.as_str()),
            ("sub_domain", "www"),
            ("record_type", "A"),
            ("record_line", line),
            bad,
        ];
        for call in ["Record.Modify", "Record.Ddns"] {
            assert_eq!(code_of(&sandbox, site, call, &record), changing);
        }
    }
}
