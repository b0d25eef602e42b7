//! A state that cannot be saved: the provider's list decides, nothing is written for nothing, and it is said
//! (L10).

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, chown},
    path::PathBuf,
};

use sandbox::Site;

use crate::{
    bad_input::unprivileged,
    common::{ADDRESS, OTHER, Run, TestEnv, finish, wait_until},
};

const NOBODY: u32 = 65_534;

/// A host at each provider.
fn both() -> TestEnv {
    let bench = TestEnv::new();
    let shop = bench.domeneshop("hosts = [\"home.example.com\"]");
    let pod = bench.dnspod(Site::International, "hosts = [\"home.example.org\"]");
    bench.config(&(bench.head() + &shop + &pod));
    bench
}

fn stands(bench: &TestEnv) -> [Vec<String>; 2] {
    [
        bench.at_domeneshop("home", "A"),
        bench.at_dnspod(Site::International, "example.org", "home", "A"),
    ]
}

/// Requests that write.
fn writes(bench: &TestEnv) -> usize {
    let log = bench.sandbox.log();
    let writes = |path: &str| {
        ["/dyndns/update", "/Record.Modify", "/Record.Create"]
            .iter()
            .any(|it| path.ends_with(it))
    };
    log.iter().filter(|it| writes(&it.path)).count()
}

/// Nothing can be saved from now on: the name of the file that is written first is taken.
fn block(bench: &TestEnv) -> PathBuf {
    let taken = bench.dir.path().join("state/state.json.new");
    fs::create_dir(&taken).unwrap();
    taken
}

/// Rounds from cron with that address: what becomes of it, and that each of them says what is wrong.
#[track_caller]
fn rounds(bench: &TestEnv, address: &str, play: impl Fn() -> Run) {
    bench.address(address);
    for turn in 0..3 {
        bench.sandbox.clear_log();
        let run = play().assert_exit(0);
        let said = run.json();
        let outcome = ["changed", "unchanged"][usize::from(turn > 0)];
        for host in said["hosts"].as_array().unwrap() {
            assert_eq!(host["outcome"], outcome, "{host}");
        }
        let state = said["state"].as_str().unwrap();
        assert!(state.contains("cannot be saved ("), "{state}");
        assert!(state.contains("begins with the provider's list"), "{state}");
        assert_eq!(stands(bench), [[address], [address]]);
        assert_eq!(writes(bench), if turn == 0 { 2 } else { 0 }, "turn {turn}");
    }
}

#[test]
fn l10_where_nothing_can_be_saved_no_write_is_repeated_and_no_stale_state_is_believed() {
    let bench = both();
    let once = || bench.run(&["--once", "--json"]);
    once().assert_exit(0);
    let taken = block(&bench);
    rounds(&bench, OTHER, once);
    rounds(&bench, ADDRESS, once);
    rounds(&bench, OTHER, once);
    let run = bench.run(&["--once"]).assert_exit(0);
    assert!(run.stdout.contains("cannot be saved"), "{}", run.stdout);
    // What is in the file is from before; it can be saved again, and is not believed all the same.
    fs::remove_dir(taken).unwrap();
    bench.address(ADDRESS);
    let said = once().assert_exit(0).json();
    assert_eq!(said["state"], serde_json::Value::Null);
    assert_eq!(stands(&bench), [[ADDRESS], [ADDRESS]]);
    bench.sandbox.clear_log();
    once().assert_exit(0);
    assert_eq!(bench.requests(), 0, "from now on it is");
}

#[test]
fn l10_a_state_directory_that_became_somebody_elses_is_not_believed_then_nor_when_it_is_ours_again()
{
    if !rustix::process::geteuid().is_root() {
        crate::process::say_skipped("this takes root, who alone can give files away");
        return;
    }
    let bench = both();
    let once = || finish(unprivileged(&bench, &["--once", "--json"]));
    let state = bench.dir.path().join("state");
    let mode = |bits| fs::set_permissions(&state, Permissions::from_mode(bits)).unwrap();
    fs::create_dir(&state).unwrap();
    chown(&state, Some(NOBODY), Some(NOBODY)).unwrap();
    once().assert_exit(0);
    // It can be read there, and not written.
    mode(0o555);
    rounds(&bench, OTHER, once);
    // What is in the file is from before.
    mode(0o755);
    bench.address(ADDRESS);
    once().assert_exit(0);
    assert_eq!(stands(&bench), [[ADDRESS], [ADDRESS]]);
    // It cannot even be read.
    chown(&state, Some(0), Some(0)).unwrap();
    chown(state.join("state.json"), Some(0), Some(0)).unwrap();
    rounds(&bench, OTHER, once);
}

#[test]
fn l10_without_a_state_directory_each_run_asks_and_none_writes_for_nothing() {
    let bench = both();
    let text = fs::read_to_string(bench.dir.path().join("config.toml")).unwrap();
    // Below a file there is no directory.
    bench.config(&text.replace("/state\"", "/address/state\""));
    let once = || bench.run(&["--once", "--json"]);
    rounds(&bench, ADDRESS, once);
    rounds(&bench, OTHER, once);
}

#[test]
fn l10_a_daemon_whose_state_cannot_be_saved_is_right_says_so_and_asks_once() {
    let bench = both();
    bench.run(&["--once"]).assert_exit(0);
    let _taken = block(&bench);
    bench.address(OTHER);
    bench.run(&["--once"]).assert_exit(0);
    bench.address(ADDRESS);
    let daemon = bench.daemon(&[]);
    wait_until("a healthy daemon", || bench.run(&["health"]).code == 0);
    assert_eq!(stands(&bench), [[ADDRESS], [ADDRESS]], "{}", daemon.log());
    let health = bench.run(&["health"]).assert_exit(0);
    assert!(health.stdout.starts_with("healthy\n"), "{}", health.stdout);
    for said in [
        health.stdout,
        bench.run(&["status"]).stdout,
        bench.run(&["status", "--json"]).json()["state"].to_string(),
        bench.run(&["health", "--json"]).json()["state"].to_string(),
        daemon.log(),
    ] {
        assert!(said.contains("cannot be saved ("), "{said}");
        assert!(said.contains("begins with the provider's list"), "{said}");
    }
    // What it has confirmed itself it knows.
    bench.sandbox.clear_log();
    bench.address(OTHER);
    wait_until("the change", || stands(&bench) == [[OTHER], [OTHER]]);
    let log = bench.sandbox.log();
    let lists = log.iter().filter(|it| it.path.ends_with("/dns"));
    assert_eq!(lists.count(), 0, "a push needs no list");
}
