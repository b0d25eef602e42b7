//! When something starts: what triggers a round, how often, and after which clock event.

pub mod clock_event;
pub mod debounce;
pub mod hold;
pub mod intervals;
pub mod rate_limit;
