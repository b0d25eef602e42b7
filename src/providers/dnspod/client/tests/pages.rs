//! Long lists.

use serde_json::json;

use super::*;
use crate::providers::{
    dnspod::api::{account::UserLog, domain},
    operation::Call,
};

/// Lists `count` items of one operation, as many at once as the site does.
struct Long {
    key: &'static str,
    count: usize,
    cap: usize,
    /// Whether the answer says how many there are.
    counts: bool,
    requests: RefCell<usize>,
}

impl Transport for Long {
    async fn send(&self, request: &Request) -> Result<Response, SendError> {
        *self.requests.borrow_mut() += 1;
        let RequestBody::Form(fields) = &request.body else {
            panic!("no form")
        };
        let number = |name: &str| -> usize {
            let mut fields = fields.iter();
            let (_, value) = fields.find(|(it, _)| it == name).unwrap();
            value.expose().parse().unwrap()
        };
        let (offset, length) = (number("offset"), number("length"));
        assert!(length <= self.cap, "{length}");
        let range = offset..(offset + length).min(self.count).max(offset);
        let items: Vec<_> = range
            .map(|it| match self.key {
                "log" => json!(format!("2014-06-04 21:31:00: line {it}")),
                _ => json!({"id": it.to_string(), "name": format!("h{it}"), "type": "A"}),
            })
            .collect();
        let items = match (self.key, items.is_empty()) {
            ("log", true) => vec![json!("There is no domain logs at the moment.")],
            _ => items,
        };
        let count = self.count.to_string();
        let sent = items.len().to_string();
        let info = if self.counts {
            json!({"domain_total": self.count, "record_total": count, "records_num": sent})
        } else {
            json!([])
        };
        let body = json!({"status": {"code": "1"}, "info": info, self.key: items});
        Ok(page(&body.to_string()))
    }
}

fn long(site: Site, key: &'static str, count: usize, cap: usize, counts: bool) -> Client<Long> {
    let requests = RefCell::default();
    let transport = Long {
        key,
        count,
        cap,
        counts,
        requests,
    };
    Client::new(transport, site, login())
}

#[tokio::test]
async fn ten_thousand_records_cost_20_requests_on_one_site_and_4_on_the_other() {
    for (site, cap, requests) in [(Site::International, 500, 20), (Site::China, 3000, 4)] {
        let client = long(site, "records", 10_000, cap, true);
        let given = RecordList {
            domain: Some(example()),
            ..RecordList::default()
        };
        let progress = RefCell::new(Vec::new());
        let note = |have: usize, of: Option<usize>| progress.borrow_mut().push((have, of));
        let operation = RecordList::OPERATION;
        let whole = client
            .invoke_all(operation, &given.arguments(), &note)
            .await
            .unwrap();
        let records = whole["records"].as_array().unwrap();
        assert_eq!(records.len(), 10_000);
        assert_eq!(records[9_999]["name"], "h9999");
        assert_eq!(whole["info"]["records_num"], "10000");
        assert_eq!(*client.transport().requests.borrow(), requests);
        let progress = progress.into_inner();
        assert_eq!(progress.len(), requests);
        assert_eq!(progress[0], (cap, Some(10_000)));
        assert_eq!(progress[requests - 1], (10_000, Some(10_000)));
    }
}

#[tokio::test]
async fn domains_come_whole_with_or_without_a_counter() {
    for (counts, requests) in [(true, 2), (false, 3)] {
        let client = long(Site::International, "domains", 1_000, 500, counts);
        let operation = domain::DomainList::OPERATION;
        let none = Arguments::default();
        let whole = client
            .invoke_all(operation, &none, &|_, _| {})
            .await
            .unwrap();
        assert_eq!(whole["domains"].as_array().unwrap().len(), 1_000);
        assert_eq!(*client.transport().requests.borrow(), requests);
    }
}

#[tokio::test]
async fn a_log_comes_whole_and_the_sentence_behind_it_is_no_line() {
    for (count, lines, requests) in [(0, 1, 1), (3, 3, 1), (500, 500, 2), (1_203, 1_203, 3)] {
        for site in [Site::International, Site::China] {
            let client = long(site, "log", count, 500, false);
            let given = domain::DomainLog {
                domain: Some(example()),
                ..domain::DomainLog::default()
            };
            let operation = domain::DomainLog::OPERATION;
            let whole = client
                .invoke_all(operation, &given.arguments(), &|_, _| {})
                .await;
            assert_eq!(whole.unwrap()["log"].as_array().unwrap().len(), lines);
            assert_eq!(*client.transport().requests.borrow(), requests);
        }
    }
}

#[tokio::test]
async fn a_page_that_is_asked_for_and_what_has_no_pages_are_one_request() {
    let client = long(Site::International, "records", 10_000, 500, true);
    let given = RecordList {
        domain: Some(example()),
        offset: Some(100),
        length: Some(10),
        ..RecordList::default()
    };
    let operation = RecordList::OPERATION;
    let one = client
        .invoke_all(operation, &given.arguments(), &|_, _| {})
        .await
        .unwrap();
    assert_eq!(one["records"].as_array().unwrap().len(), 10);
    assert_eq!(*client.transport().requests.borrow(), 1);
    let client = canned(login(), Ok(page(r#"{"status":{"code":"1"},"log":["a"]}"#)));
    let none = Arguments::default();
    let log = client
        .invoke_all(UserLog::OPERATION, &none, &|_, _| {})
        .await;
    assert_eq!(log, Ok(json!({"log": ["a"]})));
}

#[tokio::test]
async fn a_list_that_makes_no_sense_is_a_breach_of_contract_and_not_a_shorter_list() {
    for body in [
        r#"{"status":{"code":"1"}}"#,
        r#"{"status":{"code":"1"},"records":"none"}"#,
        r#"{"status":{"code":"1"},"info":{"record_total":5},"records":[]}"#,
        r#"{"status":{"code":"1"},"info":{"record_total":600},"records":[{"id":"1"}]}"#,
    ] {
        let client = canned(login(), Ok(page(body)));
        let given = RecordList {
            domain: Some(example()),
            ..RecordList::default()
        };
        let operation = RecordList::OPERATION;
        let whole = client
            .invoke_all(operation, &given.arguments(), &|_, _| {})
            .await;
        let failure = whole.unwrap_err();
        assert_eq!(failure.class, ErrorClass::ProtocolViolation, "{body}");
        assert!(
            failure.message.starts_with("Record.List of example.com: "),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn a_log_that_repeats_its_first_page_is_noticed_at_the_second() {
    let lines: Vec<_> = (0..500).map(|it| format!("line {it}")).collect();
    let body = json!({"status": {"code": "1"}, "log": lines});
    let client = canned(login(), Ok(page(&body.to_string())));
    let given = domain::DomainLog {
        domain: Some(example()),
        ..domain::DomainLog::default()
    };
    let requests = RefCell::new(0);
    let note = |_, _| *requests.borrow_mut() += 1;
    let operation = domain::DomainLog::OPERATION;
    let whole = client
        .invoke_all(operation, &given.arguments(), &note)
        .await;
    let failure = whole.unwrap_err();
    assert_eq!(failure.class, ErrorClass::ProtocolViolation);
    assert_eq!(
        failure.message,
        "Domain.Log of example.com: one page repeats another"
    );
    assert_eq!(
        requests.into_inner(),
        1,
        "the second page is not counted as read"
    );
}

#[tokio::test]
async fn a_typed_call_brings_one_page_and_its_sentence_stays_one() {
    let client = long(Site::International, "records", 1_203, 500, true);
    assert_eq!(client.call(&list()).await.unwrap().records.len(), 500);
    assert_eq!(*client.transport().requests.borrow(), 1);
    let about = [
        domain::DomainList::OPERATION.about,
        RecordList::OPERATION.about,
    ];
    assert_eq!(
        about,
        ["Lists the account's domains.", "Lists a domain's records."]
    );
}
