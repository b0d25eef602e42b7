//! What starts a round before the next one is due, and when: the rule alone, with time passed in. Every trigger
//! goes through here.
//!
//! - An address that has become usable, one that went while another can take its place, and somebody who
//!   says so: at once. Whatever was heard before counts as seen.
//! - Everything else (the only address, a route or a link that went, a link that came): once it has been
//!   quiet for [`DEBOUNCE`], and at most [`MAX_DEBOUNCE`] after the first, so that a line that reconnects is
//!   one round.
//! - What a person asks for (a full check, a reload): at once. Several requests that wait are one.
//! - Changes of the network start at most [`MAX_ROUNDS_PER_MINUTE`] rounds a minute and [`MAX_ROUNDS_PER_HOUR`] an
//!   hour, and beyond those one a minute until the hour is over. What need not concern the way to the Internet (links of
//!   containers that start and stop), hints and requests have lower limits of their own, so that neither a host whose
//!   network never comes to rest nor a script that pokes or signals without end keeps a new address or route waiting.
//!   The last trigger is always acted upon.

use std::time::Duration;

use super::rate_limit::RateLimit;
use crate::core::{detection::hint::AddressHint, time::BootTime};

/// What we were told, from the least to the most urgent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum NetworkEvent {
    /// Something that need not concern what is published: a link has come or gone, or an address that is not public.
    Other,
    /// A public address has gone or belongs to another way out, a default route or the one that the kernel selects has
    /// changed, or messages were lost.
    Rerouted,
    /// An address can be used that could not be before, one went while another can take its place, or the
    /// router has announced that its own is another one.
    AddressAdded,
    /// Somebody said that it is time to look, and perhaps which addresses are ours.
    Hint(AddressHint),
}

/// How long nothing may happen before a burst counts as over.
pub const DEBOUNCE: Duration = Duration::from_millis(500);
/// The longest that a burst puts a round off.
pub const MAX_DEBOUNCE: Duration = Duration::from_secs(2);
/// Rounds within a minute that changes of the network start.
pub const MAX_ROUNDS_PER_MINUTE: u32 = 30;
/// The same within an hour, before they become one a minute.
pub const MAX_ROUNDS_PER_HOUR: u32 = 120;
/// Rounds within a minute and an hour that changes of the network start which need not concern the way out.
pub const MAX_NOISE_ROUNDS: [u32; 2] = [20, 60];
/// Rounds within a minute and an hour that hints start.
pub const MAX_HINT_ROUNDS: [u32; 2] = [25, 90];
/// Rounds within a minute and an hour that somebody asks for with a signal.
pub const MAX_REQUESTED_ROUNDS: [u32; 2] = [20, 60];

/// Changes of the network that were heard and not acted upon.
#[derive(Clone, Copy, Debug)]
struct Pending {
    first: BootTime,
    last: BootTime,
    change: NetworkEvent,
}

/// A hint that was heard and not acted upon.
#[derive(Clone, Copy, Debug)]
struct PendingHint {
    last: BootTime,
    hint: AddressHint,
}

/// What somebody asked for with a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ManualRequest {
    /// The provider's own list is compared, whether that is due or not.
    pub is_full_check: bool,
}

/// The triggers since the last round; the state of the one loop.
#[derive(Clone, Copy, Debug)]
pub struct TriggerQueue {
    network: Option<Pending>,
    hint: Option<PendingHint>,
    request: Option<(BootTime, ManualRequest)>,
    network_rounds: RateLimit,
    /// Those that began because of [`NetworkEvent::Other`] alone.
    noise_rounds: RateLimit,
    hint_rounds: RateLimit,
    requested_rounds: RateLimit,
}

impl Default for TriggerQueue {
    fn default() -> Self {
        let limit =
            |[max_per_minute, max_per_hour]: [u32; 2]| RateLimit::new(max_per_minute, max_per_hour);
        Self {
            network: None,
            hint: None,
            request: None,
            network_rounds: limit([MAX_ROUNDS_PER_MINUTE, MAX_ROUNDS_PER_HOUR]),
            noise_rounds: limit(MAX_NOISE_ROUNDS),
            hint_rounds: limit(MAX_HINT_ROUNDS),
            requested_rounds: limit(MAX_REQUESTED_ROUNDS),
        }
    }
}

impl TriggerQueue {
    /// Something changed.
    pub fn push(&mut self, change: NetworkEvent, now: BootTime) {
        if let NetworkEvent::Hint(hint) = change {
            let before = self
                .hint
                .map_or_else(AddressHint::default, |pending| pending.hint);
            self.hint = Some(PendingHint {
                last: now,
                hint: before.merge(hint),
            });
            return;
        }
        let before = self.network.unwrap_or(Pending {
            first: now,
            last: now,
            change,
        });
        // What is more urgent settles from now on: the other may have waited for its limit for a minute.
        let first = if change > before.change {
            now
        } else {
            before.first
        };
        self.network = Some(Pending {
            first,
            last: now,
            change: before.change.max(change),
        });
    }

    /// Somebody asks for a round.
    pub fn request(&mut self, request: ManualRequest, now: BootTime) {
        let (since, before) = self.request.unwrap_or((now, request));
        let is_full_check = before.is_full_check || request.is_full_check;
        self.request = Some((since, ManualRequest { is_full_check }));
    }

    /// When the round is due that changes of the network and hints ask for.
    pub fn due(&self) -> Option<BootTime> {
        let network = self.network.map(|pending| match pending.change {
            NetworkEvent::AddressAdded | NetworkEvent::Hint(_) => pending.last,
            NetworkEvent::Other | NetworkEvent::Rerouted => {
                let end = pending.first.after(MAX_DEBOUNCE);
                pending.last.after(DEBOUNCE).min(end)
            }
        });
        let limit = self
            .network
            .map(|pending| self.network_limit(pending.change).next_allowed());
        let network = network.and_then(|due| Some(due).max(limit.flatten()));
        let hint = self
            .hint
            .and_then(|pending| Some(pending.last).max(self.hint_rounds.next_allowed()));
        [network, hint].into_iter().flatten().min()
    }

    /// What the round is for, if one is due; it counts as begun. A hint goes with it whatever started it.
    pub fn pop_due(&mut self, now: BootTime) -> Option<NetworkEvent> {
        self.due().filter(|due| *due <= now)?;
        let network = self.network.take().map(|pending| pending.change);
        match network {
            Some(NetworkEvent::Other) => self.noise_rounds.record(now),
            Some(_) => self.network_rounds.record(now),
            None => {}
        }
        let hint = self
            .hint
            .take()
            .map(|pending| NetworkEvent::Hint(pending.hint));
        if hint.is_some() {
            self.hint_rounds.record(now);
        }
        hint.or(network)
    }

    fn network_limit(&self, change: NetworkEvent) -> &RateLimit {
        match change {
            NetworkEvent::Other => &self.noise_rounds,
            _ => &self.network_rounds,
        }
    }

    /// When the round is due that somebody asks for.
    pub fn request_due(&self) -> Option<BootTime> {
        let (since, _) = self.request?;
        Some(since).max(self.requested_rounds.next_allowed())
    }

    /// What somebody asks for, if that is due; the round counts as begun.
    pub fn pop_due_request(&mut self, now: BootTime) -> Option<ManualRequest> {
        self.request_due().filter(|due| *due <= now)?;
        self.requested_rounds.record(now);
        self.request.take().map(|(_, request)| request)
    }

    /// A round begins for another reason: it sees what has happened so far, a hint's addresses aside, which are heard in the
    /// round alone that is played for them. Whether anything had happened.
    pub fn mark_seen(&mut self) -> bool {
        let has_changed = self.network.take().is_some();
        let is_silent = |pending: &mut PendingHint| pending.hint.is_empty();
        let was_told = self.hint.take_if(is_silent).is_some();
        has_changed || was_told
    }
}

#[cfg(test)]
mod tests;
