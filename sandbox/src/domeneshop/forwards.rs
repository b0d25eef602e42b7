//! The calls on forwards: a host that sends browsers elsewhere.

use serde_json::Value;

use super::record::{is_host, leads_somewhere};
use super::refusals::{collision, host_changed, invalid, unknown};
use super::state::{Domain, DomeneshopState};
use crate::http::{Request, ServerReply};
use crate::json::{Json, object};

/// A forward of a domain; its host is its identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Forward {
    host: String,
    frame: bool,
    url: String,
}

impl Forward {
    /// What a body says, or why it is refused.
    fn checked(body: &str) -> Result<Self, String> {
        let body: Value =
            serde_json::from_str(body).map_err(|error| format!("not JSON: {error}"))?;
        let text = |key: &str| {
            let text = body[key].as_str();
            text.ok_or_else(|| format!("{key} is missing or not a string"))
        };
        let (host, url) = (text("host")?.to_ascii_lowercase(), text("url")?);
        if !is_host(&host) {
            return Err("host is not a relative name".to_owned());
        }
        if !has_scheme(url) {
            return Err("url must begin with a scheme, such as https://".to_owned());
        }
        let frame = match &body["frame"] {
            Value::Null => false,
            Value::Bool(frame) => *frame,
            _ => return Err("frame is not true or false".to_owned()),
        };
        Ok(Self {
            host,
            frame,
            url: url.to_owned(),
        })
    }

    fn to_json(&self) -> Json {
        object! {"host": &self.host, "frame": self.frame, "url": &self.url}
    }
}

impl Domain {
    /// Whether a host leads somewhere already.
    fn is_led(&self, host: &str) -> bool {
        let mut records = self.records.at(host);
        self.forward(host).is_some() || records.any(|r| leads_somewhere(&r.kind))
    }

    /// Where the forward of a host is.
    pub(super) fn forward(&self, host: &str) -> Option<usize> {
        self.forwards.iter().position(|f| f.host == host)
    }
}

impl DomeneshopState {
    #[track_caller]
    pub(super) fn forwards(&mut self, zone: &str) -> Vec<Value> {
        let forwards = &self.zone(zone).forwards;
        let shown = forwards.iter().map(Forward::to_json);
        shown.map(Json::into_value).collect()
    }

    pub(super) fn list_forwards(&self, at: usize) -> ServerReply {
        let forwards = &self.domains[at].forwards;
        ServerReply::json(
            200,
            &forwards.iter().map(Forward::to_json).collect::<Json>(),
        )
    }

    /// Unlike a record's, the answer has no body: only its address says what was made.
    pub(super) fn create_forward(&mut self, at: usize, request: &Request) -> ServerReply {
        let forward = match Forward::checked(&request.body) {
            Ok(forward) => forward,
            Err(why) => return invalid(&why),
        };
        if self.domains[at].is_led(&forward.host) {
            return collision();
        }
        let location = self.location(at, &format!("forwards/{}", forward.host));
        self.domains[at].forwards.push(forward);
        ServerReply::empty(201).header("location", location)
    }

    pub(super) fn one_forward(&mut self, at: usize, host: &str, request: &Request) -> ServerReply {
        let works = self.forwards_per_host;
        let domain = &mut self.domains[at];
        let host = decoded(host).to_ascii_lowercase();
        let Some(found) = domain.forward(&host).filter(|_| works) else {
            return unknown();
        };
        match request.method.as_str() {
            "GET" => ServerReply::json(200, &domain.forwards[found].to_json()),
            "DELETE" => {
                domain.forwards.remove(found);
                ServerReply::empty(204)
            }
            _ => {
                let forward = match Forward::checked(&request.body) {
                    Ok(forward) => forward,
                    Err(why) => return invalid(&why),
                };
                if forward.host != host {
                    return host_changed();
                }
                domain.forwards[found] = forward;
                ServerReply::json(200, &domain.forwards[found].to_json())
            }
        }
    }
}

/// A part of a path without its percent signs. A plus stands for itself there, unlike in a query.
fn decoded(part: &str) -> String {
    let kept = part.replace('+', "%2B");
    let pair = form_urlencoded::parse(kept.as_bytes()).next();
    pair.map_or_else(String::new, |(text, _)| text.into_owned())
}

/// Whether an address says how to get there.
fn has_scheme(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(sound)
        && !rest.is_empty()
        && !rest.contains(char::is_whitespace)
}
