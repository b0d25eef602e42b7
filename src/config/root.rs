//! The whole of a configuration: what stands outside of the accounts, and then the accounts.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use super::{
    Config,
    account::ParsedAccount,
    diagnostics::{Diagnostic, Diagnostics, order, shown},
    dnspod, domeneshop,
    duration::DurationLimits,
    environment::Environment,
    family,
    proxy::Proxies,
    secrets::SecretResolver,
    section::{ConfigSection, no_advice},
    suggest::nearest,
    validate,
    value::ConfigValue,
};
use crate::{
    core::{address::family::Family, schedule::intervals::Intervals},
    sources::command_line::CommandEnvironment,
};

const ONE_SECOND: Duration = Duration::from_secs(1);
const ONE_MINUTE: Duration = Duration::from_mins(1);
const ONE_DAY: Duration = Duration::from_hours(24);
const PROVIDERS: [&str; 2] = ["domeneshop", "dnspod"];

/// The keys that stand before the first table.
const TOP: [&str; 6] = [
    "interval",
    "verify",
    "audit",
    "timeout",
    "state_dir",
    "command_environment",
];

/// Reads everything. What could not be read is replaced by a default or left out; a problem was
/// reported then, and the result is not used.
pub(super) fn read(
    mut root: ConfigSection<'_>,
    secret_resolver: &mut SecretResolver<'_>,
    environment: &Environment,
    diagnostics: &mut Diagnostics,
) -> Config {
    let intervals = Intervals {
        interval: root.length(
            "interval",
            (5 * ONE_MINUTE, ONE_SECOND, ONE_DAY),
            diagnostics,
        ),
        verify: root.length(
            "verify",
            (60 * ONE_MINUTE, ONE_SECOND, 30 * ONE_DAY),
            diagnostics,
        ),
        audit: root.length("audit", (ONE_DAY, ONE_SECOND, 30 * ONE_DAY), diagnostics),
    };
    let timeout = root.length(
        "timeout",
        (10 * ONE_SECOND, ONE_SECOND / 10, 5 * ONE_MINUTE),
        diagnostics,
    );
    let state_dir = state_dir(&mut root, diagnostics).unwrap_or_else(|| environment.state_dir());
    let command_environment = command_environment(&mut root, environment, diagnostics);
    let [ipv4, ipv6] = [("ipv4", Family::V4), ("ipv6", Family::V6)]
        .map(|(key, family)| family::read(root.section(key, diagnostics), family, diagnostics));
    let mut dns = root.section("dns", diagnostics);
    let dns_servers = dns
        .take("servers")
        .map(|value| servers(&value, diagnostics))
        .unwrap_or_default();
    dns.finish(diagnostics, no_advice);
    let mut drafts = Vec::new();
    for section in root.sections("domeneshop", diagnostics) {
        drafts.push(domeneshop::read(section, secret_resolver, diagnostics));
    }
    for section in root.sections("dnspod", diagnostics) {
        drafts.push(dnspod::read(section, secret_resolver, diagnostics));
    }
    drafts.sort_by_key(|draft| order(&draft.spot.place));
    let whole = root.whole();
    let named = PROVIDERS.iter().any(|provider| root.has(provider));
    root.finish(diagnostics, unknown_at_top);
    let mut config = Config {
        intervals,
        timeout,
        state_dir,
        command_environment,
        ipv4,
        ipv6,
        dns_servers,
        accounts: Vec::new(),
        secret_files: Vec::new(),
        warnings: Vec::new(),
    };
    validate::check(&config, &drafts, &whole, diagnostics);
    // A provider's key of the wrong kind was reported already.
    if drafts.is_empty() && !named {
        let wrong = Diagnostic::new("there is no account");
        diagnostics.absence(&whole, wrong.hint("add `[[domeneshop]]` or `[[dnspod]]`"));
    }
    config.accounts = drafts
        .into_iter()
        .filter_map(ParsedAccount::finish)
        .collect();
    let proxies = Proxies::read(environment, diagnostics);
    for account in &mut config.accounts {
        let endpoint = account.provider.endpoint();
        account.proxy = proxies.choose(&account.name, endpoint, diagnostics);
    }
    config
}

impl ConfigSection<'_> {
    /// A length of time, by default the first, at least the second, at most the third.
    fn length(
        &mut self,
        key: &'static str,
        (default, least, most): (Duration, Duration, Duration),
        diagnostics: &mut Diagnostics,
    ) -> Duration {
        self.take(key)
            .and_then(|value| value.duration(DurationLimits { least, most }, diagnostics))
            .unwrap_or(default)
    }
}

fn state_dir(root: &mut ConfigSection<'_>, diagnostics: &mut Diagnostics) -> Option<PathBuf> {
    let (spot, text) = root.text("state_dir", diagnostics)?;
    let path = PathBuf::from(text);
    if !path.is_absolute() {
        // A daemon's working directory is no place anybody thinks of.
        let wrong = Diagnostic::new(format!("{} is not an absolute path", shown(text)));
        diagnostics.problem(
            &spot,
            wrong.hint("write it from the root, as in `/var/lib/moored`"),
        );
        return None;
    }
    Some(path)
}

/// The variables that commands run with: those that every one gets, and those that are named.
fn command_environment(
    root: &mut ConfigSection<'_>,
    environment: &Environment,
    diagnostics: &mut Diagnostics,
) -> CommandEnvironment {
    let value = root.take("command_environment");
    let names = value
        .and_then(|it| it.texts(diagnostics))
        .unwrap_or_default();
    let names = names
        .into_iter()
        .filter_map(|(spot, text)| diagnostics.check(&spot, variable_name(text)));
    let names: Vec<_> = names.collect();
    CommandEnvironment::of(&environment.variables, &names)
}

/// The name of an environment variable as shells have them (POSIX.1-2024, Base Definitions 8.1).
fn variable_name(text: &str) -> Result<String, Diagnostic> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins_well = !text.starts_with(|letter: char| letter.is_ascii_digit());
    if !text.is_empty() && begins_well && text.bytes().all(is_plain) {
        return Ok(text.to_owned());
    }
    // What stands behind an equals sign was meant to be a value, and may be a secret.
    let name = text.split('=').next().unwrap_or_default();
    let wrong = Diagnostic::new(format!("{} is not the name of a variable", shown(name)));
    Err(wrong.hint("write the name alone: its value is the one that moored was started with"))
}

fn servers(value: &ConfigValue<'_>, diagnostics: &mut Diagnostics) -> Vec<SocketAddr> {
    let texts = value.texts(diagnostics).unwrap_or_default();
    texts
        .into_iter()
        .filter_map(|(spot, text)| diagnostics.check(&spot, server(text)))
        .collect()
}

/// `IP`, `IP:PORT`, `[IP]` or `[IP]:PORT`.
fn server(text: &str) -> Result<SocketAddr, Diagnostic> {
    const PORT: u16 = 53;
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let addr = text
        .parse::<SocketAddr>()
        .or_else(|_| bare.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, PORT)));
    addr.ok().filter(|addr| addr.port() != 0).ok_or_else(|| {
        Diagnostic::new(format!(
            "{} is not the address of a DNS server",
            shown(text)
        ))
        .hint("write an IP address, with a port if it is not 53: `127.0.0.1:5300`, `[::1]:5300`")
    })
}

/// Keys of the top that stand in an account: TOML counts every line after a `[[table]]` to it.
pub(super) fn misplaced(key: &str, _: &ConfigValue<'_>) -> Option<Diagnostic> {
    if TOP.contains(&key) {
        return Some(
            Diagnostic::new("is not a key of an account")
                .hint("move it up, before the first table"),
        );
    }
    ["ttl", "create", "ipv4", "ipv6"].contains(&key).then(|| {
        Diagnostic::new("is not a key of an account")
            .hint("it belongs to a single host: write it in `[[….host]]` with the host's `name`")
    })
}

fn unknown_at_top(key: &str, value: &ConfigValue<'_>) -> Option<Diagnostic> {
    match key {
        "status" => {
            return Some(
                Diagnostic::new("this version has no status page").hint("remove the table"),
            );
        }
        "notify" => {
            return Some(
                Diagnostic::new("this version sends no notifications").hint("remove the table"),
            );
        }
        "hosts" | "host" | "token" | "secret" | "via" => {
            return Some(
                Diagnostic::new("is a key of an account")
                    .hint("write `[[domeneshop]]` or `[[dnspod]]` on a line before it"),
            );
        }
        _ => {}
    }
    let known = PROVIDERS.into_iter().chain(["ipv4", "ipv6", "dns"]);
    if !value.is_table() || nearest(key, known).is_some() {
        return None;
    }
    Some(
        Diagnostic::new("there is no such provider or table")
            .hint("the providers are `domeneshop` and `dnspod`"),
    )
}
