//! moored.toml(5), from the table of the configuration's keys. What is true of more than one key stands here.

use std::fmt::Write as _;

use moored::config::keys::{ConfigKey, Fallback, KeyKind, KeyTable, SOURCES, SPELLINGS, TABLES};
use roff::{Inline, bold, italic, roman};

use crate::page::{RoffPage, prose, synopsis};

// What stands in moored.toml(5) and in docs/reference/configuration.md.
pub(crate) const INTRODUCTION: &str = "The configuration is one TOML file, or environment variables where there is no file. One \
     account with its hosts is enough; every other key has a default. An unknown key is an error. moored prints all errors at \
     once, each with its line and what to do. `moored check` reads the configuration, asks the providers and changes nothing. \
     The daemon reads the file again on SIGHUP.";
pub(crate) const DURATIONS: &str = "A length of time is text with a number and a unit, for example `\"90s\"`, `\"5m\"`, `\"1h30m\"`, \
     `\"24h\"`, `\"1d\"` or `\"500ms\"`.";
pub(crate) const SECRETS: &str = "Each secret is given in exactly one of four ways, shown here for `token`. A secret is one word: \
     moored refuses white space within it and quotes around it, so that it never sends a wrong one.";
pub(crate) const OPEN_CONFIGURATION: &str =
    "moored warns if the configuration contains a secret and other users can read the file.";
pub(crate) const OPERATORS: &str = "Each source has one of these forms. All hosts of a built-in operator's domain count as that \
     operator; any other host name or address counts as an operator of its own.";
pub(crate) const VARIABLES: &str = "If there is no configuration file, the variables named on this page are the configuration. They \
     allow at most one account for each provider. Commas separate the items of a list. An empty variable counts as not set. If \
     there is a file, the variables have no effect, and moored warns about them. An unknown variable whose name begins with \
     `MOORED_` is an error.";
pub(crate) const OTHER_VARIABLES: &str = "`STATE_DIRECTORY`, `XDG_STATE_HOME` and `HOME` determine the state directory if `state_dir` is \
     not set. `CREDENTIALS_DIRECTORY` is the directory of systemd's credentials.";

pub(crate) const ACCOUNT: &str = "\
[[domeneshop]]
token  = \"…\"
secret = \"…\"
hosts  = [\"home.example.com\", \"www.example.com\"]";

pub(crate) const SERVICE: &str = "\
interval = \"10m\"

[ipv4]
sources = [\"router\", \"https\", \"dns\"]

[ipv6]
sources = [\"interface\"]

[[dnspod]]
name = \"work\"
token_credential = \"dnspod-token\"
contact = \"me@example.com\"
hosts = [\"home.example.org\"]

[[dnspod.host]]
name = \"nas.example.org\"
ipv4 = false
ipv6 = { mac = \"52:54:00:12:34:56\" }
ttl = 600";

pub(crate) const CONTAINER: &str = "\
MOORED_DOMENESHOP_TOKEN_FILE=/run/secrets/token
MOORED_DOMENESHOP_SECRET_FILE=/run/secrets/secret
MOORED_DOMENESHOP_HOSTS=home.example.com,www.example.com
MOORED_IPV6_SOURCES=none";

pub(crate) fn page() -> String {
    let mut page = RoffPage::new("moored.toml", "5", "File Formats");
    page.section("NAME");
    page.text("moored.toml - the configuration of moored");
    page.section("SYNOPSIS");
    page.list(vec![
        vec![italic("/etc/moored/config.toml")],
        vec![italic("$XDG_CONFIG_HOME/moored/config.toml")],
        vec![
            roman("the file of "),
            bold("moored --config"),
            roman(" or "),
            bold("$MOORED_CONFIG"),
        ],
    ]);
    page.section("DESCRIPTION");
    page.text(INTRODUCTION);
    page.text(DURATIONS);
    for (position, table) in TABLES.iter().enumerate() {
        described(&mut page, table, TABLES.get(..position).unwrap_or_default());
    }
    page.section("SECRETS");
    page.text(SECRETS);
    for (end, what) in SPELLINGS {
        page.item(vec![bold(format!("token{end}"))], &capital(what));
    }
    page.text(OPEN_CONFIGURATION);
    page.section("SOURCES");
    page.text(OPERATORS);
    for (form, what) in SOURCES {
        page.item(synopsis(form), what);
    }
    page.section("ENVIRONMENT");
    page.text(VARIABLES);
    page.text(OTHER_VARIABLES);
    page.section("FILES");
    page.item(
        vec![italic("config.example.toml")],
        "In the source tree: every key with its default, to copy from.",
    );
    page.item(
        vec![italic("contrib/moored.schema.json")],
        "In the source tree: a JSON schema of this file for editors. Those that know TOML schemas (taplo, Even Better TOML) \
         take it from a first line `#:schema PATH`.",
    );
    page.section("EXAMPLES");
    for (title, lines) in [
        ("The smallest one that works:", ACCOUNT),
        (
            "The router is asked first, the secret is a credential of systemd, and another device is kept too:",
            SERVICE,
        ),
        ("A container's, without a file:", CONTAINER),
    ] {
        page.text(title);
        page.lines(lines);
    }
    page.section("SEE ALSO");
    page.text("`moored`(1), `systemd.exec`(5), https://toml.io/");
    page.source()
}

/// A table; of what stood in one before, only where it is described.
fn described(page: &mut RoffPage, table: &KeyTable, before: &[KeyTable]) {
    match table.path {
        "" => page.section("TOP OF THE FILE"),
        _ => page.section(&table.head()),
    }
    page.text(table.about);
    let known = |key: &&ConfigKey| before.iter().find(|it| it.keys.contains(key));
    for key in table.keys.iter().filter(|it| known(it).is_none()) {
        page.item(head(key), key.about);
        page.more(&small_print(table, key));
    }
    for other in before {
        let same = |key: &&ConfigKey| known(key).is_some_and(|it| it.path == other.path);
        let names: Vec<_> = table.keys.iter().filter(same).collect();
        if names.is_empty() {
            continue;
        }
        let listed: Vec<_> = names.iter().map(|it| format!("`{}`", it.name)).collect();
        page.text(&format!("As in {}: {}.", other.head(), listed.join(", ")));
        let variables: Vec<_> = names.iter().filter_map(|it| variables(table, it)).collect();
        if !variables.is_empty() {
            page.text(&format!("Variables: {}.", variables.join(", ")));
        }
    }
}

fn head(key: &ConfigKey) -> Vec<Inline> {
    let mut head = vec![bold(key.name), roman(" = ")];
    let of = |what: &str| vec![italic(what)];
    head.extend(match key.kind {
        KeyKind::Duration(least, most) => [
            of("length of time"),
            prose(&format!(", `\"{least}\"` to `\"{most}\"`")),
        ]
        .concat(),
        KeyKind::Integer(least, i64::MAX, _) => {
            [of("whole number"), prose(&format!(", {least} or more"))].concat()
        }
        KeyKind::Integer(least, most, step) => {
            let steps = if step == 1 {
                String::new()
            } else {
                format!(" in steps of {step}")
            };
            [
                of("whole number"),
                prose(&format!(", {least} to {most}{steps}")),
            ]
            .concat()
        }
        KeyKind::Switch => prose("`true` or `false`"),
        KeyKind::Choice(words) => {
            let words: Vec<_> = words.iter().map(|it| format!("`\"{it}\"`")).collect();
            let (last, others) = words.split_last().unwrap();
            prose(&format!("{} or {last}", others.join(", ")))
        }
        KeyKind::Text(form) => of(form.name),
        KeyKind::Texts(form) => [prose("list, each "), of(form.name)].concat(),
        KeyKind::Secret => [of("secret"), prose(", see SECRETS")].concat(),
        KeyKind::Device => [prose("`true`, `false` or "), of("table")].concat(),
    });
    head
}

/// What is so without a key, and the variable for it.
fn small_print(table: &KeyTable, key: &ConfigKey) -> String {
    let mut text = match key.without {
        Fallback::Default(value) => format!("Default: `{value}`."),
        Fallback::Described(words) => format!("Without it: {words}"),
        Fallback::Required => "Required.".to_owned(),
    };
    if let Some(variables) = variables(table, key) {
        let _ = write!(text, " Variable: {variables}.");
    }
    text
}

pub(crate) fn variables(table: &KeyTable, key: &ConfigKey) -> Option<String> {
    let name = table.variable(key.name)?;
    Some(match key.kind {
        KeyKind::Secret => {
            let ends: Vec<_> = SPELLINGS
                .iter()
                .map(|(end, _)| end.to_uppercase())
                .collect();
            let ends = ends
                .iter()
                .filter(|it| !it.is_empty())
                .map(|it| format!("`{it}`"));
            format!(
                "`{name}`, or with {} after it",
                ends.collect::<Vec<_>>().join(", ")
            )
        }
        _ => format!("`{name}`"),
    })
}

pub(crate) fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(1);
    format!("{}{rest}.", first.to_uppercase())
}

#[cfg(test)]
mod tests {
    use std::{io, path::Path};

    use moored::config::{Environment, from_environment, from_toml};

    use super::*;

    fn surroundings(variables: Vec<(String, String)>) -> Environment {
        Environment {
            variables,
            read: Box::new(|_| io::Result::Ok(b"12345,0123456789abcdef\n".to_vec())),
            root: true,
            config_mode: None,
        }
    }

    #[test]
    fn the_examples_of_the_page_are_configurations() {
        let credentials = (
            "CREDENTIALS_DIRECTORY".to_owned(),
            "/run/credentials".to_owned(),
        );
        for text in [ACCOUNT, SERVICE] {
            let read = from_toml(
                text,
                Path::new("c"),
                &surroundings(vec![credentials.clone()]),
            );
            assert_eq!(read.unwrap().warnings, [], "{text}");
        }
        let variables = CONTAINER.lines().map(|it| it.split_once('=').unwrap());
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let read = from_environment(&surroundings(variables.collect()))
            .unwrap()
            .unwrap();
        assert_eq!((read.targets().len(), read.warnings.len()), (2, 0));
    }
}
