//! How many requests what costs: counted, not timed.

use crate::common::{ADDRESS, OTHER, TestEnv};
use sandbox::{Fault, FaultKind, Service, Site};

/// A configuration with both families from the file, and so many hosts at Domeneshop.
fn both_families(bench: &TestEnv, hosts: usize) -> String {
    let names: Vec<_> = (0..hosts)
        .map(|n| format!("\"host-{n}.example.com\""))
        .collect();
    let head = bench.head().replace(
        "[ipv6]\nsources = []",
        &format!(
            "[ipv6]\nsources = [\"file:{}/address\"]",
            bench.dir.path().display()
        ),
    );
    head + &bench.domeneshop(&format!("hosts = [{}]", names.join(", ")))
}

#[test]
fn fifty_hosts_with_both_families_change_in_one_request() {
    let bench = TestEnv::new();
    bench.address(&format!("{ADDRESS}\n2a01:79c::1\n"));
    bench.config(&both_families(&bench, 50));
    bench.run(&["--once"]).assert_exit(0);
    bench.sandbox.clear_log();
    bench.address(&format!("{OTHER}\n2a01:79c::2\n"));
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(bench.requests(), 1);
    for n in 0..50 {
        let host = format!("host-{n}");
        assert_eq!(bench.at_domeneshop(&host, "A"), [OTHER]);
        assert_eq!(bench.at_domeneshop(&host, "AAAA"), ["2a01:79c::2"]);
    }
}

#[test]
fn the_first_run_ever_needs_the_domains_the_records_the_forwards_and_one_update() {
    let bench = TestEnv::new();
    bench.address(&format!("{ADDRESS}\n2a01:79c::1\n"));
    bench.config(&both_families(&bench, 50));
    bench.run(&["--once"]).assert_exit(0);
    let log = bench.sandbox.log();
    let paths: Vec<_> = log.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths.len(), 4, "{paths:?}");
    // Beside an address there is no forward: nobody asks again.
    bench.sandbox.clear_log();
    bench.run(&["plan"]).assert_exit(0);
    assert_eq!(bench.requests(), 1);
}

#[test]
fn twenty_dnspod_hosts_in_one_zone_take_one_list_and_one_modify_each() {
    for (site, zone) in [
        (Site::International, "example.org"),
        (Site::China, "example.cn"),
    ] {
        let bench = TestEnv::new();
        let names: Vec<_> = (0..20).map(|n| format!("\"host-{n}.{zone}\"")).collect();
        let hosts = format!("hosts = [{}]", names.join(", "));
        bench.config(&(bench.head() + &bench.dnspod(site, &hosts)));
        bench.run(&["--once"]).assert_exit(0);
        bench.sandbox.clear_log();
        bench.address(OTHER);
        bench.run(&["--once"]).assert_exit(0);
        let log = bench.sandbox.log();
        let count = |end: &str| log.iter().filter(|it| it.path.ends_with(end)).count();
        assert_eq!(
            (count("/Record.List"), count("/Record.Modify"), log.len()),
            (1, 20, 21)
        );
    }
}

#[test]
fn three_hundred_hosts_of_both_families_are_created_and_changed_twice_within_an_hour() {
    let bench = TestEnv::new();
    let names: Vec<_> = (0..300)
        .map(|n| format!("\"host-{n}.example.org\""))
        .collect();
    let hosts = format!("hosts = [{}]", names.join(", "));
    let dir = bench.dir.path().display();
    let sources = format!("[ipv6]\nsources = [\"file:{dir}/address\"]");
    let head = bench.head().replace("[ipv6]\nsources = []", &sources);
    bench.config(&(head + &bench.dnspod(Site::International, &hosts)));
    for (number, addr) in [ADDRESS, OTHER, ADDRESS].into_iter().enumerate() {
        let six = format!("2a01:79c::1{number}");
        bench.address(&format!("{addr}\n{six}\n"));
        bench.run(&["--once"]).assert_exit(0);
        let records = bench
            .sandbox
            .dnspod(Site::International)
            .records("example.org");
        for value in [addr, &six] {
            let right = records.iter().filter(|it| it["value"] == *value).count();
            assert_eq!(right, 300, "{value}");
        }
    }
}

#[test]
fn one_bad_host_in_a_batch_holds_up_no_other() {
    let bench = TestEnv::new();
    bench.config(&both_families(&bench, 20));
    bench.run(&["--once"]);
    bench.sandbox.clear_log();
    bench.address(OTHER);
    let refused = FaultKind::Status(404, r#"{"code":"resource:unknown"}"#.into());
    let bad = Fault::new(Service::Domeneshop, "host-7.example.com", refused);
    bench.sandbox.fault(bad.always());
    bench.run(&["--once"]);
    for n in (0..20).filter(|n| *n != 7) {
        assert_eq!(
            bench.at_domeneshop(&format!("host-{n}"), "A"),
            [OTHER],
            "host-{n}"
        );
    }
    assert_eq!(bench.at_domeneshop("host-7", "A"), [ADDRESS]);
    assert!(bench.requests() < 20, "{} requests", bench.requests());
}

#[test]
fn long_lists_of_hosts_are_split_into_urls_of_less_than_2000_characters() {
    let bench = TestEnv::new();
    let names: Vec<_> = (0..100)
        .map(|n| format!("\"{}-{n}.example.com\"", "long".repeat(10)))
        .collect();
    let hosts = format!("hosts = [{}]", names.join(", "));
    bench.config(&(bench.head() + &bench.domeneshop(&hosts)));
    bench.run(&["--once"]).assert_exit(0);
    let log = bench.sandbox.log();
    let updates: Vec<_> = log.iter().filter(|it| it.path.contains("dyndns")).collect();
    assert_eq!(updates.len(), 3, "5,800 characters of names");
    for update in updates {
        let query: usize = update
            .query
            .iter()
            .map(|(name, value)| name.len() + value.len() + 2)
            .sum();
        assert!(query + update.path.len() < 2000);
    }
}
