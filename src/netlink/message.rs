//! Messages as values. Decoding is a pure function of the bytes; numbers are in the host's order
//! (`linux/netlink.h`, `linux/rtnetlink.h`, `linux/if_addr.h`, `linux/if_link.h`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::core::addr::Family;

/// What a message says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Body {
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
    /// The end of what was asked for.
    Done,
    /// A refusal, as a negated `errno`, or 0 for a confirmation.
    Error(i32),
    /// Something that does not matter to us.
    Other,
}

/// A message with what its header says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// The number of the request it answers.
    pub sequence: u32,
    /// The tables changed while they were being listed: the list is not to be relied on.
    pub interrupted: bool,
    /// What it says.
    pub body: Body,
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
    /// For how many seconds it is preferred; [`FOREVER`] if without end.
    pub preferred: u32,
    /// For how many seconds it is valid; [`FOREVER`] if without end.
    pub valid: u32,
}

/// A lifetime without end.
pub const FOREVER: u32 = u32::MAX;

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

/// A default route: what tells it from another one. Its lifetime does not, which every router
/// announcement renews.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Route {
    family: u8,
    table: u32,
    priority: Option<u32>,
    source: Option<IpAddr>,
    /// The ways it leaves by: more than one if traffic is shared between them.
    hops: Vec<Hop>,
}

/// One of the ways a route leaves by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Hop {
    interface: Option<u32>,
    gateway: Option<IpAddr>,
}

impl Route {
    /// The family of the addresses it leads to.
    pub fn family(&self) -> Family {
        if self.family == INET {
            Family::V4
        } else {
            Family::V6
        }
    }

    /// Whether it is in the table that everything is routed by that no rule sends to another one
    /// (`RT_TABLE_MAIN`).
    pub fn is_in_main_table(&self) -> bool {
        self.table == MAIN
    }

    /// The routers it leads to; none where the link has but two ends.
    pub fn gateways(&self) -> impl Iterator<Item = IpAddr> {
        self.hops.iter().filter_map(|hop| hop.gateway)
    }

    /// The router it leads to by the interface of this number.
    pub fn gateway_by(&self, index: u32) -> Option<IpAddr> {
        let hop = self.hops.iter().find(|hop| hop.interface == Some(index))?;
        hop.gateway
    }

    /// The kernel takes the route with the lowest.
    pub fn priority(&self) -> u32 {
        self.priority.unwrap_or_default()
    }

    /// Whether it says that traffic by it is to come from this address.
    pub fn prefers(&self, addr: IpAddr) -> bool {
        self.source == Some(addr)
    }

    /// The numbers of the interfaces it leaves by.
    pub fn interfaces(&self) -> impl Iterator<Item = u32> {
        self.hops.iter().filter_map(|hop| hop.interface)
    }

    /// Whether it leaves by the interface of this number, alone or among others.
    pub fn leaves_by(&self, index: u32) -> bool {
        self.interfaces().any(|it| it == index)
    }

    /// Whether it surely leaves by others alone.
    pub fn leaves_elsewhere(&self, index: u32) -> bool {
        let is_other = |hop: &Hop| hop.interface.is_some_and(|it| it != index);
        self.hops.iter().all(is_other)
    }

    /// Whether it is for addresses of this one's family.
    pub fn carries(&self, addr: IpAddr) -> bool {
        self.family == if addr.is_ipv4() { INET } else { INET6 }
    }
}

#[cfg(test)]
impl Route {
    /// An IPv4 route by these interfaces, each with its router if it has one.
    pub(crate) fn sample(hops: &[(u32, Option<[u8; 4]>)], priority: u32, table: u32) -> Self {
        let hop = |(interface, gateway): &(u32, Option<[u8; 4]>)| Hop {
            interface: Some(*interface),
            gateway: gateway.map(IpAddr::from),
        };
        Self {
            family: INET,
            table,
            priority: Some(priority),
            source: None,
            hops: hops.iter().map(hop).collect(),
        }
    }

    /// The same for the other family.
    pub(crate) fn for_v6(self) -> Self {
        Self {
            family: INET6,
            ..self
        }
    }

    /// The same, whose traffic comes from this address.
    pub(crate) fn sourced(self, addr: IpAddr) -> Self {
        Self {
            source: Some(addr),
            ..self
        }
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

/// `NLM_F_REQUEST`, `NLM_F_DUMP` and `NLM_F_DUMP_INTR`.
const REQUEST: u16 = 0x01;
const DUMP: u16 = 0x300;
const INTERRUPTED: u16 = 0x10;

/// `RT_TABLE_MAIN`.
const MAIN: u32 = 254;

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
pub fn decode(mut bytes: &[u8]) -> Result<Vec<Message>, Malformed> {
    let mut messages = Vec::new();
    while !bytes.is_empty() {
        let length = usize::try_from(u32_at(bytes, 0)?).map_err(|_| Malformed)?;
        let message = bytes.get(..length).ok_or(Malformed)?;
        let payload = message.get(16..).ok_or(Malformed)?;
        messages.push(Message {
            sequence: u32_at(message, 8)?,
            interrupted: u16_at(message, 6)? & INTERRUPTED != 0,
            body: body(u16_at(message, 4)?, payload)?,
        });
        bytes = bytes.get(aligned(length)..).unwrap_or_default();
    }
    Ok(messages)
}

fn body(kind: u16, payload: &[u8]) -> Result<Body, Malformed> {
    Ok(match kind {
        NEW_ADDR | DEL_ADDR => match address(payload)? {
            Some(it) if kind == NEW_ADDR => Body::Address(it),
            Some(it) => Body::AddressGone(it),
            None => Body::Other,
        },
        NEW_LINK | DEL_LINK => match link(payload)? {
            Some(it) if kind == NEW_LINK => Body::Link(it),
            Some(it) => Body::LinkGone(it),
            None => Body::Other,
        },
        NEW_ROUTE | DEL_ROUTE => match default_route(payload)? {
            Some(it) if kind == NEW_ROUTE => Body::DefaultRoute(it),
            Some(it) => Body::DefaultRouteGone(it),
            None => Body::Other,
        },
        // What broke off is told at the end, where that says anything.
        DONE => match four(payload, 0).map(i32::from_ne_bytes) {
            Ok(code) if code < 0 => Body::Error(code),
            _ => Body::Done,
        },
        ERROR => Body::Error(i32::from_ne_bytes(four(payload, 0)?)),
        _ => Body::Other,
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
    let (mut flags, mut preferred, mut valid) = (u32::from(flags), FOREVER, FOREVER);
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

/// `struct rtmsg`: family, destination length, source length, TOS, table, protocol, scope, kind,
/// flags. `None` for a route to somewhere in particular, or to nowhere.
fn default_route(payload: &[u8]) -> Result<Option<Route>, Malformed> {
    let [family, length, _, _, table, _, _, kind, _, _, _, _, ..] = *payload else {
        return Err(Malformed);
    };
    // RTN_UNICAST
    if length != 0 || kind != 1 || !matches!(family, INET | INET6) {
        return Ok(None);
    }
    let mut only = Hop {
        interface: None,
        gateway: None,
    };
    let (mut table, mut priority, mut source) = (u32::from(table), None, None);
    let mut shared = Vec::new();
    for attribute in attributes(payload, 12) {
        match attribute? {
            // RTA_OIF, RTA_GATEWAY, RTA_PRIORITY, RTA_PREFSRC, RTA_MULTIPATH, RTA_TABLE
            (4, value) => only.interface = Some(u32_at(value, 0)?),
            (5, value) => only.gateway = ip(family, value).ok(),
            (6, value) => priority = Some(u32_at(value, 0)?),
            (9, value) => shared = hops(family, value)?,
            (7, value) => source = ip(family, value).ok(),
            (15, value) => table = u32_at(value, 0)?,
            _ => {}
        }
    }
    Ok(Some(Route {
        family,
        table,
        priority,
        source,
        hops: if shared.is_empty() {
            vec![only]
        } else {
            shared
        },
    }))
}

/// Several `struct rtnexthop`, one behind the other: length, flags, weight, interface, and attributes
/// of its own.
fn hops(family: u8, mut bytes: &[u8]) -> Result<Vec<Hop>, Malformed> {
    let mut hops = Vec::new();
    while !bytes.is_empty() {
        let length = usize::from(u16_at(bytes, 0)?);
        let hop = bytes.get(..length).ok_or(Malformed)?;
        let mut gateway = None;
        for attribute in attributes(hop, 8) {
            // RTA_GATEWAY
            if let (5, value) = attribute? {
                gateway = ip(family, value).ok();
            }
        }
        hops.push(Hop {
            interface: Some(u32_at(hop, 4)?),
            gateway,
        });
        bytes = bytes.get(aligned(length)..).unwrap_or_default();
    }
    Ok(hops)
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
