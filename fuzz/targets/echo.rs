//! What echo services, files and commands say: an address only where the whole text is one.

use std::net::IpAddr;

use moored::sources::address_text::{MAX_LIST_BYTES, one, several};

use super::assert_plain;

pub(crate) fn bodies(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes);
    match one(bytes) {
        Ok(addr) => {
            let text = text.unwrap();
            let may = |it: char| it.is_whitespace() || it.is_ascii_hexdigit() || ".:".contains(it);
            assert!(text.chars().all(may), "{addr} of {text:?}");
            assert_eq!(text.split_whitespace().count(), 1, "{addr} of {text:?}");
            // Nothing may stand beside it, not even itself once more.
            for around in ["x", "0x", "<p>", ".", ":", "\0", "\u{feff}"] {
                assert!(one(format!("{around}{}", text.trim()).as_bytes()).is_err());
                assert!(one(format!("{}{around}", text.trim()).as_bytes()).is_err());
            }
            assert!(one(format!("{text} {addr}").as_bytes()).is_err());
            assert_eq!(one(addr.to_string().as_bytes()), Ok(addr));
        }
        Err(what) => assert_plain(&what, 100),
    }
    match several(bytes) {
        Ok(addrs) => {
            assert!(bytes.len() <= MAX_LIST_BYTES && !addrs.is_empty());
            // As many as there are words, each of them read to the same by itself.
            let separates = |it: char| it.is_whitespace() || it == ',';
            let words = text.unwrap().split(separates);
            let alone = words.filter(|it| !it.is_empty());
            let alone: Vec<Result<IpAddr, _>> = alone.map(|it| one(it.as_bytes())).collect();
            let addrs: Vec<_> = addrs.into_iter().map(Ok).collect();
            assert_eq!(alone, addrs);
        }
        Err(what) => assert_plain(&what, 100),
    }
}
