//! `/dyndns/update`: whole record sets of several hosts at once.

use std::net::IpAddr;

use super::ANY;
use crate::providers::domeneshop::MAX_ADDRESSES;
use crate::{
    core::dns::name::Fqdn,
    providers::operation::{Arguments, ResultCode},
};

const CODES: &[ResultCode] = &[
    ResultCode {
        number: 204,
        meaning: "the hosts have these addresses",
    },
    ResultCode {
        number: 404,
        meaning: "the account has no domain for a host",
    },
];

crate::operations! {
    /// Gives hosts these addresses and no others of their families; what is missing is created.
    DyndnsUpdate "dyndns.update" GET "/dyndns/update" writes -> () {
        /// The hosts in full and without a dot at the end, commas between them.
        hostname: required text,
        /// Up to 9 IPv4 and IPv6 addresses, commas between them; where it is not said, the one the request comes from.
        myip: optional text,
    }
    one_of []
    codes [CODES, ANY]
    page "https://api.domeneshop.no/docs/#tag/ddns"
}

/// What is wrong with the hosts or the addresses.
pub(super) fn misuses(arguments: &Arguments) -> Vec<String> {
    let mut wrong = Vec::new();
    for host in arguments.get("hostname").unwrap_or_default().split(',') {
        if host.ends_with('.') || host.trim() != host || Fqdn::parse(host).is_err() {
            wrong.push(format!(
                "`hostname` takes names in full, as `home.example.com`, commas between them, not `{host}`"
            ));
        }
    }
    let Some(myip) = arguments.get("myip") else {
        return wrong;
    };
    let addrs: Vec<_> = myip.split(',').collect();
    if addrs.len() > MAX_ADDRESSES {
        wrong.push(format!("`myip` takes at most {MAX_ADDRESSES} addresses"));
    }
    for addr in addrs.iter().filter(|it| it.parse::<IpAddr>().is_err()) {
        wrong.push(format!(
            "`myip` takes addresses, commas between them, not `{addr}`"
        ));
    }
    wrong
}

/// Hosts as a message names them: `home.example.com and 49 more`.
pub(in crate::providers::domeneshop) fn names(hostname: &str) -> String {
    match hostname.split_once(',') {
        None => hostname.to_owned(),
        Some((first, more)) => format!("{first} and {} more", more.split(',').count()),
    }
}
