use proptest::prelude::*;

use super::*;

const TRANSACTION: [u8; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    let mut bytes = [&kind.to_be_bytes()[..], &length.to_be_bytes(), value].concat();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn message(kind: [u8; 2], attributes: &[Vec<u8>]) -> Vec<u8> {
    let body = attributes.concat();
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [&kind[..], &length, &COOKIE, &TRANSACTION, &body].concat()
}

fn mapped(addr: IpAddr) -> Vec<u8> {
    let (family, octets) = match addr {
        IpAddr::V4(addr) => (1, addr.octets().to_vec()),
        IpAddr::V6(addr) => (2, addr.octets().to_vec()),
    };
    let mask = COOKIE.iter().chain(&TRANSACTION);
    let masked: Vec<u8> = octets
        .iter()
        .zip(mask)
        .map(|(it, mask)| it ^ mask)
        .collect();
    attribute(
        XOR_MAPPED_ADDRESS,
        &[&[0, family, 0xa1, 0x47][..], &masked].concat(),
    )
}

fn ours() -> IpAddr {
    "84.212.10.20".parse().unwrap()
}

fn refused(bytes: &[u8]) -> String {
    match read(bytes, TRANSACTION) {
        Reply::Match(Err(what)) => what,
        heard => panic!("{heard:?}"),
    }
}

#[test]
fn the_answers_of_rfc_5769_are_read_to_their_addresses() {
    // The transaction and the masked addresses of sections 2.2 and 2.3.
    let transaction = *b"\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae";
    let four = b"\x00\x01\xa1\x47\xe1\x12\xa6\x43";
    let six = b"\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9";
    for (value, addr) in [
        (&four[..], "192.0.2.1"),
        (&six[..], "2001:db8:1234:5678:11:2233:4455:6677"),
    ] {
        let body = [
            attribute(0x8022, b"test vector"),
            attribute(XOR_MAPPED_ADDRESS, value),
        ]
        .concat();
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        let bytes = [&SUCCESS[..], &length, &COOKIE, &transaction, &body].concat();
        assert_eq!(
            read(&bytes, transaction),
            Reply::Match(Ok(addr.parse().unwrap()))
        );
    }
}

#[test]
fn a_request_is_a_header_and_nothing_else() {
    let bytes = request(TRANSACTION);
    assert_eq!(bytes.len(), HEADER);
    assert_eq!(bytes[..8], [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
    assert_eq!(bytes[8..], TRANSACTION);
    // What only reflects it is no answer.
    assert!(matches!(read(&bytes, TRANSACTION), Reply::Unrelated(_)));
}

#[test]
fn what_is_not_of_our_transaction_is_no_answer() {
    let good = message(SUCCESS, &[mapped(ours())]);
    assert_eq!(read(&good, TRANSACTION), Reply::Match(Ok(ours())));
    for at in 0..HEADER {
        let mut forged = good.clone();
        forged[at] ^= 0x40;
        assert!(
            matches!(read(&forged, TRANSACTION), Reply::Unrelated(_)),
            "{at}"
        );
    }
}

#[test]
fn no_part_of_an_answer_is_an_answer_and_nothing_may_follow_it() {
    let whole = message(SUCCESS, &[mapped(ours())]);
    for end in 0..whole.len() {
        assert!(
            matches!(read(&whole[..end], TRANSACTION), Reply::Unrelated(_)),
            "{end}"
        );
    }
    for more in [&[0][..], &[0; 4]] {
        let longer = [&whole[..], more].concat();
        assert_eq!(
            read(&longer, TRANSACTION),
            Reply::Unrelated("its length is wrong")
        );
    }
    let oversized = message(
        SUCCESS,
        &[
            mapped(ours()),
            attribute(0x8022, &[b'x'; MAX_MESSAGE_BYTES]),
        ],
    );
    assert_eq!(
        read(&oversized, TRANSACTION),
        Reply::Unrelated("its length is wrong")
    );
}

#[test]
fn an_attribute_that_reaches_beyond_the_message_is_no_answer() {
    let mut bytes = message(SUCCESS, &[mapped(ours())]);
    bytes[HEADER + 3] += 4;
    assert_eq!(
        read(&bytes, TRANSACTION),
        Reply::Unrelated("its attributes are damaged")
    );
}

#[test]
fn an_answer_must_give_exactly_one_whole_address() {
    let plain = attribute(0x0001, &[0, 1, 0, 80, 84, 212, 10, 20]);
    assert_eq!(
        refused(&message(SUCCESS, &[])),
        "the answer gives no address"
    );
    // MAPPED-ADDRESS is what routers rewrite: it is not taken in the other's place.
    assert_eq!(
        refused(&message(SUCCESS, std::slice::from_ref(&plain))),
        "the answer gives no address"
    );
    assert_eq!(
        refused(&message(SUCCESS, &[mapped(ours()), mapped(ours())])),
        "the answer gives more than one address"
    );
    for value in [
        &[][..],
        &[0, 1, 0, 80],
        &[0, 1, 0, 80, 1, 2, 3],
        &[0, 1, 0, 80, 1, 2, 3, 4, 5],
        &[0, 2, 0, 80, 1, 2, 3, 4],
        &[0, 3, 0, 80, 1, 2, 3, 4],
    ] {
        let bytes = message(SUCCESS, &[attribute(XOR_MAPPED_ADDRESS, value)]);
        assert_eq!(refused(&bytes), "the address in the answer is damaged");
    }
    let more = [plain, attribute(0x8022, b"odd"), mapped(ours())];
    assert_eq!(
        read(&message(SUCCESS, &more), TRANSACTION),
        Reply::Match(Ok(ours()))
    );
}

#[test]
fn an_answer_that_demands_what_is_unknown_is_refused() {
    let bytes = message(SUCCESS, &[mapped(ours()), attribute(0x7ffe, &[])]);
    assert_eq!(
        refused(&bytes),
        "the answer demands something unknown (0x7ffe)"
    );
}

#[test]
fn an_error_is_said_with_its_code() {
    let bytes = message(ERROR, &[attribute(ERROR_CODE, &[0, 0, 4, 1])]);
    assert_eq!(refused(&bytes), "it answers with error 401");
    assert_eq!(
        refused(&message(ERROR, &[mapped(ours())])),
        "it answers with an error"
    );
}

proptest! {
    #[test]
    fn every_address_is_read_back(addr in any::<IpAddr>()) {
        let bytes = message(SUCCESS, &[mapped(addr)]);
        prop_assert_eq!(read(&bytes, TRANSACTION), Reply::Match(Ok(addr)));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(matches!(read(&bytes, TRANSACTION), Reply::Unrelated(_)));
    }

    #[test]
    fn no_attributes_make_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&message(SUCCESS, std::slice::from_ref(&body)), TRANSACTION);
        let _ = read(&message(ERROR, &[body]), TRANSACTION);
    }
}
