use std::time::Duration;

use super::*;
use crate::{
    core::error::Scope,
    http::{Method, RequestBody},
};

fn request(writes: bool) -> Request {
    Request {
        method: if writes { Method::Put } else { Method::Get },
        path: "/domains/1/dns?host=nas".into(),
        basic: None,
        body: RequestBody::Empty,
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
    use ErrorClass::{
        Conflict, Invalid, NotFound, ProtocolViolation, Transient, Unauthorized, Unconfirmed,
    };
    let wait = ErrorClass::RateLimited { retry_after: None };
    let (account, host) = (Scope::Account, Scope::Host);
    for (status, reading, writing, scope) in [
        (200, ProtocolViolation, ProtocolViolation, account),
        (301, ProtocolViolation, ProtocolViolation, account),
        (302, ProtocolViolation, ProtocolViolation, account),
        (400, Invalid, Invalid, host),
        (401, Unauthorized, Unauthorized, account),
        (403, NotFound, NotFound, host),
        (404, NotFound, NotFound, host),
        (405, ProtocolViolation, ProtocolViolation, account),
        (408, Transient, Unconfirmed, account),
        (409, Conflict, Conflict, host),
        (422, Invalid, Invalid, host),
        (429, wait, wait, account),
        (500, Transient, Unconfirmed, account),
        (502, Transient, Unconfirmed, account),
        (503, Transient, Unconfirmed, account),
        (511, Transient, Unconfirmed, account),
    ] {
        for (writes, class) in [(false, reading), (true, writing)] {
            let failure = refusal(None, &request(writes), &response(status, ""));
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
        let failure = refusal(None, &request(true), &answer);
        assert_eq!(failure.class, ErrorClass::ProtocolViolation, "{status}");
    }
}

#[test]
fn retry_after_reaches_the_schedule() {
    let seconds = Some(Duration::from_mins(2));
    for (status, writes, class) in [
        (
            429,
            true,
            ErrorClass::RateLimited {
                retry_after: seconds,
            },
        ),
        (
            429,
            false,
            ErrorClass::RateLimited {
                retry_after: seconds,
            },
        ),
        (
            503,
            false,
            ErrorClass::RateLimited {
                retry_after: seconds,
            },
        ),
        (
            503,
            true,
            ErrorClass::RateLimited {
                retry_after: seconds,
            },
        ),
        (500, true, ErrorClass::Unconfirmed),
    ] {
        let answer = Response {
            retry_after: seconds,
            ..response(status, "")
        };
        let failure = refusal(None, &request(writes), &answer);
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
        let failure = refusal(None, &request(false), &response(status, body));
        assert_eq!(failure.message, said);
    }
}

#[test]
fn a_redirect_says_where_to() {
    let answer = Response {
        location: Some("https://portal.example/\u{1b}login".into()),
        ..response(302, "")
    };
    let failure = refusal(None, &request(false), &answer);
    assert!(
        failure
            .message
            .ends_with(r"(302, to https://portal.example/\u{1b}login)"),
        "{failure}"
    );
}
