//! The form without a file.

use super::*;
use crate::providers::dnspod::Credential;

const DOMENESHOP: [(&str, &str); 3] = [
    ("MOORED_DOMENESHOP_TOKEN", "t"),
    ("MOORED_DOMENESHOP_SECRET", "s"),
    (
        "MOORED_DOMENESHOP_HOSTS",
        "home.example.com,www.example.com",
    ),
];

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    more.iter().chain(&DOMENESHOP).copied().collect()
}

fn read(variables: &[(&str, &str)]) -> Result<Option<Config>, Problems> {
    from_environment(&environment(variables))
}

fn problems(variables: &[(&str, &str)]) -> String {
    read(variables).map_or_else(|problems| problems.to_string(), |_| String::new())
}

#[test]
fn three_variables_are_a_configuration() {
    let config = read(&DOMENESHOP).unwrap().unwrap();
    assert_eq!(config.accounts.len(), 1);
    assert_eq!(config.accounts[0].name.0, "domeneshop");
    assert_eq!(config.targets().len(), 4);
    assert_eq!(config.warnings, []);
}

#[test]
fn without_an_account_there_is_no_configuration() {
    assert!(read(&[]).unwrap().is_none());
    assert!(read(&[("MOORED_INTERVAL", "1m")]).unwrap().is_none());
    assert!(read(&[("MOORED_DOMENESHOP_TOKEN", "")]).unwrap().is_none());
    assert!(
        read(&[
            ("MOORED_CONFIG", "/c"),
            ("MOORED_LOG", "info"),
            ("PATH", "/bin")
        ])
        .unwrap()
        .is_none()
    );
}

#[test]
fn every_setting_has_a_variable() {
    let config = read(&with(&[
        ("MOORED_INTERVAL", "1m"),
        ("MOORED_VERIFY", "2m"),
        ("MOORED_AUDIT", "3m"),
        ("MOORED_TIMEOUT", "4s"),
        ("MOORED_STATE_DIR", "/state"),
        ("MOORED_DNS_SERVERS", "127.0.0.1:5300, 1.1.1.1"),
        (
            "MOORED_IPV4_SOURCES",
            "static:84.212.10.20,84.212.10.21, https",
        ),
        ("MOORED_IPV4_CONFIRM", "3"),
        ("MOORED_IPV4_ACCEPT", "any"),
        ("MOORED_IPV4_ONLY", "84.212.0.0/16,84.213.0.0/16"),
        ("MOORED_IPV4_ON_ABSENT", "remove"),
        ("MOORED_IPV6_SOURCES", "none"),
        ("MOORED_IPV6_PREFER", "temporary"),
        ("MOORED_DOMENESHOP_ENDPOINT", "http://127.0.0.1:8080/v0"),
        ("MOORED_DOMENESHOP_NAME", "home"),
        ("MOORED_DOMENESHOP_VIA", "eth1"),
        ("MOORED_DNSPOD_SITE", "china"),
        ("MOORED_DNSPOD_TOKEN_FILE", "/etc/moored/dnspod.token"),
        ("MOORED_DNSPOD_CONTACT", "me@example.com"),
        ("MOORED_DNSPOD_ENDPOINT", "http://localhost:8081/"),
        ("MOORED_DNSPOD_HOSTS", "home.example.org"),
    ]))
    .unwrap()
    .unwrap();
    assert_eq!(config.intervals.audit, Duration::from_mins(3));
    assert_eq!(config.timeout, Duration::from_secs(4));
    assert_eq!(config.state_dir, Path::new("/state"));
    assert_eq!(config.dns_servers.len(), 2);
    let sources: Vec<_> = config
        .ipv4
        .sources
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(sources, ["static:84.212.10.20,84.212.10.21", "https"]);
    assert_eq!(config.ipv4.confirm, 3);
    assert_eq!(config.ipv4.acceptance.only.len(), 2);
    assert_eq!(config.ipv4.on_absent, OnAbsent::Remove);
    assert_eq!(config.ipv6.prefer, AddressPreference::Temporary);
    assert!(config.ipv6.sources.is_empty());
    assert_eq!(
        config.accounts[0].place,
        "domeneshop http://127.0.0.1:8080/v0"
    );
    assert_eq!(config.accounts[1].place, "dnspod http://localhost:8081");
    assert_eq!(config.targets().len(), 3);
    let vias: Vec<_> = config
        .detection_paths()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(vias, ["IPv4", "IPv4 via eth1"]);
    let AnySettings::DnsPod(settings) = &config.accounts[1].provider else {
        panic!("{:?}", config.accounts)
    };
    assert!(matches!(&settings.credential, Credential::LoginToken(it)
        if it.expose() == "13490,6b5976c68aba5b14a0558b77c17c3932"));
}

#[test]
fn every_variable_that_is_listed_is_read() {
    for name in variables::VARIABLES {
        // A text that no setting takes: whoever reads it says so.
        let said = problems(&with(&[(name, "no\u{1}way")]));
        let about = |line: &str| line.contains(name) && !line.contains("unknown variable");
        assert!(said.lines().any(about), "{name}: {said}");
    }
}

#[test]
fn a_variable_nobody_knows_is_a_problem_with_a_suggestion() {
    assert_eq!(
        problems(&[("MOORED_DOMENSHOP_TOKEN", "t"), ("MOORED_FOO", "1")]),
        "environment: MOORED_DOMENSHOP_TOKEN: unknown variable; did you mean `MOORED_DOMENESHOP_TOKEN`?\n\
         environment: MOORED_FOO: unknown variable; remove it, or write a configuration file"
    );
    assert_eq!(
        problems(&with(&[("MOORED_IPV4_PREFER", "stable")])),
        "environment: MOORED_IPV4_PREFER: unknown variable; did you mean `MOORED_IPV6_PREFER`?"
    );
}

#[test]
fn problems_name_the_variables() {
    assert_eq!(
        problems(&[
            ("MOORED_DOMENESHOP_TOKEN", "t"),
            ("MOORED_DOMENESHOP_TOKEN_FILE", "/etc/moored/token"),
            ("MOORED_DOMENESHOP_HOST", "home.example.com"),
            ("MOORED_INTERVAL", "300"),
            ("MOORED_IPV4_CONFIRM", "two"),
            ("MOORED_IPV6_SOURCES", "https://ip.example.net/"),
            ("MOORED_DNSPOD_HOSTS", "home,home.example.org"),
        ]),
        "environment: MOORED_DOMENESHOP_HOST: unknown variable; did you mean `MOORED_DOMENESHOP_HOSTS`?\n\
         environment: MOORED_INTERVAL: the unit is missing; write \"300s\" for seconds or \"300m\" for minutes\n\
         environment: MOORED_IPV4_CONFIRM: must be a whole number\n\
         environment: MOORED_IPV6_SOURCES: 2 operators must agree on a change, and the sources are of 1; \
         add the source `https`, or set `MOORED_IPV6_CONFIRM` to 1\n\
         environment: MOORED_DOMENESHOP_TOKEN_FILE: `MOORED_DOMENESHOP_TOKEN` and `MOORED_DOMENESHOP_TOKEN_FILE` \
         are both there; keep one of them\n\
         environment: MOORED_DNSPOD_HOSTS: `home` is not fully qualified: write it with its domain, as in `home.example.com`\n\
         environment: MOORED_DOMENESHOP_SECRET: is missing; write one of `MOORED_DOMENESHOP_SECRET` and `MOORED_DOMENESHOP_SECRET_FILE`\n\
         environment: MOORED_DOMENESHOP_HOSTS: this account has no hosts; write names, separated by commas\n\
         environment: MOORED_DNSPOD_TOKEN: is missing; write one of `MOORED_DNSPOD_TOKEN`, `MOORED_DNSPOD_TOKEN_FILE` and `MOORED_DNSPOD_USER_TOKEN`"
    );
}

#[test]
fn a_contact_is_made_up_where_none_is_set_and_that_is_said() {
    let config = read(&[
        ("MOORED_DNSPOD_TOKEN", "1,a"),
        ("MOORED_DNSPOD_HOSTS", "*.example.org"),
        ("MOORED_IPV6_SOURCES", ""),
    ])
    .unwrap()
    .unwrap();
    let warnings: Vec<_> = config.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "environment: MOORED_IPV6_SOURCES: is empty and ignored; write `none` to switch the family off",
            "environment: MOORED_DNSPOD_CONTACT: is not set: DNSPod is told `moored@example.org`; \
             set it to an e-mail address that is read",
        ]
    );
}
