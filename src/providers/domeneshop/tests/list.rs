use super::*;
use crate::{
    core::error::{ErrorClass, Scope},
    http::Delivery,
    providers::Listing,
};

const DOMAINS: &str = r#"[
    {"id":1,"domain":"example.com","services":{"dns":true}},
    {"id":2,"domain":"home.example.com"},
    {"id":3,"domain":"example.org","services":{"dns":false}},
    {"id":4,"domain":"Blåbær.no","services":{"dns":true}}
]"#;

fn list<F: Fn(&Request) -> FakeAnswer>(
    account: &DomeneshopAccount<FakeTransport<F>>,
    hosts: &[&str],
    known: &[Zone],
) -> Result<Listing, ProviderError> {
    account.list(&names(hosts), known).now_or_never().unwrap()
}

/// `host address` of each record.
fn shown(listing: &Listing) -> Vec<String> {
    let records = listing.records.iter();
    records
        .map(|it| format!("{} {}", it.host, it.addr))
        .collect()
}

#[test]
fn many_hosts_of_a_known_zone_cost_one_request() {
    let account = account(|_| {
        let record =
            |n| format!(r#"{{"id":{n},"host":"host-{n}","type":"A","data":"192.0.2.{n}"}}"#);
        let records: Vec<_> = (0..50).map(record).collect();
        answer(200, &format!("[{}]", records.join(",")))
    });
    let hosts: Vec<_> = (0..50).map(|n| format!("host-{n}.example.com")).collect();
    let hosts: Vec<_> = hosts.iter().map(String::as_str).collect();
    let known = [zone("1", "example.com"), zone("9", "example.net")];
    let listing = list(&account, &hosts, &known).unwrap();
    assert_eq!(account.sent(), ["GET /domains/1/dns"]);
    assert_eq!(listing.zones, known);
}

#[test]
fn a_host_outside_the_known_zones_has_the_domains_listed_once() {
    let account = account(|request| match request.path.as_str() {
        "/domains" => answer(200, DOMAINS),
        _ => answer(200, "[]"),
    });
    let hosts = ["example.com", "blåbær.no", "a.example.org", "b.example.net"];
    let listing = list(&account, &hosts, &[zone("1", "example.com")]).unwrap();
    assert_eq!(
        account.sent(),
        [
            "GET /domains",
            "GET /domains/1/dns",
            "GET /domains/1/forwards/",
            "GET /domains/4/dns",
            "GET /domains/4/forwards/"
        ]
    );
    // No zone for what has no DNS service: the plan says so instead of failing on it.
    let zones = [zone("1", "example.com"), zone("4", "blåbær.no")];
    assert_eq!(listing.zones, zones);
}

#[test]
fn a_domain_without_dns_service_is_named_with_what_to_do() {
    for (gone, hosts, named) in [
        (
            "none",
            &["a.example.org", "example.com"][..],
            Some("example.org"),
        ),
        ("none", &["b.example.net", "example.com"], None),
        // A domain that is said to have the service and gives no records.
        (
            "/domains/4/dns",
            &["blåbær.no", "example.com"],
            Some("xn--blbr-roah.no"),
        ),
    ] {
        let account = account(|request| match request.path.as_str() {
            "/domains" => answer(200, DOMAINS),
            path if path == gone => answer(404, ""),
            _ => answer(200, "[]"),
        });
        let listing = list(&account, hosts, &[]).unwrap();
        let hosts = names(hosts);
        let trouble = listing.trouble(&hosts[0]);
        let expected = named.map(|domain| {
            format!(
                "{domain} is in the account, but its DNS service is off: switch it on at Domeneshop, or \
                 keep the name at the provider that serves the domain"
            )
        });
        assert_eq!(trouble.map(|failure| failure.message.clone()), expected);
        assert!(trouble.is_none_or(|failure| failure.class == ErrorClass::NotFound));
        assert_eq!(listing.trouble(&hosts[1]), None);
    }
}

#[test]
fn a_zone_with_dns_keeps_a_host_of_a_domain_below_it_that_has_none() {
    let domains = r#"[{"id":1,"domain":"example.com","services":{"dns":true}},
        {"id":2,"domain":"home.example.com","services":{"dns":false}}]"#;
    let account = account(|request| match request.path.as_str() {
        "/domains" => answer(200, domains),
        _ => answer(200, "[]"),
    });
    let host = "nas.home.example.com";
    let listing = list(&account, &[host], &[]).unwrap();
    assert_eq!(listing.trouble(&names(&[host])[0]), None);
}

#[test]
fn only_address_records_of_the_hosts_asked_for_are_taken() {
    let account = account(|_| {
        answer(
            200,
            r#"[
            {"id":1,"host":"nas","ttl":3600,"type":"A","data":"192.0.2.1"},
            {"id":2,"host":"xnas","ttl":3600,"type":"A","data":"192.0.2.2"},
            {"id":3,"host":"@","ttl":3600,"type":"A","data":"192.0.2.3"},
            {"id":4,"host":"nas","ttl":3600,"type":"TXT","data":"192.0.2.4"},
            {"id":5,"host":"NAS","ttl":"300","type":"AAAA","data":"2001:0db8:0000::1"},
            {"id":6,"host":"nas","ttl":3600,"type":"A","data":"192.0.2.6"},
            {"id":7,"host":"a.nas","ttl":3600,"type":"A","data":"192.0.2.7"},
            {"id":8,"host":"-","ttl":3600,"type":"A","data":"192.0.2.8"},
            {"id":9,"host":"*.nas","ttl":3600,"type":"A","data":"192.0.2.9"},
            {"id":10,"host":"other","ttl":3600,"type":"A","data":"not an address"}
            ]"#,
        )
    });
    let hosts = ["nas.example.com", "*.nas.example.com"];
    let listing = list(&account, &hosts, &[zone("1", "example.com")]).unwrap();
    assert_eq!(
        shown(&listing),
        [
            "*.nas.example.com 192.0.2.9",
            "nas.example.com 192.0.2.1",
            "nas.example.com 2001:db8::1",
            "nas.example.com 192.0.2.6",
        ]
    );
    assert_eq!(listing.records[2].ttl, Some(300));
    assert_eq!(listing.records[2].id, "5");
}

#[test]
fn a_host_is_looked_for_in_its_own_zone_and_not_in_the_one_above() {
    let account = account(|request| match request.path.as_str() {
        "/domains/1/dns" => answer(
            200,
            r#"[{"id":1,"host":"nas.home","type":"A","data":"192.0.2.1"},
                {"id":2,"host":"@","type":"A","data":"192.0.2.2"}]"#,
        ),
        _ => answer(
            200,
            r#"[{"id":3,"host":"nas","type":"A","data":"192.0.2.3"}]"#,
        ),
    });
    let known = [zone("1", "example.com"), zone("2", "home.example.com")];
    let listing = list(&account, &["nas.home.example.com", "example.com"], &known).unwrap();
    assert_eq!(
        shown(&listing),
        ["example.com 192.0.2.2", "nas.home.example.com 192.0.2.3"]
    );
}

#[test]
fn a_domain_that_was_sold_or_moved_is_looked_up_again_and_holds_up_no_other() {
    for gone in [403, 404] {
        let account = account(|request| match request.path.as_str() {
            "/domains" => answer(200, DOMAINS),
            "/domains/1/dns" => answer(
                200,
                r#"[{"id":3,"host":"@","type":"A","data":"192.0.2.3"}]"#,
            ),
            _ => answer(gone, ""),
        });
        let known = [zone("77", "sold.example"), zone("78", "example.com")];
        let hosts = ["www.sold.example", "example.com"];
        let listing = list(&account, &hosts, &known).unwrap();
        assert_eq!(
            account.sent(),
            ["GET /domains/77/dns", "GET /domains", "GET /domains/1/dns"]
        );
        assert_eq!(shown(&listing), ["example.com 192.0.2.3"]);
        assert!(
            listing
                .zones
                .iter()
                .all(|it| it.name.as_str() != "sold.example")
        );
    }
}

#[test]
fn a_domain_without_editable_records_is_no_zone_and_holds_up_no_other() {
    let account = account(|request| match request.path.as_str() {
        "/domains" => answer(200, DOMAINS),
        "/domains/1/dns" => answer(200, "[]"),
        _ => answer(404, r#"{"code":"resource:unknown"}"#),
    });
    let listing = list(&account, &["blåbær.no", "example.com"], &[]).unwrap();
    assert_eq!(listing.zones, [zone("1", "example.com")]);
}

#[test]
fn a_host_never_falls_into_the_zone_above_because_its_own_could_not_be_read() {
    let account = account(|request| match request.path.as_str() {
        "/domains" => answer(200, DOMAINS),
        "/domains/1/dns" => answer(200, "[]"),
        _ => answer(404, ""),
    });
    let failure = list(&account, &["nas.home.example.com"], &[]).unwrap_err();
    assert_eq!(
        (failure.class, failure.scope),
        (ErrorClass::NotFound, Scope::Account)
    );
}

#[test]
fn a_failed_read_is_an_error_of_the_whole_list_and_never_an_empty_one() {
    for (status, body, class) in [
        (200, "<html>Log in</html>", ErrorClass::ProtocolViolation),
        (
            200,
            r#"{"code":"resource:unknown"}"#,
            ErrorClass::ProtocolViolation,
        ),
        (
            200,
            r#"[{"id":1,"host":"@","type":"A","da"#,
            ErrorClass::ProtocolViolation,
        ),
        (
            200,
            r#"[{"id":1,"host":"@","type":"A","data":"soon"}]"#,
            ErrorClass::ProtocolViolation,
        ),
        (
            200,
            r#"[{"id":1,"host":"@","type":"A","data":"2001:db8::1"}]"#,
            ErrorClass::ProtocolViolation,
        ),
        (
            200,
            r#"[{"id":1,"host":"@","type":"AAAA"}]"#,
            ErrorClass::ProtocolViolation,
        ),
        (204, "", ErrorClass::ProtocolViolation),
        (302, "", ErrorClass::ProtocolViolation),
        (401, "", ErrorClass::Unauthorized),
        (429, "", ErrorClass::RateLimited { retry_after: None }),
        (503, "", ErrorClass::Transient),
    ] {
        for failing in ["/domains", "/domains/1/dns"] {
            let account = account(|request| match request.path.as_str() {
                path if path == failing => answer(status, body),
                "/domains" => answer(200, DOMAINS),
                _ => answer(200, "[]"),
            });
            let failure = list(&account, &["example.com"], &[]).unwrap_err();
            assert_eq!(
                (failure.class, failure.scope),
                (class, Scope::Account),
                "{failing} {status} {body}"
            );
        }
    }
}

#[test]
fn a_read_without_an_answer_is_transient_whether_it_arrived_or_not() {
    for sent in [Delivery::NotSent, Delivery::Unknown] {
        let account = account(|_| {
            Err(SendError {
                sent,
                what: "no complete answer within 10 s".into(),
            })
        });
        let failure = list(&account, &["example.com"], &[]).unwrap_err();
        assert_eq!(failure.class, ErrorClass::Transient);
        assert_eq!(
            failure.message,
            "Domeneshop could not be asked (GET /domains): no complete answer within 10 s"
        );
    }
}

#[test]
fn a_garbled_identifier_from_the_state_file_never_becomes_part_of_a_path() {
    let account = account(|request| match request.path.as_str() {
        "/domains" => answer(200, DOMAINS),
        _ => answer(200, "[]"),
    });
    let known = [zone("../invoices?", "example.com")];
    list(&account, &["example.com"], &known).unwrap();
    let sent = account.sent();
    assert_eq!(sent[..2], ["GET /domains", "GET /domains/1/dns"]);
    assert_eq!(sent[2..], ["GET /domains/1/forwards/"]);
}
