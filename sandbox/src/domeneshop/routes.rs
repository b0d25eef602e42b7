//! The API's paths. Order matters and is the service's: credentials, route, method, domain, DNS service, record, body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::record::Given;
use super::state::{Domain, State};
use crate::http::{Reply, Request};

/// An error in the service's own form.
pub(crate) fn failure(status: u16, code: &str, help: &str) -> Reply {
    Reply::json(status, &json!({"code": code, "help": help})).code(code)
}

/// The one answer to a path that leads nowhere and to a thing that does not exist.
pub(super) fn unknown() -> Reply {
    failure(
        404,
        "resource:unknown",
        "See documentation at https://api.domeneshop.no/docs",
    )
}

fn unauthorized() -> Reply {
    failure(
        403,
        "resource:unauthorized",
        "This resource is not in your account",
    )
}

pub(super) fn invalid(why: &str) -> Reply {
    failure(400, "request:invalid", why)
}

pub(super) fn collision() -> Reply {
    failure(
        409,
        "record:collision",
        "The record collides with another of this host",
    )
}

fn wrong_method(allowed: &'static str) -> Reply {
    failure(
        405,
        "method:unsupported",
        "This resource does not support the method",
    )
    .header("allow", allowed)
}

impl State {
    pub(crate) fn answer(&mut self, request: &Request) -> Reply {
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
                    Reply::json(200, &self.domains[at].to_json())
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
        then: impl FnOnce(&mut Self, usize) -> Reply,
    ) -> Reply {
        match self.own(token, id) {
            None => unauthorized(),
            Some(at) if !self.domains[at].dns => unknown(),
            Some(at) => then(self, at),
        }
    }

    fn list_domains(&self, token: &str, request: &Request) -> Reply {
        let part = request.query("domain").unwrap_or_default();
        let part = part.to_ascii_lowercase();
        let own = self.domains.iter();
        let shown = own.filter(|d| d.owner == token && d.name.contains(&part));
        Reply::json(200, &shown.map(Domain::to_json).collect())
    }

    fn list(&self, at: usize, request: &Request) -> Reply {
        let keep = |filter: &str, value: &str| request.query(filter).is_none_or(|f| f == value);
        let records = self.domains[at].records.iter();
        let shown = records
            .filter(|r| keep("host", &r.host) && keep("type", &r.kind))
            .map(|r| r.to_json(self.numbers_as_strings));
        Reply::json(200, &shown.collect())
    }

    fn create(&mut self, at: usize, request: &Request) -> Reply {
        let given = match Given::checked(&request.body) {
            Ok(given) => given,
            Err(why) => return invalid(&why),
        };
        if self.domains[at].records.iter().any(|r| given.collides(r)) {
            return collision();
        }
        let id = self.fresh_id();
        let domain = &mut self.domains[at];
        domain.records.push(given.with_id(id));
        let location = self.location(self.domains[at].id, id);
        Reply::json(201, &json!({"id": id})).header("location", location)
    }

    fn one(&mut self, at: usize, id: u64, request: &Request) -> Reply {
        let records = &mut self.domains[at].records;
        let Some(position) = records.iter().position(|r| r.id == id) else {
            return unknown();
        };
        match request.method.as_str() {
            "GET" => Reply::json(200, &records[position].to_json(self.numbers_as_strings)),
            "DELETE" => {
                records.remove(position);
                Reply::empty(204)
            }
            _ => {
                let given = match Given::checked(&request.body) {
                    Ok(given) => given,
                    Err(why) => return invalid(&why),
                };
                let old = &records[position];
                if given.host != old.host || given.kind != old.kind {
                    return invalid("host and type cannot be changed");
                }
                let mut others = records.iter().filter(|r| r.id != id);
                if others.any(|r| given.collides(r)) {
                    return collision();
                }
                records[position].replace(given);
                Reply::empty(204)
            }
        }
    }
}
