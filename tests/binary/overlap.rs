//! What a changed address waits for: nothing that hangs elsewhere (L9), and no flood of requests. Each test makes sure that
//! something hangs at the very moment of the change, with a time-out several times longer than the change may take.

use std::{
    net::UdpSocket,
    time::{Duration, Instant},
};

use sandbox::{Fault, FaultKind, Service, Site};

use crate::common::{ADDRESS, OTHER, TestEnv, now, wait_until};

/// A time-out that nobody takes for a quick answer on a busy machine either.
const LONG_TIMEOUT: &str = "timeout = \"30s\"";

/// Within this time a change is at the provider, whatever else the machine does: far less than the time-out.
const AT_ONCE: Duration = Duration::from_secs(10);

fn assert_at_once(what: &str, changed: Instant) {
    let took = changed.elapsed();
    assert!(took < AT_ONCE, "{what}: {took:?}");
}

#[test]
fn l9_a_change_does_not_wait_for_the_zones_servers_that_are_being_asked() {
    let bench = TestEnv::new();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    silent
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let ours = bench.sandbox.dns().addr().to_string();
    let head = bench.head().replace("timeout = \"2s\"", LONG_TIMEOUT);
    let head = head.replace(&ours, &silent.local_addr().unwrap().to_string());
    let hosts = bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&format!(
        "verify = \"1s\"\ninterval = \"1s\"\n{head}{hosts}"
    ));
    let _daemon = bench.daemon(&[]);
    wait_until("the first address", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    for addr in [OTHER, ADDRESS, OTHER] {
        // A question has just come and gets no answer: the look has begun, and ends after the time-out.
        silent.recv(&mut [0; 512]).unwrap();
        let changed = now();
        bench.address(addr);
        wait_until("the change", || bench.at_domeneshop("home", "A") == [addr]);
        assert_at_once("a look at DNS", changed);
    }
}

#[test]
fn l9_a_change_does_not_wait_for_another_account_whose_provider_hangs() {
    let bench = TestEnv::new();
    let head = bench.head().replace("timeout = \"2s\"", LONG_TIMEOUT);
    let hangs = Service::DnsPod(Site::International);
    bench
        .sandbox
        .fault(Fault::new(hangs, "", FaultKind::Hang).always());
    bench.config(
        &(head
            + &bench.domeneshop("hosts = [\"home.example.com\"]")
            + &bench.dnspod(Site::International, "hosts = [\"home.example.org\"]")),
    );
    let mut daemon = bench.daemon(&[]);
    for addr in [ADDRESS, OTHER, ADDRESS] {
        let changed = now();
        bench.address(addr);
        wait_until("the change", || bench.at_domeneshop("home", "A") == [addr]);
        assert_at_once("another account", changed);
        wait_until("a request that hangs", || bench.sandbox.requests(hangs) > 0);
    }
    assert_eq!(
        bench.sandbox.requests(hangs),
        1,
        "one round at a time asks an account"
    );
    let stopped = now();
    daemon.signal("TERM");
    let (code, _) = daemon.end();
    assert_eq!(code, Some(0), "{}", daemon.log());
    assert_at_once("the stop", stopped);
}

#[test]
fn l9_a_change_does_not_wait_for_the_other_family_to_be_found_out() {
    let bench = TestEnv::new();
    let head = bench.head().replace("timeout = \"2s\"", LONG_TIMEOUT);
    let slow = "[ipv6]\nsources = [\"command:sleep 29\"]";
    let head = head.replace("[ipv6]\nsources = []", slow);
    bench.config(&(head + &bench.domeneshop("hosts = [\"home.example.com\"]")));
    let _daemon = bench.daemon(&[]);
    for addr in [ADDRESS, OTHER, ADDRESS] {
        let changed = now();
        bench.address(addr);
        wait_until("the change", || bench.at_domeneshop("home", "A") == [addr]);
        assert_at_once("the other family", changed);
    }
}

#[test]
fn l9_a_poke_does_not_wait_for_an_operator_that_hangs() {
    let bench = TestEnv::new();
    let [silent, good, other] = [1, 2, 3].map(|number| bench.sandbox.echo(number));
    silent.answer(ADDRESS);
    good.answer(ADDRESS);
    other.answer(ADDRESS);
    let sources = format!("{:?}, {:?}, {:?}", silent.url(), good.url(), other.url());
    let file = format!("\"file:{}/address\"", bench.dir.path().display());
    let head = bench.head().replace("timeout = \"2s\"", LONG_TIMEOUT);
    let head = head.replace(&file, &sources);
    bench.config(&(head + &bench.domeneshop("hosts = [\"home.example.com\"]")));
    let _daemon = bench.daemon(&[]);
    wait_until("the first address", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    let hang = Fault::new(Service::Echo(1), "", FaultKind::Hang).always();
    bench.sandbox.fault(hang);
    good.answer(OTHER);
    other.answer(OTHER);
    let changed = now();
    bench.run(&["poke"]).assert_exit(0);
    wait_until("the change", || bench.at_domeneshop("home", "A") == [OTHER]);
    assert_at_once("a silent operator", changed);
}

#[test]
fn a_flood_of_signals_is_a_few_rounds_and_keeps_no_change_from_being_published() {
    let bench = TestEnv::new();
    bench.simple();
    let daemon = bench.daemon(&[]);
    wait_until("the first address", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    let before = bench.requests();
    for signal in ["USR1", "HUP"] {
        for _ in 0..300 {
            daemon.signal(signal);
        }
    }
    let changed = now();
    bench.address(OTHER);
    wait_until("the change", || bench.at_domeneshop("home", "A") == [OTHER]);
    assert_at_once("the signals", changed);
    let requests = bench.requests() - before;
    assert!(
        requests < 100,
        "{requests} requests for 300 signals and a change"
    );
}
