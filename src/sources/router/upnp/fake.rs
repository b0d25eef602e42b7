//! A router's web server on loopback for the tests: answers as bytes, requests as they came over the wire.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use reqwest::Url;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What the server does with a request for a path.
#[derive(Clone)]
pub(super) enum FakePage {
    /// It sends these bytes and closes the connection.
    Bytes(String),
    /// It says nothing and keeps the connection open.
    Silence,
}

type FakePages = BTreeMap<&'static str, FakePage>;

/// A running server; it ends with the test's runtime.
pub(super) struct FakeWebServer {
    server: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl FakeWebServer {
    pub(super) async fn start(pages: impl IntoIterator<Item = (&'static str, FakePage)>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let server = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let pages: Arc<FakePages> = Arc::new(pages.into_iter().collect());
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&pages), Arc::clone(&kept)));
            }
        });
        Self { server, requests }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.server).parse().unwrap()
    }

    /// Every request so far, as it came.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The paths that were called, in their order.
    pub(super) fn called(&self) -> Vec<String> {
        let requests = self.requests();
        let calls = requests
            .iter()
            .filter_map(|request| request.strip_prefix("POST "));
        calls
            .map(|request| request.split(' ').next().unwrap().to_owned())
            .collect()
    }
}

async fn serve(mut stream: TcpStream, pages: Arc<FakePages>, requests: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        let mut room = [0; 1024];
        match stream.read(&mut room).await {
            Ok(1..) => request.extend_from_slice(room.split(|byte| *byte == 0).next().unwrap()),
            _ => return,
        }
    }
    let request = String::from_utf8(request).unwrap();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    requests.lock().unwrap().push(request);
    match pages.get(path.as_str()) {
        Some(FakePage::Bytes(answer)) => stream.write_all(answer.as_bytes()).await.unwrap(),
        // The connection stays open until the other side gives up.
        Some(FakePage::Silence) => drop(stream.read(&mut [0]).await),
        None => stream.write_all(text(404, "").as_bytes()).await.unwrap(),
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let head = head.to_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.lines().next()?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// An answer with a body, as text.
pub(super) fn text(status: u16, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Status\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// An answer with a body.
pub(super) fn page(status: u16, body: &str) -> FakePage {
    FakePage::Bytes(text(status, body))
}

/// The answer to a call, with the address.
pub(super) fn given(addr: &str) -> FakePage {
    page(
        200,
        &format!("<e><NewExternalIPAddress>{addr}</NewExternalIPAddress></e>"),
    )
}

/// A description with a connection at each of these paths.
pub(super) fn described(controls: &[&str]) -> FakePage {
    let service = |control: &&str| {
        format!(
            "<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>\
             <controlURL>{control}</controlURL></service>"
        )
    };
    let services: String = controls.iter().map(service).collect();
    page(200, &format!("<root>{services}</root>"))
}
