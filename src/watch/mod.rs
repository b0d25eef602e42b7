//! Hearing that something has changed, from the kernel about the network or a file, and from the router
//! about its own address, on the runtime's own thread.

pub mod announce;
mod announced;
mod files;
mod seen;

use std::{cell::RefCell, io, net::UdpSocket as StdSocket};

use rustix::io::Errno;
use tokio::{io::Interest, net::UdpSocket};

pub use self::files::Files;
use self::seen::Seen;
use crate::{
    core::settle::Change,
    netlink::{self, Socket, message::Message},
};

/// More messages than a socket's queue can hold.
const QUEUED: usize = 10_000;

/// A socket on which the kernel says what changes.
pub struct Watch {
    // It is no UDP socket: the runtime waits for any socket of datagrams, and offers none of the
    // kernel's kind without `unsafe`. It is read with `netlink::receive` only.
    socket: UdpSocket,
    seen: RefCell<Seen>,
}

impl Watch {
    /// Begins to listen; it needs the runtime.
    pub fn open() -> io::Result<Self> {
        // First the ear, then the look: what changes in between is heard, and known already.
        let socket = StdSocket::from(Socket::listening()?);
        Ok(Self {
            socket: UdpSocket::from_std(socket)?,
            seen: RefCell::new(look()),
        })
    }

    /// Waits for the next change that matters. A wait that is given up loses nothing. After an
    /// error there is nothing more to hear: another one has to be opened.
    pub async fn next(&self) -> io::Result<Change> {
        let receive = || netlink::receive(&self.socket);
        loop {
            let heard = self.socket.async_io(Interest::READABLE, receive).await;
            if let Some(change) = self.weigh(heard)? {
                return Ok(change);
            }
        }
    }

    /// What was heard changes what.
    fn weigh(&self, heard: io::Result<Vec<Message>>) -> io::Result<Option<Change>> {
        match heard {
            Ok(messages) => {
                let mut seen = self.seen.borrow_mut();
                let changes = messages.iter().map(|it| seen.note(&it.body));
                Ok(changes.max().flatten())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
            // Messages were lost, or one was not understood: who knows what it said.
            Err(error)
                if error.raw_os_error() == Some(Errno::NOBUFS.raw_os_error())
                    || error.kind() == io::ErrorKind::InvalidData =>
            {
                // What is still queued is older than the look, and would be taken for news.
                for _ in 0..QUEUED {
                    if netlink::receive(&self.socket).is_err() {
                        break;
                    }
                }
                self.seen.replace(look());
                Ok(Some(Change::Other))
            }
            Err(error) => Err(error),
        }
    }
}

/// What is there now. Where that cannot be read, everything heard later is new, and the price is a
/// round too many.
fn look() -> Seen {
    let mut seen = Seen::default();
    for link in netlink::links().unwrap_or_default() {
        seen.note(&netlink::message::Body::Link(link));
    }
    for address in netlink::addresses().unwrap_or_default() {
        seen.note(&netlink::message::Body::Address(address));
    }
    for route in netlink::default_routes().unwrap_or_default() {
        seen.note(&netlink::message::Body::DefaultRoute(route));
    }
    seen
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn the_kernel_is_listened_to_without_waiting_for_it() {
        let watch = Watch::open().unwrap();
        // Another program may change something meanwhile: any answer but an error is right.
        if let Some(heard) = watch.next().now_or_never() {
            heard.unwrap();
        }
    }

    #[tokio::test]
    async fn what_was_lost_or_not_understood_counts_as_a_change() {
        let watch = Watch::open().unwrap();
        let weigh = |error| watch.weigh(Err(error));
        let lost = io::Error::from(Errno::NOBUFS);
        assert_eq!(weigh(lost).unwrap(), Some(Change::Other));
        let garbled = io::Error::from(io::ErrorKind::InvalidData);
        assert_eq!(weigh(garbled).unwrap(), Some(Change::Other));
        let again = io::Error::from(io::ErrorKind::Interrupted);
        assert_eq!(weigh(again).unwrap(), None);
        assert!(weigh(io::Error::from(Errno::BADF)).is_err());
    }
}
