//! The sources `https`, `https://…` and `http://…`: services that answer with the caller's address.

use std::{net::IpAddr, sync::Arc};

use super::{
    address_text::{MAX_ECHO_BYTES, one},
    socket_binder::SocketBinder,
};
use crate::http::{
    Method, Request, RequestBody, Transport,
    client::{ClientOptions, HttpClient},
};

/// What every echo service is asked with.
pub(super) struct EchoClients {
    /// The process's TLS configuration.
    pub(super) tls: Arc<rustls::ClientConfig>,
    /// `User-Agent`.
    pub(super) user_agent: String,
}

impl EchoClients {
    /// Asks one service by this way. The connection is forced into its family and over its interface,
    /// goes through no proxy, follows no redirect and is dropped afterwards; only a whole answer with
    /// status 200 counts.
    pub(super) async fn ask(&self, way: &SocketBinder, url: &str) -> Result<IpAddr, String> {
        // The client binds its own sockets; what it says of it is for programmers.
        way.check().await.map_err(|why| why.to_string())?;
        let client = HttpClient::new(
            Arc::clone(&self.tls),
            ClientOptions {
                base: url.to_owned(),
                timeout: way.limit,
                cap: MAX_ECHO_BYTES,
                user_agent: self.user_agent.clone(),
                family: Some(way.family()),
                interface: way.detection_path.via.clone(),
                proxy: None,
            },
        );
        let request = Request {
            method: Method::Get,
            path: String::new(),
            basic: None,
            body: RequestBody::Empty,
            writes: false,
        };
        let response = client.send(&request).await.map_err(|error| error.what)?;
        match response.status {
            200 => one(&response.body),
            status @ 300..=399 => Err(format!("it redirects (status {status})")),
            511 => Err("a captive portal answers in its place (status 511)".to_owned()),
            status => Err(format!("it answers with status {status}")),
        }
    }
}
