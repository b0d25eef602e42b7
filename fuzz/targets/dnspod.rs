//! DNSPod's replies: only the code for it is a success, a list is a list and not what stands in its
//! place (L7), a record goes back as it came but for its address (L5), and no failure shows a secret
//! (L12).

use moored::{
    core::{dns::record::Record, secret::Secret},
    dnspod::{
        Credential, DnsPodAccount, Settings, Site,
        api::{domain::DomainList, record::RecordList},
        codes::{self, CodeMeaning, SUCCESS},
        operations,
    },
    http::{Request, RequestBody, Response},
    providers::{
        Provider,
        operation::{Call, Operation},
        zone_records::ZoneRecords,
    },
};
use serde_json::Value;

use super::service::{
    FuzzTransport, SECRETS, arguments, assert_sound, by_hand, elsewhere, hosts, moved, now,
};

fn account(site: Site, service: FuzzTransport) -> DnsPodAccount<FuzzTransport> {
    let settings = Settings {
        site,
        credential: Credential::LoginToken(Secret::new(format!("13490,{}", SECRETS[0]))),
        contact: "me@example.com".into(),
        endpoint: site.endpoint().into(),
        line: site.default_line().into(),
    };
    DnsPodAccount::new(service, &settings)
}

pub(crate) fn replies(bytes: &[u8]) {
    let Some((choice, service)) = FuzzTransport::of(bytes) else {
        return;
    };
    let site = match choice & 0x80 {
        0 => Site::International,
        _ => Site::China,
    };
    let all: Vec<_> = operations(site).collect();
    operation(site, all[usize::from(choice & 0x7f) % all.len()], &service);
    list(site, &service);
    book(site, &service);
}

/// The code of an answer's envelope.
fn code(answer: &Response) -> Option<i64> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    match &body["status"]["code"] {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

/// Whether the first answer is a success of the operation, or says that there is nothing to list.
fn succeeds(operation: &Operation, service: &FuzzTransport) -> bool {
    let answer = service.first().as_ref().ok();
    answer.and_then(code).is_some_and(|code| {
        let kind = codes::find(operation.codes, code).map(|(_, kind)| kind);
        code == SUCCESS || matches!(kind, Some(CodeMeaning::Empty(_)))
    })
}

/// One operation, with its answer as it comes and with all pages of it.
fn operation(site: Site, operation: &'static Operation, service: &FuzzTransport) {
    let arguments = arguments(operation);
    for whole in [false, true] {
        let account = account(site, service.anew());
        let client = account.client();
        let said = if whole {
            now(client.invoke_all(operation, &arguments, &|_, _| {}))
        } else {
            now(client.invoke(operation, &arguments))
        };
        match said {
            Ok(value) => {
                assert!(succeeds(operation, service), "{} {value}", operation.name);
                let _ = (operation.shape)(&value);
            }
            Err(failure) => assert_sound(&failure, client.transport()),
        }
    }
}

/// A round's view, and writing back what it saw.
fn list(site: Site, service: &FuzzTransport) {
    let (hosts, zone) = hosts();
    for known in [&[zone.clone()][..], &[]] {
        let account = account(site, service.anew());
        match now(account.list(&hosts, known)) {
            Ok(listing) => {
                let call = match known {
                    [] => DomainList::OPERATION,
                    _ => RecordList::OPERATION,
                };
                let refused = !listing.zone_errors.is_empty() || !known.is_empty();
                assert!(refused || succeeds(call, service), "{listing:?}");
                if listing.zone_errors.is_empty() && account.client().transport().sent().len() == 1
                {
                    assert!(succeeds(call, service), "{listing:?}");
                }
                assert!(listing.records.iter().all(|it| hosts.contains(&it.host)));
                write_back(site, &listing.records);
                write(site, service, &listing.records);
                for (_, failure) in &listing.zone_errors {
                    assert_sound(failure, account.client().transport());
                }
            }
            Err(failure) => assert_sound(&failure, account.client().transport()),
        }
    }
}

/// What is said to be written is: by the code, and by the value if one is named.
fn write(site: Site, service: &FuzzTransport, records: &[Record]) {
    let plan = moved(records.get(..1).unwrap_or_default());
    let account = account(site, service.anew());
    let results = now(account.apply(&plan));
    for (change, result) in plan.changes().iter().zip(results) {
        if let Err(failure) = result {
            assert_sound(&failure, account.client().transport());
            continue;
        }
        let answer = service.first().as_ref().unwrap();
        assert_eq!(code(answer), Some(SUCCESS));
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        if let Some(stored) = body["record"]["value"].as_str() {
            let sent = elsewhere(change.target.family).addr();
            assert_eq!(stored.trim().parse(), Ok(sent));
        }
    }
}

/// A record goes back under its identifier and name and on its line, whatever else it has.
fn write_back(site: Site, records: &[Record]) {
    let plan = moved(records);
    let body = r#"{"status":{"code":"1"},"record":{"id":"1"}}"#;
    let account = account(site, FuzzTransport::always(200, body));
    let results = now(account.apply(&plan));
    let sent = account.client().transport().sent();
    let carried = results.iter().take_while(|it| it.is_ok()).count();
    let changes = plan.changes().iter().zip(&sent).take(carried);
    for (change, request) in changes {
        let record = records
            .iter()
            .find(|it| Some(it.id.as_str()) == field(request, "record_id"));
        let record = record.unwrap_or_else(|| panic!("{request:?}"));
        let same = |name: &str, attribute: &str| {
            let listed = record.attributes.get(attribute).map(String::as_str);
            let sent = field(request, name);
            assert!(listed == sent, "{name}: {sent:?} for {listed:?}");
        };
        assert_eq!(record.host, change.target.host);
        same("sub_domain", "sub_domain");
        match (site, record.attributes.contains_key("line_id")) {
            (Site::China, true) => same("record_line_id", "line_id"),
            _ => same("record_line", "line"),
        }
        if site == Site::China {
            same("status", "status");
        }
        let ttl = field(request, "ttl").map(|it| it.parse().unwrap());
        assert!(record.ttl <= ttl, "{ttl:?} for {record:?}");
    }
}

fn field<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let RequestBody::Form(fields) = &request.body else {
        return None;
    };
    let (_, value) = fields.iter().find(|(it, _)| it == name)?;
    Some(value.expose())
}

/// What a person does with single records.
fn book(site: Site, service: &FuzzTransport) {
    let (_, zone) = hosts();
    let book = account(site, service.anew());
    match now(book.records(&zone, &|_, _| {})) {
        Ok(_) => assert!(succeeds(RecordList::OPERATION, service)),
        Err(failure) => assert_sound(&failure, book.client().transport()),
    }
    for way in 0..3 {
        let book = account(site, service.anew());
        if let Err(failure) = by_hand(&book, &zone, way) {
            assert_sound(&failure, book.client().transport());
        }
    }
}
