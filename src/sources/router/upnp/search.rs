//! A search for the router's descriptions, and the answers to it as they come.

use std::{
    collections::VecDeque,
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use reqwest::Url;
use tokio::{
    net::UdpSocket,
    time::{Instant, timeout_at},
};

use super::ssdp;
use crate::sources::{
    datagram::{BUFFER_SIZE, INITIAL_RETRANSMISSION, late},
    socket_binder::SocketBinder,
};

/// How long further answers are waited for once there is one. Devices put theirs off by at most a second.
const FURTHER_ANSWERS: Duration = Duration::from_millis(1_200);

/// The most descriptions of one router that are read.
const MAX_LOCATIONS: usize = 8;

/// Whom a search is sent to.
#[derive(Clone, Copy, Debug)]
pub(in crate::sources::router) struct Recipients {
    /// Every device of the link.
    pub(in crate::sources::router) multicast: SocketAddr,
    /// The router alone. The firewall of a host knows an answer to this one as such, and drops answers to
    /// what was sent to a group.
    pub(in crate::sources::router) unicast: SocketAddr,
}

/// A search that goes on: it is sent again until the time is up.
pub(super) struct SsdpSearch {
    socket: UdpSocket,
    router: Ipv4Addr,
    recipients: Recipients,
    until: Instant,
    send_at: Instant,
    wait: Duration,
    /// Every place that was found.
    known: Vec<Url>,
    /// Those of them that are still to be told.
    found: VecDeque<Url>,
    /// Why the last answer that was ignored does not count.
    stray: Option<&'static str>,
}

impl SsdpSearch {
    /// A search by `way`, from our address `own`, for a router.
    pub(super) async fn begin(
        way: &SocketBinder,
        own: Ipv4Addr,
        router: Ipv4Addr,
        recipients: Recipients,
    ) -> Result<Self, String> {
        Ok(Self {
            socket: way.datagrams_of(own).await?,
            router,
            recipients,
            until: way.until,
            send_at: Instant::now(),
            wait: INITIAL_RETRANSMISSION,
            known: Vec::new(),
            found: VecDeque::new(),
            stray: None,
        })
    }

    /// The next place of a description; none once the time is up. To drop it before it is done loses nothing.
    pub(super) async fn next(&mut self) -> Result<Option<Url>, String> {
        loop {
            if let Some(url) = self.found.pop_front() {
                return Ok(Some(url));
            }
            let now = Instant::now();
            if now >= self.until {
                return Ok(None);
            }
            if now >= self.send_at {
                self.send().await.map_err(|error| error.to_string())?;
                self.send_at = now + self.wait;
                self.wait = self.wait.saturating_mul(2);
            }
            let soon = self.send_at.min(self.until);
            if let Ok(received) = timeout_at(soon, self.receive()).await {
                received.map_err(|error| error.to_string())?;
            }
        }
    }

    /// Why there was no answer.
    pub(super) fn why_none(&self) -> String {
        let silent =
            "; either the router does not speak UPnP, or a firewall on this host drops its answers";
        match self.stray {
            None => late(None) + silent,
            stray => late(stray),
        }
    }

    /// Sends it to both recipients. One of them may be out of reach, as a group is without multicast.
    async fn send(&self) -> io::Result<()> {
        let mut sent = Ok(());
        let mut any = false;
        for recipient in [self.recipients.multicast, self.recipients.unicast] {
            for target in ssdp::TARGETS {
                let search = ssdp::search(target, recipient);
                match self.socket.send_to(&search, recipient).await {
                    Ok(_) => any = true,
                    Err(error) => sent = Err(error),
                }
            }
        }
        if any { Ok(()) } else { sent }
    }

    /// Receives one datagram.
    async fn receive(&mut self) -> io::Result<()> {
        let mut room = [0; BUFFER_SIZE];
        let (length, from) = self.socket.recv_from(&mut room).await?;
        if from.ip() != self.router {
            self.stray = Some("it came from somebody else");
            return Ok(());
        }
        if length == BUFFER_SIZE {
            self.stray = Some("it is too long");
            return Ok(());
        }
        match ssdp::read(room.get(..length).unwrap_or_default(), self.router) {
            Ok(urls) => self.note(urls),
            Err(what) => self.stray = Some(what),
        }
        Ok(())
    }

    fn note(&mut self, urls: Vec<Url>) {
        self.until = self.until.min(Instant::now() + FURTHER_ANSWERS);
        for url in urls {
            if self.known.len() < MAX_LOCATIONS && !self.known.contains(&url) {
                self.known.push(url.clone());
                self.found.push_back(url);
            }
        }
    }
}
