//! From a request to the call it makes. Order matters: User-Agent, method, ban, login, quota, call.

use std::net::IpAddr;
use std::time::Duration;

use super::auth::{is_user_agent, page};
use super::codes::{self, Code};
use super::state::DnsPodState;
use crate::clock::Clock;
use crate::http::{Request, ServerReply};
use crate::json::Json;

/// What a call comes to: its payload, or the code that says why not.
pub(super) type CallAnswer = Result<Json, Code>;

/// A call of one user.
pub(super) struct Call<'a> {
    pub(super) params: &'a [(String, String)],
    pub(super) peer: IpAddr,
    /// A position among the accounts.
    pub(super) user: usize,
    /// For locks of records.
    pub(super) now: Duration,
    /// For locks of domains, which are by the calendar.
    pub(super) unix: u64,
    /// For what is written.
    pub(super) stamp: u64,
}

impl Call<'_> {
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        let pair = self.params.iter().find(|(n, _)| n == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// A parameter that counts as absent when it is empty.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.param(name).filter(|value| !value.is_empty())
    }

    /// A parameter of two values.
    pub(super) fn either(&self, name: &str, yes: &str, no: &str) -> Option<bool> {
        match self.param(name)? {
            value if value == yes => Some(true),
            value if value == no => Some(false),
            _ => None,
        }
    }

    /// Whether an empty list is an error, which it is unless the caller says no.
    pub(super) fn empty_is_error(&self) -> bool {
        self.param("error_on_empty") != Some("no")
    }

    /// The same call with other parameters.
    pub(super) fn with<'b>(&self, params: &'b [(String, String)]) -> Call<'b> {
        Call { params, ..*self }
    }
}

impl DnsPodState {
    pub(crate) fn answer(
        &mut self,
        request: &Request,
        clock: &mut Clock,
        other: &Self,
    ) -> ServerReply {
        let agent = request.header("user-agent").unwrap_or_default();
        if self.gate.strict_user_agents && !is_user_agent(agent) {
            self.gate.bad_user_agents += 1;
            return page(403, "403 Forbidden");
        }
        let (now, unix) = (clock.elapsed(), clock.unix());
        if request.method != "POST" {
            return self.envelope(request, codes::ONLY_POST, Json::Null, unix);
        }
        if self.gate.banned(now) {
            return self.envelope(request, codes::LOGIN_BANNED, Json::Null, unix);
        }
        if request.path == "/Auth" && !self.china() {
            let answer = self.auth(request, now);
            return self.wrap(request, answer, unix);
        }
        let user = match self.login(request, other) {
            Ok(user) => user,
            Err(code) => {
                self.gate.note_failure(now);
                return self.refuse(request, code, unix);
            }
        };
        if self.gate.over_quota(now) {
            return self.envelope(request, codes::TOO_OFTEN, Json::Null, unix);
        }
        if !self.accounts[user].is_enabled() {
            return self.envelope(request, codes::ACCOUNT_LOCKED, Json::Null, unix);
        }
        let call = Call {
            params: &request.form,
            peer: request.peer.ip().to_canonical(),
            user,
            now,
            unix,
            stamp: clock.stamp(),
        };
        if request.path == "/Info.Version" {
            // The version is in the message, not in the payload.
            return self.wrapped(request, "1", "4.6", Json::Null, unix);
        }
        let path = request.path.strip_prefix('/').unwrap_or_default();
        match self.noted(path, &call) {
            Some(answer) => self.wrap(request, answer, unix),
            None => page(404, "404 Not Found"),
        }
    }

    fn wrap(&self, request: &Request, answer: CallAnswer, unix: u64) -> ServerReply {
        match answer {
            Ok(payload) => self.envelope(request, "1", payload, unix),
            Err(code) => self.envelope(request, code, Json::Null, unix),
        }
    }
}
