//! `Record.*` (facts: DNSPod section 7.6).

use std::net::IpAddr;

use super::{Answer, Call, DomainRef, Field, Page, field, misread, request};
use crate::{
    core::outcome::Failure,
    http::{Endpoint, Request, Response},
    provider::dnspod::{
        codes::{self, Code},
        types::{Record, RecordListing, WriteAnswer, Written},
    },
};

/// The line a record is on: exactly one of `record_line` and `record_line_id` is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LineRef {
    /// By its name.
    Name(String),
    /// By its identifier: China only.
    Id(String),
}

impl LineRef {
    fn field(&self) -> Field {
        match self {
            Self::Name(name) => field("record_line", name.clone()),
            Self::Id(id) => field("record_line_id", id.clone()),
        }
    }
}

/// What a record says: every parameter that `Record.Create` and `Record.Modify` share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Content {
    /// The host relative to the domain; `@` for the domain's own name. Never left out: a record
    /// that is modified without it is renamed to `@`.
    pub sub_domain: String,
    /// The address, and with it the record type.
    pub addr: IpAddr,
    /// The line.
    pub line: LineRef,
    /// Time to live in seconds; `None` for the plan's default.
    pub ttl: Option<u32>,
    /// The preference that only MX records use.
    pub mx: Option<String>,
    /// Its share among the records of one name and line.
    pub weight: Option<String>,
    /// `enable` or `disable`: China only.
    pub status: Option<String>,
}

impl Content {
    fn fields(&self) -> Vec<Field> {
        let kind = match self.addr {
            IpAddr::V4(_) => "A",
            IpAddr::V6(_) => "AAAA",
        };
        let mut fields = vec![
            field("sub_domain", self.sub_domain.clone()),
            field("record_type", kind),
            self.line.field(),
            field("value", self.addr.to_string()),
        ];
        let optional = [
            ("ttl", self.ttl.map(|ttl| ttl.to_string())),
            ("mx", self.mx.clone()),
            ("weight", self.weight.clone()),
            ("status", self.status.clone()),
        ];
        for (name, value) in optional {
            fields.extend(value.map(|value| field(name, value)));
        }
        fields
    }
}

/// `Record.List`: a domain's records, of every type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordList {
    /// The domain.
    pub domain: DomainRef,
    /// How many are skipped.
    pub offset: usize,
    /// How many are sent at the most.
    pub length: usize,
}

/// What `Record.List` yields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordPage {
    /// The records.
    pub page: Page<Record>,
    /// The shortest TTL that the domain's plan allows, if the answer says it.
    pub min_ttl: Option<u32>,
}

/// The code for a domain without records, where `error_on_empty` is not understood.
const NO_RECORDS: i64 = 10;

impl Call for RecordList {
    const NAME: &'static str = "Record.List";
    const WRITES: bool = false;
    const CODES: &'static [&'static [Code]] = &[codes::RECORD_LIST, codes::OF_DOMAIN];

    fn subject(&self) -> String {
        format!("{} of {}", Self::NAME, self.domain)
    }
}

impl Endpoint for RecordList {
    type Output = RecordPage;

    fn request(&self) -> Request {
        request::<Self>(vec![
            self.domain.field(),
            field("offset", self.offset.to_string()),
            field("length", self.length.to_string()),
        ])
    }

    fn decode(&self, response: &Response) -> Result<RecordPage, Failure> {
        let answer = Answer::read(self, response)?;
        if answer.code == NO_RECORDS {
            return Ok(RecordPage {
                page: Page::empty(),
                min_ttl: None,
            });
        }
        let listing: RecordListing = answer.payload(self)?;
        let total = listing.info.record_total;
        let items = match (listing.records, total) {
            (Some(records), _) => records,
            (None, Some(0)) => Vec::new(),
            (None, _) => return Err(misread(self, "it lists no records")),
        };
        if items.iter().any(|record| record.id.is_none()) {
            return Err(misread(self, "a record has no id"));
        }
        Ok(RecordPage {
            page: Page { items, total },
            min_ttl: listing.domain.min_ttl,
        })
    }
}

/// `Record.Create`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordCreate {
    /// The domain.
    pub domain: DomainRef,
    /// What the record says.
    pub content: Content,
}

impl Call for RecordCreate {
    const NAME: &'static str = "Record.Create";
    const WRITES: bool = true;
    const CODES: &'static [&'static [Code]] = &[
        codes::RECORD_CREATE,
        codes::RECORD_CONTENT,
        codes::RECORD_WRITE,
        codes::OF_DOMAIN,
    ];

    fn subject(&self) -> String {
        let Self { domain, content } = self;
        format!("{} of {} in {domain}", Self::NAME, content.sub_domain)
    }
}

impl Endpoint for RecordCreate {
    type Output = Written;

    fn request(&self) -> Request {
        let mut fields = vec![self.domain.field()];
        fields.extend(self.content.fields());
        request::<Self>(fields)
    }

    fn decode(&self, response: &Response) -> Result<Written, Failure> {
        let answer = Answer::read(self, response)?;
        let WriteAnswer { record } = answer.payload(self)?;
        check(self, &record, self.content.addr)?;
        Ok(record)
    }
}

/// `Record.Modify`: replaces everything a record says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordModify {
    /// The domain.
    pub domain: DomainRef,
    /// The record.
    pub record_id: String,
    /// What it says from now on: all of it, for what is left out falls back to a default.
    pub content: Content,
}

impl Call for RecordModify {
    const NAME: &'static str = "Record.Modify";
    const WRITES: bool = true;
    const CODES: &'static [&'static [Code]] = &[
        codes::RECORD_MODIFY,
        codes::RECORD_CONTENT,
        codes::RECORD_WRITE,
        codes::OF_DOMAIN,
    ];

    fn subject(&self) -> String {
        let sub_domain = &self.content.sub_domain;
        format!("{} of {sub_domain} in {}", Self::NAME, self.domain)
    }
}

impl Endpoint for RecordModify {
    type Output = Written;

    fn request(&self) -> Request {
        let mut fields = vec![
            self.domain.field(),
            field("record_id", self.record_id.clone()),
        ];
        fields.extend(self.content.fields());
        request::<Self>(fields)
    }

    fn decode(&self, response: &Response) -> Result<Written, Failure> {
        let answer = Answer::read(self, response)?;
        let WriteAnswer { record } = answer.payload(self)?;
        check(self, &record, self.content.addr)?;
        Ok(record)
    }
}

/// `Record.Remove`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordRemove {
    /// The domain.
    pub domain: DomainRef,
    /// The record.
    pub record_id: String,
}

/// The code of a record that is not there.
const NO_SUCH_RECORD: i64 = 8;

impl Call for RecordRemove {
    const NAME: &'static str = "Record.Remove";
    const WRITES: bool = true;
    const CODES: &'static [&'static [Code]] = &[codes::RECORD_WRITE, codes::OF_DOMAIN];

    fn subject(&self) -> String {
        let Self { domain, record_id } = self;
        format!("{} of record {record_id} in {domain}", Self::NAME)
    }
}

impl Endpoint for RecordRemove {
    type Output = ();

    fn request(&self) -> Request {
        request::<Self>(vec![
            self.domain.field(),
            field("record_id", self.record_id.clone()),
        ])
    }

    /// A record that is gone already is as good as one that was removed.
    fn decode(&self, response: &Response) -> Result<(), Failure> {
        let answer = Answer::read(self, response)?;
        if answer.code == NO_SUCH_RECORD {
            return Ok(());
        }
        answer.success(self)
    }
}

/// A success that names another value than was sent is none.
fn check<C: Call>(call: &C, record: &Written, sent: IpAddr) -> Result<(), Failure> {
    match &record.value {
        Some(value) if value.trim().parse() != Ok(sent) => {
            let shown: String = value.escape_debug().take(100).collect();
            Err(misread(
                call,
                &format!("{sent} was sent, and “{shown}” is said to be stored"),
            ))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
pub(super) mod tests;
