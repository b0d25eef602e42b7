//! `/domains/{domainId}/dns`: the records of a domain, all but the zone's own NS and SOA.

mod fields;

pub(in crate::providers::domeneshop) use fields::{is_known, misuses, of_type, tag};

use super::{ANY, DOMAIN, READ};
use crate::providers::domeneshop::types::{Created, DnsRecord};
use crate::providers::operation::ResultCode;

const PAGE: &str = "https://api.domeneshop.no/docs/#tag/dns";

/// A domain whose records are not edited here answers as if it did not exist.
const SERVICE: &[ResultCode] = &[ResultCode {
    number: 404,
    meaning: "the domain has no DNS service here",
}];

const RECORD: &[ResultCode] = &[ResultCode {
    number: 404,
    meaning: "there is no such record, or the domain has no DNS service here",
}];

const CREATED: &[ResultCode] = &[ResultCode {
    number: 201,
    meaning: "the record is created",
}];

const REPLACED: &[ResultCode] = &[ResultCode {
    number: 204,
    meaning: "the record is replaced",
}];

const DELETED: &[ResultCode] = &[ResultCode {
    number: 204,
    meaning: "the record is deleted",
}];

/// What the service says to a record that it does not take. 400 is documented for replacing only, and
/// 409 is what other clients expect.
const REFUSED: &[ResultCode] = &[
    ResultCode {
        number: 400,
        meaning: "the record is not valid",
    },
    ResultCode {
        number: 409,
        meaning: "it collides with another record",
    },
];

crate::operations! {
    /// Lists a domain's records, all at once.
    DnsList "dns.list" GET "/domains/{domain_id}/dns" reads -> Vec<DnsRecord> {
        /// The domain's identifier.
        domain_id: required integer[1],
        /// Only those of exactly this host.
        host: optional text,
        /// Only those of exactly this type.
        r#type: optional text,
    }
    one_of []
    codes [READ, SERVICE, DOMAIN, ANY]
    page PAGE

    /// Adds a record.
    DnsCreate "dns.create" POST "/domains/{domain_id}/dns" writes -> Created {
        /// The domain's identifier.
        domain_id: required integer[1],
        /// The name below the domain; `@` for the domain's own.
        host: required text,
        /// Time to live in seconds, a multiple of 60; 3600 where it is not said.
        ttl: optional integer[60, 604_800],
        /// The type.
        r#type: required choice["A", "AAAA", "CNAME", "ANAME", "MX", "SRV", "TXT", "NS", "CAA", "DS", "TLSA"],
        /// The address, the target or the text.
        data: required text,
        /// Of MX and SRV: the lowest is tried first.
        priority: optional integer[0, 65_535],
        /// Of SRV: the share among those of the same priority.
        weight: optional integer[0, 65_535],
        /// Of SRV: the port.
        port: optional integer[0, 65_535],
        /// Of TLSA: the usage.
        usage: optional integer[0, 3],
        /// Of TLSA: 0 for the certificate, 1 for its key.
        selector: optional integer[0, 1],
        /// Of TLSA: the matching type, 0 whole, 1 SHA-256, 2 SHA-512.
        dtype: optional integer[0, 2],
        /// Of DS: the key's algorithm.
        alg: optional integer[0, 255],
        /// Of DS: the digest's type.
        digest: optional integer[0, 255],
        /// Of CAA: 128 where who does not understand the tag must not issue, else 0.
        flags: optional integer[0, 255],
        /// Of DS the key's tag, a number to 65535; of CAA `issue`, `issuewild` or `iodef`.
        tag: optional text,
    }
    one_of []
    codes [CREATED, REFUSED, SERVICE, DOMAIN, ANY]
    page PAGE

    /// Shows a record.
    DnsGet "dns.get" GET "/domains/{domain_id}/dns/{record_id}" reads -> DnsRecord {
        /// The domain's identifier.
        domain_id: required integer[1],
        /// The record's identifier.
        record_id: required integer[1],
    }
    one_of []
    codes [READ, RECORD, DOMAIN, ANY]
    page PAGE

    /// Replaces a record whole.
    DnsReplace "dns.replace" PUT "/domains/{domain_id}/dns/{record_id}" writes -> () {
        /// The domain's identifier.
        domain_id: required integer[1],
        /// The record's identifier.
        record_id: required integer[1],
        /// The name below the domain; `@` for the domain's own. It cannot change.
        host: required text,
        /// Time to live in seconds, a multiple of 60; 3600 where it is not said.
        ttl: optional integer[60, 604_800],
        /// The type. It cannot change.
        r#type: required choice["A", "AAAA", "CNAME", "ANAME", "MX", "SRV", "TXT", "NS", "CAA", "DS", "TLSA"],
        /// The address, the target or the text.
        data: required text,
        /// Of MX and SRV: the lowest is tried first.
        priority: optional integer[0, 65_535],
        /// Of SRV: the share among those of the same priority.
        weight: optional integer[0, 65_535],
        /// Of SRV: the port.
        port: optional integer[0, 65_535],
        /// Of TLSA: the usage.
        usage: optional integer[0, 3],
        /// Of TLSA: 0 for the certificate, 1 for its key.
        selector: optional integer[0, 1],
        /// Of TLSA: the matching type, 0 whole, 1 SHA-256, 2 SHA-512.
        dtype: optional integer[0, 2],
        /// Of DS: the key's algorithm.
        alg: optional integer[0, 255],
        /// Of DS: the digest's type.
        digest: optional integer[0, 255],
        /// Of CAA: 128 where who does not understand the tag must not issue, else 0.
        flags: optional integer[0, 255],
        /// Of DS the key's tag, a number to 65535; of CAA `issue`, `issuewild` or `iodef`.
        tag: optional text,
    }
    one_of []
    codes [REPLACED, REFUSED, RECORD, DOMAIN, ANY]
    page PAGE

    /// Deletes a record.
    DnsDelete "dns.delete" DELETE "/domains/{domain_id}/dns/{record_id}" writes -> () {
        /// The domain's identifier.
        domain_id: required integer[1],
        /// The record's identifier.
        record_id: required integer[1],
    }
    one_of []
    codes [DELETED, RECORD, DOMAIN, ANY]
    page PAGE
}
