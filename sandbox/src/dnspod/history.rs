//! What was done, as `Domain.Log` and `User.Log` tell it.

use super::access::RequiredLevel;
use super::calls::{Call, CallAnswer};
use super::record::site_time;
use super::state::DnsPodState;
use crate::json::{Json, object};

/// So many entries come at once.
const PAGE: usize = 500;

/// The calls that change nothing, by the last word of their names.
const LOOKS: [&str; 10] = [
    "List",
    "Info",
    "Log",
    "Lockstatus",
    "Purview",
    "Acquire",
    "Type",
    "Line",
    "Detail",
    "Version",
];

impl DnsPodState {
    /// Makes a call, and writes down that it was made if it changed something.
    pub(super) fn noted(&mut self, name: &str, call: &Call<'_>) -> Option<CallAnswer> {
        let about = self.domain_for(call, RequiredLevel::read("").notes()).ok();
        let about = about.map(|at| self.domains[at].id);
        let answer = self.make(name, call)?;
        let looks = name.rsplit('.').next().is_some_and(|n| LOOKS.contains(&n));
        if answer.is_ok() && !looks {
            let time = site_time(self.site, call.unix);
            let entry = format!("{time} ({}) {name}", call.peer);
            let domain = self.domains.iter_mut().find(|d| Some(d.id) == about);
            if let Some(domain) = domain {
                domain.changed_on = call.stamp;
                domain.history.push_front(entry.clone());
            }
            self.accounts[call.user].history.push_front(entry);
        }
        Some(answer)
    }

    pub(super) fn domain_log(&self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::read("8"))?;
        let number = |name: &str, default: usize| {
            let given = call.filled(name).map(str::parse);
            given.unwrap_or(Ok(default)).map_err(|_| "6")
        };
        let (offset, length) = (number("offset", 0)?, number("length", PAGE)?.min(PAGE));
        let history = &self.domains[at].history;
        let page = history.iter().skip(offset).take(length);
        let page: Vec<&str> = page.map(String::as_str).collect();
        let mut answer =
            object! {"log": or_sentence(page, "There is no domain logs at the moment.")};
        if !self.china() {
            answer.put(
                "info",
                object! {"count": history.len(), "page_size": length},
            );
        }
        Ok(answer)
    }

    pub(super) fn user_log(&self, call: &Call<'_>) -> Json {
        let history = self.accounts[call.user].history.iter();
        let page: Vec<&str> = history.take(PAGE).map(String::as_str).collect();
        object! {"log": or_sentence(page, "There is no user logs at the moment.")}
    }
}

/// An empty log is not empty: it says so.
fn or_sentence<'a>(page: Vec<&'a str>, sentence: &'a str) -> Vec<&'a str> {
    if page.is_empty() {
        vec![sentence]
    } else {
        page
    }
}
