use super::*;
use crate::netlink::message::{Link, decode};

fn address(text: &str, flags: u32, scope: u8) -> Address {
    Address {
        index: 2,
        addr: text.parse().unwrap(),
        flags,
        scope,
        preferred: 1800,
        valid: 3600,
    }
}

/// A default route by interface 2 as the kernel describes it.
fn route() -> Route {
    route_by(10, Some(2))
}

/// A default route of a family, `AF_INET` (2) or `AF_INET6` (10), by an interface.
fn route_by(family: u8, interface: Option<u8>) -> Route {
    let mut bytes = vec![0; 28];
    bytes[4] = 24;
    bytes[16] = family;
    bytes[23] = 1;
    // RTA_OIF
    bytes.extend(interface.iter().flat_map(|it| [8, 0, 4, 0, *it, 0, 0, 0]));
    bytes[0] = u8::try_from(bytes.len()).unwrap();
    match decode(&bytes).unwrap().remove(0).body {
        NetlinkBody::DefaultRoute(route) => route,
        other => panic!("{other:?}"),
    }
}

fn link(up: bool) -> Link {
    Link {
        index: 2,
        name: "wan0".into(),
        up,
    }
}

#[test]
fn each_message_of_a_life_changes_what_it_changes() {
    use NetlinkBody::{AddressGone, DefaultRoute, DefaultRouteGone, LinkGone, Other};
    let table = [
        (
            "a link appears",
            NetlinkBody::Link(link(false)),
            Some(NetworkEvent::Other),
        ),
        (
            "it comes up",
            NetlinkBody::Link(link(true)),
            Some(NetworkEvent::Other),
        ),
        ("statistics of a radio", NetlinkBody::Link(link(true)), None),
        (
            "a link-local address",
            NetlinkBody::Address(address("fe80::1", 0, 253)),
            None,
        ),
        (
            "an address that is being tried",
            NetlinkBody::Address(address("2a01::1", 0x40, 0)),
            None,
        ),
        (
            "and may be used now",
            NetlinkBody::Address(address("2a01::1", 0, 0)),
            Some(NetworkEvent::AddressAdded),
        ),
        (
            "the router announces it again",
            NetlinkBody::Address(address("2a01::1", 0, 0)),
            None,
        ),
        (
            "a default route",
            DefaultRoute(route()),
            Some(NetworkEvent::Rerouted),
        ),
        ("which is announced again", DefaultRoute(route()), None),
        (
            "and goes",
            DefaultRouteGone(route()),
            Some(NetworkEvent::Rerouted),
        ),
        (
            "the address is deprecated",
            NetlinkBody::Address(address("2a01::1", 0x20, 0)),
            Some(NetworkEvent::Rerouted),
        ),
        (
            "and goes, which is no news",
            AddressGone(address("2a01::1", 0x20, 0)),
            None,
        ),
        (
            "another one",
            NetlinkBody::Address(address("84.212.10.20", 0x80, 0)),
            Some(NetworkEvent::AddressAdded),
        ),
        (
            "goes without warning",
            AddressGone(address("84.212.10.20", 0x80, 0)),
            Some(NetworkEvent::Rerouted),
        ),
        (
            "the link goes",
            LinkGone(link(false)),
            Some(NetworkEvent::Other),
        ),
        ("twice", LinkGone(link(false)), None),
        ("something else", Other, None),
    ];
    let mut seen = NetworkState::default();
    for (what, body, change) in table {
        assert_eq!(seen.apply(&body), change, "{what}");
    }
}

#[test]
fn an_address_acts_at_once_unless_the_familys_default_routes_leave_by_other_interfaces() {
    let (four, six) = ("84.212.10.20", "2a01::1");
    let table: [(&str, &str, &[Route], NetworkEvent); 9] = [
        ("no route yet", four, &[], NetworkEvent::AddressAdded),
        (
            "its own",
            four,
            &[route_by(2, Some(2))],
            NetworkEvent::AddressAdded,
        ),
        (
            "another's",
            four,
            &[route_by(2, Some(3))],
            NetworkEvent::Rerouted,
        ),
        (
            "its own beside another's",
            four,
            &[route_by(2, Some(3)), route_by(2, Some(2))],
            NetworkEvent::AddressAdded,
        ),
        (
            "two others'",
            four,
            &[route_by(2, Some(3)), route_by(2, Some(4))],
            NetworkEvent::Rerouted,
        ),
        (
            "another's of the other family",
            four,
            &[route_by(10, Some(3))],
            NetworkEvent::AddressAdded,
        ),
        (
            "by several interfaces",
            four,
            &[route_by(2, None)],
            NetworkEvent::AddressAdded,
        ),
        (
            "IPv6 alike",
            six,
            &[route_by(10, Some(3))],
            NetworkEvent::Rerouted,
        ),
        (
            "IPv6, its own",
            six,
            &[route_by(10, Some(2))],
            NetworkEvent::AddressAdded,
        ),
    ];
    for (what, addr, routes, change) in table {
        let mut seen = NetworkState::default();
        for route in routes {
            seen.apply(&NetlinkBody::DefaultRoute(route.clone()));
        }
        let noted = seen.apply(&NetlinkBody::Address(address(addr, 0, 0)));
        assert_eq!(noted, Some(change), "{what}");
    }
}

#[test]
fn an_address_acts_at_once_again_when_the_other_interfaces_route_is_gone() {
    for gone in [
        NetlinkBody::DefaultRouteGone(route_by(2, Some(3))),
        NetlinkBody::Link(Link {
            index: 3,
            ..link(false)
        }),
    ] {
        let mut seen = NetworkState::default();
        seen.apply(&NetlinkBody::DefaultRoute(route_by(2, Some(3))));
        seen.apply(&gone);
        let noted = seen.apply(&NetlinkBody::Address(address("84.212.10.20", 0, 0)));
        assert_eq!(noted, Some(NetworkEvent::AddressAdded), "{gone:?}");
    }
}

#[test]
fn a_default_route_that_comes_back_with_its_link_is_news() {
    for gone in [
        NetlinkBody::Link(link(false)),
        NetlinkBody::LinkGone(link(false)),
        NetlinkBody::AddressGone(address("84.212.10.20", 0, 0)),
    ] {
        let mut seen = NetworkState::default();
        seen.apply(&NetlinkBody::DefaultRoute(route()));
        assert_eq!(seen.apply(&NetlinkBody::DefaultRoute(route())), None);
        seen.apply(&gone);
        let again = seen.apply(&NetlinkBody::DefaultRoute(route()));
        assert_eq!(again, Some(NetworkEvent::Rerouted), "{gone:?}");
    }
}

#[test]
fn an_old_ipv6_address_that_is_told_of_again_makes_no_route_news() {
    for told in [
        NetlinkBody::Address(address("2a01::1", 0x20, 0)),
        NetlinkBody::Address(address("fe80::1", 0x40, 253)),
        NetlinkBody::AddressGone(address("2a01::1", 0x20, 0)),
    ] {
        let mut seen = NetworkState::default();
        seen.apply(&NetlinkBody::DefaultRoute(route()));
        assert_eq!(seen.apply(&told), None, "{told:?}");
        assert_eq!(
            seen.apply(&NetlinkBody::DefaultRoute(route())),
            None,
            "{told:?}"
        );
    }
}

/// Interfaces 2 and 3, which run, with these addresses (temporary ones with flag 1), and what the
/// kernel selects.
fn network(addresses: &[(u32, &str, u32)], selected: Selected) -> NetworkState {
    let mut seen = NetworkState::default();
    for index in [2, 3] {
        seen.apply(&NetlinkBody::Link(Link {
            index,
            ..link(true)
        }));
    }
    for each in addresses {
        seen.apply(&NetlinkBody::Address(of_interface(*each)));
    }
    seen.follow(Some(selected));
    seen
}

fn of_interface((index, text, flags): (u32, &str, u32)) -> Address {
    Address {
        index,
        ..address(text, flags, 0)
    }
}

/// The kernel sends by this interface and from this address.
#[allow(clippy::unnecessary_wraps, reason = "an answer as the kernel gives it")]
fn by(interface: u32, source: &str) -> Option<SelectedRoute> {
    Some(SelectedRoute {
        interface: Some(interface),
        source: source.parse().ok(),
    })
}

/// What the row shows, the addresses, which of them goes, what the kernel selects before and
/// afterwards, and what that changes.
type MessageRow = (
    &'static str,
    &'static [(u32, &'static str, u32)],
    (u32, &'static str, u32),
    Option<SelectedRoute>,
    Option<SelectedRoute>,
    NetworkEvent,
);

const A: (u32, &str, u32) = (2, "84.212.10.20", 0);
const B: (u32, &str, u32) = (2, "84.212.20.20", 0);
const BESIDE: (u32, &str, u32) = (3, "84.1.1.1", 0);
const PRIVATE: (u32, &str, u32) = (2, "192.168.77.2", 0);
const STABLE: (u32, &str, u32) = (2, "2a01::1", 0);
const TEMPORARY: (u32, &str, u32) = (2, "2a01::2", 1);

#[test]
fn an_address_that_goes_acts_at_once_only_where_another_can_take_its_place() {
    use NetworkEvent::{AddressAdded, Other, Rerouted};
    let (by_a, by_b) = (by(2, A.1), by(2, B.1));
    let table: &[MessageRow] = &[
        (
            "made before it breaks",
            &[A, B],
            A,
            by_a,
            by_b,
            AddressAdded,
        ),
        (
            "though the kernel sends from neither",
            &[PRIVATE, A, B],
            A,
            by(2, PRIVATE.1),
            by(2, PRIVATE.1),
            AddressAdded,
        ),
        ("the only one", &[A], A, by_a, None, Rerouted),
        (
            "the only public one",
            &[PRIVATE, A],
            A,
            by(2, PRIVATE.1),
            by(2, PRIVATE.1),
            Rerouted,
        ),
        (
            "the other uplink takes over",
            &[A, BESIDE],
            A,
            by_a,
            by(3, BESIDE.1),
            AddressAdded,
        ),
        (
            "nothing leaves by the other interface",
            &[A, BESIDE],
            A,
            by_a,
            None,
            Rerouted,
        ),
        (
            "the other uplink loses its own",
            &[A, BESIDE],
            BESIDE,
            by_a,
            by_a,
            Rerouted,
        ),
        (
            "a private one beside a private one",
            &[PRIVATE, (2, "192.168.77.3", 0)],
            PRIVATE,
            by(2, PRIVATE.1),
            by(2, "192.168.77.3"),
            AddressAdded,
        ),
        (
            "the interface of the source is not the one it leaves by",
            &[(3, A.1, 0), (3, B.1, 0), PRIVATE],
            (3, A.1, 0),
            by(2, A.1),
            by(2, B.1),
            AddressAdded,
        ),
    ];
    for (what, addresses, gone, before, after, change) in table {
        let mut seen = network(addresses, [*before, None]);
        let noted = seen.apply(&NetlinkBody::AddressGone(of_interface(*gone)));
        let lost = if *gone == PRIVATE { Other } else { Rerouted };
        assert_eq!(noted, Some(lost), "{what}");
        let followed = seen.follow(Some([*after, None]));
        assert_eq!(noted.max(followed), Some(*change), "{what}");
        // Nothing has gone since.
        assert_eq!(seen.follow(Some([*after, None])), None, "{what}");
    }
}

#[test]
fn an_ipv6_address_that_goes_or_goes_out_of_use_is_replaced_by_a_stable_one_only() {
    let other_prefix = (2, "2a02::1", 0);
    for (what, addresses, gone, change) in [
        (
            "another prefix",
            [STABLE, other_prefix],
            STABLE,
            NetworkEvent::AddressAdded,
        ),
        (
            "a temporary one",
            [STABLE, TEMPORARY],
            STABLE,
            NetworkEvent::Rerouted,
        ),
        (
            "this way round",
            [STABLE, TEMPORARY],
            TEMPORARY,
            NetworkEvent::AddressAdded,
        ),
        (
            "of the other family",
            [STABLE, A],
            STABLE,
            NetworkEvent::Rerouted,
        ),
    ] {
        let deprecated = NetlinkBody::Address(of_interface((gone.0, gone.1, gone.2 | 0x20)));
        for message in [NetlinkBody::AddressGone(of_interface(gone)), deprecated] {
            let mut seen = network(&addresses, [by(2, A.1), by(2, STABLE.1)]);
            let noted = seen.apply(&message);
            let followed = seen.follow(Some([by(2, A.1), by(2, "2a02::1")]));
            assert_eq!(noted.max(followed), Some(change), "{what}: {message:?}");
        }
    }
}

#[test]
fn addresses_that_go_together_or_with_their_link_leave_nothing_that_takes_their_place() {
    let selected = [by(2, A.1), None];
    let mut together = network(&[A, B], selected);
    let mut with_link = network(&[A, B], selected);
    for each in [A, B] {
        together.apply(&NetlinkBody::AddressGone(of_interface(each)));
    }
    with_link.apply(&NetlinkBody::Link(link(false)));
    with_link.apply(&NetlinkBody::AddressGone(of_interface(A)));
    for seen in [&mut together, &mut with_link] {
        assert_eq!(
            seen.follow(Some([None, None])),
            Some(NetworkEvent::Rerouted)
        );
    }
}

#[test]
fn another_way_that_the_kernel_selects_is_news_once_and_settles() {
    let (first, second) = (by(2, A.1), by(3, BESIDE.1));
    let mut seen = network(&[A, BESIDE], [first, None]);
    // A policy rule or a route says nothing by itself.
    assert_eq!(seen.apply(&NetlinkBody::RoutingChanged), None);
    for (selected, news) in [
        ([first, None], None),
        ([second, None], Some(NetworkEvent::Rerouted)),
        ([second, None], None),
        ([second, by(2, STABLE.1)], Some(NetworkEvent::Rerouted)),
        ([first, by(2, STABLE.1)], Some(NetworkEvent::Rerouted)),
        ([None, None], Some(NetworkEvent::Rerouted)),
    ] {
        assert_eq!(seen.follow(Some(selected)), news, "{selected:?}");
    }
    // Where the kernel cannot be asked, a round looks.
    assert_eq!(seen.follow(None), Some(NetworkEvent::Rerouted));
}

#[test]
fn a_default_route_that_takes_the_place_of_another_and_gives_it_back_is_news_both_times() {
    let direct = Route::sample(&[(2, None)], 100, 254);
    let by_router = Route::sample(&[(2, Some([84, 212, 10, 1]))], 100, 254);
    let backup = Route::sample(&[(3, None)], 700, 254);
    let mut seen = NetworkState::default();
    for (route, news) in [
        (&direct, Some(NetworkEvent::Rerouted)),
        (&backup, Some(NetworkEvent::Rerouted)),
        (&by_router, Some(NetworkEvent::Rerouted)),
        (&direct, Some(NetworkEvent::Rerouted)),
        (&direct, None),
        (&backup, None),
    ] {
        let noted = seen.apply(&NetlinkBody::DefaultRoute(route.clone()));
        assert_eq!(noted, news, "{route:?}");
    }
}
