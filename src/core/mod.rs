//! What moored decides, as pure functions over plain data.
//!
//! Nothing here waits, reads a clock, draws a random number or touches a file or socket: what was
//! seen comes in, what to do goes out. `tests/architecture.rs` keeps it so.

pub mod addr;
pub mod agree;
pub mod awake;
pub mod budget;
pub mod choose;
pub mod conflict;
pub mod damp;
pub mod device;
pub mod foreign_text;
pub mod guard;
pub mod intent;
pub mod memory;
pub mod name;
pub mod name_hint;
pub mod observe;
pub mod outcome;
pub mod past;
pub mod plan;
pub mod poke;
pub mod probe;
pub mod rate_limit;
pub mod reach;
pub mod record;
pub mod schedule;
pub mod secret;
pub mod settle;
pub mod standing;
pub mod time;
pub mod vantage;
pub mod verify;
