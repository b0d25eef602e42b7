//! What came back: an envelope whose `status.code` decides, and what it carries.

use serde::de::DeserializeOwned;
use serde_json::{Value, value::RawValue};

use super::{
    api::account::InfoVersion,
    codes::{self, CodeMeaning, SUCCESS},
    types::Status,
};
use crate::{
    core::{
        error::{ErrorClass, ProviderError},
        foreign_text::ForeignText,
    },
    http::{Response, redactor::Redactor},
    json::{self, ItemsError, Members},
    providers::operation::{Call, Operation},
};

/// The longest answer that is quoted in an error, in bytes.
const MAX_QUOTED: usize = 64 << 10;

/// The longest word of a parser that is looked at, in bytes: it may quote what it could not read.
const MAX_COMPLAINT: usize = 4 << 10;

/// An answer whose envelope was read.
pub(super) struct Answer {
    operation: &'static Operation,
    /// What was asked for, in words that an error begins with.
    subject: String,
    hidden: Redactor,
    response: Response,
    code: i64,
    message: String,
}

impl Answer {
    /// Reads the envelope. The HTTP status counts only where there is none.
    pub(super) fn read(
        operation: &'static Operation,
        subject: String,
        hidden: Redactor,
        response: Response,
    ) -> Result<Self, ProviderError> {
        let envelope = envelope(&response.body);
        let is_dnspods = envelope.is_some();
        let (code, message) = envelope.unwrap_or_default();
        let answer = Self {
            operation,
            subject,
            hidden,
            response,
            code,
            message,
        };
        if is_dnspods {
            Ok(answer)
        } else {
            Err(codes::within(operation, answer.without_envelope()))
        }
    }

    /// How the call ended.
    pub(super) fn code(&self) -> i64 {
        self.code
    }

    /// What a success carries besides the envelope; any other code is a failure.
    pub(super) fn payload(&self) -> Result<Value, ProviderError> {
        let empty = self.empty_list()?;
        let value = json::read(&self.response.body).map_err(|what| self.misread(&what))?;
        let Value::Object(mut members) = value else {
            return Err(self.misread("it is no object"));
        };
        if let Some(list) = empty {
            members.insert(list.to_owned(), Value::Array(Vec::new()));
        }
        members.remove(STATUS);
        // The version stands where the message stands in other answers.
        if self.operation.name == InfoVersion::OPERATION.name {
            members.insert("version".to_owned(), self.message.as_str().into());
        }
        Ok(Value::Object(members))
    }

    /// What a success carries, typed.
    pub(super) fn decode<P: DeserializeOwned>(&self) -> Result<P, ProviderError> {
        let payload = self.payload()?;
        serde_json::from_value(payload).map_err(|error| self.misread(&error.to_string()))
    }

    /// What a success carries, member by member, and of those the list by this name.
    pub(super) fn list(
        &self,
        name: &str,
    ) -> Result<(Members<'_>, Option<&RawValue>), ProviderError> {
        let empty = self.empty_list()?;
        let mut members = self.members()?;
        members.remove(STATUS);
        let list = members.remove(name);
        match (empty, list) {
            (Some(_), _) => Ok((members, None)),
            (None, Some(list)) => Ok((members, Some(list))),
            (None, None) => Err(self.misread(&format!("it has no list `{name}`"))),
        }
    }

    /// Hands out the items of such a list.
    pub(super) fn each_item<'j>(
        &self,
        list: Option<&'j RawValue>,
        take: impl FnMut(&'j RawValue) -> Result<(), ProviderError>,
    ) -> Result<(), ProviderError> {
        let Some(list) = list else { return Ok(()) };
        json::each_item(list.get().as_bytes(), take).map_err(|error| match error {
            ItemsError::Unreadable(what) => self.misread(&what),
            ItemsError::Refused(failure) => failure,
        })
    }

    fn members(&self) -> Result<Members<'_>, ProviderError> {
        json::members(&self.response.body).map_err(|what| self.misread(&what))
    }

    /// The name of the list that was asked for, if it is empty; a code other than that of a success is a failure.
    fn empty_list(&self) -> Result<Option<&'static str>, ProviderError> {
        let codes = self.operation.codes;
        match (self.is_empty_list()?, codes::list(codes)) {
            (true, Some(list)) => Ok(Some(list)),
            _ if self.code == SUCCESS => Ok(None),
            _ => {
                let message = self.hidden.hide(&self.message);
                let failure = codes::failure(&self.subject, self.operation, self.code, &message);
                Err(failure)
            }
        }
    }

    /// Whether the list that was asked for is empty: by the code for that, which counts as an error
    /// where `error_on_empty` is not understood, or by its counter.
    fn is_empty_list(&self) -> Result<bool, ProviderError> {
        let codes = self.operation.codes;
        match (codes::find(codes, self.code), codes::list(codes)) {
            (Some((_, CodeMeaning::Empty(_))), _) => Ok(true),
            (None, Some(list)) if self.code == SUCCESS => {
                let members = self.members()?;
                let is_missing = members.get(list).is_none_or(|it| it.get() == "null");
                let counters = members.get("info").filter(|_| is_missing);
                let counters = counters.and_then(|info| json::tree(info).ok());
                let is_nothing = |name: &str| {
                    let counter = counters.as_ref().and_then(|it| it.get(name));
                    counter.is_some_and(|it| *it == 0 || *it == "0")
                };
                Ok(is_nothing("domain_total") || is_nothing("record_total"))
            }
            _ => Ok(false),
        }
    }

    /// A success that does not carry what it should.
    pub(super) fn misread(&self, what: &str) -> ProviderError {
        let what = match what.len() {
            0..=MAX_COMPLAINT => self.hidden.hide(what),
            // Cut off it might end within a credential.
            _ => "there is a long text where none belongs".to_owned(),
        };
        let what = ForeignText::new(&what);
        let what = format!(
            "{}: the answer cannot be understood: {what}{}",
            self.subject,
            self.excerpt()
        );
        // A list that makes no sense says nothing about any host; a write concerns its own only.
        if self.operation.writes || codes::is_login(self.operation) {
            ProviderError::of_host(ErrorClass::ProtocolViolation, what)
        } else {
            ProviderError::of_account(ErrorClass::ProtocolViolation, what)
        }
    }

    /// An answer that is not DNSPod's: from the web server before it, or from something in between.
    fn without_envelope(&self) -> ProviderError {
        let Self {
            subject, response, ..
        } = self;
        let status = response.status;
        match status {
            // nginx answers so since 2024 when the ID or the token is wrong (facts: DNSPod section 1).
            401 => {
                let refused = codes::credential(self.operation);
                let what = format!("DNSPod refuses {refused} (HTTP 401)");
                ProviderError::of_account(ErrorClass::Unauthorized, what)
            }
            403 | 429 => self.asked_to_wait(),
            // A web server that says when it can be asked again is not asked before, whatever became
            // of a write: that is read back in any case (RFC 9110 section 10.2.3).
            503 if response.retry_after.is_some() => self.asked_to_wait(),
            500..=599 if self.operation.writes => {
                let what = format!("{subject}: HTTP {status}; whether it took effect is not known");
                ProviderError::of_account(ErrorClass::Unconfirmed, what)
            }
            500..=599 => {
                let what = format!("{subject}: DNSPod is in trouble (HTTP {status})");
                ProviderError::of_account(ErrorClass::Transient, what)
            }
            _ => {
                let excerpt = self.excerpt();
                let what =
                    format!("{subject}: the answer is not DNSPod's (HTTP {status}{excerpt})");
                ProviderError::of_account(ErrorClass::ProtocolViolation, what)
            }
        }
    }

    fn asked_to_wait(&self) -> ProviderError {
        let Self {
            subject, response, ..
        } = self;
        let retry_after = response.retry_after;
        let status = response.status;
        let what = format!("DNSPod asks to wait ({subject}: HTTP {status})");
        ProviderError::of_account(ErrorClass::RateLimited { retry_after }, what)
    }

    /// `: “…”`: the beginning of the answer. What answers `Auth` may hold a token that nobody knows
    /// yet to be one, so nothing of that is shown.
    fn excerpt(&self) -> String {
        if codes::is_login(self.operation) {
            return String::new();
        }
        let length = self.response.body.len();
        if length > MAX_QUOTED {
            return format!(": {length} bytes");
        }
        format!(": “{}”", self.hidden.hide_in(&self.response).excerpt())
    }
}

/// The name of the envelope.
const STATUS: &str = "status";

/// The code and the message, if the answer is DNSPod's.
fn envelope(body: &[u8]) -> Option<(i64, String)> {
    let members = json::members(body).ok()?;
    let status = members.get(STATUS)?.get();
    let status: Status = json::read(status.as_bytes()).ok()?;
    let code = status.code?.trim().parse().ok()?;
    Some((code, status.message.unwrap_or_default()))
}
