//! Jobs of many calls, in China. The work is done when the job is given; only its report comes late.

use serde_json::{Value, json};

use super::calls::{Answer, Call};
use super::codes::{self, Code};
use super::state::State;

/// A job and how it went.
#[derive(Debug)]
pub(super) struct Job {
    id: u64,
    user: usize,
    kind: &'static str,
    detail: Vec<Value>,
    /// So many looks still find it unfinished.
    unfinished: usize,
}

type Params = Vec<(String, String)>;

impl State {
    /// Adds domains, and to each, if there is an address, records for it and for `www`.
    pub(super) fn batch_domains(&mut self, call: &Call<'_>) -> Answer {
        let names = list(call, "domains")?;
        let address = call.filled("record_value").map(str::to_owned);
        let mut detail = Vec::new();
        for name in names {
            let made = self.part("Domain.Create", call, &[("domain", &name)]);
            let mut item = json!({"domain": name, "domain_grade": "DP_Free", "operation": "add"});
            let mut records = Vec::new();
            if let Ok(payload) = &made {
                item["domain_id"] = payload["domain"]["id"].clone();
                for host in ["@", "www"] {
                    let Some(address) = &address else { continue };
                    let shown = json!({
                        "sub_domain": host, "record_type": "A", "record_line": "默认",
                        "value": address, "ttl": 600,
                    });
                    records.push(self.batch_record(call, ("domain", &name), shown));
                }
            }
            self.outcome(call, &mut item, &made);
            item["records"] = records.into();
            detail.push(item);
        }
        Ok(self.job(call, "domain", detail))
    }

    /// Adds records, each of them to every domain.
    pub(super) fn batch_records(&mut self, call: &Call<'_>) -> Answer {
        let domains = list(call, "domain_id")?;
        let records = call.filled("records").ok_or(codes::BAD_PARAMETER)?;
        let records: Vec<Value> =
            serde_json::from_str(records).map_err(|_| codes::BAD_PARAMETER)?;
        let mut detail = Vec::new();
        for id in domains {
            let mut shown = Vec::new();
            for record in &records {
                let hosts = record["sub_domain"].as_str().unwrap_or("@");
                for host in hosts.split(',') {
                    let mut one = record.clone();
                    one["sub_domain"] = host.into();
                    shown.push(self.batch_record(call, ("domain_id", &id), one));
                }
            }
            let number: Option<u64> = id.parse().ok();
            let name = self.domains.iter().find(|d| Some(d.id) == number);
            detail.push(json!({
                // A number here, where the job that adds domains has a string.
                "domain_id": number,
                "domain": name.map(|d| d.name.as_str()),
                "records": shown,
            }));
        }
        Ok(self.job(call, "record_add", detail))
    }

    /// Changes one thing about many records.
    pub(super) fn batch_changes(&mut self, call: &Call<'_>) -> Answer {
        let ids = list(call, "record_id")?;
        let change = call.filled("change").ok_or(codes::BAD_PARAMETER)?;
        let to = call.filled("change_to").ok_or(codes::BAD_PARAMETER)?;
        let key = match change {
            "sub_domain" | "record_type" | "value" | "mx" | "ttl" | "status" => change,
            "area" => "record_line",
            _ => return Err(codes::BAD_PARAMETER),
        };
        if change == "record_type" && call.filled("value").is_none() {
            return Err(codes::BAD_PARAMETER);
        }
        let mut changes = vec![(key, to)];
        for extra in ["value", "mx"] {
            let given = call.filled(extra).filter(|_| change == "record_type");
            changes.extend(given.map(|value| (extra, value)));
        }
        let mut detail = Vec::new();
        for id in ids {
            let (item, made) = match self.as_params(call, &id) {
                Some(mut params) => {
                    for (key, value) in &changes {
                        params.retain(|(name, _)| name != key);
                        params.push(((*key).to_owned(), (*value).to_owned()));
                    }
                    let item = shown(&params);
                    (item, self.call_part("Record.Modify", call, &params))
                }
                None => (json!({"record_id": id}), Err(codes::BAD_RECORD_ID)),
            };
            let mut item = item;
            item["operation"] = "modify".into();
            self.outcome(call, &mut item, &made);
            detail.push(json!({"domain_id": item["domain_id"], "records": [item]}));
        }
        Ok(self.job(call, "record_modify", detail))
    }

    /// How a job went. Before it is finished nothing in it is.
    pub(super) fn batch_detail(&mut self, call: &Call<'_>) -> Answer {
        let id: Option<u64> = call.filled("job_id").and_then(|id| id.parse().ok());
        let mut jobs = self.jobs.iter_mut();
        let job = jobs.find(|job| Some(job.id) == id && job.user == call.user);
        let job = job.ok_or("8")?;
        let mut detail = job.detail.clone();
        let running = job.unfinished > 0;
        if running {
            job.unfinished -= 1;
            for (at, item) in leaves(&mut detail).into_iter().enumerate() {
                item["status"] = if at == 0 { "running" } else { "waiting" }.into();
                item["err_msg"] = "".into();
            }
        }
        let leaves = leaves(&mut detail);
        let count = |status: &str| leaves.iter().filter(|i| i["status"] == status).count();
        let (total, success, fail) = (leaves.len(), count("ok"), count("error"));
        Ok(json!({
            "type": job.kind, "total": total, "success": success, "fail": fail, "detail": detail,
        }))
    }

    fn job(&mut self, call: &Call<'_>, kind: &'static str, detail: Vec<Value>) -> Value {
        let id = self.other_id();
        let answer = json!({"job_id": id.to_string(), "detail": detail});
        self.jobs.push(Job {
            id,
            user: call.user,
            kind,
            detail,
            unfinished: self.batch_polls,
        });
        answer
    }

    /// Makes one record of a job, and says how that went.
    fn batch_record(&mut self, call: &Call<'_>, domain: (&str, &str), mut record: Value) -> Value {
        let mut params: Params = vec![(domain.0.to_owned(), domain.1.to_owned())];
        for (key, value) in record.as_object().into_iter().flatten() {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            params.push((key.to_ascii_lowercase(), value));
        }
        let made = self.call_part("Record.Create", call, &params);
        if let Ok(payload) = &made {
            record["id"] = payload["record"]["id"].clone();
        }
        record["operation"] = "add".into();
        self.outcome(call, &mut record, &made);
        record
    }

    /// The parameters that leave a record as it is; none if the caller has no such record.
    fn as_params(&self, call: &Call<'_>, id: &str) -> Option<Params> {
        let id: u64 = id.parse().ok()?;
        let (domain, record) = self
            .domains
            .iter()
            .find_map(|d| Some((d, d.records.get(id)?)))?;
        if !self.reach(domain, call).covers(&record.name, false) {
            return None;
        }
        let content = record.content();
        let status = if content.enabled { "enable" } else { "disable" };
        let mut params = vec![
            ("domain_id", domain.id.to_string()),
            ("record_id", id.to_string()),
            ("sub_domain", content.name),
            ("record_type", content.kind),
            ("record_line", content.line),
            ("value", content.value),
            ("ttl", content.ttl.to_string()),
            ("status", status.to_owned()),
        ];
        if content.mx > 0 {
            params.push(("mx", content.mx.to_string()));
        }
        if let Some(weight) = content.weight {
            params.push(("weight", weight.to_string()));
        }
        let owned = params
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Some(owned.collect())
    }

    fn part(&mut self, name: &str, call: &Call<'_>, params: &[(&str, &str)]) -> Answer {
        let params = params
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        self.call_part(name, call, &params.collect::<Params>())
    }

    fn call_part(&mut self, name: &str, call: &Call<'_>, params: &Params) -> Answer {
        let made = self.noted(name, &call.with(params));
        made.unwrap_or(Err(codes::BAD_PARAMETER))
    }

    fn outcome(&self, call: &Call<'_>, item: &mut Value, made: &Answer) {
        let chinese = match call.param("lang") {
            None => self.chinese,
            Some(lang) => lang == "cn",
        };
        let (status, message) = match made {
            Ok(_) => ("ok", ""),
            Err(code) => ("error", codes::message(code, self.china(), chinese)),
        };
        item["status"] = status.into();
        item["err_msg"] = message.into();
    }
}

/// A list with commas between.
fn list(call: &Call<'_>, name: &str) -> Result<Vec<String>, Code> {
    let given = call.filled(name).ok_or(codes::BAD_PARAMETER)?;
    Ok(given
        .split(',')
        .map(|part| part.trim().to_owned())
        .collect())
}

fn shown(params: &Params) -> Value {
    let fields = params.iter();
    fields
        .map(|(name, value)| (name.clone(), Value::from(value.clone())))
        .collect()
}

/// Whatever in a job went well or badly by itself: every domain that was added, and every record.
fn leaves(detail: &mut [Value]) -> Vec<&mut Value> {
    let mut leaves = Vec::new();
    for item in detail {
        let own = item.get("status").is_some();
        if own {
            leaves.push(item);
        } else if let Some(records) = item["records"].as_array_mut() {
            leaves.extend(records);
        }
    }
    leaves
}
