//! What travels on the wire, read leniently: what is not needed is not looked at, and numbers may come
//! as text, which the service does for some of them.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value};

/// A domain of the account.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Domain {
    /// Its identifier.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// Its name.
    pub domain: String,
    /// What was ordered for it.
    #[serde(default)]
    pub services: Option<Services>,
}

/// The services of a domain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct Services {
    /// Whether its records are served, and edited, here.
    #[serde(default)]
    pub dns: Option<bool>,
}

impl Domain {
    /// Whether its records can be edited here. Only a plain "no" is a no.
    pub fn has_dns(&self) -> bool {
        self.services.and_then(|it| it.dns).unwrap_or(true)
    }
}

/// A DNS record of any type, as it is listed.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct DnsRecord {
    /// Its identifier. A push gives the record a new one.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// Everything else.
    #[serde(flatten)]
    pub body: RecordBody,
}

/// A DNS record of any type, as it is written: all but its identifier.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RecordBody {
    /// The name below the domain; `@` for the domain's own.
    pub host: String,
    /// Time to live, in seconds.
    #[serde(
        default,
        deserialize_with = "optional_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub ttl: Option<u32>,
    /// The record type, in capitals.
    #[serde(rename = "type")]
    pub kind: String,
    /// The address, the target or the text.
    #[serde(default)]
    pub data: String,
    /// The fields that only some types have (`priority` of an MX) and those not known yet: a PUT
    /// replaces the whole record, so what is not sent back would be lost.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The answer to a creation, where it has a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct Created {
    /// The new record's identifier.
    #[serde(default, deserialize_with = "optional_number")]
    pub id: Option<u64>,
}

/// A number, or its digits in a string.
fn number<'de, D: Deserializer<'de>>(input: D) -> Result<u64, D::Error> {
    optional_number(input)?.ok_or_else(|| D::Error::custom("null where a number belongs"))
}

fn optional_number<'de, D, N>(input: D) -> Result<Option<N>, D::Error>
where
    D: Deserializer<'de>,
    N: TryFrom<u64>,
{
    let value = Value::deserialize(input)?;
    let number = match &value {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match number.and_then(|number| N::try_from(number).ok()) {
        Some(number) => Ok(Some(number)),
        None => Err(D::Error::custom(format!("{value} where a number belongs"))),
    }
}
