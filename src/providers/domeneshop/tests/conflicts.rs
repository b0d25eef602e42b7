//! What excludes addresses at a host: records of the zone, and forwards.

use super::*;
use crate::{
    core::error::{ErrorClass, Scope},
    providers::Listing,
};

const ZONE: &str = r#"[
    {"id":1,"host":"www","type":"CNAME","data":"target.example.net."},
    {"id":2,"host":"@","type":"ANAME","data":"target.example.net."},
    {"id":3,"host":"Sub","type":"NS","data":"ns1.example.net."},
    {"id":4,"host":"nas","type":"A","data":"192.0.2.4"},
    {"id":5,"host":"xnas","type":"CNAME","data":"target.example.net."},
    {"id":6,"host":"*","type":"CNAME","data":"target.example.net."},
    {"id":7,"host":"blåbær","type":"CNAME","data":"target.example.net."},
    {"id":8,"host":"six","type":"AAAA","data":"2001:db8::8"}
]"#;

const FORWARDS: &str = r#"[
    {"host":"Shop","frame":false,"url":"https://shop.example.net/"},
    {"host":"shopping","url":"https://shop.example.net/"}
]"#;

/// Lists hosts of example.com, its forwards being answered with this.
fn list(
    forwards: (u16, &'static str),
    hosts: &[&str],
) -> (Result<Listing, ProviderError>, Vec<String>) {
    let account = account(move |request| match request.path.as_str() {
        "/domains/1/dns" => answer(200, ZONE),
        "/domains/1/forwards/" => answer(forwards.0, forwards.1),
        path => panic!("{path}"),
    });
    let (hosts, known) = (names(hosts), [zone("1", "example.com")]);
    let listing = account.list(&hosts, &known).now_or_never().unwrap();
    (listing, account.sent())
}

fn said(listing: &Listing) -> Vec<String> {
    let conflicts = listing.conflicts.values();
    let text = |text: String| text.split(": ").next().unwrap().to_owned();
    conflicts.map(|it| text(it.to_string())).collect()
}

#[test]
fn each_record_that_excludes_addresses_is_found_by_its_exact_name() {
    let hosts = [
        "WWW.example.com",
        "example.com",
        "sub.example.com",
        "a.sub.example.com",
        "nas.example.com",
        "ww.example.com",
        "*.example.com",
        "BLÅBÆR.example.com",
    ];
    let (listing, sent) = list((200, "[]"), &hosts);
    let listing = listing.unwrap();
    assert_eq!(
        said(&listing),
        [
            "*.example.com is a CNAME to target.example.net",
            "a.sub.example.com lies below sub.example.com, which is delegated to \
             ns1.example.net by an NS record",
            "example.com is an ANAME to target.example.net",
            "sub.example.com is delegated to ns1.example.net by an NS record",
            "www.example.com is a CNAME to target.example.net",
            "xn--blbr-roah.example.com is a CNAME to target.example.net",
        ]
    );
    // `ww` has nothing: whether it is a forward only their list says.
    assert_eq!(sent, ["GET /domains/1/dns", "GET /domains/1/forwards/"]);
    assert_eq!(listing.records.len(), 1);
}

#[test]
fn forwards_are_listed_only_where_a_host_has_neither_an_address_nor_an_alias() {
    let hosts = ["nas.example.com", "six.example.com", "www.example.com"];
    let (listing, sent) = list((500, ""), &hosts);
    assert_eq!(sent, ["GET /domains/1/dns"]);
    assert_eq!(said(&listing.unwrap()).len(), 1);

    let (listing, sent) = list((200, FORWARDS), &["shop.example.com", "new.example.com"]);
    assert_eq!(sent, ["GET /domains/1/dns", "GET /domains/1/forwards/"]);
    assert_eq!(
        listing
            .unwrap()
            .conflicts
            .into_values()
            .map(|it| it.to_string())
            .collect::<Vec<_>>(),
        [
            "shop.example.com is an HTTP forward to https://shop.example.net/: remove it at the \
             provider, or take the host out of `hosts`"
        ]
    );
}

#[test]
fn l7_forwards_that_cannot_be_read_hold_up_the_hosts_without_an_address_and_no_others() {
    let hosts = ["nas.example.com", "new.example.com"];
    for (status, body) in [
        (500, ""),
        (200, "<html>"),
        (200, "{}"),
        (200, r#"[{"host":1}]"#),
    ] {
        let (listing, _) = list((status, body), &hosts);
        let listing = listing.unwrap();
        assert_eq!(listing.records.len(), 1);
        assert!(listing.trouble(&name("nas.example.com")).is_none());
        let failure = listing.trouble(&name("new.example.com")).unwrap();
        assert_eq!(
            failure.class.verdict(),
            crate::core::verdict::Verdict::TryAgain
        );
    }
    // A service without forwards has none.
    let (listing, _) = list((404, ""), &hosts);
    assert!(listing.unwrap().trouble(&name("new.example.com")).is_none());
    // The account itself is in trouble.
    let (listing, _) = list((401, ""), &hosts);
    let failure = listing.unwrap_err();
    assert_eq!(
        (failure.class, failure.scope),
        (ErrorClass::Unauthorized, Scope::Account)
    );
}
