//! Domains shared with other users, whole or in part.

use super::access::RequiredLevel;
use super::account::is_email;
use super::calls::{Call, CallAnswer};
use super::codes::{self, Code};
use super::state::DnsPodState;
use crate::json::{Json, object};

/// A domain is not shared more often.
const MAX_SHARES: usize = 20;

#[derive(Debug)]
pub(super) struct Share {
    pub(super) email: String,
    pub(super) write: bool,
    /// The part below which everything is shared; none: all of it.
    sub_domain: Option<String>,
    /// One that is not yet accepted opens nothing.
    pub(super) accepted: bool,
}

impl Share {
    pub(super) fn covers(&self, name: &str) -> bool {
        let Some(part) = self.sub_domain.as_deref() else {
            return true;
        };
        let above = name.strip_suffix(part);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    }

    fn is(&self, email: &str, sub_domain: Option<&str>) -> bool {
        self.email == email && self.sub_domain.as_deref() == sub_domain
    }
}

impl DnsPodState {
    pub(super) fn share_create(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::own(codes::BAD_PARAMETER))?;
        let email = self.partner(call)?;
        let share = Share {
            email: email.to_owned(),
            write: mode(call)?,
            sub_domain: call.filled("sub_domain").map(str::to_lowercase),
            accepted: true,
        };
        let shares = &mut self.domains[at].shares;
        if shares
            .iter()
            .any(|s| s.is(email, share.sub_domain.as_deref()))
        {
            return Err("9");
        }
        if shares.len() >= MAX_SHARES {
            return Err("10");
        }
        shares.push(share);
        Ok(Json::Null)
    }

    pub(super) fn share_list(&self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::read(codes::BAD_PARAMETER))?;
        let domain = &self.domains[at];
        let shares = domain.shares.iter().map(|share| {
            object! {
                "share_to": &share.email,
                "mode": if share.write { "rw" } else { "r" },
                "status": if share.accepted { "enabled" } else { "pending" },
            }
        });
        let shares: Vec<Json> = shares.collect();
        if shares.is_empty() && call.empty_is_error() {
            return Err("7");
        }
        let owner = self.accounts[domain.owner].email();
        Ok(object! {"share": shares, "owner": owner})
    }

    /// The old part says which share is meant, the new one what becomes of it; without a part it is the whole domain.
    pub(super) fn share_modify(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::own(codes::BAD_PARAMETER))?;
        let email = self.partner(call)?;
        let part = |name: &str| call.filled(name).map(str::to_lowercase);
        let (old, new, write) = (part("old_sub_domain"), part("new_sub_domain"), mode(call)?);
        let shares = &mut self.domains[at].shares;
        let found = shares.iter().position(|s| s.is(email, old.as_deref()));
        let found = found.ok_or("9")?;
        if old != new && shares.iter().any(|s| s.is(email, new.as_deref())) {
            return Err(codes::BAD_PARAMETER);
        }
        shares[found].sub_domain = new;
        shares[found].write = write;
        Ok(Json::Null)
    }

    /// Everything that is shared with that user goes.
    pub(super) fn share_remove(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::own(codes::BAD_PARAMETER))?;
        let email = self.partner(call)?;
        let shares = &mut self.domains[at].shares;
        let before = shares.len();
        shares.retain(|share| share.email != email);
        if shares.len() == before {
            return Err("9");
        }
        Ok(Json::Null)
    }

    /// The address of another user of this site.
    fn partner<'a>(&self, call: &'a Call<'_>) -> Result<&'a str, Code> {
        let email = call.filled("email").filter(|email| is_email(email));
        let email = email.ok_or("7")?;
        match self.user_of(email) {
            None => Err("8"),
            Some(user) if user == call.user => Err("7"),
            Some(_) => Ok(email),
        }
    }
}

/// Whether a share allows to write; it does not unless the caller says so.
fn mode(call: &Call<'_>) -> Result<bool, Code> {
    match call.filled("mode") {
        None | Some("r") => Ok(false),
        Some("rw") => Ok(true),
        Some(_) => Err(codes::BAD_PARAMETER),
    }
}
