//! Standard output and error: nobody who has stopped reading holds anything up, and an answer that cannot be
//! written is an error.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, PipeReader, PipeWriter, Read, Write},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::{fs::OpenOptionsExt, net::UnixStream},
    },
    process::{Command, Stdio},
    time::Duration,
};

use rustix::fs::OFlags;

use crate::common::{ADDRESS, OTHER, RunningDaemon, TestEnv, finish, wait_until};

/// A pipe that is full and that nobody reads. Whoever gets its writing end would wait when writing.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, writer) = io::pipe().unwrap();
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let path = format!("/proc/self/fd/{}", writer.as_raw_fd());
    let mut filler = OpenOptions::new()
        .write(true)
        .custom_flags(flags)
        .open(path)
        .unwrap();
    while filler.write(b"x").is_ok() {}
    (reader, writer)
}

/// A socket of the same kind, as the journal's.
fn full_socket() -> (UnixStream, UnixStream) {
    let (reader, mut writer) = UnixStream::pair().unwrap();
    writer.set_nonblocking(true).unwrap();
    while writer.write(b"x").is_ok() {}
    writer.set_nonblocking(false).unwrap();
    (reader, writer)
}

/// The daemon with its log going there.
fn daemon_with_stderr(bench: &TestEnv, args: &[&str], stderr: impl Into<OwnedFd>) -> RunningDaemon {
    let mut command = bench.command(args);
    command.stdout(Stdio::null()).stderr(stderr.into());
    bench.spawn_as_it_is(command)
}

/// Whether a signal is caught by a process, so that it does what we say it does.
pub(crate) fn catches(process: u32, signal: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}

#[test]
fn l14_a_log_that_nobody_reads_holds_up_no_round_no_answer_and_no_stop() {
    let (_reader, pipe) = full_pipe();
    let (_socket_reader, socket) = full_socket();
    for stderr in [OwnedFd::from(pipe), OwnedFd::from(socket)] {
        let bench = TestEnv::new();
        bench.simple();
        let mut daemon = daemon_with_stderr(&bench, &["--log", "trace"], stderr);
        for addr in [ADDRESS, OTHER, ADDRESS, OTHER] {
            bench.address(addr);
            wait_until("the change", || bench.at_domeneshop("home", "A") == [addr]);
        }
        bench.run(&["health"]).assert_exit(0);
        daemon.signal("TERM");
        let (code, took) = daemon.end();
        assert_eq!(code, Some(0));
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
}

#[test]
fn lines_of_the_log_that_nobody_read_are_counted_and_told_of_once_somebody_reads() {
    let bench = TestEnv::new();
    let good = fs::read_to_string(bench.simple()).unwrap();
    let (mut reader, writer) = full_pipe();
    let daemon = daemon_with_stderr(&bench, &[], writer);
    wait_until("health", || bench.run(&["health"]).code == 0);
    // Each reload is one line of the log of some 20 KB, and a change, which shows that it is over.
    let nonsense: Vec<_> = (0..200)
        .map(|number| {
            format!(
                "unknown_{number} = \"{}\"
",
                "x".repeat(40)
            )
        })
        .collect();
    let nonsense = nonsense.concat();
    for number in 0..8 {
        bench.config(&(nonsense.clone() + &good));
        daemon.signal("HUP");
        let addr = if number % 2 == 0 { OTHER } else { ADDRESS };
        bench.address(addr);
        wait_until("the change", || bench.at_domeneshop("home", "A") == [addr]);
    }
    // Nothing but its reading wakes the daemon.
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    while !String::from_utf8_lossy(&text).contains("dropped") {
        let count = reader.read(&mut piece).unwrap();
        text.extend_from_slice(piece.get(..count).unwrap());
    }
    let text = String::from_utf8(text).unwrap();
    let told = text.lines().find(|line| line.contains("dropped")).unwrap();
    assert!(told.contains("WARN"), "{told}");
    assert!(told.contains("of the log w"), "{told}");
    assert!(
        text.contains(" started; state in "),
        "what came first is kept"
    );
}

/// Commands that need a sandbox or none, and a daemon or none.
const COMMANDS: [&[&str]; 16] = [
    &["man"],
    &["man", "moored.toml"],
    &["completions", "bash"],
    &["--help"],
    &["check", "--help"],
    &["--version"],
    &["import", "ddclient.conf"],
    &["import", "--json", "ddclient.conf"],
    &["status"],
    &["status", "--json"],
    &["health"],
    &["plan"],
    &["detect", "--json"],
    &["check"],
    &["records", "domeneshop", "list"],
    &["--once", "--verbose"],
];

fn with_everything() -> TestEnv {
    let bench = TestEnv::new();
    bench.simple();
    let foreign = "protocol=domeneshop\nlogin=a\npassword=b\nhome.example.com\n";
    fs::write(bench.dir.path().join("ddclient.conf"), foreign).unwrap();
    bench
}

fn command_in(bench: &TestEnv, args: &[&str]) -> Command {
    let mut command = bench.command(args);
    command.current_dir(bench.dir.path());
    command
}

#[test]
fn a_command_ends_when_told_to_although_nobody_reads_its_output_or_errors() {
    let bench = with_everything();
    let wrong: &[&str] = &["no-such-command"];
    for args in COMMANDS.into_iter().chain([wrong]) {
        for (name, number) in [("TERM", 15), ("INT", 2)] {
            let (_reader, writer) = full_pipe();
            let (_error_reader, error_writer) = full_pipe();
            let mut command = command_in(&bench, args);
            command.stdout(writer).stderr(error_writer);
            let mut running = bench.spawn_as_it_is(command);
            wait_until("the signal's handler", || {
                catches(running.child.id(), number) || running.child.try_wait().unwrap().is_some()
            });
            running.signal(name);
            let (code, took) = running.end();
            // Of this one 0 would say that all is well.
            let expected = (args != ["health"]).then_some(0);
            assert_eq!(code, expected, "{args:?} {name}");
            assert!(took < Duration::from_secs(5), "{args:?} {name} {took:?}");
        }
    }
}

#[test]
fn a_round_whose_output_nobody_reads_is_remembered_and_holds_up_no_other() {
    let bench = TestEnv::new();
    bench.simple();
    let (_reader, writer) = full_pipe();
    let mut command = bench.command(&["--once", "--verbose"]);
    command.stdout(writer).stderr(Stdio::null());
    let mut stuck = bench.spawn_as_it_is(command);
    wait_until("the record", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    bench.address(OTHER);
    wait_until("another round", || bench.run(&["--once"]).code == 0);
    assert_eq!(bench.at_domeneshop("home", "A"), [OTHER]);
    assert!(stuck.child.try_wait().unwrap().is_none());
    stuck.signal("TERM");
    assert_eq!(stuck.end().0, Some(0));
}

#[test]
fn an_answer_that_the_disk_does_not_take_is_an_error_with_a_reason() {
    let bench = with_everything();
    let daemon = bench.daemon(&[]);
    wait_until("health", || bench.run(&["health"]).code == 0);
    for args in COMMANDS {
        // The last one beside a daemon would be refused.
        if args.contains(&"--once") {
            continue;
        }
        writes_in_vain(&bench, args);
    }
    drop(daemon);
    writes_in_vain(&bench, &["--once", "--verbose"]);
    writes_in_vain(&bench, &["--once", "--json"]);
}

#[track_caller]
fn writes_in_vain(bench: &TestEnv, args: &[&str]) {
    let mut command = command_in(bench, args);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    command.stdout(full);
    let run = finish(command);
    assert_eq!(run.code, 1, "{args:?}: {}", run.stderr);
    let said = "standard output could not be written: No space left on device";
    assert!(run.stderr.contains(said), "{args:?}: {}", run.stderr);
}

#[test]
fn a_reader_who_has_read_enough_makes_no_error() {
    let bench = with_everything();
    for args in COMMANDS {
        let ends = |stdout: Option<PipeWriter>| {
            let mut command = command_in(&bench, args);
            if let Some(stdout) = stdout {
                command.stdout(stdout);
            }
            finish(command)
        };
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let (gone, read) = (ends(Some(writer)), ends(None));
        assert_eq!(gone.code, read.code, "{args:?}: {}", gone.stderr);
        assert!(
            !gone.stderr.contains("could not be written"),
            "{}",
            gone.stderr
        );
    }
}

#[test]
fn a_slow_reader_gets_the_whole_answer_and_every_note() {
    let bench = TestEnv::new();
    let (mut reader, writer) = full_pipe();
    let mut command = bench.command(&["man", "moored.toml"]);
    command.stdout(writer);
    let mut running = bench.spawn_as_it_is(command);
    let mut text = Vec::new();
    let mut piece = [0; 512];
    loop {
        let count = reader.read(&mut piece).unwrap();
        if count == 0 {
            break;
        }
        text.extend_from_slice(piece.get(..count).unwrap());
    }
    assert_eq!(running.end().0, Some(0));
    let page = bench.run(&["man", "moored.toml"]).assert_exit(0).stdout;
    let text = String::from_utf8(text).unwrap();
    assert_eq!(text.trim_start_matches('x'), page);
}

#[test]
fn a_stop_in_the_first_moment_is_a_clean_one() {
    let bench = TestEnv::new();
    bench.simple();
    bench.run(&["--once"]).assert_exit(0);
    let state = || fs::read(bench.dir.path().join("state/state.json")).unwrap();
    let before = state();
    let text = fs::read_to_string(bench.dir.path().join("config.toml")).unwrap();
    bench.address(OTHER);
    for (args, name, number) in [
        (&["--config", "/dev/stdin"][..], "TERM", 15),
        (&["--config", "/dev/stdin", "--once"], "INT", 2),
        (&["--config", "/dev/stdin", "check"], "TERM", 15),
    ] {
        // The start lasts as long as the configuration has no end.
        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        let mut command = bench.command(args);
        command.stdin(reader);
        let mut running = bench.spawn_as_it_is(command);
        wait_until("the signal's handler", || {
            catches(running.child.id(), number)
        });
        running.signal(name);
        assert_eq!(running.end().0, Some(0), "{args:?}");
        assert_eq!(state(), before);
        drop(writer);
    }
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
}

#[test]
fn a_reload_asked_for_in_the_first_moment_ends_nothing() {
    let bench = TestEnv::new();
    let text = fs::read_to_string(bench.simple()).unwrap();
    for name in ["HUP", "USR1"] {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut command = bench.command(&["--config", "/dev/stdin"]);
        let log = File::create(bench.dir.path().join("log")).unwrap();
        command.stdin(reader).stderr(log);
        let mut daemon = bench.spawn_as_it_is(command);
        wait_until("the signal's handler", || catches(daemon.child.id(), 10));
        daemon.signal(name);
        writer.write_all(text.as_bytes()).unwrap();
        drop(writer);
        // It is obeyed once the first round is over.
        let obeyed = if name == "HUP" {
            "the old one stays: /dev/stdin: could not be read: it is a pipe"
        } else {
            "a full round was asked for"
        };
        wait_until("obedience", || daemon.log().contains(obeyed));
        daemon.signal("TERM");
        assert_eq!(daemon.end().0, Some(0));
    }
}
