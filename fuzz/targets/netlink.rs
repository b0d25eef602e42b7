//! Messages of the kernel: whole datagrams or none, and nothing in them that was not sent.

use std::net::IpAddr;

use moored::netlink::message::{NetlinkBody, decode};

use super::contains;

/// The fixed part of every message (`struct nlmsghdr`).
const HEADER: usize = 16;

pub(crate) fn datagrams(bytes: &[u8]) {
    let Ok(messages) = decode(bytes) else {
        return;
    };
    assert!(messages.len() * HEADER <= bytes.len());
    for message in &messages {
        assert!(contains(bytes, &message.sequence.to_ne_bytes()));
        match &message.body {
            NetlinkBody::Address(it) | NetlinkBody::AddressGone(it) => {
                let octets = match it.addr {
                    IpAddr::V4(addr) => addr.octets().to_vec(),
                    IpAddr::V6(addr) => addr.octets().to_vec(),
                };
                assert!(contains(bytes, &octets), "{it:?}");
                assert!(!(it.is_temporary() && it.addr.is_ipv4()), "{it:?}");
            }
            NetlinkBody::Link(it) | NetlinkBody::LinkGone(it) => {
                // What is no UTF-8 has become U+FFFD.
                let is_as_sent =
                    contains(bytes, it.name.as_bytes()) || it.name.contains('\u{fffd}');
                assert!(it.name.is_empty() || is_as_sent, "{it:?}");
            }
            _ => {}
        }
    }
    // The messages of two datagrams in one are those of the one and those of the other.
    let padding = bytes.len().next_multiple_of(4) - bytes.len();
    let twice = [bytes, &[0; 3][..padding], bytes].concat();
    assert_eq!(decode(&twice), Ok([&messages[..], &messages].concat()));
    // The last message is not whole without its last byte, unless that is padding.
    if let Some((_, shorter)) = bytes.split_last()
        && let Ok(fewer) = decode(shorter)
    {
        assert!(messages.starts_with(&fewer));
    }
}
