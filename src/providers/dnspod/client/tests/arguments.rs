//! What is refused before anything is sent.

use super::*;
use crate::providers::{
    dnspod::api::{
        auth::Auth,
        china::{BatchDetail, BatchRecordModify},
        domain, record,
    },
    operation::Call,
};

/// What a client says to a call that it does not send.
async fn refused<C: Call>(client: Client<Canned>, call: &C) -> String
where
    C::Output: std::fmt::Debug,
{
    let failure = client.call(call).await.unwrap_err();
    assert_eq!(failure.class, ErrorClass::Invalid);
    assert_eq!(failure.scope, Scope::Host);
    assert!(client.transport().seen.borrow().is_none(), "{failure}");
    let raw = client.invoke(C::OPERATION, &call.arguments()).await;
    assert_eq!(raw, Err(failure.clone()));
    let all = client
        .invoke_all(C::OPERATION, &call.arguments(), &|_, _| {})
        .await;
    assert_eq!(all, Err(failure.clone()));
    assert!(client.transport().seen.borrow().is_none(), "{failure}");
    failure.message
}

fn ready() -> Client<Canned> {
    canned(login(), Ok(page(r#"{"status":{"code":"1"}}"#)))
}

fn create() -> record::RecordCreate {
    record::RecordCreate {
        domain: Some(example()),
        record_type: "A".into(),
        record_line: Some("default".into()),
        value: "1.1.1.1".into(),
        ..record::RecordCreate::default()
    }
}

#[tokio::test]
async fn a_domain_by_name_and_identifier_or_by_neither_is_refused() {
    let one_of = "Record.Create takes exactly one of domain_id, domain";
    for (domain, domain_id) in [(Some(example()), Some("7".into())), (None, None)] {
        let call = record::RecordCreate {
            domain_id,
            domain,
            ..create()
        };
        assert_eq!(refused(ready(), &call).await, one_of);
    }
    let call = record::RecordCreate {
        record_line_id: Some("0".into()),
        ..create()
    };
    assert_eq!(
        refused(ready(), &call).await,
        "Record.Create takes exactly one of record_line, record_line_id"
    );
}

#[tokio::test]
async fn what_lies_outside_its_limits_or_its_words_is_refused() {
    for (call, told) in [
        (
            record::RecordCreate {
                ttl: Some(604_801),
                ..create()
            },
            "`ttl` takes a number from 1 to 604800, not `604801`",
        ),
        (
            record::RecordCreate {
                weight: Some(101),
                ..create()
            },
            "`weight` takes a number from 0 to 100, not `101`",
        ),
        (
            record::RecordCreate {
                status: Some("enabled".into()),
                ..create()
            },
            "`status` takes enable|disable, not `enabled`",
        ),
    ] {
        assert_eq!(refused(ready(), &call).await, told);
    }
    let call = domain::DomainLog {
        domain: Some(example()),
        length: Some(501),
        ..domain::DomainLog::default()
    };
    let told = "`length` takes a number from 1 to 500, not `501`";
    assert_eq!(refused(ready(), &call).await, told);
    let call = domain::DomainList {
        r#type: Some("every".into()),
        ..domain::DomainList::default()
    };
    let told = "`type` takes all|mine|share|ismark|pause|vip|recent|share_out, not `every`";
    assert_eq!(refused(ready(), &call).await, told);
}

#[tokio::test]
async fn a_misspelt_or_missing_parameter_is_refused_where_it_is_written() {
    let wrong = |words: &[&str]| {
        let words: Vec<_> = words.iter().map(|it| (*it).to_owned()).collect();
        let wrong = Arguments::written(RecordRemove::OPERATION, &words).unwrap_err();
        wrong.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        wrong(&["domian=example.com", "domain=example.com", "record_id=1"]),
        ["Record.Remove has no parameter `domian`; did you mean `domain`?"]
    );
    assert_eq!(
        wrong(&["domain=example.com"]),
        ["Record.Remove needs `record_id` (text): The record's identifier."]
    );
}

#[tokio::test]
async fn an_operation_of_the_other_site_is_refused() {
    let call = Auth {
        login_email: "a@b.com".into(),
        login_password: Some(Secret::new("hunter22")),
        ..Auth::default()
    };
    let told = "Auth is not an operation of dnsapi.cn";
    assert_eq!(refused(ready(), &call).await, told);
    let call = BatchDetail { job_id: "1".into() };
    let told = "Batch.Detail is not an operation of api.dnspod.com";
    let client = international(Ok(page(r#"{"status":{"code":"1"}}"#)));
    assert_eq!(refused(client, &call).await, told);
}

#[tokio::test]
async fn a_password_login_carries_no_token() {
    let body = r#"{"status":{"code":"1"},"user_token":"730060,e1a8a$f14d"}"#;
    let client = international(Ok(page(body)));
    let call = Auth {
        login_email: "a@b.com".into(),
        login_password: Some(Secret::new("hunter22")),
        ..Auth::default()
    };
    let token = client.call(&call).await.unwrap().user_token;
    assert_eq!(token.expose(), "730060,e1a8a$f14d");
    let RequestBody::Form(fields) = client.transport().seen.take().unwrap().body else {
        panic!("no form")
    };
    let names: Vec<_> = fields.iter().map(|(name, _)| &**name).collect();
    let expected = [
        "format",
        "lang",
        "error_on_empty",
        "login_email",
        "login_password",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_parameter_that_only_the_other_site_has_is_refused_and_both_are_named() {
    let here = || international(Ok(page(r#"{"status":{"code":"1"}}"#)));
    let status = Some("enable".to_owned());
    let call = record::RecordCreate {
        status: status.clone(),
        weight: Some(20),
        ..create()
    };
    let told = "Record.Create has no parameter `status` at api.dnspod.com; \
                Record.Create has no parameter `weight` at api.dnspod.com";
    assert_eq!(refused(here(), &call).await, told);
    assert!(ready().call(&call).await.is_ok());
    let call = record::RecordModify {
        domain: Some(example()),
        record_id: "1".into(),
        sub_domain: "www".into(),
        record_type: "A".into(),
        record_line: Some("default".into()),
        value: "1.1.1.1".into(),
        status,
        ..record::RecordModify::default()
    };
    let told = "Record.Modify has no parameter `status` at api.dnspod.com";
    assert_eq!(refused(here(), &call).await, told);
    let call = domain::DomainLock {
        domain: Some(example()),
        days: 3,
        ..domain::DomainLock::default()
    };
    let told = "Domain.Lock has no parameter `domain` at api.dnspod.com";
    assert_eq!(refused(here(), &call).await, told);
    let prepared = ready().prepare(domain::DomainLock::OPERATION, &call.arguments());
    assert!(prepared.is_ok());
}

#[tokio::test]
async fn a_page_longer_than_the_site_sends_is_refused() {
    let here = || international(Ok(page(r#"{"status":{"code":"1"}}"#)));
    let told = "`length` takes a number from 1 to 500 at api.dnspod.com, not `501`";
    let length = Some(501);
    let call = domain::DomainList {
        length,
        ..domain::DomainList::default()
    };
    assert_eq!(refused(here(), &call).await, told);
    let call = RecordList { length, ..list() };
    assert_eq!(refused(here(), &call).await, told);
    let prepared = ready().prepare(RecordList::OPERATION, &call.arguments());
    assert!(prepared.is_ok());
    assert!(
        here()
            .prepare(RecordList::OPERATION, &list().arguments())
            .is_ok()
    );
}

#[test]
fn a_parameter_that_only_china_has_says_so() {
    for (operation, parameter) in [
        (record::RecordCreate::OPERATION, "status"),
        (record::RecordCreate::OPERATION, "weight"),
        (record::RecordModify::OPERATION, "status"),
        (record::RecordModify::OPERATION, "weight"),
        (domain::DomainLock::OPERATION, "domain"),
    ] {
        let about = operation.parameter(parameter).unwrap().about;
        assert!(about.contains("only China"), "{about}");
    }
}

#[tokio::test]
async fn what_another_argument_makes_necessary_is_asked_for_before_anything_is_sent() {
    let call = record::RecordCreate {
        record_type: "MX".into(),
        ..create()
    };
    let told = "Record.Create of an MX record needs `mx`, its priority";
    assert_eq!(refused(ready(), &call).await, told);
    let call = record::RecordCreate {
        mx: Some(0),
        ..call
    };
    assert!(ready().call(&call).await.is_ok());
    let call = record::RecordModify {
        domain: Some(example()),
        record_id: "1".into(),
        sub_domain: "@".into(),
        record_type: "mx".into(),
        record_line: Some("default".into()),
        value: "mail.example.com.".into(),
        ..record::RecordModify::default()
    };
    let told = "Record.Modify of an MX record needs `mx`, its priority";
    assert_eq!(refused(ready(), &call).await, told);
    let call = BatchRecordModify {
        record_id: "36,90".into(),
        change: "record_type".into(),
        change_to: "CNAME".into(),
        ..BatchRecordModify::default()
    };
    let told =
        "Batch.Record.Modify with change=record_type needs `value`, the data of the new type";
    assert_eq!(refused(ready(), &call).await, told);
    let call = BatchRecordModify {
        change: "ttl".into(),
        change_to: "600".into(),
        ..call
    };
    let prepared = ready().prepare(BatchRecordModify::OPERATION, &call.arguments());
    assert!(prepared.is_ok());
}
