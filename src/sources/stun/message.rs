//! The binding request and its answer (RFC 8489), and nothing else of STUN: bytes in, verdict out.
//!
//! Own code, because the crates there are bring message integrity with its hashes along, which a
//! binding request to a public server has no use for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::sources::Reply;

/// Says that a message is of STUN as of RFC 5389 and later.
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

const REQUEST: [u8; 2] = [0x00, 0x01];
const SUCCESS: [u8; 2] = [0x01, 0x01];
const ERROR: [u8; 2] = [0x01, 0x11];

const HEADER: usize = 20;

/// The longest answer: one that is not fragmented on any path (RFC 8489, section 6.1).
const MAX_MESSAGE_BYTES: usize = 1280;

const ERROR_CODE: u16 = 0x0009;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;

/// Attributes that must be understood and mean nothing here: MAPPED-ADDRESS, which routers rewrite,
/// and what RFC 3489 had servers say of themselves.
const PASSED_OVER: [u16; 3] = [0x0001, 0x0004, 0x0005];

/// A binding request without attributes.
pub(super) fn request(transaction: [u8; 12]) -> Vec<u8> {
    [&REQUEST[..], &[0, 0], &COOKIE, &transaction].concat()
}

/// Reads an answer whole: what does not belong to the transaction or is not well formed is a stray;
/// what does is an address or, in words, why there is none.
pub fn read(bytes: &[u8], transaction: [u8; 12]) -> Reply<Result<IpAddr, String>> {
    let Some((header, body)) = bytes.split_at_checked(HEADER) else {
        return Reply::Unrelated("it is no STUN message");
    };
    let kind = header.get(..2).unwrap_or_default();
    let length = number(header.get(2..4).unwrap_or_default());
    if header.get(4..8) != Some(&COOKIE[..]) {
        return Reply::Unrelated("it is no STUN message");
    }
    if header.get(8..) != Some(&transaction[..]) {
        return Reply::Unrelated("it is of another transaction");
    }
    if bytes.len() > MAX_MESSAGE_BYTES
        || usize::from(length) != body.len()
        || !length.is_multiple_of(4)
    {
        return Reply::Unrelated("its length is wrong");
    }
    let Some(attributes) = attributes(body) else {
        return Reply::Unrelated("its attributes are damaged");
    };
    if kind == SUCCESS {
        Reply::Match(address(&attributes, transaction))
    } else if kind == ERROR {
        Reply::Match(Err(refusal(&attributes)))
    } else {
        Reply::Unrelated("it does not answer a binding request")
    }
}

fn number(bytes: &[u8]) -> u16 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u16::from(*byte))
}

/// The attributes with their types; each is padded to a multiple of four.
fn attributes(mut rest: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (head, after) = rest.split_at_checked(4)?;
        let (kind, length) = head.split_at_checked(2)?;
        let length = usize::from(number(length));
        found.push((number(kind), after.get(..length)?));
        rest = after.get(length.next_multiple_of(4)..)?;
    }
    Some(found)
}

fn address(attributes: &[(u16, &[u8])], transaction: [u8; 12]) -> Result<IpAddr, String> {
    let mut found = None;
    for (kind, value) in attributes {
        match *kind {
            XOR_MAPPED_ADDRESS if found.is_some() => {
                return Err("the answer gives more than one address".to_owned());
            }
            XOR_MAPPED_ADDRESS => found = Some(unmasked(value, transaction)?),
            // From here on attributes may be passed over by who does not know them.
            0x8000.. => {}
            kind if PASSED_OVER.contains(&kind) => {}
            kind => {
                return Err(format!(
                    "the answer demands something unknown ({kind:#06x})"
                ));
            }
        }
    }
    found.ok_or_else(|| "the answer gives no address".to_owned())
}

/// The address under its mask of cookie and transaction id.
fn unmasked(value: &[u8], transaction: [u8; 12]) -> Result<IpAddr, String> {
    let mask = COOKIE.iter().chain(&transaction);
    let masked = value.get(4..).unwrap_or_default();
    let plain: Vec<u8> = masked
        .iter()
        .zip(mask)
        .map(|(it, mask)| it ^ mask)
        .collect();
    match (value.get(1), value.len()) {
        (Some(1), 8) => <[u8; 4]>::try_from(plain)
            .ok()
            .map(|it| Ipv4Addr::from(it).into()),
        (Some(2), 20) => <[u8; 16]>::try_from(plain)
            .ok()
            .map(|it| Ipv6Addr::from(it).into()),
        _ => None,
    }
    .ok_or_else(|| "the address in the answer is damaged".to_owned())
}

fn refusal(attributes: &[(u16, &[u8])]) -> String {
    let mut codes = attributes.iter().filter(|(kind, _)| *kind == ERROR_CODE);
    match codes.next() {
        Some((_, [_, _, class @ 3..=6, number @ 0..=99, ..])) => {
            format!("it answers with error {class}{number:02}")
        }
        _ => "it answers with an error".to_owned(),
    }
}

#[cfg(test)]
mod tests;
