//! `via`: what is said of interfaces, where nothing needs a namespace of its own. That packets really
//! leave by them is seen in `tests/e2e/uplinks.sh`. And several default routes, in a namespace that a user may make;
//! how a daemon follows them is seen in `tests/e2e/routes.sh`.

use std::process::{Command, Stdio};

use crate::{
    common::{ADDRESS, TestEnv, finish, wait_until},
    process::say_skipped,
};

/// Three hosts: as the routing table says, over the loopback interface, and over one that is not there.
fn three(bench: &TestEnv) {
    let hosts = "hosts = [\"home.example.com\"]\n\
                 [[domeneshop.host]]\nname = \"here.example.com\"\nvia = \"lo\"\n\
                 [[domeneshop.host]]\nname = \"gone.example.com\"\nvia = \"gone0\"";
    bench.config(&(bench.head() + &bench.domeneshop(hosts)));
}

#[test]
fn l1_a_host_whose_interface_is_not_there_is_left_alone_and_the_others_are_kept() {
    let bench = TestEnv::new();
    three(&bench);
    let run = bench.run(&["--once", "--json"]).assert_exit(69).json();
    let shown = |key: &str| -> Vec<_> {
        let hosts = run["hosts"].as_array().unwrap();
        hosts.iter().map(|it| it[key].clone()).collect()
    };
    assert_eq!(shown("outcome"), ["changed", "changed", "kept"]);
    let none = serde_json::Value::Null;
    assert_eq!(shown("interface"), [none, "lo".into(), "gone0".into()]);
    let reason = run["hosts"][2]["reason"].as_str().unwrap();
    assert!(reason.contains("there is no interface `gone0`"), "{reason}");
    for (host, addrs) in [
        ("home", vec![ADDRESS]),
        ("here", vec![ADDRESS]),
        ("gone", vec![]),
    ] {
        assert_eq!(bench.at_domeneshop(host, "A"), addrs, "{host}");
    }
    let run = bench.run(&["--once", "--log", "warn"]).assert_exit(69);
    let line = "gone.example.com A via gone0  -  kept: our address could not be found out: there is no \
                interface `gone0`";
    assert!(run.stdout.contains(line), "{}", run.stdout);
    let warning = "our IPv4 address via gone0 could not be found out; nothing changes";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
}

#[test]
fn plan_and_status_name_the_interface() {
    let bench = TestEnv::new();
    three(&bench);
    let plan = bench.run(&["plan", "--json"]).assert_exit(69).json();
    assert_eq!(plan["changes"][1]["interface"], "lo");
    assert_eq!(
        plan["changes"][1]["via"], "dyndns",
        "the way a change is made"
    );
    assert!(plan["changes"][0].get("interface").is_none());
    assert_eq!(plan["unknown"][0]["interface"], "gone0");
    let plan = bench.run(&["plan"]).assert_exit(69).stdout;
    assert!(plan.contains("here.example.com A via lo"), "{plan}");
    let _daemon = bench.daemon(&[]);
    let status = || bench.run(&["status"]).stdout;
    wait_until("a first round", || status().contains("last check"));
    let status = status();
    assert!(
        status.contains("here.example.com A via lo     84.212.10.20"),
        "{status}"
    );
    assert!(
        status.contains("not healthy: gone.example.com A via gone0: kept"),
        "{status}"
    );
    let status = bench.run(&["status", "--json"]).json();
    assert_eq!(status["hosts"][1]["interface"], "lo");
}

#[test]
fn detect_shows_each_interface_with_what_was_heard_over_it() {
    let bench = TestEnv::new();
    let echo = bench.sandbox.echo(1);
    echo.answer(ADDRESS);
    three(&bench);
    let path = bench.dir.path().join("config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let sources = format!("[\"interface:other0\", \"{}\"]\nconfirm = 1", echo.url());
    let file = format!("[\"file:{}/address\"]", bench.dir.path().display());
    bench.config(&text.replace(&file, &sources));
    let seen = bench.run(&["detect", "--json"]).assert_exit(69).json();
    assert_eq!(seen["ipv4"]["addresses"][0], ADDRESS);
    assert!(
        seen["ipv6"]["reason"]
            .as_str()
            .unwrap()
            .contains("no sources")
    );
    let [over_lo, gone] = ["lo", "gone0"].map(|it| &seen["via"][it]["ipv4"]);
    let error = over_lo["sources"][0]["error"].as_str().unwrap();
    assert_eq!(error, "it is another interface than `via` says, `lo`");
    assert_eq!(over_lo["sources"][1]["addresses"][0], ADDRESS);
    let reason = over_lo["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("the interface `lo` has no network"),
        "{reason}"
    );
    assert_eq!(gone["reason"], "there is no interface `gone0`");
    assert_eq!(gone["sources"].as_array().unwrap().len(), 0);
    assert_eq!(echo.requests(), 2, "nothing is asked another way");
    let text = bench.run(&["detect"]).assert_exit(69).stdout;
    assert!(
        text.contains("\nIPv4 via gone0: not known: there is no interface `gone0`\n"),
        "{text}"
    );
}

#[test]
fn where_every_host_says_via_the_rest_is_switched_off() {
    let bench = TestEnv::new();
    let hosts = "hosts = [\"home.example.com\"]\nvia = \"lo\"";
    bench.config(&(bench.head() + &bench.domeneshop(hosts)));
    let seen = bench.run(&["detect", "--json"]).assert_exit(0).json();
    assert_eq!(seen["ipv4"]["state"], "absent");
    assert_eq!(
        seen["ipv4"]["reason"],
        "switched off: every host says `via`"
    );
    assert_eq!(seen["via"]["lo"]["ipv4"]["addresses"][0], ADDRESS);
    let reason = &seen["via"]["lo"]["ipv6"]["reason"];
    assert_eq!(*reason, "switched off: it has no sources");
    let text = bench.run(&["detect"]).assert_exit(0).stdout;
    assert!(text.starts_with("IPv4 via lo: 84.212.10.20\n"), "{text}");
}

/// A command in a network namespace of its own with two uplinks, w0 with the lower metric and the higher address.
fn among_two_uplinks(bench: &TestEnv, script: &str) -> Command {
    let prepare = "set -e; PATH=$PATH:/usr/sbin:/sbin; ip link set lo up
        for each in w0 v0; do ip link add $each type veth peer name isp-$each; ip link set isp-$each up; ip link set $each up; done
        ip addr add 85.2.2.2/24 dev w0; ip addr add 84.1.1.1/24 dev v0
        ip route add default via 85.2.2.1 dev w0 metric 100; ip route add default via 84.1.1.254 dev v0 metric 700";
    let moored = env!("CARGO_BIN_EXE_moored");
    let script = format!("{prepare}\n{script}\nexec {moored} detect --json");
    let mut command = Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "--net", "sh", "-c", &script])
        .env("MOORED_CONFIG", bench.dir.path().join("config.toml"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn of_two_default_routes_the_one_that_the_kernel_takes_decides() {
    let bench = TestEnv::new();
    let sources = "sources = [\"interface\"]";
    bench.config(&format!(
        "state_dir = \"{}\"\n[ipv4]\n{sources}\n[ipv6]\nsources = []\n{}",
        bench.dir.path().join("state").display(),
        bench.domeneshop("hosts = [\"home.example.com\"]")
    ));
    let may = among_two_uplinks(&bench, "exec true").output();
    if !may.is_ok_and(|output| output.status.success()) {
        say_skipped("no network namespace with interfaces can be made here");
        return;
    }
    for (script, address) in [
        ("", "85.2.2.2"),
        (
            "ip route change default via 84.1.1.254 dev v0 metric 700",
            "85.2.2.2",
        ),
        (
            "ip route add default via 84.1.1.254 dev v0 metric 50",
            "84.1.1.1",
        ),
        ("ip route del default via 85.2.2.1", "84.1.1.1"),
        ("ip link set w0 down", "84.1.1.1"),
        (
            "ip route add default via 84.1.1.254 dev v0 table 77; ip rule add lookup 77",
            "84.1.1.1",
        ),
        (
            "ip addr add 85.2.2.9/24 dev w0; ip route change default via 85.2.2.1 metric 100 src 85.2.2.9",
            "85.2.2.9",
        ),
        (
            "ip addr add 84.9.9.9/32 dev lo; ip route change default via 85.2.2.1 metric 100 src 84.9.9.9",
            "84.9.9.9",
        ),
    ] {
        let seen = finish(among_two_uplinks(&bench, script))
            .assert_exit(0)
            .json();
        assert_eq!(seen["ipv4"]["addresses"][0], address, "{script}");
    }
    let private = "ip addr flush dev w0; ip addr add 192.168.1.2/24 dev w0
        ip route add default via 192.168.1.1 metric 100";
    let seen = finish(among_two_uplinks(&bench, private))
        .assert_exit(69)
        .json();
    let reason = seen["ipv4"]["reason"].as_str().unwrap();
    assert!(
        reason.contains("84.1.1.1 is an address of v0, and this host sends by w0"),
        "{reason}"
    );
}
