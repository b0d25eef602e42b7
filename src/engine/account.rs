//! One account's part of a round.

use std::{
    cell::{Cell, RefCell},
    pin::pin,
    rc::Rc,
};

use futures_util::future::{Either, select};

use super::{
    AddressDetector, DnsVerifier, Reconciler, RoundOptions, Store, Trigger,
    detection::Observations,
    dns::DnsCheck,
    overlap::{AccountTurn, RoundNumber},
    target_run::{TargetRun, target_runs},
};
use crate::{
    core::{
        address::policy::PublishPolicy,
        detection::report::DetectionReport,
        dns::record::{AccountName, Target},
        error::Scope,
        reconcile::{
            intent::{Host, Intent, KeepReason, OnAbsent},
            outcome::Outcome,
            plan::can_plan_from_state,
        },
        report::HostReport,
        schedule::{hold::Hold, intervals::is_due},
        state::{State, TargetState},
        verdict::Verdict,
    },
    providers::Provider,
};

/// An account as a round needs it.
pub struct AccountContext<'w, P> {
    /// Its label.
    pub name: &'w AccountName,
    /// The provider and endpoint.
    pub place: &'w str,
    /// Whether it is asked over TLS, which needs a clock that is set.
    pub over_tls: bool,
    /// Changes with the secret and the configuration.
    pub fingerprint: u64,
    /// How many requests it was sent so far, by whatever sends them.
    pub sent: &'w Cell<u32>,
    /// The provider.
    pub provider: &'w P,
    /// What is kept right, in the order of the configuration, with its host.
    pub targets: Vec<(Target, &'w Host)>,
    /// Which addresses may be published, by family: IPv4, IPv6.
    pub acceptance: [&'w PublishPolicy; 2],
    /// What to do when a family is gone: IPv4, IPv6.
    pub on_absent: [OnAbsent; 2],
}

/// What needs the provider waits; what memory says is right is left at that.
fn wait_for_the_clock(target_runs: &mut [TargetRun<'_>], state: &State) {
    for target_run in target_runs.iter_mut().filter(|it| !it.is_kept()) {
        target_run.list = false;
        if !target_run.is_quiet(state) {
            target_run.outcome = Some(Outcome::Kept(KeepReason::NoClock));
            target_run.was_held = true;
        }
    }
}

/// What a round has done at an account so far.
pub(super) struct AccountRun<'r> {
    pub(super) task: RoundOptions,
    turn: Rc<AccountTurn>,
    /// The addresses that what is being written now comes from.
    basis: Vec<DetectionReport>,
    target_runs: Vec<TargetRun<'r>>,
    /// There was something to write.
    has_work: bool,
    /// The provider's list was read.
    has_listed: bool,
    /// The list showed something to change.
    has_changes: bool,
}

impl AccountRun<'_> {
    fn new(turn: Rc<AccountTurn>, task: RoundOptions) -> Self {
        Self {
            task,
            turn,
            basis: Vec::new(),
            target_runs: Vec::new(),
            has_work: false,
            has_listed: false,
            has_changes: false,
        }
    }

    /// Whether no newer round has found other addresses than those that are being written.
    pub(super) fn is_current(&self) -> bool {
        self.turn.is_current(&self.basis)
    }

    /// Whether a request of this round failed in a way that concerns the whole account: there is no second one.
    fn is_in_trouble(&self) -> bool {
        self.target_runs
            .iter()
            .any(|target_run| match &target_run.outcome {
                Some(Outcome::Failed(failure) | Outcome::Unconfirmed(failure)) => {
                    failure.scope == Scope::Account
                }
                _ => false,
            })
    }
}

/// The output, unless a newer round begins first.
async fn unless_superseded<T>(
    number: RoundNumber<'_>,
    future: impl Future<Output = T>,
) -> Option<T> {
    match select(pin!(number.superseded()), pin!(future)).await {
        Either::Left(_) => None,
        Either::Right((output, _)) => Some(output),
    }
}

/// Ends the account's hold after lists that leave nothing to do, all families taken together. Where something is
/// still to be done, a list says nothing of credentials that were refused for a write.
fn lift_hold<P>(account: &AccountContext<'_, P>, run: &AccountRun<'_>, state: &RefCell<State>) {
    if !run.has_listed || run.has_changes || run.is_in_trouble() {
        return;
    }
    let is_right = |target_run: &TargetRun<'_>| {
        let end = target_run.outcome.as_ref();
        end.is_some_and(|outcome| outcome.verdict() == Verdict::Right)
    };
    let is_done =
        run.target_runs.len() == account.targets.len() && run.target_runs.iter().all(is_right);
    let mut state = state.borrow_mut();
    let remembered = state.accounts.entry(account.name.clone()).or_default();
    remembered
        .hold
        .take_if(|hold| is_done || !hold.is_of_credentials());
}

impl<O: AddressDetector, V: DnsVerifier, S: Store, P: Provider> Reconciler<'_, O, V, S, P> {
    /// Makes an account right: the targets of each family as soon as its addresses are known, and what only looks
    /// comes after what writes. Targets that a newer round takes over are missing from the reports.
    pub(super) async fn run_account(
        &self,
        account: &AccountContext<'_, P>,
        observations: &Observations,
        number: RoundNumber<'_>,
        state: &RefCell<State>,
        task: RoundOptions,
    ) -> (Vec<HostReport>, DnsCheck) {
        let turn = self.overlap.account(account.name);
        let mut run = AccountRun::new(Rc::clone(&turn), task);
        let mut known = Vec::new();
        loop {
            let fresh = observations.beyond(known.len()).await;
            if fresh.is_empty() {
                break;
            }
            known.extend_from_slice(&fresh);
            let Some(lock) = unless_superseded(number, turn.lock.lock()).await else {
                break;
            };
            let now = self.clock.now();
            let mut target_runs = target_runs(account, &fresh, &state.borrow(), task, now);
            self.decide_what_to_list(account, &mut target_runs, state, task);
            if account.over_tls && !self.clock.is_clock_set() {
                wait_for_the_clock(&mut target_runs, &state.borrow());
            }
            self.obey_holds(&mut target_runs, state, task, run.is_in_trouble());
            let is_idle = |it: &TargetRun<'_>| it.is_finished() || it.is_quiet(&state.borrow());
            run.has_work |= !target_runs.iter().all(is_idle);
            run.basis = fresh;
            self.compare_and_write(account, &mut run, target_runs, state)
                .await;
            drop(lock);
        }
        let mut checked = DnsCheck::default();
        // A change does not wait for DNS servers, dead ones least of all: they are asked in a round that had nothing to
        // write, after everything else, and by no round whose place another has taken.
        if !run.has_work {
            let check = self.check_dns(account, &mut run.target_runs, state);
            checked = unless_superseded(number, check).await.unwrap_or_default();
            let differs = |target_run: &TargetRun<'_>| target_run.list && !target_run.is_finished();
            if run.target_runs.iter().any(differs)
                && let Some(_lock) = unless_superseded(number, turn.lock.lock()).await
            {
                let mut target_runs = std::mem::take(&mut run.target_runs);
                self.obey_holds(&mut target_runs, state, task, run.is_in_trouble());
                run.basis = known;
                self.compare_and_write(account, &mut run, target_runs, state)
                    .await;
            }
        }
        self.note_audit(account, &run, state);
        lift_hold(account, &run, state);
        let place = |target_run: &TargetRun<'_>| {
            let mut targets = account.targets.iter();
            targets.position(|(target, _)| target == target_run.target)
        };
        run.target_runs.sort_by_key(place);
        let finished = run.target_runs.into_iter().filter(TargetRun::is_finished);
        let reports =
            finished.map(|target_run| target_run.report(&state.borrow(), self.clock.now()));
        (reports.collect(), checked)
    }

    /// Lists where that is needed, plans, and writes; unless, or until, the addresses that are to be written are not the ones
    /// that are known by then.
    async fn compare_and_write<'r>(
        &self,
        account: &AccountContext<'_, P>,
        run: &mut AccountRun<'r>,
        mut target_runs: Vec<TargetRun<'r>>,
        state: &RefCell<State>,
    ) {
        let listing = self.list(account, &mut target_runs, state).await;
        run.has_listed |= listing.is_some();
        if run.is_current() {
            let changes = self.plan(account, &mut target_runs, state, listing.as_ref());
            run.has_changes |= !changes.is_empty();
            self.write(account, run, &mut target_runs, state, changes)
                .await;
        }
        for target_run in &mut target_runs {
            target_run.is_compared |=
                target_run.is_kept() || (target_run.list && listing.is_some());
            target_run.list = false;
        }
        run.target_runs.extend(target_runs);
    }

    /// Remembers that everything of the account was compared with the provider's list, if it was.
    fn note_audit(
        &self,
        account: &AccountContext<'_, P>,
        run: &AccountRun<'_>,
        state: &RefCell<State>,
    ) {
        let mut target_runs = run.target_runs.iter();
        if run.has_listed
            && run.target_runs.len() == account.targets.len()
            && target_runs.all(|target_run| target_run.is_compared || target_run.was_held)
        {
            let mut state = state.borrow_mut();
            let remembered = state.accounts.entry(account.name.clone()).or_default();
            remembered.last_audit = Some(self.clock.now());
        }
    }

    /// The provider is asked only where memory does not suffice or a look is due: a round that
    /// changes nothing makes no request.
    fn decide_what_to_list(
        &self,
        account: &AccountContext<'_, P>,
        target_runs: &mut [TargetRun<'_>],
        state: &RefCell<State>,
        task: RoundOptions,
    ) {
        let state = state.borrow();
        let remembered = state.account(account.name);
        let now = self.clock.now();
        // A refused secret is tried again when its hold ends (L4), once: nobody else would find out. If
        // the list succeeds and the guard lets nothing be written, the hold stays for what a write will say.
        let probe = remembered.is_some_and(|it| {
            let hold = it.hold.as_ref();
            let hold = hold.filter(|hold| hold.is_of_credentials() && !hold.is_active(now));
            hold.is_some_and(|hold| it.last_audit.is_none_or(|at| at < hold.until))
        });
        let audited = remembered.and_then(|it| it.last_audit);
        let audit = task.audit || probe || is_due(audited, self.intervals.audit, now);
        let rules = account.provider.capabilities();
        for target_run in target_runs {
            if matches!(target_run.intent, Intent::Keep(_)) {
                target_run.list = false;
                continue;
            }
            let remembered = state.target(target_run.target);
            let suffices = remembered.filter(|it| !it.unconfirmed).is_some_and(|it| {
                it.confirmed.as_ref().is_some_and(|confirmed| {
                    can_plan_from_state(target_run.host, &target_run.intent, confirmed, rules)
                })
            });
            let is_owed = remembered.and_then(TargetState::next_list_due);
            target_run.list |= audit || !suffices || is_owed.is_some_and(|at| at <= now);
        }
    }

    /// An account or target that failed is left alone until its hold ends; refused credentials are
    /// reported even where nothing needs to be asked.
    fn obey_holds(
        &self,
        target_runs: &mut [TargetRun<'_>],
        state: &RefCell<State>,
        task: RoundOptions,
        is_in_trouble: bool,
    ) {
        let now = self.clock.now();
        let state = state.borrow();
        let binds = |hold: &Hold| {
            if task.audit && hold.is_of_conflict() {
                false
            } else if is_in_trouble || task.trigger == Trigger::Scheduled {
                hold.is_active(now)
            } else {
                hold.is_active_for_manual_run(now)
            }
        };
        for target_run in target_runs
            .iter_mut()
            .filter(|it| !it.is_kept() && !it.is_finished())
        {
            let Some((hold, scope)) = target_run.held(&state, binds) else {
                continue;
            };
            let confirmed = state.target(target_run.target);
            let confirmed = confirmed.and_then(|it| it.confirmed.as_ref());
            let right = !target_run.list && target_run.is_satisfied_by(confirmed);
            if !right || hold.is_of_credentials() {
                let failure = hold.failure(scope);
                let until = hold.until;
                target_run.outcome = Some(Outcome::Held { failure, until });
                target_run.list = false;
                target_run.was_held = true;
            }
        }
    }
}
