//! What the tests of the binary share: a sandbox, a directory, a configuration, and running moored.

use std::{
    fs,
    io::Read,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sandbox::{Options, Sandbox, Service, Site};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const TOKEN: &str = "token-marker-5f1c";
pub(crate) const SECRET: &str = "secret-marker-77aa";
pub(crate) const LOGIN: &str = "12345,login-marker-90fe3d";

pub(crate) const ADDRESS: &str = "84.212.10.20";
pub(crate) const OTHER: &str = "84.212.99.99";

/// A sandbox with an account at each provider, and moored beside it.
pub(crate) struct TestEnv {
    pub(crate) sandbox: Sandbox,
    pub(crate) dir: TempDir,
}

/// How a run ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    /// Ends the test with everything the run said, unless it ended with `code`.
    #[track_caller]
    pub(crate) fn assert_exit(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }
}

impl TestEnv {
    /// Domeneshop with example.com, DNSPod (international) with example.org, DNSPod (China) with
    /// example.cn.
    pub(crate) fn new() -> Self {
        // The vendor's page threatens those who name no program and no address; moored is not to be one of them.
        let sandbox = Sandbox::with(Options {
            strict_user_agents: true,
            ..Options::default()
        })
        .unwrap();
        sandbox.domeneshop().account(TOKEN, SECRET);
        sandbox.domeneshop().domain(TOKEN, "example.com");
        for (site, zone) in [
            (Site::International, "example.org"),
            (Site::China, "example.cn"),
        ] {
            sandbox.dnspod(site).account(LOGIN);
            sandbox.dnspod(site).domain(LOGIN, zone);
        }
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("address"), format!("{ADDRESS}\n")).unwrap();
        Self { sandbox, dir }
    }

    /// What the source `file:` says from now on.
    pub(crate) fn address(&self, text: &str) {
        fs::write(self.dir.path().join("address"), text).unwrap();
    }

    /// The part of a configuration that every test needs: the address from a file, the sandbox's
    /// DNS server, the state beside the configuration.
    pub(crate) fn head(&self) -> String {
        format!(
            "timeout = \"2s\"\nstate_dir = \"{dir}/state\"\n\
             [ipv4]\nsources = [\"file:{dir}/address\"]\n\
             [ipv6]\nsources = []\n\
             [dns]\nservers = [\"{dns}\"]\n",
            dir = self.dir.path().display(),
            dns = self.sandbox.dns().addr(),
        )
    }

    pub(crate) fn domeneshop(&self, rest: &str) -> String {
        format!(
            "[[domeneshop]]\ntoken = \"{TOKEN}\"\nsecret = \"{SECRET}\"\nendpoint = \"{}\"\n{rest}\n",
            self.sandbox.domeneshop().url()
        )
    }

    pub(crate) fn dnspod(&self, site: Site, rest: &str) -> String {
        let word = match site {
            Site::International => "international",
            Site::China => "china",
        };
        format!(
            "[[dnspod]]\nname = \"{word}\"\nsite = \"{word}\"\ntoken = \"{LOGIN}\"\n\
             contact = \"me@example.com\"\nendpoint = \"{}\"\n{rest}\n",
            self.sandbox.dnspod(site).url()
        )
    }

    /// Writes the configuration.
    pub(crate) fn config(&self, text: &str) -> PathBuf {
        let path = self.dir.path().join("config.toml");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// The usual configuration: one host at Domeneshop.
    pub(crate) fn simple(&self) -> PathBuf {
        self.config(&(self.head() + &self.domeneshop("hosts = [\"home.example.com\"]")))
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_moored"));
        command
            .args(args)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("MOORED_CONFIG", self.dir.path().join("config.toml"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        finish(self.command(args))
    }

    /// The daemon, in the background.
    pub(crate) fn daemon(&self, args: &[&str]) -> RunningDaemon {
        self.spawn(self.command(args))
    }

    /// A command in the background, its log in a file.
    pub(crate) fn spawn(&self, mut command: Command) -> RunningDaemon {
        let log = fs::File::create(self.dir.path().join("log")).unwrap();
        command.stdout(Stdio::null()).stderr(log);
        self.spawn_as_it_is(command)
    }

    /// A command in the background that says where its log goes.
    pub(crate) fn spawn_as_it_is(&self, mut command: Command) -> RunningDaemon {
        RunningDaemon {
            child: command.spawn().unwrap(),
            log: self.dir.path().join("log"),
        }
    }

    /// Requests to any provider so far.
    pub(crate) fn requests(&self) -> usize {
        [
            Service::Domeneshop,
            Service::DnsPod(Site::International),
            Service::DnsPod(Site::China),
        ]
        .into_iter()
        .map(|service| self.sandbox.requests(service))
        .sum()
    }

    /// The addresses of a host's records of a type at Domeneshop, in order.
    pub(crate) fn at_domeneshop(&self, host: &str, kind: &str) -> Vec<String> {
        let records = self.sandbox.domeneshop().records("example.com");
        let own = records
            .iter()
            .filter(|it| it["host"] == host && it["type"] == kind);
        let mut addrs: Vec<_> = own
            .map(|it| it["data"].as_str().unwrap().to_owned())
            .collect();
        addrs.sort();
        addrs
    }

    /// The same at DNSPod.
    pub(crate) fn at_dnspod(&self, site: Site, zone: &str, host: &str, kind: &str) -> Vec<String> {
        let records = self.sandbox.dnspod(site).records(zone);
        let own = records
            .iter()
            .filter(|it| it["name"] == host && it["type"] == kind);
        let mut addrs: Vec<_> = own
            .map(|it| it["value"].as_str().unwrap().to_owned())
            .collect();
        addrs.sort();
        addrs
    }
}

pub(crate) fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A daemon that is ended with the test, by its own id.
pub(crate) struct RunningDaemon {
    pub(crate) child: Child,
    log: PathBuf,
}

impl RunningDaemon {
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Everything it has logged.
    pub(crate) fn log(&self) -> String {
        let mut text = String::new();
        fs::File::open(&self.log)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    /// Waits for its end, and says how and after how long.
    pub(crate) fn end(&mut self) -> (Option<i32>, Duration) {
        let begun = now();
        let status = self.child.wait().unwrap();
        (status.code(), begun.elapsed())
    }
}

impl Drop for RunningDaemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "a test measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Looks until `condition` holds; the test fails with `what` when it does not within 20 seconds.
/// What is waited for is another process's doing, for which there is no event to wait on.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = now();
    while !condition() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "never came: {what}"
        );
        #[expect(clippy::disallowed_methods, reason = "a pause between two looks")]
        std::thread::sleep(Duration::from_millis(5));
    }
}
