//! The composition root: the only place that knows the real clock, environment, signals, sockets
//! and files, and hands them to everything else.

mod api_command;
mod clock;
mod clock_watcher;
mod daemon_probe;
mod environment;
mod live_engine;
mod logging;
mod platform;
mod poke_server;
mod reopening;
mod signals;
mod status_server;
mod systemd;
mod timer;

use std::{
    borrow::Cow,
    cell::RefCell,
    ffi::{OsStr, OsString},
    io,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use clap::{CommandFactory, Parser, error::ErrorKind};
use rustix::fs::Mode;
use tokio::{runtime, task::LocalSet};
use tracing::{info, warn};

use crate::app::{
    clock::BootClock,
    live_engine::{LiveEngine, StateStore},
    platform::LinuxPlatform,
    poke_server::PokeServer,
    signals::{CaughtSignals, StopSignal},
};
use crate::{
    cli::{Cli, Command},
    commands::{
        self, CommandResult, Output,
        once::{OnceOptions, Verbosity},
    },
    config::Config,
    core::foreign_text::{printable, printable_lines},
    daemon::{self, DaemonStatus},
    report, stdio,
};
use crate::{
    core::{detection::hint::AddressHint, state::State},
    engine::Engine,
    exit_code::Exit,
    regular_file::InheritedPipe,
    state_file::{self, Lock, LockError, StateFile},
};

/// How long a stopped reader of standard output is waited for when a stop was asked for as well.
const OUTPUT_LIMIT_AFTER_STOP: Duration = Duration::from_millis(500);

/// How long the end of the log and of the notes waits for a reader of standard error.
const STDERR_LIMIT: Duration = Duration::from_secs(5);

/// What is left to be written at the end.
#[derive(Default)]
struct Unwritten {
    /// To standard output.
    answer: Vec<u8>,
    /// To standard error.
    notes: Vec<u8>,
}

/// Runs the program with these arguments and says how it ended.
pub fn main(args: impl Iterator<Item = OsString>) -> Exit {
    // Before anything else, so that a stop ends us well from the first moment on.
    let caught = signals::catch();
    // Secrets do not end up in a core dump (L12). Where the kernel refuses, nothing is lost.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    let mut unwritten = Unwritten::default();
    let (exit, is_stopped) = match caught {
        Ok((caught, stop)) => {
            let exit = carry_out(args, caught, &stop, &mut unwritten);
            (exit, stop.allow_at_once())
        }
        Err(error) => {
            let what = format!("signals cannot be caught: {error}\n");
            unwritten.notes.extend_from_slice(what.as_bytes());
            (Exit::Fault, false)
        }
    };
    write_out(&unwritten, exit, is_stopped)
}

/// Writes what is left, when everything is saved and the lock is free: a reader that has stopped holds up nobody but
/// himself, and a stop ends the wait. An answer that reaches nobody is an error.
fn write_out(unwritten: &Unwritten, exit: Exit, is_stopped: bool) -> Exit {
    let limit = is_stopped.then_some(OUTPUT_LIMIT_AFTER_STOP);
    let written = stdio::write_answer(&unwritten.answer, limit);
    stdio::write_text(&unwritten.notes);
    let exit = match written {
        Err(error) if !(is_stopped && error.kind() == io::ErrorKind::TimedOut) => {
            let what = format!("standard output could not be written: {error}\n");
            stdio::write_text(what.as_bytes());
            exit.with_unwritten_answer()
        }
        _ => exit,
    };
    let limit = if is_stopped {
        Duration::ZERO
    } else {
        STDERR_LIMIT
    };
    stdio::finish(limit);
    exit
}

fn carry_out(
    args: impl Iterator<Item = OsString>,
    caught: CaughtSignals,
    stop: &StopSignal,
    unwritten: &mut Unwritten,
) -> Exit {
    let args: Vec<OsString> = args.collect();
    let (exit, what, style) = match parse(args.iter()) {
        Ok(cli) => {
            let variables = environment::variables();
            let style = style(&variables);
            match run(&cli, &variables, style, (caught, stop), unwritten) {
                Ok(exit) => return exit,
                Err(trouble) => (trouble.exit, trouble.what, style),
            }
        }
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                unwritten.answer = error.render().to_string().into_bytes();
                return Exit::Right;
            }
            _ => {
                let style = style(&environment::variables());
                let text = error.to_string();
                let text = match quoting_printably(&text, &args) {
                    // With colours on a terminal.
                    Cow::Borrowed(_) if !style.journal => error.render().to_string(),
                    text => text.into_owned(),
                };
                (Exit::Usage, text, style)
            }
        },
    };
    let complaint = logging::error_line(&what, style.journal);
    unwritten.notes.extend_from_slice(complaint.as_bytes());
    exit
}

/// A message about the command line, with the arguments that it quotes made printable (L15): they may come from a
/// script that was given them by somebody else.
fn quoting_printably<'t>(text: &'t str, args: &[OsString]) -> Cow<'t, str> {
    let texts = args.iter().map(|arg| OsStr::to_string_lossy(arg));
    let mut shown = Cow::Borrowed(text);
    for arg in texts {
        let value = arg.split_once('=').map(|(_, value)| value);
        for quoted in [Some(&*arg), value].into_iter().flatten() {
            if let Cow::Owned(fit) = printable(quoted)
                && shown.contains(quoted)
            {
                shown = Cow::Owned(shown.replace(quoted, &fit));
            }
        }
    }
    match printable_lines(&shown) {
        Cow::Owned(lines) => Cow::Owned(lines),
        Cow::Borrowed(_) => shown,
    }
}

/// Why the program ends before it has done anything.
struct StartupError {
    what: String,
    exit: Exit,
}

fn parse(args: impl Iterator<Item = impl Into<OsString> + Clone>) -> Result<Cli, clap::Error> {
    let cli = Cli::try_parse_from(args)?;
    if cli.once && cli.command.as_ref().is_some_and(|it| *it != Command::Run) {
        let what = "--once is a way to run, not to be combined with another command";
        return Err(Cli::command().error(ErrorKind::ArgumentConflict, what));
    }
    if let Some(Command::Poke { addresses }) = &cli.command {
        let refused = |kind, what: &str| Cli::command().error(kind, what);
        AddressHint::of(addresses.iter().copied())
            .map_err(|why| refused(ErrorKind::TooManyValues, &why.to_string()))?;
        if cli.global.dry_run {
            let what = "the daemon that is poked writes: --dry-run cannot be said to it";
            return Err(refused(ErrorKind::ArgumentConflict, what));
        }
    }
    Ok(cli)
}

/// Carries out a command that needs no configuration: those that only speak to the running daemon, for
/// what is wrong with its configuration is its own affair, and those for whoever has none yet.
fn without_configuration(
    cli: &Cli,
    command: &Command,
    variables: &[(String, String)],
    output: &mut Output<'_>,
) -> Option<CommandResult> {
    let directory =
        || environment::state_directory(cli.global.config.as_deref(), variables.to_vec());
    Some(match command {
        Command::Status => commands::status::status(&directory(), output),
        Command::Health => commands::health::health(&directory(), output),
        Command::Poke { addresses } => {
            let poke = AddressHint::of(addresses.iter().copied()).unwrap_or_default();
            commands::poke::poke(&directory(), poke, output)
        }
        Command::Import { file } => commands::import::import(file, variables, output),
        Command::Completions { shell } => output.print_raw(shell.completions()),
        Command::Man { page } => output.print_raw(page.source()),
        _ => return None,
    })
}

fn run(
    cli: &Cli,
    variables: &[(String, String)],
    style: logging::Style,
    (caught, stop): (CaughtSignals, &StopSignal),
    unwritten: &mut Unwritten,
) -> Result<Exit, StartupError> {
    let logs = start_log(cli, variables, style)?;
    let path = cli.global.config.as_deref();
    let load = |pipe| environment::configuration(path, environment::variables(), pipe);
    let command = cli.command.clone().unwrap_or(Command::Run);
    let mut output = Output {
        to: &mut unwritten.answer,
        notes: &mut unwritten.notes,
        json: cli.global.json,
    };
    if command == Command::Health {
        stop.leave_uncaught();
    }
    if let Some(end) = without_configuration(cli, &command, variables, &mut output) {
        return Ok(end.into());
    }
    let config = load(environment::INHERITED_AT_START).map_err(|what| StartupError {
        what,
        exit: Exit::Config,
    })?;
    for warning in &config.warnings {
        warn!("{warning}");
    }
    if let Command::Check { offline: true } = command {
        return Ok(commands::check::offline(&config.targets(), &mut output).into());
    }
    let fault = |what: String| StartupError {
        what,
        exit: Exit::Fault,
    };
    let tls = crate::http::tls::config().map_err(|error| fault(format!("TLS: {error}")))?;
    let runtime =
        runtime().map_err(|error| fault(format!("the runtime could not be started: {error}")))?;
    let dry_run = cli.global.dry_run;
    let access = match command {
        Command::Run if !dry_run => StateAccess::Owner,
        _ => StateAccess::Reader,
    };
    let OpenedState {
        disk,
        state,
        lock: _lock,
    } = match OpenedState::open(&config, access) {
        Err(trouble) if cli.global.json && cli.once => {
            output.print_json(&report::json::not_played(
                &trouble.what,
                trouble.exit.code(),
            ));
            return Err(trouble);
        }
        state => state?,
    };
    let engine = LiveEngine::new(config, &tls, disk);
    let state = RefCell::new(state);
    let everything = async {
        let platform = LinuxPlatform::new(caught)
            .map_err(|error| fault(format!("timers and signals: {error}")))?;
        // From here on there is something to end well.
        stop.defer();
        if command == Command::Run && !cli.once {
            return daemon(engine, state, load, &tls, &platform, dry_run).await;
        }
        let commanded = async {
            let clock = &BootClock;
            match command.clone() {
                Command::Run => {
                    let code = |verdict| Exit::from(verdict).code();
                    let manner = OnceOptions {
                        dry_run,
                        logs,
                        lines: match (style.journal, cli.verbose) {
                            (true, _) => Verbosity::None,
                            (false, true) => Verbosity::All,
                            (false, false) => Verbosity::Changes,
                        },
                    };
                    commands::once::once(&engine, &state, clock, &mut output, manner, code).await
                }
                Command::Plan { exit_code } => {
                    commands::plan::plan(&engine, &state, clock, &mut output, exit_code).await
                }
                Command::Detect => commands::detect::detect(&engine, &state, &mut output).await,
                Command::Check { .. } => daemon_probe::check(&engine, &state, &mut output).await,
                Command::Api { .. } | Command::Records { .. } => {
                    api_command::run_api_command(&engine, &command, dry_run, &state, &mut output)
                        .await
                }
                Command::Status
                | Command::Health
                | Command::Import { .. }
                | Command::Completions { .. }
                | Command::Man { .. }
                | Command::Poke { .. } => CommandResult::Unhealthy,
            }
        };
        if let Some(end) = Box::pin(daemon::unless_stopped(&platform, commanded)).await {
            return Ok(end.into());
        }
        warn!("stopped before it was done; {}", daemon::STOP_CHECK_DELAY);
        Ok(Exit::Right)
    };
    LocalSet::new().block_on(&runtime, everything)
}

fn runtime() -> io::Result<runtime::Runtime> {
    runtime::Builder::new_current_thread().enable_all().build()
}

/// What a command does with the state.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StateAccess {
    /// Keeps the names right: nobody else may, meanwhile.
    Owner,
    /// Looks and learns: it writes what it learnt if nobody else keeps the state just then.
    Reader,
}

/// What is remembered, and the right to write it.
struct OpenedState {
    disk: StateStore,
    state: State,
    lock: Option<Lock>,
}

impl OpenedState {
    /// Opens the state. A state directory that cannot be used is reported and stops nobody (L10).
    fn open(config: &Config, access: StateAccess) -> Result<Self, StartupError> {
        let directory = config.state_dir.display();
        let file = StateFile::new(&config.state_dir);
        let keeps = access == StateAccess::Owner;
        if let Some(warning) = state_file::directory_warning(&config.state_dir, keeps) {
            warn!("{warning}");
        }
        let taken = Lock::take(&config.state_dir);
        if let Err(error @ LockError::Unusable(_)) = &taken {
            warn!("{directory}: {error}; nothing is remembered beyond this run");
        }
        let lock = match taken {
            Err(LockError::Held) if access == StateAccess::Owner => {
                let what = format!(
                    "another moored is running with {directory}: it keeps these names right; this \
                     one does nothing (give one of them its own state_dir if both are meant)"
                );
                return Err(StartupError {
                    what,
                    exit: Exit::TryAgain,
                });
            }
            // Somebody who looks must not stand in the way of somebody who keeps.
            taken => taken.ok().filter(|_| access == StateAccess::Owner),
        };
        let loaded = file.load(&clock::stamp());
        if let Some(trouble) = loaded.trouble {
            warn!("{trouble}");
        }
        let disk = match access {
            StateAccess::Owner => StateStore::Exclusive(file),
            StateAccess::Reader => StateStore::Shared(file),
        };
        Ok(Self {
            disk,
            state: loaded.state,
            lock,
        })
    }
}

async fn daemon(
    engine: LiveEngine,
    state: RefCell<State>,
    load: impl Fn(InheritedPipe) -> Result<Config, String>,
    tls: &Arc<rustls::ClientConfig>,
    platform: &LinuxPlatform,
    dry_run: bool,
) -> Result<Exit, StartupError> {
    let state_directory = engine.config().state_dir.clone();
    let daemon_status = Rc::new(DaemonStatus {
        last: RefCell::default(),
        state,
    });
    let poke_server = Rc::new(PokeServer::new(engine.config(), Rc::clone(&daemon_status)));
    let status = commands::status::socket(&state_directory);
    let poke = commands::poke::socket(&state_directory);
    // A dry run beside the daemon that keeps the names does not answer in its place.
    if !dry_run {
        let without = "`moored status` and `moored health`";
        if let Some(listener) = status_server::open(&status, None, without) {
            tokio::task::spawn_local(status_server::answer(listener, Rc::clone(&daemon_status)));
        }
        if let Some(listener) = status_server::open(&poke, Some(Mode::from(0o600)), "`moored poke`")
        {
            tokio::task::spawn_local(Rc::clone(&poke_server).answer(listener));
        }
    }
    info!(
        "moored {} started; state in {}, a check every {}",
        env!("CARGO_PKG_VERSION"),
        state_directory.display(),
        crate::core::time::HumanDuration(engine.intervals().interval)
    );
    let reload = || {
        let config = load(InheritedPipe::Refused)?;
        if config.state_dir != state_directory {
            return Err("state_dir cannot change while running: restart for that".to_owned());
        }
        for warning in &config.warnings {
            warn!("{warning}");
        }
        platform.watch_files(config.files());
        poke_server.reload(&config);
        let file = StateFile::new(&config.state_dir);
        let disk = if dry_run {
            StateStore::Shared(file)
        } else {
            StateStore::Exclusive(file)
        };
        let engine = LiveEngine::new(config, tls, disk);
        platform.listen_to_the_router(engine.asks_the_router());
        Ok(engine)
    };
    platform.watch_files(engine.config().files());
    platform.listen_to_the_router(engine.asks_the_router());
    platform.record_event(Rc::clone(&poke_server));
    daemon::run(engine, reload, platform, &daemon_status, dry_run).await;
    if !dry_run {
        for socket in [status, poke] {
            let _ = std::fs::remove_file(socket);
        }
    }
    Ok(Exit::Right)
}

/// How the log looks where this process was started.
fn style(variables: &[(String, String)]) -> logging::Style {
    logging::Style {
        no_color: variable(variables, "NO_COLOR").is_some_and(|it| !it.is_empty()),
        journal: logging::goes_to_journal(variable(variables, "JOURNAL_STREAM")),
    }
}

fn variable<'v>(variables: &'v [(String, String)], name: &str) -> Option<&'v str> {
    let found = variables.iter().find(|(it, _)| it == name);
    found.map(|(_, value)| value.as_str())
}

/// Starts the log, and says whether somebody wants to read it: without being asked for, the log of a single round
/// beside its lines would say everything twice.
fn start_log(
    cli: &Cli,
    variables: &[(String, String)],
    style: logging::Style,
) -> Result<bool, StartupError> {
    let asked = cli
        .global
        .log
        .as_deref()
        .or_else(|| variable(variables, "MOORED_LOG"));
    let is_run = cli.command.as_ref().is_none_or(|it| *it == Command::Run);
    let usual = match (is_run, cli.once) {
        (true, false) => "info",
        // Where the log is the answer.
        (true, true) if style.journal && cli.verbose => "debug",
        (true, true) if style.journal => "info",
        _ => "warn",
    };
    let filter = logging::filter(asked.unwrap_or(usual)).map_err(|error| StartupError {
        what: error.to_string(),
        exit: Exit::Usage,
    })?;
    logging::start(filter, style);
    Ok(asked.is_some() || style.journal || cli.global.json)
}
