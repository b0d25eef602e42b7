//! The calls that write records.

use super::access::RequiredLevel;
use super::calls::{Call, CallAnswer};
use super::codes::{self, Code};
use super::content::{Content, sub_domain};
use super::record::Record;
use super::rules;
use super::state::DnsPodState;
use crate::json::{Json, object};

/// What the site for China makes of a `Record.Ddns` without a TTL; below what its own `Record.Modify` takes.
const DDNS_TTL_CHINA: u32 = 10;

const WRITE: RequiredLevel = RequiredLevel::write(codes::NOT_OWNER);

impl DnsPodState {
    pub(super) fn record_create(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, WRITE)?;
        for needed in ["record_type", "value"] {
            call.filled(needed).ok_or(codes::BAD_PARAMETER)?;
        }
        let content = self.content(call, at, None)?;
        self.covered(call, at, &content)?;
        let domain = &self.domains[at];
        if domain.has(&content, None) {
            return Err(codes::EXISTS);
        }
        domain.fits(&content, None, self.china())?;
        let record = Record::new(self.fresh_id(), content, call.stamp);
        let answer = record.created(self.site);
        self.domains[at].records.insert(record);
        Ok(answer)
    }

    pub(super) fn record_modify(&mut self, call: &Call<'_>) -> CallAnswer {
        let (at, id, before) = self.writable(call)?;
        let content = self.content(call, at, Some(&before))?;
        self.covered(call, at, &content)?;
        if content == before {
            return Err(self.unchanged(call, at, id));
        }
        self.replace(call, at, id, content, Record::modified)
    }

    pub(super) fn record_ddns(&mut self, call: &Call<'_>) -> CallAnswer {
        let (at, id, before) = self.writable(call)?;
        let value = match call.filled("value") {
            Some(value) => value.to_owned(),
            None => call.peer.to_string(),
        };
        if !rules::is_value(&before.kind, &value) {
            return Err(codes::BAD_VALUE);
        }
        self.allowed_address(&value, Some(&before))?;
        let content = Content {
            name: sub_domain(call, &self.domains[at])?,
            line: self.line(call)?,
            value: rules::stored_value(&before.kind, &value),
            ..before.clone()
        };
        self.covered(call, at, &content)?;
        let ttl = match call.filled("ttl") {
            Some(_) => self.ttl(call, at, &before.kind, codes::MODIFY_TTL)?,
            None if content == before => before.ttl,
            None if self.china() => DDNS_TTL_CHINA,
            None => rules::default_ttl(&before.kind, self.domains[at].min_ttl),
        };
        let content = Content { ttl, ..content };
        if content == before {
            return Err(self.unchanged(call, at, id));
        }
        self.replace(
            call,
            at,
            id,
            content,
            |r, _| object! {"record": object! {"id": r.id, "name": &r.name, "value": &r.value}},
        )
    }

    pub(super) fn record_remove(&mut self, call: &Call<'_>) -> CallAnswer {
        let (at, id, _) = self.writable(call)?;
        self.domains[at].records.remove(id);
        Ok(Json::Null)
    }

    pub(super) fn record_status(&mut self, call: &Call<'_>) -> CallAnswer {
        let (at, id, _) = self.writable(call)?;
        let enabled = call.either("status", "enable", "disable");
        let enabled = enabled.ok_or(codes::BAD_PARAMETER)?;
        let set = |record: &mut Record| {
            if record.enabled != enabled {
                record.enabled = enabled;
                record.updated_on = call.stamp;
            }
            let status = if enabled { "enable" } else { "disable" };
            object! {"record": object! {"id": record.id, "name": &record.name, "status": status}}
        };
        let records = &mut self.domains[at].records;
        records.change(id, set).ok_or(codes::BAD_RECORD_ID)
    }

    pub(super) fn record_remark(&mut self, call: &Call<'_>) -> CallAnswer {
        let (at, id) = self.record_for(call, WRITE.notes())?;
        let remark = call.param("remark").ok_or(codes::BAD_PARAMETER)?;
        self.domains[at].records.change(id, |record| {
            remark.clone_into(&mut record.remark);
            record.updated_on = call.stamp;
        });
        Ok(Json::Null)
    }

    /// The record a call names, if it may be changed: it is not locked, nor one of the zone's own.
    fn writable(&self, call: &Call<'_>) -> Result<(usize, u64, Content), Code> {
        let (at, id) = self.record_for(call, WRITE)?;
        let record = self.domains[at].records.get(id);
        let record = record.ok_or(codes::BAD_RECORD_ID)?;
        if record.hold || record.locked(call.now) {
            return Err(codes::LOCKED);
        }
        Ok((at, id, record.content()))
    }

    /// Whether the caller may have a record of that name: whoever has a share in part may only there.
    fn covered(&self, call: &Call<'_>, at: usize, content: &Content) -> Result<(), Code> {
        let reach = self.reach(&self.domains[at], call);
        let covers = reach.covers(&content.name, true);
        covers.then_some(()).ok_or(codes::NOT_OWNER)
    }

    fn replace(
        &mut self,
        call: &Call<'_>,
        at: usize,
        id: u64,
        content: Content,
        shown: impl FnOnce(&Record, crate::log::Site) -> Json,
    ) -> CallAnswer {
        let (site, china) = (self.site, self.china());
        let domain = &mut self.domains[at];
        if domain.has(&content, Some(id)) {
            return Err(codes::EXISTS);
        }
        domain.fits(&content, Some(id), china)?;
        let put = |record: &mut Record| {
            record.put(content, call.stamp);
            shown(record, site)
        };
        let records = &mut domain.records;
        records.change(id, put).ok_or(codes::BAD_RECORD_ID)
    }

    /// Counts an update that changes nothing against the record.
    fn unchanged(&mut self, call: &Call<'_>, at: usize, id: u64) -> Code {
        let records = &mut self.domains[at].records;
        let locked = records.change(id, |record| record.note_unchanged(call.now));
        if locked == Some(true) {
            codes::LOCKED
        } else {
            codes::EXISTS
        }
    }
}
