//! DNSPod: the way in, and the envelope of every answer.

use std::time::Duration;

use sandbox::{AuthAnswer, Options, Sandbox, Service, Site};
use serde_json::json;

use crate::client::{AGENT, LOGIN, call, code, form, pod, post, with_pod};

const INTERNATIONAL: Site = Site::International;

#[test]
fn every_answer_is_http_200_html_by_name_and_json_only_if_asked_for() {
    let sandbox = with_pod(INTERNATIONAL);
    let json = [("login_token", LOGIN), ("format", "json")];
    let answer = post(&sandbox, INTERNATIONAL, "Info.Version", &json);
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/html;charset=UTF-8")
    );
    assert_eq!(answer.json()["status"]["message"], "4.6");
    let xml = post(&sandbox, INTERNATIONAL, "Info.Version", &json[..1]);
    assert!(
        xml.body.contains("<dnspod><status><code>1</code>"),
        "{}",
        xml.body
    );
    let failed = post(&sandbox, INTERNATIONAL, "Info.Version", &[]);
    assert_eq!(failed.status, 200);
    assert!(failed.body.contains("<code>-1</code>"));
    assert!(failed.body.contains("<message><![CDATA[Login fail"));
}

#[test]
fn only_post_is_taken() {
    let sandbox = with_pod(INTERNATIONAL);
    let query = form(&[("login_token", LOGIN), ("format", "json")]);
    let url = format!(
        "{}/Info.Version?{query}",
        sandbox.dnspod(INTERNATIONAL).url()
    );
    let answer = call("GET", &url, &[("user-agent", AGENT)], "");
    assert_eq!(answer.status, 200);
    assert_eq!(code(&answer.json()), "2");
}

#[test]
fn a_body_that_is_no_form_carries_no_login() {
    let sandbox = with_pod(INTERNATIONAL);
    let url = format!(
        "{}/Info.Version?format=json",
        sandbox.dnspod(INTERNATIONAL).url()
    );
    let body = form(&[("login_token", LOGIN), ("format", "json")]);
    let headers = [("user-agent", AGENT), ("content-type", "application/json")];
    assert_eq!(code(&call("POST", &url, &headers, &body).json()), "-1");
}

#[test]
fn any_user_agent_will_do_unless_the_sandbox_is_strict() {
    let ask = |sandbox: &Sandbox, site: Site, agent: &[(&str, &str)]| {
        let url = format!("{}/Info.Version", sandbox.dnspod(site).url());
        let headers = [
            agent,
            &[("content-type", "application/x-www-form-urlencoded")],
        ]
        .concat();
        let body = form(&[("login_token", LOGIN), ("format", "json")]);
        call("POST", &url, &headers, &body).status
    };
    for site in [INTERNATIONAL, Site::China] {
        let lenient = with_pod(site);
        for agent in [
            "python-requests/2.9.1",
            "curl/8.0",
            "inadyn/2.11.0 https://a.example",
        ] {
            assert_eq!(
                ask(&lenient, site, &[("user-agent", agent)]),
                200,
                "{agent}"
            );
        }
        assert_eq!(ask(&lenient, site, &[]), 200);
        assert_eq!(lenient.dnspod(site).bad_user_agents(), 0);

        let strict = Options {
            strict_user_agents: true,
            ..Options::default()
        };
        let strict = Sandbox::with(strict).unwrap();
        strict.dnspod(site).account(LOGIN);
        assert_eq!(ask(&strict, site, &[("user-agent", "curl/8.0")]), 403);
        assert_eq!(ask(&strict, site, &[("user-agent", AGENT)]), 200);
    }
}

#[test]
fn to_a_strict_site_a_user_agent_without_name_version_and_email_is_403_and_counted() {
    let sandbox = with_pod(INTERNATIONAL);
    sandbox.dnspod(INTERNATIONAL).strict_user_agents(true);
    let url = format!("{}/Info.Version", sandbox.dnspod(INTERNATIONAL).url());
    let body = form(&[("login_token", LOGIN), ("format", "json")]);
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let ask = |agent: &[(&str, &str)]| {
        let headers: Vec<_> = agent.iter().copied().chain([kind]).collect();
        call("POST", &url, &headers, &body).status
    };
    assert_eq!(ask(&[]), 403);
    for agent in [
        "curl/8.0",
        "moored",
        "a/1 ()",
        "a/1 (x)",
        "(a@example.com)",
        "Mozilla/5.0 (X11; a@example.com)",
    ] {
        assert_eq!(ask(&[("user-agent", agent)]), 403, "{agent}");
    }
    assert_eq!(sandbox.dnspod(INTERNATIONAL).bad_user_agents(), 7);
    for agent in ["a/1(b@example.com)", "A B C/1.0.0 (b@example.com)"] {
        assert_eq!(ask(&[("user-agent", agent)]), 200, "{agent}");
    }
    sandbox.dnspod(INTERNATIONAL).strict_user_agents(false);
    assert_eq!(ask(&[("user-agent", "python-requests/2.9.1")]), 200);
}

#[test]
fn a_failed_login_says_what_was_wrong_before_anything_else_is_looked_at() {
    let sandbox = with_pod(INTERNATIONAL);
    let elsewhere = "20002,ffffffffffffffffffffffffffffffff";
    sandbox.dnspod(Site::China).account(elsewhere);
    let ask = |name: &str, token: &str| {
        let pairs = [(name, token), ("format", "json"), ("domain", "nowhere.net")];
        let answer = post(&sandbox, INTERNATIONAL, "Record.List", &pairs).json();
        assert_eq!(answer.as_object().unwrap().len(), 1);
        code(&answer).to_owned()
    };
    assert_eq!(ask("other", LOGIN), "-1");
    assert_eq!(
        ask("login_token", "0123456789abcdef0123456789abcdef"),
        "10002"
    );
    assert_eq!(
        ask("login_token", "99999,0123456789abcdef0123456789abcdef"),
        "10002"
    );
    assert_eq!(ask("login_token", elsewhere), "10003");
    assert_eq!(
        ask("login_token", "10001,ffffffffffffffffffffffffffffffff"),
        "10004"
    );
    assert_eq!(ask("user_token", LOGIN), "20004");
}

#[test]
fn the_older_user_token_opens_the_international_site_only() {
    let sandbox = with_pod(INTERNATIONAL);
    let token = "730060,e1a8a$f14dc5dcbafd83680b3d2a553c4d553d";
    sandbox.dnspod(INTERNATIONAL).user_token(LOGIN, token);
    let pairs = [("user_token", token), ("format", "json")];
    let answer = post(&sandbox, INTERNATIONAL, "User.Detail", &pairs).json();
    assert_eq!(code(&answer), "1");
    assert_eq!(answer["info"]["user"]["telephone"], json!(null));
    let china = post(&sandbox, Site::China, "User.Detail", &pairs).json();
    assert_eq!(code(&china), "-1");
}

#[test]
fn the_answer_to_a_failed_login_can_be_a_web_servers_page() {
    let sandbox = with_pod(Site::China);
    let china = sandbox.dnspod(Site::China);
    let wrong = [("login_token", "1,x"), ("format", "json")];
    china.auth_answer(AuthAnswer::Html);
    let answer = post(&sandbox, Site::China, "Info.Version", &wrong);
    assert_eq!(answer.status, 401);
    assert!(answer.body.contains("<center>nginx</center>"));
    china.auth_answer(AuthAnswer::Code("85".to_owned()));
    let answer = post(&sandbox, Site::China, "Info.Version", &wrong);
    assert_eq!(code(&answer.json()), "85");
}

#[test]
fn more_than_thirty_failed_logins_in_five_minutes_ban_every_login_for_an_hour() {
    let sandbox = with_pod(INTERNATIONAL);
    let site = sandbox.dnspod(INTERNATIONAL);
    let fail = || {
        post(
            &sandbox,
            INTERNATIONAL,
            "Info.Version",
            &[("login_token", "1,x")],
        )
    };
    for _ in 0..30 {
        fail();
    }
    assert!(!site.login_banned());
    assert_eq!(
        code(&pod(&sandbox, INTERNATIONAL, "Info.Version", &[])),
        "1"
    );
    fail();
    assert!(site.login_banned());
    assert_eq!(
        code(&pod(&sandbox, INTERNATIONAL, "Info.Version", &[])),
        "-8"
    );
    sandbox.advance(Duration::from_mins(61));
    assert!(!site.login_banned());
    assert_eq!(
        code(&pod(&sandbox, INTERNATIONAL, "Info.Version", &[])),
        "1"
    );
}

#[test]
fn failed_logins_that_are_spread_out_are_borne() {
    let sandbox = with_pod(INTERNATIONAL);
    for _ in 0..3 {
        for _ in 0..25 {
            post(&sandbox, INTERNATIONAL, "Info.Version", &[]);
        }
        sandbox.advance(Duration::from_mins(6));
    }
    assert!(!sandbox.dnspod(INTERNATIONAL).login_banned());
}

#[test]
fn another_token_for_an_account_shuts_the_old_one_out_and_keeps_the_domains() {
    let sandbox = with_pod(INTERNATIONAL);
    let new = "10001,ffffffffffffffffffffffffffffffff";
    sandbox.dnspod(INTERNATIONAL).change_token(LOGIN, new);
    assert_eq!(
        code(&pod(&sandbox, INTERNATIONAL, "Domain.Info", &[])),
        "10004"
    );
    let pairs = [
        ("login_token", new),
        ("format", "json"),
        ("domain", "example.org"),
    ];
    let answer = post(&sandbox, INTERNATIONAL, "Domain.Info", &pairs).json();
    assert_eq!(code(&answer), "1");
}

#[test]
fn the_log_knows_the_code_of_each_answer() {
    let sandbox = with_pod(INTERNATIONAL);
    pod(
        &sandbox,
        INTERNATIONAL,
        "Domain.Info",
        &[("domain", "nowhere.net")],
    );
    let logged = &sandbox.log()[0];
    assert_eq!(logged.service, Service::DnsPod(INTERNATIONAL));
    assert_eq!(
        (logged.status, logged.api_code.as_deref()),
        (Some(200), Some("13"))
    );
    assert_eq!(logged.param("domain"), Some("nowhere.net"));
    assert!(!logged.to_string().contains(LOGIN));
}

#[test]
fn messages_can_be_chinese_and_are_escaped_then() {
    let sandbox = with_pod(Site::China);
    let pairs = [("login_token", LOGIN), ("format", "json"), ("lang", "cn")];
    let answer = post(&sandbox, Site::China, "User.Detail", &pairs);
    assert!(answer.body.is_ascii());
    assert_eq!(answer.json()["status"]["message"], "操作已经成功完成");
}

#[test]
fn calls_beyond_the_hours_quota_are_refused_until_the_hour_is_over() {
    let sandbox = with_pod(INTERNATIONAL);
    sandbox.dnspod(INTERNATIONAL).hourly_quota(2);
    let ask = || code(&pod(&sandbox, INTERNATIONAL, "Domain.Info", &[])).to_owned();
    assert_eq!([ask(), ask(), ask()], ["1", "1", "-2"]);
    sandbox.advance(Duration::from_mins(61));
    assert_eq!(ask(), "1");
}
