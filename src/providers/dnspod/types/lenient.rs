//! Readers of values that come in more than one shape.

use std::{collections::BTreeMap, str::FromStr};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value};

use crate::core::secret::Secret;

/// A string, or a number as text; `None` for the several ways of saying nothing.
pub(in crate::providers::dnspod) fn text<'de, D: Deserializer<'de>>(
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

/// The most digits that an identifier has: those of a number of 64 bits.
const MAX_ID_DIGITS: usize = 20;

/// An identifier, which is always there and a number, as text.
pub(super) fn identifier<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = text(from)?.filter(|it| !it.is_empty());
    let text = text.ok_or_else(|| Error::custom("an identifier is missing"))?;
    if is_number(&text) {
        Ok(text)
    } else {
        Err(Error::custom("an identifier is not a number"))
    }
}

/// An identifier that may be missing; what is not a number is taken for missing.
pub(super) fn optional_identifier<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    Ok(text(from)?.filter(|it| is_number(it)))
}

fn is_number(text: &str) -> bool {
    let is_short = (1..=MAX_ID_DIGITS).contains(&text.len());
    is_short && text.bytes().all(|byte| byte.is_ascii_digit())
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
pub(in crate::providers::dnspod) fn object<'de, D, T>(from: D) -> Result<T, D::Error>
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
