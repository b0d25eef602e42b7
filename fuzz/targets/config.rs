//! Configuration: every problem is told with its place, no message and no `Debug` shows a secret that
//! stands where secrets stand, and the same text is the same configuration.

use std::{io, path::Path};

use moored::config::{Config, Environment, Problems, from_environment, from_toml, state_directory};

use super::assert_plain;

/// The keys that secrets stand behind.
const KEYS: [&str; 3] = ["token", "secret", "user_token"];

fn environment(variables: Vec<(String, String)>) -> Environment {
    Environment {
        variables,
        read: Box::new(|_| Err(io::ErrorKind::NotFound.into())),
        root: true,
        config_mode: Some(0o100_644),
    }
}

pub(crate) fn file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let path = Path::new("/etc/moored/config.toml");
    let read = || from_toml(text, path, &environment(Vec::new()));
    let outcome = read();
    let shown = shown(&outcome);
    for secret in secrets(text) {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert_eq!(
        shown,
        self::shown(&read()),
        "another time it is another one"
    );
    match &outcome {
        Ok(config) => {
            assert!(!config.accounts.is_empty());
            let any = state_directory(Some(text), &environment(Vec::new()));
            assert!(config.state_dir.ends_with(any));
        }
        Err(Problems(problems)) => {
            assert!(!problems.is_empty());
            for problem in problems {
                assert_plain(&problem.to_string(), 1_000);
            }
        }
    }
    from_variables(text);
}

/// The same lines as variables.
fn from_variables(text: &str) {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    let pairs = pairs.map(|(name, value)| {
        let name = name.trim().to_ascii_uppercase();
        (format!("MOORED_{name}"), value.trim().to_owned())
    });
    let variables: Vec<_> = pairs.take(20).collect();
    let is_secret = |name: &str| name.ends_with("_TOKEN") || name.ends_with("_SECRET");
    let values = variables.iter().filter(|(name, _)| is_secret(name));
    let secrets: Vec<_> = values.flat_map(|(_, value)| words(value, text)).collect();
    let secrets: Vec<String> = secrets.into_iter().map(str::to_owned).collect();
    let outcome = from_environment(&environment(variables));
    let shown = match &outcome {
        Ok(config) => format!("{config:?}"),
        Err(problems) => format!("{problems}\n{problems:?}"),
    };
    for secret in secrets {
        assert!(!shown.contains(&secret), "{secret} in {shown}");
    }
}

/// All that is ever printed of what came of a text.
fn shown(outcome: &Result<Config, Problems>) -> String {
    match outcome {
        Ok(config) => format!("{config:?}"),
        Err(problems) => format!("{problems}\n{problems:?}\n{problems:#?}"),
    }
}

/// What stands behind the keys of secrets and nowhere else in the text: whether or not the text is
/// TOML, and whatever the value is like.
fn secrets(text: &str) -> Vec<&str> {
    let values = text.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        KEYS.contains(&key.trim()).then_some(value)
    });
    values.flat_map(|value| words(value, text)).collect()
}

/// The words of a value that can be no message's own: of capitals, small letters and digits, and found
/// once in the whole text.
fn words<'t>(value: &'t str, text: &str) -> Vec<&'t str> {
    let words = value.split(|it: char| !it.is_ascii_alphanumeric());
    let has = |word: &str, what: fn(&u8) -> bool| word.bytes().any(|it| what(&it));
    let is_odd = |word: &&str| {
        word.len() >= 8
            && has(word, u8::is_ascii_digit)
            && has(word, u8::is_ascii_lowercase)
            && has(word, u8::is_ascii_uppercase)
            && text.matches(word).count() == 1
    };
    words.filter(is_odd).collect()
}
