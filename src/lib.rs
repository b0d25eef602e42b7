//! moored keeps a host's names moored to its address: dynamic DNS for Domeneshop and DNSPod.
//!
//! The library is what the program is made of; ARCHITECTURE.md has the map.

pub mod app;
pub mod cli;
pub mod commands;
pub mod config;
pub mod core;
pub mod daemon;
pub mod engine;
pub mod exit_code;
pub mod file_access;
pub mod http;
pub mod import;
pub mod json;
pub mod monitor;
pub mod netlink;
pub mod portmapping;
pub mod providers;
pub mod regular_file;
pub mod report;
pub mod resolver;
pub mod sources;
pub mod state_file;
pub mod stdio;

pub use providers::{dnspod, domeneshop};
