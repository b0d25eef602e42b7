//! One definition for each operation of a provider's API: what the typed call, the command line, its
//! `--list` and the documentation are made from.
//!
//! The [`operations!`](crate::operations) macro takes the definitions and makes of each a struct to
//! call it with, whose fields are the parameters, and the [`Operation`] that says everything about
//! it. Arguments are checked against the definition before anything is sent, whoever gives them.

mod arguments;
mod define;

pub use arguments::{Argument, ArgumentError, Arguments};

use crate::http::Method;

/// An operation of a provider's API.
#[derive(Debug)]
pub struct Operation {
    /// Its name on the command line and in messages: `Record.List`, `dns.create`.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// The vendor's page that documents it.
    pub page: &'static str,
    /// The method.
    pub method: Method,
    /// The path below the base address. `{name}` stands for the parameter of that name.
    pub path: &'static str,
    /// Whether it may change something.
    pub writes: bool,
    /// Its parameters, in the vendor's order.
    pub parameters: &'static [Parameter],
    /// Groups of parameters of which exactly one is given.
    pub one_of: &'static [&'static [&'static str]],
    /// Refuses an answer that is not of the operation's type.
    pub shape: fn(&serde_json::Value) -> Result<(), String>,
    /// What its answer's codes mean in it, its own before those of every operation.
    pub codes: &'static [&'static [ResultCode]],
}

/// A parameter of an operation.
#[derive(Debug)]
pub struct Parameter {
    /// Its name on the wire and on the command line.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Whether it must be given.
    pub required: bool,
    /// Which values it takes.
    pub kind: ParameterKind,
}

/// Which values a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParameterKind {
    /// Any text but none.
    Text,
    /// Any text; an empty one removes what is there.
    OptionalText,
    /// A text that must not be seen: a password.
    Secret,
    /// A whole number between these two, both included.
    Integer(i64, i64),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
}

/// A documented code (DNSPod's `status.code`, Domeneshop's HTTP status) and its meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResultCode {
    /// The number.
    pub number: i64,
    /// What it means, in plain words.
    pub meaning: &'static str,
}

/// A call: an operation with its arguments, typed.
pub trait Call {
    /// What a success carries.
    type Output: serde::de::DeserializeOwned;

    /// The definition.
    const OPERATION: &'static Operation;

    /// The arguments that were given.
    fn arguments(&self) -> Arguments;
}

/// Whether a value is of a type.
pub fn shape<T: serde::de::DeserializeOwned>(value: &serde_json::Value) -> Result<(), String> {
    let read: Result<T, _> = T::deserialize(value);
    read.map(drop)
        .map_err(|error| error.to_string().chars().take(200).collect())
}

impl Operation {
    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|it| it.name == name)
    }

    /// What a code means in this operation.
    pub fn meaning(&self, number: i64) -> Option<&'static str> {
        let mut codes = self.codes.iter().copied().flatten();
        codes
            .find(|code| code.number == number)
            .map(|code| code.meaning)
    }
}

impl std::fmt::Display for ParameterKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::OptionalText => f.write_str("text, or nothing"),
            Self::Secret => f.write_str("secret text"),
            Self::Integer(least, most) if *most == i64::MAX => write!(f, "a number from {least}"),
            Self::Integer(least, most) => write!(f, "a number from {least} to {most}"),
            Self::Choice(words) => f.write_str(&words.join("|")),
            Self::Flag => f.write_str("true|false"),
        }
    }
}

#[cfg(test)]
mod tests;
