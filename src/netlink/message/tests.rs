use proptest::prelude::*;

use super::*;
use crate::core::address::family::Family;

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(u16::try_from(value.len() + 4).unwrap().to_ne_bytes());
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(value);
    bytes.resize(aligned(bytes.len()), 0);
    bytes
}

fn message(kind: u16, fixed: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let payload = [fixed, &attributes.concat()].concat();
    let mut bytes = Vec::new();
    bytes.extend(u32::try_from(payload.len() + 16).unwrap().to_ne_bytes());
    bytes.extend(kind.to_ne_bytes());
    bytes.extend([0, 0]);
    bytes.extend(7_u32.to_ne_bytes());
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|it| it.to_ne_bytes()).collect()
}

/// An IPv6 address of interface 2: flags in the header and in full, lifetimes.
fn v6(kind: u16, scope: u8, flags: u32) -> Vec<u8> {
    let fixed = [&[INET6, 64, 0x80, scope][..], &numbers(&[2])].concat();
    let addr: Ipv6Addr = "2a01:79c::1".parse().unwrap();
    let attributes = [
        attribute(1, &addr.octets()),
        attribute(6, &numbers(&[1800, 3600, 0, 0])),
        attribute(8, &numbers(&[flags])),
    ];
    message(kind, &fixed, &attributes)
}

/// A line between two points: the other end, and us.
fn ppp() -> Vec<u8> {
    let fixed = [&[INET, 32, 0x80, 0][..], &numbers(&[9])].concat();
    let attributes = [
        attribute(1, &[10, 0, 0, 1]),
        attribute(2, &[84, 212, 10, 20]),
        attribute(3, b"ppp0\0"),
    ];
    message(NEW_ADDR, &fixed, &attributes)
}

fn a_link(family: u8, flags: u32) -> Vec<u8> {
    let fixed = [&[family, 0, 1, 0][..], &numbers(&[2, flags, 0])].concat();
    message(NEW_LINK, &fixed, &[attribute(3, b"wan0\0")])
}

fn route(length: u8, kind: u8) -> Vec<u8> {
    let fixed = [INET, length, 0, 0, 254, 3, 0, kind, 0, 0, 0, 0];
    message(NEW_ROUTE, &fixed, &[])
}

fn only(bytes: &[u8]) -> NetlinkBody {
    let [one] = &decode(bytes).unwrap()[..] else {
        panic!("more than one")
    };
    assert_eq!(one.sequence, 7);
    one.body.clone()
}

#[test]
fn an_address_has_all_its_flags_and_lifetimes() {
    let NetlinkBody::Address(address) = only(&v6(NEW_ADDR, 0, 0x301)) else {
        panic!()
    };
    assert_eq!(address.addr.to_string(), "2a01:79c::1");
    assert_eq!((address.index, address.flags), (2, 0x301));
    assert_eq!((address.preferred, address.valid), (1800, 3600));
    assert!(address.is_temporary() && address.is_global() && !address.is_unusable());
    let gone = only(&v6(DEL_ADDR, 253, 0x40));
    let NetlinkBody::AddressGone(address) = gone else {
        panic!("{gone:?}")
    };
    assert!(address.is_unusable() && !address.is_global() && !address.is_temporary());
}

#[test]
fn an_address_whose_preferred_time_is_over_is_not_used() {
    for (flags, preferred, unusable) in [
        (0x80, INFINITE_LIFETIME, false),
        (0x80, 1, false),
        (0x80, 0, true),
        (DEPRECATED, 1, true),
        (TENTATIVE, 1, true),
        (DAD_FAILED, 1, true),
    ] {
        let address = Address {
            index: 1,
            addr: "2a01::1".parse().unwrap(),
            flags,
            scope: 0,
            preferred,
            valid: INFINITE_LIFETIME,
        };
        assert_eq!(address.is_unusable(), unusable, "{address:?}");
    }
}

#[test]
fn of_a_line_between_two_points_our_end_is_ours() {
    let NetlinkBody::Address(address) = only(&ppp()) else {
        panic!()
    };
    assert_eq!(address.addr.to_string(), "84.212.10.20");
    assert_eq!(address.preferred, INFINITE_LIFETIME);
}

#[test]
fn a_link_is_up_when_it_runs() {
    for (flags, up) in [(0x41, true), (0x01, false), (0x40, false)] {
        let expected = Link {
            index: 2,
            name: "wan0".into(),
            up,
        };
        assert_eq!(only(&a_link(0, flags)), NetlinkBody::Link(expected));
    }
    assert_eq!(
        only(&a_link(7, 0x41)),
        NetlinkBody::Other,
        "a bridge's port"
    );
}

/// A default route that leaves by several interfaces, each hop with a gateway.
fn by_several(interfaces: &[u32]) -> Vec<u8> {
    let hop = |index: &u32| {
        let gateway = attribute(5, &[84, 212, 10, u8::try_from(*index).unwrap()]);
        let length = u16::try_from(8 + gateway.len()).unwrap();
        let head = [&length.to_ne_bytes()[..], &[0, 0], &index.to_ne_bytes()].concat();
        [head, gateway].concat()
    };
    let fixed = [INET, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0];
    let hops: Vec<u8> = interfaces.iter().flat_map(hop).collect();
    message(NEW_ROUTE, &fixed, &[attribute(9, &hops)])
}

#[test]
fn a_route_by_several_interfaces_leaves_by_each_of_them() {
    let NetlinkBody::DefaultRoute(route) = only(&by_several(&[2, 9])) else {
        panic!()
    };
    assert_eq!([1, 2, 9].map(|it| route.leaves_by(it)), [false, true, true]);
    let elsewhere = [1, 2, 9].map(|it| route.leaves_elsewhere(it));
    assert_eq!(elsewhere, [true, false, false]);
    let by = [1, 2, 9].map(|it| route.gateway_by(it));
    assert_eq!(
        by,
        [
            None,
            Some([84, 212, 10, 2].into()),
            Some([84, 212, 10, 9].into())
        ]
    );
    assert_eq!(route.gateways().count(), 2);
    assert_eq!(route.family(), Family::V4);
    assert!(route.is_in_main_table());
    let mut broken = by_several(&[2]);
    let length = 16 + 12 + 4;
    for (hop, wrong) in [(0_u16, "endless"), (7, "short"), (200, "long")] {
        broken[length..length + 2].copy_from_slice(&hop.to_ne_bytes());
        assert!(decode(&broken).is_err(), "{wrong}");
    }
}

#[test]
fn a_list_that_broke_off_is_no_list() {
    for (payload, body) in [
        (&[][..], NetlinkBody::Done),
        (&0_i32.to_ne_bytes(), NetlinkBody::Done),
        (&(-90_i32).to_ne_bytes(), NetlinkBody::Error(-90)),
    ] {
        assert_eq!(only(&message(DONE, payload, &[])), body);
    }
}

#[test]
fn a_route_may_say_from_which_address_its_traffic_comes() {
    let fixed = [INET, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0];
    let bytes = message(NEW_ROUTE, &fixed, &[attribute(7, &[84, 212, 10, 20])]);
    let NetlinkBody::DefaultRoute(route) = only(&bytes) else {
        panic!()
    };
    let prefers = |last| route.prefers([84, 212, 10, last].into());
    assert_eq!([prefers(20), prefers(21)], [true, false]);
}

#[test]
fn of_routes_only_default_ones_matter() {
    assert!(matches!(only(&route(0, 1)), NetlinkBody::DefaultRoute(_)));
    assert_eq!(only(&route(24, 1)), NetlinkBody::Other);
    assert!(
        !matches!(only(&route(0, 7)), NetlinkBody::DefaultRoute(_)),
        "unreachable"
    );
}

/// A message about a route to `destination` (with so many bits of it), of this kind (`RTN_*`).
fn route_to(message_kind: u16, destination: &str, bits: u8, kind: u8) -> Vec<u8> {
    let (family, octets) = match destination.parse().unwrap() {
        IpAddr::V4(addr) => (INET, addr.octets().to_vec()),
        IpAddr::V6(addr) => (INET6, addr.octets().to_vec()),
    };
    let fixed = [family, bits, 0, 0, 254, 3, 0, kind, 0, 0, 0, 0];
    let attributes = [
        attribute(1, &octets),
        attribute(4, &numbers(&[9])),
        attribute(7, &octets),
    ];
    message(message_kind, &fixed, &attributes)
}

#[test]
fn what_decides_the_way_to_the_destination_is_told_from_everything_else() {
    for (destination, bits, kind, body) in [
        ("0.0.0.0", 0, 7, NetlinkBody::RoutingChanged),
        ("128.0.0.0", 1, 1, NetlinkBody::RoutingChanged),
        ("192.0.0.0", 2, 8, NetlinkBody::RoutingChanged),
        ("0.0.0.0", 1, 1, NetlinkBody::Other),
        ("193.0.14.128", 31, 1, NetlinkBody::RoutingChanged),
        ("193.0.14.128", 32, 1, NetlinkBody::Other),
        ("193.0.14.129", 32, 7, NetlinkBody::RoutingChanged),
        ("2000::", 3, 1, NetlinkBody::RoutingChanged),
        ("2001:7fd::", 32, 1, NetlinkBody::RoutingChanged),
        ("2001:7fe::", 32, 1, NetlinkBody::Other),
        ("fe80::", 64, 1, NetlinkBody::Other),
        ("2001:7fd::1", 128, 8, NetlinkBody::RoutingChanged),
    ] {
        for message_kind in [NEW_ROUTE, DEL_ROUTE] {
            let seen = only(&route_to(message_kind, destination, bits, kind));
            assert_eq!(seen, body, "{destination}/{bits}, kind {kind}");
        }
    }
    for rule in [NEW_RULE, DEL_RULE] {
        let fixed = [INET, 0, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0];
        assert_eq!(
            only(&message(rule, &fixed, &[])),
            NetlinkBody::RoutingChanged
        );
    }
}

#[test]
fn the_selected_route_has_its_interface_and_the_address_that_is_sent_from() {
    for destination in ["193.0.14.129", "2001:7fd::1"] {
        let addr: IpAddr = destination.parse().unwrap();
        let bits = if addr.is_ipv4() { 32 } else { 128 };
        let selected = SelectedRoute {
            interface: Some(9),
            source: Some(addr),
        };
        let answer = route_to(NEW_ROUTE, destination, bits, 1);
        assert_eq!(only(&answer), NetlinkBody::SelectedRoute(selected));
        let gone = route_to(DEL_ROUTE, destination, bits, 1);
        assert_eq!(only(&gone), NetlinkBody::RoutingChanged);
        let fixed = answer[16..28].to_vec();
        let octets = answer[32..32 + usize::from(bits / 8)].to_vec();
        let bare = message(NEW_ROUTE, &fixed, &[attribute(1, &octets)]);
        let nothing = SelectedRoute {
            interface: None,
            source: None,
        };
        assert_eq!(only(&bare), NetlinkBody::SelectedRoute(nothing));
    }
}

#[test]
fn the_question_which_route_is_selected_is_what_the_kernel_reads() {
    let bound = [
        &numbers(&[44])[..],
        &[26, 0, 1, 0],
        &numbers(&[7, 0]),
        &[INET, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &[8, 0, 1, 0, 193, 0, 14, 129],
        &[8, 0, 4, 0],
        &numbers(&[3]),
    ];
    if cfg!(target_endian = "little") {
        assert_eq!(route_request(Family::V4, Some(3), 7), bound.concat());
        let free = [
            &numbers(&[48])[..],
            &[26, 0, 1, 0],
            &numbers(&[8, 0]),
            &[INET6, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[
                20, 0, 1, 0, 0x20, 1, 7, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
            ],
        ];
        assert_eq!(route_request(Family::V6, None, 8), free.concat());
    }
}

#[test]
fn the_destination_that_is_asked_about_may_be_published_by_anybody() {
    use crate::core::address::policy::PublishPolicy;
    for family in Family::ALL {
        let request = route_request(family, None, 1);
        let addr = ip(request[16], &request[32..]).unwrap();
        assert!(
            PublishPolicy::default().check(family, addr).is_ok(),
            "{addr}"
        );
    }
}

#[test]
fn a_datagram_may_hold_several_messages() {
    let both = [ppp(), message(DONE, &[0; 4], &[])].concat();
    let bodies: Vec<_> = decode(&both)
        .unwrap()
        .into_iter()
        .map(|it| it.body)
        .collect();
    assert!(matches!(
        bodies[..],
        [NetlinkBody::Address(_), NetlinkBody::Done]
    ));
    assert_eq!(
        only(&message(ERROR, &(-1_i32).to_ne_bytes(), &[])),
        NetlinkBody::Error(-1)
    );
}

#[test]
fn a_message_cut_anywhere_is_refused() {
    for whole in [
        ppp(),
        v6(NEW_ADDR, 0, 0),
        a_link(0, 0x41),
        route(0, 1),
        by_several(&[2, 9]),
        route_to(NEW_ROUTE, "193.0.14.129", 32, 1),
        route_to(NEW_ROUTE, "2000::", 3, 1),
    ] {
        for end in 1..whole.len() {
            assert_eq!(decode(&whole[..end]), Err(Malformed), "cut at {end}");
            // The same with a length that is true of what is left.
            let mut cut = whole[..end].to_vec();
            if let Some(length) = cut.get_mut(..4) {
                length.copy_from_slice(&u32::try_from(end).unwrap().to_ne_bytes());
            }
            let _ = decode(&cut);
        }
    }
    assert_eq!(decode(&[]), Ok(Vec::new()));
}

#[test]
fn lengths_that_lie_are_refused() {
    let table = [
        ("no length at all", numbers(&[0, 20, 0, 0])),
        ("shorter than a header", numbers(&[15, 20, 0, 0])),
        ("longer than there is", numbers(&[17, 20, 0, 0])),
        ("longer than anything", numbers(&[u32::MAX, 20, 0, 0])),
        (
            "an attribute without length",
            message(NEW_LINK, &[0; 16], &[vec![0; 4]]),
        ),
        (
            "an attribute longer than there is",
            message(NEW_LINK, &[0; 16], &[vec![9, 9, 3, 0]]),
        ),
        (
            "an IPv4 address of five bytes",
            message(
                NEW_ADDR,
                &[INET, 32, 0, 0, 1, 0, 0, 0],
                &[attribute(2, &[1, 2, 3, 4, 5])],
            ),
        ),
        (
            "an address message without an address",
            message(NEW_ADDR, &[INET, 32, 0, 0, 1, 0, 0, 0], &[]),
        ),
        (
            "a lifetime that is cut",
            message(
                NEW_ADDR,
                &[INET, 32, 0, 0, 1, 0, 0, 0],
                &[attribute(2, &[1, 2, 3, 4]), attribute(6, &[0; 7])],
            ),
        ),
    ];
    for (what, bytes) in table {
        assert_eq!(decode(&bytes), Err(Malformed), "{what}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = decode(&bytes);
    }

    #[test]
    fn nor_does_any_payload(
        kind in 0_u16..30,
        payload in prop::collection::vec(any::<u8>(), 0..256),
    ) {
        let _ = decode(&message(kind, &payload, &[]));
    }

    #[test]
    fn nor_a_true_message_with_wrong_bytes_in_it(
        at in prop::collection::vec((0_usize..80, any::<u8>()), 1..4),
    ) {
        for mut bytes in [ppp(), v6(NEW_ADDR, 0, 0), a_link(0, 0x41)] {
            for (at, byte) in &at {
                if let Some(it) = bytes.get_mut(*at) {
                    *it = *byte;
                }
            }
            let _ = decode(&bytes);
        }
    }
}
