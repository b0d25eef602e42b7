//! When connections end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use sandbox::{Options, Sandbox, Service, Site};

/// Longer than anything here takes, and shorter than the idle time of a sandbox that is not to end a connection for that.
const TEST_TIMEOUT: Duration = Duration::from_secs(30);

fn with_idle_timeout(idle_timeout: Duration) -> Sandbox {
    let sandbox = Sandbox::with(Options {
        idle_timeout,
        ..Options::default()
    });
    let sandbox = sandbox.unwrap();
    sandbox.echo(1).answer("192.0.2.1");
    sandbox
}

fn connect(url: &str) -> TcpStream {
    let host = url.strip_prefix("http://").unwrap();
    let host = host.split('/').next().unwrap();
    let stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(TEST_TIMEOUT)).unwrap();
    stream
}

/// All that comes until the connection ends.
fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// Reads one answer, which ends with these words, and leaves the connection open.
fn read_answer(stream: &mut TcpStream, last: &str) -> String {
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(last.as_bytes()) {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "{answer:?}");
        answer.extend(byte);
    }
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_connection_on_which_nothing_comes_is_closed_by_every_service() {
    let sandbox = with_idle_timeout(Duration::from_millis(200));
    for url in [
        sandbox.domeneshop().url(),
        sandbox.dnspod(Site::International).url(),
        sandbox.dnspod(Site::China).url(),
        sandbox.echo(1).url(),
        sandbox.control_url(),
    ] {
        assert_eq!(rest(connect(&url)), "", "{url}");
    }
}

#[test]
fn a_connection_that_is_idle_after_an_answer_is_closed_and_the_answer_is_whole() {
    let sandbox = with_idle_timeout(Duration::from_millis(200));
    let mut stream = connect(&sandbox.echo(1).url());
    // As inadyn asks Domeneshop: HTTP/1.1, and nothing about the connection.
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: echo\r\n\r\n")
        .unwrap();
    let answer = rest(stream);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.ends_with("192.0.2.1\n"), "{answer}");
    assert!(sandbox.settle(TEST_TIMEOUT));
}

#[test]
fn a_connection_carries_several_requests() {
    let sandbox = with_idle_timeout(Duration::from_hours(1));
    let mut stream = connect(&sandbox.echo(1).url());
    for _ in 0..3 {
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: echo\r\n\r\n")
            .unwrap();
        read_answer(&mut stream, "192.0.2.1\n");
    }
    let log = sandbox.log();
    assert_eq!(log.len(), 3);
    assert!(log.iter().all(|entry| entry.peer == log[0].peer));
}

#[test]
fn a_connection_is_closed_after_the_answer_where_the_request_asks_so_or_is_of_http_1_0() {
    let sandbox = with_idle_timeout(Duration::from_hours(1));
    for (request, said) in [
        (
            "GET / HTTP/1.1\r\nhost: echo\r\nconnection: close\r\n\r\n",
            Some("connection: close"),
        ),
        ("GET / HTTP/1.0\r\nhost: echo\r\n\r\n", None),
        (
            "GET / HTTP/1.0\r\nhost: echo\r\nconnection: close\r\n\r\n",
            None,
        ),
    ] {
        let mut stream = connect(&sandbox.echo(1).url());
        stream.write_all(request.as_bytes()).unwrap();
        let answer = rest(stream);
        assert!(answer.ends_with("192.0.2.1\n"), "{answer}");
        if let Some(said) = said {
            assert!(answer.to_lowercase().contains(said), "{answer}");
        }
    }
    assert_eq!(sandbox.requests(Service::Echo(1)), 3);
}

#[test]
fn a_request_of_http_1_0_that_asks_for_the_connection_to_stay_has_its_way() {
    let sandbox = with_idle_timeout(Duration::from_hours(1));
    let mut stream = connect(&sandbox.echo(1).url());
    for _ in 0..2 {
        stream
            .write_all(b"GET / HTTP/1.0\r\nhost: echo\r\nconnection: keep-alive\r\n\r\n")
            .unwrap();
        read_answer(&mut stream, "192.0.2.1\n");
    }
}
