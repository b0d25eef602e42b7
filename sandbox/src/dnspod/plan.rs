//! What a plan allows: `Record.Type`, `Record.Line` and `Domain.Purview`.

use super::access::RequiredLevel;
use super::calls::{Call, CallAnswer};
use super::codes::{self, Code};
use super::lines;
use super::locks::MAX_LOCK_DAYS;
use super::rules::{LOAD_BALANCING, MAX_LEVELS};
use super::state::DnsPodState;
use crate::json::object;

/// The types of the documents; the site for China has come by more since.
const TYPES: [&str; 9] = [
    "A",
    "CNAME",
    "MX",
    "TXT",
    "NS",
    "AAAA",
    "SRV",
    "URL",
    "Framed URL",
];
const TYPES_CHINA: [&str; 12] = [
    "A",
    "CNAME",
    "MX",
    "TXT",
    "NS",
    "AAAA",
    "SRV",
    "URL",
    "显性URL",
    "隐性URL",
    "CAA",
    "SPF",
];

/// The old plans and the new ones of the site for China; abroad there is one.
const GRADES: [&str; 5] = ["Free", "Plus", "Extra", "Expert", "Ultra"];

impl DnsPodState {
    pub(super) fn record_type(&self, call: &Call<'_>) -> CallAnswer {
        self.grade(call)?;
        Ok(if self.china() {
            object! {"types": TYPES_CHINA}
        } else {
            object! {"types": TYPES}
        })
    }

    pub(super) fn record_line(&self, call: &Call<'_>) -> CallAnswer {
        self.grade(call)?;
        self.domain_for(call, RequiredLevel::read(codes::BAD_PARAMETER))?;
        Ok(lines::all(self.site))
    }

    fn grade(&self, call: &Call<'_>) -> Result<(), Code> {
        let grade = call.filled("domain_grade").ok_or(codes::BAD_PARAMETER)?;
        let known = match grade.split_once('_') {
            Some(("DP" | "D", plan)) if self.china() => GRADES.contains(&plan),
            // What else there is abroad is not documented; a domain of it says so.
            _ => grade == "DP_Free" || self.domains.iter().any(|d| d.grade == grade),
        };
        known.then_some(()).ok_or(codes::BAD_PARAMETER)
    }

    pub(super) fn domain_purview(&self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::read(codes::BAD_PARAMETER).any_plan())?;
        let domain = &self.domains[at];
        let limit = |kind: &str| domain.limits.get(kind).copied();
        let mut purview = vec![
            object! {"name": "记录TTL最低", "value": domain.min_ttl},
            object! {"name": "域名锁定天数", "value": MAX_LOCK_DAYS},
            object! {"name": "负载均衡数量", "value": LOAD_BALANCING},
            object! {"name": "子域名级数", "value": MAX_LEVELS},
            object! {"name": "搜索引擎推送", "value": "yes"},
        ];
        for (kind, name) in [
            ("URL", "URL转发数量"),
            ("AAAA", "AAAA记录数量"),
            ("NS", "NS记录数量"),
        ] {
            let value = limit(kind).map(|value| object! {"name": name, "value": value});
            purview.extend(value);
        }
        Ok(object! {"purview": purview})
    }
}
