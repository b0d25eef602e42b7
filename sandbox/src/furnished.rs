//! What the program begins with, and what it says about that.
//!
//! At every service there are two accounts, so that what is shared or handed over has somebody to go to, and one domain of a
//! plan that is paid for.

use std::net::SocketAddr;

use sandbox::{Sandbox, Site};
use serde_json::json;

const TOKEN: &str = "sandbox";
const SECRET: &str = "sandbox-secret";
const OTHER_TOKEN: &str = "neighbour";
const OTHER_SECRET: &str = "neighbour-secret";
const LOGIN_TOKEN: &str = "10001,0123456789abcdef0123456789abcdef";
const OTHER_LOGIN_TOKEN: &str = "20002,fedcba9876543210fedcba9876543210";
const EMAIL: &str = "sandbox@example.com";
const OTHER_EMAIL: &str = "neighbour@example.com";
const PASSWORD: &str = "sandbox-password";
const OTHER_PASSWORD: &str = "neighbour-password";

/// The domain whose plan is paid for, of the first account at each site of DNSPod.
const PAID_ZONE: &str = "paid.example";
const PAID_ZONE_CHINA: &str = "paid-china.example";
const PAID_GRADE: &str = "DP_Plus";

const ADDRESS: &str = "203.0.113.7";
const ADDRESS6: &str = "2001:db8::7";

/// The accounts, domains, invoices and answers to begin with.
pub(crate) fn furnish(sandbox: &Sandbox) {
    let domeneshop = sandbox.domeneshop();
    domeneshop.account(TOKEN, SECRET);
    domeneshop.domain(TOKEN, "example.com");
    domeneshop.account(OTHER_TOKEN, OTHER_SECRET);
    domeneshop.domain(OTHER_TOKEN, "example.net");
    domeneshop.invoice(TOKEN, json!({"status": "paid"}));
    domeneshop.invoice(TOKEN, json!({"amount": 240}));
    // The API spells it so.
    let credit = json!({"type": "credit_node", "status": "settled", "amount": 60});
    domeneshop.invoice(TOKEN, credit);
    domeneshop.invoice(OTHER_TOKEN, json!({}));
    for (site, domain, other_domain, paid, paid_min_ttl) in [
        (
            Site::International,
            "example.org",
            "neighbour.example",
            PAID_ZONE,
            120,
        ),
        (
            Site::China,
            "example.cn",
            "neighbour-china.example",
            PAID_ZONE_CHINA,
            60,
        ),
    ] {
        let pod = sandbox.dnspod(site);
        for (login, email, password) in [
            (LOGIN_TOKEN, EMAIL, PASSWORD),
            (OTHER_LOGIN_TOKEN, OTHER_EMAIL, OTHER_PASSWORD),
        ] {
            pod.account(login);
            pod.set_user(login, json!({"email": email, "password": password}));
        }
        pod.domain(LOGIN_TOKEN, domain);
        pod.domain(OTHER_LOGIN_TOKEN, other_domain);
        pod.domain_with_min_ttl(LOGIN_TOKEN, paid, paid_min_ttl);
        pod.set_domain(paid, json!({"is_vip": "yes", "grade": PAID_GRADE}));
    }
    for n in 1..=8 {
        sandbox.echo(n).answer(ADDRESS);
    }
    if let Some(echo) = sandbox.echo6() {
        echo.answer(ADDRESS6);
    }
}

/// What is printed at the start.
pub(crate) fn welcome(sandbox: &Sandbox) -> String {
    let domeneshop = sandbox.domeneshop().url();
    let dnspod = sandbox.dnspod(Site::International).url();
    let china = sandbox.dnspod(Site::China).url();
    let dns = sandbox.dns().addr();
    let control = sandbox.control_url();
    let (one, two) = (sandbox.echo(1).url(), sandbox.echo(2).url());
    let six = sandbox.echo6();
    let six = six.map_or("(no IPv6 here)".to_owned(), |echo| echo.url());
    format!(
        "\
Domeneshop      {domeneshop}   token {TOKEN}, secret {SECRET}, zone example.com, three invoices
                                           token {OTHER_TOKEN}, secret {OTHER_SECRET}, zone example.net
DNSPod          {dnspod}      login_token {LOGIN_TOKEN}, zones example.org and {PAID_ZONE}
                                           login_token {OTHER_LOGIN_TOKEN}, zone neighbour.example
DNSPod, China   {china}      the same two; zones example.cn, {PAID_ZONE_CHINA} and neighbour-china.example
                                           The users of both are {EMAIL}, password {PASSWORD}, and
                                           {OTHER_EMAIL}, password {OTHER_PASSWORD}: for Auth, and to share
                                           or transfer domains. The plan of {PAID_ZONE} and
                                           {PAID_ZONE_CHINA}, {PAID_GRADE}, is paid for: their owner can make groups
DNS             {dns}             {dig}
Echo            {one} to {last}, all saying {ADDRESS}
Echo, IPv6      {six}, saying {ADDRESS6}
Control         {control}      curl -d 198.51.100.9 '{control}/echo?n=1'; curl {control}/log; curl {control} for more

A configuration to paste:

state_dir = \"/tmp/moored-sandbox\"
ipv4 = {{ sources = [\"{one}\", \"{two}\"], accept = \"any\" }}
ipv6 = {{ sources = [] }}
dns = {{ servers = [\"{dns}\"] }}
[[domeneshop]]
endpoint = \"{domeneshop}\"
token = \"{TOKEN}\"
secret = \"{SECRET}\"
hosts = [\"home.example.com\"]
[[domeneshop]]
name = \"domeneshop-neighbour\"
endpoint = \"{domeneshop}\"
token = \"{OTHER_TOKEN}\"
secret = \"{OTHER_SECRET}\"
hosts = [\"home.example.net\"]
{first}{second}{third}{fourth}
Requests:
",
        dig = dig(dns),
        last = sandbox.echo(8).url(),
        first = dnspod_section("dnspod", "international", &dnspod, LOGIN_TOKEN, "example.org"),
        second = dnspod_section(
            "dnspod-neighbour",
            "international",
            &dnspod,
            OTHER_LOGIN_TOKEN,
            "neighbour.example"
        ),
        third = dnspod_section("china", "china", &china, LOGIN_TOKEN, "example.cn"),
        fourth = dnspod_section(
            "china-neighbour",
            "china",
            &china,
            OTHER_LOGIN_TOKEN,
            "neighbour-china.example"
        ),
    )
}

fn dnspod_section(name: &str, site: &str, url: &str, login: &str, zone: &str) -> String {
    format!(
        "\
[[dnspod]]
name = \"{name}\"
site = \"{site}\"
endpoint = \"{url}\"
token = \"{login}\"
contact = \"me@example.com\"
hosts = [\"home.{zone}\"]
"
    )
}

fn dig(dns: SocketAddr) -> String {
    format!("dig @{} -p {} home.example.com", dns.ip(), dns.port())
}
