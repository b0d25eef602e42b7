//! HTTP as data: a request is a value, an answer is a value, and between them stands a transport.

pub mod body_budget;
pub mod client;
mod message;
pub mod proxy;
pub(crate) mod redactor;
pub(crate) mod service_resolver;
pub(crate) mod system_resolver;
pub mod tls;

pub use message::{
    Delivery, FormValue, Method, Request, RequestBody, Response, SendError, Transport, encode,
    query,
};
