//! UPnP Internet Gateway Device: a search on the link, a description by HTTP, a call by SOAP.
//!
//! Whoever answers the search first decides where the description is read, and anybody on the link
//! can: only answers from the router's own address count, and nothing is fetched from anywhere else.

mod answers;
pub mod description;
#[cfg(test)]
mod fake;
mod http;
mod search;
pub mod soap;
pub mod ssdp;
mod xml;

use std::{net::Ipv4Addr, time::Duration};

use futures_util::stream::{FuturesUnordered, StreamExt};
use reqwest::Url;
use tokio::time::{Instant, sleep_until, timeout_at};

pub(super) use super::upnp::search::Recipients;
use super::upnp::{answers::ConnectionAnswers, description::Connection, search::SsdpSearch};
use super::{ROUTER_TIMEOUT, RouterError, STAGGER};
use crate::{
    core::address::policy::PublishPolicy,
    sources::{datagram::late, socket_binder::SocketBinder},
};

/// Whether a URL leads to the router itself, by plain HTTP, as all of them speak it.
fn on_router(url: &Url, router: Ipv4Addr) -> bool {
    let host = url.host_str().and_then(|it| it.parse().ok());
    url.scheme() == "http"
        && host == Some(router)
        && url.username().is_empty()
        && url.password().is_none()
}

/// A router to ask.
pub(super) struct Upnp<'a> {
    /// The router.
    pub(super) router: Ipv4Addr,
    /// Our own address towards it: searches leave by the interface that has it.
    pub(super) own: Ipv4Addr,
    /// Where searches go.
    pub(super) recipients: Recipients,
    /// `User-Agent`.
    pub(super) user_agent: &'a str,
    /// Which addresses are wanted, should the router have several.
    pub(super) acceptance: &'a PublishPolicy,
}

impl Upnp<'_> {
    /// Asks for the external address. A search is answered by `found`, or there is nobody.
    ///
    /// Every description that is found is read as soon as it is, since the first may be that of another
    /// device of the router's, or lead nowhere.
    pub(super) async fn ask(
        &self,
        found: &SocketBinder,
        way: &SocketBinder,
    ) -> Result<Ipv4Addr, RouterError> {
        let mut search = SsdpSearch::begin(found, self.own, self.router, self.recipients).await?;
        let mut answers = ConnectionAnswers::new(self.acceptance);
        let mut asking = FuturesUnordered::new();
        let (mut is_searching, mut found_places) = (true, 0);
        let mut until = way.until;
        loop {
            tokio::select! {
                biased;
                Some((place, answer)) = asking.next() => {
                    if let Some(addr) = answers.take(place, answer) {
                        return Ok(addr);
                    }
                    if answers.has_address() {
                        // It is not public: what was begun may still find one that is, and not for long.
                        is_searching = false;
                        until = until.min(Instant::now() + ROUTER_TIMEOUT);
                    }
                }
                location = search.next(), if is_searching => match location {
                    Ok(Some(location)) => {
                        let place = found_places;
                        found_places += 1;
                        asking.push(async move { (place, self.ask_at(&location, way).await) });
                    }
                    Ok(None) => is_searching = false,
                    Err(error) => {
                        is_searching = false;
                        answers.take(usize::MAX, Err(error.into()));
                    }
                },
                () = sleep_until(until), if answers.has_address() && !asking.is_empty() => break,
                else => break,
            }
        }
        answers
            .end()
            .unwrap_or_else(|| Err(search.why_none().into()))
    }

    /// Reads one description and asks the connections that it names.
    async fn ask_at(&self, location: &Url, way: &SocketBinder) -> Result<Ipv4Addr, RouterError> {
        let response = http::get(way, self.router, location, self.user_agent).await?;
        let body = match response.status {
            200 => response.body,
            status => return Err(format!("it answers with status {status}").into()),
        };
        let connections = description::read(&body, location, self.router)?;
        self.ask_connections(connections, way).await
    }

    /// Asks one connection after the other, each next one as soon as one has answered or when the last has
    /// had its head start. One that is not in use has no address, a private one or no answer at all; so each
    /// has a bounded share of the time, and all are asked within half of it.
    async fn ask_connections(
        &self,
        connections: Vec<Connection>,
        way: &SocketBinder,
    ) -> Result<Ipv4Addr, RouterError> {
        let left = way.until.saturating_duration_since(Instant::now());
        let (head_start, share) = shares(left, connections.len());
        let mut waiting = connections.into_iter().enumerate();
        let mut asking = FuturesUnordered::new();
        let mut answers = ConnectionAnswers::new(self.acceptance);
        loop {
            if let Some((place, connection)) = waiting.next() {
                let own = way.no_later_than(Instant::now() + share);
                asking.push(async move { (place, self.call(&connection, &own).await) });
            }
            let next = if waiting.len() == 0 {
                asking.next().await
            } else {
                match timeout_at(Instant::now() + head_start, asking.next()).await {
                    Ok(next) => next,
                    Err(_) => continue,
                }
            };
            let Some((place, answer)) = next else { break };
            if let Some(addr) = answers.take(place, answer) {
                return Ok(addr);
            }
        }
        answers.end().unwrap_or_else(|| Err(late(None).into()))
    }

    async fn call(
        &self,
        connection: &Connection,
        way: &SocketBinder,
    ) -> Result<Ipv4Addr, RouterError> {
        let Some(fallback) = &connection.fallback else {
            return self.call_at(connection, &connection.control, way).await;
        };
        let half = way.until.saturating_duration_since(Instant::now()) / 2;
        let first = way.no_later_than(Instant::now() + half);
        match self.call_at(connection, &connection.control, &first).await {
            // Whoever says so is the service.
            Err(error) if !error.no_address => {
                let second = self.call_at(connection, fallback, way).await;
                second.map_err(|other| if other.no_address { other } else { error })
            }
            answer => answer,
        }
    }

    async fn call_at(
        &self,
        connection: &Connection,
        control: &Url,
        way: &SocketBinder,
    ) -> Result<Ipv4Addr, RouterError> {
        let response =
            http::call(way, self.router, connection.kind, control, self.user_agent).await?;
        Ok(soap::read(response.status, &response.body)?)
    }
}

/// Of the time that is left for so many connections: how long each is waited for before the next one is
/// asked, and how long in all.
fn shares(left: Duration, connections: usize) -> (Duration, Duration) {
    let halves = u32::try_from(connections)
        .unwrap_or(u32::MAX)
        .saturating_mul(2);
    let head_start = STAGGER.min(left / halves.max(1));
    let share = if connections > 1 { left / 2 } else { left };
    (head_start, share)
}

#[cfg(test)]
mod tests;
