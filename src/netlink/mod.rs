//! The kernel's own account of addresses and links: rtnetlink(7), with the few messages that are
//! needed picked by hand.

pub mod message;
mod socket;

pub use socket::{NetlinkSocket, addresses, default_routes, links, receive, selected_route};
