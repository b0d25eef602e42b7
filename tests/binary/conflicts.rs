//! What excludes addresses at a host, with the real program: named by `check`, `plan` and the round, and
//! nothing is sent.

use sandbox::Site;
use serde_json::json;

use crate::common::{ADDRESS, OTHER, Run, TestEnv, wait_until};

const ADVICE: &str = "remove it at the provider, or take the host out of `hosts`";

/// Requests so far that write.
fn writes(bench: &TestEnv) -> usize {
    let log = bench.sandbox.log();
    let is_write = |path: &str| {
        [
            "dyndns",
            "Record.Create",
            "Record.Modify",
            "Record.Remove",
            "Record.Ddns",
        ]
        .iter()
        .any(|call| path.contains(call))
    };
    log.iter()
        .filter(|it| it.method == "PUT" || it.method == "DELETE" || is_write(&it.path))
        .count()
        + log
            .iter()
            .filter(|it| it.method == "POST" && it.path.contains("/domains/"))
            .count()
}

/// `check`, `plan`, a round and the next one name the conflict of `host`, end with 77 and send nothing.
#[track_caller]
fn is_refused(bench: &TestEnv, host: &str, conflict: &str) {
    bench.sandbox.clear_log();
    let says = |run: Run, also: &str| {
        let said = format!("{conflict}: {ADVICE}");
        assert!(run.stdout.contains(&said), "{conflict}\n{}", run.stdout);
        assert!(run.stdout.contains(also), "{also}\n{}", run.stdout);
    };
    for args in [
        &["check"][..],
        &["plan"],
        &["--once"],
        &["--once"],
        &["plan"],
        &["check"],
    ] {
        says(bench.run(args).assert_exit(77), host);
    }
    let plan = bench.run(&["plan", "--json"]).assert_exit(77).json();
    assert_eq!(plan["changes"], json!([]));
    let check = bench.run(&["check", "--json"]).assert_exit(77).json();
    assert_eq!(check["hosts"][0]["ok"], json!(false));
    assert_eq!(writes(bench), 0, "{:?}", bench.sandbox.log());
}

fn forward(bench: &TestEnv, host: &str, url: &str) {
    let list = ["api", "domeneshop", "domains.list", "--json"];
    let domains = bench.run(&list).assert_exit(0).json();
    let id = format!("domain_id={}", domains[0]["id"]);
    let (host, url) = (format!("host={host}"), format!("url={url}"));
    let args = [
        "api",
        "domeneshop",
        "forwards.create",
        &id,
        &host,
        &url,
        "--yes",
    ];
    bench.run(&args).assert_exit(0);
}

fn one_host_at_domeneshop(bench: &TestEnv, host: &str, update: &str) {
    let rest = format!("update = \"{update}\"\nhosts = [\"{host}\"]");
    bench.config(&(bench.head() + &bench.domeneshop(&rest)));
}

#[test]
fn what_excludes_addresses_at_domeneshop_is_named_and_nothing_is_sent() {
    for update in ["auto", "dyndns", "records"] {
        for (kind, name, host, conflict) in [
            (
                "CNAME",
                "www",
                "WWW.example.com",
                "www.example.com is a CNAME to target.example.net",
            ),
            (
                "CNAME",
                "*",
                "*.example.com",
                "*.example.com is a CNAME to target.example.net",
            ),
            (
                "ANAME",
                "@",
                "example.com",
                "example.com is an ANAME to target.example.net",
            ),
            (
                "NS",
                "sub",
                "sub.example.com",
                "sub.example.com is delegated to target.example.net by an NS record",
            ),
            (
                "NS",
                "sub",
                "a.b.sub.example.com",
                "a.b.sub.example.com lies below sub.example.com, which is delegated to \
                 target.example.net by an NS record",
            ),
            (
                "CNAME",
                "blåbær",
                "BLÅBÆR.example.com",
                "xn--blbr-roah.example.com is a CNAME to target.example.net",
            ),
        ] {
            if (update, name) == ("dyndns", "*") {
                // The configuration refuses that.
                continue;
            }
            let bench = TestEnv::new();
            let domeneshop = bench.sandbox.domeneshop();
            domeneshop.add("example.com", name, kind, "target.example.net", None);
            let before = domeneshop.records("example.com");
            one_host_at_domeneshop(&bench, host, update);
            is_refused(&bench, conflict.split(' ').next().unwrap(), conflict);
            assert_eq!(domeneshop.records("example.com"), before);
        }
    }
}

#[test]
fn an_http_forward_at_domeneshop_is_named_and_nothing_is_sent() {
    let bench = TestEnv::new();
    one_host_at_domeneshop(&bench, "shop.example.com", "auto");
    forward(&bench, "Shop", "https://shop.example.net/");
    forward(&bench, "shops", "https://other.example.net/");
    let conflict = "shop.example.com is an HTTP forward to https://shop.example.net/";
    is_refused(&bench, "shop.example.com", conflict);
    assert_eq!(bench.sandbox.domeneshop().forwards("example.com").len(), 2);
}

#[test]
fn what_excludes_addresses_at_dnspod_is_named_and_nothing_is_sent() {
    let international = [
        ("CNAME", "a CNAME"),
        ("URL", "a URL record"),
        ("Framed URL", "a framed URL record"),
    ];
    let china = [
        ("CNAME", "a CNAME"),
        ("显性URL", "a URL record"),
        ("隐性URL", "a framed URL record"),
    ];
    for (site, zone, kinds) in [
        (Site::International, "example.org", international),
        (Site::China, "example.cn", china),
    ] {
        for (kind, words) in kinds {
            for name in ["www", "*"] {
                let bench = TestEnv::new();
                let service = bench.sandbox.dnspod(site);
                let record = json!({ "name": name, "type": kind, "value": "target.example.net" });
                service.add_full(zone, record);
                let before = service.records(zone);
                let host = format!("{name}.{zone}");
                let hosts = format!("hosts = [\"{host}\"]");
                bench.config(&(bench.head() + &bench.dnspod(site, &hosts)));
                is_refused(
                    &bench,
                    &host,
                    &format!("{host} is {words} to target.example.net"),
                );
                assert_eq!(service.records(zone), before);
            }
        }
        let bench = TestEnv::new();
        let service = bench.sandbox.dnspod(site);
        service.add_full(
            zone,
            json!({ "name": "sub", "type": "NS", "value": "ns1.example.net." }),
        );
        let hosts = format!("hosts = [\"a.sub.{zone}\"]");
        bench.config(&(bench.head() + &bench.dnspod(site, &hosts)));
        let conflict = format!(
            "a.sub.{zone} lies below sub.{zone}, which is delegated to ns1.example.net by an NS record"
        );
        is_refused(&bench, &format!("a.sub.{zone}"), &conflict);
    }
}

#[test]
fn names_that_merely_contain_the_host_wildcards_other_lines_and_switched_off_records_exclude_nothing()
 {
    let bench = TestEnv::new();
    let domeneshop = bench.sandbox.domeneshop();
    for name in ["*", "xwww", "www.a", "a.www"] {
        domeneshop.add("example.com", name, "CNAME", "target.example.net", None);
    }
    domeneshop.add("example.com", "ww", "NS", "ns1.example.net", None);
    let mut text = bench.head() + &bench.domeneshop("hosts = [\"www.example.com\"]");
    for (site, zone, line) in [
        (Site::International, "example.org", "CN"),
        (Site::China, "example.cn", "联通"),
    ] {
        let service = bench.sandbox.dnspod(site);
        let alias = |name: &str, more: serde_json::Value| {
            let mut record =
                json!({ "name": name, "type": "CNAME", "value": "target.example.net" });
            for (key, value) in more.as_object().unwrap() {
                record[key] = value.clone();
            }
            service.add_full(zone, record);
        };
        for name in ["*", "xwww", "www.a", "a.www"] {
            alias(name, json!({}));
        }
        alias("www", json!({ "line": line }));
        text += &bench.dnspod(site, &format!("hosts = [\"www.{zone}\"]"));
    }
    bench.config(&text);
    bench.run(&["check"]).assert_exit(0);
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(bench.at_domeneshop("www", "A"), [ADDRESS]);
    assert_eq!(
        bench.at_dnspod(Site::International, "example.org", "www", "A"),
        [ADDRESS]
    );
    assert_eq!(
        bench.at_dnspod(Site::China, "example.cn", "www", "A"),
        [ADDRESS]
    );

    let off = json!({
        "name": "off", "type": "URL", "value": "http://target.example.net", "enabled": "0",
        "status": "disabled"
    });
    bench
        .sandbox
        .dnspod(Site::China)
        .add_full("example.cn", off);
    bench.config(&(bench.head() + &bench.dnspod(Site::China, "hosts = [\"off.example.cn\"]")));
    bench.run(&["check"]).assert_exit(0);
}

#[test]
fn a_host_with_an_alias_holds_up_no_other_and_is_right_once_the_alias_is_gone() {
    let bench = TestEnv::new();
    let domeneshop = bench.sandbox.domeneshop();
    let alias = domeneshop.add("example.com", "www", "CNAME", "target.example.net", None);
    let hosts = "hosts = [\"www.example.com\", \"home.example.com\"]";
    bench.config(&(bench.head() + &bench.domeneshop(hosts)));
    let daemon = bench.daemon(&[]);
    wait_until("the other host's address", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    bench.address(OTHER);
    wait_until("its next address", || {
        bench.at_domeneshop("home", "A") == [OTHER]
    });
    wait_until("the conflict in the status", || {
        bench
            .run(&["status"])
            .stdout
            .contains("is a CNAME to target.example.net")
    });
    assert_eq!(bench.at_domeneshop("www", "A"), [""; 0]);
    domeneshop.remove("example.com", alias);
    daemon.signal("USR1");
    wait_until("its own address", || {
        bench.at_domeneshop("www", "A") == [OTHER]
    });
}

#[test]
fn an_alias_that_takes_the_place_of_a_confirmed_record_is_named_by_the_plan() {
    let bench = TestEnv::new();
    one_host_at_domeneshop(&bench, "www.example.com", "auto");
    bench.run(&["--once"]).assert_exit(0);
    let domeneshop = bench.sandbox.domeneshop();
    let record = domeneshop.records("example.com")[0]["id"].as_u64().unwrap();
    domeneshop.remove("example.com", record);
    domeneshop.add("example.com", "www", "CNAME", "target.example.net", None);
    bench.address(OTHER);
    // The update is sent by what was confirmed last, and refused.
    bench.run(&["--once"]).assert_exit(77);
    is_refused_from_now_on(&bench);
}

#[track_caller]
fn is_refused_from_now_on(bench: &TestEnv) {
    bench.sandbox.clear_log();
    for command in ["plan", "check"] {
        let run = bench.run(&[command]).assert_exit(77);
        let said = "www.example.com is a CNAME to target.example.net";
        assert!(run.stdout.contains(said), "{}", run.stdout);
    }
    assert_eq!(writes(bench), 0);
}

#[test]
fn a_check_that_finds_the_alias_gone_has_the_running_daemon_look_at_once() {
    let bench = TestEnv::new();
    let domeneshop = bench.sandbox.domeneshop();
    let alias = domeneshop.add("example.com", "www", "CNAME", "target.example.net", None);
    one_host_at_domeneshop(&bench, "www.example.com", "auto");
    let _daemon = bench.daemon(&[]);
    wait_until("the conflict in the status", || {
        let status = bench.run(&["status"]).stdout;
        status.contains("is a CNAME to target.example.net")
    });
    let run = bench.run(&["check"]).assert_exit(77);
    assert!(!run.stdout.contains("daemon"), "{}", run.stdout);
    domeneshop.remove("example.com", alias);
    let run = bench.run(&["check"]).assert_exit(0);
    assert!(
        run.stdout.contains("the running daemon starts a round"),
        "{}",
        run.stdout
    );
    wait_until("the address", || {
        bench.at_domeneshop("www", "A") == [ADDRESS]
    });
}
