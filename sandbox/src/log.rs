//! What was asked of the sandbox, in order of arrival.

use std::fmt;
use std::net::SocketAddr;

use serde_json::{Value, json};

/// One of DNSPod's two sites, which share neither accounts nor records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Site {
    /// `api.dnspod.com`.
    International,
    /// `dnsapi.cn`.
    China,
}

/// A service of the sandbox that speaks HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// Domeneshop's API.
    Domeneshop,
    /// DNSPod's API, one of its sites.
    DnsPod(Site),
    /// The echo operator of this number, from 1.
    Echo(u8),
    /// The echo operator on `[::1]`.
    Echo6,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domeneshop => f.write_str("domeneshop"),
            Self::DnsPod(Site::International) => f.write_str("dnspod"),
            Self::DnsPod(Site::China) => f.write_str("dnspod-china"),
            Self::Echo(n) => write!(f, "echo{n}"),
            Self::Echo6 => f.write_str("echo6"),
        }
    }
}

impl Service {
    /// The service of that name, as [`Service`]'s `Display` writes it.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "domeneshop" => Some(Self::Domeneshop),
            "dnspod" => Some(Self::DnsPod(Site::International)),
            "dnspod-china" => Some(Self::DnsPod(Site::China)),
            "echo6" => Some(Self::Echo6),
            _ => {
                let n = name.strip_prefix("echo")?.parse().ok()?;
                (1..=8).contains(&n).then_some(Self::Echo(n))
            }
        }
    }
}

/// One request, noted once it was read in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Who was asked.
    pub service: Service,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The query's pairs, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The pairs of a form in the body, decoded, in order; empty when the body is something else.
    pub form: Vec<(String, String)>,
    /// The body as it came.
    pub body: String,
    /// The status of the answer; none while there is no answer, or if there never was one.
    pub status: Option<u16>,
    /// Domeneshop's `code` or DNSPod's `status.code` in that answer.
    pub api_code: Option<String>,
    /// Milliseconds of real time since the sandbox started.
    pub at_ms: u64,
    /// The caller's address; its port tells connections apart.
    pub peer: SocketAddr,
}

impl Logged {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The value of a parameter, from the query or from the form.
    pub fn param(&self, name: &str) -> Option<&str> {
        find(&self.query, name).or_else(|| find(&self.form, name))
    }

    /// This entry as JSON, for the control port.
    pub fn to_json(&self) -> Value {
        json!({
            "service": self.service.to_string(),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "form": self.form,
            "body": self.body,
            "status": self.status,
            "api_code": self.api_code,
            "at_ms": self.at_ms,
            "peer": self.peer.to_string(),
        })
    }
}

/// `service method path?query → status code`, without credentials.
impl fmt::Display for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.service.to_string();
        write!(f, "{service:<12} {} {}", self.method, self.path)?;
        let shown = self.query.iter().chain(&self.form);
        for (i, (name, value)) in shown.enumerate() {
            let secret = name.ends_with("token");
            let value = if secret { "…" } else { value };
            write!(f, "{}{name}={value}", if i == 0 { '?' } else { '&' })?;
        }
        match self.status {
            Some(status) => write!(f, " → {status}")?,
            None => f.write_str(" → (no answer)")?,
        }
        self.api_code
            .as_ref()
            .map_or(Ok(()), |code| write!(f, " {code}"))
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, v)| v.as_str())
}
