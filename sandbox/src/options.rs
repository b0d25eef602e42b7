//! Where a sandbox listens, and how it behaves from the start.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// A connection on which nothing comes for this long is closed, unless the options say another time. The real services wait
/// some seconds; how many is not known. inadyn waits for the end of the connection.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// Addresses, ports and rules; every port that is not given is chosen by the system.
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
    /// How long a connection may be idle, before the first request or between two, until it is closed.
    pub idle_timeout: Duration,
    /// Whether DNSPod, both sites, refuses a User-Agent that does not have the documented form. The real one is not known to
    /// do so; a client that must not take chances is tested against the strict one.
    pub strict_user_agents: bool,
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
            idle_timeout: IDLE_TIMEOUT,
            strict_user_agents: false,
        }
    }
}
