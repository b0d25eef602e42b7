//! The daemon: signals, state, threads, status.

use std::{fs, time::Duration};

use crate::common::{ADDRESS, OTHER, TestEnv, wait_until};
use sandbox::{Fault, FaultKind, Service};

fn quick(bench: &TestEnv) -> String {
    "interval = \"1s\"\n".to_owned() + &bench.head()
}

/// A daemon whose first round is over.
fn started(bench: &TestEnv) -> crate::common::RunningDaemon {
    let daemon = bench.daemon(&[]);
    wait_until("a healthy daemon", || bench.run(&["health"]).code == 0);
    daemon
}

#[test]
fn term_and_int_end_a_daemon_with_0_and_its_state_saved() {
    for signal in ["TERM", "INT"] {
        let bench = TestEnv::new();
        bench.simple();
        let mut daemon = started(&bench);
        daemon.signal(signal);
        let (code, took) = daemon.end();
        assert_eq!(code, Some(0), "{signal}: {}", daemon.log());
        assert!(took < Duration::from_secs(5), "{signal}: {took:?}");
        let state = fs::read_to_string(bench.dir.path().join("state/state.json")).unwrap();
        assert!(state.contains(ADDRESS));
        assert!(!bench.dir.path().join("state/status.sock").exists());
    }
}

#[test]
fn a_daemon_in_the_middle_of_a_hanging_request_ends_in_time() {
    let bench = TestEnv::new();
    bench.config(
        &(bench.head().replace("\"2s\"", "\"60s\"")
            + &bench.domeneshop("hosts = [\"home.example.com\"]")),
    );
    bench
        .sandbox
        .fault(Fault::new(Service::Domeneshop, "/", FaultKind::Hang).always());
    let mut daemon = bench.daemon(&[]);
    assert!(
        bench
            .sandbox
            .wait_for(Service::Domeneshop, 1, Duration::from_secs(20))
    );
    daemon.signal("TERM");
    let (code, took) = daemon.end();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(1), "{took:?}");
    let log = daemon.log();
    assert!(log.contains("in the middle of a round"), "{log}");
}

#[test]
fn usr1_starts_a_full_round_against_the_provider() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = started(&bench);
    bench.sandbox.clear_log();
    let records = bench.sandbox.domeneshop().records("example.com");
    let id = records.iter().find(|it| it["host"] == "home").unwrap()["id"]
        .as_u64()
        .unwrap();
    bench.sandbox.domeneshop().set("example.com", id, "9.9.9.9");
    daemon.signal("USR1");
    wait_until("the repair", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
}

#[test]
fn hup_takes_over_a_good_configuration_and_keeps_the_old_one_from_a_bad_one() {
    let bench = TestEnv::new();
    let text = |host: &str| quick(&bench) + &bench.domeneshop(&format!("hosts = [\"{host}\"]"));
    bench.config(&text("home.example.com"));
    let daemon = started(&bench);
    bench.config("intervall = 1");
    daemon.signal("HUP");
    wait_until("the complaint", || {
        daemon.log().contains("the old one stays")
    });
    assert!(daemon.log().contains("did you mean `interval`"));
    bench.address(OTHER);
    wait_until("the old one at work", || {
        bench.at_domeneshop("home", "A") == [OTHER]
    });
    bench.config(&text("www.example.com"));
    daemon.signal("HUP");
    wait_until("the new one at work", || {
        bench.at_domeneshop("www", "A") == [OTHER]
    });
}

#[test]
fn a_changed_address_is_there_after_the_next_check() {
    let bench = TestEnv::new();
    // Nothing says when a command's answer changes.
    let by_command = quick(&bench).replace("file:", "command:cat ");
    bench.config(&(by_command + &bench.domeneshop("hosts = [\"home.example.com\"]")));
    let _daemon = started(&bench);
    bench.address(OTHER);
    wait_until("the change", || bench.at_domeneshop("home", "A") == [OTHER]);
}

#[test]
fn a_file_that_is_written_or_replaced_acts_at_once() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = started(&bench);
    bench.address(OTHER);
    wait_until("the change", || bench.at_domeneshop("home", "A") == [OTHER]);
    let beside = bench.dir.path().join("address.new");
    fs::write(&beside, ADDRESS).unwrap();
    fs::rename(&beside, bench.dir.path().join("address")).unwrap();
    wait_until("the replaced file", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    assert!(!daemon.log().contains("cannot be watched"));
}

#[test]
fn a_file_that_comes_with_its_directory_is_read_and_watched_from_then_on() {
    let bench = TestEnv::new();
    let text = quick(&bench) + &bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&text.replace("/address\"", "/later/address\""));
    let daemon = bench.daemon(&[]);
    wait_until("the complaint", || {
        daemon.log().contains("cannot be watched")
    });
    let later = bench.dir.path().join("later");
    fs::create_dir(&later).unwrap();
    fs::write(later.join("address"), ADDRESS).unwrap();
    wait_until("the record", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    wait_until("the end of the complaint", || {
        daemon.log().contains("is watched again")
    });
    assert_eq!(daemon.log().matches("cannot be watched").count(), 1);
}

#[test]
fn hup_makes_another_file_the_watched_one() {
    let bench = TestEnv::new();
    let config = bench.simple();
    let daemon = started(&bench);
    fs::write(bench.dir.path().join("other"), ADDRESS).unwrap();
    let text = fs::read_to_string(&config).unwrap();
    bench.config(&text.replace("/address\"", "/other\""));
    daemon.signal("HUP");
    wait_until("the new configuration", || {
        daemon.log().contains("is in force")
    });
    fs::write(bench.dir.path().join("other"), OTHER).unwrap();
    wait_until("the change", || bench.at_domeneshop("home", "A") == [OTHER]);
}

#[test]
fn a_daemon_recovers_alone_when_its_provider_does() {
    let bench = TestEnv::new();
    bench.config(&(quick(&bench) + &bench.domeneshop("hosts = [\"home.example.com\"]")));
    let down = FaultKind::Status(503, String::new());
    bench
        .sandbox
        .fault(Fault::new(Service::Domeneshop, "/", down).times(1));
    let daemon = bench.daemon(&[]);
    wait_until("the failure", || {
        daemon.log().contains("Domeneshop failed on")
    });
    assert_eq!(bench.run(&["health"]).code, 1);
    wait_until("the recovery", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    wait_until("health", || bench.run(&["health"]).code == 0);
}

#[test]
fn a_daemon_without_an_address_waits_and_is_right_soon_after_one_arrives() {
    let bench = TestEnv::new();
    bench.address("");
    bench.simple();
    let daemon = bench.daemon(&[]);
    wait_until("the complaint", || {
        daemon.log().contains("could not be found out")
    });
    assert_eq!(bench.requests(), 0);
    bench.address(ADDRESS);
    wait_until("the record", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
}

#[test]
fn there_is_one_thread_and_no_open_connection_between_rounds() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = started(&bench);
    let process = format!("/proc/{}", daemon.child.id());
    let threads = fs::read_dir(format!("{process}/task")).unwrap().count();
    assert_eq!(threads, 1);
    wait_until("closed connections", || open_connections(&process) == 0);
}

/// Established TCP connections among the process's sockets.
fn open_connections(process: &str) -> usize {
    let sockets: Vec<_> = fs::read_dir(format!("{process}/fd"))
        .unwrap()
        .filter_map(|it| fs::read_link(it.ok()?.path()).ok())
        .filter_map(|it| {
            Some(
                it.to_str()?
                    .strip_prefix("socket:[")?
                    .strip_suffix(']')?
                    .to_owned(),
            )
        })
        .collect();
    let table = fs::read_to_string(format!("{process}/net/tcp")).unwrap();
    let established = table
        .lines()
        .filter(|line| line.split_whitespace().nth(3) == Some("01"));
    established
        .filter(|line| {
            let inode = line.split_whitespace().nth(9).unwrap_or_default();
            sockets.iter().any(|it| it == inode)
        })
        .count()
}

#[test]
fn a_second_instance_is_refused_with_75_and_a_reason() {
    let bench = TestEnv::new();
    bench.simple();
    let _daemon = started(&bench);
    for args in [&["--once"][..], &["run"]] {
        let run = bench.run(args).assert_exit(75);
        assert!(
            run.stderr.contains("another moored is running"),
            "{}",
            run.stderr
        );
    }
    bench.run(&["plan"]).assert_exit(0);
    bench.run(&["detect"]).assert_exit(0);
}

#[test]
fn status_shows_each_host_with_its_address_and_the_next_check() {
    let bench = TestEnv::new();
    bench.simple();
    let _daemon = started(&bench);
    let run = bench.run(&["status"]).assert_exit(0);
    assert!(
        run.stdout.contains("home.example.com A  84.212.10.20 for"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("next in"), "{}", run.stdout);
    let status = bench.run(&["status", "--json"]).assert_exit(0).json();
    assert_eq!(status["healthy"], true);
    assert_eq!(status["hosts"][0]["addresses"][0], ADDRESS);
}

#[test]
fn health_tells_the_truth_while_a_provider_refuses() {
    let bench = TestEnv::new();
    let text = bench.head() + &bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&text.replace(crate::common::SECRET, "wrong"));
    let daemon = bench.daemon(&[]);
    wait_until("the refusal", || {
        daemon.log().contains("refuses the token or secret")
    });
    wait_until("the truth", || {
        bench.run(&["health"]).stdout.contains("refuses the token")
    });
    bench.run(&["health"]).assert_exit(1);
}

#[test]
fn a_dry_run_beside_the_daemon_answers_nobody_in_its_place() {
    let bench = TestEnv::new();
    bench.simple();
    let _daemon = started(&bench);
    let before = fs::read(bench.dir.path().join("state/state.json")).unwrap();
    let mut dry = bench.daemon(&["run", "--dry-run"]);
    wait_until("the dry run", || dry.log().contains("started"));
    dry.signal("HUP");
    wait_until("its new configuration", || {
        dry.log().contains("is in force")
    });
    dry.signal("TERM");
    assert_eq!(dry.end().0, Some(0));
    bench.run(&["health"]).assert_exit(0);
    assert_eq!(
        fs::read(bench.dir.path().join("state/state.json")).unwrap(),
        before
    );
}

#[test]
fn a_single_round_stops_in_time_too() {
    let bench = TestEnv::new();
    let slow = bench.head().replace("\"2s\"", "\"60s\"");
    bench.config(&(slow + &bench.domeneshop("hosts = [\"home.example.com\"]")));
    bench
        .sandbox
        .fault(Fault::new(Service::Domeneshop, "/", FaultKind::Hang).always());
    let mut once = bench.daemon(&["--once"]);
    assert!(
        bench
            .sandbox
            .wait_for(Service::Domeneshop, 1, Duration::from_secs(20))
    );
    once.signal("TERM");
    let (code, took) = once.end();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(1), "{took:?}");
    let log = once.log();
    assert!(log.contains("stopped before it was done"), "{log}");
}
