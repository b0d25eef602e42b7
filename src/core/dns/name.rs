//! Domain names, compared as what they are: lower-case A-labels, exactly.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A fully qualified domain name: lower-case A-labels (RFC 5890), no trailing dot, at least two
/// labels, at most 253 characters; the first label may be `*`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fqdn(String);

/// A zone: the name a provider manages records under. Never a wildcard.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName(Fqdn);

/// Why a text is not a domain name.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NameError {
    /// Nothing is there.
    #[error("the name is empty")]
    Empty,
    /// One label only: no provider manages records in a top-level domain for its users.
    #[error("`{0}` is not fully qualified: write it with its domain, as in `home.example.com`")]
    Unqualified(String),
    /// Longer than 253 characters in its A-label form (RFC 1035 section 2.3.4).
    #[error("the name is longer than 253 characters")]
    TooLong,
    /// A label is empty, longer than 63 characters, has a hyphen at an end or a character that
    /// host names do not have.
    #[error("`{0}` is not a label of a domain name")]
    BadLabel(String),
    /// It cannot be turned into A-labels (RFC 5891).
    #[error("`{0}` is not a valid international domain name")]
    BadUnicode(String),
    /// An address where a name belongs.
    #[error("`{0}` is an address, not a name")]
    Address(String),
    /// `*` is only a whole first label, and never of a zone.
    #[error("`*` may only be the whole first label, as in `*.example.com`")]
    BadWildcard,
}

impl Fqdn {
    /// Reads a name in any case, with or without a trailing dot, in Unicode or as A-labels.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        let ascii = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            let (star, rest) = text
                .strip_prefix("*.")
                .map_or(("", text), |rest| ("*.", rest));
            let ascii =
                idna::domain_to_ascii(rest).map_err(|_| NameError::BadUnicode(text.to_owned()))?;
            format!("{star}{ascii}")
        };
        // Not before: digits of other scripts stand for ours.
        if ascii.parse::<std::net::IpAddr>().is_ok() {
            return Err(NameError::Address(text.to_owned()));
        }
        if ascii.len() > 253 {
            return Err(NameError::TooLong);
        }
        for (position, label) in ascii.split('.').enumerate() {
            if label.contains('*') {
                if label != "*" || position != 0 {
                    return Err(NameError::BadWildcard);
                }
            } else if !is_label(label) {
                return Err(NameError::BadLabel(label.to_owned()));
            }
        }
        if !ascii.contains('.') {
            return Err(NameError::Unqualified(ascii));
        }
        Ok(Self(ascii))
    }

    /// The name without a trailing dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the first label is `*`.
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }

    /// Whether this name is the zone's own or below it, by whole labels.
    pub fn is_within(&self, zone: &ZoneName) -> bool {
        self.relative_to(zone).is_some()
    }

    /// The part before the zone; `@` for the zone's own name (the apex); `None` outside it.
    pub fn relative_to(&self, zone: &ZoneName) -> Option<&str> {
        let rest = self.0.strip_suffix(zone.as_str())?;
        if rest.is_empty() {
            return Some("@");
        }
        rest.strip_suffix('.').filter(|rest| !rest.is_empty())
    }

    /// The name that `host`, relative to `zone`, stands for: the inverse of [`Fqdn::relative_to`].
    pub fn in_zone(host: &str, zone: &ZoneName) -> Result<Self, NameError> {
        match host {
            "@" | "" => Ok(zone.0.clone()),
            host => Self::parse(&format!("{host}.{zone}")),
        }
    }
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

impl ZoneName {
    /// Reads a zone's name by the same rules as [`Fqdn::parse`].
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = Fqdn::parse(text)?;
        if name.is_wildcard() {
            return Err(NameError::BadWildcard);
        }
        Ok(Self(name))
    }

    /// The name without a trailing dot.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// The zone that holds `host`: of those it lies within, the one with the longest name.
pub fn longest_zone<'a>(
    host: &Fqdn,
    zones: impl IntoIterator<Item = &'a ZoneName>,
) -> Option<&'a ZoneName> {
    zones
        .into_iter()
        .filter(|zone| host.is_within(zone))
        .max_by_key(|zone| zone.as_str().len())
}

macro_rules! text_forms {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }
        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.as_str().to_owned()
            }
        }
    };
}
text_forms!(Fqdn);
text_forms!(ZoneName);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(text: &str) -> ZoneName {
        ZoneName::parse(text).unwrap()
    }

    #[test]
    fn names_are_lower_case_a_labels_without_a_trailing_dot() {
        for (written, meant) in [
            ("Home.Example.COM.", "home.example.com"),
            ("blåbær.example.no", "xn--blbr-roah.example.no"),
            ("XN--BLBR-ROAH.example.no", "xn--blbr-roah.example.no"),
            ("*.Blåbær.no", "*.xn--blbr-roah.no"),
            ("_acme.home_nas.example.com", "_acme.home_nas.example.com"),
        ] {
            assert_eq!(Fqdn::parse(written).unwrap().as_str(), meant, "{written}");
        }
    }

    #[test]
    fn what_is_not_a_name_is_refused_with_its_reason() {
        let long = format!("{}.com", "a.".repeat(126));
        for (written, reason) in [
            ("", NameError::Empty),
            (".", NameError::Empty),
            ("localhost", NameError::Unqualified("localhost".into())),
            ("192.0.2.1", NameError::Address("192.0.2.1".into())),
            ("2001:db8::1", NameError::Address("2001:db8::1".into())),
            ("１92。0.2.1", NameError::Address("１92。0.2.1".into())),
            ("a..example.com", NameError::BadLabel(String::new())),
            ("-a.example.com", NameError::BadLabel("-a".into())),
            ("a b.example.com", NameError::BadLabel("a b".into())),
            ("a*.example.com", NameError::BadWildcard),
            ("a.*.example.com", NameError::BadWildcard),
            (&long, NameError::TooLong),
        ] {
            assert_eq!(Fqdn::parse(written), Err(reason), "{written}");
        }
        assert_eq!(
            ZoneName::parse("*.example.com"),
            Err(NameError::BadWildcard)
        );
    }

    #[test]
    fn a_name_is_253_characters_long_at_most_and_a_label_63() {
        let name = |last: usize| {
            let label = "a".repeat(63);
            format!("{label}.{label}.{label}.{}", "a".repeat(last))
        };
        assert!(Fqdn::parse(&name(61)).is_ok());
        assert_eq!(Fqdn::parse(&name(62)), Err(NameError::TooLong));
        let label = "a".repeat(64);
        assert_eq!(
            Fqdn::parse(&format!("{label}.com")),
            Err(NameError::BadLabel(label))
        );
    }

    #[test]
    fn the_part_before_the_zone_is_found_by_whole_labels() {
        let name = |text| Fqdn::parse(text).unwrap();
        let example = zone("example.com");
        assert_eq!(name("example.com").relative_to(&example), Some("@"));
        assert_eq!(name("a.b.example.com").relative_to(&example), Some("a.b"));
        assert_eq!(name("*.example.com").relative_to(&example), Some("*"));
        assert_eq!(name("myexample.com").relative_to(&example), None);
        assert_eq!(name("example.org").relative_to(&example), None);
    }

    #[test]
    fn the_longest_zone_wins() {
        let zones = [
            zone("example.com"),
            zone("home.example.com"),
            zone("ome.example.com"),
        ];
        let host = Fqdn::parse("nas.home.example.com").unwrap();
        assert_eq!(longest_zone(&host, &zones), Some(&zones[1]));
        assert_eq!(
            longest_zone(&Fqdn::parse("example.net").unwrap(), &zones),
            None
        );
    }

    proptest! {
        #[test]
        fn a_name_survives_being_written_and_read(text in "(\\*\\.)?([a-z0-9_]{1,20}\\.){1,4}[a-z]{2,10}") {
            let name = Fqdn::parse(&text).unwrap();
            prop_assert_eq!(Fqdn::parse(&name.to_string().to_uppercase()).unwrap(), name);
        }

        #[test]
        fn relative_and_absolute_are_inverse(host in "([a-z0-9]{1,8}\\.){0,3}[a-z]{1,8}", apex in any::<bool>()) {
            let zone = zone("example.com");
            let host = if apex { "@".to_owned() } else { host };
            let name = Fqdn::in_zone(&host, &zone).unwrap();
            prop_assert_eq!(name.relative_to(&zone), Some(host.as_str()));
        }

        #[test]
        fn what_is_taken_for_a_name_is_one_and_is_read_as_the_same_again(text in texts()) {
            let Ok(name) = Fqdn::parse(&text) else {
                return Ok(());
            };
            let written = name.as_str();
            let (first, rest) = written.split_once('.').expect("more than one label");
            prop_assert!(written.len() <= 253);
            prop_assert!(first == "*" || is_label(first), "{}", written);
            prop_assert!(rest.split('.').all(is_label), "{}", written);
            prop_assert!(!written.contains(char::is_uppercase), "{}", written);
            prop_assert_eq!(Fqdn::parse(written), Ok(name.clone()));
            prop_assert_eq!(ZoneName::parse(written).is_ok(), first != "*");
        }

        #[test]
        fn a_zone_holds_what_ends_in_its_labels_and_the_longest_holds_it(
            host in "(\\*\\.)?([ab]{1,2}\\.){1,4}a",
            zones in prop::collection::vec("([ab]{1,2}\\.){1,3}a", 0..6),
        ) {
            let labels = |text: &str| text.rsplit('.').map(str::to_owned).collect::<Vec<_>>();
            let host = Fqdn::parse(&host).unwrap();
            let zones: Vec<_> = zones.iter().map(|it| zone(it)).collect();
            let holds = |zone: &&ZoneName| labels(host.as_str()).starts_with(&labels(zone.as_str()));
            let longest = zones.iter().filter(holds).max_by_key(|it| labels(it.as_str()).len());
            prop_assert_eq!(longest_zone(&host, &zones), longest);
            for zone in &zones {
                prop_assert_eq!(host.is_within(zone), holds(&zone));
            }
        }
    }

    /// Anything, and what comes near to names: with letters, digits and dots that stand for others.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[a-zA-Z0-9*._ -]{0,40}",
            "([A-Za-zæØßＡ0-9_-]{1,64}[.。]){1,5}[a-zＺ]{0,3}[.。]?",
            "[0-9０-９]{1,3}([.。][0-9１]{1,3}){3}",
        ]
    }
}
