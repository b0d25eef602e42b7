//! One request to the router by HTTP, over a socket of our own, with a deadline and a limit on the answer.
//!
//! hyper writes and reads it, but for one word: there are routers that know the header `SOAPAction` in that
//! spelling only, though the case of names has no meaning (RFC 9110, section 5.1), and hyper writes names in
//! lower case or with a capital at each word's beginning. [`HeaderCaseStream`] mends that on the way out.

mod stream;

use std::{
    error::Error,
    future::poll_fn,
    io,
    net::{Ipv4Addr, SocketAddrV4},
    pin::pin,
    time::Duration,
};

use hyper::{
    Method, Request,
    body::{Body, Incoming},
    client::conn::http1,
};
use reqwest::Url;
use tokio::time::{Instant, timeout_at};

use super::http::stream::HeaderCaseStream;
use super::{soap, xml::MAX_DOCUMENT_BYTES};
use crate::sources::socket_binder::SocketBinder;

/// The longest head of an answer. Those of routers have a few hundred bytes.
const MAX_HEAD_LENGTH: usize = 16 << 10;

/// An answer, read whole.
pub(super) struct UpnpResponse {
    /// The status code.
    pub(super) status: u16,
    /// At most [`MAX_DOCUMENT_BYTES`] bytes.
    pub(super) body: Vec<u8>,
}

/// Reads a page of the router's.
pub(super) async fn get(
    way: &SocketBinder,
    router: Ipv4Addr,
    url: &Url,
    user_agent: &str,
) -> Result<UpnpResponse, String> {
    let request = Request::builder()
        .method(Method::GET)
        .header("Accept", "text/xml, */*");
    send(way, router, url, user_agent, request, String::new()).await
}

/// Calls a connection of this kind of the router's.
pub(super) async fn call(
    way: &SocketBinder,
    router: Ipv4Addr,
    kind: &str,
    control: &Url,
    user_agent: &str,
) -> Result<UpnpResponse, String> {
    let envelope = soap::call(kind);
    let request = Request::builder()
        .method(Method::POST)
        .header("SOAPAction", format!("\"{}\"", soap::action(kind)))
        .header("Content-Type", "text/xml; charset=\"utf-8\"");
    send(way, router, control, user_agent, request, envelope).await
}

async fn send(
    way: &SocketBinder,
    router: Ipv4Addr,
    url: &Url,
    user_agent: &str,
    request: hyper::http::request::Builder,
    body: String,
) -> Result<UpnpResponse, String> {
    let port = url.port_or_known_default().unwrap_or(80);
    let host = match url.port() {
        Some(port) => format!("{router}:{port}"),
        None => router.to_string(),
    };
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let request = request
        .uri(target)
        .header("Host", host)
        .header("User-Agent", user_agent)
        .header("Connection", "close")
        .body(body)
        .map_err(|_| "the address it names cannot be asked".to_owned())?;
    // The address is the router's own, whatever stands in the URL.
    let server = SocketAddrV4::new(router, port);
    let limit = way.until.saturating_duration_since(Instant::now());
    let exchange = async {
        let stream = way.stream(server.into()).await;
        let stream = stream.map_err(|error| format!("no connection: {error}"))?;
        exchange(HeaderCaseStream::new(stream), request).await
    };
    let answer = timeout_at(way.until, exchange).await;
    answer.unwrap_or_else(|_| Err(late(limit)))
}

fn late(limit: Duration) -> String {
    format!("no complete answer within {:.1} s", limit.as_secs_f32())
}

/// Sends the request and reads the answer. Headers of the answer are read as leniently as those of an answer
/// to a search.
async fn exchange(
    stream: HeaderCaseStream,
    request: Request<String>,
) -> Result<UpnpResponse, String> {
    let (mut sender, connection) = http1::Builder::new()
        .title_case_headers(true)
        .writev(false)
        .max_header_size(MAX_HEAD_LENGTH)
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .handshake(stream)
        .await
        .map_err(|error| explain(&error))?;
    let mut answer = pin!(async move {
        let response = sender.send_request(request).await;
        let response = response.map_err(|error| explain(&error))?;
        Ok(UpnpResponse {
            status: response.status().as_u16(),
            body: whole(response.into_body()).await?,
        })
    });
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        // What the connection ended with is handed to whoever waits for the answer.
        _ = connection => answer.await,
    }
}

/// The body of an answer, within its limit.
async fn whole(body: Incoming) -> Result<Vec<u8>, String> {
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame.map_err(|error| explain(&error))?;
        // What follows the body (trailers) is of no interest.
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if bytes.len() + data.len() > MAX_DOCUMENT_BYTES {
            return Err(format!(
                "the answer is longer than {MAX_DOCUMENT_BYTES} bytes"
            ));
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes)
}

fn explain(error: &hyper::Error) -> String {
    let source = error.source().and_then(<dyn Error>::downcast_ref);
    let is_end =
        source.is_some_and(|error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof);
    if is_end || error.is_incomplete_message() {
        return "it ended the connection before its answer was complete".to_owned();
    }
    if error.is_parse() {
        // hyper's own words, none of the answer's.
        return format!("its answer is not valid HTTP: {error}");
    }
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    format!("the connection broke: {inner}")
}

#[cfg(test)]
mod tests;
