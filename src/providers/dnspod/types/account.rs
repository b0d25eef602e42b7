//! What the calls about the account answer (facts: DNSPod sections 2.1 and 7.7).

use serde::{Deserialize, Serialize};

use super::lenient;
use crate::core::secret::Secret;

/// The account's owner.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct User {
    /// Its identifier.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "lenient::text")]
    pub email: Option<String>,
    /// `enabled` or `disabled`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// Whether the e-mail address is verified: `yes` or `no`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub email_verified: Option<String>,
    /// Whether the telephone is verified: `yes` or `no`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub telephone_verified: Option<String>,
    /// Whether a `WeChat` account is connected: `yes` or `no`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub weixin_binded: Option<String>,
    /// Whether an application as an agent is pending.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub agent_pending: Option<bool>,
    /// The name, of a company's account the company's.
    #[serde(default, deserialize_with = "lenient::text")]
    pub real_name: Option<String>,
    /// `personal` or `enterprise`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub user_type: Option<String>,
    /// The telephone.
    #[serde(default, deserialize_with = "lenient::text")]
    pub telephone: Option<String>,
    /// An instant messaging account.
    #[serde(default, deserialize_with = "lenient::text")]
    pub im: Option<String>,
    /// The nickname.
    #[serde(default, deserialize_with = "lenient::text")]
    pub nick: Option<String>,
    /// The money in the account.
    #[serde(default, deserialize_with = "lenient::text")]
    pub balance: Option<String>,
    /// How many text messages are paid for.
    #[serde(default, deserialize_with = "lenient::text")]
    pub smsbalance: Option<String>,
    /// The plan of the account (China).
    #[serde(default, deserialize_with = "lenient::text")]
    pub user_grade: Option<String>,
}

/// `User.Detail`'s inner part.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct UserInfo {
    /// The owner.
    pub user: User,
}

/// `User.Detail`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Account {
    /// The account.
    pub info: UserInfo,
}

/// `Info.Version`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
pub struct Version {
    /// The API's version: `4.6`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub version: Option<String>,
}

/// `Auth`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Token {
    /// The `user_token` for further calls. It is shown only here, and does not end.
    #[serde(deserialize_with = "lenient::secret")]
    pub user_token: Secret,
}
