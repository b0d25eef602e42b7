//! DNS records of any type.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient;

/// A DNS record of any type, as it is listed. Everything that came is kept as it came;
/// [`RecordBody::content`] reads it by its type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DnsRecord {
    /// Its identifier. A push gives the record a new one.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
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
        deserialize_with = "lenient::optional_number",
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

/// The answer to a creation, where it says something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Option<Said>")]
pub struct Created {
    /// The new record's identifier.
    pub id: Option<i64>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default, deserialize_with = "lenient::optional_id")]
    id: Option<i64>,
}

impl From<Option<Said>> for Created {
    fn from(said: Option<Said>) -> Self {
        Self {
            id: said.and_then(|it| it.id),
        }
    }
}
