//! How many bytes of answers are being received at once: several servers that each send a long answer slowly must not
//! take the memory of all of them together.

use std::{cell::Cell, rc::Rc};

/// What each answer may take in any case: a stranger's long answers hold up no write, and no short list.
pub(super) const FREE_BYTES: usize = 256 << 10;

/// The bytes that answers may take while they arrive, for all clients that share it, besides 256 KiB each.
#[derive(Clone, Debug)]
pub struct BodyBudget {
    left: Rc<Cell<usize>>,
}

impl BodyBudget {
    /// So many bytes.
    pub fn new(bytes: usize) -> Self {
        Self {
            left: Rc::new(Cell::new(bytes)),
        }
    }

    /// The share of one answer: nothing at first.
    pub(super) fn share(&self) -> BodyShare {
        BodyShare {
            quota: self.clone(),
            free: FREE_BYTES,
            taken: 0,
        }
    }
}

/// What one answer has taken of the budget; given back when it has arrived or was given up.
pub(super) struct BodyShare {
    quota: BodyBudget,
    free: usize,
    taken: usize,
}

impl BodyShare {
    /// Takes more, if so much is left.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let charged = bytes.saturating_sub(self.free);
        let Some(left) = self.quota.left.get().checked_sub(charged) else {
            return false;
        };
        self.free -= bytes - charged;
        self.quota.left.set(left);
        self.taken += charged;
        true
    }
}

impl Drop for BodyShare {
    fn drop(&mut self) {
        self.quota.left.set(self.quota.left.get() + self.taken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_arrive_at_once_share_the_budget_and_give_it_back() {
        let quota = BodyBudget::new(10);
        let (mut one, mut other) = (quota.share(), quota.clone().share());
        assert!(one.take(FREE_BYTES + 6));
        assert!(other.take(FREE_BYTES), "a short answer always has room");
        assert!(!other.take(5), "only four are left");
        assert!(other.take(4));
        drop(one);
        assert!(other.take(6));
        assert!(!other.take(1));
    }
}
