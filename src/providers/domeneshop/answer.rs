//! What an answer means, where every call agrees: the status says what to do next, the body's `code`
//! and `help` say it to a person.

use std::net::IpAddr;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::api::dns::DnsCreate;
use crate::{
    core::{
        error::{ErrorClass, ProviderError, Scope},
        foreign_text::ForeignText,
    },
    http::{Request, RequestBody, Response},
    json,
    providers::operation::{Call as _, Operation},
};

/// The longest answer that is quoted in an error, in bytes.
pub(super) const MAX_QUOTED: usize = 64 << 10;

/// A request's name in messages: `PUT /domains/1/dns/5`.
pub(super) fn name(request: &Request) -> String {
    let path = request.path.split('?').next().unwrap_or_default();
    format!("{} {path}", request.method.as_str())
}

/// What an answer brings: nothing but what its operation documents as a success is one.
pub(super) fn read<T: DeserializeOwned>(
    operation: &Operation,
    request: &Request,
    response: &Response,
) -> Result<T, ProviderError> {
    succeeded(operation, request, response)?;
    let is_empty = response.body.trim_ascii().is_empty();
    if operation.name == DnsCreate::OPERATION.name {
        let said = if is_empty {
            Value::Null
        } else {
            json(request, response)?
        };
        is_as_sent(request, response, &said)?;
        shaped(request, &self::said(response), with_id(said, response))
    } else if response.status == 204 || (operation.writes && is_empty) {
        shaped(request, &said(response), Value::Null)
    } else {
        json(request, response)
    }
}

/// Whether an answer is what its operation documents as a success; else it is a failure.
pub(super) fn succeeded(
    operation: &Operation,
    request: &Request,
    response: &Response,
) -> Result<(), ProviderError> {
    let meaning = operation.meaning(i64::from(response.status));
    if (200..300).contains(&response.status) && meaning.is_some() {
        Ok(())
    } else {
        Err(refusal(meaning, request, response))
    }
}

/// Refuses the answer to a creation that names something else than was sent.
fn is_as_sent(request: &Request, response: &Response, said: &Value) -> Result<(), ProviderError> {
    let RequestBody::Json(sent) = &request.body else {
        return Ok(());
    };
    let Ok(sent) = serde_json::from_str::<Map<String, Value>>(sent) else {
        return Ok(());
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.trim().trim_end_matches('.').to_lowercase(),
        value => value.to_string(),
    };
    let is_same = |one: &str, other: &str| {
        let addrs = (one.parse::<IpAddr>(), other.parse::<IpAddr>());
        one == other || matches!(addrs, (Ok(one), Ok(other)) if one == other)
    };
    for (name, sent) in &sent {
        let named = said.get(name).filter(|it| !it.is_null());
        if let Some(named) = named
            && !is_same(&text(named), &text(sent))
        {
            let what = format!("`{name}` {sent} was sent, and {named} is said to be stored");
            let failure = not_understood(request, &self::said(response), &what);
            return Err(ProviderError {
                scope: Scope::Host,
                ..failure
            });
        }
    }
    Ok(())
}

/// A creation's answer with the identifier: the vendor's own clients read it from `Location`, others
/// from the body.
fn with_id(said: Value, response: &Response) -> Value {
    if said.get("id").is_some_and(|id| !id.is_null()) {
        return said;
    }
    let last_segment = |text: &String| text.rsplit('/').next()?.parse::<u64>().ok();
    match response.location.as_ref().and_then(last_segment) {
        Some(id) => serde_json::json!({ "id": id }),
        None => said,
    }
}

/// The body, which must be JSON of the right shape: a body that is something else is an error and
/// never an empty list (L7).
fn json<T: DeserializeOwned>(request: &Request, response: &Response) -> Result<T, ProviderError> {
    let body = &response.body;
    let read = match json::each_item(body, |_| Ok::<_, ()>(())) {
        // Whoever asks for a list as a whole gets it, each of its items being of a bearable length.
        Ok(()) => serde_json::from_slice(body).map_err(|error| error.to_string()),
        Err(_) => json::read(body),
    };
    read.map_err(|what| not_understood(request, &said(response), &what))
}

/// What a success brings, in the call's own shape; `said` is what an error shows of the answer.
pub(super) fn shaped<T: DeserializeOwned>(
    request: &Request,
    said: &str,
    value: Value,
) -> Result<T, ProviderError> {
    let value = serde_json::from_value(value);
    value.map_err(|error| not_understood(request, said, &error.to_string()))
}

/// An answer that cannot be read; the error is a parser's.
pub(super) fn not_understood(request: &Request, said: &str, error: &str) -> ProviderError {
    let name = name(request);
    // What it quotes may be as long as the answer, and hold what does not belong into a line.
    let error = short(error);
    let what = format!("Domeneshop's answer to {name} is not understood ({said}): {error}");
    ProviderError::of_account(ErrorClass::ProtocolViolation, what)
}

/// An answer that says nothing we know.
pub(super) fn misunderstood(request: &Request, said: &str) -> ProviderError {
    let name = name(request);
    let what = format!("Domeneshop's answer to {name} is not understood ({said})");
    ProviderError::of_account(ErrorClass::ProtocolViolation, what)
}

/// What it means that an answer is none of success. `meaning` is what the operation documents.
fn refusal(meaning: Option<&str>, request: &Request, response: &Response) -> ProviderError {
    let name = name(request);
    let said = said(response);
    let because = meaning.map(|it| format!(": {it}")).unwrap_or_default();
    // The API answers in JSON or with no body: a page comes from something in between, which knows
    // neither the account's domains nor its records.
    let page = response.body.trim_ascii_start().starts_with(b"<");
    match response.status {
        401 => ProviderError::of_account(
            ErrorClass::Unauthorized,
            format!("Domeneshop refuses the token or secret ({said})"),
        ),
        429 => asked_to_wait(response, &name, &said),
        // Of a write it is not known for sure that nothing came of it; it is read back in any case, and
        // not before the service wants to be asked again (RFC 9110 section 10.2.3).
        503 if response.retry_after.is_some() => asked_to_wait(response, &name, &said),
        408 | 500..=599 if request.writes => ProviderError::of_account(
            ErrorClass::Unconfirmed,
            format!("could not confirm {name}: Domeneshop failed on it ({said})"),
        ),
        408 | 500..=599 => ProviderError::of_account(
            ErrorClass::Transient,
            format!("Domeneshop failed on {name} ({said})"),
        ),
        400 | 422 if !page => ProviderError::of_host(
            ErrorClass::Invalid,
            format!("Domeneshop refuses {name} as invalid{because} ({said})"),
        ),
        403 if !page => ProviderError::of_host(
            ErrorClass::NotFound,
            format!("Domeneshop has {name} not for this account{because} ({said})"),
        ),
        404 if !page => ProviderError::of_host(
            ErrorClass::NotFound,
            format!("Domeneshop finds nothing for {name}{because} ({said})"),
        ),
        // "Collision": another record or a forward has the name (facts: Domeneshop section 1.1).
        409 if !page => ProviderError::of_host(
            ErrorClass::Conflict,
            format!("Domeneshop refuses {name}{because} ({said})"),
        ),
        412 if !page => ProviderError::of_host(
            ErrorClass::Invalid,
            format!("Domeneshop refuses {name}{because} ({said})"),
        ),
        _ => misunderstood(request, &said),
    }
}

fn asked_to_wait(response: &Response, name: &str, said: &str) -> ProviderError {
    let class = ErrorClass::RateLimited {
        retry_after: response.retry_after,
    };
    ProviderError::of_account(
        class,
        format!("Domeneshop asks to wait with {name} ({said})"),
    )
}

/// The API's own words, which the vendor documents for no status.
#[derive(Deserialize)]
struct ErrorText {
    #[serde(default)]
    code: String,
    #[serde(default)]
    help: String,
}

/// The status with what the answer says besides: `404 resource:unknown: See …`, `302, to https://…`,
/// `502: <html> …`.
pub(super) fn said(response: &Response) -> String {
    let mut said = response.status.to_string();
    if let Some(location) = &response.location {
        said.push_str(", to ");
        said.push_str(&short(location));
    }
    let length = response.body.len();
    if length > MAX_QUOTED {
        said.push_str(": ");
        said.push_str(&length.to_string());
        said.push_str(" bytes");
        return said;
    }
    match json::read(&response.body) {
        Ok(ErrorText { code, help }) if !(code.is_empty() && help.is_empty()) => {
            if !code.is_empty() {
                said.push(' ');
                said.push_str(&short(&code));
            }
            if !help.is_empty() {
                said.push_str(": ");
                said.push_str(&short(&help));
            }
        }
        _ => {
            let excerpt = response.excerpt();
            if !excerpt.is_empty() {
                said.push_str(": ");
                said.push_str(&excerpt);
            }
        }
    }
    said
}

/// Somebody else's words on one line of bearable length.
fn short(text: &str) -> String {
    ForeignText::new(text).into()
}

#[cfg(test)]
mod tests;
