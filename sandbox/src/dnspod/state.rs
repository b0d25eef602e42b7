//! Accounts, domains and records of one site.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Value, json};

use super::account::Account;
use super::auth::LoginLimiter;
use super::batch::Job;
use super::domain::Domain;
use super::record::Record;
use crate::json::Json;
use crate::log::Site;

/// The name servers every domain here gets.
const NAME_SERVERS: [&str; 2] = ["f1g1ns1.dnspod.net.", "f1g1ns2.dnspod.net."];

/// One site.
#[derive(Debug)]
pub(crate) struct DnsPodState {
    pub(super) site: Site,
    /// None is ever removed: an account is known by its position.
    pub(super) accounts: Vec<Account>,
    pub(crate) domains: Vec<Domain>,
    pub(super) gate: LoginLimiter,
    pub(super) chinese: bool,
    /// Addresses that no record may lead to.
    pub(super) forbidden: BTreeSet<IpAddr>,
    pub(super) jobs: Vec<Job>,
    /// So many looks at a job find it unfinished.
    pub(super) batch_polls: usize,
    next_domain: u64,
    next_record: u64,
    /// Of aliases, groups and jobs.
    next_other: u64,
}

impl DnsPodState {
    pub(crate) fn new(site: Site) -> Self {
        let china = site == Site::China;
        Self {
            site,
            accounts: Vec::new(),
            domains: Vec::new(),
            gate: LoginLimiter::default(),
            chinese: false,
            forbidden: BTreeSet::new(),
            jobs: Vec::new(),
            batch_polls: 1,
            next_domain: if china { 59_000_001 } else { 99_000_001 },
            // Real ones have outgrown 32 bits.
            next_record: if china { 2_169_654_401 } else { 4_300_000_001 },
            next_other: 1_985,
        }
    }

    pub(super) fn china(&self) -> bool {
        self.site == Site::China
    }

    #[track_caller]
    pub(super) fn add_account(&mut self, id_token: &str) {
        let (id, token) = split(id_token);
        let account = Account::new(self.accounts.len(), id, token, self.china());
        self.accounts.push(account);
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
        let at = self.position(id_token);
        &mut self.accounts[at]
    }

    #[track_caller]
    fn position(&self, id_token: &str) -> usize {
        let (id, token) = split(id_token);
        let mut accounts = self.accounts.iter();
        let found = accounts.position(|a| a.id == id && a.token == token);
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
        let owner = self.position(id_token);
        self.new_domain(owner, name, min_ttl, stamp)
    }

    /// A domain with the two records that every domain has.
    pub(super) fn new_domain(&mut self, owner: usize, name: &str, min_ttl: u32, stamp: u64) -> u64 {
        let id = self.next_domain;
        self.next_domain += 1;
        let mut domain = Domain::new(id, name, owner, min_ttl, stamp);
        for server in NAME_SERVERS {
            let record = json!({
                "name": "@", "type": "NS", "value": server, "ttl": 86_400, "hold": "hold",
            });
            let record = Record::by_hand(self.fresh_id(), self.site, record, stamp);
            domain.records.insert(record);
        }
        self.domains.push(domain);
        id
    }

    #[track_caller]
    pub(super) fn zone(&mut self, zone: &str) -> &mut Domain {
        let found = self.domains.iter_mut().find(|d| d.is_called(zone));
        found.unwrap_or_else(|| panic!("the sandbox's DNSPod has no domain {zone:?}"))
    }

    pub(crate) fn has_zone(&self, zone: &str) -> bool {
        self.domains.iter().any(|d| d.is_called(zone))
    }

    pub(crate) fn has_record(&self, zone: &str, id: u64) -> bool {
        let mut zones = self.domains.iter().filter(|d| d.is_called(zone));
        zones.any(|d| d.records.get(id).is_some())
    }

    #[track_caller]
    pub(crate) fn record(&mut self, zone: &str, id: u64) -> &Record {
        let found = self.zone(zone).records.get(id);
        found.unwrap_or_else(|| absent(zone, id))
    }

    #[track_caller]
    pub(crate) fn set(&mut self, zone: &str, id: u64, value: &str, stamp: u64) {
        let domain = self.zone(zone);
        domain.changed_on = stamp;
        let set = |record: &mut Record| {
            value.clone_into(&mut record.value);
            record.updated_on = stamp;
        };
        let done = domain.records.change(id, set);
        done.unwrap_or_else(|| absent(zone, id));
    }

    #[track_caller]
    pub(crate) fn remove(&mut self, zone: &str, id: u64) {
        let gone = self.zone(zone).records.remove(id);
        gone.unwrap_or_else(|| absent(zone, id));
    }

    #[track_caller]
    pub(crate) fn insert(&mut self, zone: &str, record: Value, stamp: u64) -> u64 {
        let given = match &record["id"] {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64(),
        };
        let is_free = |id: &u64| self.domains.iter().all(|d| d.records.get(*id).is_none());
        let given = given.filter(|id| (1..self.next_record).contains(id) && is_free(id));
        let id = given.unwrap_or_else(|| self.fresh_id());
        let record = Record::by_hand(id, self.site, record, stamp);
        let domain = self.zone(zone);
        domain.changed_on = stamp;
        domain.records.insert(record);
        id
    }

    pub(super) fn fresh_id(&mut self) -> u64 {
        self.next_record += 1;
        self.next_record - 1
    }

    pub(super) fn other_id(&mut self) -> u64 {
        self.next_other += 1;
        self.next_other - 1
    }

    #[track_caller]
    pub(crate) fn records(&mut self, zone: &str) -> Vec<Value> {
        let site = self.site;
        let records = &self.zone(zone).records;
        let shown = records.iter().map(|r| r.listed(site));
        shown.map(Json::into_value).collect()
    }
}

#[track_caller]
fn absent(zone: &str, id: u64) -> ! {
    panic!("{zone:?} in the sandbox's DNSPod has no record {id}")
}

#[track_caller]
fn split(id_token: &str) -> (String, String) {
    let parts = id_token.split_once(',');
    let (id, token) = parts.unwrap_or_else(|| panic!("a login_token is \"ID,Token\""));
    (id.to_owned(), token.to_owned())
}
