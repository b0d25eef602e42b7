use serde_json::json;

use super::{super::response, *};

fn all(domain: u64) -> ListRecords {
    ListRecords {
        domain,
        host: None,
        kind: None,
    }
}

fn record(value: serde_json::Value) -> RecordBody {
    serde_json::from_value(value).unwrap()
}

/// What a request is, for comparison: method, path, body, whether it writes.
fn shown(request: &Request) -> (Method, &str, &Body, bool) {
    (request.method, &request.path, &request.body, request.writes)
}

#[test]
fn the_requests_are_the_documented_ones() {
    let list = all(1).request();
    assert_eq!(
        shown(&list),
        (Method::Get, "/domains/1/dns", &Body::Empty, false)
    );
    let filtered = ListRecords {
        host: Some("*.www".into()),
        kind: Some("A".into()),
        ..all(1)
    };
    assert_eq!(
        filtered.request().path,
        "/domains/1/dns?host=%2A.www&type=A"
    );

    let body = json!({"host": "@", "ttl": 3600, "type": "A", "data": "192.168.0.1"});
    let create = CreateRecord {
        domain: 1,
        record: record(body.clone()),
    };
    let text = r#"{"host":"@","ttl":3600,"type":"A","data":"192.168.0.1"}"#;
    let json = Body::Json(text.into());
    assert_eq!(
        shown(&create.request()),
        (Method::Post, "/domains/1/dns", &json, true)
    );
    let replace = ReplaceRecord {
        domain: 1,
        id: 70_000_000_000,
        record: record(body),
    };
    assert_eq!(
        shown(&replace.request()),
        (Method::Put, "/domains/1/dns/70000000000", &json, true)
    );
    let delete = DeleteRecord { domain: 1, id: 2 };
    assert_eq!(
        shown(&delete.request()),
        (Method::Delete, "/domains/1/dns/2", &Body::Empty, true)
    );
}

#[test]
fn a_ttl_nobody_said_is_not_sent() {
    let create = CreateRecord {
        domain: 1,
        record: record(json!({"host": "nas", "type": "AAAA", "data": "2001:db8::1"})),
    };
    let text = r#"{"host":"nas","type":"AAAA","data":"2001:db8::1"}"#;
    assert_eq!(create.request().body, Body::Json(text.into()));
}

/// The examples of the vendor's page, with the forms in which the service writes them, and types
/// that the page does not know.
const RECORDS: &str = r#"[
    {"id":1,"host":"@","ttl":3600,"type":"A","data":"192.168.0.1"},
    {"id":2,"host":"@","ttl":"604800","type":"AAAA","data":"2001:0db8:85a3:0000:0000:8a2e:0370:7334"},
    {"id":3,"host":"www","type":"CNAME","data":"www.example.com."},
    {"id":4,"host":"@","ttl":3600,"type":"MX","data":"mx.example.com","priority":"42"},
    {"id":5,"host":"_x._tcp","ttl":3600,"type":"SRV","data":"a.b","priority":10,"weight":100,"port":443},
    {"id":6,"host":"@","ttl":null,"type":"TXT","data":"v=spf1 include:_spf.domeneshop.no ~all"},
    {"id":"7","host":"@","ttl":3600,"type":"CAA","data":"ca.example","flags":0,"tag":"issue"},
    {"id":5000000000,"host":"@","ttl":3600,"type":"SVCB","params":{"alpn":["h2"]}}
]"#;

#[test]
fn the_documented_records_are_understood_and_unknown_ones_do_no_harm() {
    let records = all(1).decode(&response(200, RECORDS)).unwrap();
    let ids: Vec<_> = records.iter().map(|record| record.id).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7, 5_000_000_000]);
    let ttls: Vec<_> = records.iter().map(|record| record.body.ttl).collect();
    assert_eq!(ttls[..3], [Some(3600), Some(604_800), None]);
    assert_eq!(records[3].body.extra["priority"], json!("42"));
}

#[test]
fn a_record_that_is_written_back_has_every_field_it_came_with() {
    let listed: Vec<serde_json::Value> = serde_json::from_str(RECORDS).unwrap();
    let records = all(1).decode(&response(200, RECORDS)).unwrap();
    // Those whose numbers come as numbers, so that the comparison is exact.
    for place in [0, 4] {
        let mut body = listed[place].clone();
        body.as_object_mut().unwrap().remove("id");
        assert_eq!(
            serde_json::to_value(&records[place].body).unwrap(),
            body,
            "{place}"
        );
    }
}

#[test]
fn what_is_no_record_list_is_an_error_and_never_an_empty_list() {
    for body in [
        "",
        r#"{"code":"resource:unknown","help":"See documentation"}"#,
        r#"[{"id":1,"host":"@","ttl":3600,"type":"A","data":"192.168"#,
        r#"[{"id":1,"type":"A","data":"192.168.0.1"}]"#,
        r#"[{"id":-1,"host":"@","type":"A","data":"192.168.0.1"}]"#,
        r#"[{"id":1,"host":"@","ttl":"soon","type":"A","data":"192.168.0.1"}]"#,
        "<!DOCTYPE html>",
    ] {
        let failure = all(1).decode(&response(200, body)).unwrap_err();
        assert_eq!(failure.class, Class::Contract, "{body}");
        assert!(failure.what.contains("GET /domains/1/dns"), "{failure}");
    }
    assert_eq!(all(1).decode(&response(200, "[]")), Ok(Vec::new()));
}

#[test]
fn a_new_records_identifier_is_found_wherever_the_answer_says_it() {
    let create = CreateRecord {
        domain: 1,
        record: record(json!({"host": "@", "type": "A", "data": "192.0.2.1"})),
    };
    let location = "https://api.domeneshop.no/v0/domains/1/dns/12";
    for (body, location, id) in [
        (r#"{"id":1}"#, None, Some(1)),
        (r#"{"id":1}"#, Some(location), Some(1)),
        ("", Some(location), Some(12)),
        (" \n", Some("/v0/domains/1/dns/12"), Some(12)),
        ("{}", Some(location), Some(12)),
        ("", Some("/v0/domains/1/dns/"), None),
        ("", None, None),
    ] {
        let answer = Response {
            location: location.map(str::to_owned),
            ..response(201, body)
        };
        assert_eq!(create.decode(&answer), Ok(id), "{body} {location:?}");
    }
    for answer in [
        response(201, "<html>"),
        response(200, r#"{"id":1}"#),
        response(302, ""),
    ] {
        let failure = create.decode(&answer).unwrap_err();
        assert_eq!(failure.class, Class::Contract, "{answer:?}");
    }
}

#[test]
fn only_204_confirms_a_replacement() {
    let replace = ReplaceRecord {
        domain: 1,
        id: 2,
        record: record(json!({"host": "@", "type": "A", "data": "192.0.2.1"})),
    };
    assert_eq!(replace.decode(&response(204, "")), Ok(()));
    for (status, class) in [
        (200, Class::Contract),
        (400, Class::Invalid),
        (403, Class::NotFound),
        (404, Class::NotFound),
        (409, Class::Invalid),
        (502, Class::Unconfirmed),
    ] {
        let failure = replace.decode(&response(status, "")).unwrap_err();
        assert_eq!(failure.class, class, "{status}");
    }
}

#[test]
fn a_record_that_is_gone_already_is_deleted() {
    let delete = DeleteRecord { domain: 1, id: 2 };
    let unknown = r#"{"code":"resource:unknown","help":"See documentation"}"#;
    assert_eq!(delete.decode(&response(204, "")), Ok(()));
    assert_eq!(delete.decode(&response(404, unknown)), Ok(()));
    assert_eq!(delete.decode(&response(404, "")), Ok(()));
    for (status, body, class) in [
        (403, "", Class::NotFound),
        (404, "<html>No such site</html>", Class::Contract),
        (200, "", Class::Contract),
        (500, "", Class::Unconfirmed),
    ] {
        let failure = delete.decode(&response(status, body)).unwrap_err();
        assert_eq!(failure.class, class, "{status}");
    }
}
