//! What is read.

use super::fake::*;
use crate::{
    core::{
        dns::{name::Fqdn, record::Zone},
        error::{ErrorClass, Scope},
    },
    providers::{Provider, dnspod::Site},
};

#[tokio::test]
async fn twenty_hosts_of_a_remembered_zone_cost_one_request() {
    let account = account(Site::International, |_, _| {
        let each = 0..20;
        let each: Vec<_> = each
            .map(|it| listed(it, &format!("h{it}"), "A", "Default", "84.212.10.20"))
            .collect();
        records(20, &each)
    });
    let hosts: Vec<_> = (0..20)
        .map(|it| host(&format!("h{it}.example.com")))
        .collect();
    let listing = account.list(&hosts, &[zone("example.com")]).await.unwrap();
    assert_eq!(listing.records.len(), 20);
    assert_eq!(listing.zones, [zone("example.com")]);
    let expected = fields(&[
        ("domain", "example.com"),
        ("offset", "0"),
        ("length", "500"),
    ]);
    assert_eq!(seen(&account), [("Record.List".to_owned(), expected)]);
}

#[tokio::test]
async fn zones_are_listed_when_a_host_lies_in_none_that_is_remembered() {
    let account = account(Site::China, |name, fields| match name {
        "Domain.List" if fields["offset"] == "0" => domains(3, &[(1, "example.com"), (2, "a.b")]),
        "Domain.List" => domains(3, &[(3, "home.example.net")]),
        _ => records(0, &[]),
    });
    let hosts = [host("www.example.com"), host("nas.home.example.net")];
    let listing = account.list(&hosts, &[zone("example.com")]).await.unwrap();
    let zones: Vec<_> = listing.zones.iter().map(|it| it.name.as_str()).collect();
    // And of those that hold no host nothing is kept.
    assert_eq!(zones, ["example.com", "home.example.net"]);
    assert_eq!(listing.zones[1].id, "3");
    let calls = seen(&account);
    let asked: Vec<_> = calls
        .iter()
        .map(|(name, fields)| {
            let domain = fields.get("domain").map_or("", String::as_str);
            (name.as_str(), domain, fields["offset"].as_str())
        })
        .collect();
    assert_eq!(
        asked,
        [
            ("Domain.List", "", "0"),
            ("Domain.List", "", "2"),
            ("Record.List", "example.com", "0"),
            ("Record.List", "home.example.net", "0"),
        ]
    );
    assert_eq!(calls[0].1["length"], "3000");
}

#[tokio::test]
async fn a_host_in_no_zone_of_the_account_is_not_asked_about() {
    let account = account(Site::International, |_, _| {
        domains(1, &[(1, "example.org")])
    });
    let listing = account.list(&[host("home.example.com")], &[]).await;
    assert_eq!(listing.unwrap().records, []);
    assert_eq!(names(&account), ["Domain.List"]);
}

#[tokio::test]
async fn a_remembered_zone_that_is_gone_is_looked_for_once() {
    for gone in [6, 9, 13] {
        let account = account(Site::China, move |name, fields| match name {
            "Domain.List" => domains(1, &[(7, "example.com")]),
            _ if fields["domain"] == "example.com" => {
                records(1, &[listed(1, "nas.home", "A", "默认", "84.212.10.20")])
            }
            _ => code(gone),
        });
        let known = [zone("home.example.com")];
        let listing = account.list(&[host("nas.home.example.com")], &known).await;
        let listing = listing.unwrap();
        assert_eq!(listing.zones[0].id, "7");
        assert_eq!(listing.records.len(), 1);
        assert_eq!(
            names(&account),
            ["Record.List", "Domain.List", "Record.List"]
        );
    }
    let account = account(Site::China, |name, _| match name {
        "Domain.List" => domains(1, &[(1, "example.com")]),
        _ => code(13),
    });
    let known = [zone("example.com")];
    let listing = account.list(&[host("home.example.com")], &known).await;
    let (_, failure) = listing.unwrap().zone_errors.remove(0);
    assert_eq!(failure.class, ErrorClass::NotFound);
    assert!(
        failure.message.starts_with("Record.List of example.com: "),
        "{}",
        failure.message
    );
    assert_eq!(names(&account).len(), 3);
}

#[tokio::test]
async fn a_banned_zone_holds_up_its_own_hosts_only() {
    let account = account(Site::International, |_, fields| {
        if fields["domain"] == "banned.example" {
            return code(-15);
        }
        records(1, &[listed(1, "home", "A", "Default", "84.212.10.20")])
    });
    let hosts = [host("home.banned.example"), host("home.example.com")];
    let known = [zone("banned.example"), zone("example.com")];
    let listing = account.list(&hosts, &known).await.unwrap();
    assert_eq!(listing.records.len(), 1);
    assert_eq!(listing.zone_errors.len(), 1);
    assert_eq!(listing.zone_errors[0].0.as_str(), "banned.example");
}

#[tokio::test]
async fn a_parked_record_is_left_out_where_another_is_on_and_stays_where_it_is_alone() {
    for (marks, ids) in [
        (["1", "0"], &["1"][..]),
        (["0", "0"], &["1", "2"]),
        (["1", "1"], &["1", "2"]),
    ] {
        let account = account(Site::International, move |_, _| {
            let one = |id: u32, mark: &str| {
                let text = listed(id, "home", "A", "Default", "84.212.10.20");
                let word = if mark == "1" { "enabled" } else { "disabled" };
                let on = r#""enabled":"1","status":"enabled""#;
                text.replace(on, &format!(r#""enabled":"{mark}","status":"{word}""#))
            };
            records(2, &[one(1, marks[0]), one(2, marks[1])])
        });
        let known = [zone("example.com")];
        let listing = account.list(&[host("home.example.com")], &known).await;
        let listed: Vec<_> = listing
            .unwrap()
            .records
            .into_iter()
            .map(|it| it.id)
            .collect();
        assert_eq!(listed, ids, "{marks:?}");
    }
}

#[tokio::test]
async fn only_the_address_records_of_the_hosts_on_the_line_are_listed() {
    let account = account(Site::International, |_, _| {
        records(
            10,
            &[
                listed(1, "@", "NS", "Default", "a.dnspod.com."),
                listed(2, "@", "MX", "Default", "mail.example.com."),
                listed(3, "home", "TXT", "Default", "84.212.10.20"),
                listed(4, "Home", "A", "Default", "84.212.10.20"),
                listed(5, "home", "A", "CN", "84.212.10.21"),
                listed(6, "home", "AAAA", "Default", "2A01:79C:0::1"),
                listed(7, "nas", "A", "Default", "not an address"),
                listed(8, "xhome", "A", "Default", "84.212.10.22"),
                listed(9, "a*b", "A", "Default", "84.212.10.23"),
                listed(10, "@", "A", "Default", "84.212.10.24"),
            ],
        )
    });
    let hosts = [host("home.example.com"), host("example.com")];
    let listing = account.list(&hosts, &[zone("example.com")]).await.unwrap();
    let found: Vec<_> = listing
        .records
        .iter()
        .map(|it| (it.host.as_str(), it.id.as_str(), it.addr))
        .collect();
    assert_eq!(
        found,
        [
            ("example.com", "10", ip("84.212.10.24")),
            ("home.example.com", "4", ip("84.212.10.20")),
            ("home.example.com", "6", ip("2a01:79c::1")),
        ]
    );
}

#[tokio::test]
async fn another_line_by_its_identifier_has_its_own_records() {
    let answer = |_: &str, _: &Fields| {
        let on = |id, line: &str, line_id: &str| {
            let text = listed(id, "home", "A", line, "84.212.10.20");
            text.replacen('{', &format!(r#"{{"line_id":"{line_id}","#), 1)
        };
        records(2, &[on(1, "默认", "0"), on(2, "联通", "10=1")])
    };
    for (line, id) in [("默认", "1"), ("10=1", "2"), ("联通", "2"), ("0", "1")] {
        let account = account_on(Site::China, line, answer);
        let known = [zone("example.com")];
        let listing = account.list(&[host("home.example.com")], &known).await;
        let records = listing.unwrap().records;
        assert_eq!(records.len(), 1, "{line}");
        assert_eq!(records[0].id, id, "{line}");
    }
}

#[tokio::test]
async fn everything_a_record_carries_is_listed_with_it() {
    let account = account(Site::China, |_, _| {
        let record = r#"{"id":2169654400,"name":"Home","line":"默认","line_id":"0","type":"A",
            "ttl":"120","value":"84.212.10.20","weight":20,"mx":"5","enabled":"0",
            "status":"disabled","monitor_status":"","remark":"the attic"}"#;
        records(1, &[record.to_owned()])
    });
    let known = [zone("example.com")];
    let listing = account.list(&[host("home.example.com")], &known).await;
    let record = listing.unwrap().records.remove(0);
    assert_eq!(record.id, "2169654400");
    assert_eq!(record.ttl, Some(120));
    let expected = fields(&[
        ("sub_domain", "Home"),
        ("line", "默认"),
        ("line_id", "0"),
        ("weight", "20"),
        ("mx", "5"),
        ("status", "disable"),
        ("remark", "the attic"),
    ]);
    assert_eq!(record.attributes, expected);
}

#[tokio::test]
async fn a_long_zone_is_read_page_by_page_to_its_end() {
    let account = account(Site::International, |_, fields| {
        let offset: u32 = fields["offset"].parse().unwrap();
        let each = offset..(offset + 500).min(1_203);
        let each: Vec<_> = each
            .map(|it| listed(it, &format!("h{it}"), "A", "Default", "84.212.10.20"))
            .collect();
        records(1_203, &each)
    });
    let hosts = [host("h0.example.com"), host("h1202.example.com")];
    let listing = account.list(&hosts, &[zone("example.com")]).await.unwrap();
    assert_eq!(listing.records.len(), 2);
    assert_eq!(seen(&account).len(), 3);
}

#[tokio::test]
async fn a_read_that_fails_or_makes_no_sense_is_never_an_empty_list() {
    let one = |text: String| move |_: &str, _: &Fields| records(1, std::slice::from_ref(&text));
    let home = |kind, line, value| one(listed(1, "home", kind, line, value));
    let without = |key: &str| {
        let text = listed(1, "home", "A", "Default", "84.212.10.20");
        one(text.replace(&format!("\"{key}\""), "\"other\""))
    };
    let known = [zone("example.com")];
    let hosts = [host("home.example.com")];
    let broken: Vec<FakeService> = vec![
        Box::new(home("A", "Default", "home.example.net.")),
        Box::new(home("A", "Default", "2a01:79c::1")),
        Box::new(home("AAAA", "Default", "84.212.10.20")),
        Box::new(home("A", "Default", "")),
        Box::new(without("line")),
        Box::new(without("name")),
        Box::new(without("id")),
        Box::new(|_, _| code(1)),
        Box::new(|_, _| page(200, "<html>hotel login</html>")),
        Box::new(|_, _| records(3, &[])),
        // The same page whatever the offset.
        Box::new(|_, _| {
            let one = listed(1, "www", "A", "Default", "84.212.10.20");
            records(600, &[one])
        }),
    ];
    for (position, answer) in broken.into_iter().enumerate() {
        let account = account(Site::International, answer);
        let failure = account.list(&hosts, &known).await.unwrap_err();
        assert_eq!(
            failure.class,
            ErrorClass::ProtocolViolation,
            "{position}: {failure}"
        );
        assert!(seen(&account).len() <= 2, "{position}");
    }
    for (answer, class) in [
        (3, ErrorClass::Transient),
        (-99, ErrorClass::Transient),
        (10002, ErrorClass::Unauthorized),
        (-2, ErrorClass::RateLimited { retry_after: None }),
    ] {
        let account = account(Site::International, move |_, _| code(answer));
        let failure = account.list(&hosts, &known).await.unwrap_err();
        assert_eq!(failure.class, class, "{answer}");
        assert_eq!(failure.scope, Scope::Account, "{answer}");
        // No second look at an account that is to be left alone.
        assert_eq!(seen(&account).len(), 1, "{answer}");
    }
    let account = account(Site::International, |_, _| FakeAnswer::Lost);
    let failure = account.list(&hosts, &known).await.unwrap_err();
    assert_eq!(failure.class, ErrorClass::Transient);
}

#[tokio::test]
async fn an_international_zone_is_asked_for_by_its_identifier() {
    let account = account(Site::China, |name, _| match name {
        "Domain.List" => page(
            200,
            r#"{"status":{"code":"1"},"info":{"domain_total":1},"domains":[
                {"id":10360095,"name":"例子.com","punycode":"xn--fsqu00a.com"}]}"#,
        ),
        _ => records(1, &[listed(1, "家", "A", "默认", "84.212.10.20")]),
    });
    let home: Fqdn = host("家.例子.com");
    let listing = account
        .list(std::slice::from_ref(&home), &[])
        .await
        .unwrap();
    let expected = Zone {
        name: "xn--fsqu00a.com".parse().unwrap(),
        id: "10360095".into(),
    };
    assert_eq!(listing.zones, [expected]);
    assert_eq!(listing.records[0].host, home);
    // As stored, so that a write does not rename the record.
    assert_eq!(listing.records[0].attributes["sub_domain"], "家");
    assert_eq!(seen(&account)[1].1["domain_id"], "10360095");
    assert!(!seen(&account)[1].1.contains_key("domain"));
}

#[tokio::test]
async fn an_account_whose_domains_cannot_be_listed_is_no_empty_one() {
    for refused in [-7, 6, 7] {
        let account = account(Site::International, move |_, _| code(refused));
        let failure = account.list(&[host("home.example.com")], &[]).await;
        let failure = failure.unwrap_err();
        assert_eq!(failure.class, ErrorClass::Invalid, "{refused}");
        assert_eq!(failure.scope, Scope::Account, "{refused}");
    }
    let account = account(Site::International, |_, _| code(8));
    let known = [zone("example.com")];
    let listing = account.list(&[host("home.example.com")], &known).await;
    let troubles = listing.unwrap().zone_errors;
    assert_eq!(troubles.len(), 1);
    assert_eq!(troubles[0].1.class, ErrorClass::Invalid);
}
