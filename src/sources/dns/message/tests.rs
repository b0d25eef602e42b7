use std::net::{Ipv4Addr, Ipv6Addr};

use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, TXT};
use proptest::prelude::*;

use super::*;
use crate::sources::dns::OPERATORS;

const RANDOM: [u8; 8] = [0xab, 0xcd, 0b0101_0101, 0xf0, 0x0f, 0xaa, 0x33, 0x01];
const OURS: Ipv4Addr = Ipv4Addr::new(84, 212, 10, 20);

fn question(operator: &str, family: Family) -> DnsQuestion {
    let operator = OPERATORS.iter().find(|it| it.name == operator).unwrap();
    DnsQuestion::new(operator, family, RANDOM).unwrap()
}

/// An answer as the true server would send it.
fn answer(question: &DnsQuestion, data: Vec<RData>) -> Message {
    let mut message = Message::new(question.id, MessageType::Response, OpCode::Query);
    message.metadata.authoritative = true;
    message.add_query(question.query.clone());
    for data in data {
        let mut record = Record::from_rdata(question.query.name().clone(), 60, data);
        record.dns_class = question.query.query_class();
        message.add_answer(record);
    }
    message
}

fn a(addr: Ipv4Addr) -> RData {
    RData::A(A(addr))
}

fn txt(texts: &[&str]) -> RData {
    RData::TXT(TXT::new(texts.iter().map(ToString::to_string).collect()))
}

fn read(question: &DnsQuestion, message: &Message) -> Reply<Result<DnsAnswer, String>> {
    question.read(&message.to_vec().unwrap())
}

fn refused(question: &DnsQuestion, message: &Message) -> String {
    match read(question, message) {
        Reply::Match(Err(what)) => what,
        heard => panic!("{heard:?}"),
    }
}

#[test]
fn the_one_address_of_an_answer_is_read_for_every_operator_and_family() {
    let (four, six) = (
        IpAddr::from(OURS),
        "2a01:79c::1".parse::<Ipv6Addr>().unwrap(),
    );
    for operator in &OPERATORS {
        for family in Family::ALL {
            let question = DnsQuestion::new(operator, family, RANDOM).unwrap();
            let (addr, record) = match family {
                Family::V4 => (four, a(OURS)),
                Family::V6 => (six.into(), RData::AAAA(AAAA(six))),
            };
            let data = match operator.kind {
                AnswerKind::Address => record,
                AnswerKind::Text | AnswerKind::ChaosText => txt(&[&addr.to_string()]),
            };
            assert_eq!(
                read(&question, &answer(&question, vec![data])),
                Reply::Match(Ok(DnsAnswer::Address(addr))),
                "{} {family}",
                operator.name
            );
        }
    }
}

#[test]
fn the_id_and_the_case_of_the_letters_come_from_the_random_bytes() {
    let plain = DnsQuestion::new(&OPERATORS[0], Family::V4, [0; 8]).unwrap();
    assert_eq!(plain.id, 0);
    assert_eq!(plain.query.name().to_ascii(), "myip.opendns.com.");
    let random = question("OpenDNS", Family::V4);
    assert_eq!(random.id, 0xabcd);
    assert_eq!(random.query.name().to_ascii(), "MyIp.OpEndns.cOM.");
}

#[test]
fn servers_that_speak_for_the_name_are_asked_for_no_recursion() {
    for (operator, recursion) in [("OpenDNS", true), ("Google", false), ("Akamai", false)] {
        let bytes = question(operator, Family::V4).to_bytes().unwrap();
        let message = Message::from_vec(&bytes).unwrap();
        assert_eq!(message.metadata.recursion_desired, recursion, "{operator}");
        assert_eq!(message.metadata.message_type, MessageType::Query);
    }
}

#[test]
fn an_answer_with_another_id_or_to_another_question_is_no_answer() {
    let question = question("OpenDNS", Family::V4);
    let good = answer(&question, vec![a(OURS)]);
    let forge = |change: &dyn Fn(&mut Message)| {
        let mut message = good.clone();
        change(&mut message);
        read(&question, &message)
    };
    let another = Reply::Unrelated("it answers another question");
    assert_eq!(
        forge(&|it| it.metadata.id ^= 1),
        Reply::Unrelated("its id is another one")
    );
    assert_eq!(
        forge(&|it| it.metadata.message_type = MessageType::Query),
        Reply::Unrelated("it is no answer")
    );
    assert_eq!(forge(&|it| it.queries.clear()), another);
    assert_eq!(
        forge(&|it| it.queries.push(question.query.clone())),
        another
    );
    assert_eq!(
        forge(&|it| {
            it.queries[0].set_query_type(RecordType::AAAA);
        }),
        another
    );
    assert_eq!(
        forge(&|it| {
            it.queries[0].set_query_class(DNSClass::CH);
        }),
        another
    );
    // One letter in the other case is enough.
    let name = question.query.name().to_ascii();
    let lower = Name::from_ascii(name.replacen('M', "m", 1)).unwrap();
    assert_eq!(
        forge(&|it| {
            it.queries[0].set_name(lower.clone());
        }),
        another
    );
}

#[test]
fn anything_but_one_record_of_what_was_asked_is_refused() {
    let question = question("OpenDNS", Family::V4);
    let name = question.query.name().clone();
    let alias = RData::CNAME(CNAME(name.clone()));
    let six = RData::AAAA(AAAA(Ipv6Addr::LOCALHOST));
    for data in [
        vec![],
        vec![a(OURS), a(OURS)],
        vec![alias.clone()],
        vec![alias, a(OURS)],
        vec![six],
        vec![txt(&["84.212.10.20"])],
    ] {
        refused(&question, &answer(&question, data));
    }
    let mut message = answer(&question, vec![a(OURS)]);
    message.answers[0].name = Name::from_ascii("example.com.").unwrap();
    refused(&question, &message);
    let mut message = answer(&question, vec![a(OURS)]);
    message.answers[0].dns_class = DNSClass::CH;
    refused(&question, &message);
}

#[test]
fn a_text_that_is_not_one_address_is_refused() {
    let question = question("Google", Family::V4);
    for texts in [
        &[""][..],
        &["84.212.10.20", "84.212.10.20"],
        &["84.212.", "10.20"],
        &["edns0-client-subnet 84.212.10.0/24"],
        &["84.212.10.20 "; 2],
    ] {
        refused(&question, &answer(&question, vec![txt(texts)]));
    }
}

#[test]
fn a_resolver_that_answers_in_the_servers_place_is_refused() {
    let question = question("Google", Family::V4);
    let mut message = answer(&question, vec![txt(&["84.212.10.20"])]);
    message.metadata.authoritative = false;
    assert!(refused(&question, &message).contains("not authoritative"));
}

#[test]
fn a_refusal_and_a_truncation_are_told_apart_from_an_address() {
    let question = question("Cloudflare", Family::V4);
    let mut message = answer(&question, vec![]);
    message.metadata.truncation = true;
    assert_eq!(
        read(&question, &message),
        Reply::Match(Ok(DnsAnswer::Truncated))
    );
    message.metadata.response_code = ResponseCode::Refused;
    assert!(refused(&question, &message).starts_with("it answers "));
}

#[test]
fn a_truncated_answer_leads_to_tcp_even_if_it_is_not_authoritative() {
    let question = question("Akamai", Family::V4);
    let mut message = answer(&question, vec![]);
    message.metadata.authoritative = false;
    message.metadata.truncation = true;
    assert_eq!(
        read(&question, &message),
        Reply::Match(Ok(DnsAnswer::Truncated))
    );
}

#[test]
fn no_part_of_an_answer_is_an_answer_and_nothing_may_follow_it() {
    let question = question("Google", Family::V4);
    let whole = answer(&question, vec![txt(&["84.212.10.20"])])
        .to_vec()
        .unwrap();
    for end in 0..whole.len() {
        assert!(
            matches!(question.read(&whole[..end]), Reply::Unrelated(_)),
            "{end}"
        );
    }
    let longer = [&whole[..], &[0]].concat();
    assert_eq!(
        question.read(&longer),
        Reply::Unrelated("something follows the DNS message")
    );
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic_or_believe(body in prop::collection::vec(any::<u8>(), 0..600)) {
        let question = question("OpenDNS", Family::V4);
        let bytes = [&RANDOM[..2], &body].concat();
        prop_assert!(!matches!(question.read(&bytes), Reply::Match(Ok(DnsAnswer::Address(_)))));
    }

    #[test]
    fn a_damaged_answer_never_makes_the_reader_panic(at in 0_usize..60, byte in any::<u8>()) {
        let question = question("Google", Family::V4);
        let mut bytes = answer(&question, vec![txt(&["84.212.10.20"])]).to_vec().unwrap();
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        let _ = question.read(&bytes);
    }
}
