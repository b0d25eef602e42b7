//! The operations, each defined once: one file for each resource of the vendor's page
//! (<https://api.domeneshop.no/docs/>; through facts gathered in 2026).
//!
//! Every answer status that is documented or was seen stands among an operation's codes, also those
//! of success: an answer whose status is not among the latter is an error.

pub mod dns;
pub mod domains;
pub mod dyndns;
pub mod forwards;
pub mod invoices;

use crate::{
    core::error::{ErrorClass, ProviderError},
    providers::operation::{Arguments, Operation, ResultCode},
};

/// What a status means whatever was asked. The vendor documents it for no operation; it is seen for all
/// (contract tests of others; through facts gathered in 2026).
const ANY: &[ResultCode] = &[ResultCode {
    number: 401,
    meaning: "the token or the secret is wrong",
}];

/// What a status means wherever a domain is named: seen too, and documented nowhere. It is decided
/// before anything else of the path is looked at.
const DOMAIN: &[ResultCode] = &[ResultCode {
    number: 403,
    meaning: "the domain is not in the account, or there is none",
}];

/// The one success of a read.
const READ: &[ResultCode] = &[ResultCode {
    number: 200,
    meaning: "here it is",
}];

/// Every operation, in the order of the vendor's page.
pub(super) fn all() -> impl Iterator<Item = &'static Operation> {
    let resources = [
        domains::ALL,
        dns::ALL,
        dyndns::ALL,
        forwards::ALL,
        invoices::ALL,
    ];
    resources.into_iter().flatten().copied()
}

/// Refuses arguments that do not fit, before anything is sent: by the definition, then by what a
/// definition cannot say, which is what parameters have to do with each other.
pub(super) fn check(
    operation: &'static Operation,
    arguments: &Arguments,
) -> Result<(), ProviderError> {
    arguments.check(operation)?;
    let wrong = match operation.name.split_once('.') {
        Some(("dns", _)) => dns::misuses(operation, arguments),
        Some(("dyndns", _)) => dyndns::misuses(arguments),
        Some(("forwards", _)) => forwards::misuses(arguments),
        _ => Vec::new(),
    };
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(ProviderError::of_host(
            ErrorClass::Invalid,
            wrong.join("; "),
        ))
    }
}

/// Whether a text can be a host below a domain: `@`, or labels with dots between them. An empty one
/// or `..` would make another path of the one it is put in.
fn is_host(text: &str) -> bool {
    let is_odd = |it: char| it.is_whitespace() || it.is_control();
    text.split('.')
        .all(|label| !label.is_empty() && !label.contains(is_odd))
}

fn host_misuse(arguments: &Arguments) -> Option<String> {
    let host = arguments.get("host")?;
    (!is_host(host)).then(|| {
        format!("`host` takes a name below the domain, as `www`, or `@` for its own, not `{host}`")
    })
}
