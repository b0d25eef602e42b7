//! In which order the services write their fields. Clients that search the text depend on it.

use sandbox::{Sandbox, Site};
use serde_json::json;

use crate::client::{LOGIN, get, post, shop, with_pod, with_shop};

const CHINA: Site = Site::China;

/// The text of an answer, which is in JSON.
fn text(sandbox: &Sandbox, site: Site, call: &str, pairs: &[(&str, &str)]) -> String {
    let mut all = vec![("login_token", LOGIN), ("format", "json")];
    all.extend_from_slice(pairs);
    post(sandbox, site, call, &all).body
}

/// The names of the fields of the first object in a text that begins with this name, objects within it as their names alone.
#[track_caller]
fn fields_from(text: &str, first: &str) -> Vec<String> {
    let start = format!("{{\"{first}\":");
    let at = text.find(&start);
    let at = at.unwrap_or_else(|| panic!("no object begins with {first:?}: {text}"));
    let (mut names, mut depth, mut quoted, mut word) = (Vec::new(), 0, false, String::new());
    let mut escaped = false;
    for c in text[at..].chars() {
        match c {
            _ if quoted => match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = false,
                _ => word.push(c),
            },
            '"' => {
                quoted = true;
                word.clear();
            }
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth -= 1;
                if depth == 0 {
                    return names;
                }
            }
            ':' if depth == 1 => names.push(word.clone()),
            _ => {}
        }
    }
    panic!("an object that does not end: {text}");
}

#[track_caller]
fn in_order(text: &str, wanted: &str) {
    let wanted: Vec<&str> = wanted.split(' ').collect();
    assert_eq!(fields_from(text, wanted[0]), wanted, "{text}");
}

#[test]
fn every_answer_begins_with_the_status() {
    for site in [Site::International, CHINA] {
        let sandbox = with_pod(site);
        let zone = ("domain", "example.org");
        for (call, pairs) in [
            ("Record.List", &[zone][..]),
            ("Domain.Info", &[zone]),
            ("Domain.List", &[]),
            ("Domain.Log", &[zone]),
            ("Record.Line", &[zone, ("domain_grade", "DP_Free")]),
            ("Domaingroup.List", &[]),
            ("User.Detail", &[]),
            ("Record.Remove", &[zone, ("record_id", "1")]),
        ] {
            let body = text(&sandbox, site, call, pairs);
            assert!(body.starts_with(r#"{"status":{"code":""#), "{call}: {body}");
            in_order(&body, "code message created_at");
        }
        let xml = post(
            &sandbox,
            site,
            "Record.List",
            &[("login_token", LOGIN), zone],
        )
        .body;
        let first = xml.split("<dnspod>").nth(1).unwrap();
        assert!(first.starts_with("<status><code>1</code>"), "{xml}");
    }
}

#[test]
fn a_list_of_records_has_the_recorded_order() {
    let sandbox = with_pod(CHINA);
    sandbox
        .dnspod(CHINA)
        .add("example.org", "home", "A", "192.0.2.1", None, None);
    let body = text(&sandbox, CHINA, "Record.List", &[("domain", "example.org")]);
    in_order(&body, "status domain info records");
    let from_domain = &body[body.find(r#""domain":"#).unwrap()..];
    in_order(
        from_domain,
        "id name punycode grade owner ext_status ttl min_ttl dnspod_ns status",
    );
    in_order(&body, "sub_domains record_total records_num");
    let from_records = &body[body.find(r#""records":"#).unwrap()..];
    let recorded = "id name line line_id type ttl value weight mx enabled status monitor_status remark \
                    updated_on use_aqb";
    in_order(from_records, &format!("{recorded} hold"));
    let home = &from_records[from_records.rfind('{').unwrap()..];
    in_order(home, recorded);
}

#[test]
fn abroad_a_record_has_no_line_id_and_begins_with_its_id_too() {
    let sandbox = with_pod(Site::International);
    sandbox.dnspod(Site::International).add_full(
        "example.org",
        json!({"name": "a", "type": "A", "value": "192.0.2.1", "aa": 1}),
    );
    let call = [("domain", "example.org"), ("sub_domain", "a")];
    let body = text(&sandbox, Site::International, "Record.List", &call);
    in_order(
        &body[body.find(r#""records":"#).unwrap()..],
        "id name line type ttl value mx enabled status monitor_status remark updated_on aa",
    );
}

#[test]
fn what_is_answered_to_writes_has_the_recorded_order() {
    let sandbox = with_pod(CHINA);
    let mut pairs = vec![
        ("domain", "example.org"),
        ("sub_domain", "home"),
        ("record_type", "A"),
        ("record_line", "默认"),
        ("value", "192.0.2.1"),
    ];
    let created = text(&sandbox, CHINA, "Record.Create", &pairs);
    in_order(&created, "status record");
    in_order(&created, "id name status weight");
    let id = sandbox.dnspod(CHINA).records("example.org")[2]["id"].clone();
    pairs.push(("record_id", id.as_str().unwrap()));
    pairs[4].1 = "192.0.2.2";
    let modified = text(&sandbox, CHINA, "Record.Modify", &pairs);
    in_order(&modified, "id name value status weight");
    pairs[4].1 = "192.0.2.3";
    in_order(
        &text(&sandbox, CHINA, "Record.Ddns", &pairs),
        "id name value",
    );
}

#[test]
fn a_domain_has_the_recorded_order() {
    let zone = [("domain", "example.org")];
    let sandbox = with_pod(CHINA);
    in_order(
        &text(&sandbox, CHINA, "Domain.Info", &zone),
        "id name punycode grade grade_title status ext_status records group_id is_mark remark is_vip \
         searchengine_push user_id created_on updated_on ttl cname_speedup owner auth_to_anquanbao",
    );
    let site = Site::International;
    let sandbox = with_pod(site);
    let shown = "id name punycode grade grade_title status ext_status records group_id is_mark remark is_vip \
                 searchengine_push beian created_on updated_on ttl owner";
    in_order(&text(&sandbox, site, "Domain.List", &[]), shown);
    in_order(
        &text(&sandbox, site, "Domain.Info", &zone),
        &shown.replace("beian", "beian user_id"),
    );
}

#[test]
fn lines_abroad_begin_with_the_default_line() {
    let sandbox = with_pod(Site::International);
    let pairs = [("domain", "example.org"), ("domain_grade", "DP_Free")];
    let body = text(&sandbox, Site::International, "Record.Line", &pairs);
    in_order(
        &body,
        "default africa antartica asia europe north_america oceania south_america search_engine",
    );
}

#[test]
fn domeneshop_writes_the_fields_as_its_page_does() {
    let (sandbox, id) = with_shop();
    let body = shop(&sandbox, "GET", "/domains", "").body;
    in_order(
        &body,
        "id domain expiry_date registered_date renew registrant status nameservers services",
    );
    in_order(&body, "registrar dns email webhotel");
    let record = json!({"host": "@", "type": "SRV", "data": "sip.example.com", "priority": 1, "weight": 2, "port": 3});
    sandbox.domeneshop().add_full("example.com", record);
    let records = shop(&sandbox, "GET", &format!("/domains/{id}/dns"), "").body;
    in_order(&records, "id host ttl type data priority weight port");
    sandbox
        .domeneshop()
        .invoice("token", json!({"status": "paid", "more": 1}));
    in_order(
        &shop(&sandbox, "GET", "/invoices", "").body,
        "id type amount currency due_date issued_date paid_date status url more",
    );
    let refused = get(&format!("{}/domains", sandbox.domeneshop().url())).body;
    in_order(&refused, "code help");
}
