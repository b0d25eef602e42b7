pub(super) mod captures;

use std::net::SocketAddr;

use futures_util::future::join_all;
use tokio::net::UdpSocket;

use super::description::MAX_CONNECTIONS;
use super::{
    fake::{FakePage, FakeWebServer, described, given, page},
    *,
};
use crate::core::{address::family::Family, foreign_text::hostile};

const LONG: Duration = Duration::from_secs(10);
const OURS: Ipv4Addr = Ipv4Addr::new(84, 212, 10, 20);

/// The answer of a router on loopback to whoever searches at the group's address, and to one that asks it
/// alone. What it does not answer it receives all the same.
struct Listeners {
    multicast: UdpSocket,
    unicast: UdpSocket,
}

impl Listeners {
    async fn start() -> Self {
        Self {
            multicast: UdpSocket::bind("127.0.0.1:0").await.unwrap(),
            unicast: UdpSocket::bind("127.0.0.1:0").await.unwrap(),
        }
    }

    fn recipients(&self) -> Recipients {
        Recipients {
            multicast: self.multicast.local_addr().unwrap(),
            unicast: self.unicast.local_addr().unwrap(),
        }
    }
}

/// Answers the first search that a socket receives with each place, and no other.
async fn answer(socket: &UdpSocket, locations: &[Url]) -> std::convert::Infallible {
    let mut room = [0; 2048];
    let (length, client) = socket.recv_from(&mut room).await.unwrap();
    let search = std::str::from_utf8(&room[..length]).unwrap();
    let target = search.split("\r\nST: ").nth(1).unwrap().trim();
    for location in locations {
        let answer = format!("HTTP/1.1 200 OK\r\nST: {target}\r\nLOCATION: {location}\r\n\r\n");
        socket.send_to(answer.as_bytes(), client).await.unwrap();
    }
    std::future::pending().await
}

async fn asked(recipients: Recipients, limit: Duration) -> Result<Ipv4Addr, String> {
    let acceptance = PublishPolicy::default();
    let upnp = Upnp {
        router: Ipv4Addr::LOCALHOST,
        own: Ipv4Addr::LOCALHOST,
        recipients,
        user_agent: "moored/test",
        acceptance: &acceptance,
    };
    let way = SocketBinder::new(Family::V4.into(), limit);
    let found = way.no_later_than(Instant::now() + ROUTER_TIMEOUT);
    let answer = upnp.ask(&found, &way).await;
    answer.map_err(|failure| failure.what)
}

/// What a router says whose description is at each of these paths, the search for it being answered.
async fn said(web: &FakeWebServer, paths: &[&str], limit: Duration) -> Result<Ipv4Addr, String> {
    let listeners = Listeners::start().await;
    let locations: Vec<_> = paths.iter().map(|path| web.url(path)).collect();
    tokio::select! {
        answer = asked(listeners.recipients(), limit) => answer,
        _ = answer(&listeners.multicast, &locations) => unreachable!(),
    }
}

/// A server with one description and connections that answer so, and what the router says then.
async fn connections(
    answers: &[(&'static str, FakePage)],
    limit: Duration,
) -> (FakeWebServer, Result<Ipv4Addr, String>) {
    let paths: Vec<_> = answers.iter().map(|(path, _)| *path).collect();
    let description = [("/igd.xml", described(&paths))];
    let web = FakeWebServer::start(description.into_iter().chain(answers.iter().cloned())).await;
    let answer = said(&web, &["/igd.xml"], limit).await;
    (web, answer)
}

#[tokio::test]
async fn a_router_whose_answers_to_the_group_are_dropped_is_found_by_asking_it_alone() {
    let web = FakeWebServer::start([
        ("/igd.xml", described(&["/c"])),
        ("/c", given("84.212.10.20")),
    ])
    .await;
    let listeners = Listeners::start().await;
    let locations = [web.url("/igd.xml")];
    let addr = tokio::select! {
        addr = asked(listeners.recipients(), LONG) => addr,
        _ = answer(&listeners.unicast, &locations) => unreachable!(),
    };
    assert_eq!(addr, Ok(OURS));
    // Both were asked, each by its own address.
    for socket in [&listeners.multicast, &listeners.unicast] {
        let mut room = [0; 2048];
        let length = socket.try_recv(&mut room).unwrap();
        let host = format!("\r\nHOST: {}\r\n", socket.local_addr().unwrap());
        assert!(String::from_utf8_lossy(&room[..length]).contains(&host));
    }
}

#[tokio::test]
async fn a_group_that_cannot_be_reached_does_not_keep_the_router_from_being_asked() {
    let web = FakeWebServer::start([
        ("/igd.xml", described(&["/c"])),
        ("/c", given("84.212.10.20")),
    ])
    .await;
    let listeners = Listeners::start().await;
    let recipients = Recipients {
        // To send there takes a switch that is not set: the kernel refuses.
        multicast: SocketAddr::from(([255, 255, 255, 255], 9)),
        ..listeners.recipients()
    };
    let locations = [web.url("/igd.xml")];
    let addr = tokio::select! {
        addr = asked(recipients, LONG) => addr,
        _ = answer(&listeners.unicast, &locations) => unreachable!(),
    };
    assert_eq!(addr, Ok(OURS));
    let neither = Recipients {
        unicast: recipients.multicast,
        ..recipients
    };
    let error = asked(neither, LONG).await.unwrap_err();
    assert!(error.contains("ermission denied"), "{error}");
}

#[tokio::test]
async fn where_nothing_answers_the_firewall_is_named_as_a_possible_cause() {
    let listeners = Listeners::start().await;
    let limit = Duration::from_millis(200);
    let error = asked(listeners.recipients(), limit).await.unwrap_err();
    assert!(error.starts_with("no answer in time"), "{error}");
    assert!(error.contains("a firewall on this host"), "{error}");
}

#[tokio::test]
async fn every_place_of_a_description_is_tried() {
    let good = [
        ("/gone.xml", page(404, "")),
        ("/wfa.xml", page(200, "<root><device/></root>")),
        ("/damaged.xml", page(200, "<root>")),
        ("/silent.xml", FakePage::Silence),
        ("/idle.xml", described(&["/idle"])),
        ("/idle", given("0.0.0.0")),
        ("/igd.xml", described(&["/c"])),
        ("/c", given("84.212.10.20")),
    ];
    let web = FakeWebServer::start(good).await;
    for bad in [
        "/gone.xml",
        "/wfa.xml",
        "/damaged.xml",
        "/silent.xml",
        "/idle.xml",
    ] {
        let began = Instant::now();
        assert_eq!(
            said(&web, &[bad, "/igd.xml"], LONG).await,
            Ok(OURS),
            "{bad}"
        );
        assert!(began.elapsed() < LONG / 2, "{bad}");
    }
    let all = [
        "/gone.xml",
        "/wfa.xml",
        "/damaged.xml",
        "/silent.xml",
        "/idle.xml",
        "/igd.xml",
    ];
    assert_eq!(said(&web, &all, LONG).await, Ok(OURS));
    // The first reason is told where there is no other.
    let error = said(&web, &["/gone.xml", "/wfa.xml"], LONG)
        .await
        .unwrap_err();
    assert_eq!(error, "it answers with status 404");
}

#[tokio::test]
async fn a_silent_connection_does_not_take_the_time_of_the_others() {
    let limit = Duration::from_secs(4);
    for silent in [1, 4] {
        let mut answers = vec![
            ("/s0", FakePage::Silence),
            ("/s1", FakePage::Silence),
            ("/s2", FakePage::Silence),
            ("/s3", FakePage::Silence),
        ];
        answers.truncate(silent);
        answers.push(("/c", given("84.212.10.20")));
        let began = Instant::now();
        let (_, addr) = connections(&answers, limit).await;
        assert_eq!(addr, Ok(OURS), "{silent}");
        assert!(began.elapsed() < limit * 3 / 4, "{:?}", began.elapsed());
    }
    // And does not keep a private address from being told.
    let began = Instant::now();
    let answers = [("/s0", FakePage::Silence), ("/c", given("10.0.0.2"))];
    let (_, addr) = connections(&answers, limit).await;
    assert_eq!(addr, Ok(Ipv4Addr::new(10, 0, 0, 2)));
    assert!(began.elapsed() < limit, "{:?}", began.elapsed());
}

#[tokio::test]
async fn an_address_of_an_earlier_connection_gives_way_to_a_public_one() {
    for earlier in [
        "10.0.0.2",
        "192.168.1.2",
        "100.64.0.2",
        "169.254.1.1",
        "0.0.0.0",
        "",
        "x",
    ] {
        let answers = [("/a", given(earlier)), ("/c", given("84.212.10.20"))];
        let (_, addr) = connections(&answers, LONG).await;
        assert_eq!(addr, Ok(OURS), "{earlier}");
    }
    // The first public one needs no other.
    let answers = [("/c", given("84.212.10.20")), ("/d", given("84.212.10.21"))];
    let (web, addr) = connections(&answers, LONG).await;
    assert_eq!((addr, web.called()), (Ok(OURS), vec!["/c".to_owned()]));
}

#[tokio::test]
async fn a_description_of_another_line_gives_way_to_one_with_a_public_address() {
    let pages = [
        ("/a.xml", described(&["/a"])),
        ("/a", given("10.0.0.2")),
        ("/b.xml", described(&["/b"])),
        ("/b", given("84.212.10.20")),
    ];
    let web = FakeWebServer::start(pages).await;
    assert_eq!(said(&web, &["/a.xml", "/b.xml"], LONG).await, Ok(OURS));
}

#[tokio::test]
async fn every_connection_up_to_the_limit_is_asked() {
    const PATHS: [&str; MAX_CONNECTIONS] = [
        "/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9", "/10", "/11", "/12", "/13",
        "/14", "/15",
    ];
    let mut answers: Vec<_> = PATHS
        .iter()
        .map(|path| (*path, given("10.0.0.2")))
        .collect();
    answers.last_mut().unwrap().1 = given("84.212.10.20");
    let (web, addr) = connections(&answers, LONG).await;
    assert_eq!(addr, Ok(OURS));
    assert_eq!(web.called(), PATHS);
}

#[test]
fn all_connections_are_begun_within_half_of_the_time_and_none_has_all_of_it() {
    for left in [Duration::from_millis(500), LONG] {
        assert_eq!(shares(left, 1).1, left);
        for connections in 2..=MAX_CONNECTIONS {
            let (head_start, share) = shares(left, connections);
            let begun = head_start * u32::try_from(connections).unwrap();
            assert!(begun <= left / 2 && begun + share <= left, "{connections}");
            assert!(head_start <= STAGGER);
        }
    }
}

/// Each text as it is, and with the characters that XML has other ways for.
fn ways_to_write(text: &str) -> [String; 3] {
    let by_number = |letter: char| format!("&#{};", u32::from(letter));
    [
        text.replace('<', "&lt;"),
        text.chars().map(by_number).collect(),
        format!("<![CDATA[{text}]]>"),
    ]
}

#[tokio::test]
async fn l15_nothing_of_a_routers_xml_reaches_a_message_as_it_is() {
    let element = |name: &str, text: &str| format!("<{name}>{text}</{name}>");
    let kind = "urn:schemas-upnp-org:service:WANIPConnection:1";
    for text in ways_to_write(hostile::TEXT) {
        let service = |fields: &[(&str, &str)]| {
            let fields = fields.iter().map(|(name, text)| element(name, text));
            let service = element("service", &fields.collect::<String>());
            page(200, &element("root", &service))
        };
        let fault = element("s:Fault", &element("faultstring", &text))
            + &element("errorCode", &text)
            + &element("errorDescription", &text);
        let fault = element("s:Envelope", &fault);
        let web = FakeWebServer::start([
            (
                "/kind",
                service(&[("serviceType", &text), ("controlURL", "/fault")]),
            ),
            (
                "/control",
                service(&[("serviceType", kind), ("controlURL", &text)]),
            ),
            (
                "/base",
                page(
                    200,
                    &format!("<root><URLBase>{text}</URLBase>{text}<service/></root>"),
                ),
            ),
            ("/name", page(200, &format!("<root><{text}></root>"))),
            ("/text", page(200, &text)),
            (
                "/status",
                FakePage::Bytes(format!("HTTP/1.1 404 {text}\r\n{text}: {text}\r\n\r\n")),
            ),
            ("/raw", FakePage::Bytes(text.clone())),
            ("/to200", described(&["/fault200"])),
            ("/to500", described(&["/fault500"])),
            ("/to401", described(&["/fault401"])),
            ("/toaddress", described(&["/address"])),
            ("/tobody", described(&["/body"])),
            ("/fault200", page(200, &fault)),
            ("/fault500", page(500, &fault)),
            ("/fault401", page(401, &fault)),
            ("/address", given(&text)),
            ("/body", page(200, &text)),
        ])
        .await;
        let paths = [
            "/kind",
            "/control",
            "/base",
            "/name",
            "/text",
            "/status",
            "/raw",
            "/to200",
            "/to500",
            "/to401",
            "/toaddress",
            "/tobody",
        ];
        let asked = paths.map(async |path| (path, said(&web, &[path], LONG).await));
        for (path, answer) in join_all(asked).await {
            let error = answer.unwrap_err();
            hostile::assert_none_in(&error);
            assert!(
                !error.is_empty() && !error.contains("no answer in time"),
                "{path}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn l15_nothing_of_an_answer_to_a_search_reaches_a_message_as_it_is() {
    let igd = format!("ST: {}", ssdp::TARGETS[0]);
    let text = hostile::line();
    for answer in [
        format!("HTTP/1.1 200 OK\r\n{igd}\r\nLOCATION: {text}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{igd}\r\nLOCATION: http://192.0.2.1/{text}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{igd}\r\nLOCATION: http://{text}/\r\n\r\n"),
        format!(
            "HTTP/1.1 200 OK\r\n{igd}\r\nLOCATION: http://127.0.0.1:1/{text}?{text}#{text}\r\n\r\n"
        ),
        format!("HTTP/1.1 200 OK\r\n{igd}\r\n{text}: {text}\r\nSERVER: {text}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nST: {text}\r\n\r\n"),
        format!("HTTP/1.1 404 {text}\r\n{text}\r\n\r\n"),
        hostile::TEXT.to_owned(),
    ] {
        let listeners = Listeners::start().await;
        let answering = async {
            let (_, client) = listeners.unicast.recv_from(&mut [0; 2048]).await.unwrap();
            let sent = listeners.unicast.send_to(answer.as_bytes(), client).await;
            sent.unwrap();
            std::future::pending::<std::convert::Infallible>().await
        };
        let error = tokio::select! {
            answer = asked(listeners.recipients(), Duration::from_millis(300)) => answer.unwrap_err(),
            _ = answering => unreachable!(),
        };
        hostile::assert_none_in(&error);
        assert!(!error.contains("firewall"), "it was read: {error}");
    }
}
