//! What a caller says about a record, checked.

use std::net::IpAddr;

use super::calls::Call;
use super::codes::{self, Code};
use super::domain::Domain;
use super::state::DnsPodState;
use super::{lines, rules};

/// What a caller may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) line: String,
    pub(super) value: String,
    pub(super) mx: u32,
    pub(super) ttl: u32,
    pub(super) weight: Option<u32>,
    pub(super) enabled: bool,
}

impl DnsPodState {
    /// What the parameters say. All of them count, in a change as in a creation: one that is absent takes its default, not
    /// its old value. Abroad the status and the weight are not parameters, so there they stay.
    pub(super) fn content(
        &self,
        call: &Call<'_>,
        at: usize,
        before: Option<&Content>,
    ) -> Result<Content, Code> {
        let name = sub_domain(call, &self.domains[at])?;
        let kind = call.filled("record_type").ok_or(codes::BAD_TYPE)?;
        if !rules::is_type(kind) {
            return Err(codes::BAD_TYPE);
        }
        let line = self.line(call)?;
        let value = call.filled("value").unwrap_or_default();
        if !rules::is_value(kind, value) {
            return Err(codes::BAD_VALUE);
        }
        self.allowed_address(value, before)?;
        if kind == "NS" && name == "@" && !lines::is_default(&line) {
            return Err(codes::APEX_NS);
        }
        let mx = call.filled("mx").and_then(|mx| mx.parse().ok());
        let mx = match (kind, mx) {
            ("MX", Some(mx @ 1..=20)) => mx,
            ("MX", _) => return Err(codes::BAD_MX),
            _ => 0,
        };
        let bad_ttl = match before {
            None => codes::CREATE_TTL,
            Some(_) => codes::MODIFY_TTL,
        };
        let ttl = self.ttl(call, at, kind, bad_ttl)?;
        let status = call.filled("status");
        let weight = match call.filled("weight") {
            None => None,
            Some(weight) => match weight.parse() {
                Ok(weight @ 0..=100) => Some(weight),
                _ => return Err(codes::BAD_PARAMETER),
            },
        };
        let kept = before.filter(|_| !self.china());
        Ok(Content {
            name,
            kind: kind.to_owned(),
            line,
            value: rules::stored_value(kind, value),
            mx,
            ttl,
            weight: weight.or_else(|| kept.and_then(|before| before.weight)),
            enabled: match status {
                Some("enable") => true,
                Some("disable") => false,
                Some(_) => return Err(codes::BAD_PARAMETER),
                None => kept.is_none_or(|before| before.enabled),
            },
        })
    }

    pub(super) fn line(&self, call: &Call<'_>) -> Result<String, Code> {
        let (name, id) = (call.filled("record_line"), call.filled("record_line_id"));
        lines::asked(self.site, name, id).ok_or(codes::BAD_LINE)
    }

    pub(super) fn ttl(
        &self,
        call: &Call<'_>,
        at: usize,
        kind: &str,
        bad: Code,
    ) -> Result<u32, Code> {
        let least = self.domains[at].min_ttl;
        let Some(ttl) = call.filled("ttl") else {
            return Ok(rules::default_ttl(kind, least));
        };
        let ttl = ttl.parse().map_err(|_| bad)?;
        let allowed = (least..=rules::MAX_TTL).contains(&ttl);
        allowed.then_some(ttl).ok_or(bad)
    }

    /// Some addresses are on a list of those that no record may lead to. Each site has its own code for that, and the
    /// international one has none when a record is created.
    pub(super) fn allowed_address(
        &self,
        value: &str,
        before: Option<&Content>,
    ) -> Result<(), Code> {
        let address: Result<IpAddr, _> = value.parse();
        if !address.is_ok_and(|address| self.forbidden.contains(&address)) {
            return Ok(());
        }
        Err(match (self.china(), before) {
            (true, _) => "82",
            (false, Some(_)) => "35",
            (false, None) => codes::BAD_VALUE,
        })
    }
}

impl Domain {
    /// Whether another record says the same: name, type, line and value.
    pub(super) fn has(&self, content: &Content, except: Option<u64>) -> bool {
        let mut here = self.records.at(&rules::order(&content.name));
        here.any(|r| {
            Some(r.id) != except
                && r.kind == content.kind
                && r.line == content.line
                && r.value == content.value
        })
    }

    /// Whether a record may stand beside the others of its name and line, and be one more of its type.
    pub(super) fn fits(
        &self,
        content: &Content,
        except: Option<u64>,
        china: bool,
    ) -> Result<(), Code> {
        let here = self.records.at(&rules::order(&content.name));
        let beside = here.filter(|r| !r.hold && r.line == content.line);
        let (itself, beside): (Vec<_>, Vec<_>) = beside.partition(|r| Some(r.id) == except);
        let mut kinds = beside.iter().map(|r| r.kind.as_str());
        if kinds.any(|kind| rules::conflict(kind, &content.kind)) {
            return Err(codes::CONFLICT);
        }
        let same = beside.iter().filter(|r| r.kind == content.kind).count();
        // One that is among them already makes them no more.
        let among = itself.iter().any(|r| r.kind == content.kind);
        if !among && same >= rules::LOAD_BALANCING {
            match (content.kind.as_str(), china) {
                ("A" | "AAAA" | "CNAME", false) => return Err("25"),
                ("A" | "AAAA", true) => return Err("500025"),
                ("CNAME", true) => return Err("500026"),
                _ => {}
            }
        }
        self.has_room(content, except)
    }

    /// A plan may limit how many records of a type there are in the domain.
    fn has_room(&self, content: &Content, except: Option<u64>) -> Result<(), Code> {
        let kind = rules::limited_kind(&content.kind);
        let Some(limit) = self.limits.get(kind) else {
            return Ok(());
        };
        let others = self
            .records
            .iter()
            .filter(|r| !r.hold && Some(r.id) != except);
        let count = others
            .filter(|r| rules::limited_kind(&r.kind) == kind)
            .count();
        match kind {
            _ if count < *limit => Ok(()),
            "URL" => Err("31"),
            "NS" => Err("32"),
            "AAAA" => Err("33"),
            _ => Err(codes::BAD_PARAMETER),
        }
    }
}

/// The name within the zone. A caller who leaves it out means the apex.
pub(super) fn sub_domain(call: &Call<'_>, domain: &Domain) -> Result<String, Code> {
    let name = call.filled("sub_domain").unwrap_or("@");
    let name = name.to_ascii_lowercase();
    if rules::is_odd_wildcard(&name) {
        let paid_for = !domain.is_free();
        return paid_for.then_some(name).ok_or(codes::BAD_WILDCARD);
    }
    if !rules::is_sub_domain(&name) {
        return Err(codes::BAD_SUB_DOMAIN);
    }
    if name.split('.').count() > rules::MAX_LEVELS {
        return Err(codes::TOO_DEEP);
    }
    Ok(name)
}
