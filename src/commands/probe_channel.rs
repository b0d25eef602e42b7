//! What `moored check` has to do with whoever else runs with its state.

use std::cell::RefCell;

use crate::core::{
    dns::record::AccountName,
    state::{
        State,
        probe::{ProbeMessage, ProbeRefused},
    },
};

/// Who remembers which accounts a person had asked, and tells the running daemon what came of it.
pub trait ProbeChannel {
    /// Whether each of these accounts, named by their fingerprints, may be asked now although its
    /// credentials may have been refused. It counts as asked from now on.
    fn begin(
        &self,
        state: &RefCell<State>,
        fingerprints: &[u64],
    ) -> impl Future<Output = Vec<Result<(), ProbeRefused>>>;

    /// Tells what came of asking an account that did not refuse its credentials.
    fn finish(
        &self,
        state: &RefCell<State>,
        end: ProbeMessage,
    ) -> impl Future<Output = DaemonAnswer>;
}

/// What the running daemon makes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DaemonAnswer {
    /// None runs, or it could not be told.
    None,
    /// It does not hold back anything.
    Unchanged,
    /// It lifted a hold and starts a round.
    Lifted,
    /// It runs with another secret or configuration.
    OtherConfiguration,
}

/// What is to be said of an account that was held back and is no longer.
pub(super) fn note(account: &AccountName, lifted: bool, daemon: DaemonAnswer) -> Option<String> {
    let accepted = format!("account {account}: its credentials are accepted");
    match daemon {
        DaemonAnswer::Lifted => Some(format!("{accepted}; the running daemon starts a round now")),
        DaemonAnswer::OtherConfiguration => Some(format!(
            "{accepted}; the running daemon has another secret or configuration: reload it"
        )),
        DaemonAnswer::None if lifted => Some(format!("{accepted} again; the next round goes on")),
        DaemonAnswer::None | DaemonAnswer::Unchanged => None,
    }
}
