//! The router in front of this host: the gateway of its IPv4 default route.

use std::net::{IpAddr, Ipv4Addr};

use super::kernel::{IPV4_ROUTES, usable_route};
use crate::{
    core::{addr::Family, vantage::Interface},
    netlink,
};

/// A usable IPv4 default route.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct DefaultRoute {
    /// The interface it leaves by.
    pub(super) interface: String,
    /// The router; none where the link has but two ends, as with PPP.
    gateway: Option<Ipv4Addr>,
    /// The kernel takes the route with the lowest.
    metric: u32,
}

/// The default routes in `/proc/net/route`: name, destination, gateway, flags, two counters, metric,
/// mask. Addresses are the number that their bytes make in this machine's order.
pub(super) fn default_routes(text: &str) -> Vec<DefaultRoute> {
    let lines = text.lines().skip(1).filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let [
            name,
            "00000000",
            gateway,
            flags,
            _,
            _,
            metric,
            "00000000",
            ..,
        ] = fields[..]
        else {
            return None;
        };
        let gateway = u32::from_str_radix(gateway, 16).ok()?;
        let gateway = Ipv4Addr::from(gateway.to_ne_bytes());
        usable_route(flags).then(|| DefaultRoute {
            interface: name.to_owned(),
            gateway: Some(gateway).filter(|it| !it.is_unspecified()),
            metric: metric.parse().unwrap_or(u32::MAX),
        })
    });
    lines.collect()
}

fn table() -> Result<String, String> {
    std::fs::read_to_string(IPV4_ROUTES)
        .map_err(|error| format!("the kernel's routes could not be read: {error}"))
}

/// The router that this host's traffic leaves by now, or what is bound to one interface.
pub(super) fn gateway(interface: Option<&Interface>) -> Result<Ipv4Addr, String> {
    match interface {
        None => first(&table()?),
        Some(interface) => over(interface),
    }
}

/// Whether an address is that of a router in front of this host, by whatever interface and table.
pub fn is_gateway(addr: Ipv4Addr) -> bool {
    let routes = netlink::default_routes().unwrap_or_default();
    routes
        .iter()
        .any(|route| route.gateway() == Some(addr.into()))
}

fn first(text: &str) -> Result<Ipv4Addr, String> {
    let routes = default_routes(text).into_iter();
    match routes.min_by_key(|route| route.metric) {
        Some(DefaultRoute {
            gateway: Some(gateway),
            ..
        }) => Ok(gateway),
        Some(route) => Err(no_gateway(&route.interface)),
        None => Err("there is no IPv4 default route, so no router".to_owned()),
    }
}

/// The router that an interface's default route leads to, in whatever table it stands: packets that
/// are bound to the interface are routed by its own, if it has one.
fn over(interface: &Interface) -> Result<Ipv4Addr, String> {
    let unreadable = |error| format!("the kernel's routes could not be read: {error}");
    let links = netlink::links().map_err(unreadable)?;
    let link = links.iter().find(|it| it.name == interface.name());
    let link = link.ok_or_else(|| format!("there is no interface `{interface}`"))?;
    let routes = netlink::default_routes().map_err(unreadable)?;
    let fitting = routes
        .iter()
        .filter(|it| it.family() == Family::V4 && it.leaves_by(link.index));
    match fitting.min_by_key(|it| it.priority()) {
        None => Err(format!(
            "there is no IPv4 default route by {interface}, so no router"
        )),
        Some(route) => match route.gateway() {
            Some(IpAddr::V4(gateway)) => Ok(gateway),
            _ => Err(no_gateway(interface.name())),
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

    const HEAD: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n";

    fn route(name: &str, gateway: [u8; 4], flags: &str, metric: u32) -> String {
        let gateway = u32::from_ne_bytes(gateway);
        format!("{name}\t00000000\t{gateway:08X}\t{flags}\t0\t0\t{metric}\t00000000\t0\t0\t0\n")
    }

    #[test]
    fn the_router_is_the_gateway_of_the_default_route_with_the_lowest_metric() {
        let text = [
            HEAD,
            "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
            &route("dead0", [192, 0, 2, 9], "0200", 1),
            &route("wlan0", [192, 168, 7, 1], "0003", 600),
            &route("eth0", [192, 168, 77, 1], "0003", 100),
        ];
        let text = text.concat();
        assert_eq!(first(&text), Ok(Ipv4Addr::new(192, 168, 77, 1)));
    }

    #[test]
    fn a_line_without_a_gateway_has_no_router_in_front_of_this_host() {
        let wifi = route("wlan0", [192, 168, 7, 1], "0003", 600);
        let text = [HEAD, &wifi, &route("ppp0", [0; 4], "0001", 0)].concat();
        let error = first(&text).unwrap_err();
        assert!(error.contains("default route by ppp0"), "{error}");
    }

    #[test]
    fn without_a_default_route_there_is_no_router() {
        for text in ["", HEAD, "garbage\n\u{0}\n"] {
            let error = first(text).unwrap_err();
            assert_eq!(error, "there is no IPv4 default route, so no router");
        }
    }

    #[test]
    fn an_interface_that_is_not_there_or_leads_nowhere_is_named() {
        let over = |name: &str| over(&name.parse().unwrap()).unwrap_err();
        assert_eq!(over("gone0"), "there is no interface `gone0`");
        assert_eq!(
            over("lo"),
            "there is no IPv4 default route by lo, so no router"
        );
    }
}
