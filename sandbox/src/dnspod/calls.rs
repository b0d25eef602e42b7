//! From a request to the call it makes. Order matters: User-Agent, method, ban, login, quota, call.

use std::time::Duration;

use serde_json::{Value, json};

use super::auth::{is_user_agent, page};
use super::codes::{self, Code};
use super::state::{Domain, State};
use crate::clock::Clock;
use crate::http::{Reply, Request};

/// What a call comes to: its payload, or the code that says why not.
pub(super) type Answer = Result<Value, Code>;

/// A call of one user.
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) user: u64,
    /// For locks.
    pub(super) now: Duration,
    /// For what is written.
    pub(super) stamp: u64,
}

impl Call<'_> {
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.request.form(name)
    }

    /// A parameter that counts as absent when it is empty.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.param(name).filter(|value| !value.is_empty())
    }

    /// Whether an empty list is an error, which it is unless the caller says no.
    pub(super) fn empty_is_error(&self) -> bool {
        self.param("error_on_empty") != Some("no")
    }
}

impl State {
    pub(crate) fn answer(&mut self, request: &Request, clock: &mut Clock, other: &Self) -> Reply {
        let agent = request.header("user-agent").unwrap_or_default();
        if !is_user_agent(agent) {
            self.gate.bad_user_agents += 1;
            return page(403, "403 Forbidden");
        }
        let (now, unix) = (clock.elapsed(), clock.unix());
        if request.method != "POST" {
            return self.envelope(request, codes::ONLY_POST, Value::Null, unix);
        }
        if self.gate.banned(now) {
            return self.envelope(request, codes::LOGIN_BANNED, Value::Null, unix);
        }
        let user = match self.login(request, other) {
            Ok(user) => user,
            Err(code) => {
                self.gate.note_failure(now);
                return self.refuse(request, code, unix);
            }
        };
        if self.gate.over_quota(now) {
            return self.envelope(request, codes::TOO_OFTEN, Value::Null, unix);
        }
        let call = Call {
            request,
            user,
            now,
            stamp: clock.stamp(),
        };
        let answer = match request.path.as_str() {
            // The version is in the message, not in the payload.
            "/Info.Version" => return self.wrapped(request, "1", "4.6", Value::Null, unix),
            "/User.Detail" => Ok(self.user_detail(&call)),
            "/Domain.List" => self.domain_list(&call),
            "/Domain.Info" => self.domain_info(&call),
            "/Record.List" => self.record_list(&call),
            "/Record.Info" => self.record_info(&call),
            "/Record.Create" => self.record_create(&call),
            "/Record.Modify" => self.record_modify(&call),
            "/Record.Ddns" => self.record_ddns(&call),
            "/Record.Remove" => self.record_remove(&call),
            "/Record.Status" => self.record_status(&call),
            "/Record.Remark" => self.record_remark(&call),
            _ => return page(404, "404 Not Found"),
        };
        match answer {
            Ok(payload) => self.envelope(request, "1", payload, unix),
            Err(code) => self.envelope(request, code, Value::Null, unix),
        }
    }

    /// The position of the domain a call names, by `domain_id` or else by `domain`. Someone else's domain does not exist
    /// under its name; its id says that it is not the caller's.
    pub(super) fn domain_of(&self, call: &Call<'_>, not_owner: Code) -> Result<usize, Code> {
        let find = |wanted: &dyn Fn(&Domain) -> bool| self.domains.iter().position(wanted);
        if let Some(id) = call.filled("domain_id") {
            let at = find(&|d| d.id.to_string() == id).ok_or(codes::BAD_PARAMETER)?;
            let own = self.domains[at].user == call.user;
            return own.then_some(at).ok_or(not_owner);
        }
        let name = call.filled("domain").ok_or(codes::BAD_PARAMETER)?;
        let name = name.to_ascii_lowercase();
        find(&|d| d.name == name && d.user == call.user).ok_or(codes::NO_SUCH_DOMAIN)
    }

    /// The positions of the domain and the record a call names.
    pub(super) fn record_of(&self, call: &Call<'_>) -> Result<(usize, usize), Code> {
        let at = self.domain_of(call, codes::NOT_OWNER)?;
        let id = call.filled("record_id").ok_or(codes::BAD_RECORD_ID)?;
        let mut records = self.domains[at].records.iter();
        let record = records.position(|r| r.id.to_string() == id);
        Ok((at, record.ok_or(codes::BAD_RECORD_ID)?))
    }

    fn user_detail(&self, call: &Call<'_>) -> Value {
        let mut user = json!({
            "real_name": "Sandbox",
            "user_type": "personal",
            "telephone": null,
            "im": null,
            "nick": "sandbox",
            "id": call.user.to_string(),
            "email": "sandbox@example.com",
            "status": "enabled",
            "email_verified": "yes",
            "telephone_verified": "no",
            "weixin_binded": "no",
            "agent_pending": false,
            "balance": 0,
            "smsbalance": 0,
        });
        if self.china() {
            user["user_grade"] = "DP_Free".into();
        }
        json!({"info": {"user": user}})
    }
}
