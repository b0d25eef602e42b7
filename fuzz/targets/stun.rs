//! STUN: an answer counts only whole, for its own transaction, and with the address that is in it.

use std::net::IpAddr;

use moored::sources::{Reply, stun::message};

use super::{assert_plain, contains};

pub(crate) fn answers(bytes: &[u8]) {
    // The only transaction the message can belong to is the one it names.
    let named = bytes.get(8..20).and_then(|it| it.try_into().ok());
    let own: [u8; 12] = named.unwrap_or([7; 12]);
    for at in 0..own.len() {
        let mut other = own;
        other[at] ^= 1 << (at % 8);
        assert!(matches!(message::read(bytes, other), Reply::Unrelated(_)));
    }
    let Reply::Match(said) = message::read(bytes, own) else {
        return;
    };
    assert!(named.is_some(), "a message without a header is an answer");
    let longer = [bytes, &[0]].concat();
    for damaged in [&longer[..], &bytes[..bytes.len() - 1], &bytes[..19]] {
        assert!(matches!(message::read(damaged, own), Reply::Unrelated(_)));
    }
    match said {
        Ok(addr) => assert!(contains(&bytes[20..], &masked(addr, own)), "{addr}"),
        Err(what) => assert_plain(&what, 100),
    }
}

/// The address under the mask of RFC 8489, section 14.2.
fn masked(addr: IpAddr, transaction: [u8; 12]) -> Vec<u8> {
    let octets = match addr {
        IpAddr::V4(addr) => addr.octets().to_vec(),
        IpAddr::V6(addr) => addr.octets().to_vec(),
    };
    let mask = [0x21, 0x12, 0xa4, 0x42].into_iter().chain(transaction);
    let pairs = octets.into_iter().zip(mask);
    pairs.map(|(octet, mask)| octet ^ mask).collect()
}
