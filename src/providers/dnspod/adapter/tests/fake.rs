//! A DNSPod of one function, and short words for what the tests are about.

use std::{cell::RefCell, collections::BTreeMap, net::IpAddr};

use crate::{
    core::{
        address::{
            family::Family,
            policy::{PublishPolicy, PublishableAddr},
        },
        dns::{
            change::{Change, Method, Reason, Step},
            name::Fqdn,
            record::{AccountName, Attributes, Origin, Record, Target, Zone},
        },
        error::ProviderError,
        reconcile::{
            guard::{SafePlan, guard},
            limits::WriteLimits,
        },
        secret::Secret,
        state::quota::RequestQuota,
        time::BootTime,
    },
    http::{Delivery, Request, RequestBody, Response, SendError, Transport},
    providers::dnspod::{Credential, DnsPodAccount, Settings, Site},
};

/// The fields of a call.
pub(super) type Fields = BTreeMap<String, String>;

/// What the service does with a call.
#[derive(Clone)]
pub(super) enum FakeAnswer {
    /// It answers with this HTTP status and body.
    Page(u16, String),
    /// Its answer does not arrive.
    Lost,
}

/// A service of one function.
pub(super) type FakeService = Box<dyn Fn(&str, &Fields) -> FakeAnswer>;

/// Answers calls with a function of their name and fields, and keeps them.
pub(super) struct FakeTransport {
    answer: FakeService,
    seen: RefCell<Vec<(String, Fields)>>,
}

impl Transport for FakeTransport {
    async fn send(&self, request: &Request) -> Result<Response, SendError> {
        let name = request.path.trim_start_matches('/').to_owned();
        let RequestBody::Form(pairs) = &request.body else {
            panic!("{name} without a form")
        };
        let pairs = pairs.iter();
        let fields: Fields = pairs
            .map(|(name, value)| (name.to_string(), value.expose().to_owned()))
            .collect();
        let answer = (self.answer)(&name, &fields);
        self.seen.borrow_mut().push((name, fields));
        match answer {
            FakeAnswer::Page(status, body) => Ok(Response {
                status,
                retry_after: None,
                location: None,
                body: body.into_bytes(),
            }),
            FakeAnswer::Lost => Err(SendError {
                sent: Delivery::Unknown,
                what: "no complete answer within 10 s".into(),
            }),
        }
    }
}

/// An account of `site` that keeps its default line.
pub(super) fn account(
    site: Site,
    answer: impl Fn(&str, &Fields) -> FakeAnswer + 'static,
) -> DnsPodAccount<FakeTransport> {
    account_on(site, site.default_line(), answer)
}

/// The same on another line.
pub(super) fn account_on(
    site: Site,
    line: &str,
    answer: impl Fn(&str, &Fields) -> FakeAnswer + 'static,
) -> DnsPodAccount<FakeTransport> {
    let settings = Settings {
        site,
        credential: Credential::LoginToken(Secret::new("13490,6b5976c6")),
        contact: "me@example.com".into(),
        endpoint: site.endpoint().into(),
        line: line.into(),
    };
    let fake = FakeTransport {
        answer: Box::new(answer),
        seen: RefCell::default(),
    };
    DnsPodAccount::new(fake, &settings)
}

/// The calls so far, without the fields that every call has.
pub(super) fn seen(account: &DnsPodAccount<FakeTransport>) -> Vec<(String, Fields)> {
    let mut seen = account.client().transport().seen.borrow().clone();
    for (_, fields) in &mut seen {
        for global in ["login_token", "format", "lang", "error_on_empty"] {
            assert!(fields.remove(global).is_some(), "{global} is missing");
        }
    }
    seen
}

/// The names of the calls so far.
pub(super) fn names(account: &DnsPodAccount<FakeTransport>) -> Vec<String> {
    let seen = seen(account).into_iter();
    seen.map(|(name, _)| name).collect()
}

pub(super) fn fields(pairs: &[(&str, &str)]) -> Fields {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

pub(super) fn page(status: u16, body: impl Into<String>) -> FakeAnswer {
    FakeAnswer::Page(status, body.into())
}

pub(super) fn code(code: i64) -> FakeAnswer {
    page(200, format!(r#"{{"status":{{"code":"{code}"}}}}"#))
}

/// A page of `Record.List`, from JSON objects.
pub(super) fn records(total: usize, records: &[String]) -> FakeAnswer {
    let records = records.join(",");
    page(
        200,
        format!(
            r#"{{"status":{{"code":"1"}},"domain":{{"id":"2317346","min_ttl":600}},
                "info":{{"record_total":"{total}"}},"records":[{records}]}}"#
        ),
    )
}

/// A page of `Domain.List`, from numbers and names.
pub(super) fn domains(total: usize, domains: &[(u32, &str)]) -> FakeAnswer {
    let domains = domains.iter();
    let domains: Vec<_> = domains
        .map(|(id, name)| format!(r#"{{"id":{id},"name":"{name}"}}"#))
        .collect();
    let domains = domains.join(",");
    page(
        200,
        format!(
            r#"{{"status":{{"code":"1"}},"info":{{"domain_total":{total}}},
                "domains":[{domains}]}}"#
        ),
    )
}

/// A listed record of the international site.
pub(super) fn listed(id: u32, name: &str, kind: &str, line: &str, value: &str) -> String {
    format!(
        r#"{{"id":"{id}","name":"{name}","type":"{kind}","line":"{line}","value":"{value}",
            "ttl":"600","mx":"0","enabled":"1","status":"enabled","remark":""}}"#
    )
}

/// The answer to a write that stored what was sent.
pub(super) fn stored(fields: &Fields) -> FakeAnswer {
    let field = |name: &str, other| fields.get(name).map_or(other, String::as_str);
    let (id, value) = (field("record_id", "1"), field("value", ""));
    page(
        200,
        format!(r#"{{"status":{{"code":"1"}},"record":{{"id":"{id}","value":"{value}"}}}}"#),
    )
}

pub(super) fn host(name: &str) -> Fqdn {
    Fqdn::parse(name).unwrap()
}

pub(super) fn zone(name: &str) -> Zone {
    Zone {
        name: name.parse().unwrap(),
        id: "2317346".into(),
    }
}

pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(super) fn admitted(text: &str) -> PublishableAddr {
    let addr = ip(text);
    PublishPolicy::default()
        .check(Family::of(addr), addr)
        .unwrap()
}

/// A record of `name` as the international site lists it.
pub(super) fn record(id: &str, name: &str, addr: &str) -> Record {
    Record {
        id: id.into(),
        host: host(name),
        addr: ip(addr),
        ttl: Some(600),
        attributes: Attributes::from([("line".into(), "default".into())]),
    }
}

/// A step that gives a record another address.
pub(super) fn modify(record: Record, addr: &str) -> Step {
    Step::Modify {
        record,
        addr: admitted(addr),
        ttl: None,
    }
}

/// A change of `name` in example.com by these steps.
pub(super) fn change(name: &str, steps: Vec<Step>) -> Change {
    let mut to: Vec<IpAddr> = Vec::new();
    let mut family = Family::V4;
    for step in &steps {
        match step {
            Step::Create { addr, .. } | Step::Modify { addr, .. } => to.push(addr.addr()),
            Step::Delete { record } => family = Family::of(record.addr),
        }
    }
    let reason = match to.first() {
        Some(addr) => {
            family = Family::of(*addr);
            Reason::AddressChanged
        }
        None => Reason::FamilyGone,
    };
    Change {
        target: Target {
            account: AccountName("dnspod".into()),
            host: host(name),
            family,
        },
        from: vec![ip("9.9.9.9")],
        origin: Origin::List,
        to,
        method: Method::Records {
            zone: zone("example.com"),
            steps,
        },
        reason,
        replaceable_afterwards: true,
        raised_ttl: None,
    }
}

/// The plan of these changes; the guard has nothing against any of them.
pub(super) fn safe(changes: Vec<Change>) -> SafePlan {
    let now = BootTime::from_millis(0);
    let (plan, refused) = guard(
        changes,
        WriteLimits::default(),
        now,
        &RequestQuota::default(),
        |_| None,
    );
    assert!(refused.is_empty(), "{refused:?}");
    plan
}

/// The failure of one change.
pub(super) fn failure(results: &[Result<(), ProviderError>], position: usize) -> &ProviderError {
    results[position].as_ref().unwrap_err()
}
