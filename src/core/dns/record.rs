//! Address records as they exist at a provider.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use serde::{Deserialize, Serialize};

use super::{
    conflict::NameConflict,
    name::{Fqdn, ZoneName},
};
use crate::core::address::family::Family;

/// An account's label: the configuration's `name`, else the provider's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountName(pub String);

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is kept right: one family of one host in one account, that is, one RRset.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Target {
    /// The account.
    pub account: AccountName,
    /// The host's name.
    pub host: Fqdn,
    /// The family, and with it the record type.
    pub family: Family,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.host, self.family.record_type())
    }
}

/// A zone of an account and the provider's identifier for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Zone {
    /// Its name.
    pub name: ZoneName,
    /// The provider's identifier, as text.
    pub id: String,
}

/// Attributes of a record that moored carries over unread when it changes the address: the DNSPod
/// line and weight, a remark, a status. Only the provider that listed them knows what they mean.
pub type Attributes = BTreeMap<String, String>;

/// An A or AAAA record that a provider listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// The provider's identifier, as text: both providers' numbers outgrow what their documents say.
    pub id: String,
    /// The host.
    pub host: Fqdn,
    /// The address.
    pub addr: IpAddr,
    /// Time to live in seconds, if the provider says it.
    pub ttl: Option<u32>,
    /// What else the record carries.
    pub attributes: Attributes,
}

impl Record {
    /// About how many bytes of memory it takes.
    pub fn size(&self) -> usize {
        // A map's node has room for eleven entries, and a text on the heap has an overhead.
        let attributes = self.attributes.iter();
        let attributes = attributes.map(|(name, value)| name.len() + value.len() + 200);
        self.id.len() + self.host.as_str().len() + 800 + attributes.sum::<usize>()
    }
}

/// How it is known what there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// From the provider's own list.
    List,
    /// From what the provider confirmed last.
    State,
}

/// What there is for one target, and how we know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Existing {
    /// The provider's own list.
    Listed {
        /// The zone that holds the host.
        zone: Zone,
        /// The host's records of the target's family; there may be none.
        records: Vec<Record>,
        /// What excludes addresses at the host, if something does.
        conflict: Option<NameConflict>,
        /// The shortest TTL in seconds that the zone's plan allows, where the provider says it.
        min_ttl: Option<u32>,
    },
    /// What we remember having confirmed at the provider: exactly these addresses, each in a
    /// record that one whole-RRset push may replace.
    Remembered {
        /// The addresses.
        addrs: Vec<IpAddr>,
    },
    /// The account has no zone that holds the host.
    NoZone,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_called_by_its_label_and_a_target_by_its_name_and_type() {
        let target = |family| Target {
            account: AccountName("home".into()),
            host: Fqdn::parse("nas.example.com").unwrap(),
            family,
        };
        assert_eq!(target(Family::V4).account.to_string(), "home");
        assert_eq!(target(Family::V4).to_string(), "nas.example.com A");
        assert_eq!(target(Family::V6).to_string(), "nas.example.com AAAA");
    }
}
