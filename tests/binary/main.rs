//! Tests of the real binary against the sandbox, as one test program so that it is linked once.

mod common;
mod daemon;
mod exit_codes;
mod laws;
mod requests;
