//! What moored decides, as pure functions over plain data.
//!
//! Nothing here waits, reads a clock, draws a random number or touches a file or socket: what was
//! seen comes in, what to do goes out. `tests/architecture.rs` keeps it so.

pub mod addr;
pub mod agree;
pub mod awake;
pub mod choose;
pub mod guard;
pub mod intent;
pub mod memory;
pub mod name;
pub mod observe;
pub mod outcome;
pub mod plan;
pub mod poke;
pub mod record;
pub mod schedule;
pub mod secret;
pub mod settle;
pub mod time;
pub mod verify;
