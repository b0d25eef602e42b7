//! DNS records: what a body may say, what is kept, what is shown.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use crate::json::{Json, object};
use crate::table::TableRow;

pub(super) const DEFAULT_TTL: u32 = 3600;

/// The types that are known, each with the fields it needs besides host, ttl, type and data.
const TYPES: [(&str, &[&str]); 11] = [
    ("A", &[]),
    ("AAAA", &[]),
    ("CNAME", &[]),
    ("ANAME", &[]),
    ("MX", &["priority"]),
    ("SRV", &["priority", "weight", "port"]),
    ("TXT", &[]),
    ("NS", &[]),
    ("TLSA", &["usage", "selector", "dtype"]),
    ("DS", &["tag", "alg", "digest"]),
    ("CAA", &["flags", "tag"]),
];

/// A record without an id, as a caller gave it and normalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordInput {
    pub(super) host: String,
    pub(super) ttl: u32,
    pub(super) kind: String,
    pub(super) data: String,
    /// The fields of its type, in the order of [`TYPES`]; numbers as text.
    extras: Vec<(String, Extra)>,
}

/// A field of a type: most are numbers; CAA's `tag` may be a word.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Extra {
    Number(u64),
    Word(String),
}

impl Extra {
    /// Whether a field can have this value.
    fn sound(&self, kind: &str, name: &str) -> bool {
        let most = match (kind, name) {
            ("TLSA", "usage") => 3,
            ("TLSA", "selector") => 1,
            ("TLSA", "dtype") | ("CAA", "tag") => 2,
            ("DS", "alg" | "digest") | ("CAA", _) => 255,
            _ => 65_535,
        };
        match self {
            Self::Number(number) => *number <= most,
            Self::Word(word) => matches!(word.as_str(), "issue" | "issuewild" | "iodef"),
        }
    }
}

/// A record of a zone.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) host: String,
    pub(crate) ttl: u32,
    pub(crate) kind: String,
    pub(crate) data: String,
    extras: Vec<(String, Extra)>,
}

impl RecordInput {
    /// What a body says, or why it is refused. Keys that mean nothing here are passed over.
    pub(super) fn checked(body: &str) -> Result<Self, String> {
        let body: Value =
            serde_json::from_str(body).map_err(|error| format!("not JSON: {error}"))?;
        let fields = body.as_object().ok_or("not a JSON object")?;
        for key in ["host", "type", "data"] {
            if !fields.get(key).is_some_and(Value::is_string) {
                return Err(format!("{key} is missing or not a string"));
            }
        }
        let ttl = match fields.get("ttl") {
            None | Some(Value::Null) => DEFAULT_TTL,
            Some(ttl) => number(ttl)
                .and_then(|ttl| u32::try_from(ttl).ok())
                .filter(|ttl| (60..=604_800).contains(ttl) && ttl.is_multiple_of(60))
                .ok_or("ttl must be a multiple of 60 from 60 to 604800")?,
        };
        let given = Self::lenient(&body);
        let Some((_, needed)) = TYPES.iter().find(|(kind, _)| *kind == given.kind) else {
            return Err(format!("type {:?} is not known", given.kind));
        };
        if given.extras.len() != needed.len() {
            return Err(format!("{} needs {}", given.kind, needed.join(", ")));
        }
        if !is_host(&given.host) {
            return Err("host is not a relative name".to_owned());
        }
        for (name, extra) in &given.extras {
            if !extra.sound(&given.kind, name) {
                return Err(format!("{name} is out of range"));
            }
        }
        check_data(&given.kind, &given.data)?;
        if given.kind == "TLSA" && !given.hash_fits() {
            return Err("the hash does not have the length of its kind".to_owned());
        }
        Ok(Self { ttl, ..given })
    }

    /// SHA-256 has 64 hexadecimal digits, SHA-512 twice as many; a whole certificate has any number.
    fn hash_fits(&self) -> bool {
        let dtype = self.extras.iter().find(|(name, _)| name == "dtype");
        match dtype {
            Some((_, Extra::Number(1))) => self.data.len() == 64,
            Some((_, Extra::Number(2))) => self.data.len() == 128,
            _ => true,
        }
    }

    /// What an object says, without questions.
    pub(super) fn lenient(body: &Value) -> Self {
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        let kind = text("type");
        let needed = TYPES.iter().find(|(name, _)| *name == kind);
        let extras = needed.map_or(&[][..], |(_, extras)| extras);
        let extras = extras.iter().filter_map(|name| {
            let extra = match &body[*name] {
                value if number(value).is_some() => Extra::Number(number(value)?),
                Value::String(word) if kind == "CAA" && *name == "tag" => Extra::Word(word.clone()),
                _ => return None,
            };
            Some(((*name).to_owned(), extra))
        });
        let ttl = number(&body["ttl"]).and_then(|ttl| u32::try_from(ttl).ok());
        Self {
            host: match text("host").as_str() {
                "" => "@".to_owned(),
                host => host.to_ascii_lowercase(),
            },
            ttl: ttl.unwrap_or(DEFAULT_TTL),
            data: normal_data(&kind, text("data")),
            extras: extras.collect(),
            kind,
        }
    }

    /// An address of a host, as dyndns writes it.
    pub(super) fn address(host: &str, kind: &str, data: String) -> Self {
        Self {
            host: host.to_owned(),
            ttl: DEFAULT_TTL,
            kind: kind.to_owned(),
            data,
            extras: Vec::new(),
        }
    }

    pub(super) fn with_id(self, id: u64) -> Record {
        Record {
            id,
            host: self.host,
            ttl: self.ttl,
            kind: self.kind,
            data: self.data,
            extras: self.extras,
        }
    }

    /// Whether this record cannot stand beside one that exists: the same record twice, or an alias beside what it
    /// would hide.
    pub(super) fn collides(&self, other: &Record) -> bool {
        if self.host != other.host {
            return false;
        }
        let same =
            self.kind == other.kind && self.data == other.data && self.extras == other.extras;
        let cname = self.kind == "CNAME" || other.kind == "CNAME";
        let aname = (self.kind == "ANAME" && leads_somewhere(&other.kind))
            || (other.kind == "ANAME" && leads_somewhere(&self.kind));
        same || cname || aname
    }
}

impl TableRow for Record {
    fn id(&self) -> u64 {
        self.id
    }

    fn place(&self) -> String {
        self.host.clone()
    }
}

impl Record {
    pub(super) fn to_json(&self, numbers_as_strings: bool) -> Json {
        let mut shown = object! {
            "id": self.id,
            "host": &self.host,
            "ttl": self.ttl,
            "type": &self.kind,
            "data": &self.data,
        };
        for (name, extra) in &self.extras {
            let value = match extra {
                Extra::Number(n) if numbers_as_strings => n.to_string().into(),
                Extra::Number(n) => Json::from(*n),
                Extra::Word(word) => word.into(),
            };
            shown.put(name, value);
        }
        shown
    }

    /// The data in the form of a zone file, for the DNS server.
    pub(crate) fn presentation(&self) -> String {
        let mut text = String::new();
        for (name, extra) in &self.extras {
            text += &match extra {
                Extra::Number(n) if self.kind == "CAA" && name == "tag" => {
                    ["issue", "issuewild", "iodef"][usize::try_from(*n).unwrap_or(2).min(2)].into()
                }
                Extra::Number(n) => n.to_string(),
                Extra::Word(word) => word.clone(),
            };
            text.push(' ');
        }
        text + &self.data
    }

    /// Takes over everything but the id.
    pub(super) fn replace(&mut self, given: RecordInput) {
        *self = given.with_id(self.id);
    }
}

/// A number, or a string that holds one: the service takes both.
fn number(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// Host names are kept with their final dot, whether it was written or not.
fn normal_data(kind: &str, data: String) -> String {
    let is_host = matches!(kind, "CNAME" | "ANAME" | "MX" | "SRV" | "NS");
    if is_host && !data.is_empty() && !data.ends_with('.') {
        return data + ".";
    }
    data
}

fn check_data(kind: &str, data: &str) -> Result<(), String> {
    let sound = match kind {
        "A" => data.parse::<Ipv4Addr>().is_ok(),
        "AAAA" => data.parse::<Ipv6Addr>().is_ok(),
        "CNAME" | "ANAME" | "MX" | "SRV" | "NS" => is_host(data.trim_end_matches('.')),
        "TLSA" | "DS" => !data.is_empty() && data.chars().all(|c| c.is_ascii_hexdigit()),
        _ => !data.is_empty(),
    };
    let refusal = || format!("{data:?} is not the data of a record of type {kind}");
    sound.then_some(()).ok_or_else(refusal)
}

/// Whether a type says where a host is, so that a forward of that host would contradict it.
pub(super) fn leads_somewhere(kind: &str) -> bool {
    matches!(kind, "A" | "AAAA" | "ANAME" | "CNAME")
}

pub(super) fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .chars()
                // Names in Unicode are taken, since they may come back so (facts: Q7).
                .all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '*'))
    };
    name == "@" || (name.len() <= 253 && name.split('.').all(label))
}
