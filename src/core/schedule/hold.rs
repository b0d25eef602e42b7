//! How long an account or host is left alone after a failure: the only owner of retries.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::core::{
    error::{ErrorClass, ProviderError, Scope},
    time::BootTime,
};

/// An account or target that is left alone for a while.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hold {
    /// What happened.
    pub class: ErrorClass,
    /// The same in words.
    pub message: String,
    /// How many times in a row.
    pub failures: u32,
    /// How many times the credentials were refused, with nothing in between that shows that they are
    /// taken: a probe that is not answered says nothing of them.
    #[serde(default)]
    pub refusals: u32,
    /// When it last did.
    pub since: BootTime,
    /// When the next attempt may be made.
    pub until: BootTime,
}

const MINUTE: Duration = Duration::from_mins(1);

const HOUR: Duration = Duration::from_hours(1);

impl Hold {
    /// The hold that follows a failure. `jitter` is in `0.0..1.0` and adds up to a quarter, so that
    /// a thousand routers that lost the same provider do not return as one.
    pub fn after_failure(
        before: Option<&Self>,
        failure: &ProviderError,
        now: BootTime,
        jitter: f64,
    ) -> Self {
        let same_kind = |hold: &&Self| kind(hold.class) == kind(failure.class);
        // An attempt out of turn, because the network changed or somebody asked, is not the next
        // step of the ladder.
        let step = u32::from(before.is_none_or(|before| !before.is_active(now)));
        let failures = before
            .filter(same_kind)
            .map_or(1, |it| it.failures.saturating_add(step));
        let is_refused = failure.class == ErrorClass::Unauthorized;
        let refusals = before.map_or(0, |it| it.refusals);
        let refusals = refusals.saturating_add(u32::from(is_refused));
        let times = if is_refused { refusals } else { failures };
        let wait = wait(failure.class, times);
        let wait = wait.mul_f64(1.0 + 0.25 * jitter.clamp(0.0, 1.0));
        Self {
            class: failure.class,
            message: failure.message.clone(),
            failures,
            refusals,
            since: now,
            until: now.after(wait),
        }
    }

    /// Whether it still binds. A clock that lost its past (a hold that begins in the future) does
    /// not bind for longer than the hold was meant to last.
    pub fn is_active(&self, now: BootTime) -> bool {
        now < self.until && self.since <= now
    }

    /// Whether it binds a run that somebody asked for (`--once`, a signal): refusals and the
    /// provider's own wishes do; a short pause after a passing fault does not, for whoever runs
    /// moored from cron has chosen the pace already.
    pub fn is_active_for_manual_run(&self, now: BootTime) -> bool {
        let short = matches!(
            self.class,
            ErrorClass::Transient | ErrorClass::ProtocolViolation | ErrorClass::Unconfirmed
        ) && self.until.since(self.since) < MINUTE;
        self.is_active(now) && !short
    }

    /// Whether another record has the name. A full round (SIGUSR1, `plan`) does not wait for its end:
    /// only a list shows whether that record is still there.
    pub fn is_of_conflict(&self) -> bool {
        self.class == ErrorClass::Conflict
    }

    /// Whether no failure can have led to it: it begins in the future or lasts longer than the
    /// longest hold with its jitter.
    pub fn is_impossible(&self, now: BootTime) -> bool {
        now < self.since || self.until.since(self.since) > 30 * HOUR
    }

    /// Whether the credentials were refused, and nothing has shown since that they are taken.
    pub fn is_of_credentials(&self) -> bool {
        self.refusals > 0 || self.class == ErrorClass::Unauthorized
    }

    /// The failure that led to it.
    pub fn failure(&self, scope: Scope) -> ProviderError {
        ProviderError::new(self.class, scope, &self.message)
    }
}

fn kind(class: ErrorClass) -> std::mem::Discriminant<ErrorClass> {
    match class {
        // Two words for "not now": a provider in trouble alternates between them. A write without a proper
        // answer is another matter: that the account could be read goes before each.
        ErrorClass::ProtocolViolation => std::mem::discriminant(&ErrorClass::Transient),
        other => std::mem::discriminant(&other),
    }
}

/// How long to wait after this many failures in a row.
fn wait(class: ErrorClass, failures: u32) -> Duration {
    let doubled = |first: Duration, most: Duration| {
        first
            .saturating_mul(1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX))
            .min(most)
    };
    match class {
        ErrorClass::Transient | ErrorClass::ProtocolViolation => {
            doubled(Duration::from_secs(5), 15 * MINUTE)
        }
        // What became of the write is read back soon (L6); repetitions are the guard's affair.
        ErrorClass::Unconfirmed => doubled(Duration::from_secs(5), Duration::from_secs(40)),
        ErrorClass::RateLimited {
            retry_after: Some(wait),
        } => wait.clamp(MINUTE / 2, 24 * HOUR),
        // DNSPod's locks and bans last an hour (facts: DNSPod section 1.2).
        ErrorClass::RateLimited { retry_after: None } => doubled(HOUR, 6 * HOUR),
        // L4: one probe after 6 hours, then 12, then every 24.
        ErrorClass::Unauthorized => doubled(6 * HOUR, 24 * HOUR),
        ErrorClass::NotFound | ErrorClass::Invalid => doubled(15 * MINUTE, 6 * HOUR),
        // What is removed at the provider's site is noticed within the hour.
        ErrorClass::Conflict => doubled(15 * MINUTE, HOUR),
    }
}
