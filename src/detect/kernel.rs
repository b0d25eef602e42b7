//! What the kernel says of this host's interfaces, addresses and default routes.

use std::{io, net::Ipv4Addr, time::Duration};

use super::gateway;
use crate::{
    core::{
        addr::{Acceptance, Family},
        choose::{Egress, InterfaceAddress},
        observe::{Kernel, NoUplink, Why},
        vantage::Interface,
    },
    netlink::{
        self,
        message::{Address, FOREVER, Link, Route, SelectedRoute},
    },
};

/// One look at the kernel's tables: at everything, or at what one interface has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
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
struct Tables {
    links: Vec<Link>,
    addresses: Vec<Address>,
    routes: Vec<Route>,
    /// The route that the kernel selects in each family.
    selected: [Option<SelectedRoute>; 2],
}

/// How often the tables are read while the kernel selects another route each time.
const MAX_READS: u32 = 5;

impl Tables {
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
    fn all(&self) -> View {
        let addresses = self.addresses.iter().filter_map(|address| {
            // An interface that came between the two looks is seen by the next.
            let link = self.links.iter().find(|it| it.index == address.index)?;
            let of_main = self.routes.iter().filter(|it| it.is_in_main_table());
            Some(described(address, link, of_main))
        });
        let exists = |family| self.routes.iter().any(|route| route.family() == family);
        View {
            addresses: addresses.collect(),
            default_route: Family::ALL.map(exists),
            egress: self.egress(),
            router: gateway::first(&self.links, &self.routes),
        }
    }

    /// Whether an interface has a default route is looked up in all tables: packets that are bound to it
    /// are routed by its own, if it has one.
    fn over(&self, interface: &Interface) -> Result<View, NoUplink> {
        let link = self.links.iter().find(|it| it.name == interface.name());
        let link = link.ok_or_else(|| NoUplink::Missing(interface.clone()))?;
        if !link.up {
            return Err(NoUplink::Down(interface.clone()));
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
        Ok(View {
            addresses: addresses.collect(),
            default_route: Family::ALL.map(exists),
            egress,
            router: gateway::over(link, &self.routes),
        })
    }
}

impl View {
    /// Looks now.
    pub fn take() -> Result<Self, Why> {
        let tables = Tables::read(None).map_err(|error| unreadable(&error))?;
        Ok(tables.all())
    }

    /// Looks now at what one interface has.
    pub fn over(interface: &Interface) -> Result<Self, Why> {
        let tables = Tables::read(Some(interface)).map_err(|error| unreadable(&error))?;
        tables.over(interface).map_err(Why::NoUplink)
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

fn unreadable(error: &io::Error) -> Why {
    Why::Derived(format!(
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
            source: false,
            temporary: false,
            unusable: false,
            preferred: Duration::MAX,
        };
        let acceptance = Acceptance::default();
        let view = |addresses: &[&str], default_route| View {
            addresses: addresses.iter().map(|it| address(it)).collect(),
            default_route,
            egress: [None, None],
            router: Err(String::new()),
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

    const MAIN: u32 = 254;

    /// Interfaces eth0 and wg0, numbers 2 and 3, with an address of each family, and these routes.
    fn tables(routes: Vec<Route>) -> Tables {
        let link = |(index, name): (u32, &str)| Link {
            index,
            name: name.to_owned(),
            up: true,
        };
        let address = |(index, text): (u32, &str)| Address {
            index,
            addr: text.parse().unwrap(),
            flags: 0,
            scope: 0,
            preferred: FOREVER,
            valid: FOREVER,
        };
        let texts = [
            (2, "84.212.10.20"),
            (2, "2a01::2"),
            (3, "84.212.10.30"),
            (3, "2a01::3"),
        ];
        Tables {
            links: [(2, "eth0"), (3, "wg0")].map(link).into(),
            addresses: texts.map(address).into(),
            routes,
            selected: [None, None],
        }
    }

    fn by(index: u32, table: u32) -> Route {
        Route::sample(&[(index, Some([192, 168, 77, 1]))], 0, table)
    }

    /// The addresses of a view that a default route's interface has.
    fn routed(view: &View) -> Vec<String> {
        let routed = view.addresses.iter().filter(|it| it.default_route);
        routed.map(|it| it.addr.to_string()).collect()
    }

    #[test]
    fn l1_a_default_route_of_any_table_is_one_and_an_interface_has_the_main_tables() {
        for (routes, exists, has) in [
            (vec![], [false, false], &[][..]),
            (vec![by(2, MAIN)], [true, false], &["84.212.10.20"]),
            (vec![by(2, MAIN).for_v6()], [false, true], &["2a01::2"]),
            (vec![by(3, 51_820).for_v6()], [false, true], &[]),
            (
                vec![by(3, 51_820), by(2, MAIN), by(3, 100).for_v6()],
                [true, true],
                &["84.212.10.20"],
            ),
        ] {
            let view = tables(routes).all();
            assert_eq!(view.default_route, exists);
            assert_eq!(routed(&view), has);
        }
    }

    #[test]
    fn over_an_interface_its_routes_of_any_table_count_and_no_others() {
        let tables = tables(vec![by(2, MAIN), by(3, 100), by(2, MAIN).for_v6()]);
        let over = |name: &str| tables.over(&name.parse().unwrap());
        let view = over("wg0").unwrap();
        assert_eq!(view.default_route, [true, false]);
        assert_eq!(routed(&view), ["84.212.10.30"]);
        assert_eq!(view.addresses.len(), 2);
        assert!(view.router.is_ok());
        let missing = NoUplink::Missing("gone0".parse().unwrap());
        assert_eq!(over("gone0"), Err(missing));
    }

    #[allow(clippy::unnecessary_wraps, reason = "an answer as the kernel gives it")]
    fn selected(interface: u32, source: &str) -> Option<SelectedRoute> {
        Some(SelectedRoute {
            interface: Some(interface),
            source: source.parse().ok(),
        })
    }

    #[test]
    fn how_the_kernel_would_send_is_kept_by_name_with_whether_a_route_names_the_source() {
        let named = by(3, 100).sourced([84, 212, 10, 20].into());
        let mut tables = tables(vec![by(2, MAIN), named]);
        assert_eq!(tables.all().egress(Family::V4), None);
        for (interface, name, source, is_source_configured) in [
            (2, "eth0", "84.212.10.20", false),
            (3, "wg0", "84.212.10.20", true),
            (3, "wg0", "84.212.10.30", false),
            (3, "wg0", "", false),
        ] {
            tables.selected = [selected(interface, source), selected(3, "2a01::3")];
            let view = tables.all();
            let expected = Egress {
                interface: name.to_owned(),
                source: source.parse().ok(),
                is_source_configured,
            };
            assert_eq!(view.egress(Family::V4), Some(&expected));
            assert_eq!(view.egress(Family::V6).unwrap().interface, "wg0");
        }
        tables.selected = [selected(9, ""), None];
        assert_eq!(
            tables.all().egress(Family::V4),
            None,
            "an unknown interface"
        );
    }

    #[test]
    fn over_an_interface_an_address_of_another_counts_only_where_a_route_by_it_names_it() {
        let mut bare = tables(vec![by(3, MAIN)]);
        bare.addresses.retain(|address| address.index == 2);
        // The kernel takes the other uplink's for want of one.
        bare.selected = [selected(3, "84.212.10.20"), None];
        let over = |tables: &Tables| tables.over(&"wg0".parse().unwrap()).unwrap();
        assert_eq!(over(&bare).addresses, []);
        bare.routes = vec![by(3, MAIN).sourced([84, 212, 10, 20].into())];
        let [address] = &over(&bare).addresses[..] else {
            panic!("one address")
        };
        assert_eq!(
            (address.addr.to_string().as_str(), &*address.interface),
            ("84.212.10.20", "eth0")
        );
    }

    #[test]
    fn what_the_kernel_says_of_an_address_is_kept() {
        let mut tables = tables(vec![by(2, MAIN).sourced([84, 212, 10, 20].into())]);
        let one = |tables: &Tables| tables.all().addresses[0].clone();
        let address = one(&tables);
        assert!(address.source && !address.unusable && address.preferred == Duration::MAX);
        assert!(!tables.all().addresses[1].source);
        // Of this link alone.
        tables.addresses[0].scope = 253;
        assert!(one(&tables).unusable);
        tables.addresses[0].scope = 0;
        tables.addresses[0].preferred = 7;
        assert_eq!(one(&tables).preferred, Duration::from_secs(7));
        tables.links[0].up = false;
        assert!(one(&tables).unusable);
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
