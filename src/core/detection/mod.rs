//! Which address is ours: what sources said, which of it is accepted, and what is known of the sources and the line.

pub mod consensus;
pub mod flap_damping;
pub mod hint;
pub mod nat;
pub mod observation;
pub mod path;
pub mod report;
pub mod source_backoff;
pub mod state;
