//! Finding the router's description (UPnP Device Architecture 1.1, section 1.3): the question to
//! everybody on the link or to the router alone, and what counts as an answer. Bytes in, verdict out.

use std::net::{Ipv4Addr, SocketAddr};

use reqwest::Url;

use super::on_router;

/// Where devices listen.
pub const MULTICAST: (Ipv4Addr, u16) = (Ipv4Addr::new(239, 255, 255, 250), 1900);

/// What is looked for: a router, or its connection to the Internet. Either answers with the same
/// description, and there are routers that answer for one only.
pub const TARGETS: [&str; 9] = [
    "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
    "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "urn:schemas-upnp-org:service:WANIPConnection:2",
    "urn:schemas-upnp-org:service:WANPPPConnection:1",
    "urn:schemas-upnp-org:service:WANPPPConnection:2",
    "urn:dslforum-org:device:InternetGatewayDevice:1",
    "urn:dslforum-org:service:WANIPConnection:1",
    "urn:dslforum-org:service:WANPPPConnection:1",
];

/// No router sends more headers.
const HEADERS: usize = 32;

/// A search that is sent to `host`. Devices put their answer off by a random time of at most a second
/// (`MX`); one that is asked alone needs no such time, but there are devices that ignore a search without.
pub fn search(target: &str, host: SocketAddr) -> Vec<u8> {
    format!(
        "M-SEARCH * HTTP/1.1\r\nHOST: {host}\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: {target}\r\n\r\n"
    )
    .into_bytes()
}

/// Where the router's description is, from an answer that came from the router's own address: at least one
/// place, each once, all of them on the router. What is no such answer is an error in words.
///
/// A datagram arrives whole, so the blank line at its end is not needed to know that nothing is missing.
/// Space before a colon, folded, repeated and damaged headers are read as far as they mean something: what
/// they lead to is on the router, and says itself what it is.
pub fn read(bytes: &[u8], router: Ipv4Addr) -> Result<Vec<Url>, &'static str> {
    let end = bytes
        .iter()
        .rposition(|byte| !byte.is_ascii_whitespace() && *byte != 0);
    let text = bytes.get(..=end.unwrap_or_default()).unwrap_or_default();
    let text = [text, b"\r\n\r\n"].concat();
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = httparse::ParserConfig::default()
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .ignore_invalid_headers_in_responses(true)
        .parse_response(&mut response, &text);
    match parsed {
        Ok(httparse::Status::Complete(_)) if response.code == Some(200) => {}
        _ => return Err("it is no answer to a search"),
    }
    let all = |name: &'static str| {
        let named = response
            .headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name));
        named.filter_map(|header| std::str::from_utf8(header.value).ok().map(str::trim))
    };
    if !all("ST").any(|target| TARGETS.contains(&target)) {
        return Err("it answers another search");
    }
    let mut found = Vec::new();
    let mut why = "it does not say where its description is";
    for location in all("LOCATION") {
        match Url::parse(location) {
            Ok(url) if on_router(&url, router) => {
                if !found.contains(&url) {
                    found.push(url);
                }
            }
            Ok(_) => why = "its description is not on the router",
            Err(_) => why = "its description has no address",
        }
    }
    if found.is_empty() {
        Err(why)
    } else {
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 77, 1);

    /// What miniupnpd 2.3.1 answers.
    const MINIUPNPD: &str = "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\n\
        ST: urn:schemas-upnp-org:service:WANIPConnection:1\r\n\
        USN: uuid:b3a0b1c2-0000-4000-8000-000000000003::urn:schemas-upnp-org:service:WANIPConnection:1\r\n\
        EXT:\r\nSERVER: Debian/6.1 UPnP/1.1 MiniUPnPd/2.3.1\r\n\
        LOCATION: http://192.168.77.1:5000/rootDesc.xml\r\n\
        OPT: \"http://schemas.upnp.org/upnp/1/0/\"; ns=01\r\n01-NLS: 1795300391\r\n\
        BOOTID.UPNP.ORG: 1795300391\r\nCONFIGID.UPNP.ORG: 1337\r\n\r\n";

    /// An answer with these headers.
    fn answer(headers: &[&str]) -> String {
        format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", headers.join("\r\n"))
    }

    fn igd() -> String {
        format!("ST:{}", TARGETS[0])
    }

    #[test]
    fn a_search_asks_everybody_for_one_thing() {
        let text = String::from_utf8(search(TARGETS[4], MULTICAST.into())).unwrap();
        assert!(text.starts_with("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"));
        assert!(text.contains("\r\nMAN: \"ssdp:discover\"\r\n"));
        assert!(text.ends_with("\r\nST: urn:schemas-upnp-org:service:WANPPPConnection:1\r\n\r\n"));
    }

    /// The one place that an answer of a router at this address leads to.
    fn place(bytes: &[u8], router: Ipv4Addr) -> String {
        let found = read(bytes, router).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(found.len(), 1);
        found[0].to_string()
    }

    #[test]
    fn answers_of_routers_lead_to_their_descriptions() {
        let terse = answer(&["location:http://192.168.77.1/igd.xml", &igd()]);
        let shouting = answer(&["LOCATION:   http://192.168.77.1:49000/a?b=c  ", &igd()]);
        for (text, url) in [
            (MINIUPNPD, "http://192.168.77.1:5000/rootDesc.xml"),
            (&terse, "http://192.168.77.1/igd.xml"),
            (&shouting, "http://192.168.77.1:49000/a?b=c"),
        ] {
            assert_eq!(place(text.as_bytes(), ROUTER), url);
        }
    }

    #[test]
    fn the_answers_of_real_routers_lead_to_their_descriptions() {
        for (name, router, url) in [
            (
                "google-wifi.ssdp",
                [192, 168, 86, 1],
                "http://192.168.86.1:5000/rootDesc.xml",
            ),
            (
                "pfsense-2.5.ssdp",
                [192, 168, 1, 1],
                "http://192.168.1.1:2189/rootDesc.xml",
            ),
            (
                "sagemcom-fast3890v3.ssdp",
                [192, 168, 0, 1],
                "http://192.168.0.1:49153/69692b70/gatedesc0b.xml",
            ),
        ] {
            let Some(bytes) = crate::sources::router::upnp::tests::captures::capture(name) else {
                return;
            };
            assert_eq!(place(&bytes, router.into()), url);
        }
    }

    #[test]
    fn a_careless_answer_leads_to_the_description_all_the_same() {
        let usual = answer(&["LOCATION: http://192.168.77.1:5000/igd.xml", &igd(), "EXT:"]);
        let cut = |end: &str| usual.trim_end().to_owned() + end;
        let st = "ST:urn";
        for (what, text) in [
            ("no final blank line", cut("\r\n")),
            ("no line end at all", cut("")),
            ("zeros at the end", cut("\0\0")),
            ("a blank line and more", cut("\r\n\r\n<html>")),
            ("bare newlines", usual.replace("\r\n", "\n")),
            (
                "bare newlines and no blank line",
                usual.trim_end().replace("\r\n", "\n"),
            ),
            (
                "a space before the colon",
                usual.replace(": ", " : ").replace(st, "ST : urn"),
            ),
            (
                "a tab before the colon",
                usual.replace("LOCATION:", "LOCATION\t:"),
            ),
            (
                "a folded header",
                usual.replace("LOCATION: ", "LOCATION:\r\n  "),
            ),
            (
                "another folded header",
                usual.replace("EXT:", "SERVER: a,\r\n b\r\n\tc"),
            ),
            ("a folded target", usual.replace(st, "ST:\r\n\turn")),
            (
                "a repeated header",
                usual.replace("EXT:", "EXT:\r\nEXT:\r\nSERVER: a\r\nSERVER: b"),
            ),
            ("a repeated target", usual.replace("EXT:", &igd())),
            (
                "another target too",
                usual.replace("EXT:", "ST: upnp:rootdevice"),
            ),
            (
                "a line that is no header",
                usual.replace("EXT:", "EXT\r\n: x\r\nnot a header"),
            ),
            (
                "a byte that is no text",
                usual.replace("EXT:", "EXT: \u{e9}"),
            ),
            (
                "spaces in the first line",
                usual.replace("HTTP/1.1 200 OK", "HTTP/1.1  200  OK"),
            ),
            ("no reason", usual.replace(" OK", "")),
            ("the old version", usual.replace("HTTP/1.1", "HTTP/1.0")),
            (
                "a repeated place",
                usual.replace("EXT:", "LOCATION: http://192.168.77.1:5000/igd.xml"),
            ),
            (
                "a place elsewhere too",
                usual.replace("EXT:", "LOCATION: http://192.168.77.2/"),
            ),
            (
                "a place that is none too",
                usual.replace("EXT:", "LOCATION: (null)"),
            ),
        ] {
            let url = "http://192.168.77.1:5000/igd.xml";
            assert_eq!(place(text.as_bytes(), ROUTER), url, "{what}: {text:?}");
        }
        let two = usual.replace("EXT:", "LOCATION: http://192.168.77.1:5001/wfa.xml");
        assert_eq!(read(two.as_bytes(), ROUTER).unwrap().len(), 2);
    }

    #[test]
    fn what_leads_elsewhere_or_answers_something_else_is_refused() {
        let at = |url: &str| answer(&[&igd(), &format!("LOCATION: {url}")]);
        let elsewhere = "its description is not on the router";
        let usual = "LOCATION: http://192.168.77.1/";
        for (text, why) in [
            (at("http://192.168.77.2/"), elsewhere),
            (at("http://84.212.10.20/"), elsewhere),
            (at("http://127.0.0.1/"), elsewhere),
            (at("http://router.example.net/"), elsewhere),
            (at("http://[::ffff:192.168.77.1]/"), elsewhere),
            (at("https://192.168.77.1/"), elsewhere),
            (at("file:///etc/passwd"), elsewhere),
            (at("http://me:pw@192.168.77.1/"), elsewhere),
            (at("http://192.168.77.1@example.net/"), elsewhere),
            (at("/rootDesc.xml"), "its description has no address"),
            (at(""), "its description has no address"),
            (
                answer(&[&igd()]),
                "it does not say where its description is",
            ),
            (answer(&[usual]), "it answers another search"),
            (
                answer(&[usual, "ST: upnp:rootdevice"]),
                "it answers another search",
            ),
            (answer(&[usual, "ST:"]), "it answers another search"),
            (
                MINIUPNPD.replace("200 OK", "404 Not Found"),
                "it is no answer to a search",
            ),
            (
                MINIUPNPD.replace("HTTP/1.1 200 OK", "NOTIFY * HTTP/1.1"),
                "it is no answer to a search",
            ),
            (answer(&[usual; HEADERS + 1]), "it is no answer to a search"),
            (
                String::from_utf8(search(TARGETS[0], MULTICAST.into())).unwrap(),
                "it is no answer to a search",
            ),
        ] {
            assert_eq!(read(text.as_bytes(), ROUTER), Err(why), "{text}");
        }
    }

    #[test]
    fn no_part_of_an_answer_leads_off_the_router() {
        let first = MINIUPNPD.find("http://192.168.77.1").unwrap() + "http://192.168.77.1".len();
        for end in 0..MINIUPNPD.len() {
            let read = read(&MINIUPNPD.as_bytes()[..end], ROUTER);
            // Datagrams are not cut; one that was would lead to another page of the router's.
            assert_eq!(read.is_ok(), end >= first, "{end}");
            for url in read.unwrap_or_default() {
                assert!(on_router(&url, ROUTER), "{url}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes, ROUTER);
            let head = b"HTTP/1.1 200 OK\r\nLOCATION:";
            let _ = read(&[&head[..], &bytes, b"\r\n\r\n"].concat(), ROUTER);
        }
    }
}
