//! What moored decides, as pure functions over plain data: a folder for each question.
//!
//! Nothing here waits, reads a clock, draws a random number or touches a file or socket: what was
//! seen comes in, what to do goes out. `tests/architecture` keeps it so, and keeps out cycles.

pub mod address;
pub mod detection;
pub mod dns;
pub mod error;
pub mod foreign_text;
pub mod next_round;
pub mod reconcile;
pub mod report;
pub mod schedule;
pub mod secret;
pub mod state;
pub mod time;
pub mod verdict;
pub mod verification;
