//! Keeps what a request carries in secret out of what is said about it (L12).

use crate::{
    core::secret::Secret,
    http::{Body, Request, Text, encode},
};

/// The texts that must not be seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Hidden(Vec<String>);

/// What is shorter is no secret, and would be found in any word.
const SHORTEST: usize = 6;

impl Hidden {
    /// The secrets of a request, and the account's own, which not every request carries.
    pub(super) fn of(request: &Request, own: &Secret) -> Self {
        let fields = match &request.body {
            Body::Form(fields) => &fields[..],
            _ => &[],
        };
        let sent = fields.iter().filter_map(|(_, value)| match value {
            Text::Secret(secret) => Some(secret),
            Text::Plain(_) => None,
        });
        let mut parts = Vec::new();
        for secret in sent.chain([own]) {
            let whole = secret.expose();
            // Of `ID,Token` the part behind the comma is as good as the whole.
            let token = whole.split_once(',').map_or(whole, |(_, token)| token);
            for part in [whole, token] {
                parts.extend([part.to_owned(), encode(part)]);
            }
        }
        parts.retain(|part| part.len() >= SHORTEST);
        Self(parts)
    }

    /// The text without the secrets.
    pub(super) fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        // Control characters are not shown, so they must not stand between its letters either.
        let shown: String = text.chars().filter(|it| !it.is_control()).collect();
        if self.0.iter().any(|part| shown.contains(part)) {
            text = shown;
        }
        for part in &self.0 {
            text = text.replace(part, "…");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    #[test]
    fn a_secret_is_found_with_control_characters_between_its_letters() {
        let token = Secret::new("13490,6b5976c68aba5b14");
        let request = Request {
            method: Method::Post,
            path: "/Record.List".into(),
            basic: None,
            body: Body::Form(vec![("login_token".into(), token.into())]),
            writes: false,
        };
        let own = Secret::new("13491,7c5976c68aba5b15");
        let hidden = Hidden::of(&request, &own);
        let shown = hidden.hide("bad 6b5976\u{1}c68a\nba5b14");
        assert_eq!(shown, "bad …");
        let shown = hidden.hide("not sent: 7c5976c68aba5b15");
        assert_eq!(shown, "not sent: …");
        assert_eq!(hidden.hide("a\nb"), "a\nb", "nothing to hide");
    }
}
