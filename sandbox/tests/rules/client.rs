//! A plain HTTP client, as small as it can be, and the two providers' ways of calling.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine;
use sandbox::{Sandbox, Site};
use serde_json::Value;

/// Longer than anything here takes, shorter than a person's patience.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {:?}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|l| l.split_once(": "));
        let line = lines.find(|(n, _)| n.eq_ignore_ascii_case(name));
        line.map(|(_, value)| value)
    }
}

/// Sends a request to a URL and leaves the connection open.
pub(crate) fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> TcpStream {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len().to_string();
    let own = [
        ("host", host),
        ("connection", "close"),
        ("content-length", &length),
    ];
    let mut lines = vec![format!("{method} /{path} HTTP/1.1")];
    let headers = own.iter().chain(headers);
    lines.extend(headers.map(|(name, value)| format!("{name}: {value}")));
    let text = lines.join("\r\n") + "\r\n\r\n" + body;
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// Reads an answer up to the end of the connection.
pub(crate) fn receive(mut stream: TcpStream) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

pub(crate) fn call(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    receive(send(method, url, headers, body)).unwrap()
}

pub(crate) fn get(url: &str) -> Answer {
    call("GET", url, &[], "")
}

/// A sandbox whose Domeneshop has the account `token`, `secret` with `example.com`.
pub(crate) fn with_shop() -> (Sandbox, u64) {
    let sandbox = Sandbox::start();
    sandbox.domeneshop().account("token", "secret");
    let id = sandbox.domeneshop().domain("token", "example.com");
    (sandbox, id)
}

/// Calls Domeneshop as `token`, `secret`; the path begins after `/v0`.
pub(crate) fn shop(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Answer {
    let url = sandbox.domeneshop().url() + path;
    call(
        method,
        &url,
        &[("authorization", &basic("token", "secret"))],
        body,
    )
}

pub(crate) fn basic(user: &str, password: &str) -> String {
    let pair = format!("{user}:{password}");
    let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
    format!("Basic {encoded}")
}

pub(crate) const LOGIN: &str = "10001,0123456789abcdef0123456789abcdef";
pub(crate) const AGENT: &str = "rules/1.0 (rules@example.com)";

/// A sandbox whose DNSPod has, on one site, the account [`LOGIN`] with `example.org`.
pub(crate) fn with_pod(site: Site) -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.dnspod(site).account(LOGIN);
    sandbox.dnspod(site).domain(LOGIN, "example.org");
    sandbox
}

pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    form.finish()
}

/// Posts a form to a site, with a good User-Agent and nothing else added.
pub(crate) fn post(sandbox: &Sandbox, site: Site, action: &str, pairs: &[(&str, &str)]) -> Answer {
    let url = format!("{}/{action}", sandbox.dnspod(site).url());
    let headers = [
        ("user-agent", AGENT),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    call("POST", &url, &headers, &form(pairs))
}

/// Calls a site as [`LOGIN`], in JSON, about `example.org`.
pub(crate) fn pod(sandbox: &Sandbox, site: Site, action: &str, pairs: &[(&str, &str)]) -> Value {
    pod_as(sandbox, site, LOGIN, action, pairs)
}

/// The same as someone else.
pub(crate) fn pod_as(
    sandbox: &Sandbox,
    site: Site,
    login: &str,
    action: &str,
    pairs: &[(&str, &str)],
) -> Value {
    let mut all = vec![("login_token", login), ("format", "json")];
    if !pairs
        .iter()
        .any(|(name, _)| matches!(*name, "domain" | "domain_id"))
    {
        all.push(("domain", "example.org"));
    }
    all.extend_from_slice(pairs);
    post(sandbox, site, action, &all).json()
}

/// The code of the answer to a call of [`LOGIN`]'s.
pub(crate) fn code_of(
    sandbox: &Sandbox,
    site: Site,
    action: &str,
    pairs: &[(&str, &str)],
) -> String {
    code(&pod(sandbox, site, action, pairs)).to_owned()
}

/// Asserts that a call succeeded and that its answer says nothing more.
#[track_caller]
pub(crate) fn only_status(answer: &Value) {
    assert_eq!(code(answer), "1", "{answer}");
    assert_eq!(answer.as_object().unwrap().len(), 1, "{answer}");
}

/// The code of an answer of DNSPod.
pub(crate) fn code(answer: &Value) -> &str {
    answer["status"]["code"].as_str().unwrap()
}
