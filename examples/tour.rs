//! The tour: `cargo run --release --example tour`.
//!
//! Needs no account, no root, no network and no set-up. It starts the sandbox, runs the real program
//! (this executable, called as moored) on this host's real interface addresses with both
//! providers, and shows what was detected, planned, sent, and what DNS answers. Then the address
//! changes, and it shows how many requests and milliseconds it took until DNS answered right.
#![expect(clippy::print_stdout, reason = "showing things is what a tour is for")]

use std::{
    collections::BTreeSet,
    error::Error,
    ffi::OsString,
    fs,
    net::IpAddr,
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use moored::{
    core::{
        address::family::Family,
        dns::name::{Fqdn, ZoneName},
    },
    resolver::{AuthoritativeResolver, RrsetQuery},
};
use rustix::process::{Pid, Signal, kill_process};
use sandbox::{Sandbox, Service, Site};

/// The first argument that makes this executable be moored.
const AS_MOORED: &str = "--as-moored";
const LOGIN: &str = "10001,0123456789abcdef0123456789abcdef";
const HOSTS: [(&str, &str); 4] = [
    ("home.example.com", "example.com"),
    ("www.example.com", "example.com"),
    ("home.example.org", "example.org"),
    ("nas.example.org", "example.org"),
];
/// The longest the tour waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

type TourResult<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let program = args.next().unwrap_or_default();
    if args.next().is_some_and(|first| first == AS_MOORED) {
        let args: Vec<OsString> = std::iter::once(program).chain(args).collect();
        return moored::app::main(args.into_iter()).code().into();
    }
    match tour() {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            println!("\nThe tour ends early: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn tour() -> TourResult {
    let place = tempfile::tempdir()?;
    let sandbox = furnished();
    let config = place.path().join("config.toml");
    fs::write(&config, configuration(&sandbox, place.path()))?;

    title("The sandbox stands in for both providers; this is the configuration");
    println!("{}", fs::read_to_string(&config)?.trim_end());

    title("moored detect: this host's own addresses, from its interfaces");
    moored(&config, &["detect"])?;

    title("moored plan: what would change, and why");
    moored(&config, &["plan"])?;

    title("moored --once: and it is so");
    sandbox.clear_log();
    moored(&config, &["--once"])?;
    show_requests(&sandbox, 0);
    show_dns(&sandbox)?;

    title("moored --once --verbose again: nothing changed, so nobody is asked");
    sandbox.clear_log();
    moored(&config, &["--once", "--verbose"])?;
    show_requests(&sandbox, 0);

    title("moored as a daemon; then the address changes");
    sandbox.clear_log();
    let mut daemon = TourDaemon::start(&config)?;
    daemon.wait_until_healthy(&config)?;
    show_requests(&sandbox, 0);
    let changed: IpAddr = "198.51.100.77".parse()?;
    fs::write(place.path().join("address"), format!("{changed}\n"))?;
    let took = daemon.nudge_until(&sandbox, changed)?;
    println!("the address is {changed} from now on");
    show_requests(&sandbox, 0);
    show_dns(&sandbox)?;
    println!(
        "DNS answered right for {} names at 2 providers {:.1} ms after the change, with {} requests",
        HOSTS.len(),
        took.as_secs_f64() * 1000.0,
        requests(&sandbox),
    );

    title("And it stops when it is told to");
    let (code, took) = daemon.stop()?;
    println!(
        "exit code {code} after {:.0} ms",
        took.as_secs_f64() * 1000.0
    );
    if code != 0 {
        return Err("the daemon did not stop cleanly".into());
    }
    Ok(())
}

fn furnished() -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.domeneshop().account("sandbox", "sandbox-secret");
    sandbox.domeneshop().domain("sandbox", "example.com");
    sandbox
        .domeneshop()
        .add("example.com", "home", "A", "192.0.2.99", None);
    sandbox
        .domeneshop()
        .add("example.com", "@", "TXT", "v=spf1 -all", None);
    let dnspod = sandbox.dnspod(Site::International);
    dnspod.account(LOGIN);
    dnspod.domain(LOGIN, "example.org");
    dnspod.add("example.org", "home", "A", "192.0.2.99", None, Some(600));
    sandbox
}

/// The interfaces' addresses, whatever they are: most hosts have private ones, which a real
/// configuration would not publish. The file is not there at first; once it is, it says what
/// the address is.
fn configuration(sandbox: &Sandbox, place: &Path) -> String {
    let place = place.display();
    let hosts = |zone: &str| {
        let of_zone = HOSTS.iter().filter(|(_, it)| *it == zone);
        of_zone
            .map(|(host, _)| format!("{host:?}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    format!(
        r#"state_dir = "{place}/state"

[ipv4]
sources = ["file:{place}/address", "interface"]
accept  = "any"

[ipv6]
sources = ["interface"]
accept  = "any"

[dns]
servers = ["{dns}"]

[[domeneshop]]
token    = "sandbox"
secret   = "sandbox-secret"
endpoint = "{domeneshop}"
hosts    = [{com}]

[[dnspod]]
token    = "{LOGIN}"
contact  = "me@example.com"
endpoint = "{dnspod}"
hosts    = [{org}]
"#,
        dns = sandbox.dns().addr(),
        domeneshop = sandbox.domeneshop().url(),
        dnspod = sandbox.dnspod(Site::International).url(),
        com = hosts("example.com"),
        org = hosts("example.org"),
    )
}

fn title(text: &str) {
    println!("\n── {text}\n");
}

fn command(config: &Path, args: &[&str]) -> TourResult<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg(AS_MOORED)
        .args(args)
        .arg("--config")
        .arg(config)
        .arg("--log")
        .arg("error");
    Ok(command)
}

/// Runs moored and shows what it says. A host without a usable address in one family is told so
/// (69), and the tour goes on with the other.
fn moored(config: &Path, args: &[&str]) -> TourResult {
    let status = command(config, args)?.status()?;
    match status.code() {
        Some(0) => Ok(()),
        Some(69) => {
            println!("(exit code 69: one family's address is not known here)");
            Ok(())
        }
        code => Err(format!("moored {} ended with {code:?}", args.join(" ")).into()),
    }
}

fn requests(sandbox: &Sandbox) -> usize {
    sandbox.requests(Service::Domeneshop) + sandbox.requests(Service::DnsPod(Site::International))
}

fn show_requests(sandbox: &Sandbox, from: usize) {
    let log = sandbox.log();
    println!("requests to the providers: {}", requests(sandbox));
    for request in log.iter().skip(from) {
        println!("  {request}");
    }
}

/// What the DNS server answers to each of our names.
fn dns(sandbox: &Sandbox) -> TourResult<Vec<(String, BTreeSet<IpAddr>)>> {
    let servers = AuthoritativeResolver {
        configured: vec![sandbox.dns().addr()],
        timeout: Duration::from_secs(2),
    };
    let mut questions = Vec::new();
    for (host, zone) in HOSTS {
        for family in Family::ALL {
            let (host, zone) = (Fqdn::parse(host)?, ZoneName::parse(zone)?);
            questions.push(RrsetQuery { host, family, zone });
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let answers = runtime.block_on(servers.ask(&questions));
    let named = questions.iter().zip(answers).map(|(question, answers)| {
        let addrs = answers
            .into_iter()
            .filter_map(|it| it.answer.ok())
            .flatten()
            .collect();
        (
            format!("{} {}", question.host, question.family.record_type()),
            addrs,
        )
    });
    Ok(named.collect())
}

fn show_dns(sandbox: &Sandbox) -> TourResult {
    println!("DNS answers:");
    for (name, addrs) in dns(sandbox)? {
        println!(
            "  {name:22} {}",
            moored::core::address::addr_set::display_list(&addrs)
        );
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the tour measures real time")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a pause between two looks")]
fn pause() {
    std::thread::sleep(Duration::from_millis(1));
}

struct TourDaemon(Child);

impl TourDaemon {
    fn start(config: &Path) -> TourResult<Self> {
        Ok(Self(
            command(config, &["run"])?.stdin(Stdio::null()).spawn()?,
        ))
    }

    fn wait_until_healthy(&mut self, config: &Path) -> TourResult {
        let begun = now();
        // On a host with one family the daemon says, truthfully, that the other is not known.
        let attempted = |text: &str| text.contains("healthy") && !text.contains("no daemon");
        loop {
            let output = command(config, &["status"])?.output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            if attempted(&text) && !text.contains("under way") {
                print!("{text}");
                return Ok(());
            }
            if begun.elapsed() > PATIENCE || self.0.try_wait()?.is_some() {
                return Err("the daemon did not come up".into());
            }
            pause();
        }
    }

    fn signal(&self, signal: Signal) -> TourResult {
        let id = i32::try_from(self.0.id())?;
        kill_process(Pid::from_raw(id).ok_or("no process")?, signal)?;
        Ok(())
    }

    /// Tells the daemon to look again, and how long it takes until DNS has the address for all.
    fn nudge_until(&self, sandbox: &Sandbox, addr: IpAddr) -> TourResult<Duration> {
        sandbox.clear_log();
        let begun = now();
        self.signal(Signal::HUP)?;
        while begun.elapsed() < PATIENCE {
            let right = |(name, addrs): &(String, BTreeSet<IpAddr>)| {
                name.ends_with(" AAAA") || *addrs == BTreeSet::from([addr])
            };
            if dns(sandbox)?.iter().all(right) {
                return Ok(begun.elapsed());
            }
            pause();
        }
        Err("DNS did not become right".into())
    }

    fn stop(mut self) -> TourResult<(i32, Duration)> {
        let begun = now();
        self.signal(Signal::TERM)?;
        let status = self.0.wait()?;
        Ok((status.code().unwrap_or(-1), begun.elapsed()))
    }
}

impl Drop for TourDaemon {
    fn drop(&mut self) {
        // Already ended, unless the tour ended early.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
