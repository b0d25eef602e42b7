use std::collections::BTreeSet;

use super::*;
use crate::{
    core::error::{ErrorClass, Scope},
    http::Delivery,
    providers::domeneshop::MAX_URL_BYTES,
};

const V4: &str = "192.0.2.1";
const V6: &str = "2001:db8::1";

fn both(hosts: &[String]) -> Vec<Change> {
    let changes = hosts.iter().map(|it| [pushed(it, V4), pushed(it, V6)]);
    changes.flatten().collect()
}

fn hosts(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("host-{n:02}.example.com"))
        .collect()
}

/// The hosts that a push names.
fn named(request: &Request) -> Vec<String> {
    let (_, query) = request.path.split_once("hostname=").unwrap();
    let (hosts, _) = query.split_once('&').unwrap();
    hosts.split(',').map(str::to_owned).collect()
}

#[test]
fn fifty_hosts_of_both_families_go_in_one_request_of_bearable_length() {
    let account = account(|_| answer(204, ""));
    let results = account.apply_now(both(&hosts(50)));
    assert_eq!(results, vec![Ok(()); 100]);
    let sent = account.client().transport().sent.borrow();
    assert_eq!(sent.len(), 1);
    assert_eq!(named(&sent[0]), hosts(50));
    assert!(sent[0].path.ends_with("&myip=192.0.2.1,2001:db8::1"));
    assert!(sent[0].writes);
    assert!(ENDPOINT.len() + sent[0].path.len() < MAX_URL_BYTES);
}

#[test]
fn hosts_share_a_request_only_if_they_get_the_same_addresses() {
    let account = account(|_| answer(204, ""));
    let results = account.apply_now(vec![
        pushed("a.example.com", V4),
        pushed("b.example.com", V4),
        pushed("c.example.com", V4),
        pushed("a.example.com", V6),
        pushed("nas.example.com", "2001:db8::2"),
        pushed("b.example.com", V6),
    ]);
    assert_eq!(results, vec![Ok(()); 6]);
    assert_eq!(
        account.sent(),
        [
            "GET /dyndns/update?hostname=a.example.com,b.example.com&myip=192.0.2.1,2001:db8::1",
            "GET /dyndns/update?hostname=c.example.com&myip=192.0.2.1",
            "GET /dyndns/update?hostname=nas.example.com&myip=2001:db8::2",
        ]
    );
}

#[test]
fn long_lists_are_split_before_the_url_is_too_long_and_every_host_goes_once() {
    let account = account(|_| answer(204, ""));
    let label = "a".repeat(60);
    let hosts: Vec<_> = (0..100)
        .map(|n| format!("{label}{n}.example.com"))
        .collect();
    account.apply_now(both(&hosts));
    let sent = account.client().transport().sent.borrow();
    let lengths: Vec<_> = sent
        .iter()
        .map(|it| ENDPOINT.len() + it.path.len())
        .collect();
    assert!(
        lengths.iter().all(|length| *length < MAX_URL_BYTES),
        "{lengths:?}"
    );
    // 75 characters a host with its comma, some 1,900 for hosts: 25 a request.
    assert_eq!(lengths.len(), 4, "{lengths:?}");
    let mut all: Vec<_> = sent.iter().flat_map(named).collect();
    all.sort_unstable();
    let mut expected = hosts.clone();
    expected.sort_unstable();
    assert_eq!(all, expected);
}

#[test]
fn more_addresses_than_the_api_takes_are_not_sent() {
    let account = account(|_| answer(204, ""));
    let many = (1..=10).map(|n| admitted(&format!("192.0.2.{n}")));
    let method = Method::ReplaceRRset(AddrSet::try_from_iter(many).unwrap());
    let results = account.apply_now(vec![
        change("a.example.com", V4, method),
        pushed("b.example.com", V4),
    ]);
    let failure = results[0].as_ref().unwrap_err();
    assert_eq!(
        (failure.class, failure.scope),
        (ErrorClass::Invalid, Scope::Host)
    );
    assert_eq!(results[1], Ok(()));
    assert_eq!(account.sent().len(), 1);
}

#[test]
fn one_bad_host_holds_up_no_other_and_is_found_in_few_requests() {
    for (bad, requests) in [(0, 11), (7, 11), (31, 9), (49, 8)] {
        let bad = format!("host-{bad:02}.example.com");
        let account = account(|request| {
            let is_bad = named(request).contains(&bad);
            answer(if is_bad { 404 } else { 204 }, "")
        });
        let changes = both(&hosts(50));
        let results = account.apply_now(changes.clone());
        for (change, result) in changes.iter().zip(&results) {
            if change.target.host.as_str() == bad {
                let failure = result.as_ref().unwrap_err();
                assert_eq!(
                    (failure.class, failure.scope),
                    (ErrorClass::NotFound, Scope::Host)
                );
                assert_eq!(
                    failure.message,
                    format!("Domeneshop knows no domain of yours for {bad} (404)")
                );
            } else {
                assert_eq!(*result, Ok(()), "{}", change.target);
            }
        }
        assert_eq!(account.sent().len(), requests, "{bad}");
    }
}

#[test]
fn however_many_hosts_are_bad_the_requests_stay_bounded_and_none_is_repeated() {
    let every_third = |it: &String| it.contains(['3', '6', '9']);
    let accounts = [
        account(Box::new(|_: &Request| answer(404, "")) as Box<dyn Fn(&Request) -> FakeAnswer>),
        account(Box::new(|_: &Request| answer(400, ""))),
        account(Box::new(move |request: &Request| {
            let is_bad = named(request).iter().any(every_third);
            answer(if is_bad { 404 } else { 204 }, "")
        })),
    ];
    for account in accounts {
        let count = 40;
        let results = account.apply_now(both(&hosts(count)));
        assert!(results.iter().flatten().count() < results.len());
        let sent = account.sent();
        assert!(sent.len() < 2 * count, "{}", sent.len());
        let distinct: BTreeSet<_> = sent.iter().collect();
        assert_eq!(distinct.len(), sent.len());
    }
}

#[test]
fn a_host_fails_only_after_a_request_that_named_it_alone() {
    // A service that takes one host a request: the batch is refused, no host of it is.
    let account = account(|request| answer(if named(request).len() > 1 { 400 } else { 204 }, ""));
    assert_eq!(account.apply_now(both(&hosts(5))), vec![Ok(()); 10]);
}

#[test]
fn refused_credentials_stop_everything_at_once() {
    let account = account(|_| answer(401, r#"{"code":"authentication:failed","help":""}"#));
    let results = account.apply_now(vec![
        pushed("a.example.com", V4),
        pushed("b.example.com", V6),
        stepwise(
            "c.example.com",
            V4,
            zone("1", "example.com"),
            vec![Step::Create {
                addr: admitted(V4),
                ttl: None,
            }],
        ),
    ]);
    assert_eq!(account.sent().len(), 1);
    for result in results {
        let failure = result.unwrap_err();
        assert_eq!(
            (failure.class, failure.scope),
            (ErrorClass::Unauthorized, Scope::Account)
        );
        assert_eq!(
            failure.message,
            "Domeneshop refuses the token or secret (401 authentication:failed)"
        );
    }
}

#[test]
fn a_lost_answer_leaves_its_batch_unconfirmed_and_the_rest_unsent() {
    let lost = || {
        Err(SendError {
            sent: Delivery::Unknown,
            what: "no complete answer within 10 s".into(),
        })
    };
    for (reply, why) in [
        (lost(), "no complete answer within 10 s"),
        (answer(502, ""), "Domeneshop failed on it (502)"),
    ] {
        let account = account(|_| reply.clone());
        let results = account.apply_now(vec![
            pushed("a.example.com", V4),
            pushed("b.example.com", V4),
            pushed("c.example.com", V6),
        ]);
        assert_eq!(account.sent().len(), 1);
        let [a, b, c] = <[_; 3]>::try_from(results).unwrap().map(Result::unwrap_err);
        let could_not = format!("could not confirm GET /dyndns/update: {why}");
        assert_eq!(a.class, ErrorClass::Unconfirmed);
        assert_eq!(a.message, could_not);
        assert_eq!(a, b);
        // It is known that this one had no effect.
        assert_eq!((c.class, c.scope), (ErrorClass::Transient, Scope::Account));
        assert!(
            c.message.starts_with("not sent after an earlier failure: "),
            "{c}"
        );
    }
}

#[test]
fn an_answer_that_makes_no_sense_leaves_no_doubt_about_what_was_not_sent() {
    let account = account(|_| answer(302, ""));
    let results = account.apply_now(vec![
        pushed("a.example.com", V4),
        pushed("c.example.com", V6),
    ]);
    assert_eq!(account.sent().len(), 1);
    let classes = results.into_iter().map(|it| it.unwrap_err().class);
    let classes: Vec<_> = classes.collect();
    assert_eq!(
        classes,
        [ErrorClass::ProtocolViolation, ErrorClass::Transient]
    );
}

#[test]
fn a_lost_answer_while_a_batch_is_narrowed_down_stops_the_narrowing() {
    let account = account(|request| match named(request).len() {
        4 => answer(404, ""),
        _ => Err(SendError {
            sent: Delivery::Unknown,
            what: "reset".into(),
        }),
    });
    let changes = hosts(4).iter().map(|it| pushed(it, V4)).collect();
    let results = account.apply_now(changes);
    assert_eq!(account.sent().len(), 2);
    let classes: Vec<_> = results
        .into_iter()
        .map(|it| it.unwrap_err().class)
        .collect();
    let (unconfirmed, transient) = (ErrorClass::Unconfirmed, ErrorClass::Transient);
    assert_eq!(classes, [unconfirmed, unconfirmed, transient, transient]);
}

#[test]
fn what_never_left_is_transient_for_the_whole_account() {
    let account = account(|_| {
        Err(SendError {
            sent: Delivery::NotSent,
            what: "no connection: refused".into(),
        })
    });
    let results = account.apply_now(vec![
        pushed("a.example.com", V4),
        pushed("b.example.com", V6),
    ]);
    assert_eq!(account.sent().len(), 1);
    for result in results {
        let failure = result.unwrap_err();
        assert_eq!(
            (failure.class, failure.scope),
            (ErrorClass::Transient, Scope::Account)
        );
    }
}

#[test]
fn an_answer_that_is_no_confirmation_confirms_nothing() {
    for (status, body) in [
        (200, "good 192.0.2.1"),
        (200, "<html>"),
        (201, ""),
        (307, ""),
    ] {
        let account = account(|_| answer(status, body));
        let results = account.apply_now(vec![pushed("a.example.com", V4)]);
        let failure = results[0].as_ref().unwrap_err();
        assert_eq!(
            failure.class,
            ErrorClass::ProtocolViolation,
            "{status} {body}"
        );
    }
}
