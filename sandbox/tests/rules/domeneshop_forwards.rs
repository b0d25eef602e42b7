//! Domeneshop: forwards.

use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::{Answer, shop, with_shop};

const URL: &str = "https://www.example.net/";

fn forward(host: &str) -> Value {
    json!({"host": host, "frame": false, "url": URL})
}

fn create(sandbox: &Sandbox, id: u64, body: &Value) -> Answer {
    let path = format!("/domains/{id}/forwards/");
    shop(sandbox, "POST", &path, &body.to_string())
}

#[test]
fn a_created_forward_has_a_location_and_no_body_and_is_listed() {
    let (sandbox, id) = with_shop();
    let created = create(&sandbox, id, &forward("www"));
    assert_eq!((created.status, created.body.as_str()), (201, ""));
    let location = format!("{}/domains/{id}/forwards/www", sandbox.domeneshop().url());
    assert_eq!(created.header("location"), Some(&*location));
    let list = shop(&sandbox, "GET", &format!("/domains/{id}/forwards/"), "");
    assert_eq!(list.json(), json!([forward("www")]));
    assert_eq!(
        sandbox.domeneshop().forwards("example.com"),
        [forward("www")]
    );
}

#[test]
fn a_forward_is_not_framed_unless_it_says_so() {
    let (sandbox, id) = with_shop();
    create(&sandbox, id, &json!({"host": "@", "url": URL}));
    assert_eq!(sandbox.domeneshop().forwards("example.com"), [forward("@")]);
}

#[test]
fn a_forward_without_a_scheme_or_a_host_is_400() {
    let (sandbox, id) = with_shop();
    for body in [
        json!({"host": "www", "url": "www.example.net"}),
        json!({"host": "www", "url": "://www.example.net"}),
        json!({"host": "www", "url": "https://"}),
        json!({"host": "www"}),
        json!({"url": URL}),
        json!({"host": "a b", "url": URL}),
        json!({"host": "www", "url": URL, "frame": "no"}),
        json!([]),
    ] {
        assert_eq!(create(&sandbox, id, &body).status, 400, "{body}");
    }
    let ftp = json!({"host": "files", "url": "ftp://example.net/"});
    assert_eq!(create(&sandbox, id, &ftp).status, 201);
}

#[test]
fn a_forward_collides_with_another_and_with_whatever_says_where_the_host_is() {
    let (sandbox, id) = with_shop();
    let dns = sandbox.domeneshop();
    dns.add("example.com", "a", "A", "192.0.2.1", None);
    dns.add("example.com", "aaaa", "AAAA", "2001:db8::1", None);
    dns.add("example.com", "aname", "ANAME", "example.net", None);
    dns.add("example.com", "cname", "CNAME", "example.net", None);
    dns.add("example.com", "txt", "TXT", "text", None);
    for host in ["a", "aaaa", "aname", "cname", "A"] {
        assert_eq!(create(&sandbox, id, &forward(host)).status, 409, "{host}");
    }
    assert_eq!(create(&sandbox, id, &forward("txt")).status, 201);
    assert_eq!(create(&sandbox, id, &forward("txt")).status, 409);
}

#[test]
fn a_record_that_says_where_a_forwarded_host_is_collides_too() {
    let (sandbox, id) = with_shop();
    create(&sandbox, id, &forward("www"));
    let record = |kind: &str, data: &str| {
        let body = json!({"host": "www", "type": kind, "data": data}).to_string();
        shop(&sandbox, "POST", &format!("/domains/{id}/dns"), &body).status
    };
    assert_eq!(record("A", "192.0.2.1"), 409);
    assert_eq!(record("TXT", "text"), 201);
    let update = "/dyndns/update?hostname=www.example.com&myip=192.0.2.1";
    assert_eq!(shop(&sandbox, "GET", update, "").status, 409);
}

#[test]
fn one_forward_is_read_and_changed_and_deleted_as_documented() {
    let (sandbox, id) = with_shop();
    create(&sandbox, id, &forward("www"));
    let path = format!("/domains/{id}/forwards/www");
    assert_eq!(shop(&sandbox, "GET", &path, "").json(), forward("www"));
    let new = json!({"host": "www", "frame": true, "url": "http://example.org/"});
    let changed = shop(&sandbox, "PUT", &path, &new.to_string());
    assert_eq!((changed.status, changed.json()), (200, new.clone()));
    assert_eq!(sandbox.domeneshop().forwards("example.com"), [new]);
    let gone = shop(&sandbox, "DELETE", &path, "");
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    for method in ["GET", "PUT", "DELETE"] {
        let body = forward("www").to_string();
        assert_eq!(shop(&sandbox, method, &path, &body).status, 404);
    }
}

#[test]
fn a_forwards_host_cannot_be_changed() {
    let (sandbox, id) = with_shop();
    create(&sandbox, id, &forward("www"));
    let path = format!("/domains/{id}/forwards/www");
    let put = |body: &Value| shop(&sandbox, "PUT", &path, &body.to_string()).status;
    assert_eq!(put(&forward("web")), 412);
    assert_eq!(put(&json!({"host": "www", "url": "example.net"})), 400);
    assert_eq!(
        sandbox.domeneshop().forwards("example.com"),
        [forward("www")]
    );
}

#[test]
fn the_host_in_a_path_may_be_percent_encoded() {
    let (sandbox, id) = with_shop();
    create(&sandbox, id, &forward("@"));
    for host in ["@", "%40"] {
        let path = format!("/domains/{id}/forwards/{host}");
        assert_eq!(shop(&sandbox, "GET", &path, "").status, 200, "{host}");
    }
}

#[test]
fn one_forward_can_be_404_whatever_is_asked_of_it_as_in_production() {
    let (sandbox, id) = with_shop();
    sandbox.domeneshop().forwards_per_host(false);
    create(&sandbox, id, &forward("www"));
    let path = format!("/domains/{id}/forwards/www");
    for method in ["GET", "PUT", "DELETE"] {
        let answer = shop(&sandbox, method, &path, &forward("www").to_string());
        assert_eq!(answer.status, 404);
        assert_eq!(answer.json()["code"], "resource:unknown");
    }
    assert_eq!(shop(&sandbox, "OPTIONS", &path, "").status, 405);
    assert_eq!(sandbox.domeneshop().forwards("example.com").len(), 1);
}

#[test]
fn the_path_without_its_slash_is_404_unless_it_is_let_in() {
    let (sandbox, id) = with_shop();
    let path = format!("/domains/{id}/forwards");
    let body = forward("www").to_string();
    for method in ["GET", "POST"] {
        assert_eq!(shop(&sandbox, method, &path, &body).status, 404);
    }
    sandbox.domeneshop().forwards_without_slash(true);
    assert_eq!(shop(&sandbox, "POST", &path, &body).status, 201);
    assert_eq!(
        shop(&sandbox, "GET", &path, "").json(),
        json!([forward("www")])
    );
}

#[test]
fn forwards_of_a_foreign_domain_are_403_and_of_one_without_dns_404() {
    let (sandbox, _) = with_shop();
    sandbox.domeneshop().account("other", "secret");
    let foreign = sandbox.domeneshop().domain("other", "foreign.com");
    let bare = sandbox.domeneshop().domain_without_dns("token", "bare.com");
    for (id, status) in [(foreign, 403), (999, 403), (bare, 404)] {
        assert_eq!(create(&sandbox, id, &forward("www")).status, status);
        for (method, host) in [
            ("GET", ""),
            ("GET", "www"),
            ("PUT", "www"),
            ("DELETE", "www"),
        ] {
            let path = format!("/domains/{id}/forwards/{host}");
            assert_eq!(shop(&sandbox, method, &path, "").status, status, "{path}");
        }
    }
}

#[test]
fn a_wrong_method_on_forwards_is_405() {
    let (sandbox, id) = with_shop();
    for (method, host) in [
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", "www"),
        ("OPTIONS", ""),
    ] {
        let path = format!("/domains/{id}/forwards/{host}");
        assert_eq!(shop(&sandbox, method, &path, "").status, 405, "{method}");
    }
}
