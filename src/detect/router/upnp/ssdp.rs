//! Finding the router's description (UPnP Device Architecture 1.1, section 1.3): the question to
//! everybody on the link, and what counts as an answer. Bytes in, verdict out.

use std::net::Ipv4Addr;

use reqwest::Url;

use super::on_router;

/// Where devices listen.
pub const EVERYBODY: (Ipv4Addr, u16) = (Ipv4Addr::new(239, 255, 255, 250), 1900);

/// What is looked for: a router, or its connection to the Internet. Either answers with the same
/// description, and there are routers that answer for one only.
pub const TARGETS: [&str; 5] = [
    "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
    "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "urn:schemas-upnp-org:service:WANIPConnection:2",
    "urn:schemas-upnp-org:service:WANPPPConnection:1",
];

/// No router sends more headers.
const HEADERS: usize = 32;

/// A search. Devices put their answer off by a random time of at most a second (`MX`).
pub fn search(target: &str) -> Vec<u8> {
    format!(
        "M-SEARCH * HTTP/1.1\r\nHOST: {}:{}\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: {target}\r\n\r\n",
        EVERYBODY.0, EVERYBODY.1
    )
    .into_bytes()
}

/// Where the router's description is, from an answer that came from the router's own address. What is
/// no such answer is an error in words.
pub fn read(bytes: &[u8], router: Ipv4Addr) -> Result<Url, &'static str> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    match response.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        _ => return Err("it is no answer to a search"),
    }
    if response.code != Some(200) {
        return Err("it is no answer to a search");
    }
    let the = |name: &str| {
        let mut found = response
            .headers
            .iter()
            .filter(|it| it.name.eq_ignore_ascii_case(name));
        let value = std::str::from_utf8(found.next()?.value).ok()?;
        found.next().is_none().then(|| value.trim())
    };
    if !the("ST").is_some_and(|target| TARGETS.contains(&target)) {
        return Err("it answers another search");
    }
    let location = the("LOCATION").ok_or("it does not say where its description is")?;
    let url = Url::parse(location).map_err(|_| "its description has no address")?;
    if !on_router(&url, router) {
        return Err("its description is not on the router");
    }
    Ok(url)
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
        let text = String::from_utf8(search(TARGETS[4])).unwrap();
        assert!(text.starts_with("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"));
        assert!(text.contains("\r\nMAN: \"ssdp:discover\"\r\n"));
        assert!(text.ends_with("\r\nST: urn:schemas-upnp-org:service:WANPPPConnection:1\r\n\r\n"));
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
            assert_eq!(read(text.as_bytes(), ROUTER).unwrap().as_str(), url);
        }
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
            (
                answer(&[&igd(), usual, usual]),
                "it does not say where its description is",
            ),
            (answer(&[usual]), "it answers another search"),
            (
                answer(&[usual, "ST: upnp:rootdevice"]),
                "it answers another search",
            ),
            (
                answer(&[usual, &igd(), &igd()]),
                "it answers another search",
            ),
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
                String::from_utf8(search(TARGETS[0])).unwrap(),
                "it is no answer to a search",
            ),
        ] {
            assert_eq!(read(text.as_bytes(), ROUTER), Err(why), "{text}");
        }
    }

    #[test]
    fn no_part_of_an_answer_is_an_answer() {
        for end in 0..MINIUPNPD.len() {
            assert!(read(&MINIUPNPD.as_bytes()[..end], ROUTER).is_err(), "{end}");
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
