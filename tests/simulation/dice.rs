//! Everything that is left to chance: one seed, one course of events.

use std::{cell::RefCell, ops::Range};

use fastrand::Rng;
use moored::engine::{self, Rng as _};

pub(crate) struct SimRng(RefCell<Rng>);

impl SimRng {
    /// The dice of a life, which need those of no other.
    pub(crate) fn new(seed: u64, life: u64) -> Self {
        let mut of_all = Rng::with_seed(seed);
        let mixed = of_all.u64(..) ^ life.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(RefCell::new(Rng::with_seed(mixed)))
    }

    pub(crate) fn within(&self, range: Range<i64>) -> i64 {
        self.0.borrow_mut().i64(range)
    }

    pub(crate) fn below(&self, end: usize) -> usize {
        self.0.borrow_mut().usize(..end)
    }

    /// Whether so many of a hundred times.
    pub(crate) fn percent(&self, share: u32) -> bool {
        self.0.borrow_mut().u32(..100) < share
    }

    pub(crate) fn pick<T: Clone>(&self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// A length between these, short ones more often: each order of magnitude alike.
    pub(crate) fn length(&self, shortest: i64, longest: i64) -> i64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "a draw need not be exact"
        )]
        let drawn = {
            let (least, most) = ((shortest as f64).ln(), (longest as f64).ln());
            (least + (most - least) * self.next_f64()).exp() as i64
        };
        drawn.clamp(shortest, longest)
    }
}

impl engine::Rng for SimRng {
    fn next_f64(&self) -> f64 {
        self.0.borrow_mut().f64()
    }
}
