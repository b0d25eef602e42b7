//! What the kernel says of this host's interfaces, addresses and default routes.

use std::{
    io::{self, ErrorKind},
    time::Duration,
};

use super::gateway;
use crate::{
    core::{
        addr::{Acceptance, Family},
        choose::InterfaceAddress,
        observe::{Kernel, NoUplink, Why},
        vantage::Interface,
    },
    netlink::{
        self,
        message::{Address, FOREVER, Link},
    },
};

/// One look at the kernel's tables: at everything, or at what one interface has.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct View {
    /// Every address, loopback and link-local ones included.
    pub addresses: Vec<InterfaceAddress>,
    /// Whether each family has a default route.
    pub default_route: [bool; 2],
}

/// Where the kernel's routes are read.
pub(super) const IPV4_ROUTES: &str = "/proc/net/route";
const IPV6_ROUTES: &str = "/proc/net/ipv6_route";

impl View {
    /// Looks now.
    pub fn take() -> Result<Self, Why> {
        let links = netlink::links().map_err(|error| unreadable(&error))?;
        let addresses = netlink::addresses().map_err(|error| unreadable(&error))?;
        let (route4, route6) = (default_route4(), default_route6());
        let addresses = addresses.iter().filter_map(|address| {
            // An interface that came between the two looks is seen by the next.
            let link = links.iter().find(|it| it.index == address.index)?;
            let route = if address.addr.is_ipv4() {
                &route4
            } else {
                &route6
            };
            Some(described(address, link, route.leaves_by(&link.name)))
        });
        Ok(Self {
            addresses: addresses.collect(),
            default_route: [route4.exists(), route6.exists()],
        })
    }

    /// Looks now at what one interface has. Whether it has a default route is looked up in all tables:
    /// packets that are bound to it are routed by its own, if it has one.
    pub fn over(interface: &Interface) -> Result<Self, Why> {
        let links = netlink::links().map_err(|error| unreadable(&error))?;
        let link = links.iter().find(|it| it.name == interface.name());
        let link = link.ok_or_else(|| Why::NoUplink(NoUplink::Missing(interface.clone())))?;
        if !link.up {
            return Err(Why::NoUplink(NoUplink::Down(interface.clone())));
        }
        let routes = netlink::default_routes().map_err(|error| unreadable(&error))?;
        let leaves = |family| {
            let mut routes = routes.iter().filter(|route| route.family() == family);
            routes.any(|route| route.leaves_by(link.index))
        };
        let default_route @ [route4, route6] = Family::ALL.map(leaves);
        let addresses = netlink::addresses().map_err(|error| unreadable(&error))?;
        let own = addresses.iter().filter(|it| it.index == link.index);
        let own = own.map(|address| {
            let is_default = if address.addr.is_ipv4() {
                route4
            } else {
                route6
            };
            described(address, link, is_default)
        });
        Ok(Self {
            addresses: own.collect(),
            default_route,
        })
    }

    /// What this says of one family.
    pub fn of(&self, family: Family, acceptance: &Acceptance) -> Kernel {
        let [route4, route6] = self.default_route;
        let usable =
            |it: &InterfaceAddress| !it.unusable && acceptance.admit(family, it.addr).is_ok();
        Kernel {
            usable_address: self.addresses.iter().any(usable),
            default_route: if family == Family::V4 { route4 } else { route6 },
        }
    }
}

fn unreadable(error: &io::Error) -> Why {
    Why::Derived(format!("the kernel's addresses could not be read: {error}"))
}

fn described(address: &Address, link: &Link, default_route: bool) -> InterfaceAddress {
    InterfaceAddress {
        addr: address.addr,
        interface: link.name.clone(),
        default_route,
        temporary: address.is_temporary(),
        // A kernel keeps the IPv4 addresses of an interface that is down.
        unusable: address.is_unusable() || !link.up,
        preferred: match address.preferred {
            FOREVER => Duration::MAX,
            seconds => Duration::from_secs(seconds.into()),
        },
    }
}

/// The default route of a family.
enum DefaultRoute {
    /// By these interfaces.
    By(Vec<String>),
    /// This system has no table to read: there may be one, and absence is never concluded.
    Unknown,
}

impl DefaultRoute {
    fn exists(&self) -> bool {
        match self {
            Self::By(interfaces) => !interfaces.is_empty(),
            Self::Unknown => true,
        }
    }

    fn leaves_by(&self, name: &str) -> bool {
        match self {
            Self::By(interfaces) => interfaces.iter().any(|it| it == name),
            Self::Unknown => false,
        }
    }
}

fn table(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// `RTF_UP` and `RTF_REJECT` (`linux/route.h`).
const UP: u32 = 0x1;
const REJECT: u32 = 0x200;

fn default_route4() -> DefaultRoute {
    table(IPV4_ROUTES).map_or(DefaultRoute::Unknown, |text| {
        DefaultRoute::By(routes4(&text))
    })
}

fn default_route6() -> DefaultRoute {
    match std::fs::read_to_string(IPV6_ROUTES) {
        Ok(text) => DefaultRoute::By(routes6(&text)),
        // A kernel without IPv6 has the one table and not the other; any other trouble is no
        // knowledge of absence.
        Err(error) if error.kind() == ErrorKind::NotFound && table(IPV4_ROUTES).is_some() => {
            DefaultRoute::By(Vec::new())
        }
        Err(_) => DefaultRoute::Unknown,
    }
}

pub(super) fn usable_route(flags: &str) -> bool {
    u32::from_str_radix(flags, 16).is_ok_and(|flags| flags & UP != 0 && flags & REJECT == 0)
}

/// Interfaces of default routes in `/proc/net/route`.
fn routes4(text: &str) -> Vec<String> {
    let routes = gateway::default_routes(text).into_iter();
    routes.map(|route| route.interface).collect()
}

/// Interfaces of default routes in `/proc/net/ipv6_route`: destination, length, source, length, next
/// hop, metric, two counters, flags, name.
fn routes6(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let [destination, "00", _, _, _, _, _, _, flags, name] = fields[..] else {
            return None;
        };
        let default = destination.bytes().all(|it| it == b'0');
        (default && name != "lo" && usable_route(flags)).then(|| name.to_owned())
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_routes_are_found_in_the_kernels_ipv4_table() {
        let text = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n\
            eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
            ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n\
            dead\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n\
            eth1\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
        assert_eq!(routes4(text), ["eth0", "ppp0"]);
        assert!(routes4("").is_empty());
    }

    #[test]
    fn default_routes_are_found_in_the_kernels_ipv6_table() {
        let zero = "00000000000000000000000000000000";
        let text = format!(
            "fd000000000000000000000000000000 40 {zero} 00 {zero} 00000100 1 0 00000001 eth0\n\
             {zero} 00 {zero} 00 fd000000000000000000000000000001 00000400 1 0 00000003 eth0\n\
             {zero} 00 {zero} 00 {zero} ffffffff 1 0 00200200 lo\n\
             {zero} 00 {zero} 00 {zero} ffffffff 1 0 00000201 eth2\n"
        );
        assert_eq!(routes6(&text), ["eth0"]);
    }

    #[test]
    fn a_family_is_absent_only_without_a_usable_address_and_without_a_route() {
        let address = |text: &str| InterfaceAddress {
            addr: text.parse().unwrap(),
            interface: "eth0".into(),
            default_route: false,
            temporary: false,
            unusable: false,
            preferred: Duration::MAX,
        };
        let acceptance = Acceptance::default();
        let view = |addresses: &[&str], default_route| View {
            addresses: addresses.iter().map(|it| address(it)).collect(),
            default_route,
        };
        let absent = |view: &View| view.of(Family::V6, &acceptance).says_absent();
        assert!(absent(&view(
            &["84.212.10.20", "fd00::1", "::1"],
            [true, false]
        )));
        assert!(
            !absent(&view(&["fd00::1"], [true, true])),
            "a route without an address"
        );
        assert!(
            !absent(&view(&["2a01::1"], [true, false])),
            "an address without a route"
        );
        let local = view(&["172.17.0.1", "127.0.0.1", "fe80::1"], [false, false]);
        assert!(
            local.of(Family::V4, &acceptance).says_absent(),
            "a bridge is no network"
        );
    }

    #[test]
    fn this_hosts_loopback_address_is_seen() {
        let view = View::take().unwrap();
        assert!(
            view.addresses
                .iter()
                .any(|it| it.addr.is_loopback() && it.interface == "lo")
        );
    }

    #[test]
    fn one_interface_is_seen_alone_and_one_that_is_not_there_is_unknown() {
        let view = View::over(&"lo".parse().unwrap()).unwrap();
        assert!(!view.addresses.is_empty());
        assert!(view.addresses.iter().all(|it| it.interface == "lo"));
        let gone = View::over(&"gone0".parse().unwrap()).unwrap_err();
        assert_eq!(gone.to_string(), "there is no interface `gone0`");
    }
}
