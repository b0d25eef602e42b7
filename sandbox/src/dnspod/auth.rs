//! The way in: the User-Agent, the login, and the ban after too many that failed.

use std::collections::VecDeque;
use std::time::Duration;

use super::account::{Account, is_email};
use super::calls::CallAnswer;
use super::codes::{self, Code};
use super::state::DnsPodState;
use crate::http::{Request, ServerReply};
use crate::json::{Json, object};

const HOUR: Duration = Duration::from_hours(1);
const WINDOW: Duration = Duration::from_mins(5);

/// So many failed logins are borne within the window.
const MAX_FAILURES: usize = 30;

/// How a failed login is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AuthAnswer {
    /// With the code that says what is wrong: -1 nothing was sent, 10002 the ID, 10003 a token of the other site,
    /// 10004 the token, 20004 the `user_token`.
    #[default]
    Codes,
    /// Always with this code.
    Code(String),
    /// With HTTP 401 and a web server's page, as the site for China has done since 2024.
    Html,
}

/// What a site remembers about those who knocked.
#[derive(Debug)]
pub(super) struct LoginLimiter {
    pub(super) answer: AuthAnswer,
    /// Whether a User-Agent has to have the documented form.
    pub(super) strict_user_agents: bool,
    pub(super) bad_user_agents: usize,
    /// So many calls are answered in any hour.
    pub(super) quota: usize,
    calls: VecDeque<Duration>,
    failures: Vec<Duration>,
    banned_until: Option<Duration>,
}

impl Default for LoginLimiter {
    fn default() -> Self {
        Self {
            answer: AuthAnswer::default(),
            strict_user_agents: false,
            bad_user_agents: 0,
            quota: 3600,
            calls: VecDeque::new(),
            failures: Vec::new(),
            banned_until: None,
        }
    }
}

impl LoginLimiter {
    /// Counts a call, and says whether it is one too many for this hour.
    pub(super) fn over_quota(&mut self, now: Duration) -> bool {
        while self.calls.front().is_some_and(|then| *then + HOUR <= now) {
            self.calls.pop_front();
        }
        if self.calls.len() >= self.quota {
            return true;
        }
        self.calls.push_back(now);
        false
    }

    pub(super) fn banned(&self, now: Duration) -> bool {
        self.banned_until.is_some_and(|until| now < until)
    }

    pub(super) fn note_failure(&mut self, now: Duration) {
        self.failures.retain(|then| *then + WINDOW > now);
        self.failures.push(now);
        if self.failures.len() > MAX_FAILURES {
            self.failures.clear();
            self.banned_until = Some(now + HOUR);
        }
    }
}

impl DnsPodState {
    /// Whether a User-Agent has to have the documented form.
    pub(crate) fn require_user_agents(&mut self, strict: bool) {
        self.gate.strict_user_agents = strict;
    }

    /// A rule that is kept or not, by its name on the control port.
    pub(crate) fn switch(&mut self, name: &str) -> Option<&mut bool> {
        (name == "strict-user-agents").then_some(&mut self.gate.strict_user_agents)
    }

    /// The user whose token this is, or why nobody's.
    pub(super) fn login(&self, request: &Request, other: &Self) -> Result<usize, Code> {
        if let Some(token) = request.form("login_token") {
            return self.login_token(token, other);
        }
        match request.form("user_token") {
            Some(token) if !self.china() => {
                let own = |a: &Account| a.user_token.as_deref() == Some(token);
                self.accounts.iter().position(own).ok_or(codes::USER_TOKEN)
            }
            _ => Err(codes::LOGIN_FAILED),
        }
    }

    fn login_token(&self, login_token: &str, other: &Self) -> Result<usize, Code> {
        let (id, token) = login_token.split_once(',').ok_or(codes::TOKEN_ID)?;
        if !self.accounts.iter().any(|a| a.id == id) {
            let elsewhere = other.accounts.iter();
            let elsewhere = elsewhere.filter(|a| a.id == id && a.token == token).count();
            return Err(match elsewhere {
                0 => codes::TOKEN_ID,
                _ => codes::TOKEN_UNKNOWN,
            });
        }
        let mut accounts = self.accounts.iter();
        let own = accounts.position(|a| a.id == id && a.token == token);
        own.ok_or(codes::TOKEN_WRONG)
    }

    /// `Auth`, abroad: a `user_token` for an address and a password. The numbers 10003 and 10004 mean other things here
    /// than where a token is refused.
    pub(super) fn auth(&mut self, request: &Request, now: Duration) -> CallAnswer {
        let email = request.form("login_email").unwrap_or_default();
        let password = request.form("login_password").unwrap_or_default();
        let answer = self.token_for(email, password, request.form("login_code"));
        if answer.is_err() {
            self.gate.note_failure(now);
        }
        answer
    }

    fn token_for(&mut self, email: &str, password: &str, code: Option<&str>) -> CallAnswer {
        if !is_email(email) {
            return Err(codes::AUTH_EMAIL);
        }
        if !(6..=32).contains(&password.chars().count()) {
            return Err(codes::AUTH_PASSWORD);
        }
        let user = self.user_of(email).ok_or(codes::AUTH_NOBODY)?;
        let account = &mut self.accounts[user];
        if !account.is_enabled() {
            return Err(codes::AUTH_BANNED);
        }
        if account.password.as_deref() != Some(password) {
            return Err(codes::LOGIN_FAILED);
        }
        match (account.login_code.as_deref(), code) {
            (None, Some(_)) => return Err("51"),
            (Some(_), None) => return Err("50"),
            (Some(right), Some(code)) if right != code => return Err("52"),
            _ => {}
        }
        let number = account.user;
        let made = || {
            format!(
                "{number},{:05x}${:032x}",
                number % 0xf_ffff,
                u128::from(number).pow(5)
            )
        };
        let token = account.user_token.get_or_insert_with(made);
        Ok(object! {"user_token": &*token})
    }

    /// The answer to a failed login.
    pub(super) fn refuse(&self, request: &Request, code: &str, now: u64) -> ServerReply {
        let nothing = Json::Null;
        match &self.gate.answer {
            AuthAnswer::Codes => self.envelope(request, code, nothing, now),
            AuthAnswer::Code(code) => self.envelope(request, code, nothing, now),
            AuthAnswer::Html => page(401, "401 Authorization Required"),
        }
    }
}

/// A web server's own page.
pub(super) fn page(status: u16, title: &str) -> ServerReply {
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    ServerReply::text(status, "text/html", body)
}

/// Whether a User-Agent has the form `Name/Version(email)`; a space before the bracket is usual.
pub(super) fn is_user_agent(agent: &str) -> bool {
    let Some((program, rest)) = agent.split_once('(') else {
        return false;
    };
    let Some((name, version)) = program.trim().rsplit_once('/') else {
        return false;
    };
    let address = rest.trim_end().strip_suffix(')').unwrap_or_default();
    let email = address.split_once('@');
    let email = email.is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    !name.is_empty() && !version.is_empty() && email && !name.starts_with("Mozilla")
}
