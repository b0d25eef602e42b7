//! Keys and their values, be they written in a TOML table or in environment variables: whoever
//! reads a setting need not know which.

use std::path::Path;

use toml::{
    Spanned,
    de::{DeString, DeTable},
};

use super::diagnostics::{Diagnostic, Diagnostics, Span};
use crate::config::{
    document::ConfigDocument,
    suggest::{listed, nearest},
    value::ConfigValue,
};

/// A table, or the environment variables with a common prefix. It remembers which keys were asked
/// for: whatever else stands in it is unknown.
pub(super) struct ConfigSection<'a> {
    origin: SectionOrigin<'a>,
    /// Where it stands; its key is the table's path or the variables' prefix.
    pub(super) spot: Span,
    asked: Vec<&'static str>,
}

enum SectionOrigin<'a> {
    Table(&'a ConfigDocument<'a>, &'a DeTable<'a>),
    Variables(&'a [(String, String)]),
    Nothing,
}

impl<'a> ConfigSection<'a> {
    /// A table of a file.
    pub(super) fn table(
        document: &'a ConfigDocument<'a>,
        table: &'a DeTable<'a>,
        spot: Span,
    ) -> Self {
        Self::new(SectionOrigin::Table(document, table), spot)
    }

    /// All variables whose names start with `prefix`.
    pub(super) fn variables(variables: &'a [(String, String)], prefix: &str) -> Self {
        Self::new(SectionOrigin::Variables(variables), Span::variable(prefix))
    }

    fn new(origin: SectionOrigin<'a>, spot: Span) -> Self {
        Self {
            origin,
            spot,
            asked: Vec::new(),
        }
    }

    /// The spot of what concerns no single key.
    pub(super) fn whole(&self) -> Span {
        let place = self.spot.place.clone();
        let key = String::new();
        Span { place, key }
    }

    /// Whether a table has a key at all.
    pub(super) fn has(&self, key: &str) -> bool {
        matches!(self.origin, SectionOrigin::Table(_, table) if table.contains_key(key))
    }

    /// Whether the settings come from environment variables.
    pub(super) fn is_environment(&self) -> bool {
        matches!(self.origin, SectionOrigin::Variables(_))
    }

    /// The directory that relative paths start from, if not the working directory.
    pub(super) fn directory(&self) -> Option<&'a Path> {
        match self.origin {
            SectionOrigin::Table(document, _) => document.path.parent(),
            SectionOrigin::Variables(_) | SectionOrigin::Nothing => None,
        }
    }

    /// How a key of this section is written: `token`, or `MOORED_DOMENESHOP_TOKEN`.
    pub(super) fn written(&self, key: &str) -> String {
        match self.origin {
            SectionOrigin::Table(..) | SectionOrigin::Nothing => key.to_owned(),
            SectionOrigin::Variables(_) => format!("{}{}", self.spot.key, key.to_uppercase()),
        }
    }

    /// The spot of a key that is not there.
    pub(super) fn spot_of(&self, key: &str) -> Span {
        let key = match self.origin {
            SectionOrigin::Table(..) | SectionOrigin::Nothing => joined(&self.spot.key, key),
            SectionOrigin::Variables(_) => self.written(key),
        };
        Span {
            place: self.spot.place.clone(),
            key,
        }
    }

    /// The value of a key. An empty variable is one that is not set: `docker compose` and shell
    /// scripts make them.
    pub(super) fn take(&mut self, key: &'static str) -> Option<ConfigValue<'a>> {
        self.asked.push(key);
        match self.origin {
            SectionOrigin::Table(document, table) => {
                let value = table.get(key)?;
                let spot = document.spot(value.span().start, joined(&self.spot.key, key));
                Some(ConfigValue::in_file(document, value, spot))
            }
            SectionOrigin::Variables(variables) => {
                let name = self.written(key);
                let (_, value) = variables.iter().find(|(it, _)| *it == name)?;
                let text = value.trim();
                (!text.is_empty()).then(|| ConfigValue::in_variable(text, Span::variable(name)))
            }
            SectionOrigin::Nothing => None,
        }
    }

    /// The text of a key.
    pub(super) fn text(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Span, &'a str)> {
        let value = self.take(key)?;
        let text = value.text(diagnostics)?;
        Some((value.spot, text))
    }

    /// The table of a key; one without any keys if it is not there.
    pub(super) fn section(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Self {
        if let SectionOrigin::Variables(variables) = self.origin {
            return Self::variables(variables, &format!("{}_", self.written(key)));
        }
        self.take(key)
            .and_then(|value| value.table(diagnostics))
            .unwrap_or_else(|| Self::new(SectionOrigin::Nothing, self.spot_of(key)))
    }

    /// The tables `[[key]]`; of variables, one if there are any with that prefix.
    pub(super) fn sections(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Self> {
        if let SectionOrigin::Variables(variables) = self.origin {
            let prefix = format!("{}_", self.written(key));
            let is_set = |(name, value): &(String, String)| {
                name.starts_with(&prefix) && !value.trim().is_empty()
            };
            let found = variables.iter().any(is_set);
            return found
                .then(|| Self::variables(variables, &prefix))
                .into_iter()
                .collect();
        }
        self.take(key)
            .map(|value| value.tables(diagnostics))
            .unwrap_or_default()
    }

    /// Reports the keys that nobody asked for. `advice` may know more of one than that it is
    /// unknown.
    pub(super) fn finish(
        self,
        diagnostics: &mut Diagnostics,
        advice: impl Fn(&str, &ConfigValue<'a>) -> Option<Diagnostic>,
    ) {
        let SectionOrigin::Table(document, table) = self.origin else {
            return;
        };
        for (key, value) in table {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let spot = document.spot(start(key), joined(&self.spot.key, name));
            let value = ConfigValue::in_file(document, value, spot);
            let wrong = advice(name, &value).unwrap_or_else(|| self.unknown(name));
            diagnostics.problem(&value.spot, wrong);
        }
    }

    fn unknown(&self, name: &str) -> Diagnostic {
        let known = self.asked.iter().copied();
        Diagnostic::new("unknown key").hint(match nearest(name, known.clone()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the keys here are {}", listed(known)),
        })
    }
}

/// No advice beyond that a key is unknown.
pub(super) fn no_advice(_: &str, _: &ConfigValue<'_>) -> Option<Diagnostic> {
    None
}

fn start(key: &Spanned<DeString<'_>>) -> usize {
    key.span().start
}

/// A key's path; a key that is no plain word is quoted.
pub(super) fn joined(path: &str, key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let key = if !key.is_empty() && key.bytes().all(plain) {
        key.to_owned()
    } else {
        format!("{key:?}")
    };
    if path.is_empty() {
        key
    } else {
        format!("{path}.{key}")
    }
}
