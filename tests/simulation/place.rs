//! The providers' side: who has which zone, and what is in it.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    rc::Rc,
    time::Duration,
};

use moored::{
    core::{addr::Family, secret::Secret},
    http::{Body, Request, Response, query},
};
use sandbox::{Offline, Service};
use serde_json::{Value, json};

use crate::{
    dice::Dice,
    setup::{Account, Setup, absolute, is_within},
};

/// A record, of whatever type.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Row {
    pub(crate) zone: String,
    pub(crate) id: String,
    /// In full.
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) value: String,
    /// On the line that is for everybody.
    pub(crate) is_plain: bool,
    /// All there is to know of it.
    pub(crate) whole: Value,
}

impl Row {
    pub(crate) fn family(&self) -> Option<Family> {
        let mut families = Family::ALL.into_iter();
        families.find(|it| self.is_plain && self.kind == it.record_type())
    }

    pub(crate) fn ttl(&self) -> Option<u32> {
        let ttl = &self.whole["ttl"];
        let text = ttl.as_str().map_or_else(|| ttl.to_string(), str::to_owned);
        text.parse().ok()
    }

    pub(crate) fn addr(&self) -> Option<IpAddr> {
        self.value.parse().ok()
    }
}

/// A name and family.
pub(crate) type Name = (String, Family);

/// What stands where, and since when.
type Shown = BTreeMap<Name, Vec<(i64, BTreeSet<IpAddr>)>>;

pub(crate) struct Place {
    offline: Offline,
    accounts: Vec<Account>,
    /// The secrets that the providers take now.
    secrets: RefCell<Vec<String>>,
    /// Domeneshop's numbers for its zones.
    ids: BTreeMap<String, String>,
    passed: Cell<i64>,
    /// The records of each account as they were seen last, until something is written there.
    seen: RefCell<Vec<Option<Rc<[Row]>>>>,
    shown: RefCell<Shown>,
}

impl Place {
    /// Zones as they may be found: with records of others, and some of ours.
    pub(crate) fn new(setup: &Setup, dice: &Dice) -> Self {
        let offline = Offline::new();
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
                    for _ in 0..dice.pick(&[0, 1, 1, 2]) {
                        let ttl = dice.pick(&[None, None, Some(7_200)]);
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
            let line = ["oversea", "联通"][usize::from(site == sandbox::Site::China)];
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
    pub(crate) fn rows(&self, account: usize) -> Rc<[Row]> {
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

    fn look(&self, account: usize) -> Rc<[Row]> {
        let Account { service, zones, .. } = &self.accounts[account];
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
            let row = |whole: Value| Row {
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
        here.filter_map(Row::addr).collect()
    }

    /// Somebody adds a record by hand.
    pub(crate) fn add(
        &self,
        account: usize,
        name: &str,
        kind: &str,
        value: &str,
        ttl: Option<u32>,
    ) {
        self.forget_what_was_seen(account);
        let Some(zone) = self.zone_of(account, name) else {
            return;
        };
        let rest = name
            .strip_suffix(zone.as_str())
            .unwrap_or_default()
            .trim_end_matches('.');
        let rest = if rest.is_empty() { "@" } else { rest };
        match self.service(account) {
            Service::DnsPod(site) => {
                self.offline
                    .dnspod(site)
                    .add(zone, rest, kind, value, None, ttl);
            }
            _ => {
                self.offline.domeneshop().add(zone, rest, kind, value, ttl);
            }
        }
    }

    /// Somebody changes a record by hand.
    pub(crate) fn set(&self, account: usize, row: &Row, value: &str) {
        self.forget_what_was_seen(account);
        let id = row.id.parse().unwrap();
        match self.service(account) {
            Service::DnsPod(site) => self.offline.dnspod(site).set(&row.zone, id, value),
            _ => self.offline.domeneshop().set(&row.zone, id, value),
        }
    }

    /// Somebody removes a record by hand.
    pub(crate) fn remove(&self, account: usize, row: &Row) {
        self.forget_what_was_seen(account);
        let id = row.id.parse().unwrap();
        match self.service(account) {
            Service::DnsPod(site) => self.offline.dnspod(site).remove(&row.zone, id),
            _ => self.offline.domeneshop().remove(&row.zone, id),
        }
    }

    /// Another program of the account's owner writes what is there, again and again, until DNSPod
    /// locks the record.
    pub(crate) fn lock(&self, account: usize, row: &Row) {
        let text = |key: &str| row.whole[key].as_str().unwrap_or_default().to_owned();
        let token = format!(
            "{},{}",
            self.accounts[account].token,
            self.secrets.borrow()[account]
        );
        let line = if text("line") == "Default" {
            "default".to_owned()
        } else {
            text("line")
        };
        let fields = [
            ("login_token", token),
            ("format", "json".to_owned()),
            ("domain", row.zone.clone()),
            ("record_id", row.id.clone()),
            ("sub_domain", text("name")),
            ("record_type", row.kind.clone()),
            ("record_line", line),
            ("value", row.value.clone()),
            ("ttl", text("ttl")),
        ];
        let body = query(fields.iter().map(|(name, value)| (*name, value.as_str())));
        self.forget_what_was_seen(account);
        for _ in 0..6 {
            self.carry(
                account,
                "POST",
                "/Record.Modify",
                &form_headers(),
                &body[1..],
            );
        }
    }

    /// The provider takes another secret from now on, and not the one before.
    pub(crate) fn change_secret(&self, account: usize, secret: &str) {
        let Account { service, token, .. } = &self.accounts[account];
        let before = std::mem::replace(&mut self.secrets.borrow_mut()[account], secret.to_owned());
        match *service {
            Service::DnsPod(site) => {
                let [before, after] = [&before, secret].map(|it| format!("{token},{it}"));
                self.offline.dnspod(site).change_token(&before, &after);
            }
            _ => self.offline.domeneshop().change_secret(token, secret),
        }
    }

    /// The providers' clocks go on.
    pub(crate) fn pass_to(&self, at: i64) {
        let passed = (at - self.passed.replace(at)).max(0);
        self.offline
            .advance(Duration::from_millis(passed.unsigned_abs()));
    }

    /// What a provider does and answers now.
    pub(crate) fn ask(&self, account: usize, request: &Request) -> Response {
        let mut headers = Vec::new();
        let credentials = request.basic.as_ref().map(|(user, password)| {
            let both = [user, password].map(Secret::expose).join(":");
            format!("Basic {}", base64(both.as_bytes()))
        });
        headers.extend(credentials.as_deref().map(|it| ("authorization", it)));
        let body = match &request.body {
            Body::Form(pairs) => {
                headers.extend(form_headers());
                let pairs = pairs.iter().map(|(name, value)| (&**name, value.expose()));
                query(pairs).split_off(1)
            }
            Body::Json(text) => {
                headers.push(("content-type", "application/json"));
                text.clone()
            }
            Body::Empty | Body::Soap(..) => String::new(),
        };
        let base = if self.service(account) == Service::Domeneshop {
            "/v0"
        } else {
            ""
        };
        let target = format!("{base}{}", request.path);
        self.carry(account, request.method.as_str(), &target, &headers, &body)
    }

    fn carry(
        &self,
        account: usize,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let answer = self
            .offline
            .ask(self.service(account), method, target, headers, body);
        Response {
            status: answer.status,
            retry_after: None,
            location: answer.header("location").map(str::to_owned),
            body: answer.body.into_bytes(),
        }
    }

    /// Notes what the zones have now, for the name servers.
    pub(crate) fn publish(&self, account: usize, at: i64) {
        let mut now: BTreeMap<Name, BTreeSet<IpAddr>> = BTreeMap::new();
        for row in self.rows(account).iter() {
            if let (Some(family), Some(addr)) = (row.family(), row.addr()) {
                now.entry((row.name.clone(), family))
                    .or_default()
                    .insert(addr);
            }
        }
        let mut shown = self.shown.borrow_mut();
        let zones = &self.accounts[account].zones;
        let gone = shown
            .keys()
            .filter(|(name, _)| zones.iter().any(|zone| is_within(name, zone)));
        for name in gone.cloned().collect::<Vec<_>>() {
            now.entry(name).or_default();
        }
        for (name, addrs) in now {
            let history = shown.entry(name).or_default();
            if history.last().is_none_or(|(_, last)| *last != addrs) {
                history.push((at, addrs));
            }
            // Nobody is so slow as to need more.
            let old = history.len().saturating_sub(20);
            history.drain(..old);
        }
    }

    /// What a name server shows that saw the zone last at that time.
    pub(crate) fn shown(&self, name: &Name, at: i64) -> BTreeSet<IpAddr> {
        let shown = self.shown.borrow();
        let history = shown.get(name).map_or(&[][..], Vec::as_slice);
        let seen = history.iter().rev().find(|(since, _)| *since <= at);
        seen.or(history.first())
            .map(|(_, addrs)| addrs.clone())
            .unwrap_or_default()
    }
}

fn form_headers() -> [(&'static str, &'static str); 2] {
    [
        ("user-agent", "moored/1 (me@example.com)"),
        ("content-type", "application/x-www-form-urlencoded"),
    ]
}

/// RFC 4648 section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        for digit in 0..4 {
            let is_padding = digit > group.len();
            let six = bits >> (18 - 6 * digit) & 63;
            text.push(if is_padding { '=' } else { DIGITS[six].into() });
        }
    }
    text
}
