//! The calls, as values: one file for each resource of the vendor's page
//! (<https://api.domeneshop.no/docs/>; through facts gathered in 2026), one type for each operation.

pub mod dns;
pub mod domains;
pub mod dyndns;

use crate::http::{Body, Method, Request};

/// A request without credentials, which [`Client`](super::Client) adds.
fn request(method: Method, path: String, body: Body) -> Request {
    Request {
        method,
        path,
        basic: None,
        body,
        writes: method != Method::Get,
    }
}

#[cfg(test)]
fn response(status: u16, body: &str) -> crate::http::Response {
    crate::http::Response {
        status,
        retry_after: None,
        location: None,
        body: body.as_bytes().to_vec(),
    }
}
