//! NAT-PMP and PCP: an answer counts only whole, for its own request, and with the address that is in it.

use std::net::Ipv4Addr;

use moored::portmapping::{
    natpmp,
    pcp::{Mapping, announced},
};

use super::{assert_plain, contains};

pub(crate) fn answers(bytes: &[u8]) {
    if let Ok(message) = natpmp::read(bytes) {
        assert!(bytes.len() <= 16);
        assert!(contains(bytes, &message.epoch.to_be_bytes()));
        match message.external {
            Ok(addr) => assert_given(addr, bytes),
            Err(refusal) => assert_plain(&refusal.what, 200),
        }
        assert!(announced(bytes).is_err(), "one message of two protocols");
    }
    match natpmp::answer(bytes) {
        Ok(Ok(addr)) => assert_given(addr, bytes),
        Ok(Err(refusal)) => assert_plain(&refusal.what, 200),
        Err(what) => assert_plain(what, 100),
    }
    if let Ok(epoch) = announced(bytes) {
        assert!(contains(bytes, &epoch.to_be_bytes()));
    }
    mapping(bytes);
}

fn mapping(bytes: &[u8]) {
    // The only request the message can answer is the one it names.
    let nonce = bytes.get(24..36).and_then(|it| it.try_into().ok());
    let port = bytes.get(40..42).and_then(|it| it.try_into().ok());
    let mapping = Mapping {
        client: Ipv4Addr::new(192, 168, 77, 2),
        port: u16::from_be_bytes(port.unwrap_or([0; 2])),
        nonce: nonce.unwrap_or([7; 12]),
    };
    match mapping.read(bytes) {
        Err(what) => assert_plain(what, 100),
        Ok(Err(refusal)) => assert_plain(&refusal.what, 200),
        Ok(Ok(addr)) => {
            assert_given(addr, bytes);
            for at in 0..12 {
                let mut other = mapping;
                other.nonce[at] ^= 1;
                assert!(other.read(bytes).is_err(), "an answer to another request");
            }
            let other = Mapping {
                port: mapping.port ^ 1,
                ..mapping
            };
            assert!(other.read(bytes).is_err(), "an answer about another port");
            assert!(!matches!(mapping.read(&bytes[..59]), Ok(Ok(_))));
        }
    }
}

fn assert_given(addr: Ipv4Addr, bytes: &[u8]) {
    assert!(contains(bytes, &addr.octets()), "{addr}");
    assert!(!addr.is_unspecified());
}
