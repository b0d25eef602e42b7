//! `moored api` and `moored records` against the sandbox.

mod calls;
mod operations;
mod records;

use sandbox::Site;
use serde_json::Value;

use crate::common::TestEnv;

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn configured() -> TestEnv {
    let bench = TestEnv::new();
    bench.config(
        &(bench.head()
            + &bench.domeneshop("hosts = [\"home.example.com\"]")
            + &bench.dnspod(Site::International, "hosts = [\"home.example.org\"]")
            + &bench.dnspod(Site::China, "hosts = [\"home.example.cn\"]")),
    );
    bench
}
