//! UPnP: nothing leads anywhere but to the router, and an address is one that stands in the answer.

use std::net::Ipv4Addr;

use moored::sources::router::upnp::{description, soap, ssdp};

use super::{assert_plain, contains};

const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 77, 1);

/// An answer to a search that leads to a description on the router.
const FOUND: &[u8] =
    b"HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\
    LOCATION: http://192.168.77.1:5000/rootDesc.xml\r\n\r\n";

pub(crate) fn texts(bytes: &[u8]) {
    match ssdp::read(bytes, ROUTER) {
        Err(what) => assert_plain(what, 100),
        Ok(urls) => {
            assert!(!urls.is_empty());
            for url in urls {
                assert_eq!(url.host_str(), Some("192.168.77.1"));
                assert_eq!(url.scheme(), "http");
            }
        }
    }
    let found = ssdp::read(FOUND, ROUTER).expect("an answer of the router");
    let location = found.first().expect("a place");
    match description::read(bytes, location, ROUTER) {
        Err(what) => assert_plain(&what, 300),
        Ok(connections) => {
            assert!(!connections.is_empty());
            for connection in connections {
                assert_eq!(connection.control.host_str(), Some("192.168.77.1"));
                assert_eq!(connection.control.scheme(), "http");
                assert!(contains(bytes, connection.kind.as_bytes()));
            }
        }
    }
    match soap::read(200, bytes) {
        Err(refusal) => assert_plain(&refusal.what, 300),
        Ok(addr) => assert!(!addr.is_unspecified()),
    }
    let refusal = soap::read(500, bytes).expect_err("only an answer with status 200 counts");
    assert_plain(&refusal.what, 300);
}
