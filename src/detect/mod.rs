//! Finding out this host's own addresses.

pub mod source;
