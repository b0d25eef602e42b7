use super::{tables::*, *};
use crate::providers::{
    dnspod::api::{
        alias,
        domain::{self, DomainList},
        group, record, share,
    },
    operation::Call,
};

const CREATE: &Operation = record::RecordCreate::OPERATION;
const MODIFY: &Operation = record::RecordModify::OPERATION;
const REMOVE: &Operation = record::RecordRemove::OPERATION;
const RECORDS: &Operation = record::RecordList::OPERATION;
const DOMAINS: &Operation = DomainList::OPERATION;

fn classes(operation: &Operation, numbers: &[i64]) -> Vec<(ErrorClass, Scope)> {
    let each = numbers.iter().map(|number| {
        let failure = failure("x", operation, *number, "");
        (failure.class, failure.scope)
    });
    each.collect()
}

fn all_are(operation: &Operation, numbers: &[i64], class: ErrorClass, scope: Scope) {
    for (number, got) in numbers.iter().zip(classes(operation, numbers)) {
        assert_eq!(got, (class, scope), "{number}");
    }
}

#[test]
fn refused_credentials_stop_the_account_in_every_call() {
    let numbers = [
        -1, 50, 51, 52, 53, 54, 83, 85, 10001, 10002, 10003, 10004, 20004,
    ];
    for operation in [CREATE, MODIFY, REMOVE, RECORDS] {
        all_are(
            operation,
            &numbers,
            ErrorClass::Unauthorized,
            Scope::Account,
        );
    }
    all_are(DOMAINS, &[-3, -4], ErrorClass::Unauthorized, Scope::Account);
}

#[test]
fn too_many_calls_and_bans_make_the_account_wait_in_every_call() {
    let wait = ErrorClass::RateLimited { retry_after: None };
    for operation in [CREATE, MODIFY, REMOVE, DOMAINS] {
        all_are(operation, &[-2, -8], wait, Scope::Account);
    }
}

#[test]
fn a_lock_holds_its_host_for_an_hour_and_no_other() {
    let retry_after = Some(Duration::from_hours(1));
    let wait = ErrorClass::RateLimited { retry_after };
    for operation in [CREATE, MODIFY, REMOVE] {
        all_are(operation, &[21], wait, Scope::Host);
    }
}

#[test]
fn a_value_that_is_refused_is_not_tried_again_at_once() {
    let both = [
        -15, -7, 22, 23, 24, 25, 26, 27, 30, 31, 32, 33, 34, 36, 82, 500_025, 500_026,
    ];
    for operation in [CREATE, MODIFY] {
        all_are(operation, &both, ErrorClass::Invalid, Scope::Host);
    }
    all_are(CREATE, &[6], ErrorClass::Invalid, Scope::Host);
    all_are(MODIFY, &[29, 35], ErrorClass::Invalid, Scope::Host);
}

#[test]
fn the_small_numbers_mean_in_each_call_what_that_call_documents() {
    all_are(MODIFY, &[6, 7, 8, 13], ErrorClass::NotFound, Scope::Host);
    all_are(REMOVE, &[6, 7, 8, 13], ErrorClass::NotFound, Scope::Host);
    all_are(CREATE, &[7, 13], ErrorClass::NotFound, Scope::Host);
    all_are(RECORDS, &[6, 9, 13], ErrorClass::NotFound, Scope::Host);
    all_are(RECORDS, &[7, 8], ErrorClass::Invalid, Scope::Host);
    all_are(RECORDS, &[2], ErrorClass::ProtocolViolation, Scope::Account);
    all_are(DOMAINS, &[6, 7, -7], ErrorClass::Invalid, Scope::Host);
}

/// What the copy of the vendor's pages of March 2020 adds (facts: DNSPod section 11).
#[test]
fn the_codes_of_later_vendor_pages_are_known_in_the_calls_that_give_them() {
    for operation in [CREATE, MODIFY, record::RecordStatus::OPERATION] {
        all_are(operation, &[17, 37, 110], ErrorClass::Invalid, Scope::Host);
    }
    for operation in [MODIFY, record::RecordStatus::OPERATION] {
        all_are(operation, &[31, 41], ErrorClass::Invalid, Scope::Host);
    }
    all_are(RECORDS, &[27], ErrorClass::Invalid, Scope::Host);
    for operation in [domain::DomainInfo::OPERATION, domain::DomainLog::OPERATION] {
        all_are(operation, &[7], ErrorClass::NotFound, Scope::Host);
    }
    let retry_after = Some(Duration::from_hours(1));
    for operation in [
        domain::DomainRemove::OPERATION,
        domain::DomainStatus::OPERATION,
        domain::DomainTransfer::OPERATION,
        domain::DomainUnlock::OPERATION,
        share::DomainshareCreate::OPERATION,
        share::DomainshareModify::OPERATION,
        share::DomainshareRemove::OPERATION,
        alias::DomainaliasCreate::OPERATION,
        alias::DomainaliasRemove::OPERATION,
    ] {
        let wait = ErrorClass::RateLimited { retry_after };
        all_are(operation, &[21], wait, Scope::Host);
    }
    // Where no page has them they stay what they are: unknown.
    all_are(
        REMOVE,
        &[17, 37, 41, 110],
        ErrorClass::ProtocolViolation,
        Scope::Host,
    );
    all_are(CREATE, &[41], ErrorClass::ProtocolViolation, Scope::Host);
    all_are(
        RECORDS,
        &[37, 110],
        ErrorClass::ProtocolViolation,
        Scope::Account,
    );
}

#[test]
fn trouble_at_the_service_leaves_a_write_unconfirmed_and_a_read_to_be_repeated() {
    all_are(MODIFY, &[-99], ErrorClass::Unconfirmed, Scope::Account);
    all_are(MODIFY, &[3, 104], ErrorClass::Unconfirmed, Scope::Host);
    all_are(CREATE, &[3, 104], ErrorClass::Unconfirmed, Scope::Host);
    all_are(RECORDS, &[3, -99], ErrorClass::Transient, Scope::Account);
}

#[test]
fn a_code_that_nobody_documents_is_a_breach_of_contract_not_a_success() {
    all_are(
        MODIFY,
        &[777, 0, 10],
        ErrorClass::ProtocolViolation,
        Scope::Host,
    );
    all_are(
        RECORDS,
        &[777, 0, 104],
        ErrorClass::ProtocolViolation,
        Scope::Account,
    );
}

#[test]
fn the_words_name_code_and_meaning_and_quote_at_most_a_line_of_the_message() {
    let told = |operation, number, message| {
        failure("Record.Modify of home", operation, number, message).message
    };
    assert_eq!(
        told(MODIFY, 10002, "The login token ID is invalid"),
        "DNSPod refuses the token (10002: the token ID is invalid)"
    );
    assert_eq!(
        told(MODIFY, 32, "Record ttl is\u{1b}[31m\n limited(600)"),
        "Record.Modify of home: DNSPod refuses it (32: the TTL is not in the plan's range, \
         or there are more NS records than the plan allows, \
         “Record ttl is\\u{1b}[31m  limited(600)”)"
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

#[test]
fn a_login_that_fails_is_no_reason_to_leave_the_account_alone() {
    let numbers = [
        -1, -2, -7, -8, -99, 3, 50, 83, 85, 777, 10001, 10003, 10004, 10005,
    ];
    for number in numbers {
        let failure = failure("Auth", Auth::OPERATION, number, "");
        assert_eq!(failure.scope, Scope::Host, "{number}");
        assert!(!failure.message.contains("refuses the token"), "{failure}");
    }
    assert_eq!(
        failure("Auth", Auth::OPERATION, -1, "").message,
        "DNSPod refuses the e-mail address or password (-1: the login failed)"
    );
}

#[test]
fn a_call_that_the_account_may_not_use_says_nothing_about_its_others() {
    for operation in [group::DomaingroupCreate::OPERATION, DOMAINS] {
        all_are(operation, &[-7], ErrorClass::Invalid, Scope::Host);
    }
}
