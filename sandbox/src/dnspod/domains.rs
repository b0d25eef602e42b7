//! `Domain.Create`, `.List`, `.Info` and `.Remove`.

use super::access::RequiredLevel;
use super::calls::{Call, CallAnswer};
use super::codes::{self, Code};
use super::domain::{Domain, DomainView, SHARED_GROUP};
use super::state::DnsPodState;
use super::{punycode, rules};
use crate::json::{Json, object};

/// The smallest TTL of a domain on the free plan.
pub(super) const FREE_MIN_TTL: u32 = 600;

impl DnsPodState {
    pub(super) fn domain_create(&mut self, call: &Call<'_>) -> CallAnswer {
        let name = call.filled("domain").unwrap_or_default().to_lowercase();
        if !is_domain(&name) || name.starts_with("www.") {
            return Err(codes::BAD_PARAMETER);
        }
        let group = match call.filled("group_id") {
            None => None,
            Some(id) => Some(self.group(call, id).ok_or(codes::BAD_PARAMETER)?),
        };
        let marked = match call.filled("is_mark") {
            None => Some(false),
            Some(_) => call.either("is_mark", "yes", "no"),
        };
        let marked = marked.ok_or(codes::BAD_PARAMETER)?;
        if let Some(there) = self.domains.iter().find(|d| d.is_called(&name)) {
            return Err(if there.owner == call.user { "7" } else { "12" });
        }
        if self.is_alias(&name) {
            return Err("11");
        }
        let id = self.new_domain(call.user, &name, FREE_MIN_TTL, call.stamp);
        let domain = self.domains.iter_mut().find(|d| d.id == id);
        let domain = domain.ok_or(codes::BAD_PARAMETER)?;
        domain.group = group.unwrap_or(domain.group);
        domain.marked = marked;
        Ok(object! {
            "domain": object! {
                "id": id.to_string(), "punycode": &domain.punycode, "domain": &domain.name,
            },
        })
    }

    pub(super) fn domain_list(&self, call: &Call<'_>) -> CallAnswer {
        let kind = call.filled("type").unwrap_or("all");
        let group = call.filled("group_id");
        let keyword = call.filled("keyword").filter(|_| self.china());
        let all: Vec<&Domain> = self.domains.iter().filter(|d| self.sees(d, call)).collect();
        let is = |d: &Domain, kind: &str| match kind {
            "all" | "recent" => true,
            "mine" => d.owner == call.user,
            "share" => d.owner != call.user,
            "ismark" => d.marked,
            "pause" => d.paused,
            "vip" => d.vip,
            "share_out" => d.owner == call.user && !d.shares.is_empty(),
            "error" => !d.ext_status.is_empty(),
            "lock" => d.is_locked(call.unix),
            "spam" => d.spam,
            _ => false,
        };
        let of_kind = all.iter().copied().filter(|d| {
            is(d, kind)
                && group.is_none_or(|group| group == group_of(d, call).to_string())
                && keyword.is_none_or(|keyword| d.name.contains(keyword))
        });
        let of_kind: Vec<&Domain> = of_kind.collect();
        let (from, length) = self.page(call, "6", "7")?;
        let page = of_kind.iter().skip(from).take(length);
        let shown: Vec<Json> = page.map(|d| self.domain_json(d, call, true)).collect();
        if shown.is_empty() && call.empty_is_error() {
            return Err("9");
        }
        let count = |kind: &str| all.iter().filter(|d| is(d, kind)).count();
        // Two of the counters have been seen as strings, for some users only.
        let unsteady = |kind: &str| {
            let count = count(kind);
            if self.china() {
                Json::from(count)
            } else {
                Json::from(count.to_string())
            }
        };
        Ok(object! {
            "info": object! {
                "domain_total": of_kind.len(), "all_total": all.len(),
                "mine_total": unsteady("mine"), "share_total": unsteady("share"),
                "vip_total": count("vip"), "ismark_total": count("ismark"),
                "pause_total": count("pause"), "error_total": count("error"),
                "lock_total": count("lock"), "spam_total": count("spam"), "vip_expire": 0_u32,
                "share_out_total": count("share_out"),
            },
            "domains": shown,
        })
    }

    pub(super) fn domain_info(&self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::read("8"))?;
        let domain = self.domain_json(&self.domains[at], call, false);
        Ok(object! {"domain": domain})
    }

    pub(super) fn domain_remove(&mut self, call: &Call<'_>) -> CallAnswer {
        let need = RequiredLevel::own("9").any_plan().locked(Some("7"));
        let at = self.domain_for(call, need)?;
        if self.domains[at].vip {
            return Err("8");
        }
        self.domains.remove(at);
        Ok(Json::Null)
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

    /// Whether a domain is among the caller's, his own and those shared with him.
    fn sees(&self, domain: &Domain, call: &Call<'_>) -> bool {
        let email = self.accounts[call.user].email();
        domain.owner == call.user || domain.shares.iter().any(|s| s.accepted && s.email == email)
    }

    /// How many of the domains that the caller sees are in a group.
    pub(super) fn group_size(&self, call: &Call<'_>, group: u64) -> usize {
        let seen = self.domains.iter().filter(|d| self.sees(d, call));
        seen.filter(|d| group_of(d, call) == group).count()
    }

    fn domain_json(&self, domain: &Domain, call: &Call<'_>, listed: bool) -> Json {
        let view = DomainView {
            owner: self.accounts[domain.owner].email(),
            owner_id: self.accounts[domain.owner].user,
            shared: domain.owner != call.user,
            unix: call.unix,
        };
        domain.shown(self.site, listed, &view)
    }
}

/// The group in which the caller sees a domain.
fn group_of(domain: &Domain, call: &Call<'_>) -> u64 {
    if domain.owner == call.user {
        domain.group
    } else {
        SHARED_GROUP
    }
}

/// Whether a text can be the name of a domain, as a user writes it.
pub(super) fn is_domain(name: &str) -> bool {
    let ascii = punycode::ascii(&name.to_lowercase());
    ascii.contains('.') && !ascii.contains('_') && rules::is_sub_domain(&ascii)
}
