//! Messages as values. Decoding is a pure function of the bytes; numbers are in the host's order
//! (`linux/netlink.h`, `linux/rtnetlink.h`, `linux/if_addr.h`, `linux/if_link.h`).

mod route;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) use super::message::route::request as route_request;
pub use super::message::route::{Route, SelectedRoute};

/// What a message says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NetlinkBody {
    /// An address is there, or is there as it is now.
    Address(Address),
    /// An address is gone.
    AddressGone(Address),
    /// An interface is there, or is there as it is now.
    Link(Link),
    /// An interface is gone.
    LinkGone(Link),
    /// A default route is there, or is there anew.
    DefaultRoute(Route),
    /// A default route is gone.
    DefaultRouteGone(Route),
    /// The route to the one destination that is asked about (see [`SelectedRoute`]).
    SelectedRoute(SelectedRoute),
    /// A policy rule, or a route that is no default route and leads to that destination too: the
    /// kernel may select another route now.
    RoutingChanged,
    /// The end of what was asked for.
    Done,
    /// A refusal, as a negated `errno`, or 0 for a confirmation.
    Error(i32),
    /// Something that does not matter to us.
    Other,
}

/// A message with what its header says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NetlinkMessage {
    /// The number of the request it answers.
    pub sequence: u32,
    /// The tables changed while they were being listed: the list is not to be relied on.
    pub interrupted: bool,
    /// What it says.
    pub body: NetlinkBody,
}

/// An address of an interface.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// The interface's number.
    pub index: u32,
    /// The address itself, not the other end's.
    pub addr: IpAddr,
    /// `IFA_F_*`.
    pub flags: u32,
    /// `RT_SCOPE_*`.
    pub scope: u8,
    /// For how many seconds it is preferred; [`INFINITE_LIFETIME`] if without end.
    pub preferred: u32,
    /// For how many seconds it is valid; [`INFINITE_LIFETIME`] if without end.
    pub valid: u32,
}

/// A lifetime without end.
pub const INFINITE_LIFETIME: u32 = u32::MAX;

/// `IFA_F_TEMPORARY`, and `IFA_F_DADFAILED`, `IFA_F_DEPRECATED`, `IFA_F_TENTATIVE`. The first has
/// the bit of IPv4's `IFA_F_SECONDARY`, which says nothing about use.
const TEMPORARY: u32 = 0x01;
const DAD_FAILED: u32 = 0x08;
const DEPRECATED: u32 = 0x20;
const TENTATIVE: u32 = 0x40;

/// `RT_SCOPE_UNIVERSE`.
const GLOBAL: u8 = 0;

impl Address {
    /// A temporary address for privacy (RFC 8981).
    pub fn is_temporary(&self) -> bool {
        self.addr.is_ipv6() && self.flags & TEMPORARY != 0
    }

    /// Not for new connections: tentative, found to be a duplicate, or deprecated.
    pub fn is_unusable(&self) -> bool {
        self.flags & (DAD_FAILED | DEPRECATED | TENTATIVE) != 0 || self.preferred == 0
    }

    /// Meant for the world by its scope; whether it may be published is another question.
    pub fn is_global(&self) -> bool {
        self.scope == GLOBAL
    }
}

/// An interface.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// Its number.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// Up and running. A driver that does not say how it is counts as running (netdevice(7)).
    pub up: bool,
}

/// `IFF_UP` and `IFF_RUNNING`.
const UP: u32 = 0x01;
const RUNNING: u32 = 0x40;

/// Bytes that are no messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the kernel's message could not be read")]
pub struct Malformed;

/// `NLMSG_*` and `RTM_*`.
const ERROR: u16 = 2;
const DONE: u16 = 3;
const NEW_LINK: u16 = 16;
const DEL_LINK: u16 = 17;
pub(super) const GET_LINK: u16 = 18;
const NEW_ADDR: u16 = 20;
const DEL_ADDR: u16 = 21;
pub(super) const GET_ADDR: u16 = 22;
const NEW_ROUTE: u16 = 24;
const DEL_ROUTE: u16 = 25;
pub(super) const GET_ROUTE: u16 = 26;
const NEW_RULE: u16 = 32;
const DEL_RULE: u16 = 33;

/// `NLM_F_REQUEST`, `NLM_F_DUMP` and `NLM_F_DUMP_INTR`.
const REQUEST: u16 = 0x01;
const DUMP: u16 = 0x300;
const INTERRUPTED: u16 = 0x10;

/// `AF_UNSPEC`, `AF_INET`, `AF_INET6`.
const UNSPECIFIED: u8 = 0;
const INET: u8 = 2;
const INET6: u8 = 10;

/// A request for the whole of a table.
pub(super) fn dump(kind: u16, sequence: u32) -> Vec<u8> {
    // A header of 16 bytes, and the longest of the families' own (`ifinfomsg`), all zero: every
    // family, every interface.
    let mut bytes = Vec::with_capacity(32);
    bytes.extend(32_u32.to_ne_bytes());
    bytes.extend(kind.to_ne_bytes());
    bytes.extend((REQUEST | DUMP).to_ne_bytes());
    bytes.extend(sequence.to_ne_bytes());
    bytes.resize(32, 0);
    bytes
}

/// All messages of one datagram, or none if any of them is malformed.
pub fn decode(mut bytes: &[u8]) -> Result<Vec<NetlinkMessage>, Malformed> {
    let mut messages = Vec::new();
    while !bytes.is_empty() {
        let length = usize::try_from(u32_at(bytes, 0)?).map_err(|_| Malformed)?;
        let message = bytes.get(..length).ok_or(Malformed)?;
        let payload = message.get(16..).ok_or(Malformed)?;
        messages.push(NetlinkMessage {
            sequence: u32_at(message, 8)?,
            interrupted: u16_at(message, 6)? & INTERRUPTED != 0,
            body: body(u16_at(message, 4)?, payload)?,
        });
        bytes = bytes.get(aligned(length)..).unwrap_or_default();
    }
    Ok(messages)
}

fn body(kind: u16, payload: &[u8]) -> Result<NetlinkBody, Malformed> {
    Ok(match kind {
        NEW_ADDR | DEL_ADDR => match address(payload)? {
            Some(it) if kind == NEW_ADDR => NetlinkBody::Address(it),
            Some(it) => NetlinkBody::AddressGone(it),
            None => NetlinkBody::Other,
        },
        NEW_LINK | DEL_LINK => match link(payload)? {
            Some(it) if kind == NEW_LINK => NetlinkBody::Link(it),
            Some(it) => NetlinkBody::LinkGone(it),
            None => NetlinkBody::Other,
        },
        NEW_ROUTE | DEL_ROUTE => route::body(kind == NEW_ROUTE, payload)?,
        NEW_RULE | DEL_RULE => NetlinkBody::RoutingChanged,
        // What broke off is told at the end, where that says anything.
        DONE => match four(payload, 0).map(i32::from_ne_bytes) {
            Ok(code) if code < 0 => NetlinkBody::Error(code),
            _ => NetlinkBody::Done,
        },
        ERROR => NetlinkBody::Error(i32::from_ne_bytes(four(payload, 0)?)),
        _ => NetlinkBody::Other,
    })
}

/// `struct ifaddrmsg`: family, prefix length, flags, scope, interface.
fn address(payload: &[u8]) -> Result<Option<Address>, Malformed> {
    let [family, _, flags, scope, ..] = *payload else {
        return Err(Malformed);
    };
    let index = u32_at(payload, 4)?;
    if !matches!(family, INET | INET6) {
        return Ok(None);
    }
    let (mut local, mut other) = (None, None);
    let (mut flags, mut preferred, mut valid) =
        (u32::from(flags), INFINITE_LIFETIME, INFINITE_LIFETIME);
    for attribute in attributes(payload, 8) {
        match attribute? {
            // On a line between two points IFA_ADDRESS (1) is the other end and IFA_LOCAL (2) is us.
            (1, value) => other = Some(ip(family, value)?),
            (2, value) => local = Some(ip(family, value)?),
            // IFA_CACHEINFO
            (6, value) => (preferred, valid) = (u32_at(value, 0)?, u32_at(value, 4)?),
            // IFA_FLAGS: all 32, of which the header has room for eight.
            (8, value) => flags = u32_at(value, 0)?,
            _ => {}
        }
    }
    Ok(Some(Address {
        index,
        addr: local.or(other).ok_or(Malformed)?,
        flags,
        scope,
        preferred,
        valid,
    }))
}

fn ip(family: u8, value: &[u8]) -> Result<IpAddr, Malformed> {
    if family == INET {
        let bytes: [u8; 4] = value.try_into().map_err(|_| Malformed)?;
        Ok(Ipv4Addr::from(bytes).into())
    } else {
        let bytes: [u8; 16] = value.try_into().map_err(|_| Malformed)?;
        Ok(Ipv6Addr::from(bytes).into())
    }
}

/// `struct ifinfomsg`: family, type, interface, flags, mask of change.
fn link(payload: &[u8]) -> Result<Option<Link>, Malformed> {
    let family = *payload.first().ok_or(Malformed)?;
    let (index, flags) = (u32_at(payload, 4)?, u32_at(payload, 8)?);
    if family != UNSPECIFIED {
        // A bridge speaks of its ports in messages of the same kind.
        return Ok(None);
    }
    let mut name = String::new();
    for attribute in attributes(payload, 16) {
        // IFLA_IFNAME
        if let (3, value) = attribute? {
            let value = value.strip_suffix(&[0]).unwrap_or(value);
            name = String::from_utf8_lossy(value).into_owned();
        }
    }
    Ok(Some(Link {
        index,
        name,
        up: flags & UP != 0 && flags & RUNNING != 0,
    }))
}

/// The attributes behind a fixed part of so many bytes.
fn attributes(
    payload: &[u8],
    fixed: usize,
) -> impl Iterator<Item = Result<(u16, &[u8]), Malformed>> {
    let mut rest = payload.get(fixed..);
    let mut broken = rest.is_none();
    std::iter::from_fn(move || {
        if std::mem::take(&mut broken) {
            return Some(Err(Malformed));
        }
        // Fewer bytes than a header are padding.
        let bytes = rest.filter(|bytes| bytes.len() >= 4)?;
        let one = attribute(bytes);
        rest = one
            .ok()
            .and_then(|(length, ..)| bytes.get(aligned(length)..));
        Some(one.map(|(_, kind, value)| (kind, value)))
    })
}

fn attribute(bytes: &[u8]) -> Result<(usize, u16, &[u8]), Malformed> {
    let length = usize::from(u16_at(bytes, 0)?);
    // The two high bits say how the value is to be read.
    let kind = u16_at(bytes, 2)? & 0x3fff;
    let value = bytes.get(4..length).ok_or(Malformed)?;
    Ok((length, kind, value))
}

fn aligned(length: usize) -> usize {
    length.saturating_add(3) & !3
}

fn four(bytes: &[u8], at: usize) -> Result<[u8; 4], Malformed> {
    let four = bytes.get(at..at + 4).ok_or(Malformed)?;
    four.try_into().map_err(|_| Malformed)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Malformed> {
    four(bytes, at).map(u32::from_ne_bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Malformed> {
    let two = bytes.get(at..at + 2).ok_or(Malformed)?;
    Ok(u16::from_ne_bytes(two.try_into().map_err(|_| Malformed)?))
}

#[cfg(test)]
mod tests;
