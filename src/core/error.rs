//! A request to a provider that did not do what it should: its class says what the caller must do next.

use std::{fmt, time::Duration};

use super::{foreign_text::printable, verdict::Verdict};

/// What the caller must do about a failure. The schedule decides on this alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorClass {
    /// Try again soon, a little later each time.
    Transient,
    /// Wait as long as the provider says, or an hour.
    RateLimited {
        /// What the provider asked for, if it did.
        retry_after: Option<Duration>,
    },
    /// The credentials are refused: leave the account alone until they change.
    Unauthorized,
    /// The provider has no such domain or record for us.
    NotFound,
    /// The provider refuses what we asked for, whoever asks.
    Invalid,
    /// Another record or a forward has the name: only its owner can remove that, and to look again
    /// costs a list.
    Conflict,
    /// A write was sent and its answer was lost: read back before anything else.
    Unconfirmed,
    /// The provider broke its own rules: an answer that cannot be understood. It counts as
    /// transient, and as nothing learnt.
    ProtocolViolation,
}

impl ErrorClass {
    /// Whether another secret or other hosts may be the remedy.
    pub fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::Unauthorized | Self::NotFound | Self::Invalid | Self::Conflict
        )
    }
}

/// How far a failure reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The account: no other request of it would fare better now.
    Account,
    /// This host only.
    Host,
}

/// A request to a provider that did not do what it should.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct ProviderError {
    /// What to do about it.
    pub class: ErrorClass,
    /// How far it reaches.
    pub scope: Scope,
    /// What happened, in words that name the request and never a secret.
    pub message: String,
}

impl ProviderError {
    /// A failure of this scope. What it says may quote a provider, and is made printable (L15).
    pub fn new(class: ErrorClass, scope: Scope, what: impl AsRef<str>) -> Self {
        Self {
            class,
            scope,
            message: printable(what.as_ref()).into_owned(),
        }
    }

    /// What a person can do about it, to be put behind what happened; empty where that is evident.
    pub fn advice(&self) -> &'static str {
        if self.class.is_refusal() && self.scope == Scope::Account {
            "; mend it at the provider and run `moored check`, or change the secret and reload"
        } else {
            ""
        }
    }

    /// What a write comes to that was not sent because of this failure: the same, but it is known that it had no
    /// effect.
    #[must_use]
    pub fn of_unsent(&self) -> Self {
        match self.class {
            ErrorClass::Unconfirmed | ErrorClass::ProtocolViolation => Self::of_account(
                ErrorClass::Transient,
                format!("not sent, because of an earlier request: {}", self.message),
            ),
            _ => self.clone(),
        }
    }

    /// A failure that concerns the whole account.
    pub fn of_account(class: ErrorClass, what: impl AsRef<str>) -> Self {
        Self::new(class, Scope::Account, what)
    }

    /// A failure that concerns one host only.
    pub fn of_host(class: ErrorClass, what: impl AsRef<str>) -> Self {
        Self::new(class, Scope::Host, what)
    }
}

impl ErrorClass {
    /// How well a round that ended with this ended.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Unauthorized | Self::NotFound | Self::Invalid | Self::Conflict => {
                Verdict::Refused
            }
            Self::Transient
            | Self::RateLimited { .. }
            | Self::Unconfirmed
            | Self::ProtocolViolation => Verdict::TryAgain,
        }
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transient => "for now",
            Self::RateLimited { .. } => "asked to wait",
            Self::Unauthorized => "credentials refused",
            Self::NotFound => "not found",
            Self::Invalid => "refused",
            Self::Conflict => "name conflict",
            Self::Unconfirmed => "could not be confirmed",
            Self::ProtocolViolation => "not understood",
        })
    }
}
