//! Every setting of a file is carried over or named.

use moored::import;
use proptest::prelude::*;

use super::{MARK, small};

/// Lines of a ddclient.conf that set something, for all hosts that follow or for one.
const DDCLIENT: &[&str] = &[
    "server=members.dyndns.org",
    "server=dnsapi.cn",
    "server=api.domeneshop.no:8443",
    "server=http://10.0.0.1:80",
    "use=web",
    "use=if",
    "use=cmd",
    "use=no",
    "if=eth0",
    "if=eth1",
    "cmd=/bin/ip",
    "web=https://ip.example.net/x",
    "web=he",
    "ip=84.212.10.20",
    "usev4=webv4",
    "usev4=ifv4",
    "usev4=ipv4",
    "ifv4=eth4",
    "ipv4=84.212.10.21",
    "webv4=https://ip.example.net/y",
    "usev6=ifv6",
    "ifv6=eth6",
    "cmdv6=/bin/ip6",
    "ipv6=2a01::1",
    "ttl=300",
    "ttl=301",
    "ttl=x",
    "daemon=0",
    "daemon=300",
    "daemon=9d",
    "timeout=20",
    "timeout=0",
    "zone=example.org",
    "login=second",
    "password=second",
    "ssl=no",
    "exec=no",
    "foreground=no",
    "wildcard=yes",
    "max-interval=28d",
    "script=/nic/update",
    "mail=me@example.com",
    "secret=x",
    "cmd_env=VARIABLE",
];

/// Lines of an inadyn.conf within a section or before all of them.
const INADYN: &[&str] = &[
    "username = second",
    "password = second",
    "password = \"${VARIABLE:-second}\"",
    "password = a${VARIABLE}",
    "username = { me, you }",
    "hostname = c.example.com",
    "hostname += d.example.com",
    "alias = e.example.com",
    "ddns-server = members.dyndns.org",
    "ddns-server = api.domeneshop.no:8443",
    "ddns-path = \"/nic/update?hostname=%h\"",
    "ddns-response = good",
    "append-myip = true",
    "iface = eth0",
    "iface = eth1",
    "iface = ${VARIABLE}",
    "checkip-server = ip.example.net",
    "checkip-server = default",
    "checkip-path = /x",
    "checkip-path = ${VARIABLE}",
    "checkip-ssl = false",
    "checkip-command = \"/bin/ip x\"",
    "period = 300",
    "period = 600",
    "period = x",
    "ttl = 300",
    "ttl = 301",
    "ttl = x",
    "verify-address = false",
    "allow-ipv6 = true",
    "proxied = true",
    "wildcard = true",
    "user-agent = me@example.com",
    "ssl = false",
];

/// Keys of an object of a config.json, or of the document.
const DDNS_UPDATER: &[&str] = &[
    r#""token":"second""#,
    r#""secret":"second""#,
    r#""key":"x""#,
    r#""url":"https://members.dyndns.org/""#,
    r#""domain":"c.example.com""#,
    r#""host":"www""#,
    r#""owner":"nas""#,
    r#""ip_version":"ipv4""#,
    r#""ip_version":"ipv6""#,
    r#""ip_version":7"#,
    r#""ipv6_suffix":"::1/64""#,
    r#""ipv6_suffix":"::1/56""#,
    r#""ttl":300"#,
    r#""ttl":301"#,
    r#""ttl":"600""#,
    r#""ttl":true"#,
    r#""delay":300"#,
    r#""provider_ip":true"#,
];

/// A file line by line, and of which lines each of the settings is.
type SettingLines = (Vec<String>, Vec<usize>);

fn any_of(
    pieces: &'static [&'static str],
    most: usize,
) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(pieces), 0..most)
}

fn ddclient() -> impl Strategy<Value = SettingLines> {
    let statement = (any_of(DDCLIENT, 5), any_of(DDCLIENT, 5));
    (prop::collection::vec(statement, 1..4), any_of(DDCLIENT, 3)).prop_map(|(statements, end)| {
        let mut lines = Vec::new();
        let mut set = Vec::new();
        for (place, (globals, locals)) in statements.into_iter().enumerate() {
            for global in globals {
                lines.push(global.to_owned());
                set.push(lines.len());
            }
            lines.push("protocol=domeneshop login=me password=pw \\".to_owned());
            for local in locals {
                lines.push(format!("{local} \\"));
                set.push(lines.len());
            }
            // The last one mentions the first host again.
            lines.push(["a.example.com", "b.example.com", "a.example.com"][place].to_owned());
        }
        for global in end {
            lines.push(global.to_owned());
            set.push(lines.len());
        }
        (lines, set)
    })
}

fn inadyn() -> impl Strategy<Value = SettingLines> {
    (
        any_of(INADYN, 5),
        prop::collection::vec(any_of(INADYN, 6), 1..3),
    )
        .prop_map(|(globals, sections)| {
            let mut lines = Vec::new();
            let mut set = Vec::new();
            for global in globals {
                lines.push(global.to_owned());
                set.push(lines.len());
            }
            for (place, section) in sections.into_iter().enumerate() {
                let service = ["domene.shop", "dnspod.cn"][place];
                let host = ["a.example.com", "b.example.com"][place];
                lines.push(format!("provider {service} {{"));
                lines.push("username = 1".to_owned());
                set.push(lines.len());
                lines.push("password = pw".to_owned());
                set.push(lines.len());
                lines.push(format!("hostname = {host}"));
                set.push(lines.len());
                for setting in section {
                    lines.push(setting.to_owned());
                    set.push(lines.len());
                }
                lines.push("}".to_owned());
            }
            (lines, set)
        })
}

fn ddns_updater() -> impl Strategy<Value = SettingLines> {
    (any_of(DDNS_UPDATER, 3), prop::collection::vec(any_of(DDNS_UPDATER, 6), 1..3)).prop_map(
        |(outside, objects)| {
            let mut lines = vec!["{".to_owned()];
            let mut set = Vec::new();
            for setting in outside {
                lines.push(format!("{setting},"));
                set.push(lines.len());
            }
            lines.push("\"settings\": [".to_owned());
            for (place, object) in objects.into_iter().enumerate() {
                lines.push(if place == 0 { "{" } else { ",{" }.to_owned());
                for setting in object {
                    lines.push(format!("{setting},"));
                    set.push(lines.len());
                }
                lines.push(
                    [
                        r#""provider":"domeneshop","token":"t","secret":"s","domain":"a.example.com"}"#,
                        r#""provider":"dnspod","token":"1,t","domain":"b.example.com"}"#,
                    ][place]
                        .to_owned(),
                );
            }
            lines.push("]}".to_owned());
            (lines, set)
        },
    )
}

/// What comes out of lines of which one may be taken away; nothing if they are not understood.
fn outcome(lines: &[String], without: Option<usize>) -> Option<(Vec<String>, Vec<String>)> {
    let mut text = String::new();
    for (place, line) in lines.iter().enumerate() {
        let continues = line.ends_with('\\');
        text += match (without == Some(place + 1), continues) {
            (false, _) => line,
            (true, true) => "\\",
            (true, false) => "",
        };
        text += "\n";
    }
    let import = import::read(&text, "x", &[]).ok()?;
    let kept = import.text.lines();
    let kept = kept
        .filter(|line| !line.starts_with('#'))
        .map(str::to_owned);
    let left = import.left.iter().map(ToString::to_string);
    Some((kept.collect(), left.collect()))
}

fn nothing_is_dropped((lines, set): &SettingLines) -> Result<(), TestCaseError> {
    let Some((kept, left)) = outcome(lines, None) else {
        return Ok(());
    };
    let is_named = |line: usize| {
        let start = format!("line {line}: ");
        left.iter().any(|left| left.starts_with(&start))
    };
    for line in set {
        let named = is_named(*line);
        let changes =
            outcome(lines, Some(*line)).is_none_or(|other| other != (kept.clone(), left.clone()));
        // The same line again says nothing new, and what is lost with its host is named by the host.
        let twin = |other: &String| other.trim_end_matches('\\').trim() == set_text(lines, *line);
        let again = lines.iter().filter(|other| twin(other)).count() > 1;
        let lost = left
            .iter()
            .any(|left| LOSSES.iter().any(|loss| left.contains(loss)));
        prop_assert!(
            named || changes || again || lost || is_plain(set_text(lines, *line)),
            "line {line} is dropped without a word:\n{}\nleft: {left:?}\nkept: {kept:?}",
            lines.join("\n")
        );
    }
    Ok(())
}

fn set_text(lines: &[String], line: usize) -> &str {
    lines[line - 1].trim_end_matches('\\').trim()
}

/// What is said where a host is lost, and its settings with it.
const LOSSES: [&str; 7] = [
    "not kept",
    "no address is found",
    "depends on a variable",
    "hosts are left out",
    "a host already",
    "lacks something",
    "has no `hostname`",
];

/// What says no more than what moored does anyway where nothing is written.
fn is_plain(text: &str) -> bool {
    [
        "use=web",
        "use=no",
        "usev4=webv4",
        "checkip-server = default",
        r#""domain":"a.example.com""#,
    ]
    .contains(&text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn every_setting_of_a_ddclient_conf_is_carried_over_or_named(lines in ddclient()) {
        nothing_is_dropped(&lines)?;
    }

    #[test]
    fn every_setting_of_an_inadyn_conf_is_carried_over_or_named(lines in inadyn()) {
        nothing_is_dropped(&lines)?;
    }

    #[test]
    fn every_setting_of_a_ddns_updater_json_is_carried_over_or_named(lines in ddns_updater()) {
        nothing_is_dropped(&lines)?;
    }

    #[test]
    fn a_server_elsewhere_never_becomes_an_endpoint(
        server in "(https?://)?(members\\.dyndns\\.org|dnsapi\\.cn|api\\.dnspod\\.com|api\\.domeneshop\\.no|\
                   [a-z]{1,8}\\.(example|no)|api\\.domeneshop\\.no\\.evil\\.example|1\\.1\\.1\\.1)\
                   (:[0-9]{2,4})?(/[a-z0-9/]{0,8})?",
        protocol in prop::sample::select(vec!["domeneshop", "dnspod", "dyndns2"]),
    ) {
        let global = format!("server={server}\nprotocol={protocol} login=1 password=pw use=web a.example.com\n");
        let section = format!(
            "provider domene.shop {{\nusername = me\npassword = pw\nhostname = a.example.com\n\
             ddns-server = {server}\n}}\ncustom x {{\nusername = me\npassword = pw\n\
             hostname = b.example.com\nddns-server = \"{server}\"\n}}\n"
        );
        let json = format!(
            "{{\"settings\":[{{\"provider\":\"domeneshop\",\"token\":\"t\",\"secret\":\"s\",\
             \"domain\":\"a.example.com\",\"url\":\"{server}\",\"endpoint\":\"{server}\"}}]}}"
        );
        for text in [global, section, json] {
            let (kept, _) = small(&text);
            prop_assert!(!kept.contains("endpoint"), "{kept}");
        }
    }
}

#[test]
fn settings_that_were_dropped_without_a_word_are_named() {
    let host = "protocol=domeneshop login=me password=pw a.example.com";
    for (text, named) in [
        (
            format!("use=web\n{host}\nuse=if\n"),
            "line 3: use=…: no host follows it",
        ),
        (
            format!("usev4=webv4\nif=eth0\n{host}\n"),
            "line 2: if=…: no host that is carried over uses it",
        ),
        (
            format!("use=web\n{host}\nprotocol=domeneshop login=other password=pw a.example.com\n"),
            "line 3: a.example.com: login=…: line 2 mentions the host first",
        ),
        (
            format!(
                "use=web\n{host}\nprotocol=domeneshop login=me password={MARK} a.example.com\n"
            ),
            "line 3: a.example.com: password=…: line 2 mentions the host first",
        ),
        (
            format!("use=web\npassword={MARK} {host}\n"),
            "line 2: password=…: the same key is set again in line 2",
        ),
        (
            format!("use=web\nprotocol=domeneshop login=me password=pw a.example.com x y {MARK}\n"),
            "line 2: more words than a host",
        ),
        (
            format!(
                "provider domene.shop {{\nusername = me\npassword = \"${{SECRET:-{MARK}}}\"\n\
                 hostname = a.example.com\n}}\n"
            ),
            "line 3: password=…: the variable is carried over",
        ),
        (
            format!(
                "provider domene.shop {{\nusername = me\npassword = {MARK}\npassword = pw\n\
                 hostname = a.example.com\n}}\n"
            ),
            "line 3: password=…: the same key is set again in line 4",
        ),
    ] {
        let (kept, left) = small(&text);
        let left = left.join("\n");
        assert!(left.contains(named), "{text}\n{left}");
        assert!(
            kept.contains("a.example.com") && !left.contains(MARK),
            "{kept}"
        );
    }
}

#[test]
fn a_ttl_is_carried_over_where_the_provider_takes_it_and_named_where_not() {
    let shop = |ttl: &str| {
        format!("use=web\nttl={ttl}\nprotocol=domeneshop login=1 password=p a.example.com\n")
    };
    let pod = |ttl: &str| {
        format!("use=web\nttl={ttl}\nprotocol=dnspod login=1 password=p a.example.com\n")
    };
    let inadyn = |ttl: &str| {
        format!(
            "provider dnspod.cn {{\nusername=1\npassword=p\nhostname=a.example.com\nttl = {ttl}\n}}\n"
        )
    };
    let json = |ttl: &str| {
        format!(
            "{{\"settings\":[{{\"provider\":\"domeneshop\",\"token\":\"t\",\"secret\":\"s\",\n\
             \"domain\":\"a.example.com\",\"ttl\":{ttl}}}]}}"
        )
    };
    for (text, ttl) in [
        (shop("300"), Some(300)),
        (shop("301"), None),
        (shop("604860"), None),
        (shop("1"), None),
        (pod("1"), Some(1)),
        (pod("604801"), None),
        (inadyn("120"), Some(120)),
        (inadyn("0"), None),
        (json("3600"), Some(3600)),
        (json("\"600\""), Some(600)),
        (json("10"), None),
        (json("-5"), None),
    ] {
        let (kept, left) = small(&text);
        let written = ttl.map_or(String::new(), |ttl| {
            format!("name = \"a.example.com\" ttl = {ttl}")
        });
        assert_eq!(kept.contains("ttl"), ttl.is_some(), "{text}\n{kept}");
        assert!(kept.contains(&written), "{kept}");
        assert_eq!(
            left.concat().contains("ttl"),
            ttl.is_none(),
            "{text}\n{left:?}"
        );
    }
}

#[test]
fn a_file_of_inadyn_1_is_recognised_and_read_as_far_as_it_goes() {
    for text in [
        "username test\npassword test\nalias test.example.com\n",
        "--username test --password test --alias test.example.com --update_period 60000\n",
        "# comment\nbackground\ndyndns_system dyndns@dyndns.org\n",
        "system default@freedns.afraid.org\n  ssl\n  username x\n",
        "-u test -p hunter2 -a test.example.com",
    ] {
        let import = import::read(text, "x", &[]).unwrap();
        let left: Vec<_> = import.left.iter().map(ToString::to_string).collect();
        let left = left.join("\n");
        assert_eq!(import.program.to_string(), "inadyn", "{text}");
        assert!(left.contains("from before version 2.0 (2016)"), "{left}");
        assert!(
            left.contains("knew neither") && !left.contains(MARK),
            "{left}"
        );
        assert_eq!(import.hosts, 0);
    }
    let (kept, left) = small(
        "dyndns_system custom@http_svr_basic_auth\ndyndns_server_name api.domeneshop.no\n\
         dyndns_server_url /v0/dyndns/update?hostname=\nusername me\npassword -secret\n\
         update_period_sec 600\nalias a.example.com\nalias b.example.com,hash\nverbose 5\n",
    );
    assert!(
        kept.starts_with("interval = \"10m\"")
            && kept.contains(
                "token = \"me\" secret = \"-secret\" hosts = [\"a.example.com\", \"b.example.com\"]"
            ),
        "{kept}"
    );
    assert_eq!(left.len(), 3, "{left:?}");
}
