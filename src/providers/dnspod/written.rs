//! What the answer to a write says is stored, against what was sent: a success that names something else is none.

use std::net::IpAddr;

use super::types::WrittenRecord;
use crate::{
    core::{
        dns::name::{Fqdn, ZoneName},
        foreign_text::ForeignText,
    },
    providers::operation::Arguments,
};

/// Whether what is said and what was sent mean the same.
type Comparison<'c> = &'c dyn Fn(&str, &str) -> bool;

/// Refuses an answer that names another record, or another value of a field, than was sent; the error is in words. What
/// the answer does not name is not looked at, and neither is what was not sent.
pub(super) fn is_as_sent(said: &WrittenRecord, sent: &Arguments) -> Result<(), String> {
    let kind = sent.get("record_type").unwrap_or_default();
    let is_mx = kind.eq_ignore_ascii_case("MX");
    let is_same_value = |said: &str, sent: &str| is_same_value(kind, said, sent);
    let fields: [(&Option<String>, &str, Comparison<'_>); 10] = [
        (&said.id, "record_id", &|said, sent| said == sent),
        (&said.name, "sub_domain", &is_same_name),
        (&said.value, "value", &is_same_value),
        (&said.r#type, "record_type", &str::eq_ignore_ascii_case),
        (&said.ttl, "ttl", &is_same_number),
        (&said.mx, "mx", &|said, sent| {
            !is_mx || is_same_number(said, sent)
        }),
        (&said.weight, "weight", &is_same_number),
        (&said.status, "status", &is_same_status),
        (&said.line, "record_line", &str::eq_ignore_ascii_case),
        (&said.line_id, "record_line_id", &|said, sent| said == sent),
    ];
    for (said, name, is_same) in fields {
        let said = said.as_deref().map(str::trim).filter(|it| !it.is_empty());
        if let (Some(said), Some(sent)) = (said, sent.get(name))
            && !is_same(said, sent.trim())
        {
            let shown = ForeignText::at_most(said, 100);
            return Err(format!(
                "`{name}` {sent} was sent, and “{shown}” is said to be stored"
            ));
        }
    }
    Ok(())
}

/// A zone to compare names below: neither is known by its letters alone.
const ANY_ZONE: &str = "example.invalid";

fn is_same_name(one: &str, other: &str) -> bool {
    let zone = ZoneName::parse(ANY_ZONE).ok();
    let name = |host: &str| Fqdn::in_zone(host, zone.as_ref()?).ok();
    match (name(one), name(other)) {
        (Some(one), Some(other)) => one == other,
        // No host could have these names, and records of other types may.
        _ => one.eq_ignore_ascii_case(other),
    }
}

/// What is no number says nothing.
fn is_same_number(one: &str, other: &str) -> bool {
    let numbers = one.parse::<i64>().ok().zip(other.parse::<i64>().ok());
    numbers.is_none_or(|(one, other)| one == other)
}

/// `enable` and `enabled` are one.
fn is_same_status(one: &str, other: &str) -> bool {
    let bare = |status: &str| status.trim_end_matches('d').to_ascii_lowercase();
    bare(one) == bare(other)
}

/// Whether two values of a record of this type mean the same: the service puts a dot behind a target's name, and takes a
/// text's quotation marks away.
fn is_same_value(kind: &str, one: &str, other: &str) -> bool {
    if let (Ok(one), Ok(other)) = (one.parse::<IpAddr>(), other.parse::<IpAddr>()) {
        return one == other;
    }
    let plain = one.replace('"', "") == other.replace('"', "");
    if plain || matches!(kind, "TXT" | "SPF") {
        return plain;
    }
    let bare = |value: &str| {
        let words: Vec<_> = value.split_whitespace().collect();
        let value = words.join(" ").replace('"', "").to_lowercase();
        value.trim_end_matches(['.', '/']).to_owned()
    };
    bare(one) == bare(other) || is_same_name(&bare(one), &bare(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::{dnspod::api::record::RecordModify, operation::Call};

    fn sent(kind: &str, value: &str) -> Arguments {
        let call = RecordModify {
            record_id: "1".into(),
            sub_domain: "www".into(),
            record_type: kind.into(),
            record_line: Some("default".into()),
            value: value.into(),
            mx: Some(5),
            ttl: Some(600),
            status: Some("enable".into()),
            weight: Some(10),
            ..RecordModify::default()
        };
        call.arguments()
    }

    fn check(kind: &str, value: &str, said: &str) -> Result<(), String> {
        let said = serde_json::from_str(said).unwrap();
        is_as_sent(&said, &sent(kind, value))
    }

    #[test]
    fn whatever_an_answer_names_has_to_be_what_was_sent() {
        for said in [
            r#"{"id":"2"}"#,
            r#"{"id":2}"#,
            r#"{"name":"@"}"#,
            r#"{"value":"192.0.2.2"}"#,
            r#"{"value":"nothing"}"#,
            r#"{"type":"AAAA"}"#,
            r#"{"record_type":"AAAA"}"#,
            r#"{"ttl":"601"}"#,
            r#"{"ttl":60}"#,
            r#"{"weight":20}"#,
            r#"{"status":"disabled"}"#,
            r#"{"line":"CN"}"#,
            r#"{"record_line":"CN"}"#,
        ] {
            assert!(check("A", "192.0.2.1", said).is_err(), "{said}");
        }
        assert!(check("MX", "mx.example.com", r#"{"mx":"10"}"#).is_err());
        let what = check("A", "192.0.2.1", r#"{"value":"x\u001b[31m"}"#).unwrap_err();
        assert!(!what.contains('\u{1b}'), "{what}");
    }

    #[test]
    fn what_is_written_otherwise_or_not_named_at_all_is_no_difference() {
        for (kind, value, said) in [
            ("A", "192.0.2.1", "{}"),
            (
                "A",
                "192.0.2.1",
                r#"{"id":1,"name":"WWW","value":"192.0.2.1","type":"a","ttl":"600","mx":"0",
                    "weight":null,"status":"enabled","line":"Default","line_id":"0"}"#,
            ),
            ("A", "192.0.2.1", r#"{"value":"","name":"","ttl":""}"#),
            ("AAAA", "2001:db8::1", r#"{"value":"2001:DB8:0::1"}"#),
            ("CNAME", "a.example.com", r#"{"value":"A.example.com."}"#),
            ("CNAME", "blåbær.no", r#"{"value":"xn--blbr-roah.no."}"#),
            ("TXT", "\"v=spf1 -all\"", r#"{"value":"v=spf1 -all"}"#),
            (
                "SRV",
                "1 2 3 a.example.com",
                r#"{"value":"1  2 3 a.example.com."}"#,
            ),
            (
                "显性URL",
                "https://example.org",
                r#"{"value":"https://example.org/"}"#,
            ),
            ("MX", "mx.example.com", r#"{"mx":5}"#),
        ] {
            assert_eq!(check(kind, value, said), Ok(()), "{kind} {said}");
        }
        assert!(
            check("TXT", "a b", r#"{"value":"A b"}"#).is_err(),
            "a text is its letters"
        );
    }
}
