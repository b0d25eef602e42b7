//! NAT-PMP (RFC 6886): the router's external address, asked for (section 3.2) and announced (section
//! 3.2.1). Both are one message: there is nothing in it that ties an answer to its question.

use std::net::Ipv4Addr;

use super::{PortMapError, external_addr};

/// Asks for the external address.
pub const REQUEST: [u8; 2] = [0, 0];

/// An answer or an announcement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NatPmpMessage {
    /// Seconds since the router's mappings began.
    pub epoch: u32,
    /// The external address, or why there is none.
    pub external: Result<Ipv4Addr, PortMapError>,
}

/// In an opcode: this is a response.
const RESPONSE: u8 = 0x80;

/// An answer with an address, and one that is padded to the length of an answer about a mapping: there are
/// routers that send all answers from one buffer, with anything at its end.
const LENGTHS: [usize; 2] = [12, 16];

/// Reads the answer to a request: the external address or a refusal. A router that speaks another version
/// refuses in that one's words (RFC 6887, section 9): PCP is version 2.
pub fn answer(bytes: &[u8]) -> Result<Result<Ipv4Addr, PortMapError>, &'static str> {
    match bytes {
        [2, RESPONSE..=0xff, ..] => Ok(Err(PortMapError::new("it speaks PCP only"))),
        [version @ 1..=0xff, RESPONSE..=0xff, _, 1, ..] => Ok(Err(PortMapError::new(format!(
            "it speaks version {version} only"
        )))),
        _ => read(bytes).map(|message| message.external),
    }
}

/// Reads a datagram whole. What is no message about an external address is an error in words.
pub fn read(bytes: &[u8]) -> Result<NatPmpMessage, &'static str> {
    let [0, 128, high, low, rest @ ..] = bytes else {
        return Err("it is no NAT-PMP message about an external address");
    };
    let Some((epoch, rest)) = rest.split_first_chunk() else {
        return Err("its length is wrong");
    };
    let external = match (u16::from_be_bytes([*high, *low]), rest.first_chunk::<4>()) {
        (0, Some(octets)) if LENGTHS.contains(&bytes.len()) => external_addr((*octets).into()),
        (code, _) if code != 0 && bytes.len() <= LENGTHS[1] => Err(refusal(code)),
        _ => return Err("its length is wrong"),
    };
    Ok(NatPmpMessage {
        epoch: u32::from_be_bytes(*epoch),
        external,
    })
}

/// By the result codes of section 3.5.
fn refusal(code: u16) -> PortMapError {
    match code {
        1 => PortMapError::new("it does not speak this version (result 1)"),
        2 => PortMapError::new("it is not allowed to answer (result 2)"),
        3 => PortMapError::no_address("it has no external address (network failure, result 3)"),
        4 => PortMapError::new("it has no room (result 4)"),
        5 => PortMapError::new("it does not know the question (result 5)"),
        code => PortMapError::new(format!("it answers with result {code}")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a router of ours answered.
    const ANSWER: [u8; 12] = [0, 128, 0, 0, 0, 0, 2, 1, 84, 212, 10, 20];

    #[test]
    fn an_answer_gives_the_routers_address_and_age() {
        assert_eq!(
            read(&ANSWER),
            Ok(NatPmpMessage {
                epoch: 513,
                external: Ok(Ipv4Addr::new(84, 212, 10, 20)),
            })
        );
    }

    #[test]
    fn no_part_of_an_answer_is_an_answer_and_nothing_may_follow_it() {
        for end in 0..ANSWER.len() {
            assert!(read(&ANSWER[..end]).is_err(), "{end}");
        }
        for more in [1, 2, 3, 5, 8, 100] {
            assert!(
                read(&[&ANSWER[..], &vec![0; more]].concat()).is_err(),
                "{more}"
            );
        }
        assert!(read(&ANSWER.repeat(100)).is_err());
    }

    #[test]
    fn an_answer_that_is_padded_to_the_length_of_one_about_a_mapping_is_an_answer() {
        for padding in [[0; 4], [0, 0, 14, 16], [0xff; 4]] {
            let padded = [&ANSWER[..], &padding].concat();
            assert_eq!(read(&padded), read(&ANSWER));
            assert_eq!(answer(&padded), Ok(Ok(Ipv4Addr::new(84, 212, 10, 20))));
            let mut refused = padded;
            refused[3] = 3;
            assert!(answer(&refused).unwrap().unwrap_err().no_address);
        }
    }

    #[test]
    fn a_router_that_speaks_another_version_only_is_known_by_its_answer() {
        // A PCP server's answer to a request of two bytes, and what others make of it.
        let unsupported = [&[2, 0x80, 0, 1][..], &[0; 20]].concat();
        for bytes in [
            &unsupported[..],
            &unsupported[..4],
            &unsupported[..8],
            &[2, 0x80],
            &[2, 0x80, 0, 3, 0, 0, 0, 0],
            &[2, 0x81, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9],
        ] {
            let refusal = answer(bytes).unwrap().unwrap_err();
            assert_eq!(refusal.what, "it speaks PCP only", "{bytes:?}");
            assert!(!refusal.no_address);
            assert!(read(bytes).is_err(), "no announcement by NAT-PMP");
        }
        let refusal = answer(&[1, 0x80, 0, 1, 0, 0, 0, 0]).unwrap().unwrap_err();
        assert_eq!(refusal.what, "it speaks version 1 only");
        // Requests are no answers, and what says nothing about versions is about something else.
        for bytes in [&[2, 0, 0, 1][..], &[2, 1], &[2], &[1, 0x80, 0, 0], &REQUEST] {
            assert!(answer(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn another_version_or_opcode_is_no_answer() {
        for (at, values) in [(0, [1, 2, 128, 255]), (1, [0, 1, 127, 129])] {
            for value in values {
                let mut other = ANSWER;
                other[at] = value;
                assert!(read(&other).is_err(), "{at} {value}");
            }
        }
        assert!(read(&REQUEST).is_err(), "what only reflects the question");
    }

    #[test]
    fn a_refusal_is_said_in_words_and_gives_no_address_whatever_stands_there() {
        for (code, what, no_address) in [
            (1, "version", false),
            (2, "not allowed", false),
            (3, "no external address", true),
            (4, "no room", false),
            (5, "question", false),
            (77, "result 77", false),
        ] {
            let mut bytes = ANSWER;
            bytes[3] = code;
            for bytes in [&bytes[..], &bytes[..8]] {
                let refusal = read(bytes).unwrap().external.unwrap_err();
                assert!(refusal.what.contains(what), "{refusal}");
                assert_eq!(refusal.no_address, no_address, "{refusal}");
            }
        }
    }

    #[test]
    fn all_zeros_are_no_address() {
        let bytes = [&ANSWER[..8], &[0; 4]].concat();
        assert!(read(&bytes).unwrap().external.unwrap_err().no_address);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = answer(&bytes);
            let _ = read(&[&ANSWER[..2], &bytes].concat());
        }
    }
}
