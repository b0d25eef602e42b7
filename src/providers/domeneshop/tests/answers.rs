use serde_json::{Value, json};

use super::*;
use crate::{
    core::error::{ErrorClass, Scope},
    providers::{
        domeneshop::{
            api::{
                dns::{DnsCreate, DnsDelete, DnsGet, DnsList, DnsReplace},
                domains::{DomainsGet, DomainsList},
                dyndns::DyndnsUpdate,
                forwards::{
                    ForwardsCreate, ForwardsDelete, ForwardsGet, ForwardsList, ForwardsReplace,
                },
                invoices::{InvoicesGet, InvoicesList},
            },
            operations,
            types::{Created, InvoiceStatus},
        },
        operation::{Arguments, Call, Operation},
    },
};

fn call<C: Call>(call: &C, status: u16, body: &str) -> Result<C::Output, ProviderError> {
    let account = account(|_| answer(status, body));
    account.client().call(call).now_or_never().unwrap()
}

fn invoke<C: Call>(call: &C, status: u16, body: &str) -> Result<Value, ProviderError> {
    let account = account(|_| answer(status, body));
    let arguments = call.arguments();
    let end = account.client().invoke(C::OPERATION, &arguments);
    end.now_or_never().unwrap()
}

fn create() -> DnsCreate {
    DnsCreate {
        domain_id: 1,
        host: "@".into(),
        r#type: "A".into(),
        data: "192.0.2.1".into(),
        ..DnsCreate::default()
    }
}

fn replace() -> DnsReplace {
    DnsReplace {
        domain_id: 1,
        record_id: 2,
        host: "@".into(),
        r#type: "A".into(),
        data: "192.0.2.1".into(),
        ..DnsReplace::default()
    }
}

fn update() -> DyndnsUpdate {
    DyndnsUpdate {
        hostname: "nas.example.com".into(),
        myip: None,
    }
}

fn forward(host: &str) -> ForwardsReplace {
    ForwardsReplace {
        domain_id: 1,
        host: host.into(),
        frame: None,
        url: "https://example.com".into(),
    }
}

const DOMAIN: &str = r#"{"id":1,"domain":"example.com","status":"active"}"#;
const RECORD: &str = r#"{"id":1,"host":"@","ttl":3600,"type":"A","data":"192.168.0.1"}"#;
const FORWARD: &str = r#"{"host":"@","frame":false,"url":"https://www.example.com"}"#;
const INVOICE: &str = r#"{"id":1,"type":"invoice","amount":120,"status":"paid"}"#;

#[test]
fn credentials_are_not_shown_however_they_are_written_in_an_answer() {
    for body in [
        r#"{"code":"\u0074oken-x7","help":"secret\u002dx7"}"#,
        "{\"code\":\"tok\u{7f}en-x7\",\"help\":\"secret\\n-x7\"}",
        r#"{"secret\u002dx7":["token\u002dx7"]}"#,
        "<html>tok\u{1}en-x7 secret\u{1b}-x7</html>",
    ] {
        for status in [200, 400, 500] {
            let failure = call(&create(), status, body).unwrap_err();
            let shown = format!("{failure} {failure:?}");
            assert!(
                !shown.contains("en-x7") && !shown.contains("et-x7"),
                "{shown}"
            );
        }
    }
}

#[test]
fn an_answer_that_is_read_only_once_a_credential_is_hidden_is_not_understood() {
    let body = r#"[{"id":1,"host":"home","ttl":60,"type":"A","data":"t\oken-x7"}]"#;
    let list = DnsList {
        domain_id: 1,
        ..DnsList::default()
    };
    let failure = call(&list, 200, body).unwrap_err();
    assert_eq!(failure.class, ErrorClass::ProtocolViolation, "{failure}");
}

#[test]
fn every_operation_reads_its_documented_success() {
    let list = |item: &str| format!("[{item}]");
    let domains = call(&DomainsList::default(), 200, &list(DOMAIN)).unwrap();
    assert_eq!(domains[0].domain, "example.com");
    let domain = call(&DomainsGet { domain_id: 1 }, 200, DOMAIN).unwrap();
    assert_eq!(domain, domains[0]);
    let of_domain = DnsList {
        domain_id: 1,
        ..DnsList::default()
    };
    let records = call(&of_domain, 200, &list(RECORD)).unwrap();
    let one = DnsGet {
        domain_id: 1,
        record_id: 1,
    };
    assert_eq!(call(&one, 200, RECORD).unwrap(), records[0]);
    let created = call(&create(), 201, r#"{"id":1}"#);
    assert_eq!(created, Ok(Created { id: Some(1) }));
    assert_eq!(call(&replace(), 204, ""), Ok(()));
    let delete = DnsDelete {
        domain_id: 1,
        record_id: 1,
    };
    assert_eq!(call(&delete, 204, ""), Ok(()));
    assert_eq!(call(&update(), 204, ""), Ok(()));
    let forwards = call(&ForwardsList { domain_id: 1 }, 200, &list(FORWARD)).unwrap();
    let get = ForwardsGet {
        domain_id: 1,
        host: "@".into(),
    };
    assert_eq!(call(&get, 200, FORWARD).unwrap(), forwards[0]);
    let create = ForwardsCreate {
        domain_id: 1,
        host: "www".into(),
        frame: None,
        url: "https://example.com".into(),
    };
    assert_eq!(call(&create, 201, ""), Ok(Value::Null));
    let replaced = call(&forward("@"), 200, FORWARD).unwrap();
    assert_eq!(replaced.as_ref(), forwards.first());
    let delete = ForwardsDelete {
        domain_id: 1,
        host: "@".into(),
    };
    assert_eq!(call(&delete, 204, ""), Ok(None));
    assert_eq!(call(&delete, 200, FORWARD), Ok(replaced));
    let invoices = call(&InvoicesList::default(), 200, &list(INVOICE)).unwrap();
    assert_eq!(invoices[0].status, Some(InvoiceStatus::Paid));
    let invoice = call(&InvoicesGet { invoice_id: 1 }, 200, INVOICE).unwrap();
    assert_eq!(invoice, invoices[0]);
}

#[test]
fn an_answer_as_it_came_has_what_the_types_do_not_know() {
    let odd = r#"[{"id":"1","domain":"a.no","colour":"blue"}]"#;
    let domains = invoke(&DomainsList::default(), 200, odd).unwrap();
    assert_eq!(
        domains,
        json!([{"id": "1", "domain": "a.no", "colour": "blue"}])
    );
    assert_eq!(invoke(&replace(), 204, ""), Ok(Value::Null));
    assert_eq!(invoke(&create(), 201, r#"{"id":1}"#), Ok(json!({"id": 1})));
}

#[test]
fn a_new_records_identifier_is_found_wherever_the_answer_says_it() {
    let location = "https://api.domeneshop.no/v0/domains/1/dns/12";
    for (body, location, id) in [
        (r#"{"id":1}"#, None, Some(1)),
        (r#"{"id":"1"}"#, Some(location), Some(1)),
        ("", Some(location), Some(12)),
        (" \n", Some("/v0/domains/1/dns/12"), Some(12)),
        ("{}", Some(location), Some(12)),
        ("", Some("/v0/domains/1/dns/"), None),
        ("", None, None),
    ] {
        let account = account(|_| {
            answer(201, body).map(|it| Response {
                location: location.map(str::to_owned),
                ..it
            })
        });
        let created = account.client().call(&create()).now_or_never().unwrap();
        assert_eq!(created, Ok(Created { id }), "{body} {location:?}");
    }
    for (status, body) in [(201, "<html>"), (200, r#"{"id":1}"#), (302, "")] {
        let failure = call(&create(), status, body).unwrap_err();
        assert_eq!(
            failure.class,
            ErrorClass::ProtocolViolation,
            "{status} {body}"
        );
    }
}

/// Arguments with which an operation can be sent.
fn some_arguments(operation: &'static Operation) -> Arguments {
    let required = operation.parameters.iter().filter(|it| it.required);
    let words = required.map(|it| {
        let value = match it.name {
            "host" => "www",
            "hostname" => "nas.example.com",
            "type" => "A",
            "data" => "192.0.2.1",
            "url" => "https://example.com",
            _ => "1",
        };
        format!("{}={value}", it.name)
    });
    Arguments::written(operation, &words.collect::<Vec<_>>()).unwrap()
}

#[test]
fn every_documented_status_has_its_class_and_says_what_it_means_for_that_call() {
    for operation in operations() {
        let errors = operation.codes.iter().copied().flatten();
        for code in errors.filter(|it| it.number >= 400) {
            let status = u16::try_from(code.number).unwrap();
            let body = r#"{"code":"area:reason","help":"A text"}"#;
            let account = account(|_| answer(status, body));
            let arguments = some_arguments(operation);
            let end = account.client().invoke(operation, &arguments);
            let failure = end.now_or_never().unwrap().unwrap_err();
            let (class, scope) = match status {
                401 => (ErrorClass::Unauthorized, Scope::Account),
                403 | 404 => (ErrorClass::NotFound, Scope::Host),
                400 | 412 => (ErrorClass::Invalid, Scope::Host),
                409 => (ErrorClass::Conflict, Scope::Host),
                _ => panic!("{} documents {status}", operation.name),
            };
            let place = format!("{} {status}: {failure}", operation.name);
            assert_eq!((failure.class, failure.scope), (class, scope), "{place}");
            let said = format!("({status} area:reason: A text)");
            assert!(failure.message.ends_with(&said), "{place}");
            let own_words = status == 401 || operation.name == "dyndns.update";
            assert!(
                own_words || failure.message.contains(code.meaning),
                "{place}"
            );
        }
    }
}

#[test]
fn what_is_no_list_is_an_error_and_never_an_empty_list() {
    let domains = |body: &str| {
        let typed = call(&DomainsList::default(), 200, body).unwrap_err();
        assert!(typed.message.contains("GET /domains"), "{typed}");
        typed.class
    };
    let of_domain = DnsList {
        domain_id: 1,
        ..DnsList::default()
    };
    for body in [
        "",
        "null",
        "{}",
        r#"{"code":"resource:unknown","help":"See documentation"}"#,
        r#"[{"id":1,"domain":"example.com""#,
        r#"[{"domain":"example.com"}]"#,
        r#"[{"id":-1,"host":"@","type":"A","data":"192.168.0.1"}]"#,
        r#"[{"id":1,"host":"@","ttl":"soon","type":"A","data":"192.168.0.1"}]"#,
        "<!DOCTYPE html>",
    ] {
        assert_eq!(domains(body), ErrorClass::ProtocolViolation, "{body}");
        let records = call(&of_domain, 200, body).unwrap_err();
        assert_eq!(records.class, ErrorClass::ProtocolViolation, "{body}");
    }
    assert_eq!(call(&of_domain, 200, "[]"), Ok(Vec::new()));
    for body in ["", "<html>", "[{"] {
        let raw = invoke(&of_domain, 200, body).unwrap_err();
        assert_eq!(raw.class, ErrorClass::ProtocolViolation, "{body}");
    }
}

#[test]
fn only_the_documented_status_confirms_a_write() {
    for (status, class) in [
        (200, ErrorClass::ProtocolViolation),
        (201, ErrorClass::ProtocolViolation),
        (302, ErrorClass::ProtocolViolation),
        (502, ErrorClass::Unconfirmed),
    ] {
        for body in ["", "{}", "good 192.0.2.1"] {
            let replaced = call(&replace(), status, body).unwrap_err();
            let updated = call(&update(), status, body).unwrap_err();
            assert_eq!((replaced.class, updated.class), (class, class), "{status}");
        }
    }
}

#[test]
fn a_round_is_content_with_a_record_that_is_gone_already_and_with_nothing_else() {
    let delete = |status: u16, body: &str| {
        let account = account(|_| answer(status, body));
        let end = account.client().delete_if_there(1, 2);
        end.now_or_never().unwrap()
    };
    assert_eq!(delete(204, ""), Ok(()));
    assert_eq!(delete(404, UNKNOWN), Ok(()));
    assert_eq!(delete(404, ""), Ok(()));
    for (status, body, class) in [
        (403, "", ErrorClass::NotFound),
        (
            404,
            "<html>No such site</html>",
            ErrorClass::ProtocolViolation,
        ),
        (200, "", ErrorClass::ProtocolViolation),
        (500, "", ErrorClass::Unconfirmed),
    ] {
        let failure = delete(status, body).unwrap_err();
        assert_eq!(failure.class, class, "{status}");
    }
    // Whoever asks for the operation itself is told.
    let asked = DnsDelete {
        domain_id: 1,
        record_id: 2,
    };
    let failure = call(&asked, 404, UNKNOWN).unwrap_err();
    assert!(failure.message.contains("there is no such record"));
}

#[test]
fn an_unknown_domain_is_said_with_the_host() {
    let said = |hostname: &str| {
        let update = DyndnsUpdate {
            hostname: hostname.into(),
            myip: None,
        };
        call(&update, 404, "").unwrap_err().message
    };
    assert_eq!(
        said("nas.example.com"),
        "Domeneshop knows no domain of yours for nas.example.com (404)"
    );
    assert_eq!(
        said("nas.example.com,a.example.com,b.example.com"),
        "Domeneshop knows no domain of yours for nas.example.com and 2 more (404)"
    );
}

const UNKNOWN: &str = r#"{"code":"resource:unknown","help":"See documentation"}"#;

#[test]
fn a_forward_that_is_not_found_by_its_host_is_looked_for_in_the_list() {
    let forwards = r#"[{"host":"@","url":"https://a.no"},{"host":"WWW","url":"https://b.no"}]"#;
    let account = account(|request| match request.path.as_str() {
        "/domains/1/forwards/" => answer(200, forwards),
        _ => answer(404, UNKNOWN),
    });
    let get = |host: &str| ForwardsGet {
        domain_id: 1,
        host: host.into(),
    };
    let client = account.client();
    let found = client.call(&get("www")).now_or_never().unwrap().unwrap();
    assert_eq!(found.url, "https://b.no");
    let apex = get("@").arguments();
    let raw = client.invoke(ForwardsGet::OPERATION, &apex);
    let raw = raw.now_or_never().unwrap().unwrap();
    assert_eq!(raw, json!({"host": "@", "url": "https://a.no"}));
    let missing = client.call(&get("mail")).now_or_never().unwrap();
    let failure = missing.unwrap_err();
    assert_eq!(failure.class, ErrorClass::NotFound);
    assert!(
        failure
            .message
            .contains("GET /domains/1/forwards/mail: there is no such forward")
    );
    assert_eq!(
        account.sent()[..2],
        ["GET /domains/1/forwards/www", "GET /domains/1/forwards/"]
    );
}

#[test]
fn a_list_of_forwards_that_fails_is_not_taken_for_a_missing_forward() {
    let get = ForwardsGet {
        domain_id: 1,
        host: "www".into(),
    };
    for (status, class) in [(404, ErrorClass::NotFound), (500, ErrorClass::Transient)] {
        let account = account(|request| match request.path.as_str() {
            "/domains/1/forwards/" => answer(status, ""),
            _ => answer(404, UNKNOWN),
        });
        let failure = account.client().call(&get).now_or_never().unwrap();
        assert_eq!(failure.unwrap_err().class, class);
    }
    // A page from something in between and a foreign domain say nothing of the forward.
    for (status, body) in [(404, "<html>"), (403, "")] {
        let account = account(|_| answer(status, body));
        let failure = account.client().call(&get).now_or_never().unwrap();
        assert!(failure.is_err());
        assert_eq!(account.sent().len(), 1);
    }
}

#[test]
fn a_forward_that_cannot_be_changed_here_is_explained() {
    let failure = call(&forward("www"), 404, UNKNOWN).unwrap_err();
    for words in ["the API does not support this", "in the web interface"] {
        assert!(failure.message.contains(words), "{failure}");
    }
}

#[test]
fn a_whole_record_is_replaced_with_every_field_it_came_with() {
    let account = account(|_| answer(204, ""));
    let body = json!({"host": "@", "ttl": 30, "type": "SVCB", "data": "", "alpn": ["h2"]});
    let body = serde_json::from_value(body).unwrap();
    let end = account.client().replace_whole(1, 2, &body);
    assert_eq!(end.now_or_never().unwrap(), Ok(()));
    let sent = account.client().transport().sent.borrow();
    let text = r#"{"host":"@","ttl":30,"type":"SVCB","data":"","alpn":["h2"]}"#;
    assert_eq!(sent[0].body, crate::http::RequestBody::Json(text.into()));
    assert_eq!(sent[0].path, "/domains/1/dns/2");
    assert!(sent[0].basic.is_some() && sent[0].writes);
}

#[test]
fn a_creation_whose_answer_names_something_else_than_was_sent_is_not_done() {
    let sent = create();
    for (name, is_same, other) in [
        ("host", sent.host.to_uppercase(), "other"),
        ("type", sent.r#type.clone(), "TXT"),
        ("data", sent.data.clone(), "192.0.2.99"),
    ] {
        let answer = |value: &str| format!("{{\"id\":1,\"{name}\":\"{value}\"}}");
        assert!(call(&sent, 201, &answer(&is_same)).is_ok(), "{name}");
        let failure = call(&sent, 201, &answer(other)).unwrap_err();
        let end = (failure.class, failure.scope);
        assert_eq!(end, (ErrorClass::ProtocolViolation, Scope::Host), "{name}");
        assert!(
            failure.message.contains("is said to be stored"),
            "{failure}"
        );
    }
}
