//! The handle: starting, stopping, waiting, looking back.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use sandbox::{Options, Sandbox, Service};

use crate::client::{shop, with_shop};

#[test]
fn two_sandboxes_are_independent_and_number_alike() {
    let (one, two) = (with_shop(), with_shop());
    assert_eq!(one.1, two.1);
    one.0
        .domeneshop()
        .add("example.com", "www", "A", "192.0.2.1", None);
    assert!(two.0.domeneshop().records("example.com").is_empty());
}

#[test]
fn a_sandbox_that_is_dropped_ends_its_connections() {
    let options = Options {
        idle_timeout: Duration::from_hours(1),
        ..Options::default()
    };
    let sandbox = Sandbox::with(options).unwrap();
    // Not by asking whether the port still listens: another test may have been given it since.
    let mut open = TcpStream::connect(sandbox.echo(1).addr()).unwrap();
    open.set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    open.write_all(b"GET / HTTP/1.1\r\nhost: echo\r\n\r\n")
        .unwrap();
    assert!(sandbox.wait_for(Service::Echo(1), 1, Duration::from_secs(10)));
    drop(sandbox);
    match open.read_to_end(&mut Vec::new()) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}

#[test]
fn a_port_that_is_taken_is_an_error_that_names_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let options = Options {
        domeneshop_port: Some(port),
        ..Options::default()
    };
    let error = Sandbox::with(options).unwrap_err();
    assert!(error.to_string().contains(&port.to_string()));
}

#[test]
fn one_that_listens_everywhere_is_reached_by_loopback() {
    let options = Options {
        bind: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        ..Options::default()
    };
    let sandbox = Sandbox::with(options).unwrap();
    assert!(sandbox.domeneshop().url().starts_with("http://127.0.0.1:"));
    assert!(sandbox.dns().addr().ip().is_loopback());
    assert_ne!(sandbox.echo(1).addr().port(), sandbox.echo(2).addr().port());
}

#[test]
fn wait_for_ends_when_the_request_has_come_or_the_time_has_gone() {
    let (sandbox, _) = with_shop();
    assert!(!sandbox.wait_for(Service::Domeneshop, 1, Duration::from_millis(10)));
    thread::scope(|scope| {
        let waiting =
            scope.spawn(|| sandbox.wait_for(Service::Domeneshop, 2, Duration::from_secs(10)));
        shop(&sandbox, "GET", "/domains", "");
        shop(&sandbox, "GET", "/domains", "");
        assert!(waiting.join().unwrap());
    });
    assert_eq!(sandbox.requests(Service::Domeneshop), 2);
}

#[test]
fn the_log_has_what_was_asked_and_answered() {
    let (sandbox, id) = with_shop();
    shop(
        &sandbox,
        "POST",
        &format!("/domains/{id}/dns?a=b%20c"),
        "{}",
    );
    let log = sandbox.log();
    let logged = &log[0];
    assert_eq!(logged.service, Service::Domeneshop);
    assert_eq!((&*logged.method, &*logged.body), ("POST", "{}"));
    assert_eq!(logged.path, format!("/v0/domains/{id}/dns"));
    assert_eq!(logged.query, [("a".to_owned(), "b c".to_owned())]);
    assert!(
        logged
            .header("authorization")
            .unwrap()
            .starts_with("Basic ")
    );
    assert_eq!(logged.status, Some(400));
    assert!(logged.peer.ip().is_loopback());
}

#[test]
fn entries_keep_their_numbers_when_the_log_is_cleared() {
    let (sandbox, _) = with_shop();
    shop(&sandbox, "GET", "/domains", "");
    let (first, next) = sandbox.log_from(0, Duration::ZERO);
    assert_eq!((first.len(), next), (1, 1));
    sandbox.clear_log();
    shop(&sandbox, "GET", "/nowhere", "");
    let (second, next) = sandbox.log_from(next, Duration::ZERO);
    assert_eq!((second.len(), next), (1, 2));
    assert_eq!(second[0].path, "/v0/nowhere");
}

#[test]
#[should_panic(expected = "no domain \"example.net\"")]
fn a_zone_that_does_not_exist_is_a_mistake_in_the_test() {
    let (sandbox, _) = with_shop();
    sandbox.domeneshop().records("example.net");
}

#[test]
fn a_kept_connection_shows_by_the_same_port() {
    let sandbox = Sandbox::start();
    let mut stream = TcpStream::connect(sandbox.echo(1).addr()).unwrap();
    for n in 1..=2 {
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: echo\r\n\r\n")
            .unwrap();
        assert!(sandbox.wait_for(Service::Echo(1), n, Duration::from_secs(10)));
    }
    crate::client::get(&sandbox.echo(1).url());
    let ports: Vec<u16> = sandbox.log().iter().map(|l| l.peer.port()).collect();
    assert_eq!(ports[0], ports[1]);
    assert_ne!(ports[1], ports[2]);
}

#[test]
fn a_sandbox_lives_and_ends_inside_a_runtime_as_well() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (sandbox, _) = with_shop();
        let addr = sandbox.echo(1).addr();
        tokio::net::TcpStream::connect(addr).await.unwrap();
        drop(sandbox);
    });
}
