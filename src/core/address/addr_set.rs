//! One or more publishable addresses of one family.

use std::{collections::BTreeSet, fmt, net::IpAddr};

use super::{family::Family, policy::PublishableAddr};

/// One or more admitted addresses of one family. Never empty: "none" is said as
/// [`Absent`](crate::core::detection::observation::Observation::Absent), "we do not know" as `Unavailable`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddrSet(BTreeSet<PublishableAddr>);

impl AddrSet {
    /// A set of one.
    pub fn single(addr: PublishableAddr) -> Self {
        Self(BTreeSet::from([addr]))
    }

    /// A set of several; `None` if there are none or if they are of different families.
    pub fn try_from_iter(addrs: impl IntoIterator<Item = PublishableAddr>) -> Option<Self> {
        let set: BTreeSet<_> = addrs.into_iter().collect();
        let family = Family::of(set.first()?.addr());
        set.iter()
            .all(|addr| Family::of(addr.addr()) == family)
            .then_some(Self(set))
    }

    /// The addresses in order.
    pub fn iter(&self) -> impl Iterator<Item = PublishableAddr> + '_ {
        self.0.iter().copied()
    }

    /// The plain addresses in order: what is shown, compared and remembered.
    pub fn addrs(&self) -> BTreeSet<IpAddr> {
        self.0.iter().map(|addr| addr.addr()).collect()
    }
}

impl fmt::Display for AddrSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&display_list(self.0.iter()))
    }
}

/// Addresses as people read them: separated by commas, "none" for none.
pub fn display_list<T: ToString>(addrs: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<_> = addrs.into_iter().map(|addr| addr.to_string()).collect();
    if texts.is_empty() {
        "none".to_owned()
    } else {
        texts.join(", ")
    }
}
