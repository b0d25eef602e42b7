//! What somebody got wrong on the way to a service that runs: each with its message and its exit code. What takes another
//! user, a read-only file system or an image without anything in it is in tests/e2e. A second instance, a stop in the
//! middle of a request and what is wrong inside a configuration are in `daemon` and `exit_codes`.

use std::{
    ffi::OsStr,
    fs::{self, Permissions},
    os::unix::{ffi::OsStrExt, fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::Command,
};

use crate::common::{ADDRESS, Run, TOKEN, TestEnv, finish};

/// Nobody in particular.
const NOBODY: u32 = 65_534;

/// A bench whose token is read in this way.
fn with_token(way: &str) -> TestEnv {
    let bench = TestEnv::new();
    let account = bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&(bench.head() + &account.replace(&format!("token = \"{TOKEN}\""), way)));
    bench
}

/// The program as a user who is not root, where we are.
pub(crate) fn unprivileged(bench: &TestEnv, args: &[&str]) -> Command {
    let own = bench.command(args);
    if !rustix::process::geteuid().is_root() {
        return own;
    }
    let dir = bench.dir.path();
    // Where that user may not go, there is the program itself.
    let program = dir.join("moored");
    if !program.exists() {
        fs::copy(own.get_program(), &program).unwrap();
    }
    fs::set_permissions(dir, Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::chown(dir.join("config.toml"), Some(NOBODY), None).unwrap();
    let mut command = Command::new(program);
    command.args(args).env_clear().uid(NOBODY).gid(NOBODY);
    command.env("MOORED_CONFIG", dir.join("config.toml"));
    command
}

fn mode(path: &Path, bits: u32) {
    fs::set_permissions(path, Permissions::from_mode(bits)).unwrap();
}

#[track_caller]
fn says(run: &Run, words: &[&str]) {
    for word in words {
        assert!(run.stderr.contains(word), "no `{word}` in:\n{}", run.stderr);
    }
    assert!(!run.stderr.contains(TOKEN), "{}", run.stderr);
}

#[test]
fn a_secret_that_is_not_there_or_empty_is_78_and_named() {
    let bench = with_token("token_file = \"token\"");
    let token = bench.dir.path().join("token");
    says(
        &bench.run(&["--once"]).assert_exit(78),
        &[
            "config.toml:",
            "token_file",
            "there is no file of that name",
        ],
    );
    fs::write(&token, "\n").unwrap();
    says(
        &bench.run(&["--once"]).assert_exit(78),
        &["/token is empty"],
    );
    fs::remove_file(&token).unwrap();
    fs::create_dir(&token).unwrap();
    says(
        &bench.run(&["--once"]).assert_exit(78),
        &["cannot read ", "/token: it is a directory"],
    );
    fs::remove_dir(&token).unwrap();
    fs::write(&token, format!("{TOKEN}\n")).unwrap();
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
}

#[test]
fn a_secret_that_our_user_may_not_read_is_78_and_says_who_has_to() {
    let bench = with_token("token_file = \"token\"");
    let token = bench.dir.path().join("token");
    fs::write(&token, TOKEN).unwrap();
    mode(&token, 0o000);
    let run = finish(unprivileged(&bench, &["--once"])).assert_exit(78);
    says(
        &run,
        &[
            "/token: Permission denied",
            "the user that moored runs as must be able to read it",
        ],
    );
    assert_eq!(bench.requests(), 0);
}

#[test]
fn a_configuration_that_our_user_may_not_read_is_78_and_says_who_has_to() {
    let bench = TestEnv::new();
    let path = bench.simple();
    let command = unprivileged(&bench, &["--once"]);
    mode(&path, 0o000);
    says(
        &finish(command).assert_exit(78),
        &[
            "config.toml: could not be read: Permission denied",
            "must be able to read it",
        ],
    );
}

#[test]
fn a_credential_that_systemd_did_not_pass_is_78_and_says_where_it_belongs() {
    let bench = with_token("token_credential = \"the-token\"");
    says(
        &bench.run(&["--once"]).assert_exit(78),
        &["systemd passed no credentials", "LoadCredential=NAME:PATH"],
    );
    let directory = bench.dir.path().join("credentials");
    fs::create_dir(&directory).unwrap();
    let passed = || {
        let mut command = bench.command(&["--once"]);
        command.env("CREDENTIALS_DIRECTORY", &directory);
        finish(command)
    };
    says(
        &passed().assert_exit(78),
        &[
            "cannot read the credential: No such file",
            "LoadCredential=NAME:PATH",
        ],
    );
    // As the units pass it where its file is not there.
    fs::write(directory.join("the-token"), "\n").unwrap();
    says(
        &passed().assert_exit(78),
        &[
            "systemd passed nothing for this credential",
            "the file that `LoadCredential=`",
        ],
    );
    fs::write(directory.join("the-token"), format!("{TOKEN}\n")).unwrap();
    passed().assert_exit(0);
}

#[test]
fn a_state_directory_that_takes_nothing_is_said_and_the_round_is_played() {
    let bench = TestEnv::new();
    bench.simple();
    let state = bench.dir.path().join("state");
    fs::create_dir(&state).unwrap();
    mode(&state, 0o555);
    let run = finish(unprivileged(&bench, &["--once"])).assert_exit(0);
    says(
        &run,
        &[
            "/state: the lock file could not be opened: Permission denied",
            "nothing is remembered beyond this run",
        ],
    );
    assert!(run.stdout.contains("changed from none"), "{}", run.stdout);
    assert!(
        run.stdout
            .contains("state cannot be saved (Permission denied"),
        "{}",
        run.stdout
    );
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
    mode(&state, 0o755);
}

#[test]
fn what_root_looks_at_stays_readable_for_who_keeps_it() {
    if !rustix::process::geteuid().is_root() {
        crate::process::say_skipped("this takes root, who alone can give files away");
        return;
    }
    let bench = TestEnv::new();
    bench.simple();
    let state = bench.dir.path().join("state");
    fs::create_dir(&state).unwrap();
    std::os::unix::fs::chown(&state, Some(NOBODY), Some(NOBODY)).unwrap();
    bench.run(&["--once"]).assert_exit(0);
    let run = finish(unprivileged(&bench, &["--once"])).assert_exit(0);
    assert!(!run.stderr.contains("Permission denied"), "{}", run.stderr);
    assert_eq!(run.stdout, "", "it knows what root's round has done");
}

#[test]
fn a_proxy_variable_that_is_no_text_is_an_error_at_start_and_is_not_bypassed() {
    let bench = TestEnv::new();
    bench.simple();
    for address in [
        &b"http://pro\xffxy:3128"[..],
        b"http://me:hunter\xff@proxy:3128",
    ] {
        let mut command = bench.command(&["check", "--offline"]);
        command.env("HTTPS_PROXY", OsStr::from_bytes(address));
        let run = finish(command).assert_exit(78);
        assert!(
            run.stderr
                .contains("HTTPS_PROXY: is not the address of a proxy"),
            "{}",
            run.stderr
        );
        assert!(!run.stderr.contains("hunter"), "{}", run.stderr);
    }
}
