//! What each operation sends.

use super::*;
use crate::{
    core::secret::Secret,
    http::{FormValue, Request, RequestBody, query},
    providers::dnspod::{Client, Credential},
};

/// Each operation, what is written on the command line, and what is sent besides what all calls have
/// in common. `!` is for those that may change something.
const SNAPSHOTS: &[(&str, &str, &str)] = &[
    (
        "Auth",
        "login_email=api@dnspod.com login_password=password login_code=123456 login_remember=no",
        "login_email=api%40dnspod.com&login_password=password&login_code=123456&login_remember=no",
    ),
    ("User.Detail", "", ""),
    ("User.Log", "", ""),
    ("Info.Version", "", ""),
    (
        "Domain.Create!",
        "domain=api2.com group_id=3 is_mark=yes",
        "domain=api2.com&group_id=3&is_mark=yes",
    ),
    (
        "Domain.List",
        "type=share_out offset=500 length=500 group_id=1 keyword=例",
        "type=share_out&offset=500&length=500&group_id=1&keyword=%E4%BE%8B",
    ),
    ("Domain.Remove!", "domain_id=1992403", "domain_id=1992403"),
    (
        "Domain.Status!",
        "domain_id=2058967 status=disable",
        "domain_id=2058967&status=disable",
    ),
    (
        "Domain.Info",
        "domain=例子.com",
        "domain=%E4%BE%8B%E5%AD%90.com",
    ),
    (
        "Domain.Log",
        "domain_id=2059079 offset=0 length=500",
        "domain_id=2059079&offset=0&length=500",
    ),
    (
        "Domain.Searchenginepush!",
        "domain_id=2059079 status=yes",
        "domain_id=2059079&status=yes",
    ),
    (
        "Domain.Transfer!",
        "domain_id=2059079 email=yizerowu@dnspod.com",
        "domain_id=2059079&email=yizerowu%40dnspod.com",
    ),
    (
        "Domain.Lock!",
        "domain_id=2059079 days=3",
        "domain_id=2059079&days=3",
    ),
    (
        "Domain.Lockstatus",
        "domain_id=2059079",
        "domain_id=2059079",
    ),
    (
        "Domain.Unlock!",
        "domain_id=2059079 lock_code=fdd638",
        "domain_id=2059079&lock_code=fdd638",
    ),
    (
        "Domain.Changegroup!",
        "domain_id=2059079 group_id=1985",
        "domain_id=2059079&group_id=1985",
    ),
    (
        "Domain.Ismark!",
        "domain_id=2059079 is_mark=yes",
        "domain_id=2059079&is_mark=yes",
    ),
    (
        "Domain.Remark!",
        "domain_id=2059079 remark=",
        "domain_id=2059079&remark=",
    ),
    ("Domain.Acquire", "domain=api4.com", "domain=api4.com"),
    (
        "Domain.Acquiresend!",
        "domain=api4.com email=support@namecheap.com",
        "domain=api4.com&email=support%40namecheap.com",
    ),
    (
        "Domain.Acquirevalidate!",
        "domain=api4.com code=111000",
        "domain=api4.com&code=111000",
    ),
    (
        "Domainshare.Create!",
        "domain_id=2059079 email=otheruser@dnspod.com mode=rw sub_domain=www",
        "domain_id=2059079&email=otheruser%40dnspod.com&mode=rw&sub_domain=www",
    ),
    ("Domainshare.List", "domain_id=2059079", "domain_id=2059079"),
    (
        "Domainshare.Modify!",
        "domain_id=2059079 email=a@b.com mode=rw old_sub_domain=www new_sub_domain=bbs",
        "domain_id=2059079&email=a%40b.com&mode=rw&old_sub_domain=www&new_sub_domain=bbs",
    ),
    (
        "Domainshare.Remove!",
        "domain_id=2059079 email=a@b.com",
        "domain_id=2059079&email=a%40b.com",
    ),
    ("Domainalias.List", "domain_id=2059079", "domain_id=2059079"),
    (
        "Domainalias.Create!",
        "domain_id=2059079 domain=dnspodapi.com",
        "domain_id=2059079&domain=dnspodapi.com",
    ),
    (
        "Domainalias.Remove!",
        "domain_id=2059079 alias_id=18737",
        "domain_id=2059079&alias_id=18737",
    ),
    ("Domaingroup.List", "", ""),
    (
        "Domaingroup.Create!",
        "group_name=dnspod",
        "group_name=dnspod",
    ),
    (
        "Domaingroup.Modify!",
        "group_id=1985 group_name=dnspodgroup",
        "group_id=1985&group_name=dnspodgroup",
    ),
    ("Domaingroup.Remove!", "group_id=1985", "group_id=1985"),
    (
        "Record.Type",
        "domain_grade=DP_Free",
        "domain_grade=DP_Free",
    ),
    (
        "Record.Line",
        "domain_grade=DP_Free domain=dnspod.com",
        "domain_grade=DP_Free&domain=dnspod.com",
    ),
    (
        "Record.Create!",
        "domain_id=2317346 sub_domain=@ record_type=MX record_line=默认 value=mail.dnspod.com. mx=5 ttl=600 status=disable weight=20",
        "domain_id=2317346&sub_domain=%40&record_type=MX&record_line=%E9%BB%98%E8%AE%A4&value=mail.dnspod.com.&mx=5&ttl=600&status=disable&weight=20",
    ),
    (
        "Record.List",
        "domain=example.com offset=0 length=3000 sub_domain=* keyword=x record_type=A record_line=default",
        "domain=example.com&offset=0&length=3000&sub_domain=%2A&keyword=x&record_type=A&record_line=default",
    ),
    (
        "Record.Modify!",
        "domain_id=2317346 record_id=16894439 sub_domain=www record_type=A record_line_id=10=3 value=3.2.2.2 mx=5 ttl=600 status=enable weight=0",
        "domain_id=2317346&record_id=16894439&sub_domain=www&record_type=A&record_line_id=10%3D3&value=3.2.2.2&mx=5&ttl=600&status=enable&weight=0",
    ),
    (
        "Record.Remove!",
        "domain_id=2317346 record_id=16894439",
        "domain_id=2317346&record_id=16894439",
    ),
    (
        "Record.Ddns!",
        "domain_id=2317346 record_id=16894439 sub_domain=www record_line=default record_type=A value=6.6.6.6 ttl=600",
        "domain_id=2317346&record_id=16894439&sub_domain=www&record_line=default&record_type=A&value=6.6.6.6&ttl=600",
    ),
    (
        "Record.Remark!",
        "domain_id=2317346 record_id=16894439 remark=test",
        "domain_id=2317346&record_id=16894439&remark=test",
    ),
    (
        "Record.Info",
        "domain_id=2317346 record_id=16894439",
        "domain_id=2317346&record_id=16894439",
    ),
    (
        "Record.Status!",
        "domain_id=2317346 record_id=16894439 status=disable",
        "domain_id=2317346&record_id=16894439&status=disable",
    ),
    ("Domain.Purview", "domain_id=2059079", "domain_id=2059079"),
    (
        "Batch.Domain.Create!",
        "domains=dnsapi1.cn,dnsapi2.cn record_value=11.22.33.45",
        "domains=dnsapi1.cn%2Cdnsapi2.cn&record_value=11.22.33.45",
    ),
    (
        "Batch.Record.Create!",
        r#"domain_id=16,20 records=[{"sub_domain":"www"}]"#,
        "domain_id=16%2C20&records=%5B%7B%22sub_domain%22%3A%22www%22%7D%5D",
    ),
    (
        "Batch.Record.Modify!",
        "record_id=36,90 change=record_type change_to=MX value=dnsapi1.cn. mx=5",
        "record_id=36%2C90&change=record_type&change_to=MX&value=dnsapi1.cn.&mx=5",
    ),
    ("Batch.Detail", "job_id=409752", "job_id=409752"),
];

/// What a client of the site that has it sends for an operation.
fn prepared(operation: &'static Operation, words: &str) -> Request {
    let token = Credential::LoginToken(Secret::new("13490,6b5976c68aba"));
    let is_chinese = operations(Site::China).any(|it| it.name == operation.name);
    let site = if is_chinese {
        Site::China
    } else {
        Site::International
    };
    let client = Client::new((), site, token);
    client
        .prepare(operation, &written(operation, words))
        .unwrap()
}

#[test]
fn each_operation_sends_what_its_page_documents() {
    let common = "?login_token=13490%2C6b5976c68aba&format=json&lang=en&error_on_empty=no";
    for (name, words, expected) in SNAPSHOTS {
        let operation = named(name.trim_end_matches('!'));
        let request = prepared(operation, words);
        assert_eq!(request.writes, name.ends_with('!'), "{name}");
        assert_eq!(request.method.as_str(), "POST", "{name}");
        assert_eq!(request.path, format!("/{}", operation.name));
        assert_eq!(request.basic, None, "{name}");
        let RequestBody::Form(fields) = &request.body else {
            panic!("{name} without a form")
        };
        let sent = query(fields.iter().map(|(name, value)| (&**name, value.expose())));
        let own = match *name {
            "Auth" => sent.strip_prefix("?format=json&lang=en&error_on_empty=no"),
            _ => sent.strip_prefix(common),
        };
        let own = own.unwrap_or_else(|| panic!("{name} sends {sent}"));
        assert_eq!(own.trim_start_matches('&'), *expected, "{name}");
    }
    let shown: Vec<_> = SNAPSHOTS
        .iter()
        .map(|it| it.0.trim_end_matches('!'))
        .collect();
    for operation in all() {
        assert!(
            shown.contains(&operation.name),
            "{} is not tried",
            operation.name
        );
    }
}

#[test]
fn each_parameter_is_in_some_snapshot_or_stands_in_for_one() {
    for operation in all() {
        let of_it = SNAPSHOTS
            .iter()
            .find(|it| it.0.trim_end_matches('!') == operation.name);
        let words = of_it.unwrap().1;
        for parameter in operation.parameters {
            let is_given = words
                .split_whitespace()
                .any(|it| it.starts_with(&format!("{}=", parameter.name)));
            let has_substitute = operation
                .one_of
                .iter()
                .any(|group| group.contains(&parameter.name));
            let of_agents = parameter.name == "user_id";
            assert!(
                is_given || has_substitute || of_agents,
                "{}: {}",
                operation.name,
                parameter.name
            );
        }
    }
}

#[test]
fn secrets_are_sent_and_not_shown() {
    let operation = named("Auth");
    let words = "login_email=a@b.com login_password=hunter22 login_code=123456";
    let request = prepared(operation, words);
    let shown = format!("{request:?}");
    assert!(
        !shown.contains("hunter22") && !shown.contains("123456"),
        "{shown}"
    );
    assert!(!shown.contains("6b5976"), "{shown}");
    let request = prepared(named("User.Detail"), "");
    let RequestBody::Form(fields) = &request.body else {
        panic!("no form")
    };
    assert!(matches!(&fields[0], (name, FormValue::Secret(_)) if name == "login_token"));
    assert!(!format!("{request:?}").contains("6b5976"));
}

#[test]
fn a_typed_call_sends_what_a_written_one_does() {
    let typed = record::RecordModify {
        domain: Some("example.com".into()),
        record_id: "2169654400".into(),
        sub_domain: "www".into(),
        record_type: "A".into(),
        record_line_id: Some("10=3".into()),
        value: "3.2.2.2".into(),
        ttl: Some(600),
        ..record::RecordModify::default()
    };
    let words = "domain=example.com record_id=2169654400 sub_domain=www record_type=A \
                 record_line_id=10=3 value=3.2.2.2 ttl=600";
    assert_eq!(
        typed.arguments(),
        written(record::RecordModify::OPERATION, words)
    );
    let typed = domain::DomainList {
        r#type: Some("mine".into()),
        ..domain::DomainList::default()
    };
    assert_eq!(
        typed.arguments(),
        written(domain::DomainList::OPERATION, "type=mine")
    );
}
