//! A record: what is kept, and the several ways in which it is shown.

use std::time::Duration;

use serde_json::{Map, Value};

use super::content::Content;
use super::{lines, rules};
use crate::clock::{date, date_time};
use crate::json::{Json, object};
use crate::log::Site;
use crate::table::TableRow;

const HOUR: Duration = Duration::from_hours(1);

/// So many updates that change nothing are borne within an hour.
const MAX_UNCHANGED_UPDATES: usize = 5;

/// A record of a zone.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// As it is shown: `Default` abroad, `默认` in China.
    pub(super) line: String,
    pub(crate) value: String,
    pub(crate) mx: u32,
    pub(crate) ttl: u32,
    weight: Option<u32>,
    pub(crate) enabled: bool,
    pub(super) remark: String,
    monitor_status: String,
    pub(crate) updated_on: u64,
    /// One of the zone's own name servers, which cannot be changed.
    pub(super) hold: bool,
    /// Fields this sandbox knows nothing of.
    other: Map<String, Value>,
    unchanged: Vec<Duration>,
    locked_until: Option<Duration>,
}

impl TableRow for Record {
    fn id(&self) -> u64 {
        self.id
    }

    fn place(&self) -> String {
        rules::order(&self.name)
    }
}

impl Record {
    pub(super) fn new(id: u64, content: Content, stamp: u64) -> Self {
        Self {
            id,
            name: content.name,
            kind: content.kind,
            line: content.line,
            value: content.value,
            mx: content.mx,
            ttl: content.ttl,
            weight: content.weight,
            enabled: content.enabled,
            remark: String::new(),
            monitor_status: String::new(),
            updated_on: stamp,
            hold: false,
            other: Map::new(),
            unchanged: Vec::new(),
            locked_until: None,
        }
    }

    /// A record from the fields of a listing; numbers may be strings, as they are there.
    pub(super) fn by_hand(id: u64, site: Site, fields: Value, stamp: u64) -> Self {
        let mut other = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let mut text = |key: &str| match other.remove(key)? {
            Value::String(text) => Some(text),
            Value::Null => None,
            other => Some(other.to_string()),
        };
        let kind = text("type").unwrap_or_else(|| "A".to_owned());
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
        let enabled = text("enabled").is_none_or(|e| e != "0");
        let status = text("status").is_none_or(|s| s.starts_with("enable"));
        let content = Content {
            name: text("name").unwrap_or_else(|| "@".to_owned()),
            value: rules::stored_value(&kind, &text("value").unwrap_or_default()),
            line: lines::by_hand(site, text("line").as_deref(), text("line_id").as_deref()),
            ttl: number(text("ttl")).unwrap_or(600),
            mx: number(text("mx")).unwrap_or(0),
            weight: number(text("weight")),
            enabled: enabled && status,
            kind,
        };
        let mut record = Self::new(id, content, stamp);
        record.remark = text("remark").unwrap_or_default();
        record.monitor_status = text("monitor_status").unwrap_or_default();
        record.hold = text("hold").is_some();
        for known in ["id", "updated_on"] {
            text(known);
        }
        record.other = other;
        record
    }

    pub(super) fn content(&self) -> Content {
        Content {
            name: self.name.clone(),
            kind: self.kind.clone(),
            line: self.line.clone(),
            value: self.value.clone(),
            mx: self.mx,
            ttl: self.ttl,
            weight: self.weight,
            enabled: self.enabled,
        }
    }

    /// Takes over what a caller set; the remark and all that is not his stays.
    pub(super) fn put(&mut self, content: Content, stamp: u64) {
        self.name = content.name;
        self.kind = content.kind;
        self.line = content.line;
        self.value = content.value;
        self.mx = content.mx;
        self.ttl = content.ttl;
        self.weight = content.weight;
        self.enabled = content.enabled;
        self.updated_on = stamp;
    }

    /// On the line that answers whoever no other line is for.
    pub(crate) fn on_default_line(&self) -> bool {
        lines::is_default(&self.line)
    }

    /// Notes an update that changed nothing, and says whether it was one too many: then the record is locked for an
    /// hour.
    pub(super) fn note_unchanged(&mut self, now: Duration) -> bool {
        self.unchanged.retain(|then| *then + HOUR > now);
        self.unchanged.push(now);
        let over = self.unchanged.len() > MAX_UNCHANGED_UPDATES;
        if over {
            self.locked_until = Some(now + HOUR);
        }
        over
    }

    pub(super) fn locked(&self, now: Duration) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    pub(super) fn unchanged(&self, now: Duration) -> usize {
        let recent = self.unchanged.iter().filter(|then| **then + HOUR > now);
        recent.count()
    }

    /// Whether a weight is shown: in China always, abroad only where there is one.
    fn shows_weight(&self, site: Site) -> bool {
        site == Site::China || self.weight.is_some()
    }

    /// As `Record.List` shows it.
    pub(super) fn listed(&self, site: Site) -> Json {
        let word = if self.enabled { "enabled" } else { "disabled" };
        let mut shown = object! {
            "id": self.id.to_string(),
            "name": &self.name,
            "line": &self.line,
        };
        if site == Site::China {
            shown.put("line_id", lines::id_of(&self.line));
        }
        shown.put("type", &self.kind);
        shown.put("ttl", self.ttl.to_string());
        shown.put("value", &self.value);
        if self.shows_weight(site) {
            shown.put("weight", self.weight);
        }
        shown.put("mx", self.mx.to_string());
        shown.put("enabled", if self.enabled { "1" } else { "0" });
        shown.put("status", word);
        shown.put("monitor_status", &self.monitor_status);
        shown.put("remark", &self.remark);
        shown.put("updated_on", site_time(site, self.updated_on));
        if site == Site::China {
            shown.put("use_aqb", "no");
        }
        if self.hold {
            shown.put("hold", "hold");
        }
        for (name, value) in &self.other {
            if shown.get(name).is_none() {
                shown.put(name, value.clone());
            }
        }
        shown
    }

    /// As `Record.Info` shows it: the same under other names.
    pub(super) fn info(&self, site: Site, domain_id: u64) -> Json {
        let mut shown = object! {
            "id": self.id.to_string(),
            "sub_domain": &self.name,
            "record_type": &self.kind,
            "record_line": &self.line,
        };
        if site == Site::China {
            shown.put("record_line_id", lines::id_of(&self.line));
        }
        shown.put("value", &self.value);
        if self.shows_weight(site) {
            shown.put("weight", self.weight);
        }
        shown.put("mx", self.mx.to_string());
        shown.put("ttl", self.ttl.to_string());
        shown.put("enabled", if self.enabled { "1" } else { "0" });
        shown.put("monitor_status", &self.monitor_status);
        shown.put("remark", &self.remark);
        shown.put("updated_on", site_time(site, self.updated_on));
        shown.put("domain_id", domain_id.to_string());
        shown
    }

    /// As `Record.Create` answers: the id is a string.
    pub(super) fn created(&self, site: Site) -> Json {
        let word = if self.enabled { "enabled" } else { "disabled" };
        let mut shown = object! {"id": self.id.to_string(), "name": &self.name, "status": word};
        if site == Site::China {
            shown.put("weight", self.weight);
        }
        object! {"record": shown}
    }

    /// As `Record.Modify` answers: the id is a number, and the status another word.
    pub(super) fn modified(&self, site: Site) -> Json {
        let word = if self.enabled { "enable" } else { "disable" };
        let mut shown = object! {
            "id": self.id, "name": &self.name, "value": &self.value, "status": word,
        };
        if site == Site::China {
            shown.put("weight", self.weight);
        }
        object! {"record": shown}
    }

    /// The value in the form of a zone file, for the DNS server.
    pub(crate) fn presentation(&self) -> String {
        match self.kind.as_str() {
            "MX" => format!("{} {}", self.mx, self.value),
            _ => self.value.clone(),
        }
    }
}

/// A time as the site writes it.
pub(super) fn site_time(site: Site, unix: u64) -> String {
    date_time(local(site, unix))
}

/// A day as the site writes it.
pub(super) fn site_date(site: Site, unix: u64) -> String {
    date(local(site, unix))
}

/// The site for China is eight hours ahead and does not say so.
fn local(site: Site, unix: u64) -> u64 {
    match site {
        Site::International => unix,
        Site::China => unix + 8 * 3600,
    }
}
