//! Settings that know whether they were read, so that none is dropped without a word.
//!
//! Nothing here has a `Debug`: it may hold a password (L12).

use std::{cell::Cell, collections::BTreeMap, rc::Rc};

use super::{keys, parse::DdclientValue};
use crate::import::model::{Disclosure, ImportModel, SourceLine, UNUSED, overridden, quoted};

/// A value, where it stands, and whether it was carried over or named.
#[derive(Clone)]
pub(super) struct DdclientSetting {
    pub(super) line: usize,
    pub(super) value: DdclientValue,
    consumed: Rc<Cell<bool>>,
}

impl DdclientSetting {
    /// The text of the value; of a variable's, its name.
    pub(super) fn text(&self) -> &str {
        match &self.value {
            DdclientValue::Literal(text) | DdclientValue::Variable(text) => text,
        }
    }

    /// Whether both are the same place in the file.
    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.consumed, &other.consumed)
    }

    /// Notes that it was carried over or named.
    pub(super) fn consume(&self) {
        self.consumed.set(true);
    }
}

/// The settings that hold for a host, by their keys.
#[derive(Clone, Default)]
pub(super) struct DdclientSettings(BTreeMap<String, DdclientSetting>);

impl DdclientSettings {
    /// The setting of a key, which counts as carried over from now on.
    pub(super) fn get(&self, key: &str) -> Option<&DdclientSetting> {
        let setting = self.0.get(key)?;
        setting.consume();
        Some(setting)
    }

    /// The setting of a key for a look that carries nothing over.
    pub(super) fn peek(&self, key: &str) -> Option<&DdclientSetting> {
        self.0.get(key)
    }

    /// The text of a key, which counts as carried over from now on.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).map(DdclientSetting::text)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &DdclientSetting)> {
        self.0.iter().map(|(key, setting)| (key.as_str(), setting))
    }

    /// Sets a key, and returns what it was before.
    pub(super) fn insert(
        &mut self,
        key: &str,
        setting: DdclientSetting,
    ) -> Option<DdclientSetting> {
        self.0.insert(key.to_owned(), setting)
    }

    /// Takes all the others: they count where both have a key.
    pub(super) fn replace(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Takes those of the others whose key it does not have.
    pub(super) fn complete(&mut self, others: Self) {
        for (key, setting) in others.0 {
            self.0.entry(key).or_insert(setting);
        }
    }

    /// Notes that all were named, by the name of the host they are for.
    pub(super) fn consume_all(&self) {
        for setting in self.0.values() {
            setting.consume();
        }
    }
}

/// Every setting of a file, in its order.
#[derive(Default)]
pub(super) struct UsedSettings(Vec<(String, DdclientSetting)>);

impl UsedSettings {
    /// Enters a setting of the file.
    pub(super) fn enter(
        &mut self,
        key: &str,
        line: usize,
        value: DdclientValue,
    ) -> DdclientSetting {
        let consumed = Rc::default();
        let setting = DdclientSetting {
            line,
            value,
            consumed,
        };
        self.0.push((key.to_owned(), setting.clone()));
        setting
    }

    /// Names everything that was neither carried over nor named, nor says what moored does anyway.
    pub(super) fn close(&self, last_host: usize, found: &mut ImportModel) {
        for (place, (key, setting)) in self.0.iter().enumerate() {
            let spot = SourceLine::Line(setting.line);
            if let Some((why, shown)) = keys::left(key, setting.text()) {
                let text = match setting.value {
                    DdclientValue::Literal(_) => setting.text(),
                    DdclientValue::Variable(_) => "",
                };
                found.leave(spot, quoted(key, text, shown), why);
                continue;
            }
            if setting.consumed.get() || keys::is_usual(key, setting.text()) {
                continue;
            }
            let mut later = self.0.iter().skip(place + 1);
            let why = if setting.line > last_host {
                "no host follows it in the file".to_owned()
            } else if let Some((_, other)) = later.find(|(other, _)| other == key) {
                overridden(other.line)
            } else {
                UNUSED.to_owned()
            };
            found.leave(spot, quoted(key, "", Disclosure::Key), why);
        }
    }
}
