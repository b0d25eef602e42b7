//! ddclient.conf: global settings, then hosts with settings of their own.

mod keys;
mod parse;
mod ways;

use std::collections::BTreeMap;

use reqwest::Url;

use self::parse::{Assignment, Statement, Value};
use super::found::{Entry, Found, Given, Login, Shown, Spot, mail_address, quoted};
use crate::{
    core::{name::Fqdn, secret::Secret},
    detect::source::is_own_network,
    provider::{dnspod::Site, domeneshop},
};

/// The settings that hold for a host: the value of each key, and its line.
type Settings = BTreeMap<String, (usize, Value)>;

/// Keys that only ddclient has, and that every file with a host has one of.
const TRAITS: [&str; 5] = ["protocol", "use", "usev4", "usev6", "server"];

/// The first line that says that a text is a ddclient.conf.
pub(super) fn trait_in(text: &str) -> Option<usize> {
    let statements = parse::statements(text);
    let mut assignments = statements.iter().flat_map(|it| &it.assignments);
    assignments
        .find(|it| TRAITS.contains(&it.key.as_str()))
        .map(|it| it.line)
}

/// Reads a whole file.
pub(super) fn read(text: &str) -> Found {
    let mut found = Found::default();
    let mut globals = Settings::new();
    let mut mail = None;
    let mut hosts: Vec<(String, usize, Settings)> = Vec::new();
    for statement in parse::statements(text) {
        let names = names(&statement);
        let locals = settings(&statement);
        if names.is_empty() {
            for (key, (line, value)) in &locals {
                global(key, *line, value, &mut found);
                if key.starts_with("mail") && mail.is_none() {
                    mail = mail_address(text_of(value));
                }
            }
            globals.extend(locals);
            continue;
        }
        for name in names {
            let mut all = globals.clone();
            all.extend(locals.clone());
            // What was said of a host first stays.
            match hosts.iter_mut().find(|(known, ..)| *known == name) {
                Some((_, _, known)) => {
                    all.extend(std::mem::take(known));
                    *known = all;
                }
                None => hosts.push((name, statement.line, all)),
            }
        }
    }
    for (name, line, settings) in hosts {
        host(&name, line, &settings, mail.as_deref(), &mut found);
    }
    found
}

/// The hosts of a statement: by `host=`, and behind the assignments.
fn names(statement: &Statement) -> Vec<String> {
    let by_key = statement.assignments.iter().filter(|it| it.key == "host");
    let by_key = by_key.flat_map(|it| text_of(&it.value).split([',', ' ']));
    let names = statement.hosts.iter().map(String::as_str).chain(by_key);
    let names = names.filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

fn settings(statement: &Statement) -> Settings {
    let mut settings = Settings::new();
    for Assignment { line, key, value } in &statement.assignments {
        if key != "host" {
            settings.insert(key.clone(), (*line, value.clone()));
        }
    }
    for (key, word) in [
        ("login", &statement.login),
        ("password", &statement.password),
    ] {
        if let Some(word) = word {
            let value = Value::Literal(word.clone());
            settings.insert(key.to_owned(), (statement.line, value));
        }
    }
    settings
}

/// The text of a value; of a variable's, its name.
fn text_of(value: &Value) -> &str {
    match value {
        Value::Literal(text) | Value::Variable(text) => text,
    }
}

/// What holds for the program rather than for a host.
fn global(key: &str, line: usize, value: &Value, found: &mut Found) {
    let spot = Spot::Line(line);
    let text = text_of(value);
    match key {
        "daemon" | "timeout" => match keys::delay(text) {
            Some(length) if !length.is_zero() => {
                let kept = if key == "daemon" {
                    &mut found.interval
                } else {
                    &mut found.timeout
                };
                *kept = Some((spot, length));
            }
            Some(_) => {}
            None => found.leave(
                spot,
                quoted(key, text, Shown::Key),
                "that is no length of time",
            ),
        },
        _ => leave(key, line, value, found),
    }
}

/// Names a setting that is not carried over, if it is one that says something.
fn leave(key: &str, line: usize, value: &Value, found: &mut Found) {
    if let Some((why, shown)) = keys::left(key, text_of(value)) {
        found.leave(Spot::Line(line), quoted(key, text_of(value), shown), why);
    }
}

fn host(name: &str, line: usize, settings: &Settings, mail: Option<&str>, found: &mut Found) {
    let spot = Spot::Line(line);
    let Ok(fqdn) = Fqdn::parse(name) else {
        // The text is not shown: what stands where a name belongs may be anything.
        let why =
            "what stands there as a host is no name (ddclient takes no white space around `=`)";
        return found.leave(spot, "", why);
    };
    let setting = |key: &str| settings.get(key).map(|(_, value)| text_of(value));
    let protocol = setting("protocol").unwrap_or("dyndns2").to_lowercase();
    let Some(login) = login(&protocol, settings, found) else {
        let what = format!(
            "{fqdn} with {}",
            quoted("protocol", &protocol, Shown::Whole)
        );
        return found.leave(
            spot,
            what,
            "moored keeps names at Domeneshop and DNSPod only",
        );
    };
    let mut whole = true;
    for (key, (line, value)) in settings {
        // Those that were global are named twice so, and kept once.
        leave(key, *line, value, found);
        if matches!(value, Value::Variable(_)) && !["login", "password"].contains(&key.as_str()) {
            let why = "moored takes secrets from variables and nothing else: write the value in and \
                       import again";
            found.leave(Spot::Line(*line), format!("{key}_env=…"), why);
            whole &= keys::left(key, "").is_some();
        }
    }
    if !whole {
        return found.leave(spot, fqdn.as_str(), "it depends on a variable");
    }
    let (ipv4, ipv6) = ways::ways(settings, line, found);
    if ipv4.is_none() && ipv6.is_none() {
        return found.leave(spot, fqdn.as_str(), "no address is found for it");
    }
    found.entries.push(Entry {
        line,
        name: name.to_owned(),
        login,
        contact: mail.map(str::to_owned),
        ipv4,
        ipv6: ipv6.map(|way| (way, None)),
    });
}

/// The account of a host, if its provider is one of moored's.
///
/// `protocol=domeneshop`: token and secret are `login` and `password`. Before ddclient had that, people
/// pointed `dyndns2` at Domeneshop's server. `protocol=dnspod`: `login` is the token's ID, and the
/// server is the international one if none is named (ddclient's docs/protocol-dnspod.md).
fn login(protocol: &str, settings: &Settings, found: &mut Found) -> Option<Login> {
    let server = settings.get("server");
    let host = server.map(|(_, value)| host_of(text_of(value)));
    let is_domeneshop = match protocol {
        "domeneshop" => true,
        "dyndns1" | "dyndns2" => host.as_deref() == Some("api.domeneshop.no"),
        "dnspod" => false,
        _ => return None,
    };
    if is_domeneshop {
        return Some(Login::Domeneshop {
            token: given("login", "token", settings),
            secret: given("password", "secret", settings),
            endpoint: endpoint(server, &[domeneshop::ENDPOINT], "/v0", found),
        });
    }
    if protocol != "dnspod" {
        return None;
    }
    let site = match host.as_deref() {
        Some("dnsapi.cn") => Site::China,
        _ => Site::International,
    };
    let known = [Site::International.endpoint(), Site::China.endpoint()];
    Some(Login::DnsPod {
        site,
        token: pair(settings),
        endpoint: endpoint(server, &known, "", found),
    })
}

fn given(key: &str, meant: &str, settings: &Settings) -> Given {
    match settings.get(key) {
        Some((_, Value::Literal(text))) => Given::Literal(Secret::new(text)),
        Some((_, Value::Variable(name))) => Given::Variable(name.clone()),
        None => Given::Missing(format!("there is no `{key}`, which is the `{meant}`")),
    }
}

/// DNSPod's token in one word.
fn pair(settings: &Settings) -> Given {
    let (id, key) = (settings.get("login"), settings.get("password"));
    match (id, key) {
        (Some((_, Value::Literal(id))), Some((_, Value::Literal(key)))) => {
            Given::Literal(Secret::new(format!("{id},{key}")))
        }
        (Some(_), Some(_)) => Given::Missing(
            "`login` or `password` is in an environment variable, and moored's `token` is both in \
             one, as `ID,Token`"
                .to_owned(),
        ),
        _ => Given::Missing("there is no `login` or no `password`".to_owned()),
    }
}

/// The host of a `server`, which may come with a scheme, a port and a path.
fn host_of(server: &str) -> String {
    let url = Url::parse(&with_scheme(server)).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.unwrap_or_default().to_owned()
}

fn with_scheme(server: &str) -> String {
    if server.starts_with("https://") || server.starts_with("http://") {
        server.to_owned()
    } else {
        format!("https://{server}")
    }
}

/// The endpoint, where it is not the usual one.
fn endpoint(
    server: Option<&(usize, Value)>,
    usual: &[&str],
    path: &str,
    found: &mut Found,
) -> Option<String> {
    let (line, server) = server?;
    let server = text_of(server);
    let own = host_of(server);
    if usual.iter().any(|it| host_of(it) == own) {
        return None;
    }
    let url = Url::parse(&with_scheme(server)).ok().filter(|url| {
        let safe = url.scheme() == "https" || is_own_network(url);
        let plain = url.query().is_none() && url.fragment().is_none();
        safe && plain && url.username().is_empty() && url.password().is_none() && url.has_host()
    });
    let Some(url) = url else {
        let why = "moored sends credentials to no such address; the provider's own takes its place";
        found.leave(Spot::Line(*line), "server=…", why);
        return None;
    };
    let base = url.as_str().trim_end_matches('/').to_owned();
    let whole = !path.is_empty() && base.ends_with(path);
    Some(if whole { base } else { base + path })
}
