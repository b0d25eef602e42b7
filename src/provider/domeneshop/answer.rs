//! What an answer means, where every call agrees: the status says what to do next, the body's `code`
//! and `help` say it to a person.

use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    core::outcome::{Class, Failure},
    http::{Request, Response},
};

/// A request's name in messages: `PUT /domains/1/dns/5`.
pub(super) fn name(request: &Request) -> String {
    let path = request.path.split('?').next().unwrap_or_default();
    format!("{} {path}", request.method.as_str())
}

/// Nothing if the answer has the one status that means success.
pub(super) fn expect(request: &Request, response: &Response, status: u16) -> Result<(), Failure> {
    if response.status == status {
        Ok(())
    } else {
        Err(refusal(request, response))
    }
}

/// What a successful read brought.
pub(super) fn read<T: DeserializeOwned>(
    request: &Request,
    response: &Response,
) -> Result<T, Failure> {
    expect(request, response, 200)?;
    json(request, response)
}

/// The body, which must be JSON of the right shape: a body that is something else is an error and
/// never an empty list (L7).
pub(super) fn json<T: DeserializeOwned>(
    request: &Request,
    response: &Response,
) -> Result<T, Failure> {
    serde_json::from_slice(&response.body).map_err(|error| {
        let what = format!(
            "Domeneshop's answer to {} is not understood ({}): {error}",
            name(request),
            said(response)
        );
        Failure::of_account(Class::Contract, what)
    })
}

fn refusal(request: &Request, response: &Response) -> Failure {
    let name = name(request);
    let said = said(response);
    // The API answers in JSON or with no body: a page comes from something in between, which knows
    // neither the account's domains nor its records.
    let page = response.body.trim_ascii_start().starts_with(b"<");
    match response.status {
        401 => Failure::of_account(
            Class::Rejected,
            format!("Domeneshop refuses the token or secret ({said})"),
        ),
        429 => asked_to_wait(response, &name, &said),
        408 | 500..=599 if request.writes => Failure::of_account(
            Class::Unconfirmed,
            format!("could not confirm {name}: Domeneshop failed on it ({said})"),
        ),
        503 if response.retry_after.is_some() => asked_to_wait(response, &name, &said),
        408 | 500..=599 => Failure::of_account(
            Class::Transient,
            format!("Domeneshop failed on {name} ({said})"),
        ),
        400 | 422 if !page => Failure::of_host(
            Class::Invalid,
            format!("Domeneshop refuses {name} as invalid ({said})"),
        ),
        403 if !page => Failure::of_host(
            Class::NotFound,
            format!("Domeneshop has {name} not for this account ({said})"),
        ),
        404 if !page => Failure::of_host(
            Class::NotFound,
            format!("Domeneshop finds nothing for {name} ({said})"),
        ),
        409 if !page => Failure::of_host(
            Class::Invalid,
            format!("Domeneshop refuses {name}: it collides with another record ({said})"),
        ),
        _ => Failure::of_account(
            Class::Contract,
            format!("Domeneshop's answer to {name} is not understood ({said})"),
        ),
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
    let printable = text.chars().filter(|it| !it.is_control());
    printable.take(200).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        core::outcome::Scope,
        http::{Body, Method},
    };

    fn request(writes: bool) -> Request {
        Request {
            method: if writes { Method::Put } else { Method::Get },
            path: "/domains/1/dns?host=nas".into(),
            basic: None,
            body: Body::Empty,
            writes,
        }
    }

    fn response(status: u16, body: &str) -> Response {
        Response {
            status,
            retry_after: None,
            location: None,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn every_status_has_the_class_that_says_what_to_do_next() {
        use Class::{Contract, Invalid, NotFound, Rejected, Transient, Unconfirmed};
        let wait = Class::RateLimited { retry_after: None };
        let (account, host) = (Scope::Account, Scope::Host);
        for (status, reading, writing, scope) in [
            (200, Contract, Contract, account),
            (301, Contract, Contract, account),
            (302, Contract, Contract, account),
            (400, Invalid, Invalid, host),
            (401, Rejected, Rejected, account),
            (403, NotFound, NotFound, host),
            (404, NotFound, NotFound, host),
            (405, Contract, Contract, account),
            (408, Transient, Unconfirmed, account),
            (409, Invalid, Invalid, host),
            (422, Invalid, Invalid, host),
            (429, wait, wait, account),
            (500, Transient, Unconfirmed, account),
            (502, Transient, Unconfirmed, account),
            (503, Transient, Unconfirmed, account),
            (511, Transient, Unconfirmed, account),
        ] {
            for (writes, class) in [(false, reading), (true, writing)] {
                let failure = expect(&request(writes), &response(status, ""), 204).unwrap_err();
                assert_eq!(
                    (failure.class, failure.scope),
                    (class, scope),
                    "{status}, writes: {writes}"
                );
            }
        }
    }

    #[test]
    fn a_page_of_something_in_between_does_not_say_that_a_domain_is_gone() {
        for status in [400, 403, 404, 409] {
            let answer = response(status, "\r\n <!doctype html><title>Blocked</title>");
            let failure = expect(&request(true), &answer, 204).unwrap_err();
            assert_eq!(failure.class, Class::Contract, "{status}");
        }
    }

    #[test]
    fn retry_after_reaches_the_schedule() {
        let seconds = Some(Duration::from_mins(2));
        for (status, writes, class) in [
            (
                429,
                true,
                Class::RateLimited {
                    retry_after: seconds,
                },
            ),
            (
                429,
                false,
                Class::RateLimited {
                    retry_after: seconds,
                },
            ),
            (
                503,
                false,
                Class::RateLimited {
                    retry_after: seconds,
                },
            ),
            // The wait is known, but what became of the write is not, and that weighs more.
            (503, true, Class::Unconfirmed),
        ] {
            let answer = Response {
                retry_after: seconds,
                ..response(status, "")
            };
            let failure = expect(&request(writes), &answer, 204).unwrap_err();
            assert_eq!(failure.class, class, "{status}, writes: {writes}");
        }
    }

    #[test]
    fn a_failure_repeats_the_providers_words_and_names_the_request_without_its_query() {
        let words = r#"{"code":"resource:unauthorized","help":"Not yours"}"#;
        for (status, body, said) in [
            (
                403,
                words,
                "Domeneshop has GET /domains/1/dns not for this account \
                 (403 resource:unauthorized: Not yours)",
            ),
            (
                401,
                r#"{"code":"authentication:failed"}"#,
                "Domeneshop refuses the token or secret (401 authentication:failed)",
            ),
            (
                502,
                "<html>\n<b>Bad gateway</b>",
                "Domeneshop failed on GET /domains/1/dns (502: <html> <b>Bad gateway</b>)",
            ),
            (
                400,
                r#"{"code":7}"#,
                r#"Domeneshop refuses GET /domains/1/dns as invalid (400: {"code":7})"#,
            ),
        ] {
            let failure = expect(&request(false), &response(status, body), 200).unwrap_err();
            assert_eq!(failure.what, said);
        }
    }

    #[test]
    fn a_redirect_says_where_to() {
        let answer = Response {
            location: Some("https://portal.example/\u{1b}login".into()),
            ..response(302, "")
        };
        let failure = expect(&request(false), &answer, 200).unwrap_err();
        assert!(
            failure
                .what
                .ends_with("(302, to https://portal.example/login)"),
            "{failure}"
        );
    }
}
