use super::{super::tests::answer, *};
use crate::{core::outcome::Class, http::Body};

pub(in super::super) fn content() -> Content {
    Content {
        sub_domain: "home".into(),
        addr: "84.212.10.20".parse().unwrap(),
        line: LineRef::Name("default".into()),
        ttl: Some(600),
        mx: None,
        weight: None,
        status: None,
    }
}

fn example() -> DomainRef {
    DomainRef::Name("example.com".into())
}

fn list() -> RecordList {
    RecordList {
        domain: example(),
        offset: 0,
        length: 3000,
    }
}

fn modify() -> RecordModify {
    RecordModify {
        domain: example(),
        record_id: "2169654400".into(),
        content: content(),
    }
}

fn create() -> RecordCreate {
    RecordCreate {
        domain: example(),
        content: content(),
    }
}

fn fields(request: Request) -> Vec<(String, String)> {
    let Body::Form(fields) = request.body else {
        panic!("a call without a form")
    };
    let each = fields.into_iter();
    each.map(|(name, value)| (name.into_owned(), value.expose().to_owned()))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let each = expected.iter();
    each.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_list_is_asked_for_by_the_domains_name_and_writes_nothing() {
    let request = list().request();
    assert_eq!(request.path, "/Record.List");
    assert!(!request.writes);
    assert_eq!(
        fields(request),
        pairs(&[
            ("domain", "example.com"),
            ("offset", "0"),
            ("length", "3000")
        ])
    );
}

#[test]
fn a_modified_record_keeps_its_name_type_line_and_all_else() {
    let request = RecordModify {
        domain: DomainRef::Id("2317346".into()),
        record_id: "16894439".into(),
        content: Content {
            addr: "2a01:79c::1".parse().unwrap(),
            line: LineRef::Id("10=1".into()),
            mx: Some("5".into()),
            weight: Some("20".into()),
            status: Some("disable".into()),
            ..content()
        },
    }
    .request();
    assert_eq!(request.path, "/Record.Modify");
    assert!(request.writes);
    assert_eq!(
        fields(request),
        pairs(&[
            ("domain_id", "2317346"),
            ("record_id", "16894439"),
            ("sub_domain", "home"),
            ("record_type", "AAAA"),
            ("record_line_id", "10=1"),
            ("value", "2a01:79c::1"),
            ("ttl", "600"),
            ("mx", "5"),
            ("weight", "20"),
            ("status", "disable"),
        ])
    );
}

#[test]
fn a_created_record_has_a_name_a_type_a_line_and_a_value() {
    let mut call = create();
    call.content.ttl = None;
    let request = call.request();
    assert_eq!(request.path, "/Record.Create");
    assert!(request.writes);
    assert_eq!(
        fields(request),
        pairs(&[
            ("domain", "example.com"),
            ("sub_domain", "home"),
            ("record_type", "A"),
            ("record_line", "default"),
            ("value", "84.212.10.20"),
        ])
    );
}

#[test]
fn a_removal_names_the_record_and_the_domain() {
    let call = RecordRemove {
        domain: example(),
        record_id: "16894439".into(),
    };
    let request = call.request();
    assert_eq!(request.path, "/Record.Remove");
    assert!(request.writes);
    assert_eq!(
        fields(request),
        pairs(&[("domain", "example.com"), ("record_id", "16894439")])
    );
    let decode = |body| call.decode(&answer(200, body));
    assert_eq!(decode(r#"{"status":{"code":"1"}}"#), Ok(()));
    assert_eq!(decode(r#"{"status":{"code":"8"}}"#), Ok(()));
    let foreign = decode(r#"{"status":{"code":"7"}}"#);
    assert_eq!(foreign.unwrap_err().class, Class::NotFound);
}

#[test]
fn documented_lists_of_both_sites_are_read() {
    let china = list()
        .decode(&answer(
            200,
            r#"{"status":{"code":"1","message":"Action completed successful"},
                "domain":{"id":"2317346","name":"example.com","punycode":"example.com",
                  "grade":"DP_Free","ext_status":"","ttl":600,"min_ttl":600,
                  "dnspod_ns":["a.dnspod.net","b.dnspod.net"],"status":"enable"},
                "info":{"sub_domains":"2","record_total":"2","records_num":"2"},
                "records":[
                  {"id":"44146112","name":"yizerowwwww","line":"默认","line_id":"0","type":"A",
                   "ttl":"600","value":"1.1.1.1","weight":null,"mx":"0","enabled":"1",
                   "status":"enabled","monitor_status":"","remark":"",
                   "updated_on":"2015-01-18 16:54:23","use_aqb":"no"},
                  {"id":"38396281","name":"@","line":"默认","line_id":"0","type":"NS",
                   "ttl":"86400","value":"a.dnspod.net.","mx":"0","enabled":"1",
                   "status":"enabled","hold":"hold"}]}"#,
        ))
        .unwrap();
    assert_eq!(china.min_ttl, Some(600));
    assert_eq!(china.page.total, Some(2));
    assert_eq!(china.page.items.len(), 2);

    let international = list()
        .decode(&answer(
            200,
            r#"{"status":{"code":"1","message":"Operation successful"},
                "domain":{"id":2317346,"name":"example.com","grade":"DP_Free"},
                "info":{"sub_domains":1,"record_total":1},
                "records":[{"id":16894439,"name":"@","line":"Default","type":"A","ttl":600,
                  "value":"2.2.2.2","mx":null,"enabled":1,"remark":null}]}"#,
        ))
        .unwrap();
    assert_eq!(international.page.total, Some(1));
    assert_eq!(international.min_ttl, None);
    assert_eq!(international.page.items[0].id.as_deref(), Some("16894439"));
}

#[test]
fn a_domain_without_records_is_an_empty_list_and_a_missing_list_is_not() {
    let decode = |body| list().decode(&answer(200, body)).map(|it| it.page.items);
    assert_eq!(
        decode(r#"{"status":{"code":"10","message":"No records on the list"}}"#),
        Ok(vec![])
    );
    assert_eq!(
        decode(r#"{"status":{"code":1},"info":{"record_total":"0"},"records":[]}"#),
        Ok(vec![])
    );
    for body in [
        r#"{"status":{"code":"1"}}"#,
        r#"{"status":{"code":"1"},"records":null}"#,
        r#"{"status":{"code":"1"},"records":{}}"#,
        r#"{"status":{"code":"1"},"records":[{"name":"home"}]}"#,
    ] {
        assert_eq!(decode(body).unwrap_err().class, Class::Contract, "{body}");
    }
}

#[test]
fn a_written_record_is_confirmed_whether_its_id_is_a_number_or_a_string() {
    let modified = modify().decode(&answer(
        200,
        r#"{"status":{"code":"1"},"record":{"id":2169654400,"name":"home",
            "value":"84.212.10.20","status":"enable","weight":null}}"#,
    ));
    assert_eq!(modified.unwrap().id.as_deref(), Some("2169654400"));
    let created = create().decode(&answer(
        200,
        r#"{"status":{"code":"1"},"record":{"id":"16894439","name":"home","status":"enabled"}}"#,
    ));
    assert_eq!(created.unwrap().id.as_deref(), Some("16894439"));
    let bare = modify().decode(&answer(200, r#"{"status":{"code":"1"}}"#));
    assert!(bare.is_ok());
}

#[test]
fn a_success_that_stored_something_else_is_not_believed() {
    for value in [r#""9.9.9.9""#, r#""home.example.com.""#, r#""""#] {
        let body = format!(r#"{{"status":{{"code":"1"}},"record":{{"id":1,"value":{value}}}}}"#);
        let response = answer(200, &body);
        for failure in [modify().decode(&response), create().decode(&response)] {
            let failure = failure.unwrap_err();
            assert_eq!(failure.class, Class::Contract, "{value}");
            assert!(failure.what.contains("84.212.10.20"), "{}", failure.what);
        }
    }
}
