//! Another device behind the same prefix: which part of its IPv6 address is its own.

use std::{
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use super::{
    family::Family,
    policy::{PolicyViolation, PublishPolicy, PublishableAddr},
};

/// How many bits of another device's address come from our own: those of the site's prefix. RFC 6177
/// has providers give a site a /48, a /56 or something between a /48 and a /64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PrefixLength(u8);

impl PrefixLength {
    /// The network this host itself is in, as routers announce it (RFC 4862 section 5.5.3).
    pub const NETWORK: Self = Self(64);

    /// A length in bits, 48 to 64.
    pub fn new(bits: i64) -> Option<Self> {
        let bits = u8::try_from(bits).ok();
        bits.filter(|it| (48..=64).contains(it)).map(Self)
    }

    /// How many bits the prefix has.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// The bits behind the prefix.
    fn host_mask(self) -> u128 {
        u128::MAX >> self.0
    }
}

/// The part of another device's IPv6 address that is its own, to go behind this network's prefix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostId {
    bits: u128,
    prefix: PrefixLength,
}

/// Why a text is no [`HostId`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ParseHostIdError {
    /// It is not written as an IPv6 address.
    #[error("not an IPv6 address")]
    NoAddress,
    /// It says something about the bits that are not the device's.
    #[error("the first {} bits must be zero: they come from this network's prefix", .0.bits())]
    InPrefix(PrefixLength),
    /// Its last 64 bits are zero: in every network that is the routers' address (RFC 4291 section
    /// 2.6.1).
    #[error("the host part is zero")]
    Zero,
}

impl HostId {
    /// Reads `::5054:ff:fe12:3456`: an IPv6 address whose bits are zero as far as the prefix goes.
    /// Behind a prefix of less than 64 bits it says the device's subnet as well.
    pub fn parse(text: &str, prefix: PrefixLength) -> Result<Self, ParseHostIdError> {
        let addr: Ipv6Addr = text.parse().map_err(|_| ParseHostIdError::NoAddress)?;
        let bits = u128::from(addr);
        if bits & !prefix.host_mask() != 0 {
            return Err(ParseHostIdError::InPrefix(prefix));
        }
        if bits & PrefixLength::NETWORK.host_mask() == 0 {
            return Err(ParseHostIdError::Zero);
        }
        Ok(Self { bits, prefix })
    }

    /// What a device with this hardware address calls itself. The bits between the prefix and the
    /// last 64, its subnet, are zero.
    pub fn of_mac(mac: Mac, prefix: PrefixLength) -> Self {
        let bits = u128::from(mac.interface_identifier());
        Self { bits, prefix }
    }

    /// That device's address in the prefix of `own`; it must pass the same [`PublishPolicy`].
    pub fn apply_prefix(
        self,
        own: PublishableAddr,
        acceptance: &PublishPolicy,
    ) -> Result<PublishableAddr, PolicyViolation> {
        match own.addr() {
            addr @ IpAddr::V4(_) => Err(PolicyViolation::WrongFamily(addr, Family::V6)),
            IpAddr::V6(own) => {
                let prefix = u128::from(own) & !self.prefix.host_mask();
                let addr = Ipv6Addr::from(prefix | self.bits);
                acceptance.check(Family::V6, IpAddr::V6(addr))
            }
        }
    }
}

/// The hardware address of one network interface: 48 bits, neither a group's nor zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mac([u8; 6]);

/// Why a text is no [`Mac`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ParseMacError {
    /// It does not have the form of one.
    #[error("not a MAC address")]
    Form,
    /// The lowest bit of its first byte is set (IEEE 802): many interfaces hear it, none has it.
    #[error("a multicast address, which no single device has")]
    Multicast,
    /// All its bits are zero.
    #[error("zero, which no device has")]
    Zero,
}

impl Mac {
    /// The identifier that such an interface makes for itself: `ff:fe` in the middle, and the bit that
    /// says who assigned the address flipped (RFC 4291 appendix A). Devices that make theirs in
    /// another way (RFC 7217, RFC 8981) are not found by it.
    pub fn interface_identifier(self) -> u64 {
        let [first, second, third, fourth, fifth, sixth] = self.0;
        u64::from_be_bytes([
            first ^ 0x02,
            second,
            third,
            0xff,
            0xfe,
            fourth,
            fifth,
            sixth,
        ])
    }
}

impl FromStr for Mac {
    type Err = ParseMacError;

    /// Reads `52:54:00:12:34:56`, `52-54-00-12-34-56` and `5254.0012.3456`, in either case.
    fn from_str(text: &str) -> Result<Self, ParseMacError> {
        let (separator, digits) = match text.find([':', '-', '.']) {
            Some(2) if text.contains(':') => (':', 2),
            Some(2) => ('-', 2),
            _ => ('.', 4),
        };
        let groups: Vec<_> = text.split(separator).collect();
        let well_formed =
            |it: &&str| it.len() == digits && it.bytes().all(|digit| digit.is_ascii_hexdigit());
        if groups.len() * digits != 12 || !groups.iter().all(well_formed) {
            return Err(ParseMacError::Form);
        }
        let number = u64::from_str_radix(&groups.concat(), 16).map_err(|_| ParseMacError::Form)?;
        let [_, _, bytes @ ..] = number.to_be_bytes();
        match bytes {
            [0, 0, 0, 0, 0, 0] => Err(ParseMacError::Zero),
            [first, ..] if first & 1 != 0 => Err(ParseMacError::Multicast),
            bytes => Ok(Self(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn admitted(text: &str) -> PublishableAddr {
        let addr: IpAddr = text.parse().unwrap();
        let acceptance = PublishPolicy::default();
        acceptance.check(Family::of(addr), addr).unwrap()
    }

    fn part(text: &str, prefix: i64) -> Result<HostId, ParseHostIdError> {
        HostId::parse(text, PrefixLength::new(prefix).unwrap())
    }

    #[test]
    fn another_device_takes_as_much_of_this_networks_prefix_as_is_said_and_its_own_rest() {
        let own = admitted("2a01:79c:1:2ab:dead:beef:1:2");
        for (host, prefix, address) in [
            (
                "::5054:ff:fe12:3456",
                64,
                "2a01:79c:1:2ab:5054:ff:fe12:3456",
            ),
            ("::1", 64, "2a01:79c:1:2ab::1"),
            ("::1", 60, "2a01:79c:1:2a0::1"),
            ("0:0:0:c::1", 60, "2a01:79c:1:2ac::1"),
            ("::1", 56, "2a01:79c:1:200::1"),
            ("0:0:0:cd::1", 56, "2a01:79c:1:2cd::1"),
            (
                "0:0:0:ffff:ffff:ffff:ffff:ffff",
                48,
                "2a01:79c:1:ffff:ffff:ffff:ffff:ffff",
            ),
        ] {
            let device = part(host, prefix).unwrap();
            let device = device.apply_prefix(own, &PublishPolicy::default()).unwrap();
            assert_eq!(device.to_string(), address, "{host}/{prefix}");
        }
    }

    #[test]
    fn a_host_part_is_zero_as_far_as_the_prefix_goes_and_not_zero_behind_it() {
        for (host, prefix, wrong) in [
            (
                "2a01::1",
                64,
                "the first 64 bits must be zero: they come from this network's prefix",
            ),
            (
                "0:0:0:1::1",
                64,
                "the first 64 bits must be zero: they come from this network's prefix",
            ),
            (
                "0:0:0:1cd::1",
                56,
                "the first 56 bits must be zero: they come from this network's prefix",
            ),
            (
                "0:0:1::1",
                48,
                "the first 48 bits must be zero: they come from this network's prefix",
            ),
            ("::", 64, "the host part is zero"),
            ("0:0:0:cd::", 56, "the host part is zero"),
            ("84.212.10.20", 64, "not an IPv6 address"),
            ("::1/64", 64, "not an IPv6 address"),
        ] {
            let error = part(host, prefix).unwrap_err();
            assert_eq!(error.to_string(), wrong, "{host}/{prefix}");
        }
        for bits in [47, 65, 0, -1, 304] {
            assert_eq!(PrefixLength::new(bits), None, "{bits}");
        }
    }

    #[test]
    fn another_devices_address_passes_the_same_acceptance_as_ours() {
        let own = admitted("2a01:79c:1:2ab::99");
        let acceptance = PublishPolicy {
            exclude: vec!["2a01:79c:1:2cd::/64".parse().unwrap()],
            ..PublishPolicy::default()
        };
        let device = |host| part(host, 56).unwrap().apply_prefix(own, &acceptance);
        assert!(device("0:0:0:ce::1").is_ok());
        assert!(matches!(
            device("0:0:0:cd::1"),
            Err(PolicyViolation::Excluded(..))
        ));
        let four = part("::1", 64)
            .unwrap()
            .apply_prefix(admitted("1.1.1.1"), &acceptance);
        assert!(matches!(four, Err(PolicyViolation::WrongFamily(..))));
    }

    #[test]
    fn a_hardware_address_becomes_the_identifier_of_rfc_4291() {
        for (mac, identifier) in [
            // The example of RFC 2464, section 4.
            ("34-56-78-9A-BC-DE", "::3656:78ff:fe9a:bcde"),
            ("52:54:00:12:34:56", "::5054:ff:fe12:3456"),
            ("5254.0012.3456", "::5054:ff:fe12:3456"),
            ("00:00:00:00:00:01", "::200:ff:fe00:1"),
            ("FE:ff:ff:ff:ff:ff", "::fcff:ffff:feff:ffff"),
        ] {
            let prefix = PrefixLength::NETWORK;
            let made = HostId::of_mac(mac.parse().unwrap(), prefix);
            assert_eq!(made, HostId::parse(identifier, prefix).unwrap(), "{mac}");
        }
    }

    #[test]
    fn what_is_no_single_devices_hardware_address_is_refused() {
        for (text, wrong) in [
            ("", ParseMacError::Form),
            ("52:54:00:12:34", ParseMacError::Form),
            ("52:54:00:12:34:56:78", ParseMacError::Form),
            ("52:54:0:12:34:56", ParseMacError::Form),
            ("52:54:00:12:34:5g", ParseMacError::Form),
            ("52:54:00:12:34:+6", ParseMacError::Form),
            ("52:54-00:12-34:56", ParseMacError::Form),
            ("52-54-00:12-34-56", ParseMacError::Form),
            ("52.54.00.12.34.56", ParseMacError::Form),
            ("5254:0012:3456", ParseMacError::Form),
            ("5254.0012.3456.789a", ParseMacError::Form),
            ("525400123456", ParseMacError::Form),
            ("::5054:ff:fe12:3456", ParseMacError::Form),
            ("ü2:54:00:12:34:56", ParseMacError::Form),
            ("00:00:00:00:00:00", ParseMacError::Zero),
            ("01:00:5e:00:00:01", ParseMacError::Multicast),
            ("33:33:00:00:00:01", ParseMacError::Multicast),
            ("ff-ff-ff-ff-ff-ff", ParseMacError::Multicast),
        ] {
            assert_eq!(text.parse::<Mac>(), Err(wrong), "{text}");
        }
    }

    proptest! {
        #[test]
        fn each_bit_of_the_address_is_the_prefixs_or_the_devices(
            own in any::<u128>(), device in any::<u128>(), length in 48_i64..=64,
        ) {
            let ours = Ipv6Addr::from(0x2a01 << 112 | own >> 16);
            let prefix = PrefixLength::new(length).unwrap();
            let device = Ipv6Addr::from(device >> length);
            let Ok(part) = HostId::parse(&device.to_string(), prefix) else {
                return Ok(());
            };
            let made = part.apply_prefix(admitted(&ours.to_string()), &PublishPolicy::default()).unwrap();
            let network = ipnet::Ipv6Net::new(ours, prefix.bits()).unwrap();
            let expected = network.network().to_bits() | device.to_bits();
            prop_assert_eq!(made.addr(), IpAddr::V6(expected.into()));
        }

        #[test]
        fn a_hardware_address_is_the_same_however_it_is_written(bytes in any::<[u8; 6]>(), upper in any::<bool>()) {
            let [a, b, c, d, e, f] = bytes;
            let forms = [
                format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}"),
                format!("{a:02x}-{b:02x}-{c:02x}-{d:02x}-{e:02x}-{f:02x}"),
                format!("{a:02x}{b:02x}.{c:02x}{d:02x}.{e:02x}{f:02x}"),
            ];
            let written = |text: &String| if upper { text.to_uppercase() } else { text.clone() };
            let read = forms.each_ref().map(|text| written(text).parse::<Mac>());
            let expected = match (bytes, a & 1) {
                ([0, 0, 0, 0, 0, 0], _) => Err(ParseMacError::Zero),
                (_, 1) => Err(ParseMacError::Multicast),
                _ => Ok(Mac(bytes)),
            };
            prop_assert_eq!(read, [expected; 3]);
        }

        #[test]
        fn no_text_makes_a_decoder_panic(text in any::<String>(), length in 48_i64..=64) {
            let _ = (part(&text, length), text.parse::<Mac>());
        }
    }
}
