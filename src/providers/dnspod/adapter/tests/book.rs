//! Records of any type.

use super::fake::*;
use crate::{
    core::{
        dns::record::Zone,
        error::{ErrorClass, Scope},
    },
    providers::{
        dnspod::Site,
        zone_records::{AnyRecord, ZoneRecords},
    },
};

fn any(host: &str, r#type: &str, data: &str, said: &[(&str, &str)]) -> AnyRecord {
    AnyRecord {
        id: "16894439".into(),
        host: host.into(),
        r#type: r#type.into(),
        data: data.into(),
        ttl: None,
        fields: fields(said),
    }
}

/// The record as `Record.Info` shows it.
fn detail(r#type: &str, value: &str, more: &str) -> FakeAnswer {
    detail_of("www", r#type, value, "1200", more)
}

/// The same of another host and TTL.
fn detail_of(host: &str, r#type: &str, value: &str, ttl: &str, more: &str) -> FakeAnswer {
    page(
        200,
        format!(
            r#"{{"status":{{"code":"1"}},"record":{{"id":"16894439","sub_domain":"{host}",
                "record_type":"{type}","value":"{value}","ttl":"{ttl}","enabled":"1"{more}}}}}"#
        ),
    )
}

fn example() -> Zone {
    zone("example.com")
}

#[tokio::test]
async fn the_zones_are_the_accounts_domains() {
    let account = account(Site::International, |_, _| {
        domains(2, &[(1, "example.com"), (2, "example.org")])
    });
    let zones = account.zones().await.unwrap();
    let names: Vec<_> = zones.editable.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["example.com", "example.org"]);
}

#[tokio::test]
async fn records_of_every_type_are_shown_with_all_they_have() {
    let account = account(Site::China, |_, _| {
        let mail = r#"{"id":"2","name":"@","line":"联通","line_id":"10=1","type":"MX","ttl":"600",
            "value":"mail.example.com.","weight":null,"mx":"5","enabled":"0","status":"disabled",
            "remark":"the attic"}"#;
        let odd = r#"{"id":3,"name":"go","line":"默认","line_id":"0","type":"显性URL",
            "value":"https://example.org/","ttl":600,"weight":20,"mx":"0","enabled":"1"}"#;
        records(2, &[mail.to_owned(), odd.to_owned()])
    });
    let noted = std::cell::RefCell::new(Vec::new());
    let note = |have: usize, of: Option<usize>| noted.borrow_mut().push((have, of));
    let listed = account.records(&example(), &note).await.unwrap();
    assert_eq!(noted.into_inner(), [(2, Some(2))]);
    let mail = [
        ("line", "联通"),
        ("line_id", "10=1"),
        ("priority", "5"),
        ("status", "disable"),
        ("remark", "the attic"),
    ];
    let odd = [
        ("line", "默认"),
        ("line_id", "0"),
        ("weight", "20"),
        ("status", "enable"),
    ];
    let expected = [
        AnyRecord {
            id: "2".into(),
            ttl: Some(600),
            ..any("@", "MX", "mail.example.com.", &mail)
        },
        AnyRecord {
            id: "3".into(),
            ttl: Some(600),
            ..any("go", "显性URL", "https://example.org/", &odd)
        },
    ];
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn a_listed_international_line_is_one_that_can_be_sent_back() {
    let account = account(Site::International, |_, _| {
        records(1, &[listed(1, "www", "A", "Default", "1.1.1.1")])
    });
    let listed = account.records(&example(), &|_, _| {}).await.unwrap();
    assert_eq!(listed[0].fields["line"], "default");
}

#[tokio::test]
async fn an_added_record_says_what_was_asked_for_and_its_note_follows() {
    let said = [("mx", "5"), ("remark", "the attic"), ("status", "disable")];
    let record = AnyRecord {
        ttl: Some(600),
        ..any("@", "MX", "mail.example.com.", &said)
    };
    let common = [
        ("domain", "example.com"),
        ("sub_domain", "@"),
        ("record_type", "MX"),
        ("value", "mail.example.com."),
        ("mx", "5"),
        ("ttl", "600"),
    ];
    for (site, own, calls) in [
        (
            Site::International,
            &[("record_line", "default")][..],
            &["Record.Create", "Record.Status", "Record.Remark"][..],
        ),
        (
            Site::China,
            &[("record_line", "默认"), ("status", "disable")],
            &["Record.Create", "Record.Remark"],
        ),
    ] {
        let account = account(site, |_, fields| stored(fields));
        assert_eq!(account.add(&example(), &record).await, Ok("1".to_owned()));
        assert_eq!(names(&account), calls);
        let seen = seen(&account);
        let mut expected = fields(&common);
        expected.extend(fields(own));
        assert_eq!(seen[0].1, expected);
        let remark = [
            ("domain", "example.com"),
            ("record_id", "1"),
            ("remark", "the attic"),
        ];
        assert_eq!(seen[calls.len() - 1].1, fields(&remark));
    }
}

#[tokio::test]
async fn a_record_that_was_added_without_its_note_is_not_said_to_be_complete() {
    let account = account(Site::China, |name, fields| match name {
        "Record.Create" => stored(fields),
        _ => code(8),
    });
    let record = any("www", "A", "1.1.1.1", &[("remark", "the attic")]);
    let failure = account.add(&example(), &record).await.unwrap_err();
    assert_eq!(failure.class, ErrorClass::NotFound);
    assert!(
        failure.message.starts_with("record 1 was added, "),
        "{failure}"
    );
}

#[tokio::test]
async fn what_is_not_said_of_a_record_stays_when_it_is_set() {
    let more = r#","record_line":"联通","record_line_id":"10=1","weight":20,"mx":"5","remark":"x""#;
    let account = account(Site::China, move |name, fields| match name {
        "Record.Info" => detail("A", "1.1.1.1", more),
        _ => stored(fields),
    });
    let record = any("www", "A", "2.2.2.2", &[]);
    assert_eq!(account.set(&example(), &record).await, Ok(()));
    assert_eq!(names(&account), ["Record.Info", "Record.Modify"]);
    let expected = [
        ("domain", "example.com"),
        ("record_id", "16894439"),
        ("sub_domain", "www"),
        ("record_type", "A"),
        ("record_line_id", "10=1"),
        ("value", "2.2.2.2"),
        ("mx", "5"),
        ("ttl", "1200"),
        ("status", "enable"),
        ("weight", "20"),
    ];
    assert_eq!(seen(&account)[1].1, fields(&expected));
}

#[tokio::test]
async fn what_is_said_of_a_record_is_set() {
    let more = r#","record_line":"Default","mx":"5","remark":"x""#;
    let account = account(Site::International, move |name, fields| match name {
        "Record.Info" => detail("MX", "mail.example.com.", more),
        _ => stored(fields),
    });
    let said = [
        ("mx", "10"),
        ("status", "disable"),
        ("remark", ""),
        ("line", "CN"),
    ];
    let record = AnyRecord {
        ttl: Some(600),
        ..any("www", "MX", "mail.example.com", &said)
    };
    assert_eq!(account.set(&example(), &record).await, Ok(()));
    let calls = [
        "Record.Info",
        "Record.Modify",
        "Record.Status",
        "Record.Remark",
    ];
    assert_eq!(names(&account), calls);
    let seen = seen(&account);
    let expected = [
        ("domain", "example.com"),
        ("record_id", "16894439"),
        ("sub_domain", "www"),
        ("record_type", "MX"),
        ("record_line", "CN"),
        ("value", "mail.example.com"),
        ("mx", "10"),
        ("ttl", "600"),
    ];
    assert_eq!(seen[1].1, fields(&expected));
    assert_eq!(seen[2].1["status"], "disable");
    assert_eq!(seen[3].1["remark"], "");
}

#[tokio::test]
async fn a_record_that_is_right_already_is_not_written() {
    for (kind, stored_value, value) in [
        ("A", "1.1.1.1", "1.1.1.1"),
        ("CNAME", "docs.example.com.", "docs.example.com"),
    ] {
        let more = r#","record_line":"Default","mx":"0","remark":"x""#;
        let account = account(Site::International, move |_, _| {
            detail(kind, stored_value, more)
        });
        let said = [("remark", "x"), ("status", "enable"), ("line", "default")];
        let record = any("www", kind, value, &said);
        assert_eq!(account.set(&example(), &record).await, Ok(()));
        assert_eq!(names(&account), ["Record.Info"], "{kind}");
    }
}

#[tokio::test]
async fn a_field_that_records_do_not_have_is_refused_before_anything_is_sent() {
    for (field, told) in [
        (
            ("priority", "5"),
            "DNSPod's A records have no `priority`; they have line, line_id, mx, weight, status, \
             remark",
        ),
        (("mx", "five"), "`mx` takes a number, not `five`"),
        (("status", "on"), "`status` takes enable|disable, not `on`"),
    ] {
        let account = account(Site::China, |_, _| code(1));
        let record = any("www", "A", "1.1.1.1", &[field]);
        for result in [
            account.add(&example(), &record).await.map(drop),
            account.set(&example(), &record).await,
        ] {
            let failure = result.unwrap_err();
            assert_eq!(failure.class, ErrorClass::Invalid);
            assert_eq!(failure.message, told);
        }
        assert!(names(&account).is_empty());
    }
}

#[tokio::test]
async fn a_deletion_names_the_record_and_one_that_is_not_there_is_not_found() {
    let account = account(Site::China, |_, fields| {
        code(if fields["record_id"] == "1" { 1 } else { 8 })
    });
    assert_eq!(account.delete(&example(), "1").await, Ok(()));
    let expected = fields(&[("domain", "example.com"), ("record_id", "1")]);
    assert_eq!(seen(&account), [("Record.Remove".to_owned(), expected)]);
    let gone = account.delete(&example(), "2").await.unwrap_err();
    assert_eq!(gone.class, ErrorClass::NotFound);
}

#[tokio::test]
async fn a_line_that_is_given_goes_before_the_one_that_the_record_is_on() {
    let unicom = ("record_line_id", "10=1");
    for (said, sent) in [
        (&[("line", "电信")][..], ("record_line", "电信")),
        (&[("line_id", "10=0")], ("record_line_id", "10=0")),
        (
            &[("line", "移动"), ("line_id", "10=0")],
            ("record_line_id", "10=0"),
        ),
        (&[("line", "联通")], unicom),
        (&[("line_id", "10=1")], unicom),
        (&[], unicom),
    ] {
        for data in ["1.1.1.1", "2.2.2.2"] {
            let account = account(Site::China, |name, fields| match name {
                "Record.Info" => detail(
                    "A",
                    "1.1.1.1",
                    r#","record_line":"联通","record_line_id":"10=1""#,
                ),
                _ => stored(fields),
            });
            let record = any("www", "A", data, said);
            assert_eq!(account.set(&example(), &record).await, Ok(()));
            // A line that it is on already is no change.
            if data == "1.1.1.1" && sent == unicom {
                assert_eq!(names(&account), ["Record.Info"], "{said:?}");
                continue;
            }
            let mut call = seen(&account).remove(1).1;
            call.retain(|name, _| name.starts_with("record_line"));
            assert_eq!(call, fields(&[sent]), "{said:?}");
        }
    }
}

#[tokio::test]
async fn a_name_that_is_spelt_another_way_is_the_same_name_and_stays_as_it_is() {
    for (stored_host, host) in [
        ("WwW", "www"),
        ("www", "WWW"),
        ("家", "xn--fct"),
        ("@", ""),
        ("_Sip._tcp", "_sip._TCP"),
    ] {
        for data in ["1.1.1.1", "2.2.2.2"] {
            let account = account(Site::International, move |name, fields| match name {
                "Record.Info" => detail_of(
                    stored_host,
                    "A",
                    "1.1.1.1",
                    "600",
                    r#","record_line":"Default""#,
                ),
                _ => stored(fields),
            });
            let record = any(host, "A", data, &[]);
            assert_eq!(account.set(&example(), &record).await, Ok(()));
            if data == "1.1.1.1" {
                assert_eq!(names(&account), ["Record.Info"], "{host}");
            } else {
                assert_eq!(seen(&account)[1].1["sub_domain"], stored_host);
            }
        }
    }
    let account = account(Site::International, |name, fields| match name {
        "Record.Info" => detail("A", "1.1.1.1", ""),
        _ => stored(fields),
    });
    let record = any("mail", "A", "1.1.1.1", &[]);
    assert_eq!(account.set(&example(), &record).await, Ok(()));
    assert_eq!(seen(&account)[1].1["sub_domain"], "mail");
}

#[tokio::test]
async fn a_kept_ttl_below_the_zones_minimum_is_raised_to_it() {
    for (ttl, data, given, calls, sent) in [
        ("120", "2.2.2.2", None, 3, Some("600")),
        ("600", "2.2.2.2", None, 2, Some("600")),
        ("120", "2.2.2.2", Some(300), 2, Some("300")),
        // Nothing else changes: that is no reason to write it.
        ("120", "1.1.1.1", None, 1, None),
    ] {
        let account = account(Site::International, move |name, fields| match name {
            "Record.Info" => detail_of("www", "A", "1.1.1.1", ttl, r#","record_line":"Default""#),
            "Record.List" => records(1, &[listed(1, "www", "A", "Default", "1.1.1.1")]),
            _ => stored(fields),
        });
        let record = AnyRecord {
            ttl: given,
            ..any("www", "A", data, &[])
        };
        assert_eq!(account.set(&example(), &record).await, Ok(()));
        let seen = seen(&account);
        assert_eq!(seen.len(), calls, "{ttl} {given:?}");
        let call = &seen[calls - 1].1;
        assert_eq!(call.get("ttl").map(String::as_str), sent);
    }
}

#[tokio::test]
async fn the_priority_of_an_mx_record_goes_by_the_name_that_all_providers_share() {
    let mail = |said| any("www", "MX", "mail.example.com", said);
    for said in [
        &[("priority", "5")][..],
        &[("mx", "5")],
        &[("mx", "5"), ("priority", "5")],
    ] {
        let account = account(Site::International, |name, fields| match name {
            "Record.Info" => detail("MX", "mail.example.com.", r#","mx":"10""#),
            _ => stored(fields),
        });
        assert_eq!(account.add(&example(), &mail(said)).await, Ok("1".into()));
        assert_eq!(account.set(&example(), &mail(said)).await, Ok(()));
        let seen = seen(&account);
        let (added, set) = (&seen[0].1, &seen[2].1);
        assert_eq!((&*added["mx"], &*set["mx"]), ("5", "5"));
        assert!(!added.contains_key("priority") && !set.contains_key("priority"));
    }
    let two = [("mx", "5"), ("priority", "6")];
    let account = account(Site::International, |_, _| code(1));
    let failure = account.add(&example(), &mail(&two)).await.unwrap_err();
    assert_eq!(failure.class, ErrorClass::Invalid);
    assert!(failure.message.contains("one and the same"), "{failure}");
    assert!(names(&account).is_empty());
}

#[tokio::test]
async fn an_mx_records_priority_of_0_is_shown_and_kept() {
    let account = account(Site::International, |name, fields| match name {
        "Record.Info" => detail("MX", "mail.example.com.", r#","mx":"0""#),
        "Record.List" => records(
            2,
            &[
                listed(1, "www", "MX", "Default", "mail.example.com."),
                listed(2, "www", "A", "Default", "1.1.1.1"),
            ],
        ),
        _ => stored(fields),
    });
    let shown = account.records(&example(), &|_, _| {}).await.unwrap();
    assert_eq!(shown[0].fields["priority"], "0");
    assert!(!shown[0].fields.contains_key("mx"));
    assert!(!shown[1].fields.contains_key("priority") && !shown[1].fields.contains_key("mx"));
    let record = any("www", "MX", "other.example.com", &[]);
    assert_eq!(account.set(&example(), &record).await, Ok(()));
    assert_eq!(seen(&account)[2].1["mx"], "0");
}

#[tokio::test]
async fn a_record_that_is_there_already_is_not_added_and_that_is_certain() {
    let account = account(Site::China, |_, _| code(104));
    let record = any("www", "A", "1.1.1.1", &[]);
    let failure = account.add(&example(), &record).await.unwrap_err();
    assert_eq!(
        (failure.class, failure.scope),
        (ErrorClass::Invalid, Scope::Host)
    );
    assert_eq!(
        failure.message,
        "Record.Create of www in example.com: such a record is there already"
    );
}

#[tokio::test]
async fn a_weight_is_left_alone_where_a_write_cannot_say_it() {
    let account = account(Site::International, |name, fields| match name {
        "Record.Info" => detail("A", "1.1.1.1", r#","record_line":"Default","weight":20"#),
        _ => stored(fields),
    });
    for said in [&[][..], &[("weight", "20")]] {
        let record = any("www", "A", "2.2.2.2", said);
        assert_eq!(account.set(&example(), &record).await, Ok(()));
    }
    let seen = seen(&account);
    assert!(!seen[1].1.contains_key("weight") && !seen[3].1.contains_key("weight"));
    let record = any("www", "A", "2.2.2.2", &[("weight", "30")]);
    for result in [
        account.add(&example(), &record).await.map(drop),
        account.set(&example(), &record).await,
    ] {
        let failure = result.unwrap_err();
        assert_eq!(failure.class, ErrorClass::Invalid);
        assert!(
            failure.message.contains("`weight` at api.dnspod.com"),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn a_write_whose_answer_names_something_else_than_was_sent_is_not_done() {
    for said in [
        r#""value":"9.9.9.9""#,
        r#""value":"2.2.2.2","ttl":"60""#,
        r#""value":"2.2.2.2","line":"CN""#,
        r#""value":"2.2.2.2","type":"CNAME""#,
        r#""value":"2.2.2.2","id":"7""#,
        r#""value":"2.2.2.2","name":"@""#,
    ] {
        let account = account(Site::International, move |name, _| match name {
            "Record.Info" => detail("A", "1.1.1.1", r#","record_line":"Default""#),
            _ => page(
                200,
                format!(r#"{{"status":{{"code":"1"}},"record":{{{said}}}}}"#),
            ),
        });
        let record = any("www", "A", "2.2.2.2", &[]);
        let failure = account.set(&example(), &record).await.unwrap_err();
        let end = (failure.class, failure.scope);
        assert_eq!(end, (ErrorClass::ProtocolViolation, Scope::Host), "{said}");
        assert!(
            failure.message.contains("is said to be stored"),
            "{failure}"
        );
    }
    for said in [r#""id":"7","value":"9.9.9.9""#, r#""id":"7","name":"@""#] {
        let account = account(Site::China, move |_, _| {
            page(
                200,
                format!(r#"{{"status":{{"code":"1"}},"record":{{{said}}}}}"#),
            )
        });
        let record = any("www", "A", "2.2.2.2", &[]);
        let failure = account.add(&example(), &record).await.unwrap_err();
        assert_eq!(failure.class, ErrorClass::ProtocolViolation, "{said}");
    }
    // The status, which the international site sets by a call of its own.
    let account = account(Site::International, |name, _| match name {
        "Record.Info" => detail("A", "2.2.2.2", r#","record_line":"Default""#),
        _ => page(
            200,
            r#"{"status":{"code":"1"},"record":{"id":16894439,"status":"enable"}}"#.to_owned(),
        ),
    });
    let record = any("www", "A", "2.2.2.2", &[("status", "disable")]);
    let failure = account.set(&example(), &record).await.unwrap_err();
    assert_eq!(failure.class, ErrorClass::ProtocolViolation);
}
