use super::*;
use crate::{
    core::{
        dns::record::{Attributes, Record},
        error::{ErrorClass, Scope},
    },
    http::{Delivery, RequestBody},
};

const OLD: &str = "192.0.2.1";
const NEW: &str = "192.0.2.2";

fn example() -> Zone {
    zone("1", "example.com")
}

fn listed(id: &str, host: &str, addr: &str) -> Record {
    Record {
        id: id.into(),
        host: name(host),
        addr: addr.parse().unwrap(),
        ttl: Some(86_400),
        attributes: Attributes::new(),
    }
}

fn create(addr: &str) -> Step {
    Step::Create {
        addr: admitted(addr),
        ttl: None,
    }
}

fn modify(record: Record, addr: &str) -> Step {
    Step::Modify {
        record,
        addr: admitted(addr),
        ttl: None,
    }
}

/// What was sent, with the JSON bodies.
fn sent<F: Fn(&Request) -> FakeAnswer>(
    account: &DomeneshopAccount<FakeTransport<F>>,
) -> Vec<String> {
    let sent = account.client().transport().sent.borrow();
    let shown = sent.iter().map(|it| {
        let body = match &it.body {
            RequestBody::Json(text) => text,
            _ => "",
        };
        format!("{} {} {body}", it.method.as_str(), it.path)
    });
    shown.collect()
}

fn documented(request: &Request) -> FakeAnswer {
    match request.method {
        crate::http::Method::Post => answer(201, r#"{"id":5}"#),
        _ => answer(204, ""),
    }
}

#[test]
fn each_step_is_one_request_in_the_plans_order() {
    let account = account(documented);
    let host = "nas.example.com";
    let results = account.apply_now(vec![
        stepwise(
            host,
            NEW,
            example(),
            vec![
                modify(listed("7", host, OLD), NEW),
                Step::Create {
                    addr: admitted(NEW),
                    ttl: Some(300),
                },
                Step::Delete {
                    record: listed("8", host, "192.0.2.8"),
                },
            ],
        ),
        stepwise(
            "example.com",
            "2001:db8::1",
            example(),
            vec![create("2001:db8::1")],
        ),
    ]);
    assert_eq!(results, [Ok(()), Ok(())]);
    assert_eq!(
        sent(&account),
        [
            r#"PUT /domains/1/dns/7 {"host":"nas","ttl":86400,"type":"A","data":"192.0.2.2"}"#,
            r#"POST /domains/1/dns {"host":"nas","ttl":300,"type":"A","data":"192.0.2.2"}"#,
            "DELETE /domains/1/dns/8 ",
            r#"POST /domains/1/dns {"host":"@","type":"AAAA","data":"2001:db8::1"}"#,
        ]
    );
}

#[test]
fn everything_but_the_address_survives_a_round_trip() {
    let account = account(|request| match request.method {
        crate::http::Method::Get => answer(
            200,
            r#"[{"id":7,"host":"NAS","ttl":86400,"type":"A","data":"192.0.2.1",
                 "comment":"the \"box\"","weight":"10","geo":{"no":1},"pinned":null}]"#,
        ),
        _ => answer(204, ""),
    });
    let hosts = [name("nas.example.com")];
    let listing = account.list(&hosts, &[example()]).now_or_never().unwrap();
    let record = listing.unwrap().records.remove(0);
    let steps = vec![modify(record, NEW)];
    account.apply_now(vec![stepwise("nas.example.com", NEW, example(), steps)]);
    let written = sent(&account).pop().unwrap();
    assert_eq!(
        written,
        concat!(
            r#"PUT /domains/1/dns/7 {"host":"NAS","ttl":86400,"type":"A","data":"192.0.2.2","#,
            r#""comment":"the \"box\"","geo":{"no":1},"pinned":null,"weight":"10"}"#
        )
    );
}

#[test]
fn a_configured_ttl_replaces_the_listed_one() {
    let account = account(documented);
    let steps = vec![Step::Modify {
        record: listed("7", "nas.example.com", OLD),
        addr: admitted(NEW),
        ttl: Some(60),
    }];
    account.apply_now(vec![stepwise("nas.example.com", NEW, example(), steps)]);
    assert!(
        sent(&account)[0].contains(r#""ttl":60,"#),
        "{:?}",
        sent(&account)
    );
}

#[test]
fn a_failed_step_ends_its_change_and_no_other() {
    for (status, class) in [
        (400, ErrorClass::Invalid),
        (403, ErrorClass::NotFound),
        (404, ErrorClass::NotFound),
        (409, ErrorClass::Conflict),
    ] {
        let account = account(|request| match request.path.as_str() {
            "/domains/1/dns/7" => answer(status, ""),
            _ => documented(request),
        });
        let host = "nas.example.com";
        let steps = vec![
            modify(listed("7", host, OLD), NEW),
            Step::Delete {
                record: listed("8", host, "192.0.2.8"),
            },
        ];
        let results = account.apply_now(vec![
            stepwise(host, NEW, example(), steps),
            stepwise("www.example.com", NEW, example(), vec![create(NEW)]),
        ]);
        let failure = results[0].as_ref().unwrap_err();
        assert_eq!(
            (failure.class, failure.scope),
            (class, Scope::Host),
            "{status}"
        );
        assert!(
            failure.message.starts_with("Domeneshop ")
                && failure.message.contains("PUT /domains/1/dns/7"),
            "{failure}"
        );
        assert_eq!(results[1], Ok(()));
        assert_eq!(
            account.sent(),
            ["PUT /domains/1/dns/7", "POST /domains/1/dns"]
        );
    }
}

#[test]
fn a_lost_answer_to_a_step_is_unconfirmed_and_stops_the_account() {
    let account = account(|_| {
        Err(SendError {
            sent: Delivery::Unknown,
            what: "reset".into(),
        })
    });
    let results = account.apply_now(vec![
        stepwise(
            "nas.example.com",
            NEW,
            example(),
            vec![create(NEW), create(NEW)],
        ),
        stepwise("www.example.com", NEW, example(), vec![create(NEW)]),
    ]);
    assert_eq!(account.sent().len(), 1);
    let [first, second] = <[_; 2]>::try_from(results).unwrap().map(Result::unwrap_err);
    assert_eq!(first.class, ErrorClass::Unconfirmed);
    assert_eq!(
        first.message,
        "could not confirm POST /domains/1/dns: reset"
    );
    assert_eq!(second.class, ErrorClass::Transient);
}

#[test]
fn a_record_that_is_gone_already_does_not_fail_its_deletion() {
    let account = account(|_| answer(404, r#"{"code":"resource:unknown"}"#));
    let host = "nas.example.com";
    let deletion = Step::Delete {
        record: listed("8", host, OLD),
    };
    let results = account.apply_now(vec![stepwise(host, NEW, example(), vec![deletion])]);
    assert_eq!(results, [Ok(())]);
}

#[test]
fn an_identifier_that_is_no_number_is_never_sent() {
    let account = account(documented);
    let host = "nas.example.com";
    let results = account.apply_now(vec![
        stepwise(host, NEW, zone("1/..", "example.com"), vec![create(NEW)]),
        stepwise(
            host,
            NEW,
            example(),
            vec![modify(listed("7/..", host, OLD), NEW)],
        ),
        stepwise(host, NEW, zone("1", "example.org"), vec![create(NEW)]),
    ]);
    assert!(results.iter().all(Result::is_err));
    assert!(account.sent().is_empty());
}
