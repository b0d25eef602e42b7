//! The pages in docs/reference that are made from the definitions: commands, configuration, exit codes.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory};
use moored::{
    cli::Cli,
    config::keys::{ConfigKey, Fallback, KeyKind, KeyTable, SOURCES, SPELLINGS, TABLES},
    exit_code::Exit,
};

use crate::{
    commands::{ENVIRONMENT, EXITS, FILES, ORDER, SIGNALS, sentence},
    configuration::{self, variables},
};

/// The head of a page: its title, who should read it, what it does not cover, and how it is made.
fn head(title: &str, readers: &str, elsewhere: &str, origin: &str) -> String {
    format!(
        "# {title}\n\n**For:** {readers} \\\n**Not covered:** {elsewhere}\n\n*This page is generated from {origin}. \
         `BLESS=1 cargo test --test manual` writes it.*\n"
    )
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

pub(crate) fn exit_codes() -> String {
    let mut page = head(
        "Exit codes",
        "anyone who starts moored from a script, a timer or a supervisor.",
        "what each command prints: see [commands](commands.md).",
        "the program's exit code type and the text of moored(1)",
    );
    page += "\n| code | meaning | what to do |\n| --- | --- | --- |\n";
    for (exit, meaning) in EXITS {
        let _ = writeln!(
            page,
            "| {} | {} | {} |",
            exit.code(),
            cell(meaning),
            remedy(exit)
        );
    }
    let _ = write!(
        page,
        "\n{ORDER}\n\nA host counts as right in each of these cases:\n\n\
         - Its records have the detected addresses.\n\
         - This host is known to have no address of that family, for example in a network without IPv6.\n\
         - Its record does not exist, and the configuration says `create = false`.\n"
    );
    page
}

fn remedy(exit: Exit) -> &'static str {
    match exit {
        Exit::Right => "Nothing.",
        Exit::Fault => {
            "Read standard error. Check that standard output can be written and that the daemon runs."
        }
        Exit::Usage => "Compare the command line with `moored --help`.",
        Exit::Pending => "Run `moored --once`, or let the daemon write the changes.",
        Exit::AddressUnknown => "Run `moored detect`, which shows the answer of every source.",
        Exit::TryAgain => "Run the command again later. The daemon does so by itself.",
        Exit::Refused => "Correct what the message names at the provider, then run `moored check`.",
        Exit::Config => "Correct what the messages name, then run `moored check --offline`.",
    }
}

pub(crate) fn commands() -> String {
    let mut cli = Cli::command();
    cli.build();
    let mut page = head(
        "Commands",
        "anyone who runs moored by hand or from a script.",
        "the keys of the configuration file: see [configuration](configuration.md). What the codes at the end of a command \
         mean: see [exit codes](exit-codes.md).",
        "the definition of the command line",
    );
    page += "\n`moored` without a command is the daemon, as `moored run`. `moored --once` runs one round and exits.\n\n\
             ## Options of every command\n\nOptions may stand before and after a command.\n\n";
    page += &arguments(cli.get_arguments());
    for command in cli.get_subcommands().filter(|it| it.get_name() != "help") {
        described(&mut page, command, 2);
    }
    page +=
        "\n## Signals\n\nThe daemon obeys these signals.\n\n| signal | effect |\n| --- | --- |\n";
    for (signal, effect) in SIGNALS {
        let _ = writeln!(page, "| {signal} | {} |", cell(effect));
    }
    page += "\n## Environment variables\n\n| variable | meaning |\n| --- | --- |\n";
    for (name, meaning) in ENVIRONMENT {
        let _ = writeln!(page, "| {} | {} |", codes(name), cell(meaning));
    }
    page += "\n## Files\n\n| file | meaning |\n| --- | --- |\n";
    for (name, meaning) in FILES {
        let _ = writeln!(page, "| {} | {} |", codes(name), cell(meaning));
    }
    page
}

/// Names separated by commas, as code.
fn codes(names: &str) -> String {
    let names: Vec<_> = names.split(", ").map(|it| format!("`{it}`")).collect();
    names.join(", ").replace("`…`", "…")
}

fn described(page: &mut String, command: &Command, level: usize) {
    let mut own = command.clone();
    let usage = own.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").lines().next().unwrap();
    let usage = usage.replace("[OPTIONS] ", "").replace(" [OPTIONS]", "");
    let name = own.get_bin_name().unwrap_or(own.get_name()).to_owned();
    let about = command.get_long_about().or(command.get_about()).unwrap();
    let about: Vec<_> = about.to_string().split("\n\n").map(sentence).collect();
    let marks = "#".repeat(level);
    let about = about.join("\n\n");
    let _ = write!(
        page,
        "\n{marks} {name}\n\n```text\n{usage}\n```\n\n{about}\n"
    );
    let own: Vec<_> = command
        .get_arguments()
        .filter(|it| !it.is_global_set() && !["help", "version"].contains(&it.get_id().as_str()))
        .collect();
    if !own.is_empty() {
        page.push('\n');
        *page += &arguments(own.into_iter());
    }
    let inner = command.get_subcommands();
    for inner in inner.filter(|it| it.get_name() != "help") {
        described(page, inner, level + 1);
    }
}

fn arguments<'a>(list: impl Iterator<Item = &'a Arg>) -> String {
    let mut table = String::from("| argument | meaning |\n| --- | --- |\n");
    for arg in list {
        let values = arg.get_value_names().unwrap_or_default();
        let value = values.first().map_or("", |it| it.as_str());
        let mut term = arg
            .get_short()
            .map_or_else(String::new, |it| format!("-{it}, "));
        match arg.get_long() {
            Some(long) if arg.get_action().takes_values() => {
                let _ = write!(term, "--{long} {value}");
            }
            Some(long) => {
                let _ = write!(term, "--{long}");
            }
            None => term += value,
        }
        let help = arg.get_long_help().or(arg.get_help()).unwrap().to_string();
        let help: Vec<_> = help.split("\n\n").map(sentence).collect();
        let mut help = help.join(" ");
        let words = arg.get_possible_values();
        if arg.get_action().takes_values() && !words.is_empty() {
            let words: Vec<_> = words
                .iter()
                .map(|it| format!("`{}`", it.get_name()))
                .collect();
            let _ = write!(help, " One of {}.", words.join(", "));
        }
        if let [default] = arg.get_default_values()
            && arg.get_action().takes_values()
        {
            let _ = write!(help, " Default: `{}`.", default.display());
        }
        let _ = writeln!(table, "| `{}` | {} |", cell(&term), cell(&help));
    }
    table
}

pub(crate) fn configuration() -> String {
    let mut page = head(
        "Configuration",
        "anyone who writes a configuration file or sets moored's environment variables.",
        "how to choose values: see the [how-to guides](../README.md). How sources are combined: see \
         [detection](../explanation/detection.md).",
        "the table of the configuration's keys",
    );
    let _ = write!(
        page,
        "\n{}\n\n{}\n\n## Examples\n\nThe smallest configuration:\n\n```toml\n{}\n```\n\nA service whose router is asked \
         first, and a second host that is another device:\n\n```toml\n{}\n```\n\nA container without a file:\n\n```text\n{}\n```\n",
        configuration::INTRODUCTION,
        configuration::DURATIONS,
        configuration::ACCOUNT,
        configuration::SERVICE,
        configuration::CONTAINER
    );
    for table in TABLES {
        let title = match table.path {
            "" => "Top of the file".to_owned(),
            _ => format!("`{}`", table.head()),
        };
        let about = table.about;
        let _ = write!(
            page,
            "\n## {title}\n\n{about}\n\n| key | value | without the key | meaning |\n| --- | --- | --- | --- |\n"
        );
        for key in table.keys {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} | {} |",
                key.name,
                cell(&value(key)),
                cell(&without(key)),
                cell(&meaning(table, key))
            );
        }
    }
    let _ = write!(
        page,
        "\n## Secrets\n\n{}\n\n| key | value |\n| --- | --- |\n",
        configuration::SECRETS
    );
    for (end, what) in SPELLINGS {
        let what = configuration::capital(what);
        let _ = writeln!(page, "| `token{end}` | {} |", cell(&what));
    }
    let _ = write!(
        page,
        "\n{}\n\n## Sources\n\n{}\n\n| source | what moored asks |\n| --- | --- |\n",
        configuration::OPEN_CONFIGURATION,
        configuration::OPERATORS
    );
    for (form, what) in SOURCES {
        let _ = writeln!(page, "| `{form}` | {} |", cell(what));
    }
    let _ = write!(
        page,
        "\n## Environment variables\n\n{}\n\n{}\n",
        configuration::VARIABLES,
        configuration::OTHER_VARIABLES
    );
    page
}

fn value(key: &ConfigKey) -> String {
    match key.kind {
        KeyKind::Duration(least, most) => {
            format!("length of time from `\"{least}\"` to `\"{most}\"`")
        }
        KeyKind::Integer(least, i64::MAX, _) => format!("whole number, at least {least}"),
        KeyKind::Integer(least, most, 1) => format!("whole number from {least} to {most}"),
        KeyKind::Integer(least, most, step) => {
            format!("whole number from {least} to {most} in steps of {step}")
        }
        KeyKind::Switch => "`true` or `false`".to_owned(),
        KeyKind::Choice(words) => {
            let words: Vec<_> = words.iter().map(|it| format!("`\"{it}\"`")).collect();
            let (last, others) = words.split_last().unwrap();
            format!("{} or {last}", others.join(", "))
        }
        KeyKind::Text(form) => form.name.to_owned(),
        KeyKind::Texts(form) => format!("list; each item: {}", form.name),
        KeyKind::Secret => "[secret](#secrets)".to_owned(),
        KeyKind::Device => "`true`, `false` or a table".to_owned(),
    }
}

fn without(key: &ConfigKey) -> String {
    match key.without {
        Fallback::Default(value) => format!("`{value}`"),
        Fallback::Described(words) => words.trim_end_matches('.').to_owned(),
        Fallback::Required => "required".to_owned(),
    }
}

fn meaning(table: &KeyTable, key: &ConfigKey) -> String {
    let about = key.about.replace(
        "as SOURCES below has them",
        "in the forms [below](#sources)",
    );
    match variables(table, key) {
        Some(variables) => format!("{about} Variable: {variables}."),
        None => about,
    }
}
