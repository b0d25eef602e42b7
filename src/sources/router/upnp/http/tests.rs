use super::*;
use crate::{
    core::address::family::Family,
    sources::router::upnp::fake::{FakePage, FakeWebServer, given, page, text},
};

const LONG: Duration = Duration::from_secs(10);

fn way(limit: Duration) -> SocketBinder {
    SocketBinder::new(Family::V4.into(), limit)
}

async fn got(answer: FakePage, limit: Duration) -> Result<(u16, String), String> {
    let web = FakeWebServer::start([("/d.xml?a=b", answer)]).await;
    let url = web.url("/d.xml?a=b");
    let response = get(&way(limit), Ipv4Addr::LOCALHOST, &url, "moored/test").await?;
    Ok((response.status, String::from_utf8(response.body).unwrap()))
}

#[tokio::test]
async fn a_call_is_spelled_as_routers_demand_it() {
    let web = FakeWebServer::start([("/ctl", given("84.212.10.20"))]).await;
    let kind = "urn:schemas-upnp-org:service:WANIPConnection:1";
    let control = web.url("/ctl");
    let response = call(
        &way(LONG),
        Ipv4Addr::LOCALHOST,
        kind,
        &control,
        "moored/test",
    )
    .await
    .unwrap();
    assert_eq!(response.status, 200);
    let request = web.requests().remove(0);
    let host = web.url("/ctl").authority().to_owned();
    let envelope = soap::call(kind);
    for part in [
        "POST /ctl HTTP/1.1\r\n",
        "\r\nSOAPAction: \"urn:schemas-upnp-org:service:WANIPConnection:1#GetExternalIPAddress\"\r\n",
        "\r\nContent-Type: text/xml; charset=\"utf-8\"\r\n",
        "\r\nUser-Agent: moored/test\r\n",
        "\r\nConnection: close\r\n",
        &format!("\r\nHost: {host}\r\n"),
        &format!("\r\nContent-Length: {}\r\n", envelope.len()),
        &format!("\r\n\r\n{envelope}"),
    ] {
        assert!(request.contains(part), "{part}: {request}");
    }
    assert_eq!(request.to_lowercase().matches("soapaction").count(), 1);
}

#[tokio::test]
async fn a_page_is_asked_for_with_its_query() {
    let web = FakeWebServer::start([("/d.xml?a=b", page(200, "x"))]).await;
    let url = web.url("/d.xml?a=b");
    let response = get(&way(LONG), Ipv4Addr::LOCALHOST, &url, "moored/test").await;
    assert_eq!(response.unwrap().body, b"x");
    assert!(web.requests()[0].starts_with("GET /d.xml?a=b HTTP/1.1\r\n"));
}

#[tokio::test]
async fn an_answer_ends_as_its_head_says() {
    for (what, answer) in [
        (
            "length",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<a/>\nmore",
        ),
        ("end", "HTTP/1.1 200 OK\r\n\r\n<a/>\n"),
        (
            "end, old version",
            "HTTP/1.0 200 OK\r\nServer: x\r\n\r\n<a/>\n",
        ),
        (
            "chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n<a\r\n3\r\n/>\n\r\n0\r\nX: y\r\n\r\n",
        ),
        (
            "after another",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<a/>\n",
        ),
    ] {
        let got = got(FakePage::Bytes(answer.to_owned()), LONG).await;
        assert_eq!(got, Ok((200, "<a/>\n".to_owned())), "{what}");
    }
}

#[tokio::test]
async fn a_careless_head_is_read_all_the_same() {
    for (what, head) in [
        ("bare newlines", "HTTP/1.1 200 OK\nContent-Length: 4"),
        ("no reason", "HTTP/1.1 200\r\nContent-Length: 4"),
        (
            "a space before the colon",
            "HTTP/1.1 200 OK\r\nContent-Length : 4\r\nServer : x",
        ),
        (
            "a folded header",
            "HTTP/1.1 200 OK\r\nServer: a,\r\n b\r\n\tc\r\nContent-Length: 4",
        ),
        (
            "a folded length",
            "HTTP/1.1 200 OK\r\nContent-Length:\r\n 4",
        ),
        (
            "a repeated header",
            "HTTP/1.1 200 OK\r\nServer: x\r\nServer: y\r\nContent-Length: 4",
        ),
        (
            "a repeated length",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4",
        ),
        (
            "a line that is no header",
            "HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 4",
        ),
        (
            "an empty header",
            "HTTP/1.1 200 OK\r\nServer:\r\nEXT:\r\nContent-Length: 4",
        ),
    ] {
        let ends = if head.contains('\r') {
            "\r\n\r\n"
        } else {
            "\n\n"
        };
        let got = got(FakePage::Bytes(format!("{head}{ends}<a/>")), LONG).await;
        assert_eq!(got, Ok((200, "<a/>".to_owned())), "{what}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_answer_is_named() {
    let long = " ".repeat(MAX_DOCUMENT_BYTES + 1);
    let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(2 * MAX_HEAD_LENGTH));
    for (answer, what) in [
        ("", "it ended the connection before its answer was complete"),
        (
            "HTTP/1.1 500 Error\r\nServer: x\r\n",
            "it ended the connection before",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a/>",
            "it ended the connection before",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<a/>",
            "it ended the connection before",
        ),
        ("<a/>\r\n\r\n", "its answer is not valid HTTP: "),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n<a/>\n",
            "its answer is not valid HTTP: ",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: four\r\n\r\n<a/>",
            "its answer is not valid HTTP: ",
        ),
        (&endless, "its answer is not valid HTTP: "),
        (&text(200, &long), "the answer is longer than 65536 bytes"),
        (
            &format!("HTTP/1.1 200 OK\r\n\r\n{long}"),
            "the answer is longer than 65536 bytes",
        ),
    ] {
        let error = got(FakePage::Bytes(answer.to_owned()), LONG)
            .await
            .unwrap_err();
        assert!(error.starts_with(what), "{error}: {answer:.60}");
        assert!(error.len() < 200 && !error.contains("<a/>"), "{error}");
    }
}

#[tokio::test]
async fn silence_ends_with_the_time() {
    let began = Instant::now();
    let error = got(FakePage::Silence, Duration::from_millis(200))
        .await
        .unwrap_err();
    assert_eq!(error, "no complete answer within 0.2 s");
    assert!(began.elapsed() < LONG / 2);
}
