//! What a request asks for, read off the wire: what a provider sees, whatever its sender meant.

use std::{collections::BTreeSet, net::IpAddr, rc::Rc};

use moored::{
    core::address::family::Family,
    http::{Method, Request, RequestBody},
};
use reqwest::Url;
use sandbox::Service;
use serde_json::Value;

use crate::{
    place::{Name, ProviderModel, RecordRow},
    setup::absolute,
};

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RequestKind {
    /// The account's zones.
    Zones,
    /// A zone's records.
    List,
    /// A zone's web forwards.
    Forwards,
    /// Names replaced as a whole.
    Push,
    /// A new record.
    Create,
    /// Another content for a record.
    Modify,
    /// A record less.
    Remove,
}

/// A request in the provider's terms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ObservedRequest {
    pub(crate) verb: RequestKind,
    /// The zone, where one is named.
    pub(crate) zone: Option<String>,
    /// The names that are written, with the types.
    pub(crate) names: BTreeSet<Name>,
    /// What is written there.
    pub(crate) addrs: BTreeSet<IpAddr>,
    /// The TTL that is written, if one is.
    pub(crate) ttl: Option<u32>,
    /// The record that is named, if it is there.
    pub(crate) record: Option<String>,
}

impl ObservedRequest {
    /// Reads a request to an account.
    pub(crate) fn of(request: &Request, account: usize, place: &ProviderModel) -> Self {
        let url = Url::parse("https://provider.example").and_then(|it| it.join(&request.path));
        let url = url.unwrap_or_else(|error| panic!("{}: {error}", request.path));
        let wire = WireFormat {
            request,
            account,
            place,
            url,
        };
        match place.service(account) {
            Service::DnsPod(_) => wire.pod(),
            _ => wire.shop(),
        }
    }

    pub(crate) fn writes(&self) -> bool {
        !matches!(
            self.verb,
            RequestKind::Zones | RequestKind::List | RequestKind::Forwards
        )
    }

    fn about(verb: RequestKind, zone: Option<String>) -> Self {
        Self {
            verb,
            zone,
            names: BTreeSet::new(),
            addrs: BTreeSet::new(),
            ttl: None,
            record: None,
        }
    }

    fn at(mut self, name: String, kind: &str) -> Self {
        let family = Family::ALL.into_iter().find(|it| it.record_type() == kind);
        let family = family.unwrap_or_else(|| panic!("L5: a record of type {kind} is written"));
        self.names.insert((name, family));
        self
    }

    fn with(mut self, addr: &str) -> Self {
        let read = addr.parse();
        self.addrs
            .insert(read.unwrap_or_else(|_| panic!("L2: {addr:?} is written")));
        self
    }

    fn lasting(mut self, ttl: &str) -> Self {
        self.ttl = ttl.parse().ok();
        self
    }

    /// The record that is named, where it stands.
    fn on(mut self, id: String, rows: &[RecordRow]) -> Self {
        let there = rows.iter().find(|it| it.id == id);
        self.record = Some(id);
        match there {
            Some(row) => {
                self.zone = Some(row.zone.clone());
                self.at(row.name.clone(), &row.kind)
            }
            None => self,
        }
    }
}

struct WireFormat<'w> {
    request: &'w Request,
    account: usize,
    place: &'w ProviderModel,
    url: Url,
}

impl WireFormat<'_> {
    fn shop(&self) -> ObservedRequest {
        let path: Vec<_> = self.url.path().split('/').skip(1).collect();
        let json = || match &self.request.body {
            RequestBody::Json(text) => serde_json::from_str(text).unwrap_or_default(),
            _ => Value::Null,
        };
        match (self.request.method, &path[..]) {
            (Method::Get, ["domains"]) => ObservedRequest::about(RequestKind::Zones, None),
            (Method::Get, ["domains", id, "dns"]) => {
                ObservedRequest::about(RequestKind::List, self.shop_zone(id))
            }
            (Method::Get, ["domains", id, "forwards", ""]) => {
                ObservedRequest::about(RequestKind::Forwards, self.shop_zone(id))
            }
            (Method::Post, ["domains", id, "dns"]) => {
                let (zone, body) = (self.shop_zone(id), json());
                let name = absolute(&text(&body["host"]), zone.as_deref().unwrap_or_default());
                ObservedRequest::about(RequestKind::Create, zone)
                    .at(name, &text(&body["type"]))
                    .with(&text(&body["data"]))
                    .lasting(&body["ttl"].to_string())
            }
            (Method::Put, ["domains", _, "dns", id]) => {
                let body = json();
                ObservedRequest::about(RequestKind::Modify, None)
                    .on((*id).to_owned(), &self.rows())
                    .with(&text(&body["data"]))
                    .lasting(&body["ttl"].to_string())
            }
            (Method::Delete, ["domains", _, "dns", id]) => {
                ObservedRequest::about(RequestKind::Remove, None).on((*id).to_owned(), &self.rows())
            }
            (Method::Get, ["dyndns", "update"]) => self.push(),
            (method, _) => panic!("an unheard-of request: {method:?} {}", self.request.path),
        }
    }

    fn push(&self) -> ObservedRequest {
        let parameter = |name: &str| {
            let mut pairs = self.url.query_pairs();
            let found = pairs.find(|(it, _)| it == name);
            found
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        let mut deed = ObservedRequest::about(RequestKind::Push, None);
        for addr in parameter("myip").split(',') {
            deed = deed.with(addr);
        }
        let families: BTreeSet<_> = deed.addrs.iter().map(|it| Family::of(*it)).collect();
        for host in parameter("hostname").split(',') {
            for family in &families {
                deed = deed.at(host.to_owned(), family.record_type());
            }
        }
        deed
    }

    fn pod(&self) -> ObservedRequest {
        let RequestBody::Form(pairs) = &self.request.body else {
            panic!("no form: {}", self.request.path);
        };
        let field = |name: &str| {
            let found = pairs.iter().find(|(it, _)| it == name);
            found
                .map(|(_, value)| value.expose().to_owned())
                .unwrap_or_default()
        };
        let zone = Some(field("domain")).filter(|it| !it.is_empty());
        let here = |verb| ObservedRequest::about(verb, zone.clone());
        let name = || absolute(&field("sub_domain"), zone.as_deref().unwrap_or_default());
        match self.request.path.as_str() {
            "/Domain.List" => here(RequestKind::Zones),
            "/Record.List" => here(RequestKind::List),
            "/Record.Create" => here(RequestKind::Create)
                .at(name(), &field("record_type"))
                .with(&field("value"))
                .lasting(&field("ttl")),
            "/Record.Modify" => here(RequestKind::Modify)
                .on(field("record_id"), &self.rows())
                .at(name(), &field("record_type"))
                .with(&field("value"))
                .lasting(&field("ttl")),
            "/Record.Remove" => here(RequestKind::Remove).on(field("record_id"), &self.rows()),
            other => panic!("an unheard-of request: {other}"),
        }
    }

    fn rows(&self) -> Rc<[RecordRow]> {
        self.place.rows(self.account)
    }

    fn shop_zone(&self, id: &str) -> Option<String> {
        self.place.zone_numbered(id)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
