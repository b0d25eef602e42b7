//! Configurations that are right, and what they mean.

use std::net::IpAddr;

use super::*;
use crate::{
    core::{
        address::host_id::{HostId, PrefixLength},
        reconcile::{intent::HostV6, plan::UpdateMode},
    },
    providers::{
        self,
        dnspod::{Credential, Site},
    },
};

const MINIMAL: &str = r#"
[[domeneshop]]
token  = "…"
secret = "…"
hosts  = ["home.example.com", "www.example.com"]
"#;

/// All of the contract in design/interface.md that this version has.
const FULL: &str = r#"
interval  = "5m"
verify    = "1h"
audit     = "24h"
timeout   = "10s"
state_dir = "/var/lib/moored"

[ipv4]
sources = ["interface", "https"]
confirm = 2
accept  = "global"
only    = []
exclude = ["84.212.0.0/16", "84.213.1.2"]
on_absent = "keep"

[ipv6]
sources = ["interface", "https"]
prefer  = "temporary"
on_absent = "remove"
accept = "any"

[dns]
servers = ["127.0.0.1:5300", "1.1.1.1", "[::1]:5300", "::1", "[::2]"]

[[dnspod]]
site    = "china"
token   = "ID,Token"
contact = "me@example.com"
line    = "电信"
hosts   = ["home.example.org"]

[[domeneshop]]
name     = "home"
token    = "…"
secret   = "…"
endpoint = "https://api.domeneshop.no/v0/"
update   = "records"
hosts    = ["home.example.com", "*.example.com"]

[[domeneshop.host]]
name = "NAS.example.com."
ipv4 = false
ipv6 = { host = "::5054:ff:fe12:3456" }
ttl  = 300
create = false
"#;

fn domeneshop(account: &AccountConfig) -> &providers::domeneshop::Settings {
    match &account.provider {
        AnySettings::Domeneshop(settings) => settings,
        AnySettings::DnsPod(_) => panic!("{account:?}"),
    }
}

fn dnspod(account: &AccountConfig) -> &providers::dnspod::Settings {
    match &account.provider {
        AnySettings::DnsPod(settings) => settings,
        AnySettings::Domeneshop(_) => panic!("{account:?}"),
    }
}

fn part(host: &str, prefix: i64) -> HostId {
    HostId::parse(host, PrefixLength::new(prefix).unwrap()).unwrap()
}

fn targets(config: &Config) -> Vec<String> {
    let shown = |target: &Target| format!("{} {target}", target.account);
    config.targets().iter().map(shown).collect()
}

#[test]
fn five_lines_are_a_configuration_and_everything_else_has_a_default() {
    let config = read(MINIMAL).unwrap();
    assert_eq!(config.intervals.interval, Duration::from_mins(5));
    assert_eq!(config.intervals.verify, Duration::from_hours(1));
    assert_eq!(config.intervals.audit, Duration::from_hours(24));
    assert_eq!(config.timeout, Duration::from_secs(10));
    assert_eq!(config.state_dir, Path::new("/var/lib/moored"));
    let family = FamilyConfig {
        sources: vec![Source::Interface(None), Source::Https, Source::Dns],
        confirm: 2,
        acceptance: PublishPolicy::default(),
        on_absent: OnAbsent::Keep,
        prefer: AddressPreference::Stable,
    };
    assert_eq!(config.ipv4, family);
    assert_eq!(config.ipv6, family);
    assert!(config.dns_servers.is_empty());
    assert_eq!(config.warnings, []);
    let [account] = &config.accounts[..] else {
        panic!("{:?}", config.accounts)
    };
    assert_eq!(account.name.0, "domeneshop");
    assert_eq!(account.place, "domeneshop https://api.domeneshop.no/v0");
    assert_eq!(domeneshop(account).token.expose(), "…");
    assert_eq!(domeneshop(account).push, UpdateMode::WhenReplaceable);
    assert_eq!(
        targets(&config),
        [
            "domeneshop home.example.com A",
            "domeneshop home.example.com AAAA",
            "domeneshop www.example.com A",
            "domeneshop www.example.com AAAA",
        ]
    );
}

#[test]
fn everything_that_can_be_written_is_read() {
    let config = read(FULL).unwrap();
    let networks: Vec<_> = config.ipv4.acceptance.exclude.iter().collect();
    assert_eq!(networks.len(), 2);
    assert_eq!(networks[1].to_string(), "84.213.1.2/32");
    assert_eq!(config.ipv6.prefer, AddressPreference::Temporary);
    assert_eq!(config.ipv6.on_absent, OnAbsent::Remove);
    assert!(config.ipv6.acceptance.accept_any);
    let servers: Vec<_> = config.dns_servers.iter().map(ToString::to_string).collect();
    assert_eq!(
        servers,
        [
            "127.0.0.1:5300",
            "1.1.1.1:53",
            "[::1]:5300",
            "[::1]:53",
            "[::2]:53"
        ]
    );
    let [china, home] = &config.accounts[..] else {
        panic!("{:?}", config.accounts)
    };
    assert_eq!(dnspod(china).site, Site::China);
    assert_eq!(dnspod(china).endpoint, "https://dnsapi.cn");
    assert_eq!(dnspod(china).contact, "me@example.com");
    assert_eq!(china.place, "dnspod https://dnsapi.cn line 电信");
    assert!(
        matches!(&dnspod(china).credential, Credential::LoginToken(it) if it.expose() == "ID,Token")
    );
    assert_eq!(domeneshop(home).endpoint, "https://api.domeneshop.no/v0");
    assert_eq!(domeneshop(home).push, UpdateMode::Never);
    let nas = &home.hosts[2];
    assert_eq!(nas.name.as_str(), "nas.example.com");
    assert!(!nas.ipv4 && !nas.create);
    assert_eq!(nas.ttl, Some(300));
    assert_eq!(nas.ipv6, HostV6::Device(part("::5054:ff:fe12:3456", 64)));
    assert_eq!(config.warnings, []);
    assert_eq!(
        targets(&config),
        [
            "dnspod home.example.org A",
            "dnspod home.example.org AAAA",
            "home home.example.com A",
            "home home.example.com AAAA",
            "home *.example.com A",
            "home *.example.com AAAA",
            "home nas.example.com AAAA",
        ]
    );
}

#[test]
fn another_device_is_told_by_its_host_part_or_its_hardware_address() {
    for (written, host, prefix) in [
        (
            r#"{ host = "::5054:ff:fe12:3456" }"#,
            "::5054:ff:fe12:3456",
            64,
        ),
        (
            r#"{ host = "0:0:0:cd::1", prefix = 56 }"#,
            "0:0:0:cd::1",
            56,
        ),
        (
            r#"{ mac = "52:54:00:12:34:56" }"#,
            "::5054:ff:fe12:3456",
            64,
        ),
        (
            r#"{ mac = "52-54-00-12-34-56", prefix = 48 }"#,
            "::5054:ff:fe12:3456",
            48,
        ),
        (r#"{ mac = "5254.0012.3456" }"#, "::5054:ff:fe12:3456", 64),
    ] {
        let text =
            format!("{MINIMAL}[[domeneshop.host]]\nname = \"nas.example.com\"\nipv6 = {written}");
        let config = read(&text).unwrap();
        let nas = config.accounts[0].hosts.last().unwrap();
        assert_eq!(nas.ipv6, HostV6::Device(part(host, prefix)), "{written}");
    }
}

#[test]
fn a_hosts_own_interface_wins_over_its_accounts() {
    let hosts = r#"
        via = "eth1"
        [[domeneshop.host]]
        name = "a.example.com"
        [[domeneshop.host]]
        name = "b.example.com"
        via = "eth2"
        [[dnspod]]
        token = "1,a"
        contact = "me@example.com"
        hosts = ["home.example.org"]
        [[dnspod.host]]
        name = "c.example.org"
        via = "eth2""#;
    let config = read(&format!("{MINIMAL}{hosts}")).unwrap();
    let vias = |account: &AccountConfig| -> Vec<_> {
        let via = |host: &Host| host.via.as_ref().map(|it| it.name().to_owned());
        account.hosts.iter().map(via).collect()
    };
    let (eth1, eth2) = (Some("eth1".to_owned()), Some("eth2".to_owned()));
    assert_eq!(
        vias(&config.accounts[0]),
        [eth1.clone(), eth1.clone(), eth1, eth2.clone()]
    );
    assert_eq!(vias(&config.accounts[1]), [None, eth2]);
    let looked_from: Vec<_> = config
        .detection_paths()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        looked_from,
        [
            "IPv4",
            "IPv6",
            "IPv4 via eth1",
            "IPv6 via eth1",
            "IPv4 via eth2",
            "IPv6 via eth2"
        ]
    );
    // Where every host says `via`, nobody wants to know what the routing table makes of it.
    let all = read(&format!("[ipv6]\nsources = []\n{MINIMAL}via = \"eth1\"")).unwrap();
    let looked_from: Vec<_> = all
        .detection_paths()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(looked_from, ["IPv4 via eth1"]);
}

#[test]
fn the_example_that_is_shipped_is_a_configuration() {
    let config = read(include_str!("../../../config.example.toml")).unwrap();
    assert_eq!(config.accounts.len(), 2);
    assert_eq!(config.warnings, []);
    assert_eq!(domeneshop(&config.accounts[0]).token.expose(), "one-word");
    // What it gives as the default is the default.
    let minimal = read(MINIMAL).unwrap();
    assert_eq!(config.ipv4, minimal.ipv4);
    assert_eq!(config.ipv6, minimal.ipv6);
    assert_eq!(config.intervals, minimal.intervals);
    assert_eq!(config.timeout, minimal.timeout);
    assert_eq!(
        domeneshop(&config.accounts[0]).endpoint,
        providers::domeneshop::ENDPOINT
    );
}

#[test]
fn a_family_without_sources_is_off() {
    let config = read(&format!("[ipv6]\nsources = []\n{MINIMAL}")).unwrap();
    assert_eq!(
        targets(&config),
        [
            "domeneshop home.example.com A",
            "domeneshop www.example.com A"
        ]
    );
}

#[test]
fn own_sources_need_nobody_to_confirm_them_and_each_echo_host_is_one_operator() {
    for sources in [
        r#""interface:eth0""#,
        r#""static:84.212.10.20", "file:/run/ip", "command:my-ip --four""#,
        r#""https://a.example.net/", "https://b.example.net/""#,
        r#""https://a.example.net/", "https""#,
        r#""http://192.168.1.1/ip", "https://b.example.net/""#,
    ] {
        let text = format!("[ipv4]\nsources = [{sources}]\n{MINIMAL}");
        assert_eq!(problems(&text), "", "{sources}");
    }
    let one = format!("[ipv4]\nsources = [\"https://a.example.net/\"]\nconfirm = 1\n{MINIMAL}");
    let config = read(&one).unwrap();
    assert_eq!(config.ipv4.confirm, 1);
    let addr: IpAddr = "84.212.10.20".parse().unwrap();
    assert!(config.ipv4.acceptance.check(Family::V4, addr).is_ok());
}

#[test]
fn a_secret_comes_from_the_file_a_file_a_variable_or_systemd() {
    let variables = [
        ("MY_TOKEN", "from-variable\n"),
        ("CREDENTIALS_DIRECTORY", "/run/credentials"),
    ];
    for (written, secret) in [
        (r#"token = "literal""#, "literal"),
        (r#"token_file = "/etc/moored/token""#, "file-token"),
        (r#"token_file = "token""#, "file-token"),
        (r#"token_env = "MY_TOKEN""#, "from-variable"),
        (r#"token_credential = "token""#, "file-token"),
    ] {
        let text = MINIMAL.replace("token  = \"…\"", written);
        let path = Path::new("/etc/moored/config.toml");
        let config = from_toml(&text, path, &environment(&variables)).unwrap();
        assert_eq!(
            domeneshop(&config.accounts[0]).token.expose(),
            secret,
            "{written}"
        );
    }
    let user_token = r#"[[dnspod]]
        user_token = "730060,e1a8a$f14d"
        contact = "me@example.com"
        hosts = ["home.example.org"]"#;
    let config = read(user_token).unwrap();
    let settings = dnspod(&config.accounts[0]);
    assert!(
        matches!(&settings.credential, Credential::UserToken(it) if it.expose() == "730060,e1a8a$f14d")
    );
}

#[test]
fn the_fingerprint_follows_secrets_settings_and_hosts() {
    let fingerprint = |text: &str| read(text).unwrap().accounts[0].fingerprint;
    let first = fingerprint(MINIMAL);
    assert_eq!(first, fingerprint(&format!("interval = \"1s\"\n{MINIMAL}")));
    for other in [
        MINIMAL.replace("token  = \"…\"", "token = \"other\""),
        MINIMAL.replace("secret = \"…\"", "secret = \"other\""),
        MINIMAL.replace(", \"www.example.com\"", ""),
        format!("{MINIMAL}update = \"records\"\n"),
        format!("{MINIMAL}endpoint = \"https://api.example.net\"\n"),
        format!("{MINIMAL}[[domeneshop.host]]\nname = \"a.example.com\"\nttl = 60\n"),
    ] {
        assert_ne!(first, fingerprint(&other), "{other}");
    }
}

#[test]
fn what_works_but_should_not_stay_so_is_warned_of() {
    let text = format!("{MINIMAL}endpoint = \"http://192.168.1.2:8080/v0\"\n");
    let mut environment = environment(&[
        ("MOORED_INTERVAL", "1m"),
        ("MOORED_LOG", "debug"),
        ("MOORED_DNSPOD_TOKEN", ""),
    ]);
    environment.config_mode = Some(0o100_644);
    let config = from_toml(&text, Path::new("c"), &environment).unwrap();
    let warnings: Vec<_> = config.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "c:6:12: domeneshop[0].endpoint: credentials are sent over the network without \
             encryption; use `https://` if the service has it",
            "environment: MOORED_INTERVAL: is ignored, for there is a configuration file; write it \
             in the file, or unset it",
            "c: holds a secret and is open to everybody on this host; `chmod 600` it, or move the \
             secret to a file of its own with `token_file`",
        ]
    );
}

#[test]
fn a_variable_that_a_secret_is_taken_from_is_not_said_to_be_ignored() {
    let text = MINIMAL.replace("token  = \"…\"", "token_env = \"MOORED_DOMENESHOP_TOKEN\"");
    let environment = environment(&[("MOORED_DOMENESHOP_TOKEN", "t")]);
    let config = from_toml(&text, Path::new("c"), &environment).unwrap();
    assert_eq!(config.warnings, []);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    let text = format!("\u{feff}{}", MINIMAL.trim_start().replace('\n', "\r\n"));
    assert!(read(&text).is_ok());
    let misspelt = format!("\u{feff}intervall = \"5m\"\r\n{MINIMAL}");
    assert_eq!(
        problems(&misspelt),
        "c:1:1: intervall: unknown key; did you mean `interval`?"
    );
}
