//! What only dnsapi.cn has: `Domain.Purview`, and `Batch.*`, which begins a job and is asked later
//! what became of it (facts: DNSPod sections 7.1 and 7.9).

use crate::providers::dnspod::{
    codes::tables::{BATCH_DETAIL, COMMON, OF_DOMAIN},
    types::{Job, JobDetail, Purview},
};

crate::operations! {
    /// Lists what a domain's plan allows.
    DomainPurview "Domain.Purview" POST "/Domain.Purview" reads -> Purview {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
    }
    one_of [["domain_id", "domain"]]
    codes [OF_DOMAIN, COMMON]
    page "https://dnspod.github.io/dnspod-api-doc/domains.html#domain-purview"

    /// Begins to add domains to the account.
    BatchDomainCreate "Batch.Domain.Create" POST "/Batch.Domain.Create" writes -> Job {
        /// The domains, with commas between them.
        domains: required text,
        /// The IPv4 address that `@` and `www` of each get; no records unless said.
        record_value: optional text,
    }
    one_of []
    codes [COMMON]
    page "https://dnspod.github.io/dnspod-api-doc/batch.html#batch-domain-create"

    /// Begins to add records to domains.
    BatchRecordCreate "Batch.Record.Create" POST "/Batch.Record.Create" writes -> Job {
        /// The domains' identifiers, with commas between them.
        domain_id: required text,
        /// The records: a JSON array of objects with `sub_domain` (several with commas), `record_type`, `record_line`, `value`, `ttl` and `MX`.
        records: required text,
    }
    one_of []
    codes [COMMON]
    page "https://dnspod.github.io/dnspod-api-doc/batch.html#batch-record-create"

    /// Begins to change one field of records.
    BatchRecordModify "Batch.Record.Modify" POST "/Batch.Record.Modify" writes -> Job {
        /// The records' identifiers, with commas between them.
        record_id: required text,
        /// The field.
        change: required choice["sub_domain", "record_type", "area", "value", "mx", "ttl", "status"],
        /// What it becomes.
        change_to: required text,
        /// The data of the new type, which a change of `record_type` needs.
        value: optional text,
        /// The preference, which a change to MX needs.
        mx: optional integer[0, 65535],
    }
    one_of []
    codes [COMMON]
    page "https://dnspod.github.io/dnspod-api-doc/batch.html#batch-record-modify"

    /// Shows what became of a job.
    BatchDetail "Batch.Detail" POST "/Batch.Detail" reads -> JobDetail {
        /// The job's identifier.
        job_id: required text,
    }
    one_of []
    codes [BATCH_DETAIL, COMMON]
    page "https://dnspod.github.io/dnspod-api-doc/batch.html#batch-detail"
}
