//! What `moored api` refuses, asks and says.

use sandbox::{Service, Site};
use serde_json::json;

use super::configured;
use crate::common::{LOGIN, SECRET, TOKEN};

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
        let run = bench
            .run(&[&["api", account], words].concat())
            .assert_exit(2);
        assert!(run.stderr.contains(said), "{words:?}: {}", run.stderr);
    }
    assert_eq!(bench.requests(), 0);
}

#[test]
fn a_write_asks_for_yes_and_a_dry_run_shows_the_request_without_its_secrets() {
    let bench = configured();
    let write = ["api", "china", "Domain.Create", "domain=new.example"];
    let run = bench.run(&write).assert_exit(2);
    assert!(run.stderr.contains("--yes"), "{}", run.stderr);
    let run = bench
        .run(&[&write[..], &["--dry-run"]].concat())
        .assert_exit(0);
    assert!(run.stdout.contains("POST /Domain.Create") && run.stdout.contains("new.example"));
    let shop = ["api", "domeneshop", "domains.list", "--dry-run", "--json"];
    let shown = run.stdout + &bench.run(&shop).assert_exit(0).stdout;
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
        .assert_exit(77);
    assert!(
        run.stderr.contains("13") && run.stderr.contains("no such domain"),
        "{}",
        run.stderr
    );
}

#[test]
fn refused_credentials_are_not_tried_again_by_hand() {
    let bench = configured();
    let path = bench.dir.path().join("config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    bench.config(&text.replace(SECRET, "wrong"));
    bench
        .run(&["api", "domeneshop", "domains.list"])
        .assert_exit(77);
    let refused = bench.requests();
    let run = bench
        .run(&["api", "domeneshop", "domains.list"])
        .assert_exit(77);
    assert!(
        run.stderr.contains("not asked for another 6 h"),
        "{}",
        run.stderr
    );
    bench
        .run(&["records", "domeneshop", "list"])
        .assert_exit(77);
    assert_eq!(bench.requests(), refused);
}

#[test]
fn a_failed_login_by_hand_says_nothing_about_the_accounts_token() {
    let bench = configured();
    bench.run(&["--once"]).assert_exit(0);
    let wrong = ["api", "international", "Auth", "login_email=me@example.com"];
    let run = bench.run(&[&wrong[..], &["login_password=wrong password"]].concat());
    assert_ne!(run.code, 0);
    assert!(!run.stderr.contains("refuses the token"), "{}", run.stderr);
    bench.run(&["--once"]).assert_exit(0);
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
    let run = bench
        .run(&[&login[..], &["--json"]].concat())
        .assert_exit(0);
    assert!(run.json()["user_token"].is_string());
    let run = bench
        .run(&[&login[..], &["--dry-run"]].concat())
        .assert_exit(0);
    assert!(!run.stdout.contains("correct horse"), "{}", run.stdout);
}

#[test]
fn a_list_with_an_operation_shows_that_operation_and_calls_nothing() {
    let bench = configured();
    let run = bench
        .run(&["api", "china", "Record.List", "--list"])
        .assert_exit(0);
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
    bench.run(&["--once"]).assert_exit(0);
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
        let run = bench.run(&["api", account, operation]).assert_exit(75);
        assert!(run.stderr.contains("not"), "{operation}: {}", run.stderr);
        bench.sandbox.clear_faults();
        let _ = std::fs::remove_dir_all(bench.dir.path().join("state"));
    }
}
