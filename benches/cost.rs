//! What moored costs: `cargo bench --bench cost`. Prints figures and judges none.
//!
//! - the program's size;
//! - processor time of `--once` with nothing to do, averaged over many runs;
//! - memory, threads and wake-ups of an idle daemon that listens to all it can: netlink, a watched file, the
//!   clocks, both sockets.
#![expect(clippy::print_stdout, reason = "figures are what it is for")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on ends")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    time::Duration,
};

use sandbox::Sandbox;

const RUNS: u32 = 100;
/// How long the idle daemon is watched.
const WATCH: Duration = Duration::from_secs(20);
/// Clock ticks a second in /proc, on every Linux there is (`sysconf(_SC_CLK_TCK)`).
const TICKS: f64 = 100.0;

fn main() {
    let program = env!("CARGO_BIN_EXE_moored");
    println!("program: {} bytes", fs::metadata(program).unwrap().len());
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start();
    sandbox.domeneshop().account("token", "secret");
    sandbox.domeneshop().domain("token", "example.com");
    let config = dir.path().join("config.toml");
    let text = format!(
        "state_dir = \"{0}/state\"\n[ipv4]\nsources = [\"interface\", \"file:{0}/address\"]\n\
         accept = \"any\"\n\
         [ipv6]\nsources = []\n[[domeneshop]]\ntoken = \"token\"\nsecret = \"secret\"\n\
         endpoint = \"{1}\"\nhosts = [\"home.example.com\", \"www.example.com\"]\n",
        dir.path().display(),
        sandbox.domeneshop().url()
    );
    fs::write(&config, text).unwrap();
    fs::set_permissions(&config, fs::Permissions::from_mode(0o600)).unwrap();
    let moored = |args: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(args)
            .arg("--config")
            .arg(&config)
            .stdout(Stdio::null());
        command
    };
    moored(&["--once"]).status().unwrap();
    sandbox.clear_log();
    let before = children_ticks();
    for _ in 0..RUNS {
        moored(&["--once"]).status().unwrap();
    }
    let spent = (children_ticks() - before) / TICKS * 1000.0 / f64::from(RUNS);
    let requests = sandbox.requests(sandbox::Service::Domeneshop);
    println!(
        "--once, nothing to do: {spent:.2} ms of processor time, {requests} requests in {RUNS} runs"
    );

    let daemon = RunningProgram(moored(&["--log", "error"]).spawn().unwrap());
    while !moored(&["health"]).status().unwrap().success() {}
    // Going back to sleep after that answer is no waking up.
    watch(Duration::from_secs(1));
    let before = switches(&daemon.0);
    watch(WATCH);
    println!(
        "idle daemon: {} KiB resident, {} threads, {} wake-ups in {} s",
        status(&daemon.0, "VmRSS"),
        status(&daemon.0, "Threads"),
        switches(&daemon.0) - before,
        WATCH.as_secs()
    );
}

/// Does nothing for so long.
#[expect(clippy::disallowed_methods, reason = "idleness is what is measured")]
fn watch(long: Duration) {
    std::thread::sleep(long);
}

/// A daemon that is ended with the bench.
struct RunningProgram(Child);

impl Drop for RunningProgram {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// User and system time of the children that ended, in ticks: fields 16 and 17 of proc(5)'s stat.
fn children_ticks() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = text.rsplit_once(')').unwrap().1;
    let fields: Vec<_> = after_name.split_whitespace().collect();
    fields[13..=14]
        .iter()
        .map(|it| it.parse::<f64>().unwrap())
        .sum()
}

fn status(child: &Child, key: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = text.lines().find(|it| it.starts_with(key)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn switches(child: &Child) -> u64 {
    status(child, "voluntary_ctxt_switches")
}
