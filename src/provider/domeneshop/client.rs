//! Sends a call with the account's credentials, once, and says what its end means.

use crate::{
    core::{
        outcome::{Class, Failure},
        secret::Secret,
    },
    http::{Endpoint, Request, Response, SendError, Sent, Transport},
};

use super::{Settings, answer};

/// The API as one account sees it.
#[derive(Debug)]
pub struct Client<T> {
    transport: T,
    token: Secret,
    secret: Secret,
}

impl<T: Transport> Client<T> {
    /// A client for the account of these settings; `transport` knows the API's base address.
    pub fn new(transport: T, settings: &Settings) -> Self {
        Self {
            transport,
            token: settings.token.clone(),
            secret: settings.secret.clone(),
        }
    }

    /// What carries the requests.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// One attempt at a call.
    pub async fn call<E: Endpoint>(&self, call: &E) -> Result<E::Output, Failure> {
        let request = Request {
            basic: Some((self.token.clone(), self.secret.clone())),
            ..call.request()
        };
        let response = match self.transport.send(&request).await {
            Ok(response) => response,
            Err(error) => return Err(unanswered(&request, &error)),
        };
        call.decode(&response).or_else(|_| {
            // Said again over an answer without our credentials: what is shown of an answer must
            // not show them, even if whoever answered repeats what we sent.
            let decoded = call.decode(&self.without_credentials(&response));
            decoded.map_err(|failure| self.with_hint(failure))
        })
    }

    fn without_credentials(&self, response: &Response) -> Response {
        let location = response.location.as_deref().map(|text| self.hide(text));
        Response {
            body: self.hide(&response.text()).into_bytes(),
            location,
            ..*response
        }
    }

    fn hide(&self, text: &str) -> String {
        let mut hidden = text.to_owned();
        for secret in [&self.token, &self.secret] {
            if !secret.expose().is_empty() {
                hidden = hidden.replace(secret.expose(), "…");
            }
        }
        // The credentials as the `Authorization` header has them (RFC 7617 section 2).
        let mut words = String::with_capacity(hidden.len());
        let mut after_scheme = false;
        for word in hidden.split_inclusive(char::is_whitespace) {
            let is_long = word.len() > 8;
            words.push_str(if after_scheme && is_long {
                "… "
            } else {
                word
            });
            let lower = word.trim_end().to_ascii_lowercase();
            after_scheme = lower.ends_with("basic");
        }
        words
    }

    /// Quotation marks that a shell or another file format would have taken away are the usual
    /// reason for a good token to be refused.
    fn with_hint(&self, mut failure: Failure) -> Failure {
        let is_wrapped = |secret: &Secret| {
            let odd = |it: char| it == '"' || it == '\'' || it.is_whitespace();
            secret.expose().starts_with(odd) || secret.expose().ends_with(odd)
        };
        if failure.class == Class::Rejected && (is_wrapped(&self.token) || is_wrapped(&self.secret))
        {
            failure
                .what
                .push_str("; one of them has a quotation mark or a blank at its end");
        }
        failure
    }
}

/// What it means that no answer came.
fn unanswered(request: &Request, error: &SendError) -> Failure {
    let name = answer::name(request);
    if request.writes && error.sent == Sent::Maybe {
        let what = format!("could not confirm {name}: {error}");
        Failure::of_account(Class::Unconfirmed, what)
    } else {
        let what = format!("Domeneshop could not be asked ({name}): {error}");
        Failure::of_account(Class::Transient, what)
    }
}
