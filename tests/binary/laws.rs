//! The laws, seen from outside: the real binary against the sandbox. `src/engine/tests/laws` has
//! them for single rounds.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::common::{ADDRESS, LOGIN, OTHER, SECRET, TOKEN, TestEnv, wait_until};
use sandbox::{Fault, FaultKind, Service, Site};
use serde_json::json;

/// A configuration that asks echo services, in this order, and believes what two of them say.
fn asking_echoes(bench: &TestEnv, which: &[u8]) -> String {
    let urls: Vec<_> = which
        .iter()
        .map(|n| format!("{:?}", bench.sandbox.echo(*n).url()))
        .collect();
    let file = format!("\"file:{}/address\"", bench.dir.path().display());
    bench.head().replace(&file, &urls.join(", "))
        + &bench.domeneshop("hosts = [\"home.example.com\"]")
}

#[test]
fn l1_no_source_that_fails_in_any_way_makes_a_provider_see_a_request() {
    let bench = TestEnv::new();
    bench.simple();
    bench.run(&["--once"]).assert_exit(0);
    let requests = bench.requests();
    let path = bench.dir.path().display().to_string();
    let echo = bench.sandbox.echo(1);
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    for (source, body) in [
        ("command:exit 1".to_owned(), None),
        ("command:echo nothing".to_owned(), None),
        ("command:kill -9 $$".to_owned(), None),
        (format!("stun:{}", silent.local_addr().unwrap()), None),
        ("stun:127.0.0.1:1".to_owned(), None),
        (format!("file:{path}/missing"), None),
        (format!("file:{path}"), None),
        ("interface:missing0".to_owned(), None),
        ("http://127.0.0.1:1/".to_owned(), None),
        (
            echo.url(),
            Some((200, "text/html", "<html>84.212.99.99</html>")),
        ),
        (echo.url(), Some((302, "text/plain", "84.212.99.99"))),
        (echo.url(), Some((511, "text/html", "log in first"))),
        (echo.url(), Some((500, "text/plain", "84.212.99.99"))),
        (
            echo.url(),
            Some((200, "text/plain", "Your address is 84.212.99.99")),
        ),
        (
            echo.url(),
            Some((200, "text/plain", "84.212.99.99 84.212.99.98")),
        ),
        (echo.url(), Some((200, "text/plain", "2a01::1"))),
        (echo.url(), Some((200, "text/plain", "10.0.0.1"))),
        (echo.url(), Some((200, "text/plain", "ddclient 3.10.0.1"))),
    ] {
        if let Some((status, kind, body)) = body {
            echo.reply(status, kind, body);
        }
        for on_absent in ["keep", "remove"] {
            let head = bench.head().replace(
                &format!("sources = [\"file:{path}/address\"]"),
                &format!("sources = [{source:?}]\nconfirm = 1\non_absent = \"{on_absent}\""),
            );
            bench.config(&(head + &bench.domeneshop("hosts = [\"home.example.com\"]")));
            bench.run(&["--once"]).assert_exit(69);
        }
        assert_eq!(bench.requests(), requests, "{source} {body:?}");
    }
    for fault in [
        FaultKind::Endless,
        FaultKind::Hang,
        FaultKind::Drop,
        FaultKind::CutOff,
    ] {
        echo.answer(OTHER);
        bench
            .sandbox
            .fault(Fault::new(Service::Echo(1), "", fault.clone()).always());
        let text = asking_echoes(&bench, &[1]).replace("[ipv4]", "[ipv4]\nconfirm = 1");
        bench.config(&text);
        bench.run(&["--once"]).assert_exit(69);
        assert_eq!(bench.requests(), requests, "{fault:?}");
        bench.sandbox.clear_faults();
    }
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
}

#[test]
fn l2_one_lying_source_never_changes_dns() {
    let bench = TestEnv::new();
    for n in 1..=3 {
        bench.sandbox.echo(n).answer(ADDRESS);
    }
    bench.config(&asking_echoes(&bench, &[1, 2, 3]));
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
    let requests = bench.requests();
    for liar in 1..=3 {
        bench.sandbox.echo(liar).answer("104.16.1.1");
        bench.run(&["--once"]).assert_exit(0);
        bench.sandbox.echo(liar).answer(ADDRESS);
    }
    assert_eq!(bench.requests(), requests);
    // Two that agree are believed; the address really changed.
    for n in 1..=3 {
        bench.sandbox.echo(n).answer(OTHER);
    }
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(bench.at_domeneshop("home", "A"), [OTHER]);
}

#[test]
fn l2_while_the_first_service_repeats_what_is_known_the_others_are_left_in_peace() {
    let bench = TestEnv::new();
    for n in 1..=3 {
        bench.sandbox.echo(n).answer(ADDRESS);
    }
    bench.config(&asking_echoes(&bench, &[1, 2, 3]));
    bench.run(&["--once"]).assert_exit(0);
    bench.sandbox.clear_log();
    bench.run(&["--once"]).assert_exit(0);
    let asked = [1, 2, 3].map(|n| bench.sandbox.requests(Service::Echo(n)));
    assert_eq!(asked, [1, 0, 0]);
}

#[test]
fn l2_private_addresses_are_published_only_if_the_operator_says_so() {
    let bench = TestEnv::new();
    bench.address("192.168.1.5");
    bench.simple();
    let run = bench.run(&["--once"]).assert_exit(69);
    assert!(
        run.stdout.contains("192.168.1.5 is private"),
        "{}",
        run.stdout
    );
    let any = bench.head().replace("[ipv4]", "[ipv4]\naccept = \"any\"");
    bench.config(&(any + &bench.domeneshop("hosts = [\"home.example.com\"]")));
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(bench.at_domeneshop("home", "A"), ["192.168.1.5"]);
}

#[test]
fn detection_ignores_proxy_variables() {
    let bench = TestEnv::new();
    for n in 1..=2 {
        bench.sandbox.echo(n).answer(ADDRESS);
    }
    bench.config(&asking_echoes(&bench, &[1, 2]));
    let mut command = bench.command(&["detect", "--json"]);
    // Nobody listens there: whoever obeyed would get nothing.
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "https_proxy",
    ] {
        command.env(name, "http://127.0.0.1:1");
    }
    let seen = crate::common::finish(command).assert_exit(0).json();
    assert_eq!(seen["ipv4"]["addresses"], json!([ADDRESS]));
}

#[test]
fn l3_a_write_whose_answers_are_lost_again_and_again_locks_no_record() {
    let bench = TestEnv::new();
    let site = Site::International;
    let id = bench
        .sandbox
        .dnspod(site)
        .add("example.org", "home", "A", "1.1.1.1", None, Some(600));
    bench.config(&(bench.head() + &bench.dnspod(site, "hosts = [\"home.example.org\"]")));
    let service = Service::DnsPod(site);
    for _ in 0..8 {
        bench
            .sandbox
            .fault(Fault::new(service, "/Record.Modify", FaultKind::LoseAnswer));
        bench.run(&["--once"]);
    }
    assert!(!bench.sandbox.dnspod(site).locked("example.org", id));
    assert_eq!(
        bench
            .sandbox
            .dnspod(site)
            .unchanged_updates("example.org", id),
        0
    );
    assert_eq!(bench.at_dnspod(site, "example.org", "home", "A"), [ADDRESS]);
}

#[test]
fn l4_a_refused_account_does_not_hold_up_another() {
    let bench = TestEnv::new();
    let hosts = "hosts = [\"home.example.org\"]";
    let good = bench.dnspod(Site::International, hosts);
    let bad = bench
        .domeneshop("hosts = [\"home.example.com\"]")
        .replace(SECRET, "wrong");
    bench.config(&(bench.head() + &bad + &good));
    bench.run(&["--once"]).assert_exit(77);
    assert_eq!(
        bench.at_dnspod(Site::International, "example.org", "home", "A"),
        [ADDRESS]
    );
    let before = bench.sandbox.requests(Service::Domeneshop);
    assert_eq!(before, 1, "one refusal is enough");
    for _ in 0..5 {
        bench.run(&["--once"]).assert_exit(77);
    }
    assert_eq!(bench.sandbox.requests(Service::Domeneshop), before);
}

#[test]
fn l5_the_rest_of_a_domeneshop_zone_stays_byte_identical() {
    let bench = TestEnv::new();
    let shop = bench.sandbox.domeneshop();
    let zone = "example.com";
    for (host, kind, data) in [
        ("@", "A", "198.51.100.1"),
        ("@", "TXT", "v=spf1 -all"),
        ("home", "TXT", "home"),
        ("home", "AAAA", "2a01::7"),
        ("homer", "A", "198.51.100.2"),
        ("www.home", "A", "198.51.100.3"),
        ("alias", "CNAME", "home.example.com."),
    ] {
        shop.add(zone, host, kind, data, Some(600));
    }
    shop.add_full(
        zone,
        json!({"host": "@", "type": "MX", "data": "mail.example.com.", "priority": 10, "ttl": 3600}),
    );
    let own = shop.add(zone, "home", "A", "1.1.1.1", Some(900));
    let others = || -> Vec<_> {
        shop.records(zone)
            .into_iter()
            .filter(|it| !(it["host"] == "home" && it["type"] == "A"))
            .collect()
    };
    let before = others();
    bench.simple();
    bench.run(&["--once"]).assert_exit(0);
    bench.address(OTHER);
    bench.run(&["--once"]).assert_exit(0);
    assert_eq!(others(), before);
    let record = shop
        .records(zone)
        .into_iter()
        .find(|it| it["host"] == "home" && it["type"] == "A");
    let record = record.unwrap();
    assert_eq!(record["data"], OTHER);
    assert_eq!(
        (&record["ttl"], record["id"].as_u64()),
        (&json!(900), Some(own)),
        "TTL and id stay"
    );
}

#[test]
fn l5_only_the_right_dnspod_record_changes_and_only_its_value() {
    for site in [Site::International, Site::China] {
        let bench = TestEnv::new();
        let pod = bench.sandbox.dnspod(site);
        let (zone, here, there) = match site {
            Site::International => ("example.org", "default", "CN"),
            Site::China => ("example.cn", "默认", "联通"),
        };
        let own = pod.add(zone, "home", "A", "1.1.1.1", Some(here), Some(900));
        pod.add(zone, "home", "A", "1.1.1.2", Some(there), Some(900));
        pod.add(zone, "home", "AAAA", "2a01::7", Some(here), Some(900));
        pod.add(zone, "@", "MX", "mail.example.net.", Some(here), Some(600));
        pod.add(zone, "home", "TXT", "text", Some(here), Some(600));
        pod.add(zone, "homer", "A", "1.1.1.3", Some(here), Some(600));
        let before = pod.records(zone);
        let host = format!("hosts = [\"home.{zone}\"]");
        bench.config(&(bench.head() + &bench.dnspod(site, &host)));
        bench.run(&["--once"]).assert_exit(0);
        let after = pod.records(zone);
        assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            let mut expected = before.clone();
            if before["id"].to_string().trim_matches('"') == own.to_string() {
                expected["value"] = json!(ADDRESS);
                expected["updated_on"] = after["updated_on"].clone();
            }
            assert_eq!(*after, expected, "{site:?}");
        }
    }
}

#[test]
fn l7_a_list_that_fails_leads_to_no_write() {
    for kind in [
        FaultKind::Status(500, String::new()),
        FaultKind::Status(404, "{}".into()),
        FaultKind::Status(200, "{}".into()),
        FaultKind::Garbage,
        FaultKind::Truncate,
        FaultKind::Drop,
    ] {
        let bench = TestEnv::new();
        bench
            .sandbox
            .domeneshop()
            .add("example.com", "home", "A", "1.1.1.1", Some(3600));
        bench.simple();
        bench
            .sandbox
            .fault(Fault::new(Service::Domeneshop, "/dns", kind.clone()).always());
        let run = bench.run(&["--once"]);
        assert!(matches!(run.code, 75 | 77), "{kind:?}: {}", run.stdout);
        assert_eq!(bench.at_domeneshop("home", "A"), ["1.1.1.1"], "{kind:?}");
        let log = bench.sandbox.log();
        assert!(
            log.iter()
                .all(|it| it.method == "GET" && !it.path.contains("dyndns")),
            "{kind:?}"
        );
    }
}

#[test]
fn l7_a_dnspod_list_that_fails_leads_to_no_write() {
    let site = Site::China;
    for kind in [
        FaultKind::Code("-99".into()),
        FaultKind::Code("3".into()),
        FaultKind::Garbage,
        FaultKind::Truncate,
        FaultKind::Status(502, "<html>".into()),
    ] {
        let bench = TestEnv::new();
        bench
            .sandbox
            .dnspod(site)
            .add("example.cn", "home", "A", "1.1.1.1", None, Some(600));
        bench.config(&(bench.head() + &bench.dnspod(site, "hosts = [\"home.example.cn\"]")));
        let list = Fault::new(Service::DnsPod(site), "/Record.List", kind.clone());
        bench.sandbox.fault(list.always());
        bench.run(&["--once"]).assert_exit(75);
        assert_eq!(
            bench.at_dnspod(site, "example.cn", "home", "A"),
            ["1.1.1.1"],
            "{kind:?}"
        );
        let log = bench.sandbox.log();
        assert!(log.iter().all(|it| it.path.ends_with(".List")), "{kind:?}");
    }
}

#[test]
fn l10_state_that_is_missing_garbled_or_unwritable_is_reported_and_set_aside() {
    let bench = TestEnv::new();
    bench.simple();
    bench.run(&["--once"]).assert_exit(0);
    let state = bench.dir.path().join("state/state.json");
    for garbage in ["", "{", "<html>", "{\"version\":99}", "\u{0}\u{0}"] {
        fs::write(&state, garbage).unwrap();
        let run = bench.run(&["--once", "--verbose"]).assert_exit(0);
        assert!(
            run.stderr.contains("set aside as"),
            "{garbage:?}: {}",
            run.stderr
        );
        assert!(run.stdout.contains("unchanged"), "{}", run.stdout);
        let aside = fs::read_to_string(state.with_file_name("state.json.unusable"));
        assert_eq!(aside.unwrap(), garbage, "it can be looked at");
    }
    let writes = |it: &sandbox::Logged| it.path.contains("dyndns");
    assert_eq!(
        bench.sandbox.log().iter().filter(|it| writes(it)).count(),
        1
    );
    // A directory that cannot be: a file stands in its place.
    fs::remove_dir_all(bench.dir.path().join("state")).unwrap();
    fs::write(bench.dir.path().join("state"), "").unwrap();
    let run = bench.run(&["--once"]).assert_exit(0);
    assert!(run.stderr.contains("state"), "{}", run.stderr);
    assert_eq!(bench.at_domeneshop("home", "A"), [ADDRESS]);
}

#[test]
fn l12_no_secret_appears_in_a_trace_level_log_of_any_run_nor_in_the_state() {
    let bench = TestEnv::new();
    let text = bench.head()
        + &bench.domeneshop("hosts = [\"home.example.com\"]")
        + &bench.dnspod(Site::International, "hosts = [\"home.example.org\"]")
        + &bench.dnspod(Site::China, "hosts = [\"home.example.cn\"]");
    bench.config(&text);
    let all = "trace,moored=trace,hyper=trace,reqwest=trace,hickory_resolver=trace,rustls=trace";
    let mut said = String::new();
    let mut say = |args: &[&str]| {
        for log in [
            "trace",
            &format!("moored=trace,{}", all.split_once(',').unwrap().1),
        ] {
            let mut args = args.to_vec();
            args.extend(["--log", log]);
            let run = bench.run(&args);
            said += &run.stdout;
            said += &run.stderr;
        }
    };
    for args in [
        &["plan"][..],
        &["--once"],
        &["check"],
        &["detect"],
        &["--once", "--json"],
    ] {
        say(args);
    }
    // A provider that repeats what it was sent, refuses it, or fails on it.
    bench.address(OTHER);
    let of_shop = format!("{TOKEN} {SECRET}");
    for (service, echoed) in [
        (Service::Domeneshop, of_shop),
        (Service::DnsPod(Site::China), LOGIN.to_owned()),
    ] {
        bench
            .sandbox
            .fault(Fault::new(service, "/", FaultKind::Status(500, echoed)).always());
    }
    say(&["--once"]);
    bench.sandbox.clear_faults();
    bench.config(&text.replace("\"2s\"", "\"oops\""));
    say(&["--once"]);
    assert!(said.contains("home.example.com"));
    let state = fs::read_to_string(bench.dir.path().join("state/state.json")).unwrap();
    for secret in [TOKEN, SECRET, "login-marker-90fe3d"] {
        assert!(!said.contains(secret), "{secret} in:\n{said}");
        assert!(!state.contains(secret), "{secret} in:\n{state}");
    }
}

#[test]
fn l12_state_is_ours_alone_and_an_open_configuration_with_a_secret_is_warned_about() {
    let bench = TestEnv::new();
    let path = bench.simple();
    bench.run(&["--once"]).assert_exit(0);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bench.dir.path().join("state/state.json")), 0o600);
    assert_eq!(mode(&bench.dir.path().join("state")), 0o700);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let run = bench.run(&["--once"]).assert_exit(0);
    assert!(run.stderr.contains("chmod 600"), "{}", run.stderr);
}

#[test]
fn l13_the_same_configuration_twice_does_nothing_the_second_time() {
    let bench = TestEnv::new();
    let ttl = "[[domeneshop.host]]\nname = \"nas.example.com\"\nttl = 300\n";
    let text = bench.head()
        + &bench.domeneshop(&format!(
            "hosts = [\"home.example.com\", \"*.example.com\"]\n{ttl}"
        ))
        + &bench.dnspod(
            Site::International,
            "hosts = [\"example.org\", \"a.example.org\"]",
        )
        + &bench.dnspod(Site::China, "hosts = [\"home.example.cn\"]");
    bench.config(&text);
    let first = bench.run(&["--once", "--json"]).assert_exit(0).json();
    assert_eq!(first["hosts"].as_array().unwrap().len(), 6);
    bench.sandbox.clear_log();
    let second = bench.run(&["--once", "--json"]).assert_exit(0).json();
    assert!(
        second["hosts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["outcome"] == "unchanged")
    );
    assert_eq!(bench.requests(), 0);
    let plan = bench.run(&["plan", "--json"]).assert_exit(0).json();
    assert_eq!(
        (&plan["changes"], &plan["unchanged"]),
        (&json!([]), &json!(6))
    );
}

#[test]
fn what_was_edited_elsewhere_is_repaired_by_a_daemon_that_verifies() {
    let bench = TestEnv::new();
    let text = "interval = \"1s\"\nverify = \"1s\"\n".to_owned()
        + &bench.head()
        + &bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&text);
    let _daemon = bench.daemon(&[]);
    wait_until("the first record", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
    let records = bench.sandbox.domeneshop().records("example.com");
    let id = records.iter().find(|it| it["host"] == "home").unwrap()["id"]
        .as_u64()
        .unwrap();
    bench.sandbox.domeneshop().set("example.com", id, "9.9.9.9");
    wait_until("the repair", || {
        bench.at_domeneshop("home", "A") == [ADDRESS]
    });
}
