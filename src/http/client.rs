//! The real transport.

use std::{
    cell::{Cell, RefCell},
    error::Error,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};

use super::{
    body_budget::BodyBudget,
    message::{Delivery, Method, Request, RequestBody, Response, SendError, Transport},
    proxy::Proxy,
    service_resolver::ServiceResolver,
};
use crate::core::{
    address::family::Family, detection::path::Interface, foreign_text::ForeignText,
    time::HumanLimit,
};

/// The longest reason for a missing answer, in characters: it may name what a certificate is for.
const MAX_REASON_CHARS: usize = 400;

/// How a service is reached.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// The base address, without a slash at its end: `https://api.domeneshop.no/v0`.
    pub base: String,
    /// The deadline for a request and its whole answer.
    pub timeout: Duration,
    /// The longest acceptable answer, in bytes.
    pub cap: usize,
    /// `User-Agent`.
    pub user_agent: String,
    /// The one family in which to connect; `None` for either.
    pub family: Option<Family>,
    /// The one interface to connect over; `None` leaves that to the routing table.
    pub interface: Option<Interface>,
    /// The proxy that carries the requests. For an API there may be one; a question about our own address must not go
    /// through any. The environment is not looked at.
    pub proxy: Option<Proxy>,
}

/// A client of one service. It connects at its first request and keeps connections for the next
/// ones until [`HttpClient::close`].
pub struct HttpClient {
    options: ClientOptions,
    tls: Arc<rustls::ClientConfig>,
    open: RefCell<Option<reqwest::Client>>,
    sent: Cell<u32>,
    bodies: BodyBudget,
}

impl HttpClient {
    /// A client that has not connected yet; this costs nothing.
    pub fn new(tls: Arc<rustls::ClientConfig>, options: ClientOptions) -> Self {
        Self {
            bodies: BodyBudget::new(options.cap),
            options,
            tls,
            open: RefCell::new(None),
            sent: Cell::new(0),
        }
    }

    /// The same with a budget for the bodies of its answers that other clients share.
    #[must_use]
    pub fn sharing(self, bodies: BodyBudget) -> Self {
        Self { bodies, ..self }
    }

    /// How many requests it has sent, or tried to.
    pub fn sent(&self) -> &Cell<u32> {
        &self.sent
    }

    /// Drops every connection and what was learnt of names: nothing of an earlier address or
    /// network is used again (L9), and nothing wakes the process while it is idle.
    pub fn close(&self) {
        drop(self.open.take());
    }

    fn client(&self) -> Result<reqwest::Client, SendError> {
        let mut open = self.open.borrow_mut();
        if let Some(client) = &*open {
            return Ok(client.clone());
        }
        let options = &self.options;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured((*self.tls).clone())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(options.timeout)
            .connect_timeout(options.timeout)
            .user_agent(&options.user_agent)
            .dns_resolver(ServiceResolver::new(options.family))
            .pool_idle_timeout(Duration::from_secs(20))
            .http1_only();
        builder = builder.no_proxy();
        if let Some(proxy) = &options.proxy {
            let proxy = reqwest::Proxy::all(proxy.expose()).map_err(|_| SendError {
                sent: Delivery::NotSent,
                what: "the proxy's address cannot be used".to_owned(),
            })?;
            builder = builder.proxy(proxy);
        }
        if let Some(family) = options.family {
            builder = builder.local_address(match family {
                Family::V4 => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
                Family::V6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            });
        }
        if let Some(interface) = &options.interface {
            builder = builder.interface(interface.name());
        }
        let client = builder.build().map_err(|error| SendError {
            sent: Delivery::NotSent,
            what: format!("the HTTP client could not be set up: {}", cause(&error)),
        })?;
        Ok(open.insert(client).clone())
    }

    async fn receive(&self, mut response: reqwest::Response) -> Result<Response, SendError> {
        let headers = response.headers();
        let mut received = Response {
            status: response.status().as_u16(),
            retry_after: header(headers, RETRY_AFTER.as_str())
                .and_then(|text| text.trim().parse().ok())
                .map(Duration::from_secs),
            location: header(headers, LOCATION.as_str()),
            body: Vec::new(),
        };
        let mut share = self.bodies.share();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.explain(&error))?
        {
            if received.body.len() + chunk.len() > self.options.cap {
                return Err(SendError {
                    sent: Delivery::Unknown,
                    what: format!("the answer is longer than {} bytes", self.options.cap),
                });
            }
            if !share.take(chunk.len()) {
                return Err(SendError {
                    sent: Delivery::Unknown,
                    what: "long answers of several accounts arrive at once, and there is no memory for all of them"
                        .to_owned(),
                });
            }
            received.body.extend_from_slice(&chunk);
        }
        Ok(received)
    }

    fn explain(&self, error: &reqwest::Error) -> SendError {
        let sent = if error.is_connect() || error.is_builder() {
            Delivery::NotSent
        } else {
            Delivery::Unknown
        };
        let what = if error.is_timeout() {
            format!(
                "no complete answer within {}",
                HumanLimit(self.options.timeout)
            )
        } else if error.is_connect() {
            format!("no connection: {}", cause(error))
        } else {
            cause(error)
        };
        // A certificate's names, an address that a redirect named: whoever answers chooses them.
        let what = ForeignText::at_most(&what, MAX_REASON_CHARS).into();
        SendError { sent, what }
    }
}

impl Transport for HttpClient {
    async fn send(&self, request: &Request) -> Result<Response, SendError> {
        let client = self.client()?;
        self.sent.set(self.sent.get().wrapping_add(1));
        let url = format!("{}{}", self.options.base, request.path);
        let mut builder = match request.method {
            Method::Get => client.get(url),
            Method::Post => client.post(url),
            Method::Put => client.put(url),
            Method::Delete => client.delete(url),
        };
        if let Some((user, password)) = &request.basic {
            builder = builder.basic_auth(user.expose(), Some(password.expose()));
        }
        builder = match &request.body {
            RequestBody::Empty => builder,
            RequestBody::Json(text) => builder
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .body(text.clone()),
            RequestBody::Form(pairs) => builder
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(super::message::form(pairs)),
        };
        let response = builder.send().await.map_err(|error| self.explain(&error))?;
        self.receive(response).await
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The innermost reason, which is the one a person can act on: without the URL, and without the
/// layers of software that passed it on.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

#[cfg(test)]
mod tests;
