//! What a provider has said, in the terms of the laws: read from the answer, whatever was made of it.

use moored::http::{Delivery, Response, SendError};
use sandbox::Service;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    deed::{ObservedRequest, RequestKind},
    time::{HOUR, SECOND},
};

/// How a request ended for its sender.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AnswerMeaning {
    /// It is done, and what was asked for is there.
    Good,
    /// The credentials are refused.
    Refused,
    /// Nothing before so long has passed, if that was said.
    Wait(Option<i64>),
    /// Not this: the rest may do.
    NotThis,
    /// No answer that says what happened.
    Unknown,
    /// It was not sent: there was no connection.
    Unsent,
}

impl AnswerMeaning {
    pub(crate) fn of(
        service: Service,
        deed: &ObservedRequest,
        end: &Result<Response, SendError>,
    ) -> Self {
        let answer = match end {
            Ok(answer) => answer,
            Err(error) if error.sent == Delivery::NotSent => return Self::Unsent,
            Err(_) => return Self::Unknown,
        };
        let seconds = answer
            .retry_after
            .map(|it| i64::try_from(it.as_secs()).unwrap());
        let wait = seconds.map(|it| (it * SECOND).clamp(30 * SECOND, 24 * HOUR));
        let is_page = answer.body.starts_with(b"<");
        match service {
            Service::DnsPod(_) => match (code(&answer.body), answer.status) {
                (Some(code), _) => Self::of_code(code),
                (None, 401) => Self::Refused,
                (None, 403 | 429) => Self::Wait(wait),
                (None, 503) if wait.is_some() => Self::Wait(wait),
                (None, _) => Self::Unknown,
            },
            _ => match answer.status {
                200 if matches!(
                    deed.verb,
                    RequestKind::Zones | RequestKind::List | RequestKind::Forwards
                ) =>
                {
                    let is_list = serde_json::from_slice::<Vec<IgnoredAny>>(&answer.body).is_ok();
                    if is_list { Self::Good } else { Self::Unknown }
                }
                201 | 204 => Self::Good,
                401 => Self::Refused,
                429 => Self::Wait(wait),
                503 if wait.is_some() => Self::Wait(wait),
                400 | 403 | 404 | 409 | 412 | 422 if !is_page => Self::NotThis,
                _ => Self::Unknown,
            },
        }
    }

    fn of_code(code: i64) -> Self {
        match code {
            1 => Self::Good,
            -1 | 83 | 85 | 10_001..=10_004 => Self::Refused,
            -2 | -8 => Self::Wait(None),
            -15 | -7 | 6..=36 => Self::NotThis,
            _ => Self::Unknown,
        }
    }
}

/// What of DNSPod's answers decides.
#[derive(Deserialize)]
struct DnsPodEnvelope {
    status: EnvelopeStatus,
}

#[derive(Deserialize)]
struct EnvelopeStatus {
    code: String,
}

fn code(answer: &[u8]) -> Option<i64> {
    let envelope: DnsPodEnvelope = serde_json::from_slice(answer).ok()?;
    envelope.status.code.parse().ok()
}
