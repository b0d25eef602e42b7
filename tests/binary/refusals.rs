//! After refused credentials (L4): what lifts the hold, and that nothing else does.

use std::fs;

use sandbox::{Fault, FaultKind, Service, Site};

use crate::common::{ADDRESS, LOGIN, OTHER, RunningDaemon, SECRET, TestEnv, wait_until};

/// A configuration of one host at Domeneshop, its secret in a file.
fn secret_in_a_file(bench: &TestEnv, secret: &str) {
    write_secret(bench, secret);
    let file = bench.dir.path().join("secret");
    let inline = format!("secret = \"{SECRET}\"");
    let text = bench.head() + &bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&text.replace(&inline, &format!("secret_file = \"{}\"", file.display())));
}

fn write_secret(bench: &TestEnv, secret: &str) {
    use std::os::unix::fs::PermissionsExt;
    let file = bench.dir.path().join("secret");
    fs::write(&file, secret).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A daemon whose credentials were refused.
fn refused_daemon(bench: &TestEnv) -> RunningDaemon {
    let daemon = bench.daemon(&[]);
    wait_until("the refusal", || {
        bench.run(&["status"]).stdout.contains("refuses the token")
    });
    daemon
}

#[test]
fn a_corrected_secret_lifts_the_hold_at_a_reload() {
    let bench = TestEnv::new();
    secret_in_a_file(&bench, "wrong");
    let daemon = refused_daemon(&bench);
    write_secret(&bench, SECRET);
    daemon.signal("HUP");
    wait_until("the address", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
}

#[test]
fn a_corrected_secret_lifts_the_hold_of_an_earlier_check_at_a_reload_and_at_a_restart() {
    let bench = TestEnv::new();
    secret_in_a_file(&bench, "wrong");
    bench.run(&["check"]).assert_exit(77);
    let daemon = refused_daemon(&bench);
    write_secret(&bench, SECRET);
    daemon.signal("HUP");
    wait_until("the address", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });

    let bench = TestEnv::new();
    secret_in_a_file(&bench, "wrong");
    bench.run(&["check"]).assert_exit(77);
    write_secret(&bench, SECRET);
    bench.run(&["--once"]).assert_exit(0);
}

/// What a person can do, as every message of a refusal says.
const ADVICE: &str =
    "mend it at the provider and run `moored check`, or change the secret and reload";

/// The service takes no credentials from now on, or the right ones again.
fn refuse(bench: &TestEnv, refuses: bool) {
    bench.sandbox.clear_faults();
    if refuses {
        let body = r#"{"code":"authentication:failed"}"#.to_owned();
        let fault = Fault::new(Service::Domeneshop, "/", FaultKind::Status(401, body));
        bench.sandbox.fault(fault.always());
    }
}

/// What the state remembers of `moored check` is as old as this many seconds more.
fn age_probes(bench: &TestEnv, seconds: i64) {
    let path = bench.dir.path().join("state/state.json");
    let mut state: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let probes = state["state"]["probes"].as_object_mut().unwrap();
    assert!(!probes.is_empty());
    for at in probes.values_mut() {
        *at = (at.as_i64().unwrap() - seconds * 1_000).into();
    }
    fs::write(&path, state.to_string()).unwrap();
}

#[test]
fn every_message_of_a_refusal_says_what_lifts_the_hold() {
    let bench = TestEnv::new();
    bench.simple();
    refuse(&bench, true);
    for args in [
        &["--once"][..],
        &["--once"],
        &["plan"],
        &["check"],
        &["check"],
        &["--once", "--json"],
        &["check", "--json"],
    ] {
        let run = bench.run(args).assert_exit(77);
        assert!(run.stdout.contains(ADVICE), "{args:?}: {}", run.stdout);
    }
    for args in [
        &["records", "domeneshop", "list"][..],
        &["api", "domeneshop", "domains.list"],
    ] {
        let run = bench.run(args).assert_exit(77);
        assert!(run.stderr.contains(ADVICE), "{args:?}: {}", run.stderr);
    }
    let daemon = refused_daemon(&bench);
    assert!(daemon.log().contains(ADVICE), "{}", daemon.log());
    assert!(bench.run(&["status"]).stdout.contains(ADVICE));
}

#[test]
fn l4_a_check_asks_a_refused_account_once_a_minute_and_nobody_else_does() {
    let bench = TestEnv::new();
    bench.simple();
    refuse(&bench, true);
    bench.run(&["--once"]).assert_exit(77);
    let refused = bench.requests();
    bench.run(&["--once"]).assert_exit(77);
    bench.run(&["plan"]).assert_exit(77);
    assert_eq!(bench.requests(), refused);
    bench.run(&["check"]).assert_exit(77);
    assert_eq!(bench.requests(), refused + 1);
    for _ in 0..5 {
        let run = bench.run(&["check"]).assert_exit(77);
        assert!(
            run.stdout.contains("at most once a minute"),
            "{}",
            run.stdout
        );
    }
    assert_eq!(bench.requests(), refused + 1);
    age_probes(&bench, 61);
    bench.run(&["check"]).assert_exit(77);
    assert_eq!(bench.requests(), refused + 2);
    // Many at once are one.
    age_probes(&bench, 61);
    let checks: Vec<_> = (0..8)
        .map(|_| bench.command(&["check"]).spawn().unwrap())
        .collect();
    for check in checks {
        assert_eq!(check.wait_with_output().unwrap().status.code(), Some(77));
    }
    assert_eq!(bench.requests(), refused + 3);
    bench.run(&["--once"]).assert_exit(77);
    assert_eq!(bench.requests(), refused + 3);
}

#[test]
fn l4_checks_beside_a_daemon_ask_a_refused_account_once_a_minute_together() {
    let bench = TestEnv::new();
    bench.simple();
    refuse(&bench, true);
    let _daemon = refused_daemon(&bench);
    let refused = bench.requests();
    for _ in 0..5 {
        bench.run(&["check"]).assert_exit(77);
    }
    assert_eq!(bench.requests(), refused + 1);
    // Another secret that the daemon does not know of yet is no second account to try without end.
    let path = bench.dir.path().join("config.toml");
    let text = fs::read_to_string(&path).unwrap().replace(SECRET, "wrong");
    bench.config(&text);
    for _ in 0..5 {
        bench.run(&["check"]).assert_exit(77);
    }
    assert_eq!(bench.requests(), refused + 2);
}

#[test]
fn a_refusal_mended_at_the_provider_is_over_with_a_check_that_succeeds() {
    let bench = TestEnv::new();
    bench.simple();
    refuse(&bench, true);
    bench.run(&["--once"]).assert_exit(77);
    refuse(&bench, false);
    bench.run(&["--once"]).assert_exit(77);
    let run = bench.run(&["check"]).assert_exit(0);
    assert!(run.stdout.contains("accepted again"), "{}", run.stdout);
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
    let run = bench.run(&["check"]).assert_exit(0);
    assert!(!run.stdout.contains("accepted"), "{}", run.stdout);
}

#[test]
fn an_account_refused_by_an_allow_list_is_over_with_a_check_that_succeeds() {
    // What a token that is limited to other addresses is answered is not documented: perhaps this.
    let bench = TestEnv::new();
    bench.simple();
    let body = r#"{"code":"resource:unauthorized"}"#.to_owned();
    let fault = Fault::new(Service::Domeneshop, "/", FaultKind::Status(403, body));
    bench.sandbox.fault(fault.always());
    let run = bench.run(&["--once"]).assert_exit(77);
    assert!(run.stdout.contains(ADVICE), "{}", run.stdout);
    bench.sandbox.clear_faults();
    bench.run(&["--once"]).assert_exit(77);
    bench.run(&["check"]).assert_exit(0);
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
}

#[test]
fn a_check_that_was_refused_alone_is_over_with_a_check_that_succeeds() {
    let bench = TestEnv::new();
    bench.simple();
    refuse(&bench, true);
    bench.run(&["check"]).assert_exit(77);
    refuse(&bench, false);
    // Within the minute it is not asked, and says so.
    let run = bench.run(&["check"]).assert_exit(77);
    assert!(
        run.stdout.contains("at most once a minute"),
        "{}",
        run.stdout
    );
    age_probes(&bench, 61);
    bench.run(&["check"]).assert_exit(0);
    bench.run(&["--once"]).assert_exit(0);
}

#[test]
fn a_check_that_succeeds_lifts_the_running_daemons_hold() {
    let bench = TestEnv::new();
    bench.simple();
    refuse(&bench, true);
    let _daemon = refused_daemon(&bench);
    refuse(&bench, false);
    let run = bench.run(&["check"]).assert_exit(0);
    assert!(
        run.stdout.contains("the running daemon starts a round"),
        "{}",
        run.stdout
    );
    wait_until("the address", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    wait_until("a healthy daemon", || bench.run(&["health"]).code == 0);
    let run = bench.run(&["check"]).assert_exit(0);
    assert!(!run.stdout.contains("daemon"), "{}", run.stdout);
}

#[test]
fn a_check_with_another_secret_says_that_the_daemon_has_to_be_reloaded_and_lifts_nothing() {
    let bench = TestEnv::new();
    secret_in_a_file(&bench, "wrong");
    let daemon = refused_daemon(&bench);
    write_secret(&bench, SECRET);
    let run = bench.run(&["check"]).assert_exit(0);
    assert!(
        run.stdout
            .contains("another secret or configuration: reload it"),
        "{}",
        run.stdout
    );
    let before = bench.requests();
    bench.run(&["poke"]).assert_exit(0);
    wait_until("the round", || daemon.log().contains("poked"));
    assert!(bench.run(&["status"]).stdout.contains("refuses the token"));
    assert_eq!(bench.requests(), before);
    daemon.signal("HUP");
    wait_until("the address", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
}

#[test]
fn a_check_never_lifts_what_the_provider_asked_to_wait_for() {
    let bench = TestEnv::new();
    bench.simple();
    let wait = Fault::new(
        Service::Domeneshop,
        "/",
        FaultKind::Status(429, String::new()),
    );
    bench.sandbox.fault(wait.always());
    bench.run(&["--once"]).assert_exit(75);
    bench.sandbox.clear_faults();
    let before = bench.requests();
    bench.run(&["check"]).assert_exit(75);
    assert_eq!(bench.requests(), before);
}

#[test]
fn a_corrected_token_of_dnspod_lifts_the_hold_at_a_reload_and_at_a_restart() {
    for (site, zone) in [
        (Site::International, "example.org"),
        (Site::China, "example.cn"),
    ] {
        let bench = TestEnv::new();
        let good = bench.head() + &bench.dnspod(site, &format!("hosts = [\"home.{zone}\"]"));
        bench.config(&good.replace(LOGIN, "12345,wrong"));
        bench.run(&["check"]).assert_exit(77);
        let mut daemon = bench.daemon(&[]);
        wait_until("the refusal", || {
            bench.run(&["status"]).stdout.contains("refuses the token")
        });
        bench.config(&good);
        daemon.signal("HUP");
        let is_right = || bench.at_dnspod(site, zone, "home", "A") == [ADDRESS];
        wait_until("the address", is_right);
        bench.config(&good.replace(LOGIN, "12345,wrong"));
        daemon.signal("HUP");
        daemon.signal("USR1");
        wait_until("the refusal", || {
            bench.run(&["status"]).stdout.contains("refuses the token")
        });
        daemon.signal("TERM");
        assert_eq!(daemon.end().0, Some(0));
        bench.address(OTHER);
        bench.config(&good);
        bench.run(&["--once"]).assert_exit(0);
        assert_eq!(bench.at_dnspod(site, zone, "home", "A"), [OTHER]);
    }
}
