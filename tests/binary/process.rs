//! The laws that are about the process as a whole: L9, L11, and of L12 what the kernel keeps.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    os::unix::process::ExitStatusExt,
    process::Command,
    time::Duration,
};

use rustix::net::{AddressFamily, SocketType, bind, listen, socket};
use sandbox::{Fault, FaultKind, Service};

use crate::common::{ADDRESS, OTHER, TestEnv, finish, now, wait_until};

/// A server that never takes a connection: the kernel drops every attempt, as a router on the way
/// does that has lost its line.
struct BlackHole {
    address: SocketAddr,
    _listener: TcpListener,
    _crowd: Vec<TcpStream>,
}

impl BlackHole {
    fn new() -> Self {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        bind(&socket, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        listen(&socket, 0).unwrap();
        let listener = TcpListener::from(socket);
        let address = listener.local_addr().unwrap();
        let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200));
        let crowd = std::iter::from_fn(|| connect().ok()).collect();
        Self {
            address,
            _listener: listener,
            _crowd: crowd,
        }
    }
}

/// Plays a round, which must not take longer than its few deadlines of a second, one after the
/// other.
#[track_caller]
fn ends_in_time(bench: &TestEnv, code: i32) {
    let begun = now();
    let run = bench.run(&["--once"]).assert_exit(code);
    let took = begun.elapsed();
    assert!(
        took < Duration::from_secs(6),
        "{took:?}: {}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn l9_a_round_ends_although_a_provider_is_a_black_hole_half_open_or_trickles() {
    let bench = TestEnv::new();
    let text = bench.head().replace("\"2s\"", "\"1s\"")
        + &bench.domeneshop("hosts = [\"home.example.com\"]");
    let hole = BlackHole::new();
    let real = bench.sandbox.domeneshop().url();
    bench.config(&text.replace(&real, &format!("http://{}/v0", hole.address)));
    ends_in_time(&bench, 75);
    assert_eq!(bench.requests(), 0);
    bench.config(&text);
    for kind in [
        FaultKind::Hang,
        FaultKind::Slow(Duration::from_millis(100)),
        FaultKind::DelayAnswer(Duration::from_mins(1)),
    ] {
        bench
            .sandbox
            .fault(Fault::new(Service::Domeneshop, "/", kind).always());
        ends_in_time(&bench, 75);
        bench.sandbox.clear_faults();
    }
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
}

#[test]
fn l9_a_round_ends_although_every_source_is_a_black_hole_half_open_or_trickles() {
    let bench = TestEnv::new();
    let hole = BlackHole::new();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let echo = bench.sandbox.echo(1);
    echo.answer(OTHER);
    let file = format!("\"file:{}/address\"", bench.dir.path().display());
    for (source, fault) in [
        (format!("http://{}/", hole.address), None),
        (format!("stun:{}", silent.local_addr().unwrap()), None),
        ("command:sleep 60".to_owned(), None),
        (echo.url(), Some(FaultKind::Hang)),
        (
            echo.url(),
            Some(FaultKind::Slow(Duration::from_millis(300))),
        ),
    ] {
        if let Some(kind) = fault {
            bench
                .sandbox
                .fault(Fault::new(Service::Echo(1), "", kind).always());
        }
        let head = bench.head().replace("\"2s\"", "\"1s\"");
        let head = head.replace(&file, &format!("{source:?}"));
        let head = head.replace("[ipv4]", "[ipv4]\nconfirm = 1");
        bench.config(&(head + &bench.domeneshop("hosts = [\"home.example.com\"]")));
        ends_in_time(&bench, 69);
        bench.sandbox.clear_faults();
    }
    assert_eq!(bench.requests(), 0);
}

#[test]
fn l9_dns_servers_that_never_answer_hold_up_no_change() {
    let bench = TestEnv::new();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let ours = bench.sandbox.dns().addr().to_string();
    let head = bench
        .head()
        .replace(&ours, &silent.local_addr().unwrap().to_string());
    let text = "interval = \"1s\"\nverify = \"1s\"\n".to_owned()
        + &head
        + &bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&text);
    let _daemon = bench.daemon(&[]);
    for addr in [ADDRESS, OTHER, ADDRESS] {
        bench.address(addr);
        wait_until("the change", || bench.at_domeneshop("home", "A") == [addr]);
    }
}

#[test]
fn l9_an_answer_without_end_is_given_up_long_before_the_deadline() {
    let bench = TestEnv::new();
    let head = bench.head().replace("\"2s\"", "\"5m\"");
    bench.config(&(head + &bench.domeneshop("hosts = [\"home.example.com\"]")));
    let endless = Fault::new(Service::Domeneshop, "/", FaultKind::Endless);
    bench.sandbox.fault(endless);
    // One that kept all of it would be out of memory soon, and not fill this machine's until the deadline.
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "ulimit -v 1048576 && exec \"$0\" --once"])
        .arg(env!("CARGO_BIN_EXE_moored"))
        .env_clear()
        .env("MOORED_CONFIG", bench.dir.path().join("config.toml"));
    let begun = now();
    let run = finish(command).assert_exit(75);
    assert!(run.stdout.contains("longer than"), "{}", run.stdout);
    assert!(begun.elapsed() < Duration::from_mins(1));
}

#[test]
fn l9_no_connection_outlives_its_round() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = bench.daemon(&[]);
    let mut used = BTreeSet::new();
    for addr in [ADDRESS, OTHER, ADDRESS] {
        wait_until("a round with nothing open after it", || {
            bench.run(&["health"]).code == 0 && bench.sandbox.settle(Duration::from_secs(1))
        });
        let peers = bench.sandbox.log().into_iter().map(|it| it.peer);
        let peers: BTreeSet<_> = peers.collect();
        assert!(!peers.is_empty());
        assert!(used.is_disjoint(&peers), "{used:?} {peers:?}");
        used.extend(peers);
        bench.sandbox.clear_log();
        bench.address(addr);
        daemon.signal("USR1");
        wait_until("the round", || bench.requests() > 0);
    }
}

#[test]
fn l11_the_daemons_timer_counts_time_asleep_and_the_wall_clock_is_heard_when_set_only() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = bench.daemon(&[]);
    wait_until("health", || bench.run(&["health"]).code == 0);
    let open = fs::read_dir(format!("/proc/{}/fdinfo", daemon.child.id())).unwrap();
    let infos = open.map(|it| fs::read_to_string(it.unwrap().path()).unwrap_or_default());
    let timers = infos.filter_map(|it| {
        let field = |name| {
            it.lines()
                .find_map(|it| it.strip_prefix(name)?.strip_prefix(": "))
        };
        Some((
            field("clockid")?.to_owned(),
            field("settime flags")?.to_owned(),
        ))
    });
    let timers: BTreeMap<_, _> = timers.collect();
    // CLOCK_BOOTTIME of linux/time.h, and CLOCK_REALTIME with TFD_TIMER_CANCEL_ON_SET, due at the end of
    // time: it says that the clock was set, and nothing else.
    assert!(timers.keys().eq(["0", "7"]), "{timers:?}");
    assert_eq!(timers["0"], "03");
}

#[test]
fn l12_a_core_dump_is_not_made() {
    let bench = TestEnv::new();
    bench.simple();
    let dumped = |then: &str| {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", &format!("ulimit -c unlimited; {then}")])
            .current_dir(bench.dir.path())
            .env("MOORED_CONFIG", bench.dir.path().join("config.toml"));
        command
    };
    let mut control = dumped("kill -ABRT $$");
    if !control.status().unwrap().core_dumped() {
        say_skipped("this machine makes no core dumps of anything");
        return;
    }
    let mut daemon = bench.spawn(dumped(&format!("exec {}", env!("CARGO_BIN_EXE_moored"))));
    wait_until("the record", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    daemon.signal("ABRT");
    let status = daemon.child.wait().unwrap();
    assert_eq!(status.signal(), Some(6));
    assert!(!status.core_dumped());
}

#[expect(clippy::print_stderr, reason = "a test that could not look says so")]
pub(crate) fn say_skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}
