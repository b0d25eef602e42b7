//! Domains that their owners lock, so that nothing can be written for some days.

use super::access::RequiredLevel;
use super::calls::{Call, CallAnswer};
use super::codes;
use super::record::site_date;
use super::state::DnsPodState;
use crate::json::{Json, object};

const DAY: u64 = 86_400;

/// A domain is not locked for longer than this.
pub(super) const MAX_LOCK_DAYS: u64 = 30;

#[derive(Debug)]
pub(super) struct Lock {
    pub(super) code: String,
    start: u64,
    end: u64,
}

impl Lock {
    pub(super) fn holds(&self, unix: u64) -> bool {
        unix < self.end
    }
}

impl DnsPodState {
    /// Abroad the domain goes by its id only.
    pub(super) fn domain_lock(&mut self, call: &Call<'_>) -> CallAnswer {
        if !self.china() && call.filled("domain_id").is_none() {
            return Err(codes::BAD_PARAMETER);
        }
        let at = self.domain_for(call, RequiredLevel::own("7"))?;
        let days = call.filled("days").and_then(|days| days.parse().ok());
        let days: u64 = days.filter(|days| *days > 0).ok_or("8")?;
        if days > MAX_LOCK_DAYS {
            return Err("9");
        }
        let site = self.site;
        let domain = &mut self.domains[at];
        let code = (domain.id * 7_919 + call.stamp) & 0x00ff_ffff;
        let lock = Lock {
            code: format!("{code:06x}"),
            start: call.unix,
            end: call.unix + days * DAY,
        };
        let shown = object! {
            "domain_id": domain.id,
            "lock_code": &lock.code,
            "lock_end": site_date(site, lock.end),
        };
        domain.lock = Some(lock);
        Ok(object! {"lock": shown})
    }

    pub(super) fn domain_lock_status(&self, call: &Call<'_>) -> CallAnswer {
        let need = RequiredLevel::own(codes::BAD_PARAMETER).locked(None);
        let at = self.domain_for(call, need)?;
        let lock = self.lock_json(at, call.unix).ok_or("7")?;
        Ok(object! {"lock": lock})
    }

    /// Abroad the answer still shows the lock, as if it were in force.
    pub(super) fn domain_unlock(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::own("7").locked(None))?;
        let shown = self.lock_json(at, call.unix).ok_or("8")?;
        let domain = &mut self.domains[at];
        let lock = domain
            .lock
            .as_ref()
            .filter(|lock| Some(lock.code.as_str()) == call.param("lock_code"));
        lock.ok_or("9")?;
        domain.lock = None;
        Ok(if self.china() {
            Json::Null
        } else {
            object! {"lock": shown}
        })
    }

    fn lock_json(&self, at: usize, unix: u64) -> Option<Json> {
        let lock = self.domains[at].lock.as_ref();
        let lock = lock.filter(|lock| lock.holds(unix))?;
        Some(object! {
            "lock_status": "yes",
            "start_at": site_date(self.site, lock.start),
            "end_at": site_date(self.site, lock.end),
        })
    }
}
