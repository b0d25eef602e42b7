//! The sandbox by hand: `cargo run -p sandbox`, then point a client at what it prints.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal: what it prints is what it is for"
)]

mod args;
mod furnished;

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use args::Args;
use furnished::{furnish, welcome};
use sandbox::Sandbox;

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
