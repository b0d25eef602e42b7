mod samples;

use proptest::prelude::*;

use super::*;
use crate::sources::router::upnp::xml::{MAX_DOCUMENT_BYTES, MAX_PARTS};

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
}

#[test]
fn a_router_with_many_lines_names_them_all_each_once_up_to_a_limit() {
    let each = |place: usize| service("WANIPConnection:1", &format!("/i{place}"));
    for (lines, named) in [
        (1, 1),
        (5, 5),
        (MAX_CONNECTIONS, MAX_CONNECTIONS),
        (200, MAX_CONNECTIONS),
    ] {
        let all: String = (0..lines).map(each).collect();
        let found = found(&described("", &all));
        assert_eq!(found.len(), named);
        assert!(found[named - 1].1.ends_with(&format!("/i{}", named - 1)));
    }
    let same = service("WANIPConnection:1", "/i").repeat(100);
    assert_eq!(found(&described("", &same)).len(), 1);
}

#[test]
fn every_service_that_knows_the_address_is_known() {
    for kind in SERVICE_TYPES {
        let text = described(
            "",
            &service("X", "/c").replace("urn:schemas-upnp-org:service:X", kind),
        );
        let read = read(text.as_bytes(), &here(), ROUTER).unwrap();
        assert_eq!(read[0].kind, kind);
    }
}

#[test]
fn a_base_that_does_not_lead_to_the_router_is_ignored() {
    for base in [
        "(null)",
        "192.168.77.1:49000",
        "192.168.77.1",
        "//192.168.77.1:49000/",
        "/igd/",
        "::",
        "http://",
        "http://router.lan:49000/",
        "router.lan:49000",
        "http://(null):49000/",
        "http://192.168.77.2:49000/",
        "http://84.212.10.20/",
        "http://127.0.0.1",
        "https://192.168.77.1/",
        "ftp://192.168.77.1/",
        "http://me:pw@192.168.77.1/",
        "http://192.168.77.1:99999/",
        " ",
    ] {
        let head = format!("<URLBase>{base}</URLBase>");
        let text = described(&head, &service("WANIPConnection:1", "ctl/c"));
        let control = "http://192.168.77.1:5000/desc/ctl/c".to_owned();
        assert_eq!(
            found(&text),
            [("WANIPConnection:1".to_owned(), control)],
            "{base}"
        );
    }
}

#[test]
fn a_control_url_with_another_host_is_asked_at_the_routers_own_address() {
    for (control, asked) in [
        ("http://router.home:5000/c", "http://192.168.77.1:5000/c"),
        ("http://192.168.0.1:5000/c", "http://192.168.77.1:5000/c"),
        ("//84.212.10.20/c", "http://192.168.77.1/c"),
    ] {
        let text = described("", &service("WANIPConnection:1", control));
        assert_eq!(
            found(&text),
            [("WANIPConnection:1".to_owned(), asked.to_owned())]
        );
    }
}

#[test]
fn below_a_base_where_nothing_listens_location_has_a_second_chance() {
    let head = "<URLBase>http://192.168.77.1:80/</URLBase>";
    let text = described(head, &service("WANIPConnection:1", "/c"));
    let location = Url::parse("http://192.168.77.1:5000/desc.xml").unwrap();
    let [connection] = &read(text.as_bytes(), &location, ROUTER).unwrap()[..] else {
        panic!("one connection, whatever it can be asked by");
    };
    assert_eq!(connection.control.as_str(), "http://192.168.77.1/c");
    let fallback = connection.fallback.as_ref().map(Url::as_str);
    assert_eq!(fallback, Some("http://192.168.77.1:5000/c"));
}

#[test]
fn a_connection_that_is_asked_elsewhere_is_passed_over() {
    for control in [
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
        (
            described("", &service("WANIPConnection:1", " ")),
            "no address of the router",
        ),
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
}

#[test]
fn a_careless_description_is_read_all_the_same() {
    let careful = described("", &service("WANIPConnection:1", "/c?a=1&amp;b=2"));
    let own = [(
        "WANIPConnection:1".to_owned(),
        "http://192.168.77.1:5000/c?a=1&b=2".to_owned(),
    )];
    assert_eq!(found(&careful), own);
    let root = "<root";
    for (what, text) in [
        ("space around it", format!("\r\n{careful}\n\0\0")),
        (
            "a byte order mark before a newline",
            format!("\u{feff}\r\n{careful}"),
        ),
        ("raw ampersands", careful.replace("&amp;", "&")),
        (
            "a document type",
            careful.replacen(root, &format!("<!DOCTYPE root SYSTEM \"a.dtd\">{root}"), 1),
        ),
        (
            "junk after the root",
            format!("{careful}</root><p>Login & <br>"),
        ),
        (
            "an undeclared prefix",
            careful.replace("friendlyName", "pnpx:X_hardwareId"),
        ),
        (
            "undeclared prefixes everywhere",
            careful.replace("service>", "u:service>"),
        ),
    ] {
        assert_eq!(found(&text), own, "{what}");
    }
}

#[test]
fn hostile_xml_is_refused_in_no_time() {
    let service = service("WANIPConnection:1", "/c");
    let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\
                  <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    let bomb = described("&c;", &service).replacen("<root", &format!("{laughs}<root"), 1);
    // What it defines is skipped, and nothing of it is ever put in place of its name.
    assert_eq!(found(&bomb).len(), 1);
    let bomb = bomb.replace("<controlURL>/c<", "<controlURL>/&a;<");
    assert_eq!(found(&bomb)[0].1, "http://192.168.77.1:5000/&a;");
    for (depth, what) in [
        (MAX_PARTS / 2, "no well-formed XML"),
        (MAX_DOCUMENT_BYTES / 3, "too many parts"),
    ] {
        let deep = "<a>".repeat(depth);
        assert!(refused(&deep).contains(what), "{}", refused(&deep));
    }
    let wide = described("", &("<a/>".repeat(MAX_PARTS) + &service));
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
