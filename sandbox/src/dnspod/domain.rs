//! A domain: what is kept of it, and how it is shown.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value};

use super::acquire::AcquireRequest;
use super::aliases::Alias;
use super::codes::Code;
use super::locks::Lock;
use super::punycode;
use super::record::{Record, site_time};
use super::shares::Share;
use crate::json::{Json, object};
use crate::log::Site;
use crate::table::Table;

/// The group in which domains are at first.
pub(super) const DEFAULT_GROUP: u64 = 1;

/// The group in which everything is that others share.
pub(super) const SHARED_GROUP: u64 = 8;

#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in the console"
)]
pub(crate) struct Domain {
    pub(crate) id: u64,
    /// As it was added, in lower case; perhaps not in ASCII.
    pub(super) name: String,
    /// In ASCII, as it is in DNS.
    pub(crate) punycode: String,
    /// Whose it is: a position among the accounts.
    pub(super) owner: usize,
    pub(super) min_ttl: u32,
    pub(super) created_on: u64,
    pub(super) changed_on: u64,
    pub(super) paused: bool,
    /// Banned by DNSPod.
    pub(super) spam: bool,
    pub(super) lock: Option<Lock>,
    pub(super) group: u64,
    pub(super) marked: bool,
    pub(super) remark: String,
    pub(super) vip: bool,
    pub(super) pushed: bool,
    pub(super) ext_status: String,
    pub(super) grade: String,
    /// The code that asks for a better plan, where one is needed for everything.
    pub(super) upgrade: Option<Code>,
    /// So many records of a type the plan allows.
    pub(super) limits: BTreeMap<String, usize>,
    pub(super) shares: Vec<Share>,
    pub(super) aliases: Vec<Alias>,
    /// To whom a code goes for whoever wants the domain back.
    pub(super) whois: Vec<String>,
    pub(super) ticket: Option<AcquireRequest>,
    /// The newest comes first.
    pub(super) history: VecDeque<String>,
    pub(crate) records: Table<Record>,
    /// Fields this sandbox knows nothing of.
    other: Map<String, Value>,
}

impl Domain {
    pub(super) fn new(id: u64, name: &str, owner: usize, min_ttl: u32, stamp: u64) -> Self {
        let name = name.to_lowercase();
        let punycode = punycode::ascii(&name);
        Self {
            id,
            whois: vec![format!("hostmaster@{punycode}")],
            name,
            punycode,
            owner,
            min_ttl,
            created_on: stamp,
            changed_on: stamp,
            paused: false,
            spam: false,
            lock: None,
            group: DEFAULT_GROUP,
            marked: false,
            remark: String::new(),
            vip: false,
            pushed: false,
            ext_status: String::new(),
            grade: "DP_Free".to_owned(),
            upgrade: None,
            limits: BTreeMap::new(),
            shares: Vec::new(),
            aliases: Vec::new(),
            ticket: None,
            history: VecDeque::new(),
            records: Table::default(),
            other: Map::new(),
        }
    }

    /// Takes over fields of the domain object as the lists show it. Those that are not known are kept, and shown again.
    pub(super) fn set(&mut self, fields: &Value) {
        for (key, value) in fields.as_object().into_iter().flatten() {
            let text = value.as_str().unwrap_or_default();
            match key.as_str() {
                "status" => {
                    self.paused = text == "pause";
                    self.spam = text == "spam";
                }
                "is_mark" => self.marked = text == "yes",
                "is_vip" => self.vip = text == "yes",
                "searchengine_push" => self.pushed = text == "yes",
                "remark" => text.clone_into(&mut self.remark),
                "ext_status" => text.clone_into(&mut self.ext_status),
                "grade" => text.clone_into(&mut self.grade),
                "group_id" => self.group = value.as_u64().unwrap_or(DEFAULT_GROUP),
                _ => {
                    self.other.insert(key.clone(), value.clone());
                }
            }
        }
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.name == name || self.punycode == name
    }

    /// Whether the name servers answer for it.
    pub(crate) fn is_served(&self) -> bool {
        !self.paused && !self.spam
    }

    pub(super) fn is_locked(&self, unix: u64) -> bool {
        self.lock.as_ref().is_some_and(|lock| lock.holds(unix))
    }

    pub(super) fn is_free(&self) -> bool {
        self.grade.ends_with("_Free")
    }

    /// What was done to it shows in the word for its state; the worst wins.
    pub(super) fn status(&self, unix: u64) -> &'static str {
        match () {
            () if self.spam => "spam",
            () if self.is_locked(unix) => "lock",
            () if self.paused => "pause",
            () => "enable",
        }
    }

    /// As `Domain.List` and `Domain.Info` show it: the id is a number in the list and a string elsewhere, and an absent
    /// remark is `""` there, `false` here.
    pub(super) fn shown(&self, site: Site, listed: bool, view: &DomainView<'_>) -> Json {
        let text = self.id.to_string();
        let group = if view.shared {
            SHARED_GROUP
        } else {
            self.group
        };
        let remark = match self.remark.as_str() {
            "" if !listed => Json::Bool(false),
            remark => Json::from(remark),
        };
        let mut shown = object! {
            "id": if listed { Json::from(self.id) } else { Json::from(text) },
            "name": &self.name,
            "punycode": &self.punycode,
            "grade": &self.grade,
            "grade_title": self.grade.split_once('_').map_or("", |(_, title)| title),
            "status": self.status(view.unix),
            "ext_status": &self.ext_status,
            "records": self.records.len().to_string(),
            "group_id": if site == Site::China { Json::from(group) } else { Json::from(group.to_string()) },
            "is_mark": yes_no(self.marked),
            "remark": remark,
            "is_vip": yes_no(self.vip),
            "searchengine_push": yes_no(self.pushed),
        };
        if site == Site::International {
            shown.put("beian", "no");
        }
        if !listed {
            shown.put("user_id", view.owner_id.to_string());
        }
        shown.put("created_on", site_time(site, self.created_on));
        shown.put("updated_on", site_time(site, self.changed_on));
        shown.put("ttl", self.min_ttl.max(600).to_string());
        if site == Site::China {
            shown.put("cname_speedup", "disable");
        }
        shown.put("owner", view.owner);
        if site == Site::China {
            shown.put("auth_to_anquanbao", false);
        }
        for (key, value) in &self.other {
            shown.put(key, value.clone());
        }
        shown
    }
}

/// Who looks at a domain, and when.
pub(super) struct DomainView<'a> {
    pub(super) owner: &'a str,
    pub(super) owner_id: u64,
    pub(super) shared: bool,
    pub(super) unix: u64,
}

pub(super) fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}
