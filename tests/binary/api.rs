//! `moored api` and `moored records` against the sandbox: every operation there is.

use std::collections::BTreeSet;

use sandbox::{Service, Site};
use serde_json::{Value, json};

use crate::common::{Bench, LOGIN, SECRET, TOKEN};

/// Calls operations of one account and remembers which.
struct Walk<'b> {
    bench: &'b Bench,
    account: &'b str,
    called: BTreeSet<String>,
}

impl<'b> Walk<'b> {
    fn new(bench: &'b Bench, account: &'b str) -> Self {
        Self {
            bench,
            account,
            called: BTreeSet::new(),
        }
    }

    /// A call that succeeds.
    #[track_caller]
    fn call(&mut self, operation: &str, words: &[&str]) -> Value {
        let mut args = vec!["api", self.account, operation, "--yes", "--json"];
        args.extend(words);
        self.called.insert(operation.to_owned());
        let run = self.bench.run(&args);
        assert_eq!(
            run.code, 0,
            "{operation} {words:?}: {}{}",
            run.stdout, run.stderr
        );
        run.json()
    }

    /// Every operation that `--list` shows was called.
    fn ends(self) {
        let listed = self
            .bench
            .run(&["api", self.account, "--list", "--json"])
            .ends(0)
            .json();
        let listed: BTreeSet<_> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["operation"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(self.called, listed);
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn configured() -> Bench {
    let bench = Bench::new();
    bench.config(
        &(bench.head()
            + &bench.domeneshop("hosts = [\"home.example.com\"]")
            + &bench.dnspod(Site::International, "hosts = [\"home.example.org\"]")
            + &bench.dnspod(Site::China, "hosts = [\"home.example.cn\"]")),
    );
    bench
}

#[test]
fn every_operation_of_domeneshop_is_reached() {
    let bench = configured();
    bench.sandbox.domeneshop().invoice(
        TOKEN,
        json!({"type": "invoice", "amount": 120, "currency": "NOK", "status": "unpaid",
               "issued_date": "2026-10-01", "due_date": "2026-11-01", "url": "https://example.com/"}),
    );
    let mut walk = Walk::new(&bench, "domeneshop");
    let domains = walk.call("domains.list", &[]);
    let domain = &format!("domain_id={}", domains[0]["id"]);
    assert_eq!(walk.call("domains.get", &[domain])["domain"], "example.com");
    let mail = ["host=@", "type=MX", "data=mx.example.net", "priority=10"];
    let created = walk.call("dns.create", &[&[domain.as_str()], &mail[..]].concat());
    let record = &format!("record_id={}", created["id"]);
    assert_eq!(
        walk.call("dns.list", &[domain, "type=MX"])[0]["data"],
        "mx.example.net."
    );
    let replaced = [
        "host=@",
        "type=MX",
        "data=mx2.example.net",
        "priority=20",
        "ttl=600",
    ];
    walk.call(
        "dns.replace",
        &[&[domain.as_str(), record], &replaced[..]].concat(),
    );
    let got = walk.call("dns.get", &[domain, record]);
    assert_eq!(
        (text(&got["priority"]), &got["ttl"]),
        ("20".to_owned(), &json!(600))
    );
    walk.call("dns.delete", &[domain, record]);
    walk.call(
        "dyndns.update",
        &["hostname=a.example.com,b.example.com", "myip=192.0.2.1"],
    );
    walk.call(
        "forwards.create",
        &[domain, "host=www", "url=https://example.net/"],
    );
    assert_eq!(walk.call("forwards.list", &[domain])[0]["host"], "www");
    assert_eq!(
        walk.call("forwards.get", &[domain, "host=www"])["url"],
        "https://example.net/"
    );
    walk.call(
        "forwards.replace",
        &[domain, "host=www", "url=https://example.net/new"],
    );
    walk.call("forwards.delete", &[domain, "host=www"]);
    let invoices = walk.call("invoices.list", &["status=unpaid"]);
    let invoice = format!("invoice_id={}", invoices[0]["id"]);
    assert_eq!(walk.call("invoices.get", &[&invoice])["amount"], 120);
    walk.ends();
}

#[test]
fn forwards_get_works_on_the_live_service_too() {
    let bench = configured();
    bench.sandbox.domeneshop().forwards_per_host(false);
    let mut walk = Walk::new(&bench, "domeneshop");
    let domain = format!("domain_id={}", walk.call("domains.list", &[])[0]["id"]);
    walk.call(
        "forwards.create",
        &[&domain, "host=www", "url=https://example.net/"],
    );
    assert_eq!(
        walk.call("forwards.get", &[&domain, "host=www"])["url"],
        "https://example.net/"
    );
    let args = [
        "api",
        "domeneshop",
        "forwards.delete",
        &domain,
        "host=www",
        "--yes",
    ];
    let run = bench.run(&args).ends(77);
    assert!(run.stderr.contains("web interface"), "{}", run.stderr);
}

/// Another account at DNSPod.
const FRIEND: &str = "777,fedcba9876543210fedcba9876543210";

/// The operations that both sites of DNSPod have.
fn both_sites(walk: &mut Walk<'_>, site: Site, zone: &str) {
    let pod = walk.bench.sandbox.dnspod(site);
    pod.set_domain(zone, json!({"is_vip": "yes"}));
    pod.account(FRIEND);
    pod.set_user(FRIEND, json!({"email": "friend@example.com"}));
    let domain = &format!("domain={zone}");
    walk.call("User.Detail", &[]);
    walk.call("User.Log", &[]);
    assert!(walk.call("Info.Version", &[])["version"].is_string());
    walk.call("Domain.Create", &["domain=new.example"]);
    walk.call("Domain.List", &["type=mine"]);
    let info = walk.call("Domain.Info", &[domain]);
    let domain_id = &format!("domain_id={}", text(&info["domain"]["id"]));
    walk.call("Domain.Status", &[domain, "status=enable"]);
    walk.call("Domain.Log", &[domain]);
    walk.call("Domain.Searchenginepush", &[domain, "status=yes"]);
    walk.call("Domain.Ismark", &[domain, "is_mark=yes"]);
    walk.call("Domain.Remark", &[domain, "remark=ours"]);

    let group = walk.call("Domaingroup.Create", &["group_name=homes"]);
    let group = &format!("group_id={}", text(&group["groups"]["id"]));
    walk.call("Domaingroup.List", &[]);
    walk.call("Domain.Changegroup", &[domain, group]);
    walk.call("Domaingroup.Modify", &[group, "group_name=houses"]);
    walk.call("Domaingroup.Remove", &[group]);

    walk.call(
        "Domainshare.Create",
        &[domain, "email=friend@example.com", "mode=r"],
    );
    walk.call("Domainshare.List", &[domain]);
    walk.call(
        "Domainshare.Modify",
        &[domain, "email=friend@example.com", "mode=rw"],
    );
    walk.call("Domainshare.Remove", &[domain, "email=friend@example.com"]);

    let alias = walk.call("Domainalias.Create", &[domain_id, "domain=alias.example"]);
    let alias = format!("alias_id={}", text(&alias["alias"]["id"]));
    walk.call("Domainalias.List", &[domain]);
    walk.call("Domainalias.Remove", &[domain, &alias]);

    records(walk, site, domain);

    let lock = match site {
        Site::International => walk.call("Domain.Lock", &[domain_id, "days=7"]),
        Site::China => walk.call("Domain.Lock", &[domain, "days=7"]),
    };
    walk.call("Domain.Lockstatus", &[domain]);
    let code = format!("lock_code={}", text(&lock["lock"]["lock_code"]));
    walk.call("Domain.Unlock", &[domain, &code]);
    acquired_and_transferred(walk, site, domain);
    walk.call("Domain.Remove", &["domain=new.example"]);
}

fn records(walk: &mut Walk<'_>, site: Site, domain: &str) {
    let line = match site {
        Site::International => "record_line=default",
        Site::China => "record_line=默认",
    };
    walk.call("Record.Type", &["domain_grade=DP_Free"]);
    walk.call("Record.Line", &["domain_grade=DP_Free", domain]);
    let new = [
        domain,
        "sub_domain=www",
        "record_type=A",
        line,
        "value=192.0.2.1",
        "ttl=600",
    ];
    let created = walk.call("Record.Create", &new);
    let record = &format!("record_id={}", text(&created["record"]["id"]));
    assert_eq!(
        walk.call("Record.List", &[domain, "sub_domain=www"])["records"][0]["value"],
        "192.0.2.1"
    );
    let changed = [
        domain,
        record,
        "sub_domain=www",
        "record_type=A",
        line,
        "value=192.0.2.2",
        "ttl=600",
    ];
    walk.call("Record.Modify", &changed);
    walk.call(
        "Record.Ddns",
        &[
            domain,
            record,
            "sub_domain=www",
            line,
            "value=192.0.2.3",
            "ttl=600",
        ],
    );
    walk.call("Record.Remark", &[domain, record, "remark=web"]);
    assert_eq!(
        walk.call("Record.Info", &[domain, record])["record"]["value"],
        "192.0.2.3"
    );
    walk.call("Record.Status", &[domain, record, "status=disable"]);
    walk.call("Record.Remove", &[domain, record]);
}

fn acquired_and_transferred(walk: &mut Walk<'_>, site: Site, domain: &str) {
    let pod = walk.bench.sandbox.dnspod(site);
    pod.domain(FRIEND, "elsewhere.example");
    pod.whois("elsewhere.example", &["owner@elsewhere.example"]);
    let theirs = "domain=elsewhere.example";
    walk.call("Domain.Acquire", &[theirs]);
    walk.call(
        "Domain.Acquiresend",
        &[theirs, "email=owner@elsewhere.example"],
    );
    let code = format!(
        "code={}",
        text(&json!(pod.acquire_code("elsewhere.example")))
    );
    walk.call("Domain.Acquirevalidate", &[theirs, &code]);
    walk.call("Domain.Transfer", &[domain, "email=friend@example.com"]);
}

#[test]
fn every_operation_of_dnspod_international_is_reached() {
    let bench = configured();
    let pod = bench.sandbox.dnspod(Site::International);
    pod.set_user(
        LOGIN,
        json!({"email": "me@example.com", "password": "correct horse"}),
    );
    let mut walk = Walk::new(&bench, "international");
    walk.call(
        "Auth",
        &["login_email=me@example.com", "login_password=correct horse"],
    );
    both_sites(&mut walk, Site::International, "example.org");
    walk.ends();
}

#[test]
fn every_operation_of_dnspod_china_is_reached() {
    let bench = configured();
    let mut walk = Walk::new(&bench, "china");
    walk.call("Domain.Purview", &["domain=example.cn"]);
    let job = walk.call(
        "Batch.Domain.Create",
        &["domains=one.example,two.example", "record_value=192.0.2.1"],
    );
    walk.call(
        "Batch.Detail",
        &[&format!("job_id={}", text(&job["job_id"]))],
    );
    let id = text(&walk.call("Domain.Info", &["domain=example.cn"])["domain"]["id"]);
    let records = r#"records=[{"sub_domain":"b","record_type":"A","record_line":"默认","value":"192.0.2.1","ttl":600}]"#;
    walk.call(
        "Batch.Record.Create",
        &[&format!("domain_id={id}"), records],
    );
    let listed = walk.call("Record.List", &["domain=example.cn", "sub_domain=b"]);
    let record = format!("record_id={}", text(&listed["records"][0]["id"]));
    walk.call(
        "Batch.Record.Modify",
        &[&record, "change=value", "change_to=192.0.2.9"],
    );
    both_sites(&mut walk, Site::China, "example.cn");
    walk.ends();
}

#[test]
fn bad_input_is_refused_before_anything_is_sent() {
    let bench = configured();
    for (account, words, said) in [
        (
            "nobody",
            &["domains.list"][..],
            "there is no account `nobody`",
        ),
        (
            "domeneshop",
            &["domain.list"],
            "did you mean `domains.list`",
        ),
        ("domeneshop", &["dns.list"], "`domain_id`"),
        (
            "domeneshop",
            &["dns.list", "domain_id=x"],
            "`domain_id` takes a number",
        ),
        (
            "domeneshop",
            &["invoices.list", "status=lost"],
            "unpaid|paid|settled",
        ),
        (
            "international",
            &["Record.List", "domain=a.b", "domain_id=1"],
            "exactly one of",
        ),
        (
            "international",
            &["Record.List", "domian=a.b"],
            "did you mean `domain`",
        ),
        (
            "international",
            &["Batch.Detail", "job_id=1"],
            "there is no operation",
        ),
        (
            "china",
            &[
                "Record.Status",
                "domain=a.b",
                "record_id=1",
                "status=on",
                "--yes",
            ],
            "enable|disable",
        ),
    ] {
        let run = bench.run(&[&["api", account], words].concat()).ends(2);
        assert!(run.stderr.contains(said), "{words:?}: {}", run.stderr);
    }
    assert_eq!(bench.requests(), 0);
}

#[test]
fn a_write_asks_for_yes_and_a_dry_run_shows_the_request_without_its_secrets() {
    let bench = configured();
    let write = ["api", "china", "Domain.Create", "domain=new.example"];
    let run = bench.run(&write).ends(2);
    assert!(run.stderr.contains("--yes"), "{}", run.stderr);
    let run = bench.run(&[&write[..], &["--dry-run"]].concat()).ends(0);
    assert!(run.stdout.contains("POST /Domain.Create") && run.stdout.contains("new.example"));
    let shop = ["api", "domeneshop", "domains.list", "--dry-run", "--json"];
    let shown = run.stdout + &bench.run(&shop).ends(0).stdout;
    for secret in [TOKEN, SECRET, LOGIN] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(bench.requests(), 0);
}

#[test]
fn a_failure_says_what_the_code_means_for_that_call() {
    let bench = configured();
    let run = bench
        .run(&["api", "china", "Record.List", "domain=elsewhere.example"])
        .ends(77);
    assert!(
        run.stderr.contains("13") && run.stderr.contains("no such domain"),
        "{}",
        run.stderr
    );
}

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
        assert!(records(&add).ends(2).stdout.contains("--yes"), "{account}");
        records(&[&add[..], &["--dry-run"]].concat()).ends(0);
        assert_eq!(
            records(&["list", name]).ends(0).json(),
            json!([]),
            "{account}"
        );
        records(&[&add[..], &["--yes"]].concat()).ends(0);
        let listed = records(&["list", name]).ends(0).json();
        let record = &listed[0];
        assert_eq!(
            (&record["type"], &record["ttl"], &record["zone"]),
            (&json!("MX"), &json!(600), &json!(zone)),
            "{account}"
        );
        records(&["set", name, "MX", "mx2.example.net.", "--yes"]).ends(0);
        let listed = records(&["list", name]).ends(0).json();
        assert_eq!(
            text(&listed[0]["data"]).trim_end_matches('.'),
            "mx2.example.net",
            "{account}"
        );
        assert_eq!(listed[0]["ttl"], 600, "what is not said stays");
        records(&["delete", name, "MX", "--yes"]).ends(0);
        records(&["delete", name, "MX", "--yes"]).ends(77);
        assert_eq!(
            records(&["list", name]).ends(0).json(),
            json!([]),
            "{account}"
        );
        records(&["list", "elsewhere.example"]).ends(77);
    }
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
            .ends(0);
        assert_eq!(run.json()["records"].as_array().unwrap().len(), 10_000);
        assert_eq!(
            bench.sandbox.requests(Service::DnsPod(site)),
            pages,
            "{account}"
        );
    }
}

#[test]
fn refused_credentials_are_not_tried_again_by_hand() {
    let bench = configured();
    let path = bench.dir.path().join("config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    bench.config(&text.replace(SECRET, "wrong"));
    bench.run(&["api", "domeneshop", "domains.list"]).ends(77);
    let refused = bench.requests();
    let run = bench.run(&["api", "domeneshop", "domains.list"]).ends(77);
    assert!(
        run.stderr.contains("not asked for another 6 h"),
        "{}",
        run.stderr
    );
    bench.run(&["records", "domeneshop", "list"]).ends(77);
    assert_eq!(bench.requests(), refused);
}

#[test]
fn a_failed_login_by_hand_says_nothing_about_the_accounts_token() {
    let bench = configured();
    bench.run(&["--once"]).ends(0);
    let wrong = ["api", "international", "Auth", "login_email=me@example.com"];
    let run = bench.run(&[&wrong[..], &["login_password=wrong password"]].concat());
    assert_ne!(run.code, 0);
    assert!(!run.stderr.contains("refuses the token"), "{}", run.stderr);
    bench.run(&["--once"]).ends(0);
}

#[test]
fn a_secret_may_come_from_a_file_instead_of_the_command_line() {
    let bench = configured();
    let pod = bench.sandbox.dnspod(Site::International);
    pod.set_user(
        LOGIN,
        json!({"email": "me@example.com", "password": "correct horse"}),
    );
    let path = bench.dir.path().join("password");
    std::fs::write(&path, "correct horse\n").unwrap();
    let password = format!("login_password=@{}", path.display());
    let login = [
        "api",
        "international",
        "Auth",
        "login_email=me@example.com",
        &password,
    ];
    let run = bench.run(&[&login[..], &["--json"]].concat()).ends(0);
    assert!(run.json()["user_token"].is_string());
    let run = bench.run(&[&login[..], &["--dry-run"]].concat()).ends(0);
    assert!(!run.stdout.contains("correct horse"), "{}", run.stdout);
}

#[test]
fn what_was_changed_by_hand_is_read_before_it_is_believed_again() {
    let bench = configured();
    bench.run(&["--once"]).ends(0);
    for (account, host) in [
        ("domeneshop", "home.example.com"),
        ("international", "home.example.org"),
    ] {
        bench
            .run(&["records", account, "delete", host, "A", "--yes"])
            .ends(0);
        let run = bench.run(&["--once"]).ends(0);
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
        .ends(0)
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
    .ends(0);
    assert_eq!(bench.at_domeneshop("blåbær", "A"), ["192.0.2.2"]);
    run(&[
        "domeneshop",
        "delete",
        "mail.example.com",
        "cname",
        "MX.example.net",
        "--yes",
    ])
    .ends(0);
    run(&[
        "domeneshop",
        "delete",
        "six.example.com",
        "AAAA",
        "2001:db8::1",
        "--yes",
    ])
    .ends(0);
    run(&[
        "international",
        "set",
        "www.example.org",
        "A",
        "192.0.2.2",
        "--yes",
    ])
    .ends(0);
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
    let said = run(&["delete", "t.example.com", "TXT"]).ends(77).stderr;
    assert!(said.contains("3 records are t.example.com TXT"), "{said}");
    run(&["delete", "t.example.com", "TXT", "-dash"]).ends(0);
    run(&[
        "set",
        "t.example.com",
        "TXT",
        "three",
        "--id",
        &ids[1].to_string(),
    ])
    .ends(0);
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
                .ends(2);
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
    bench.run(&set).ends(0);
    let records = pod.records("example.cn");
    let www = records.iter().find(|it| it["name"] == "www").unwrap();
    assert_eq!(www["line"], "联通");
}

#[test]
fn a_list_with_an_operation_shows_that_operation_and_calls_nothing() {
    let bench = configured();
    let run = bench
        .run(&["api", "china", "Record.List", "--list"])
        .ends(0);
    assert!(run.stdout.starts_with("Record.List: "), "{}", run.stdout);
    assert!(!run.stdout.contains("Record.Create"));
    assert_eq!(bench.requests(), 0);
}

#[test]
fn the_older_token_of_the_international_site_works_as_well() {
    let bench = configured();
    let pod = bench.sandbox.dnspod(Site::International);
    pod.user_token(LOGIN, "730060,e1a8a$f14dc5dcbafd83680b3d2a553c4d553d");
    let text = bench.head()
        + &bench
            .dnspod(Site::International, "hosts = [\"home.example.org\"]")
            .replace(
                &format!("token = {LOGIN:?}"),
                "user_token = \"730060,e1a8a$f14dc5dcbafd83680b3d2a553c4d553d\"",
            );
    bench.config(&text);
    bench.run(&["--once"]).ends(0);
    assert_eq!(
        bench.at_dnspod(Site::International, "example.org", "home", "A"),
        [crate::common::ADDRESS]
    );
}

#[test]
fn an_answer_of_the_wrong_type_is_no_success() {
    let bench = configured();
    for (account, service, operation, body) in [
        (
            "domeneshop",
            Service::Domeneshop,
            "domains.list",
            r#"{"a":1}"#,
        ),
        (
            "domeneshop",
            Service::Domeneshop,
            "invoices.list",
            r#""hello""#,
        ),
        (
            "china",
            Service::DnsPod(Site::China),
            "User.Detail",
            r#"{"status":{"code":"1"}}"#,
        ),
        (
            "china",
            Service::DnsPod(Site::China),
            "Domain.List",
            "<html>",
        ),
    ] {
        let odd = sandbox::FaultKind::Status(200, body.to_owned());
        bench.sandbox.fault(sandbox::Fault::new(service, "/", odd));
        let run = bench.run(&["api", account, operation]).ends(75);
        assert!(run.stderr.contains("not"), "{operation}: {}", run.stderr);
        bench.sandbox.clear_faults();
        let _ = std::fs::remove_dir_all(bench.dir.path().join("state"));
    }
}
