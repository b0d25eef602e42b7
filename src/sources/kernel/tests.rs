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
    let acceptance = PublishPolicy::default();
    let view = |addresses: &[&str], default_route| NetworkSnapshot {
        addresses: addresses.iter().map(|it| address(it)).collect(),
        default_route,
        egress: [None, None],
        router: Err(String::new()),
    };
    let absent = |view: &NetworkSnapshot| view.of(Family::V6, &acceptance).is_absent();
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
        local.of(Family::V4, &acceptance).is_absent(),
        "a bridge is no network"
    );
}

const MAIN: u32 = 254;

/// Interfaces eth0 and wg0, numbers 2 and 3, with an address of each family, and these routes.
fn tables(routes: Vec<Route>) -> KernelTables {
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
        preferred: INFINITE_LIFETIME,
        valid: INFINITE_LIFETIME,
    };
    let texts = [
        (2, "84.212.10.20"),
        (2, "2a01::2"),
        (3, "84.212.10.30"),
        (3, "2a01::3"),
    ];
    KernelTables {
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
fn routed(view: &NetworkSnapshot) -> Vec<String> {
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
    let missing = UplinkError::Missing("gone0".parse().unwrap());
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
    let over = |tables: &KernelTables| tables.over(&"wg0".parse().unwrap()).unwrap();
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
    let one = |tables: &KernelTables| tables.all().addresses[0].clone();
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
    let view = NetworkSnapshot::take().unwrap();
    assert!(
        view.addresses
            .iter()
            .any(|it| it.addr.is_loopback() && it.interface == "lo")
    );
}

#[test]
fn one_interface_is_seen_alone_and_one_that_is_not_there_is_unknown() {
    let view = NetworkSnapshot::over(&"lo".parse().unwrap()).unwrap();
    assert!(!view.addresses.is_empty());
    assert!(view.addresses.iter().all(|it| it.interface == "lo"));
    let gone = NetworkSnapshot::over(&"gone0".parse().unwrap()).unwrap_err();
    assert_eq!(gone.to_string(), "there is no interface `gone0`");
}
