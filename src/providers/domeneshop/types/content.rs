//! What a record says, by its type.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{
    lenient::digits,
    record::{DnsRecord, RecordBody},
};

/// A record's content. Names are without the dot that the service adds to their end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content<'r> {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// Another name of this.
    Cname(&'r str),
    /// The name whose addresses this one has too.
    Aname(&'r str),
    /// A server of the zone below.
    Ns(&'r str),
    /// A text.
    Txt(&'r str),
    /// A mail server.
    Mx {
        /// The lowest is tried first.
        priority: u16,
        /// The server.
        exchange: &'r str,
    },
    /// Where a service is found.
    Srv {
        /// The lowest is tried first.
        priority: u16,
        /// The share among those of the same priority.
        weight: u16,
        /// The port.
        port: u16,
        /// The server.
        target: &'r str,
    },
    /// A certificate's association (RFC 6698 section 2).
    Tlsa {
        /// 0 to 3.
        usage: u8,
        /// 0 or 1.
        selector: u8,
        /// The matching type, 0 to 2.
        dtype: u8,
        /// The data in hexadecimal digits.
        data: &'r str,
    },
    /// A delegation's key (RFC 4034 section 5).
    Ds {
        /// The key's tag.
        tag: u16,
        /// The key's algorithm.
        alg: u8,
        /// The digest's type.
        digest: u8,
        /// The digest in hexadecimal digits.
        data: &'r str,
    },
    /// Who may issue certificates (RFC 8659).
    Caa {
        /// 128 where who does not understand the tag must not issue.
        flags: u8,
        /// What it is about.
        tag: CaaTag,
        /// The authority, or where to report.
        value: &'r str,
    },
    /// Another type, or one of these whose fields are not what they should be: the record has it all
    /// as it came.
    Other,
}

/// What a CAA record is about. The service has numbers for it (other clients; through facts gathered in 2026).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CaaTag {
    /// Who may issue.
    Issue,
    /// Who may issue for wildcards.
    IssueWild,
    /// Where to report.
    Iodef,
}

impl CaaTag {
    /// The tag by its word in any case or by its number.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "0" | "issue" => Some(Self::Issue),
            "1" | "issuewild" => Some(Self::IssueWild),
            "2" | "iodef" => Some(Self::Iodef),
            _ => None,
        }
    }

    /// The service's number for it.
    pub fn number(self) -> i64 {
        match self {
            Self::Issue => 0,
            Self::IssueWild => 1,
            Self::Iodef => 2,
        }
    }

    /// Its word (RFC 8659 section 4).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::IssueWild => "issuewild",
            Self::Iodef => "iodef",
        }
    }
}

impl RecordBody {
    /// The content, as far as it is understood.
    pub fn content(&self) -> Content<'_> {
        self.understood().unwrap_or(Content::Other)
    }

    /// The data without the final dot of a name: the service adds one to names that were written
    /// without it, and may leave it away from older ones.
    pub fn target(&self) -> &str {
        match self.kind.as_str() {
            "CNAME" | "ANAME" | "NS" | "MX" | "SRV" => {
                self.data.strip_suffix('.').unwrap_or(&self.data)
            }
            _ => &self.data,
        }
    }

    fn understood(&self) -> Option<Content<'_>> {
        let data = self.target();
        Some(match self.kind.as_str() {
            "A" => Content::A(data.parse().ok()?),
            "AAAA" => Content::Aaaa(data.parse().ok()?),
            "CNAME" => Content::Cname(data),
            "ANAME" => Content::Aname(data),
            "NS" => Content::Ns(data),
            "TXT" => Content::Txt(data),
            "MX" => Content::Mx {
                priority: self.field("priority")?,
                exchange: data,
            },
            "SRV" => Content::Srv {
                priority: self.field("priority")?,
                weight: self.field("weight")?,
                port: self.field("port")?,
                target: data,
            },
            "TLSA" => Content::Tlsa {
                usage: self.field("usage")?,
                selector: self.field("selector")?,
                dtype: self.field("dtype")?,
                data,
            },
            "DS" => Content::Ds {
                tag: self.field("tag")?,
                alg: self.field("alg")?,
                digest: self.field("digest")?,
                data,
            },
            "CAA" => Content::Caa {
                flags: self.field("flags")?,
                tag: match self.extra.get("tag")? {
                    serde_json::Value::String(text) => CaaTag::parse(text)?,
                    value => CaaTag::parse(&value.to_string())?,
                },
                value: data,
            },
            _ => return None,
        })
    }

    /// A field of the type, sent as a number or as its digits.
    fn field<N: TryFrom<u64>>(&self, name: &str) -> Option<N> {
        N::try_from(digits(self.extra.get(name)?)?).ok()
    }
}

impl DnsRecord {
    /// The content, as far as it is understood.
    pub fn content(&self) -> Content<'_> {
        self.body.content()
    }
}
