//! The router in front of this host: the gateway of its IPv4 default route.

use std::net::Ipv4Addr;

use super::kernel::{IPV4_ROUTES, usable_route};

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

/// The router that this host's traffic leaves by now, or what leaves by one interface.
pub(super) fn gateway(interface: Option<&str>) -> Result<Ipv4Addr, String> {
    first(&table()?, interface)
}

/// Whether an address is that of a router in front of this host, by whatever interface.
pub fn is_gateway(addr: Ipv4Addr) -> bool {
    let routes = table().map(|text| default_routes(&text));
    let mut routes = routes.unwrap_or_default().into_iter();
    routes.any(|route| route.gateway == Some(addr))
}

fn first(text: &str, interface: Option<&str>) -> Result<Ipv4Addr, String> {
    let routes = default_routes(text).into_iter();
    let fitting = routes.filter(|route| interface.is_none_or(|name| route.interface == name));
    match fitting.min_by_key(|route| route.metric) {
        Some(DefaultRoute {
            gateway: Some(gateway),
            ..
        }) => Ok(gateway),
        Some(route) => Err(format!(
            "there is no router in front of this host: its default route by {} has no gateway (the \
             source `interface` has the address)",
            route.interface
        )),
        None => Err(match interface {
            Some(name) => format!("there is no IPv4 default route by {name}, so no router"),
            None => "there is no IPv4 default route, so no router".to_owned(),
        }),
    }
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
        assert_eq!(first(&text, None), Ok(Ipv4Addr::new(192, 168, 77, 1)));
        assert_eq!(
            first(&text, Some("wlan0")),
            Ok(Ipv4Addr::new(192, 168, 7, 1))
        );
        let dead = first(&text, Some("dead0")).unwrap_err();
        assert_eq!(
            dead,
            "there is no IPv4 default route by dead0, so no router"
        );
    }

    #[test]
    fn a_line_without_a_gateway_has_no_router_in_front_of_this_host() {
        let wifi = route("wlan0", [192, 168, 7, 1], "0003", 600);
        let text = [HEAD, &wifi, &route("ppp0", [0; 4], "0001", 0)].concat();
        let error = first(&text, None).unwrap_err();
        assert!(error.contains("default route by ppp0"), "{error}");
        assert!(first(&text, Some("wlan0")).is_ok());
    }

    #[test]
    fn without_a_default_route_there_is_no_router() {
        for text in ["", HEAD, "garbage\n\u{0}\n"] {
            let error = first(text, None).unwrap_err();
            assert_eq!(error, "there is no IPv4 default route, so no router");
        }
    }
}
