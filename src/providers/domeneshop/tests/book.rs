use super::*;
use crate::{
    core::error::ErrorClass,
    http::{Method as Verb, RequestBody},
    providers::zone_records::{AnyRecord, ZoneRecords},
};

const RECORDS: &str = r#"[
    {"id":1,"host":"@","ttl":3600,"type":"MX","data":"mx.example.com.","priority":"42"},
    {"id":2,"host":"@","ttl":3600,"type":"CAA","data":"ca.no","flags":"0","tag":"1"},
    {"id":3,"host":"x","ttl":300,"type":"SVCB","data":"","alpn":["h2"],"comment":"mine"}
]"#;

/// A service with these records, which takes every write.
fn service(request: &Request) -> FakeAnswer {
    let record = |place: usize| {
        let records: Vec<serde_json::Value> = serde_json::from_str(RECORDS).unwrap();
        records[place].to_string()
    };
    match (request.method, request.path.as_str()) {
        (Verb::Get, "/domains") => answer(
            200,
            r#"[{"id":1,"domain":"example.com"},{"id":2,"domain":"a.no","services":{"dns":false}}]"#,
        ),
        (Verb::Get, "/domains/1/dns") => answer(200, RECORDS),
        (Verb::Get, "/domains/1/dns/1") => answer(200, &record(0)),
        (Verb::Get, "/domains/1/dns/2") => answer(200, &record(1)),
        (Verb::Get, "/domains/1/dns/3") => answer(200, &record(2)),
        (Verb::Post, _) => answer(201, r#"{"id":12}"#),
        (Verb::Put | Verb::Delete, path) if !path.ends_with("/9") => answer(204, ""),
        _ => answer(404, r#"{"code":"resource:unknown"}"#),
    }
}

fn example() -> Zone {
    zone("1", "example.com")
}

fn any(id: &str, host: &str, kind: &str, data: &str, fields: &[(&str, &str)]) -> AnyRecord {
    let fields = fields.iter().map(|(a, b)| ((*a).into(), (*b).into()));
    AnyRecord {
        id: id.into(),
        host: host.into(),
        r#type: kind.into(),
        data: data.into(),
        ttl: None,
        fields: fields.collect(),
    }
}

/// The last request that was sent, with its body.
fn last<F: Fn(&Request) -> FakeAnswer>(account: &DomeneshopAccount<FakeTransport<F>>) -> String {
    let sent = account.client().transport().sent.borrow();
    let last = sent.last().unwrap();
    let RequestBody::Json(text) = &last.body else {
        return format!("{} {}", last.method.as_str(), last.path);
    };
    format!("{} {} {text}", last.method.as_str(), last.path)
}

fn set(record: &AnyRecord) -> (Result<(), ProviderError>, String) {
    let account = account(service);
    let end = account.set(&example(), record).now_or_never().unwrap();
    let last = last(&account);
    (end, last)
}

#[test]
fn zones_whose_records_can_be_edited_are_told_from_domains_without_dns() {
    let account = account(service);
    let zones = ZoneRecords::zones(&account).now_or_never().unwrap();
    let zones = zones.unwrap();
    assert_eq!(zones.editable, [example()]);
    let names: Vec<_> = zones.others.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a.no"], "why is said with it");
}

#[test]
fn records_of_every_type_are_listed_with_their_fields() {
    let account = account(service);
    let told = RefCell::new(Vec::new());
    let progress = |come: usize, of: Option<usize>| told.borrow_mut().push((come, of));
    let example = example();
    let records = account.records(&example, &progress);
    let records = records.now_or_never().unwrap().unwrap();
    let ttl = |ttl, record| AnyRecord {
        ttl: Some(ttl),
        ..record
    };
    assert_eq!(
        records,
        [
            ttl(
                3600,
                any("1", "@", "MX", "mx.example.com.", &[("priority", "42")])
            ),
            ttl(
                3600,
                any(
                    "2",
                    "@",
                    "CAA",
                    "ca.no",
                    &[("flags", "0"), ("tag", "issuewild")]
                )
            ),
            ttl(
                300,
                any(
                    "3",
                    "x",
                    "SVCB",
                    "",
                    &[("alpn", r#"["h2"]"#), ("comment", "mine")]
                )
            ),
        ]
    );
    assert_eq!(told.into_inner(), [(3, Some(3))]);
}

#[test]
fn a_record_is_added_with_the_fields_of_its_type() {
    let account = account(service);
    let record = any("", "@", "MX", "mx.example.com", &[("priority", "10")]);
    let id = account.add(&example(), &record).now_or_never().unwrap();
    assert_eq!(id.as_deref(), Ok("12"));
    assert_eq!(
        last(&account),
        r#"POST /domains/1/dns {"host":"@","type":"MX","data":"mx.example.com","priority":10}"#
    );
}

#[test]
fn what_cannot_be_added_is_refused_before_anything_is_sent() {
    for (record, said) in [
        (
            any("", "@", "MX", "mx.example.com", &[]),
            "dns.create needs `priority` for MX",
        ),
        (
            any("", "@", "TXT", "x", &[("remark", "y")]),
            "dns.create has no parameter `remark`; it takes domain_id, host,",
        ),
        (
            any("", "@", "MX", "a.b", &[("priority", "low")]),
            "`priority` takes a number from 0 to 65535, not `low`",
        ),
        (any("", "@", "PTR", "a.b", &[]), "`type` takes A|AAAA|"),
    ] {
        let account = account(|_| panic!("nothing is sent"));
        let end = account.add(&example(), &record).now_or_never().unwrap();
        let failure = end.unwrap_err();
        assert_eq!(failure.class, ErrorClass::Invalid);
        assert!(failure.message.starts_with(said), "{failure}");
    }
}

#[test]
fn what_is_not_said_of_a_record_stays_as_it_is() {
    let (end, sent) = set(&any("1", "@", "MX", "new.example.com", &[]));
    assert_eq!(end, Ok(()));
    assert_eq!(
        sent,
        r#"PUT /domains/1/dns/1 {"host":"@","ttl":3600,"type":"MX","data":"new.example.com","priority":42}"#
    );
    let tag = [("tag", "iodef")];
    let (end, sent) = set(&any("2", "@", "CAA", "mailto:a@b.no", &tag));
    assert_eq!(end, Ok(()));
    assert!(sent.ends_with(r#""flags":0,"tag":2}"#), "{sent}");
    let comment = [("alpn", r#"["h2"]"#), ("comment", "yours")];
    let (end, sent) = set(&any("3", "x", "SVCB", "svc.example.com", &comment));
    assert_eq!(end, Ok(()));
    assert_eq!(
        sent,
        r#"PUT /domains/1/dns/3 {"host":"x","ttl":300,"type":"SVCB","data":"svc.example.com","alpn":["h2"],"comment":"yours"}"#
    );
}

#[test]
fn every_listed_record_can_be_set_as_it_was_listed() {
    let account = account(service);
    let example = example();
    let records = account.records(&example, &|_, _| ());
    for record in records.now_or_never().unwrap().unwrap() {
        assert_eq!(set(&record).0, Ok(()), "{record:?}");
    }
}

#[test]
fn a_host_or_a_type_is_never_changed_and_nothing_is_written_that_does_not_fit() {
    for (record, said) in [
        (
            any("1", "www", "MX", "a.b", &[]),
            "`host` cannot change from `@` to `www`",
        ),
        (
            any("1", "@", "TXT", "a.b", &[]),
            "`type` cannot change from `MX` to `TXT`",
        ),
        (
            any("1", "@", "MX", "a.b", &[("weight", "1")]),
            "MX has no `weight`",
        ),
        (
            any("3", "x", "SVCB", "", &[("remark", "y")]),
            "the record has no `remark`",
        ),
        (
            AnyRecord {
                ttl: Some(90),
                ..any("1", "@", "MX", "a.b", &[])
            },
            "`ttl` takes a multiple of 60",
        ),
    ] {
        let (end, sent) = set(&record);
        let failure = end.unwrap_err();
        assert_eq!(failure.class, ErrorClass::Invalid);
        assert!(failure.message.starts_with(said), "{failure}");
        assert!(sent.starts_with("GET "), "{sent}");
    }
}

#[test]
fn a_record_is_deleted_by_its_number_and_a_missing_one_is_said() {
    let account = account(service);
    let delete = |id: &str| account.delete(&example(), id).now_or_never().unwrap();
    assert_eq!(delete("3"), Ok(()));
    assert_eq!(last(&account), "DELETE /domains/1/dns/3");
    assert_eq!(delete("9").unwrap_err().class, ErrorClass::NotFound);
    assert_eq!(
        delete("3/..").unwrap_err().class,
        ErrorClass::ProtocolViolation
    );
    assert_eq!(account.sent().len(), 2);
}
