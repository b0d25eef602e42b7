//! The one call (`GetExternalIPAddress` of WANIPConnection:1, section 2.4.18) and its answer: bytes
//! in, verdict out.

use std::net::Ipv4Addr;

use super::xml::{XmlDocument, document, text};
use crate::portmapping::PortMapError;

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
/// nothing or zeros. Only with status 200 is it an address; an error's number is told with any other
/// status, for routers take 400, 401 and 501 for it as well as 500 (UPnP Device Architecture 1.1, section
/// 3.1.1).
pub fn read(status: u16, bytes: &[u8]) -> Result<Ipv4Addr, PortMapError> {
    if bytes.trim_ascii().is_empty() {
        let what = format!("it answers with status {status} without a body");
        return Err(PortMapError::new(what));
    }
    let document = text(bytes).and_then(|text| Ok(document(&text)?));
    if status != 200 {
        let code = document
            .ok()
            .as_ref()
            .and_then(error_code)
            .map(str::to_owned);
        return Err(PortMapError::new(match code {
            Some(code) if status == 500 => format!("it answers with error {code}"),
            Some(code) => format!("it answers with error {code} (status {status})"),
            None => format!("it answers with status {status}"),
        }));
    }
    let document = document.map_err(PortMapError::new)?;
    let mut given = document
        .named("NewExternalIPAddress")
        .map(|place| document.content(place));
    match (given.next(), given.next()) {
        (Some(""), None) => Err(PortMapError::no_address("it gives no external address")),
        (Some(text), None) => match text.parse::<Ipv4Addr>() {
            Ok(addr) => crate::portmapping::external_addr(addr),
            Err(_) => Err(PortMapError::new("what it gives is no IPv4 address")),
        },
        (Some(_), Some(_)) => Err(PortMapError::new("it gives more than one address")),
        (None, _) => Err(PortMapError::new(match error_code(&document) {
            Some(code) => format!("it answers with error {code}"),
            None => "it does not answer the call".to_owned(),
        })),
    }
}

/// The number of an error, and nothing else that may stand there.
fn error_code(document: &XmlDocument) -> Option<&str> {
    let code = document.content(document.named("errorCode").next()?);
    let digits = (1..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    Some(if digits { code } else { "without a number" })
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

    fn refused(text: &str) -> PortMapError {
        read(200, text.as_bytes()).unwrap_err()
    }

    fn fault(code: &str) -> String {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
             <faultcode>s:Client</faultcode><detail><UPnPError><errorCode>{code}</errorCode>\
             <errorDescription>Invalid Action</errorDescription></UPnPError></detail></s:Fault>\
             </s:Body></s:Envelope>"
        )
    }

    #[test]
    fn a_call_names_its_service() {
        let text = call("urn:schemas-upnp-org:service:WANPPPConnection:1");
        assert!(text.contains(
            "<u:GetExternalIPAddress xmlns:u=\"urn:schemas-upnp-org:service:WANPPPConnection:1\">\
             </u:GetExternalIPAddress>"
        ));
        assert_eq!(document(&text).unwrap().named(ACTION).count(), 1);
        assert_eq!(action("urn:a:1"), "urn:a:1#GetExternalIPAddress");
    }

    #[test]
    fn the_address_in_an_answer_is_the_routers() {
        let typed = "<NewExternalIPAddress xmlns:dt=\"urn:schemas-microsoft-com:datatypes\" \
                     dt:dt=\"string\"> 84.212.10.20\n</NewExternalIPAddress>";
        for text in [
            address("84.212.10.20"),
            answer(typed),
            format!("\r\n{}\0", address("84.212.10.20")),
            format!("\u{feff}\r\n{}", address("84.212.10.20")),
            format!("<!DOCTYPE x>{}<br>", answer(typed)),
            answer(typed).replace("xmlns:u=", "xmlns:v="),
            answer(&format!("<Name>R & D</Name>{typed}")),
        ] {
            let addr = Ipv4Addr::new(84, 212, 10, 20);
            assert_eq!(read(200, text.as_bytes()), Ok(addr), "{text}");
        }
    }

    #[test]
    fn the_answers_of_real_routers_give_their_addresses() {
        for name in ["miniupnpd.soap.xml", "huawei-hg531v1.soap.xml"] {
            let Some(bytes) = crate::sources::router::upnp::tests::captures::capture(name) else {
                return;
            };
            assert_eq!(read(200, &bytes), Ok(Ipv4Addr::new(84, 212, 10, 1)));
        }
    }

    #[test]
    fn an_address_counts_with_status_200_only() {
        for status in [100, 201, 204, 206, 302, 400, 401, 500, 501, 599] {
            let refusal = read(status, address("84.212.10.20").as_bytes()).unwrap_err();
            assert_eq!(refusal.what, format!("it answers with status {status}"));
            assert!(!refusal.no_address);
        }
    }

    #[test]
    fn the_number_of_an_error_is_told_with_whatever_status_it_comes() {
        for (status, what) in [
            (200, "it answers with error 402"),
            (500, "it answers with error 402"),
            (400, "it answers with error 402 (status 400)"),
            (401, "it answers with error 402 (status 401)"),
            (404, "it answers with error 402 (status 404)"),
            (501, "it answers with error 402 (status 501)"),
        ] {
            let refusal = read(status, fault("402").as_bytes()).unwrap_err();
            assert_eq!(refusal.what, what);
        }
    }

    #[test]
    fn an_answer_without_a_body_is_called_that() {
        for status in [200, 400, 500, 501] {
            for body in [&b""[..], b"\r\n", b"   "] {
                let refusal = read(status, body).unwrap_err();
                let what = format!("it answers with status {status} without a body");
                assert_eq!(refusal.what, what);
            }
        }
        let page = read(500, b"<html><body>Internal Error<br></body>").unwrap_err();
        assert_eq!(page.what, "it answers with status 500");
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
            (String::new(), "without a body"),
        ] {
            let refusal = refused(&text);
            assert!(refusal.what.contains(what), "{refusal}: {text}");
        }
    }

    #[test]
    fn a_fault_is_said_with_its_number_and_nothing_else_of_it() {
        assert_eq!(refused(&fault("401")).what, "it answers with error 401");
        for code in ["", "4011", "\u{1b}[31m", "-1"] {
            let what = refused(&fault(code)).what;
            assert_eq!(what, "it answers with error without a number");
        }
    }

    #[test]
    fn hostile_xml_is_refused() {
        let bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"84.212.10.20\">\
                    <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>\
                    <a><NewExternalIPAddress>&b;</NewExternalIPAddress></a>";
        assert_eq!(refused(bomb).what, "what it gives is no IPv4 address");
        let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>\
                       <a><NewExternalIPAddress>&b;</NewExternalIPAddress></a>";
        assert_eq!(refused(outside).what, "what it gives is no IPv4 address");
        let long = address(&" ".repeat(1 << 20));
        assert!(refused(&long).what.contains("longer than"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(200, &bytes);
            let _ = read(200, answer(&String::from_utf8_lossy(&bytes)).as_bytes());
        }
    }
}
