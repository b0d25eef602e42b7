//! What the kernel says of this host's interfaces, addresses and default routes.

use std::{io, net::Ipv4Addr, time::Duration};

use super::gateway;
use crate::{
    core::{
        address::{
            family::Family,
            policy::PublishPolicy,
            select::{Egress, InterfaceAddress},
        },
        detection::{
            observation::{FamilyPresence, UnavailableReason, UplinkError},
            path::Interface,
        },
    },
    netlink::{
        self,
        message::{Address, INFINITE_LIFETIME, Link, Route, SelectedRoute},
    },
};

/// One look at the kernel's tables: at everything, or at what one interface has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NetworkSnapshot {
    /// Every address, loopback and link-local ones included.
    pub addresses: Vec<InterfaceAddress>,
    /// Whether each family has a default route.
    pub default_route: [bool; 2],
    /// How the kernel would send to the Internet in each family, if it has a way.
    egress: [Option<Egress>; 2],
    /// The router in front, or in words why there is none.
    pub router: Result<Ipv4Addr, String>,
}

/// What the kernel lists.
#[derive(Debug)]
struct KernelTables {
    links: Vec<Link>,
    addresses: Vec<Address>,
    routes: Vec<Route>,
    /// The route that the kernel selects in each family.
    selected: [Option<SelectedRoute>; 2],
}

/// How often the tables are read while the kernel selects another route each time.
const MAX_READS: u32 = 5;

impl KernelTables {
    /// Reads them for packets that are bound to an interface, or for all others.
    fn read(via: Option<&Interface>) -> io::Result<Self> {
        let mut reads = 0;
        loop {
            reads += 1;
            let links = netlink::links()?;
            let bound = via.and_then(|via| links.iter().find(|link| link.name == via.name()));
            let index = bound.map(|link| link.index);
            let tables = Self {
                selected: selected_routes(index)?,
                addresses: netlink::addresses()?,
                routes: netlink::default_routes()?,
                links,
            };
            // In the middle of a fail-over the address that the kernel sends from would be looked for
            // among those of before.
            if reads == MAX_READS || selected_routes(index)? == tables.selected {
                return Ok(tables);
            }
        }
    }

    fn egress(&self) -> [Option<Egress>; 2] {
        let [v4, v6] = self.selected;
        [(Family::V4, v4), (Family::V6, v6)].map(|(family, selected)| {
            let SelectedRoute { interface, source } = selected?;
            let index = interface?;
            let link = self.links.iter().find(|link| link.index == index)?;
            let is_source_configured = source
                .is_some_and(|source| self.routes_by(family, index).any(|it| it.prefers(source)));
            Some(Egress {
                interface: link.name.clone(),
                source,
                is_source_configured,
            })
        })
    }

    /// The default routes of a family that leave by an interface, of every table.
    fn routes_by(&self, family: Family, index: u32) -> impl Iterator<Item = &Route> {
        let of_family = self.routes.iter().filter(move |it| it.family() == family);
        of_family.filter(move |route| route.leaves_by(index))
    }

    /// There is a default route where any table has one, so that its absence is never concluded too
    /// early (L1); an interface has it where the main table does, for others are for some of the
    /// traffic.
    fn all(&self) -> NetworkSnapshot {
        let addresses = self.addresses.iter().filter_map(|address| {
            // An interface that came between the two looks is seen by the next.
            let link = self.links.iter().find(|it| it.index == address.index)?;
            let of_main = self.routes.iter().filter(|it| it.is_in_main_table());
            Some(described(address, link, of_main))
        });
        let exists = |family| self.routes.iter().any(|route| route.family() == family);
        NetworkSnapshot {
            addresses: addresses.collect(),
            default_route: Family::ALL.map(exists),
            egress: self.egress(),
            router: gateway::first(&self.links, &self.routes),
        }
    }

    /// Whether an interface has a default route is looked up in all tables: packets that are bound to it
    /// are routed by its own, if it has one.
    fn over(&self, interface: &Interface) -> Result<NetworkSnapshot, UplinkError> {
        let link = self.links.iter().find(|it| it.name == interface.name());
        let link = link.ok_or_else(|| UplinkError::Missing(interface.clone()))?;
        if !link.up {
            return Err(UplinkError::Down(interface.clone()));
        }
        let egress = self.egress();
        let is_named = |addr| {
            let mut configured = egress.iter().flatten().filter(|it| it.is_source_configured);
            configured.any(|egress| egress.source == Some(addr))
        };
        let addresses = self.addresses.iter().filter_map(|address| {
            // One of another interface counts where a route by this one names it, and not where the kernel
            // takes it for want of one: that would be another uplink's as long as this one has none.
            let is_counted = address.index == link.index || is_named(address.addr);
            let own = self.links.iter().find(|it| it.index == address.index)?;
            is_counted.then(|| described(address, own, self.routes.iter()))
        });
        let exists = |family| self.routes_by(family, link.index).next().is_some();
        Ok(NetworkSnapshot {
            addresses: addresses.collect(),
            default_route: Family::ALL.map(exists),
            egress,
            router: gateway::over(link, &self.routes),
        })
    }
}

impl NetworkSnapshot {
    /// Looks now.
    pub fn take() -> Result<Self, UnavailableReason> {
        let tables = KernelTables::read(None).map_err(|error| unreadable(&error))?;
        Ok(tables.all())
    }

    /// Looks now at what one interface has.
    pub fn over(interface: &Interface) -> Result<Self, UnavailableReason> {
        let tables = KernelTables::read(Some(interface)).map_err(|error| unreadable(&error))?;
        tables.over(interface).map_err(UnavailableReason::NoUplink)
    }

    /// What this says of one family.
    pub fn of(&self, family: Family, acceptance: &PublishPolicy) -> FamilyPresence {
        let [route4, route6] = self.default_route;
        let usable =
            |it: &InterfaceAddress| !it.unusable && acceptance.check(family, it.addr).is_ok();
        FamilyPresence {
            has_usable_address: self.addresses.iter().any(usable),
            has_default_route: if family == Family::V4 { route4 } else { route6 },
        }
    }

    /// How the kernel would send to the Internet, if it has a way.
    pub fn egress(&self, family: Family) -> Option<&Egress> {
        let [v4, v6] = &self.egress;
        match family {
            Family::V4 => v4.as_ref(),
            Family::V6 => v6.as_ref(),
        }
    }
}

fn selected_routes(interface: Option<u32>) -> io::Result<[Option<SelectedRoute>; 2]> {
    let [v4, v6] = Family::ALL.map(|family| netlink::selected_route(family, interface));
    Ok([v4?, v6?])
}

fn unreadable(error: &io::Error) -> UnavailableReason {
    UnavailableReason::HostAddress(format!(
        "the kernel's addresses and routes could not be read: {error}"
    ))
}

/// An address of an interface, of which these routes may be the default ones.
fn described<'r>(
    address: &Address,
    link: &Link,
    routes: impl Iterator<Item = &'r Route> + Clone,
) -> InterfaceAddress {
    let mut own = routes.filter(|it| it.carries(address.addr) && it.leaves_by(link.index));
    InterfaceAddress {
        addr: address.addr,
        interface: link.name.clone(),
        default_route: own.clone().next().is_some(),
        source: own.any(|it| it.prefers(address.addr)),
        temporary: address.is_temporary(),
        // A kernel keeps the IPv4 addresses of an interface that is down.
        unusable: address.is_unusable() || !address.is_global() || !link.up,
        preferred: match address.preferred {
            INFINITE_LIFETIME => Duration::MAX,
            seconds => Duration::from_secs(seconds.into()),
        },
    }
}

#[cfg(test)]
mod tests;
