use std::net::{Ipv4Addr, UdpSocket as StdSocket};

use hickory_resolver::{
    config::LookupIpStrategy,
    proto::{
        op::{Message, MessageType, OpCode},
        rr::{RData, Record, rdata::A},
    },
};

use super::*;

fn parse(text: &str) -> SystemConfig {
    SystemConfig::parse(text.as_bytes(), |zone| match zone {
        "eth0" => Some(2),
        "br-lan" => Some(3),
        "eth0.7" => Some(4),
        number => number.parse().ok(),
    })
}

/// Where a server is asked: as its sockets see it.
fn places(config: &SystemConfig) -> Vec<SocketAddr> {
    let places = config.servers.iter().map(|server| {
        let from = server
            .connections
            .iter()
            .map(|it| it.bind_addr.and_then(link));
        let scopes: Vec<_> = from.collect();
        assert!(
            scopes.windows(2).all(|it| it[0] == it[1]),
            "UDP and TCP alike"
        );
        let place = SocketAddr::new(server.ip, 53);
        scopes[0].map_or(place, |scope| over(place, scope))
    });
    places.collect()
}

#[test]
fn the_link_of_a_server_is_kept_by_whatever_name() {
    let config = parse(
        "# nameserver 192.0.2.9\n; nameserver 192.0.2.9\nnameserver fe80::1%eth0\n\tnameserver fe80::1%br-lan # LAN\n\
         nameserver fe80::2%eth0.7\nnameserver fe80::3%7\nnameserver fe80::4%gone0\nnameserver 192.0.2.1\n\
         nameserver 2001:db8::1\nnameserver nonsense\nnameserver\nnameservers 192.0.2.9\n",
    );
    let expected = [
        "[fe80::1%2]:53",
        "[fe80::1%3]:53",
        "[fe80::2%4]:53",
        "[fe80::3%7]:53",
        "192.0.2.1:53",
        "[2001:db8::1]:53",
    ];
    assert_eq!(places(&config), expected.map(|it| it.parse().unwrap()));
}

#[test]
fn the_loopback_link_has_a_number_and_one_that_is_not_there_has_none() {
    assert_eq!(scope_of("lo"), Some(1));
    assert_eq!(scope_of("7"), Some(7));
    assert_eq!(scope_of("gone0"), None);
}

#[test]
fn search_domains_and_options_are_read_and_a_broken_one_costs_only_itself() {
    let config = parse(
        "nameserver 192.0.2.1\nsearch default.svc.cluster.local a..b svc.cluster.local\noptions ndots:5 timeout:3 attempts:4\n",
    );
    let search: Vec<_> = config.search.iter().map(ToString::to_string).collect();
    assert_eq!(search, ["default.svc.cluster.local.", "svc.cluster.local."]);
    let options = &config.options;
    assert_eq!(
        (options.ndots, options.timeout.as_secs(), options.attempts),
        (5, 3, 4)
    );
}

#[test]
fn options_that_no_look_up_could_succeed_or_end_with_are_brought_within_limits() {
    for (options, seconds, attempts) in [
        ("timeout:0 attempts:0", 1, 1),
        ("timeout:4000000000 attempts:4000000000", 30, 5),
    ] {
        let config = parse(&format!("nameserver 192.0.2.1\noptions {options}\n"));
        let options = &config.options;
        assert_eq!(
            (options.timeout.as_secs(), options.attempts),
            (seconds, attempts)
        );
    }
}

#[test]
fn a_file_that_is_missing_or_names_no_server_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("resolv.conf");
    let name = path.display().to_string();
    let why = |path: &Path| SystemConfig::read(path).map(|_| ()).unwrap_err();
    assert!(why(&path).starts_with(&format!("{name} could not be read: No such file")));
    std::fs::write(&path, "search example.com\n").unwrap();
    assert_eq!(why(&path), format!("{name} names no DNS server"));
    assert!(why(dir.path()).contains("could not be read"));
}

/// Answers every question whose name ends so with an address, over and over: a wildcard.
async fn wildcard(socket: UdpSocket, end: &str, addr: Ipv4Addr) {
    let mut bytes = [0; 1024];
    loop {
        let (length, from) = socket.recv_from(&mut bytes).await.unwrap();
        let asked = Message::from_vec(&bytes[..length]).unwrap();
        let query = asked.queries[0].clone();
        let mut message = Message::new(asked.id, MessageType::Response, OpCode::Query);
        if query.name().to_lowercase().to_string().ends_with(end) {
            let data = RData::A(A(addr));
            message.add_answer(Record::from_rdata(query.name().clone(), 60, data));
        } else {
            message.metadata.response_code = hickory_resolver::proto::op::ResponseCode::NXDomain;
        }
        message.add_query(query);
        let _ = socket.send_to(&message.to_vec().unwrap(), from).await;
    }
}

#[tokio::test]
async fn a_wildcard_in_a_search_domain_captures_no_absolute_name() {
    let socket = StdSocket::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    let port = socket.local_addr().unwrap().port();
    let server = wildcard(
        UdpSocket::from_std(socket).unwrap(),
        ".cluster.local.",
        [192, 0, 2, 66].into(),
    );
    let asked = async {
        for (names, asked, found) in [
            (LookupNames::Absolute, "api.domeneshop.no.", false),
            (LookupNames::Absolute, "api.domeneshop.no", false),
            (LookupNames::Searched, "proxy", true),
        ] {
            let mut config = parse(
                "nameserver 127.0.0.1\nsearch svc.cluster.local cluster.local\noptions ndots:5\n",
            );
            for connection in config.servers.iter_mut().flat_map(|it| &mut it.connections) {
                connection.port = port;
            }
            let resolver = config.resolver(names, |options| {
                options.ip_strategy = LookupIpStrategy::Ipv4Only;
            });
            let answer = resolver.unwrap().lookup_ip(asked).await;
            assert_eq!(answer.is_ok(), found, "{asked}: {answer:?}");
        }
    };
    tokio::select! {
        () = server => {}
        () = asked => {}
    }
}

#[tokio::test]
async fn datagrams_and_connections_go_over_the_link_that_is_named() {
    // There is no such link, so that nothing leaves. Without its number the kernel may take another one.
    let sockets = ScopedSockets {
        scope: Some(999_999),
        ..ScopedSockets::default()
    };
    let server: SocketAddr = "[fe80::1]:53".parse().unwrap();
    let any = "[::]:0".parse().unwrap();
    let socket = sockets.bind_udp(any, server).await.unwrap();
    assert!(socket.send_to(b"x", server).await.is_err());
    let soon = Some(Duration::from_secs(5));
    let connected = sockets.connect_tcp(server, None, soon).await;
    let error = connected.map(|_| ()).unwrap_err();
    assert_ne!(error.kind(), io::ErrorKind::TimedOut, "{error}");
}

#[tokio::test]
async fn a_resolver_asks_a_link_local_server_over_its_own_link_only() {
    let mut config = parse("nameserver fe80::1%999999\noptions timeout:1 attempts:1\n");
    config.servers.truncate(1);
    let resolver = config.resolver(LookupNames::Absolute, |options| {
        options.ip_strategy = LookupIpStrategy::Ipv4Only;
    });
    // Sent nowhere, it fails at once; over another link it would be waited for.
    let error = resolver.unwrap().lookup_ip("api.domeneshop.no.").await;
    let error = error.map(|_| ()).unwrap_err();
    assert!(!matches!(error, NetError::Timeout), "{error}");
}
