//! The router in front of this host: the gateway of its IPv4 default route.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
};

use crate::{
    core::address::family::Family,
    netlink::{
        self,
        message::{Link, Route},
    },
};

/// The routers in front of this host, by whatever interface and table; none where that cannot be read.
pub fn gateways() -> BTreeSet<Ipv4Addr> {
    let routes = netlink::default_routes().unwrap_or_default();
    let gateways = routes.iter().flat_map(Route::gateways);
    let gateways = gateways.filter_map(|gateway| match gateway {
        IpAddr::V4(gateway) => Some(gateway),
        IpAddr::V6(_) => None,
    });
    gateways.collect()
}

/// The router that this host's traffic leaves by. The kernel takes the route with the lowest metric; of one that is shared between several, any will
/// do. Tables beside the main one are for some of the traffic.
pub(super) fn first(links: &[Link], routes: &[Route]) -> Result<Ipv4Addr, String> {
    let of_host = routes
        .iter()
        .filter(|it| it.family() == Family::V4 && it.is_in_main_table());
    let Some(route) = of_host.min_by_key(|it| it.priority()) else {
        return Err("there is no IPv4 default route, so no router".to_owned());
    };
    if let Some(IpAddr::V4(gateway)) = route.gateways().next() {
        return Ok(gateway);
    }
    let leaves = |link: &&Link| route.leaves_by(link.index);
    let names: Vec<_> = links.iter().filter(leaves).map(|it| &*it.name).collect();
    Err(no_gateway(&names.join(", ")))
}

/// The router that an interface's default route leads to, in whatever table it stands: packets that
/// are bound to the interface are routed by its own, if it has one.
pub(super) fn over(link: &Link, routes: &[Route]) -> Result<Ipv4Addr, String> {
    let fitting = routes
        .iter()
        .filter(|it| it.family() == Family::V4 && it.leaves_by(link.index));
    match fitting.min_by_key(|it| it.priority()) {
        None => Err(format!(
            "there is no IPv4 default route by {}, so no router",
            link.name
        )),
        Some(route) => match route.gateway_by(link.index) {
            Some(IpAddr::V4(gateway)) => Ok(gateway),
            _ => Err(no_gateway(&link.name)),
        },
    }
}

fn no_gateway(interface: &str) -> String {
    format!(
        "there is no router in front of this host: its default route by {interface} has no gateway \
         (the source `interface` has the address)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: u32 = 254;

    fn links() -> Vec<Link> {
        let names = [(2, "eth0"), (3, "wlan0"), (4, "ppp0")];
        let link = |(index, name): (u32, &str)| Link {
            index,
            name: name.to_owned(),
            up: true,
        };
        names.map(link).to_vec()
    }

    /// A route by an interface to a gateway, with a metric, in a table.
    fn by(interface: u32, gateway: Option<[u8; 4]>, metric: u32, table: u32) -> Route {
        Route::sample(&[(interface, gateway)], metric, table)
    }

    const HOME: [u8; 4] = [192, 168, 77, 1];
    const OTHER: [u8; 4] = [192, 168, 7, 1];

    #[test]
    fn the_router_is_the_gateway_of_the_main_tables_route_with_the_lowest_metric() {
        let routes = [
            by(3, Some(OTHER), 200, MAIN),
            by(2, Some(HOME), 100, MAIN),
            by(3, Some([10, 0, 0, 1]), 0, 51),
        ];
        assert_eq!(first(&links(), &routes), Ok(HOME.into()));
    }

    #[test]
    fn of_a_route_that_is_shared_each_interface_has_its_own_router() {
        let hops = [(2, Some(HOME)), (3, Some(OTHER))];
        let shared = [Route::sample(&hops, 0, MAIN)];
        assert_eq!(first(&links(), &shared), Ok(HOME.into()));
        for (link, gateway) in links().iter().zip([HOME, OTHER]) {
            assert_eq!(over(link, &shared), Ok(gateway.into()));
        }
    }

    #[test]
    fn an_interfaces_router_may_be_in_a_table_of_its_own() {
        let routes = [by(2, Some(HOME), 0, MAIN), by(3, Some(OTHER), 0, 100)];
        let [_, wlan0, ppp0] = &links()[..] else {
            panic!()
        };
        assert_eq!(over(wlan0, &routes), Ok(OTHER.into()));
        assert_eq!(
            over(ppp0, &routes).unwrap_err(),
            "there is no IPv4 default route by ppp0, so no router"
        );
    }

    #[test]
    fn a_line_without_a_gateway_has_no_router_in_front_of_this_host() {
        let routes = [by(3, Some(OTHER), 200, MAIN), by(4, None, 0, MAIN)];
        for error in [
            first(&links(), &routes).unwrap_err(),
            over(&links()[2], &routes).unwrap_err(),
        ] {
            assert!(error.contains("default route by ppp0 has"), "{error}");
        }
    }

    #[test]
    fn without_a_default_route_there_is_no_router() {
        for routes in [&[][..], &[by(3, Some(OTHER), 0, 100)]] {
            let error = first(&links(), routes).unwrap_err();
            assert_eq!(error, "there is no IPv4 default route, so no router");
        }
    }
}
