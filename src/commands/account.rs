//! One account, asked by hand: it is left alone while it refused us, and a refusal is remembered.

use std::cell::RefCell;

use crate::{
    core::{
        dns::record::AccountName,
        error::{ErrorClass, ProviderError, Scope},
        schedule::hold::Hold,
        state::{State, probe::ProbeRefused},
        time::{BootTime, HumanDuration},
    },
    engine::Clock,
    providers::zone_records::Progress,
};

/// What asking takes besides the account.
#[derive(Clone, Copy)]
pub struct RequestContext<'m> {
    /// What is remembered, refusals among it.
    pub state: &'m RefCell<State>,
    /// The clock.
    pub clock: &'m dyn Clock,
    /// Told how far a long list has come.
    pub progress: Progress<'m>,
}

impl RequestContext<'_> {
    /// The account's hold, if it has one.
    fn hold(&self, name: &AccountName) -> Option<Hold> {
        let state = self.state.borrow();
        state.account(name).and_then(|it| it.hold.clone())
    }

    /// The hold that keeps the account from being asked by hand, if one does.
    pub(super) fn binding_hold(&self, name: &AccountName) -> Option<Hold> {
        let now = self.clock.now();
        self.hold(name)
            .filter(|hold| hold.is_active_for_manual_run(now))
    }

    /// Remembers how asking failed.
    fn remember(&self, name: &AccountName, failure: &ProviderError) {
        let hold = Hold::after_failure(self.hold(name).as_ref(), failure, self.clock.now(), 0.0);
        let mut state = self.state.borrow_mut();
        state.accounts.entry(name.clone()).or_default().hold = Some(hold);
    }
}

/// Asks, unless an earlier failure says to leave the account alone (L4, L8).
pub(super) async fn ask<T>(
    name: &AccountName,
    means: RequestContext<'_>,
    asked: impl Future<Output = Result<T, ProviderError>>,
) -> Result<T, ProviderError> {
    if let Some(hold) = means.binding_hold(name) {
        return Err(not_asked(&hold, means.clock.now()));
    }
    let answer = asked.await;
    if let Err(failure) = &answer
        && failure.scope == Scope::Account
    {
        means.remember(name, failure);
    }
    answer
}

/// Asks although the account refused, if `permission` says so (L4); any other hold binds.
pub(super) async fn probe<T>(
    name: &AccountName,
    means: RequestContext<'_>,
    permission: Result<(), ProbeRefused>,
    asked: impl Future<Output = Result<T, ProviderError>>,
) -> Result<T, ProviderError> {
    let hold = means.binding_hold(name);
    match (&hold, permission) {
        (Some(hold), _) if !hold.class.is_refusal() => {
            return Err(not_asked(hold, means.clock.now()));
        }
        (Some(hold), Err(why)) => {
            let failure = not_asked(hold, means.clock.now());
            let what = format!("{}; {why}", failure.message);
            return Err(ProviderError {
                message: what,
                ..failure
            });
        }
        (None, Err(why @ ProbeRefused::TooSoon(_))) => {
            let what = format!("not asked: an earlier check was refused or cut short; {why}");
            return Err(ProviderError::of_account(ErrorClass::Unauthorized, what));
        }
        (Some(_), Ok(())) | (None, Ok(()) | Err(ProbeRefused::NotRemembered)) => {}
    }
    let answer = asked.await;
    if let Err(failure) = &answer
        && failure.scope == Scope::Account
        // A person who asks out of turn leaves the time of the next probe as it is.
        && (hold.is_none() || matches!(failure.class, ErrorClass::RateLimited { .. }))
    {
        means.remember(name, failure);
    }
    answer
}

fn not_asked(hold: &Hold, now: BootTime) -> ProviderError {
    let until = HumanDuration(hold.until.since(now));
    let what = format!(
        "not asked for another {until} after an earlier failure: {}",
        hold.message
    );
    ProviderError::of_account(hold.class, what)
}
