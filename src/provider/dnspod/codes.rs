//! What `status.code` means and asks of the caller. The message beside it is not stable and decides
//! nothing (facts: DNSPod section 3).
//!
//! One number means different things in different calls: 6, 7 and 8 most of all. So each call names
//! the tables that apply to it, its own first, and [`COMMON`] comes last.

use std::time::Duration;

use crate::core::outcome::{Class, Failure, Scope};

/// The one code that is a success.
pub const SUCCESS: i64 = 1;

/// What a code asks of the caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Stop: the token or the account is refused, and each further try counts against us.
    Credential,
    /// Wait: too many calls, or a ban that passes.
    Throttled,
    /// Wait an hour: this domain or record is locked.
    Locked,
    /// The service is suspended for now.
    Suspended,
    /// The call failed for a reason unknown to the service itself.
    Fault,
    /// The account has no such domain or record.
    Gone,
    /// What was asked for is not allowed, whoever asks.
    Refused,
    /// The service believes that what was asked for is there already.
    AlreadySo,
    /// The call itself was wrong: moored and the service do not understand each other.
    Misuse,
}

/// A code as documented for some calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Code {
    /// The number.
    pub number: i64,
    /// What it asks of the caller.
    pub kind: Kind,
    /// What it means, in plain words.
    pub meaning: &'static str,
}

const fn code(number: i64, kind: Kind, meaning: &'static str) -> Code {
    Code {
        number,
        kind,
        meaning,
    }
}

/// The meanings that hold in any call unless it has its own (facts: DNSPod sections 3.1, 3.2).
pub const COMMON: &[Code] = &[
    code(-1, Kind::Credential, "the login failed"),
    code(-2, Kind::Throttled, "the API is used too often"),
    code(-3, Kind::Credential, "the account is no valid agent"),
    code(-4, Kind::Credential, "the user is not under this agent"),
    code(-7, Kind::Credential, "the account may not use this call"),
    code(
        -8,
        Kind::Throttled,
        "the account is banned for a while after too many failed logins",
    ),
    code(-99, Kind::Suspended, "the function is suspended for now"),
    code(2, Kind::Misuse, "only POST is allowed"),
    code(3, Kind::Fault, "an unknown error"),
    code(50, Kind::Credential, "a one-time code is required"),
    code(51, Kind::Credential, "one-time codes are not enabled"),
    code(52, Kind::Credential, "the one-time code is wrong"),
    code(53, Kind::Credential, "one-time codes are enabled already"),
    code(
        54,
        Kind::Credential,
        "the owner's one-time code is required",
    ),
    code(83, Kind::Credential, "the account is locked"),
    code(
        85,
        Kind::Credential,
        "logins from this address are not allowed",
    ),
    code(10001, Kind::Credential, "the account is banned"),
    code(10002, Kind::Credential, "the token ID is invalid"),
    code(10003, Kind::Credential, "the token does not exist"),
    code(10004, Kind::Credential, "the token is not valid"),
    code(20004, Kind::Credential, "the user token is not valid"),
];

/// `Domain.List`.
pub const DOMAIN_LIST: &[Code] = &[
    code(6, Kind::Misuse, "the offset is not valid"),
    code(7, Kind::Misuse, "the length is not valid"),
];

/// Every call about one domain and its records.
///
/// −7 and −8 change their meaning here: the domain, of a company or of an agent's customer, needs
/// a better plan. For −7 nothing is lost by believing that. For −8 it would be: if the common
/// meaning is the one intended, the account is banned, and going on would prolong it; so −8 stays
/// with [`COMMON`], and waiting is right in both cases.
pub const OF_DOMAIN: &[Code] = &[
    code(-15, Kind::Refused, "the domain is banned"),
    code(-7, Kind::Refused, "the domain needs a better plan"),
    code(13, Kind::Gone, "the account has no such domain"),
];

/// `Record.List`.
pub const RECORD_LIST: &[Code] = &[
    code(6, Kind::Gone, "the account has no such domain"),
    code(7, Kind::Misuse, "the offset is not valid"),
    code(8, Kind::Misuse, "the length is not valid"),
    code(9, Kind::Gone, "the domain is not this account's"),
];

/// Every call that changes a record.
pub const RECORD_WRITE: &[Code] = &[
    code(6, Kind::Gone, "the account has no such domain"),
    code(7, Kind::Gone, "the domain is not this account's to change"),
    code(8, Kind::Gone, "the domain has no such record"),
    code(21, Kind::Locked, "the domain or record is locked"),
];

/// `Record.Create`.
pub const RECORD_CREATE: &[Code] = &[
    code(6, Kind::Refused, "a field is missing or not valid"),
    code(
        31,
        Kind::Refused,
        "it conflicts with another record of the name",
    ),
    code(32, Kind::Refused, "the TTL is not in the plan's range"),
];

/// `Record.Modify`. 32 is documented as a limit of NS records and was seen for a TTL below the
/// plan's minimum (facts: DNSPod section 3.2).
pub const RECORD_MODIFY: &[Code] = &[
    code(29, Kind::Refused, "the TTL is shorter than the plan allows"),
    code(
        31,
        Kind::Refused,
        "it conflicts with another record of the name",
    ),
    code(32, Kind::Refused, "the TTL is not in the plan's range"),
    code(35, Kind::Refused, "the address is not allowed"),
];

/// Both calls that set what a record says.
pub const RECORD_CONTENT: &[Code] = &[
    code(22, Kind::Refused, "the host name is not valid"),
    code(
        23,
        Kind::Refused,
        "the host name has more levels than the plan allows",
    ),
    code(24, Kind::Refused, "this form of wildcard is not allowed"),
    code(
        25,
        Kind::Refused,
        "the name has more records than the plan allows",
    ),
    code(
        26,
        Kind::Refused,
        "the line is not valid or not in the plan",
    ),
    code(27, Kind::Refused, "the record type is not valid"),
    code(30, Kind::Refused, "the MX preference is not valid"),
    code(
        33,
        Kind::Refused,
        "there are more AAAA records than the plan allows",
    ),
    code(34, Kind::Refused, "the value is not valid"),
    code(
        36,
        Kind::Refused,
        "this is only allowed on the default line",
    ),
    code(82, Kind::Refused, "the address is on DNSPod's blacklist"),
    code(
        104,
        Kind::AlreadySo,
        "such a record exists already, or nothing would change",
    ),
    code(
        500_025,
        Kind::Refused,
        "the name has more A records on the line than the plan allows",
    ),
    code(
        500_026,
        Kind::Refused,
        "the name has more CNAME records on the line than the plan allows",
    ),
];

/// The meaning of `number` in a call with these tables.
pub fn find(tables: &[&[Code]], number: i64) -> Option<Code> {
    let own = tables.iter().copied().flatten();
    own.chain(COMMON)
        .find(|code| code.number == number)
        .copied()
}

/// How long DNSPod's locks last (facts: DNSPod section 1.2).
const LOCK: Duration = Duration::from_hours(1);

impl Kind {
    /// What to do about it, and how far it reaches, for a call that changes something or not.
    pub fn classify(self, writes: bool) -> (Class, Scope) {
        let unsettled = if writes {
            Class::Unconfirmed
        } else {
            Class::Transient
        };
        match self {
            Self::Credential => (Class::Rejected, Scope::Account),
            Self::Throttled => (Class::RateLimited { retry_after: None }, Scope::Account),
            Self::Locked => {
                let retry_after = Some(LOCK);
                (Class::RateLimited { retry_after }, Scope::Host)
            }
            Self::Suspended => (unsettled, Scope::Account),
            // One record that always fails so must not keep the others from being written.
            Self::Fault => (unsettled, reach(writes)),
            Self::Gone => (Class::NotFound, Scope::Host),
            Self::Refused => (Class::Invalid, Scope::Host),
            Self::AlreadySo => (Class::Unconfirmed, Scope::Host),
            Self::Misuse => (Class::Contract, Scope::Account),
        }
    }
}

/// How far the trouble of one call reaches: a list is about all hosts, a write about one.
fn reach(writes: bool) -> Scope {
    if writes { Scope::Host } else { Scope::Account }
}

/// The failure that a code other than [`SUCCESS`] stands for. `subject` says what was asked for.
pub fn failure(
    subject: &str,
    writes: bool,
    tables: &[&[Code]],
    number: i64,
    message: &str,
) -> Failure {
    let said = quoted(message);
    let Some(Code { kind, meaning, .. }) = find(tables, number) else {
        let what = format!("{subject}: DNSPod answers with an unknown code ({number}{said})");
        let class = Class::Contract;
        let scope = reach(writes);
        return Failure { class, scope, what };
    };
    let (class, scope) = kind.classify(writes);
    let what = match kind {
        Kind::Credential => format!("DNSPod refuses the token ({number}: {meaning})"),
        Kind::Throttled => format!("DNSPod asks to wait ({number}: {meaning})"),
        Kind::Locked => format!("{subject}: DNSPod asks to wait ({number}: {meaning})"),
        Kind::Suspended | Kind::Fault if writes => format!(
            "{subject}: DNSPod is in trouble ({number}: {meaning}), and whether it took effect is \
             not known"
        ),
        Kind::Suspended | Kind::Fault => {
            format!("{subject}: DNSPod is in trouble ({number}: {meaning})")
        }
        Kind::AlreadySo => {
            format!("{subject}: DNSPod says it is so already ({number}: {meaning})")
        }
        Kind::Gone => format!("{subject}: not found ({number}: {meaning})"),
        // Here the message says more than the code: which limit it is, for instance.
        Kind::Refused | Kind::Misuse => {
            format!("{subject}: DNSPod refuses it ({number}: {meaning}{said})")
        }
    };
    Failure { class, scope, what }
}

/// The longest part of DNSPod's message that is shown.
const SHOWN: usize = 120;

/// `, “…”`: DNSPod's message, short and on one line; nothing if there is none.
fn quoted(message: &str) -> String {
    let plain: String = message.chars().filter(|it| !it.is_control()).collect();
    let short: String = plain.trim().chars().take(SHOWN).collect();
    if short.is_empty() {
        String::new()
    } else {
        format!(", “{short}”")
    }
}

#[cfg(test)]
mod tests;
