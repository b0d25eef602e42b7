//! `--once` against the sandbox does what the interface says for every exit code.

use crate::common::{ADDRESS, LOGIN, OTHER, SECRET, TOKEN, TestEnv};
use sandbox::{Fault, FaultKind, Service, Site};

const PROVIDER: Service = Service::Domeneshop;

#[test]
fn right_is_0_changed_or_not() {
    let bench = TestEnv::new();
    bench.simple();
    let run = bench.run(&["--once"]).assert_exit(0);
    assert_eq!(
        run.stdout,
        "home.example.com A  84.212.10.20  changed from none via dyndns (there is no record yet)\n"
    );
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
    let run = bench.run(&["--once", "--verbose"]).assert_exit(0);
    assert_eq!(run.stdout, "home.example.com A  84.212.10.20  unchanged\n");
}

#[test]
fn a_round_that_changes_nothing_says_nothing() {
    let bench = TestEnv::new();
    let hosts = "hosts = [\"home.example.com\", \"www.example.com\"]";
    bench.config(&(bench.head() + &bench.domeneshop(hosts)));
    let run = bench.run(&["--once"]).assert_exit(0);
    assert_eq!(run.stdout.lines().count(), 2, "{}", run.stdout);
    let run = bench.run(&["--once"]).assert_exit(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let run = bench.run(&["--once", "-v"]).assert_exit(0);
    assert_eq!(run.stdout.lines().count(), 2, "{}", run.stdout);
}

#[test]
fn a_round_says_what_failed_once() {
    let bench = TestEnv::new();
    let hosts = "hosts = [\"home.example.com\"]";
    bench.config(&(bench.head() + &bench.domeneshop(hosts)));
    bench.run(&["--once"]).assert_exit(0);
    bench.address(OTHER);
    let down = FaultKind::Status(503, String::new());
    bench
        .sandbox
        .fault(Fault::new(PROVIDER, "/", down).always());
    let run = bench.run(&["--once"]).assert_exit(75);
    assert_eq!(run.stdout.matches("home.example.com").count(), 1);
    assert!(run.stdout.contains("failed"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
    // Whoever asks for the log gets it.
    let run = bench.run(&["--once", "--log", "warn"]).assert_exit(75);
    assert!(run.stderr.contains("home.example.com"));
}

#[test]
fn a_bad_command_line_is_2() {
    let bench = TestEnv::new();
    bench.simple();
    for args in [
        &["--onec"][..],
        &["--once", "plan"],
        &["plans"],
        &["--log", "loud", "--once"],
    ] {
        let run = bench.run(args).assert_exit(2);
        assert!(!run.stderr.is_empty(), "{args:?}");
    }
    let run = bench.run(&["--onec"]);
    assert!(
        run.stderr.contains("--once"),
        "it suggests what was meant: {}",
        run.stderr
    );
    assert_eq!(bench.requests(), 0);
    bench.run(&["--help"]).assert_exit(0);
    bench.run(&["--version"]).assert_exit(0);
}

#[test]
fn an_address_that_cannot_be_found_out_is_69_and_changes_nothing() {
    let bench = TestEnv::new();
    bench.simple();
    for broken in [
        "",
        "<html>84.212.10.20</html>",
        "192.168.1.5",
        "2a01::1",
        "84.212.10.20 x",
    ] {
        bench.address(broken);
        let run = bench.run(&["--once"]).assert_exit(69);
        assert!(
            run.stdout.contains("could not be found out"),
            "{}",
            run.stdout
        );
        assert_eq!(bench.requests(), 0, "{broken}");
    }
}

#[test]
fn a_provider_in_trouble_is_75_and_the_next_run_mends_it() {
    for kind in [
        FaultKind::Status(500, "oops".into()),
        FaultKind::Garbage,
        FaultKind::Drop,
        FaultKind::Truncate,
        FaultKind::CutOff,
        FaultKind::Hang,
        FaultKind::Endless,
        FaultKind::LoseAnswer,
    ] {
        let bench = TestEnv::new();
        bench.simple();
        for path in ["/domains", "/dyndns/update"] {
            let shown = format!("{kind:?} on {path}");
            bench
                .sandbox
                .fault(Fault::new(PROVIDER, path, kind.clone()));
            let run = bench.run(&["--once"]);
            // An answer without a body, which an update's is, has nothing to be cut.
            let whole =
                path == "/dyndns/update" && matches!(kind, FaultKind::Truncate | FaultKind::CutOff);
            let code = if whole { 0 } else { 75 };
            assert_eq!(run.code, code, "{shown}: {}{}", run.stdout, run.stderr);
            bench.sandbox.clear_faults();
        }
        bench.run(&["--once"]).assert_exit(0);
        assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS], "{kind:?}");
    }
}

#[test]
fn being_asked_to_wait_is_75_and_binds_the_next_run() {
    let bench = TestEnv::new();
    bench.simple();
    let wait = FaultKind::RetryAfter(429, "120".into());
    bench.sandbox.fault(Fault::new(PROVIDER, "/domains", wait));
    bench.run(&["--once"]).assert_exit(75);
    let requests = bench.requests();
    let run = bench.run(&["--once"]).assert_exit(75);
    assert!(run.stdout.contains("waiting "), "{}", run.stdout);
    assert_eq!(bench.requests(), requests);
}

#[test]
fn refused_credentials_are_77_and_the_account_is_left_alone_until_they_change() {
    let bench = TestEnv::new();
    let good = bench.head() + &bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&good.replace(SECRET, "wrong"));
    let run = bench.run(&["--once"]).assert_exit(77);
    assert!(
        run.stdout.contains("refuses the token or secret"),
        "{}",
        run.stdout
    );
    let requests = bench.requests();
    bench.run(&["--once"]).assert_exit(77);
    bench.run(&["plan"]).assert_exit(77);
    assert_eq!(
        bench.requests(),
        requests,
        "not one more request with the refused secret"
    );
    bench.config(&good);
    bench.run(&["--once"]).assert_exit(0);
}

#[test]
fn a_host_in_no_zone_is_77_and_holds_up_nobody() {
    let bench = TestEnv::new();
    let hosts = "hosts = [\"home.example.com\", \"home.example.net\"]";
    bench.config(&(bench.head() + &bench.domeneshop(hosts)));
    let run = bench.run(&["--once"]).assert_exit(77);
    assert!(
        run.stdout
            .contains("no zone of account `domeneshop` holds home.example.net"),
        "{}",
        run.stdout
    );
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
}

#[test]
fn a_refused_dnspod_token_is_77() {
    let bench = TestEnv::new();
    let text = bench.head() + &bench.dnspod(Site::International, "hosts = [\"home.example.org\"]");
    bench.config(&text.replace(LOGIN, "12345,wrong"));
    let run = bench.run(&["--once"]).assert_exit(77);
    assert!(
        run.stdout.contains("1000"),
        "the code is named: {}",
        run.stdout
    );
}

#[test]
fn a_wrong_configuration_is_78_and_every_problem_is_printed() {
    let bench = TestEnv::new();
    bench.config("intervall = \"5m\"\n[[domeneshop]]\ntoken = \"t\"\nhosts = [\"localhost\"]\n");
    let run = bench.run(&["--once"]).assert_exit(78);
    for (place, what) in [
        (":1:1:", "did you mean `interval`"),
        (":4:", "localhost"),
        (":2:", "secret"),
    ] {
        let line = run.stderr.lines().find(|it| it.contains(what));
        assert!(
            line.is_some_and(|it| it.contains(place)),
            "{what}: {}",
            run.stderr
        );
    }
    assert_eq!(bench.requests(), 0);
}

#[test]
fn check_offline_is_about_the_configuration_alone() {
    let bench = TestEnv::new();
    let good =
        bench.head() + &bench.domeneshop("hosts = [\"home.example.com\", \"a.example.net\"]");
    bench.config(&good.replace(TOKEN, "wrong"));
    let run = bench.run(&["check", "--offline"]).assert_exit(0);
    let said = "the configuration can be used: 2 hosts in 1 account; nobody was asked\n";
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (said, ""));
    let run = bench.run(&["check", "--offline", "--json"]).assert_exit(0);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(said["hosts"][1]["host"], "home.example.com");
    bench.config(&good.replace("hosts =", "hots ="));
    let run = bench.run(&["check", "--offline"]).assert_exit(78);
    assert!(
        run.stderr.contains("did you mean `hosts`"),
        "{}",
        run.stderr
    );
    assert_eq!(bench.requests(), 0);
}

#[test]
fn a_missing_configuration_is_78() {
    let bench = TestEnv::new();
    let run = bench.run(&["--once"]).assert_exit(78);
    assert!(run.stderr.contains("could not be read"), "{}", run.stderr);
    let mut command = bench.command(&["--once"]);
    command.env_remove("MOORED_CONFIG");
    let run = crate::common::finish(command).assert_exit(78);
    assert!(
        run.stderr.contains("there is no configuration"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_worst_wins() {
    let bench = TestEnv::new();
    let hosts = "hosts = [\"home.example.org\"]";
    let text = bench.head()
        + &bench.domeneshop("hosts = [\"home.example.com\"]")
        + &bench.dnspod(Site::International, hosts);
    bench.config(&text);
    let broken = FaultKind::Status(500, String::new());
    bench
        .sandbox
        .fault(Fault::new(PROVIDER, "/", broken).always());
    let refused = FaultKind::Code("10002".into());
    let dnspod = Service::DnsPod(Site::International);
    bench
        .sandbox
        .fault(Fault::new(dnspod, "/", refused).always());
    bench.run(&["--once"]).assert_exit(77);
}

#[test]
fn plan_says_10_for_pending_changes_only_if_asked() {
    let bench = TestEnv::new();
    bench.simple();
    bench.run(&["plan"]).assert_exit(0);
    bench.run(&["plan", "--exit-code"]).assert_exit(10);
    assert_eq!(
        bench.at_domeneshop("home", "A").len(),
        0,
        "planning changes nothing"
    );
    bench.run(&["--once"]).assert_exit(0);
    bench.run(&["plan", "--exit-code"]).assert_exit(0);
    bench.address(OTHER);
    bench.run(&["--once", "--dry-run"]).assert_exit(0);
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
}

#[test]
fn without_a_daemon_status_and_health_are_1() {
    let bench = TestEnv::new();
    bench.simple();
    for command in ["status", "health"] {
        let run = bench.run(&[command]).assert_exit(1);
        assert!(run.stdout.contains("no daemon answers"), "{}", run.stdout);
    }
}

#[test]
fn check_names_credentials_and_zone_writes_nothing_and_repeats_no_refusal() {
    let bench = TestEnv::new();
    let good =
        bench.head() + &bench.domeneshop("hosts = [\"home.example.com\", \"a.example.net\"]");
    bench.config(&good);
    let run = bench.run(&["check"]).assert_exit(77);
    assert!(
        run.stdout
            .contains("home.example.com: right: zone example.com"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("a.example.net: account domeneshop: no zone"),
        "{}",
        run.stdout
    );
    bench.config(&good.replace(TOKEN, "wrong"));
    bench.run(&["check"]).assert_exit(77);
    let refused = bench.requests();
    let run = bench.run(&["check"]).assert_exit(77);
    assert!(
        run.stdout.contains("not asked for another 6 h"),
        "{}",
        run.stdout
    );
    assert_eq!(bench.requests(), refused, "one refusal is enough");
    let requests = bench.sandbox.log();
    assert!(
        requests
            .iter()
            .all(|it| it.method == "GET" && !it.path.contains("dyndns"))
    );
}

#[test]
fn health_tells_of_the_daemon_whatever_the_configuration_has_become() {
    let bench = TestEnv::new();
    let path = bench.simple();
    let _daemon = bench.daemon(&[]);
    crate::common::wait_until("health", || bench.run(&["health"]).code == 0);
    let text = std::fs::read_to_string(&path).unwrap();
    let secret = format!("token = \"{TOKEN}\"");
    bench.config(&text.replace(&secret, "token_credential = \"gone\"\nbroken = ["));
    bench.run(&["--once"]).assert_exit(78);
    bench.run(&["health"]).assert_exit(0);
    bench.run(&["status"]).assert_exit(0);
}

#[test]
fn json_says_so_when_another_instance_keeps_the_names() {
    let bench = TestEnv::new();
    bench.simple();
    let _daemon = bench.daemon(&[]);
    crate::common::wait_until("health", || bench.run(&["health"]).code == 0);
    let run = bench.run(&["--once", "--json"]).assert_exit(75);
    assert_eq!(run.json()["exit"], 75);
    assert!(
        run.json()["reason"]
            .as_str()
            .unwrap()
            .contains("another moored is running")
    );
}

#[test]
fn detect_shows_both_families_one_switched_off_or_not() {
    let bench = TestEnv::new();
    bench.simple();
    let seen = bench.run(&["detect", "--json"]).assert_exit(0).json();
    assert_eq!(seen["ipv4"]["state"], "known");
    assert_eq!(seen["ipv4"]["sources"][0]["operator"], "you");
    assert_eq!(seen["ipv6"]["state"], "absent");
}
