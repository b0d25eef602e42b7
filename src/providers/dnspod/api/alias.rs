//! `Domainalias.*`: further domains that answer what a domain answers (facts: DNSPod section 7.3).

use crate::providers::dnspod::{
    codes::tables::{ALIAS_CREATE, ALIAS_LIST, ALIAS_REMOVE, COMMON, DOMAIN_LOCKED, OF_DOMAIN},
    types::{Aliases, Done, NewAlias},
};

crate::operations! {
    /// Lists a domain's aliases.
    DomainaliasList "Domainalias.List" POST "/Domainalias.List" reads -> Aliases {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
    }
    one_of [["domain_id", "domain"]]
    codes [ALIAS_LIST, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#get-domain-alias-list"

    /// Adds an alias to a domain.
    DomainaliasCreate "Domainalias.Create" POST "/Domainalias.Create" writes -> NewAlias {
        /// The identifier of the domain that gets the alias.
        domain_id: required text,
        /// The alias, without `www`.
        domain: required text,
    }
    one_of []
    codes [ALIAS_CREATE, DOMAIN_LOCKED, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#add-a-domain-alias"

    /// Removes an alias.
    DomainaliasRemove "Domainalias.Remove" POST "/Domainalias.Remove" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The alias's identifier.
        alias_id: required text,
    }
    one_of [["domain_id", "domain"]]
    codes [ALIAS_REMOVE, DOMAIN_LOCKED, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#remove-a-domain-alias"
}
