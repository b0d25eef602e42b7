//! `moored records`: any record of any provider.

use sandbox::{Service, Site};
use serde_json::json;

use super::{configured, text};

#[test]
fn records_are_listed_added_set_and_deleted_alike_for_every_provider() {
    let bench = configured();
    for (account, zone) in [
        ("domeneshop", "example.com"),
        ("international", "example.org"),
        ("china", "example.cn"),
    ] {
        let records =
            |words: &[&str]| bench.run(&[&["records", account], words, &["--json"]].concat());
        let name = &format!("mail.{zone}");
        let add = ["add", name, "mx", "mx.example.net.", "--ttl", "600"];
        let priority = if account == "domeneshop" {
            "priority=10"
        } else {
            "mx=10"
        };
        let add = [&add[..], &[priority]].concat();
        assert!(
            records(&add).assert_exit(2).stdout.contains("--yes"),
            "{account}"
        );
        records(&[&add[..], &["--dry-run"]].concat()).assert_exit(0);
        assert_eq!(
            records(&["list", name]).assert_exit(0).json(),
            json!([]),
            "{account}"
        );
        records(&[&add[..], &["--yes"]].concat()).assert_exit(0);
        let listed = records(&["list", name]).assert_exit(0).json();
        let record = &listed[0];
        assert_eq!(
            (&record["type"], &record["ttl"], &record["zone"]),
            (&json!("MX"), &json!(600), &json!(zone)),
            "{account}"
        );
        records(&["set", name, "MX", "mx2.example.net.", "--yes"]).assert_exit(0);
        let listed = records(&["list", name]).assert_exit(0).json();
        assert_eq!(
            text(&listed[0]["data"]).trim_end_matches('.'),
            "mx2.example.net",
            "{account}"
        );
        assert_eq!(listed[0]["ttl"], 600, "what is not said stays");
        records(&["delete", name, "MX", "--yes"]).assert_exit(0);
        records(&["delete", name, "MX", "--yes"]).assert_exit(77);
        assert_eq!(
            records(&["list", name]).assert_exit(0).json(),
            json!([]),
            "{account}"
        );
        records(&["list", "elsewhere.example"]).assert_exit(77);
    }
}

#[test]
fn a_domain_whose_dns_service_is_off_is_named_and_no_zone_that_is_missing() {
    let bench = configured();
    let token = crate::common::TOKEN;
    bench
        .sandbox
        .domeneshop()
        .domain_without_dns(token, "parked.example");
    let listed = bench.run(&["records", "domeneshop", "list", "www.parked.example"]);
    let said = listed.assert_exit(77).stderr;
    assert!(
        said.contains("parked.example is in the account, but its DNS service is off"),
        "{said}"
    );
    let listed = bench.run(&["records", "domeneshop", "list", "www.example.invalid"]);
    let said = listed.assert_exit(77).stderr;
    assert!(
        said.contains("no zone of the account holds www.example.invalid"),
        "{said}"
    );
}

#[test]
fn ten_thousand_records_take_no_more_requests_than_the_page_caps_force() {
    let bench = configured();
    for (account, site, zone, pages) in [
        ("international", Site::International, "example.org", 20),
        ("china", Site::China, "example.cn", 4),
    ] {
        let pod = bench.sandbox.dnspod(site);
        // Two are there already: the zone's own.
        for n in 0..9_998 {
            pod.add(zone, &format!("h{n}"), "TXT", "x", None, Some(600));
        }
        bench.sandbox.clear_log();
        let domain = format!("domain={zone}");
        let run = bench
            .run(&["api", account, "Record.List", &domain, "--json"])
            .assert_exit(0);
        assert_eq!(run.json()["records"].as_array().unwrap().len(), 10_000);
        assert_eq!(
            bench.sandbox.requests(Service::DnsPod(site)),
            pages,
            "{account}"
        );
    }
}

#[test]
fn what_was_changed_by_hand_is_read_before_it_is_believed_again() {
    let bench = configured();
    bench.run(&["--once"]).assert_exit(0);
    for (account, host) in [
        ("domeneshop", "home.example.com"),
        ("international", "home.example.org"),
    ] {
        bench
            .run(&["records", account, "delete", host, "A", "--yes"])
            .assert_exit(0);
        let run = bench.run(&["--once"]).assert_exit(0);
        let line = run.stdout.lines().find(|it| it.starts_with(host)).unwrap();
        assert!(line.contains("changed from none"), "{line}");
    }
}

#[test]
fn a_record_is_found_by_what_it_means_and_its_name_is_left_as_it_is_stored() {
    let bench = configured();
    let shop = bench.sandbox.domeneshop();
    shop.add("example.com", "blåbær", "A", "192.0.2.1", None);
    shop.add("example.com", "mail", "CNAME", "mx.example.net.", None);
    shop.add("example.com", "six", "AAAA", "2001:0db8:0000::1", None);
    let pod = bench.sandbox.dnspod(Site::International);
    pod.add("example.org", "WWW", "A", "192.0.2.1", None, Some(600));
    let run = |words: &[&str]| bench.run(&[&["records"], words].concat());
    let listed = run(&["domeneshop", "list", "blåbær.example.com", "--json"])
        .assert_exit(0)
        .json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    run(&[
        "domeneshop",
        "set",
        "BLÅBÆR.example.com",
        "a",
        "192.0.2.2",
        "--yes",
    ])
    .assert_exit(0);
    assert_eq!(bench.at_domeneshop("blåbær", "A"), ["192.0.2.2"]);
    run(&[
        "domeneshop",
        "delete",
        "mail.example.com",
        "cname",
        "MX.example.net",
        "--yes",
    ])
    .assert_exit(0);
    run(&[
        "domeneshop",
        "delete",
        "six.example.com",
        "AAAA",
        "2001:db8::1",
        "--yes",
    ])
    .assert_exit(0);
    run(&[
        "international",
        "set",
        "www.example.org",
        "A",
        "192.0.2.2",
        "--yes",
    ])
    .assert_exit(0);
    let log = bench.sandbox.log();
    let modify = log.iter().find(|it| it.path == "/Record.Modify").unwrap();
    assert_eq!(modify.param("sub_domain"), Some("WWW"));
}

#[test]
fn of_several_records_one_has_to_be_named_and_the_others_stay() {
    let bench = configured();
    let shop = bench.sandbox.domeneshop();
    let ids = ["one", "two", "-dash"].map(|text| shop.add("example.com", "t", "TXT", text, None));
    let run = |words: &[&str]| bench.run(&[&["records", "domeneshop"], words, &["--yes"]].concat());
    let said = run(&["delete", "t.example.com", "TXT"])
        .assert_exit(77)
        .stderr;
    assert!(said.contains("3 records are t.example.com TXT"), "{said}");
    run(&["delete", "t.example.com", "TXT", "-dash"]).assert_exit(0);
    run(&[
        "set",
        "t.example.com",
        "TXT",
        "three",
        "--id",
        &ids[1].to_string(),
    ])
    .assert_exit(0);
    let left: Vec<_> = shop
        .records("example.com")
        .iter()
        .filter(|it| it["type"] == "TXT")
        .map(|it| text(&it["data"]))
        .collect();
    assert_eq!(left, ["one", "three"]);
}

#[test]
fn bad_records_are_refused_before_anything_is_sent() {
    let bench = configured();
    for (account, words, said) in [
        (
            "domeneshop",
            &["add", "a.example.com", "A", "nonsense"][..],
            "A takes an IPv4 address",
        ),
        (
            "china",
            &["add", "a.example.cn", "AAAA", "192.0.2.1"],
            "AAAA takes an IPv6 address",
        ),
        (
            "domeneshop",
            &["add", "a.example.com", "MX", "mx.example.net"],
            "`priority`",
        ),
        (
            "domeneshop",
            &["add", "a.example.com", "A", "192.0.2.1", "--ttl", "90"],
            "`ttl`",
        ),
        (
            "domeneshop",
            &["add", "localhost", "A", "192.0.2.1"],
            "not fully qualified",
        ),
        (
            "china",
            &["add", "a.example.cn", "MX", "m.example.net", "mx=1", "mx=2"],
            "given twice",
        ),
    ] {
        for manner in ["--yes", "--dry-run"] {
            let run = bench
                .run(&[&["records", account], words, &[manner]].concat())
                .assert_exit(2);
            assert!(run.stderr.contains(said), "{words:?}: {}", run.stderr);
        }
    }
    assert_eq!(bench.requests(), 0);
}

#[test]
fn a_record_moves_to_another_line_where_the_line_is_said() {
    let bench = configured();
    let pod = bench.sandbox.dnspod(Site::China);
    pod.add("example.cn", "www", "A", "192.0.2.1", None, Some(600));
    let set = [
        "records",
        "china",
        "set",
        "www.example.cn",
        "A",
        "192.0.2.1",
        "line=联通",
        "--yes",
    ];
    bench.run(&set).assert_exit(0);
    let records = pod.records("example.cn");
    let www = records.iter().find(|it| it["name"] == "www").unwrap();
    assert_eq!(www["line"], "联通");
}
