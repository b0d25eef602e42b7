//! The providers' side: who has which zone, and what is in it.

mod hand;
mod row;
mod shown;
mod wire;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    rc::Rc,
    time::Duration,
};

use moored::core::address::family::Family;
pub(crate) use row::RecordRow;
use sandbox::{Offline, Service, Site};
use serde_json::{Value, json};

use crate::{
    dice::SimRng,
    setup::{SimAccount, SimSetup, absolute, is_within},
};

/// A name and family.
pub(crate) type Name = (String, Family);

/// What stands where, and since when.
type ShownRecords = BTreeMap<Name, Vec<(i64, BTreeSet<IpAddr>)>>;

pub(crate) struct ProviderModel {
    offline: Offline,
    accounts: Vec<SimAccount>,
    /// The secrets that the providers take now.
    secrets: RefCell<Vec<String>>,
    /// Domeneshop's numbers for its zones.
    ids: BTreeMap<String, String>,
    passed: Cell<i64>,
    /// The records of each account as they were seen last, until something is written there.
    seen: RefCell<Vec<Option<Rc<[RecordRow]>>>>,
    shown: RefCell<ShownRecords>,
}

impl ProviderModel {
    /// Zones as they may be found: with records of others, and some of ours.
    pub(crate) fn new(setup: &SimSetup, rng: &SimRng) -> Self {
        let offline = Offline::new();
        for site in [Site::International, Site::China] {
            offline.dnspod(site).strict_user_agents(true);
        }
        let mut ids = BTreeMap::new();
        for account in &setup.accounts {
            match account.service {
                Service::DnsPod(site) => offline.dnspod(site).account(&account.id_token()),
                _ => offline
                    .domeneshop()
                    .account(&account.token, &account.secret),
            }
            for zone in &account.zones {
                if let Service::DnsPod(site) = account.service {
                    offline.dnspod(site).domain(&account.id_token(), zone);
                } else {
                    let id = offline.domeneshop().domain(&account.token, zone);
                    ids.insert(id.to_string(), zone.clone());
                }
            }
        }
        let secrets = setup.accounts.iter().map(|it| it.secret.clone());
        let place = Self {
            offline,
            secrets: RefCell::new(secrets.collect()),
            accounts: setup.accounts.clone(),
            ids,
            passed: Cell::new(0),
            seen: RefCell::new(vec![None; setup.accounts.len()]),
            shown: RefCell::default(),
        };
        for (number, account) in setup.accounts.iter().enumerate() {
            for zone in &account.zones {
                place.furnish(number, zone);
            }
            for host in &account.hosts {
                for family in Family::ALL {
                    let old = if family == Family::V4 {
                        "192.0.2.77"
                    } else {
                        "2001:db8::77"
                    };
                    for _ in 0..rng.pick(&[0, 1, 1, 2]) {
                        let ttl = rng.pick(&[None, None, Some(7_200)]);
                        place.add(number, &host.name, family.record_type(), old, ttl);
                    }
                }
            }
        }
        place
    }

    /// Records that are nobody's business but their owner's.
    fn furnish(&self, account: usize, zone: &str) {
        for (name, kind, value) in [
            ("www", "A", "192.0.2.10"),
            ("homer", "A", "192.0.2.11"),
            ("www", "AAAA", "2001:db8::10"),
            ("note", "TXT", "v=1; home 192.0.2.1"),
            ("alias", "CNAME", "www.example.net"),
        ] {
            self.add(account, &absolute(name, zone), kind, value, None);
        }
        if let Service::DnsPod(site) = self.accounts[account].service {
            let line = ["oversea", "联通"][usize::from(site == Site::China)];
            let elsewhere = json!({
                "name": "home", "type": "A", "value": "192.0.2.12", "line": line, "ttl": "900",
                "remark": "for others", "mx": "0",
            });
            self.offline.dnspod(site).add_full(zone, elsewhere);
        }
    }

    pub(crate) fn service(&self, account: usize) -> Service {
        self.accounts[account].service
    }

    /// The zone that holds a name.
    pub(crate) fn zone_of(&self, account: usize, name: &str) -> Option<&String> {
        let mut zones = self.accounts[account].zones.iter();
        zones.find(|zone| is_within(name, zone))
    }

    /// Domeneshop's zone with that number.
    pub(crate) fn zone_numbered(&self, id: &str) -> Option<String> {
        self.ids.get(id).cloned()
    }

    /// Every record of an account.
    pub(crate) fn rows(&self, account: usize) -> Rc<[RecordRow]> {
        let seen = self.seen.borrow()[account].clone();
        seen.unwrap_or_else(|| {
            let rows = self.look(account);
            self.seen.borrow_mut()[account] = Some(Rc::clone(&rows));
            rows
        })
    }

    /// Something may have been written.
    pub(crate) fn forget_what_was_seen(&self, account: usize) {
        self.seen.borrow_mut()[account] = None;
    }

    fn look(&self, account: usize) -> Rc<[RecordRow]> {
        let SimAccount { service, zones, .. } = &self.accounts[account];
        let of_zone = |zone: &String| {
            let (name, data, listed) = match *service {
                Service::DnsPod(site) => ("name", "value", self.offline.dnspod(site).records(zone)),
                _ => ("host", "data", self.offline.domeneshop().records(zone)),
            };
            let text = |value: &Value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            };
            let row = |whole: Value| RecordRow {
                id: text(&whole["id"]),
                name: absolute(&text(&whole[name]), zone),
                kind: text(&whole["type"]),
                value: text(&whole[data]),
                is_plain: matches!(whole["line"].as_str(), None | Some("Default" | "默认")),
                zone: zone.clone(),
                whole,
            };
            listed.into_iter().map(row).collect::<Vec<_>>()
        };
        zones.iter().flat_map(of_zone).collect()
    }

    /// The addresses at a name.
    pub(crate) fn addrs(&self, account: usize, name: &str, family: Family) -> BTreeSet<IpAddr> {
        let rows = self.rows(account);
        let here = rows
            .iter()
            .filter(|it| it.name == name && it.family() == Some(family));
        here.filter_map(RecordRow::addr).collect()
    }

    /// The providers' clocks go on.
    pub(crate) fn pass_to(&self, at: i64) {
        let passed = (at - self.passed.replace(at)).max(0);
        self.offline
            .advance(Duration::from_millis(passed.unsigned_abs()));
    }
}
