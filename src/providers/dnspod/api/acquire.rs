//! `Domain.Acquire*`: a domain is got back from another account by a code that goes to one of the
//! addresses of its registration (facts: DNSPod section 7.1).

use crate::providers::dnspod::{
    codes::tables::{ACQUIRE, ACQUIRE_CODE, ACQUIRE_EMAIL, COMMON},
    types::{Acquire, Done},
};

crate::operations! {
    /// Lists the addresses to which the code for getting a domain back can be sent.
    DomainAcquire "Domain.Acquire" POST "/Domain.Acquire" reads -> Acquire {
        /// The domain.
        domain: required text,
    }
    one_of []
    codes [ACQUIRE, ACQUIRE_EMAIL, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#get-the-email-address-needed-to-get-domain-back"

    /// Sends the code for getting a domain back.
    DomainAcquiresend "Domain.Acquiresend" POST "/Domain.Acquiresend" writes -> Done {
        /// The domain.
        domain: required text,
        /// One of the addresses that `Domain.Acquire` lists.
        email: required text,
    }
    one_of []
    codes [ACQUIRE, ACQUIRE_EMAIL, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#send-verify-code-for-getting-domain-back"

    /// Gets a domain back with the code that was sent.
    DomainAcquirevalidate "Domain.Acquirevalidate" POST "/Domain.Acquirevalidate" writes -> Done {
        /// The domain.
        domain: required text,
        /// The code from the e-mail.
        code: required text,
    }
    one_of []
    codes [ACQUIRE, ACQUIRE_CODE, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#verify-the-verify-code"
}
