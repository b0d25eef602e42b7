//! What DNSPod sends, read leniently: one and the same field is a string in one call and a number
//! in another, empty is `""`, `null` or `false`, and new fields appear without notice (facts:
//! DNSPod section 5). Identifiers stay text, words that are not known stay as they came, and so do
//! times, which have no zone: `YYYY-MM-DD HH:MM:SS`, on the Chinese site of UTC+8.
//!
//! Each type keeps the service's names, so that it serializes to what it was read from.

mod account;
mod china;
mod domain;
pub(super) mod lenient;
mod record;

pub use account::{Account, Token, User, UserInfo, Version};
pub use china::{BatchDomain, BatchRecord, Job, JobDetail, Purview, Right};
pub use domain::{
    Acquire, Alias, Aliases, Created, Domain, DomainCounts, DomainDetail, Domains, Group, GroupId,
    Groups, Lock, LockState, Locked, Lockstatus, Log, LogCounts, NewAlias, NewDomain, NewGroup,
    Share, Shares, Unlocked,
};
pub use record::{
    Area, DomainOfRecord, DomainSummary, LineNames, Lines, Record, RecordCounts, RecordDetail,
    RecordInfo, Records, Types, Written, WrittenRecord,
};

use serde::{Deserialize, Serialize};

/// The `status` of every answer.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct Status {
    /// How the call ended: a number, mostly in quotes.
    #[serde(default, deserialize_with = "lenient::text")]
    pub code: Option<String>,
    /// The same in words that change with time, site and account: for people only.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: Option<String>,
}

/// The answer of a call that says no more than that it succeeded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Done {}

#[cfg(test)]
mod tests;
