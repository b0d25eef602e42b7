use proptest::prelude::*;

use super::*;
use crate::detect::router::upnp::xml::{CAP, NODES};

const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 77, 1);

fn at(url: &str) -> Url {
    Url::parse(url).unwrap()
}

fn here() -> Url {
    at("http://192.168.77.1:5000/desc/rootDesc.xml")
}

/// A description in the usual nesting: router, its line, the line's connection.
fn described(head: &str, services: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<root xmlns=\"urn:schemas-upnp-org:device-1-0\">{head}\
         <specVersion><major>1</major><minor>0</minor></specVersion>\
         <device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>\
         <friendlyName>R &amp; D</friendlyName>\
         <serviceList>{}</serviceList>\
         <deviceList><device><deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType>\
         <deviceList><device>\
         <deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType>\
         <serviceList>{services}</serviceList>\
         </device></deviceList></device></deviceList>\
         <presentationURL>http://192.168.77.1/</presentationURL></device></root>",
        service("Layer3Forwarding:1", "/ctl/L3F")
    )
}

fn service(kind: &str, control: &str) -> String {
    format!(
        "<service>\n<serviceType>urn:schemas-upnp-org:service:{kind}</serviceType>\n\
         <serviceId>urn:upnp-org:serviceId:X</serviceId><SCPDURL>/x.xml</SCPDURL>\
         <controlURL>{control}</controlURL><eventSubURL>/evt</eventSubURL></service>"
    )
}

/// Kinds without their common beginning, and where they are asked.
fn found(text: &str) -> Vec<(String, String)> {
    let connections = read(text.as_bytes(), &here(), ROUTER).unwrap_or_else(|it| panic!("{it}"));
    let kind = |it: &Connection| it.kind.rsplit("service:").next().unwrap().to_owned();
    connections
        .iter()
        .map(|it| (kind(it), it.control.to_string()))
        .collect()
}

fn refused(text: &str) -> String {
    read(text.as_bytes(), &here(), ROUTER).unwrap_err()
}

#[test]
fn connections_are_found_with_where_they_are_asked() {
    let ip = "WANIPConnection:1";
    let base = "<URLBase>http://192.168.77.1:49000/igd/</URLBase>";
    let table = [
        (
            "from the root",
            "",
            ip,
            "/ctl/IPConn",
            "http://192.168.77.1:5000/ctl/IPConn",
        ),
        (
            "relative",
            "",
            ip,
            "ctl/IPConn",
            "http://192.168.77.1:5000/desc/ctl/IPConn",
        ),
        (
            "with spaces",
            "",
            ip,
            "\n /ctl/IPConn\t",
            "http://192.168.77.1:5000/ctl/IPConn",
        ),
        (
            "escaped",
            "",
            ip,
            "/ctl?a=1&amp;b=2",
            "http://192.168.77.1:5000/ctl?a=1&b=2",
        ),
        (
            "whole",
            "",
            ip,
            "http://192.168.77.1:80/c",
            "http://192.168.77.1/c",
        ),
        (
            "to a base",
            base,
            ip,
            "c",
            "http://192.168.77.1:49000/igd/c",
        ),
        (
            "to a base's root",
            base,
            ip,
            "/c",
            "http://192.168.77.1:49000/c",
        ),
        (
            "to no base",
            "<URLBase/>",
            ip,
            "/c",
            "http://192.168.77.1:5000/c",
        ),
        (
            "version 2",
            "",
            "WANIPConnection:2",
            "/c",
            "http://192.168.77.1:5000/c",
        ),
        (
            "by PPP",
            "",
            "WANPPPConnection:1",
            "/p",
            "http://192.168.77.1:5000/p",
        ),
    ];
    for (what, head, kind, control, url) in table {
        let text = described(head, &service(kind, control));
        assert_eq!(found(&text), [(kind.to_owned(), url.to_owned())], "{what}");
    }
}

#[test]
fn a_router_with_both_kinds_names_both_in_its_order() {
    let both = service("WANPPPConnection:1", "/p") + &service("WANIPConnection:1", "/i");
    let kinds: Vec<_> = found(&described("", &both))
        .into_iter()
        .map(|it| it.0)
        .collect();
    assert_eq!(kinds, ["WANPPPConnection:1", "WANIPConnection:1"]);
    let many = service("WANIPConnection:1", "/i").repeat(100);
    assert_eq!(found(&described("", &many)).len(), MOST);
}

#[test]
fn a_connection_that_is_asked_elsewhere_is_passed_over() {
    for control in [
        "http://192.168.77.2/c",
        "//84.212.10.20/c",
        "https://192.168.77.1/c",
        "http://me:pw@192.168.77.1/c",
        "file:///etc/passwd",
        "http://",
    ] {
        let own = service("WANIPConnection:1", control);
        let error = refused(&described("", &own));
        assert!(
            error.contains("no address of the router"),
            "{control}: {error}"
        );
        let other = own + &service("WANPPPConnection:1", "/p");
        assert_eq!(found(&described("", &other)).len(), 1, "{control}");
    }
    let base = "<URLBase>http://192.168.77.2/</URLBase>";
    let error = refused(&described(base, &service("WANIPConnection:1", "/c")));
    assert!(error.contains("no address of the router"), "{error}");
}

#[test]
fn what_describes_no_connection_is_refused() {
    let lost = service("WANIPConnection:1", "/c").replace("controlURL", "control");
    for (text, what) in [
        (described("", ""), "no connection"),
        (
            described("", &service("WANIPConnection:3", "/c")),
            "no connection",
        ),
        (
            described("", &service("WANCommonInterfaceConfig:1", "/c")),
            "no connection",
        ),
        (described("", &lost), "no address of the router"),
        (described("<URLBase>::</URLBase>", ""), "URLBase"),
        (
            "<html><body>Login<br></body></html>".to_owned(),
            "no well-formed XML",
        ),
        (String::new(), "no well-formed XML"),
        ("\0\0\0".to_owned(), "no well-formed XML"),
    ] {
        let error = refused(&text);
        assert!(error.contains(what), "{error}: {text}");
    }
}

#[test]
fn no_part_of_a_description_is_one() {
    let whole = described("", &service("WANIPConnection:1", "/c"));
    for end in 0..whole.len() {
        assert!(
            read(&whole.as_bytes()[..end], &here(), ROUTER).is_err(),
            "{end}"
        );
    }
    // What a careless router leaves around it does no harm.
    assert_eq!(found(&format!("\r\n{whole}\n\0\0")).len(), 1);
}

#[test]
fn hostile_xml_is_refused_in_no_time() {
    let service = service("WANIPConnection:1", "/c");
    let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\
                  <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    let bomb = described("&c;", &service).replacen("<root", &format!("{laughs}<root"), 1);
    assert!(refused(&bomb).contains("DTD"), "{}", refused(&bomb));
    let nodes = usize::try_from(NODES).unwrap();
    for (depth, what) in [
        (nodes / 2, "no well-formed XML"),
        (CAP / 3, "too many parts"),
    ] {
        let deep = "<a>".repeat(depth);
        assert!(refused(&deep).contains(what), "{}", refused(&deep));
    }
    let wide = described("", &("<a/>".repeat(nodes) + &service));
    assert!(
        refused(&wide).contains("too many parts"),
        "{}",
        refused(&wide)
    );
    let megabyte = described(&" ".repeat(1 << 20), &service);
    assert_eq!(refused(&megabyte), "its answer is longer than 65536 bytes");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &here(), ROUTER);
        let text = String::from_utf8_lossy(&bytes);
        let _ = read(described("", &text).as_bytes(), &here(), ROUTER);
        let _ = read(described("", &service("WANIPConnection:1", &text)).as_bytes(), &here(), ROUTER);
    }
}
