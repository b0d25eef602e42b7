//! What `moored plan` shows of a change.

use crate::common::{ADDRESS, OTHER, TestEnv};

#[test]
fn each_line_says_where_it_was_seen_why_it_is_wanted_and_how_it_is_done() {
    let bench = TestEnv::new();
    let shop = bench.sandbox.domeneshop();
    for addr in [ADDRESS, OTHER, "9.9.9.9"] {
        shop.add("example.com", "home", "A", addr, None);
    }
    bench.simple();
    let source = format!("file:{}/address", bench.dir.path().display());
    let said = bench.run(&["plan"]).assert_exit(0).stdout;
    let record = |addr: &str| {
        let records = shop.records("example.com");
        let found = records.iter().find(|it| it["data"] == addr).unwrap();
        found["id"].as_u64().unwrap()
    };
    let lines: Vec<_> = said.lines().map(str::trim).collect();
    for line in [
        format!("seen    9.9.9.9, {ADDRESS}, {OTHER} in the provider's list"),
        format!("wanted  {ADDRESS} by {source}"),
        format!("done    delete record {} (9.9.9.9)", record("9.9.9.9")),
        format!("done    delete record {} ({OTHER})", record(OTHER)),
    ] {
        assert!(lines.contains(&line.as_str()), "{line}: {said}");
    }
    assert!(
        said.contains(&format!("; removes {OTHER}, 9.9.9.9)")),
        "{said}"
    );
    let change = bench.run(&["plan", "--json"]).assert_exit(0).json()["changes"][0].clone();
    assert_eq!(change["wanted"], format!("{ADDRESS} by {source}"));
    assert_eq!(change["steps"].as_array().unwrap().len(), 2);
    assert_eq!(
        shop.records("example.com").len(),
        3,
        "and nothing was changed"
    );
}

#[test]
fn a_line_that_needs_nothing_is_not_explained() {
    let bench = TestEnv::new();
    bench.simple();
    bench.run(&["--once"]).assert_exit(0);
    let said = bench.run(&["plan"]).assert_exit(0).stdout;
    assert_eq!(said.lines().count(), 1, "{said}");
}
