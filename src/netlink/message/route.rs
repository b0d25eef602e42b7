//! Messages about routes (`struct rtmsg`), and the question which one the kernel selects.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{
    GET_ROUTE, INET, INET6, Malformed, NetlinkBody, REQUEST, aligned, attributes, ip, u16_at,
    u32_at,
};
use crate::core::address::family::Family;

/// `RT_TABLE_MAIN`.
const MAIN: u32 = 254;

/// `RTN_UNICAST`.
const UNICAST: u8 = 1;

/// The destinations that the kernel is asked about: k.root-servers.net, which stays where it is and is
/// in no special-purpose block of IANA's. Nothing is sent there. Hosts with several uplinks often pin
/// the addresses of public resolvers to one of these, and that would be the answer, so it is none of
/// those.
const DESTINATION_V4: Ipv4Addr = Ipv4Addr::new(193, 0, 14, 129);
const DESTINATION_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0x7fd, 0, 0, 0, 0, 0, 1);

/// What the kernel answers when it is asked by which route it would send to a public destination
/// (`RTM_GETROUTE`): metrics, policy rules and source address selection are its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SelectedRoute {
    /// The number of the interface it leaves by.
    pub interface: Option<u32>,
    /// The address it would send from; it may be of another interface.
    pub source: Option<IpAddr>,
}

/// A default route: what tells it from another one. Its lifetime does not, which every router
/// announcement renews.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Route {
    family: u8,
    table: u32,
    priority: Option<u32>,
    /// What the router says of itself (RFC 4191): IPv6 takes the more preferred of two with one metric.
    preference: Option<u8>,
    source: Option<IpAddr>,
    /// The ways it leaves by: more than one if traffic is shared between them.
    hops: Vec<NextHop>,
}

/// One of the ways a route leaves by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct NextHop {
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
        let is_other = |hop: &NextHop| hop.interface.is_some_and(|it| it != index);
        self.hops.iter().all(is_other)
    }

    /// Whether this other one can have taken its place (ip-route(8) `replace`): IPv4 has one route of a
    /// metric in a table, IPv6 one for each router that announces itself.
    pub fn may_be_replaced_by(&self, other: &Self) -> bool {
        let place = |route: &Self| (route.family, route.table, route.priority);
        self.family == INET && place(self) == place(other)
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
        let hop = |(interface, gateway): &(u32, Option<[u8; 4]>)| NextHop {
            interface: Some(*interface),
            gateway: gateway.map(IpAddr::from),
        };
        Self {
            family: INET,
            table,
            priority: Some(priority),
            preference: None,
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

/// The question which route the kernel selects to the destination of a family; for packets that are
/// bound to an interface, if one is named by its number.
pub(in crate::netlink) fn request(
    family: Family,
    interface: Option<u32>,
    sequence: u32,
) -> Vec<u8> {
    let (family, destination) = match family {
        Family::V4 => (INET, DESTINATION_V4.octets().to_vec()),
        Family::V6 => (INET6, DESTINATION_V6.octets().to_vec()),
    };
    let bits = if family == INET { 32 } else { 128 };
    let mut payload = vec![family, bits, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    // RTA_DST and RTA_OIF
    append(&mut payload, 1, &destination);
    if let Some(interface) = interface {
        append(&mut payload, 4, &interface.to_ne_bytes());
    }
    // No message of these parts is longer than a few dozen bytes.
    let length = u32::try_from(16 + payload.len()).unwrap_or_default();
    let mut bytes = Vec::with_capacity(64);
    bytes.extend(length.to_ne_bytes());
    bytes.extend(GET_ROUTE.to_ne_bytes());
    bytes.extend(REQUEST.to_ne_bytes());
    bytes.extend(sequence.to_ne_bytes());
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

/// An attribute whose value has a multiple of four bytes.
fn append(payload: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = u16::try_from(4 + value.len()).unwrap_or_default();
    payload.extend(length.to_ne_bytes());
    payload.extend(kind.to_ne_bytes());
    payload.extend(value);
}

/// What a message says about a route that is there or gone. `struct rtmsg`: family, destination length,
/// source length, TOS, table, protocol, scope, kind, flags.
pub(super) fn body(is_new: bool, payload: &[u8]) -> Result<NetlinkBody, Malformed> {
    let [family, length, _, _, _, _, _, kind, _, _, _, _, ..] = *payload else {
        return Err(Malformed);
    };
    if !matches!(family, INET | INET6) || !leads_to_destination(family, length, payload)? {
        return Ok(NetlinkBody::Other);
    }
    let is_whole = length == if family == INET { 32 } else { 128 };
    Ok(match (kind, length) {
        (UNICAST, 0) if is_new => NetlinkBody::DefaultRoute(default_route(payload)?),
        (UNICAST, 0) => NetlinkBody::DefaultRouteGone(default_route(payload)?),
        (UNICAST, _) if is_new && is_whole => {
            NetlinkBody::SelectedRoute(selected(family, payload)?)
        }
        // One that refuses (`unreachable`, `prohibit`) may be selected like any other.
        _ => NetlinkBody::RoutingChanged,
    })
}

/// Whether the destination that is asked about is among those of a route.
fn leads_to_destination(family: u8, length: u8, payload: &[u8]) -> Result<bool, Malformed> {
    if length == 0 {
        return Ok(true);
    }
    for attribute in attributes(payload, 12) {
        // RTA_DST
        if let (1, value) = attribute? {
            let same_bits = match ip(family, value)? {
                IpAddr::V4(addr) => (u32::from(addr) ^ u32::from(DESTINATION_V4)).leading_zeros(),
                IpAddr::V6(addr) => (u128::from(addr) ^ u128::from(DESTINATION_V6)).leading_zeros(),
            };
            return Ok(same_bits >= length.into());
        }
    }
    Ok(false)
}

fn selected(family: u8, payload: &[u8]) -> Result<SelectedRoute, Malformed> {
    let (mut interface, mut source) = (None, None);
    for attribute in attributes(payload, 12) {
        match attribute? {
            // RTA_OIF, RTA_PREFSRC
            (4, value) => interface = Some(u32_at(value, 0)?),
            (7, value) => source = Some(ip(family, value)?),
            _ => {}
        }
    }
    Ok(SelectedRoute { interface, source })
}

fn default_route(payload: &[u8]) -> Result<Route, Malformed> {
    let [family, _, _, _, table, ..] = *payload else {
        return Err(Malformed);
    };
    let mut only = NextHop {
        interface: None,
        gateway: None,
    };
    let (mut table, mut priority, mut source) = (u32::from(table), None, None);
    let mut preference = None;
    let mut shared = Vec::new();
    for attribute in attributes(payload, 12) {
        match attribute? {
            // RTA_OIF, RTA_GATEWAY, RTA_PRIORITY, RTA_PREFSRC, RTA_MULTIPATH, RTA_TABLE, RTA_PREF
            (4, value) => only.interface = Some(u32_at(value, 0)?),
            (5, value) => only.gateway = ip(family, value).ok(),
            (6, value) => priority = Some(u32_at(value, 0)?),
            (9, value) => shared = hops(family, value)?,
            (7, value) => source = ip(family, value).ok(),
            (15, value) => table = u32_at(value, 0)?,
            (20, value) => preference = value.first().copied(),
            _ => {}
        }
    }
    Ok(Route {
        family,
        table,
        priority,
        preference,
        source,
        hops: if shared.is_empty() {
            vec![only]
        } else {
            shared
        },
    })
}

/// Several `struct rtnexthop`, one behind the other: length, flags, weight, interface, and attributes
/// of its own.
fn hops(family: u8, mut bytes: &[u8]) -> Result<Vec<NextHop>, Malformed> {
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
        hops.push(NextHop {
            interface: Some(u32_at(hop, 4)?),
            gateway,
        });
        bytes = bytes.get(aligned(length)..).unwrap_or_default();
    }
    Ok(hops)
}
