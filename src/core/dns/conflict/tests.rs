use super::*;

fn fqdn(text: &str) -> Fqdn {
    Fqdn::parse(text).unwrap()
}

/// The texts of what `records` (type, name, target) in example.com exclude at `hosts`.
fn found(hosts: &[&str], records: &[(&str, &str, &str)]) -> Vec<String> {
    let zone = ZoneName::parse("example.com").unwrap();
    let hosts: Vec<_> = hosts.iter().map(|host| fqdn(host)).collect();
    let mut finder = ConflictFinder::new(&zone, &hosts);
    for (record_type, name, target) in records {
        if let Some(kind) = ConflictKind::of_type(record_type) {
            finder.add(kind, name, target);
        }
    }
    let advice = ": remove it at the provider, or take the host out of `hosts`";
    let found = finder.finish().into_values();
    found
        .map(|conflict| {
            conflict
                .to_string()
                .strip_suffix(advice)
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn each_kind_at_the_host_itself_is_named_with_its_target() {
    for (record_type, said) in [
        ("CNAME", "www.example.com is a CNAME to target.example.net"),
        ("cname", "www.example.com is a CNAME to target.example.net"),
        ("ANAME", "www.example.com is an ANAME to target.example.net"),
        (
            "URL",
            "www.example.com is a URL record to target.example.net",
        ),
        (
            "显性URL",
            "www.example.com is a URL record to target.example.net",
        ),
        (
            "Framed URL",
            "www.example.com is a framed URL record to target.example.net",
        ),
        (
            "隐性URL",
            "www.example.com is a framed URL record to target.example.net",
        ),
        (
            "NS",
            "www.example.com is delegated to target.example.net by an NS record",
        ),
    ] {
        let records = [(record_type, "www", "target.example.net.")];
        assert_eq!(
            found(&["www.example.com"], &records),
            [said],
            "{record_type}"
        );
    }
}

#[test]
fn types_that_stand_beside_addresses_exclude_nothing() {
    for record_type in [
        "A", "AAAA", "TXT", "MX", "SRV", "CAA", "TLSA", "DS", "SPF", "HTTPS", "",
    ] {
        assert_eq!(ConflictKind::of_type(record_type), None, "{record_type}");
    }
}

#[test]
fn a_delegation_excludes_its_name_and_all_below_it_and_the_apex_servers_none() {
    let hosts = [
        "example.com",
        "sub.example.com",
        "a.b.sub.example.com",
        "xsub.example.com",
    ];
    let records = [
        ("NS", "@", "ns1.hyp.net."),
        ("NS", "Sub", "ns1.example.net."),
    ];
    assert_eq!(
        found(&hosts, &records),
        [
            "a.b.sub.example.com lies below sub.example.com, which is delegated to \
             ns1.example.net by an NS record",
            "sub.example.com is delegated to ns1.example.net by an NS record",
        ]
    );
    // Of two delegations the upper one is followed, whichever is listed first.
    let upper = ("NS", "sub", "ns1.example.net.");
    let lower = ("NS", "b.sub", "ns2.example.net.");
    for records in [[upper, lower], [lower, upper]] {
        let said = found(&["a.b.sub.example.com"], &records);
        assert!(said[0].contains("below sub.example.com"), "{said:?}");
    }
}

#[test]
fn a_dname_excludes_what_is_below_it_and_not_its_own_name() {
    let hosts = ["sub.example.com", "a.sub.example.com"];
    let records = [("DNAME", "sub", "example.net.")];
    assert_eq!(
        found(&hosts, &records),
        ["a.sub.example.com lies below sub.example.com, which is a DNAME to example.net"]
    );
    let at_apex = [("DNAME", "@", "example.net.")];
    assert_eq!(found(&["example.com"], &at_apex), [""; 0]);
    assert_eq!(found(&["www.example.com"], &at_apex).len(), 1);
}

#[test]
fn names_that_merely_contain_the_host_and_wildcards_exclude_nothing() {
    let records = [
        ("CNAME", "xwww", "t.example.net."),
        ("CNAME", "www.a", "t.example.net."),
        ("CNAME", "a.www", "t.example.net."),
        ("CNAME", "*", "t.example.net."),
        ("CNAME", "*.www", "t.example.net."),
        ("CNAME", "@", "t.example.net."),
        ("NS", "ww", "t.example.net."),
        ("NS", "*", "t.example.net."),
        ("CNAME", "-", "t.example.net."),
    ];
    assert_eq!(found(&["www.example.com"], &records), [""; 0]);
}

#[test]
fn mixed_case_international_and_wildcard_hosts_are_matched_exactly() {
    let hosts = ["nas.example.com", "bücher.example.com", "*.example.com"];
    let records = [
        ("CNAME", "NAS", "One.Example.net."),
        ("CNAME", "Bücher", "two.example.net"),
        ("CNAME", "*", "three.example.net"),
    ];
    assert_eq!(
        found(&hosts, &records),
        [
            "*.example.com is a CNAME to three.example.net",
            "nas.example.com is a CNAME to One.Example.net",
            "xn--bcher-kva.example.com is a CNAME to two.example.net",
        ]
    );
    let as_labels = [("CNAME", "xn--bcher-kva", "two.example.net")];
    assert_eq!(found(&["BÜCHER.example.com"], &as_labels).len(), 1);
}

#[test]
fn a_target_from_outside_is_printable_and_bounded() {
    let target = format!(
        "https://a\u{1b}[31m\u{202e}\n\u{7f}\u{9b}{}",
        "x".repeat(5_000)
    );
    let said = found(&["www.example.com"], &[("URL", "www", &target)]);
    let is_plain = |letter: char| letter.is_ascii_graphic() || matches!(letter, ' ' | '…');
    assert!(said[0].chars().all(is_plain), "{said:?}");
    assert!(said[0].len() < 400);
}
