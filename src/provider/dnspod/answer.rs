//! What came back: an envelope whose `status.code` decides, and what it carries.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    api::account::InfoVersion,
    codes::{self, Kind, SUCCESS},
    types::Status,
};
use crate::{
    core::{
        foreign_text::ForeignText,
        outcome::{Class, Failure},
    },
    http::{Response, hidden::Hidden},
    provider::operation::{Call, Operation},
};

/// An answer whose envelope was read.
pub(super) struct Answer {
    operation: &'static Operation,
    /// What was asked for, in words that an error begins with.
    subject: String,
    hidden: Hidden,
    response: Response,
    code: i64,
    message: String,
    body: Map<String, Value>,
}

impl Answer {
    /// Reads the envelope. The HTTP status counts only where there is none.
    pub(super) fn read(
        operation: &'static Operation,
        subject: String,
        hidden: Hidden,
        response: Response,
    ) -> Result<Self, Failure> {
        let envelope = envelope(&response.body);
        let (code, message, body) = envelope.unwrap_or_default();
        let answer = Self {
            operation,
            subject,
            hidden,
            response,
            code,
            message,
            body,
        };
        // No answer has the code 0, and an envelope is not empty.
        if answer.body.is_empty() {
            Err(codes::within(operation, answer.without_envelope()))
        } else {
            Ok(answer)
        }
    }

    /// How the call ended.
    pub(super) fn code(&self) -> i64 {
        self.code
    }

    /// What a success carries besides the envelope; any other code is a failure.
    pub(super) fn payload(&mut self) -> Result<Value, Failure> {
        let codes = self.operation.codes;
        if let (true, Some(list)) = (self.is_empty_list(), codes::list(codes)) {
            self.body.insert(list.to_owned(), Value::Array(Vec::new()));
        } else if self.code != SUCCESS {
            let message = self.hidden.hide(&self.message);
            let failure = codes::failure(&self.subject, self.operation, self.code, &message);
            return Err(failure);
        }
        self.body.remove("status");
        // The version stands where the message stands in other answers.
        if self.operation.name == InfoVersion::OPERATION.name {
            let version = std::mem::take(&mut self.message);
            self.body.insert("version".to_owned(), version.into());
        }
        Ok(Value::Object(std::mem::take(&mut self.body)))
    }

    /// What a success carries, typed.
    pub(super) fn decode<P: DeserializeOwned>(mut self) -> Result<P, Failure> {
        let payload = self.payload()?;
        serde_json::from_value(payload).map_err(|error| self.misread(&error.to_string()))
    }

    /// Whether the list that was asked for is empty: by the code for that, which counts as an error
    /// where `error_on_empty` is not understood, or by its counter.
    fn is_empty_list(&self) -> bool {
        let nothing = |counter: &str| {
            let counter = self.body.get("info").and_then(|info| info.get(counter));
            counter.is_some_and(|it| it == 0 || it == "0")
        };
        let missing = |list: &str| self.body.get(list).is_none_or(Value::is_null);
        let codes = self.operation.codes;
        match (codes::find(codes, self.code), codes::list(codes)) {
            (Some((_, Kind::Empty(_))), _) => true,
            (None, Some(list)) if self.code == SUCCESS => {
                missing(list) && (nothing("domain_total") || nothing("record_total"))
            }
            _ => false,
        }
    }

    /// A success that does not carry what it should.
    pub(super) fn misread(&self, what: &str) -> Failure {
        let what = self.hidden.hide(what);
        let what = ForeignText::new(&what);
        let what = format!(
            "{}: the answer cannot be understood: {what}{}",
            self.subject,
            self.excerpt()
        );
        // A list that makes no sense says nothing about any host; a write concerns its own only.
        if self.operation.writes || codes::is_login(self.operation) {
            Failure::of_host(Class::Contract, what)
        } else {
            Failure::of_account(Class::Contract, what)
        }
    }

    /// An answer that is not DNSPod's: from the web server before it, or from something in between.
    fn without_envelope(&self) -> Failure {
        let Self {
            subject, response, ..
        } = self;
        let status = response.status;
        match status {
            // nginx answers so since 2024 when the ID or the token is wrong (facts: DNSPod section 1).
            401 => {
                let refused = codes::credential(self.operation);
                let what = format!("DNSPod refuses {refused} (HTTP 401)");
                Failure::of_account(Class::Rejected, what)
            }
            403 | 429 => self.asked_to_wait(),
            // A web server that says when it can be asked again is not asked before, whatever became
            // of a write: that is read back in any case (RFC 9110 section 10.2.3).
            503 if response.retry_after.is_some() => self.asked_to_wait(),
            500..=599 if self.operation.writes => {
                let what = format!("{subject}: HTTP {status}; whether it took effect is not known");
                Failure::of_account(Class::Unconfirmed, what)
            }
            500..=599 => {
                let what = format!("{subject}: DNSPod is in trouble (HTTP {status})");
                Failure::of_account(Class::Transient, what)
            }
            _ => {
                let excerpt = self.excerpt();
                let what =
                    format!("{subject}: the answer is not DNSPod's (HTTP {status}{excerpt})");
                Failure::of_account(Class::Contract, what)
            }
        }
    }

    fn asked_to_wait(&self) -> Failure {
        let Self {
            subject, response, ..
        } = self;
        let retry_after = response.retry_after;
        let status = response.status;
        let what = format!("DNSPod asks to wait ({subject}: HTTP {status})");
        Failure::of_account(Class::RateLimited { retry_after }, what)
    }

    /// `: “…”`: the beginning of the answer. What answers `Auth` may hold a token that nobody knows
    /// yet to be one, so nothing of that is shown.
    fn excerpt(&self) -> String {
        if codes::is_login(self.operation) {
            return String::new();
        }
        format!(": “{}”", self.hidden.hide_in(&self.response).excerpt())
    }
}

/// The code, the message and the whole answer, if that is DNSPod's.
fn envelope(body: &[u8]) -> Option<(i64, String, Map<String, Value>)> {
    let body: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let status: Status = serde_json::from_value(body.get("status")?.clone()).ok()?;
    let code = status.code?.trim().parse().ok()?;
    Some((code, status.message.unwrap_or_default(), body))
}
