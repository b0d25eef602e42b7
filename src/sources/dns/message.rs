//! One question and what counts as its answer: bytes in, verdict out.

use std::net::IpAddr;

use hickory_resolver::proto::{
    op::{Message, MessageType, OpCode, Query, ResponseCode},
    rr::{DNSClass, Name, RData, Record, RecordType},
    serialize::binary::{BinDecodable, BinDecoder},
};

use super::{AnswerKind, DnsOperator};
use crate::{
    core::address::family::Family,
    sources::{Reply, address_text::one},
};

/// A question that was given a random id and letters in random case.
pub struct DnsQuestion {
    id: u16,
    query: Query,
    authoritative: bool,
}

/// What an acceptable answer says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DnsAnswer {
    /// The asker's address.
    Address(IpAddr),
    /// That it did not fit: to be asked by TCP.
    Truncated,
}

impl DnsQuestion {
    /// The operator's question about a family. Two random bytes are the id, the others decide which
    /// letters are capitals (the 0x20 draft): a forger has to guess both, and the port.
    pub fn new(operator: &DnsOperator, family: Family, random: [u8; 8]) -> Result<Self, String> {
        let [high, low, case @ ..] = random;
        // One bit a letter; the longest name has 19 of them.
        let mut bits = case
            .iter()
            .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
        let flipped = |letter: char| {
            if letter.is_ascii_alphabetic() && bits.next() == Some(true) {
                letter.to_ascii_uppercase()
            } else {
                letter
            }
        };
        let text: String = operator.asks.chars().map(flipped).collect();
        let name = Name::from_ascii(format!("{text}.")).map_err(|error| error.to_string())?;
        let kind = match (operator.kind, family) {
            (AnswerKind::Address, Family::V4) => RecordType::A,
            (AnswerKind::Address, Family::V6) => RecordType::AAAA,
            (AnswerKind::Text | AnswerKind::ChaosText, _) => RecordType::TXT,
        };
        let mut query = Query::query(name, kind);
        if operator.kind == AnswerKind::ChaosText {
            query.set_query_class(DNSClass::CH);
        }
        Ok(Self {
            id: u16::from_be_bytes([high, low]),
            query,
            authoritative: operator.authoritative,
        })
    }

    /// The question on the wire.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, String> {
        let mut message = Message::new(self.id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = !self.authoritative;
        message.add_query(self.query.clone());
        message.to_vec().map_err(|error| error.to_string())
    }

    /// Reads a message whole: what does not belong to this question is a stray, what does is either
    /// exactly one address or no answer at all.
    pub fn read(&self, bytes: &[u8]) -> Reply<Result<DnsAnswer, String>> {
        if bytes.get(..2) != Some(&self.id.to_be_bytes()[..]) {
            return Reply::Unrelated("its id is another one");
        }
        let mut decoder = BinDecoder::new(bytes);
        let Ok(message) = Message::read(&mut decoder) else {
            return Reply::Unrelated("it is no DNS message");
        };
        if !decoder.is_empty() {
            return Reply::Unrelated("something follows the DNS message");
        }
        let head = &message.metadata;
        if head.message_type != MessageType::Response || head.op_code != OpCode::Query {
            return Reply::Unrelated("it is no answer");
        }
        match &message.queries[..] {
            [asked] if self.is_asked_by(asked) => Reply::Match(self.said(&message)),
            _ => Reply::Unrelated("it answers another question"),
        }
    }

    fn is_asked_by(&self, asked: &Query) -> bool {
        asked.name().eq_case(self.query.name())
            && asked.query_type() == self.query.query_type()
            && asked.query_class() == self.query.query_class()
    }

    fn said(&self, message: &Message) -> Result<DnsAnswer, String> {
        let head = &message.metadata;
        if head.response_code != ResponseCode::NoError {
            return Err(format!("it answers {}", head.response_code));
        }
        // Whoever says it, it is no address. A server that sends its askers to TCP may say so before it
        // looks at its zones (Knot's module noudp does).
        if head.truncation {
            return Ok(DnsAnswer::Truncated);
        }
        if self.authoritative && !head.authoritative {
            return Err(
                "somebody else answers in its place: the answer is not authoritative".into(),
            );
        }
        match &message.answers[..] {
            [record] if self.is_about(record) => address(&record.data).map(DnsAnswer::Address),
            [] => Err("the answer is empty".to_owned()),
            _ => Err("the answer is not the one record that was asked for".to_owned()),
        }
    }

    fn is_about(&self, record: &Record) -> bool {
        record.name == *self.query.name()
            && record.dns_class == self.query.query_class()
            && record.data.record_type() == self.query.query_type()
    }
}

fn address(data: &RData) -> Result<IpAddr, String> {
    match data {
        RData::A(addr) => Ok(addr.0.into()),
        RData::AAAA(addr) => Ok(addr.0.into()),
        RData::TXT(text) => match &text.txt_data[..] {
            [text] => one(text),
            _ => Err("the answer is not a single text".to_owned()),
        },
        _ => Err("the answer is no address".to_owned()),
    }
}

#[cfg(test)]
mod tests;
