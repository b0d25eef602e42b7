//! Accepts connections, reads requests, notes them, has them answered, and commits the faults.

use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request as Head, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use super::body::{BodyPlan, first_half};
use super::{Request, ServerReply};
use crate::clock::pause;
use crate::control;
use crate::fault::FaultKind;
use crate::log::Service;
use crate::shared::Shared;

/// More than any request of a client that means well.
const BODY_LIMIT: usize = 1 << 20;

/// Who answers on a port.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Endpoint {
    Service(Service),
    Control,
}

/// The connection is to be closed without an answer.
#[derive(Debug)]
struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed, as ordered")
    }
}

impl std::error::Error for Closed {}

/// Serves a port until the runtime ends.
pub(crate) async fn serve(
    listener: TcpListener,
    endpoint: Endpoint,
    idle_timeout: Duration,
    shared: Arc<Shared>,
) {
    loop {
        // Out of file descriptors, or a caller that left again: neither ends the sandbox.
        let Ok((stream, peer)) = listener.accept().await else {
            pause(Duration::from_millis(10)).await;
            continue;
        };
        let shared = Arc::clone(&shared);
        if matches!(endpoint, Endpoint::Control) {
            tokio::spawn(connection(stream, peer, endpoint, idle_timeout, shared));
            continue;
        }
        shared.caller(peer, true);
        tokio::spawn(async move {
            connection(stream, peer, endpoint, idle_timeout, Arc::clone(&shared)).await;
            shared.caller(peer, false);
        });
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    endpoint: Endpoint,
    idle_timeout: Duration,
    shared: Arc<Shared>,
) {
    // Answers are small and wanted at once.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |head| respond(head, peer, endpoint, Arc::clone(&shared)));
    // A connection that fails is the caller's to notice.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        // It runs from when a request may begin, so it ends an idle connection too.
        .header_read_timeout(idle_timeout)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn respond(
    head: Head<Incoming>,
    peer: SocketAddr,
    endpoint: Endpoint,
    shared: Arc<Shared>,
) -> Result<Response<BodyPlan>, Closed> {
    let request = read(head, peer).await?;
    match endpoint {
        Endpoint::Control => Ok(response(control::answer(&shared, &request))),
        Endpoint::Service(service) => act(&shared, service, request).await,
    }
}

/// One request to a service: noted, struck by a fault or answered.
async fn act(
    shared: &Arc<Shared>,
    service: Service,
    request: Request,
) -> Result<Response<BodyPlan>, Closed> {
    let (entry, fault, reply) = shared.arrive(service, &request);
    let done = |shaped: fn(ServerReply) -> Response<BodyPlan>| {
        shared.answered(entry, &reply);
        shaped(reply)
    };
    Ok(match fault {
        Some(FaultKind::Hang) => match pending::<Infallible>().await {},
        Some(FaultKind::Drop | FaultKind::LoseAnswer) => return Err(Closed),
        Some(FaultKind::Truncate) => done(|reply| {
            let half = first_half(&reply.body);
            shape(&reply, BodyPlan::Whole((!half.is_empty()).then_some(half)))
        }),
        Some(FaultKind::CutOff) => done(|reply| shape(&reply, BodyPlan::half(&reply.body))),
        Some(FaultKind::Slow(every)) => {
            let mut slow = done(response);
            if let BodyPlan::Whole(Some(bytes)) = slow.body() {
                let body = String::from_utf8_lossy(bytes).into_owned();
                *slow.body_mut() = BodyPlan::drops(body, every);
            }
            slow
        }
        Some(FaultKind::DelayAnswer(length)) => {
            pause(length).await;
            done(response)
        }
        Some(FaultKind::DelayWork(length)) => {
            let shared = Arc::clone(shared);
            // On its own, so that a caller who leaves does not take the work along.
            let work = tokio::spawn(async move {
                pause(length).await;
                shared.catch_up(entry, service, &request)
            });
            response(work.await.map_err(|_| Closed)?)
        }
        Some(FaultKind::Endless) => done(|reply| shape(&reply, BodyPlan::Endless)),
        None
        | Some(
            FaultKind::Status(..)
            | FaultKind::Garbage
            | FaultKind::RetryAfter(..)
            | FaultKind::Code(_),
        ) => done(response),
    })
}

async fn read(head: Head<Incoming>, peer: SocketAddr) -> Result<Request, Closed> {
    let (parts, body) = head.into_parts();
    let body = Limited::new(body, BODY_LIMIT)
        .collect()
        .await
        .map_err(|_| Closed)?
        .to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    let headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let target = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    let method = parts.method.as_str();
    Ok(Request::new(method, target, headers, body, peer))
}

fn response(reply: ServerReply) -> Response<BodyPlan> {
    let mut response = shape(&reply, BodyPlan::Endless);
    *response.body_mut() = BodyPlan::whole(reply.body);
    response
}

fn shape(reply: &ServerReply, body: BodyPlan) -> Response<BodyPlan> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    // Only a test that asks for an impossible status or header gets here.
    response.body(body).unwrap_or_else(|error| {
        let mut response = Response::new(BodyPlan::whole(io::Error::other(error).to_string()));
        *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
