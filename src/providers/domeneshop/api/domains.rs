//! `/domains`: what the account owns. Domains can only be read.

use super::{ANY, DOMAIN, READ};
use crate::providers::domeneshop::types::Domain;

const PAGE: &str = "https://api.domeneshop.no/docs/#tag/domains";

crate::operations! {
    /// Lists the account's domains, all at once.
    DomainsList "domains.list" GET "/domains" reads -> Vec<Domain> {
        /// Only those with this text anywhere in their names: `example.no` finds `my-example.no` too.
        domain: optional text,
    }
    one_of []
    codes [READ, ANY]
    page PAGE

    /// Shows a domain.
    DomainsGet "domains.get" GET "/domains/{domain_id}" reads -> Domain {
        /// The domain's identifier.
        domain_id: required integer[1],
    }
    one_of []
    codes [READ, DOMAIN, ANY]
    page PAGE
}
