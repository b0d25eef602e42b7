//! inadyn's format of before version 2.0 (2016): the options of its command line, one or more a line,
//! with or without `--`.
//!
//! It knew neither Domeneshop nor DNSPod. Domeneshop's `dyndns/update` could be reached all the same, by
//! `dyndns_system custom@http_svr_basic_auth` with `dyndns_server_name api.domeneshop.no`.

use std::time::Duration;

use crate::{
    core::secret::Secret,
    import::{
        model::{
            Disclosure, ImportModel, ImportedHost, ImportedLogin, ImportedSecret, ImportedSource,
            SourceLine, overridden, quoted, with,
        },
        source,
    },
};

/// An option's name with `-` between its words, its value, and its line.
struct OldSetting {
    line: usize,
    key: String,
    value: Option<String>,
    /// Whether words stand behind the value.
    has_more: bool,
}

/// Options of one letter, and older spellings.
const NAMES: [(&str, &str); 9] = [
    ("u", "username"),
    ("p", "password"),
    ("a", "alias"),
    ("s", "dyndns-system"),
    ("system", "dyndns-system"),
    ("server-name", "dyndns-server-name"),
    ("server-url", "dyndns-server-url"),
    ("update-period-sec", "period"),
    ("i", "iface"),
];

/// Options that only such a file has where they stand without `=`.
const TRAITS: [&str; 5] = [
    "dyndns-system",
    "username",
    "password",
    "alias",
    "dyndns-server-name",
];

/// The first line that only this format has.
pub(in crate::import) fn trait_in(text: &str) -> Option<usize> {
    let found = settings(text).into_iter().find(|setting| {
        let is_one = TRAITS.contains(&setting.key.as_str()) && !setting.has_more;
        let value = setting.value.as_deref();
        is_one && value.is_some_and(|value| !value.starts_with(['=', '{']))
    });
    found.map(|setting| setting.line)
}

/// Reads a whole file.
pub(super) fn read(text: &str, old: usize) -> ImportModel {
    let mut found = ImportModel::default();
    let why = "this is of inadyn's format from before version 2.0 (2016): what can be read of it is \
               carried over";
    found.leave(SourceLine::Line(old), "", why);
    let settings = settings(text);
    let last = |key: &str| settings.iter().rev().find(|setting| setting.key == key);
    let value = |key: &str| last(key).and_then(|setting| setting.value.as_deref());
    let system = value("dyndns-system").unwrap_or("default@dyndns.org");
    let host = value("dyndns-server-name").map(|name| name.split(':').next().unwrap_or(name));
    let is_domeneshop = system.starts_with("custom")
        && host.is_some_and(|host| host.eq_ignore_ascii_case("api.domeneshop.no"));
    let aliases: Vec<_> = settings
        .iter()
        .filter(|setting| setting.key == "alias")
        .flat_map(|setting| aliases(setting).map(|name| (setting.line, name)))
        .collect();
    for (place, setting) in settings.iter().enumerate() {
        let mut later = settings.iter().skip(place + 1);
        let later = later.rfind(|it| it.key == setting.key).map(|it| it.line);
        name_left(setting, later, is_domeneshop, &mut found);
    }
    if !is_domeneshop {
        let names: Vec<_> = aliases.into_iter().map(|(_, name)| name).collect();
        let why = "moored keeps names at Domeneshop and DNSPod only, and inadyn of that time knew neither";
        let line = last("dyndns-system").map_or(old, |setting| setting.line);
        found.leave(
            SourceLine::Line(line),
            format!("dyndns_system{}", with(&names)),
            why,
        );
        return found;
    }
    period(last("period"), &mut found);
    let Some(way) = way(last("iface"), &mut found) else {
        return found;
    };
    let given = |key: &str| match value(key) {
        Some(text) => ImportedSecret::Literal(Secret::new(text)),
        None => ImportedSecret::Missing(format!("there is no `{key}`")),
    };
    let login = ImportedLogin::Domeneshop {
        token: given("username"),
        secret: given("password"),
        endpoint: None,
    };
    for (line, name) in aliases {
        found.entries.push(ImportedHost {
            line,
            name,
            login: login.clone(),
            contact: None,
            ipv4: Some(way.clone()),
            ipv6: None,
            ttl: None,
        });
    }
    found
}

/// The names of an `alias`; what stands behind a comma was a hash of the service's.
fn aliases(setting: &OldSetting) -> impl Iterator<Item = String> {
    let name = setting.value.as_deref().unwrap_or_default();
    let name = name.split(',').next().unwrap_or_default();
    Some(name.to_owned())
        .filter(|name| !name.is_empty())
        .into_iter()
}

fn period(setting: Option<&OldSetting>, found: &mut ImportModel) {
    let Some(setting) = setting else {
        return;
    };
    let seconds = setting.value.as_deref().and_then(|text| text.parse().ok());
    let spot = SourceLine::Line(setting.line);
    match seconds {
        Some(seconds) => found.interval = Some((spot, Duration::from_secs(seconds))),
        None => found.leave(spot, "period", "that is no number of seconds"),
    }
}

fn way(setting: Option<&OldSetting>, found: &mut ImportModel) -> Option<ImportedSource> {
    let Some(setting) = setting else {
        return Some(ImportedSource::outside());
    };
    let name = setting.value.as_deref().unwrap_or_default();
    match source::interface(name, false) {
        Ok(way) => Some(way),
        Err(why) => {
            let why = format!("{why}: its hosts are left out");
            found.leave(SourceLine::Line(setting.line), "iface=…", why);
            None
        }
    }
}

/// Names a setting that is not carried over, or not as a whole.
fn name_left(
    setting: &OldSetting,
    later: Option<usize>,
    is_domeneshop: bool,
    found: &mut ImportModel,
) {
    let spot = SourceLine::Line(setting.line);
    let key = setting.key.as_str();
    let hidden = quoted(key, "", Disclosure::Key);
    let is_carried = match key {
        "alias" => true,
        "username" | "password" | "period" | "iface" | "dyndns-system" | "dyndns-server-name"
        | "dyndns-server-url" => {
            if let Some(line) = later {
                return found.leave(spot, hidden, overridden(line));
            }
            true
        }
        _ => false,
    };
    if !is_carried {
        // Where nobody knows the key, even that may be a secret.
        let what = if OTHERS.contains(&key) {
            hidden
        } else {
            String::new()
        };
        return found.leave(spot, what, "moored has nothing like it");
    }
    let commas = key == "alias" && setting.value.as_deref().is_some_and(|it| it.contains(','));
    if setting.has_more || commas {
        found.leave(
            spot.clone(),
            hidden.clone(),
            "more stands behind it than is read",
        );
    }
    let url = setting.value.as_deref().unwrap_or_default();
    if is_domeneshop && key == "dyndns-server-url" && !url.starts_with("/v0/dyndns/update") {
        found.leave(spot, hidden, "moored speaks to the provider in its own way");
    } else if is_domeneshop && key == "dyndns-server-name" && url.contains(':') {
        found.leave(spot, hidden, "moored uses the provider's own port");
    }
}

/// Known options that say how inadyn itself ran. Their keys can be shown.
const OTHERS: [&str; 24] = [
    "background",
    "verbose",
    "syslog",
    "pidfile",
    "logfile",
    "cache-file",
    "cache-dir",
    "period",
    "update-period",
    "forced-update-period",
    "startup-delay",
    "iterations",
    "bind",
    "ip-server-name",
    "checkip-url",
    "proxy-server",
    "drop-privs",
    "change-persona",
    "exec",
    "fake-address",
    "allow-ipv6",
    "wildcard",
    "ssl",
    "secure",
];

fn settings(text: &str) -> Vec<OldSetting> {
    let mut settings: Vec<OldSetting> = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let mut opened = false;
        for word in line.split_whitespace() {
            if word.starts_with('#') {
                break;
            }
            // A password may begin with one `-`; options of one letter are one letter.
            let option = word.strip_prefix("--").or_else(|| {
                word.strip_prefix('-')
                    .filter(|letter| letter.chars().count() == 1)
            });
            let waits = settings.last().is_some_and(|it| {
                opened && it.value.is_none() && matches!(it.key.as_str(), "password" | "username")
            });
            match option {
                _ if waits => set(settings.last_mut(), word),
                None if opened => set(settings.last_mut(), word),
                option => {
                    settings.push(named(option.unwrap_or(word), place + 1));
                    opened = true;
                }
            }
        }
    }
    settings
}

fn named(word: &str, line: usize) -> OldSetting {
    let key = word.to_lowercase().replace('_', "-");
    let known = NAMES.iter().find(|(short, _)| *short == key);
    OldSetting {
        line,
        key: known.map_or(key, |(_, name)| (*name).to_owned()),
        value: None,
        has_more: false,
    }
}

fn set(setting: Option<&mut OldSetting>, word: &str) {
    let Some(setting) = setting else {
        return;
    };
    match setting.value {
        None => setting.value = Some(word.to_owned()),
        Some(_) => setting.has_more = true,
    }
}
