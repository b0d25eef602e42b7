//! Accounts, domains and records.

use std::net::SocketAddr;

use serde_json::Value;

use super::forwards::Forward;
use super::record::{Record, RecordInput, leads_somewhere};
use crate::json::{Json, object};
use crate::table::Table;

#[derive(Debug)]
pub(crate) struct Account {
    pub(super) token: String,
    pub(super) secret: String,
    /// As they are shown.
    pub(super) invoices: Vec<Json>,
}

#[derive(Debug)]
pub(crate) struct Domain {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// The token of the account it is in.
    pub(super) owner: String,
    pub(crate) dns: bool,
    pub(crate) records: Table<Record>,
    pub(super) forwards: Vec<Forward>,
}

/// The name servers of every domain here.
pub(crate) const NAME_SERVERS: [&str; 3] = ["ns1.hyp.net", "ns2.hyp.net", "ns3.hyp.net"];

impl Domain {
    pub(super) fn to_json(&self) -> Json {
        object! {
            "id": self.id,
            "domain": &self.name,
            "expiry_date": "2027-01-01",
            "registered_date": "2020-01-01",
            "renew": true,
            "registrant": "Ola Nordmann",
            "status": "active",
            "nameservers": NAME_SERVERS,
            "services": object! {
                "registrar": true, "dns": self.dns, "email": false, "webhotel": "none",
            },
        }
    }
}

impl Domain {
    /// Whether something at the host cannot stand beside that record; `except` is the record that it replaces.
    pub(super) fn taken(&self, given: &RecordInput, except: Option<u64>) -> bool {
        let mut others = self
            .records
            .at(&given.host)
            .filter(|r| Some(r.id) != except);
        let forwarded = leads_somewhere(&given.kind) && self.forward(&given.host).is_some();
        forwarded || others.any(|r| given.collides(r))
    }
}

/// All of Domeneshop.
#[derive(Debug)]
pub(crate) struct DomeneshopState {
    addr: SocketAddr,
    pub(super) accounts: Vec<Account>,
    pub(crate) domains: Vec<Domain>,
    pub(super) numbers_as_strings: bool,
    pub(super) forwards_per_host: bool,
    pub(super) forwards_without_slash: bool,
    next_domain: u64,
    next_record: u64,
    pub(super) next_invoice: u64,
}

impl DomeneshopState {
    pub(crate) fn new(addr: SocketAddr) -> Self {
        Self {
            addr,
            accounts: Vec::new(),
            domains: Vec::new(),
            numbers_as_strings: true,
            forwards_per_host: true,
            forwards_without_slash: false,
            next_domain: 1_400_001,
            next_record: 5_000_001,
            next_invoice: 300_001,
        }
    }

    /// A rule that is kept or not, by its name on the control port.
    pub(crate) fn switch(&mut self, name: &str) -> Option<&mut bool> {
        match name {
            "numbers-as-strings" => Some(&mut self.numbers_as_strings),
            "forwards-per-host" => Some(&mut self.forwards_per_host),
            "forwards-without-slash" => Some(&mut self.forwards_without_slash),
            _ => None,
        }
    }

    /// The address of something of a domain's.
    pub(super) fn location(&self, at: usize, rest: &str) -> String {
        let (base, domain) = (crate::reachable(self.addr), self.domains[at].id);
        format!("http://{base}/v0/domains/{domain}/{rest}")
    }

    #[track_caller]
    pub(super) fn account(&mut self, token: &str) -> &mut Account {
        let found = self.accounts.iter_mut().find(|a| a.token == token);
        found.unwrap_or_else(|| panic!("the sandbox's Domeneshop has no account {token:?}"))
    }

    #[track_caller]
    pub(super) fn add_domain(&mut self, token: &str, name: &str, dns: bool) -> u64 {
        let owner = self.account(token).token.clone();
        let id = self.next_domain;
        self.next_domain += 1;
        self.domains.push(Domain {
            id,
            name: name.to_ascii_lowercase(),
            owner,
            dns,
            records: Table::default(),
            forwards: Vec::new(),
        });
        id
    }

    #[track_caller]
    pub(super) fn zone(&mut self, zone: &str) -> &mut Domain {
        let found = self.domains.iter_mut().find(|d| d.name == zone);
        found.unwrap_or_else(|| panic!("the sandbox's Domeneshop has no domain {zone:?}"))
    }

    pub(crate) fn has_zone(&self, zone: &str) -> bool {
        self.domains.iter().any(|d| d.name == zone)
    }

    pub(crate) fn has_record(&self, zone: &str, id: u64) -> bool {
        let mut zones = self.domains.iter().filter(|d| d.name == zone);
        zones.any(|d| d.records.get(id).is_some())
    }

    #[track_caller]
    pub(crate) fn set(&mut self, zone: &str, id: u64, data: &str) {
        let records = &mut self.zone(zone).records;
        let done = records.change(id, |record| data.clone_into(&mut record.data));
        done.unwrap_or_else(|| absent(zone, id));
    }

    #[track_caller]
    pub(crate) fn remove(&mut self, zone: &str, id: u64) {
        let gone = self.zone(zone).records.remove(id);
        gone.unwrap_or_else(|| absent(zone, id));
    }

    #[track_caller]
    pub(crate) fn add_by_hand(&mut self, zone: &str, fields: &Value) -> u64 {
        let id = self.fresh_id();
        let record = RecordInput::lenient(fields).with_id(id);
        self.zone(zone).records.insert(record);
        id
    }

    pub(super) fn fresh_id(&mut self) -> u64 {
        self.next_record += 1;
        self.next_record - 1
    }

    #[track_caller]
    pub(crate) fn records(&mut self, zone: &str) -> Vec<Value> {
        let strings = self.numbers_as_strings;
        let records = &self.zone(zone).records;
        let shown = records.iter().map(|r| r.to_json(strings));
        shown.map(Json::into_value).collect()
    }

    /// The position of the caller's domain with the longest name that `host` is or lies under.
    pub(super) fn longest_own(&self, token: &str, host: &str) -> Option<usize> {
        let own = self.domains.iter().enumerate();
        own.filter(|(_, d)| d.owner == token && d.dns && within(host, &d.name))
            .max_by_key(|(_, d)| d.name.len())
            .map(|(at, _)| at)
    }
}

#[track_caller]
fn absent(zone: &str, id: u64) -> ! {
    panic!("{zone:?} in the sandbox's Domeneshop has no record {id}")
}

/// Whether a name is a zone's apex or below it. Both in lower case.
fn within(name: &str, zone: &str) -> bool {
    let rest = name.strip_suffix(zone);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
