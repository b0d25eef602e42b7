//! The manual, the reference pages of docs/, the completions and the schema for editors: made from the definitions of the command line and of
//! the configuration's keys, committed, and compared. `BLESS=1 cargo test --test manual` writes them anew.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod commands;
mod configuration;
mod example;
mod page;
mod reference;
mod schema;

use std::{fmt::Write as _, fs, path::Path, process::Command};

use clap::{CommandFactory, ValueEnum, builder::PossibleValue};
use clap_complete::{generate, shells};
use moored::cli::{Cli, CompletionShell, ManualPage};

#[expect(
    clippy::disallowed_methods,
    reason = "a switch for whoever changes a definition"
)]
fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// A file of the source tree is what it is made as.
fn held(path: &str, made: &str) {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if is_blessing() {
        fs::write(&whole, made).unwrap();
    }
    assert!(
        fs::read_to_string(&whole).unwrap() == made,
        "{path} is not what the definitions say: BLESS=1 cargo test --test manual writes it anew"
    );
}

#[test]
fn the_page_of_the_commands_is_what_the_command_line_says() {
    held("contrib/man/moored.1", &commands::page());
}

#[test]
fn the_page_of_the_configuration_is_what_the_table_of_keys_says() {
    held("contrib/man/moored.toml.5", &configuration::page());
}

#[test]
fn the_reference_pages_are_what_the_definitions_say() {
    held("docs/reference/commands.md", &reference::commands());
    held(
        "docs/reference/configuration.md",
        &reference::configuration(),
    );
    held("docs/reference/exit-codes.md", &reference::exit_codes());
}

#[test]
fn the_schema_is_what_the_table_of_keys_says() {
    held("contrib/moored.schema.json", &schema::schema());
}

#[test]
fn the_completions_are_what_the_command_line_says() {
    for shell in CompletionShell::value_variants() {
        let (path, made) = completions(*shell);
        held(path, &made);
    }
}

/// A shell's script and where it is. `moored help …` is what `--help` is, and is a third of the script: not completed.
fn completions(shell: CompletionShell) -> (&'static str, String) {
    let mut command = Cli::command()
        .disable_help_subcommand(true)
        .mut_subcommand("records", |it| it.disable_help_subcommand(true));
    let mut made = Vec::new();
    let path = match shell {
        CompletionShell::Bash => {
            generate(shells::Bash, &mut command, "moored", &mut made);
            "contrib/completions/moored.bash"
        }
        CompletionShell::Zsh => {
            generate(shells::Zsh, &mut command, "moored", &mut made);
            "contrib/completions/_moored"
        }
        CompletionShell::Fish => {
            generate(shells::Fish, &mut command, "moored", &mut made);
            made.extend(fish_words(&command).into_bytes());
            "contrib/completions/moored.fish"
        }
    };
    (path, String::from_utf8(made).unwrap())
}

/// The words that commands take, which `clap_complete` leaves out for fish.
fn fish_words(command: &clap::Command) -> String {
    let mut lines = String::new();
    for inner in command.get_subcommands() {
        for arg in inner.get_positionals() {
            let words: Vec<_> = arg.get_possible_values();
            let words: Vec<_> = words.iter().map(PossibleValue::get_name).collect();
            if !words.is_empty() {
                let (name, words) = (inner.get_name(), words.join(" "));
                let _ = writeln!(
                    lines,
                    "complete -c moored -n \"__fish_moored_using_subcommand {name}\" -f -a \"{words}\""
                );
            }
        }
    }
    lines
}

#[test]
fn the_program_prints_what_is_committed_and_needs_no_configuration_for_it() {
    if is_blessing() {
        return; // This one was built with what is being replaced.
    }
    let printed = |args: [&str; 2]| {
        let output = Command::new(env!("CARGO_BIN_EXE_moored"))
            .args(args)
            .env("MOORED_CONFIG", "/nonexistent")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for shell in CompletionShell::value_variants() {
        let name = shell.to_possible_value().unwrap();
        let same = printed(["completions", name.get_name()]) == completions(*shell).1;
        assert!(same, "{shell:?}");
    }
    for page in ManualPage::value_variants() {
        let name = page.to_possible_value().unwrap();
        let made = match page {
            ManualPage::Moored => commands::page(),
            ManualPage::Configuration => configuration::page(),
        };
        assert!(printed(["man", name.get_name()]) == made, "{page:?}");
    }
}
