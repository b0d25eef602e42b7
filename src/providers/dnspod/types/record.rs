//! What the calls about records answer (facts: DNSPod sections 7.5 and 7.6).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lenient;

/// The domain as `Record.List` describes it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct DomainSummary {
    /// Its identifier.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub id: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its name in A-labels.
    #[serde(default, deserialize_with = "lenient::text")]
    pub punycode: Option<String>,
    /// The plan.
    #[serde(default, deserialize_with = "lenient::text")]
    pub grade: Option<String>,
    /// The owner's e-mail address.
    #[serde(default, deserialize_with = "lenient::text")]
    pub owner: Option<String>,
    /// `notexist` or `dnserror` for a domain that does not use DNSPod's servers.
    #[serde(default, deserialize_with = "lenient::text")]
    pub ext_status: Option<String>,
    /// The time to live of its new records, in seconds.
    #[serde(default, deserialize_with = "lenient::number")]
    pub ttl: Option<u32>,
    /// The shortest TTL that the domain's plan allows, in seconds (since 2017).
    #[serde(default, deserialize_with = "lenient::number")]
    pub min_ttl: Option<u32>,
    /// The servers that the domain should use.
    #[serde(default)]
    pub dnspod_ns: Vec<String>,
    /// `enable`, `pause`, `spam` or `lock`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
}

/// The counters of `Record.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct RecordCounts {
    /// How many records the domain has.
    #[serde(default, deserialize_with = "lenient::number")]
    pub sub_domains: Option<usize>,
    /// How many records match what was asked.
    #[serde(default, deserialize_with = "lenient::number")]
    pub record_total: Option<usize>,
    /// How many records this answer has.
    #[serde(default, deserialize_with = "lenient::number")]
    pub records_num: Option<usize>,
}

/// A record in `Record.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Record {
    /// Its identifier; it has outgrown 31 bits.
    #[serde(deserialize_with = "lenient::identifier")]
    pub id: String,
    /// The host relative to the domain, `@` for the domain's own name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The line's name: `Default` (international) or `默认` (China) answers everybody.
    #[serde(default, deserialize_with = "lenient::text")]
    pub line: Option<String>,
    /// The line's identifier: `0`, `10=1` (China).
    #[serde(default, deserialize_with = "lenient::text")]
    pub line_id: Option<String>,
    /// The record type.
    #[serde(default, deserialize_with = "lenient::text")]
    pub r#type: Option<String>,
    /// Time to live in seconds.
    #[serde(default, deserialize_with = "lenient::number")]
    pub ttl: Option<u32>,
    /// The data.
    #[serde(default, deserialize_with = "lenient::text")]
    pub value: Option<String>,
    /// Its share among the records of one name and line; `None` where that is not used.
    #[serde(default, deserialize_with = "lenient::text")]
    pub weight: Option<String>,
    /// The preference of an MX record; `0` on others.
    #[serde(default, deserialize_with = "lenient::text")]
    pub mx: Option<String>,
    /// `1` or `0`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub enabled: Option<String>,
    /// `enabled` or `disabled`, in some calls `enable` or `disable`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// What D-monitor says: `Ok`, `Warn`, `Down` or nothing.
    #[serde(default, deserialize_with = "lenient::text")]
    pub monitor_status: Option<String>,
    /// The owner's note.
    #[serde(default, deserialize_with = "lenient::text")]
    pub remark: Option<String>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "lenient::text")]
    pub updated_on: Option<String>,
    /// Whether a protection service uses it: `yes` or `no`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub use_aqb: Option<String>,
    /// `hold` on the two records of DNSPod's own servers that every domain has.
    #[serde(default, deserialize_with = "lenient::text")]
    pub hold: Option<String>,
}

/// `Record.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Records {
    /// The domain.
    #[serde(default, deserialize_with = "lenient::object")]
    pub domain: DomainSummary,
    /// The counters.
    #[serde(default, deserialize_with = "lenient::object")]
    pub info: RecordCounts,
    /// This page's records.
    pub records: Vec<Record>,
}

/// The record in the answer to a write.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct WrittenRecord {
    /// Its identifier: a string from `Record.Create`, a number from the others.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub id: Option<String>,
    /// The host relative to the domain.
    #[serde(default, alias = "sub_domain", deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The data as stored; `Record.Create` does not say it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub value: Option<String>,
    /// `enable` or `disable`, of a new record `enabled`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// Its share among the records of one name and line.
    #[serde(default, deserialize_with = "lenient::text")]
    pub weight: Option<String>,
    /// The record type, in no answer that is documented, like those that follow.
    #[serde(
        default,
        alias = "record_type",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub r#type: Option<String>,
    /// Time to live in seconds.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub ttl: Option<String>,
    /// The preference of an MX record.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub mx: Option<String>,
    /// The line's name.
    #[serde(
        default,
        alias = "record_line",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub line: Option<String>,
    /// The line's identifier.
    #[serde(
        default,
        alias = "record_line_id",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub line_id: Option<String>,
}

/// `Record.Create`, `Record.Modify`, `Record.Ddns` and `Record.Status`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Written {
    /// The record.
    #[serde(default, deserialize_with = "lenient::object")]
    pub record: WrittenRecord,
}

/// The domain as `Record.Info` describes it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct DomainOfRecord {
    /// Its identifier.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub id: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub domain: Option<String>,
    /// The plan.
    #[serde(default, deserialize_with = "lenient::text")]
    pub domain_grade: Option<String>,
}

/// A record in `Record.Info`, where the fields have other names than in the list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct RecordDetail {
    /// Its identifier.
    #[serde(deserialize_with = "lenient::identifier")]
    pub id: String,
    /// The host relative to the domain, `@` for the domain's own name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub sub_domain: Option<String>,
    /// The record type.
    #[serde(default, deserialize_with = "lenient::text")]
    pub record_type: Option<String>,
    /// The line's name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub record_line: Option<String>,
    /// The line's identifier (China).
    #[serde(default, deserialize_with = "lenient::text")]
    pub record_line_id: Option<String>,
    /// The data.
    #[serde(default, deserialize_with = "lenient::text")]
    pub value: Option<String>,
    /// Its share among the records of one name and line.
    #[serde(default, deserialize_with = "lenient::text")]
    pub weight: Option<String>,
    /// The preference of an MX record; `0` on others.
    #[serde(default, deserialize_with = "lenient::text")]
    pub mx: Option<String>,
    /// Time to live in seconds.
    #[serde(default, deserialize_with = "lenient::number")]
    pub ttl: Option<u32>,
    /// `1` or `0`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub enabled: Option<String>,
    /// What D-monitor says: `Ok`, `Warn`, `Down` or nothing.
    #[serde(default, deserialize_with = "lenient::text")]
    pub monitor_status: Option<String>,
    /// The owner's note.
    #[serde(default, deserialize_with = "lenient::text")]
    pub remark: Option<String>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "lenient::text")]
    pub updated_on: Option<String>,
    /// The domain's identifier.
    #[serde(default, deserialize_with = "lenient::text")]
    pub domain_id: Option<String>,
}

/// `Record.Info`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct RecordInfo {
    /// The domain.
    #[serde(default, deserialize_with = "lenient::object")]
    pub domain: DomainOfRecord,
    /// The record.
    pub record: RecordDetail,
}

/// `Record.Type`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Types {
    /// The record types that the plan has.
    pub types: Vec<String>,
}

/// A part of the world with its lines.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Area {
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The names of its lines, by what `record_line` takes.
    #[serde(default, deserialize_with = "lenient::texts")]
    pub sub_area: BTreeMap<String, String>,
}

/// `Record.Line`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Lines {
    /// The lines that the plan has.
    pub lines: LineNames,
    /// The identifiers that `record_line_id` takes, by the lines' names (China).
    #[serde(default, deserialize_with = "lenient::texts")]
    pub line_ids: BTreeMap<String, String>,
}

/// The lines of a plan in either site's shape.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum LineNames {
    /// The international site's: areas by their code.
    Areas(BTreeMap<String, Area>),
    /// China's: the names that `record_line` takes.
    Names(Vec<String>),
}

impl Lines {
    /// What `record_line` takes, of either site.
    pub fn codes(&self) -> Vec<&str> {
        match &self.lines {
            LineNames::Areas(areas) => {
                let lines = areas.values().flat_map(|area| area.sub_area.keys());
                lines.map(String::as_str).collect()
            }
            LineNames::Names(names) => names.iter().map(String::as_str).collect(),
        }
    }
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
