//! `moored poke`: a round at once, and an address that is a claim and no more.

use std::{
    fs,
    io::{Read, Write},
    net::Shutdown,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::PathBuf,
};

use serde_json::json;

use crate::common::{ADDRESS, OTHER, RunningDaemon, TestEnv, wait_until};
use sandbox::{Fault, FaultKind, Service};

const LIE: &str = "104.16.1.1";

/// A configuration that asks echo services, the next check being five minutes away.
fn asking(bench: &TestEnv, which: &[u8], confirm: u8) {
    let urls = which
        .iter()
        .map(|n| format!("{:?}", bench.sandbox.echo(*n).url()));
    let urls = urls.collect::<Vec<_>>().join(", ");
    let file = format!(
        "sources = [\"file:{}/address\"]",
        bench.dir.path().display()
    );
    let sources = format!("sources = [{urls}]\nconfirm = {confirm}");
    bench.config(
        &(bench.head().replace(&file, &sources)
            + &bench.domeneshop("hosts = [\"home.example.com\"]")),
    );
    for n in which {
        bench.sandbox.echo(*n).answer(ADDRESS);
    }
}

/// A daemon whose first round is over, and that says what it hears.
fn started(bench: &TestEnv) -> RunningDaemon {
    let daemon = bench.daemon(&["--log", "moored=debug"]);
    wait_until("a healthy daemon", || bench.run(&["health"]).code == 0);
    bench.sandbox.clear_log();
    daemon
}

/// Waits for the end of a round in which a claim was heard; a round is logged when it is over.
fn heard(daemon: &RunningDaemon, claim: &str) {
    wait_until("the claim", || {
        daemon.log().contains(&format!("IPv4: poke says [{claim}]"))
    });
}

fn asked(bench: &TestEnv, which: u8) -> usize {
    bench.sandbox.requests(Service::Echo(which))
}

fn socket(bench: &TestEnv) -> PathBuf {
    bench.dir.path().join("state/poke.sock")
}

#[test]
fn a_poke_starts_a_round_at_once() {
    let bench = TestEnv::new();
    asking(&bench, &[1, 2], 2);
    let daemon = started(&bench);
    for n in [1, 2] {
        bench.sandbox.echo(n).answer(OTHER);
    }
    let run = bench.run(&["poke"]).assert_exit(0);
    assert_eq!(run.stdout, "a round starts at once\n");
    assert_eq!(run.stderr, "");
    wait_until("the change", || bench.at_domeneshop("home", "A") == [OTHER]);
    assert!(daemon.log().contains("poked: a round starts"));
    assert_eq!(
        bench.run(&["poke", "--json"]).assert_exit(0).json(),
        json!({ "poked": true, "ignored": [] })
    );
}

#[test]
fn where_two_must_agree_one_operator_outside_makes_an_address_that_was_said_believable() {
    let bench = TestEnv::new();
    asking(&bench, &[1, 2], 2);
    let _daemon = started(&bench);
    // The second one never hears of it.
    bench.sandbox.echo(1).answer(OTHER);
    let run = bench.run(&["poke", OTHER]).assert_exit(0);
    assert_eq!(
        run.stdout,
        format!(
            "a round starts at once; {OTHER} counts as what one operator says, where those outside are asked\n"
        )
    );
    wait_until("the change", || bench.at_domeneshop("home", "A") == [OTHER]);
    assert_eq!((asked(&bench, 1), asked(&bench, 2)), (1, 0));
}

#[test]
fn where_one_is_enough_an_address_that_was_said_is_believed_and_nobody_is_asked() {
    let bench = TestEnv::new();
    asking(&bench, &[1, 2], 1);
    let _daemon = started(&bench);
    bench.run(&["poke", OTHER]).assert_exit(0);
    wait_until("the change", || bench.at_domeneshop("home", "A") == [OTHER]);
    assert_eq!((asked(&bench, 1), asked(&bench, 2)), (0, 0));
}

#[test]
fn what_is_said_during_a_round_is_heard_in_one_of_its_own() {
    let bench = TestEnv::new();
    asking(&bench, &[1, 2], 1);
    let daemon = started(&bench);
    bench
        .sandbox
        .fault(Fault::new(Service::Echo(1), "/", FaultKind::Hang).times(1));
    bench.run(&["poke"]).assert_exit(0);
    wait_until("a round that hangs", || asked(&bench, 1) == 1);
    // The hint waits for neither the round that hangs nor the full round that was asked for before it.
    daemon.signal("USR1");
    bench.run(&["poke", OTHER]).assert_exit(0);
    wait_until("the change", || bench.at_domeneshop("home", "A") == [OTHER]);
    wait_until("the full round", || {
        daemon.log().contains("a full round was asked for")
    });
    let log = daemon.log();
    let place = |words: &str| log.find(words).unwrap_or_else(|| panic!("{words}: {log}"));
    assert!(place("poked with 84.212.99.99") < place("a full round was asked for"));
}

#[test]
fn l2_a_lie_that_was_said_never_changes_dns() {
    let bench = TestEnv::new();
    asking(&bench, &[1, 2, 3], 2);
    let daemon = started(&bench);
    bench.run(&["poke", LIE]).assert_exit(0);
    heard(&daemon, LIE);
    assert_eq!((asked(&bench, 1), asked(&bench, 2)), (1, 1));
    assert_eq!(bench.requests(), 0);
    // Nor where nobody outside can contradict it.
    for n in 1..=3 {
        let down = FaultKind::Status(503, String::new());
        bench
            .sandbox
            .fault(Fault::new(Service::Echo(n), "/", down).always());
    }
    bench.run(&["poke", "104.16.1.2"]).assert_exit(0);
    heard(&daemon, "104.16.1.2");
    wait_until("the complaint", || {
        daemon.log().contains("could not be found out")
    });
    assert_eq!(bench.requests(), 0);
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
}

#[test]
fn what_was_said_is_forgotten_after_its_round() {
    let bench = TestEnv::new();
    asking(&bench, &[1, 2], 2);
    let daemon = started(&bench);
    let down = FaultKind::Status(503, String::new());
    for n in [1, 2] {
        bench
            .sandbox
            .fault(Fault::new(Service::Echo(n), "/", down.clone()).always());
    }
    bench.run(&["poke", OTHER]).assert_exit(0);
    heard(&daemon, OTHER);
    // One operator would have been enough in the poke's round, and is not in the ones that follow.
    bench.sandbox.echo(1).answer(OTHER);
    bench.sandbox.clear_faults();
    bench
        .sandbox
        .fault(Fault::new(Service::Echo(2), "/", down).always());
    // The third round from here began after that.
    let before = asked(&bench, 1);
    wait_until("the end of a later round", || asked(&bench, 1) > before + 2);
    assert_eq!(bench.requests(), 0);
}

#[test]
fn an_address_that_has_no_say_is_ignored_aloud_and_the_round_is_played_all_the_same() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = started(&bench);
    let run = bench.run(&["poke", OTHER]).assert_exit(0);
    let why = "this host itself says what its IPv4 address is, and no source outside is asked";
    assert_eq!(
        run.stdout,
        format!("a round starts at once; {OTHER} is ignored: {why}\n")
    );
    wait_until("the round", || {
        daemon.log().contains("poked: a round starts")
    });
    let run = bench
        .run(&["poke", OTHER, "2a01::1", "--json"])
        .assert_exit(0);
    let ignored = [
        json!({ "address": OTHER, "reason": why }),
        json!({ "address": "2a01::1", "reason": "no IPv6 records are kept" }),
    ];
    assert_eq!(run.json(), json!({ "poked": true, "ignored": ignored }));
    assert_eq!(bench.requests(), 0);

    asking(&bench, &[1], 1);
    daemon.signal("HUP");
    wait_until("the other configuration", || {
        daemon.log().contains("is in force")
    });
    let run = bench.run(&["poke", "192.168.1.5"]).assert_exit(0);
    assert!(
        run.stdout
            .contains("192.168.1.5 is ignored: 192.168.1.5 is private"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_poke_without_a_daemon_says_so() {
    let bench = TestEnv::new();
    bench.simple();
    let run = bench.run(&["poke"]).assert_exit(1);
    assert!(run.stdout.starts_with("no daemon answers at "));
    let said = bench.run(&["poke", OTHER, "--json"]).assert_exit(1).json();
    assert_eq!(said["poked"], false);
}

#[test]
fn words_that_are_no_poke_are_a_bad_command_line() {
    let bench = TestEnv::new();
    asking(&bench, &[1], 1);
    let daemon = started(&bench);
    for words in [
        &["home.example.com"][..],
        &["84.212.10"],
        &["fe80::1%eth0"],
        &[ADDRESS, OTHER],
        &["2a01::1", ADDRESS, "2a01::1"],
        &["--dry-run"],
    ] {
        let run = bench.run(&[&["poke"], words].concat()).assert_exit(2);
        assert!(!run.stderr.is_empty(), "{words:?}");
    }
    assert!(!daemon.log().contains("poked"));
}

#[test]
fn only_the_daemons_user_may_poke_and_the_socket_ends_with_the_daemon() {
    let bench = TestEnv::new();
    bench.simple();
    let mut daemon = started(&bench);
    let mode = fs::metadata(socket(&bench)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut dry = bench.daemon(&["run", "--dry-run", "--log", "info"]);
    wait_until("the dry run", || dry.log().contains("started"));
    dry.signal("TERM");
    assert_eq!(dry.end().0, Some(0));
    bench.run(&["poke"]).assert_exit(0);
    daemon.signal("TERM");
    assert_eq!(daemon.end().0, Some(0));
    assert!(!socket(&bench).exists());
}

/// Says something to the daemon in full, and reads what it answers.
fn say(bench: &TestEnv, bytes: &[u8]) -> String {
    let mut stream = UnixStream::connect(socket(bench)).unwrap();
    // Whoever says too much is cut off, and then may not read the answer either.
    let _ = stream.write_all(bytes);
    // A line that is too long is refused without waiting for its end.
    if bytes.len() < 128 {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn garbage_on_the_socket_is_refused_and_starts_nothing() {
    let bench = TestEnv::new();
    asking(&bench, &[1], 1);
    let daemon = started(&bench);
    for (bytes, why) in [
        (&b""[..], "a line with at most one address"),
        (b"84.212.99.99", "a line with at most one address"),
        (&[b'1'; 128], "a line with at most one address"),
        (b"GET / HTTP/1.1\r\n\r\n", "only IP addresses"),
        (b"\xff\xfe\n", "no text"),
        (b"\0\n", "only IP addresses"),
        (b"84.212.99.99 84.212.99.98\n", "only one IPv4 address"),
    ] {
        let answer = say(&bench, bytes);
        assert!(answer.contains(why), "{bytes:?}: {answer}");
    }
    assert!(!daemon.log().contains("poked"));
    assert_eq!(asked(&bench, 1), 0);
    assert_eq!(say(&bench, b"\n"), r#"{"refused":null,"ignored":[]}"#);
    wait_until("the round", || asked(&bench, 1) == 1);
}

#[test]
fn l14_clients_that_are_silent_endless_or_gone_hold_up_nothing() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = started(&bench);
    let connect = || UnixStream::connect(socket(&bench)).unwrap();
    let silent = [connect(), connect()];
    let mut endless = connect();
    let talking = std::thread::spawn(move || while endless.write_all(&[b'1'; 4096]).is_ok() {});
    drop(connect());
    // A round is played at once, and its end is told.
    bench.address(OTHER);
    wait_until("the change", || bench.at_domeneshop("home", "A") == [OTHER]);
    bench.run(&["status"]).assert_exit(0);
    assert!(!daemon.log().contains("poked"));
    // Their turn is over soon, though they are still there.
    bench.run(&["poke"]).assert_exit(0);
    wait_until("the poke's round", || daemon.log().contains("poked"));
    talking.join().unwrap();
    drop(silent);
}
