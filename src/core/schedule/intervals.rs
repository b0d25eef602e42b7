//! How often what is due, and how long what may take.

use std::time::Duration;

use crate::core::time::BootTime;

/// How often what is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Intervals {
    /// A routine check of our own address.
    pub interval: Duration,
    /// A comparison with what the zone's servers answer.
    pub verify: Duration,
    /// A comparison with the provider's own record list.
    pub audit: Duration,
}

/// Whether something last done `last` is due again.
pub fn is_due(last: Option<BootTime>, every: Duration, now: BootTime) -> bool {
    last.is_none_or(|last| now < last || now.since(last) >= every)
}

/// How long a family must be absent before the daemon removes its records: a line that reconnects,
/// and a boot in which one family comes up before the other, take less.
pub const ABSENCE_GRACE: Duration = Duration::from_mins(2);

/// How long after a difference in DNS was first seen it is looked at again.
pub const RECHECK_DELAY: Duration = Duration::from_secs(30);

/// How long a zone's servers may take to show a change before a difference counts against them:
/// the certbot plugin for Domeneshop waits as long (facts: Domeneshop Q15).
pub const PROPAGATION_GRACE: Duration = Duration::from_mins(2);
