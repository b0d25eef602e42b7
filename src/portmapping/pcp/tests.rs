use proptest::prelude::*;

use super::*;

const MAPPING: Mapping = Mapping {
    client: Ipv4Addr::new(192, 168, 77, 2),
    port: 0xdeea,
    nonce: *b"nonce_nonce_",
};

/// What miniupnpd 2.3.1 answered to a request for it.
fn answer() -> Vec<u8> {
    let head = [2, 0x81, 0, 0, 0, 0, 0, 120, 0, 0, 0, 1];
    let external = Ipv4Addr::new(84, 212, 10, 20).to_ipv6_mapped().octets();
    let body = [&[17, 0, 0, 0][..], &[0xde, 0xea, 0xde, 0xea], &external].concat();
    [&head[..], &[0; 12], b"nonce_nonce_", &body].concat()
}

fn with(at: usize, value: u8) -> Vec<u8> {
    let mut bytes = answer();
    bytes[at] = value;
    bytes
}

#[test]
fn a_request_names_client_port_and_nonce_and_leaves_the_rest_to_the_router() {
    let bytes = MAPPING.request(60);
    assert_eq!(bytes.len(), HEADER + BODY);
    assert_eq!(bytes[..8], [2, 1, 0, 0, 0, 0, 0, 60]);
    assert_eq!(bytes[8..24], MAPPING.client.to_ipv6_mapped().octets());
    assert_eq!(bytes[24..36], MAPPING.nonce);
    assert_eq!(bytes[36..44], [17, 0, 0, 0, 0xde, 0xea, 0, 0]);
    assert_eq!(bytes[44..], Ipv4Addr::UNSPECIFIED.to_ipv6_mapped().octets());
    // To delete is to ask for no time.
    let mut deletion = bytes;
    deletion[7] = 0;
    assert_eq!(MAPPING.request(0), deletion);
    assert!(MAPPING.read(&deletion).is_err(), "what only reflects it");
}

#[test]
fn an_answer_gives_the_external_address() {
    let addr = Ipv4Addr::new(84, 212, 10, 20);
    assert_eq!(MAPPING.read(&answer()), Ok(Ok(addr)));
    // Options may follow.
    let more = [answer(), vec![128, 0, 0, 4, 1, 2, 3, 4]].concat();
    assert_eq!(MAPPING.read(&more), Ok(Ok(addr)));
}

#[test]
fn no_part_of_an_answer_is_an_answer_and_it_has_a_longest_length() {
    let whole = answer();
    for end in 0..whole.len() {
        assert!(MAPPING.read(&whole[..end]).is_err(), "{end}");
    }
    let mut long = answer();
    long.resize(MAX_MESSAGE_BYTES, 0);
    assert!(MAPPING.read(&long).is_ok());
    for length in [
        whole.len() + 1,
        whole.len() + 2,
        MAX_MESSAGE_BYTES + 4,
        60_000,
    ] {
        long.resize(length, 0);
        assert_eq!(MAPPING.read(&long), Err("its length is wrong"), "{length}");
    }
}

#[test]
fn what_is_not_about_our_mapping_is_no_answer() {
    for at in (24..37).chain(40..42) {
        let other = with(at, answer()[at] ^ 1);
        assert_eq!(MAPPING.read(&other), Err("it is about another mapping"));
        let refused = [&other[..3], &[2], &other[4..]].concat();
        assert_eq!(MAPPING.read(&refused), Err("it is about another mapping"));
    }
    for (opcode, what) in [
        (0x80, "it does not answer a request for a mapping"),
        (0x82, "it does not answer a request for a mapping"),
        (0x01, "it is no PCP response"),
    ] {
        assert_eq!(MAPPING.read(&with(1, opcode)), Err(what));
    }
}

#[test]
fn another_version_is_no_answer_unless_it_says_that_there_is_no_other() {
    for version in [1, 3, 255] {
        let other = with(0, version);
        assert_eq!(MAPPING.read(&other), Err("it is no PCP response"));
        let refused = [&other[..3], &[1], &other[4..]].concat();
        let refusal = MAPPING.read(&refused).unwrap().unwrap_err();
        assert_eq!(refusal.what, format!("it speaks version {version} only"));
    }
    for natpmp in [&[0, 129, 0, 1, 0, 0, 0, 9][..], &[0, 128, 0, 1]] {
        let refusal = MAPPING.read(natpmp).unwrap().unwrap_err();
        assert_eq!(refusal.what, "it speaks NAT-PMP only");
    }
    assert!(MAPPING.read(&[0, 1, 0, 1]).is_err());
    assert!(MAPPING.read(&[0, 129, 0]).is_err());
}

#[test]
fn a_refusal_is_said_in_words_with_or_without_what_was_asked_for() {
    for (code, what, no_address) in [
        (1, "version", false),
        (2, "not allowed", false),
        (3, "does not understand", false),
        (4, "maps no ports", false),
        (7, "no external address", true),
        (8, "no room", false),
        (9, "no UDP", false),
        (10, "too many", false),
        (12, "another address", false),
        (200, "result 200", false),
    ] {
        let bytes = with(3, code);
        for bytes in [&bytes[..], &bytes[..HEADER]] {
            let refusal = MAPPING.read(bytes).unwrap().unwrap_err();
            assert!(refusal.what.contains(what), "{refusal}");
            assert_eq!(refusal.no_address, no_address, "{refusal}");
        }
    }
}

#[test]
fn an_external_address_is_one_of_ipv4() {
    let mut bytes = answer();
    bytes[44] = 0x20;
    assert_eq!(
        MAPPING.read(&bytes),
        Err("its external address is none of IPv4")
    );
    let none = [&answer()[..56], &[0; 4]].concat();
    assert!(MAPPING.read(&none).unwrap().unwrap_err().no_address);
}

#[test]
fn an_announcement_tells_the_routers_age_and_nothing_else_is_one() {
    let whole = [&[2, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1][..], &[0; 12]].concat();
    assert_eq!(announced(&whole), Ok(513));
    for end in 0..whole.len() {
        assert!(announced(&whole[..end]).is_err(), "{end}");
    }
    for (at, value) in [(0, 1), (0, 0), (1, 0), (1, 0x81), (3, 1)] {
        let mut other = whole.clone();
        other[at] = value;
        assert!(announced(&other).is_err(), "{at} {value}");
    }
    assert!(announced(&[&whole[..], &[0]].concat()).is_err());
    assert!(announced(&answer()).is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = MAPPING.read(&bytes);
        let _ = announced(&bytes);
        for head in [[2, 0x81, 0, 0], [2, 0x80, 0, 0], [2, 0x81, 0, 7]] {
            let _ = MAPPING.read(&[&head[..], &bytes].concat());
            let _ = announced(&[&head[..], &bytes].concat());
        }
    }

    #[test]
    fn every_address_is_read_back(addr in any::<Ipv4Addr>()) {
        let bytes = [&answer()[..44], &addr.to_ipv6_mapped().octets()].concat();
        let read = MAPPING.read(&bytes).unwrap();
        prop_assert_eq!(read.ok(), Some(addr).filter(|it| !it.is_unspecified()));
    }
}
