//! The socket: asking for a table, and hearing what changes.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    time::Duration,
};

use rustix::{
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind,
        netlink::SocketAddrNetlink,
        recvfrom, sendto, socket_with,
        sockopt::{Timeout, set_socket_timeout},
    },
};

use super::message::{
    Address, GET_ADDR, GET_LINK, GET_ROUTE, Link, NetlinkBody, NetlinkMessage, Route,
    SelectedRoute, decode, dump, route_request,
};
use crate::core::address::family::Family;

/// What is heard without asking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Groups {
    /// Nothing.
    None,
    /// Links, addresses, routes and policy rules, as they come, change and go.
    Changes,
}

impl Groups {
    /// `RTMGRP_LINK`, `RTMGRP_IPV4_IFADDR`, `RTMGRP_IPV4_ROUTE`, `RTMGRP_IPV4_RULE`,
    /// `RTMGRP_IPV6_IFADDR`, `RTMGRP_IPV6_ROUTE` and, which has no such name, `RTNLGRP_IPV6_RULE`.
    const fn mask(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Changes => 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400 | (1 << 18),
        }
    }
}

/// The kernel never makes a datagram longer than this (`NLMSG_GOODSIZE` and the limit for lists).
const MAX_MESSAGE_BYTES: usize = 32 << 10;

/// The longest wait for an answer.
const REPLY_TIMEOUT: Duration = Duration::from_secs(2);

/// A socket that is asked, and waits for the answer.
#[derive(Debug)]
pub struct NetlinkSocket(OwnedFd);

impl NetlinkSocket {
    /// Opens one.
    pub fn open() -> io::Result<Self> {
        let socket = open(Groups::None)?;
        // The kernel answers at once; should it ever not, a round ends all the same.
        set_socket_timeout(&socket, Timeout::Recv, Some(REPLY_TIMEOUT))?;
        Ok(Self(socket))
    }

    /// A socket that hears what changes, and never waits.
    pub fn listening() -> io::Result<OwnedFd> {
        open(Groups::Changes)
    }

    fn send(&self, request: &[u8]) -> io::Result<()> {
        let kernel = SocketAddrNetlink::new(0, 0);
        sendto(&self.0, request, SendFlags::empty(), &kernel)?;
        Ok(())
    }

    /// Which route is selected, if any is.
    fn select(&self, family: Family, interface: Option<u32>) -> io::Result<Option<SelectedRoute>> {
        const SEQUENCE: u32 = 1;
        self.send(&route_request(family, interface, SEQUENCE))?;
        loop {
            let mut messages = receive(&self.0)?.into_iter();
            let Some(answer) = messages.find(|message| message.sequence == SEQUENCE) else {
                continue;
            };
            return match answer.body {
                NetlinkBody::SelectedRoute(route) => Ok(Some(route)),
                NetlinkBody::Error(code) if leads_nowhere(code) => Ok(None),
                NetlinkBody::Error(code) => {
                    Err(io::Error::from_raw_os_error(code.saturating_neg()))
                }
                // To this host itself, or to nowhere.
                _ => Ok(None),
            };
        }
    }

    /// A whole table, once through.
    fn list(&self, kind: u16, sequence: u32) -> io::Result<Option<Vec<NetlinkBody>>> {
        self.send(&dump(kind, sequence))?;
        let mut bodies = Vec::new();
        let mut whole = true;
        loop {
            for message in receive(&self.0)? {
                if message.sequence != sequence {
                    continue;
                }
                whole &= !message.interrupted;
                match message.body {
                    NetlinkBody::Done => return Ok(whole.then_some(bodies)),
                    NetlinkBody::Error(code) => {
                        return Err(io::Error::from_raw_os_error(code.saturating_neg()));
                    }
                    // A router may have a million routes to somewhere in particular.
                    NetlinkBody::Other => {}
                    body => bodies.push(body),
                }
            }
        }
    }
}

/// Whether an error of this code (a negated `errno`) says that there is no way: no route, one that
/// refuses (`unreachable`, `prohibit`, `blackhole`), an interface that is down or gone, or a kernel
/// without the family.
fn leads_nowhere(code: i32) -> bool {
    let refusals = [
        Errno::NETUNREACH,
        Errno::HOSTUNREACH,
        Errno::ACCESS,
        Errno::INVAL,
        Errno::NETDOWN,
        Errno::NODEV,
        Errno::OPNOTSUPP,
        Errno::AFNOSUPPORT,
    ];
    // qemu's user emulation hands an error within a message on as its host numbers it, and MIPS has numbers of its own.
    let emulated = [100, 101, 113];
    emulated.contains(&code.saturating_neg())
        || refusals
            .iter()
            .any(|refusal| refusal.raw_os_error() == code.saturating_neg())
}

fn open(groups: Groups) -> io::Result<OwnedFd> {
    let flags = match groups {
        Groups::None => SocketFlags::CLOEXEC,
        Groups::Changes => SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
    };
    // No protocol stands for NETLINK_ROUTE, which is zero.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, groups.mask()))?;
    Ok(socket)
}

/// The messages of the next datagram. What does not come from the kernel is no message.
pub fn receive(socket: impl AsFd) -> io::Result<Vec<NetlinkMessage>> {
    let mut buffer = vec![0; MAX_MESSAGE_BYTES];
    // TRUNC: the true length, also of what was too long.
    let (_, length, from) = recvfrom(socket, buffer.as_mut_slice(), RecvFlags::TRUNC)?;
    let kernel = from
        .and_then(|from| SocketAddrNetlink::try_from(from).ok())
        .is_some_and(|from| from.pid() == 0);
    if !kernel {
        return Ok(Vec::new());
    }
    let invalid = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let bytes = buffer
        .get(..length)
        .ok_or_else(|| invalid(format!("the kernel's message has {length} bytes")))?;
    decode(bytes).map_err(|error| invalid(error.to_string()))
}

/// A table that changes each time it is listed is not waited for longer than this.
const MAX_ATTEMPTS: u32 = 10;

fn list(kind: u16) -> io::Result<Vec<NetlinkBody>> {
    let socket = NetlinkSocket::open()?;
    for sequence in 1..=MAX_ATTEMPTS {
        if let Some(bodies) = socket.list(kind, sequence)? {
            return Ok(bodies);
        }
    }
    Err(io::Error::other("they change all the time"))
}

/// Every address of every interface.
pub fn addresses() -> io::Result<Vec<Address>> {
    let bodies = list(GET_ADDR)?.into_iter();
    let addresses = bodies.filter_map(|body| match body {
        NetlinkBody::Address(address) => Some(address),
        _ => None,
    });
    Ok(addresses.collect())
}

/// Every interface.
pub fn links() -> io::Result<Vec<Link>> {
    let bodies = list(GET_LINK)?.into_iter();
    let links = bodies.filter_map(|body| match body {
        NetlinkBody::Link(link) => Some(link),
        _ => None,
    });
    Ok(links.collect())
}

/// Every default route of either family, in every table: where the way out depends on who asks, those of
/// single interfaces stand in tables of their own (ip-rule(8)).
pub fn default_routes() -> io::Result<Vec<Route>> {
    let bodies = list(GET_ROUTE)?.into_iter();
    let routes = bodies.filter_map(|body| match body {
        NetlinkBody::DefaultRoute(route) => Some(route),
        _ => None,
    });
    Ok(routes.collect())
}

/// The route by which the kernel would send to a public destination of this family, and from which
/// address: the one of the lowest metric, as the policy rules say. For packets that are bound to an
/// interface, if one is named by its number. `None` if there is no way. Nothing is sent.
pub fn selected_route(family: Family, interface: Option<u32>) -> io::Result<Option<SelectedRoute>> {
    NetlinkSocket::open()?.select(family, interface)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_lists_the_default_routes_that_its_own_table_shows() {
        let text = std::fs::read_to_string("/proc/net/route").unwrap();
        let shown = text.lines().skip(1).any(|line| {
            let fields: Vec<_> = line.split_whitespace().collect();
            // Destination, mask, and no refusal (RTF_REJECT).
            let default = fields.get(1) == Some(&"00000000") && fields.get(7) == Some(&"00000000");
            default && fields.get(3).is_some_and(|flags| *flags < "0200")
        });
        let routes = default_routes().unwrap();
        let listed = routes.iter().any(|it| it.carries([0; 4].into()));
        // A default route of another table (ip-rule(8)) is listed and not shown.
        assert!(listed || !shown, "{text}{routes:?}");
    }

    #[test]
    fn the_kernel_lists_the_loopback_interface_with_its_address() {
        let links = links().unwrap();
        let lo = links.iter().find(|it| it.name == "lo").unwrap();
        let addresses = addresses().unwrap();
        assert!(
            addresses
                .iter()
                .any(|it| it.index == lo.index && it.addr.is_loopback() && !it.is_global())
        );
    }

    #[test]
    fn addresses_links_routes_and_rules_of_both_families_are_listened_to() {
        // RTNLGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV4_RULE, _IPV6_IFADDR, _IPV6_ROUTE, _IPV6_RULE
        let groups = [1, 5, 7, 8, 9, 11, 19];
        let mask: u32 = groups.iter().map(|group| 1 << (group - 1)).sum();
        assert_eq!(Groups::Changes.mask(), mask);
    }

    #[test]
    fn the_kernel_says_which_route_it_selects_or_that_there_is_none() {
        let links = links().unwrap();
        for family in Family::ALL {
            let Some(route) = selected_route(family, None).unwrap() else {
                continue;
            };
            assert!(links.iter().any(|link| Some(link.index) == route.interface));
            assert!(
                route
                    .source
                    .is_none_or(|source| Family::of(source) == family)
            );
        }
        // Nothing leads there by an interface that is not there.
        assert_eq!(
            selected_route(Family::V4, Some(u32::MAX >> 1)).unwrap(),
            None
        );
    }

    #[test]
    fn a_refusal_to_select_a_route_means_no_way_and_any_other_error_stays_an_error() {
        for (error, is_refusal) in [
            (Errno::NETUNREACH, true),
            (Errno::HOSTUNREACH, true),
            (Errno::ACCESS, true),
            (Errno::INVAL, true),
            (Errno::NOBUFS, false),
            (Errno::NOMEM, false),
            (Errno::PERM, false),
        ] {
            assert_eq!(leads_nowhere(-error.raw_os_error()), is_refusal, "{error}");
        }
        assert!(!leads_nowhere(i32::MIN));
    }

    #[test]
    fn nothing_is_there_to_hear_while_nothing_changes() {
        let socket = NetlinkSocket::listening().unwrap();
        // Other tests and programs may change something meanwhile; then there is a message.
        if let Err(error) = receive(&socket) {
            assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        }
    }
}
