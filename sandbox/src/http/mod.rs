//! HTTP as the services see it: a request that was read in full, and a reply as a value.

mod body;
mod serve;

use std::fmt::Display;
use std::net::SocketAddr;

pub(crate) use serve::{Endpoint, serve};

/// A request, read and decoded.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) peer: SocketAddr,
    /// `METHOD /path?query` as it came, for faults to match.
    pub(crate) line: String,
}

impl Request {
    /// A request from its parts; `target` is the path and the query, encoded. Names of headers are in lower case.
    pub(crate) fn new(
        method: &str,
        target: &str,
        headers: Vec<(String, String)>,
        body: String,
        peer: SocketAddr,
    ) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let is_form = find(&headers, "content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs(query),
            form: if is_form { pairs(&body) } else { Vec::new() },
            line: format!("{method} {target}"),
            headers,
            body,
            peer,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    pub(crate) fn form(&self, name: &str) -> Option<&str> {
        find(&self.form, name)
    }
}

fn pairs(encoded: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded.as_bytes())
        .into_owned()
        .collect()
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let pair = pairs.iter().find(|(n, _)| n == name);
    pair.map(|(_, value)| value.as_str())
}

/// What a service answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerReply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    /// The provider's own code inside the body, for the log.
    pub(crate) api_code: Option<String>,
}

impl ServerReply {
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into(),
            api_code: None,
        }
    }

    pub(crate) fn json(status: u16, body: &impl Display) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn code(mut self, code: impl Into<String>) -> Self {
        self.api_code = Some(code.into());
        self
    }
}
