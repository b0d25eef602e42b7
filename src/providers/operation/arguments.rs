//! What an operation is called with, checked before anything is sent.

use std::fmt;

use super::{Operation, Parameter, ParameterKind};
use crate::{
    core::{
        error::{ErrorClass, ProviderError},
        secret::Secret,
    },
    http::{FormValue, encode},
};

/// Arguments by name, in the order in which they are sent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Arguments(Vec<(&'static str, FormValue)>);

/// A value that can be given for a parameter.
pub trait Argument {
    /// Its text on the wire; `None` where nothing is given.
    fn text(&self) -> Option<String>;
}

impl Argument for String {
    fn text(&self) -> Option<String> {
        Some(self.clone())
    }
}

impl Argument for i64 {
    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Argument for bool {
    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Argument for Secret {
    fn text(&self) -> Option<String> {
        Some(self.expose().to_owned())
    }
}

impl<A: Argument> Argument for Option<A> {
    fn text(&self) -> Option<String> {
        self.as_ref().and_then(Argument::text)
    }
}

/// Why arguments do not fit an operation. Each names the parameter and what is allowed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ArgumentError {
    /// A required parameter is missing.
    #[error("{operation} needs `{parameter}` ({kind}): {about}")]
    Missing {
        /// The operation.
        operation: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// What it takes.
        kind: ParameterKind,
        /// What it means.
        about: &'static str,
    },
    /// There is no such parameter.
    #[error("{operation} has no parameter `{given}`; {}", others(*meant, known))]
    Unknown {
        /// The operation.
        operation: &'static str,
        /// What was written.
        given: String,
        /// What may have been meant.
        meant: Option<&'static str>,
        /// All there are.
        known: Vec<&'static str>,
    },
    /// A word without a value.
    #[error("`{0}` is not KEY=VALUE")]
    NoValue(String),
    /// A parameter was given twice.
    #[error("`{0}` is given twice")]
    Twice(&'static str),
    /// The value is none of those allowed. A secret's is not repeated.
    #[error("`{parameter}` takes {kind}{}", shown(given.as_deref()))]
    Value {
        /// The parameter.
        parameter: &'static str,
        /// What it takes.
        kind: ParameterKind,
        /// What was given, unless it is a secret.
        given: Option<String>,
    },
    /// Of a group of parameters none or several are given.
    #[error("{operation} takes exactly one of {}", .group.join(", "))]
    OneOf {
        /// The operation.
        operation: &'static str,
        /// The group.
        group: &'static [&'static str],
    },
}

fn others(meant: Option<&'static str>, known: &[&'static str]) -> String {
    match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => "it takes none".to_owned(),
        None => format!("it takes {}", known.join(", ")),
    }
}

fn shown(given: Option<&str>) -> String {
    given
        .map(|text| format!(", not `{text}`"))
        .unwrap_or_default()
}

impl Arguments {
    /// What a typed call gives: every field under its parameter's name.
    pub fn typed<const N: usize>(fields: [(&'static str, bool, Option<String>); N]) -> Self {
        let given = fields.into_iter().filter_map(|(name, secret, text)| {
            let text = text?;
            Some((
                name,
                if secret {
                    Secret::new(text).into()
                } else {
                    text.into()
                },
            ))
        });
        Self(given.collect())
    }

    /// What a person wrote: `name=value` each. Everything that does not fit is said at once.
    pub fn written(
        operation: &'static Operation,
        words: &[String],
    ) -> Result<Self, Vec<ArgumentError>> {
        let mut arguments = Self::default();
        let mut wrong = Vec::new();
        for word in words {
            let Some((name, value)) = word.split_once('=') else {
                wrong.push(ArgumentError::NoValue(word.clone()));
                continue;
            };
            match operation.parameter(name) {
                None => wrong.push(unknown(operation, name)),
                Some(parameter) if arguments.get(parameter.name).is_some() => {
                    wrong.push(ArgumentError::Twice(parameter.name));
                }
                Some(parameter) => {
                    let secret = parameter.kind == ParameterKind::Secret;
                    let value = value.to_owned();
                    let text = if secret {
                        Secret::new(value).into()
                    } else {
                        value.into()
                    };
                    arguments.0.push((parameter.name, text));
                }
            }
        }
        wrong.extend(arguments.misuses(operation));
        if wrong.is_empty() {
            Ok(arguments)
        } else {
            Err(wrong)
        }
    }

    /// The value given for a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, text) = self.0.iter().find(|(it, _)| *it == name)?;
        Some(text.expose())
    }

    /// Every argument, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &FormValue)> {
        self.0.iter().map(|(name, text)| (*name, text))
    }

    /// The same arguments with another value for one of them.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.0.retain(|(it, _)| *it != name);
        self.0.push((name, value.into()));
        self
    }

    /// Refuses arguments that do not fit, before anything is sent.
    pub fn check(&self, operation: &'static Operation) -> Result<(), ProviderError> {
        let misuses = self.misuses(operation);
        if misuses.is_empty() {
            return Ok(());
        }
        let texts: Vec<_> = misuses.iter().map(ToString::to_string).collect();
        Err(ProviderError::of_host(
            ErrorClass::Invalid,
            texts.join("; "),
        ))
    }

    fn misuses(&self, operation: &'static Operation) -> Vec<ArgumentError> {
        let mut wrong = Vec::new();
        for parameter in operation.parameters {
            match self.get(parameter.name) {
                Some(value) => wrong.extend(value_misuse(parameter, value)),
                None if parameter.required => wrong.push(ArgumentError::Missing {
                    operation: operation.name,
                    parameter: parameter.name,
                    kind: parameter.kind,
                    about: parameter.about,
                }),
                None => {}
            }
        }
        for group in operation.one_of {
            if group.iter().filter(|name| self.get(name).is_some()).count() != 1 {
                wrong.push(ArgumentError::OneOf {
                    operation: operation.name,
                    group,
                });
            }
        }
        wrong
    }

    /// The operation's path with its parameters filled in, and the names of those.
    pub fn path(&self, operation: &Operation) -> (String, Vec<&'static str>) {
        let mut path = operation.path.to_owned();
        let mut used = Vec::new();
        for (name, text) in self.iter() {
            let place = format!("{{{name}}}");
            if path.contains(&place) {
                path = path.replace(&place, &encode(text.expose()));
                used.push(name);
            }
        }
        (path, used)
    }
}

fn unknown(operation: &'static Operation, given: &str) -> ArgumentError {
    let known: Vec<_> = operation.parameters.iter().map(|it| it.name).collect();
    let likeness = |name: &str| strsim::jaro_winkler(name, given);
    let best = known
        .iter()
        .copied()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    ArgumentError::Unknown {
        operation: operation.name,
        given: given.to_owned(),
        meant: best.filter(|it| likeness(it) > 0.8),
        known,
    }
}

fn value_misuse(parameter: &'static Parameter, value: &str) -> Option<ArgumentError> {
    let fits = match parameter.kind {
        ParameterKind::OptionalText => true,
        ParameterKind::Text | ParameterKind::Secret => !value.is_empty(),
        ParameterKind::Integer(least, most) => value
            .parse::<i64>()
            .is_ok_and(|number| (least..=most).contains(&number)),
        ParameterKind::Choice(words) => words.contains(&value),
        ParameterKind::Flag => matches!(value, "true" | "false"),
    };
    let given = (parameter.kind != ParameterKind::Secret).then(|| value.to_owned());
    (!fits).then_some(ArgumentError::Value {
        parameter: parameter.name,
        kind: parameter.kind,
        given,
    })
}

impl fmt::Display for Arguments {
    /// `name=value`, secrets hidden.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (name, text)) in self.iter().enumerate() {
            let space = if position == 0 { "" } else { " " };
            match text {
                FormValue::Plain(value) => write!(f, "{space}{name}={value}")?,
                FormValue::Secret(_) => write!(f, "{space}{name}=…")?,
            }
        }
        Ok(())
    }
}
