//! What a round wants for one target.

use std::fmt;

use crate::core::{
    address::{addr_set::AddrSet, family::Family, host_id::HostId, policy::PublishPolicy},
    detection::{
        observation::{Observation, UnavailableReason},
        path::{DetectionPath, Interface},
    },
    dns::name::Fqdn,
};

/// What to do with the records of a family that is known to be gone: `on_absent`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnAbsent {
    /// Leave them.
    #[default]
    Keep,
    /// Remove them.
    Remove,
}

/// A host as configured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host {
    /// Its name.
    pub name: Fqdn,
    /// Whether its A records are kept.
    pub ipv4: bool,
    /// Whether and how its AAAA records are kept.
    pub ipv6: HostV6,
    /// The TTL its records shall have, in seconds; `None` leaves what is there.
    pub ttl: Option<u32>,
    /// Whether a missing record is created.
    pub create: bool,
    /// The interface that its addresses are found out over; `None` leaves that to the routing table.
    pub via: Option<Interface>,
}

/// A host's IPv6 address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HostV6 {
    /// It has none of ours.
    Off,
    /// This host's own.
    ThisHost,
    /// Another device's: this network's prefix with that device's own part.
    Device(HostId),
}

impl Host {
    /// Whether the host's records of `family` are ours to keep.
    pub fn wants(&self, family: Family) -> bool {
        match family {
            Family::V4 => self.ipv4,
            Family::V6 => self.ipv6 != HostV6::Off,
        }
    }

    /// From where its address of `family` is looked at.
    pub fn detection_path(&self, family: Family) -> DetectionPath {
        DetectionPath::new(family, self.via.clone())
    }
}

/// What shall be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Intent {
    /// Exactly these addresses.
    Set(AddrSet),
    /// None: the family is gone and the operator wants its records gone too.
    Clear,
    /// Whatever is there.
    Keep(KeepReason),
}

/// Why a target is left as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeepReason {
    /// We do not know our address.
    Unavailable(UnavailableReason),
    /// The family is absent, and `on_absent` says keep.
    Absent,
    /// There is no record, and `create = false`.
    NotCreated,
    /// This host's clock was not set yet: a provider cannot be asked over TLS.
    NoClock,
}

impl fmt::Display for KeepReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "our address could not be found out: {why}"),
            Self::Absent => f.write_str("this host has no such address; records are left alone"),
            Self::NotCreated => f.write_str("there is no record and `create = false`"),
            Self::NoClock => write!(
                f,
                "the provider cannot be asked yet: {}",
                UnavailableReason::NoClock
            ),
        }
    }
}

/// From what was seen to what is wanted.
pub fn intend(
    host: &Host,
    observation: &Observation,
    acceptance: &PublishPolicy,
    on_absent: OnAbsent,
) -> Intent {
    let addrs = match observation {
        Observation::Unavailable(why) => {
            return Intent::Keep(KeepReason::Unavailable(why.clone()));
        }
        Observation::Absent if on_absent == OnAbsent::Remove => return Intent::Clear,
        Observation::Absent => return Intent::Keep(KeepReason::Absent),
        Observation::Known(addrs) => addrs,
    };
    let HostV6::Device(part) = host.ipv6 else {
        return Intent::Set(addrs.clone());
    };
    let devices: Result<Vec<_>, _> = addrs
        .iter()
        .filter(|own| Family::of(own.addr()) == Family::V6)
        .map(|own| part.apply_prefix(own, acceptance))
        .collect();
    match devices.map(AddrSet::try_from_iter) {
        // An IPv4 address has no prefix to lend: the host's own it is.
        Ok(None) => Intent::Set(addrs.clone()),
        Ok(Some(devices)) => Intent::Set(devices),
        Err(why) => Intent::Keep(KeepReason::Unavailable(UnavailableReason::HostAddress(
            why.to_string(),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::address::host_id::PrefixLength;

    fn host() -> Host {
        Host {
            name: Fqdn::parse("home.example.com").unwrap(),
            ipv4: true,
            ipv6: HostV6::ThisHost,
            ttl: None,
            create: true,
            via: None,
        }
    }

    fn known(text: &str) -> Observation {
        let addr = text.parse().unwrap();
        let admitted = PublishPolicy::default()
            .check(Family::of(addr), addr)
            .unwrap();
        Observation::Known(AddrSet::single(admitted))
    }

    fn intent(host: &Host, observation: &Observation, on_absent: OnAbsent) -> Intent {
        intend(host, observation, &PublishPolicy::default(), on_absent)
    }

    #[test]
    fn only_positive_absence_and_the_operators_wish_together_clear() {
        let unknown = Observation::Unavailable(UnavailableReason::Offline);
        for (observation, on_absent, clears) in [
            (&unknown, OnAbsent::Keep, false),
            (&unknown, OnAbsent::Remove, false),
            (&Observation::Absent, OnAbsent::Keep, false),
            (&Observation::Absent, OnAbsent::Remove, true),
            (&known("1.1.1.1"), OnAbsent::Remove, false),
        ] {
            let intent = intent(&host(), observation, on_absent);
            assert_eq!(
                intent == Intent::Clear,
                clears,
                "{observation:?} {on_absent:?}"
            );
        }
    }

    #[test]
    fn a_hosts_records_of_a_family_are_ours_if_it_says_so() {
        let part = HostId::parse("::1", PrefixLength::NETWORK).unwrap();
        for (ipv4, ipv6, wants) in [
            (true, HostV6::Off, [true, false]),
            (false, HostV6::ThisHost, [false, true]),
            (false, HostV6::Device(part), [false, true]),
            (false, HostV6::Off, [false, false]),
        ] {
            let host = Host {
                ipv4,
                ipv6,
                ..host()
            };
            assert_eq!(Family::ALL.map(|it| host.wants(it)), wants, "{host:?}");
        }
    }

    #[test]
    fn why_a_target_is_left_alone_is_a_sentence() {
        let clock = "this host's clock is not set (it shows a time before this version of moored was \
                     made): no certificate is valid before it is";
        for (reason, said) in [
            (
                KeepReason::Unavailable(UnavailableReason::Offline),
                "our address could not be found out: this host has no network: no address, no default \
                 route",
            ),
            (
                KeepReason::Absent,
                "this host has no such address; records are left alone",
            ),
            (
                KeepReason::NotCreated,
                "there is no record and `create = false`",
            ),
            (
                KeepReason::NoClock,
                &format!("the provider cannot be asked yet: {clock}"),
            ),
        ] {
            assert_eq!(reason.to_string(), said);
        }
    }

    #[test]
    fn another_devices_name_gets_that_devices_address_and_our_ipv4() {
        let mut nas = host();
        let part = HostId::parse("::5054:ff:fe12:3456", PrefixLength::NETWORK);
        nas.ipv6 = HostV6::Device(part.unwrap());
        let Intent::Set(addrs) = intent(&nas, &known("2a01:79c:1:2::99"), OnAbsent::Keep) else {
            panic!()
        };
        assert_eq!(addrs.to_string(), "2a01:79c:1:2:5054:ff:fe12:3456");
        let Intent::Set(addrs) = intent(&nas, &known("1.1.1.1"), OnAbsent::Keep) else {
            panic!()
        };
        assert_eq!(addrs.to_string(), "1.1.1.1");
    }
}
