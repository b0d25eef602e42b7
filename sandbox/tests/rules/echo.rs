//! The echo services.

use std::collections::BTreeSet;

use sandbox::{Sandbox, Service};

use crate::client::get;

#[test]
fn an_echo_says_what_it_was_told_with_a_line_feed() {
    let sandbox = Sandbox::start();
    let echo = sandbox.echo(1);
    echo.answer("203.0.113.7");
    let answer = get(&echo.url());
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, "203.0.113.7\n")
    );
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    assert_eq!(echo.requests(), 1);
    assert_eq!(sandbox.requests(Service::Echo(1)), 1);
}

#[test]
fn untold_it_says_the_callers_own_address() {
    let sandbox = Sandbox::start();
    let echo = sandbox.echo(2);
    assert_eq!(get(&echo.url()).body, "127.0.0.1\n");
    echo.answer("203.0.113.7");
    echo.mirror();
    assert_eq!(get(&echo.url()).body, "127.0.0.1\n");
}

#[test]
fn it_can_say_anything_with_any_status() {
    let sandbox = Sandbox::start();
    sandbox.echo(3).reply(511, "text/html", "<h1>Sign in</h1>");
    let answer = get(&sandbox.echo(3).url());
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (511, "<h1>Sign in</h1>")
    );
    assert_eq!(answer.header("content-type"), Some("text/html"));
}

#[test]
#[cfg(target_os = "linux")]
fn each_operator_has_an_address_of_its_own() {
    let sandbox = Sandbox::start();
    let addresses: BTreeSet<_> = (1..=8).map(|n| sandbox.echo(n).addr().ip()).collect();
    assert_eq!(addresses.len(), 8);
    assert_eq!(sandbox.echo(1).addr().ip().to_string(), "127.0.0.11");
}

#[test]
fn the_one_on_ipv6_says_an_ipv6_address() {
    let sandbox = Sandbox::start();
    if let Some(echo) = sandbox.echo6() {
        assert_eq!(get(&echo.url()).body, "::1\n");
        echo.answer("2001:db8::7");
        assert_eq!(get(&echo.url()).body, "2001:db8::7\n");
        assert_eq!(sandbox.requests(Service::Echo6), 2);
    }
}
