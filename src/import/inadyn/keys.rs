//! What becomes of the keys that moored has nothing for.

use crate::import::model::Disclosure;

const TLS: &str = "moored verifies every server with root certificates of its own";
const OTHERS: &str = "neither Domeneshop nor DNSPod has it";

/// Keys that are carried over where a section uses them.
const CARRIED: [&str; 13] = [
    "username",
    "password",
    "hostname",
    "alias",
    "period",
    "iface",
    "ttl",
    "checkip-server",
    "checkip-path",
    "checkip-ssl",
    "checkip-command",
    "ddns-server",
    "ddns-path",
];

/// Whether a setting says no more than what moored does anyway.
pub(super) fn is_usual(key: &str, value: &str) -> bool {
    let off = ["false", "no", "off"].contains(&value.to_lowercase().as_str());
    match key {
        "ssl" | "secure-ssl" | "verify-address" => !off,
        "allow-ipv6" | "fake-address" | "broken-rtc" | "wildcard" | "proxied" | "append-myip" => {
            off
        }
        _ => false,
    }
}

/// Why a setting is not carried over, and how much of it may be shown; nothing if all of it is carried
/// over.
pub(super) fn left(key: &str, value: &str) -> Option<(&'static str, Disclosure)> {
    if CARRIED.contains(&key) || is_usual(key, value) {
        return None;
    }
    let why = match key {
        "user-agent" => {
            "moored names itself; of this it takes an e-mail address, for DNSPod's `contact`"
        }
        "include" => "the file is not read: put its lines in this one's place and import again",
        "verify-address" => "from outside moored publishes addresses of the Internet only",
        "allow-ipv6" => {
            "inadyn publishes whichever address it meets first; moored keeps each family on its own"
        }
        "forced-update" => {
            "moored writes nothing that is right, and compares with the provider once a day (`audit`)"
        }
        "iterations" => "`moored --once` plays one round",
        "fake-address" => "moored never publishes an address that is not its own",
        "ssl" => "moored sends credentials over TLS only",
        "secure-ssl" | "ca-trust-file" => TLS,
        "broken-rtc" => "moored waits until the clock is set",
        "cache-dir" => "moored's own memory is in `state_dir`",
        "wildcard" => "add the host `*.NAME`, if that is meant",
        "append-myip" => "moored says the address by the provider's own interface",
        "ddns-response" => return Some(("moored knows the provider's answers", Disclosure::Key)),
        "proxied" => OTHERS,
        _ => return Some(("a setting that inadyn does not have", Disclosure::Nothing)),
    };
    Some((why, Disclosure::Whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        let shown = |key| left(key, "hunter2").map(|(_, shown)| shown);
        assert_eq!(shown("include"), Some(Disclosure::Whole));
        assert_eq!(shown("hunter2"), Some(Disclosure::Nothing));
        assert_eq!(shown("password"), None);
        assert_eq!(left("ssl", "true"), None);
        assert!(left("ssl", "false").is_some());
    }
}
