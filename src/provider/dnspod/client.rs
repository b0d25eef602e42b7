//! Sends calls to the API: who asks, in what format the answer shall be, and what it means that
//! there was none.

use super::{Credential, api::Call};
use crate::{
    core::outcome::{Class, Failure},
    http::{Body, Request, SendError, Sent, Transport},
};

/// A client of one account. It makes one attempt at each call and neither waits nor logs.
pub struct Client<T> {
    transport: T,
    credential: Credential,
}

/// What every call carries. English, so that the messages quoted in errors do not change with the
/// account; an empty list is an answer, not an error; XML is the default of the format.
const GLOBALS: [(&str, &str); 3] = [("format", "json"), ("lang", "en"), ("error_on_empty", "no")];

impl<T> Client<T> {
    /// A client that sends through `transport`, whose base address is the site's and whose
    /// `User-Agent` is [`user_agent`](super::user_agent)'s.
    pub fn new(transport: T, credential: Credential) -> Self {
        Self {
            transport,
            credential,
        }
    }

    /// What it sends through.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    fn signed(&self, mut request: Request) -> Request {
        if let Body::Form(fields) = &mut request.body {
            let globals = GLOBALS.map(|(name, value)| (name.into(), value.into()));
            let (name, secret) = self.credential.field();
            fields.splice(0..0, [(name.into(), secret)].into_iter().chain(globals));
        }
        request
    }

    /// Errors quote what came back, and what came back may quote what was sent (L12).
    fn redacted(&self, mut failure: Failure) -> Failure {
        let secret = self.credential.secret().expose();
        let token = secret.split_once(',').map_or(secret, |(_, token)| token);
        for part in [secret, token] {
            // What is shorter is no secret, and would be found in any word.
            if part.len() >= 6 {
                failure.what = failure.what.replace(part, "…");
            }
        }
        failure
    }
}

impl<T: Transport> Client<T> {
    /// One attempt at a call.
    pub async fn call<C: Call>(&self, call: &C) -> Result<C::Output, Failure> {
        let request = self.signed(call.request());
        let result = match self.transport.send(&request).await {
            Ok(response) => call.decode(&response),
            Err(error) => Err(unanswered(call, &error)),
        };
        result.map_err(|failure| self.redacted(failure))
    }
}

/// No answer: of a write that may have arrived nobody knows whether it took effect.
fn unanswered<C: Call>(call: &C, error: &SendError) -> Failure {
    let subject = call.subject();
    if C::WRITES && error.sent == Sent::Maybe {
        let what = format!("{subject}: {error}; whether it took effect is not known");
        Failure::of_account(Class::Unconfirmed, what)
    } else {
        Failure::of_account(Class::Transient, format!("{subject}: {error}"))
    }
}

#[cfg(test)]
mod tests;
