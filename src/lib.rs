//! moored keeps a host's names moored to its address: dynamic DNS for Domeneshop and DNSPod.
//!
//! The library is what the program is made of; ARCHITECTURE.md has the map.

pub mod config;
pub mod core;
pub mod detect;
pub mod http;
pub mod persist;
pub mod provider;
pub mod resolve;
