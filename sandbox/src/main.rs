//! The sandbox by hand: `cargo run -p sandbox`, then point a client at what it prints.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal: what it prints is what it is for"
)]

mod args;

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use args::Args;
use sandbox::{Sandbox, Site};

const TOKEN: &str = "sandbox";
const SECRET: &str = "sandbox-secret";
const LOGIN_TOKEN: &str = "10001,0123456789abcdef0123456789abcdef";
const ADDRESS: &str = "203.0.113.7";
const ADDRESS6: &str = "2001:db8::7";

/// How often the end of the input is looked for.
const GLANCE: Duration = Duration::from_millis(250);

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    };
    let sandbox = match Sandbox::with(args.options()) {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!("{error} (another sandbox? --port-base chooses other ports)");
            return ExitCode::FAILURE;
        }
    };
    furnish(&sandbox);
    println!("{}", welcome(&sandbox));
    let ended = Arc::new(AtomicBool::new(false));
    if args.until_eof {
        let ended = Arc::clone(&ended);
        thread::spawn(move || {
            // An input that cannot be read has ended too.
            let _ = io::stdin().read_to_end(&mut Vec::new());
            ended.store(true, Ordering::Relaxed);
        });
    }
    let mut next = 0;
    while !ended.load(Ordering::Relaxed) {
        let (requests, after) = sandbox.log_from(next, GLANCE);
        for request in requests {
            // Whoever stopped reading this does not need it.
            let _ = writeln!(io::stdout(), "{request}");
        }
        next = after;
    }
    ExitCode::SUCCESS
}

/// The accounts, domains and answers to begin with.
fn furnish(sandbox: &Sandbox) {
    sandbox.domeneshop().account(TOKEN, SECRET);
    sandbox.domeneshop().domain(TOKEN, "example.com");
    for (site, domain) in [
        (Site::International, "example.org"),
        (Site::China, "example.cn"),
    ] {
        sandbox.dnspod(site).account(LOGIN_TOKEN);
        sandbox.dnspod(site).domain(LOGIN_TOKEN, domain);
    }
    for n in 1..=8 {
        sandbox.echo(n).answer(ADDRESS);
    }
    if let Some(echo) = sandbox.echo6() {
        echo.answer(ADDRESS6);
    }
}

fn welcome(sandbox: &Sandbox) -> String {
    let domeneshop = sandbox.domeneshop().url();
    let dnspod = sandbox.dnspod(Site::International).url();
    let china = sandbox.dnspod(Site::China).url();
    let dns = sandbox.dns().addr();
    let control = sandbox.control_url();
    let (one, two) = (sandbox.echo(1).url(), sandbox.echo(2).url());
    let six = sandbox.echo6();
    let six = six.map_or("(no IPv6 here)".to_owned(), |echo| echo.url());
    format!(
        "\
Domeneshop      {domeneshop}   token {TOKEN}, secret {SECRET}, zone example.com
DNSPod          {dnspod}      login_token {LOGIN_TOKEN}, zone example.org
DNSPod, China   {china}      the same login_token, zone example.cn
DNS             {dns}             {dig}
Echo            {one} to {last}, all saying {ADDRESS}
Echo, IPv6      {six}, saying {ADDRESS6}
Control         {control}      curl -d 198.51.100.9 '{control}/echo?n=1'; curl {control}/log; curl {control} for more

A configuration to paste:

state_dir = \"/tmp/moored-sandbox\"
ipv4 = {{ sources = [\"{one}\", \"{two}\"], accept = \"any\" }}
ipv6 = {{ sources = [] }}
dns = {{ servers = [\"{dns}\"] }}
[[domeneshop]]
endpoint = \"{domeneshop}\"
token = \"{TOKEN}\"
secret = \"{SECRET}\"
hosts = [\"home.example.com\"]
[[dnspod]]
endpoint = \"{dnspod}\"
token = \"{LOGIN_TOKEN}\"
contact = \"me@example.com\"
hosts = [\"home.example.org\"]

Requests:
",
        dig = dig(dns),
        last = sandbox.echo(8).url(),
    )
}

fn dig(dns: SocketAddr) -> String {
    format!("dig @{} -p {} home.example.com", dns.ip(), dns.port())
}
