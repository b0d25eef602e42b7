//! Getting a domain back that someone else has added: by mail to those whom WHOIS names, or by gift.

use super::access::RequiredLevel;
use super::account::is_email;
use super::calls::{Call, CallAnswer};
use super::codes::{self, Code};
use super::domain::DEFAULT_GROUP;
use super::domains::is_domain;
use super::state::DnsPodState;
use crate::json::{Json, object};

/// A code that was sent, and for whom.
#[derive(Debug)]
pub(super) struct AcquireRequest {
    user: usize,
    pub(super) code: String,
}

impl DnsPodState {
    pub(super) fn domain_transfer(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.domain_for(call, RequiredLevel::own(codes::BAD_PARAMETER))?;
        let email = call.filled("email").filter(|email| is_email(email));
        let target = self.user_of(email.ok_or("7")?).ok_or("8")?;
        if target == call.user {
            return Err("9");
        }
        self.same_kind(call.user, target, "10", "11")?;
        self.give(at, target);
        Ok(Json::Null)
    }

    pub(super) fn domain_acquire(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.acquirable(call)?;
        match &self.domains[at].whois {
            none if none.is_empty() => Err("15"),
            emails => Ok(object! {"emails": emails.clone()}),
        }
    }

    /// The call with the link in place of the code takes the same path; its link leads nowhere here.
    pub(super) fn domain_acquire_send(&mut self, call: &Call<'_>, param: &str) -> CallAnswer {
        let at = self.acquirable(call)?;
        let domain = &mut self.domains[at];
        let email = call.filled(param).unwrap_or_default();
        if domain.whois.is_empty() {
            return Err("15");
        }
        if !domain.whois.iter().any(|known| known == email) {
            return Err("16");
        }
        domain.ticket = Some(AcquireRequest {
            user: call.user,
            code: format!("{:06}", (domain.id * 31 + call.stamp) % 1_000_000),
        });
        Ok(Json::Null)
    }

    pub(super) fn domain_acquire_validate(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.acquirable(call)?;
        let ticket = self.domains[at].ticket.as_ref();
        let ticket = ticket.filter(|t| t.user == call.user && call.param("code") == Some(&t.code));
        ticket.ok_or("15")?;
        self.give(at, call.user);
        Ok(Json::Null)
    }

    /// The position of someone else's domain that the caller may have back.
    fn acquirable(&self, call: &Call<'_>) -> Result<usize, Code> {
        let name = call.filled("domain").ok_or(codes::BAD_PARAMETER)?;
        if !name.is_ascii() {
            return Err("7");
        }
        if !is_domain(name) {
            return Err("8");
        }
        if name.to_lowercase().ends_with(".tk") {
            return Err("9");
        }
        let mut others = self.domains.iter();
        let at = others.position(|d| d.is_called(name) && d.owner != call.user);
        let at = at.ok_or("10")?;
        let domain = &self.domains[at];
        if domain.spam {
            return Err("11");
        }
        if domain.is_locked(call.unix) {
            return Err("12");
        }
        self.same_kind(domain.owner, call.user, "14", "13")?;
        if self.china() && domain.vip {
            return Err("86");
        }
        Ok(at)
    }

    /// Persons give to persons, and companies to companies.
    fn same_kind(
        &self,
        from: usize,
        to: usize,
        person_to_company: Code,
        company_to_person: Code,
    ) -> Result<(), Code> {
        let company = |user: usize| self.accounts[user].is_company();
        match (company(from), company(to)) {
            (false, true) => Err(person_to_company),
            (true, false) => Err(company_to_person),
            _ => Ok(()),
        }
    }

    fn give(&mut self, at: usize, user: usize) {
        let email = self.accounts[user].email().to_owned();
        let domain = &mut self.domains[at];
        domain.owner = user;
        domain.group = DEFAULT_GROUP;
        domain.ticket = None;
        domain.shares.retain(|share| share.email != email);
    }

    /// Whose address that is.
    pub(super) fn user_of(&self, email: &str) -> Option<usize> {
        let mut accounts = self.accounts.iter();
        accounts.position(|account| account.email() == email)
    }
}
