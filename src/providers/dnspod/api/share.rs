//! `Domainshare.*`: who else may see or change a domain (facts: DNSPod section 7.2).

use crate::providers::dnspod::{
    codes::tables::{COMMON, DOMAIN_LOCKED, OF_DOMAIN, SHARE_CHANGE, SHARE_CREATE, SHARE_LIST},
    types::{Done, Shares},
};

crate::operations! {
    /// Shares a domain, or one host of it, with another account.
    DomainshareCreate "Domainshare.Create" POST "/Domainshare.Create" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The other account's e-mail address.
        email: required text,
        /// Reading, or reading and writing; r unless said.
        mode: optional choice["r", "rw"],
        /// The one host that is shared; the whole domain unless said.
        sub_domain: optional text,
    }
    one_of [["domain_id", "domain"]]
    codes [SHARE_CREATE, DOMAIN_LOCKED, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#share-a-domain"

    /// Lists with whom a domain is shared.
    DomainshareList "Domainshare.List" POST "/Domainshare.List" reads -> Shares {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
    }
    one_of [["domain_id", "domain"]]
    codes [SHARE_LIST, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#get-domain-share-list"

    /// Changes what another account may do, or which host is shared.
    DomainshareModify "Domainshare.Modify" POST "/Domainshare.Modify" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The other account's e-mail address, which stays.
        email: required text,
        /// Reading, or reading and writing; r unless said.
        mode: optional choice["r", "rw"],
        /// The host that was shared so far; nothing for the whole domain.
        old_sub_domain: optional note,
        /// The host that is shared from now on; nothing for the whole domain.
        new_sub_domain: optional note,
    }
    one_of [["domain_id", "domain"]]
    codes [SHARE_CHANGE, DOMAIN_LOCKED, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#update-the-domain-share"

    /// Shares a domain with another account no longer.
    DomainshareRemove "Domainshare.Remove" POST "/Domainshare.Remove" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The other account's e-mail address.
        email: required text,
    }
    one_of [["domain_id", "domain"]]
    codes [SHARE_CHANGE, DOMAIN_LOCKED, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#delete-a-domain-share"
}
