use std::time::Duration;

use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, basic_auth, body_json, body_string, header, method, path, query_param},
};

use super::*;
use crate::{
    core::{dns::record::Attributes, error::ErrorClass, secret::Secret},
    http::{
        client::{ClientOptions, HttpClient as Http},
        tls,
    },
    providers::domeneshop::MAX_ANSWER_BYTES,
};

fn options(base: &str) -> ClientOptions {
    ClientOptions {
        base: base.to_owned(),
        timeout: Duration::from_secs(10),
        cap: MAX_ANSWER_BYTES,
        user_agent: "moored-test".into(),
        family: None,
        interface: None,
        proxy: None,
    }
}

fn over_http(base: &str, settings: &Settings) -> DomeneshopAccount<Http> {
    let http = Http::new(tls::config().unwrap(), options(base));
    DomeneshopAccount::new(http, settings)
}

async fn answering(response: ResponseTemplate) -> (MockServer, DomeneshopAccount<Http>) {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(response)
        .mount(&server)
        .await;
    let account = over_http(&server.uri(), &settings());
    (server, account)
}

#[tokio::test]
async fn a_list_and_a_push_reach_the_service_as_it_documents_them() {
    let server = MockServer::start().await;
    let authenticated = || Mock::given(basic_auth("token-x7", "secret-x7"));
    authenticated()
        .and(method("GET"))
        .and(path("/v0/domains"))
        .respond_with(
            ResponseTemplate::new(200).set_body_string(r#"[{"id":1,"domain":"example.com"}]"#),
        )
        .expect(1)
        .mount(&server)
        .await;
    authenticated()
        .and(method("GET"))
        .and(path("/v0/domains/1/dns"))
        .respond_with(
            ResponseTemplate::new(200).set_body_string(
                r#"[{"id":9,"host":"nas","ttl":3600,"type":"A","data":"192.0.2.1"}]"#,
            ),
        )
        .expect(1)
        .mount(&server)
        .await;
    authenticated()
        .and(method("GET"))
        .and(path("/v0/dyndns/update"))
        .and(query_param("hostname", "nas.example.com,www.example.com"))
        .and(query_param("myip", "192.0.2.2,2001:db8::2"))
        .and(body_string(""))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&server)
        .await;
    let account = over_http(&format!("{}/v0", server.uri()), &settings());
    let listing = account
        .list(&names(&["nas.example.com"]), &[])
        .await
        .unwrap();
    assert_eq!(listing.records.len(), 1);
    let mut changes = Vec::new();
    for host in ["nas.example.com", "www.example.com"] {
        for addr in ["192.0.2.2", "2001:db8::2"] {
            changes.push(pushed(host, addr));
        }
    }
    assert_eq!(account.apply(&safe(changes)).await, vec![Ok(()); 4]);
}

#[tokio::test]
async fn records_are_written_as_json_and_deleted_without_a_body() {
    let server = MockServer::start().await;
    let body = |host: &str, data: &str| serde_json::json!({"host": host, "ttl": 600, "type": "A", "data": data});
    Mock::given(method("PUT"))
        .and(path("/domains/1/dns/7"))
        .and(header("content-type", "application/json"))
        .and(body_json(body("nas", "192.0.2.2")))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/domains/1/dns"))
        .and(header("content-type", "application/json"))
        .and(body_json(body("nas", "192.0.2.3")))
        .respond_with(ResponseTemplate::new(201).insert_header("location", "/v0/domains/1/dns/10"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("DELETE"))
        .and(path("/domains/1/dns/8"))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&server)
        .await;
    let account = over_http(&server.uri(), &settings());
    let record = |id: &str| crate::core::dns::record::Record {
        id: id.into(),
        host: name("nas.example.com"),
        addr: "192.0.2.1".parse().unwrap(),
        ttl: Some(600),
        attributes: Attributes::new(),
    };
    let steps = vec![
        Step::Modify {
            record: record("7"),
            addr: admitted("192.0.2.2"),
            ttl: None,
        },
        Step::Create {
            addr: admitted("192.0.2.3"),
            ttl: Some(600),
        },
        Step::Delete {
            record: record("8"),
        },
    ];
    let change = stepwise(
        "nas.example.com",
        "192.0.2.2",
        zone("1", "example.com"),
        steps,
    );
    assert_eq!(account.apply(&safe(vec![change])).await, [Ok(())]);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_credentials_go_nowhere_else() {
    let elsewhere = MockServer::start().await;
    let location = format!("{}/login", elsewhere.uri());
    let redirect = ResponseTemplate::new(302).insert_header("location", location.as_str());
    let (_server, account) = answering(redirect).await;
    let results = account
        .apply(&safe(vec![pushed("a.example.com", "192.0.2.1")]))
        .await;
    let failure = results[0].as_ref().unwrap_err();
    assert_eq!(failure.class, ErrorClass::ProtocolViolation);
    assert!(failure.message.contains(&location), "{failure}");
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn retry_after_is_read_from_the_answer() {
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "90");
    let (_server, account) = answering(busy).await;
    let failure = account
        .list(&names(&["a.example.com"]), &[])
        .await
        .unwrap_err();
    let retry_after = Some(Duration::from_secs(90));
    assert_eq!(failure.class, ErrorClass::RateLimited { retry_after });
}

#[tokio::test]
async fn a_service_that_is_not_there_is_transient_even_for_a_write() {
    // Bound and not listening: it refuses connections, and nobody else gets the port meanwhile.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let closed = format!("http://{}", socket.local_addr().unwrap());
    let account = over_http(&closed, &settings());
    let results = account
        .apply(&safe(vec![pushed("a.example.com", "192.0.2.1")]))
        .await;
    let failure = results[0].as_ref().unwrap_err();
    assert_eq!(failure.class, ErrorClass::Transient, "{failure}");
}

#[tokio::test]
async fn what_we_sent_is_not_shown_even_if_the_answer_repeats_it() {
    // base64("token-x7:secret-x7")
    let header = "dG9rZW4teDc6c2VjcmV0LXg3";
    for status in [200, 400, 401, 403, 404, 500, 302] {
        for body in [
            format!("<pre>GET / HTTP/1.1\nAuthorization: Basic {header}\nHost: a</pre>"),
            format!(r#"{{"code":"token-x7","help":"secret-x7 of Basic {header}"}}"#),
        ] {
            let echo = ResponseTemplate::new(status)
                .insert_header("location", "https://a.example/?secret-x7")
                .set_body_string(body);
            let (_server, account) = answering(echo).await;
            let change = pushed("a.example.com", "192.0.2.1");
            let failures = [
                account
                    .list(&names(&["a.example.com"]), &[])
                    .await
                    .unwrap_err(),
                account
                    .apply(&safe(vec![change]))
                    .await
                    .remove(0)
                    .unwrap_err(),
            ];
            for failure in failures {
                let shown = format!("{failure} {failure:?}");
                assert!(!shown.contains("-x7") && !shown.contains(header), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn quotation_marks_around_a_refused_token_are_pointed_out() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(
            ResponseTemplate::new(401).set_body_string(r#"{"code":"authentication:failed"}"#),
        )
        .mount(&server)
        .await;
    for (token, hint) in [
        ("\"token-x7\"", true),
        ("token-x7 ", true),
        ("token-x7", false),
    ] {
        let settings = Settings {
            token: Secret::new(token),
            ..settings()
        };
        let account = over_http(&server.uri(), &settings);
        let failure = account
            .list(&names(&["a.example.com"]), &[])
            .await
            .unwrap_err();
        assert_eq!(failure.class, ErrorClass::Unauthorized);
        assert_eq!(
            failure.message.contains("quotation mark"),
            hint,
            "{failure}"
        );
    }
}
