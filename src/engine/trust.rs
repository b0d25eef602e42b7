//! Whether what was read from the disk may be believed.

use super::{AddressDetector, DnsVerifier, Reconciler, Store};
use crate::{core::state::State, providers::Provider};

impl<O: AddressDetector, V: DnsVerifier, S: Store, P: Provider> Reconciler<'_, O, V, S, P> {
    /// A disk that does not take back what was read from it may not have taken what was done since either:
    /// then all of it is a hint, and every target is listed before it is believed or written (L10). What
    /// this process confirms afterwards it knows by itself, so that once is enough: an account is not asked
    /// again and again because a disk is full.
    pub(super) fn apply_trust(&self, state: &mut State) {
        if std::mem::replace(&mut state.has_tried_to_save, true) {
            return;
        }
        // What is wrong is said at the round's end, when it is tried again.
        if self.store.save(state).is_err() {
            state.distrust_all();
        }
    }
}
