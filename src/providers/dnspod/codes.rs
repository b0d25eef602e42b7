//! What `status.code` means and asks of the caller. The message beside it is not stable and decides
//! nothing (facts: DNSPod section 3).
//!
//! One number means different things in different calls: 6, 7 and 8 most of all. So each operation
//! names the [`tables`] that apply to it, its own first, and [`COMMON`](tables::COMMON) comes last.

pub mod tables;

use std::time::Duration;

use super::api::auth::Auth;
use crate::{
    core::{
        error::{ErrorClass, ProviderError, Scope},
        foreign_text::ForeignText,
    },
    providers::operation::{Call, Operation, ResultCode},
};

/// The one code that is a success.
pub const SUCCESS: i64 = 1;

/// What a code asks of the caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeMeaning {
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
    /// The list of this name is empty, and the service calls that an error.
    Empty(&'static str),
    /// The call itself was wrong: moored and the service do not understand each other.
    Misuse,
}

/// The code in these tables with this number, and what it asks of the caller.
pub fn find(codes: &[&[ResultCode]], number: i64) -> Option<(ResultCode, CodeMeaning)> {
    let mut codes = codes.iter().copied().flatten();
    let code = codes.find(|code| code.number == number)?;
    Some((*code, kind(*code)?))
}

/// What a code asks of the caller. One number with one meaning asks one thing, in whichever table it
/// stands.
fn kind(code: ResultCode) -> Option<CodeMeaning> {
    let mut all = tables::KINDS
        .iter()
        .flat_map(|(codes, kinds)| codes.iter().zip(*kinds));
    all.find(|(it, _)| **it == code).map(|(_, kind)| *kind)
}

/// The key in the answer under which an operation with these codes lists, if it says by a code that
/// there is nothing to list.
pub fn list(codes: &[&[ResultCode]]) -> Option<&'static str> {
    let mut codes = codes.iter().copied().flatten();
    codes.find_map(|code| match kind(*code)? {
        CodeMeaning::Empty(list) => Some(list),
        _ => None,
    })
}

/// How long DNSPod's locks last (facts: DNSPod section 1.2).
const LOCK: Duration = Duration::from_hours(1);

impl CodeMeaning {
    /// What to do about it, and how far it reaches, for a call that changes something or not.
    pub fn classify(self, writes: bool) -> (ErrorClass, Scope) {
        let unsettled = if writes {
            ErrorClass::Unconfirmed
        } else {
            ErrorClass::Transient
        };
        match self {
            Self::Credential => (ErrorClass::Unauthorized, Scope::Account),
            Self::Throttled => (
                ErrorClass::RateLimited { retry_after: None },
                Scope::Account,
            ),
            Self::Locked => {
                let retry_after = Some(LOCK);
                (ErrorClass::RateLimited { retry_after }, Scope::Host)
            }
            Self::Suspended => (unsettled, Scope::Account),
            // One record that always fails so must not keep the others from being written.
            Self::Fault => (unsettled, reach(writes)),
            Self::Gone | Self::Empty(_) => (ErrorClass::NotFound, Scope::Host),
            Self::Refused => (ErrorClass::Invalid, Scope::Host),
            Self::AlreadySo => (ErrorClass::Unconfirmed, Scope::Host),
            Self::Misuse => (ErrorClass::ProtocolViolation, Scope::Account),
        }
    }
}

/// How far the trouble of one call reaches: a list is about all hosts, a write about one.
fn reach(writes: bool) -> Scope {
    if writes { Scope::Host } else { Scope::Account }
}

/// Whether an operation logs in with a password, so that it says nothing about the account's token.
pub(super) fn is_login(operation: &Operation) -> bool {
    operation.name == Auth::OPERATION.name
}

/// A failure of this operation, which reaches no farther than it can: a login that fails is no
/// reason to leave the account alone.
pub(super) fn within(operation: &Operation, failure: ProviderError) -> ProviderError {
    let scope = if is_login(operation) {
        Scope::Host
    } else {
        failure.scope
    };
    ProviderError { scope, ..failure }
}

/// What of an operation is refused when its credential is.
pub(super) fn credential(operation: &Operation) -> &'static str {
    if is_login(operation) {
        "the e-mail address or password"
    } else {
        "the token"
    }
}

/// The failure that a code other than [`SUCCESS`] stands for. `subject` says what was asked for.
pub fn failure(subject: &str, operation: &Operation, number: i64, message: &str) -> ProviderError {
    within(operation, of_code(subject, operation, number, message))
}

fn of_code(subject: &str, operation: &Operation, number: i64, message: &str) -> ProviderError {
    let writes = operation.writes;
    let said = quoted(message);
    let Some((ResultCode { meaning, .. }, kind)) = find(operation.codes, number) else {
        let what = format!("{subject}: DNSPod answers with an unknown code ({number}{said})");
        let class = ErrorClass::ProtocolViolation;
        let scope = reach(writes);
        return ProviderError::new(class, scope, what);
    };
    let (class, scope) = kind.classify(writes);
    let what = match kind {
        CodeMeaning::Credential => {
            let refused = credential(operation);
            format!("DNSPod refuses {refused} ({number}: {meaning})")
        }
        CodeMeaning::Throttled => format!("DNSPod asks to wait ({number}: {meaning})"),
        CodeMeaning::Locked => format!("{subject}: DNSPod asks to wait ({number}: {meaning})"),
        CodeMeaning::Suspended | CodeMeaning::Fault if writes => format!(
            "{subject}: DNSPod is in trouble ({number}: {meaning}), and whether it took effect is \
             not known"
        ),
        CodeMeaning::Suspended | CodeMeaning::Fault => {
            format!("{subject}: DNSPod is in trouble ({number}: {meaning})")
        }
        CodeMeaning::AlreadySo => {
            format!("{subject}: DNSPod says it is so already ({number}: {meaning})")
        }
        CodeMeaning::Gone | CodeMeaning::Empty(_) => {
            format!("{subject}: not found ({number}: {meaning})")
        }
        // Here the message says more than the code: which limit it is, for instance.
        CodeMeaning::Refused | CodeMeaning::Misuse => {
            format!("{subject}: DNSPod refuses it ({number}: {meaning}{said})")
        }
    };
    ProviderError::new(class, scope, what)
}

/// The longest part of DNSPod's message that is shown.
const SHOWN: usize = 120;

/// `, “…”`: DNSPod's message, short and on one line; nothing if there is none.
fn quoted(message: &str) -> String {
    let short = ForeignText::at_most(message, SHOWN);
    if short.is_empty() {
        String::new()
    } else {
        format!(", “{short}”")
    }
}

#[cfg(test)]
mod tests;
