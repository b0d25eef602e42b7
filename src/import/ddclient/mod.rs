//! ddclient.conf: global settings, then hosts with settings of their own.

mod keys;
mod parse;
mod server;
mod settings;
mod sources;

use super::ddclient::{
    parse::{Assignment, DdclientStatement, DdclientValue},
    settings::{DdclientSettings, UsedSettings},
};
use super::model::{
    Disclosure, ImportModel, ImportedHost, ImportedLogin, ImportedSecret, SourceLine, mail_address,
    overridden, quoted, ttl as ttl_of,
};
use crate::{
    core::{
        dns::name::{Fqdn, ZoneName},
        secret::Secret,
    },
    providers::{dnspod::Site, domeneshop},
};

/// Keys that only ddclient has, and that every file with a host has one of.
const DETECTED_LINES: [&str; 5] = ["protocol", "use", "usev4", "usev6", "server"];

/// The first line that says that a text is a ddclient.conf.
pub(super) fn trait_in(text: &str) -> Option<usize> {
    let statements = parse::statements(text);
    let mut assignments = statements.iter().flat_map(|it| &it.assignments);
    assignments
        .find(|it| DETECTED_LINES.contains(&it.key.as_str()))
        .map(|it| it.line)
}

/// A host as often as the file mentions it: its name, the line of the first mention, and its settings.
type Mention = (String, usize, DdclientSettings);

/// Reads a whole file.
pub(super) fn read(text: &str) -> ImportModel {
    let mut found = ImportModel::default();
    let mut ledger = UsedSettings::default();
    let mut globals = DdclientSettings::default();
    let mut mail = None;
    let mut hosts: Vec<Mention> = Vec::new();
    for statement in parse::statements(text) {
        if let Some(line) = statement.surplus {
            let why = "more words than a host, a login and a password: ddclient does not read them";
            found.leave(SourceLine::Line(line), "", why);
        }
        let names = names(&statement, &mut found);
        let locals = settings(&statement, &mut ledger, &mut found);
        if names.is_empty() {
            for (key, setting) in locals.iter() {
                if key.starts_with("mail") && mail.is_none() {
                    mail = mail_address(setting.text());
                }
            }
            globals.replace(locals);
            continue;
        }
        for name in names {
            let mut all = globals.clone();
            all.replace(locals.clone());
            mention(name, statement.line, all, &mut hosts, &mut found);
        }
    }
    for key in ["daemon", "timeout"] {
        length(key, &globals, &mut found);
    }
    for (name, line, settings) in &hosts {
        host(name, *line, settings, mail.as_deref(), &mut found);
    }
    let last_host = hosts.iter().map(|(_, line, _)| *line).max();
    ledger.close(last_host.unwrap_or_default(), &mut found);
    found
}

/// Notes a mention of a host. What was said of it first stays, as in ddclient.
fn mention(
    name: String,
    line: usize,
    settings: DdclientSettings,
    hosts: &mut Vec<Mention>,
    found: &mut ImportModel,
) {
    let Some((_, first, known)) = hosts.iter_mut().find(|(known, ..)| *known == name) else {
        return hosts.push((name, line, settings));
    };
    for (key, setting) in settings.iter() {
        let Some(other) = known.peek(key) else {
            continue;
        };
        if other.value == setting.value {
            // The same again says nothing new.
            if !other.is(setting) {
                setting.consume();
            }
        } else {
            let name = Fqdn::parse(&name).map(|name| format!("{name}: "));
            let what = name.unwrap_or_default() + &quoted(key, "", Disclosure::Key);
            let why = format!(
                "line {first} mentions the host first, and its `{key}` of line {} counts",
                other.line
            );
            found.leave(SourceLine::Line(setting.line), what, why);
            setting.consume();
        }
    }
    known.complete(settings);
}

/// The hosts of a statement: by `host=`, and behind the assignments.
fn names(statement: &DdclientStatement, found: &mut ImportModel) -> Vec<String> {
    let mut names = statement.hosts.clone();
    for Assignment { line, key, value } in &statement.assignments {
        match value {
            _ if key != "host" => {}
            DdclientValue::Literal(text) => {
                let separated = text.split([',', ' ']).filter(|name| !name.is_empty());
                names.extend(separated.map(str::to_owned));
            }
            DdclientValue::Variable(_) => {
                found.leave(SourceLine::Line(*line), "host_env=…", VARIABLE);
            }
        }
    }
    names
}

fn settings(
    statement: &DdclientStatement,
    ledger: &mut UsedSettings,
    found: &mut ImportModel,
) -> DdclientSettings {
    let mut settings = DdclientSettings::default();
    let mut set = |key: &str, line: usize, value: DdclientValue| {
        let setting = ledger.enter(key, line, value);
        if let Some(previous) = settings.insert(key, setting) {
            let what = quoted(key, "", Disclosure::Key);
            found.leave(SourceLine::Line(previous.line), what, overridden(line));
            previous.consume();
        }
    };
    for Assignment { line, key, value } in &statement.assignments {
        if key != "host" {
            set(key, *line, value.clone());
        }
    }
    for (key, word) in [
        ("login", &statement.login),
        ("password", &statement.password),
    ] {
        if let Some(word) = word {
            set(key, statement.line, DdclientValue::Literal(word.clone()));
        }
    }
    settings
}

const VARIABLE: &str =
    "moored takes secrets from variables and nothing else: write the value in and import again";

/// A length of time that holds for the program rather than for a host.
fn length(key: &'static str, globals: &DdclientSettings, found: &mut ImportModel) {
    let Some(setting) = globals.get(key) else {
        return;
    };
    let spot = SourceLine::Line(setting.line);
    let place = match key {
        "daemon" => &mut found.interval,
        _ => &mut found.timeout,
    };
    match keys::delay(setting.text()) {
        Some(length) if !length.is_zero() => *place = Some((spot, length)),
        Some(_) => {
            let why = match key {
                "daemon" => "moored keeps running; `moored --once` runs one round",
                _ => "moored waits for no request without end; its own `timeout` takes its place",
            };
            found.leave(spot, quoted(key, setting.text(), Disclosure::Key), why);
        }
        None => found.leave(
            spot,
            quoted(key, setting.text(), Disclosure::Key),
            "that is no length of time",
        ),
    }
}

fn host(
    name: &str,
    line: usize,
    settings: &DdclientSettings,
    mail: Option<&str>,
    found: &mut ImportModel,
) {
    let spot = SourceLine::Line(line);
    let Ok(fqdn) = Fqdn::parse(name) else {
        // The text is not shown: what stands where a name belongs may be anything.
        let why =
            "what stands there as a host is no name (ddclient takes no white space around `=`)";
        return found.leave(spot, "", why);
    };
    let protocol = settings
        .text("protocol")
        .unwrap_or("dyndns2")
        .to_lowercase();
    let Some(login) = login(&protocol, settings, found) else {
        let what = format!(
            "{fqdn} with {}",
            quoted("protocol", &protocol, Disclosure::Whole)
        );
        settings.consume_all();
        return found.leave(
            spot,
            what,
            "moored keeps names at Domeneshop and DNSPod only",
        );
    };
    let mut whole = true;
    for (key, setting) in settings.iter() {
        let is_variable = matches!(setting.value, DdclientValue::Variable(_));
        if is_variable && !["login", "password"].contains(&key) {
            found.leave(
                SourceLine::Line(setting.line),
                format!("{key}_env=…"),
                VARIABLE,
            );
            setting.consume();
            whole &= keys::left(key, "").is_some();
        }
    }
    if !whole {
        settings.consume_all();
        return found.leave(spot, fqdn.as_str(), "it depends on a variable");
    }
    zone(&fqdn, settings);
    let ttl = ttl(settings, found);
    let (ipv4, ipv6) = sources::ways(settings, line, found);
    if ipv4.is_none() && ipv6.is_none() {
        settings.consume_all();
        return found.leave(spot, fqdn.as_str(), "no address is found for it");
    }
    found.entries.push(ImportedHost {
        line,
        name: name.to_owned(),
        login,
        contact: mail.map(str::to_owned),
        ipv4,
        ipv6: ipv6.map(|way| (way, None)),
        ttl,
    });
}

/// moored finds a host's zone by itself: a zone that holds the host says nothing more.
fn zone(host: &Fqdn, settings: &DdclientSettings) {
    if let Some(setting) = settings.peek("zone")
        && ZoneName::parse(setting.text()).is_ok_and(|zone| host.is_within(&zone))
    {
        setting.consume();
    }
}

fn ttl(settings: &DdclientSettings, found: &mut ImportModel) -> Option<(usize, u32)> {
    let setting = settings.get("ttl")?;
    let seconds = ttl_of(setting.text());
    if seconds.is_none() {
        let what = quoted("ttl", "", Disclosure::Key);
        found.leave(
            SourceLine::Line(setting.line),
            what,
            "that is no number of seconds",
        );
    }
    Some((setting.line, seconds?))
}

/// The account of a host, if its provider is one of moored's.
///
/// `protocol=domeneshop`: token and secret are `login` and `password`. Before ddclient had that, people
/// pointed `dyndns2` at Domeneshop's server. `protocol=dnspod`: `login` is the token's ID, and the
/// server is the international one if none is named (ddclient's docs/protocol-dnspod.md).
fn login(
    protocol: &str,
    settings: &DdclientSettings,
    found: &mut ImportModel,
) -> Option<ImportedLogin> {
    let server = settings.get("server");
    let host = server.map(|setting| server::host_of(setting.text()));
    let is_domeneshop = match protocol {
        "domeneshop" => true,
        "dyndns1" | "dyndns2" => host.as_deref() == Some("api.domeneshop.no"),
        "dnspod" => false,
        _ => return None,
    };
    if is_domeneshop {
        return Some(ImportedLogin::Domeneshop {
            token: given("login", "token", settings),
            secret: given("password", "secret", settings),
            endpoint: server::endpoint(server, &[domeneshop::ENDPOINT], "/v0", found),
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
    Some(ImportedLogin::DnsPod {
        site,
        token: pair(settings),
        endpoint: server::endpoint(server, &known, "", found),
    })
}

fn given(key: &str, meant: &str, settings: &DdclientSettings) -> ImportedSecret {
    match settings.get(key).map(|setting| &setting.value) {
        Some(DdclientValue::Literal(text)) => ImportedSecret::Literal(Secret::new(text)),
        Some(DdclientValue::Variable(name)) => ImportedSecret::Variable(name.clone()),
        None => ImportedSecret::Missing(format!("there is no `{key}`, which is the `{meant}`")),
    }
}

/// DNSPod's token in one word.
fn pair(settings: &DdclientSettings) -> ImportedSecret {
    let value = |key| settings.get(key).map(|setting| &setting.value);
    match (value("login"), value("password")) {
        (Some(DdclientValue::Literal(id)), Some(DdclientValue::Literal(key))) => {
            ImportedSecret::Literal(Secret::new(format!("{id},{key}")))
        }
        (Some(_), Some(_)) => ImportedSecret::Missing(
            "`login` or `password` is in an environment variable, and moored's `token` is both in \
             one, as `ID,Token`"
                .to_owned(),
        ),
        _ => ImportedSecret::Missing("there is no `login` or no `password`".to_owned()),
    }
}
