//! What other users and programs of the host, and whoever sends it packets, cannot do.

use std::{
    fs::{self, Permissions},
    net::UdpSocket,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::{
    common::{ADDRESS, TOKEN, TestEnv, now, wait_until},
    process::say_skipped,
};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn nobody_else_can_hold_the_lock_also_where_an_earlier_version_left_it_open() {
    let bench = TestEnv::new();
    bench.simple();
    let lock = bench.dir.path().join("state/lock");
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(mode(&lock), 0o600);
    fs::set_permissions(&lock, Permissions::from_mode(0o644)).unwrap();
    bench.run(&["plan"]).assert_exit(0);
    assert_eq!(mode(&lock), 0o600);
}

#[test]
fn l12_what_others_may_change_is_warned_about() {
    let bench = TestEnv::new();
    let token = bench.dir.path().join("token");
    fs::write(&token, TOKEN).unwrap();
    let account = bench.domeneshop("hosts = [\"home.example.com\"]");
    let literal = format!("token = \"{TOKEN}\"");
    let text = bench.head() + &account.replace(&literal, "token_file = \"token\"");
    let config = bench.config(&text);
    let state = bench.dir.path().join("state");
    let warnings = || bench.run(&["--once"]).assert_exit(0).stderr;
    fs::set_permissions(&token, Permissions::from_mode(0o600)).unwrap();
    assert_eq!(warnings(), "");
    for (path, good, bad, said) in [
        (
            &token,
            0o600,
            0o622,
            "holds a secret and can be changed by everybody",
        ),
        (
            &token,
            0o600,
            0o660,
            "holds a secret and can be changed by its group",
        ),
        (
            &config,
            0o600,
            0o666,
            "holds a secret and is open to everybody",
        ),
        (
            &state,
            0o700,
            0o777,
            "everybody on this host can change what moored remembers",
        ),
    ] {
        fs::set_permissions(path, Permissions::from_mode(bad)).unwrap();
        let warned = warnings();
        assert!(warned.contains(said), "{warned}");
        assert!(warned.contains(path.to_str().unwrap()), "{warned}");
        fs::set_permissions(path, Permissions::from_mode(good)).unwrap();
    }
    if !rustix::process::geteuid().is_root() {
        say_skipped("only root can give files to another user");
        return;
    }
    for (path, said) in [
        (&token, "can be changed by its owner, the user 12345"),
        (&state, "the user 12345, whose directory it is, can change"),
    ] {
        std::os::unix::fs::chown(path, Some(12_345), None).unwrap();
        let warned = warnings();
        assert!(warned.contains(said), "{warned}");
        std::os::unix::fs::chown(path, Some(0), None).unwrap();
    }
    // Root who looks at a service's state and secrets sees nothing wrong.
    for path in [&token, &state] {
        std::os::unix::fs::chown(path, Some(12_345), None).unwrap();
    }
    assert_eq!(bench.run(&["plan"]).assert_exit(0).stderr, "");
}

#[test]
fn l14_a_crowd_that_never_reads_or_speaks_holds_up_no_status_no_health_and_no_poke() {
    let bench = TestEnv::new();
    // More than the kernel takes in on a reader's behalf.
    let hosts: Vec<_> = (0..1_000)
        .map(|number| format!("\"a-host-with-a-long-name-{number}.example.com\""))
        .collect();
    bench.config(&(bench.head() + &bench.domeneshop(&format!("hosts = [{}]", hosts.join(", ")))));
    let _daemon = bench.daemon(&[]);
    wait_until("a long status", || {
        bench.run(&["status", "--json"]).stdout.len() > 250_000
    });
    let crowd = |name: &str| -> Vec<_> {
        let socket = bench.dir.path().join("state").join(name);
        (0..200)
            .map(|_| UnixStream::connect(&socket).unwrap())
            .collect()
    };
    let begun = now();
    let _silent = (crowd("status.sock"), crowd("poke.sock"));
    let asked = now();
    assert!(asked - begun < Duration::from_secs(5));
    for args in [&["health"][..], &["status"], &["poke"]] {
        let code = bench.run(args).code;
        assert_eq!(code, 0, "{args:?}");
    }
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
}

#[test]
fn a_health_check_of_a_daemon_that_is_stuck_ends() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = bench.daemon(&[]);
    wait_until("health", || bench.run(&["health"]).code == 0);
    daemon.signal("STOP");
    let socket = bench.dir.path().join("state/status.sock");
    // As many as may wait for their turn; whoever comes then is not taken in.
    let queue: Vec<_> = (0..200)
        .map_while(|_| connect_without_waiting(&socket))
        .collect();
    assert!((100..200).contains(&queue.len()), "{}", queue.len());
    let begun = now();
    bench.run(&["health"]).assert_exit(1);
    assert!(begun.elapsed() < Duration::from_secs(10));
    daemon.signal("CONT");
    drop(queue);
}

#[test]
fn a_health_check_that_is_stopped_while_it_waits_does_not_say_that_all_is_well() {
    let bench = TestEnv::new();
    bench.simple();
    let state = bench.dir.path().join("state");
    fs::create_dir_all(&state).unwrap();
    let silent = std::os::unix::net::UnixListener::bind(state.join("status.sock")).unwrap();
    let mut health = bench.spawn_as_it_is(bench.command(&["health"]));
    let _connection = silent.accept().unwrap();
    health.signal("TERM");
    assert_ne!(health.end().0, Some(0));
}

fn connect_without_waiting(path: &std::path::Path) -> Option<rustix::fd::OwnedFd> {
    use rustix::net::{
        AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with,
    };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).unwrap();
    let address = SocketAddrUnix::new(path).unwrap();
    connect(&socket, &address).ok().map(|()| socket)
}

#[test]
fn a_configuration_with_thousands_of_hosts_is_read_in_a_moment_however_it_is_laid_out() {
    let bench = TestEnv::new();
    let names: Vec<_> = (0..8_000)
        .map(|number| format!("\"{number}.example.com\""))
        .collect();
    for separator in [", ", ",\n"] {
        let hosts = format!("hosts = [{}]", names.join(separator));
        bench.config(&(bench.head() + &bench.domeneshop(&hosts)));
        let begun = now();
        bench.run(&["check", "--offline"]).assert_exit(0);
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(4), "{separator:?}: {took:?}");
    }
    // The same by the environment, and with a mistake in each host.
    let wrong = names.join(", ").replace("example", "exa mple");
    bench.config(&(bench.head() + &bench.domeneshop(&format!("hosts = [{wrong}]"))));
    let begun = now();
    let run = bench.run(&["check", "--offline"]).assert_exit(78);
    assert_eq!(run.stderr.lines().count(), 8_000);
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn forged_dns_answers_fill_no_log() {
    let bench = TestEnv::new();
    let forger = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = forger.local_addr().unwrap();
    let ours = bench.sandbox.dns().addr().to_string();
    let head = bench.head().replace(&ours, &address.to_string());
    let head = head.replace("\"2s\"", "\"500ms\"");
    let text = "interval = \"1s\"\nverify = \"1s\"\n".to_owned()
        + &head
        + &bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&text);
    let questions = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&questions);
    forger
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let forging = std::thread::spawn(move || {
        let mut bytes = [0; 1500];
        for _ in 0..20 {
            let Ok((length, asker)) = forger.recv_from(&mut bytes) else {
                return;
            };
            counted.fetch_add(1, Ordering::SeqCst);
            // Answers with every number but the question's.
            let question = u16::from_be_bytes([bytes[0], bytes[1]]);
            for number in 1..200 {
                let mut answer = bytes[..length].to_vec();
                answer[..2].copy_from_slice(&(question ^ number).to_be_bytes());
                answer[2] |= 0x80;
                let _ = forger.send_to(&answer, asker);
            }
        }
    });
    let daemon = bench.daemon(&[]);
    wait_until("the record", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    wait_until("some questions", || questions.load(Ordering::SeqCst) >= 6);
    let log = daemon.log();
    assert!(log.lines().count() < 30, "{log}");
    drop(daemon);
    forging.join().unwrap();
}
