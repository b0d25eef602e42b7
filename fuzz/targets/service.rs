//! A provider in memory that answers with bytes it was given, what is sent to it, and what is demanded of
//! every reply of either provider.

use std::{cell::RefCell, net::IpAddr, rc::Rc, time::Duration};

use futures_util::FutureExt;
use moored::{
    core::{
        address::{
            family::Family,
            policy::{PublishPolicy, PublishableAddr},
        },
        dns::{
            change::{Change, Method, Reason, Step},
            name::Fqdn,
            record::{AccountName, Origin, Record, Target, Zone},
        },
        error::{ErrorClass, ProviderError},
        reconcile::{
            guard::{SafePlan, guard},
            limits::WriteLimits,
        },
        state::quota::RequestQuota,
        time::BootTime,
    },
    http::{Delivery, Request, Response, SendError, Transport},
    providers::{
        operation::{Arguments, Operation, ParameterKind},
        zone_records::{AnyRecord, ZoneRecords},
    },
};

use super::assert_plain;

/// What no message may show: the credentials and the password of a login. The answers that the corpora
/// hold repeat them.
pub(crate) const SECRETS: [&str; 3] = ["tOken4Zq9xWv7kJ", "sEcret8Bn5mPq2L", "pAssword6Rt3yHd"];

const STATUSES: [u16; 18] = [
    200, 201, 202, 204, 302, 400, 401, 403, 404, 408, 409, 412, 422, 429, 500, 502, 503, 511,
];

/// What stands between the answers to the first request and to the next.
const NEXT: &[u8] = b"\n---\n";

/// The bits of the byte that says what an answer has besides its body.
const RETRY_AFTER: u8 = 1;
const LOCATION: u8 = 2;
const LOST: u8 = 4;
const NOT_SENT: u8 = 8;

/// A service that answers each request with the next of its answers, and from then on with the last.
#[derive(Clone)]
pub(crate) struct FuzzTransport {
    answers: Vec<Result<Response, SendError>>,
    sent: Rc<RefCell<Vec<Request>>>,
}

impl FuzzTransport {
    /// By three bytes, of which the first is the caller's: that, the status and what else an answer has.
    /// The rest is one body or several.
    pub(crate) fn of(bytes: &[u8]) -> Option<(u8, Self)> {
        let (&[choice, status, besides], bodies) = bytes.split_first_chunk::<3>()?;
        let status = STATUSES[usize::from(status) % STATUSES.len()];
        let mut answers = Vec::new();
        let mut rest = bodies;
        while let Some(end) = rest.windows(NEXT.len()).position(|it| it == NEXT) {
            answers.push(answer(status, besides, &rest[..end]));
            rest = &rest[end + NEXT.len()..];
        }
        answers.push(answer(status, besides, rest));
        Some((choice, Self::new(answers)))
    }

    /// One that answers everything alike.
    pub(crate) fn always(status: u16, body: &str) -> Self {
        Self::new(vec![answer(status, 0, body.as_bytes())])
    }

    fn new(answers: Vec<Result<Response, SendError>>) -> Self {
        Self {
            answers,
            sent: Rc::default(),
        }
    }

    /// The same answers from the first on, with nothing sent yet.
    pub(crate) fn anew(&self) -> Self {
        Self::new(self.answers.clone())
    }

    /// The answer to the first request.
    pub(crate) fn first(&self) -> &Result<Response, SendError> {
        self.answer_to(0)
    }

    fn answer_to(&self, request: usize) -> &Result<Response, SendError> {
        &self.answers[request.min(self.answers.len() - 1)]
    }

    /// What was sent so far.
    pub(crate) fn sent(&self) -> Vec<Request> {
        self.sent.borrow().clone()
    }
}

impl Transport for FuzzTransport {
    async fn send(&self, request: &Request) -> Result<Response, SendError> {
        let mut sent = self.sent.borrow_mut();
        sent.push(request.clone());
        self.answer_to(sent.len() - 1).clone()
    }
}

fn answer(status: u16, besides: u8, body: &[u8]) -> Result<Response, SendError> {
    if besides & LOST != 0 {
        let sent = match besides & NOT_SENT {
            0 => Delivery::Unknown,
            _ => Delivery::NotSent,
        };
        let what = "no answer".to_owned();
        return Err(SendError { sent, what });
    }
    let location = String::from_utf8_lossy(body).chars().take(80).collect();
    Ok(Response {
        status,
        retry_after: (besides & RETRY_AFTER != 0).then_some(Duration::from_mins(2)),
        location: (besides & LOCATION != 0).then_some(location),
        body: body.to_vec(),
    })
}

/// Arguments that fit an operation: what it needs and no more.
pub(crate) fn arguments(operation: &'static Operation) -> Arguments {
    let first = operation.one_of.iter().filter_map(|group| group.first());
    let first: Vec<_> = first.copied().collect();
    let needed = operation.parameters.iter();
    let needed = needed.filter(|it| it.required || first.contains(&it.name));
    let words = needed.map(|parameter| {
        let value = match (parameter.kind, parameter.name) {
            (ParameterKind::Secret, _) => SECRETS[2].to_owned(),
            (ParameterKind::Integer(least, _), _) => least.max(1).to_string(),
            (ParameterKind::Choice(words), _) => words[0].to_owned(),
            (ParameterKind::Flag, _) => "true".to_owned(),
            (_, "data" | "value") => "192.0.2.7".to_owned(),
            (_, "url") => "https://www.example.com".to_owned(),
            (_, "host" | "sub_domain") => "home".to_owned(),
            (_, "hostname") => "home.example.com".to_owned(),
            (_, "record_type") => "A".to_owned(),
            _ => "7".to_owned(),
        };
        format!("{}={value}", parameter.name)
    });
    let words: Vec<_> = words.collect();
    let written = Arguments::written(operation, &words);
    written.unwrap_or_else(|misuses| panic!("{} {words:?}: {misuses:?}", operation.name))
}

/// A failure's words show no secret, and its class does not say more than is known: `service` is what
/// was asked, and the last that it was asked failed.
pub(crate) fn assert_sound(failure: &ProviderError, service: &FuzzTransport) {
    assert_plain(&failure.message, 1_500);
    let shown = format!("{failure} {failure:?}");
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{shown}");
    }
    let sent = service.sent.borrow();
    let Some(last) = sent.last() else {
        assert_eq!(
            failure.class,
            ErrorClass::Invalid,
            "nothing was asked: {failure:?}"
        );
        return;
    };
    let may_have_arrived = match service.answer_to(sent.len() - 1) {
        Ok(response) => response.status >= 500,
        Err(error) => error.sent == Delivery::Unknown,
    };
    let class = failure.class;
    assert!(
        last.writes || class != ErrorClass::Unconfirmed,
        "{failure:?}"
    );
    if last.writes && may_have_arrived {
        assert_ne!(
            class,
            ErrorClass::Transient,
            "it may have had an effect: {failure:?}"
        );
    }
}

/// The hosts that are asked about, and the zone they lie in.
pub(crate) fn hosts() -> (Vec<Fqdn>, Zone) {
    let name = |text| Fqdn::parse(text).unwrap();
    let zone = Zone {
        name: "example.com".parse().unwrap(),
        id: "1".into(),
    };
    let hosts = ["home.example.com", "example.com", "*.example.com"];
    (hosts.map(name).to_vec(), zone)
}

/// A plan that gives each record another address and leaves all else of it alone.
pub(crate) fn moved(records: &[Record]) -> SafePlan {
    let (_, zone) = hosts();
    let changes = records.iter().map(|record| {
        let family = Family::of(record.addr);
        let addr = elsewhere(family);
        let steps = vec![Step::Modify {
            record: record.clone(),
            addr,
            ttl: None,
        }];
        Change {
            target: Target {
                account: AccountName("home".into()),
                host: record.host.clone(),
                family,
            },
            from: vec![record.addr],
            origin: Origin::List,
            to: vec![addr.addr()],
            method: Method::Records {
                zone: zone.clone(),
                steps,
            },
            reason: Reason::AddressChanged,
            replaceable_afterwards: false,
            raised_ttl: None,
        }
    });
    let changes = changes.filter(|it| it.from != it.to).collect();
    let limits = WriteLimits {
        general_requests: u32::MAX,
        ..WriteLimits::default()
    };
    let (now, sent) = (BootTime::from_millis(0), RequestQuota::default());
    let (plan, refused) = guard(changes, limits, now, &sent, |_| None);
    assert_eq!(refused, [], "a record of another name was listed");
    plan
}

/// The address that a record is given.
pub(crate) fn elsewhere(family: Family) -> PublishableAddr {
    let addr: IpAddr = match family {
        Family::V4 => "198.51.100.7".parse().unwrap(),
        Family::V6 => "2001:db8::7".parse().unwrap(),
    };
    let acceptance = PublishPolicy {
        accept_any: true,
        ..PublishPolicy::default()
    };
    acceptance.check(family, addr).unwrap()
}

/// The end of something that waits for nobody but the service.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("the service answers at once")
}

/// What a person does with a single record, one of three ways.
pub(crate) fn by_hand(book: &impl ZoneRecords, zone: &Zone, way: u8) -> Result<(), ProviderError> {
    let record = AnyRecord {
        id: "7".into(),
        host: "home".into(),
        r#type: "A".into(),
        data: "198.51.100.7".into(),
        ..AnyRecord::default()
    };
    match way {
        0 => now(book.add(zone, &record)).map(drop),
        1 => now(book.set(zone, &record)),
        _ => now(book.delete(zone, "7")),
    }
}
