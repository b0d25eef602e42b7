//! Every key of the configuration, once: where it stands, what it takes, what is so without it and what it
//! means. moored.toml(5) and the JSON schema for editors are made from this, config.example.toml is checked
//! against it, and `config/tests/keys.rs` holds it against what the reader does. The program does without it.

mod forms;
mod tables;

pub use super::keys::{
    forms::{SOURCES, TextFormat},
    tables::TABLES,
};

/// A table of the file.
#[derive(Debug)]
pub struct KeyTable {
    /// Its path, as in `domeneshop.host`; empty for what stands before the first table.
    pub path: &'static str,
    /// Whether there may be several: `[[…]]`.
    pub repeats: bool,
    /// What it is for, in a few sentences.
    pub about: &'static str,
    /// Its keys besides the tables within it.
    pub keys: &'static [ConfigKey],
}

/// A key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConfigKey {
    /// Its name. A secret has four of them.
    pub name: &'static str,
    /// What it takes.
    pub kind: KeyKind,
    /// What is so without it.
    pub without: Fallback,
    /// A value of it, as it is written.
    pub example: &'static str,
    /// What it means, in a few sentences.
    pub about: &'static str,
}

/// What is so without a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fallback {
    /// The same as with this value.
    Default(&'static str),
    /// What these words say.
    Described(&'static str),
    /// Nothing: it must be there.
    Required,
}

/// What a key takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// A length of time between these two, both included.
    Duration(&'static str, &'static str),
    /// A whole number between these two, both included, in steps from zero.
    Integer(i64, i64, i64),
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Text of a form.
    Text(&'static TextFormat),
    /// A list of texts of a form.
    Texts(&'static TextFormat),
    /// A secret, written in one of four ways.
    Secret,
    /// `true`, `false`, or the table of the same path, which is another device.
    Device,
}

/// The ends of a secret's names, and what stands there.
pub const SPELLINGS: [(&str, &str); 4] = [
    ("", "the secret itself"),
    (
        "_file",
        "the path of a file that holds it; a relative one starts from the directory of the configuration",
    ),
    ("_env", "the name of an environment variable that holds it"),
    (
        "_credential",
        "the name of a credential that systemd passes (LoadCredential=NAME:PATH)",
    ),
];

impl ConfigKey {
    /// All names that it has.
    pub fn names(&self) -> Vec<String> {
        match self.kind {
            KeyKind::Secret => SPELLINGS
                .map(|(end, _)| format!("{}{end}", self.name))
                .into(),
            _ => vec![self.name.to_owned()],
        }
    }
}

impl KeyTable {
    /// The tables that stand in it.
    pub fn inner(&self) -> impl Iterator<Item = &'static KeyTable> {
        TABLES
            .iter()
            .filter(|it| !it.path.is_empty() && it.parent() == self.path)
    }

    fn parent(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(parent, _)| parent)
    }

    /// The last word of its path.
    pub fn name(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// How its head is written.
    pub fn head(&self) -> String {
        if self.repeats {
            format!("[[{}]]", self.path)
        } else {
            format!("[{}]", self.path)
        }
    }

    /// The environment variable of a key by this name, where there is one: tables within tables have none.
    pub fn variable(&self, name: &str) -> Option<String> {
        let path = if self.path.is_empty() {
            String::new()
        } else {
            format!("{}_", self.path)
        };
        (!path.contains('.')).then(|| format!("MOORED_{path}{name}").to_uppercase())
    }
}
