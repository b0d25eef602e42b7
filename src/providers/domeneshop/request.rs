//! What an operation and its arguments are on the wire, without credentials.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::api::dns;
use crate::{
    http::{Method, Request, RequestBody, encode},
    providers::operation::{Arguments, Operation, ParameterKind},
};

/// The request of a call.
pub(super) fn request(operation: &Operation, arguments: &Arguments) -> Request {
    let body = match operation.method {
        Method::Get | Method::Delete => RequestBody::Empty,
        Method::Post | Method::Put => json(&JsonObject(fields(operation, arguments))),
    };
    with_body(operation, arguments, body)
}

/// The request of a call with a body of the caller's own.
pub(super) fn with_body(
    operation: &Operation,
    arguments: &Arguments,
    body: RequestBody,
) -> Request {
    Request {
        method: operation.method,
        path: target(operation, arguments),
        basic: None,
        body,
        writes: operation.writes,
    }
}

/// A JSON body.
pub(super) fn json(value: &impl Serialize) -> RequestBody {
    // Maps with text keys only: there is nothing in it that JSON cannot say.
    RequestBody::Json(serde_json::to_string(value).unwrap_or_default())
}

/// Path and query.
pub(super) fn target(operation: &Operation, arguments: &Arguments) -> String {
    let (mut target, used) = arguments.path(operation);
    if operation.method != Method::Get {
        return target;
    }
    let rest = arguments.iter().filter(|(name, _)| !used.contains(name));
    for (place, (name, text)) in rest.enumerate() {
        target.push(if place == 0 { '?' } else { '&' });
        target.push_str(name);
        target.push('=');
        // Both may stand in a query as they are (RFC 3986 section 3.4), and the lists of hosts and
        // addresses have to stay short.
        target.push_str(
            &encode(text.expose())
                .replace("%2C", ",")
                .replace("%3A", ":"),
        );
    }
    target
}

/// The members of the body: the arguments that are not in the path, as JSON. A forward's host is in
/// both (vendor's page, forwards: the body is a whole forward).
pub(super) fn fields(operation: &Operation, arguments: &Arguments) -> Vec<(&'static str, Value)> {
    let (_, used) = arguments.path(operation);
    let rest = arguments
        .iter()
        .filter(|(name, _)| *name == "host" || !used.contains(name));
    rest.map(|(name, text)| (name, value(operation, name, text.expose())))
        .collect()
}

fn value(operation: &Operation, name: &str, text: &str) -> Value {
    let kind = operation.parameter(name).map(|it| it.kind);
    let typed = match kind {
        Some(ParameterKind::Integer(..)) => text.parse::<i64>().ok().map(Value::from),
        Some(ParameterKind::Flag) => text.parse::<bool>().ok().map(Value::from),
        _ if name == "tag" => Some(dns::tag(text)),
        _ => None,
    };
    typed.unwrap_or_else(|| Value::from(text))
}

/// An object whose members keep their order, so that a request reads as its definition does.
struct JsonObject(Vec<(&'static str, Value)>);

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
