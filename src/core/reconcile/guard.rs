//! The last look before anything is written: only what passes here can be executed.

use std::{fmt, time::Duration};

use super::plan::{Change, Method, Reason, Step};
use crate::core::{
    address::Family,
    dns::{conflict::NameConflict, record::Target},
    state::{TargetState, quota::RequestQuota, request_lifetime},
    time::{BootTime, HumanDuration},
};

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

/// The window in which writes are counted.
pub const WRITE_WINDOW: Duration = Duration::from_hours(1);

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

/// Sorts what may be done from what may not. `memory` says what was written to a target lately, `sent`
/// how many requests the account was sent. A change that deletes more than is left to the round is in
/// both: what may be done of it now, and the whole of it with the reason.
pub fn guard<'h>(
    changes: Vec<Change>,
    limits: WriteLimits,
    now: BootTime,
    sent: &RequestQuota,
    memory: impl Fn(&Target) -> Option<&'h TargetState>,
) -> (SafePlan, Vec<(Change, GuardRejection)>) {
    let mut safe = SafePlan::default();
    let mut refused = Vec::new();
    let mut deletes = limits.max_deletes;
    for change in changes {
        let history = WriteHistory {
            memory: memory(&change.target),
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
            let max_requests = limits.max_requests(is_change_of_address(&change, history.memory));
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
fn is_change_of_address(change: &Change, memory: Option<&TargetState>) -> bool {
    let confirmed = memory.and_then(|memory| memory.confirmed.as_ref());
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
    memory: Option<&'h TargetState>,
    repeats: usize,
    now: BootTime,
}

impl WriteHistory<'_> {
    /// When the target was written within the last hour.
    fn recent_writes(&self) -> impl Iterator<Item = BootTime> {
        let writes = self.memory.into_iter().flat_map(|it| &it.writes);
        let times = writes.map(|write| write.at);
        times.filter(|at| self.now.since(*at) < WRITE_WINDOW)
    }

    /// Refuses to write again and again what may be there already: a DNSPod record is locked for an hour
    /// after the fifth update that changes nothing (facts: DNSPod section 1.2). An address that comes and
    /// goes is no repetition, and other content than what is in doubt always changes something. The same
    /// goes out a few times while an earlier one may still arrive, and else when that cannot happen any more.
    fn check_repetition(&self, change: &Change) -> Result<(), GuardRejection> {
        let memory = self
            .memory
            .filter(|it| it.may_change_nothing(change, self.now));
        let Some(memory) = memory else {
            return Ok(());
        };
        let doubted: Vec<_> = memory.unanswered_writes(change, self.now).collect();
        let repeats: Vec<_> = memory.recent_repeats(self.now).collect();
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
