//! The way out that a question takes: in which family, over which interface, and until when an answer
//! is waited for. Every socket that asks about our address is bound by what stands here.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use rustix::io::Errno;
use tokio::{
    net::{TcpSocket, TcpStream, UdpSocket},
    time::Instant,
};

use crate::core::{
    address::family::Family,
    detection::{
        observation::UplinkError,
        path::{DetectionPath, Interface},
    },
};

/// A way out, and how long the question may take.
#[derive(Clone, Debug)]
pub(super) struct SocketBinder {
    /// The family, and the interface if there is to be no other.
    pub(super) detection_path: DetectionPath,
    /// How long the question and its whole answer may take.
    pub(super) limit: Duration,
    /// When that is over.
    pub(super) until: Instant,
}

impl SocketBinder {
    /// A way whose time starts now.
    pub(super) fn new(detection_path: DetectionPath, limit: Duration) -> Self {
        let until = Instant::now() + limit;
        Self {
            detection_path,
            limit,
            until,
        }
    }

    /// The same way with less time.
    pub(super) fn no_later_than(&self, until: Instant) -> Self {
        Self {
            until: self.until.min(until),
            ..self.clone()
        }
    }

    /// The family.
    pub(super) fn family(&self) -> Family {
        self.detection_path.family
    }

    /// A socket for datagrams from a fresh random port, connected, so that the kernel drops what anybody
    /// else sends to it.
    pub(super) async fn datagrams(&self, server: SocketAddr) -> Result<UdpSocket, String> {
        // Port 0: the kernel takes a random one.
        let socket = UdpSocket::bind((unspecified(server), 0)).await;
        let socket = socket.map_err(|it| it.to_string())?;
        self.bind(|device| socket.bind_device(Some(device)))
            .map_err(|it| it.to_string())?;
        let connected = socket.connect(server).await;
        connected.map(|()| socket).map_err(|it| it.to_string())
    }

    /// A fresh port of one of our addresses, for questions to many: whoever answers is for the caller to
    /// look at. What it sends to a group leaves by the interface that has the address.
    pub(super) async fn datagrams_of(&self, own: Ipv4Addr) -> Result<UdpSocket, String> {
        let socket = UdpSocket::bind((own, 0)).await;
        let socket = socket.map_err(|it| it.to_string())?;
        self.bind(|device| socket.bind_device(Some(device)))
            .map_err(|it| it.to_string())?;
        Ok(socket)
    }

    /// A connection.
    pub(super) async fn stream(&self, server: SocketAddr) -> Result<TcpStream, String> {
        let socket = match server {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        };
        let socket = socket.map_err(|it| it.to_string())?;
        self.bind(|device| socket.bind_device(Some(device)))
            .map_err(|it| it.to_string())?;
        let connected = socket.connect(server).await;
        connected.map_err(|it| it.to_string())
    }

    /// Binds a socket to the interface, if there is one: its packets leave by nothing else, and it hears
    /// nothing else (`SO_BINDTODEVICE`, socket(7)).
    pub(super) fn bind(
        &self,
        device: impl FnOnce(&[u8]) -> io::Result<()>,
    ) -> Result<(), UplinkError> {
        let Some(interface) = &self.detection_path.via else {
            return Ok(());
        };
        device(interface.name().as_bytes()).map_err(|error| refused(interface, &error))
    }

    /// Whether sockets can be bound to the interface now. For sockets that are not opened here, and to
    /// know why none of those that are had an answer.
    pub(super) async fn check(&self) -> Result<(), UplinkError> {
        match UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await {
            Ok(socket) => self.bind(|device| socket.bind_device(Some(device))),
            // No socket at all is not the interface's fault.
            Err(_) => Ok(()),
        }
    }
}

fn unspecified(server: SocketAddr) -> IpAddr {
    match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

/// Kernels before Linux 5.7 ask for `CAP_NET_RAW` (the commit "net: Allow to bind a socket to a device
/// unprivileged", c427bfec18f2).
fn refused(interface: &Interface, error: &io::Error) -> UplinkError {
    let interface = interface.clone();
    match Errno::from_io_error(error) {
        Some(Errno::NODEV) => UplinkError::Missing(interface),
        Some(Errno::PERM) => {
            let what = "before Linux 5.7 that takes root or the capability CAP_NET_RAW";
            UplinkError::Refused(interface, what.to_owned())
        }
        _ => UplinkError::Refused(interface, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(via: &str) -> SocketBinder {
        let via = via.parse().ok();
        SocketBinder::new(DetectionPath::new(Family::V4, via), Duration::from_secs(10))
    }

    #[tokio::test]
    async fn every_socket_is_bound_to_the_interface_and_to_none_without_one() {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        for (via, device) in [("lo", Some(b"lo".to_vec())), ("", None)] {
            let way = way(via);
            let socket = way.datagrams(udp.local_addr().unwrap()).await.unwrap();
            assert_eq!(socket.device().unwrap(), device);
            let stream = way.stream(tcp.local_addr().unwrap()).await.unwrap();
            let socket = TcpSocket::from_std_stream(stream.into_std().unwrap());
            assert_eq!(socket.device().unwrap(), device);
        }
    }

    #[tokio::test]
    async fn an_interface_that_is_not_there_is_named_and_nothing_else_is_taken() {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = udp.local_addr().unwrap();
        let way = way("gone0");
        let error = "there is no interface `gone0`";
        assert_eq!(way.datagrams(server).await.unwrap_err(), error);
        assert_eq!(way.stream(server).await.unwrap_err(), error);
        assert_eq!(way.check().await.unwrap_err().to_string(), error);
    }

    #[test]
    fn a_kernel_that_refuses_is_told_apart_from_a_missing_interface() {
        let words = |errno: Errno| {
            let refuses = |_: &[u8]| Err(io::Error::from(errno));
            way("eth1").bind(refuses).unwrap_err().to_string()
        };
        assert_eq!(words(Errno::NODEV), "there is no interface `eth1`");
        assert_eq!(
            words(Errno::PERM),
            "no socket can be bound to the interface `eth1`: before Linux 5.7 that takes root or the \
             capability CAP_NET_RAW"
        );
        let other = words(Errno::NOPROTOOPT);
        assert!(
            other.starts_with("no socket can be bound to the interface `eth1`: "),
            "{other}"
        );
    }
}
