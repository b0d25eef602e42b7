//! `Record.List` and `Record.Info`.

use serde_json::{Value, json};

use super::calls::{Answer, Call};
use super::codes;
use super::lines;
use super::record::Record;
use super::state::State;

impl State {
    pub(super) fn record_list(&self, call: &Call<'_>) -> Answer {
        let at = self.domain_of(call, "9")?;
        let domain = &self.domains[at];
        let (from, length) = self.page(call, "7", "8")?;
        let mut matching: Vec<&Record> = domain
            .records
            .iter()
            .filter(|r| self.is_wanted(call, r))
            .collect();
        matching.sort_by_key(|r| (order(&r.name), r.id));
        let page = matching.iter().skip(from).take(length);
        let shown: Vec<Value> = page.map(|r| r.listed(self.site)).collect();
        if shown.is_empty() && call.empty_is_error() {
            return Err(codes::NO_RECORDS);
        }
        let servers = domain.records.iter().filter(|r| r.hold);
        let servers: Vec<&str> = servers.map(|r| r.value.trim_end_matches('.')).collect();
        Ok(json!({
            "domain": {
                "id": domain.id.to_string(),
                "name": domain.name,
                "punycode": domain.name,
                "grade": "DP_Free",
                "owner": "sandbox@example.com",
                "ext_status": "",
                "ttl": domain.min_ttl.max(600),
                "min_ttl": domain.min_ttl,
                "dnspod_ns": servers,
                "status": "enable",
            },
            "info": {
                "sub_domains": domain.records.len().to_string(),
                "record_total": matching.len().to_string(),
                "records_num": shown.len().to_string(),
            },
            "records": shown,
        }))
    }

    fn is_wanted(&self, call: &Call<'_>, record: &Record) -> bool {
        let sub_domain = call.filled("sub_domain");
        let kind = call.filled("record_type");
        let line = call.filled("record_line");
        let keyword = call.filled("keyword").filter(|_| self.china());
        sub_domain.is_none_or(|name| name.eq_ignore_ascii_case(&record.name))
            && kind.is_none_or(|kind| kind == record.kind)
            && line.is_none_or(|line| lines::matches(self.site, line, &record.line))
            && keyword.is_none_or(|word| record.name.contains(word) || record.value.contains(word))
    }

    pub(super) fn record_info(&self, call: &Call<'_>) -> Answer {
        let (at, record) = self.record_of(call)?;
        let domain = &self.domains[at];
        Ok(json!({
            "domain": {
                "id": domain.id.to_string(),
                "domain": domain.name,
                "domain_grade": "DP_Free",
            },
            "record": domain.records[record].info(self.site, domain.id),
        }))
    }
}

/// The service's alphabet: the apex first, the underscore last, case does not matter.
fn order(name: &str) -> Vec<u32> {
    let place = |c: char| match c {
        '@' => 0,
        '_' => u32::MAX,
        c => u32::from(c.to_ascii_lowercase()),
    };
    name.chars().map(place).collect()
}
