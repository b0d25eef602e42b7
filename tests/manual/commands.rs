//! moored(1), from the command line's definition. What the definition cannot know stands here.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory};
use moored::{cli::Cli, exit_code::Exit};
use roff::{bold, roman};

use crate::page::{RoffPage, synopsis};

/// The exit codes, in the order they are looked up.
pub(crate) const EXITS: [(Exit, &str); 8] = [
    (
        Exit::Right,
        "Every host is right, whether it changed or not; or SIGTERM or SIGINT stopped the program.",
    ),
    (
        Exit::Fault,
        "An internal fault, or standard output could not be written. `moored health`: the daemon is not healthy. \
         `moored status`, `moored poke`: no daemon answers.",
    ),
    (Exit::Usage, "The command line is wrong."),
    (
        Exit::Pending,
        "`moored plan --exit-code`: changes are pending.",
    ),
    (
        Exit::AddressUnknown,
        "The host's address could not be detected; nothing was changed.",
    ),
    (
        Exit::TryAgain,
        "At least one host is not right yet: try again later.",
    ),
    (
        Exit::Refused,
        "A provider refused permanently: the credentials, a missing permission, an unknown domain, another record in the way.",
    ),
    (
        Exit::Config,
        "The configuration, or the file that `moored import` reads, is wrong. Every problem is printed with its file, line, \
         column, key and what to do.",
    ),
];

/// Which code wins, and which the daemon uses.
pub(crate) const ORDER: &str = "If several codes apply, the first of 78, 77, 75, 69 wins. The daemon ends with 0, 1, 2 or 78, and \
     with 75 if another daemon uses the same state directory.";

pub(crate) const SIGNALS: [(&str, &str); 3] = [
    (
        "SIGTERM, SIGINT",
        "Save the state and stop, within five seconds.",
    ),
    (
        "SIGHUP",
        "Read the configuration again. The daemon reports a wrong configuration and keeps the old one.",
    ),
    (
        "SIGUSR1",
        "Start a full round at once, which lists the records at the provider. At most 20 a minute and 60 an hour; several \
         signals that wait start one round.",
    ),
];

pub(crate) const ENVIRONMENT: [(&str, &str); 9] = [
    (
        "MOORED_CONFIG",
        "The configuration file, unless `--config` names one.",
    ),
    ("MOORED_LOG", "How much to log, unless `--log` is given."),
    (
        "MOORED_…",
        "The configuration, if there is no configuration file; see moored.toml(5).",
    ),
    (
        "STATE_DIRECTORY, XDG_STATE_HOME, HOME",
        "The state directory, unless the configuration sets `state_dir`; see moored.toml(5).",
    ),
    (
        "CREDENTIALS_DIRECTORY",
        "The directory of the systemd credentials that `token_credential` and similar keys name.",
    ),
    (
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
        "The proxy for the providers' APIs, and the exceptions, with curl's rules: lower-case names take precedence, and \
         http_proxy applies to http:// endpoints. A value that is not a proxy is an error at start. Detection never uses a \
         proxy.",
    ),
    (
        "NO_COLOR",
        "If set, the log has no colour. Output that is not a terminal never has colour.",
    ),
    (
        "NOTIFY_SOCKET, WATCHDOG_USEC, JOURNAL_STREAM",
        "Set by systemd. moored reports readiness, status and watchdog signals to it, and omits the time from log lines that the \
         journal reads.",
    ),
    (
        "PERIOD, PUBLICIP_FETCHERS, …",
        "Variables of ddns-updater, which `moored import` reads.",
    ),
];

pub(crate) const FILES: [(&str, &str); 5] = [
    (
        "/etc/moored/config.toml",
        "The configuration; else `$XDG_CONFIG_HOME/moored/config.toml` (`~/.config/moored/config.toml`).",
    ),
    (
        "/var/lib/moored",
        "The state directory of root; a systemd service has it too. See `state_dir` in moored.toml(5).",
    ),
    (
        "state.json",
        "In the state directory: the state. If it is missing or damaged, moored asks the provider.",
    ),
    (
        "lock",
        "In the state directory: locked by the one process that writes the records.",
    ),
    (
        "status.sock, poke.sock",
        "In the state directory: sockets on which the daemon answers `moored status`, `moored health` and `moored poke`.",
    ),
];

const EXAMPLES: [(&str, &str); 6] = [
    (
        "Check before the first change:",
        "moored check\nmoored detect\nmoored plan",
    ),
    (
        "One round from cron, which mails errors:",
        "*/5 * * * * moored moored --once >/dev/null",
    ),
    (
        "Tell the daemon a new address from a router's script:",
        "moored poke 84.212.10.20 2a01::1",
    ),
    (
        "Manage any record of an account, and call any operation of its provider's API:",
        "moored records home list example.com\n\
         moored records home add mail.example.com MX mx.example.net priority=10 --yes\n\
         moored api home --list\n\
         moored api home dns.list domain_id=1 type=TXT --json",
    ),
    (
        "Convert the configuration of another updater:",
        "moored import /etc/ddclient.conf >config.toml",
    ),
    (
        "Install the completions, and read this page where it is not installed:",
        "moored completions bash >/usr/share/bash-completion/completions/moored\nmoored man | man -l -",
    ),
];

pub(crate) fn page() -> String {
    let mut cli = Cli::command();
    cli.build();
    let mut page = RoffPage::new("moored", "1", "User Commands");
    page.section("NAME");
    page.text(
        "moored - keep a host's names moored to its address: dynamic DNS for Domeneshop and DNSPod",
    );
    page.section("SYNOPSIS");
    page.list(vec![
        synopsis("moored [OPTIONS] [run]"),
        synopsis("moored [OPTIONS] --once"),
        synopsis("moored [OPTIONS] COMMAND …"),
    ]);
    page.section("DESCRIPTION");
    page.text(
        "moored detects this host's public and interface IPv4 and IPv6 addresses, compares them with its saved state, with DNS \
         and with the provider's records, and writes the records that differ. Without a command it is a daemon that runs in the \
         foreground: as a systemd service, or as PID 1 of a container.",
    );
    page.text(
        "If an address cannot be detected, nothing changes. moored accepts a new address from external sources once \
         independent operators agree. It writes only the A and AAAA records of the configured hosts. A routine round that \
         finds no change makes no request to a provider.",
    );
    page.text("The configuration is described in moored.toml(5).");
    page.section("COMMANDS");
    for command in cli.get_subcommands().filter(|it| it.get_name() != "help") {
        described(&mut page, command);
    }
    page.section("OPTIONS");
    page.text("Options may stand before and after a command.");
    for arg in cli.get_arguments() {
        argument(&mut page, arg);
    }
    page.section("EXIT STATUS");
    for (exit, meaning) in EXITS {
        page.item(vec![bold(exit.code().to_string())], meaning);
    }
    page.text(ORDER);
    page.section("SIGNALS");
    page.text("To the daemon:");
    for (signal, meaning) in SIGNALS {
        page.item(vec![bold(signal)], meaning);
    }
    page.section("OUTPUT");
    page.text(
        "Answers go to standard output, the log to standard error. With `--json` every answer is one line of JSON; keys may \
         come to be added. No output shows a secret of the configuration; what `moored import` prints holds those of the \
         file it has read.",
    );
    for (title, items) in [("ENVIRONMENT", &ENVIRONMENT[..]), ("FILES", &FILES[..])] {
        page.section(title);
        for (name, meaning) in items {
            page.item(vec![bold(*name)], meaning);
        }
    }
    page.section("EXAMPLES");
    for (title, lines) in EXAMPLES {
        page.text(title);
        page.lines(lines);
    }
    page.section("SEE ALSO");
    page.text("`moored.toml`(5), `systemd.exec`(5), `crontab`(5)");
    page.source()
}

/// A command with its arguments, and those within it.
fn described(page: &mut RoffPage, command: &Command) {
    let mut own = command.clone();
    let usage = own.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").lines().next().unwrap();
    let usage = usage
        .replace("[OPTIONS] ", "")
        .replace(" [OPTIONS]", "")
        .replace(" <COMMAND>", " …");
    let about = command.get_long_about().or(command.get_about()).unwrap();
    let about = about.to_string();
    let mut paragraphs = about.split("\n\n");
    page.item(synopsis(&usage), &sentence(paragraphs.next().unwrap()));
    for paragraph in paragraphs {
        page.more(&sentence(paragraph));
    }
    let own: Vec<_> = command
        .get_arguments()
        .filter(|it| !it.is_global_set() && !["help", "version"].contains(&it.get_id().as_str()))
        .collect();
    if !own.is_empty() {
        page.within(|page| own.into_iter().for_each(|arg| argument(page, arg)));
    }
    for inner in command
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
    {
        described(page, inner);
    }
}

fn argument(page: &mut RoffPage, arg: &Arg) {
    let values = arg.get_value_names().unwrap_or_default();
    let value = values.first().map_or("", |it| it.as_str());
    let mut term = Vec::new();
    if let Some(short) = arg.get_short() {
        term.extend([bold(format!("-{short}")), roman(", ")]);
    }
    match arg.get_long() {
        Some(long) => {
            term.push(bold(format!("--{long}")));
            if arg.get_action().takes_values() {
                term.push(roman(" "));
                term.extend(synopsis(value));
            }
        }
        None => term.extend(synopsis(value)),
    }
    let help = arg.get_long_help().or(arg.get_help()).unwrap().to_string();
    let mut paragraphs = help.split("\n\n");
    let mut first = sentence(paragraphs.next().unwrap());
    if arg.get_action().takes_values() {
        let words = arg.get_possible_values();
        let words: Vec<_> = words
            .iter()
            .map(|it| format!("`{}`", it.get_name()))
            .collect();
        if !words.is_empty() {
            let _ = write!(first, " One of {}.", words.join(", "));
        }
        if let [default] = arg.get_default_values() {
            let _ = write!(first, " Default: `{}`.", default.display());
        }
    }
    page.item(term, &first);
    for paragraph in paragraphs {
        page.more(&sentence(paragraph));
    }
}

/// Help lines end without a full stop, sentences with one.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.replace('\n', " ");
    let text = text.trim();
    if text.ends_with(['.', ':', '…']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}
