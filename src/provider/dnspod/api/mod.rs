//! The calls of the API, one file for each of its resources, and what they have in common: an
//! envelope whose `status.code` decides.

pub mod domain;
pub mod record;

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    codes::{self, Code, SUCCESS},
    types::Status,
};
use crate::{
    core::outcome::{Class, Failure},
    http::{Body, Endpoint, Method, Request, Response, Text},
};

/// A call of the API: what is fixed about it.
pub trait Call: Endpoint {
    /// Its name, which is its path: `Record.List`.
    const NAME: &'static str;
    /// Whether it may change something.
    const WRITES: bool;
    /// What the codes mean in it, before [`codes::COMMON`].
    const CODES: &'static [&'static [Code]];

    /// What is asked for, in words that an error begins with: `Record.List of example.com`.
    fn subject(&self) -> String;
}

/// The domain a call is about: exactly one of `domain_id` and `domain` is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DomainRef {
    /// By its identifier.
    Id(String),
    /// By its name.
    Name(String),
}

impl DomainRef {
    fn field(&self) -> Field {
        match self {
            Self::Id(id) => field("domain_id", id.clone()),
            Self::Name(name) => field("domain", name.clone()),
        }
    }
}

impl std::fmt::Display for DomainRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(f, "domain {id}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// How many there are on all pages, if the answer says it.
    pub total: Option<usize>,
}

impl<T> Page<T> {
    /// The page that lists nothing.
    fn empty() -> Self {
        Self {
            items: Vec::new(),
            total: None,
        }
    }
}

type Field = (Cow<'static, str>, Text);

fn field(name: &'static str, value: impl Into<Text>) -> Field {
    (name.into(), value.into())
}

/// The request for a call with these fields; who asks is added by the client.
fn request<C: Call>(fields: Vec<Field>) -> Request {
    Request {
        method: Method::Post,
        path: format!("/{}", C::NAME),
        basic: None,
        body: Body::Form(fields),
        writes: C::WRITES,
    }
}

/// An answer whose envelope was read.
struct Answer {
    code: i64,
    message: String,
    body: Value,
}

impl Answer {
    /// Reads the envelope. The HTTP status counts only where there is none.
    fn read<C: Call>(call: &C, response: &Response) -> Result<Self, Failure> {
        envelope(response).ok_or_else(|| without_envelope(call, response))
    }

    /// What a success carries; any other code is a failure.
    fn payload<C: Call, P: DeserializeOwned>(self, call: &C) -> Result<P, Failure> {
        self.success(call)?;
        serde_json::from_value(self.body).map_err(|error| misread(call, &error.to_string()))
    }

    /// A success that carries nothing of interest; any other code is a failure.
    fn success<C: Call>(&self, call: &C) -> Result<(), Failure> {
        if self.code == SUCCESS {
            return Ok(());
        }
        let subject = call.subject();
        Err(codes::failure(
            &subject,
            C::WRITES,
            C::CODES,
            self.code,
            &self.message,
        ))
    }
}

fn envelope(response: &Response) -> Option<Answer> {
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    let status: Status = serde_json::from_value(body.get("status")?.clone()).ok()?;
    let code = status.code?.trim().parse().ok()?;
    Some(Answer {
        code,
        message: status.message.unwrap_or_default(),
        body,
    })
}

/// An answer that is not DNSPod's: from the web server before it, or from something in between.
fn without_envelope<C: Call>(call: &C, response: &Response) -> Failure {
    let subject = call.subject();
    let status = response.status;
    match status {
        // nginx answers so since 2024 when the ID or the token is wrong (facts: DNSPod section 1).
        401 => Failure::of_account(Class::Rejected, "DNSPod refuses the token (HTTP 401)"),
        403 | 429 => {
            let retry_after = response.retry_after;
            let what = format!("DNSPod asks to wait ({subject}: HTTP {status})");
            Failure::of_account(Class::RateLimited { retry_after }, what)
        }
        500..=599 if C::WRITES => {
            let what = format!("{subject}: HTTP {status}; whether it took effect is not known");
            Failure::of_account(Class::Unconfirmed, what)
        }
        500..=599 => {
            let what = format!("{subject}: DNSPod is in trouble (HTTP {status})");
            Failure::of_account(Class::Transient, what)
        }
        _ => {
            let excerpt = response.excerpt();
            let what =
                format!("{subject}: the answer is not DNSPod's (HTTP {status}: “{excerpt}”)");
            Failure::of_account(Class::Contract, what)
        }
    }
}

/// A success that does not carry what it should.
fn misread<C: Call>(call: &C, what: &str) -> Failure {
    let what = format!(
        "{}: the answer cannot be understood: {what}",
        call.subject()
    );
    // A list that makes no sense says nothing about any host; a write concerns its own only.
    if C::WRITES {
        Failure::of_host(Class::Contract, what)
    } else {
        Failure::of_account(Class::Contract, what)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::{record::RecordList, *};
    use crate::core::outcome::Scope;

    /// An answer as the service sends it.
    pub(in super::super) fn answer(status: u16, body: &str) -> Response {
        Response {
            status,
            retry_after: None,
            location: None,
            body: body.as_bytes().to_vec(),
        }
    }

    fn list() -> RecordList {
        RecordList {
            domain: DomainRef::Name("example.com".into()),
            offset: 0,
            length: 500,
        }
    }

    fn modify() -> record::RecordModify {
        record::RecordModify {
            domain: DomainRef::Name("example.com".into()),
            record_id: "1".into(),
            content: record::tests::content(),
        }
    }

    #[test]
    fn the_envelope_decides_whatever_the_http_status_and_message_say() {
        let body =
            |code: &str| format!(r#"{{"status":{{"code":{code},"message":"4.6"}},"records":[]}}"#);
        for status in [200, 401, 403, 502] {
            for code in ["1", "\"1\"", "\" 1 \""] {
                let read = list().decode(&answer(status, &body(code)));
                assert!(read.is_ok(), "{status} {code}: {read:?}");
            }
            let refused = list().decode(&answer(status, &body("\"-1\"")));
            assert_eq!(refused.unwrap_err().class, Class::Rejected);
        }
    }

    #[test]
    fn the_web_servers_401_is_a_refused_token_and_its_other_pages_are_what_they_are() {
        let page = "<html><head><title>401 Authorization Required</title></head>\n<body><hr>\
                    <center>nginx</center></body></html>";
        let class = |status| {
            let read = list().decode(&answer(status, page)).unwrap_err();
            assert_eq!(read.scope, Scope::Account);
            read.class
        };
        assert_eq!(class(401), Class::Rejected);
        for status in [403, 429] {
            assert_eq!(class(status), Class::RateLimited { retry_after: None });
        }
        assert_eq!(class(502), Class::Transient);
        assert_eq!(class(200), Class::Contract);
        assert_eq!(class(302), Class::Contract);
        let read = modify().decode(&answer(502, page)).unwrap_err();
        assert_eq!(read.class, Class::Unconfirmed);
        let told = list().decode(&answer(200, page)).unwrap_err().what;
        assert!(told.starts_with("Record.List of example.com: "), "{told}");
        assert!(told.contains("401 Authorization Required"), "{told}");
    }

    #[test]
    fn how_long_to_wait_is_what_the_server_says() {
        let mut busy = answer(429, "");
        busy.retry_after = Some(Duration::from_secs(90));
        let retry_after = busy.retry_after;
        let read = list().decode(&busy).unwrap_err();
        assert_eq!(read.class, Class::RateLimited { retry_after });
    }

    #[test]
    fn what_is_no_envelope_is_never_a_success() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"status":null}"#,
            r#"{"status":{"message":"ok"}}"#,
            r#"{"status":{"code":"one"}}"#,
            r#"{"records":[]}"#,
            "<dnspod><status><code>1</code></status></dnspod>",
        ] {
            let read = list().decode(&answer(200, body));
            assert_eq!(read.unwrap_err().class, Class::Contract, "{body}");
        }
    }
}
