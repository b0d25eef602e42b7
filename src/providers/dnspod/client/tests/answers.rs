//! What answers mean.

use super::*;
use crate::providers::{
    dnspod::api::{account::InfoVersion, auth::Auth, domain, record, share::DomainshareList},
    operation::Call,
};

async fn listed(status: u16, body: &str) -> Result<usize, ProviderError> {
    let response = Response {
        status,
        ..page(body)
    };
    let client = canned(login(), Ok(response));
    Ok(client.call(&list()).await?.records.len())
}

fn modify() -> record::RecordModify {
    record::RecordModify {
        domain: Some(example()),
        record_id: "1".into(),
        sub_domain: "home".into(),
        record_type: "A".into(),
        record_line: Some("default".into()),
        value: "84.212.10.20".into(),
        ..record::RecordModify::default()
    }
}

#[tokio::test]
async fn the_envelope_decides_whatever_the_http_status_and_message_say() {
    let body =
        |code: &str| format!(r#"{{"status":{{"code":{code},"message":"4.6"}},"records":[]}}"#);
    for status in [200, 401, 403, 502] {
        for code in ["1", "\"1\"", "\" 1 \""] {
            assert_eq!(listed(status, &body(code)).await, Ok(0), "{status} {code}");
        }
        let refused = listed(status, &body("\"-1\"")).await;
        assert_eq!(refused.unwrap_err().class, ErrorClass::Unauthorized);
    }
}

#[tokio::test]
async fn the_web_servers_pages_are_what_their_status_says() {
    let html = "<html><head><title>401 Authorization Required</title></head>\n<body><hr>\
                <center>nginx</center></body></html>";
    let limited = ErrorClass::RateLimited { retry_after: None };
    for (status, class) in [
        (401, ErrorClass::Unauthorized),
        (403, limited),
        (429, limited),
        (502, ErrorClass::Transient),
        (200, ErrorClass::ProtocolViolation),
        (302, ErrorClass::ProtocolViolation),
    ] {
        let failure = listed(status, html).await.unwrap_err();
        assert_eq!(
            (failure.class, failure.scope),
            (class, Scope::Account),
            "{status}"
        );
    }
    let response = Response {
        status: 502,
        ..page(html)
    };
    let failure = canned(login(), Ok(response))
        .call(&modify())
        .await
        .unwrap_err();
    assert_eq!(failure.class, ErrorClass::Unconfirmed);
}

#[tokio::test]
async fn retry_after_reaches_the_schedule_from_reads_and_writes() {
    let retry_after = Some(Duration::from_mins(2));
    for status in [403, 429, 503] {
        let response = Response {
            status,
            retry_after,
            ..page("<html>busy</html>")
        };
        let client = canned(login(), Ok(response.clone()));
        let read = client.call(&list()).await.map(drop);
        let client = canned(login(), Ok(response));
        let written = client.call(&modify()).await.map(drop);
        for end in [read, written] {
            let failure = end.unwrap_err();
            let wanted = (ErrorClass::RateLimited { retry_after }, Scope::Account);
            assert_eq!((failure.class, failure.scope), wanted, "{status}");
        }
    }
}

#[tokio::test]
async fn what_is_no_envelope_is_a_breach_of_contract_that_shows_how_it_begins() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"status":null}"#,
        r#"{"status":{"message":"ok"}}"#,
        r#"{"status":{"code":"one"}}"#,
        r#"{"records":[]}"#,
        r#"{"status":{"code":"1"},"records":[{"id":"1","#,
        "<dnspod><status><code>1</code></status></dnspod>",
        "<html><title>hotel login</title></html>",
    ] {
        let failure = listed(200, body).await.unwrap_err();
        assert_eq!(failure.class, ErrorClass::ProtocolViolation, "{body}");
        assert!(
            failure.message.starts_with("Record.List of example.com: "),
            "{failure}"
        );
        assert!(failure.message.contains(body), "{failure}");
    }
}

#[tokio::test]
async fn a_success_of_the_wrong_type_is_a_breach_of_contract_that_shows_how_it_begins() {
    for body in [
        r#"{"status":{"code":"1"}}"#,
        r#"{"status":{"code":"1"},"records":null}"#,
        r#"{"status":{"code":"1"},"records":{}}"#,
        r#"{"status":{"code":"1"},"records":"none"}"#,
        r#"{"status":{"code":"1"},"records":[{"name":"home"}]}"#,
        r#"{"status":{"code":"1"},"info":{"record_total":"3"}}"#,
    ] {
        let failure = listed(200, body).await.unwrap_err();
        assert_eq!(failure.class, ErrorClass::ProtocolViolation, "{body}");
        assert!(failure.message.contains(body), "{failure}");
    }
    let nothing = || canned(login(), Ok(page(r#"{"status":{"code":"1"}}"#)));
    let info = domain::DomainInfo {
        domain: Some(example()),
        ..domain::DomainInfo::default()
    };
    assert_eq!(
        nothing().call(&info).await.unwrap_err().class,
        ErrorClass::ProtocolViolation
    );
    assert_eq!(
        nothing().call(&modify()).await.map(|it| it.record.id),
        Ok(None)
    );
}

#[tokio::test]
async fn only_the_first_200_characters_are_shown_and_no_part_of_a_secret_in_them() {
    // The token begins before the 200th character and ends behind it.
    let encoded = TOKEN.replace(',', "%2C");
    for token in [TOKEN, &TOKEN[6..], &encoded] {
        for body in [
            format!("{} {token} {}", "x".repeat(190), "y".repeat(300)),
            format!(
                r#"{{"status":{{"code":"1"}},"records":"{}{token}"}}"#,
                "x".repeat(150)
            ),
        ] {
            let failure = listed(200, &body).await.unwrap_err();
            assert_eq!(failure.class, ErrorClass::ProtocolViolation);
            assert!(!failure.message.contains("6b59"), "{failure}");
            assert!(!failure.message.contains("yyyyyyyyyyyyyyyy"), "{failure}");
            assert!(failure.message.chars().count() < 550, "{failure}");
        }
    }
}

#[tokio::test]
async fn an_answer_to_a_password_login_is_never_quoted() {
    let call = Auth {
        login_email: "a@b.com".into(),
        login_password: Some(Secret::new("hunter22")),
        ..Auth::default()
    };
    for body in [
        r#"{"user_token":"730060,e1a8a$f14d"}"#,
        r#"{"status":{"code":"1"},"user_token":["730060,e1a8a$f14d"]}"#,
    ] {
        let client = international(Ok(page(body)));
        let failure = client.call(&call).await.unwrap_err();
        assert_eq!(failure.class, ErrorClass::ProtocolViolation);
        assert!(!failure.message.contains("e1a8a"), "{failure}");
    }
    let body = r#"{"status":{"code":"10004","message":"hunter22 is too short"}}"#;
    let failure = international(Ok(page(body))).call(&call).await.unwrap_err();
    assert_eq!(failure.class, ErrorClass::Unauthorized);
    let body = r#"{"status":{"code":"777","message":"hunter22 is too short"}}"#;
    let failure = international(Ok(page(body))).call(&call).await.unwrap_err();
    assert!(!failure.message.contains("hunter22"), "{failure}");
}

#[tokio::test]
async fn an_empty_list_is_a_list_by_code_by_counter_or_as_it_is() {
    for body in [
        r#"{"status":{"code":"10","message":"No records on the list"}}"#,
        r#"{"status":{"code":1},"info":{"record_total":"0"},"records":[]}"#,
        r#"{"status":{"code":1},"info":{"record_total":"0"}}"#,
    ] {
        assert_eq!(listed(200, body).await, Ok(0), "{body}");
    }
    let client = canned(login(), Ok(page(r#"{"status":{"code":"9"}}"#)));
    let domains = client.call(&domain::DomainList::default()).await.unwrap();
    assert!(domains.domains.is_empty());
    let client = canned(login(), Ok(page(r#"{"status":{"code":"7"}}"#)));
    let call = DomainshareList {
        domain: Some(example()),
        ..DomainshareList::default()
    };
    assert!(client.call(&call).await.unwrap().share.is_empty());
    let raw = client
        .invoke(DomainshareList::OPERATION, &call.arguments())
        .await;
    assert_eq!(raw, Ok(serde_json::json!({"share": []})));
}

#[tokio::test]
async fn a_raw_answer_is_the_payload_and_the_version_stands_in_it() {
    let body = r#"{"status":{"code":"1","message":"4.6"}}"#;
    let version = |client: Client<Canned>| async move {
        let raw = client
            .invoke(InfoVersion::OPERATION, &Arguments::default())
            .await;
        (raw, client.call(&InfoVersion {}).await.map(|it| it.version))
    };
    let (raw, typed) = version(canned(login(), Ok(page(body)))).await;
    assert_eq!(raw, Ok(serde_json::json!({"version": "4.6"})));
    assert_eq!(typed, Ok(Some("4.6".to_owned())));
    let body = r#"{"status":{"code":"1"},"types":["A","Framed URL"]}"#;
    let client = canned(login(), Ok(page(body)));
    let call = record::RecordType {
        domain_grade: "DP_Free".into(),
    };
    let raw = client
        .invoke(record::RecordType::OPERATION, &call.arguments())
        .await;
    assert_eq!(raw, Ok(serde_json::json!({"types": ["A", "Framed URL"]})));
}

#[tokio::test]
async fn a_failure_says_what_the_code_means_for_that_call() {
    for (call, told) in [
        (
            6,
            "Record.List of example.com: not found (6: the account has no such domain)",
        ),
        (
            10003,
            "DNSPod refuses the token (10003: the token does not exist)",
        ),
    ] {
        let body = format!(r#"{{"status":{{"code":"{call}"}}}}"#);
        assert_eq!(listed(200, &body).await.unwrap_err().message, told);
    }
    let call = domain::DomainCreate {
        domain: "example.com".into(),
        ..domain::DomainCreate::default()
    };
    let client = canned(
        login(),
        Ok(page(r#"{"status":{"code":"6","message":"no"}}"#)),
    );
    assert_eq!(
        client.call(&call).await.unwrap_err().message,
        "Domain.Create of example.com: DNSPod refuses it (6: the domain is not valid, “no”)"
    );
}

#[tokio::test]
async fn a_login_without_a_proper_answer_is_no_reason_to_leave_the_account_alone() {
    let call = Auth {
        login_email: "a@b.com".into(),
        login_password: Some(Secret::new("hunter22")),
        ..Auth::default()
    };
    let answer = |status| Response {
        status,
        ..page("<html>")
    };
    for answer in [
        Ok(answer(401)),
        Ok(answer(403)),
        Ok(answer(502)),
        Ok(answer(200)),
        Ok(page(r#"{"status":{"code":"1"}}"#)),
        Err(lost(Delivery::Unknown)),
    ] {
        let failure = international(answer).call(&call).await.unwrap_err();
        assert_eq!(failure.scope, Scope::Host, "{failure}");
        assert!(!failure.message.contains("refuses the token"), "{failure}");
    }
    let failure = international(Ok(answer(401))).call(&call).await;
    assert_eq!(
        failure.unwrap_err().message,
        "DNSPod refuses the e-mail address or password (HTTP 401)"
    );
}
