//! Rounds that overlap: a change of the network starts the next round while an earlier one still waits for a provider
//! or a DNS server. An account is written by one round at a time; what only looks is given up for the newer round.

use std::{cell::Cell, collections::BTreeMap, rc::Rc};

use tokio::sync::{Mutex, watch};

use crate::core::{detection::report::DetectionReport, dns::record::AccountName};

/// What the rounds of one configuration share.
#[derive(Debug)]
pub struct Overlap {
    newest: watch::Sender<u64>,
    is_detecting: Cell<bool>,
    accounts: std::cell::RefCell<BTreeMap<AccountName, Rc<AccountTurn>>>,
}

impl Default for Overlap {
    fn default() -> Self {
        Self {
            newest: watch::Sender::new(0),
            is_detecting: Cell::new(false),
            accounts: std::cell::RefCell::default(),
        }
    }
}

impl Overlap {
    /// A round begins, and every earlier one is superseded.
    pub(super) fn begin(&self) -> RoundNumber<'_> {
        self.newest.send_modify(|newest| *newest += 1);
        self.is_detecting.set(true);
        RoundNumber {
            overlap: self,
            number: *self.newest.borrow(),
        }
    }

    /// Whether the newest round does not know yet what our addresses are.
    pub fn is_detecting(&self) -> bool {
        self.is_detecting.get()
    }

    /// Whose turn it is at an account.
    pub(super) fn account(&self, name: &AccountName) -> Rc<AccountTurn> {
        let mut accounts = self.accounts.borrow_mut();
        Rc::clone(accounts.entry(name.clone()).or_default())
    }
}

/// A round's place in the order in which they began.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoundNumber<'o> {
    overlap: &'o Overlap,
    number: u64,
}

impl RoundNumber<'_> {
    /// Ends when a newer round begins.
    pub(super) async fn superseded(self) {
        let mut newest = self.overlap.newest.subscribe();
        // The sender lives as long as `self`, so that the only end is a newer round.
        let _ = newest.wait_for(|newest| *newest > self.number).await;
    }

    /// Whether a newer round has begun.
    pub(super) fn is_superseded(self) -> bool {
        *self.overlap.newest.borrow() > self.number
    }

    /// All of our addresses are known, or it is known that they cannot be.
    pub(super) fn has_detected(self) {
        if !self.is_superseded() {
            self.overlap.is_detecting.set(false);
        }
    }
}

/// Who may ask an account's provider, and what the newest round knows of our addresses.
#[derive(Debug, Default)]
pub(super) struct AccountTurn {
    pub(super) lock: Mutex<()>,
    newest: std::cell::RefCell<Vec<DetectionReport>>,
}

impl AccountTurn {
    /// Records what a round has found out of our addresses. Only the newest round still looks for them.
    pub(super) fn record(&self, reports: &[DetectionReport]) {
        let mut newest = self.newest.borrow_mut();
        for report in reports {
            newest.retain(|known| known.path != report.path);
            newest.push(report.clone());
        }
    }

    /// Whether these are what is known now: a round that has waited for its provider must not write an address
    /// of before.
    pub(super) fn is_current(&self, reports: &[DetectionReport]) -> bool {
        let newest = self.newest.borrow();
        reports.iter().all(|report| {
            let known = newest.iter().find(|known| known.path == report.path);
            known.is_none_or(|known| known.observation == report.observation)
        })
    }
}
