//! `Record.List` and `Record.Info`.

use super::access::RequiredLevel;
use super::calls::{Call, CallAnswer};
use super::codes;
use super::record::Record;
use super::state::DnsPodState;
use super::{lines, rules};
use crate::json::{Json, object};

impl DnsPodState {
    pub(super) fn record_list(&self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::read("9"))?;
        let domain = &self.domains[at];
        let (from, length) = self.page(call, "7", "8")?;
        let reach = self.reach(domain, call);
        let wanted = |r: &&Record| self.is_wanted(call, r) && reach.covers(&r.name, false);
        let matching: Vec<&Record> = match call.filled("sub_domain") {
            Some(name) => domain
                .records
                .at(&rules::order(name))
                .filter(wanted)
                .collect(),
            None => domain.records.sorted().filter(wanted).collect(),
        };
        let page = matching.iter().skip(from).take(length);
        let shown: Vec<Json> = page.map(|r| r.listed(self.site)).collect();
        if shown.is_empty() && call.empty_is_error() {
            return Err(codes::NO_RECORDS);
        }
        let apex = domain.records.at(&rules::order("@"));
        let servers = apex.filter(|r| r.hold);
        let servers: Vec<&str> = servers.map(|r| r.value.trim_end_matches('.')).collect();
        Ok(object! {
            "domain": object! {
                "id": domain.id.to_string(),
                "name": &domain.name,
                "punycode": &domain.punycode,
                "grade": &domain.grade,
                "owner": self.accounts[domain.owner].email(),
                "ext_status": &domain.ext_status,
                "ttl": domain.min_ttl.max(600),
                "min_ttl": domain.min_ttl,
                "dnspod_ns": servers,
                "status": domain.status(call.unix),
            },
            "info": object! {
                "sub_domains": domain.records.len().to_string(),
                "record_total": matching.len().to_string(),
                "records_num": shown.len().to_string(),
            },
            "records": shown,
        })
    }

    fn is_wanted(&self, call: &Call<'_>, record: &Record) -> bool {
        let kind = call.filled("record_type");
        let line = call.filled("record_line");
        let keyword = call.filled("keyword").filter(|_| self.china());
        kind.is_none_or(|kind| kind == record.kind)
            && line.is_none_or(|line| lines::matches(self.site, line, &record.line))
            && keyword.is_none_or(|word| record.name.contains(word) || record.value.contains(word))
    }

    pub(super) fn record_info(&self, call: &Call<'_>) -> CallAnswer {
        let need = RequiredLevel::read(codes::NOT_OWNER).unbanned();
        let (at, id) = self.record_for(call, need)?;
        let domain = &self.domains[at];
        let record = domain.records.get(id).ok_or(codes::BAD_RECORD_ID)?;
        Ok(object! {
            "domain": object! {
                "id": domain.id.to_string(),
                "domain": &domain.name,
                "domain_grade": &domain.grade,
            },
            "record": record.info(self.site, domain.id),
        })
    }
}
