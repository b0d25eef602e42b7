//! The table of keys says of each what the reader does, and has all of them.

use std::collections::BTreeSet;

use super::*;
use crate::config::{
    duration,
    keys::{ConfigKey, Fallback, KeyKind, KeyTable, SOURCES, TABLES},
    variables::VARIABLES,
};

/// A configuration with every table in it.
const FRAME: &str = r#"
[ipv4]
[ipv6]
[dns]
[[domeneshop]]
token = "t"
secret = "s"
[[domeneshop.host]]
name = "one.example.com"
[domeneshop.host.ipv6]
host = "::1"
[[dnspod]]
token = "1,a"
contact = "you@example.com"
[[dnspod.host]]
name = "two.example.com"
[dnspod.host.ipv6]
host = "::1"
"#;

/// The frame with a line in one of its tables, instead of what that line makes impossible there.
fn with(table: &KeyTable, line: &str) -> String {
    let key = line.split_once(" = ").map_or("", |(key, _)| key);
    let secret = ["user_token", "token", "secret"]
        .into_iter()
        .find(|it| key.starts_with(it))
        .map(|it| it.trim_start_matches("user_"));
    let excluded = |other: &str| {
        other == key || (key, other) == ("mac", "host") || secret.is_some_and(|it| it == other)
    };
    // What is told in a line is not told again in a table of its own.
    let told = format!("{}.{key}", table.path);
    let mut here = "";
    let mut lines = Vec::new();
    for it in FRAME.lines() {
        let head = it.starts_with('[');
        if head {
            here = it.trim_matches(['[', ']']);
        }
        let other = it.split_once(" = ").map_or("", |(other, _)| other);
        let own = here == table.path;
        if here != told && !(own && !other.is_empty() && excluded(other)) {
            lines.push(it);
        }
        if own && (head || it.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

fn read_with(table: &KeyTable, line: &str) -> Result<Config, Problems> {
    read(&with(table, line))
}

/// Reads a configuration where every secret that is named has the form of a token.
fn read(text: &str) -> Result<Config, Problems> {
    let mut environment = environment(&[
        ("CREDENTIALS_DIRECTORY", "/run/credentials"),
        ("TOKEN", "1,a"),
    ]);
    environment.read = Box::new(|_| Ok(b"1,a\n".to_vec()));
    let read = from_toml(text, Path::new("c"), &environment);
    if read.is_ok() {
        assert_eq!(schema::taken(text), Ok(()), "{text}");
    }
    read
}

fn all_keys() -> impl Iterator<Item = (&'static KeyTable, &'static ConfigKey)> {
    TABLES
        .iter()
        .flat_map(|table| table.keys.iter().map(move |key| (table, key)))
}

#[test]
fn the_reader_has_the_keys_of_the_table_and_no_others() {
    for table in TABLES {
        let problems = read_with(table, "unknown_of_all = 1").unwrap_err();
        let [problem] = &problems.0[..] else {
            panic!("{}: {problems}", table.path)
        };
        let hint = problem.hint.as_deref().unwrap_or_default();
        assert!(hint.starts_with("the keys here are"), "{problem}");
        let words = hint.split('`').skip(1).step_by(2);
        let read: BTreeSet<_> = words.map(str::to_owned).collect();
        let keys: Vec<_> = table.keys.iter().flat_map(ConfigKey::names).collect();
        let inner = table.inner().map(|it| it.name().to_owned());
        let known: BTreeSet<_> = keys.into_iter().chain(inner).collect();
        assert_eq!(read, known, "[{}]", table.path);
    }
}

#[test]
fn every_key_outside_of_inner_tables_has_a_variable_and_every_variable_a_key() {
    let of_keys: BTreeSet<_> = all_keys()
        .flat_map(|(table, key)| key.names().into_iter().filter_map(|it| table.variable(&it)))
        .collect();
    let read: BTreeSet<_> = VARIABLES.into_iter().map(str::to_owned).collect();
    assert_eq!(of_keys, read);
}

#[test]
fn every_example_is_one_in_each_way_it_can_be_written() {
    for (table, key) in all_keys() {
        for name in key.names() {
            let value = match name.strip_prefix(key.name) {
                Some("_file" | "_credential") => "\"token\"",
                Some("_env") => "\"TOKEN\"",
                _ => key.example,
            };
            let read = read_with(table, &format!("{name} = {value}"));
            assert!(read.is_ok(), "{} {name}: {}", table.path, read.unwrap_err());
        }
    }
}

#[test]
fn without_a_key_it_is_as_the_table_says() {
    for (table, key) in all_keys() {
        let value = match key.without {
            Fallback::Default(value) => value,
            Fallback::Described(_) | Fallback::Required => key.example,
        };
        let line = format!("{} = {value}\n", key.name);
        let written = with(table, line.trim_end());
        let without = written.replacen(&line, "", 1);
        match key.without {
            Fallback::Default(_) => assert_eq!(
                format!("{:?}", read(&without).unwrap()),
                format!("{:?}", read(&written).unwrap()),
                "{} {}",
                table.path,
                key.name
            ),
            Fallback::Described(words) => assert!(words.ends_with('.'), "{words}"),
            Fallback::Required => {
                let problems = read(&without).unwrap_err().to_string();
                let missing = format!(".{}: is missing", key.name);
                assert!(problems.contains(&missing), "{problems}");
            }
        }
    }
}

#[test]
fn limits_words_and_forms_are_the_readers() {
    let problem = |table: &KeyTable, key: &ConfigKey, value: &str| {
        let problems = read_with(table, &format!("{} = {value}", key.name));
        let problems = problems.map_or_else(|it| it.0, |_| Vec::new());
        let own = format!(".{}", key.name);
        // A problem of an item is one of its list.
        let about = |it: &&Problem| {
            let list = it
                .key
                .rsplit_once('[')
                .filter(|(_, item)| item.ends_with(']'));
            format!(".{}", list.map_or(&*it.key, |(list, _)| list)).ends_with(&own)
        };
        problems.iter().find(about).map(ToString::to_string)
    };
    for (table, key) in all_keys() {
        let right = |value: &str| assert_eq!(problem(table, key, value), None, "{value}");
        let wrong = |value: &str| {
            let problem = problem(table, key, value);
            assert!(problem.is_some(), "{} = {value} is accepted", key.name);
            problem.unwrap()
        };
        match key.kind {
            KeyKind::Duration(least, most) => {
                for end in [least, most] {
                    right(&format!("\"{end}\""));
                }
                let any = duration::DurationLimits {
                    least: Duration::ZERO,
                    most: Duration::MAX,
                };
                let millis = |text| duration::parse(text, any).unwrap().as_millis();
                wrong(&format!("\"{}ms\"", millis(least) - 1));
                wrong(&format!("\"{}ms\"", millis(most) + 1));
            }
            KeyKind::Integer(least, most, step) => {
                right(&least.to_string());
                wrong(&(least - 1).to_string());
                wrong(&format!("\"{least}\""));
                // How many operators there can be is no limit of the key.
                if most != i64::MAX {
                    right(&most.to_string());
                    wrong(&(most + step).to_string());
                    right(&(least + step).to_string());
                }
                if step > 1 {
                    wrong(&(least + 1).to_string());
                }
            }
            KeyKind::Switch => {
                right("true");
                right("false");
                wrong("\"true\"");
            }
            KeyKind::Choice(words) => {
                for word in words {
                    // Not every word goes with the frame's hosts; the word itself is known.
                    let said = problem(table, key, &format!("\"{word}\""));
                    assert_eq!(said, None, "{word}");
                }
                let hint = wrong("\"unknown of all\"");
                let listed: Vec<_> = hint.split('`').skip(3).step_by(2).collect();
                assert_eq!(listed, words, "{hint}");
            }
            KeyKind::Text(_) | KeyKind::Secret => {
                wrong("5");
                wrong("[]");
            }
            KeyKind::Texts(_) => {
                wrong("\"text\"");
                wrong("[5]");
            }
            KeyKind::Device => {
                right("true");
                right("false");
                right("{ mac = \"52:54:00:12:34:56\" }");
                wrong("\"true\"");
            }
        }
    }
}

#[test]
fn a_source_of_every_kind_is_one_by_the_schema_too() {
    let [ipv4, ipv6] = ["ipv4", "ipv6"].map(|path| TABLES.iter().find(|it| it.path == path));
    let both = r#""interface", "interface:eth0", "https", "https://ip.example.net/", "dns", "stun",
        "stun:stun.example.net:3478", "file:/run/address", "command:ip -j addr""#;
    for (table, own) in [
        (
            ipv4,
            r#""router", "static:84.212.10.20, 84.212.10.21", "http://192.168.1.1/ip""#,
        ),
        (ipv6, r#""static:2a01::1", "http://[fd00::1]:8080/""#),
    ] {
        let read = read_with(table.unwrap(), &format!("sources = [{both}, {own}]"));
        assert!(read.is_ok(), "{}", read.unwrap_err());
    }
}

#[test]
fn the_grammar_of_sources_has_every_kind() {
    let kinds: BTreeSet<_> = SOURCES
        .iter()
        .map(|(form, _)| form.split(':').next().unwrap())
        .collect();
    let problem = problems("[ipv4]\nsources = [\"unknown of all\"]");
    let hint = problem
        .lines()
        .next()
        .unwrap()
        .split("; use ")
        .nth(1)
        .unwrap();
    let read: BTreeSet<_> = hint
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|it| it.split([':', '[']).next().unwrap())
        .filter(|it| *it != "http")
        .collect();
    assert_eq!(kinds, read);
}
