//! DNSPod: users, and the older way in.

use sandbox::{Sandbox, Site};
use serde_json::{Value, json};

use crate::client::{LOGIN, code, pod, post, with_pod};

const ABROAD: Site = Site::International;

fn auth(sandbox: &Sandbox, pairs: &[(&str, &str)]) -> Value {
    let mut all = vec![("format", "json")];
    all.extend_from_slice(pairs);
    post(sandbox, ABROAD, "Auth", &all).json()
}

/// A sandbox with a user whose password is `correct horse`.
fn with_password() -> Sandbox {
    let sandbox = with_pod(ABROAD);
    let user = json!({"email": "me@example.com", "password": "correct horse"});
    sandbox.dnspod(ABROAD).set_user(LOGIN, user);
    sandbox
}

const RIGHT: [(&str, &str); 2] = [
    ("login_email", "me@example.com"),
    ("login_password", "correct horse"),
];

#[test]
fn auth_gives_a_token_that_opens_the_account() {
    let sandbox = with_password();
    let answer = auth(&sandbox, &RIGHT);
    assert_eq!(code(&answer), "1");
    let token = answer["user_token"].as_str().unwrap();
    let (user, hashes) = token.split_once(',').unwrap();
    assert!(user.parse::<u64>().is_ok() && hashes.contains('$'));
    let pairs = [("user_token", token), ("format", "json")];
    let detail = post(&sandbox, ABROAD, "User.Detail", &pairs).json();
    assert_eq!(detail["info"]["user"]["email"], "me@example.com");
    assert_eq!(auth(&sandbox, &RIGHT)["user_token"], token);
}

#[test]
fn auth_has_codes_of_its_own() {
    let sandbox = with_password();
    for (email, password, expected) in [
        ("me", "correct horse", "10003"),
        ("", "correct horse", "10003"),
        ("me@example.com", "short", "10004"),
        ("you@example.com", "correct horse", "10005"),
        ("me@example.com", "wrong horse", "-1"),
    ] {
        let pairs = [("login_email", email), ("login_password", password)];
        let answer = auth(&sandbox, &pairs);
        assert_eq!(code(&answer), expected, "{email} {password}");
        assert_eq!(answer.as_object().unwrap().len(), 1, "only the status");
    }
    sandbox
        .dnspod(ABROAD)
        .set_user(LOGIN, json!({"status": "disabled"}));
    assert_eq!(code(&auth(&sandbox, &RIGHT)), "10001");
}

#[test]
fn auth_asks_for_the_number_of_a_d_token_where_one_is_in_use() {
    let sandbox = with_password();
    let with = |number: &str| {
        let mut pairs = RIGHT.to_vec();
        pairs.push(("login_code", number));
        code(&auth(&sandbox, &pairs)).to_owned()
    };
    assert_eq!(with("123456"), "51");
    sandbox
        .dnspod(ABROAD)
        .set_user(LOGIN, json!({"login_code": "123456"}));
    assert_eq!(code(&auth(&sandbox, &RIGHT)), "50");
    assert_eq!(with("654321"), "52");
    assert_eq!(with("123456"), "1");
}

#[test]
fn failures_of_auth_count_towards_the_ban() {
    let sandbox = with_password();
    for _ in 0..31 {
        auth(&sandbox, &[("login_email", "me")]);
    }
    assert!(sandbox.dnspod(ABROAD).login_banned());
    assert_eq!(code(&auth(&sandbox, &RIGHT)), "-8");
}

#[test]
fn the_site_for_china_has_no_auth() {
    let sandbox = with_pod(Site::China);
    let pairs = [("login_token", LOGIN), ("format", "json")];
    assert_eq!(post(&sandbox, Site::China, "Auth", &pairs).status, 404);
}

#[test]
fn an_account_that_is_locked_may_do_nothing() {
    let sandbox = with_pod(ABROAD);
    sandbox
        .dnspod(ABROAD)
        .set_user(LOGIN, json!({"status": "disabled"}));
    for call in ["User.Detail", "Domain.List", "Record.List"] {
        assert_eq!(code(&pod(&sandbox, ABROAD, call, &[])), "83");
    }
}

#[test]
fn user_detail_has_numbers_and_strings_and_nothings() {
    for (site, grade) in [(ABROAD, json!(null)), (Site::China, json!("DP_Free"))] {
        let answer = pod(&with_pod(site), site, "User.Detail", &[]);
        let user = &answer["info"]["user"];
        assert!(user["id"].is_string());
        assert!(user["balance"].is_number() && user["smsbalance"].is_number());
        assert_eq!(user["agent_pending"], false);
        assert_eq!(
            (&user["telephone"], &user["im"]),
            (&json!(null), &json!(null))
        );
        assert_eq!(user["user_grade"], grade);
    }
}

#[test]
fn the_users_log_is_a_sentence_until_something_was_done() {
    let sandbox = with_pod(ABROAD);
    let log = || pod(&sandbox, ABROAD, "User.Log", &[])["log"].clone();
    assert_eq!(log(), json!(["There is no user logs at the moment."]));
    pod(&sandbox, ABROAD, "Domain.Ismark", &[("is_mark", "yes")]);
    pod(&sandbox, ABROAD, "Domain.Ismark", &[("is_mark", "maybe")]);
    pod(&sandbox, ABROAD, "Domain.Create", &[("domain", "new.org")]);
    let log = log();
    assert_eq!(log.as_array().unwrap().len(), 2, "failures leave no trace");
    assert!(log[0].as_str().unwrap().ends_with("Domain.Create"));
}

#[test]
fn calls_of_the_site_for_china_are_404_abroad() {
    let china = [
        "Domain.Purview",
        "Domain.Acquiresend.New",
        "Batch.Domain.Create",
        "Batch.Record.Create",
        "Batch.Record.Modify",
        "Batch.Detail",
    ];
    let sandbox = with_pod(ABROAD);
    let pairs = [("login_token", LOGIN), ("format", "json")];
    for call in china {
        assert_eq!(post(&sandbox, ABROAD, call, &pairs).status, 404, "{call}");
    }
    let sandbox = with_pod(Site::China);
    for call in china {
        assert_eq!(
            post(&sandbox, Site::China, call, &pairs).status,
            200,
            "{call}"
        );
    }
    for call in ["Domain.Nothing", "Nothing.List", "Domain", ""] {
        assert_eq!(
            post(&sandbox, Site::China, call, &pairs).status,
            404,
            "{call}"
        );
    }
}
