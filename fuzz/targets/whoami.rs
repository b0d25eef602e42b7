//! DNS names that answer with the asker's address: an answer counts only whole, for its own question,
//! and with the address that is in it.

use std::net::IpAddr;

use moored::{
    core::address::family::Family,
    sources::{
        Reply,
        dns::{
            OPERATORS,
            message::{DnsAnswer, DnsQuestion},
        },
    },
};

use super::{assert_plain, contains};

/// The first two are the id, the others make some of the letters capitals.
const RANDOM: [u8; 8] = [0xab, 0xcd, 0x55, 0xf0, 0x0f, 0xaa, 0x33, 0x01];

/// The first byte says whom is asked for which family; then comes what is answered, whatever its id:
/// nobody has to guess that here.
pub(crate) fn answers(bytes: &[u8]) {
    let Some((choice, answer)) = bytes.split_first() else {
        return;
    };
    let choice = usize::from(*choice);
    let operator = &OPERATORS[choice % OPERATORS.len()];
    let family = Family::ALL[choice / OPERATORS.len() % 2];
    let ask = |random| DnsQuestion::new(operator, family, random).unwrap();
    let question = ask(RANDOM);
    let mut answer = answer.to_vec();
    for (place, byte) in answer.iter_mut().zip([RANDOM[0], RANDOM[1]]) {
        *place = byte;
    }
    let is_stray = |question: &DnsQuestion, bytes: &[u8]| {
        assert!(matches!(question.read(bytes), Reply::Unrelated(_)));
    };
    let Reply::Match(said) = question.read(&answer) else {
        return;
    };
    let mut another_id = RANDOM;
    another_id[1] ^= 1;
    let mut another_case = RANDOM;
    another_case[2] ^= 1;
    is_stray(&ask(another_id), &answer);
    is_stray(&ask(another_case), &answer);
    let longer = [&answer[..], &[0]].concat();
    for damaged in [&longer[..], &answer[..answer.len() - 1], &answer[..11]] {
        is_stray(&question, damaged);
    }
    match said {
        Ok(DnsAnswer::Address(addr)) => assert!(stands_in(&answer, addr), "{addr}"),
        Ok(DnsAnswer::Truncated) => assert!(answer[2] & 2 != 0),
        Err(what) => assert_plain(&what, 120),
    }
}

/// Whether the address is in the message, in a record of its own or as the one text of one.
fn stands_in(message: &[u8], addr: IpAddr) -> bool {
    let octets = match addr {
        IpAddr::V4(addr) => addr.octets().to_vec(),
        IpAddr::V6(addr) => addr.octets().to_vec(),
    };
    let letters = message.split(|it| !(it.is_ascii_hexdigit() || b".:".contains(it)));
    let mut texts = letters.filter_map(|it| std::str::from_utf8(it).ok());
    contains(message, &octets) || texts.any(|it| it.parse() == Ok(addr))
}
