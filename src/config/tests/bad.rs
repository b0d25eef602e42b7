//! Broken configurations, and the whole of what is said of each: in the files beside, the problems
//! follow the configuration after a line of `----`, and `====` ends a case.

use super::problems;

/// An account that is right; `DOMENESHOP` on a line of a case stands for it.
const DOMENESHOP: &str = r#"[[domeneshop]]
token = "t"
secret = "s"
hosts = ["home.example.com"]"#;

/// The same for `DNSPOD`.
const DNSPOD: &str = r#"[[dnspod]]
token = "1,a"
contact = "me@example.com"
hosts = ["home.example.org"]"#;

/// A case's configuration with the accounts that it names.
pub(super) fn whole(text: &str) -> String {
    text.replace("DOMENESHOP", DOMENESHOP)
        .replace("DNSPOD", DNSPOD)
}

fn check(cases: &str) {
    for case in cases.split_terminator("====\n") {
        let (text, expected) = case.split_once("----\n").unwrap();
        let text = whole(text);
        assert_eq!(problems(&text), expected.trim_end(), "{text}");
    }
}

#[test]
fn keys_nobody_knows_are_refused_with_what_was_meant() {
    check(include_str!("bad/keys.txt"));
}

#[test]
fn what_this_version_does_not_have_is_said_to_be_missing() {
    check(include_str!("bad/later.txt"));
}

#[test]
fn an_account_needs_its_credentials_and_hosts() {
    check(include_str!("bad/accounts.txt"));
}

#[test]
fn values_of_the_wrong_kind_are_called_by_their_kind() {
    check(include_str!("bad/kinds.txt"));
}

#[test]
fn every_secret_is_written_in_exactly_one_way() {
    check(include_str!("bad/secrets.txt"));
}

#[test]
fn endpoints_that_would_give_credentials_away_are_refused() {
    check(include_str!("bad/endpoints.txt"));
}

#[test]
fn hosts_are_names_and_have_something_to_keep() {
    check(include_str!("bad/hosts.txt"));
}

#[test]
fn one_host_has_one_place_and_one_account_one_name() {
    check(include_str!("bad/duplicates.txt"));
}

#[test]
fn sources_are_checked_one_by_one_and_together() {
    check(include_str!("bad/sources.txt"));
}

#[test]
fn what_is_not_toml_is_reported_with_what_was_read_before() {
    check(include_str!("bad/syntax.txt"));
}
