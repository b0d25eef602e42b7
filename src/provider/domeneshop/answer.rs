//! What an answer means, where every call agrees: the status says what to do next, the body's `code`
//! and `help` say it to a person.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::api::dns::DnsCreate;
use crate::{
    core::{
        foreign_text::ForeignText,
        outcome::{Class, Failure},
    },
    http::{Request, Response},
    provider::operation::{Call as _, Operation},
};

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
) -> Result<T, Failure> {
    let meaning = operation.meaning(i64::from(response.status));
    if !((200..300).contains(&response.status) && meaning.is_some()) {
        return Err(refusal(meaning, request, response));
    }
    let is_empty = response.body.trim_ascii().is_empty();
    if operation.name == DnsCreate::OPERATION.name {
        let said = if is_empty {
            Value::Null
        } else {
            json(request, response)?
        };
        shaped(request, &self::said(response), with_id(said, response))
    } else if response.status == 204 || (operation.writes && is_empty) {
        shaped(request, &said(response), Value::Null)
    } else {
        json(request, response)
    }
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
fn json<T: DeserializeOwned>(request: &Request, response: &Response) -> Result<T, Failure> {
    let value = serde_json::from_slice(&response.body);
    value.map_err(|error| not_understood(request, &said(response), &error))
}

/// What a success brings, in the call's own shape; `said` is what an error shows of the answer.
pub(super) fn shaped<T: DeserializeOwned>(
    request: &Request,
    said: &str,
    value: Value,
) -> Result<T, Failure> {
    let value = serde_json::from_value(value);
    value.map_err(|error| not_understood(request, said, &error))
}

fn not_understood(request: &Request, said: &str, error: &serde_json::Error) -> Failure {
    let name = name(request);
    // What it quotes may be as long as the answer, and hold what does not belong into a line.
    let error = short(&error.to_string());
    let what = format!("Domeneshop's answer to {name} is not understood ({said}): {error}");
    Failure::of_account(Class::Contract, what)
}

/// An answer that says nothing we know.
pub(super) fn misunderstood(request: &Request, said: &str) -> Failure {
    let name = name(request);
    let what = format!("Domeneshop's answer to {name} is not understood ({said})");
    Failure::of_account(Class::Contract, what)
}

/// What it means that an answer is none of success. `meaning` is what the operation documents.
fn refusal(meaning: Option<&str>, request: &Request, response: &Response) -> Failure {
    let name = name(request);
    let said = said(response);
    let because = meaning.map(|it| format!(": {it}")).unwrap_or_default();
    // The API answers in JSON or with no body: a page comes from something in between, which knows
    // neither the account's domains nor its records.
    let page = response.body.trim_ascii_start().starts_with(b"<");
    match response.status {
        401 => Failure::of_account(
            Class::Rejected,
            format!("Domeneshop refuses the token or secret ({said})"),
        ),
        429 => asked_to_wait(response, &name, &said),
        // Of a write it is not known for sure that nothing came of it; it is read back in any case, and
        // not before the service wants to be asked again (RFC 9110 section 10.2.3).
        503 if response.retry_after.is_some() => asked_to_wait(response, &name, &said),
        408 | 500..=599 if request.writes => Failure::of_account(
            Class::Unconfirmed,
            format!("could not confirm {name}: Domeneshop failed on it ({said})"),
        ),
        408 | 500..=599 => Failure::of_account(
            Class::Transient,
            format!("Domeneshop failed on {name} ({said})"),
        ),
        400 | 422 if !page => Failure::of_host(
            Class::Invalid,
            format!("Domeneshop refuses {name} as invalid{because} ({said})"),
        ),
        403 if !page => Failure::of_host(
            Class::NotFound,
            format!("Domeneshop has {name} not for this account{because} ({said})"),
        ),
        404 if !page => Failure::of_host(
            Class::NotFound,
            format!("Domeneshop finds nothing for {name}{because} ({said})"),
        ),
        409 | 412 if !page => Failure::of_host(
            Class::Invalid,
            format!("Domeneshop refuses {name}{because} ({said})"),
        ),
        _ => misunderstood(request, &said),
    }
}

fn asked_to_wait(response: &Response, name: &str, said: &str) -> Failure {
    let class = Class::RateLimited {
        retry_after: response.retry_after,
    };
    Failure::of_account(
        class,
        format!("Domeneshop asks to wait with {name} ({said})"),
    )
}

/// The API's own words, which the vendor documents for no status.
#[derive(Deserialize)]
struct Words {
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
    match serde_json::from_slice(&response.body) {
        Ok(Words { code, help }) if !(code.is_empty() && help.is_empty()) => {
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
