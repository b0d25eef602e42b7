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
    round::Clock,
};

/// Asks, unless an earlier failure says to leave the account alone (L4, L8).
pub(super) async fn ask<T>(
    name: &AccountName,
    memory: &RefCell<Memory>,
    clock: &dyn Clock,
    asked: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
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
