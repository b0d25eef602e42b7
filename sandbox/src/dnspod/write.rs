//! The calls that write records.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::calls::{Answer, Call};
use super::codes::{self, Code};
use super::record::{Content, Record};
use super::state::{Domain, State};
use super::{lines, rules};

/// So many records of one type at one name on one line.
const LOAD_BALANCING: usize = 4;

/// What the site for China makes of a `Record.Ddns` without a TTL; below what its own `Record.Modify` takes.
const DDNS_TTL_CHINA: u32 = 10;

impl State {
    pub(super) fn record_create(&mut self, call: &Call<'_>) -> Answer {
        let at = self.domain_of(call, codes::NOT_OWNER)?;
        for needed in ["record_type", "value"] {
            call.filled(needed).ok_or(codes::BAD_PARAMETER)?;
        }
        let content = self.content(call, at, None)?;
        let domain = &self.domains[at];
        if domain.has(&content, None) {
            return Err(codes::EXISTS);
        }
        self.fits(domain, &content, None)?;
        let record = Record::new(self.fresh_id(), content, call.stamp);
        let answer = record.created(self.site);
        self.domains[at].records.push(record);
        Ok(answer)
    }

    pub(super) fn record_modify(&mut self, call: &Call<'_>) -> Answer {
        let (at, position) = self.writable(call)?;
        let old = &self.domains[at].records[position];
        let (id, before) = (old.id, old.content());
        let content = self.content(call, at, Some(&before))?;
        if content == before {
            return Err(self.unchanged(call, at, position));
        }
        let domain = &self.domains[at];
        if domain.has(&content, Some(id)) {
            return Err(codes::EXISTS);
        }
        self.fits(domain, &content, Some(id))?;
        let record = &mut self.domains[at].records[position];
        record.put(content, call.stamp);
        Ok(record.modified(self.site))
    }

    pub(super) fn record_ddns(&mut self, call: &Call<'_>) -> Answer {
        let (at, position) = self.writable(call)?;
        let before = self.domains[at].records[position].content();
        let value = match call.filled("value") {
            Some(value) => value.to_owned(),
            None => caller(call).to_string(),
        };
        if !rules::is_value(&before.kind, &value) {
            return Err(codes::BAD_VALUE);
        }
        let content = Content {
            name: sub_domain(call)?,
            line: self.line(call)?,
            value: rules::stored_value(&before.kind, &value),
            ..before.clone()
        };
        let ttl = match call.filled("ttl") {
            Some(_) => self.ttl(call, at, &before.kind, codes::MODIFY_TTL)?,
            None if content == before => before.ttl,
            None if self.china() => DDNS_TTL_CHINA,
            None => rules::default_ttl(&before.kind, self.domains[at].min_ttl),
        };
        let content = Content { ttl, ..content };
        if content == before {
            return Err(self.unchanged(call, at, position));
        }
        let record = &mut self.domains[at].records[position];
        record.put(content, call.stamp);
        Ok(json!({"record": {"id": record.id, "name": record.name, "value": record.value}}))
    }

    pub(super) fn record_remove(&mut self, call: &Call<'_>) -> Answer {
        let (at, position) = self.writable(call)?;
        self.domains[at].records.remove(position);
        Ok(Value::Null)
    }

    pub(super) fn record_status(&mut self, call: &Call<'_>) -> Answer {
        let (at, position) = self.writable(call)?;
        let status = call.filled("status").unwrap_or_default();
        let enabled = match status {
            "enable" => true,
            "disable" => false,
            _ => return Err(codes::BAD_PARAMETER),
        };
        let record = &mut self.domains[at].records[position];
        if record.enabled != enabled {
            record.enabled = enabled;
            record.updated_on = call.stamp;
        }
        Ok(json!({"record": {"id": record.id, "name": record.name, "status": status}}))
    }

    pub(super) fn record_remark(&mut self, call: &Call<'_>) -> Answer {
        let (at, position) = self.record_of(call)?;
        let remark = call.param("remark").ok_or(codes::BAD_PARAMETER)?;
        let record = &mut self.domains[at].records[position];
        remark.clone_into(&mut record.remark);
        record.updated_on = call.stamp;
        Ok(Value::Null)
    }

    /// The record a call names, if it may be changed: it is not locked, nor one of the zone's own.
    fn writable(&self, call: &Call<'_>) -> Result<(usize, usize), Code> {
        let (at, position) = self.record_of(call)?;
        let record = &self.domains[at].records[position];
        if record.hold || record.locked(call.now) {
            return Err(codes::LOCKED);
        }
        Ok((at, position))
    }

    /// Counts an update that changes nothing against the record.
    fn unchanged(&mut self, call: &Call<'_>, at: usize, position: usize) -> Code {
        let record = &mut self.domains[at].records[position];
        if record.note_unchanged(call.now) {
            codes::LOCKED
        } else {
            codes::EXISTS
        }
    }

    /// What the parameters say. All of them count, in a change as in a creation: one that is absent takes its default, not
    /// its old value. Abroad the status and the weight are not parameters, so there they stay.
    fn content(
        &self,
        call: &Call<'_>,
        at: usize,
        before: Option<&Content>,
    ) -> Result<Content, Code> {
        let name = sub_domain(call)?;
        let kind = call.filled("record_type").ok_or(codes::BAD_TYPE)?;
        if !rules::is_type(kind) {
            return Err(codes::BAD_TYPE);
        }
        let line = self.line(call)?;
        let value = call.filled("value").unwrap_or_default();
        if !rules::is_value(kind, value) {
            return Err(codes::BAD_VALUE);
        }
        let mx = call.filled("mx").and_then(|mx| mx.parse().ok());
        let mx = match (kind, mx) {
            ("MX", Some(mx @ 1..=20)) => mx,
            ("MX", _) => return Err(codes::BAD_MX),
            _ => 0,
        };
        let bad_ttl = match before {
            None => codes::CREATE_TTL,
            Some(_) => codes::MODIFY_TTL,
        };
        let ttl = self.ttl(call, at, kind, bad_ttl)?;
        let status = call.filled("status");
        let weight = match call.filled("weight") {
            None => None,
            Some(weight) => match weight.parse() {
                Ok(weight @ 0..=100) => Some(weight),
                _ => return Err(codes::BAD_PARAMETER),
            },
        };
        let kept = before.filter(|_| !self.china());
        Ok(Content {
            name,
            kind: kind.to_owned(),
            line,
            value: rules::stored_value(kind, value),
            mx,
            ttl,
            weight: weight.or_else(|| kept.and_then(|before| before.weight)),
            enabled: match status {
                Some("enable") => true,
                Some("disable") => false,
                Some(_) => return Err(codes::BAD_PARAMETER),
                None => kept.is_none_or(|before| before.enabled),
            },
        })
    }

    fn line(&self, call: &Call<'_>) -> Result<String, Code> {
        let (name, id) = (call.filled("record_line"), call.filled("record_line_id"));
        lines::asked(self.site, name, id).ok_or(codes::BAD_LINE)
    }

    fn ttl(&self, call: &Call<'_>, at: usize, kind: &str, bad: Code) -> Result<u32, Code> {
        let least = self.domains[at].min_ttl;
        let Some(ttl) = call.filled("ttl") else {
            return Ok(rules::default_ttl(kind, least));
        };
        let ttl = ttl.parse().map_err(|_| bad)?;
        let allowed = (least..=rules::LARGEST_TTL).contains(&ttl);
        allowed.then_some(ttl).ok_or(bad)
    }

    /// Whether a record may stand beside the others of its name and line.
    fn fits(&self, domain: &Domain, content: &Content, except: Option<u64>) -> Result<(), Code> {
        let beside = domain.records.iter().filter(|r| {
            !r.hold && Some(r.id) != except && r.name == content.name && r.line == content.line
        });
        let (same, others): (Vec<_>, Vec<_>) = beside.partition(|r| r.kind == content.kind);
        if others
            .iter()
            .any(|r| rules::conflict(&r.kind, &content.kind))
        {
            return Err(codes::CONFLICT);
        }
        // One that is among them already makes them no more.
        let among = domain.records.iter().any(|r| {
            Some(r.id) == except
                && r.name == content.name
                && r.line == content.line
                && r.kind == content.kind
        });
        if among || same.len() < LOAD_BALANCING {
            return Ok(());
        }
        match (content.kind.as_str(), self.china()) {
            ("A" | "AAAA" | "CNAME", false) => Err("25"),
            ("A" | "AAAA", true) => Err("500025"),
            ("CNAME", true) => Err("500026"),
            _ => Ok(()),
        }
    }
}

impl Domain {
    /// Whether another record says the same: name, type, line and value.
    fn has(&self, content: &Content, except: Option<u64>) -> bool {
        self.records.iter().any(|r| {
            Some(r.id) != except
                && r.name == content.name
                && r.kind == content.kind
                && r.line == content.line
                && r.value == content.value
        })
    }
}

/// The name within the zone. A caller who leaves it out means the apex.
fn sub_domain(call: &Call<'_>) -> Result<String, Code> {
    let name = call.filled("sub_domain").unwrap_or("@");
    let name = name.to_ascii_lowercase();
    rules::is_sub_domain(&name)
        .then_some(name)
        .ok_or(codes::BAD_SUB_DOMAIN)
}

fn caller(call: &Call<'_>) -> IpAddr {
    call.request.peer.ip().to_canonical()
}
