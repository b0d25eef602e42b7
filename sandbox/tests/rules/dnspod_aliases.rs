//! DNSPod: aliases of a domain, and groups of domains.

use sandbox::{Sandbox, Site};
use serde_json::{Value, json};

use crate::client::{LOGIN, code, code_of, only_status, pod, with_pod};

const SITE: Site = Site::International;
const CHINA: Site = Site::China;
const ZONE: &str = "example.org";

fn id(sandbox: &Sandbox) -> String {
    let info = pod(sandbox, SITE, "Domain.Info", &[]);
    info["domain"]["id"].as_str().unwrap().to_owned()
}

fn alias(sandbox: &Sandbox, name: &str) -> Value {
    let id = id(sandbox);
    let pairs = [("domain_id", id.as_str()), ("domain", name)];
    pod(sandbox, SITE, "Domainalias.Create", &pairs)
}

#[test]
fn an_alias_is_an_object_when_it_is_made_and_an_array_in_the_list() {
    let sandbox = with_pod(SITE);
    let made = alias(&sandbox, "alias.org");
    let number = made["alias"]["id"].as_str().unwrap();
    assert_eq!(
        made["alias"],
        json!({"id": number, "punycode": "alias.org"})
    );
    let list = pod(&sandbox, SITE, "Domainalias.List", &[]);
    assert_eq!(
        list["alias"],
        json!([{"id": number, "domain": "alias.org"}])
    );
}

#[test]
fn an_alias_that_cannot_be_has_a_code_that_says_why() {
    let sandbox = with_pod(SITE);
    sandbox.dnspod(SITE).domain(LOGIN, "second.org");
    let by_name = [("domain", "alias.org")];
    assert_eq!(code_of(&sandbox, SITE, "Domainalias.Create", &by_name), "6");
    assert_eq!(code(&alias(&sandbox, "nodot")), "7");
    assert_eq!(code(&alias(&sandbox, "")), "7");
    assert_eq!(code(&alias(&sandbox, "second.org")), "8");
    for n in 0..20 {
        assert_eq!(code(&alias(&sandbox, &format!("a{n}.org"))), "1");
    }
    assert_eq!(code(&alias(&sandbox, "a0.org")), "9");
    assert_eq!(code(&alias(&sandbox, "more.org")), "10");
}

#[test]
fn a_removed_alias_is_gone() {
    let sandbox = with_pod(SITE);
    let number = alias(&sandbox, "alias.org")["alias"]["id"].clone();
    let remove = |number: &str| {
        pod(
            &sandbox,
            SITE,
            "Domainalias.Remove",
            &[("alias_id", number)],
        )
    };
    assert_eq!(code(&remove("1")), "7");
    only_status(&remove(number.as_str().unwrap()));
    assert_eq!(code_of(&sandbox, SITE, "Domainalias.Remove", &[]), "7");
    assert_eq!(code_of(&sandbox, SITE, "Domainalias.List", &[]), "7");
    let list = pod(
        &sandbox,
        SITE,
        "Domainalias.List",
        &[("error_on_empty", "no")],
    );
    assert_eq!(list["alias"], json!([]));
}

#[test]
fn there_are_eight_groups_with_numbers_for_ids_and_names_in_the_sites_language() {
    for (site, first) in [(SITE, "Default Group"), (CHINA, "默认分组")] {
        let sandbox = with_pod(site);
        let groups = pod(&sandbox, site, "Domaingroup.List", &[])["groups"].clone();
        assert_eq!(groups.as_array().unwrap().len(), 8);
        let expected =
            json!({"group_id": 1, "group_name": first, "group_type": "system", "size": 1});
        assert_eq!(groups[0], expected);
        assert_eq!(groups[7]["size"], 0);
    }
}

fn group(sandbox: &Sandbox, action: &str, pairs: &[(&str, &str)]) -> Value {
    pod(sandbox, SITE, &format!("Domaingroup.{action}"), pairs)
}

fn with_vip() -> Sandbox {
    let sandbox = with_pod(SITE);
    sandbox
        .dnspod(SITE)
        .set_domain(ZONE, json!({"is_vip": "yes"}));
    sandbox
}

#[test]
fn only_those_who_pay_make_groups() {
    let sandbox = with_pod(SITE);
    assert_eq!(
        code(&group(&sandbox, "Create", &[("group_name", "mine")])),
        "9"
    );
}

#[test]
fn a_made_group_is_an_object_and_then_in_the_array() {
    let sandbox = with_vip();
    let made = group(&sandbox, "Create", &[("group_name", "mine")]);
    let id = made["groups"]["id"].as_str().unwrap();
    only_status(&pod(
        &sandbox,
        SITE,
        "Domain.Changegroup",
        &[("group_id", id)],
    ));
    let listed = group(&sandbox, "List", &[])["groups"][8].clone();
    let number: u64 = id.parse().unwrap();
    assert_eq!(listed["group_id"], number);
    assert_eq!(
        (&listed["group_name"], &listed["size"]),
        (&json!("mine"), &json!(1))
    );
}

#[test]
fn a_group_that_cannot_be_has_a_code_that_says_why() {
    let sandbox = with_vip();
    let create = |name: &str| code(&group(&sandbox, "Create", &[("group_name", name)])).to_owned();
    assert_eq!(create(""), "7");
    assert_eq!(create(&"x".repeat(33)), "7");
    assert_eq!(create("Few Change"), "8");
    for n in 0..10 {
        assert_eq!(create(&format!("g{n}")), "1");
    }
    assert_eq!(create("g0"), "8");
    assert_eq!(create("more"), "9");
}

#[test]
fn a_group_of_ones_own_is_renamed_and_removed_and_others_are_not() {
    let sandbox = with_vip();
    let made = group(&sandbox, "Create", &[("group_name", "mine")]);
    let id = made["groups"]["id"].as_str().unwrap().to_owned();
    pod(&sandbox, SITE, "Domain.Changegroup", &[("group_id", &id)]);
    let modify = |id: &str, name: &str| {
        code(&group(
            &sandbox,
            "Modify",
            &[("group_id", id), ("group_name", name)],
        ))
        .to_owned()
    };
    assert_eq!(modify("1", "new"), "6");
    assert_eq!(modify("", "new"), "6");
    assert_eq!(modify(&id, ""), "7");
    assert_eq!(modify(&id, "Expiring"), "8");
    assert_eq!(modify(&id, "new"), "1");
    assert_eq!(
        group(&sandbox, "List", &[])["groups"][8]["group_name"],
        "new"
    );
    assert_eq!(code(&group(&sandbox, "Remove", &[("group_id", "3")])), "6");
    only_status(&group(&sandbox, "Remove", &[("group_id", &id)]));
    let info = pod(&sandbox, SITE, "Domain.Info", &[]);
    assert_eq!(info["domain"]["group_id"], "1");
}
