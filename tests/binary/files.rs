//! Files that are none, or far too large: nothing that is read holds the program up or fills its memory (L10).

use std::{
    fs::{self, File},
    os::unix::fs::symlink,
    path::Path,
    process::Command,
    time::Duration,
};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::common::{ADDRESS, OTHER, Run, TOKEN, TestEnv, finish, now, wait_until};

/// What stands where a file should.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum OddFile {
    Pipe,
    Zeros,
    Directory,
    Large,
}

const ALL: [OddFile; 4] = [
    OddFile::Pipe,
    OddFile::Zeros,
    OddFile::Directory,
    OddFile::Large,
];

impl OddFile {
    /// Puts it there.
    fn put(self, path: &Path) {
        let _ = fs::remove_dir(path);
        let _ = fs::remove_file(path);
        match self {
            Self::Pipe => {
                let mode = Mode::from_bits_truncate(0o600);
                mknodat(CWD, path, FileType::Fifo, mode, 0).unwrap();
            }
            Self::Zeros => symlink("/dev/zero", path).unwrap(),
            Self::Directory => fs::create_dir(path).unwrap(),
            // It takes no room on the disk, and 400 MB of memory if it is read.
            Self::Large => File::create(path).unwrap().set_len(400 << 20).unwrap(),
        }
    }

    fn remove(self, path: &Path) {
        let _ = match self {
            Self::Directory => fs::remove_dir(path),
            _ => fs::remove_file(path),
        };
    }
}

/// Runs the program with 200 MB of address space, which must not take longer than a moment.
#[track_caller]
fn run_in_little_memory(bench: &TestEnv, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let own = bench.command(args);
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "ulimit -v 200000 && exec \"$0\" \"$@\""])
        .arg(own.get_program())
        .args(args)
        .env_clear()
        .envs(
            own.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .envs(variables.iter().copied());
    // A run that waits for a pipe waits for ever: it is ended, and that is told by its code.
    let mut limited = Command::new("timeout");
    limited
        .args(["-s", "KILL", "15"])
        .arg(command.get_program());
    limited.args(command.get_args()).env_clear();
    limited.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let begun = now();
    let run = finish(limited);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(14), "{args:?}: {took:?}");
    run
}

#[test]
fn l10_a_configuration_that_is_no_regular_file_is_78_at_once() {
    let bench = TestEnv::new();
    bench.simple();
    let path = bench.dir.path().join("config.toml");
    for odd in ALL {
        odd.put(&path);
        for args in [&["--once"][..], &["check"], &["plan"], &[]] {
            let run = run_in_little_memory(&bench, args, &[]).assert_exit(78);
            let said = match odd {
                OddFile::Large => "is larger than 256 KiB: this is no configuration",
                _ => "not a regular file",
            };
            assert!(run.stderr.contains(said), "{odd:?}: {}", run.stderr);
        }
        for args in [&["status"][..], &["health"]] {
            run_in_little_memory(&bench, args, &[]).assert_exit(1);
        }
        odd.remove(&path);
    }
}

#[test]
fn l10_a_secret_that_is_no_regular_file_is_78_at_once() {
    let bench = TestEnv::new();
    let literal = format!("token = \"{TOKEN}\"");
    let account = bench.domeneshop("hosts = [\"home.example.com\"]");
    let path = bench.dir.path().join("token");
    let directory = bench.dir.path().to_str().unwrap().to_owned();
    for odd in ALL {
        odd.put(&path);
        for way in ["token_file = \"token\"", "token_credential = \"token\""] {
            bench.config(&(bench.head() + &account.replace(&literal, way)));
            for args in [&["--once"][..], &["check", "--offline"]] {
                let credentials = ("CREDENTIALS_DIRECTORY", directory.as_str());
                let run = run_in_little_memory(&bench, args, &[credentials]).assert_exit(78);
                let said = match odd {
                    OddFile::Large => "is too large to be a secret",
                    _ => "not a regular file",
                };
                assert!(run.stderr.contains(said), "{odd:?}: {}", run.stderr);
            }
        }
        odd.remove(&path);
    }
}

#[test]
fn l10_a_state_or_lock_that_is_no_regular_file_is_said_and_the_round_is_played() {
    for file in ["state.json", "lock"] {
        for odd in ALL {
            let bench = TestEnv::new();
            bench.simple();
            let directory = bench.dir.path().join("state");
            fs::create_dir(&directory).unwrap();
            let path = directory.join(file);
            odd.put(&path);
            let run = run_in_little_memory(&bench, &["--once"], &[]).assert_exit(0);
            assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
            let said = match (file, odd) {
                // How large a lock is does not matter.
                ("lock", OddFile::Large) => "",
                (_, OddFile::Large) => "it is larger than",
                _ => "not a regular file",
            };
            assert!(run.stderr.contains(said), "{file} {odd:?}: {}", run.stderr);
            run_in_little_memory(&bench, &["plan"], &[]).assert_exit(0);
            odd.remove(&path);
        }
    }
}

#[test]
fn l10_a_source_or_an_import_that_is_no_regular_file_is_an_error_at_once() {
    let bench = TestEnv::new();
    bench.simple();
    let path = bench.dir.path().join("address");
    for odd in ALL {
        odd.put(&path);
        run_in_little_memory(&bench, &["--once"], &[]).assert_exit(69);
        let name = path.to_str().unwrap();
        let run = run_in_little_memory(&bench, &["import", name], &[]).assert_exit(78);
        assert!(run.stderr.contains(name), "{}", run.stderr);
        let secret = format!("apiKey=@{name}");
        let api = ["api", "domeneshop", "ListDomains", secret.as_str()];
        run_in_little_memory(&bench, &api, &[]).assert_exit(2);
        odd.remove(&path);
    }
}

#[test]
fn l10_a_reload_from_anything_but_a_file_keeps_the_old_configuration_and_holds_up_nothing() {
    let bench = TestEnv::new();
    let path = bench.simple();
    let mut daemon = bench.daemon(&[]);
    wait_until("health", || bench.run(&["health"]).code == 0);
    for (odd, addr) in ALL.into_iter().zip([OTHER, ADDRESS, OTHER, ADDRESS]) {
        let before = daemon.log().matches("the old one stays").count();
        odd.put(&path);
        daemon.signal("HUP");
        wait_until("a word about it", || {
            daemon.log().matches("the old one stays").count() > before
        });
        odd.remove(&path);
        bench.address(addr);
        wait_until("the change", || bench.at_domeneshop("home", "A") == [addr]);
    }
    daemon.signal("TERM");
    assert_eq!(daemon.end().0, Some(0));
}

#[test]
fn a_configuration_and_a_secret_may_come_from_a_pipe_that_the_shell_passes() {
    let bench = TestEnv::new();
    let literal = format!("token = \"{TOKEN}\"");
    let account = bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&(bench.head() + &account.replace(&literal, "token_file = \"/dev/stdin\"")));
    let own = bench.command(&[]);
    let text = format!(
        "printf %s {TOKEN} | {} --config <(cat '{}') --once",
        own.get_program().to_str().unwrap(),
        bench.dir.path().join("config.toml").display()
    );
    let mut command = Command::new("bash");
    command
        .args(["-c", &text])
        .env_clear()
        .env("PATH", "/usr/bin:/bin");
    finish(command).assert_exit(0);
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
}
