//! What DNSPod sends, read leniently: one and the same field is a string in one call and a number
//! in another, empty is `""`, `null` or `false`, and new fields appear without notice (facts:
//! DNSPod section 5). Identifiers stay text.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// The `status` of every answer.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct Status {
    /// How the call ended: a number, mostly in quotes.
    #[serde(default, deserialize_with = "text")]
    pub code: Option<String>,
    /// The same in words that change with time, site and account: for people only.
    #[serde(default, deserialize_with = "text")]
    pub message: Option<String>,
}

/// A domain in `Domain.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct Domain {
    /// Its identifier: a number here, a string in most other calls.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// Its name, in Unicode if it is an international one.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Its name in A-labels.
    #[serde(default, deserialize_with = "text")]
    pub punycode: Option<String>,
}

/// The counters of `Domain.List`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct DomainCounts {
    /// How many domains match what was asked.
    #[serde(default, deserialize_with = "number")]
    pub domain_total: Option<usize>,
}

/// The answer to `Domain.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct DomainListing {
    /// The counters.
    #[serde(default, deserialize_with = "object")]
    pub info: DomainCounts,
    /// This page's domains; the key is missing from most answers that are not successes.
    #[serde(default)]
    pub domains: Option<Vec<Domain>>,
}

/// The domain as `Record.List` describes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct DomainSummary {
    /// The shortest TTL that the domain's plan allows, in seconds (since 2017).
    #[serde(default, deserialize_with = "number")]
    pub min_ttl: Option<u32>,
}

/// The counters of `Record.List`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct RecordCounts {
    /// How many records match what was asked.
    #[serde(default, deserialize_with = "number")]
    pub record_total: Option<usize>,
}

/// A record in `Record.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct Record {
    /// Its identifier; it has outgrown 31 bits.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// The host relative to the domain, `@` for the domain's own name.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// The line's name: `Default` (international) or `默认` (China) answers everybody.
    #[serde(default, deserialize_with = "text")]
    pub line: Option<String>,
    /// The line's identifier: `0`, `10=1`.
    #[serde(default, deserialize_with = "text")]
    pub line_id: Option<String>,
    /// The record type.
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    /// Time to live in seconds.
    #[serde(default, deserialize_with = "number")]
    pub ttl: Option<u32>,
    /// The data.
    #[serde(default, deserialize_with = "text")]
    pub value: Option<String>,
    /// Its share among the records of one name and line; `None` where that is not used.
    #[serde(default, deserialize_with = "text")]
    pub weight: Option<String>,
    /// The preference of an MX record; `0` on others.
    #[serde(default, deserialize_with = "text")]
    pub mx: Option<String>,
    /// `1` or `0`.
    #[serde(default, deserialize_with = "text")]
    pub enabled: Option<String>,
    /// `enabled` or `disabled`, in some calls `enable` or `disable`.
    #[serde(default, deserialize_with = "text")]
    pub status: Option<String>,
    /// The owner's note.
    #[serde(default, deserialize_with = "text")]
    pub remark: Option<String>,
}

/// The answer to `Record.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct RecordListing {
    /// The domain.
    #[serde(default, deserialize_with = "object")]
    pub domain: DomainSummary,
    /// The counters.
    #[serde(default, deserialize_with = "object")]
    pub info: RecordCounts,
    /// This page's records; the key is missing from most answers that are not successes.
    #[serde(default)]
    pub records: Option<Vec<Record>>,
}

/// The record in the answer to a write.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct Written {
    /// Its identifier: a string from `Record.Create`, a number from `Record.Modify`.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// The data as stored; `Record.Create` does not say it.
    #[serde(default, deserialize_with = "text")]
    pub value: Option<String>,
}

/// The answer to `Record.Create` and `Record.Modify`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct WriteAnswer {
    /// The record.
    #[serde(default, deserialize_with = "object")]
    pub record: Written,
}

impl Record {
    /// Whether the record answers; `None` if the listing does not say.
    pub fn is_enabled(&self) -> Option<bool> {
        match (self.enabled.as_deref(), self.status.as_deref()) {
            (Some("0"), _) | (None, Some("disable" | "disabled")) => Some(false),
            (Some("1"), _) | (None, Some("enable" | "enabled")) => Some(true),
            _ => None,
        }
    }
}

/// A string, or a number as text; `None` for the several ways of saying nothing.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("true".to_owned()),
        Value::Bool(false) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}

/// A whole number, in quotes or not.
fn number<'de, D: Deserializer<'de>, N: std::str::FromStr>(from: D) -> Result<Option<N>, D::Error> {
    let text = text(from)?;
    Ok(text.and_then(|text| text.trim().parse().ok()))
}

/// An object, or its default for what stands where an empty one should (`[]`, `null`, `""`).
fn object<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(from)?;
    if value.is_object() {
        serde_json::from_value(value).map_err(serde::de::Error::custom)
    } else {
        Ok(T::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(json: &str) -> Record {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_record_reads_the_same_whether_its_fields_are_strings_or_numbers() {
        let strings = record(
            r#"{"id":"2169654400","name":"home","line":"默认","line_id":"0","type":"A","ttl":"600",
                "value":"84.212.10.20","weight":"20","mx":"0","enabled":"1","status":"enabled",
                "monitor_status":"","remark":"","updated_on":"2018-01-01 00:00:00","use_aqb":"no"}"#,
        );
        let numbers = record(
            r#"{"id":2169654400,"name":"home","line":"默认","line_id":0,"type":"A","ttl":600,
                "value":"84.212.10.20","weight":20,"mx":0,"enabled":1,"status":"enabled",
                "remark":"","a_field_of_next_year":{"deep":[1]}}"#,
        );
        assert_eq!(strings, numbers);
        assert_eq!(strings.id.as_deref(), Some("2169654400"));
        assert_eq!(strings.ttl, Some(600));
    }

    #[test]
    fn every_way_of_saying_nothing_is_read_as_nothing() {
        for nothing in ["null", "false", "[]", "{}"] {
            let read = record(&format!(
                r#"{{"weight":{nothing},"mx":{nothing},"remark":{nothing},"ttl":{nothing}}}"#
            ));
            assert_eq!(read, Record::default(), "{nothing}");
        }
        assert_eq!(record("{}"), Record::default());
    }

    #[test]
    fn whether_a_record_answers_is_understood_in_every_spelling() {
        for (json, enabled) in [
            (r#"{"enabled":"1"}"#, Some(true)),
            (r#"{"enabled":0,"status":"enabled"}"#, Some(false)),
            (r#"{"status":"enabled"}"#, Some(true)),
            (r#"{"status":"enable"}"#, Some(true)),
            (r#"{"status":"disable"}"#, Some(false)),
            (r#"{"status":"disabled"}"#, Some(false)),
            ("{}", None),
        ] {
            assert_eq!(record(json).is_enabled(), enabled, "{json}");
        }
    }

    #[test]
    fn an_empty_array_in_place_of_an_object_does_not_spoil_the_answer() {
        let read: RecordListing =
            serde_json::from_str(r#"{"domain":[],"info":"","records":[{"id":"1"}]}"#).unwrap();
        assert_eq!(read.info.record_total, None);
        assert_eq!(read.records.map(|records| records.len()), Some(1));
    }
}
