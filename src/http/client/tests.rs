//! The certificates beside this file were made with openssl: an authority of our own, what it signed
//! for 127.0.0.1, for 127.0.0.1 until 2021 and for another name, and one that is signed by itself; all
//! with one key. `foreign-names.der` is signed by itself, and its names are [`hostile::TEXT`].

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use rustls::{
    ClientConfig, RootCertStore, ServerConfig, ServerConnection, Stream,
    pki_types::{CertificateDer, PrivateKeyDer},
};

use super::*;
use crate::{core::foreign_text::hostile, http::tls};

const AUTHORITY: &[u8] = include_bytes!("tests/certificates/authority.der");
const GOOD: &[u8] = include_bytes!("tests/certificates/good.der");
const EXPIRED: &[u8] = include_bytes!("tests/certificates/expired.der");
const OTHER_NAME: &[u8] = include_bytes!("tests/certificates/other-name.der");
const SELF_SIGNED: &[u8] = include_bytes!("tests/certificates/self-signed.der");
const FOREIGN_NAMES: &[u8] = include_bytes!("tests/certificates/foreign-names.der");
const KEY: &[u8] = include_bytes!("tests/certificates/key.der");

/// A server with a certificate. It answers whatever it is asked, and counts that.
struct TestServer {
    address: SocketAddr,
    heard: Arc<AtomicUsize>,
}

impl TestServer {
    fn start(certificate: &'static [u8]) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::try_from(KEY).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(certificate)], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&heard);
        // It ends with the test program.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let _ = answer(connection, stream.unwrap(), &count);
            }
        });
        Self { address, heard }
    }
}

fn answer(
    mut connection: ServerConnection,
    mut stream: TcpStream,
    heard: &AtomicUsize,
) -> std::io::Result<()> {
    let mut stream = Stream::new(&mut connection, &mut stream);
    if stream.read(&mut [0; 4096])? > 0 {
        heard.fetch_add(1, Ordering::SeqCst);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello")
}

async fn ask(server: &TestServer, tls: Arc<ClientConfig>) -> Result<Response, SendError> {
    let options = ClientOptions {
        base: format!("https://{}", server.address),
        timeout: Duration::from_secs(20),
        cap: 1024,
        user_agent: "moored".into(),
        family: None,
        interface: None,
        proxy: None,
    };
    let client = HttpClient::new(tls, options);
    let request = Request {
        method: Method::Get,
        path: "/".into(),
        basic: None,
        body: RequestBody::Empty,
        writes: false,
    };
    client.send(&request).await
}

/// As in [`tls::config`], with our own authority as the only one.
fn with_our_authority() -> Arc<ClientConfig> {
    with_authority(AUTHORITY)
}

fn with_authority(certificate: &'static [u8]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(certificate)).unwrap();
    tls::with_roots(roots).unwrap()
}

#[tokio::test]
async fn l12_a_certificate_that_is_self_signed_expired_or_of_another_name_is_refused() {
    let good = TestServer::start(GOOD);
    let answer = ask(&good, with_our_authority()).await.unwrap();
    assert_eq!(
        answer.body, b"hello",
        "the others fail for their own reason"
    );
    for (certificate, tls, why) in [
        (SELF_SIGNED, with_our_authority(), "UnknownIssuer"),
        (EXPIRED, with_our_authority(), "expired"),
        (OTHER_NAME, with_our_authority(), "not valid for name"),
        // What moored trusts itself.
        (GOOD, tls::config().unwrap(), "UnknownIssuer"),
        (SELF_SIGNED, tls::config().unwrap(), "UnknownIssuer"),
    ] {
        let server = TestServer::start(certificate);
        let error = ask(&server, tls).await.unwrap_err();
        assert!(error.what.contains(why), "{why}: {}", error.what);
        assert_eq!(error.sent, Delivery::NotSent);
        assert_eq!(server.heard.load(Ordering::SeqCst), 0, "{why}");
    }
}

#[tokio::test]
async fn l15_the_names_in_a_certificate_reach_no_message_as_they_are() {
    let server = TestServer::start(FOREIGN_NAMES);
    // Only the names of one that is trusted are told.
    let error = ask(&server, with_authority(FOREIGN_NAMES)).await;
    let what = error.unwrap_err().what;
    hostile::assert_none_in(&what);
    assert!(
        what.contains("FORGED"),
        "it was quoted, so that the test sees what it is named for: {what}"
    );
    let error = ask(&server, with_our_authority()).await;
    hostile::assert_none_in(&error.unwrap_err().what);
}

#[tokio::test]
async fn connections_are_made_over_the_interface_that_is_named_or_not_at_all() {
    let server = wiremock::MockServer::start().await;
    for (interface, connects) in [(None, true), (Some("lo"), true), (Some("gone0"), false)] {
        let options = ClientOptions {
            base: server.uri(),
            timeout: Duration::from_secs(10),
            cap: 256,
            user_agent: "moored".to_owned(),
            family: Some(Family::V4),
            interface: interface.map(|it| it.parse().unwrap()),
            proxy: None,
        };
        let client = HttpClient::new(tls::config().unwrap(), options);
        let request = Request {
            method: Method::Get,
            path: "/".to_owned(),
            basic: None,
            body: RequestBody::Empty,
            writes: false,
        };
        let sent = client.send(&request).await.map(|it| it.status);
        assert_eq!(sent.is_ok(), connects, "{interface:?}: {sent:?}");
        if let Err(error) = sent {
            assert_eq!(error.sent, Delivery::NotSent);
            assert!(error.what.contains("No such device"), "{}", error.what);
        }
    }
}

/// What a proxy that answers everything by itself is asked for by a client of this service.
async fn asked_of_a_proxy(service: &str, user: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let proxy = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = [0; 4096];
        let length = stream.read(&mut bytes).unwrap();
        stream
            .write_all(b"HTTP/1.1 407 Not You\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    });
    let options = ClientOptions {
        base: service.to_owned(),
        timeout: Duration::from_secs(10),
        cap: 256,
        user_agent: "moored".to_owned(),
        family: None,
        interface: None,
        proxy: Some(Proxy::parse(&format!("{user}127.0.0.1:{port}")).unwrap()),
    };
    let client = HttpClient::new(tls::config().unwrap(), options);
    let request = Request {
        method: Method::Get,
        path: "/".to_owned(),
        basic: None,
        body: RequestBody::Empty,
        writes: false,
    };
    let _ = client.send(&request).await;
    proxy.join().unwrap()
}

#[tokio::test]
async fn requests_go_through_the_proxy_that_was_chosen_with_its_password() {
    for (service, line) in [
        (
            "https://api.invalid",
            "CONNECT api.invalid:443 HTTP/1.1\r\n",
        ),
        (
            "http://192.168.0.1:8080",
            "GET http://192.168.0.1:8080/ HTTP/1.1\r\n",
        ),
    ] {
        let asked = asked_of_a_proxy(service, "").await;
        assert!(asked.starts_with(line), "{asked}");
        assert!(!asked.to_lowercase().contains("authorization"), "{asked}");
        // `me:p@s%/'` in Base64.
        let asked = asked_of_a_proxy(service, "me:p%40s%25%2F'@").await;
        assert!(
            asked.contains("uthorization: Basic bWU6cEBzJS8n"),
            "{asked}"
        );
    }
}
