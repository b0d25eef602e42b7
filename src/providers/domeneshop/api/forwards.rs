//! `/domains/{domainId}/forwards/`: web forwards. The slash at the end belongs to the path: without it
//! the service has been seen to answer 404.
//!
//! The service has also been seen to answer 404 for every forward that is asked for by its host, even
//! one that it had just listed. Showing one therefore falls back to the list; for the others there is
//! nothing to fall back to.

use serde_json::Value;

use super::{ANY, DOMAIN, READ};
use crate::providers::domeneshop::types::HttpForward;
use crate::providers::operation::{Arguments, ResultCode};

const PAGE: &str = "https://api.domeneshop.no/docs/#tag/forwards";

const LIST: &[ResultCode] = &[ResultCode {
    number: 404,
    meaning: "the domain has no DNS service here",
}];

const GET: &[ResultCode] = &[ResultCode {
    number: 404,
    meaning: "there is no such forward or domain",
}];

const CREATE: &[ResultCode] = &[
    ResultCode {
        number: 201,
        meaning: "the forward is created",
    },
    INVALID,
    ResultCode {
        number: 409,
        meaning: "it collides with another forward or with an A, AAAA, ANAME or CNAME record of the host",
    },
    ResultCode {
        number: 404,
        meaning: "the domain has no DNS service here",
    },
];

const INVALID: ResultCode = ResultCode {
    number: 400,
    meaning: "the forward is not valid",
};

const UNSUPPORTED: ResultCode = ResultCode {
    number: 404,
    meaning: "there is no such forward, or the API does not support this, as it was seen not to; change it in the web interface",
};

const REPLACE: &[ResultCode] = &[
    ResultCode {
        number: 200,
        meaning: "the forward is replaced",
    },
    INVALID,
    UNSUPPORTED,
    ResultCode {
        number: 412,
        meaning: "the forward's host cannot change; delete it and create another",
    },
];

const DELETE: &[ResultCode] = &[
    ResultCode {
        number: 204,
        meaning: "the forward is deleted",
    },
    // Documented in 2020, with the forward as body; no longer in 2026.
    ResultCode {
        number: 200,
        meaning: "the forward is deleted",
    },
    INVALID,
    UNSUPPORTED,
    ResultCode {
        number: 412,
        meaning: "the forward's host cannot change",
    },
];

crate::operations! {
    /// Lists a domain's forwards, all at once.
    ForwardsList "forwards.list" GET "/domains/{domain_id}/forwards/" reads -> Vec<HttpForward> {
        /// The domain's identifier.
        domain_id: required integer[1],
    }
    one_of []
    codes [READ, LIST, DOMAIN, ANY]
    page PAGE

    /// Adds a forward.
    ForwardsCreate "forwards.create" POST "/domains/{domain_id}/forwards/" writes -> Value {
        /// The domain's identifier.
        domain_id: required integer[1],
        /// The name below the domain; `@` for the domain's own.
        host: required text,
        /// Whether to show the target in a frame, which the vendor advises against; not where it is not said.
        frame: optional flag,
        /// Where it leads, with its scheme, as `https://www.example.com`.
        url: required text,
    }
    one_of []
    codes [CREATE, DOMAIN, ANY]
    page PAGE

    /// Shows a forward.
    ForwardsGet "forwards.get" GET "/domains/{domain_id}/forwards/{host}" reads -> HttpForward {
        /// The domain's identifier.
        domain_id: required integer[1],
        /// The name below the domain; `@` for the domain's own.
        host: required text,
    }
    one_of []
    codes [READ, GET, DOMAIN, ANY]
    page PAGE

    /// Replaces a forward.
    ForwardsReplace "forwards.replace" PUT "/domains/{domain_id}/forwards/{host}" writes -> Option<HttpForward> {
        /// The domain's identifier.
        domain_id: required integer[1],
        /// The name below the domain; `@` for the domain's own. It cannot change.
        host: required text,
        /// Whether to show the target in a frame, which the vendor advises against; not where it is not said.
        frame: optional flag,
        /// Where it leads, with its scheme, as `https://www.example.com`.
        url: required text,
    }
    one_of []
    codes [REPLACE, DOMAIN, ANY]
    page PAGE

    /// Deletes a forward.
    ForwardsDelete "forwards.delete" DELETE "/domains/{domain_id}/forwards/{host}" writes -> Option<HttpForward> {
        /// The domain's identifier.
        domain_id: required integer[1],
        /// The name below the domain; `@` for the domain's own.
        host: required text,
    }
    one_of []
    codes [DELETE, DOMAIN, ANY]
    page PAGE
}

/// What is wrong with the host or the target.
pub(super) fn misuses(arguments: &Arguments) -> Vec<String> {
    let mut wrong: Vec<_> = super::host_misuse(arguments).into_iter().collect();
    if let Some(url) = arguments.get("url")
        && !has_scheme(url)
    {
        wrong.push(format!(
            "`url` takes an address with its scheme, as `https://www.example.com`, not `{url}`"
        ));
    }
    wrong
}

/// Whether it begins as RFC 3986 section 3.1 has it, and goes on.
fn has_scheme(url: &str) -> bool {
    let in_scheme = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
    url.split_once("://").is_some_and(|(scheme, rest)| {
        scheme.starts_with(|it: char| it.is_ascii_alphabetic())
            && scheme.chars().all(in_scheme)
            && !rest.is_empty()
    })
}
