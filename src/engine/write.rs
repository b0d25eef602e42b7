//! What an account is sent: nothing that the guard did not pass, nothing that is not on the disk before.

use std::{cell::RefCell, collections::BTreeSet, net::IpAddr, time::Duration};

use super::{
    AccountContext, AddressDetector, DnsVerifier, Reconciler, Store, Trigger, account::AccountRun,
    target_run::TargetRun,
};
use crate::{
    core::{
        dns::{
            change::Change,
            record::{AccountName, Target},
        },
        error::{ErrorClass, ProviderError, Scope},
        reconcile::{
            guard::{SafePlan, guard, quota_exceeded},
            limits::WriteLimits,
            outcome::Outcome,
            rejection::GuardRejection,
        },
        schedule::hold::Hold,
        state::{State, quota::RequestQuota},
    },
    providers::Provider,
};

/// How many requests go out between two words to the disk. The words before a part name what it sends: where the process
/// ends in the middle, no more than that has to be read back.
const REQUESTS_PER_PART: usize = 50;

/// How long a round of the daemon's own writes to an account before it leaves the rest to the next one, which looks at
/// our addresses first. Between two parts only: each request has a deadline of its own.
const WRITING_TIME: Duration = Duration::from_secs(10);

impl<O: AddressDetector, V: DnsVerifier, S: Store, P: Provider> Reconciler<'_, O, V, S, P> {
    pub(super) async fn write(
        &self,
        account: &AccountContext<'_, P>,
        run: &AccountRun<'_>,
        target_runs: &mut [TargetRun<'_>],
        state: &RefCell<State>,
        changes: Vec<Change>,
    ) {
        let task = run.task;
        if changes.is_empty() {
            return;
        }
        let (safe, refused) = self.apply_guard(account, &state.borrow(), changes);
        let mut end = |change: &Change, outcome| {
            if let Some(target_run) = target_runs
                .iter_mut()
                .find(|it| *it.target == change.target)
            {
                target_run.change = Some(change.clone());
                target_run.outcome = Some(outcome);
            }
        };
        // What may be done in part only has not ended well when that part is done.
        let partial: BTreeSet<_> = refused.iter().map(|(it, _)| it.target.clone()).collect();
        for (change, refusal) in refused {
            let is_partial = matches!(refusal, GuardRejection::TooManyDeletes { .. });
            end(
                &change,
                if task.dry_run && is_partial {
                    Outcome::Planned
                } else {
                    Outcome::Refused(refusal)
                },
            );
        }
        if task.dry_run || safe.changes().is_empty() {
            for change in safe.changes() {
                if !partial.contains(&change.target) {
                    end(change, Outcome::Planned);
                }
            }
            return;
        }
        let begun = self.clock.now();
        let mut stop: Option<ProviderError> = None;
        let mut parts = safe.split(REQUESTS_PER_PART).into_iter();
        for part in parts.by_ref() {
            stop = self
                .write_part(account, state, &part, |change, result| match result {
                    Ok(()) if partial.contains(&change.target) => {}
                    Ok(()) => end(change, Outcome::Changed),
                    Err(failure) if failure.class == ErrorClass::Unconfirmed => {
                        end(change, Outcome::Unconfirmed(failure));
                    }
                    Err(failure) => end(change, Outcome::Failed(failure)),
                })
                .await;
            // Whoever asked for the round waits for all of it.
            let is_long = self.clock.now().since(begun) >= WRITING_TIME;
            if stop.is_some() || (is_long && task.trigger != Trigger::Manual) || !run.is_current() {
                break;
            }
        }
        // What a newer round knows other addresses for is that round's to write and to report.
        let rest = parts.filter(|_| run.is_current());
        let rest: Vec<Change> = rest.flat_map(|it| it.changes().to_vec()).collect();
        for change in &rest {
            let outcome = match &stop {
                Some(failure) => Outcome::Failed(failure.of_unsent()),
                None => Outcome::Refused(GuardRejection::NextPart {
                    left: rest.len(),
                    until: self.clock.now(),
                }),
            };
            end(change, outcome);
        }
        let mut state = state.borrow_mut();
        if stop.is_none() {
            state.accounts.entry(account.name.clone()).or_default().hold = None;
        }
        // As above.
        let _ = self.store.save(&state);
    }

    /// Writes a part of what may be written, remembers what became of it, and hands that out change by change. The
    /// failure that concerns the whole account, if there was one, ends the round's writing.
    async fn write_part(
        &self,
        account: &AccountContext<'_, P>,
        state: &RefCell<State>,
        part: &SafePlan,
        mut end: impl FnMut(&Change, Result<(), ProviderError>),
    ) -> Option<ProviderError> {
        for change in part.changes() {
            let lifetime = self.limits.request_lifetime;
            let mut state = state.borrow_mut();
            state.record_write(change, self.clock.now(), lifetime);
        }
        let applied = account.provider.apply(part);
        let results = self
            .with_quota(account, state, part.request_count(), applied)
            .await;
        let mut state = state.borrow_mut();
        let mut stop = None;
        for (change, result) in part.changes().iter().zip(results) {
            let target_run = account
                .targets
                .iter()
                .find(|(target, _)| *target == change.target);
            let ttl = target_run.and_then(|(_, host)| host.ttl);
            match &result {
                Ok(()) => {
                    let simple = change.replaceable_afterwards;
                    let now = self.clock.now();
                    state.acknowledge(change);
                    state.confirm(&change.target, &change.to, simple, ttl, now);
                    state.start_propagation(change, now);
                }
                Err(failure) => {
                    let held = self.after_failed_write(&mut state, change, failure);
                    // One hold for one trouble of the account, however many changes it stopped.
                    match failure.scope {
                        Scope::Account if stop.is_some() => {}
                        Scope::Account => {
                            self.hold_account(&mut state, account.name, &held);
                            stop = Some(failure.clone());
                        }
                        Scope::Host => {
                            let to = change.to.clone();
                            self.hold_target(&mut state, &change.target, to, &held);
                        }
                    }
                }
            }
            end(change, result);
        }
        stop
    }

    /// Takes note of a write that was not done, as far as anybody knows; what to hold its account or target
    /// for. An answer that cannot be understood leaves it as doubtful as none: it is read back soon.
    fn after_failed_write(
        &self,
        state: &mut State,
        change: &Change,
        failure: &ProviderError,
    ) -> ProviderError {
        if !matches!(
            failure.class,
            ErrorClass::Unconfirmed | ErrorClass::ProtocolViolation
        ) {
            state.discard_write(change);
            return failure.clone();
        }
        state.gives_up(change, self.clock.now());
        ProviderError {
            class: ErrorClass::Unconfirmed,
            ..failure.clone()
        }
    }

    /// What may be done of what is to be done, by what was sent lately.
    fn apply_guard(
        &self,
        account: &AccountContext<'_, P>,
        state: &State,
        changes: Vec<Change>,
    ) -> (SafePlan, Vec<(Change, GuardRejection)>) {
        let limits = WriteLimits {
            max_repeats: account.provider.capabilities().max_repeats,
            ..self.limits.of_account(account.targets.len())
        };
        let nothing = RequestQuota::default();
        let sent = state.account(account.name);
        let sent = sent.map_or(&nothing, |it| &it.quota);
        guard(changes, limits, self.clock.now(), sent, |target| {
            state.target(target)
        })
    }

    /// Sends requests: at most about `charged`. What is intended, and that they are sent, is on the
    /// disk before the first one leaves (L6): a process that is killed again and again does not ask
    /// again and again without a trace. If the disk fails, the round's own report says so at its end.
    pub(super) async fn with_quota<T>(
        &self,
        account: &AccountContext<'_, P>,
        state: &RefCell<State>,
        charged: u32,
        requests: impl Future<Output = T>,
    ) -> T {
        let quota = |with: &mut dyn FnMut(&mut RequestQuota)| {
            let mut state = state.borrow_mut();
            let account = state.accounts.entry(account.name.clone()).or_default();
            with(&mut account.quota);
        };
        quota(&mut |it| it.record(charged, self.clock.now()));
        let _ = self.store.save(&state.borrow());
        let before = account.sent.get();
        let done = requests.await;
        let sent = account.sent.get().wrapping_sub(before);
        quota(&mut |it| it.adjust(charged, sent));
        done
    }

    /// Why the account is not asked any more within this hour, if it is not. `is_for_change`: for an address that
    /// has changed.
    pub(super) fn check_quota(
        &self,
        account: &AccountContext<'_, P>,
        state: &State,
        is_for_change: bool,
    ) -> Option<GuardRejection> {
        let now = self.clock.now();
        let sent = &state.account(account.name)?.quota;
        let limits = self.limits.of_account(account.targets.len());
        let max = limits.max_requests(is_for_change);
        (sent.used(now) >= max).then(|| quota_exceeded(sent, now))
    }

    pub(super) fn hold_account(
        &self,
        state: &mut State,
        account: &AccountName,
        failure: &ProviderError,
    ) {
        let slot = &mut state.accounts.entry(account.clone()).or_default().hold;
        *slot = Some(self.hold_after(slot.as_ref(), failure));
    }

    /// Puts a target on hold for as long as these addresses are wanted.
    pub(super) fn hold_target(
        &self,
        state: &mut State,
        target: &Target,
        wanted: Vec<IpAddr>,
        failure: &ProviderError,
    ) {
        let remembered = state.target_mut(target);
        let before = remembered
            .hold
            .as_ref()
            .filter(|_| remembered.held_for == wanted);
        remembered.hold = Some(self.hold_after(before, failure));
        remembered.held_for = wanted;
    }

    fn hold_after(&self, before: Option<&Hold>, failure: &ProviderError) -> Hold {
        Hold::after_failure(before, failure, self.clock.now(), self.chance.next_f64())
    }
}
