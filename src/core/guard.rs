//! The last look before anything is written: only what passes here can be executed.

use std::{fmt, time::Duration};

use crate::core::{
    addr::Family,
    budget::Budget,
    conflict::NameConflict,
    memory::{TargetMemory, request_lifetime},
    plan::{Change, Method, Reason, Step},
    record::Target,
    time::{Moment, Spoken},
};

/// What a round may do at the most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Deleted records an account and round.
    pub deletes: usize,
    /// Writes a target and hour: a flapping address does not become a storm of updates.
    pub writes: usize,
    /// One more than the writes that may change nothing, a target and hour: the provider's own
    /// [`Rules::repeats`](crate::core::plan::Rules::repeats).
    pub repeats: usize,
    /// Requests an account and hour, besides those that [`Limits::of_account`] adds.
    pub requests: u32,
    /// Requests an account and hour, those included that are a reserve for changed addresses: whatever else has used
    /// up the others, a new address is still published.
    pub requests_with_reserve: u32,
    /// How long after it was sent a request may still be carried out.
    pub request_lifetime: Duration,
}

impl Limits {
    /// Requests an account and hour: for an address that has changed, or for anything else.
    pub fn max_requests(&self, is_for_change: bool) -> u32 {
        if is_for_change {
            self.requests.max(self.requests_with_reserve)
        } else {
            self.requests
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

impl Limits {
    /// The limits of an account with so many targets: nothing fails for being many.
    #[must_use]
    pub fn of_account(self, targets: usize) -> Self {
        let targets = u32::try_from(targets).unwrap_or(u32::MAX);
        let added = targets.saturating_mul(REQUESTS_PER_TARGET);
        let most = MAX_REQUESTS.max(self.requests);
        Self {
            requests: self.requests.saturating_add(added).min(most),
            ..self
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deletes: 50,
            writes: 60,
            repeats: 4,
            requests: 1_200,
            requests_with_reserve: MAX_REQUESTS_WITH_RESERVE,
            request_lifetime: request_lifetime(Duration::ZERO),
        }
    }
}

/// The window in which writes are counted.
pub const WINDOW: Duration = Duration::from_hours(1);

/// How long after a round that may delete no more the next one goes on.
const BETWEEN_DELETES: Duration = Duration::from_mins(1);

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
    pub fn parts(self, requests: usize) -> Vec<Self> {
        let (pushes, others): (Vec<_>, Vec<_>) = self
            .changes
            .into_iter()
            .partition(|it| matches!(it.method, Method::Push(_)));
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
    pub fn requests(&self) -> u32 {
        let steps = self
            .changes
            .iter()
            .map(|it| it.steps().len())
            .sum::<usize>();
        let is_push = |it: &&Change| matches!(it.method, Method::Push(_));
        let pushes = self.changes.iter().filter(is_push).count();
        u32::try_from(steps + pushes.div_ceil(10)).unwrap_or(u32::MAX)
    }
}

/// Why a change is not made, and when or how it could be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
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
        until: Moment,
        /// How long that is from now.
        wait: Duration,
    },
    /// The target was written too often.
    TooManyWrites {
        /// How often within the last hour.
        count: usize,
        /// When the next write is allowed.
        until: Moment,
        /// How long that is from now.
        wait: Duration,
    },
    /// The same content was written again and again.
    Repeated {
        /// How often within the last hour.
        count: usize,
        /// When the next write is allowed.
        until: Moment,
        /// How long that is from now.
        wait: Duration,
    },
    /// What became of earlier writes of the same is not known: they may arrive yet.
    Doubtful {
        /// How many.
        count: usize,
        /// When the next write is allowed.
        until: Moment,
        /// How long that is from now.
        wait: Duration,
    },
    /// The account was sent too many requests.
    TooManyRequests {
        /// How many within the last hour.
        count: u32,
        /// When the next one is allowed.
        until: Moment,
        /// How long that is from now.
        wait: Duration,
    },
    /// The round has written for long enough: what is left goes in the next one, which begins at once and looks at our
    /// addresses anew.
    NextPart {
        /// How many changes of the account are left.
        left: usize,
        /// When the next round goes on.
        until: Moment,
    },
    /// `update = "dyndns"`, and a push would lose something.
    WouldLose(String),
    /// A record or forward at the host, or a delegation above it, excludes addresses there.
    Conflict(NameConflict),
}

impl Refusal {
    /// When the change may be made, where that is a matter of time.
    pub fn until(&self) -> Option<Moment> {
        match self {
            Self::TooManyWrites { until, .. }
            | Self::Repeated { until, .. }
            | Self::Doubtful { until, .. }
            | Self::TooManyRequests { until, .. }
            | Self::TooManyDeletes { until, .. }
            | Self::NextPart { until, .. } => Some(*until),
            Self::ChangesNothing
            | Self::DeletesWithoutAbsence
            | Self::OutOfScope
            | Self::WouldLose(_)
            | Self::Conflict(_) => None,
        }
    }
}

impl fmt::Display for Refusal {
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
                Spoken(*wait)
            ),
            Self::TooManyWrites { count, wait, .. } => write!(
                f,
                "not written: it was changed {count} times within the hour; the next change may go \
                 out in {} (is an address source flapping?)",
                Spoken(*wait)
            ),
            Self::Repeated { count, wait, .. } => write!(
                f,
                "not written: the same was written {count} times within the hour and did not come to \
                 stay; the next attempt is in {}",
                Spoken(*wait)
            ),
            Self::Doubtful { count, wait, .. } => write!(
                f,
                "not written: {count} updates with the same address got no proper answer and may still \
                 arrive; what became of them is looked at, and the next attempt made, in {}",
                Spoken(*wait)
            ),
            Self::TooManyRequests { count, wait, .. } => write!(
                f,
                "not asked: the account was sent {count} requests within the hour; the next may go out in {} \
                 (do other programs or hosts keep changing its records?)",
                Spoken(*wait)
            ),
            Self::NextPart { left, .. } => write!(
                f,
                "not written yet: {left} changes of the account are left for the next part, which begins at once"
            ),
            Self::WouldLose(what) => write!(f, "not written: {what}"),
            Self::Conflict(conflict) => write!(f, "not written: {conflict}"),
        }
    }
}

/// Sorts what may be done from what may not. `memory` says what was written to a target lately, `sent`
/// how many requests the account was sent. A change that deletes more than is left to the round is in
/// both: what may be done of it now, and the whole of it with the reason.
pub fn guard<'h>(
    changes: Vec<Change>,
    limits: Limits,
    now: Moment,
    sent: &Budget,
    memory: impl Fn(&Target) -> Option<&'h TargetMemory>,
) -> (SafePlan, Vec<(Change, Refusal)>) {
    let mut safe = SafePlan::default();
    let mut refused = Vec::new();
    let mut deletes = limits.deletes;
    for change in changes {
        let history = History {
            memory: memory(&change.target),
            repeats: limits.repeats,
            now,
        };
        let part = match inspect(&change, limits, &history) {
            Err(refusal) => {
                refused.push((change, refusal));
                continue;
            }
            Ok(()) => change.deleting(deletes),
        };
        let own_deletes = part.deletes();
        let is_part = own_deletes < change.deletes();
        if !is_part || !part.steps().is_empty() {
            let max_requests = limits.max_requests(is_change_of_address(&change, history.memory));
            let left = max_requests.saturating_sub(sent.spent(now));
            safe.changes.push(part);
            if safe.requests() > left {
                safe.changes.pop();
                refused.push((change, too_many(sent, now)));
                continue;
            }
            deletes -= own_deletes;
        }
        if is_part {
            let refusal = Refusal::TooManyDeletes {
                limit: limits.deletes,
                left: change.deletes() - own_deletes,
                until: now.after(BETWEEN_DELETES),
                wait: BETWEEN_DELETES,
            };
            refused.push((change, refusal));
        }
    }
    (safe, refused)
}

/// Whether our addresses are others than when the target was confirmed last, whatever somebody has done to its records.
fn is_change_of_address(change: &Change, memory: Option<&TargetMemory>) -> bool {
    let confirmed = memory.and_then(|memory| memory.confirmed.as_ref());
    let is_other = confirmed.is_some_and(|confirmed| confirmed.addrs != change.to);
    is_other || change.reason.is_change_of_address()
}

/// Why an account is not sent any more for now.
pub fn too_many(sent: &Budget, now: Moment) -> Refusal {
    let until = sent.until(now);
    Refusal::TooManyRequests {
        count: sent.spent(now),
        until,
        wait: until.since(now),
    }
}

/// Why the change must not be made, whatever else the round does.
fn inspect(change: &Change, limits: Limits, history: &History<'_>) -> Result<(), Refusal> {
    if !in_scope(change) {
        return Err(Refusal::OutOfScope);
    }
    if change.to.is_empty() && change.reason != Reason::FamilyGone {
        return Err(Refusal::DeletesWithoutAbsence);
    }
    if change.from == change.to && change.reason != Reason::Ttl {
        return Err(Refusal::ChangesNothing);
    }
    history.allows(change)?;
    let recent: Vec<_> = history.recent_writes().collect();
    if recent.len() >= limits.writes {
        let first = recent.iter().min();
        let until = first.map_or(history.now, |at| at.after(WINDOW));
        let wait = until.since(history.now);
        return Err(Refusal::TooManyWrites {
            count: recent.len(),
            until,
            wait,
        });
    }
    Ok(())
}

/// What was written to a target lately, and how many repetitions its provider puts up with.
struct History<'h> {
    memory: Option<&'h TargetMemory>,
    repeats: usize,
    now: Moment,
}

impl History<'_> {
    /// When the target was written within the last hour.
    fn recent_writes(&self) -> impl Iterator<Item = Moment> {
        let writes = self.memory.into_iter().flat_map(|it| &it.writes);
        let times = writes.map(|write| write.at);
        times.filter(|at| self.now.since(*at) < WINDOW)
    }

    /// Refuses to write again and again what may be there already: a DNSPod record is locked for an hour
    /// after the fifth update that changes nothing (facts: DNSPod section 1.2). An address that comes and
    /// goes is no repetition, and other content than what is in doubt always changes something. The same
    /// goes out a few times while an earlier one may still arrive, and else when that cannot happen any more.
    fn allows(&self, change: &Change) -> Result<(), Refusal> {
        let memory = self
            .memory
            .filter(|it| it.may_change_nothing(change, self.now));
        let Some(memory) = memory else {
            return Ok(());
        };
        let doubted: Vec<_> = memory.doubted(change, self.now).collect();
        let repeats: Vec<_> = memory.recent_repeats(self.now).collect();
        let paced = self.pause(&repeats).unwrap_or(self.now);
        let settled = doubted.iter().map(|write| write.arrives_by()).max();
        let until = match settled {
            None => paced,
            Some(settled) => settled.min(paced),
        };
        let wait = until.since(self.now);
        match settled {
            _ if wait.is_zero() => Ok(()),
            Some(_) => Err(Refusal::Doubtful {
                count: doubted.len(),
                until,
                wait,
            }),
            None => Err(Refusal::Repeated {
                count: repeats.len() + 1,
                until,
                wait,
            }),
        }
    }

    /// Until when writes that may have changed nothing forbid another one. The last ones allowed are spaced
    /// out, so that they are still there when a provider's trouble lasts longer than a moment.
    fn pause(&self, oldest_first: &[Moment]) -> Option<Moment> {
        let (first, last) = (oldest_first.first()?, oldest_first.last()?);
        let left = self.repeats.saturating_sub(1 + oldest_first.len());
        match left {
            0 => Some(first.after(WINDOW)),
            1 => Some(last.after(WINDOW / 6)),
            2 => Some(last.after(WINDOW / 60)),
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
