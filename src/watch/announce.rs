//! Hearing a router announce that its external address has changed, or that it has begun anew.
//!
//! An announcement is never believed: it starts a round, which asks. So all that a forged one achieves
//! is a question to the router, and few of these.

use std::{
    cell::RefCell,
    io,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket as StdSocket},
};

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with, sockopt};
use tokio::net::UdpSocket;

use super::announced::Announced;
use crate::{
    core::{settle::Change, time::Moment},
    portmapping::ANNOUNCEMENTS,
};

/// Longer than any announcement.
const ROOM: usize = 2048;

/// A socket on which routers announce.
pub struct Announcements {
    socket: UdpSocket,
    is_router: Box<dyn Fn(Ipv4Addr) -> bool>,
    clock: Box<dyn Fn() -> Moment>,
    announced: RefCell<Announced>,
}

impl Announcements {
    /// Begins to listen; it needs the runtime. Only what comes from an address that `is_router`, at the
    /// moment it comes, is listened to.
    pub fn open(
        is_router: Box<dyn Fn(Ipv4Addr) -> bool>,
        clock: Box<dyn Fn() -> Moment>,
    ) -> io::Result<Self> {
        let (group, port) = ANNOUNCEMENTS;
        Self::open_at(SocketAddrV4::new(group, port), is_router, clock)
    }

    /// The group is the one of all hosts of a link (RFC 1112): every interface is in it from the moment
    /// it is up, and a socket that joins none of its own hears them all. So there is nothing to join
    /// anew when the default route moves or an interface comes later.
    fn open_at(
        at: SocketAddrV4,
        is_router: Box<dyn Fn(Ipv4Addr) -> bool>,
        clock: Box<dyn Fn() -> Moment>,
    ) -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, flags, None)?;
        // Other programs of this host listen there too.
        sockopt::set_socket_reuseaddr(&socket, true)?;
        bind(&socket, &at)?;
        Ok(Self {
            socket: UdpSocket::from_std(StdSocket::from(socket))?,
            is_router,
            clock,
            announced: RefCell::default(),
        })
    }

    /// Waits for the next news, which asks for a round at once. A wait that is given up loses nothing.
    /// After an error there is nothing more to hear.
    pub async fn next(&self) -> io::Result<Change> {
        let mut room = [0; ROOM];
        loop {
            let (length, from) = match self.socket.recv_from(&mut room).await {
                Ok(heard) => heard,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = room.get(..length).unwrap_or_default();
            if let SocketAddr::V4(from) = from
                && (self.is_router)(*from.ip())
                && self
                    .announced
                    .borrow_mut()
                    .note(*from.ip(), bytes, (self.clock)())
            {
                return Ok(Change::Gained);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const ROUTER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);

    fn listening() -> (Announcements, SocketAddr) {
        let at = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);
        let is_router = Box::new(|addr| addr == ROUTER);
        let clock = Box::new(|| Moment::from_millis(0));
        let announcements = Announcements::open_at(at, is_router, clock).unwrap();
        let at = announcements.socket.local_addr().unwrap();
        (announcements, at)
    }

    fn address(last: u8) -> [u8; 12] {
        [0, 128, 0, 0, 0, 0, 2, 1, 84, 212, 10, last]
    }

    #[tokio::test]
    async fn news_from_the_router_is_heard_and_nothing_else_is() {
        let (announcements, at) = listening();
        let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let router = UdpSocket::bind((ROUTER, 0)).await.unwrap();
        stranger.send_to(&address(66), at).await.unwrap();
        router.send_to(b"no announcement", at).await.unwrap();
        router.send_to(&[7; 5_000], at).await.unwrap();
        router.send_to(&address(20), at).await.unwrap();
        assert_eq!(announcements.next().await.unwrap(), Change::Gained);
        // It is repeated, and forged.
        router.send_to(&address(20), at).await.unwrap();
        stranger.send_to(&address(66), at).await.unwrap();
        router.send_to(&address(21), at).await.unwrap();
        assert_eq!(announcements.next().await.unwrap(), Change::Gained);
        assert!(announcements.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn the_group_can_be_listened_to_by_several() {
        let open = || {
            let clock = Box::new(|| Moment::from_millis(0));
            Announcements::open(Box::new(|_| true), clock)
        };
        let (one, other) = (open().unwrap(), open().unwrap());
        for it in [one, other] {
            let (group, port) = ANNOUNCEMENTS;
            let at = it.socket.local_addr().unwrap();
            assert_eq!(at, SocketAddrV4::new(group, port).into());
        }
    }
}
