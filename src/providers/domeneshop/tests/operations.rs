use super::*;
use crate::{
    core::error::ErrorClass,
    http::RequestBody,
    providers::{
        domeneshop::{
            api::{
                dns::{DnsCreate, DnsReplace},
                dyndns::DyndnsUpdate,
                forwards::ForwardsReplace,
            },
            operations,
        },
        operation::{Arguments, Call, Operation},
    },
};

fn operation(name: &str) -> &'static Operation {
    operations().find(|it| it.name == name).unwrap()
}

/// What an operation would send: `GET /domains`, with the body behind it.
fn prepared(name: &str, words: &[&str]) -> Result<String, ProviderError> {
    let account = account(|_| panic!("nothing is sent"));
    let operation = operation(name);
    let written: Vec<_> = words.iter().map(|it| (*it).to_owned()).collect();
    // What the definition alone refuses is refused in its words.
    let arguments = Arguments::written(operation, &written).map_err(|misuses| {
        let texts: Vec<_> = misuses.iter().map(ToString::to_string).collect();
        ProviderError::of_host(ErrorClass::Invalid, texts.join("; "))
    })?;
    let request = account.client().prepare(operation, &arguments)?;
    assert_eq!(request.writes, operation.writes);
    assert!(request.basic.is_some());
    let body = match &request.body {
        RequestBody::Empty => String::new(),
        RequestBody::Json(text) => format!(" {text}"),
        RequestBody::Form(_) => panic!("the API takes JSON"),
    };
    let sort = if request.writes { "writes" } else { "reads" };
    let method = request.method.as_str();
    Ok(format!("{sort} {method} {}{body}", request.path))
}

const REQUESTS: [(&str, &[&str], &str); 20] = [
    ("domains.list", &[], "reads GET /domains"),
    (
        "domains.list",
        &["domain=blå&.no"],
        "reads GET /domains?domain=bl%C3%A5%26.no",
    ),
    ("domains.get", &["domain_id=1"], "reads GET /domains/1"),
    ("dns.list", &["domain_id=1"], "reads GET /domains/1/dns"),
    (
        "dns.list",
        &["domain_id=1", "host=*.www", "type=A"],
        "reads GET /domains/1/dns?host=%2A.www&type=A",
    ),
    (
        "dns.create",
        &[
            "domain_id=1",
            "host=@",
            "ttl=3600",
            "type=A",
            "data=192.168.0.1",
        ],
        r#"writes POST /domains/1/dns {"host":"@","ttl":3600,"type":"A","data":"192.168.0.1"}"#,
    ),
    (
        "dns.create",
        &[
            "domain_id=1",
            "host=@",
            "type=TXT",
            "data=v=spf1 \"x\" -all",
        ],
        r#"writes POST /domains/1/dns {"host":"@","type":"TXT","data":"v=spf1 \"x\" -all"}"#,
    ),
    (
        "dns.create",
        &[
            "domain_id=1",
            "host=_sip._tcp",
            "type=SRV",
            "data=a.b",
            "priority=1",
            "weight=2",
            "port=443",
        ],
        r#"writes POST /domains/1/dns {"host":"_sip._tcp","type":"SRV","data":"a.b","priority":1,"weight":2,"port":443}"#,
    ),
    (
        "dns.create",
        &[
            "domain_id=1",
            "host=@",
            "type=CAA",
            "data=ca.no",
            "flags=0",
            "tag=issuewild",
        ],
        r#"writes POST /domains/1/dns {"host":"@","type":"CAA","data":"ca.no","flags":0,"tag":1}"#,
    ),
    (
        "dns.create",
        &[
            "domain_id=1",
            "host=a",
            "type=DS",
            "data=ab",
            "tag=60485",
            "alg=13",
            "digest=2",
        ],
        r#"writes POST /domains/1/dns {"host":"a","type":"DS","data":"ab","tag":60485,"alg":13,"digest":2}"#,
    ),
    (
        "dns.get",
        &["domain_id=1", "record_id=70000000000"],
        "reads GET /domains/1/dns/70000000000",
    ),
    (
        "dns.replace",
        &[
            "domain_id=1",
            "record_id=2",
            "host=@",
            "type=MX",
            "data=mx.example.com",
            "priority=10",
        ],
        r#"writes PUT /domains/1/dns/2 {"host":"@","type":"MX","data":"mx.example.com","priority":10}"#,
    ),
    (
        "dns.delete",
        &["domain_id=1", "record_id=2"],
        "writes DELETE /domains/1/dns/2",
    ),
    (
        "dyndns.update",
        &[
            "hostname=a.example.com,*.example.com",
            "myip=192.0.2.1,2001:db8::1",
        ],
        "writes GET /dyndns/update?hostname=a.example.com,%2A.example.com&myip=192.0.2.1,2001:db8::1",
    ),
    (
        "forwards.list",
        &["domain_id=1"],
        "reads GET /domains/1/forwards/",
    ),
    (
        "forwards.create",
        &[
            "domain_id=1",
            "host=www",
            "frame=false",
            "url=https://example.com/?a=b",
        ],
        r#"writes POST /domains/1/forwards/ {"host":"www","frame":false,"url":"https://example.com/?a=b"}"#,
    ),
    (
        "forwards.get",
        &["domain_id=1", "host=@"],
        "reads GET /domains/1/forwards/%40",
    ),
    (
        "forwards.replace",
        &["domain_id=1", "host=www", "url=ftp://example.com"],
        r#"writes PUT /domains/1/forwards/www {"host":"www","url":"ftp://example.com"}"#,
    ),
    (
        "forwards.delete",
        &["domain_id=1", "host=a/b"],
        "writes DELETE /domains/1/forwards/a%2Fb",
    ),
    (
        "invoices.list",
        &["status=unpaid"],
        "reads GET /invoices?status=unpaid",
    ),
];

#[test]
fn every_operation_sends_the_documented_request() {
    for (name, words, request) in REQUESTS {
        assert_eq!(prepared(name, words).as_deref(), Ok(request), "{name}");
    }
    let invoice = prepared("invoices.get", &["invoice_id=7"]);
    assert_eq!(invoice.as_deref(), Ok("reads GET /invoices/7"));
    let missing = operations().filter(|it| REQUESTS.iter().all(|(name, ..)| *name != it.name));
    let missing: Vec<_> = missing.map(|it| it.name).collect();
    assert_eq!(missing, ["invoices.get"], "every operation has a snapshot");
}

#[test]
fn all_fifteen_operations_are_defined_with_their_page_and_a_success() {
    let names: Vec<_> = operations().map(|it| it.name).collect();
    assert_eq!(names.len(), 15, "{names:?}");
    for operation in operations() {
        assert!(
            operation
                .page
                .starts_with("https://api.domeneshop.no/docs/#")
        );
        let is_success = |status: &i64| operation.meaning(*status).is_some();
        assert!((200..300).any(|it| is_success(&it)), "{}", operation.name);
        let in_path = operation.path.contains("{domain_id}");
        assert_eq!(
            operation.meaning(403).is_some(),
            in_path,
            "{}",
            operation.name
        );
    }
}

const A: [&str; 4] = ["domain_id=1", "host=@", "type=A", "data=192.0.2.1"];

/// Each is refused in these words, and nothing is sent.
fn assert_refused<const N: usize>(cases: [(&str, Vec<&str>, &str); N]) {
    for (name, words, said) in cases {
        let failure = prepared(name, &words).unwrap_err();
        assert_eq!(
            (failure.class, failure.message.as_str()),
            (ErrorClass::Invalid, said)
        );
    }
}

#[test]
fn a_record_that_does_not_fit_its_type_is_refused_before_anything_is_sent() {
    let with = |more: &[&'static str]| [&A[..], more].concat();
    let typed = |kind: &'static str, more: &[&'static str]| {
        [&["domain_id=1", "host=@", kind][..], more].concat()
    };
    assert_refused([
        (
            "dns.create",
            with(&["ttl=90"]),
            "`ttl` takes a multiple of 60, not `90`",
        ),
        (
            "dns.create",
            with(&["priority=1"]),
            "A has no `priority`; it takes host, ttl, data",
        ),
        (
            "dns.create",
            typed("type=MX", &["data=mx.no"]),
            "dns.create needs `priority` for MX",
        ),
        (
            "dns.create",
            typed("type=SRV", &["data=a.b", "priority=1", "port=1", "flags=0"]),
            "dns.create needs `weight` for SRV; SRV has no `flags`; it takes host, ttl, data, priority, weight, port",
        ),
        (
            "dns.create",
            typed("type=TLSA", &["data=ab", "usage=3", "selector=1"]),
            "dns.create needs `dtype` for TLSA",
        ),
        (
            "dns.create",
            typed("type=DS", &["data=ab", "alg=1", "digest=2", "tag=issue"]),
            "`tag` takes a number from 0 to 65535 for DS, not `issue`",
        ),
        (
            "dns.create",
            typed("type=CAA", &["data=ca.no", "flags=0", "tag=7"]),
            "`tag` takes issue|issuewild|iodef for CAA, not `7`",
        ),
        (
            "dns.create",
            typed("type=A", &["data=2001:db8::1"]),
            "`data` takes an IPv4 address for A, not `2001:db8::1`",
        ),
        (
            "dns.create",
            typed("type=AAAA", &["data=192.0.2.1"]),
            "`data` takes an IPv6 address for AAAA, not `192.0.2.1`",
        ),
        (
            "dns.replace",
            with(&["record_id=2", "ttl=61"]),
            "`ttl` takes a multiple of 60, not `61`",
        ),
    ]);
}

#[test]
fn a_host_a_target_or_an_address_that_is_none_is_refused_before_anything_is_sent() {
    assert_refused([
        (
            "forwards.delete",
            vec!["domain_id=1", "host=.."],
            "`host` takes a name below the domain, as `www`, or `@` for its own, not `..`",
        ),
        (
            "forwards.create",
            vec!["domain_id=1", "host=@", "url=www.example.com"],
            "`url` takes an address with its scheme, as `https://www.example.com`, not `www.example.com`",
        ),
        (
            "dyndns.update",
            vec!["hostname=a.example.com,b.example.com."],
            "`hostname` takes names in full, as `home.example.com`, commas between them, not `b.example.com.`",
        ),
        (
            "dyndns.update",
            vec!["hostname=a.example.com", "myip=192.0.2.1,home"],
            "`myip` takes addresses, commas between them, not `home`",
        ),
        (
            "dyndns.update",
            vec![
                "hostname=a.example.com",
                "myip=::1,::2,::3,::4,::5,::6,::7,::8,::9,::a",
            ],
            "`myip` takes at most 9 addresses",
        ),
    ]);
}

#[test]
fn the_definitions_own_limits_are_kept_too() {
    for (name, words, said) in [
        (
            "domains.get",
            &["domain_id=0"][..],
            "`domain_id` takes a number from 1, not `0`",
        ),
        (
            "invoices.list",
            &["status=late"],
            "`status` takes unpaid|paid|settled, not `late`",
        ),
        ("dns.get", &["domain_id=1"], "dns.get needs `record_id`"),
        (
            "dns.create",
            &["domain_id=1", "host=@", "type=PTR", "data=a.b"],
            "`type` takes A|AAAA|CNAME|ANAME|MX|SRV|TXT|NS|CAA|DS|TLSA, not `PTR`",
        ),
        (
            "dns.create",
            &[
                "domain_id=1",
                "host=@",
                "type=A",
                "data=192.0.2.1",
                "ttl=604860",
            ],
            "`ttl` takes a number from 60 to 604800, not `604860`",
        ),
    ] {
        let words: Vec<_> = words.iter().map(|it| (*it).to_owned()).collect();
        let misuses = Arguments::written(operation(name), &words).unwrap_err();
        assert!(misuses[0].to_string().starts_with(said), "{misuses:?}");
    }
}

#[test]
fn a_typed_call_is_checked_before_it_is_sent() {
    fn refused<C: Call>(call: &C) -> String {
        let account = account(|_| panic!("nothing is sent"));
        let failure = account.client().call(call).now_or_never().unwrap();
        let failure = failure.err().unwrap();
        assert_eq!(failure.class, ErrorClass::Invalid);
        failure.message
    }
    let mail = DnsCreate {
        domain_id: 1,
        host: "@".into(),
        r#type: "MX".into(),
        data: "mx.example.com".into(),
        ..DnsCreate::default()
    };
    assert_eq!(refused(&mail), "dns.create needs `priority` for MX");
    assert!(refused(&DnsReplace::default()).contains("`domain_id` takes a number from 1"));
    assert!(refused(&DyndnsUpdate::default()).contains("`hostname`"));
    assert!(refused(&ForwardsReplace::default()).contains("`domain_id`"));
}
