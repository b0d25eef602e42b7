//! Codes that appear in more than one place, and what they are called.

/// A `status.code` other than 1.
pub(super) type Code = &'static str;

pub(super) const LOGIN_FAILED: Code = "-1";
pub(super) const TOO_OFTEN: Code = "-2";
pub(super) const LOGIN_BANNED: Code = "-8";
pub(super) const ONLY_POST: Code = "2";
pub(super) const BAD_PARAMETER: Code = "6";
pub(super) const NOT_OWNER: Code = "7";
pub(super) const BAD_RECORD_ID: Code = "8";
pub(super) const NO_RECORDS: Code = "10";
pub(super) const NO_SUCH_DOMAIN: Code = "13";
pub(super) const LOCKED: Code = "21";
pub(super) const BAD_SUB_DOMAIN: Code = "22";
pub(super) const BAD_LINE: Code = "26";
pub(super) const BAD_TYPE: Code = "27";
pub(super) const MODIFY_TTL: Code = "29";
pub(super) const TOO_DEEP: Code = "23";
pub(super) const BAD_WILDCARD: Code = "24";
pub(super) const BAD_MX: Code = "30";
pub(super) const CONFLICT: Code = "31";
pub(super) const CREATE_TTL: Code = "32";
pub(super) const BAD_VALUE: Code = "34";
pub(super) const APEX_NS: Code = "36";
pub(super) const ACCOUNT_LOCKED: Code = "83";
pub(super) const BANNED: Code = "-15";
pub(super) const EXISTS: Code = "104";
/// Of `Auth` only, as are the next three.
pub(super) const AUTH_BANNED: Code = "10001";
pub(super) const AUTH_EMAIL: Code = "10003";
pub(super) const AUTH_PASSWORD: Code = "10004";
pub(super) const AUTH_NOBODY: Code = "10005";
pub(super) const TOKEN_ID: Code = "10002";
pub(super) const TOKEN_UNKNOWN: Code = "10003";
pub(super) const TOKEN_WRONG: Code = "10004";
pub(super) const USER_TOKEN: Code = "20004";

/// The text beside a code. Clients are to go by the code: the real service words these differently from year to year.
pub(super) fn message(code: &str, china: bool, chinese: bool) -> &'static str {
    match (code, chinese) {
        ("1", true) => "操作已经成功完成",
        ("1", false) if china => "Action completed successful",
        ("1", false) => "Operation successful",
        ("-1", false) => "Login fail, please check login info",
        ("-1", true) => "登录失败，请检查登录信息",
        ("-2", _) => "API usage is limited",
        ("-8", _) => "Login failed too many times, account is locked for a while",
        ("2", _) => "Only POST method is allowed",
        ("10", false) => "No records on the list",
        ("13", false) => "Domain is not exists",
        ("13", true) => "当前域名未添加",
        ("8", true) => "记录编号错误",
        ("8", false) => "Record id invalid",
        ("-15", _) => "Domain is prohibited",
        ("21", _) => "Domain or record is locked",
        ("83", _) => "Account is locked",
        ("104", false) => "Domain record already exists, no need to add it again",
        ("104", true) => "记录已经存在，无需再次添加",
        ("10002", _) => "The login token ID is invalid",
        ("10003", _) => "The login token does not exist",
        ("10004", _) => "The login token is wrong",
        ("20004", _) => "user token validate failed",
        ("26", _) => "Record line invalid",
        ("29" | "32", _) => "Record ttl is limited",
        ("34", _) => "Record value invalid",
        (_, true) => "请求失败",
        (_, false) => "Request failed",
    }
}
