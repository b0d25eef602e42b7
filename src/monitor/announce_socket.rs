//! Hearing a router announce that its external address has changed, or that it has begun anew.
//!
//! An announcement is never believed: it starts a round, which asks. So all that a forged one achieves
//! is a question to the router, and few of these.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    io,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket as StdSocket},
    time::Duration,
};

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with, sockopt};
use tokio::net::UdpSocket;

use super::announcement_filter::{Announcement, AnnouncementFilter};
use crate::{
    core::{schedule::debounce::NetworkEvent, time::BootTime},
    portmapping::ANNOUNCEMENTS,
};

/// Longer than any announcement.
const BUFFER_SIZE: usize = 2048;

/// For how long it is known who is a router: however many announcements come, the kernel is asked no
/// more often. A router that came since is heard when it repeats itself.
const GATEWAY_CACHE_LIFETIME: Duration = Duration::from_secs(1);

/// Looks the routers in front of this host up.
type Routers = Box<dyn Fn() -> BTreeSet<Ipv4Addr>>;

/// A socket on which routers announce.
pub struct Announcements {
    socket: UdpSocket,
    routers: Routers,
    known: RefCell<BTreeSet<Ipv4Addr>>,
    looked: Cell<Option<BootTime>>,
    clock: Box<dyn Fn() -> BootTime>,
    announced: RefCell<AnnouncementFilter>,
}

impl Announcements {
    /// Begins to listen; it needs the runtime. Only what comes from one of the `routers` is listened to.
    pub fn open(routers: Routers, clock: Box<dyn Fn() -> BootTime>) -> io::Result<Self> {
        let (group, port) = ANNOUNCEMENTS;
        Self::open_at(SocketAddrV4::new(group, port), routers, clock)
    }

    /// The group is the one of all hosts of a link (RFC 1112): every interface is in it from the moment
    /// it is up, and a socket that joins none of its own hears them all. So there is nothing to join
    /// anew when the default route moves or an interface comes later.
    fn open_at(
        at: SocketAddrV4,
        routers: Routers,
        clock: Box<dyn Fn() -> BootTime>,
    ) -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, flags, None)?;
        // Other programs of this host listen there too.
        sockopt::set_socket_reuseaddr(&socket, true)?;
        bind(&socket, &at)?;
        Ok(Self {
            socket: UdpSocket::from_std(StdSocket::from(socket))?,
            routers,
            known: RefCell::default(),
            looked: Cell::default(),
            clock,
            announced: RefCell::default(),
        })
    }

    /// Waits for the next news, which asks for a round at once. A wait that is given up loses nothing.
    /// After an error there is nothing more to hear.
    pub async fn next(&self) -> io::Result<NetworkEvent> {
        let mut room = [0; BUFFER_SIZE];
        loop {
            let (length, from) = match self.socket.recv_from(&mut room).await {
                Ok(heard) => heard,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = room.get(..length).unwrap_or_default();
            // What is no announcement costs no more than reading it.
            if let SocketAddr::V4(from) = from
                && let Some(announcement) = Announcement::read(bytes)
                && self.is_router(*from.ip())
                && self.note(*from.ip(), announcement)
            {
                return Ok(NetworkEvent::AddressAdded);
            }
        }
    }

    fn note(&self, router: Ipv4Addr, announcement: Announcement) -> bool {
        let now = (self.clock)();
        self.announced.borrow_mut().note(router, announcement, now)
    }

    fn is_router(&self, addr: Ipv4Addr) -> bool {
        let now = (self.clock)();
        let is_fresh = |looked| now.since(looked) < GATEWAY_CACHE_LIFETIME;
        if !self.looked.get().is_some_and(is_fresh) {
            self.looked.set(Some(now));
            *self.known.borrow_mut() = (self.routers)();
        }
        self.known.borrow().contains(&addr)
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use futures_util::FutureExt;

    use super::*;

    const ROUTER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);

    /// What listens, and where; the time it is, and how often the routers were looked up.
    fn listening() -> (Announcements, SocketAddr, Rc<Cell<i64>>, Rc<Cell<u32>>) {
        let at = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);
        let (now, looks) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let (clock, counted) = (now.clone(), looks.clone());
        let routers = Box::new(move || {
            counted.set(counted.get() + 1);
            BTreeSet::from([ROUTER])
        });
        let clock = Box::new(move || BootTime::from_millis(clock.get()));
        let announcements = Announcements::open_at(at, routers, clock).unwrap();
        let at = announcements.socket.local_addr().unwrap();
        (announcements, at, now, looks)
    }

    fn address(last: u8) -> [u8; 12] {
        [0, 128, 0, 0, 0, 0, 2, 1, 84, 212, 10, last]
    }

    #[tokio::test]
    async fn news_from_the_router_is_heard_and_nothing_else_is() {
        let (announcements, at, ..) = listening();
        let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let router = UdpSocket::bind((ROUTER, 0)).await.unwrap();
        stranger.send_to(&address(66), at).await.unwrap();
        router.send_to(b"no announcement", at).await.unwrap();
        router.send_to(&[7; 5_000], at).await.unwrap();
        router.send_to(&address(20), at).await.unwrap();
        assert_eq!(
            announcements.next().await.unwrap(),
            NetworkEvent::AddressAdded
        );
        // It is repeated, and forged.
        router.send_to(&address(20), at).await.unwrap();
        stranger.send_to(&address(66), at).await.unwrap();
        router.send_to(&address(21), at).await.unwrap();
        assert_eq!(
            announcements.next().await.unwrap(),
            NetworkEvent::AddressAdded
        );
        assert!(announcements.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn noise_costs_no_look_at_the_kernels_routes_and_announcements_one_a_second() {
        let (announcements, at, now, looks) = listening();
        let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let router = UdpSocket::bind((ROUTER, 0)).await.unwrap();
        for (millis, expected) in [(0, 1), (999, 1), (1_000, 2)] {
            now.set(millis);
            for last in 0..5 {
                stranger.send_to(b"no announcement", at).await.unwrap();
                stranger.send_to(&address(last), at).await.unwrap();
            }
            router
                .send_to(&address(u8::try_from(millis % 250).unwrap()), at)
                .await
                .unwrap();
            assert_eq!(
                announcements.next().await.unwrap(),
                NetworkEvent::AddressAdded
            );
            assert_eq!(looks.get(), expected, "{millis}");
        }
        now.set(5_000);
        stranger.send_to(b"no announcement", at).await.unwrap();
        assert!(announcements.next().now_or_never().is_none());
        assert_eq!(looks.get(), 2);
    }

    #[tokio::test]
    async fn the_group_can_be_listened_to_by_several() {
        let open = || {
            let clock = Box::new(|| BootTime::from_millis(0));
            Announcements::open(Box::new(BTreeSet::new), clock)
        };
        let (one, other) = (open().unwrap(), open().unwrap());
        for it in [one, other] {
            let (group, port) = ANNOUNCEMENTS;
            let at = it.socket.local_addr().unwrap();
            assert_eq!(at, SocketAddrV4::new(group, port).into());
        }
    }
}
