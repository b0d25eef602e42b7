//! Domeneshop: credentials, routes, domains, lists.

use serde_json::json;

use crate::client::{basic, call, shop, with_shop};

#[test]
fn without_the_right_credentials_even_an_unknown_path_is_401() {
    let (sandbox, _) = with_shop();
    for (path, authorization) in [
        ("/domains", None),
        ("/nowhere", None),
        ("/domains", Some(basic("token", "wrong"))),
        ("/domains", Some(basic("other", "secret"))),
        ("/domains", Some("Bearer secret".to_owned())),
    ] {
        let url = sandbox.domeneshop().url() + path;
        let header = authorization.as_deref().map(|a| ("authorization", a));
        let answer = call("GET", &url, header.as_slice(), "");
        assert_eq!(answer.status, 401, "{path} {authorization:?}");
        assert_eq!(answer.json()["code"], "authentication:failed");
    }
}

#[test]
fn a_changed_secret_shuts_the_old_one_out() {
    let (sandbox, _) = with_shop();
    sandbox.domeneshop().change_secret("token", "new");
    assert_eq!(shop(&sandbox, "GET", "/domains", "").status, 401);
    let url = sandbox.domeneshop().url() + "/domains";
    let header = ("authorization", &*basic("token", "new"));
    assert_eq!(call("GET", &url, &[header], "").status, 200);
}

#[test]
fn an_unknown_route_is_404_with_the_known_text() {
    let (sandbox, id) = with_shop();
    for path in [
        "/nowhere".to_owned(),
        "/domains/x".to_owned(),
        "/domains/".to_owned(),
        format!("/domains/{id}/contacts"),
        format!("/domains/{id}/dns/x"),
    ] {
        let answer = shop(&sandbox, "GET", &path, "");
        assert_eq!(answer.status, 404, "{path}");
        let body = json!({
            "code": "resource:unknown",
            "help": "See documentation at https://api.domeneshop.no/docs",
        });
        assert_eq!(answer.json(), body);
    }
}

#[test]
fn a_wrong_method_on_a_known_route_is_405() {
    let (sandbox, id) = with_shop();
    for (method, path) in [
        ("POST", "/domains".to_owned()),
        ("DELETE", format!("/domains/{id}")),
        ("PUT", format!("/domains/{id}/dns")),
        ("POST", format!("/domains/{id}/dns/1")),
        ("POST", "/dyndns/update?hostname=example.com".to_owned()),
        ("OPTIONS", "/domains".to_owned()),
    ] {
        assert_eq!(shop(&sandbox, method, &path, "").status, 405, "{path}");
    }
    assert_eq!(shop(&sandbox, "OPTIONS", "/nowhere", "").status, 404);
}

#[test]
fn the_domain_filter_matches_any_part_of_the_name() {
    let (sandbox, _) = with_shop();
    sandbox.domeneshop().domain("token", "my-example.com");
    sandbox.domeneshop().domain("token", "other.no");
    let names = |path: &str| -> Vec<String> {
        let domains = shop(&sandbox, "GET", path, "").json();
        let domains = domains.as_array().unwrap().iter();
        domains
            .map(|d| d["domain"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names("/domains?domain=example.com"),
        ["example.com", "my-example.com"]
    );
    assert_eq!(names("/domains").len(), 3);
    assert!(names("/domains?domain=example.net").is_empty());
}

#[test]
fn a_domain_shows_its_services_and_name_servers() {
    let (sandbox, id) = with_shop();
    let domain = shop(&sandbox, "GET", &format!("/domains/{id}"), "").json();
    assert_eq!(domain["id"], id);
    assert_eq!(domain["domain"], "example.com");
    assert_eq!(domain["services"]["dns"], true);
    assert_eq!(domain["services"]["webhotel"], "none");
    assert_eq!(domain["nameservers"][0], "ns1.hyp.net");
}

#[test]
fn foreign_and_absent_domains_are_the_same_403() {
    let (sandbox, _) = with_shop();
    sandbox.domeneshop().account("other", "secret");
    let foreign = sandbox.domeneshop().domain("other", "foreign.com");
    for id in [foreign, 999] {
        for path in ["", "/dns", "/dns/1"] {
            let answer = shop(&sandbox, "GET", &format!("/domains/{id}{path}"), "");
            assert_eq!(answer.status, 403);
            assert_eq!(answer.json()["code"], "resource:unauthorized");
        }
    }
    let own = shop(&sandbox, "GET", "/domains", "").json();
    assert_eq!(own.as_array().unwrap().len(), 1);
}

#[test]
fn a_domain_without_dns_service_has_no_dns_to_list() {
    let (sandbox, _) = with_shop();
    let id = sandbox.domeneshop().domain_without_dns("token", "bare.com");
    let domain = shop(&sandbox, "GET", &format!("/domains/{id}"), "").json();
    assert_eq!(domain["services"]["dns"], false);
    let answer = shop(&sandbox, "GET", &format!("/domains/{id}/dns"), "");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["code"], "resource:unknown");
}

#[test]
fn host_and_type_filter_exactly_and_together() {
    let (sandbox, id) = with_shop();
    let dns = sandbox.domeneshop();
    dns.add("example.com", "www", "A", "192.0.2.1", None);
    dns.add("example.com", "www", "AAAA", "2001:db8::1", None);
    dns.add("example.com", "www2", "A", "192.0.2.2", None);
    let count = |query: &str| {
        let answer = shop(&sandbox, "GET", &format!("/domains/{id}/dns{query}"), "");
        assert_eq!(answer.status, 200);
        answer.json().as_array().unwrap().len()
    };
    assert_eq!(count(""), 3);
    assert_eq!(count("?host=www"), 2);
    assert_eq!(count("?host=www&type=A"), 1);
    assert_eq!(count("?host=ww"), 0);
    assert_eq!(count("?type=a"), 0);
}

#[test]
fn the_zones_own_name_servers_are_not_listed() {
    let (sandbox, id) = with_shop();
    let list = shop(&sandbox, "GET", &format!("/domains/{id}/dns"), "");
    assert_eq!(list.body, "[]");
}

#[test]
fn the_handle_shows_records_as_the_api_does() {
    let (sandbox, id) = with_shop();
    let mx = json!({"host": "@", "type": "MX", "data": "mail.example.com", "priority": 10});
    sandbox.domeneshop().add_full("example.com", mx);
    let list = shop(&sandbox, "GET", &format!("/domains/{id}/dns"), "").json();
    assert_eq!(list, json!(sandbox.domeneshop().records("example.com")));
}
