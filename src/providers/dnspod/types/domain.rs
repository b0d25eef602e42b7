//! What the calls about domains answer (facts: DNSPod sections 7.1 to 7.4).

use serde::{Deserialize, Serialize};

use super::lenient;

/// A domain, in `Domain.List` and `Domain.Info`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Domain {
    /// Its identifier: a number in the list, a string in most other calls.
    #[serde(deserialize_with = "lenient::identifier")]
    pub id: String,
    /// Its name, in Unicode if it is an international one.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its name in A-labels.
    #[serde(default, deserialize_with = "lenient::text")]
    pub punycode: Option<String>,
    /// The plan: `DP_Free`, …
    #[serde(default, deserialize_with = "lenient::text")]
    pub grade: Option<String>,
    /// The plan in words.
    #[serde(default, deserialize_with = "lenient::text")]
    pub grade_title: Option<String>,
    /// `enable`, `pause`, `spam` or `lock`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// `notexist` or `dnserror` for a domain that does not use DNSPod's servers.
    #[serde(default, deserialize_with = "lenient::text")]
    pub ext_status: Option<String>,
    /// How many records it has.
    #[serde(default, deserialize_with = "lenient::number")]
    pub records: Option<usize>,
    /// The group it is in.
    #[serde(default, deserialize_with = "lenient::text")]
    pub group_id: Option<String>,
    /// Whether it is marked: `yes` or `no`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub is_mark: Option<String>,
    /// The owner's note.
    #[serde(default, deserialize_with = "lenient::text")]
    pub remark: Option<String>,
    /// Whether its plan is a paid one: `yes` or `no`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub is_vip: Option<String>,
    /// Whether search engines are told of it: `yes` or `no`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub searchengine_push: Option<String>,
    /// Whether it is registered with the Chinese authorities: `yes` or `no` (international).
    #[serde(default, deserialize_with = "lenient::text")]
    pub beian: Option<String>,
    /// `enable` or `disable` (China).
    #[serde(default, deserialize_with = "lenient::text")]
    pub cname_speedup: Option<String>,
    /// Whether a protection service may use it (China).
    #[serde(default, deserialize_with = "lenient::flag")]
    pub auth_to_anquanbao: Option<bool>,
    /// The owner's identifier (`Domain.Info`).
    #[serde(default, deserialize_with = "lenient::text")]
    pub user_id: Option<String>,
    /// When it was added.
    #[serde(default, deserialize_with = "lenient::text")]
    pub created_on: Option<String>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "lenient::text")]
    pub updated_on: Option<String>,
    /// The time to live of its new records, in seconds.
    #[serde(default, deserialize_with = "lenient::number")]
    pub ttl: Option<u32>,
    /// The owner's e-mail address.
    #[serde(default, deserialize_with = "lenient::text")]
    pub owner: Option<String>,
}

/// The counters of `Domain.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct DomainCounts {
    /// How many domains match what was asked.
    #[serde(default, deserialize_with = "lenient::number")]
    pub domain_total: Option<usize>,
    /// How many there are.
    #[serde(default, deserialize_with = "lenient::number")]
    pub all_total: Option<usize>,
    /// How many are the account's own.
    #[serde(default, deserialize_with = "lenient::number")]
    pub mine_total: Option<usize>,
    /// How many others share with the account.
    #[serde(default, deserialize_with = "lenient::number")]
    pub share_total: Option<usize>,
    /// How many have a paid plan.
    #[serde(default, deserialize_with = "lenient::number")]
    pub vip_total: Option<usize>,
    /// How many are marked.
    #[serde(default, deserialize_with = "lenient::number")]
    pub ismark_total: Option<usize>,
    /// How many are paused.
    #[serde(default, deserialize_with = "lenient::number")]
    pub pause_total: Option<usize>,
    /// How many do not use DNSPod's servers.
    #[serde(default, deserialize_with = "lenient::number")]
    pub error_total: Option<usize>,
    /// How many are locked.
    #[serde(default, deserialize_with = "lenient::number")]
    pub lock_total: Option<usize>,
    /// How many are banned.
    #[serde(default, deserialize_with = "lenient::number")]
    pub spam_total: Option<usize>,
    /// How many paid plans end soon.
    #[serde(default, deserialize_with = "lenient::number")]
    pub vip_expire: Option<usize>,
    /// How many the account shares with others.
    #[serde(default, deserialize_with = "lenient::number")]
    pub share_out_total: Option<usize>,
}

/// `Domain.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Domains {
    /// The counters.
    #[serde(default, deserialize_with = "lenient::object")]
    pub info: DomainCounts,
    /// This page's domains.
    pub domains: Vec<Domain>,
}

/// `Domain.Info`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct DomainDetail {
    /// The domain.
    pub domain: Domain,
}

/// A domain that was added.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct NewDomain {
    /// Its identifier.
    #[serde(deserialize_with = "lenient::identifier")]
    pub id: String,
    /// Its name in A-labels.
    #[serde(default, deserialize_with = "lenient::text")]
    pub punycode: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub domain: Option<String>,
}

/// `Domain.Create`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Created {
    /// The domain.
    pub domain: NewDomain,
}

/// The counters of `Domain.Log`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct LogCounts {
    /// How many lines there are.
    #[serde(default, deserialize_with = "lenient::number")]
    pub count: Option<usize>,
    /// How many lines a page has at the most.
    #[serde(default, deserialize_with = "lenient::number")]
    pub page_size: Option<usize>,
}

/// `Domain.Log` and `User.Log`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Log {
    /// The lines, newest first. Where there are none, one sentence says so.
    pub log: Vec<String>,
    /// The counters, on the international site.
    #[serde(default, deserialize_with = "lenient::object")]
    pub info: LogCounts,
}

/// A domain's new lock.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Lock {
    /// The domain.
    #[serde(default, deserialize_with = "lenient::text")]
    pub domain_id: Option<String>,
    /// What unlocks it. It is shown only here.
    #[serde(default, deserialize_with = "lenient::text")]
    pub lock_code: Option<String>,
    /// The day on which the lock ends: `YYYY-MM-DD`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub lock_end: Option<String>,
}

/// `Domain.Lock`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Locked {
    /// The lock.
    pub lock: Lock,
}

/// A domain's lock as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct LockState {
    /// Whether it is locked: `yes` or `no`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub lock_status: Option<String>,
    /// Its first day: `YYYY-MM-DD`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub start_at: Option<String>,
    /// Its last day: `YYYY-MM-DD`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub end_at: Option<String>,
}

/// `Domain.Lockstatus`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Lockstatus {
    /// The lock.
    pub lock: LockState,
}

/// `Domain.Unlock`. The international page's example repeats the lock that is gone; China's has
/// nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Unlocked {
    /// What the answer repeats.
    #[serde(default)]
    pub lock: Option<LockState>,
}

/// `Domain.Acquire`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Acquire {
    /// The addresses to one of which the code can be sent.
    pub emails: Vec<String>,
}

/// With whom a domain is shared.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Share {
    /// The other account's e-mail address.
    #[serde(default, deserialize_with = "lenient::text")]
    pub share_to: Option<String>,
    /// `r` for reading, `rw` for reading and writing.
    #[serde(default, deserialize_with = "lenient::text")]
    pub mode: Option<String>,
    /// `enabled` or `pending`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// The one host that is shared, if it is not the whole domain.
    #[serde(default, deserialize_with = "lenient::text")]
    pub sub_domain: Option<String>,
}

/// `Domainshare.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Shares {
    /// With whom it is shared.
    pub share: Vec<Share>,
    /// The owner's e-mail address.
    #[serde(default, deserialize_with = "lenient::text")]
    pub owner: Option<String>,
}

/// An alias of a domain.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Alias {
    /// Its identifier.
    #[serde(deserialize_with = "lenient::identifier")]
    pub id: String,
    /// Its name, in the list.
    #[serde(default, deserialize_with = "lenient::text")]
    pub domain: Option<String>,
    /// Its name in A-labels, where it was just added.
    #[serde(default, deserialize_with = "lenient::text")]
    pub punycode: Option<String>,
}

/// `Domainalias.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Aliases {
    /// The aliases.
    pub alias: Vec<Alias>,
}

/// `Domainalias.Create`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct NewAlias {
    /// The alias.
    pub alias: Alias,
}

/// A group of domains.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Group {
    /// Its identifier.
    #[serde(deserialize_with = "lenient::identifier")]
    pub group_id: String,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub group_name: Option<String>,
    /// `system` for the eight that every account has.
    #[serde(default, deserialize_with = "lenient::text")]
    pub group_type: Option<String>,
    /// How many domains are in it.
    #[serde(default, deserialize_with = "lenient::number")]
    pub size: Option<usize>,
}

/// `Domaingroup.List`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Groups {
    /// The groups.
    pub groups: Vec<Group>,
}

/// A group that was added.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct GroupId {
    /// Its identifier.
    #[serde(deserialize_with = "lenient::identifier")]
    pub id: String,
}

/// `Domaingroup.Create`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct NewGroup {
    /// The group.
    pub groups: GroupId,
}
