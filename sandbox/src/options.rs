//! Where a sandbox listens.

use std::net::{IpAddr, Ipv4Addr};

/// Addresses and ports; every port that is not given is chosen by the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The address of every service. Anything but loopback is for containers and namespaces: whoever reaches it may
    /// do anything to this sandbox.
    pub bind: IpAddr,
    /// Domeneshop's API.
    pub domeneshop_port: Option<u16>,
    /// DNSPod's international site.
    pub dnspod_port: Option<u16>,
    /// DNSPod's site for China.
    pub dnspod_china_port: Option<u16>,
    /// DNS, both over UDP and TCP.
    pub dns_port: Option<u16>,
    /// The echo operators: the same port on each one's own address, or consecutive ports from this one where
    /// operators share an address.
    pub echo_port: Option<u16>,
    /// The control port.
    pub control_port: Option<u16>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            domeneshop_port: None,
            dnspod_port: None,
            dnspod_china_port: None,
            dns_port: None,
            echo_port: None,
            control_port: None,
        }
    }
}
