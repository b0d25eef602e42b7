//! `moored api`: every operation there is.

use std::collections::BTreeSet;

use sandbox::Site;
use serde_json::{Value, json};

use super::{configured, text};
use crate::common::{LOGIN, TOKEN, TestEnv};

/// Calls operations of one account and remembers which.
struct OperationWalk<'b> {
    bench: &'b TestEnv,
    account: &'b str,
    called: BTreeSet<String>,
}

impl<'b> OperationWalk<'b> {
    fn new(bench: &'b TestEnv, account: &'b str) -> Self {
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
            .assert_exit(0)
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

#[test]
fn every_operation_of_domeneshop_is_reached() {
    let bench = configured();
    bench.sandbox.domeneshop().invoice(
        TOKEN,
        json!({"type": "invoice", "amount": 120, "currency": "NOK", "status": "unpaid",
               "issued_date": "2026-10-01", "due_date": "2026-11-01", "url": "https://example.com/"}),
    );
    let mut walk = OperationWalk::new(&bench, "domeneshop");
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
    let mut walk = OperationWalk::new(&bench, "domeneshop");
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
    let run = bench.run(&args).assert_exit(77);
    assert!(run.stderr.contains("web interface"), "{}", run.stderr);
}

/// Another account at DNSPod.
const FRIEND: &str = "777,fedcba9876543210fedcba9876543210";

/// The operations that both sites of DNSPod have.
fn both_sites(walk: &mut OperationWalk<'_>, site: Site, zone: &str) {
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

fn records(walk: &mut OperationWalk<'_>, site: Site, domain: &str) {
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

fn acquired_and_transferred(walk: &mut OperationWalk<'_>, site: Site, domain: &str) {
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
    let mut walk = OperationWalk::new(&bench, "international");
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
    let mut walk = OperationWalk::new(&bench, "china");
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
