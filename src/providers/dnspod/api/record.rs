//! `Record.*` (facts: DNSPod sections 7.5 and 7.6).
//!
//! `sub_domain` is the vendor's option and moored's duty where a record is changed: a record that is
//! changed without it becomes one of the domain's own name.

use crate::providers::dnspod::{
    codes::tables::{
        COMMON, GRADE, OF_DOMAIN, OF_RECORD, RECORD_CONTENT, RECORD_CREATE, RECORD_LIST,
        RECORD_MODIFY, RECORD_STATUS,
    },
    types::{self, Done, Lines, Records, Types, Written},
};

crate::operations! {
    /// Lists the record types that a plan has.
    RecordType "Record.Type" POST "/Record.Type" reads -> Types {
        /// The plan: `DP_Free`, or as `Domain.Info` names it.
        domain_grade: required text,
    }
    one_of []
    codes [GRADE, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#get-all-the-record-types-for-a-domain-grade"

    /// Lists the lines that a plan has for a domain.
    RecordLine "Record.Line" POST "/Record.Line" reads -> Lines {
        /// The plan: `DP_Free`, or as `Domain.Info` names it.
        domain_grade: required text,
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
    }
    one_of [["domain_id", "domain"]]
    codes [GRADE, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#get-all-the-lines-allowed-for-a-domain-grade"

    /// Adds a record.
    RecordCreate "Record.Create" POST "/Record.Create" writes -> Written {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The host relative to the domain; `@`, the domain's own name, unless said.
        sub_domain: optional text,
        /// The record type, in capitals: `A`, `AAAA`, `CNAME` or another one that `Record.Type` lists.
        record_type: required text,
        /// The line's name: `default` (international) or `默认` (China) answers everybody.
        record_line: optional text,
        /// The line's identifier in place of its name: `0`, `10=1` (China).
        record_line_id: optional text,
        /// The data: an address, a target, a text.
        value: required text,
        /// The preference of an MX record, which has to have one; older pages allow 1 to 20.
        mx: optional integer[0, 65535],
        /// Time to live in seconds, not below the plan's minimum (free: 600); the plan's default unless said.
        ttl: optional integer[1, 604_800],
        /// Whether it answers; enable unless said (only China).
        status: optional choice["enable", "disable"],
        /// Its share among the records of one name and line, 0 to switch that off (only China, some plans).
        weight: optional integer[0, 100],
    }
    one_of [["domain_id", "domain"], ["record_line", "record_line_id"]]
    codes [RECORD_CREATE, RECORD_CONTENT, OF_RECORD, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/records.html#add-a-record"

    /// Lists a domain's records.
    ///
    /// A typed call brings one page. [`HttpClient::invoke_all`](crate::providers::dnspod::Client::invoke_all)
    /// brings every page of it, put together.
    RecordList "Record.List" POST "/Record.List" reads -> Records {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// How many are skipped; 0 unless said.
        offset: optional integer[0],
        /// How many are listed at the most: up to 500 (international) or 3000 (China).
        length: optional integer[1, 3000],
        /// Only the records of this host; `@` is the domain's own name.
        sub_domain: optional text,
        /// Only the records that have this in them (China).
        keyword: optional text,
        /// Only the records of this type (in no page, known to work).
        record_type: optional text,
        /// Only the records of this line (in no page, known to work).
        record_line: optional text,
    }
    one_of [["domain_id", "domain"]]
    codes [RECORD_LIST, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/records.html#get-record-list"

    /// Replaces all that a record says: what is left out falls back to its default.
    RecordModify "Record.Modify" POST "/Record.Modify" writes -> Written {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The record's identifier.
        record_id: required text,
        /// The host relative to the domain, `@` for the domain's own name.
        sub_domain: required text,
        /// The record type, in capitals: `A`, `AAAA`, `CNAME` or another one that `Record.Type` lists.
        record_type: required text,
        /// The line's name: `default` (international) or `默认` (China) answers everybody.
        record_line: optional text,
        /// The line's identifier in place of its name: `0`, `10=1` (China).
        record_line_id: optional text,
        /// The data: an address, a target, a text.
        value: required text,
        /// The preference of an MX record, which has to have one; older pages allow 1 to 20.
        mx: optional integer[0, 65535],
        /// Time to live in seconds, not below the plan's minimum (free: 600); the plan's default unless said.
        ttl: optional integer[1, 604_800],
        /// Whether it answers (only China; else `Record.Status`).
        status: optional choice["enable", "disable"],
        /// Its share among the records of one name and line, 0 to switch that off (only China, some plans).
        weight: optional integer[0, 100],
    }
    one_of [["domain_id", "domain"], ["record_line", "record_line_id"]]
    codes [RECORD_MODIFY, RECORD_CONTENT, OF_RECORD, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/records.html#update-a-record"

    /// Removes a record.
    RecordRemove "Record.Remove" POST "/Record.Remove" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The record's identifier.
        record_id: required text,
    }
    one_of [["domain_id", "domain"]]
    codes [OF_RECORD, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/records.html#remove-a-record"

    /// Gives an address record another address, by default the one that the call comes from.
    RecordDdns "Record.Ddns" POST "/Record.Ddns" writes -> Written {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The record's identifier.
        record_id: required text,
        /// The host relative to the domain, `@` for the domain's own name.
        sub_domain: required text,
        /// The line's name: `default` (international) or `默认` (China) answers everybody.
        record_line: optional text,
        /// The line's identifier in place of its name: `0`, `10=1` (China).
        record_line_id: optional text,
        /// `A` or `AAAA` (in no page, sent by many).
        record_type: optional text,
        /// The address; the caller's unless said.
        value: optional text,
        /// Time to live in seconds (in no older page). Without it the TTL has been seen to become 10.
        ttl: optional integer[1, 604_800],
    }
    one_of [["domain_id", "domain"], ["record_line", "record_line_id"]]
    codes [RECORD_MODIFY, RECORD_CONTENT, OF_RECORD, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/records.html#update-the-dynamic-dns-record"

    /// Sets a record's note.
    RecordRemark "Record.Remark" POST "/Record.Remark" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The record's identifier.
        record_id: required text,
        /// The note; empty to delete it.
        remark: required note,
    }
    one_of [["domain_id", "domain"]]
    codes [OF_RECORD, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/records.html#remark-a-record"

    /// Shows a record.
    RecordInfo "Record.Info" POST "/Record.Info" reads -> types::RecordInfo {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The record's identifier.
        record_id: required text,
    }
    one_of [["domain_id", "domain"]]
    codes [OF_RECORD, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/records.html"

    /// Makes a record answer, or not.
    RecordStatus "Record.Status" POST "/Record.Status" writes -> Written {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The record's identifier.
        record_id: required text,
        /// Whether it answers.
        status: required choice["enable", "disable"],
    }
    one_of [["domain_id", "domain"]]
    codes [RECORD_STATUS, OF_RECORD, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/records.html#set-the-record-status"
}
