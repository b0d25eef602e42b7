//! What the kernel says of this host's interfaces, addresses and default routes.

use std::{io, time::Duration};

use crate::{
    core::{
        addr::{Acceptance, Family},
        choose::InterfaceAddress,
        observe::{Kernel, NoUplink, Why},
        vantage::Interface,
    },
    netlink::{
        self,
        message::{Address, FOREVER, Link, Route},
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

impl View {
    /// Looks now. There is a default route where any table has one; an interface has it where the main
    /// table does, for other tables are for some of the traffic.
    pub fn take() -> Result<Self, Why> {
        let links = netlink::links().map_err(|error| unreadable(&error))?;
        let addresses = netlink::addresses().map_err(|error| unreadable(&error))?;
        let routes = netlink::default_routes().map_err(|error| unreadable(&error))?;
        let addresses = addresses.iter().filter_map(|address| {
            // An interface that came between the two looks is seen by the next.
            let link = links.iter().find(|it| it.index == address.index)?;
            let by_it = |route: &Route| {
                let is_its = route.carries(address.addr) && route.leaves_by(link.index);
                is_its && route.is_in_main_table()
            };
            Some(described(address, link, routes.iter().any(by_it)))
        });
        let exists = |family| routes.iter().any(|route| route.family() == family);
        Ok(Self {
            addresses: addresses.collect(),
            default_route: Family::ALL.map(exists),
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
    Why::Derived(format!(
        "the kernel's addresses and routes could not be read: {error}"
    ))
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

#[cfg(test)]
mod tests {
    use super::*;

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
