//! Whole configurations, good and bad.

mod bad;
mod environment;
mod good;
mod keys;
mod leaks;
mod proxy;
mod schema;

use std::{io, path::Path};

use super::*;

/// What the secret files of these tests hold.
fn file(path: &Path) -> io::Result<Vec<u8>> {
    let content: &[u8] = match path.to_str().unwrap_or_default() {
        "/etc/moored/token" | "/run/credentials/token" => b"file-token\n",
        "/etc/moored/secret" => b"file-secret",
        "/etc/moored/domeneshop.token" | "/etc/moored/domeneshop.secret" => b"one-word\r\n",
        "/etc/moored/dnspod.token" => b"13490,6b5976c68aba5b14a0558b77c17c3932\n",
        "/etc/moored/empty" => b" \n",
        "/etc/moored/binary" => b"\xff\xfe\x00",
        "/etc/moored/two-lines" => b"one\ntwo\n",
        "/etc/moored/quoted" => b"\"quoted\"\n",
        "/etc/moored/large" => &[b'a'; 5000],
        "/etc/moored/locked" => return Err(io::ErrorKind::PermissionDenied.into()),
        _ => return Err(io::ErrorKind::NotFound.into()),
    };
    Ok(content.to_vec())
}

/// An environment with these variables and the files above.
fn environment(variables: &[(&str, &str)]) -> Environment {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Environment {
        variables: variables.iter().map(owned).collect(),
        read: Box::new(file),
        root: true,
        config_mode: Some(0o100_600),
    }
}

/// Reads a configuration; the schema for editors takes every one that is right.
fn read(text: &str) -> Result<Config, Problems> {
    let path = Path::new("/etc/moored/config.toml");
    let read = from_toml(text, path, &environment(&[]));
    if read.is_ok() {
        assert_eq!(schema::taken(text), Ok(()), "{text}");
    }
    read
}

/// The problems as they are printed, each on its line, without the directory.
fn problems(text: &str) -> String {
    match read(text) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string().replace("/etc/moored/config.toml", "c"),
    }
}
