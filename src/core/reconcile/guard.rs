//! The last look before anything is written: only what passes here can be executed.

use crate::core::reconcile::limits::WriteLimits;
use crate::core::reconcile::rejection::GuardRejection;
use crate::core::state::lifetime::WRITE_WINDOW;
use std::time::Duration;

use crate::core::dns::change::{Change, Method, Reason, Step};
use crate::core::{
    address::family::Family,
    dns::record::Target,
    state::{TargetState, quota::RequestQuota},
    time::BootTime,
};

/// How long after a round that may delete no more the next one goes on.
const DELETE_BATCH_INTERVAL: Duration = Duration::from_mins(1);

/// A plan that passed [`guard`]; the executor takes nothing else.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SafePlan {
    changes: Vec<Change>,
}

impl SafePlan {
    /// What to do.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The plan in parts of so many requests or a little more, in order. What is pushed stays together: a push takes
    /// many hosts at once, and both families of a host.
    pub fn split(self, requests: usize) -> Vec<Self> {
        let (pushes, others): (Vec<_>, Vec<_>) = self
            .changes
            .into_iter()
            .partition(|it| matches!(it.method, Method::ReplaceRRset(_)));
        let mut parts = Vec::new();
        if !pushes.is_empty() {
            parts.push(Self { changes: pushes });
        }
        let mut part = Self::default();
        let mut size = 0;
        for change in others {
            size += change.steps().len();
            part.changes.push(change);
            if size >= requests {
                parts.push(std::mem::take(&mut part));
                size = 0;
            }
        }
        if !part.changes.is_empty() {
            parts.push(part);
        }
        parts
    }

    /// How many requests it takes at the most: one for each step, and one for ten hosts that are
    /// pushed.
    pub fn request_count(&self) -> u32 {
        let steps = self
            .changes
            .iter()
            .map(|it| it.steps().len())
            .sum::<usize>();
        let is_push = |it: &&Change| matches!(it.method, Method::ReplaceRRset(_));
        let pushes = self.changes.iter().filter(is_push).count();
        u32::try_from(steps + pushes.div_ceil(10)).unwrap_or(u32::MAX)
    }
}

/// Sorts what may be done from what may not. `memory` says what was written to a target lately, `sent`
/// how many requests the account was sent. A change that deletes more than is left to the round is in
/// both: what may be done of it now, and the whole of it with the reason.
pub fn guard<'h>(
    changes: Vec<Change>,
    limits: WriteLimits,
    now: BootTime,
    sent: &RequestQuota,
    state: impl Fn(&Target) -> Option<&'h TargetState>,
) -> (SafePlan, Vec<(Change, GuardRejection)>) {
    let mut safe = SafePlan::default();
    let mut refused = Vec::new();
    let mut deletes = limits.max_deletes;
    for change in changes {
        let history = WriteHistory {
            state: state(&change.target),
            repeats: limits.max_repeats,
            now,
        };
        let part = match check_change(&change, limits, &history) {
            Err(refusal) => {
                refused.push((change, refusal));
                continue;
            }
            Ok(()) => change.with_max_deletes(deletes),
        };
        let own_deletes = part.delete_count();
        let is_part = own_deletes < change.delete_count();
        if !is_part || !part.steps().is_empty() {
            let max_requests = limits.max_requests(is_change_of_address(&change, history.state));
            let left = max_requests.saturating_sub(sent.used(now));
            safe.changes.push(part);
            if safe.request_count() > left {
                safe.changes.pop();
                refused.push((change, quota_exceeded(sent, now)));
                continue;
            }
            deletes -= own_deletes;
        }
        if is_part {
            let refusal = GuardRejection::TooManyDeletes {
                limit: limits.max_deletes,
                left: change.delete_count() - own_deletes,
                until: now.after(DELETE_BATCH_INTERVAL),
                wait: DELETE_BATCH_INTERVAL,
            };
            refused.push((change, refusal));
        }
    }
    (safe, refused)
}

/// Whether our addresses are others than when the target was confirmed last, whatever somebody has done to its records.
fn is_change_of_address(change: &Change, state: Option<&TargetState>) -> bool {
    let confirmed = state.and_then(|state| state.confirmed.as_ref());
    let is_other = confirmed.is_some_and(|confirmed| confirmed.addrs != change.to);
    is_other || change.reason.is_change_of_address()
}

/// Why an account is not sent any more for now.
pub fn quota_exceeded(sent: &RequestQuota, now: BootTime) -> GuardRejection {
    let until = sent.resets_at(now);
    GuardRejection::TooManyRequests {
        count: sent.used(now),
        until,
        wait: until.since(now),
    }
}

/// Why the change must not be made, whatever else the round does.
fn check_change(
    change: &Change,
    limits: WriteLimits,
    history: &WriteHistory<'_>,
) -> Result<(), GuardRejection> {
    if !in_scope(change) {
        return Err(GuardRejection::OutOfScope);
    }
    if change.to.is_empty() && change.reason != Reason::FamilyGone {
        return Err(GuardRejection::DeletesWithoutAbsence);
    }
    if change.from == change.to && change.reason != Reason::TtlDiffers {
        return Err(GuardRejection::ChangesNothing);
    }
    history.check_repetition(change)?;
    let recent: Vec<_> = history.recent_writes().collect();
    if recent.len() >= limits.max_writes {
        let first = recent.iter().min();
        let until = first.map_or(history.now, |at| at.after(WRITE_WINDOW));
        let wait = until.since(history.now);
        return Err(GuardRejection::TooManyWrites {
            count: recent.len(),
            until,
            wait,
        });
    }
    Ok(())
}

/// What was written to a target lately, and how many repetitions its provider puts up with.
struct WriteHistory<'h> {
    state: Option<&'h TargetState>,
    repeats: usize,
    now: BootTime,
}

impl WriteHistory<'_> {
    /// When the target was written within the last hour.
    fn recent_writes(&self) -> impl Iterator<Item = BootTime> {
        let writes = self.state.into_iter().flat_map(|it| &it.writes);
        let times = writes.map(|write| write.at);
        times.filter(|at| self.now.since(*at) < WRITE_WINDOW)
    }

    /// Refuses to write again and again what may be there already: a DNSPod record is locked for an hour
    /// after the fifth update that changes nothing (facts: DNSPod section 1.2). An address that comes and
    /// goes is no repetition, and other content than what is in doubt always changes something. The same
    /// goes out a few times while an earlier one may still arrive, and else when that cannot happen any more.
    fn check_repetition(&self, change: &Change) -> Result<(), GuardRejection> {
        let state = self
            .state
            .filter(|it| it.may_change_nothing(change, self.now));
        let Some(state) = state else {
            return Ok(());
        };
        let doubted: Vec<_> = state.unanswered_writes(change, self.now).collect();
        let repeats: Vec<_> = state.recent_repeats(self.now).collect();
        let paced = self.paced_until(&repeats).unwrap_or(self.now);
        let settled = doubted.iter().map(|write| write.arrives_by()).max();
        let until = match settled {
            None => paced,
            Some(settled) => settled.min(paced),
        };
        let wait = until.since(self.now);
        match settled {
            _ if wait.is_zero() => Ok(()),
            Some(_) => Err(GuardRejection::UnconfirmedWrites {
                count: doubted.len(),
                until,
                wait,
            }),
            None => Err(GuardRejection::RepeatedContent {
                count: repeats.len() + 1,
                until,
                wait,
            }),
        }
    }

    /// Until when writes that may have changed nothing forbid another one. The last ones allowed are spaced
    /// out, so that they are still there when a provider's trouble lasts longer than a moment.
    fn paced_until(&self, oldest_first: &[BootTime]) -> Option<BootTime> {
        let (first, last) = (oldest_first.first()?, oldest_first.last()?);
        let left = self.repeats.saturating_sub(1 + oldest_first.len());
        match left {
            0 => Some(first.after(WRITE_WINDOW)),
            1 => Some(last.after(WRITE_WINDOW / 6)),
            2 => Some(last.after(WRITE_WINDOW / 60)),
            _ => None,
        }
    }
}

fn in_scope(change: &Change) -> bool {
    let Target { host, family, .. } = &change.target;
    let own_record = |step: &Step| match step {
        Step::Create { addr, .. } => Family::of(addr.addr()) == *family,
        Step::Modify { record, addr, .. } => {
            record.host == *host
                && Family::of(record.addr) == *family
                && Family::of(addr.addr()) == *family
        }
        Step::Delete { record } => record.host == *host && Family::of(record.addr) == *family,
    };
    change.to.iter().all(|addr| Family::of(*addr) == *family)
        && change.steps().iter().all(own_record)
}

#[cfg(test)]
mod tests;
