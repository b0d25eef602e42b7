//! A request as a provider receives it.

use moored::{
    core::secret::Secret,
    http::{Request, RequestBody, Response, query},
};
use sandbox::Service;

use super::ProviderModel;

impl ProviderModel {
    /// What a provider does and answers now.
    pub(crate) fn ask(&self, account: usize, request: &Request) -> Response {
        let mut headers = Vec::new();
        let credentials = request.basic.as_ref().map(|(user, password)| {
            let both = [user, password].map(Secret::expose).join(":");
            format!("Basic {}", base64(both.as_bytes()))
        });
        headers.extend(credentials.as_deref().map(|it| ("authorization", it)));
        let body = match &request.body {
            RequestBody::Form(pairs) => {
                headers.extend(form_headers());
                let pairs = pairs.iter().map(|(name, value)| (&**name, value.expose()));
                query(pairs).split_off(1)
            }
            RequestBody::Json(text) => {
                headers.push(("content-type", "application/json"));
                text.clone()
            }
            RequestBody::Empty => String::new(),
        };
        let base = if self.service(account) == Service::Domeneshop {
            "/v0"
        } else {
            ""
        };
        let target = format!("{base}{}", request.path);
        self.carry(account, request.method.as_str(), &target, &headers, &body)
    }

    pub(super) fn carry(
        &self,
        account: usize,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let answer = self
            .offline
            .ask(self.service(account), method, target, headers, body);
        Response {
            status: answer.status,
            retry_after: None,
            location: answer.header("location").map(str::to_owned),
            body: answer.body.into_bytes(),
        }
    }
}

pub(super) fn form_headers() -> [(&'static str, &'static str); 2] {
    [
        ("user-agent", "moored/1 (me@example.com)"),
        ("content-type", "application/x-www-form-urlencoded"),
    ]
}

/// RFC 4648 section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        for digit in 0..4 {
            let is_padding = digit > group.len();
            let six = bits >> (18 - 6 * digit) & 63;
            text.push(if is_padding { '=' } else { DIGITS[six].into() });
        }
    }
    text
}
