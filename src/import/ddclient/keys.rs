//! What becomes of the keys that moored has nothing for.

use std::time::Duration;

use crate::import::model::Disclosure;

const PACE_SETTINGS: &str = "moored paces itself by what each provider allows";
const LOG_SETTINGS: &str =
    "moored logs to standard error, which systemd and Docker keep; `--log` says how much";
const TLS_SETTINGS: &str = "moored verifies every server with root certificates of its own";
const WEB_PAGES: &str =
    "moored takes no address out of a text: the answer has to be the address alone";
const OTHER_SETTINGS: &str = "neither Domeneshop nor DNSPod has it";

/// Keys that are carried over where a host uses them.
const CARRIED_SETTINGS: [&str; 24] = [
    "protocol", "server", "login", "password", "zone", "ttl", "daemon", "timeout", "use", "usev4",
    "usev6", "ip", "ipv4", "ipv6", "if", "ifv4", "ifv6", "web", "webv4", "webv6", "cmd", "cmdv4",
    "cmdv6", "host",
];

/// Whether a setting says no more than what moored does anyway.
pub(super) fn is_usual(key: &str, value: &str) -> bool {
    let value = value.to_lowercase();
    let off = ["no", "n", "false", "f", "0"].contains(&value.as_str());
    match key {
        "ssl" | "fw-ssl-validate" | "web-ssl-validate" | "foreground" | "exec" => !off,
        "force" | "test" => off,
        _ => false,
    }
}

/// Keys of other providers that may have secrets for values.
const FOREIGN_SETTINGS: [&str; 12] = [
    "script",
    "path",
    "tcp",
    "dynurl",
    "urlv4",
    "urlv6",
    "apikey",
    "secretapikey",
    "root-domain",
    "on-root-domain",
    "quietreply",
    "use-personal-access-token",
];

/// Why a setting is not carried over, and how much of it may be shown; nothing if all of it is carried
/// over.
pub(super) fn left(key: &str, value: &str) -> Option<(&'static str, Disclosure)> {
    use Disclosure::{Key, Nothing, Whole};
    if CARRIED_SETTINGS.contains(&key) || is_usual(key, value) {
        return None;
    }
    Some(match key {
        "ssl" => ("moored sends credentials over TLS only", Whole),
        "fw-ssl-validate" | "web-ssl-validate" | "ssl_ca_dir" | "ssl_ca_file" => {
            (TLS_SETTINGS, Whole)
        }
        "syslog" | "facility" | "priority" | "quiet" | "verbose" | "debug" | "max-warn" => {
            (LOG_SETTINGS, Whole)
        }
        "exec" => (
            "moored writes what is wrong; `--dry-run` writes nothing",
            Whole,
        ),
        "force" => ("moored writes nothing that is right", Whole),
        "test" => ("`moored plan` shows what would be written", Whole),
        "pid" | "foreground" => (
            "moored stays in the foreground, where its supervisor knows it",
            Whole,
        ),
        "cache" => ("moored's own memory is in `state_dir`", Whole),
        "mail" | "mail-failure" | "mail-from" => ("moored sends no mail", Whole),
        "postscript" => ("moored runs no program after a change", Key),
        "proxy" => (
            "set HTTPS_PROXY where moored runs: it is used for the providers, never to find an address",
            Key,
        ),
        "min-interval" | "min-error-interval" | "jitter" => (PACE_SETTINGS, Whole),
        "max-interval" => (
            "moored writes nothing that is right, and compares with the provider once a day (`audit`)",
            Whole,
        ),
        "redirect" => ("moored follows no redirect", Whole),
        "web-skip" | "webv4-skip" | "webv6-skip" | "cmd-skip" | "if-skip" => (WEB_PAGES, Whole),
        "fw" | "fwv4" | "fwv6" | "fw-skip" | "fwv4-skip" | "fwv6-skip" | "fw-login"
        | "fw-password" | "fw-banlocal" => ("moored reads no router's pages", Key),
        "wildcard" | "mx" | "backupmx" | "static" | "custom" => (OTHER_SETTINGS, Whole),
        key if FOREIGN_SETTINGS.contains(&key) => (OTHER_SETTINGS, Key),
        _ => ("a setting that ddclient does not have", Nothing),
    })
}

/// A length of time as ddclient has it (`interval` in `ddclient.in`): a number of seconds, or with the
/// beginning of a unit. Nothing for what is none, zero for one that is never over.
pub(super) fn delay(text: &str) -> Option<Duration> {
    let text = text.trim().to_lowercase();
    if matches!(
        text.as_str(),
        "inf"
            | "infinite"
            | "infinity"
            | "never"
            | "forever"
            | "always"
            | "indefinite"
            | "indefinitely"
    ) {
        return Some(Duration::ZERO);
    }
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let seconds = match unit.chars().next() {
        None | Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        Some(_) => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_ddclients() {
        for (text, seconds) in [
            ("300", Some(300)),
            ("5m", Some(300)),
            ("5minutes", Some(300)),
            ("2H", Some(7_200)),
            ("1d", Some(86_400)),
            ("10seconds", Some(10)),
            ("inf", Some(0)),
            ("5x", None),
            ("", None),
            ("99999999999999999999", None),
            ("999999999999999999d", None),
        ] {
            assert_eq!(delay(text), seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        let shown = |key| left(key, "hunter2").map(|(_, shown)| shown);
        assert_eq!(shown("mail"), Some(Disclosure::Whole));
        assert_eq!(shown("fw-password"), Some(Disclosure::Key));
        assert_eq!(shown("apikey"), Some(Disclosure::Key));
        assert_eq!(shown("hunter2"), Some(Disclosure::Nothing));
        assert_eq!(left("ssl", "yes"), None);
        assert!(left("ssl", "no").is_some());
    }
}
