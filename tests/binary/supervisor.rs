//! What systemd is told and what its journal gets.

use std::{
    fs::{self, File},
    os::{
        linux::net::SocketAddrExt,
        unix::{
            fs::MetadataExt,
            net::{SocketAddr, UnixDatagram},
        },
    },
    process::{Command, Stdio},
    time::{Duration, UNIX_EPOCH},
};

use rustix::time::{ClockId, clock_gettime};
use sandbox::{Fault, FaultKind, Service};

use crate::common::{ADDRESS, RunningDaemon, TestEnv, finish, wait_until};

/// A supervisor, and what it was told so far.
struct Supervisor {
    socket: UnixDatagram,
}

impl Supervisor {
    fn new(socket: UnixDatagram) -> Self {
        let patience = Some(Duration::from_secs(20));
        socket.set_read_timeout(patience).unwrap();
        Self { socket }
    }

    /// The next word that is no sign of life.
    #[track_caller]
    fn hears(&self) -> String {
        loop {
            let mut bytes = [0; 4096];
            let length = self.socket.recv(&mut bytes).unwrap();
            let word = String::from_utf8(bytes[..length].to_vec()).unwrap();
            if word != "WATCHDOG=1\n" {
                return word;
            }
        }
    }

    /// The words up to the next READY, and with it.
    #[track_caller]
    fn hears_ready(&self) -> Vec<String> {
        let mut words = vec![self.hears()];
        while words.last().is_none_or(|it| it != "READY=1\n") {
            words.push(self.hears());
        }
        words
    }
}

fn supervised(bench: &TestEnv, with: &[(&str, &str)]) -> (Supervisor, RunningDaemon) {
    let path = bench.dir.path().join("notify");
    let supervisor = Supervisor::new(UnixDatagram::bind(&path).unwrap());
    let mut command = bench.command(&[]);
    command
        .env("NOTIFY_SOCKET", &path)
        .envs(with.iter().copied());
    (supervisor, bench.spawn(command))
}

#[test]
fn a_supervisor_hears_ready_status_reloading_and_stopping_each_in_its_time() {
    let bench = TestEnv::new();
    bench.simple();
    let (supervisor, mut daemon) = supervised(&bench, &[]);
    let words = supervisor.hears_ready();
    assert_eq!(
        words,
        ["STATUS=the first round is under way\n", "READY=1\n"]
    );
    assert_eq!(
        bench.at_domeneshop("home", "A"),
        [ADDRESS],
        "ready is who has tried"
    );
    let status = supervisor.hears();
    assert!(
        status.starts_with("STATUS=1 host right · 84.212.10.20 · next check "),
        "{status}"
    );

    let before = clock_gettime(ClockId::Monotonic);
    daemon.signal("HUP");
    let word = supervisor.hears();
    let lines: Vec<_> = word.lines().collect();
    // In one datagram, and by that clock, or systemd ends a service of Type=notify-reload.
    let [reloading, moment] = lines[..] else {
        panic!("{word}");
    };
    assert_eq!(reloading, "RELOADING=1");
    let moment: i64 = moment
        .strip_prefix("MONOTONIC_USEC=")
        .unwrap()
        .parse()
        .unwrap();
    assert!(moment >= before.tv_sec * 1_000_000 + before.tv_nsec / 1000);
    assert_eq!(supervisor.hears_ready(), ["READY=1\n"]);
    supervisor.hears();

    bench.config("intervall = 1");
    daemon.signal("HUP");
    assert!(supervisor.hears().starts_with("RELOADING=1\n"));
    // The old configuration is in force, which is ready too.
    assert_eq!(supervisor.hears_ready(), ["READY=1\n"]);
    supervisor.hears();

    daemon.signal("TERM");
    assert_eq!(supervisor.hears(), "STOPPING=1\n");
    assert_eq!(daemon.end().0, Some(0));
}

#[test]
fn ready_is_said_after_a_first_round_that_failed_too_and_the_status_names_the_host() {
    let bench = TestEnv::new();
    let hosts = "hosts = [\"home.example.com\", \"www.example.net\"]";
    bench.config(&(bench.head() + &bench.domeneshop(hosts)));
    let (supervisor, _daemon) = supervised(&bench, &[]);
    supervisor.hears_ready();
    let status = supervisor.hears();
    assert!(
        status.starts_with("STATUS=1 of 2 hosts right, www.example.net is not · 84.212.10.20"),
        "{status}"
    );
}

#[test]
fn the_next_check_is_said_by_the_clock_on_the_wall() {
    let bench = TestEnv::new();
    bench.simple();
    // By POSIX, so that no database of zones is needed: 13 hours ahead.
    let (supervisor, _daemon) = supervised(&bench, &[("TZ", "HERE-13")]);
    supervisor.hears_ready();
    let status = supervisor.hears();
    let (_, shown) = status.trim_end().rsplit_once(' ').unwrap();
    let (hour, minute) = shown.split_once(':').unwrap();
    let shown: u64 = hour.parse::<u64>().unwrap() * 60 + minute.parse::<u64>().unwrap();
    let now = UNIX_EPOCH.elapsed().unwrap().as_secs() / 60 + 13 * 60;
    let ahead = (shown + 2 * 1440 - now % 1440) % 1440;
    // What was changed is looked at again soon.
    assert!((0..=6).contains(&ahead), "{status}: {ahead} min ahead");
}

#[test]
fn a_supervisor_with_an_abstract_address_hears_too() {
    let bench = TestEnv::new();
    bench.simple();
    let name = format!("moored-test-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let supervisor = Supervisor::new(UnixDatagram::bind_addr(&address).unwrap());
    let mut command = bench.command(&[]);
    command.env("NOTIFY_SOCKET", format!("@{name}"));
    let _daemon = bench.spawn(command);
    supervisor.hears_ready();
}

/// A command whose errors go into a file that is the journal's to it, or that another stream is.
fn journalled(bench: &TestEnv, args: &[&str], is_the_journal: bool) -> Command {
    let log = File::create(bench.dir.path().join("log")).unwrap();
    let it = log.metadata().unwrap();
    let inode = it.ino() + u64::from(!is_the_journal);
    let mut command = bench.command(args);
    command
        .env("JOURNAL_STREAM", format!("{}:{inode}", it.dev()))
        .stdout(Stdio::piped())
        .stderr(log);
    command
}

fn log(bench: &TestEnv) -> String {
    fs::read_to_string(bench.dir.path().join("log")).unwrap()
}

/// The level in front of the line that has these words.
#[track_caller]
fn level(log: &str, words: &str) -> String {
    let line = log.lines().find(|it| it.contains(words));
    let line = line.unwrap_or_else(|| panic!("no `{words}` in:\n{log}"));
    line.chars().take(3).collect()
}

#[test]
fn the_journal_gets_each_line_with_its_level_and_without_a_second_time() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = bench.spawn_as_it_is(journalled(&bench, &["--log", "debug"], true));
    wait_until("the first round", || {
        daemon.log().contains("changed from none")
    });
    let down = FaultKind::Status(503, String::new());
    bench
        .sandbox
        .fault(Fault::new(Service::Domeneshop, "/", down).always());
    daemon.signal("USR1");
    wait_until("a failure", || daemon.log().contains("failed on"));
    bench.config("one = 1\ntwo = 2\n");
    daemon.signal("HUP");
    wait_until("a refusal", || daemon.log().contains(":2:1:"));
    let log = daemon.log();
    for (words, expected) in [
        ("started; state in", "<6>"),
        ("changed from none", "<6>"),
        ("IPv4: 84.212.10.20", "<7>"),
        ("failed on", "<4>"),
        ("the old one stays", "<3>"),
        (":2:1:", "<3>"),
    ] {
        assert_eq!(level(&log, words), expected, "{words}");
    }
    let plain =
        |it: &&str| !it.starts_with('<') || it[3..].starts_with("20") || it.contains('\x1b');
    assert_eq!(log.lines().find(plain), None, "{log}");
}

#[test]
fn whoever_only_inherits_the_journals_variable_gets_the_time_as_usual() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = bench.spawn_as_it_is(journalled(&bench, &[], false));
    wait_until("the first round", || {
        daemon.log().contains("changed from none")
    });
    let log = daemon.log();
    assert!(log.lines().all(|it| it.starts_with("20")), "{log}");
}

#[test]
fn a_single_round_tells_the_journal_with_levels_and_nobody_twice() {
    let bench = TestEnv::new();
    bench.simple();
    let once = |args: &[&str]| {
        let run = finish(journalled(&bench, args, true));
        assert_eq!(run.stdout, "");
        log(&bench)
    };
    assert_eq!(level(&once(&["--once"]), "changed from none"), "<6>");
    assert!(!once(&["--once"]).contains("home.example.com"));
    assert_eq!(
        level(
            &once(&["--once", "--verbose"]),
            "home.example.com A: unchanged"
        ),
        "<7>"
    );
    bench.address("no address");
    assert_eq!(level(&once(&["--once"]), "could not be found out"), "<4>");
    bench.config("intervall = 1");
    assert_eq!(level(&once(&["--once"]), "did you mean"), "<3>");
    assert_eq!(level(&once(&["--onec"]), "--onec"), "<3>");
}
