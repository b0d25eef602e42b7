//! inadyn.conf: global settings, and a section for each account.

mod keys;
mod parse;
mod ways;

use std::time::Duration;

use self::parse::{Document, Section, Setting, Value};
use super::found::{Entry, Found, Given, Login, Shown, Spot, mail_address, quoted, with};
use crate::{
    core::{addr::Family, secret::Secret},
    provider::dnspod::Site,
};

/// The first line that says that a text is an inadyn.conf.
pub(super) fn trait_in(text: &str) -> Option<usize> {
    let document = parse::document(text);
    let mut sections = document.sections.iter();
    sections
        .find(|it| is_account(it))
        .map(|section| section.line)
}

/// The first line that only inadyn before 2.0 has: `dyndns_system NAME` or `--dyndns_system NAME`.
pub(super) fn old_trait_in(text: &str) -> Option<usize> {
    let is_old = |line: &str| {
        let mut words = line.split_whitespace();
        let key = words.next().map(|it| it.trim_start_matches("--"));
        key == Some("dyndns_system") && words.next().is_some()
    };
    let found = text.lines().position(is_old);
    found.map(|place| place + 1)
}

fn is_account(section: &Section) -> bool {
    matches!(section.kind.as_str(), "provider" | "custom")
}

/// Reads a whole file.
pub(super) fn read(text: &str) -> Found {
    let document = parse::document(text);
    let mut found = Found::default();
    for line in &document.strange {
        found.leave(Spot::Line(*line), "", "this is not understood");
    }
    let mut settings = document.settings.iter().chain(sections(&document));
    let has_interface = settings.any(|it| it.key == "iface");
    for setting in &document.settings {
        // With an interface it is carried over.
        if !(setting.key == "verify-address" && has_interface) {
            global(setting, &mut found);
        }
    }
    for section in &document.sections {
        account(section, &document, &mut found);
    }
    found
}

fn sections(document: &Document) -> impl Iterator<Item = &Setting> {
    document.sections.iter().flat_map(|it| &it.settings)
}

/// The last of a list of settings with a key: that one counts.
fn last<'a>(settings: &'a [Setting], key: &str) -> Option<&'a Setting> {
    settings.iter().rev().find(|it| it.key == key && !it.cut)
}

/// The one literal value of a setting.
fn text<'a>(settings: &'a [Setting], key: &str) -> Option<&'a str> {
    match last(settings, key)?.values.first()? {
        Value::Literal(text) => Some(text),
        Value::Variable(_) => None,
    }
}

/// A switch; libConfuse takes `true`, `on` and `yes`.
fn switch(settings: &[Setting], key: &str) -> Option<bool> {
    let word = text(settings, key)?.to_lowercase();
    Some(matches!(word.as_str(), "true" | "on" | "yes"))
}

fn global(setting: &Setting, found: &mut Found) {
    if setting.key == "period" && !setting.cut {
        let seconds = match setting.values.first() {
            Some(Value::Literal(text)) => text.parse().ok(),
            _ => None,
        };
        match seconds {
            Some(seconds) => {
                let length = Duration::from_secs(seconds);
                found.interval = Some((Spot::Line(setting.line), length));
            }
            None => found.leave(
                Spot::Line(setting.line),
                "period",
                "that is no number of seconds",
            ),
        }
        return;
    }
    leave(setting, found);
}

/// Names a setting that is not carried over, if it is one that says something.
fn leave(setting: &Setting, found: &mut Found) {
    let value = match setting.values.first() {
        Some(Value::Literal(text)) => text.as_str(),
        _ => "",
    };
    let spot = Spot::Line(setting.line);
    let left = keys::left(&setting.key, value);
    if setting.cut {
        let shown = left.map_or(Shown::Key, |(_, shown)| match shown {
            Shown::Whole => Shown::Key,
            shown => shown,
        });
        let why = "more stands behind it than inadyn reads: put all of it in quotes";
        found.leave(spot, quoted(&setting.key, value, shown), why);
    } else if let Some((why, shown)) = left {
        found.leave(spot, quoted(&setting.key, value, shown), why);
    }
}

/// What a section is about.
enum Service {
    Domeneshop,
    DnsPod,
}

/// The service of a section, and the family its name asks for.
///
/// inadyn knows `default@domene.shop`, `default@dnspod.cn` and `ipv6@dnspod.cn`; the part before the `@`
/// can be left out, and `:NUMBER` tells accounts apart. Before it had a plugin for Domeneshop, people
/// wrote a `custom` section with its server.
fn service(section: &Section) -> Option<(Service, Option<Family>)> {
    if section.kind == "custom" {
        let server = text(&section.settings, "ddns-server")?;
        let host = server.split(':').next().unwrap_or(server);
        let is_own = host.eq_ignore_ascii_case("api.domeneshop.no");
        return is_own.then_some((Service::Domeneshop, None));
    }
    let title = section.title.to_lowercase();
    let title = title.split(':').next().unwrap_or(&title);
    let (kind, name) = title.split_once('@').unwrap_or(("default", title));
    let family = match kind {
        "ipv6" => Some(Family::V6),
        "ipv4" => Some(Family::V4),
        _ => None,
    };
    match name {
        "domene.shop" | "domene" | "domeneshop" | "domeneshop.no" => {
            Some((Service::Domeneshop, family))
        }
        "dnspod.cn" | "dnspod" => Some((Service::DnsPod, family)),
        _ => None,
    }
}

fn account(section: &Section, document: &Document, found: &mut Found) {
    let line = section.line;
    if !is_account(section) {
        return found.leave(Spot::Line(line), "", "this section is not understood");
    }
    let hosts = hosts(section, found);
    let Some((service, family)) = service(section) else {
        let names: Vec<_> = hosts.into_iter().map(|(_, name)| name).collect();
        let what = format!("{} {}{}", section.kind, section.title, with(&names));
        let why = "moored keeps names at Domeneshop and DNSPod only";
        return found.leave(Spot::Line(line), what, why);
    };
    for setting in &section.settings {
        leave(setting, found);
    }
    if hosts.is_empty() {
        return found.leave(
            Spot::Line(line),
            section.title.clone(),
            "it has no `hostname`",
        );
    }
    let login = match service {
        Service::Domeneshop => Login::Domeneshop {
            token: given("username", section),
            secret: given("password", section),
            endpoint: None,
        },
        Service::DnsPod => Login::DnsPod {
            site: Site::China,
            token: pair(section),
            endpoint: None,
        },
    };
    let agent = |settings| text(settings, "user-agent").and_then(mail_address);
    let contact = agent(&section.settings).or_else(|| agent(&document.settings));
    let Some((way, family)) = ways::way(section, family, &document.settings, found) else {
        let why = "its hosts are left out: their address cannot be found as before";
        return found.leave(Spot::Line(line), section.title.clone(), why);
    };
    for (line, name) in hosts {
        found.entries.push(Entry {
            line,
            name,
            login: login.clone(),
            contact: contact.clone(),
            ipv4: (family == Family::V4).then(|| way.clone()),
            ipv6: (family == Family::V6).then(|| (way.clone(), None)),
        });
    }
}

/// The hosts with their lines; `alias` is the older word.
fn hosts(section: &Section, found: &mut Found) -> Vec<(usize, String)> {
    let settings = &section.settings;
    let setting = last(settings, "hostname").or_else(|| last(settings, "alias"));
    let mut hosts = Vec::new();
    let Some(setting) = setting else {
        return hosts;
    };
    for value in &setting.values {
        match value {
            Value::Literal(name) => hosts.push((setting.line, name.clone())),
            Value::Variable(_) => {
                let why = "moored takes secrets from variables and nothing else: write the name in";
                found.leave(Spot::Line(setting.line), setting.key.clone(), why);
            }
        }
    }
    hosts
}

fn given(key: &str, section: &Section) -> Given {
    match last(&section.settings, key).and_then(|it| it.values.first()) {
        Some(Value::Literal(text)) => Given::Literal(Secret::new(text)),
        Some(Value::Variable(name)) => Given::Variable(name.clone()),
        None => Given::Missing(format!("there is no `{key}`")),
    }
}

/// DNSPod's token in one word: `username` is its ID, `password` the token.
fn pair(section: &Section) -> Given {
    match (given("username", section), given("password", section)) {
        (Given::Literal(id), Given::Literal(key)) => {
            Given::Literal(Secret::new(format!("{},{}", id.expose(), key.expose())))
        }
        (missing @ Given::Missing(_), _) | (_, missing @ Given::Missing(_)) => missing,
        _ => Given::Missing(
            "`username` or `password` is in an environment variable, and moored's `token` is both in \
             one, as `ID,Token`"
                .to_owned(),
        ),
    }
}
