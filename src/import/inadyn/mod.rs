//! inadyn.conf: global settings, and a section for each account.

mod keys;
pub(super) mod old;
mod parse;
mod sources;

use std::time::Duration;

use super::inadyn::parse::{InadynDocument, InadynSection, InadynSetting, InadynValue};
use super::{
    model::{
        Disclosure, ImportModel, ImportedHost, ImportedLogin, ImportedSecret, SourceLine, UNUSED,
        mail_address, overridden, quoted, with,
    },
    source,
};
use crate::{
    core::{address::family::Family, secret::Secret},
    providers::dnspod::Site,
};

/// The first line that says that a text is an inadyn.conf.
pub(super) fn trait_in(text: &str) -> Option<usize> {
    let document = parse::document(text);
    let mut sections = document.sections.iter();
    sections
        .find(|it| is_account(it))
        .map(|section| section.line)
}

fn is_account(section: &InadynSection) -> bool {
    matches!(section.kind.as_str(), "provider" | "custom")
}

/// Reads a whole file.
pub(super) fn read(text: &str) -> ImportModel {
    if trait_in(text).is_none()
        && let Some(line) = old::trait_in(text)
    {
        return old::read(text, line);
    }
    let document = parse::document(text);
    let mut found = ImportModel::default();
    for line in &document.strange {
        found.leave(SourceLine::Line(*line), "", "this is not understood");
    }
    for section in &document.sections {
        if account(section, &document, &mut found) {
            close(&section.settings, &mut found);
        }
    }
    period(&document.settings, &mut found);
    close(&document.settings, &mut found);
    found
}

/// The last of a list of settings with a key, for a look that carries nothing over: that one counts.
fn peek<'a>(settings: &'a [InadynSetting], key: &str) -> Option<&'a InadynSetting> {
    settings.iter().rev().find(|it| it.key == key && !it.cut)
}

/// The same; it counts as carried over from now on.
fn last<'a>(settings: &'a [InadynSetting], key: &str) -> Option<&'a InadynSetting> {
    let setting = peek(settings, key)?;
    setting.consume();
    Some(setting)
}

/// The first value of a setting, if it is a literal one.
fn literal(setting: &InadynSetting) -> Option<&str> {
    match setting.values.first()? {
        InadynValue::Literal(text) => Some(text),
        InadynValue::Variable { .. } | InadynValue::Mixed => None,
    }
}

/// The literal value of a key, which counts as carried over from now on.
fn text<'a>(settings: &'a [InadynSetting], key: &str) -> Option<&'a str> {
    literal(last(settings, key)?)
}

/// A switch, which counts as carried over from now on.
fn switch(settings: &[InadynSetting], key: &str) -> Option<bool> {
    is_on(last(settings, key)?)
}

/// The value of a switch; libConfuse takes `true`, `on` and `yes`.
fn is_on(setting: &InadynSetting) -> Option<bool> {
    let word = literal(setting)?.to_lowercase();
    Some(matches!(word.as_str(), "true" | "on" | "yes"))
}

fn period(settings: &[InadynSetting], found: &mut ImportModel) {
    let Some(setting) = last(settings, "period") else {
        return;
    };
    let spot = SourceLine::Line(setting.line);
    match literal(setting).and_then(|text| text.parse().ok()) {
        Some(seconds) => found.interval = Some((spot, Duration::from_secs(seconds))),
        None => found.leave(spot, "period", "that is no number of seconds"),
    }
}

/// Names every setting of a list that was not carried over, or not as it was meant, if it is one that
/// says something.
fn close(settings: &[InadynSetting], found: &mut ImportModel) {
    for (place, setting) in settings.iter().enumerate() {
        let later = settings.iter().skip(place + 1);
        let later = later.filter(|it| it.key == setting.key && !it.cut);
        name_left(setting, later.last().map(|it| it.line), found);
    }
}

fn name_left(setting: &InadynSetting, overridden_in: Option<usize>, found: &mut ImportModel) {
    let value = literal(setting).unwrap_or_default();
    let spot = SourceLine::Line(setting.line);
    let key = &setting.key;
    let left = keys::left(key, value);
    let hidden = quoted(
        key,
        "",
        left.map_or(Disclosure::Key, |(_, shown)| shown.without_value()),
    );
    if setting.cut {
        let why = "more stands behind it than inadyn reads: put all of it in quotes";
        return found.leave(spot, hidden, why);
    }
    if let Some((why, shown)) = left {
        // With an interface an address of any kind is carried over.
        if key != "verify-address" || !setting.consumed.get() {
            found.leave(spot, quoted(key, value, shown), why);
        }
        return;
    }
    let is_list = matches!(key.as_str(), "hostname" | "alias");
    if setting.consumed.get() {
        if setting.values.len() > 1 && !is_list {
            found.leave(
                spot.clone(),
                hidden.clone(),
                "of several values the first counts",
            );
        }
        let is_secret = matches!(key.as_str(), "username" | "password");
        match setting.values.first() {
            Some(InadynValue::Variable {
                has_default: true, ..
            }) if is_secret => {
                let why = "the variable is carried over, the value for where it is not set (`:-`) is \
                           not: set the variable where moored runs";
                found.leave(spot, hidden, why);
            }
            Some(InadynValue::Variable { .. } | InadynValue::Mixed) if !is_secret && !is_list => {
                found.leave(spot, hidden, VARIABLE);
            }
            _ => {}
        }
    } else if !keys::is_usual(key, value) {
        let why = overridden_in.map_or_else(|| UNUSED.to_owned(), overridden);
        found.leave(spot, hidden, why);
    }
}

const VARIABLE: &str =
    "moored takes secrets from variables and nothing else: write the value in and import again";

/// What a section is about.
enum InadynService {
    Domeneshop,
    DnsPod,
}

/// The service of a section, and the family its name asks for.
///
/// inadyn knows `default@domene.shop`, `default@dnspod.cn` and `ipv6@dnspod.cn`; the part before the `@`
/// can be left out, and `:NUMBER` tells accounts apart. Before it had a plugin for Domeneshop, people
/// wrote a `custom` section with its server.
fn service(section: &InadynSection) -> Option<(InadynService, Option<Family>)> {
    if section.kind == "custom" {
        let server = literal(peek(&section.settings, "ddns-server")?)?;
        let host = server.split(':').next().unwrap_or(server);
        let is_own = host.eq_ignore_ascii_case("api.domeneshop.no");
        return is_own.then_some((InadynService::Domeneshop, None));
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
            Some((InadynService::Domeneshop, family))
        }
        "dnspod.cn" | "dnspod" => Some((InadynService::DnsPod, family)),
        _ => None,
    }
}

/// Reads a section. False: the section as a whole is named, and its settings with it.
fn account(section: &InadynSection, document: &InadynDocument, found: &mut ImportModel) -> bool {
    let line = section.line;
    if !is_account(section) {
        found.leave(SourceLine::Line(line), "", "this section is not understood");
        return false;
    }
    let hosts = hosts(section, found);
    let Some((service, family)) = service(section) else {
        let names: Vec<_> = hosts.into_iter().map(|(_, name)| name).collect();
        let what = format!("{} {}{}", section.kind, section.title, with(&names));
        let why = "moored keeps names at Domeneshop and DNSPod only";
        found.leave(SourceLine::Line(line), what, why);
        return false;
    };
    server(section, &service, found);
    if hosts.is_empty() {
        let why = "it has no `hostname`";
        found.leave(SourceLine::Line(line), section.title.clone(), why);
        return true;
    }
    let login = match service {
        InadynService::Domeneshop => ImportedLogin::Domeneshop {
            token: given("username", section),
            secret: given("password", section),
            endpoint: None,
        },
        InadynService::DnsPod => ImportedLogin::DnsPod {
            site: Site::China,
            token: pair(section),
            endpoint: None,
        },
    };
    let agent = |settings| text(settings, "user-agent").and_then(mail_address);
    let contact = agent(&section.settings).or_else(|| agent(&document.settings));
    let Some((found_by, family)) = sources::way(section, family, &document.settings, found) else {
        let why = "its hosts are left out: their address cannot be found as before";
        found.leave(SourceLine::Line(line), section.title.clone(), why);
        return true;
    };
    let ttl = ttl(section, found);
    for (line, name) in hosts {
        found.entries.push(ImportedHost {
            line,
            name,
            login: login.clone(),
            contact: contact.clone(),
            ipv4: (family == Family::V4).then(|| found_by.clone()),
            ipv6: (family == Family::V6).then(|| (found_by.clone(), None)),
            ttl,
        });
    }
    true
}

/// Names a server or path that is not the one of the section's provider: its secrets go there and
/// nowhere else.
fn server(section: &InadynSection, service: &InadynService, found: &mut ImportModel) {
    let settings = &section.settings;
    let (own, path) = match service {
        InadynService::Domeneshop => ("api.domeneshop.no", "/v0/dyndns/update"),
        InadynService::DnsPod => ("dnsapi.cn", ""),
    };
    if let Some(setting) = last(settings, "ddns-server") {
        let server = literal(setting).unwrap_or_default();
        let server = server.trim_end_matches(":443");
        if !server.eq_ignore_ascii_case(own) {
            let shown = source::host_of(&format!("https://{server}"));
            let why = "moored sends this account's secrets to its provider's own address only";
            found.leave(
                SourceLine::Line(setting.line),
                format!("ddns-server={shown}"),
                why,
            );
        }
    }
    if let Some(setting) = last(settings, "ddns-path") {
        let text = literal(setting).unwrap_or_default();
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let mut parts = query.split('&').filter(|part| !part.is_empty());
        let usual = ["hostname=%h", "myip=%i", "hostname=", "myip="];
        if place != path || !parts.all(|part| usual.contains(&part)) {
            let why = "moored speaks to the provider in its own way";
            found.leave(SourceLine::Line(setting.line), "ddns-path=…", why);
        }
    }
}

fn ttl(section: &InadynSection, found: &mut ImportModel) -> Option<(usize, u32)> {
    let setting = last(&section.settings, "ttl")?;
    let seconds = literal(setting).and_then(super::model::ttl);
    if seconds.is_none() {
        let why = "that is no number of seconds";
        found.leave(SourceLine::Line(setting.line), "ttl=…", why);
    }
    Some((setting.line, seconds?))
}

/// The hosts with their lines; `alias` is the older word. `+=` adds to what stands before.
fn hosts(section: &InadynSection, found: &mut ImportModel) -> Vec<(usize, String)> {
    let settings = &section.settings;
    let key = ["hostname", "alias"]
        .into_iter()
        .find(|key| peek(settings, key).is_some());
    let mut hosts = Vec::new();
    let own = settings
        .iter()
        .filter(|it| Some(it.key.as_str()) == key && !it.cut);
    let own: Vec<_> = own.collect();
    let start = own.iter().rposition(|setting| !setting.adds);
    for setting in own.into_iter().skip(start.unwrap_or_default()) {
        setting.consume();
        for value in &setting.values {
            match value {
                InadynValue::Literal(name) => hosts.push((setting.line, name.clone())),
                InadynValue::Variable { .. } | InadynValue::Mixed => {
                    let why =
                        "moored takes secrets from variables and nothing else: write the name in";
                    found.leave(SourceLine::Line(setting.line), setting.key.clone(), why);
                }
            }
        }
    }
    hosts
}

fn given(key: &str, section: &InadynSection) -> ImportedSecret {
    match last(&section.settings, key).and_then(|it| it.values.first()) {
        Some(InadynValue::Literal(text)) => ImportedSecret::Literal(Secret::new(text)),
        Some(InadynValue::Variable { name, .. }) => ImportedSecret::Variable(name.clone()),
        Some(InadynValue::Mixed) => ImportedSecret::Missing(format!(
            "part of `{key}` is in an environment variable, and moored takes a whole one"
        )),
        None => ImportedSecret::Missing(format!("there is no `{key}`")),
    }
}

/// DNSPod's token in one word: `username` is its ID, `password` the token.
fn pair(section: &InadynSection) -> ImportedSecret {
    match (given("username", section), given("password", section)) {
        (ImportedSecret::Literal(id), ImportedSecret::Literal(key)) => {
            ImportedSecret::Literal(Secret::new(format!("{},{}", id.expose(), key.expose())))
        }
        (missing @ ImportedSecret::Missing(_), _) | (_, missing @ ImportedSecret::Missing(_)) => missing,
        _ => ImportedSecret::Missing(
            "`username` or `password` is in an environment variable, and moored's `token` is both in \
             one, as `ID,Token`"
                .to_owned(),
        ),
    }
}
