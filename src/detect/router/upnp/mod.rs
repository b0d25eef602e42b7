//! UPnP Internet Gateway Device: a search on the link, a description by HTTP, a call by SOAP.
//!
//! Whoever answers the search first decides where the description is read, and anybody on the link
//! can: only answers from the router's own address count, and nothing is fetched from anywhere else.

pub mod description;
pub mod soap;
pub mod ssdp;
mod xml;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use reqwest::Url;
use tokio::{
    net::UdpSocket,
    time::{Instant, timeout, timeout_at},
};

use self::xml::CAP;
use super::Failure;
use crate::{
    core::addr::Family,
    detect::{
        datagram::{FIRST_WAIT, ROOM, late},
        echo::Echoes,
        way::Way,
    },
    http::{
        Body, Method, Request, Transport,
        client::{Client, Options},
    },
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
    pub(super) everybody: SocketAddr,
    /// How it is spoken to.
    pub(super) echoes: &'a Echoes,
}

impl Upnp<'_> {
    /// Asks for the external address. A search is answered by `found`, or there is nobody.
    pub(super) async fn ask(&self, found: &Way, way: &Way) -> Result<Ipv4Addr, Failure> {
        let location = self.search(found).await?;
        let bytes = self.fetch(&location, None, way).await?;
        let connections = description::read(&bytes, &location, self.router)?;
        let mut failure = None;
        for connection in connections {
            // The connection that is not in use has no address.
            match self.call(&connection, way).await {
                Ok(addr) => return Ok(addr),
                Err(why) => failure = failure.or(Some(why)),
            }
        }
        Err(failure.unwrap_or_else(|| late(None).into()))
    }

    /// Where the router's description is.
    async fn search(&self, way: &Way) -> Result<Url, String> {
        let mut stray = None;
        let searching = async {
            let socket = way.datagrams_of(self.own).await;
            let socket = socket.map_err(std::io::Error::other)?;
            let mut wait = FIRST_WAIT;
            loop {
                for target in ssdp::TARGETS {
                    socket
                        .send_to(&ssdp::search(target), self.everybody)
                        .await?;
                }
                if let Ok(url) = timeout(wait, self.answer(&socket, &mut stray)).await {
                    return url;
                }
                wait = wait.saturating_mul(2);
            }
        };
        let searched = timeout_at(way.until, searching).await;
        searched
            .map_err(|_| late(stray))?
            .map_err(|error: std::io::Error| error.to_string())
    }

    async fn answer(
        &self,
        socket: &UdpSocket,
        stray: &mut Option<&'static str>,
    ) -> std::io::Result<Url> {
        let mut room = [0; ROOM];
        loop {
            let (length, from) = socket.recv_from(&mut room).await?;
            if from.ip() != self.router {
                *stray = Some("it came from somebody else");
                continue;
            }
            match ssdp::read(room.get(..length).unwrap_or_default(), self.router) {
                Ok(url) => return Ok(url),
                Err(what) => *stray = Some(what),
            }
        }
    }

    async fn call(
        &self,
        connection: &description::Connection,
        way: &Way,
    ) -> Result<Ipv4Addr, Failure> {
        let call = (soap::action(connection.kind), soap::call(connection.kind));
        let bytes = self.fetch(&connection.control, Some(call), way).await?;
        Ok(soap::read(&bytes)?)
    }

    /// Fetches a text of the router's, or its answer to a call.
    async fn fetch(
        &self,
        url: &Url,
        call: Option<(String, String)>,
        way: &Way,
    ) -> Result<Vec<u8>, String> {
        let options = Options {
            base: url.to_string(),
            timeout: way.until.saturating_duration_since(Instant::now()),
            cap: CAP,
            user_agent: self.echoes.user_agent.clone(),
            family: Some(Family::V4),
            interface: way.vantage.via.clone(),
            proxy: None,
        };
        let client = Client::new(Arc::clone(&self.echoes.tls), options);
        // An answer by SOAP that says why not has status 500 (UPnP Device Architecture, section 3.1).
        let (method, body, fault) = match call {
            None => (Method::Get, Body::Empty, 200),
            Some((action, envelope)) => (Method::Post, Body::Soap(action, envelope), 500),
        };
        let request = Request {
            method,
            path: String::new(),
            basic: None,
            body,
            writes: false,
        };
        let response = client.send(&request).await.map_err(|error| error.what)?;
        match response.status {
            200 => Ok(response.body),
            status if status == fault => Ok(response.body),
            status => Err(format!("it answers with status {status}")),
        }
    }
}
