//! One account, asked by hand: it is left alone while it refused us, and a refusal is remembered.

use std::cell::RefCell;

use crate::{
    core::{
        memory::Memory,
        outcome::{Failure, Scope},
        record::AccountName,
        schedule::Hold,
        time::Spoken,
    },
    provider::book::Progress,
    round::Clock,
};

/// What asking takes besides the account.
#[derive(Clone, Copy)]
pub struct Means<'m> {
    /// What is remembered, refusals among it.
    pub memory: &'m RefCell<Memory>,
    /// The clock.
    pub clock: &'m dyn Clock,
    /// Told how far a long list has come.
    pub progress: Progress<'m>,
}

/// Asks, unless an earlier failure says to leave the account alone (L4, L8).
pub(super) async fn ask<T>(
    name: &AccountName,
    means: Means<'_>,
    asked: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let Means { memory, clock, .. } = means;
    let hold = memory.borrow().account(name).and_then(|it| it.hold.clone());
    if let Some(hold) = hold
        .as_ref()
        .filter(|hold| hold.binds_on_request(clock.now()))
    {
        let until = Spoken(hold.until.since(clock.now()));
        let what = format!(
            "not asked for another {until} after an earlier failure: {}",
            hold.what
        );
        return Err(Failure::of_account(hold.class, what));
    }
    let answer = asked.await;
    if let Err(failure) = &answer
        && failure.scope == Scope::Account
    {
        let hold = Hold::after(hold.as_ref(), failure, clock.now(), 0.0);
        memory
            .borrow_mut()
            .accounts
            .entry(name.clone())
            .or_default()
            .hold = Some(hold);
    }
    answer
}
