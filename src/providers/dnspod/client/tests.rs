use std::{borrow::Cow, cell::RefCell, time::Duration};

use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string, header, method, path},
};

use super::*;
use crate::{
    core::{error::Scope, secret::Secret},
    http::{FormValue, Response, client, tls},
    providers::dnspod::{
        api::record::{RecordList, RecordRemove},
        user_agent,
    },
};

mod answers;
mod arguments;
mod pages;

const TOKEN: &str = "13490,6b5976c68aba5b14a0558b77c17c3932";

fn login() -> Credential {
    Credential::LoginToken(Secret::new(TOKEN))
}

fn example() -> String {
    "example.com".into()
}

fn list() -> RecordList {
    RecordList {
        domain: Some(example()),
        offset: Some(0),
        length: Some(500),
        ..RecordList::default()
    }
}

fn remove() -> RecordRemove {
    RecordRemove {
        domain: Some(example()),
        record_id: "16894439".into(),
        ..RecordRemove::default()
    }
}

fn credential_field(credential: &Credential, name: &'static str) -> (Cow<'static, str>, FormValue) {
    let (Credential::LoginToken(token) | Credential::UserToken(token)) = credential;
    (name.into(), token.clone().into())
}

/// Gives one answer to everything and keeps the last request.
struct Canned {
    answer: Result<Response, SendError>,
    seen: RefCell<Option<Request>>,
}

impl Transport for Canned {
    async fn send(&self, request: &Request) -> Result<Response, SendError> {
        self.seen.replace(Some(request.clone()));
        self.answer.clone()
    }
}

fn canned(credential: Credential, answer: Result<Response, SendError>) -> Client<Canned> {
    let seen = RefCell::new(None);
    Client::new(Canned { answer, seen }, Site::China, credential)
}

/// The same on the international site.
fn international(answer: Result<Response, SendError>) -> Client<Canned> {
    let seen = RefCell::new(None);
    Client::new(Canned { answer, seen }, Site::International, login())
}

fn page(body: &str) -> Response {
    Response {
        status: 200,
        retry_after: None,
        location: None,
        body: body.as_bytes().to_vec(),
    }
}

fn lost(sent: Delivery) -> SendError {
    let what = "no complete answer within 10 s".to_owned();
    SendError { sent, what }
}

#[tokio::test]
async fn every_call_says_who_asks_and_that_the_answer_shall_be_json_in_english() {
    for (credential, field) in [
        (login(), "login_token"),
        (
            Credential::UserToken(Secret::new("730060,e1a8a$f14d")),
            "user_token",
        ),
    ] {
        let client = canned(
            credential.clone(),
            Ok(page(r#"{"status":{"code":"1"},"records":[]}"#)),
        );
        client.call(&list()).await.unwrap();
        let request = client.transport().seen.take().unwrap();
        let expected = vec![
            credential_field(&credential, field),
            ("format".into(), "json".into()),
            ("lang".into(), "en".into()),
            ("error_on_empty".into(), "no".into()),
            ("domain".into(), "example.com".into()),
            ("offset".into(), "0".into()),
            ("length".into(), "500".into()),
        ];
        assert_eq!(request.body, RequestBody::Form(expected));
        let shown = format!("{request:?}");
        assert!(
            !shown.contains("6b5976") && !shown.contains("e1a8a"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn an_error_that_quotes_the_answer_does_not_quote_the_token_in_it() {
    for body in [
        format!("a proxy in the way says: login_token={TOKEN}"),
        format!(
            r#"{{"status":{{"code":"777","message":"what is {}?"}}}}"#,
            &TOKEN[6..]
        ),
    ] {
        let failure = canned(login(), Ok(page(&body)))
            .call(&list())
            .await
            .unwrap_err();
        assert_eq!(failure.class, ErrorClass::ProtocolViolation);
        assert!(!failure.message.contains("6b5976"), "{}", failure.message);
        assert!(failure.message.contains('…'), "{}", failure.message);
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_a_write_unconfirmed_and_a_read_to_be_repeated() {
    let write = |sent| async move { canned(login(), Err(lost(sent))).call(&remove()).await };
    let read = |sent| async move { canned(login(), Err(lost(sent))).call(&list()).await };
    let maybe = write(Delivery::Unknown).await.unwrap_err();
    assert_eq!(maybe.class, ErrorClass::Unconfirmed);
    assert_eq!(maybe.scope, Scope::Account);
    assert_eq!(
        maybe.message,
        "Record.Remove of record 16894439 in example.com: no complete answer within 10 s; whether \
         it took effect is not known"
    );
    for failure in [
        write(Delivery::NotSent).await.unwrap_err(),
        read(Delivery::Unknown).await.unwrap_err(),
        read(Delivery::NotSent).await.unwrap_err(),
    ] {
        assert_eq!(failure.class, ErrorClass::Transient);
        assert_eq!(failure.scope, Scope::Account);
    }
}

/// The client as the program has it, speaking HTTP with a server on loopback.
fn real(base: impl Into<String>) -> Client<client::HttpClient> {
    let options = client::ClientOptions {
        base: base.into(),
        timeout: Duration::from_secs(5),
        cap: 1 << 20,
        user_agent: user_agent("me@example.com"),
        family: None,
        interface: None,
        proxy: None,
    };
    let transport = client::HttpClient::new(tls::config().unwrap(), options);
    Client::new(transport, Site::China, login())
}

#[tokio::test]
async fn json_that_calls_itself_html_is_read_and_the_user_agent_has_the_prescribed_form() {
    let server = MockServer::start().await;
    let agent = format!("moored/{} (me@example.com)", env!("CARGO_PKG_VERSION"));
    Mock::given(method("POST"))
        .and(path("/Record.List"))
        .and(header("User-Agent", agent.as_str()))
        .and(header("Content-Type", "application/x-www-form-urlencoded"))
        .and(body_string(
            "login_token=13490%2C6b5976c68aba5b14a0558b77c17c3932&format=json&lang=en\
             &error_on_empty=no&domain=example.com&offset=0&length=500",
        ))
        .respond_with(ResponseTemplate::new(200).set_body_raw(
            r#"{"status":{"code":"1","message":"\u64cd\u4f5c\u6210\u529f"},
                "info":{"record_total":"1"},
                "records":[{"id":"1","name":"@","line":"\u9ed8\u8ba4","type":"A"}]}"#,
            "text/html;charset=UTF-8",
        ))
        .expect(1)
        .mount(&server)
        .await;
    let listed = real(server.uri()).call(&list()).await.unwrap();
    let record = listed.records.first().unwrap();
    assert_eq!(record.line.as_deref(), Some("默认"));
}

#[tokio::test]
async fn the_web_servers_401_page_means_that_the_token_is_refused() {
    let server = MockServer::start().await;
    let page = "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n\
                <hr><center>nginx</center>\r\n</body>\r\n</html>";
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(401).set_body_raw(page, "text/html"))
        .expect(1)
        .mount(&server)
        .await;
    let failure = real(server.uri()).call(&remove()).await.unwrap_err();
    assert_eq!(failure.class, ErrorClass::Unauthorized);
    assert_eq!(failure.scope, Scope::Account);
    assert_eq!(failure.message, "DNSPod refuses the token (HTTP 401)");
}

#[tokio::test]
async fn a_busy_servers_wish_to_wait_is_passed_on() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(429).insert_header("Retry-After", "120"))
        .mount(&server)
        .await;
    let failure = real(server.uri()).call(&list()).await.unwrap_err();
    let retry_after = Some(Duration::from_mins(2));
    assert_eq!(failure.class, ErrorClass::RateLimited { retry_after });
}

#[tokio::test]
async fn a_server_that_is_not_there_has_not_received_a_write() {
    // Nothing listens on port 1.
    let failure = real("http://127.0.0.1:1").call(&remove()).await;
    assert_eq!(failure.unwrap_err().class, ErrorClass::Transient);
}
