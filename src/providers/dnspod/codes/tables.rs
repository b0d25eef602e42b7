//! Every documented code: its number, what it asks of the caller, and what it means (facts: DNSPod
//! sections 3 and 7). Definitions of operations name the tables that apply, their own first.
//!
//! Entries marked "2020" are on none of the vendor's pages at hand. They come from a copy of the Chinese pages as of March
//! 2020 in the sources of a public client (github.com/touchkiss/dnspod-api, `bean/response`; facts: DNSPod section 11). No
//! answer with these codes has been seen, so their messages are always shown beside the meaning.

use super::CodeMeaning;
use crate::providers::operation::ResultCode;

/// Takes each code once and makes two things of it: the table that operations name, and the kind
/// that stands beside each of its entries.
macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident {
        $($number:literal $kind:ident $(($list:literal))? $meaning:literal;)*
    })*) => {
        $(
            $(#[$doc])*
            pub const $name: &[ResultCode] = &[$(ResultCode { number: $number, meaning: $meaning }),*];
        )*

        /// The kinds of every table's codes, in the tables' order.
        pub(super) const KINDS: &[(&[ResultCode], &[CodeMeaning])] =
            &[$(($name, &[$(CodeMeaning::$kind $(($list))?),*])),*];
    };
}

tables! {
    /// The meanings that hold in any call unless it has its own (facts: DNSPod sections 3.1, 3.2).
    COMMON {
        -1 Credential "the login failed";
        -2 Throttled "the API is used too often";
        -3 Credential "the account is no valid agent";
        -4 Credential "the user is not under this agent";
        -7 Refused "the account may not use this call";
        -8 Throttled "the account is banned for a while after too many failed logins";
        -99 Suspended "the function is suspended for now";
        2 Misuse "only POST is allowed";
        3 Fault "an unknown error";
        50 Credential "a one-time code is required";
        51 Credential "one-time codes are not enabled";
        52 Credential "the one-time code is wrong";
        53 Credential "one-time codes are enabled already";
        54 Credential "the owner's one-time code is required";
        83 Credential "the account is locked";
        85 Credential "logins from this address are not allowed";
        10001 Credential "the account is banned";
        10002 Credential "the token ID is invalid";
        10003 Credential "the token does not exist";
        10004 Credential "the token is not valid";
        20004 Credential "the user token is not valid";
    }

    /// `Auth`, where the numbers of refused tokens speak of an address and a password.
    AUTH {
        10001 Credential "the account is banned";
        10003 Credential "the e-mail address is not valid";
        10004 Credential "the password is shorter than 6 or longer than 32 characters";
        10005 Credential "the account does not exist";
    }

    /// Every call about one domain and its records.
    ///
    /// −7 and −8 change their meaning here: the domain, of a company or of an agent's customer, needs
    /// a better plan. For −7 nothing is lost by believing that. For −8 it would be: if the common
    /// meaning is the one intended, the account is banned, and going on would prolong it; so −8 asks
    /// to wait, which is right in both cases.
    OF_DOMAIN {
        -15 Refused "the domain is banned";
        -7 Refused "the domain needs a better plan";
        -8 Throttled "the domain of an agent's customer needs a better plan, or the account is banned for a while";
        6 Gone "the account has no such domain";
        13 Gone "the account has no such domain";
    }

    /// `Domain.Create`.
    DOMAIN_CREATE {
        6 Refused "the domain is not valid";
        7 Refused "the domain is there already";
        11 Refused "the domain is there already as an alias of another one";
        12 Refused "the domain is in another account";
        41 Refused "the site breaks the terms of service";
    }

    /// `Domain.List`.
    DOMAIN_LIST {
        6 Refused "the offset is not valid";
        7 Refused "the length is not valid";
        9 Empty("domains") "no domain matches";
    }

    /// `Domain.Remove`.
    DOMAIN_REMOVE {
        7 Refused "the domain is locked";
        8 Refused "a domain with a paid plan cannot be removed";
        9 Refused "only the domain's owner may do this";
    }

    /// `Domain.Status` and `Domain.Searchenginepush`.
    DOMAIN_SWITCH {
        7 Refused "the domain is locked";
        8 Refused "the domain is not this account's to change";
    }

    /// `Domain.Info` and `Domain.Log`; 7 is of 2020.
    DOMAIN_READ {
        7 Gone "the domain is not this account's";
        8 Gone "the domain is not this account's";
    }

    /// `Domain.Remove`, `Domain.Status`, `Domain.Transfer`, `Domain.Unlock` and the calls that change shares and
    /// aliases (2020).
    DOMAIN_LOCKED {
        21 Locked "the domain is locked";
    }

    /// `Domain.Transfer`.
    DOMAIN_TRANSFER {
        7 Refused "the e-mail address is not valid";
        8 Refused "no account has this e-mail address";
        9 Refused "the domain is in this account already";
        10 Refused "a personal account's domain cannot go to a company";
        11 Refused "a company's domain cannot go to a personal account";
    }

    /// `Domain.Lock`.
    DOMAIN_LOCK {
        7 Refused "the domain is not this account's to lock";
        8 Refused "the number of days is not valid";
        9 Refused "the number of days is more than the plan allows";
        21 Refused "the domain is locked already";
    }

    /// `Domain.Lockstatus`.
    DOMAIN_LOCKSTATUS {
        7 Gone "the domain is not locked";
    }

    /// `Domain.Unlock`.
    DOMAIN_UNLOCK {
        7 Refused "the domain is not this account's to unlock";
        8 Refused "the domain is not locked";
        9 Refused "the lock code is wrong";
    }

    /// `Domain.Changegroup`.
    DOMAIN_CHANGEGROUP {
        7 Refused "there is no such group";
    }

    /// All three calls by which a domain is got back from another account.
    ACQUIRE {
        6 Refused "the domain is not valid";
        7 Refused "Chinese names are not supported";
        8 Refused "the domain is not valid";
        9 Refused "domains that end with .tk are not supported";
        10 Gone "the domain does not exist";
        11 Refused "the domain is banned";
        12 Refused "the domain is locked";
        13 Refused "a company's domain cannot come to a personal account";
        14 Refused "a personal account's domain cannot come to a company";
        86 Refused "a domain with a paid plan cannot be got back";
    }

    /// `Domain.Acquire` and `Domain.Acquiresend`.
    ACQUIRE_EMAIL {
        15 Refused "the owner's e-mail addresses could not be found out";
        16 Refused "the e-mail address is not valid";
    }

    /// `Domain.Acquirevalidate`.
    ACQUIRE_CODE {
        15 Refused "the code is wrong";
        16 Refused "the e-mail address is not valid";
    }

    /// `Domainshare.Create`.
    SHARE_CREATE {
        7 Refused "the e-mail address is not valid";
        8 Refused "no account has this e-mail address";
        9 Refused "it is shared with this address already";
        10 Refused "there are more shares than the plan allows";
    }

    /// `Domainshare.List`.
    SHARE_LIST {
        7 Empty("share") "the domain is shared with nobody";
    }

    /// `Domainshare.Modify` and `Domainshare.Remove`.
    SHARE_CHANGE {
        7 Refused "the e-mail address is not valid";
        8 Refused "no account has this e-mail address";
        9 Gone "it is not shared with this address";
    }

    /// `Domainalias.List`.
    ALIAS_LIST {
        7 Empty("alias") "the domain has no alias";
    }

    /// `Domainalias.Create`.
    ALIAS_CREATE {
        7 Refused "the alias is not valid";
        8 Refused "the alias is there already as a domain";
        9 Refused "the alias is bound already";
        10 Refused "there are more aliases than the plan allows";
    }

    /// `Domainalias.Remove`.
    ALIAS_REMOVE {
        7 Gone "the domain has no such alias";
    }

    /// The calls that name a group.
    GROUP_NAME {
        7 Refused "the group's name is not valid";
        8 Refused "there is a group of this name already";
        9 Refused "there are more groups than the plan allows";
    }

    /// The calls about one group.
    GROUP_ID {
        6 Gone "there is no such group";
    }

    /// `Record.Type` and `Record.Line`.
    GRADE {
        6 Refused "there is no such plan";
    }

    /// `Record.List`; 27 is of 2020.
    RECORD_LIST {
        7 Refused "the offset is not valid";
        8 Refused "the length is not valid";
        9 Gone "the domain is not this account's";
        10 Empty("records") "no record matches";
        27 Refused "the line is not valid";
    }

    /// Every call about one record.
    OF_RECORD {
        7 Gone "the domain is not this account's to change";
        8 Gone "the domain has no such record";
        21 Locked "the domain or record is locked";
    }

    /// `Record.Create`. 31 and 32 are limits of URL and NS records on the international site, a
    /// conflict and the TTL on China's.
    RECORD_CREATE {
        6 Refused "a field is missing or not valid";
        31 Refused "it conflicts with another record of the name, or there are more URL records than the plan allows";
        32 Refused "the TTL is not in the plan's range, or there are more NS records than the plan allows";
    }

    /// `Record.Modify` and `Record.Ddns`. 32 is documented as a limit of NS records and was seen for
    /// a TTL below the plan's minimum (facts: DNSPod section 3.2). 41, of redirects, is of 2020.
    RECORD_MODIFY {
        29 Refused "the TTL is shorter than the plan allows";
        31 Refused "it conflicts with another record of the name, or there are more URL records than the plan allows";
        32 Refused "the TTL is not in the plan's range, or there are more NS records than the plan allows";
        35 Refused "the address is not allowed";
        41 Refused "the target breaks the terms of service";
    }

    /// `Record.Status` (2020): a record that is switched on is checked as if it were new.
    RECORD_STATUS {
        17 Refused "the value is not right";
        22 Refused "the host name is not valid";
        23 Refused "the host name has more levels than the plan allows";
        24 Refused "this form of wildcard is not allowed";
        31 Refused "it conflicts with another record of the name, or the name has no record on the default line";
        33 Refused "there are more AAAA records than the plan allows";
        37 Refused "there are more SRV records than the plan allows";
        41 Refused "the target breaks the terms of service";
        82 Refused "the address is on DNSPod's blacklist";
        110 Refused "a redirect needs a domain that is registered with China's authorities";
        500_025 Refused "the name has more A records on the line than the plan allows";
        500_026 Refused "the name has more CNAME records on the line than the plan allows";
    }

    /// The calls that set what a record says; 17, 37 and 110 are of 2020.
    RECORD_CONTENT {
        17 Refused "the value is not right";
        22 Refused "the host name is not valid";
        23 Refused "the host name has more levels than the plan allows";
        24 Refused "this form of wildcard is not allowed";
        25 Refused "the name has more records than the plan allows";
        26 Refused "the line is not valid or not in the plan";
        27 Refused "the record type is not valid";
        30 Refused "the MX preference is not valid";
        33 Refused "there are more AAAA records than the plan allows";
        34 Refused "the value is not valid";
        36 Refused "this is only allowed on the default line";
        37 Refused "there are more SRV records than the plan allows";
        82 Refused "the address is on DNSPod's blacklist";
        104 AlreadySo "such a record exists already, or nothing would change";
        110 Refused "a redirect needs a domain that is registered with China's authorities";
        500_025 Refused "the name has more A records on the line than the plan allows";
        500_026 Refused "the name has more CNAME records on the line than the plan allows";
    }

    /// `Batch.Detail`.
    BATCH_DETAIL {
        8 Gone "there is no such job";
    }
}
