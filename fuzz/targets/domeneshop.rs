//! Domeneshop's replies: only what the vendor documents as a success is one, a list is a list and not
//! what stands in its place (L7), a record goes back as it came but for its address (L5), and no
//! failure shows a secret (L12).

use moored::{
    core::{reconcile::plan::UpdateMode, secret::Secret},
    domeneshop::{
        DomeneshopAccount, ENDPOINT, Settings,
        api::{dns::DnsList, domains::DomainsList, forwards::ForwardsList, invoices::InvoicesList},
        operations,
    },
    http::{Request, RequestBody, Response},
    providers::{Provider, operation::Call, zone_records::ZoneRecords},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::service::{FuzzTransport, SECRETS, arguments, assert_sound, by_hand, hosts, moved, now};

fn account(service: FuzzTransport) -> DomeneshopAccount<FuzzTransport> {
    let [token, secret, _] = SECRETS.map(Secret::new);
    let settings = Settings {
        token,
        secret,
        endpoint: ENDPOINT.to_owned(),
        push: UpdateMode::WhenReplaceable,
    };
    DomeneshopAccount::new(service, &settings)
}

pub(crate) fn replies(bytes: &[u8]) {
    let Some((choice, service)) = FuzzTransport::of(bytes) else {
        return;
    };
    operation(choice, &service);
    typed(&service, &DomainsList::default());
    typed(&service, &InvoicesList::default());
    typed(&service, &ForwardsList { domain_id: 1 });
    let of_domain = DnsList {
        domain_id: 1,
        ..DnsList::default()
    };
    typed(&service, &of_domain);
    list(&service);
    book(&service);
}

/// One operation, with its answer as it comes.
fn operation(choice: u8, service: &FuzzTransport) {
    let all: Vec<_> = operations().collect();
    let operation = all[usize::from(choice) % all.len()];
    let account = account(service.anew());
    let client = account.client();
    match now(client.invoke(operation, &arguments(operation))) {
        Ok(value) => {
            let last = client.transport().sent().len() - 1;
            // What `forwards.get` does not find it looks up in the list.
            if last == 0 {
                let status = service.first().as_ref().unwrap().status;
                assert!((200..300).contains(&status), "{status} {value}");
                assert!(operation.meaning(status.into()).is_some(), "{status}");
            }
            let _ = (operation.shape)(&value);
        }
        Err(failure) => assert_sound(&failure, client.transport()),
    }
}

/// A list, typed: what was understood of it is written and read the same.
fn typed<C: Call>(service: &FuzzTransport, call: &C)
where
    C::Output: Serialize + PartialEq + std::fmt::Debug,
{
    let account = account(service.anew());
    match now(account.client().call(call)) {
        Ok(listed) => {
            assert!(
                items(service).is_some(),
                "nothing is taken for an empty list"
            );
            let again = serde_json::to_value(&listed).unwrap();
            assert_eq!(serde_json::from_value::<C::Output>(again).unwrap(), listed);
        }
        Err(failure) => assert_sound(&failure, account.client().transport()),
    }
}

/// What the first answer lists, if it is a list.
fn items(service: &FuzzTransport) -> Option<Vec<Map<String, Value>>> {
    let Ok(Response {
        status: 200, body, ..
    }) = service.first()
    else {
        return None;
    };
    // What is passed over may be anything, raw control characters in a text among it.
    let text = String::from_utf8_lossy(body).replace(char::is_control, " ");
    serde_json::from_str(&text).ok()
}

/// A round's view, and writing back what it saw.
fn list(service: &FuzzTransport) {
    let (hosts, zone) = hosts();
    for known in [&[zone.clone()][..], &[]] {
        let account = account(service.anew());
        match now(account.list(&hosts, known)) {
            Ok(listing) => {
                assert!(
                    items(service).is_some(),
                    "nothing is taken for an empty list"
                );
                assert!(listing.records.iter().all(|it| hosts.contains(&it.host)));
                if !known.is_empty() && account.client().transport().sent().len() == 1 {
                    write_back(&items(service).unwrap(), &listing.records);
                }
            }
            Err(failure) => assert_sound(&failure, account.client().transport()),
        }
    }
}

fn write_back(listed: &[Map<String, Value>], records: &[moored::core::dns::record::Record]) {
    let plan = moved(records);
    let account = account(FuzzTransport::always(204, ""));
    for result in now(account.apply(&plan)) {
        result.unwrap();
    }
    let sent = account.client().transport().sent();
    assert_eq!(sent.len(), plan.changes().len());
    for request in sent {
        let same = listed
            .iter()
            .any(|it| is_same_but_for_its_address(it, &request));
        assert!(same, "{request:?} loses something of {listed:?}");
    }
}

/// Whether a request writes what was listed, with another address.
fn is_same_but_for_its_address(listed: &Map<String, Value>, request: &Request) -> bool {
    let RequestBody::Json(written) = &request.body else {
        return false;
    };
    let mut written: Map<String, Value> = serde_json::from_str(written).unwrap();
    let mut listed = listed.clone();
    let id = listed.remove("id").map(|id| text(&id)).unwrap_or_default();
    for record in [&mut written, &mut listed] {
        record.remove("data");
        let kind = record.remove("type").map(|kind| text(&kind).to_uppercase());
        record.insert("type".to_owned(), kind.into());
        let ttl = record.remove("ttl").filter(|ttl| !ttl.is_null());
        record.insert("ttl".to_owned(), ttl.map(|ttl| text(&ttl)).into());
    }
    let number: Option<u64> = id.parse().ok();
    let path = number.map(|id| format!("/domains/1/dns/{id}"));
    path.as_ref() == Some(&request.path) && written == listed
}

/// A number and its digits are the same.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let digits = text.trim().trim_start_matches('+');
            let number = digits.parse::<u64>().map(|it| it.to_string());
            number.unwrap_or_else(|_| digits.to_owned())
        }
        other => other.to_string(),
    }
}

/// What a person does with single records.
fn book(service: &FuzzTransport) {
    let (_, zone) = hosts();
    let book = account(service.anew());
    match now(book.records(&zone, &|_, _| {})) {
        Ok(_) => assert!(
            items(service).is_some(),
            "nothing is taken for an empty list"
        ),
        Err(failure) => assert_sound(&failure, book.client().transport()),
    }
    for way in 0..3 {
        let book = account(service.anew());
        if let Err(failure) = by_hand(&book, &zone, way) {
            assert_sound(&failure, book.client().transport());
        }
    }
}
