//! moored keeps a host's names moored to its address: dynamic DNS for Domeneshop and DNSPod.
//!
//! The library is what the program is made of; ARCHITECTURE.md has the map.

pub mod app;
pub mod cli;
pub mod commands;
pub mod config;
pub mod core;
pub mod daemon;
pub mod detect;
pub mod exit;
pub mod file_access;
pub mod http;
pub mod import;
pub mod json;
pub mod netlink;
pub mod persist;
pub mod portmapping;
pub mod provider;
pub mod regular;
pub mod report;
pub mod resolve;
pub mod round;
pub mod stdio;
pub mod watch;

pub use provider::{dnspod, domeneshop};
