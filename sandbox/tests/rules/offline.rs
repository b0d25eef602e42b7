//! The providers without a network.

use std::time::Duration;

use sandbox::{Offline, OfflineAnswer, Service, Site};
use serde_json::Value;

fn form(offline: &Offline, path: &str, body: &str) -> OfflineAnswer {
    let headers = [
        ("user-agent", "Test/1.0 (me@example.com)"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let service = Service::DnsPod(Site::International);
    offline.ask(service, "POST", path, &headers, body)
}

fn code(answer: &OfflineAnswer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    body["status"]["code"].as_str().unwrap().to_owned()
}

#[test]
fn the_rules_are_the_same_without_a_network() {
    let offline = Offline::new();
    offline.domeneshop().account("token", "secret");
    offline.domeneshop().domain("token", "example.com");
    // token:secret
    let headers = [("authorization", "Basic dG9rZW46c2VjcmV0")];
    let target = "/v0/dyndns/update?hostname=home.example.com&myip=192.0.2.1";
    let ask = |headers: &[(&str, &str)]| {
        offline
            .ask(Service::Domeneshop, "GET", target, headers, "")
            .status
    };
    assert_eq!((ask(&[]), ask(&headers)), (401, 204));
    let records = offline.domeneshop().records("example.com");
    assert_eq!(records[0]["data"], "192.0.2.1");
}

#[test]
fn its_clock_stands_still_until_it_is_moved() {
    let offline = Offline::new();
    let pod = offline.dnspod(Site::International);
    pod.account("1,token");
    for _ in 0..31 {
        form(
            &offline,
            "/Info.Version",
            "login_token=1%2Cwrong&format=json",
        );
    }
    let ask = || {
        code(&form(
            &offline,
            "/Info.Version",
            "login_token=1%2Ctoken&format=json",
        ))
    };
    assert!(pod.login_banned());
    assert_eq!(ask(), "-8");
    offline.advance(Duration::from_secs(3_599));
    assert_eq!(ask(), "-8");
    offline.advance(Duration::from_secs(1));
    assert_eq!(ask(), "1");
}
