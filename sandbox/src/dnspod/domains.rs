//! `Domain.List` and `Domain.Info`.

use serde_json::{Value, json};

use super::calls::{Answer, Call};
use super::codes::Code;
use super::record::site_time;
use super::state::{Domain, State};

impl State {
    pub(super) fn domain_list(&self, call: &Call<'_>) -> Answer {
        let kind = call.filled("type").unwrap_or("all");
        let keyword = call.filled("keyword").filter(|_| self.china());
        let own: Vec<&Domain> = self
            .domains
            .iter()
            .filter(|d| d.user == call.user)
            .collect();
        // Nothing here is shared, marked, paused or paid for.
        let of_kind = own.iter().filter(|d| {
            matches!(kind, "all" | "mine" | "recent")
                && keyword.is_none_or(|keyword| d.name.contains(keyword))
        });
        let of_kind: Vec<&&Domain> = of_kind.collect();
        let (from, length) = self.page(call, "6", "7")?;
        let page = of_kind.iter().skip(from).take(length);
        let shown: Vec<Value> = page.map(|d| self.domain_json(d, true)).collect();
        if shown.is_empty() && call.empty_is_error() {
            return Err("9");
        }
        let count = own.len();
        // Two of the counters have been seen as strings, for some users only.
        let (mine, share) = if self.china() {
            (json!(count), json!(0))
        } else {
            (json!(count.to_string()), json!("0"))
        };
        Ok(json!({
            "info": {
                "domain_total": of_kind.len(), "all_total": count, "mine_total": mine,
                "share_total": share, "vip_total": 0, "ismark_total": 0, "pause_total": 0,
                "error_total": 0, "lock_total": 0, "spam_total": 0, "vip_expire": 0,
                "share_out_total": 0,
            },
            "domains": shown,
        }))
    }

    pub(super) fn domain_info(&self, call: &Call<'_>) -> Answer {
        let at = self.domain_of(call, "8")?;
        let mut domain = self.domain_json(&self.domains[at], false);
        domain["user_id"] = call.user.to_string().into();
        Ok(json!({ "domain": domain }))
    }

    /// `offset` and `length`, the latter never more than the site gives at once.
    pub(super) fn page(
        &self,
        call: &Call<'_>,
        bad_offset: Code,
        bad_length: Code,
    ) -> Result<(usize, usize), Code> {
        let cap = if self.china() { 3000 } else { 500 };
        let number = |name: &str, default: usize, code: Code| match call.filled(name) {
            None => Ok(default),
            Some(text) => text.parse::<usize>().map_err(|_| code),
        };
        let length = number("length", cap, bad_length)?;
        if length == 0 {
            return Err(bad_length);
        }
        Ok((number("offset", 0, bad_offset)?, length.min(cap)))
    }

    /// A domain; the id is a number in the list and a string elsewhere, and an absent remark is `""` there, `false` here.
    fn domain_json(&self, domain: &Domain, listed: bool) -> Value {
        let text = domain.id.to_string();
        let mut shown = json!({
            "id": if listed { json!(domain.id) } else { json!(text) },
            "name": domain.name,
            "punycode": domain.name,
            "grade": "DP_Free",
            "grade_title": "Free",
            "status": "enable",
            "ext_status": "",
            "records": domain.records.len().to_string(),
            "group_id": if self.china() { json!(1) } else { json!("1") },
            "is_mark": "no",
            "remark": if listed { json!("") } else { json!(false) },
            "is_vip": "no",
            "searchengine_push": "no",
            "created_on": site_time(self.site, domain.created_on),
            "updated_on": site_time(self.site, domain.updated_on()),
            "ttl": domain.min_ttl.max(600).to_string(),
            "owner": "sandbox@example.com",
        });
        if self.china() {
            shown["cname_speedup"] = "disable".into();
            shown["auth_to_anquanbao"] = false.into();
        } else {
            shown["beian"] = "no".into();
        }
        shown
    }
}

impl Domain {
    fn updated_on(&self) -> u64 {
        let changes = self.records.iter().map(|r| r.updated_on);
        changes.max().unwrap_or(self.created_on)
    }
}
