//! Finding out this host's own addresses: asking the configured sources, each in its family.
//!
//! Whom to ask and what to believe is decided in [`crate::core::detection::consensus`]; here is the asking.

pub mod address_text;
mod command;
pub mod command_line;
mod datagram;
pub mod dns;
mod file;
pub mod gateway;
pub mod https;
pub mod kernel;
mod probe_context;
mod probe_list;
mod query;
mod resolve_server;
mod rotate;
pub mod router;
mod socket_binder;
pub mod source;
pub mod stun;

mod detector;
mod echo;

pub use command::reap_orphans;
pub use datagram::Reply;
pub use detector::{DetectionClocks, Detector, FamilySources};
pub use query::{AnsweredProbe, MAX_ANSWER_DELAY, carry_out};
