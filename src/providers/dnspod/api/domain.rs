//! `Domain.*` (facts: DNSPod section 7.1).

use crate::providers::dnspod::{
    codes::tables::{
        COMMON, DOMAIN_CHANGEGROUP, DOMAIN_CREATE, DOMAIN_LIST, DOMAIN_LOCK, DOMAIN_LOCKED,
        DOMAIN_LOCKSTATUS, DOMAIN_READ, DOMAIN_REMOVE, DOMAIN_SWITCH, DOMAIN_TRANSFER,
        DOMAIN_UNLOCK, OF_DOMAIN,
    },
    types::{Created, DomainDetail, Domains, Done, Locked, Lockstatus, Log, Unlocked},
};

crate::operations! {
    /// Adds a domain to the account.
    DomainCreate "Domain.Create" POST "/Domain.Create" writes -> Created {
        /// The domain, without `www`.
        domain: required text,
        /// The group it goes into.
        group_id: optional text,
        /// Whether it is marked.
        is_mark: optional choice["yes", "no"],
    }
    one_of []
    codes [DOMAIN_CREATE, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#add-new-domain"

    /// Lists the account's domains.
    ///
    /// A typed call brings one page. [`HttpClient::invoke_all`](crate::providers::dnspod::Client::invoke_all)
    /// brings every page of it, put together.
    DomainList "Domain.List" POST "/Domain.List" reads -> Domains {
        /// Which domains: all unless said.
        r#type: optional choice["all", "mine", "share", "ismark", "pause", "vip", "recent", "share_out"],
        /// How many are skipped; 0 unless said.
        offset: optional integer[0],
        /// How many are listed at the most: up to 500 (international) or 3000 (China).
        length: optional integer[1, 3000],
        /// Only the domains of this group.
        group_id: optional text,
        /// Only the domains whose names have this in them (China).
        keyword: optional text,
    }
    one_of []
    codes [DOMAIN_LIST, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#get-the-domain-list"

    /// Removes a domain with all its records.
    DomainRemove "Domain.Remove" POST "/Domain.Remove" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
    }
    one_of [["domain_id", "domain"]]
    codes [DOMAIN_REMOVE, DOMAIN_LOCKED, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#delete-domain"

    /// Makes a domain answer, or not.
    DomainStatus "Domain.Status" POST "/Domain.Status" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// Whether it answers.
        status: required choice["enable", "disable"],
    }
    one_of [["domain_id", "domain"]]
    codes [DOMAIN_SWITCH, DOMAIN_LOCKED, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#set-domain-status"

    /// Shows a domain.
    DomainInfo "Domain.Info" POST "/Domain.Info" reads -> DomainDetail {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
    }
    one_of [["domain_id", "domain"]]
    codes [DOMAIN_READ, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#get-the-domain-information"

    /// Shows what was done to a domain.
    DomainLog "Domain.Log" POST "/Domain.Log" reads -> Log {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// How many lines are skipped; 0 unless said.
        offset: optional integer[0],
        /// How many lines are listed at the most; 500 unless said.
        length: optional integer[1, 500],
    }
    one_of [["domain_id", "domain"]]
    codes [DOMAIN_READ, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#get-the-operate-logs-of-a-domain"

    /// Tells search engines of a domain, or does not.
    DomainSearchenginepush "Domain.Searchenginepush" POST "/Domain.Searchenginepush" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// Whether search engines are told.
        status: required choice["yes", "no"],
    }
    one_of [["domain_id", "domain"]]
    codes [DOMAIN_SWITCH, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#push-domain-to-search-engine"

    /// Gives a domain to another account.
    DomainTransfer "Domain.Transfer" POST "/Domain.Transfer" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The e-mail address of the account that gets it.
        email: required text,
    }
    one_of [["domain_id", "domain"]]
    codes [DOMAIN_TRANSFER, DOMAIN_LOCKED, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#transfer-a-domain-to-another-account"

    /// Locks a domain, so that nothing of it can be changed until the end or the lock code.
    DomainLock "Domain.Lock" POST "/Domain.Lock" writes -> Locked {
        /// The domain's identifier, which the international site asks for.
        domain_id: optional text,
        /// The domain's name (only China).
        domain: optional text,
        /// For how many days.
        days: required integer[1],
    }
    one_of [["domain_id", "domain"]]
    codes [DOMAIN_LOCK, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#lock-a-domain"

    /// Shows a domain's lock.
    DomainLockstatus "Domain.Lockstatus" POST "/Domain.Lockstatus" reads -> Lockstatus {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
    }
    one_of [["domain_id", "domain"]]
    codes [DOMAIN_LOCKSTATUS, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#lock-status"

    /// Unlocks a domain.
    DomainUnlock "Domain.Unlock" POST "/Domain.Unlock" writes -> Unlocked {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The code that `Domain.Lock` answered with.
        lock_code: required text,
    }
    one_of [["domain_id", "domain"]]
    codes [DOMAIN_UNLOCK, DOMAIN_LOCKED, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#domain-unlock"

    /// Puts a domain of one's own into another group.
    DomainChangegroup "Domain.Changegroup" POST "/Domain.Changegroup" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The group it goes into.
        group_id: required text,
    }
    one_of [["domain_id", "domain"]]
    codes [DOMAIN_CHANGEGROUP, OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#change-a-domain-s-group"

    /// Marks a domain, or does not.
    DomainIsmark "Domain.Ismark" POST "/Domain.Ismark" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// Whether it is marked.
        is_mark: required choice["yes", "no"],
    }
    one_of [["domain_id", "domain"]]
    codes [OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#mark-a-domain"

    /// Sets a domain's note.
    DomainRemark "Domain.Remark" POST "/Domain.Remark" writes -> Done {
        /// The domain's identifier.
        domain_id: optional text,
        /// The domain's name.
        domain: optional text,
        /// The note; empty to delete it.
        remark: required note,
    }
    one_of [["domain_id", "domain"]]
    codes [OF_DOMAIN, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#remark-a-domain"
}
