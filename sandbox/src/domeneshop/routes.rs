//! The API's paths. Order matters and is the service's: credentials, route, method, domain, DNS service, record, body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::refusals::{failure, unauthorized, unknown, wrong_method};
use super::state::{Domain, DomeneshopState};
use crate::http::{Request, ServerReply};
use crate::json::Json;

impl DomeneshopState {
    /// The answer at a time, in seconds since 1970.
    pub(crate) fn answer(&mut self, request: &Request, now: u64) -> ServerReply {
        let Some(token) = self.authenticate(request) else {
            return failure(
                401,
                "authentication:failed",
                "Wrong or missing token and secret",
            )
            .header("www-authenticate", "Basic realm=\"Domeneshop API\"");
        };
        let path: Vec<&str> = request.path.split('/').skip(1).collect();
        let method = request.method.as_str();
        let number = |part: &str| part.parse::<u64>().ok();
        match path[..] {
            ["v0", "domains"] => match method {
                "GET" => self.list_domains(&token, request),
                _ => wrong_method("GET"),
            },
            ["v0", "domains", id] => match (number(id), method) {
                (None, _) => unknown(),
                (Some(id), "GET") => self.own(&token, id).map_or_else(unauthorized, |at| {
                    ServerReply::json(200, &self.domains[at].to_json())
                }),
                _ => wrong_method("GET"),
            },
            ["v0", "domains", id, "dns"] => match (number(id), method) {
                (None, _) => unknown(),
                (Some(id), "GET") => self.with_dns(&token, id, |s, at| s.list(at, request)),
                (Some(id), "POST") => self.with_dns(&token, id, |s, at| s.create(at, request)),
                _ => wrong_method("GET, POST"),
            },
            ["v0", "domains", id, "dns", record] => match (number(id), number(record)) {
                (Some(id), Some(record)) => {
                    if !matches!(method, "GET" | "PUT" | "DELETE") {
                        return wrong_method("GET, PUT, DELETE");
                    }
                    self.with_dns(&token, id, |s, at| s.one(at, record, request))
                }
                _ => unknown(),
            },
            ["v0", "domains", id, "forwards", ref rest @ ..] => {
                let here = match rest {
                    [] => self.forwards_without_slash.then_some(""),
                    [host] => Some(*host),
                    _ => None,
                };
                match (number(id), here) {
                    (Some(id), Some("")) => match method {
                        "GET" => self.with_dns(&token, id, |s, at| s.list_forwards(at)),
                        "POST" => self.with_dns(&token, id, |s, at| s.create_forward(at, request)),
                        _ => wrong_method("GET, POST"),
                    },
                    (Some(id), Some(host)) => {
                        if !matches!(method, "GET" | "PUT" | "DELETE") {
                            return wrong_method("GET, PUT, DELETE");
                        }
                        self.with_dns(&token, id, |s, at| s.one_forward(at, host, request))
                    }
                    _ => unknown(),
                }
            }
            ["v0", "invoices"] => match method {
                "GET" => self.list_invoices(&token, request.query("status"), now),
                _ => wrong_method("GET"),
            },
            ["v0", "invoices", id] => match (number(id), method) {
                (None, _) => unknown(),
                (Some(id), "GET") => self.one_invoice(&token, id),
                _ => wrong_method("GET"),
            },
            ["v0", "dyndns", "update"] => match method {
                "GET" => self.dyndns(&token, request),
                _ => wrong_method("GET"),
            },
            _ => unknown(),
        }
    }

    /// The token of the account that the request's Basic credentials open.
    fn authenticate(&self, request: &Request) -> Option<String> {
        let (scheme, encoded) = request.header("authorization")?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (token, secret) = decoded.split_once(':')?;
        let mut accounts = self.accounts.iter();
        let account = accounts.find(|a| a.token == token && a.secret == secret)?;
        Some(account.token.clone())
    }

    /// Where the caller's domain of that id is. Someone else's and nobody's are the same.
    fn own(&self, token: &str, id: u64) -> Option<usize> {
        let mut domains = self.domains.iter();
        domains.position(|d| d.id == id && d.owner == token)
    }

    fn with_dns(
        &mut self,
        token: &str,
        id: u64,
        then: impl FnOnce(&mut Self, usize) -> ServerReply,
    ) -> ServerReply {
        match self.own(token, id) {
            None => unauthorized(),
            Some(at) if !self.domains[at].dns => unknown(),
            Some(at) => then(self, at),
        }
    }

    fn list_domains(&self, token: &str, request: &Request) -> ServerReply {
        let part = request.query("domain").unwrap_or_default();
        let part = part.to_ascii_lowercase();
        let own = self.domains.iter();
        let shown = own.filter(|d| d.owner == token && d.name.contains(&part));
        ServerReply::json(200, &shown.map(Domain::to_json).collect::<Json>())
    }
}
