//! Requests, responses, and what carries one to get the other.

use std::{borrow::Cow, fmt, time::Duration};

use crate::core::{
    foreign_text::{ForeignText, MAX_QUOTED_CHARS},
    secret::Secret,
};

/// A request method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or calls.
    Post,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A form value: plain, or one that must not be seen.
#[derive(Clone, PartialEq, Eq)]
pub enum FormValue {
    /// Anybody may see it.
    Plain(Cow<'static, str>),
    /// Only the provider may.
    Secret(Secret),
}

impl FormValue {
    /// What goes on the wire.
    pub fn expose(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Secret(secret) => secret.expose(),
        }
    }
}

impl From<&'static str> for FormValue {
    fn from(text: &'static str) -> Self {
        Self::Plain(Cow::Borrowed(text))
    }
}

impl From<String> for FormValue {
    fn from(text: String) -> Self {
        Self::Plain(Cow::Owned(text))
    }
}

impl From<Secret> for FormValue {
    fn from(secret: Secret) -> Self {
        Self::Secret(secret)
    }
}

impl fmt::Debug for FormValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(text) => text.fmt(f),
            Self::Secret(secret) => secret.fmt(f),
        }
    }
}

/// What a request carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RequestBody {
    /// Nothing.
    Empty,
    /// A JSON document.
    Json(String),
    /// `application/x-www-form-urlencoded` pairs, in order.
    Form(Vec<(Cow<'static, str>, FormValue)>),
}

/// A request, relative to a service's base address. Its `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query below the base address, beginning with `/`, percent-encoded.
    pub path: String,
    /// Basic authentication (RFC 7617): user and password.
    pub basic: Option<(Secret, Secret)>,
    /// What it carries.
    pub body: RequestBody,
    /// Whether it may change something: a lost answer then leaves the truth unknown.
    pub writes: bool,
}

/// An answer, read whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// `Retry-After` (RFC 9110 section 10.2.3), if it was a number of seconds.
    pub retry_after: Option<Duration>,
    /// `Location`.
    pub location: Option<String>,
    /// The body, at most as long as the transport's cap.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as text, with what is not UTF-8 replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body's first 200 characters on one line: what an error shows of it.
    pub fn excerpt(&self) -> String {
        let text = self.text();
        let mut words = String::new();
        for word in text.split_whitespace() {
            if words.len() > 4 * MAX_QUOTED_CHARS {
                break;
            }
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        ForeignText::new(&words).into()
    }
}

/// Whether a request that got no answer can have had an effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// It never left: no connection was made.
    NotSent,
    /// It may have arrived.
    Unknown,
}

/// A request without an answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what}")]
pub struct SendError {
    /// Whether it may have had an effect.
    pub sent: Delivery,
    /// What happened, in words without an address's query or a secret.
    pub what: String,
}

/// Carries a request to a service and brings the answer.
pub trait Transport {
    /// One attempt, within the transport's deadline; no redirect is followed, nothing is retried.
    fn send(&self, request: &Request) -> impl Future<Output = Result<Response, SendError>>;
}

impl<T: Transport> Transport for std::rc::Rc<T> {
    async fn send(&self, request: &Request) -> Result<Response, SendError> {
        T::send(self, request).await
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(hex(byte >> 4));
            encoded.push(hex(byte & 15));
        }
    }
    encoded
}

fn hex(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

/// A query string: `?a=b&c=d`, or nothing for no pairs.
pub fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(&encode(name));
        text.push('=');
        text.push_str(&encode(value));
    }
    text
}

/// A form body from its pairs.
pub(super) fn form(pairs: &[(Cow<'static, str>, FormValue)]) -> String {
    let text = query(pairs.iter().map(|(name, value)| (&**name, value.expose())));
    text.strip_prefix('?').unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requests_debug_shows_no_secret() {
        let request = Request {
            method: Method::Post,
            path: "/Record.List".into(),
            basic: Some((Secret::new("token-x"), Secret::new("secret-x"))),
            body: RequestBody::Form(vec![
                ("login_token".into(), Secret::new("1,secret-x").into()),
                ("domain".into(), "example.com".into()),
            ]),
            writes: false,
        };
        let shown = format!("{request:?}");
        assert!(!shown.contains("-x"), "{shown}");
        assert!(shown.contains("example.com"), "{shown}");
    }

    #[test]
    fn what_is_reserved_is_percent_encoded() {
        assert_eq!(encode("a,b=c:d é~"), "a%2Cb%3Dc%3Ad%20%C3%A9~");
        assert_eq!(query([("a", "1"), ("b", "x&y")]), "?a=1&b=x%26y");
        assert_eq!(query([]), "");
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        let response = Response {
            status: 200,
            retry_after: None,
            location: None,
            body: format!("<html>\n  <p>\u{1b}[31m{}", "x".repeat(300)).into_bytes(),
        };
        let excerpt = response.excerpt();
        assert!(excerpt.starts_with(r"<html> <p>\u{1b}[31mxxx"), "{excerpt}");
        assert_eq!(excerpt.chars().count(), 200);
    }
}
