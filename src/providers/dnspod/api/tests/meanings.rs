//! What each code means in each call, and what it asks of the caller.

use std::time::Duration;

use super::*;
use crate::{
    core::error::{ErrorClass, Scope},
    providers::dnspod::codes::failure,
};

/// Each documented code of each call (`*` is for all of them): its number, its class, and words of
/// its meaning. The classes: J rejected, W wait, L wait an hour, I invalid, N not found, U
/// unconfirmed, C contract, ? transient or, of a write, unconfirmed.
const DOCUMENTED: &[(&str, &str)] = &[
    (
        "*",
        r#"-1 J "login failed"; -2 W "too often"; -3 J "agent"; -4 J "agent"; 2 C "only POST"; 3 ? "unknown error"; -99 ? "suspended"; 83 J "locked"; 85 J "address"; 50 J "one-time"; 51 J "not enabled"; 52 J "wrong"; 53 J "already"; 54 J "owner"; 10002 J "token ID"; 20004 J "user token""#,
    ),
    (
        "Auth",
        r#"10001 J "banned"; 10003 J "e-mail"; 10004 J "password"; 10005 J "does not exist""#,
    ),
    (
        "Domain.Create",
        r#"6 I "not valid"; 7 I "already"; 11 I "alias"; 12 I "another account"; 41 I "terms""#,
    ),
    (
        "Domain.List",
        r#"6 I "offset"; 7 I "length"; 9 N "no domain""#,
    ),
    (
        "Domain.Remove",
        r#"-15 I "banned"; 6 N "no such domain"; 7 I "locked"; 8 I "paid"; 9 I "owner""#,
    ),
    (
        "Domain.Status",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 I "locked"; 8 I "not this account's""#,
    ),
    (
        "Domain.Info",
        r#"-7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 8 N "not this account's"; 13 N "no such domain""#,
    ),
    (
        "Domain.Log",
        r#"-7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 8 N "not this account's""#,
    ),
    (
        "Domain.Searchenginepush",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 I "locked"; 8 I "not this account's""#,
    ),
    (
        "Domain.Transfer",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 I "not valid"; 8 I "no account"; 9 I "already"; 10 I "personal account's domain"; 11 I "company's domain""#,
    ),
    (
        "Domain.Lock",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 I "not this account's"; 8 I "days"; 9 I "more than"; 21 I "already""#,
    ),
    (
        "Domain.Lockstatus",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 N "not locked""#,
    ),
    (
        "Domain.Unlock",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 I "not this account's"; 8 I "not locked"; 9 I "lock code""#,
    ),
    ("Domain.Changegroup", r#"6 N "no such domain"; 7 I "group""#),
    ("Domain.Ismark", r#"6 N "no such domain""#),
    ("Domain.Remark", r#"6 N "no such domain""#),
    (
        "Domain.Acquire",
        r#"6 I "not valid"; 7 I "Chinese"; 8 I "not valid"; 9 I ".tk"; 10 N "does not exist"; 11 I "banned"; 12 I "locked"; 13 I "company's domain"; 14 I "personal account's"; 15 I "could not be found out"; 86 I "paid""#,
    ),
    (
        "Domain.Acquiresend",
        r#"6 I "not valid"; 7 I "Chinese"; 8 I "not valid"; 9 I ".tk"; 10 N "does not exist"; 11 I "banned"; 12 I "locked"; 13 I "company's domain"; 14 I "personal account's"; 15 I "could not be found out"; 16 I "e-mail""#,
    ),
    (
        "Domain.Acquirevalidate",
        r#"6 I "not valid"; 7 I "Chinese"; 8 I "not valid"; 9 I ".tk"; 10 N "does not exist"; 11 I "banned"; 12 I "locked"; 13 I "company's domain"; 14 I "personal account's"; 15 I "code is wrong"; 16 I "e-mail""#,
    ),
    (
        "Domainshare.Create",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 I "not valid"; 8 I "no account"; 9 I "already"; 10 I "more shares""#,
    ),
    (
        "Domainshare.List",
        r#"-7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 N "nobody""#,
    ),
    (
        "Domainshare.Modify",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 I "not valid"; 8 I "no account"; 9 N "not shared""#,
    ),
    (
        "Domainshare.Remove",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 I "not valid"; 8 I "no account"; 9 N "not shared""#,
    ),
    (
        "Domainalias.List",
        r#"-7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 N "no alias""#,
    ),
    (
        "Domainalias.Create",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 I "not valid"; 8 I "as a domain"; 9 I "bound"; 10 I "more aliases""#,
    ),
    (
        "Domainalias.Remove",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 N "no such alias""#,
    ),
    ("Domaingroup.List", r#"-1 J "login failed""#),
    (
        "Domaingroup.Create",
        r#"7 I "not valid"; 8 I "already"; 9 I "more groups""#,
    ),
    (
        "Domaingroup.Modify",
        r#"6 N "no such group"; 7 I "not valid"; 8 I "already"; 9 I "more groups""#,
    ),
    ("Domaingroup.Remove", r#"6 N "no such group""#),
    ("Record.Type", r#"6 I "plan""#),
    ("Record.Line", r#"6 I "plan""#),
    (
        "Record.Create",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 I "field"; 7 N "not this account's"; 21 L "locked"; 22 I "host name"; 23 I "levels"; 24 I "wildcard"; 25 I "more records"; 26 I "line"; 27 I "type"; 30 I "MX"; 31 I "conflicts"; 32 I "TTL"; 33 I "AAAA"; 34 I "value"; 36 I "default line"; 82 I "blacklist"; 104 U "already"; 500025 I "A records"; 500026 I "CNAME""#,
    ),
    (
        "Record.List",
        r#"-7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 I "offset"; 8 I "length"; 9 N "not this account's"; 10 N "no record""#,
    ),
    (
        "Record.Modify",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 N "not this account's"; 8 N "no such record"; 21 L "locked"; 22 I "host name"; 23 I "levels"; 24 I "wildcard"; 25 I "more records"; 26 I "line"; 27 I "type"; 29 I "shorter"; 30 I "MX"; 31 I "URL records"; 32 I "NS records"; 33 I "AAAA"; 34 I "value"; 35 I "address"; 36 I "default line"; 82 I "blacklist"; 104 U "already"; 500025 I "A records"; 500026 I "CNAME""#,
    ),
    (
        "Record.Remove",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 N "not this account's"; 8 N "no such record"; 21 L "locked""#,
    ),
    (
        "Record.Ddns",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 N "not this account's"; 8 N "no such record"; 21 L "locked"; 22 I "host name"; 23 I "levels"; 24 I "wildcard"; 25 I "more records"; 26 I "line"; 104 U "already""#,
    ),
    (
        "Record.Remark",
        r#"6 N "no such domain"; 8 N "no such record""#,
    ),
    (
        "Record.Info",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 N "not this account's"; 8 N "no such record""#,
    ),
    (
        "Record.Status",
        r#"-15 I "banned"; -7 I "better plan"; -8 W "agent's customer"; 6 N "no such domain"; 7 N "not this account's"; 8 N "no such record"; 21 L "locked""#,
    ),
    ("Domain.Purview", r#"6 N "no such domain""#),
    ("Batch.Domain.Create", r#"-7 I "may not use""#),
    ("Batch.Record.Create", r#"-8 W "failed logins""#),
    ("Batch.Record.Modify", r#"10003 J "token""#),
    ("Batch.Detail", r#"8 N "no such job""#),
    ("User.Detail", r#"-7 I "may not use""#),
    ("User.Log", r#"10004 J "not valid""#),
    ("Info.Version", r#"10003 J "token""#),
];

fn class(letter: &str, writes: bool) -> ErrorClass {
    match letter {
        "J" => ErrorClass::Unauthorized,
        "W" => ErrorClass::RateLimited { retry_after: None },
        "L" => {
            let retry_after = Some(Duration::from_hours(1));
            ErrorClass::RateLimited { retry_after }
        }
        "I" => ErrorClass::Invalid,
        "N" => ErrorClass::NotFound,
        "C" => ErrorClass::ProtocolViolation,
        "U" => ErrorClass::Unconfirmed,
        "?" if writes => ErrorClass::Unconfirmed,
        "?" => ErrorClass::Transient,
        other => panic!("{other}"),
    }
}

fn assert_documented(operation: &Operation, row: &str) {
    for entry in row.split("; ") {
        let [number, letter, words] = entry.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("{entry}")
        };
        let number: i64 = number.parse().unwrap();
        let told = format!("{} {number}", operation.name);
        let meaning = operation.meaning(number);
        let meaning = meaning.unwrap_or_else(|| panic!("{told} means nothing"));
        assert!(
            meaning.contains(words.trim_matches('"')),
            "{told}: {meaning}"
        );
        let failure = failure("x", operation, number, "");
        assert_eq!(failure.class, class(letter, operation.writes), "{told}");
        assert!(failure.message.contains(meaning), "{told}: {failure}");
    }
}

#[test]
fn each_documented_code_means_in_each_call_what_that_call_documents() {
    for operation in all() {
        let name = operation.name;
        let rows = DOCUMENTED
            .iter()
            .filter(|row| row.0 == name || row.0 == "*");
        let rows: Vec<_> = rows.collect();
        assert_eq!(rows.len(), 2, "{name} has no row");
        for (_, row) in rows {
            assert_documented(operation, row);
        }
    }
}

#[test]
fn what_concerns_the_account_reaches_all_of_it_in_every_call_but_a_login() {
    for operation in all().into_iter().filter(|it| it.name != "Auth") {
        for number in [-1, -2, -8, 50, 83, 85, 10002, 20004] {
            let failure = failure("x", operation, number, "");
            assert_eq!(failure.scope, Scope::Account, "{} {number}", operation.name);
        }
    }
}
