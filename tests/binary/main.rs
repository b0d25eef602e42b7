//! Tests of the real binary against the sandbox, as one test program so that it is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on ends"
)]

mod api;
mod bad_input;
mod common;
mod crash;
mod daemon;
mod exit_codes;
mod failures;
mod laws;
mod plan;
mod poke;
mod process;
mod reports;
mod requests;
mod state;
mod supervisor;
mod uplinks;
