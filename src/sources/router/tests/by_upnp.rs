use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string_contains, header, method, path},
};

use super::*;

const SERVICE: &str = "urn:schemas-upnp-org:service:";

fn description(kinds: &[(&str, &str)]) -> ResponseTemplate {
    let service = |(kind, control): &(&str, &str)| {
        format!(
            "<service><serviceType>{SERVICE}{kind}</serviceType>\
             <controlURL>{control}</controlURL></service>"
        )
    };
    let services: String = kinds.iter().map(service).collect();
    ResponseTemplate::new(200).set_body_string(format!(
        "<root><device><serviceList>{services}</serviceList></device></root>"
    ))
}

fn answered(addr: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string(format!(
        "<e><NewExternalIPAddress>{addr}</NewExternalIPAddress></e>"
    ))
}

/// The router's web server, with one connection.
async fn web(description: ResponseTemplate, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let read = Mock::given(method("GET")).and(path("/igd.xml"));
    read.respond_with(description).mount(&server).await;
    let call = Mock::given(method("POST"))
        .and(path("/ctl"))
        .and(header("content-type", "text/xml; charset=\"utf-8\""))
        .and(header(
            "soapaction",
            "\"urn:schemas-upnp-org:service:WANIPConnection:1#GetExternalIPAddress\"",
        ))
        .and(body_string_contains("<u:GetExternalIPAddress "));
    call.respond_with(answer).mount(&server).await;
    server
}

#[tokio::test]
async fn a_base_where_nothing_listens_costs_the_address_nothing() {
    let fake = FakeRouter::start().await;
    // Nothing listens at that port.
    let text = format!(
        "<root><URLBase>http://127.0.0.1:9/</URLBase><device><serviceList><service>\
         <serviceType>{SERVICE}WANIPConnection:1</serviceType><controlURL>/ctl</controlURL>\
         </service></serviceList></device></root>"
    );
    let text = ResponseTemplate::new(200).set_body_string(text);
    let server = web(text, answered("84.212.10.20")).await;
    let location = format!("{}/igd.xml", server.uri());
    let addr = tokio::select! {
        addr = fake.ask(LONG) => addr,
        () = fake.answer_searches(&location) => unreachable!(),
    };
    assert_eq!(addr, Ok(OURS.into()));
}

#[tokio::test]
async fn a_router_that_speaks_upnp_only_is_found_well_within_the_time() {
    let fake = FakeRouter::start().await;
    let server = web(
        description(&[("WANIPConnection:1", "/ctl")]),
        answered("84.212.10.20"),
    )
    .await;
    let location = format!("{}/igd.xml", server.uri());
    let begun = Instant::now();
    let addr = tokio::select! {
        addr = fake.ask(LONG) => addr,
        () = fake.answer_searches(&location) => unreachable!(),
    };
    assert_eq!(addr, Ok(OURS.into()));
    assert!(begun.elapsed() < ROUTER_TIMEOUT, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn the_connection_that_is_in_use_is_the_one_that_counts() {
    let fake = FakeRouter::start().await;
    let both = [
        ("WANPPPConnection:1", "/ppp"),
        ("WANIPConnection:1", "/ctl"),
    ];
    let server = web(description(&both), answered("84.212.10.20")).await;
    let ppp = Mock::given(method("POST")).and(path("/ppp"));
    ppp.respond_with(answered("0.0.0.0")).mount(&server).await;
    let location = format!("{}/igd.xml", server.uri());
    let addr = tokio::select! {
        addr = fake.ask(Duration::from_secs(5)) => addr,
        () = fake.answer_searches(&location) => unreachable!(),
    };
    assert_eq!(addr, Ok(OURS.into()));
}

#[tokio::test]
async fn what_goes_wrong_by_upnp_is_said_in_words() {
    let connection = || description(&[("WANIPConnection:1", "/ctl")]);
    let fault = "<e><UPnPError><errorCode>501</errorCode></UPnPError></e>";
    let fault = ResponseTemplate::new(500).set_body_string(fault);
    let elsewhere = ResponseTemplate::new(302).insert_header("Location", "http://127.0.0.1/x");
    let long = ResponseTemplate::new(200).set_body_string(" ".repeat(1 << 20));
    let status = |status| ResponseTemplate::new(status);
    let cases = [
        (connection(), fault, "UPnP: it answers with error 501"),
        (
            connection(),
            status(401),
            "UPnP: it answers with status 401 without a body",
        ),
        (
            connection(),
            answered(""),
            "UPnP: it gives no external address",
        ),
        (
            description(&[]),
            answered(""),
            "UPnP: it describes no connection",
        ),
        (elsewhere, answered(""), "UPnP: it answers with status 302"),
        (
            status(500),
            answered(""),
            "UPnP: it answers with status 500",
        ),
        (
            long,
            answered(""),
            "UPnP: the answer is longer than 65536 bytes",
        ),
    ];
    let cases = cases.map(|(description, answer, what)| async move {
        let fake = FakeRouter::start().await;
        let server = web(description, answer).await;
        let location = format!("{}/igd.xml", server.uri());
        let error = tokio::select! {
            addr = fake.ask(LONG) => addr.unwrap_err(),
            () = fake.answer_searches(&location) => unreachable!(),
            () = fake.refuse(2) => unreachable!(),
        };
        assert!(
            error.starts_with("PCP: it speaks NAT-PMP only; NAT-PMP: it is not"),
            "{error}"
        );
        assert!(error.contains(what), "{error}");
    });
    // Each waits for further answers to its search.
    futures_util::future::join_all(cases).await;
}

#[tokio::test]
async fn a_web_server_that_never_ends_is_not_waited_for_longer_than_the_time() {
    let fake = FakeRouter::start().await;
    let slow = description(&[]).set_delay(LONG);
    let server = web(slow, answered("")).await;
    let location = format!("{}/igd.xml", server.uri());
    let begun = Instant::now();
    let error = tokio::select! {
        addr = fake.ask(Duration::from_millis(500)) => addr.unwrap_err(),
        () = fake.answer_searches(&location) => unreachable!(),
    };
    assert!(error.contains("UPnP: no complete answer within"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}
