//! A record as its zone has it.

use std::net::IpAddr;

use moored::core::address::family::Family;
use serde_json::Value;

/// A record, of whatever type.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct RecordRow {
    pub(crate) zone: String,
    pub(crate) id: String,
    /// In full.
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) value: String,
    /// On the line that is for everybody.
    pub(crate) is_plain: bool,
    /// All there is to know of it.
    pub(crate) whole: Value,
}

impl RecordRow {
    pub(crate) fn family(&self) -> Option<Family> {
        let mut families = Family::ALL.into_iter();
        families.find(|it| self.is_plain && self.kind == it.record_type())
    }

    pub(crate) fn ttl(&self) -> Option<u32> {
        let ttl = &self.whole["ttl"];
        let text = ttl.as_str().map_or_else(|| ttl.to_string(), str::to_owned);
        text.parse().ok()
    }

    pub(crate) fn addr(&self) -> Option<IpAddr> {
        self.value.parse().ok()
    }
}
