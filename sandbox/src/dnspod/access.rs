//! Which domain and which record a call is about, and whether its caller may.

use super::calls::Call;
use super::codes::{self, Code};
use super::domain::Domain;
use super::shares::Share;
use super::state::DnsPodState;

/// How close to a domain a caller must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Read,
    Write,
    Own,
}

/// What a call needs of the domain it names, and the codes of its refusals.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequiredLevel {
    level: Level,
    /// The domain exists, but this is not the caller's to do.
    foreign: Code,
    /// A banned domain is refused.
    unbanned: bool,
    /// A domain whose plan does not suffice is refused.
    plan: bool,
    /// A locked domain is refused.
    locked: Option<Code>,
}

impl RequiredLevel {
    /// To look: a share suffices, and neither ban nor lock matters.
    pub(super) const fn read(foreign: Code) -> Self {
        Self {
            level: Level::Read,
            foreign,
            unbanned: false,
            plan: true,
            locked: None,
        }
    }

    /// To change records: a share with `rw` suffices.
    pub(super) const fn write(foreign: Code) -> Self {
        Self {
            level: Level::Write,
            foreign,
            unbanned: true,
            plan: true,
            locked: Some(codes::LOCKED),
        }
    }

    /// To change the domain itself.
    pub(super) const fn own(foreign: Code) -> Self {
        Self {
            level: Level::Own,
            ..Self::write(foreign)
        }
    }

    /// To keep notes, of which the service knows no refusal but "no such domain".
    pub(super) const fn notes(self) -> Self {
        Self {
            foreign: codes::BAD_PARAMETER,
            unbanned: false,
            plan: false,
            locked: None,
            ..self
        }
    }

    pub(super) const fn unbanned(self) -> Self {
        Self {
            unbanned: true,
            ..self
        }
    }

    pub(super) const fn any_plan(self) -> Self {
        Self {
            plan: false,
            ..self
        }
    }

    pub(super) const fn locked(self, code: Option<Code>) -> Self {
        Self {
            locked: code,
            ..self
        }
    }
}

/// What a user may do in a domain.
pub(super) struct AccessScope<'a> {
    pub(super) own: bool,
    shares: Vec<&'a Share>,
}

impl AccessScope<'_> {
    fn suffices(&self, level: Level) -> bool {
        self.own
            || match level {
                Level::Read => !self.shares.is_empty(),
                Level::Write => self.shares.iter().any(|s| s.write),
                Level::Own => false,
            }
    }

    /// Whether a name within the domain is his to read, or to write.
    pub(super) fn covers(&self, name: &str, write: bool) -> bool {
        let mut shares = self.shares.iter();
        self.own || shares.any(|s| (s.write || !write) && s.covers(name))
    }
}

impl DnsPodState {
    /// The position of the domain a call names, by `domain_id` or else by `domain`. Someone else's domain does not exist
    /// under its name; its id is found.
    fn named(&self, call: &Call<'_>) -> Result<usize, Code> {
        let mut domains = self.domains.iter();
        if let Some(id) = call.filled("domain_id") {
            let id: u64 = id.parse().map_err(|_| codes::BAD_PARAMETER)?;
            return domains.position(|d| d.id == id).ok_or(codes::BAD_PARAMETER);
        }
        let name = call.filled("domain").ok_or(codes::BAD_PARAMETER)?;
        let sees = |d: &Domain| self.reach(d, call).suffices(Level::Read);
        let found = domains.position(|d| d.is_called(name) && sees(d));
        found.ok_or(codes::NO_SUCH_DOMAIN)
    }

    /// The position of the domain a call names, if the caller may do to it what needs this much.
    pub(super) fn domain_for(&self, call: &Call<'_>, need: RequiredLevel) -> Result<usize, Code> {
        let at = self.named(call)?;
        let domain = &self.domains[at];
        if !self.reach(domain, call).suffices(need.level) {
            return Err(need.foreign);
        }
        if need.unbanned && domain.spam {
            return Err(codes::BANNED);
        }
        if let Some(code) = domain.upgrade.filter(|_| need.plan) {
            return Err(code);
        }
        match need.locked {
            Some(code) if domain.is_locked(call.unix) => Err(code),
            _ => Ok(at),
        }
    }

    pub(super) fn reach<'a>(&self, domain: &'a Domain, call: &Call<'_>) -> AccessScope<'a> {
        let email = self.accounts[call.user].email();
        let shares = domain.shares.iter();
        AccessScope {
            own: domain.owner == call.user,
            shares: shares.filter(|s| s.accepted && s.email == email).collect(),
        }
    }

    /// The position of the domain and the id of the record a call names.
    pub(super) fn record_for(
        &self,
        call: &Call<'_>,
        need: RequiredLevel,
    ) -> Result<(usize, u64), Code> {
        let at = self.domain_for(call, need)?;
        let id = call.filled("record_id").and_then(|id| id.parse().ok());
        let id = id.ok_or(codes::BAD_RECORD_ID)?;
        let domain = &self.domains[at];
        let record = domain.records.get(id).ok_or(codes::BAD_RECORD_ID)?;
        let reach = self.reach(domain, call);
        if !reach.covers(&record.name, false) {
            return Err(codes::BAD_RECORD_ID);
        }
        let may = reach.covers(&record.name, need.level != Level::Read);
        may.then_some((at, id)).ok_or(need.foreign)
    }
}
