//! Keeps what a request carries in secret out of what is said about it (L12).

use crate::http::{Body, Request, Text, encode};

/// The texts that must not be seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Hidden(Vec<String>);

/// What is shorter is no secret, and would be found in any word.
const SHORTEST: usize = 6;

impl Hidden {
    /// The secrets of a request.
    pub(super) fn of(request: &Request) -> Self {
        let Body::Form(fields) = &request.body else {
            return Self::default();
        };
        let mut parts = Vec::new();
        for (_, value) in fields {
            if let Text::Secret(secret) = value {
                let whole = secret.expose();
                // Of `ID,Token` the part behind the comma is as good as the whole.
                let token = whole.split_once(',').map_or(whole, |(_, token)| token);
                for part in [whole, token] {
                    parts.extend([part.to_owned(), encode(part)]);
                }
            }
        }
        parts.retain(|part| part.len() >= SHORTEST);
        Self(parts)
    }

    /// The text without the secrets.
    pub(super) fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for part in &self.0 {
            text = text.replace(part, "…");
        }
        text
    }
}
