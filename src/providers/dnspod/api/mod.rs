//! The operations of the API, one file for each of its resources. Each is defined once: the struct
//! to call it with, the answer's type, and the [`Operation`] that the command line and the
//! documentation come from.
//!
//! Where a domain is asked for, exactly one of `domain_id` and `domain` is given. The pages of the
//! international site name only `domain_id` for records; `domain` has long been taken there too.

pub mod account;
pub mod acquire;
pub mod alias;
pub mod auth;
pub mod china;
pub mod domain;
pub mod group;
pub(super) mod limits;
pub mod record;
pub mod share;

use super::Site;
use crate::providers::operation::{Arguments, Operation};

/// What both sites have.
const EVERYWHERE: [&[&Operation]; 7] = [
    account::ALL,
    domain::ALL,
    acquire::ALL,
    share::ALL,
    alias::ALL,
    group::ALL,
    record::ALL,
];

/// The operations of a site.
pub fn operations(site: Site) -> impl Iterator<Item = &'static Operation> {
    let own = match site {
        Site::International => auth::ALL,
        Site::China => china::ALL,
    };
    let all = std::iter::once(own).chain(EVERYWHERE);
    all.flatten().copied()
}

/// What is asked for, in words that an error begins with: `Record.List of example.com`.
pub(super) fn subject(operation: &Operation, arguments: &Arguments) -> String {
    let name = operation.name;
    let domain = match (arguments.get("domain"), arguments.get("domain_id")) {
        (Some(domain), _) => domain.to_owned(),
        (None, Some(id)) => format!("domain {id}"),
        (None, None) => return name.to_owned(),
    };
    match (arguments.get("sub_domain"), arguments.get("record_id")) {
        (Some(host), _) => format!("{name} of {host} in {domain}"),
        (None, Some(id)) => format!("{name} of record {id} in {domain}"),
        (None, None) => format!("{name} of {domain}"),
    }
}

#[cfg(test)]
mod tests;
