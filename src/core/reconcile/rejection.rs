//! Why the guard does not let a change pass, and when or how it could be made.

use std::{fmt, time::Duration};

use crate::core::{
    dns::conflict::NameConflict,
    time::{BootTime, HumanDuration},
};

/// Why a change is not made, and when or how it could be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GuardRejection {
    /// It would write what is there already.
    ChangesNothing,
    /// It would delete although the family is not known to be gone.
    DeletesWithoutAbsence,
    /// It names a record or an address that does not belong to its target.
    OutOfScope,
    /// The round deletes too much: what is over goes in the rounds that follow.
    TooManyDeletes {
        /// The limit.
        limit: usize,
        /// How many records of this change are over.
        left: usize,
        /// When the next round goes on.
        until: BootTime,
        /// How long that is from now.
        wait: Duration,
    },
    /// The target was written too often.
    TooManyWrites {
        /// How often within the last hour.
        count: usize,
        /// When the next write is allowed.
        until: BootTime,
        /// How long that is from now.
        wait: Duration,
    },
    /// The same content was written again and again.
    RepeatedContent {
        /// How often within the last hour.
        count: usize,
        /// When the next write is allowed.
        until: BootTime,
        /// How long that is from now.
        wait: Duration,
    },
    /// What became of earlier writes of the same is not known: they may arrive yet.
    UnconfirmedWrites {
        /// How many.
        count: usize,
        /// When the next write is allowed.
        until: BootTime,
        /// How long that is from now.
        wait: Duration,
    },
    /// The account was sent too many requests.
    TooManyRequests {
        /// How many within the last hour.
        count: u32,
        /// When the next one is allowed.
        until: BootTime,
        /// How long that is from now.
        wait: Duration,
    },
    /// The round has written for long enough: what is left goes in the next one, which begins at once and looks at our
    /// addresses anew.
    NextPart {
        /// How many changes of the account are left.
        left: usize,
        /// When the next round goes on.
        until: BootTime,
    },
    /// `update = "dyndns"`, and a push would lose something.
    LossyUpdate(String),
    /// A record or forward at the host, or a delegation above it, excludes addresses there.
    Conflict(NameConflict),
}

impl GuardRejection {
    /// When the change may be made, where that is a matter of time.
    pub fn until(&self) -> Option<BootTime> {
        match self {
            Self::TooManyWrites { until, .. }
            | Self::RepeatedContent { until, .. }
            | Self::UnconfirmedWrites { until, .. }
            | Self::TooManyRequests { until, .. }
            | Self::TooManyDeletes { until, .. }
            | Self::NextPart { until, .. } => Some(*until),
            Self::ChangesNothing
            | Self::DeletesWithoutAbsence
            | Self::OutOfScope
            | Self::LossyUpdate(_)
            | Self::Conflict(_) => None,
        }
    }
}

impl fmt::Display for GuardRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ChangesNothing => f.write_str("not written: it would change nothing"),
            Self::DeletesWithoutAbsence => {
                f.write_str("not deleted: the address family is not known to be gone")
            }
            Self::OutOfScope => f.write_str("not written: a record of another name was meant"),
            Self::TooManyDeletes {
                limit, left, wait, ..
            } => write!(
                f,
                "not all of it at once: a round deletes at most {limit} records of an account; {left} more go in {}",
                HumanDuration(*wait)
            ),
            Self::TooManyWrites { count, wait, .. } => write!(
                f,
                "not written: it was changed {count} times within the hour; the next change may go \
                 out in {} (is an address source flapping?)",
                HumanDuration(*wait)
            ),
            Self::RepeatedContent { count, wait, .. } => write!(
                f,
                "not written: the same was written {count} times within the hour and did not come to \
                 stay; the next attempt is in {}",
                HumanDuration(*wait)
            ),
            Self::UnconfirmedWrites { count, wait, .. } => write!(
                f,
                "not written: {count} updates with the same address got no proper answer and may still \
                 arrive; what became of them is looked at, and the next attempt made, in {}",
                HumanDuration(*wait)
            ),
            Self::TooManyRequests { count, wait, .. } => write!(
                f,
                "not asked: the account was sent {count} requests within the hour; the next may go out in {} \
                 (do other programs or hosts keep changing its records?)",
                HumanDuration(*wait)
            ),
            Self::NextPart { left, .. } => write!(
                f,
                "not written yet: {left} changes of the account are left for the next part, which begins at once"
            ),
            Self::LossyUpdate(what) => write!(f, "not written: {what}"),
            Self::Conflict(conflict) => write!(f, "not written: {conflict}"),
        }
    }
}
