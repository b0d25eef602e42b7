//! moored(1), from the command line's definition. What the definition cannot know stands here.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory};
use moored::{cli::Cli, exit::Exit};
use roff::{bold, roman};

use crate::page::{Page, synopsis};

/// The exit codes, in the order they are looked up.
const EXITS: [(Exit, &str); 8] = [
    (
        Exit::Right,
        "Every host is right, changed or not; or a clean stop by SIGTERM or SIGINT.",
    ),
    (
        Exit::Fault,
        "An internal fault. `moored health`: the daemon is not healthy. `moored status`, `moored poke`: no daemon \
         answers.",
    ),
    (Exit::Usage, "The command line is wrong."),
    (
        Exit::Pending,
        "`moored plan --exit-code`: changes are pending.",
    ),
    (
        Exit::AddressUnknown,
        "Our address could not be found out; nothing was changed.",
    ),
    (
        Exit::TryAgain,
        "At least one host could not be made right for now: try again.",
    ),
    (
        Exit::Refused,
        "A provider refused for good: credentials, permission, no such domain.",
    ),
    (
        Exit::Config,
        "The configuration is wrong, or the file to be imported. Every problem is printed with its file, line, column \
         and key, and what to do.",
    ),
];

const SIGNALS: [(&str, &str); 3] = [
    (
        "SIGTERM, SIGINT",
        "Stop, with the state saved, within five seconds.",
    ),
    (
        "SIGHUP",
        "Read the configuration again. A bad one is reported, and the old one stays in force.",
    ),
    (
        "SIGUSR1",
        "A full round at once, verifying against the provider. At most twenty a minute and sixty an hour; several that wait are one.",
    ),
];

const ENVIRONMENT: [(&str, &str); 9] = [
    (
        "MOORED_CONFIG",
        "The configuration file, unless `--config` names one.",
    ),
    ("MOORED_LOG", "How much to log, unless `--log` says it."),
    (
        "MOORED_…",
        "Where there is no configuration file, the configuration; see moored.toml(5).",
    ),
    (
        "STATE_DIRECTORY, XDG_STATE_HOME, HOME",
        "Where the state is kept, unless the configuration says it; see moored.toml(5).",
    ),
    (
        "CREDENTIALS_DIRECTORY",
        "Where systemd puts the credentials that a `token_credential` names.",
    ),
    (
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
        "The proxy for the providers' APIs, and for what there is none, as curl has them: names in small letters count first, and \
         http_proxy is for http:// endpoints. A value that names no proxy is an error at start. A proxy is never used to find out \
         our own address.",
    ),
    (
        "NO_COLOR",
        "If set, the log has no colour; off a terminal it has none anyway.",
    ),
    (
        "NOTIFY_SOCKET, WATCHDOG_USEC, JOURNAL_STREAM",
        "Set by systemd: it is told of readiness, status and signs of life, and the log leaves the time to the journal.",
    ),
    (
        "PERIOD, PUBLICIP_FETCHERS, …",
        "Those of ddns-updater are read by `moored import`.",
    ),
];

const FILES: [(&str, &str); 5] = [
    (
        "/etc/moored/config.toml",
        "The configuration; else `$XDG_CONFIG_HOME/moored/config.toml` (`~/.config/moored/config.toml`).",
    ),
    (
        "/var/lib/moored",
        "The state directory of a service or of root; see `state_dir` in moored.toml(5).",
    ),
    (
        "state.json",
        "In the state directory: what is remembered. Without it, or with one that is broken, the provider is asked.",
    ),
    (
        "lock",
        "In the state directory: held by the one process that keeps the names.",
    ),
    (
        "status.sock, poke.sock",
        "In the state directory: where the running daemon answers `moored status`, `moored health` and `moored poke`.",
    ),
];

const EXAMPLES: [(&str, &str); 6] = [
    (
        "Look before the first change:",
        "moored check\nmoored detect\nmoored plan",
    ),
    (
        "One round from cron, which mails what went wrong:",
        "*/5 * * * * moored moored --once >/dev/null",
    ),
    (
        "Tell the daemon a new address as soon as a router's script knows it:",
        "moored poke 84.212.10.20 2a01::1",
    ),
    (
        "Any record of an account, and any call of its provider's API:",
        "moored records home list example.com\n\
         moored records home add mail.example.com MX mx.example.net priority=10 --yes\n\
         moored api home --list\n\
         moored api home dns.list domain_id=1 type=TXT --json",
    ),
    (
        "Come over from another updater:",
        "moored import /etc/ddclient.conf >config.toml",
    ),
    (
        "Completions, and this page where it is not installed:",
        "moored completions bash >/usr/share/bash-completion/completions/moored\nmoored man | man -l -",
    ),
];

pub(crate) fn page() -> String {
    let mut cli = Cli::command();
    cli.build();
    let mut page = Page::new("moored", "1", "User Commands");
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
        "moored finds this host's public and interface IPv4 and IPv6 addresses, compares them with what it remembers, \
         what DNS answers and what the provider has, and pushes what changed. Without a command it is a daemon, which \
         runs in the foreground: as a service of systemd, or as PID 1 of a container.",
    );
    page.text(
        "Not being able to find an address out changes nothing. A new address from outside is believed once independent \
         operators say the same. Only the A and AAAA records of the hosts in the configuration are written, and a round \
         that changes nothing makes no request to a provider.",
    );
    page.text("The configuration is described in moored.toml(5).");
    page.section("COMMANDS");
    for command in cli.get_subcommands().filter(|it| it.get_name() != "help") {
        described(&mut page, command);
    }
    page.section("OPTIONS");
    page.text("They may stand before and after a command.");
    for arg in cli.get_arguments() {
        argument(&mut page, arg);
    }
    page.section("EXIT STATUS");
    for (exit, meaning) in EXITS {
        page.item(vec![bold(exit.code().to_string())], meaning);
    }
    page.text(
        "Where several would fit, the worst wins, in the order 78, 77, 75, 69. The daemon ends with 0, 1, 2 or 78, and with \
         75 if another one keeps the same state.",
    );
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
fn described(page: &mut Page, command: &Command) {
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

fn argument(page: &mut Page, arg: &Arg) {
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
fn sentence(text: &str) -> String {
    let text = text.replace('\n', " ");
    let text = text.trim();
    if text.ends_with(['.', ':', '…']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}
