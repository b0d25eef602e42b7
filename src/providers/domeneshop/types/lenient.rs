//! Readers that take a value in each form in which it has been seen.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

/// An identifier: a number that is not negative, or its digits in a string.
pub(super) fn id<'de, D: Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
    optional_id(input)?.ok_or_else(|| D::Error::custom("null where a number belongs"))
}

/// An identifier that may be missing.
pub(super) fn optional_id<'de, D: Deserializer<'de>>(input: D) -> Result<Option<i64>, D::Error> {
    optional_number(input)
}

/// A number, or its digits in a string. It is never negative and never a fraction.
pub(super) fn optional_number<'de, D, N>(input: D) -> Result<Option<N>, D::Error>
where
    D: Deserializer<'de>,
    N: TryFrom<u64>,
{
    let value = Value::deserialize(input)?;
    if value.is_null() {
        return Ok(None);
    }
    match digits(&value).and_then(|number| N::try_from(number).ok()) {
        Some(number) => Ok(Some(number)),
        None => Err(D::Error::custom(format!("{value} where a number belongs"))),
    }
}

/// The number that a value says, be it as text.
pub(super) fn digits(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A text that is only shown: what is none is taken for missing, and fails nothing.
pub(super) fn text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(input)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A word that is only shown.
pub(super) fn word<'de, D, W>(input: D) -> Result<Option<W>, D::Error>
where
    D: Deserializer<'de>,
    W: From<String>,
{
    Ok(text(input)?.map(W::from))
}

/// A truth value that is only shown.
pub(super) fn flag<'de, D: Deserializer<'de>>(input: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(input)? {
        Value::Bool(flag) => Some(flag),
        value => match digits(&value) {
            Some(number @ 0..=1) => Some(number == 1),
            _ => value.as_str().and_then(|text| text.parse().ok()),
        },
    })
}

/// Texts that are only shown: what is no list is an empty one.
pub(super) fn texts<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    let value = Value::deserialize(input)?;
    let items = value.as_array().into_iter().flatten();
    Ok(items.filter_map(Value::as_str).map(str::to_owned).collect())
}

/// A sum of money: whole or not, as a number or as text.
pub(super) fn amount<'de, D>(input: D) -> Result<Option<serde_json::Number>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(match Value::deserialize(input)? {
        Value::Number(number) => Some(number),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}
