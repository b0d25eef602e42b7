//! The last look before anything is written: only what passes here can be executed.

use std::{fmt, time::Duration};

use crate::core::{
    addr::Family,
    budget::Budget,
    conflict::NameConflict,
    memory::Write,
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
    /// Writes of one and the same content a target and hour: the provider's own
    /// [`Rules::repeats`](crate::core::plan::Rules::repeats).
    pub repeats: usize,
    /// Requests an account and hour, besides those that [`Limits::of_account`] adds.
    pub requests: u32,
    /// Requests an account and hour, those included that are a reserve for changed addresses: whatever else has used
    /// up the others, a new address is still published.
    pub requests_with_reserve: u32,
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
    /// What became of earlier writes is not known: they may have changed nothing, or arrive yet.
    Doubtful {
        /// How many within the last hour.
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
                "not written: {count} updates within the hour got no proper answer; the next attempt is \
                 in {}",
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

/// Sorts what may be done from what may not. `history` says what was written to a target lately, `sent`
/// how many requests the account was sent. A change that deletes more than is left to the round is in
/// both: what may be done of it now, and the whole of it with the reason.
pub fn guard<'h>(
    changes: Vec<Change>,
    limits: Limits,
    now: Moment,
    sent: &Budget,
    history: impl Fn(&Target) -> &'h [Write],
) -> (SafePlan, Vec<(Change, Refusal)>) {
    let mut safe = SafePlan::default();
    let mut refused = Vec::new();
    let mut deletes = limits.deletes;
    for change in changes {
        let history = History {
            writes: history(&change.target),
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
            let max_requests = limits.max_requests(change.reason.is_change_of_address());
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
    let recent: Vec<_> = history.recent().collect();
    if recent.len() >= limits.writes {
        let until = recent
            .first()
            .map_or(history.now, |write| write.at.after(WINDOW));
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
    writes: &'h [Write],
    repeats: usize,
    now: Moment,
}

impl History<'_> {
    fn recent(&self) -> impl Iterator<Item = &Write> {
        self.writes
            .iter()
            .filter(|write| self.now.since(write.at) < WINDOW)
    }

    /// Refuses to write the same again and again. An address that comes and goes is no repetition;
    /// a storm of one content is, and if none of it changed anything, a DNSPod record is locked for
    /// an hour after the fifth (facts: DNSPod section 1.2). So are writes of whatever content that got
    /// no proper answer: each may have changed nothing, or may arrive late and leave the next with
    /// nothing to change.
    fn allows(&self, change: &Change) -> Result<(), Refusal> {
        let recent: Vec<_> = self.recent().collect();
        let same = recent.iter().rev();
        let same: Vec<_> = same.take_while(|write| write.to == change.to).collect();
        let doubtful: Vec<_> = recent.iter().rev().filter(|write| !write.done).collect();
        if let Some((count, until, wait)) = self.pause(&same) {
            return Err(Refusal::Repeated { count, until, wait });
        }
        match self.pause(&doubtful) {
            Some((count, until, wait)) => Err(Refusal::Doubtful { count, until, wait }),
            None => Ok(()),
        }
    }

    /// How many these are, until when they forbid another one, and how long that is. The last ones
    /// allowed are spaced out, so that they are still there when a provider's trouble lasts longer
    /// than a moment.
    fn pause(&self, newest_first: &[&&Write]) -> Option<(usize, Moment, Duration)> {
        let (last, first) = (newest_first.first()?, newest_first.last()?);
        let count = newest_first.len();
        let until = match self.repeats.saturating_sub(count) {
            0 => first.at.after(WINDOW),
            1 => last.at.after(WINDOW / 6),
            2 => last.at.after(WINDOW / 60),
            _ => return None,
        };
        let wait = until.since(self.now);
        (!wait.is_zero()).then_some((count, until, wait))
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
