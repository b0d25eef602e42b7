//! What of a request must not be seen in what is said about it (L12).

use crate::{
    core::secret::Secret,
    http::{FormValue, Request, RequestBody, redactor::Redactor},
};

/// The secrets of a request, and the account's own, which not every request carries.
pub(super) fn secrets(request: &Request, own: &Secret) -> Redactor {
    let fields = match &request.body {
        RequestBody::Form(fields) => &fields[..],
        _ => &[],
    };
    let sent = fields.iter().filter_map(|(_, value)| match value {
        FormValue::Secret(secret) => Some(secret),
        FormValue::Plain(_) => None,
    });
    let parts = sent.chain([own]).flat_map(|secret| {
        let whole = secret.expose();
        // Of `ID,Token` the part behind the comma is as good as the whole.
        let token = whole.split_once(',').map_or(whole, |(_, token)| token);
        [whole, token]
    });
    Redactor::new(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    #[test]
    fn what_is_sent_and_the_accounts_own_are_hidden_with_and_without_the_id() {
        let token = Secret::new("13490,6b5976c68aba5b14");
        let request = Request {
            method: Method::Post,
            path: "/Record.List".into(),
            basic: None,
            body: RequestBody::Form(vec![("login_token".into(), token.into())]),
            writes: false,
        };
        let own = Secret::new("13491,7c5976c68aba5b15");
        let hidden = secrets(&request, &own);
        for text in [
            "13490,6b5976c68aba5b14",
            "6b5976c68aba5b14",
            "13491%2C7c5976c68aba5b15",
            "7c5976\u{1}c68a\nba5b15",
        ] {
            assert_eq!(hidden.hide(text), "…");
        }
        assert_eq!(hidden.hide("13490"), "13490", "the ID is no secret");
    }
}
