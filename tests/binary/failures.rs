//! What happened to other programs of this kind, and does not happen here. docs/testing.md has the
//! whole list.

use std::{fs, time::Duration};

use sandbox::{Fault, FaultKind, Service, Site};
use serde_json::Value;

use crate::common::{ADDRESS, OTHER, TestEnv, wait_until};

#[test]
fn echo_bodies_that_are_not_one_address_are_rejected() {
    let bench = TestEnv::new();
    let echo = bench.sandbox.echo(1);
    let file = format!("\"file:{}/address\"", bench.dir.path().display());
    let head = bench.head().replace(&file, &format!("{:?}", echo.url()));
    let head = head.replace("[ipv4]", "[ipv4]\nconfirm = 1");
    bench.config(&(head + &bench.domeneshop("hosts = [\"home.example.com\"]")));
    let long = format!("{OTHER}{}", " ".repeat(10 << 20));
    let many = format!("{OTHER}\n").repeat(700_000);
    for (status, body) in [
        (200, "<html><body>84.212.99.99</body></html>"),
        (200, "<!-- 84.212.99.99 -->"),
        (302, OTHER),
        (511, OTHER),
        (404, OTHER),
        (204, ""),
        (200, ""),
        (200, "Current IP Address: 84.212.99.99"),
        (200, "84.212.99.99, 10.1.2.3"),
        (200, "84.212.99.99\n84.212.99.98"),
        (200, "{\"ip\":\"84.212.99.99\"}"),
        (200, "nginx/1.22.1.4"),
        (200, "2026.11.21.1"),
        (200, "84.212.99.99/24"),
        (200, "84.212.99.099"),
        (200, "84.212.99"),
        (200, "1423205219"),
        (200, "2a01:79c::1"),
        (200, "::ffff:84.212.99.99"),
        (200, "0.0.0.0"),
        (200, "127.0.0.1"),
        (200, &long),
        (200, &many),
    ] {
        echo.reply(status, "text/plain", body);
        let run = bench.run(&["--once"]);
        let shown: String = body.chars().take(60).collect();
        assert_eq!(run.code, 69, "{status} {shown}: {}", run.stdout);
    }
    echo.answer(OTHER);
    for kind in [FaultKind::Endless, FaultKind::CutOff, FaultKind::Garbage] {
        bench
            .sandbox
            .fault(Fault::new(Service::Echo(1), "", kind.clone()).always());
        let run = bench.run(&["--once"]);
        assert_eq!(run.code, 69, "{kind:?}: {}", run.stdout);
        bench.sandbox.clear_faults();
    }
    assert_eq!(bench.requests(), 0);
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(bench.at_domeneshop("home", "A"), [OTHER]);
}

/// The addresses that the state file says were confirmed, of the one host there is.
fn confirmed(bench: &TestEnv) -> Value {
    let text = fs::read_to_string(bench.dir.path().join("state/state.json")).unwrap();
    let state: Value = serde_json::from_str(&text).unwrap();
    let accounts = state["state"]["accounts"].as_object().unwrap();
    let account = accounts.values().next().unwrap();
    let targets = account["targets"].as_object().unwrap();
    targets.values().next().unwrap()["confirmed"]["addrs"].clone()
}

/// Plays a round whose write fails.
#[track_caller]
fn fails_to_write(bench: &TestEnv, text: &str, fault: Fault, there: impl Fn() -> Vec<String>) {
    let shown = format!("{fault:?}");
    bench.config(text);
    bench.run(&["--once"]).assert_exit(0);
    bench.address(OTHER);
    bench.sandbox.fault(fault.always());
    let run = bench.run(&["--once"]);
    assert!(
        matches!(run.code, 75 | 77),
        "{shown}: {} {}",
        run.code,
        run.stdout
    );
    assert!(
        !run.stdout.contains("changed from"),
        "{shown}: {}",
        run.stdout
    );
    assert_eq!(there(), [ADDRESS], "{shown}");
    assert_eq!(confirmed(bench), serde_json::json!([ADDRESS]), "{shown}");
    // Whoever lifts the hold finds it still to be done.
    bench.sandbox.clear_faults();
    fs::remove_dir_all(bench.dir.path().join("state")).unwrap();
    let run = bench.run(&["--once"]).assert_exit(0);
    assert!(
        run.stdout.contains("changed from"),
        "{shown}: {}",
        run.stdout
    );
}

#[test]
fn a_failed_write_at_domeneshop_is_never_taken_for_a_success() {
    for (ttl, write) in [("", "dyndns"), ("ttl = 300", "PUT")] {
        let host = format!("[[domeneshop.host]]\nname = \"home.example.com\"\n{ttl}\n");
        for status in [200, 302, 400, 401, 403, 404, 409, 429, 500, 503] {
            let bench = TestEnv::new();
            let text = bench.head() + &bench.domeneshop(&host);
            let kind = FaultKind::Status(status, "good 84.212.99.99".into());
            let fault = Fault::new(Service::Domeneshop, write, kind);
            fails_to_write(&bench, &text, fault, || bench.at_domeneshop("home", "A"));
        }
    }
}

#[test]
fn a_failed_write_at_dnspod_is_never_taken_for_a_success() {
    let site = Site::International;
    for code in [
        "-1", "-2", "-3", "-7", "-8", "-99", "2", "3", "6", "7", "8", "10", "21", "22", "26", "34",
        "50", "83", "85", "104", "500025", "424242",
    ] {
        let bench = TestEnv::new();
        let text = bench.head() + &bench.dnspod(site, "hosts = [\"home.example.org\"]");
        let fault = Fault::new(
            Service::DnsPod(site),
            "Record.Modify",
            FaultKind::Code(code.into()),
        );
        fails_to_write(&bench, &text, fault, || {
            bench.at_dnspod(site, "example.org", "home", "A")
        });
    }
}

/// Names that resemble ours in every way a careless comparison falls for.
const LOOKALIKES: [&str; 9] = [
    "@",
    "homer",
    "xhome",
    "home2",
    "home.home",
    "*.home",
    "bcher",
    "xn--bcher-kva2",
    "x.xn--bcher-kva",
];

#[test]
fn names_in_mixed_case_international_or_wild_match_their_own_records_only() {
    let bench = TestEnv::new();
    let (shop, pod) = (
        bench.sandbox.domeneshop(),
        bench.sandbox.dnspod(Site::International),
    );
    for host in LOOKALIKES.iter().chain(&["home", "xn--bcher-kva", "*"]) {
        shop.add("example.com", host, "A", "198.51.100.1", None);
        pod.add("example.org", host, "A", "198.51.100.1", None, None);
    }
    let hosts = |zone| format!("hosts = [\"HOME.{zone}\", \"Bücher.{zone}\", \"*.{zone}\"]");
    bench.config(
        &(bench.head()
            + &bench.domeneshop(&hosts("Example.COM"))
            + &bench.dnspod(Site::International, &hosts("example.ORG"))),
    );
    bench.run(&["--once"]).assert_exit(0);
    bench.address(OTHER);
    bench.run(&["--once"]).assert_exit(0);
    let at = |host: &str| {
        [
            bench.at_domeneshop(host, "A"),
            bench.at_dnspod(Site::International, "example.org", host, "A"),
        ]
    };
    for host in ["home", "xn--bcher-kva", "*"] {
        assert_eq!(at(host), [[OTHER], [OTHER]], "{host}");
    }
    for host in LOOKALIKES {
        assert_eq!(at(host), [["198.51.100.1"], ["198.51.100.1"]], "{host}");
    }
    let all = shop.records("example.com").len() + pod.records("example.org").len();
    // DNSPod's zone has two records of its own.
    assert_eq!(all, 12 + 12 + 2, "nothing was added");
}

#[test]
fn a_recovery_message_follows_each_failure_message() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = bench.daemon(&[]);
    wait_until("the record", || {
        daemon.log().contains("84.212.10.20: changed from none")
    });
    let count = |words: &str| daemon.log().matches(words).count();
    for turn in 1..=3 {
        let down = FaultKind::Status(503, String::new());
        bench
            .sandbox
            .fault(Fault::new(Service::Domeneshop, "/", down).always());
        daemon.signal("USR1");
        wait_until("the failure", || count("Domeneshop failed on") == turn);
        bench.sandbox.clear_faults();
        daemon.signal("USR1");
        wait_until("the recovery", || count("right again") == turn);
    }
    assert!(bench.sandbox.settle(Duration::from_secs(10)));
    assert_eq!(
        count("Domeneshop failed on"),
        3,
        "each failure is said once"
    );
}
