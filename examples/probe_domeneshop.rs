//! A look at the real Domeneshop by somebody with credentials: reads only, changes nothing, and says
//! where the service differs from the facts that moored is built on.
//!
//! ```sh
//! DOMENESHOP_TOKEN=… DOMENESHOP_SECRET=… cargo run --example probe_domeneshop
//! ```
//!
//! `DOMENESHOP_ENDPOINT` points it elsewhere, for instance at `cargo run -p sandbox`.

#[path = "probe/mod.rs"]
mod probe;

use std::process::ExitCode;

use moored::{
    core::{error::ErrorClass, reconcile::plan::UpdateMode, secret::Secret},
    domeneshop::{
        Client, ENDPOINT, Settings,
        api::{
            dns::DnsList,
            domains::{DomainsGet, DomainsList},
            forwards::ForwardsList,
            invoices::InvoicesList,
        },
    },
    providers::operation::Call,
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
    let endpoint = variable("DOMENESHOP_ENDPOINT").unwrap_or_else(|_| ENDPOINT.to_owned());
    let settings = Settings {
        token: Secret::new(variable("DOMENESHOP_TOKEN")?),
        secret: Secret::new(variable("DOMENESHOP_SECRET")?),
        endpoint: endpoint.clone(),
        push: UpdateMode::WhenReplaceable,
    };
    let user_agent = concat!("moored-probe/", env!("CARGO_PKG_VERSION")).to_owned();
    let api = Client::new(probe::client(&endpoint, user_agent)?, &settings);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime
        .block_on(look(&api))
        .map_err(|failure| failure.to_string())
}

async fn look(api: &Api) -> Result<usize, moored::core::error::ProviderError> {
    let mut findings = ProbeFindings::default();
    let domains = raw(api, &DomainsList::default()).await?;
    let typed = api.call(&DomainsList::default()).await?;
    let listed = domains.as_array().map_or(0, Vec::len);
    findings.expect(
        "every domain is understood",
        listed == typed.len(),
        &format!("{listed} listed"),
    );
    if let Some(domain) = domains.as_array().and_then(|all| all.first()) {
        let known = ["id", "domain", "status", "nameservers", "services"];
        let optional = ["expiry_date", "registered_date", "renew", "registrant"];
        findings.fields("a domain's fields", domain, &known, &optional);
    }
    foreign(api, &mut findings).await;
    for domain in &typed {
        records(api, domain.id, &mut findings).await;
        forwards(api, domain.id, &mut findings).await;
    }
    match raw(api, &InvoicesList::default()).await {
        Ok(invoices) => {
            for invoice in invoices.as_array().into_iter().flatten().take(1) {
                let known = [
                    "id",
                    "type",
                    "amount",
                    "currency",
                    "issued_date",
                    "status",
                    "url",
                ];
                findings.fields(
                    "an invoice's fields",
                    invoice,
                    &known,
                    &["due_date", "paid_date"],
                );
            }
        }
        Err(failure) => findings.unseen("invoices", &failure.message),
    }
    Ok(findings.end())
}

async fn raw(api: &Api, call: &impl Call) -> Result<Value, moored::core::error::ProviderError> {
    api.invoke(operation(call), &call.arguments()).await
}

fn operation<C: Call>(_: &C) -> &'static moored::providers::operation::Operation {
    C::OPERATION
}

/// A domain that is nobody's: 403, not 404 (facts: Q1).
async fn foreign(api: &Api, findings: &mut ProbeFindings) {
    let call = DomainsGet {
        domain_id: 2_147_483_647,
    };
    match api.call(&call).await {
        Err(failure) => {
            let is_403 = failure.class == ErrorClass::NotFound && failure.message.contains("403");
            findings.expect(
                "a domain that is not ours answers 403",
                is_403,
                &failure.message,
            );
        }
        Ok(_) => findings.expect(
            "a domain that is not ours answers 403",
            false,
            "it was shown",
        ),
    }
}

async fn records(api: &Api, domain_id: i64, findings: &mut ProbeFindings) {
    let list = DnsList {
        domain_id,
        ..DnsList::default()
    };
    let records = match raw(api, &list).await {
        Ok(records) => records,
        Err(failure) => {
            return findings.unseen(&format!("records of {domain_id}"), &failure.message);
        }
    };
    let known = [
        "A", "AAAA", "ANAME", "CAA", "CNAME", "DS", "MX", "NS", "SRV", "TLSA", "TXT",
    ];
    for record in records.as_array().into_iter().flatten() {
        let kind = record["type"].as_str().unwrap_or_default();
        let id = &record["id"];
        if !known.contains(&kind) {
            findings.expect(
                "a record's type is known",
                false,
                &format!("{kind} (record {id})"),
            );
        }
        let ttl = record["ttl"].as_i64();
        let in_range = ttl.is_some_and(|ttl| (60..=604_800).contains(&ttl) && ttl % 60 == 0);
        if !in_range {
            let what = "a TTL is a number from 60 to 604800, a multiple of 60";
            findings.expect(what, false, &format!("{} (record {id})", record["ttl"]));
        }
        let apex_ns = kind == "NS" && record["host"] == "@";
        if apex_ns {
            findings.expect(
                "a zone's own NS are not listed (Q8)",
                false,
                &format!("record {id}"),
            );
        }
    }
    let understood = api.call(&list).await;
    let seen = understood
        .as_ref()
        .err()
        .map(ToString::to_string)
        .unwrap_or_default();
    findings.expect(
        &format!("every record of {domain_id} is understood"),
        understood.is_ok(),
        &seen,
    );
}

async fn forwards(api: &Api, domain_id: i64, findings: &mut ProbeFindings) {
    match api.call(&ForwardsList { domain_id }).await {
        Ok(_) => findings.expect("forwards are listed with a slash at the end (Q2)", true, ""),
        Err(failure) => findings.unseen(&format!("forwards of {domain_id}"), &failure.message),
    }
}
