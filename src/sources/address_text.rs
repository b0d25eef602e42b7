//! Texts that are addresses and nothing else.
//!
//! A text is read whole or not at all: an address somewhere in a page, a header or a sentence is
//! not an answer. What others made of such texts is in the laws' table of failures.

use std::net::IpAddr;

use crate::core::foreign_text::ForeignText;

/// The longest echo answer in bytes: the longest address takes 45.
pub const MAX_ECHO_BYTES: usize = 256;

/// The longest output of a command or content of a file in bytes.
pub const MAX_LIST_BYTES: usize = 4096;

/// Reads what an echo service says: one address, white space around it, nothing else.
pub fn one(body: &[u8]) -> Result<IpAddr, String> {
    let text = std::str::from_utf8(body).map_err(|_| "the answer is not text".to_owned())?;
    let text = text.trim();
    if text.is_empty() {
        return Err("the answer is empty".to_owned());
    }
    text.parse()
        .map_err(|_| format!("the answer is not an address but `{}`", shown(text)))
}

/// Reads what a file or command of the operator says: one address or several, separated by white
/// space or commas, and nothing else.
pub fn several(body: &[u8]) -> Result<Vec<IpAddr>, String> {
    if body.len() > MAX_LIST_BYTES {
        return Err(format!("it says more than {MAX_LIST_BYTES} bytes"));
    }
    let text = std::str::from_utf8(body).map_err(|_| "it does not say text".to_owned())?;
    let words = text
        .split(|it: char| it.is_whitespace() || it == ',')
        .filter(|it| !it.is_empty());
    let addrs: Result<Vec<IpAddr>, String> = words
        .map(|word| {
            word.parse()
                .map_err(|_| format!("`{}` is not an address", shown(word)))
        })
        .collect();
    match addrs? {
        addrs if addrs.is_empty() => Err("it says nothing".to_owned()),
        addrs => Ok(addrs),
    }
}

/// The beginning of a text that may be a whole page or hold control characters.
fn shown(text: &str) -> String {
    ForeignText::at_most(text, 40).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_with_white_space_around_it_is_read() {
        for body in ["84.212.10.20", "84.212.10.20\n", " 84.212.10.20\r\n"] {
            assert_eq!(one(body.as_bytes()).unwrap().to_string(), "84.212.10.20");
        }
        assert_eq!(one(b"2A01:79C::1\n").unwrap().to_string(), "2a01:79c::1");
    }

    #[test]
    fn anything_else_is_rejected_whole() {
        for body in [
            &b""[..],
            b"\n",
            b"<html><body>84.212.10.20</body></html>",
            b"Your address is 84.212.10.20",
            b"84.212.10.20 84.212.10.21",
            b"84.212.10.20\n84.212.10.21",
            b"84.212.10.20, 2a01::1",
            b"{\"ip\":\"84.212.10.20\"}",
            b"84.212.10.20:80",
            b"84.212.10.20/24",
            b"084.212.10.20",
            b"84.212.10",
            b"1.2.3.4.5",
            b"2026.11.21.1",
            b"fe80::1%eth0",
            b"[2a01::1]",
            b"\xff\xfe",
            b"84.212.10.20\0",
        ] {
            assert!(one(body).is_err(), "{}", String::from_utf8_lossy(body));
        }
        // Four numbers that happen to look like a version are an address; `confirm` is what stands
        // against those.
        assert!(one(b"3.10.0.1").is_ok());
    }

    #[test]
    fn a_file_may_say_several_and_must_say_one() {
        let read = |text: &str| several(text.as_bytes()).map(|it| it.len());
        assert_eq!(read("84.212.10.20\n84.212.10.21\n"), Ok(2));
        assert_eq!(read("84.212.10.20,84.212.10.21"), Ok(2));
        assert_eq!(read(" \n"), Err("it says nothing".to_owned()));
        assert_eq!(
            read("inet 84.212.10.20"),
            Err("`inet` is not an address".to_owned())
        );
        assert!(several(&[b' '; MAX_LIST_BYTES + 1]).is_err());
    }

    #[test]
    fn a_page_is_quoted_only_at_its_beginning_and_without_control_characters() {
        let page = format!("<html>\u{1b}[31m{}", "x".repeat(10_000));
        let error = one(page.as_bytes()).unwrap_err();
        assert!(
            error.chars().count() < 100 && !error.contains('\u{1b}'),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_readers_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = one(&body);
            let _ = several(&body);
        }

        #[test]
        fn every_address_is_read_back(addr in any::<IpAddr>()) {
            prop_assert_eq!(one(format!("{addr}\n").as_bytes()), Ok(addr));
        }
    }
}
