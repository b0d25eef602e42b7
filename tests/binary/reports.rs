//! L14: reports never block rounds. Nobody who is told something can hold up what it is about.

use std::{
    fs,
    io::{self, Write},
    os::unix::net::{UnixDatagram, UnixStream},
    process::Stdio,
};

use crate::common::{ADDRESS, OTHER, RunningDaemon, TestEnv, wait_until};

/// Each of a few changes gets through, with a round of its own.
#[track_caller]
fn moves_on(bench: &TestEnv, daemon: &RunningDaemon) {
    wait_until("the first record", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    for addr in [OTHER, ADDRESS, OTHER, ADDRESS, OTHER] {
        bench.address(addr);
        daemon.signal("USR1");
        wait_until("the change", || bench.at_domeneshop("home", "A") == [addr]);
    }
}

#[test]
fn l14_a_supervisor_that_has_stopped_listening_holds_up_no_round() {
    let bench = TestEnv::new();
    bench.simple();
    let path = bench.dir.path().join("notify");
    let _deaf = UnixDatagram::bind(&path).unwrap();
    let crowd = UnixDatagram::unbound().unwrap();
    crowd.set_nonblocking(true).unwrap();
    // As much as fits, so that the next word would have to wait.
    let full = loop {
        if let Err(error) = crowd.send_to(b"WATCHDOG=1", &path) {
            break error.kind();
        }
    };
    assert_eq!(full, io::ErrorKind::WouldBlock);
    let mut command = bench.command(&[]);
    command
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "1000000");
    let daemon = bench.spawn(command);
    moves_on(&bench, &daemon);
}

#[test]
fn l14_readers_of_the_status_who_never_read_or_leave_at_once_hold_up_no_round() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = bench.daemon(&[]);
    let socket = bench.dir.path().join("state/status.sock");
    // It is there a moment before it listens.
    wait_until("the socket", || UnixStream::connect(&socket).is_ok());
    let slow: Vec<_> = (0..50)
        .filter_map(|_| UnixStream::connect(&socket).ok())
        .collect();
    assert!(!slow.is_empty());
    for _ in 0..50 {
        drop(UnixStream::connect(&socket));
        if let Ok(mut talker) = UnixStream::connect(&socket) {
            let _ = talker.write_all(b"GET / HTTP/1.1\r\n\r\n");
        }
    }
    moves_on(&bench, &daemon);
    drop(slow);
    wait_until("the status", || bench.run(&["status"]).code == 0);
}

#[test]
fn l14_a_reader_who_never_reads_a_long_status_is_left_behind() {
    let bench = TestEnv::new();
    // More than the kernel takes in on a reader's behalf.
    let hosts: Vec<_> = (0..1_000)
        .map(|n| format!("\"{}-{n}.example.com\"", "long".repeat(14)))
        .collect();
    bench.config(&(bench.head() + &bench.domeneshop(&format!("hosts = [{}]", hosts.join(", ")))));
    let _daemon = bench.daemon(&[]);
    wait_until("a long status", || {
        bench.run(&["status", "--json"]).stdout.len() > 250_000
    });
    let socket = bench.dir.path().join("state/status.sock");
    let slow: Vec<_> = (0..3)
        .map(|_| UnixStream::connect(&socket).unwrap())
        .collect();
    wait_until("the status beside them", || {
        bench.run(&["status"]).code == 0
    });
    drop(slow);
}

#[test]
fn l14_a_log_whose_reader_is_gone_ends_nothing() {
    let bench = TestEnv::new();
    bench.simple();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut command = bench.command(&["--log", "trace"]);
    command.stdout(Stdio::null()).stderr(writer);
    let daemon = bench.spawn_as_it_is(command);
    moves_on(&bench, &daemon);
}

#[test]
fn l14_a_disk_that_takes_no_state_holds_up_no_round() {
    let bench = TestEnv::new();
    fs::write(bench.dir.path().join("state"), "").unwrap();
    bench.simple();
    let daemon = bench.daemon(&[]);
    moves_on(&bench, &daemon);
}
