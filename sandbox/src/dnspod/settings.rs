//! The calls that set one thing about a domain.

use super::access::RequiredLevel;
use super::calls::{Call, CallAnswer};
use super::codes;
use super::state::DnsPodState;
use crate::json::Json;

/// What only the owner may keep about a domain, and what needs nothing of it.
const NOTES: RequiredLevel = RequiredLevel::own(codes::BAD_PARAMETER).notes();

impl DnsPodState {
    pub(super) fn domain_status(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::own("8").locked(Some("7")))?;
        let enable = call.either("status", "enable", "disable");
        self.domains[at].paused = !enable.ok_or(codes::BAD_PARAMETER)?;
        Ok(Json::Null)
    }

    pub(super) fn domain_push(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::own("8").locked(Some("7")))?;
        let push = call.either("status", "yes", "no");
        self.domains[at].pushed = push.ok_or(codes::BAD_PARAMETER)?;
        Ok(Json::Null)
    }

    pub(super) fn domain_mark(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, NOTES)?;
        let mark = call.either("is_mark", "yes", "no");
        self.domains[at].marked = mark.ok_or(codes::BAD_PARAMETER)?;
        Ok(Json::Null)
    }

    /// An empty remark takes the old one away; none at all is a mistake.
    pub(super) fn domain_remark(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, NOTES)?;
        let remark = call.param("remark").ok_or(codes::BAD_PARAMETER)?;
        remark.clone_into(&mut self.domains[at].remark);
        Ok(Json::Null)
    }

    pub(super) fn domain_change_group(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, NOTES)?;
        let group = call.filled("group_id").unwrap_or_default();
        self.domains[at].group = self.group(call, group).ok_or("7")?;
        Ok(Json::Null)
    }
}
