//! What a round may do at the most.

use std::time::Duration;

use crate::core::state::lifetime::request_lifetime;

/// What a round may do at the most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WriteLimits {
    /// Deleted records an account and round.
    pub max_deletes: usize,
    /// Writes a target and hour: a flapping address does not become a storm of updates.
    pub max_writes: usize,
    /// One more than the writes that may change nothing, a target and hour: the provider's own
    /// [`Capabilities::max_repeats`](crate::core::reconcile::plan::Capabilities::max_repeats).
    pub max_repeats: usize,
    /// Requests an account and hour, besides those that [`WriteLimits::of_account`] adds.
    pub general_requests: u32,
    /// Requests an account and hour, those included that are a reserve for changed addresses: whatever else has used
    /// up the others, a new address is still published.
    pub requests_with_reserve: u32,
    /// How long after it was sent a request may still be carried out.
    pub request_lifetime: Duration,
}

impl WriteLimits {
    /// Requests an account and hour: for an address that has changed, or for anything else.
    pub fn max_requests(&self, is_for_change: bool) -> u32 {
        if is_for_change {
            self.general_requests.max(self.requests_with_reserve)
        } else {
            self.general_requests
        }
    }
}

/// The most requests an account and hour, however many targets it has, the reserve for changed addresses aside.
const MAX_REQUESTS: u32 = 2_700;

/// The same with the reserve: a little less than the 3,600 that DNSPod was seen to allow (facts: DNSPod section
/// 1.2); Domeneshop names no limit.
const MAX_REQUESTS_WITH_RESERVE: u32 = 3_300;

/// How many requests an hour each target adds: it is created, and changes twice.
const REQUESTS_PER_TARGET: u32 = 3;

impl WriteLimits {
    /// The limits of an account with so many targets: nothing fails for being many.
    #[must_use]
    pub fn of_account(self, targets: usize) -> Self {
        let targets = u32::try_from(targets).unwrap_or(u32::MAX);
        let added = targets.saturating_mul(REQUESTS_PER_TARGET);
        let most = MAX_REQUESTS.max(self.general_requests);
        Self {
            general_requests: self.general_requests.saturating_add(added).min(most),
            ..self
        }
    }
}

impl Default for WriteLimits {
    fn default() -> Self {
        Self {
            max_deletes: 50,
            max_writes: 60,
            max_repeats: 4,
            general_requests: 1_200,
            requests_with_reserve: MAX_REQUESTS_WITH_RESERVE,
            request_lifetime: request_lifetime(Duration::ZERO),
        }
    }
}
