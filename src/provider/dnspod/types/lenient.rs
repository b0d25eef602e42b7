//! Readers of values that come in more than one shape.

use std::{collections::BTreeMap, str::FromStr};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value};

use crate::core::secret::Secret;

/// A string, or a number as text; `None` for the several ways of saying nothing.
pub(in crate::provider::dnspod) fn text<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    Ok(as_text(Value::deserialize(from)?))
}

fn as_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("true".to_owned()),
        Value::Bool(false) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// An identifier, which is always there, as text.
pub(super) fn identifier<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = text(from)?.filter(|it| !it.is_empty());
    text.ok_or_else(|| Error::custom("an identifier is missing"))
}

/// A whole number, in quotes or not.
pub(super) fn number<'de, D: Deserializer<'de>, N: FromStr>(
    from: D,
) -> Result<Option<N>, D::Error> {
    let text = text(from)?;
    Ok(text.and_then(|text| text.trim().parse().ok()))
}

/// Yes or no in any of their spellings.
pub(super) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Bool(flag) => Some(flag),
        other => match as_text(other).as_deref() {
            Some("1" | "yes" | "true") => Some(true),
            Some("0" | "no" | "false") => Some(false),
            _ => None,
        },
    })
}

/// An object, or its default for what stands where an empty one should (`[]`, `null`, `""`).
pub(in crate::provider::dnspod) fn object<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(from)?;
    if value.is_object() {
        serde_json::from_value(value).map_err(Error::custom)
    } else {
        Ok(T::default())
    }
}

/// Texts by name, of which some may be numbers.
pub(super) fn texts<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let entries: Map<String, Value> = object(from)?;
    let entries = entries.into_iter();
    let said = entries.filter_map(|(name, value)| Some((name, as_text(value)?)));
    Ok(said.collect())
}

/// A secret, which no error repeats.
pub(super) fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
    let text = text(from)?.filter(|it| !it.is_empty());
    text.map(Secret::new)
        .ok_or_else(|| Error::custom("a secret is missing"))
}
