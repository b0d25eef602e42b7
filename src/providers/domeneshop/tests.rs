//! The account over a transport in memory, and the client over real HTTP.

mod answers;
mod book;
mod conflicts;
mod list;
mod operations;
mod push;
mod records;
mod wire;

use std::{cell::RefCell, net::IpAddr};

use futures_util::FutureExt;

use super::{DomeneshopAccount, ENDPOINT, Settings};
use crate::{
    core::{
        address::{
            addr_set::AddrSet,
            family::Family,
            policy::{PublishPolicy, PublishableAddr},
        },
        dns::{
            change::{Change, Method, Reason, Step},
            name::{Fqdn, ZoneName},
            record::{AccountName, Origin, Target, Zone},
        },
        error::ProviderError,
        reconcile::{
            guard::{SafePlan, guard},
            limits::WriteLimits,
            plan::UpdateMode,
        },
        state::quota::RequestQuota,
        time::BootTime,
    },
    http::{Request, Response, SendError, Transport},
    providers::Provider,
};

type FakeAnswer = Result<Response, SendError>;

/// A service in memory: notes every request and answers at once.
struct FakeTransport<F> {
    answer: F,
    sent: RefCell<Vec<Request>>,
}

impl<F: Fn(&Request) -> FakeAnswer> Transport for FakeTransport<F> {
    async fn send(&self, request: &Request) -> FakeAnswer {
        self.sent.borrow_mut().push(request.clone());
        (self.answer)(request)
    }
}

fn settings() -> Settings {
    Settings {
        token: crate::core::secret::Secret::new("token-x7"),
        secret: crate::core::secret::Secret::new("secret-x7"),
        endpoint: ENDPOINT.into(),
        push: UpdateMode::WhenReplaceable,
    }
}

fn account<F: Fn(&Request) -> FakeAnswer>(answer: F) -> DomeneshopAccount<FakeTransport<F>> {
    let sent = RefCell::default();
    DomeneshopAccount::new(FakeTransport { answer, sent }, &settings())
}

impl<F: Fn(&Request) -> FakeAnswer> DomeneshopAccount<FakeTransport<F>> {
    /// What was sent, as `GET /domains`, in order.
    fn sent(&self) -> Vec<String> {
        let sent = self.client().transport().sent.borrow();
        let shown = |it: &Request| format!("{} {}", it.method.as_str(), it.path);
        sent.iter().map(shown).collect()
    }

    fn apply_now(&self, changes: Vec<Change>) -> Vec<Result<(), ProviderError>> {
        self.apply(&safe(changes)).now_or_never().unwrap()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is an answer of the fake")]
fn answer(status: u16, body: &str) -> FakeAnswer {
    Ok(Response {
        status,
        retry_after: None,
        location: None,
        body: body.as_bytes().to_vec(),
    })
}

fn name(text: &str) -> Fqdn {
    Fqdn::parse(text).unwrap()
}

fn names(texts: &[&str]) -> Vec<Fqdn> {
    texts.iter().map(|text| name(text)).collect()
}

fn zone(id: &str, text: &str) -> Zone {
    Zone {
        name: ZoneName::parse(text).unwrap(),
        id: id.into(),
    }
}

fn admitted(text: &str) -> PublishableAddr {
    let addr: IpAddr = text.parse().unwrap();
    let acceptance = PublishPolicy {
        accept_any: true,
        ..PublishPolicy::default()
    };
    acceptance.check(Family::of(addr), addr).unwrap()
}

fn change(host: &str, addr: &str, method: Method) -> Change {
    let addr: IpAddr = addr.parse().unwrap();
    Change {
        target: Target {
            account: AccountName("home".into()),
            host: name(host),
            family: Family::of(addr),
        },
        from: Vec::new(),
        origin: Origin::List,
        to: vec![addr],
        method,
        reason: Reason::AddressChanged,
        replaceable_afterwards: true,
        raised_ttl: None,
    }
}

fn pushed(host: &str, addr: &str) -> Change {
    change(
        host,
        addr,
        Method::ReplaceRRset(AddrSet::single(admitted(addr))),
    )
}

fn stepwise(host: &str, addr: &str, zone: Zone, steps: Vec<Step>) -> Change {
    change(host, addr, Method::Records { zone, steps })
}

fn safe(changes: Vec<Change>) -> SafePlan {
    let limits = WriteLimits::default();
    let (plan, refused) = guard(
        changes,
        limits,
        BootTime::from_millis(0),
        &RequestQuota::default(),
        |_| None,
    );
    assert_eq!(refused, []);
    plan
}
