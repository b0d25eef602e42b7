//! A poke: somebody on this host says that it is time to look, and perhaps what our addresses are.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use crate::core::address::family::Family;

/// What is said with a poke is called so in reports.
pub const SOURCE: &str = "poke";

/// What a poke says: at most one address of each family. It is a claim and no knowledge (L2): it
/// counts as what one operator says, where those outside are asked and `router` is not among them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct AddressHint {
    v4: Option<Ipv4Addr>,
    v6: Option<Ipv6Addr>,
}

/// Why words are no poke.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ParseHintError {
    /// Something else than an address.
    #[error("only IP addresses can be said")]
    NoAddress,
    /// Two of one family.
    #[error("only one {0} address can be said")]
    Two(Family),
}

impl AddressHint {
    /// The poke that says these.
    pub fn of(addrs: impl IntoIterator<Item = IpAddr>) -> Result<Self, ParseHintError> {
        let mut poke = Self::default();
        for addr in addrs {
            let family = Family::of(addr);
            if poke.addr(family).is_some() {
                return Err(ParseHintError::Two(family));
            }
            match addr {
                IpAddr::V4(addr) => poke.v4 = Some(addr),
                IpAddr::V6(addr) => poke.v6 = Some(addr),
            }
        }
        Ok(poke)
    }

    /// The address of a family, if one was said.
    pub fn addr(self, family: Family) -> Option<IpAddr> {
        match family {
            Family::V4 => self.v4.map(IpAddr::V4),
            Family::V6 => self.v6.map(IpAddr::V6),
        }
    }

    /// The addresses that were said.
    pub fn addrs(self) -> impl Iterator<Item = IpAddr> {
        Family::ALL.into_iter().filter_map(move |it| self.addr(it))
    }

    /// Whether it says no more than that it is time to look.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The same without the addresses that `keep` refuses.
    #[must_use]
    pub fn filter(self, keep: impl Fn(IpAddr) -> bool) -> Self {
        Self {
            v4: self.v4.filter(|addr| keep(IpAddr::V4(*addr))),
            v6: self.v6.filter(|addr| keep(IpAddr::V6(*addr))),
        }
    }

    /// What is said after this one was: the later word about a family counts.
    #[must_use]
    pub fn merge(self, later: Self) -> Self {
        Self {
            v4: later.v4.or(self.v4),
            v6: later.v6.or(self.v6),
        }
    }
}

impl FromStr for AddressHint {
    type Err = ParseHintError;

    /// Reads addresses with blanks between them; none is a poke too.
    fn from_str(text: &str) -> Result<Self, ParseHintError> {
        let addrs: Result<Vec<IpAddr>, _> = text.split_whitespace().map(str::parse).collect();
        Self::of(addrs.map_err(|_| ParseHintError::NoAddress)?)
    }
}

impl fmt::Display for AddressHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addrs: Vec<_> = self.addrs().map(|addr| addr.to_string()).collect();
        f.write_str(&addrs.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn poke(text: &str) -> AddressHint {
        text.parse().unwrap()
    }

    #[test]
    fn at_most_one_address_of_each_family_is_a_poke() {
        for text in ["", "84.212.10.20", "2a01::1", "84.212.10.20 2a01::1"] {
            assert_eq!(poke(text).to_string(), text);
        }
        assert_eq!(
            poke(" 2a01::1\t84.212.10.20 "),
            poke("84.212.10.20 2a01::1")
        );
        for (text, why) in [
            ("84.212.10.20 84.212.10.20", ParseHintError::Two(Family::V4)),
            (
                "2a01::1 84.212.10.20 2a01::2",
                ParseHintError::Two(Family::V6),
            ),
            ("84.212.10", ParseHintError::NoAddress),
            ("84.212.10.20,2a01::1", ParseHintError::NoAddress),
            ("084.212.10.20", ParseHintError::NoAddress),
            ("84.212.10.20/24", ParseHintError::NoAddress),
            ("fe80::1%eth0", ParseHintError::NoAddress),
            ("home.example.com", ParseHintError::NoAddress),
        ] {
            assert_eq!(text.parse::<AddressHint>(), Err(why), "{text}");
        }
    }

    #[test]
    fn of_two_pokes_the_later_word_about_a_family_counts() {
        for (first, later, both) in [
            ("", "", ""),
            ("1.1.1.1", "", "1.1.1.1"),
            ("1.1.1.1", "2.2.2.2", "2.2.2.2"),
            ("1.1.1.1 2a01::1", "2a01::2", "1.1.1.1 2a01::2"),
        ] {
            assert_eq!(
                poke(first).merge(poke(later)),
                poke(both),
                "{first} {later}"
            );
        }
    }

    #[test]
    fn what_is_refused_is_not_said() {
        let both = poke("1.1.1.1 2a01::1");
        assert_eq!(both.filter(|addr| addr.is_ipv6()), poke("2a01::1"));
        assert!(both.filter(|_| false).is_empty());
        assert!(!both.is_empty());
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_so_that_it_is_read_the_same(
            text in prop_oneof!["[0-9a-f.: ]{0,40}", "84\\.212\\.10\\.[0-9]{1,3} 2a01:[0-9a-f]{0,5}:[1-9a-f]", any::<String>()],
        ) {
            if let Ok(poke) = text.parse::<AddressHint>() {
                prop_assert_eq!(poke.to_string().parse(), Ok(poke));
                prop_assert!(text.split_whitespace().count() == poke.addrs().count());
            }
        }
    }
}
