//! config.example.toml: complete, and true in what it has commented out.

use std::{collections::BTreeSet, io, path::Path};

use moored::config::{
    Config, Environment, from_toml,
    keys::{ConfigKey, KeyKind, KeyTable, TABLES},
};

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// A line that assigns a key, be it commented out or not.
struct ExampleLine {
    number: usize,
    table: &'static KeyTable,
    key: &'static ConfigKey,
    commented: bool,
}

/// The lines that assign a key. A line that is commented out is one that would do so without `# `.
fn lines() -> Vec<ExampleLine> {
    let mut table = &TABLES[0];
    let mut found = Vec::new();
    for (number, line) in EXAMPLE.lines().enumerate() {
        if let Some(head) = TABLES
            .iter()
            .find(|it| it.head() == line && !it.path.is_empty())
        {
            table = head;
        }
        let bare = line.strip_prefix("# ");
        let Some((name, _)) = bare.unwrap_or(line).split_once(" = ") else {
            continue;
        };
        if name.contains(|it: char| !it.is_ascii_lowercase() && it != '_' && !it.is_ascii_digit()) {
            continue;
        }
        let key = table
            .keys
            .iter()
            .find(|it| it.names().iter().any(|it| it == name));
        let key = key.unwrap_or_else(|| panic!("{}: {line}: no such key here", number + 1));
        let commented = bare.is_some();
        found.push(ExampleLine {
            number,
            table,
            key,
            commented,
        });
    }
    found
}

/// Whether two lines cannot both be there.
fn exclude(one: &ExampleLine, other: &ExampleLine) -> bool {
    let secrets = [one, other].map(|it| it.key.kind == KeyKind::Secret);
    let same_secret =
        one.key.name == other.key.name || one.table.path == "dnspod" && one.key.name != "secret";
    one.table.path == other.table.path
        && (one.key == other.key || secrets == [true, true] && same_secret)
}

/// The example with these lines switched on, and off what they take the place of.
fn switched(on: &[&ExampleLine], all: &[ExampleLine]) -> String {
    let text = EXAMPLE.lines().enumerate().map(|(number, line)| {
        if on.iter().any(|it| it.number == number) {
            return format!("{}\n", line.trim_start_matches("# "));
        }
        let own = all.iter().find(|it| it.number == number && !it.commented);
        let replaced = own.is_some_and(|own| on.iter().any(|it| exclude(it, own)));
        format!("{}{line}\n", if replaced { "# " } else { "" })
    });
    text.collect()
}

/// Reads a configuration where every secret is there.
fn read(text: &str) -> Config {
    let variables = ["CREDENTIALS_DIRECTORY", "MY_TOKEN", "MY_SECRET"]; // Of a form that each can have.
    let surroundings = Environment {
        variables: variables
            .map(|it| (it.to_owned(), "/1,a".to_owned()))
            .into(),
        read: Box::new(|_| io::Result::Ok(b"12345,0123456789abcdef\n".to_vec())),
        root: true,
        config_mode: Some(0o600),
    };
    let read = from_toml(text, Path::new("/etc/moored/config.toml"), &surroundings);
    let config = read.unwrap_or_else(|problems| panic!("{problems}\nin:\n{text}"));
    assert_eq!(config.warnings, [], "in:\n{text}");
    config
}

#[test]
fn the_example_is_right_with_each_line_switched_on_that_is_commented_out() {
    let all = lines();
    let as_it_is = format!("{:?}", read(EXAMPLE));
    for line in all.iter().filter(|it| it.commented) {
        let text = switched(&[line], &all);
        let config = format!("{:?}", read(&text));
        // What is commented out is no default, unless it says so by standing for what else goes there.
        let changes = config != as_it_is;
        let secret = line.key.kind == KeyKind::Secret;
        assert!(
            changes || secret || is_usual(line),
            "line {}: nothing changes",
            line.number + 1
        );
    }
}

/// Whether a line shows what is so without it.
fn is_usual(line: &ExampleLine) -> bool {
    matches!(line.key.name, "state_dir" | "endpoint" | "line")
}

#[test]
fn the_example_is_right_with_all_lines_switched_on_that_go_together() {
    let all = lines();
    let mut rounds = 0;
    let mut left: Vec<_> = all.iter().filter(|it| it.commented).collect();
    // As many at once as go together, until each was switched on.
    while !left.is_empty() {
        let mut on: Vec<&ExampleLine> = Vec::new();
        for line in &left {
            if !on.iter().any(|it| exclude(it, line)) {
                on.push(line);
            }
        }
        read(&switched(&on, &all));
        left.retain(|it| !on.iter().any(|on| on.number == it.number));
        rounds += 1;
    }
    assert!(rounds > 1, "some lines exclude each other");
}

#[test]
fn the_example_names_every_key_there_is() {
    let mut named = BTreeSet::new();
    let all = lines();
    for line in &all {
        let on: Vec<_> = [line].into_iter().filter(|it| it.commented).collect();
        let table: toml::Table = toml::from_str(&switched(&on, &all)).unwrap();
        collect(&table, "", &mut named);
    }
    let keys = TABLES.iter().flat_map(|table| {
        let all = table.keys.iter().flat_map(ConfigKey::names);
        all.map(|it| format!("{}.{it}", table.path))
    });
    let missing: Vec<_> = keys.filter(|it| !named.contains(it)).collect();
    assert!(missing.is_empty(), "config.example.toml lacks {missing:?}");
}

fn collect(table: &toml::Table, path: &str, named: &mut BTreeSet<String>) {
    for (name, value) in table {
        named.insert(format!("{path}.{name}"));
        let inner = format!("{path}.{name}");
        let inner = inner.trim_start_matches('.');
        let tables = value.as_array().into_iter().flatten().chain([value]);
        tables
            .filter_map(toml::Value::as_table)
            .for_each(|it| collect(it, inner, named));
    }
}
