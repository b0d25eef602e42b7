use serde_json::{Value, json};

use super::*;

fn decoded<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Decodes an example and writes it again.
fn again<T: serde::de::DeserializeOwned + serde::Serialize>(example: &Value) -> Value {
    serde_json::to_value(decoded::<T>(example.clone())).unwrap()
}

#[test]
fn every_documented_example_is_decoded_without_loss() {
    let domain = json!({"id": 1, "domain": "example.com", "expiry_date": "2019-08-24",
        "registered_date": "2019-08-24", "renew": true, "registrant": "Ola Nordmann",
        "status": "active", "nameservers": ["ns1.hyp.net", "ns2.hyp.net", "ns3.hyp.net"],
        "services": {"registrar": true, "dns": true, "email": true, "webhotel": "none"}});
    assert_eq!(again::<Domain>(&domain), domain);
    for record in [
        json!({"id": 1, "host": "@", "ttl": 3600, "type": "A", "data": "192.168.0.1"}),
        json!({"id": 1, "host": "@", "ttl": 3600, "type": "AAAA",
            "data": "2001:0db8:85a3:0000:0000:8a2e:0370:7334"}),
        json!({"id": 1, "host": "@", "ttl": 3600, "type": "CNAME", "data": "www.example.com"}),
        json!({"id": 1, "host": "@", "ttl": 3600, "type": "MX", "data": "mx.example.com",
            "priority": 1}),
        json!({"id": 1, "host": "@", "ttl": 3600, "type": "SRV", "data": "www.example.com",
            "priority": 10, "weight": 100, "port": 443}),
        json!({"id": 1, "host": "@", "ttl": 3600, "type": "TXT",
            "data": "v=spf1 include:_spf.domeneshop.no ~all"}),
    ] {
        assert_eq!(again::<DnsRecord>(&record), record);
        assert_ne!(decoded::<DnsRecord>(record).content(), Content::Other);
    }
    assert_eq!(again::<Created>(&json!({"id": 1})), json!({"id": 1}));
    let forward = json!({"host": "@", "frame": false, "url": "https://www.example.com"});
    assert_eq!(again::<HttpForward>(&forward), forward);
    let invoice = json!({"id": 1, "type": "invoice", "amount": 120, "currency": "NOK",
        "due_date": "2019-08-24", "issued_date": "2019-08-24", "paid_date": "2019-08-24",
        "status": "paid", "url": "https://www.domeneshop.no/invoice?nr=1&code="});
    assert_eq!(again::<Invoice>(&invoice), invoice);
}

fn record(kind: &str, data: &str, extra: &Value) -> DnsRecord {
    let mut body = json!({"id": "7", "host": "@", "ttl": "600", "type": kind, "data": data});
    let fields = extra.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(fields);
    decoded(body)
}

#[test]
fn a_record_says_the_same_whether_its_numbers_come_as_numbers_or_as_text() {
    let mx = Content::Mx {
        priority: 42,
        exchange: "mx.example.com",
    };
    let srv = Content::Srv {
        priority: 1,
        weight: 2,
        port: 65_535,
        target: "a.b",
    };
    let tlsa = Content::Tlsa {
        usage: 3,
        selector: 1,
        dtype: 1,
        data: "ab01",
    };
    let ds = Content::Ds {
        tag: 60_485,
        alg: 13,
        digest: 2,
        data: "ab",
    };
    for (kind, data, fields, content) in [
        ("MX", "mx.example.com.", &[("priority", 42)][..], mx),
        (
            "SRV",
            "a.b.",
            &[("priority", 1), ("weight", 2), ("port", 65_535)],
            srv,
        ),
        (
            "TLSA",
            "ab01",
            &[("usage", 3), ("selector", 1), ("dtype", 1)],
            tlsa,
        ),
        (
            "DS",
            "ab",
            &[("tag", 60_485), ("alg", 13), ("digest", 2)],
            ds,
        ),
    ] {
        let numbers: Value = fields.iter().map(|(name, it)| (*name, json!(it))).collect();
        let texts: Value = fields
            .iter()
            .map(|(name, it)| (*name, json!(it.to_string())))
            .collect();
        for extra in [numbers, texts] {
            let record = record(kind, data, &extra);
            assert_eq!(record.content(), content, "{record:?}");
            assert_eq!((record.id, record.body.ttl), (7, Some(600)));
        }
    }
}

#[test]
fn a_caa_tag_is_read_as_a_number_as_its_digits_and_as_a_word() {
    for (tag, meant) in [
        (json!("0"), CaaTag::Issue),
        (json!(1), CaaTag::IssueWild),
        (json!("iodef"), CaaTag::Iodef),
    ] {
        let caa = Content::Caa {
            flags: 0,
            tag: meant,
            value: "ca.no",
        };
        let extra = json!({"flags": "0", "tag": tag});
        assert_eq!(record("CAA", "ca.no", &extra).content(), caa);
    }
}

#[test]
fn names_are_read_without_their_last_dot_and_what_is_not_understood_is_other() {
    for (kind, data, extra, content) in [
        ("NS", "ns.a.net.", json!({}), Content::Ns("ns.a.net")),
        ("ANAME", "b.a.net.", json!({}), Content::Aname("b.a.net")),
        ("CNAME", "b.a.net", json!({}), Content::Cname("b.a.net")),
        ("TXT", "a text.", json!({}), Content::Txt("a text.")),
        ("A", "192.0.2.256", json!({}), Content::Other),
        ("MX", "a.net", json!({"priority": "low"}), Content::Other),
        ("SVCB", "x", json!({"alpn": ["h2"]}), Content::Other),
    ] {
        assert_eq!(record(kind, data, &extra).content(), content, "{kind}");
    }
}

#[test]
fn what_is_unknown_of_a_record_is_kept_as_it_came() {
    let record = json!({"id": 5_000_000_000_i64, "host": "@", "ttl": 3600, "type": "SVCB",
        "data": "svc.", "params": {"alpn": ["h2"]}, "comment": null});
    assert_eq!(again::<DnsRecord>(&record), record);
    let without_data = json!({"id": 1, "host": "@", "type": "SVCB"});
    assert_eq!(decoded::<DnsRecord>(without_data).body.data, "");
}

#[test]
fn an_unknown_word_is_kept_and_the_misspelt_credit_note_is_read_in_both_spellings() {
    let credit =
        |word: &str| decoded::<Invoice>(json!({"id": "2", "type": word, "status": "void"}));
    for word in ["credit_node", "credit_note"] {
        assert_eq!(credit(word).kind, Some(InvoiceKind::CreditNote));
    }
    let other = credit("reminder");
    assert_eq!(other.kind, Some(InvoiceKind::Other("reminder".into())));
    assert_eq!(serde_json::to_value(other).unwrap()["type"], "reminder");
    let domain = decoded::<Domain>(
        json!({"id": 1, "domain": "a.no", "status": "parked", "services": {"webhotel": "webhuge"}}),
    );
    assert_eq!(domain.status.unwrap().as_str(), "parked");
    let webhotel = domain.services.unwrap().webhotel;
    assert_eq!(webhotel, Some(Webhotel::Other("webhuge".into())));
}

#[test]
fn a_sum_is_kept_exactly_however_it_is_written() {
    for (written, kept) in [
        (json!(120), "120"),
        (json!(120.5), "120.5"),
        (json!("99"), "99"),
    ] {
        let invoice = decoded::<Invoice>(json!({"id": 1, "amount": written}));
        assert_eq!(invoice.amount.unwrap().to_string(), kept);
    }
}

#[test]
fn what_is_only_told_to_people_never_fails_a_list() {
    let odd = json!({"id": 1, "domain": "a.no", "expiry_date": null, "registered_date": false,
        "renew": "1", "registrant": 7, "status": [], "nameservers": null, "new": {},
        "services": {"registrar": "true", "dns": 1, "email": {}, "webhotel": true}});
    let domain = decoded::<Domain>(odd);
    assert_eq!((domain.expiry_date, domain.registered_date), (None, None));
    assert_eq!(
        (domain.renew, domain.registrant),
        (Some(true), Some("7".into()))
    );
    let services = domain.services.unwrap();
    assert_eq!((services.registrar, services.dns), (Some(true), Some(true)));
    assert_eq!((services.email, services.webhotel), (None, None));
}

#[test]
fn only_a_plain_no_says_that_a_domain_has_no_dns_service() {
    for (services, has_dns) in [
        (json!({"registrar": true, "dns": false}), false),
        (json!({"dns": true, "webhotel": "websmall"}), true),
        (json!({}), true),
        (Value::Null, true),
    ] {
        let shown = services.to_string();
        let domain = json!({"id": 1, "domain": "a.no", "services": services});
        assert_eq!(decoded::<Domain>(domain).has_dns(), has_dns, "{shown}");
    }
    assert!(decoded::<Domain>(json!({"id": 1, "domain": "a.no"})).has_dns());
}
