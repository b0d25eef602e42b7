//! Accounts: who they are, and `User.Detail`.

use std::collections::VecDeque;

use serde_json::Value;

use super::groups::Group;
use crate::json::{Json, object};

/// A user of one site.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) user_token: Option<String>,
    /// The user behind the token; the token may change.
    pub(super) user: u64,
    /// For `Auth`.
    pub(super) password: Option<String>,
    /// The D-token's number, where one is in use.
    pub(super) login_code: Option<String>,
    /// The groups that the user made.
    pub(super) groups: Vec<Group>,
    /// The newest comes first.
    pub(super) history: VecDeque<String>,
    /// What `User.Detail` shows.
    detail: Json,
}

impl Account {
    pub(super) fn new(at: usize, id: String, token: String, china: bool) -> Self {
        let user = 730_061 + at as u64;
        let email = match at {
            0 => "sandbox@example.com".to_owned(),
            _ => format!("sandbox{}@example.com", at + 1),
        };
        let mut detail = object! {
            "real_name": "Sandbox",
            "user_type": "personal",
            "telephone": Json::Null,
            "im": Json::Null,
            "nick": "sandbox",
            "id": user.to_string(),
            "email": email,
            "status": "enabled",
            "email_verified": "yes",
            "telephone_verified": "no",
            "weixin_binded": "no",
            "agent_pending": false,
            "balance": 0_u32,
            "smsbalance": 0_u32,
        };
        if china {
            detail.put("user_grade", "DP_Free");
        }
        Self {
            id,
            token,
            user_token: None,
            user,
            password: None,
            login_code: None,
            groups: Vec::new(),
            history: VecDeque::new(),
            detail,
        }
    }

    /// Takes over fields of `User.Detail`, and the two that are for `Auth` alone.
    pub(super) fn set(&mut self, fields: &Value) {
        for (key, value) in fields.as_object().into_iter().flatten() {
            let text = value.as_str().map(str::to_owned);
            match key.as_str() {
                "password" => self.password = text,
                "login_code" => self.login_code = text,
                _ => self.detail.put(key, value.clone()),
            }
        }
    }

    pub(super) fn email(&self) -> &str {
        self.detail.text("email").unwrap_or_default()
    }

    pub(super) fn is_company(&self) -> bool {
        self.detail.text("user_type") == Some("enterprise")
    }

    pub(super) fn is_enabled(&self) -> bool {
        self.detail.text("status") == Some("enabled")
    }

    pub(super) fn shown(&self) -> Json {
        object! {"info": object! {"user": self.detail.clone()}}
    }
}

/// Whether a text has the form of an address for mail.
pub(super) fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(' ')
    })
}
