//! moored.toml(5), from the table of the configuration's keys. What is true of more than one key stands here.

use std::fmt::Write as _;

use moored::config::keys::{Key, Kind, SOURCES, TABLES, Table, WAYS, Without};
use roff::{Inline, bold, italic, roman};

use crate::page::{Page, prose, synopsis};

const ACCOUNT: &str = "\
[[domeneshop]]
token  = \"…\"
secret = \"…\"
hosts  = [\"home.example.com\", \"www.example.com\"]";

const SERVICE: &str = "\
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

const CONTAINER: &str = "\
MOORED_DOMENESHOP_TOKEN_FILE=/run/secrets/token
MOORED_DOMENESHOP_SECRET_FILE=/run/secrets/secret
MOORED_DOMENESHOP_HOSTS=home.example.com,www.example.com
MOORED_IPV6_SOURCES=none";

pub(crate) fn page() -> String {
    let mut page = Page::new("moored.toml", "5", "File Formats");
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
    page.text(
        "The configuration of moored(1) is one TOML file, or environment variables where there is none. An account with its \
         hosts is enough; everything else has a default. Keys that do not exist are errors, and every error is printed at \
         once, with its line and what to do: `moored check` shows them, asks the providers, and changes nothing. The running \
         daemon reads the file again on SIGHUP.",
    );
    page.text(
        "Lengths of time are text: a number and a unit, as in `\"90s\"`, `\"5m\"`, `\"1h30m\"`, `\"24h\"`, `\"1d\"` or \
         `\"500ms\"`.",
    );
    for (position, table) in TABLES.iter().enumerate() {
        described(&mut page, table, TABLES.get(..position).unwrap_or_default());
    }
    page.section("SECRETS");
    page.text(
        "Each secret is written in exactly one of four ways, here for a `token`. It is one word: white space and quotes \
         around it are refused, so that no wrong one is sent.",
    );
    for (end, what) in WAYS {
        page.item(vec![bold(format!("token{end}"))], &capital(what));
    }
    page.text("A configuration that holds a secret itself and can be read by others than its owner is warned of.");
    page.section("SOURCES");
    page.text(
        "Whom to ask for an address, each in one of these forms. Hosts of one domain of a built-in service are one operator, \
         any other host name or address is one of its own.",
    );
    for (form, what) in SOURCES {
        page.item(synopsis(form), what);
    }
    page.section("ENVIRONMENT");
    page.text(
        "Where there is no file, the variables that are given above make the configuration: an account is one of each \
         provider at most, lists are separated by commas, and a variable that is empty is not set. Where there is a file, \
         they do not count, and a warning says so. A variable of ours that does not exist is an error.",
    );
    page.text(
        "`STATE_DIRECTORY`, `XDG_STATE_HOME` and `HOME` say where the state is kept if `state_dir` does not; \
         `CREDENTIALS_DIRECTORY` is where systemd puts credentials.",
    );
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
fn described(page: &mut Page, table: &Table, before: &[Table]) {
    match table.path {
        "" => page.section("TOP OF THE FILE"),
        _ => page.section(&table.head()),
    }
    page.text(table.about);
    let known = |key: &&Key| before.iter().find(|it| it.keys.contains(key));
    for key in table.keys.iter().filter(|it| known(it).is_none()) {
        page.item(head(key), key.about);
        page.more(&small_print(table, key));
    }
    for other in before {
        let same = |key: &&Key| known(key).is_some_and(|it| it.path == other.path);
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

fn head(key: &Key) -> Vec<Inline> {
    let mut head = vec![bold(key.name), roman(" = ")];
    let of = |what: &str| vec![italic(what)];
    head.extend(match key.kind {
        Kind::Duration(least, most) => [
            of("length of time"),
            prose(&format!(", `\"{least}\"` to `\"{most}\"`")),
        ]
        .concat(),
        Kind::Integer(least, i64::MAX, _) => {
            [of("whole number"), prose(&format!(", {least} or more"))].concat()
        }
        Kind::Integer(least, most, step) => {
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
        Kind::Switch => prose("`true` or `false`"),
        Kind::Choice(words) => {
            let words: Vec<_> = words.iter().map(|it| format!("`\"{it}\"`")).collect();
            let (last, others) = words.split_last().unwrap();
            prose(&format!("{} or {last}", others.join(", ")))
        }
        Kind::Text(form) => of(form.name),
        Kind::Texts(form) => [prose("list, each "), of(form.name)].concat(),
        Kind::Secret => [of("secret"), prose(", see SECRETS")].concat(),
        Kind::Device => [prose("`true`, `false` or "), of("table")].concat(),
    });
    head
}

/// What is so without a key, and the variable for it.
fn small_print(table: &Table, key: &Key) -> String {
    let mut text = match key.without {
        Without::Default(value) => format!("Default: `{value}`."),
        Without::Else(words) => format!("Without it: {words}"),
        Without::Required => "Required.".to_owned(),
    };
    if let Some(variables) = variables(table, key) {
        let _ = write!(text, " Variable: {variables}.");
    }
    text
}

fn variables(table: &Table, key: &Key) -> Option<String> {
    let name = table.variable(key.name)?;
    Some(match key.kind {
        Kind::Secret => {
            let ends: Vec<_> = WAYS.iter().map(|(end, _)| end.to_uppercase()).collect();
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

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(1);
    format!("{}{rest}.", first.to_uppercase())
}

#[cfg(test)]
mod tests {
    use std::{io, path::Path};

    use moored::config::{Surroundings, from_environment, from_toml};

    use super::*;

    fn surroundings(variables: Vec<(String, String)>) -> Surroundings {
        Surroundings {
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
