//! What has to change at a provider, and whether it may be written: intent, plan, guard.

pub mod guard;
pub mod intent;
pub mod limits;
pub mod outcome;
pub mod plan;
pub mod rejection;
