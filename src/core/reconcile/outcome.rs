//! How a round ended for one target.

use super::{intent::KeepReason, rejection::GuardRejection};
use crate::core::{error::ProviderError, time::BootTime, verdict::Verdict};

/// How a round ended for one target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was right already.
    Unchanged,
    /// It was made right, and the provider confirmed it.
    Changed,
    /// It would be changed, and this is a dry run.
    Planned,
    /// It was left alone on purpose.
    Kept(KeepReason),
    /// The guard forbade the change.
    Refused(GuardRejection),
    /// A provider was not asked because of an earlier failure.
    Held {
        /// The earlier failure.
        failure: ProviderError,
        /// When it will be asked again.
        until: BootTime,
    },
    /// It could not be made right.
    Failed(ProviderError),
    /// A change was sent, and whether it took effect is not known.
    Unconfirmed(ProviderError),
}

impl Outcome {
    /// How well it ended.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Unchanged
            | Self::Changed
            | Self::Planned
            | Self::Kept(KeepReason::Absent | KeepReason::NotCreated) => Verdict::Right,
            Self::Kept(KeepReason::Unavailable(_)) => Verdict::AddressUnknown,
            Self::Refused(GuardRejection::LossyUpdate(_) | GuardRejection::Conflict(_)) => {
                Verdict::Refused
            }
            Self::Kept(KeepReason::NoClock) | Self::Refused(_) => Verdict::TryAgain,
            Self::Held { failure, .. } | Self::Failed(failure) | Self::Unconfirmed(failure) => {
                failure.class.verdict()
            }
        }
    }

    /// The word for it in `--json`: `unchanged`, `changed`, `kept`, `failed` or `unconfirmed`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changed => "changed",
            // A dry run leaves everything alone on purpose.
            Self::Planned | Self::Kept(_) => "kept",
            Self::Refused(_) | Self::Held { .. } | Self::Failed(_) => "failed",
            Self::Unconfirmed(_) => "unconfirmed",
        }
    }
}
