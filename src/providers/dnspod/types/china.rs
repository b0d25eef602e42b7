//! What the calls that only dnsapi.cn has answer (facts: DNSPod sections 7.1 and 7.9).

use serde::{Deserialize, Serialize};

use super::lenient;

/// Something that a domain's plan allows.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Right {
    /// Its name, in Chinese.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// A number, or `yes` or `no`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub value: Option<String>,
}

/// `Domain.Purview`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Purview {
    /// What the plan allows.
    pub purview: Vec<Right>,
}

/// A record of a job.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct BatchRecord {
    /// Its number in the job.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its identifier, once there is one.
    #[serde(default, deserialize_with = "lenient::text")]
    pub record_id: Option<String>,
    /// The host relative to the domain.
    #[serde(default, deserialize_with = "lenient::text")]
    pub sub_domain: Option<String>,
    /// The record type.
    #[serde(default, deserialize_with = "lenient::text")]
    pub record_type: Option<String>,
    /// The line's name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub area: Option<String>,
    /// The data.
    #[serde(default, deserialize_with = "lenient::text")]
    pub value: Option<String>,
    /// The preference of an MX record.
    #[serde(default, deserialize_with = "lenient::text")]
    pub mx: Option<String>,
    /// Time to live in seconds.
    #[serde(default, deserialize_with = "lenient::text")]
    pub ttl: Option<String>,
    /// `1` or `0`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub enabled: Option<String>,
    /// What went wrong with it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub err_msg: Option<String>,
    /// `waiting`, `running`, `ok` or `error`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// What is done to it: `plus`, `edit`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub operation: Option<String>,
}

/// A domain of a job.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct BatchDomain {
    /// Its number in the job.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its identifier, once there is one.
    #[serde(default, deserialize_with = "lenient::text")]
    pub domain_id: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub domain: Option<String>,
    /// The plan.
    #[serde(default, deserialize_with = "lenient::text")]
    pub domain_grade: Option<String>,
    /// What went wrong with it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub err_msg: Option<String>,
    /// `waiting`, `running`, `ok` or `error`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// What is done to it: `plus`, `edit`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub operation: Option<String>,
    /// Its records.
    #[serde(default)]
    pub records: Vec<BatchRecord>,
}

/// A job that was begun: `Batch.Domain.Create`, `Batch.Record.Create`, `Batch.Record.Modify`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Job {
    /// Its identifier, for `Batch.Detail`.
    #[serde(deserialize_with = "lenient::identifier")]
    pub job_id: String,
    /// What was asked for, repeated.
    #[serde(default)]
    pub detail: Vec<BatchDomain>,
}

/// `Batch.Detail`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct JobDetail {
    /// What became of each domain.
    pub detail: Vec<BatchDomain>,
    /// How many parts the job has.
    #[serde(default, deserialize_with = "lenient::number")]
    pub total: Option<usize>,
    /// How many parts succeeded.
    #[serde(default, deserialize_with = "lenient::number")]
    pub success: Option<usize>,
    /// How many parts failed.
    #[serde(default, deserialize_with = "lenient::number")]
    pub fail: Option<usize>,
    /// When it was begun.
    #[serde(default, deserialize_with = "lenient::text")]
    pub created_at: Option<String>,
    /// `domain`, `record_add` or `record_modify`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub r#type: Option<String>,
}
