//! The wrapping of every answer: a status, a payload, and a content type that tells nothing.

use std::fmt::Write;

use super::codes;
use super::record::site_time;
use super::state::DnsPodState;
use crate::http::{Request, ServerReply};
use crate::json::{Json, object};

const CONTENT_TYPE: &str = "text/html;charset=UTF-8";

impl DnsPodState {
    /// An answer with HTTP 200, whatever the code says. XML unless JSON was asked for.
    pub(super) fn envelope(
        &self,
        request: &Request,
        code: &str,
        payload: Json,
        now: u64,
    ) -> ServerReply {
        let message = codes::message(code, self.china(), self.speaks_chinese(request));
        self.wrapped(request, code, message, payload, now)
    }

    pub(super) fn wrapped(
        &self,
        request: &Request,
        code: &str,
        message: &str,
        payload: Json,
        now: u64,
    ) -> ServerReply {
        let status = object! {
            "code": code,
            "message": message,
            "created_at": site_time(self.site, now),
        };
        let mut answer = vec![("status".to_owned(), status)];
        if let Json::Object(payload) = payload {
            answer.extend(payload);
        }
        let format = request.form("format").or_else(|| request.query("format"));
        let body = match format {
            Some("json") => escaped(&Json::Object(answer).to_string()),
            _ => xml(&answer),
        };
        ServerReply::text(200, CONTENT_TYPE, body).code(code)
    }

    /// A code on demand.
    pub(crate) fn fault(&self, request: &Request, code: &str, now: u64) -> ServerReply {
        self.envelope(request, code, Json::Null, now)
    }

    fn speaks_chinese(&self, request: &Request) -> bool {
        match request.form("lang") {
            Some("cn") => true,
            Some("en") => false,
            _ => self.chinese,
        }
    }
}

/// JSON with everything outside ASCII escaped, as the service sends it. Such characters occur within strings only.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
            continue;
        }
        // Writing to a string does not fail, here and below.
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

fn xml(answer: &[(String, Json)]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<dnspod>");
    for (name, value) in answer {
        element(&mut text, name, value);
    }
    text + "</dnspod>"
}

fn element(text: &mut String, name: &str, value: &Json) {
    let _ = write!(text, "<{name}>");
    match value {
        Json::Null => {}
        Json::Text(s) if name == "message" || s.contains(['<', '&', '>']) => {
            let _ = write!(text, "<![CDATA[{s}]]>");
        }
        Json::Text(s) => *text += s,
        Json::List(items) => {
            for item in items {
                element(text, "item", item);
            }
        }
        Json::Object(fields) => {
            for (name, value) in fields {
                element(text, name, value);
            }
        }
        other => *text += &other.to_string(),
    }
    let _ = write!(text, "</{name}>");
}
