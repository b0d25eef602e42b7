//! Finding out this host's own addresses: asking the configured sources, each in its family.
//!
//! Whom to ask and what to believe is decided in [`crate::core::agree`]; here is the asking.

pub mod body;
mod command;
pub mod command_line;
mod datagram;
pub mod dns;
mod file;
pub mod gateway;
pub mod https;
pub mod kernel;
mod look;
mod place;
mod query;
mod questions;
mod rotate;
pub mod router;
pub mod source;
pub mod stun;
mod way;

mod detector;
mod echo;

pub use command::reap_orphans;
pub use datagram::Reply;
pub use detector::{DetectionClocks, Detector, FamilySources};
pub use query::{AnsweredProbe, MAX_ANSWER_DELAY, carry_out};
