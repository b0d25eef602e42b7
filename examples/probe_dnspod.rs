//! A look at the real DNSPod by somebody with credentials: reads only, changes nothing, and says where
//! the service differs from the facts that moored is built on.
//!
//! ```sh
//! DNSPOD_TOKEN=ID,Token DNSPOD_CONTACT=me@example.com DNSPOD_SITE=china cargo run --example probe_dnspod
//! ```
//!
//! `DNSPOD_ENDPOINT` points it elsewhere, for instance at `cargo run -p sandbox`.

#[path = "probe/mod.rs"]
mod probe;

use std::process::ExitCode;

use moored::{
    core::{error::ProviderError, secret::Secret},
    dnspod::{self, Credential, Site, client::Client},
    providers::operation::{Arguments, Operation},
};
use probe::{ProbeFindings, say, variable};
use serde_json::Value;

type Api = Client<moored::http::client::HttpClient>;

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(what) => {
            say(&what);
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<usize, String> {
    let site = match variable("DNSPOD_SITE").as_deref() {
        Ok("china") => Site::China,
        _ => Site::International,
    };
    let endpoint = variable("DNSPOD_ENDPOINT").unwrap_or_else(|_| site.endpoint().to_owned());
    let credential = Credential::LoginToken(Secret::new(variable("DNSPOD_TOKEN")?));
    let user_agent = dnspod::user_agent(&variable("DNSPOD_CONTACT")?);
    let api = Client::new(probe::client(&endpoint, user_agent)?, site, credential);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime
        .block_on(look(&api, site))
        .map_err(|failure| failure.to_string())
}

/// Calls an operation that reads.
async fn ask(api: &Api, name: &str, words: &[String]) -> Result<Value, ProviderError> {
    let invalid =
        |what: String| ProviderError::of_host(moored::core::error::ErrorClass::Invalid, what);
    let operations: Vec<&'static Operation> = dnspod::operations(api.site()).collect();
    let operation = operations.iter().find(|it| it.name == name && !it.writes);
    let operation = operation.ok_or_else(|| invalid(format!("{name} is no reading operation")))?;
    let arguments = Arguments::written(operation, words)
        .map_err(|all| invalid(all.iter().map(ToString::to_string).collect::<String>()))?;
    api.invoke_all(operation, &arguments, &|_, _| {}).await
}

async fn look(api: &Api, site: Site) -> Result<usize, ProviderError> {
    let mut findings = ProbeFindings::default();
    let version = ask(api, "Info.Version", &[]).await?;
    findings.expect(
        "the version is said in the message",
        version["version"].is_string(),
        &version.to_string(),
    );
    let domains = ask(api, "Domain.List", &[]).await?;
    let domains = domains["domains"].as_array().cloned().unwrap_or_default();
    for domain in domains.iter().take(1) {
        let known = [
            "id",
            "name",
            "grade",
            "grade_title",
            "status",
            "ext_status",
            "records",
            "group_id",
            "is_mark",
            "remark",
            "is_vip",
            "searchengine_push",
            "created_on",
            "updated_on",
            "ttl",
            "owner",
        ];
        let optional = [
            "punycode",
            "beian",
            "cname_speedup",
            "auth_to_anquanbao",
            "user_id",
        ];
        findings.fields("a listed domain's fields", domain, &known, &optional);
        findings.expect(
            "a listed domain's id is a number",
            domain["id"].is_number(),
            &domain["id"].to_string(),
        );
    }
    for domain in &domains {
        let Some(name) = domain["name"].as_str() else {
            continue;
        };
        records(api, site, name, &mut findings).await;
    }
    match ask(
        api,
        "Domain.Info",
        &["domain=moored-probe.invalid".to_owned()],
    )
    .await
    {
        Err(failure) => {
            let is_13 = failure.message.contains("13");
            findings.expect(
                "a domain that is not ours answers 13",
                is_13,
                &failure.message,
            );
        }
        Ok(seen) => findings.expect(
            "a domain that is not ours answers 13",
            false,
            &seen.to_string(),
        ),
    }
    Ok(findings.end())
}

async fn records(api: &Api, site: Site, domain: &str, findings: &mut ProbeFindings) {
    let answer = match ask(api, "Record.List", &[format!("domain={domain}")]).await {
        Ok(answer) => answer,
        Err(failure) => return findings.unseen(&format!("records of {domain}"), &failure.message),
    };
    let default_line = match site {
        Site::International => "Default",
        Site::China => "默认",
    };
    let records = answer["records"].as_array().cloned().unwrap_or_default();
    for record in records.iter().take(1) {
        let known = [
            "id",
            "name",
            "line",
            "type",
            "ttl",
            "value",
            "mx",
            "enabled",
            "status",
            "monitor_status",
            "remark",
            "updated_on",
        ];
        let optional = ["line_id", "weight", "use_aqb", "hold"];
        findings.fields("a listed record's fields", record, &known, &optional);
        findings.expect(
            "a listed record's id is text",
            record["id"].is_string(),
            &record["id"].to_string(),
        );
    }
    let holds = records.iter().filter(|it| it["hold"] == "hold").count();
    findings.expect(
        &format!("{domain} has two NS records on hold"),
        holds == 2,
        &holds.to_string(),
    );
    let lines = records
        .iter()
        .filter(|it| it["line"] == default_line)
        .count();
    let what = format!("{domain}: the default line is listed as {default_line}");
    findings.expect(
        &what,
        lines > 0 || records.is_empty(),
        &format!("{lines} records on it"),
    );
    let before_min = |it: &&Value| {
        let number = |value: &Value| {
            value
                .as_str()
                .map_or(value.as_i64(), |text| text.parse().ok())
        };
        let least = number(&answer["domain"]["min_ttl"]).unwrap_or(0);
        number(&it["ttl"]).is_some_and(|ttl| ttl < least)
    };
    let below = records.iter().filter(before_min).count();
    findings.expect(
        &format!("{domain}: no TTL is below the plan's least"),
        below == 0,
        &below.to_string(),
    );
}
