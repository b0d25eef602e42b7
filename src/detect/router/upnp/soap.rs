//! The one call (`GetExternalIPAddress` of WANIPConnection:1, section 2.4.18) and its answer: bytes
//! in, verdict out.

use std::net::Ipv4Addr;

use super::xml::{content, document, named, text};
use crate::portmapping::Refusal;

const ACTION: &str = "GetExternalIPAddress";

/// What the call to a service of a kind goes by.
pub fn action(kind: &str) -> String {
    format!("{kind}#{ACTION}")
}

/// The call to a service of a kind.
pub fn call(kind: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\r\n\
         <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">\
         <s:Body><u:{ACTION} xmlns:u=\"{kind}\"></u:{ACTION}></s:Body></s:Envelope>\r\n"
    )
}

/// Reads an answer whole: exactly one address, or why there is none. A router that has none gives
/// nothing or zeros.
pub fn read(bytes: &[u8]) -> Result<Ipv4Addr, Refusal> {
    let text = text(bytes).map_err(Refusal::new)?;
    let document = document(&text).map_err(Refusal::new)?;
    let mut given = named(&document, "NewExternalIPAddress").map(content);
    match (given.next(), given.next()) {
        (Some(""), None) => Err(Refusal::no_address("it gives no external address")),
        (Some(text), None) => match text.parse::<Ipv4Addr>() {
            Ok(addr) => crate::portmapping::given(addr),
            Err(_) => Err(Refusal::new("what it gives is no IPv4 address")),
        },
        (Some(_), Some(_)) => Err(Refusal::new("it gives more than one address")),
        (None, _) => Err(Refusal::new(match named(&document, "errorCode").next() {
            Some(code) => format!("it answers with error {}", number(content(code))),
            None => "it does not answer the call".to_owned(),
        })),
    }
}

/// An error's number, and nothing else that may stand there.
fn number(text: &str) -> &str {
    let digits = (1..=3).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    if digits { text } else { "without a number" }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(inner: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<s:Envelope \
             xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <u:GetExternalIPAddressResponse \
             xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">{inner}\
             </u:GetExternalIPAddressResponse></s:Body></s:Envelope>"
        )
    }

    fn address(text: &str) -> String {
        answer(&format!(
            "<NewExternalIPAddress>{text}</NewExternalIPAddress>"
        ))
    }

    fn refused(text: &str) -> Refusal {
        read(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_call_names_its_service() {
        let text = call("urn:schemas-upnp-org:service:WANPPPConnection:1");
        let document = roxmltree::Document::parse(text.trim()).unwrap();
        let called = named(&document, ACTION).next().unwrap();
        let kind = called.tag_name().namespace().unwrap();
        assert_eq!(action(kind), format!("{kind}#GetExternalIPAddress"));
    }

    #[test]
    fn the_address_in_an_answer_is_the_routers() {
        let typed = "<NewExternalIPAddress xmlns:dt=\"urn:schemas-microsoft-com:datatypes\" \
                     dt:dt=\"string\"> 84.212.10.20\n</NewExternalIPAddress>";
        for text in [
            address("84.212.10.20"),
            answer(typed),
            format!("\r\n{}\0", address("84.212.10.20")),
        ] {
            let addr = Ipv4Addr::new(84, 212, 10, 20);
            assert_eq!(read(text.as_bytes()), Ok(addr), "{text}");
        }
    }

    #[test]
    fn a_router_without_an_address_gives_nothing_or_zeros() {
        let none = answer("<NewExternalIPAddress/>");
        for text in [address(""), address("  "), address("0.0.0.0"), none] {
            assert!(refused(&text).no_address, "{text}");
        }
    }

    #[test]
    fn whatever_else_stands_there_is_no_address() {
        let twice = address("84.212.10.20").replace(
            "</u:",
            "<NewExternalIPAddress>84.212.10.21</NewExternalIPAddress></u:",
        );
        let no_such = "<NewConnectionStatus>Connected</NewConnectionStatus>";
        for (text, what) in [
            (address("2a01:79c:1::20"), "no IPv4 address"),
            (address("84.212.10"), "no IPv4 address"),
            (address("84.212.10.20, 84.212.10.21"), "no IPv4 address"),
            (address("084.212.10.20"), "no IPv4 address"),
            (address("<b>84.212.10.20</b>"), "no external address"),
            (twice, "more than one address"),
            (answer(no_such), "does not answer the call"),
            ("<html><body>Login</body>".to_owned(), "no well-formed XML"),
            ("84.212.10.20".to_owned(), "no well-formed XML"),
            (String::new(), "no well-formed XML"),
        ] {
            let refusal = refused(&text);
            assert!(refusal.what.contains(what), "{refusal}: {text}");
        }
    }

    #[test]
    fn a_fault_is_said_with_its_number_and_nothing_else_of_it() {
        let fault = |code: &str| {
            format!(
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
                 <faultcode>s:Client</faultcode><detail><UPnPError><errorCode>{code}</errorCode>\
                 <errorDescription>Invalid Action</errorDescription></UPnPError></detail></s:Fault>\
                 </s:Body></s:Envelope>"
            )
        };
        assert_eq!(refused(&fault("401")).what, "it answers with error 401");
        for code in ["", "4011", "\u{1b}[31m", "-1"] {
            let what = refused(&fault(code)).what;
            let known = [
                "it answers with error without a number",
                "its answer is no well-formed XML",
            ];
            assert!(known.contains(&what.as_str()), "{what}");
        }
    }

    #[test]
    fn hostile_xml_is_refused() {
        let bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"84.212.10.20\">\
                    <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>\
                    <a><NewExternalIPAddress>&b;</NewExternalIPAddress></a>";
        assert!(refused(bomb).what.contains("DTD"), "{}", refused(bomb));
        let outside = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>";
        assert!(refused(outside).what.contains("DTD"));
        let long = address(&" ".repeat(1 << 20));
        assert!(refused(&long).what.contains("longer than"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
            let _ = read(answer(&String::from_utf8_lossy(&bytes)).as_bytes());
        }
    }
}
