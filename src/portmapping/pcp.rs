//! PCP (RFC 6887): a mapping, whose answer tells the router's external address, and the announcement
//! of a router that has lost its mappings. There is no question about the address alone.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{PortMapError, external_addr};

const VERSION: u8 = 2;

/// In an opcode: this is a response.
const RESPONSE: u8 = 0x80;
const ANNOUNCE: u8 = RESPONSE;
const MAP: u8 = 1;

/// The protocol number of UDP.
const UDP: u8 = 17;

/// The header of a response (section 7.2).
const HEADER: usize = 24;
/// What a mapping adds to it (section 11.1).
const BODY: usize = 36;
/// The longest message there is (section 7).
const MAX_MESSAGE_BYTES: usize = 1100;

/// A mapping of a UDP port of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mapping {
    /// Our address towards the router.
    pub client: Ipv4Addr,
    /// Our port.
    pub port: u16,
    /// What nobody else knows: an answer repeats it.
    pub nonce: [u8; 12],
}

impl Mapping {
    /// Asks for it, for so many seconds; for none, asks to delete it (sections 11.1 and 15).
    pub fn request(&self, lifetime: u32) -> Vec<u8> {
        let any = Ipv4Addr::UNSPECIFIED.to_ipv6_mapped().octets();
        [
            &[VERSION, MAP, 0, 0][..],
            &lifetime.to_be_bytes(),
            &self.client.to_ipv6_mapped().octets(),
            &self.nonce,
            &[UDP, 0, 0, 0],
            &self.port.to_be_bytes(),
            // Any external port and address.
            &[0, 0],
            &any,
        ]
        .concat()
    }

    /// Reads the answer to the request whole: what does not answer it is an error in words, what does
    /// is the router's external address or a refusal.
    pub fn read(&self, bytes: &[u8]) -> Result<Result<Ipv4Addr, PortMapError>, &'static str> {
        if let Some(refusal) = other_version(bytes) {
            return Ok(Err(refusal));
        }
        let response = response(bytes)?;
        if response.opcode != RESPONSE | MAP {
            return Err("it does not answer a request for a mapping");
        }
        let answered = response.body.split_at_checked(BODY).map(|(body, _)| body);
        // A refusal may come without what was asked for.
        if answered.is_some_and(|body| !self.is_named_in(body)) {
            return Err("it is about another mapping");
        }
        match (response.result, answered) {
            (0, Some(body)) => external(body)
                .map(external_addr)
                .ok_or("its external address is none of IPv4"),
            (0, None) => Err("its length is wrong"),
            (code, _) => Ok(Err(refusal(code))),
        }
    }

    /// Whether an answer's body has our nonce, protocol and port.
    fn is_named_in(&self, body: &[u8]) -> bool {
        body.starts_with(&self.nonce)
            && body.get(12) == Some(&UDP)
            && body.get(16..18) == Some(&self.port.to_be_bytes())
    }
}

fn external(body: &[u8]) -> Option<Ipv4Addr> {
    let octets: [u8; 16] = body.get(20..36)?.try_into().ok()?;
    Ipv6Addr::from(octets).to_ipv4_mapped()
}

/// The age that a router announces once it has lost its mappings (section 14.1), in seconds.
pub fn announced(bytes: &[u8]) -> Result<u32, &'static str> {
    let response = response(bytes)?;
    match (response.opcode, response.result) {
        (ANNOUNCE, 0) => Ok(response.epoch),
        _ => Err("it is no announcement"),
    }
}

struct PcpResponse<'b> {
    opcode: u8,
    result: u8,
    epoch: u32,
    body: &'b [u8],
}

fn response(bytes: &[u8]) -> Result<PcpResponse<'_>, &'static str> {
    let [VERSION, opcode @ RESPONSE..=0xff, _, result, rest @ ..] = bytes else {
        return Err("it is no PCP response");
    };
    let (4.., Some(epoch), Some(body)) = (
        rest.len(),
        rest.get(4..8).and_then(|it| it.try_into().ok()),
        bytes.get(HEADER..),
    ) else {
        return Err("its length is wrong");
    };
    if bytes.len() > MAX_MESSAGE_BYTES || !bytes.len().is_multiple_of(4) {
        return Err("its length is wrong");
    }
    Ok(PcpResponse {
        opcode: *opcode,
        result: *result,
        epoch: u32::from_be_bytes(epoch),
        body,
    })
}

/// Who does not speak our version says so in their own (section 9); version 0 is NAT-PMP (RFC 6886,
/// section 3.5).
fn other_version(bytes: &[u8]) -> Option<PortMapError> {
    match bytes {
        [0, RESPONSE..=0xff, _, _, ..] => Some(PortMapError::new("it speaks NAT-PMP only")),
        [version, RESPONSE..=0xff, _, 1, ..] if *version != VERSION => Some(PortMapError::new(
            format!("it speaks version {version} only"),
        )),
        _ => None,
    }
}

/// By the result codes of section 7.4.
fn refusal(code: u8) -> PortMapError {
    match code {
        1 => PortMapError::new("it does not speak this version (result 1)"),
        2 => PortMapError::new("it is not allowed to map a port (result 2)"),
        3 | 5 | 6 => PortMapError::new(format!(
            "it does not understand the request (result {code})"
        )),
        4 => PortMapError::new("it maps no ports (result 4)"),
        7 => PortMapError::no_address("it has no external address (network failure, result 7)"),
        8 => PortMapError::new("it has no room for a mapping (result 8)"),
        9 => PortMapError::new("it maps no UDP ports (result 9)"),
        10 => PortMapError::new("this host has too many mappings (result 10)"),
        12 => PortMapError::new(
            "it sees this host at another address: a NAT is in between (result 12)",
        ),
        code => PortMapError::new(format!("it answers with result {code}")),
    }
}

#[cfg(test)]
mod tests;
