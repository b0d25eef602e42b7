//! What excludes addresses at a host on the account's line.

use super::fake::*;
use crate::providers::{Listing, Provider, dnspod::Site};

/// What a zone with these records excludes at the hosts, on a line of a site.
async fn conflicts(site: Site, line: &str, zone_records: &[String], hosts: &[&str]) -> Vec<String> {
    let zone_records = zone_records.to_vec();
    let account = account_on(site, line, move |_, _| {
        records(zone_records.len(), &zone_records)
    });
    let hosts: Vec<_> = hosts.iter().map(|name| host(name)).collect();
    let listing = account.list(&hosts, &[zone("example.com")]).await;
    assert_eq!(names(&account), ["Record.List"], "no further request");
    said(&listing.unwrap())
}

fn said(listing: &Listing) -> Vec<String> {
    let conflicts = listing.conflicts.values();
    let text = |text: String| text.split(": ").next().unwrap().to_owned();
    conflicts.map(|it| text(it.to_string())).collect()
}

/// A record of China's site.
fn chinese(id: u32, name: &str, kind: &str, line: (&str, &str), value: &str) -> String {
    let (line, line_id) = line;
    listed(id, name, kind, line, value).replacen('{', &format!(r#"{{"line_id":"{line_id}","#), 1)
}

const HOST: &str = "www.example.com";

#[tokio::test]
async fn each_record_that_excludes_addresses_is_found_by_its_exact_name() {
    let zone_records = [
        listed(1, "WWW", "CNAME", "Default", "target.example.net."),
        listed(2, "go", "URL", "Default", "http://target.example.net/"),
        listed(
            3,
            "frame",
            "Framed URL",
            "Default",
            "http://target.example.net/",
        ),
        listed(4, "sub", "NS", "Default", "ns1.example.net."),
        listed(5, "@", "NS", "Default", "a.dnspod.com."),
        listed(6, "*", "CNAME", "Default", "target.example.net."),
        listed(7, "xnas", "CNAME", "Default", "target.example.net."),
        listed(8, "nas", "TXT", "Default", "text"),
        listed(9, "nas", "MX", "Default", "mail.example.net."),
    ];
    let hosts = [
        HOST,
        "go.example.com",
        "frame.example.com",
        "a.sub.example.com",
        "example.com",
        "nas.example.com",
        "*.example.com",
    ];
    assert_eq!(
        conflicts(Site::International, "default", &zone_records, &hosts).await,
        [
            "*.example.com is a CNAME to target.example.net",
            "a.sub.example.com lies below sub.example.com, which is delegated to \
             ns1.example.net by an NS record",
            "frame.example.com is a framed URL record to http://target.example.net/",
            "go.example.com is a URL record to http://target.example.net/",
            "www.example.com is a CNAME to target.example.net",
        ]
    );
}

#[tokio::test]
async fn chinas_redirects_are_known_by_their_names() {
    let default = ("默认", "0");
    let zone_records = [
        chinese(1, "www", "显性URL", default, "http://target.example.net"),
        chinese(2, "nas", "隐性URL", default, "http://target.example.net"),
    ];
    assert_eq!(
        conflicts(
            Site::China,
            "默认",
            &zone_records,
            &[HOST, "nas.example.com"]
        )
        .await,
        [
            "nas.example.com is a framed URL record to http://target.example.net",
            "www.example.com is a URL record to http://target.example.net",
        ]
    );
}

#[tokio::test]
async fn a_record_on_another_line_excludes_nothing_on_ours() {
    let zone_records = [
        listed(1, "www", "CNAME", "CN", "target.example.net."),
        listed(2, "www", "A", "Default", "84.212.10.20"),
    ];
    for (line, excluded) in [("default", 0), ("Default", 0), ("CN", 1)] {
        let found = conflicts(Site::International, line, &zone_records, &[HOST]).await;
        assert_eq!(found.len(), excluded, "{line}");
    }
    let zone_records = [
        chinese(1, "www", "CNAME", ("联通", "10=1"), "target.example.net."),
        chinese(2, "sub", "NS", ("联通", "10=1"), "ns1.example.net."),
    ];
    let hosts = [HOST, "a.sub.example.com"];
    for (line, excluded) in [("默认", 0), ("10=0", 0), ("10=1", 2), ("联通", 2)] {
        let found = conflicts(Site::China, line, &zone_records, &hosts).await;
        assert_eq!(found.len(), excluded, "{line}");
    }
}

#[tokio::test]
async fn a_record_that_is_switched_off_excludes_nothing() {
    let on = listed(1, "www", "CNAME", "Default", "target.example.net.");
    let off = on.replace(r#""1","status":"enabled""#, r#""0","status":"disabled""#);
    assert_ne!(on, off);
    for (record, excluded) in [(on, 1), (off, 0)] {
        let found = conflicts(Site::International, "default", &[record], &[HOST]).await;
        assert_eq!(found.len(), excluded);
    }
}
