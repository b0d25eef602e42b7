//! Hearing that something has changed, from the kernel about the network or a file, and from the router
//! about its own address, on the runtime's own thread.

pub mod announce_socket;
mod announcement_filter;
mod files;
mod network_state;

use std::{cell::RefCell, io, net::UdpSocket as StdSocket};

use rustix::io::Errno;
use tokio::{io::Interest, net::UdpSocket};

use super::core::address::family::Family;
pub use crate::monitor::files::FileMonitor;
use crate::monitor::network_state::{NetworkState, Selected};
use crate::{
    core::schedule::debounce::NetworkEvent,
    netlink::{
        self, NetlinkSocket,
        message::{NetlinkBody, NetlinkMessage},
    },
};

/// More messages than a socket's queue can hold.
const QUEUE_LENGTH: usize = 10_000;

/// A socket on which the kernel says what changes.
pub struct NetlinkMonitor {
    // It is no UDP socket: the runtime waits for any socket of datagrams, and offers none of the
    // kernel's kind without `unsafe`. It is read with `netlink::receive` only.
    socket: UdpSocket,
    seen: RefCell<NetworkState>,
}

impl NetlinkMonitor {
    /// Begins to listen; it needs the runtime.
    pub fn open() -> io::Result<Self> {
        // First the ear, then the look: what changes in between is heard, and known already.
        let socket = StdSocket::from(NetlinkSocket::listening()?);
        Ok(Self {
            socket: UdpSocket::from_std(socket)?,
            seen: RefCell::new(look()),
        })
    }

    /// Waits for the next change that matters. A wait that is given up loses nothing. After an
    /// error there is nothing more to hear: another one has to be opened.
    pub async fn next(&self) -> io::Result<NetworkEvent> {
        let receive = || netlink::receive(&self.socket);
        loop {
            let heard = self.socket.async_io(Interest::READABLE, receive).await;
            if let Some(change) = self.weigh(heard)? {
                return Ok(change);
            }
        }
    }

    /// What was heard changes what.
    fn weigh(&self, heard: io::Result<Vec<NetlinkMessage>>) -> io::Result<Option<NetworkEvent>> {
        match heard {
            Ok(messages) => {
                let mut seen = self.seen.borrow_mut();
                let mut news = NetworkChanges::default();
                news.note(&mut seen, &messages);
                // What belongs together is told in a row: addresses that go one after the other leave none,
                // and no one of them takes the place of another.
                let lost = self.queued(|messages| news.note(&mut seen, &messages));
                drop(seen);
                match lost {
                    Some(error) => Ok(news.change.max(self.weigh(Err(error))?)),
                    None => Ok(news.followed(&mut self.seen.borrow_mut())),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
            // Messages were lost, or one was not understood: who knows what it said.
            Err(error)
                if error.raw_os_error() == Some(Errno::NOBUFS.raw_os_error())
                    || error.kind() == io::ErrorKind::InvalidData =>
            {
                // What is still queued is older than the look, and would be taken for news.
                self.queued(|_| {});
                self.seen.replace(look());
                Ok(Some(NetworkEvent::Rerouted))
            }
            Err(error) => Err(error),
        }
    }

    /// Takes what is in the socket's queue, until it is empty or an error comes, which is returned.
    fn queued(&self, mut take: impl FnMut(Vec<NetlinkMessage>)) -> Option<io::Error> {
        for _ in 0..QUEUE_LENGTH {
            match netlink::receive(&self.socket) {
                Ok(messages) => take(messages),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Some(error),
            }
        }
        None
    }
}

/// What messages that came together change.
#[derive(Debug, Default)]
struct NetworkChanges {
    change: Option<NetworkEvent>,
    /// The kernel may select another route than before.
    concerns_routing: bool,
}

impl NetworkChanges {
    fn note(&mut self, seen: &mut NetworkState, messages: &[NetlinkMessage]) {
        for message in messages {
            let change = seen.apply(&message.body);
            self.change = self.change.max(change);
            // A default route that was there before may have taken another one's place, which the kernel
            // does not say.
            let is_routing = matches!(
                message.body,
                NetlinkBody::DefaultRoute(_)
                    | NetlinkBody::SelectedRoute(_)
                    | NetlinkBody::RoutingChanged
            );
            self.concerns_routing |= is_routing || change.is_some();
        }
    }

    /// With what the kernel answers then.
    fn followed(self, seen: &mut NetworkState) -> Option<NetworkEvent> {
        if self.concerns_routing {
            self.change.max(seen.follow(selected()))
        } else {
            self.change
        }
    }
}

/// The route that the kernel selects to the Internet in each family, if it can be asked. Where it cannot,
/// the next round says why.
fn selected() -> Option<Selected> {
    let [v4, v6] = Family::ALL.map(|family| netlink::selected_route(family, None).ok());
    Some([v4?, v6?])
}

/// What is there now. Where that cannot be read, everything heard later is new, and the price is a
/// round too many.
fn look() -> NetworkState {
    let mut seen = NetworkState::default();
    for link in netlink::links().unwrap_or_default() {
        seen.apply(&NetlinkBody::Link(link));
    }
    for address in netlink::addresses().unwrap_or_default() {
        seen.apply(&NetlinkBody::Address(address));
    }
    for route in netlink::default_routes().unwrap_or_default() {
        seen.apply(&NetlinkBody::DefaultRoute(route));
    }
    seen.follow(selected());
    seen
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn the_kernel_is_listened_to_without_waiting_for_it() {
        let watch = NetlinkMonitor::open().unwrap();
        // Another program may change something meanwhile: any answer but an error is right.
        if let Some(heard) = watch.next().now_or_never() {
            heard.unwrap();
        }
    }

    #[tokio::test]
    async fn what_was_lost_or_not_understood_counts_as_a_change() {
        let watch = NetlinkMonitor::open().unwrap();
        let weigh = |error| watch.weigh(Err(error));
        let lost = io::Error::from(Errno::NOBUFS);
        assert_eq!(weigh(lost).unwrap(), Some(NetworkEvent::Rerouted));
        let garbled = io::Error::from(io::ErrorKind::InvalidData);
        assert_eq!(weigh(garbled).unwrap(), Some(NetworkEvent::Rerouted));
        let again = io::Error::from(io::ErrorKind::Interrupted);
        assert_eq!(weigh(again).unwrap(), None);
        assert!(weigh(io::Error::from(Errno::BADF)).is_err());
    }

    #[test]
    fn the_kernel_is_asked_anew_after_each_message_that_may_change_its_way_and_after_no_other() {
        use crate::netlink::message::{Link, Route};
        let route = Route::sample(&[(2, None)], 100, 254);
        let link = Link {
            index: 2,
            name: "wan0".to_owned(),
            up: true,
        };
        let mut seen = NetworkState::default();
        for (body, concerns_routing) in [
            (NetlinkBody::Link(link.clone()), true),
            (NetlinkBody::Link(link), false),
            (NetlinkBody::DefaultRoute(route.clone()), true),
            (NetlinkBody::DefaultRoute(route), true),
            (NetlinkBody::RoutingChanged, true),
            (NetlinkBody::Other, false),
        ] {
            let mut news = NetworkChanges::default();
            let message = NetlinkMessage {
                sequence: 0,
                interrupted: false,
                body,
            };
            news.note(&mut seen, std::slice::from_ref(&message));
            assert_eq!(news.concerns_routing, concerns_routing, "{message:?}");
        }
    }
}
