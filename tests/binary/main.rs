//! Tests of the real binary against the sandbox, as one test program so that it is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on ends"
)]

mod api;
mod bad_input;
mod common;
mod conflicts;
mod crash;
mod daemon;
mod exit_codes;
mod failures;
mod files;
mod foreign_text;
mod laws;
mod memory;
mod neighbours;
mod output;
mod overlap;
mod plan;
mod poke;
mod process;
mod refusals;
mod reports;
mod requests;
mod state;
mod supervisor;
mod uplinks;
