mod by_upnp;

use tokio::net::UdpSocket;

use super::*;
use crate::core::address::family::Family;

const NONCE: [u8; 12] = *b"twelve bytes";
const OURS: [u8; 4] = [84, 212, 10, 20];
const LONG: Duration = Duration::from_secs(10);

fn way(limit: Duration) -> SocketBinder {
    SocketBinder::new(Family::V4.into(), limit)
}

/// A router on loopback: what it is sent, by PCP or NAT-PMP and by search.
struct FakeRouter {
    requests: UdpSocket,
    everybody: UdpSocket,
    acceptance: PublishPolicy,
}

impl FakeRouter {
    async fn start() -> Self {
        Self {
            requests: UdpSocket::bind("127.0.0.1:0").await.unwrap(),
            everybody: UdpSocket::bind("127.0.0.1:0").await.unwrap(),
            acceptance: PublishPolicy::default(),
        }
    }

    fn router(&self) -> Router<'_> {
        Router {
            addr: Ipv4Addr::LOCALHOST,
            requests: self.requests.local_addr().unwrap(),
            recipients: Recipients {
                multicast: self.everybody.local_addr().unwrap(),
                unicast: self.everybody.local_addr().unwrap(),
            },
            user_agent: "moored/test",
            acceptance: &self.acceptance,
        }
    }

    async fn ask(&self, limit: Duration) -> Result<Ipv4Addr, String> {
        let answer = self.router().ask(&way(limit), NONCE).await;
        answer.map_err(|failure| failure.what)
    }

    /// Says no to every request by PCP and NAT-PMP.
    async fn refuse(&self, code: u8) {
        loop {
            let (request, client) = hear(&self.requests).await;
            let answer = match request[..] {
                [0, 0] => [0, 128, 0, code, 0, 0, 0, 9],
                _ => [0, 129, 0, 1, 0, 0, 0, 9],
            };
            self.requests.send_to(&answer, client).await.unwrap();
        }
    }

    /// Answers searches with where the description is.
    async fn answer_searches(&self, location: &str) {
        loop {
            let (search, client) = hear(&self.everybody).await;
            let search = String::from_utf8(search).unwrap();
            let target = search.split("\r\nST: ").nth(1).unwrap().trim();
            let answer = found(location, target);
            self.everybody.send_to(&answer, client).await.unwrap();
        }
    }
}

fn found(location: &str, target: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nST: {target}\r\nLOCATION: {location}\r\n\r\n").into_bytes()
}

async fn hear(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut room = [0; 2048];
    let heard = tokio::time::timeout(LONG, socket.recv_from(&mut room)).await;
    let (length, client) = heard.expect("nothing was sent").unwrap();
    (room[..length].to_vec(), client)
}

/// The answer to a request for a mapping.
fn mapped(request: &[u8]) -> Vec<u8> {
    let external = Ipv4Addr::from(OURS).to_ipv6_mapped().octets();
    let head = [2, 0x81, 0, 0, 0, 0, 0, 60, 0, 0, 0, 9];
    [&head[..], &[0; 12], &request[24..42], &[0x77; 2], &external].concat()
}

fn external(addr: [u8; 4]) -> Vec<u8> {
    [&[0, 128, 0, 0, 0, 0, 0, 9][..], &addr].concat()
}

#[tokio::test]
async fn a_router_that_speaks_pcp_is_asked_by_it_alone_and_its_mapping_is_taken_back() {
    let fake = FakeRouter::start().await;
    let answering = async {
        let (request, client) = hear(&fake.requests).await;
        assert_eq!(request[..8], [2, 1, 0, 0, 0, 0, 0, 60]);
        fake.requests
            .send_to(&mapped(&request), client)
            .await
            .unwrap();
        let (deletion, from) = hear(&fake.requests).await;
        assert_eq!(deletion[..8], [2, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!((&deletion[8..], from), (&request[8..], client));
        assert_eq!(client.port().to_be_bytes(), request[40..42]);
    };
    let (addr, ()) = tokio::join!(fake.ask(LONG), answering);
    assert_eq!(addr, Ok(OURS.into()));
    for socket in [&fake.requests, &fake.everybody] {
        assert!(socket.try_recv(&mut [0; 9]).is_err(), "it was asked again");
    }
}

#[tokio::test]
async fn a_router_that_speaks_nat_pmp_only_says_so_and_is_asked_by_it_at_once() {
    let fake = FakeRouter::start().await;
    let answering = async {
        let (_, client) = hear(&fake.requests).await;
        let unsupported = [0, 129, 0, 1, 0, 0, 0, 9];
        fake.requests.send_to(&unsupported, client).await.unwrap();
        // Nothing is taken back, for nothing was granted.
        let (request, client) = hear(&fake.requests).await;
        assert_eq!(request, natpmp::REQUEST);
        fake.requests
            .send_to(&external(OURS), client)
            .await
            .unwrap();
    };
    let begun = Instant::now();
    let (addr, ()) = tokio::join!(fake.ask(LONG), answering);
    assert_eq!(addr, Ok(OURS.into()));
    assert!(begun.elapsed() < STAGGER, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_mapping_that_was_asked_for_in_vain_is_taken_back_too() {
    let fake = FakeRouter::start().await;
    let answering = async {
        let mut taken_back = false;
        loop {
            let (request, client) = hear(&fake.requests).await;
            if request == natpmp::REQUEST {
                fake.requests
                    .send_to(&external(OURS), client)
                    .await
                    .unwrap();
            } else if request[4..8] == [0; 4] {
                taken_back = true;
            }
            if taken_back {
                break;
            }
        }
    };
    let (addr, ()) = tokio::join!(fake.ask(Duration::from_secs(1)), answering);
    assert_eq!(addr, Ok(OURS.into()));
}

#[tokio::test]
async fn a_router_that_speaks_pcp_only_says_so_to_nat_pmp_and_is_asked_once() {
    let fake = FakeRouter::start().await;
    let speaking_pcp = async {
        let mut asked = 0;
        loop {
            let (request, client) = hear(&fake.requests).await;
            let answer = match request[..] {
                // This version is not supported (RFC 6887, section 9).
                [0, 0] => [&[2, 0x80, 0, 1][..], &[0; 20]].concat(),
                // No port may be mapped.
                _ => [&[2, 0x81, 0, 2][..], &[0; 20]].concat(),
            };
            asked += usize::from(request == natpmp::REQUEST);
            assert!(asked < 2, "it is asked again by NAT-PMP");
            fake.requests.send_to(&answer, client).await.unwrap();
        }
    };
    let error = tokio::select! {
        addr = fake.ask(Duration::from_secs(1)) => addr.unwrap_err(),
        () = speaking_pcp => unreachable!(),
    };
    assert!(
        error.starts_with(
            "PCP: it is not allowed to map a port (result 2); NAT-PMP: it speaks PCP only; UPnP: "
        ),
        "{error}"
    );
}

#[tokio::test]
async fn only_the_router_itself_is_believed_about_where_its_description_is() {
    let fake = FakeRouter::start().await;
    let stranger = UdpSocket::bind("127.0.0.2:0").await.unwrap();
    let answering = async {
        loop {
            let (_, client) = hear(&fake.everybody).await;
            let answer = found("http://127.0.0.1:9/", ssdp::TARGETS[0]);
            stranger.send_to(&answer, client).await.unwrap();
        }
    };
    let error = tokio::select! {
        addr = fake.ask(Duration::from_millis(500)) => addr.unwrap_err(),
        () = answering => unreachable!(),
    };
    let what = "UPnP: no answer in time but one that was ignored: it came from somebody else";
    assert!(error.ends_with(what), "{error}");
}

#[tokio::test]
async fn a_router_that_never_answers_ends_within_the_time() {
    let fake = FakeRouter::start().await;
    let limit = Duration::from_millis(300);
    let begun = Instant::now();
    let error = fake.ask(limit).await.unwrap_err();
    let silent = "no answer in time";
    assert_eq!(
        error,
        format!(
            "PCP: {silent}; NAT-PMP: {silent}; UPnP: {silent}; either the router does not speak UPnP, or a \
             firewall on this host drops its answers"
        )
    );
    let took = begun.elapsed();
    assert!(took >= limit && took < limit * 3, "{took:?}");
}

#[tokio::test]
async fn a_router_that_is_no_router_is_done_with_at_once() {
    let fake = FakeRouter::start().await;
    let (requests, recipients) = (fake.router().requests, fake.router().recipients);
    let router = Router {
        addr: Ipv4Addr::LOCALHOST,
        requests,
        recipients,
        user_agent: "moored/test",
        acceptance: &fake.acceptance,
    };
    // Nobody listens there any more.
    drop(fake.requests);
    let failure = router
        .ask(&way(Duration::from_millis(500)), NONCE)
        .await
        .unwrap_err();
    assert!(
        failure.what.starts_with("PCP: Connection refused"),
        "{failure:?}"
    );
    assert!(
        failure.what.contains("NAT-PMP: Connection refused"),
        "{failure:?}"
    );
    assert!(!failure.no_address);
}

#[tokio::test]
async fn a_router_without_an_address_says_so_by_any_protocol() {
    let fake = FakeRouter::start().await;
    let router = fake.router();
    let way = way(Duration::from_millis(300));
    let failure = tokio::select! {
        addr = router.ask(&way, NONCE) => addr.unwrap_err(),
        () = fake.refuse(3) => unreachable!(),
    };
    assert!(failure.no_address, "{failure:?}");
}
