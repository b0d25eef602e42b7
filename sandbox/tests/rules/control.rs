//! The control port.

use sandbox::{Sandbox, Site};
use serde_json::json;

use crate::client::{Answer, LOGIN, call, get, shop, with_shop};

fn control(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Answer {
    call(
        method,
        &format!("{}{path}", sandbox.control_url()),
        &[],
        body,
    )
}

#[test]
fn records_are_added_shown_changed_and_removed() {
    let (sandbox, _) = with_shop();
    sandbox.dnspod(Site::China).account(LOGIN);
    sandbox.dnspod(Site::China).domain(LOGIN, "example.cn");
    for (place, host, data, at) in [
        ("service=domeneshop&zone=example.com", "host", "data", 0),
        ("service=dnspod-china&zone=example.cn", "name", "value", 2),
    ] {
        let body = json!({host: "www", "type": "A", data: "192.0.2.1"}).to_string();
        let added = control(&sandbox, "POST", &format!("/add?{place}"), &body);
        assert_eq!(added.status, 200, "{}", added.body);
        let id = &added.json()["id"];
        let set = format!("/set?{place}&id={id}&value=192.0.2.2");
        assert_eq!(control(&sandbox, "POST", &set, "").status, 200);
        let shown = control(&sandbox, "GET", &format!("/records?{place}"), "").json();
        assert_eq!(shown[at][data], "192.0.2.2");
        let remove = format!("/remove?{place}&id={id}");
        assert_eq!(control(&sandbox, "POST", &remove, "").status, 200);
        assert_eq!(control(&sandbox, "POST", &remove, "").status, 400);
    }
}

#[test]
fn the_log_is_shown_and_cleared_and_has_no_control_requests() {
    let (sandbox, _) = with_shop();
    shop(&sandbox, "GET", "/domains?domain=x", "");
    let log = control(&sandbox, "GET", "/log", "").json();
    assert_eq!(log.as_array().unwrap().len(), 1);
    assert_eq!(log[0]["path"], "/v0/domains");
    assert_eq!(log[0]["query"], json!([["domain", "x"]]));
    assert_eq!(log[0]["status"], 200);
    control(&sandbox, "POST", "/clear", "");
    assert!(sandbox.log().is_empty());
}

#[test]
fn faults_and_echoes_and_the_clock_are_set() {
    let (sandbox, _) = with_shop();
    let fault = "/fault?service=domeneshop&path=/domains&times=1&kind=status:503:busy";
    assert_eq!(control(&sandbox, "POST", fault, "").status, 200);
    let answer = shop(&sandbox, "GET", "/domains", "");
    assert_eq!((answer.status, answer.body.as_str()), (503, "busy"));
    assert_eq!(shop(&sandbox, "GET", "/domains", "").status, 200);
    control(&sandbox, "POST", "/echo?n=1", "198.51.100.9");
    assert_eq!(get(&sandbox.echo(1).url()).body, "198.51.100.9\n");
    assert_eq!(
        control(&sandbox, "POST", "/advance?seconds=60", "").status,
        200
    );
    assert_eq!(
        control(&sandbox, "POST", "/dns?mode=freeze", "").status,
        200
    );
}

#[test]
fn a_rule_is_switched_off_and_on() {
    let (sandbox, id) = with_shop();
    sandbox.dnspod(Site::China).account(LOGIN);
    let switch = |service: &str, name: &str, on: bool| {
        let path = format!("/switch?service={service}&name={name}&on={on}");
        assert_eq!(control(&sandbox, "POST", &path, "").status, 200, "{path}");
    };
    let without_slash = format!("/domains/{id}/forwards");
    for (on, status) in [(true, 200), (false, 404)] {
        switch("domeneshop", "forwards-without-slash", on);
        assert_eq!(shop(&sandbox, "GET", &without_slash, "").status, status);
    }
    let version = format!("{}/Info.Version", sandbox.dnspod(Site::China).url());
    for (on, status) in [(false, 200), (true, 403)] {
        switch("dnspod-china", "strict-user-agents", on);
        assert_eq!(call("POST", &version, &[], "").status, status);
    }
}

#[test]
fn a_mistake_is_explained() {
    let (sandbox, _) = with_shop();
    for (path, word) in [
        ("/records?service=nobody&zone=x", "nobody"),
        (
            "/set?service=domeneshop&zone=example.net&id=1&value=x",
            "example.net",
        ),
        ("/fault?service=domeneshop&kind=odd", "odd"),
        ("/advance", "seconds"),
        ("/switch?service=domeneshop&name=odd&on=true", "odd"),
        (
            "/switch?service=dnspod&name=strict-user-agents&on=1",
            "neither",
        ),
    ] {
        let method = if path.starts_with("/rec") {
            "GET"
        } else {
            "POST"
        };
        let answer = control(&sandbox, method, path, "");
        assert_eq!(answer.status, 400);
        let why = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(why.contains(word), "{why}");
    }
    let help = control(&sandbox, "GET", "/", "");
    assert_eq!(help.status, 404);
    assert!(help.body.contains("POST /fault"));
}
