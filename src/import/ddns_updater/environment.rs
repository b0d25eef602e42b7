//! ddns-updater's environment: how often it looks, and whom it asks.

use std::time::Duration;

use crate::{
    core::address::family::Family,
    import::{
        model::{ExternalSource, ImportModel, ImportedSource, SourceLine},
        source,
    },
};

/// Variables that say something which moored has nothing for.
const OTHERS: [(&str, &str); 16] = [
    (
        "CONFIG",
        "ddns-updater takes its settings from there; the file was read, not the variable",
    ),
    (
        "UPDATE_COOLDOWN_PERIOD",
        "moored paces itself by what each provider allows",
    ),
    ("PUBLICIP_DNS_TIMEOUT", "`timeout` holds for every request"),
    (
        "RESOLVER_ADDRESS",
        "moored asks the zones' own name servers; where they cannot be reached, `[dns] servers`",
    ),
    (
        "IPV6_PREFIX",
        "moored compares whole addresses; another device's is `ipv6 = { host = \"::…\" }`",
    ),
    ("SHOUTRRR_ADDRESSES", "this version sends no notifications"),
    ("LISTENING_ADDRESS", "this version has no status page"),
    ("LISTENING_PORT", "this version has no status page"),
    ("ROOT_URL", "this version has no status page"),
    (
        "HEALTH_SERVER_ADDRESS",
        "`moored health` answers a container's HEALTHCHECK",
    ),
    (
        "HEALTH_HEALTHCHECKSIO_UUID",
        "this version sends no notifications",
    ),
    (
        "BACKUP_PERIOD",
        "there is nothing to back up but the configuration",
    ),
    (
        "BACKUP_DIRECTORY",
        "there is nothing to back up but the configuration",
    ),
    ("DATADIR", "moored's own memory is in `state_dir`"),
    (
        "LOG_LEVEL",
        "`--log` or $MOORED_LOG says how much is logged",
    ),
    (
        "LOG_CALLER",
        "`--log` or $MOORED_LOG says how much is logged",
    ),
];

/// Reads everything. The ways are those to the IPv4 and to the IPv6 address.
pub(super) fn read(
    variables: &[(String, String)],
    found: &mut ImportModel,
) -> (ImportedSource, ImportedSource) {
    let environment = DdnsUpdaterEnvironment(variables);
    for (name, kept) in [("PERIOD", true), ("HTTP_TIMEOUT", false)] {
        let Some(text) = environment.get(name) else {
            continue;
        };
        let spot = SourceLine::Variable(name);
        match duration(text) {
            Some(length) => {
                found.taken.push(name);
                let place = if kept {
                    &mut found.interval
                } else {
                    &mut found.timeout
                };
                *place = Some((spot, length));
            }
            None => found.leave(spot, "", "that is no length of time"),
        }
    }
    for (name, why) in OTHERS {
        if environment.get(name).is_some() {
            found.leave(SourceLine::Variable(name), "", why);
        }
    }
    let fetchers = fetchers(&environment, found);
    let ipv4 = environment.way(Family::V4, fetchers, found);
    let ipv6 = environment.way(Family::V6, fetchers, found);
    (ipv4, ipv6)
}

struct DdnsUpdaterEnvironment<'a>(&'a [(String, String)]);

impl DdnsUpdaterEnvironment<'_> {
    /// A variable that is set to something.
    fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(it, _)| it == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// Whom to ask for a family's address.
    fn way(
        &self,
        family: Family,
        (https, dns): (bool, bool),
        found: &mut ImportModel,
    ) -> ImportedSource {
        let own = match family {
            Family::V4 => "PUBLICIPV4_HTTP_PROVIDERS",
            Family::V6 => "PUBLICIPV6_HTTP_PROVIDERS",
        };
        let mut outside = ExternalSource {
            https,
            dns,
            echoes: Vec::new(),
        };
        for name in ["PUBLICIP_HTTP_PROVIDERS", own] {
            match self.get(name) {
                Some(list) if https => echoes(name, list, family, &mut outside, found),
                Some(_) => found.leave(SourceLine::Variable(name), "", NOT_FETCHED),
                None => {}
            }
        }
        let name = "PUBLICIP_DNS_PROVIDERS";
        match self.get(name) {
            Some(_) if !dns => found.leave(SourceLine::Variable(name), "", NOT_FETCHED),
            Some("all") | None => {}
            Some(_) => {
                let why = "moored asks its own list of unrelated operators (`dns`)";
                found.leave(SourceLine::Variable(name), "", why);
            }
        }
        ImportedSource::External(outside)
    }
}

const NOT_FETCHED: &str = "$PUBLICIP_FETCHERS leaves those services out";

/// Takes the addresses of a list along; names are of services that moored's own list takes the place of.
fn echoes(
    name: &'static str,
    list: &str,
    family: Family,
    outside: &mut ExternalSource,
    found: &mut ImportModel,
) {
    for item in list.split(',').map(str::trim) {
        let address = item.strip_prefix("url:").unwrap_or(item);
        if matches!(item, "" | "all" | "cycle") {
            continue;
        }
        if !address.starts_with("https://") {
            let why = "moored asks its own list of unrelated operators (`https`)";
            found.leave(SourceLine::Variable(name), "", why);
            continue;
        }
        match source::echo(address, family) {
            Ok(echo) => {
                if !found.taken.contains(&name) {
                    found.taken.push(name);
                }
                outside.echoes.extend(echo.echoes);
            }
            Err(why) => found.leave(SourceLine::Variable(name), source::host_of(address), why),
        }
    }
    outside.echoes.dedup();
}

/// Whether echo services and DNS names are asked.
fn fetchers(environment: &DdnsUpdaterEnvironment<'_>, found: &mut ImportModel) -> (bool, bool) {
    let name = "PUBLICIP_FETCHERS";
    let Some(list) = environment.get(name) else {
        return (true, true);
    };
    let (mut https, mut dns) = (false, false);
    for item in list.split(',').map(|it| it.trim().to_lowercase()) {
        https |= matches!(item.as_str(), "all" | "http");
        dns |= matches!(item.as_str(), "all" | "dns");
        if !matches!(item.as_str(), "" | "all" | "http" | "dns") {
            found.leave(
                SourceLine::Variable(name),
                "",
                "one of these is no such fetcher",
            );
        }
    }
    if !https && !dns {
        found.leave(
            SourceLine::Variable(name),
            "",
            "there are no such fetchers; all are used",
        );
        return (true, true);
    }
    found.taken.push(name);
    (https, dns)
}

/// A length of time as Go has it (`time.ParseDuration`): numbers, which may have fractions, each with
/// its unit.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut whole = Duration::ZERO;
    while !rest.is_empty() {
        let is_number = |letter: char| letter.is_ascii_digit() || letter == '.';
        let (number, behind) = rest.split_at(rest.find(|it| !is_number(it))?);
        let end = behind.find(is_number).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(end);
        let seconds = match unit {
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            "us" | "µs" | "μs" => 0.000_001,
            "ns" => 0.000_000_001,
            _ => return None,
        };
        let number: f64 = number.parse().ok()?;
        let part = Duration::try_from_secs_f64(number * seconds).ok()?;
        whole = whole.checked_add(part)?;
        rest = behind;
    }
    (!text.is_empty()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ways(variables: &[(&str, &str)]) -> (Vec<String>, Vec<String>, ImportModel) {
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let mut found = ImportModel::default();
        let (ipv4, ipv6) = read(&variables, &mut found);
        (ipv4.sources(), ipv6.sources(), found)
    }

    #[test]
    fn whom_it_asks_becomes_whom_moored_asks() {
        let (ipv4, ipv6, found) = ways(&[]);
        assert_eq!(
            (ipv4, ipv6),
            (
                vec!["https".into(), "dns".into()],
                vec!["https".into(), "dns".into()]
            )
        );
        assert!(found.left.is_empty() && found.taken.is_empty());
        let (ipv4, _, found) = ways(&[
            ("PUBLICIP_FETCHERS", "dns"),
            ("PUBLICIP_HTTP_PROVIDERS", "ipify"),
        ]);
        assert_eq!(ipv4, ["dns"]);
        assert_eq!(found.taken, ["PUBLICIP_FETCHERS"]);
        let (ipv4, ipv6, found) = ways(&[
            ("PUBLICIP_FETCHERS", "http"),
            ("PUBLICIP_HTTP_PROVIDERS", "all"),
            (
                "PUBLICIPV4_HTTP_PROVIDERS",
                "ipify,url:https://ip.example.net/v4",
            ),
            ("PERIOD", ""),
        ]);
        assert_eq!(ipv4, ["https://ip.example.net/v4", "https"]);
        assert_eq!(ipv6, ["https"]);
        assert_eq!(found.left.len(), 1);
        assert_eq!(found.interval, None);
    }

    #[test]
    fn variables_that_moored_has_nothing_for_are_named_without_their_values() {
        let (_, _, found) = ways(&[
            ("SHOUTRRR_ADDRESSES", "telegram://hunter2@x"),
            ("PATH", "/bin"),
        ]);
        let left: Vec<_> = found.left.iter().map(ToString::to_string).collect();
        assert_eq!(
            left,
            ["$SHOUTRRR_ADDRESSES: this version sends no notifications"]
        );
    }

    #[test]
    fn lengths_of_time_are_gos() {
        for (text, millis) in [
            ("5m", Some(300_000)),
            ("1h30m", Some(5_400_000)),
            ("1.5h", Some(5_400_000)),
            ("300ms", Some(300)),
            ("72h15m", Some(260_100_000)),
            ("", None),
            ("5", None),
            ("m", None),
            ("5x", None),
            ("-5m", None),
            ("1.2.3s", None),
            ("1e9h", None),
            ("99999999999999999999h", None),
        ] {
            assert_eq!(duration(text), millis.map(Duration::from_millis), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(?s).{0,60}", near in "([0-9.]{0,30}(h|m|s|µs)?){0,4}") {
            let _ = duration(&text);
            let _ = duration(&near);
        }
    }
}
