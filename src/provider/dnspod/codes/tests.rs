use super::{tables::*, *};
use crate::provider::{
    dnspod::api::{domain::DomainList, record},
    operation::Call,
};

const CREATE: &[&[Code]] = record::RecordCreate::OPERATION.codes;
const MODIFY: &[&[Code]] = record::RecordModify::OPERATION.codes;
const REMOVE: &[&[Code]] = record::RecordRemove::OPERATION.codes;
const RECORDS: &[&[Code]] = record::RecordList::OPERATION.codes;
const DOMAINS: &[&[Code]] = DomainList::OPERATION.codes;

fn classes(tables: &[&[Code]], writes: bool, numbers: &[i64]) -> Vec<(Class, Scope)> {
    let each = numbers.iter().map(|number| {
        let failure = failure("x", writes, tables, *number, "");
        (failure.class, failure.scope)
    });
    each.collect()
}

fn all_are(tables: &[&[Code]], writes: bool, numbers: &[i64], class: Class, scope: Scope) {
    for (number, got) in numbers.iter().zip(classes(tables, writes, numbers)) {
        assert_eq!(got, (class, scope), "{number}");
    }
}

#[test]
fn refused_credentials_stop_the_account_in_every_call() {
    let numbers = [
        -1, 50, 51, 52, 53, 54, 83, 85, 10001, 10002, 10003, 10004, 20004,
    ];
    for (tables, writes) in [
        (CREATE, true),
        (MODIFY, true),
        (REMOVE, true),
        (RECORDS, false),
    ] {
        all_are(tables, writes, &numbers, Class::Rejected, Scope::Account);
    }
    all_are(
        DOMAINS,
        false,
        &[-7, -3, -4],
        Class::Rejected,
        Scope::Account,
    );
}

#[test]
fn too_many_calls_and_bans_make_the_account_wait_in_every_call() {
    let wait = Class::RateLimited { retry_after: None };
    for (tables, writes) in [
        (CREATE, true),
        (MODIFY, true),
        (REMOVE, true),
        (DOMAINS, false),
    ] {
        all_are(tables, writes, &[-2, -8], wait, Scope::Account);
    }
}

#[test]
fn a_lock_holds_its_host_for_an_hour_and_no_other() {
    let retry_after = Some(Duration::from_hours(1));
    let wait = Class::RateLimited { retry_after };
    for tables in [CREATE, MODIFY, REMOVE] {
        all_are(tables, true, &[21], wait, Scope::Host);
    }
}

#[test]
fn a_value_that_is_refused_is_not_tried_again_at_once() {
    let both = [
        -15, -7, 22, 23, 24, 25, 26, 27, 30, 31, 32, 33, 34, 36, 82, 500_025, 500_026,
    ];
    for tables in [CREATE, MODIFY] {
        all_are(tables, true, &both, Class::Invalid, Scope::Host);
    }
    all_are(CREATE, true, &[6], Class::Invalid, Scope::Host);
    all_are(MODIFY, true, &[29, 35], Class::Invalid, Scope::Host);
}

#[test]
fn the_small_numbers_mean_in_each_call_what_that_call_documents() {
    all_are(MODIFY, true, &[6, 7, 8, 13], Class::NotFound, Scope::Host);
    all_are(REMOVE, true, &[6, 7, 8, 13], Class::NotFound, Scope::Host);
    all_are(CREATE, true, &[7, 13], Class::NotFound, Scope::Host);
    all_are(RECORDS, false, &[6, 9, 13], Class::NotFound, Scope::Host);
    all_are(RECORDS, false, &[7, 8, 2], Class::Contract, Scope::Account);
    all_are(DOMAINS, false, &[6, 7], Class::Contract, Scope::Account);
}

#[test]
fn trouble_at_the_service_leaves_a_write_unconfirmed_and_a_read_to_be_repeated() {
    all_are(MODIFY, true, &[-99], Class::Unconfirmed, Scope::Account);
    all_are(MODIFY, true, &[3, 104], Class::Unconfirmed, Scope::Host);
    all_are(CREATE, true, &[3, 104], Class::Unconfirmed, Scope::Host);
    all_are(RECORDS, false, &[3, -99], Class::Transient, Scope::Account);
}

#[test]
fn a_code_that_nobody_documents_is_a_breach_of_contract_not_a_success() {
    all_are(MODIFY, true, &[777, 0, 10], Class::Contract, Scope::Host);
    all_are(
        RECORDS,
        false,
        &[777, 0, 104],
        Class::Contract,
        Scope::Account,
    );
}

#[test]
fn the_words_name_code_and_meaning_and_quote_at_most_a_line_of_the_message() {
    let told = |tables, number, message| {
        failure("Record.Modify of home", true, tables, number, message).what
    };
    assert_eq!(
        told(MODIFY, 10002, "The login token ID is invalid"),
        "DNSPod refuses the token (10002: the token ID is invalid)"
    );
    assert_eq!(
        told(MODIFY, 32, "Record ttl is\u{1b}[31m\n limited(600)"),
        "Record.Modify of home: DNSPod refuses it (32: the TTL is not in the plan's range, \
         or there are more NS records than the plan allows, \
         “Record ttl is[31m limited(600)”)"
    );
    let long = told(MODIFY, 777, &"x".repeat(10_000));
    assert!(long.len() < 250, "{long}");
}

#[test]
fn one_number_with_one_meaning_asks_one_thing_in_every_table() {
    for (codes, kinds) in KINDS {
        for (code, kind) in codes.iter().zip(*kinds) {
            let found = find(&[&[*code]], code.number);
            assert_eq!(found, Some((*code, *kind)));
        }
    }
}
