//! Other domains that are to have the records of this one.

use super::access::RequiredLevel;
use super::calls::{Call, CallAnswer};
use super::codes;
use super::domains::is_domain;
use super::punycode;
use super::state::DnsPodState;
use crate::json::{Json, object};

/// A domain does not have more.
const MAX_ALIASES: usize = 20;

#[derive(Debug)]
pub(super) struct Alias {
    id: u64,
    domain: String,
}

impl DnsPodState {
    /// Whether a name is some domain's alias.
    pub(super) fn is_alias(&self, name: &str) -> bool {
        let mut aliases = self.domains.iter().flat_map(|d| &d.aliases);
        aliases.any(|alias| alias.domain == name)
    }

    pub(super) fn alias_list(&self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::read(codes::BAD_PARAMETER))?;
        let aliases = self.domains[at].aliases.iter();
        let shown = aliases.map(|a| object! {"id": a.id.to_string(), "domain": &a.domain});
        let shown: Vec<Json> = shown.collect();
        if shown.is_empty() && call.empty_is_error() {
            return Err("7");
        }
        Ok(object! {"alias": shown})
    }

    /// Here `domain` is the alias, and the domain itself goes by its id only.
    pub(super) fn alias_create(&mut self, call: &Call<'_>) -> CallAnswer {
        call.filled("domain_id").ok_or(codes::BAD_PARAMETER)?;
        let at = self.domain_for(call, RequiredLevel::own(codes::BAD_PARAMETER))?;
        let name = call.filled("domain").unwrap_or_default().to_lowercase();
        if !is_domain(&name) {
            return Err("7");
        }
        if self.domains.iter().any(|d| d.is_called(&name)) {
            return Err("8");
        }
        if self.is_alias(&name) {
            return Err("9");
        }
        if self.domains[at].aliases.len() >= MAX_ALIASES {
            return Err("10");
        }
        let id = self.other_id();
        let punycode = punycode::ascii(&name);
        self.domains[at].aliases.push(Alias { id, domain: name });
        Ok(object! {"alias": object! {"id": id.to_string(), "punycode": punycode}})
    }

    pub(super) fn alias_remove(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::own(codes::BAD_PARAMETER))?;
        let id: Option<u64> = call.filled("alias_id").and_then(|id| id.parse().ok());
        let aliases = &mut self.domains[at].aliases;
        let found = aliases.iter().position(|alias| Some(alias.id) == id);
        aliases.remove(found.ok_or("7")?);
        Ok(Json::Null)
    }
}
