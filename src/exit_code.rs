//! Exit codes: sysexits where one fits. The contract with scripts.

use super::core::verdict::Verdict;
use crate::commands::CommandResult;

/// How the process ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Exit {
    /// Every host is right, changed or not; or a clean stop.
    Right = 0,
    /// An internal fault; an answer that could not be written; `health`: not healthy; `status`, `poke`: no daemon.
    Fault = 1,
    /// A bad command line.
    Usage = 2,
    /// `plan --exit-code`: changes are pending.
    Pending = 10,
    /// Our address could not be found out (`EX_UNAVAILABLE`).
    AddressUnknown = 69,
    /// At least one host could not be made right for now (`EX_TEMPFAIL`).
    TryAgain = 75,
    /// A provider refused for good (`EX_NOPERM`).
    Refused = 77,
    /// The configuration is wrong, or the one to be imported (`EX_CONFIG`).
    Config = 78,
}

impl Exit {
    /// How the process ends when its answer could not be written: nobody has read what went well.
    #[must_use]
    pub fn with_unwritten_answer(self) -> Self {
        match self {
            Self::Right | Self::Pending => Self::Fault,
            worse => worse,
        }
    }

    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Right => Self::Right,
            Verdict::AddressUnknown => Self::AddressUnknown,
            Verdict::TryAgain => Self::TryAgain,
            Verdict::Refused => Self::Refused,
        }
    }
}

impl From<CommandResult> for Exit {
    fn from(end: CommandResult) -> Self {
        match end {
            CommandResult::Round(verdict) => verdict.into(),
            CommandResult::Pending => Self::Pending,
            CommandResult::Usage => Self::Usage,
            CommandResult::InvalidFile => Self::Config,
            CommandResult::Unhealthy => Self::Fault,
        }
    }
}
