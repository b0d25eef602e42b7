//! Accounts, domains and records of one site.

use serde_json::Value;

use super::auth::Gate;
use super::record::Record;
use crate::log::Site;

#[derive(Debug)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) user_token: Option<String>,
    /// The user behind the token; the token may change.
    pub(super) user: u64,
}

#[derive(Debug)]
pub(crate) struct Domain {
    pub(super) id: u64,
    pub(crate) name: String,
    pub(super) user: u64,
    pub(super) min_ttl: u32,
    pub(super) created_on: u64,
    pub(crate) records: Vec<Record>,
}

/// The name servers every domain here gets.
const NAME_SERVERS: [&str; 2] = ["f1g1ns1.dnspod.net.", "f1g1ns2.dnspod.net."];

/// One site.
#[derive(Debug)]
pub(crate) struct State {
    pub(super) site: Site,
    pub(super) accounts: Vec<Account>,
    pub(crate) domains: Vec<Domain>,
    pub(super) gate: Gate,
    pub(super) chinese: bool,
    next_domain: u64,
    next_record: u64,
}

impl State {
    pub(crate) fn new(site: Site) -> Self {
        let china = site == Site::China;
        Self {
            site,
            accounts: Vec::new(),
            domains: Vec::new(),
            gate: Gate::default(),
            chinese: false,
            next_domain: if china { 59_000_001 } else { 99_000_001 },
            // Real ones have outgrown 32 bits.
            next_record: if china { 2_169_654_401 } else { 4_300_000_001 },
        }
    }

    pub(super) fn china(&self) -> bool {
        self.site == Site::China
    }

    #[track_caller]
    pub(super) fn add_account(&mut self, id_token: &str) {
        let (id, token) = split(id_token);
        let user = 730_061 + self.accounts.len() as u64;
        self.accounts.push(Account {
            id,
            token,
            user_token: None,
            user,
        });
    }

    #[track_caller]
    pub(super) fn change_token(&mut self, id_token: &str, new: &str) {
        let (id, token) = split(new);
        let account = self.account(id_token);
        account.id = id;
        account.token = token;
    }

    #[track_caller]
    pub(super) fn account(&mut self, id_token: &str) -> &mut Account {
        let (id, token) = split(id_token);
        let mut accounts = self.accounts.iter_mut();
        let found = accounts.find(|a| a.id == id && a.token == token);
        found.unwrap_or_else(|| panic!("the sandbox's DNSPod has no account with the ID {id}"))
    }

    #[track_caller]
    pub(super) fn add_domain(
        &mut self,
        id_token: &str,
        name: &str,
        min_ttl: u32,
        stamp: u64,
    ) -> u64 {
        let user = self.account(id_token).user;
        let id = self.next_domain;
        self.next_domain += 1;
        let name = name.to_ascii_lowercase();
        self.domains.push(Domain {
            id,
            name: name.clone(),
            user,
            min_ttl,
            created_on: stamp,
            records: Vec::new(),
        });
        for server in NAME_SERVERS {
            let record = serde_json::json!({
                "name": "@", "type": "NS", "value": server, "ttl": 86_400, "hold": "hold",
            });
            self.insert(&name, record, stamp);
        }
        id
    }

    #[track_caller]
    fn zone(&mut self, zone: &str) -> &mut Domain {
        let found = self.domains.iter_mut().find(|d| d.name == zone);
        found.unwrap_or_else(|| panic!("the sandbox's DNSPod has no domain {zone:?}"))
    }

    pub(crate) fn has_zone(&self, zone: &str) -> bool {
        self.domains.iter().any(|d| d.name == zone)
    }

    pub(crate) fn has_record(&self, zone: &str, id: u64) -> bool {
        let mut zones = self.domains.iter().filter(|d| d.name == zone);
        zones.any(|d| d.records.iter().any(|r| r.id == id))
    }

    #[track_caller]
    pub(crate) fn record(&mut self, zone: &str, id: u64) -> &mut Record {
        let found = self.zone(zone).records.iter_mut().find(|r| r.id == id);
        found.unwrap_or_else(|| panic!("{zone:?} in the sandbox's DNSPod has no record {id}"))
    }

    #[track_caller]
    pub(crate) fn remove(&mut self, zone: &str, id: u64) {
        self.record(zone, id);
        self.zone(zone).records.retain(|r| r.id != id);
    }

    #[track_caller]
    pub(crate) fn insert(&mut self, zone: &str, record: Value, stamp: u64) -> u64 {
        let id = self.fresh_id();
        let record = Record::by_hand(id, self.site, record, stamp);
        self.zone(zone).records.push(record);
        id
    }

    pub(super) fn fresh_id(&mut self) -> u64 {
        self.next_record += 1;
        self.next_record - 1
    }

    #[track_caller]
    pub(crate) fn records(&mut self, zone: &str) -> Vec<Value> {
        let site = self.site;
        let records = &self.zone(zone).records;
        records.iter().map(|r| r.listed(site)).collect()
    }
}

#[track_caller]
fn split(id_token: &str) -> (String, String) {
    let parts = id_token.split_once(',');
    let (id, token) = parts.unwrap_or_else(|| panic!("a login_token is \"ID,Token\""));
    (id.to_owned(), token.to_owned())
}
