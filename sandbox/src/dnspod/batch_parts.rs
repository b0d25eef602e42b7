//! The parts of a job: what its caller asked for, and how that is shown.

use serde_json::Value;

use super::calls::Call;
use super::codes::{self, Code};
use super::record::Record;
use crate::json::{Json, object};

/// What the service shows as the preference of a record whose caller named none.
const DEFAULT_MX: &str = "5";

/// A list with commas between.
pub(super) fn list(call: &Call<'_>, name: &str) -> Result<Vec<String>, Code> {
    let given = call.filled(name).ok_or(codes::BAD_PARAMETER)?;
    Ok(given
        .split(',')
        .map(|part| part.trim().to_owned())
        .collect())
}

/// The records that `Batch.Record.Create` was given, one for each host, as they are shown. Whatever its caller left out is what
/// the service puts there; a host stays as it was written.
pub(super) fn asked_records(records: &str) -> Result<Json, Code> {
    let records: Vec<Value> = serde_json::from_str(records).map_err(|_| codes::BAD_PARAMETER)?;
    let mut shown = Vec::new();
    for record in &records {
        let text = |names: &[&str]| {
            let mut given = names.iter().map(|name| &record[*name]);
            let value = given.find(|value| !value.is_null())?;
            let text = value.as_str().map(str::to_owned);
            Some(text.unwrap_or_else(|| value.to_string()))
        };
        let hosts = text(&["sub_domain"]).unwrap_or_else(|| "@".to_owned());
        for host in hosts.split(',') {
            shown.push(object! {
                "id": shown.len(),
                "sub_domain": host,
                "record_type": text(&["record_type"]),
                "area": text(&["record_line", "area"]).unwrap_or_else(|| "默认".to_owned()),
                "value": text(&["value"]),
                "mx": text(&["MX", "mx"]).unwrap_or_else(|| DEFAULT_MX.to_owned()),
                "ttl": text(&["ttl"]).unwrap_or_else(|| "600".to_owned()),
                "err_msg": Json::Null,
                "status": "waiting",
                "operation": "plus",
            });
        }
    }
    Ok(Json::List(shown))
}

/// What `Batch.Record.Modify` is to change, as parameters of `Record.Modify`.
pub(super) fn changes(call: &Call<'_>) -> Result<Vec<(&'static str, String)>, Code> {
    let change = call.filled("change").ok_or(codes::BAD_PARAMETER)?;
    let to = call.filled("change_to").ok_or(codes::BAD_PARAMETER)?;
    let (key, to) = match (change, to) {
        ("sub_domain", to) => ("sub_domain", to),
        ("record_type", to) => ("record_type", to),
        ("area", to) => ("record_line", to),
        ("value", to) => ("value", to),
        ("mx", to) => ("mx", to),
        ("ttl", to) => ("ttl", to),
        // The page's own example says `disabled`, `Record.Modify` says `disable`.
        ("status", "enabled") => ("status", "enable"),
        ("status", "disabled") => ("status", "disable"),
        ("status", to) => ("status", to),
        _ => return Err(codes::BAD_PARAMETER),
    };
    if change == "record_type" && call.filled("value").is_none() {
        return Err(codes::BAD_PARAMETER);
    }
    let mut changes = vec![(key, to.to_owned())];
    for extra in ["value", "mx"] {
        let given = call.filled(extra).filter(|_| change == "record_type");
        changes.extend(given.map(|value| (extra, value.to_owned())));
    }
    Ok(changes)
}

/// Shows a record as it is, up to its status in the job; a preference only where it is a mail server.
pub(super) fn shown_before(shown: &mut Json, record: &Record) {
    let content = record.content();
    shown.put("sub_domain", content.name);
    shown.put("area", content.line);
    shown.put("record_type", content.kind.as_str());
    shown.put("ttl", content.ttl.to_string());
    shown.put("value", content.value);
    shown.put("enabled", if content.enabled { "1" } else { "0" });
    shown.put("status", "waiting");
    if content.kind == "MX" {
        shown.put("mx", content.mx.to_string());
    }
}
