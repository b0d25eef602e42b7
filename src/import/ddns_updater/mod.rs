//! ddns-updater's config.json, and what its environment says.

mod environment;
mod json;

use std::net::Ipv6Addr;

use super::ddns_updater::json::{JsonValue, SpannedValue};
use super::model::{
    ImportModel, ImportedDevice, ImportedHost, ImportedLogin, ImportedSecret, ImportedSource,
    SourceLine, overridden, with,
};
use crate::{
    core::{
        address::host_id::{HostId, PrefixLength},
        secret::Secret,
    },
    providers::dnspod::Site,
};

/// Reads a whole file, and the variables that belong to it.
pub(super) fn read(text: &str, variables: &[(String, String)]) -> Result<ImportModel, String> {
    let document = json::parse(text)?;
    let Some(SpannedValue {
        value: JsonValue::List(settings),
        ..
    }) = document.get("settings")
    else {
        return Err(
            "it is JSON, but not ddns-updater's: there is no list `settings` in it".to_owned(),
        );
    };
    let mut found = ImportModel::default();
    others(&document, &mut found);
    let (ipv4, ipv6) = environment::read(variables, &mut found);
    for setting in settings {
        self::setting(setting, &ipv4, &ipv6, &mut found);
    }
    Ok(found)
}

/// One object of `settings`.
fn setting(
    setting: &SpannedValue,
    ipv4: &ImportedSource,
    ipv6: &ImportedSource,
    found: &mut ImportModel,
) {
    let line = setting.line;
    let provider = setting.text("provider").unwrap_or_default();
    let names = names(setting);
    let login = match provider {
        "domeneshop" => ImportedLogin::Domeneshop {
            token: given(setting, "token"),
            secret: given(setting, "secret"),
            endpoint: None,
        },
        // Its plugin calls dnsapi.cn and no other.
        "dnspod" => ImportedLogin::DnsPod {
            site: Site::China,
            token: given(setting, "token"),
            endpoint: None,
        },
        _ => {
            let what = format!("{provider}{}", with(&names));
            let why = "moored keeps names at Domeneshop and DNSPod only";
            return found.leave(SourceLine::Line(line), what, why);
        }
    };
    if names.is_empty() {
        others(setting, found);
        return found.leave(SourceLine::Line(line), provider, "it has no `domain`");
    }
    let ttl = ttl(setting, found);
    let (v4, v6) = families(setting, found);
    let whose = whose(setting, v6, &names, found);
    others(setting, found);
    let ipv4 = v4.then(|| ipv4.clone());
    let ipv6 = match whose {
        ProviderOwner::Own => v6.then(|| (ipv6.clone(), None)),
        ProviderOwner::Other(device) => v6.then(|| (ipv6.clone(), Some(device))),
        ProviderOwner::Lost => None,
    };
    for name in names {
        found.entries.push(ImportedHost {
            line,
            name,
            login: login.clone(),
            contact: None,
            ipv4: ipv4.clone(),
            ipv6: ipv6.clone(),
            ttl,
        });
    }
}

fn given(setting: &SpannedValue, key: &str) -> ImportedSecret {
    match setting.text(key) {
        Some(text) => ImportedSecret::Literal(Secret::new(text.trim())),
        None => ImportedSecret::Missing(format!("there is no `{key}`")),
    }
}

/// `ttl`, a number or a text of one.
fn ttl(setting: &SpannedValue, found: &mut ImportModel) -> Option<(usize, u32)> {
    let placed = setting.get("ttl")?;
    let seconds = match &placed.value {
        JsonValue::Text(text) | JsonValue::Other(text) => super::model::ttl(text),
        JsonValue::List(_) | JsonValue::Map(_) => None,
    };
    if seconds.is_none() {
        let why = "that is no number of seconds";
        found.leave(SourceLine::Line(placed.line), "`ttl`", why);
    }
    Some((placed.line, seconds?))
}

/// The names of a setting. Older files have them in two parts, `owner` or before that `host`, of which
/// `@` is the domain itself; newer ones have whole names in `domain`. Commas separate several.
fn names(setting: &SpannedValue) -> Vec<String> {
    let domain = setting.text("domain").unwrap_or_default().trim();
    let owner = ["owner", "host"]
        .into_iter()
        .filter_map(|key| setting.text(key))
        .find(|text| !text.trim().is_empty());
    let parts = |text: &str| {
        let parts = text.split(',').map(|part| part.trim().to_owned());
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>()
    };
    match owner {
        None => parts(domain),
        Some(owner) => parts(owner)
            .into_iter()
            .map(|owner| match owner.as_str() {
                "@" => domain.to_owned(),
                owner => format!("{owner}.{domain}"),
            })
            .collect(),
    }
}

/// Names what was not carried over. Values are not shown: they may be secrets.
fn others(setting: &SpannedValue, found: &mut ImportModel) {
    let JsonValue::Map(entries) = &setting.value else {
        return;
    };
    for (place, (key, value)) in entries.iter().enumerate() {
        let says_nothing = matches!(&value.value, JsonValue::Text(text) if text.trim().is_empty());
        if value.consumed.get() || says_nothing {
            continue;
        }
        let mut later = entries.iter().skip(place + 1);
        if let Some((_, other)) = later.rfind(|(other, _)| other == key) {
            found.leave(
                SourceLine::Line(value.line),
                format!("`{key}`"),
                overridden(other.line),
            );
            continue;
        }
        let why = match key.as_str() {
            "provider_ip" => "addresses are always found out, as ddns-updater now does too",
            "delay" | "ip_method" | "no_dns_lookup" => {
                "ddns-updater does not use it any more either"
            }
            "token" | "secret" => "this provider has no such key",
            "host" | "owner" => "another key of the setting says the owner, and that one counts",
            "ipv6_suffix" => "the setting keeps no IPv6 address",
            _ => "moored has nothing like it",
        };
        found.leave(SourceLine::Line(value.line), format!("`{key}`"), why);
    }
}

/// Which families are kept.
fn families(setting: &SpannedValue, found: &mut ImportModel) -> (bool, bool) {
    let written = setting.get("ip_version");
    match setting.text("ip_version").unwrap_or_default() {
        "ipv4" => (true, false),
        "ipv6" => (false, true),
        "" | "ipv4 or ipv6" => {
            let line = written.map_or(setting.line, |it| it.line);
            let why = "ddns-updater writes whichever address it finds; moored keeps both, unless a host \
                       says `ipv6 = false`";
            found.leave(SourceLine::Line(line), "`ip_version` of both", why);
            (true, true)
        }
        _ => {
            let line = written.map_or(setting.line, |it| it.line);
            let why = "there is no such version; both are kept";
            found.leave(SourceLine::Line(line), "`ip_version`", why);
            (true, true)
        }
    }
}

/// Whose IPv6 address it is.
enum ProviderOwner {
    /// This host's.
    Own,
    /// Another device's.
    Other(ImportedDevice),
    /// Another device's, in a way that moored has not; this host's would be wrong.
    Lost,
}

/// `ipv6_suffix`: `0:0:0:0:72ad:8fbb:a54e:bedd/64`.
fn whose(
    setting: &SpannedValue,
    kept: bool,
    names: &[String],
    found: &mut ImportModel,
) -> ProviderOwner {
    if !kept {
        return ProviderOwner::Own;
    }
    let Some(suffix) = setting.get("ipv6_suffix") else {
        return ProviderOwner::Own;
    };
    let text = setting.text("ipv6_suffix").unwrap_or("?").trim();
    if text.is_empty() {
        return ProviderOwner::Own;
    }
    if let Some(device) = suffixed(text) {
        return ProviderOwner::Other(device);
    }
    let why = "moored puts a device's own bits behind 48 to 64 of this network's; that IPv6 address is \
               not kept";
    let what = format!("`ipv6_suffix`{}", with(names));
    found.leave(SourceLine::Line(suffix.line), what, why);
    ProviderOwner::Lost
}

/// `ADDRESS/BITS`: so many last bits are the device's own, and what the address has above them counts
/// for nothing. Nothing where moored has no such prefix.
fn suffixed(text: &str) -> Option<ImportedDevice> {
    let (addr, bits) = text.split_once('/').unwrap_or((text, "64"));
    let prefix = PrefixLength::new(128 - bits.parse::<i64>().ok()?)?;
    let own = u128::MAX >> prefix.bits();
    let host = Ipv6Addr::from(u128::from(addr.parse::<Ipv6Addr>().ok()?) & own);
    HostId::parse(&host.to_string(), prefix).ok()?;
    Some(ImportedDevice { host, prefix })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_behind_a_suffix_counts_the_devices_own_bits() {
        for (text, device) in [
            (
                "0:0:0:0:72ad:8fbb:a54e:bedd/64",
                Some(("::72ad:8fbb:a54e:bedd", 64)),
            ),
            ("::72ad:8fbb:a54e:bedd", Some(("::72ad:8fbb:a54e:bedd", 64))),
            (
                "::17:5054:ff:fe12:3456/72",
                Some(("::17:5054:ff:fe12:3456", 56)),
            ),
            (
                "::1:17:5054:ff:fe12:3456/72",
                Some(("::17:5054:ff:fe12:3456", 56)),
            ),
            ("2a01:799::1/80", Some(("::1", 48))),
            // It would keep 72 bits of this host's own address.
            ("::1/56", None),
            ("::1/88", None),
            ("::/64", None),
            ("::1/-1", None),
            ("::1/x", None),
            ("1.1.1.1/64", None),
        ] {
            let read = suffixed(text).map(|it| (it.host.to_string(), it.prefix.bits()));
            let read = read.as_ref().map(|(host, bits)| (host.as_str(), *bits));
            assert_eq!(read, device, "{text}");
        }
    }
}
