//! From where our addresses are looked at: in which family, and over which interface.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::core::{address::family::Family, foreign_text::is_printable};

/// The name of a network interface: what `via` says. Whether there is such an interface is another
/// question, with another answer from one moment to the next.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Interface(String);

/// The longest name in bytes: `IFNAMSIZ` (`linux/if.h`) has room for one more, which is zero.
const MAX_NAME_LENGTH: usize = 15;

/// A text that no interface can be called.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "an interface's name has 1 to {MAX_NAME_LENGTH} bytes, and no slash, colon, white space or control \
     character"
)]
pub struct InvalidInterfaceName;

impl Interface {
    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl FromStr for Interface {
    type Err = InvalidInterfaceName;

    /// Takes what the kernel would take (`dev_valid_name` in `net/core/dev.c`).
    fn from_str(text: &str) -> Result<Self, InvalidInterfaceName> {
        let awkward = |it: char| matches!(it, '/' | ':' | ' ') || !is_printable(it);
        let named = (1..=MAX_NAME_LENGTH).contains(&text.len()) && !matches!(text, "." | "..");
        if named && !text.contains(awkward) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidInterfaceName)
        }
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a round looks at once, however many hosts want to know: one family, over one interface or the
/// way the routing table says. In order, what is not bound to an interface comes first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DetectionPath {
    /// The interface, if it is bound to one.
    pub via: Option<Interface>,
    /// The family.
    pub family: Family,
}

impl DetectionPath {
    /// A family over an interface, or as the routing table says.
    pub fn new(family: Family, via: Option<Interface>) -> Self {
        Self { via, family }
    }
}

impl From<Family> for DetectionPath {
    fn from(family: Family) -> Self {
        Self::new(family, None)
    }
}

impl fmt::Display for DetectionPath {
    /// As people read it: `IPv4`, or `IPv4 via eth1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.via {
            None => self.family.fmt(f),
            Some(via) => write!(f, "{} via {via}", self.family),
        }
    }
}

/// What stands between the record type and the interface in the state file.
const VIA: &str = " via ";

impl From<DetectionPath> for String {
    /// As it is kept: `A`, or `A via eth1`.
    fn from(detection_path: DetectionPath) -> Self {
        let kind = detection_path.family.record_type();
        match detection_path.via {
            None => kind.to_owned(),
            Some(via) => format!("{kind}{VIA}{via}"),
        }
    }
}

impl TryFrom<String> for DetectionPath {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (kind, via) = match text.split_once(VIA) {
            None => (text.as_str(), None),
            Some((kind, name)) => {
                let via = name
                    .parse()
                    .map_err(|InvalidInterfaceName| "no interface's name")?;
                (kind, Some(via))
            }
        };
        let mut families = Family::ALL.into_iter();
        let family = families.find(|it| it.record_type() == kind);
        Ok(Self::new(
            family.ok_or("no record type of an address")?,
            via,
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_interface_is_called_what_the_kernel_would_call_one() {
        for name in ["eth1", "wan0", "ppp-home.1", "a", "fifteen-letters", "ü"] {
            assert_eq!(name.parse::<Interface>().unwrap().name(), name);
        }
        for name in [
            "",
            ".",
            "..",
            "sixteen-letters!",
            "üüüüüüüü",
            "eth 1",
            " eth1",
            "eth1\n",
            "eth0/1",
            "eth0:1",
            "eth\u{a0}1",
            "eth\0",
        ] {
            assert_eq!(
                name.parse::<Interface>(),
                Err(InvalidInterfaceName),
                "{name}"
            );
        }
    }

    #[test]
    fn a_vantage_is_kept_as_a_plain_text_and_one_without_an_interface_as_its_record_type() {
        let eth1: Option<Interface> = Some("eth1".parse().unwrap());
        let kept = BTreeMap::from([
            (DetectionPath::from(Family::V4), 1),
            (DetectionPath::from(Family::V6), 2),
            (DetectionPath::new(Family::V4, eth1.clone()), 3),
            (DetectionPath::new(Family::V6, eth1), 4),
        ]);
        let text = r#"{"A":1,"AAAA":2,"A via eth1":3,"AAAA via eth1":4}"#;
        assert_eq!(serde_json::to_string(&kept).unwrap(), text);
        let read: BTreeMap<DetectionPath, i32> = serde_json::from_str(text).unwrap();
        assert_eq!(read, kept);
        for text in ["", "B", "A via ", "A via a/b", "MX via eth1", "A  via eth1"] {
            assert!(DetectionPath::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_interface_is_named_where_there_is_one() {
        let detection_path = DetectionPath::new(Family::V6, Some("eth1".parse().unwrap()));
        assert_eq!(detection_path.to_string(), "IPv6 via eth1");
        assert_eq!(DetectionPath::from(Family::V4).to_string(), "IPv4");
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_as_it_was(text in "(A|AAAA|MX)?( via )?[ -~ü]{0,16}") {
            if let Ok(detection_path) = DetectionPath::try_from(text.clone()) {
                prop_assert_eq!(String::from(detection_path), text);
            }
        }
    }
}
