//! Jobs of many calls, in China. The work is done when the job is given; only its report comes late.
//!
//! What is shown has the vendor's shapes: of each part first what was asked for, all of it waiting, and later the same with what
//! came of it. Parts have numbers of their own from 0; a record's identifier comes under another name.

use super::batch_parts::{asked_records, changes, list, shown_before};
use super::calls::{Call, CallAnswer};
use super::codes::{self, Code};
use super::record::{Record, site_time};
use super::state::DnsPodState;
use crate::json::{Json, object};

/// A job and how it went.
#[derive(Debug)]
pub(super) struct Job {
    id: u64,
    user: usize,
    kind: &'static str,
    begun_at: u64,
    /// What was asked for.
    begun: Vec<Json>,
    /// What came of it.
    detail: Vec<Json>,
    /// So many looks still find it unfinished.
    unfinished: usize,
}

type Params = Vec<(String, String)>;

impl DnsPodState {
    /// Adds domains, and to each, if there is an address, records for `www` and for it.
    pub(super) fn batch_domains(&mut self, call: &Call<'_>) -> CallAnswer {
        let names = list(call, "domains")?;
        let address = call.filled("record_value").map(str::to_owned);
        let (mut begun, mut detail) = (Vec::new(), Vec::new());
        for (number, name) in names.iter().enumerate() {
            let hosts = ["www", "@"].into_iter().filter(|_| address.is_some());
            let records = hosts.enumerate().map(|(number, host)| {
                object! {
                    "id": number,
                    "sub_domain": host,
                    "record_type": "A",
                    "area": "默认",
                    "value": address.as_deref(),
                    "ttl": 600_u32,
                    "err_msg": Json::Null,
                    "status": "waiting",
                    "operation": "plus",
                }
            });
            let mut item = object! {
                "id": number,
                "domain": name,
                "domain_grade": "DP_Free",
                "err_msg": Json::Null,
                "status": "waiting",
                "operation": "plus",
                "records": records.collect::<Json>(),
            };
            begun.push(item.clone());
            let made = self.part("Domain.Create", call, &[("domain", name)]);
            self.outcome(call, &mut item, made.as_ref().err());
            for record in item.list_mut("records") {
                let added = match &made {
                    Ok(_) => self.add_one(call, ("domain", name), record),
                    Err(code) => Err(*code),
                };
                self.outcome(call, record, added.as_ref().err());
                record.put("record_id", added.ok());
                record.put("mx", Json::Null);
            }
            if let Some(domain) = made.ok().as_ref().and_then(|answer| answer.get("domain")) {
                item.put("domain_id", domain.text("id"));
            }
            detail.push(item);
        }
        Ok(self.job(call, "domain", begun, detail))
    }

    /// Adds records, each of them to every domain.
    pub(super) fn batch_records(&mut self, call: &Call<'_>) -> CallAnswer {
        let domains = list(call, "domain_id")?;
        let records = call.filled("records").ok_or(codes::BAD_PARAMETER)?;
        let records = asked_records(records)?;
        let (mut begun, mut detail) = (Vec::new(), Vec::new());
        for (number, id) in domains.iter().enumerate() {
            let found = self.domains.iter().find(|d| d.id.to_string() == *id);
            let mut item = object! {
                "id": number,
                "domain_id": id,
                "domain": found.map(|d| &d.name),
                "domain_grade": found.map(|d| &d.grade),
                "err_msg": Json::Null,
                "status": "waiting",
                "operation": Json::Null,
                "records": records.clone(),
            };
            begun.push(item.clone());
            self.outcome(call, &mut item, None);
            for record in item.list_mut("records") {
                let added = self.add_one(call, ("domain_id", id), record);
                self.outcome(call, record, added.as_ref().err());
                record.put("record_id", added.ok());
            }
            detail.push(item);
        }
        Ok(self.job(call, "record_add", begun, detail))
    }

    /// Changes one thing about many records. They are shown by domain, as they were before.
    pub(super) fn batch_changes(&mut self, call: &Call<'_>) -> CallAnswer {
        let ids = list(call, "record_id")?;
        let changes = changes(call)?;
        let mut begun: Vec<Json> = Vec::new();
        let mut results: Vec<Vec<Option<Code>>> = Vec::new();
        for id in &ids {
            let found = self.readable_record(call, id);
            let domain = found.map(|(at, _)| &self.domains[at]);
            let domain_id = Json::from(domain.map(|d| d.id));
            let known = begun
                .iter()
                .position(|item| item.get("domain_id") == Some(&domain_id));
            let at = known.unwrap_or(begun.len());
            if known.is_none() {
                begun.push(object! {
                    "domain_id": domain_id,
                    "domain": domain.map(|d| &d.name),
                    "err_msg": Json::Null,
                    "status": "waiting",
                    "operation": Json::Null,
                    "records": Json::List(Vec::new()),
                    "domain_grade": domain.map(|d| &d.grade),
                    "id": at,
                });
                results.push(Vec::new());
            }
            let mut shown = object! {"record_id": id};
            if let Some(record) = found.and_then(|(at, id)| self.domains[at].records.get(id)) {
                shown_before(&mut shown, record);
            }
            shown.put("err_msg", Json::Null);
            shown.put("id", results[at].len());
            shown.put("operation", "edit");
            begun[at].push("records", shown);
            let made = match found {
                Some((at, id)) => {
                    let params = self.changed_params(at, id, &changes);
                    self.call_part("Record.Modify", call, &params)
                }
                None => Err(codes::BAD_RECORD_ID),
            };
            results[at].push(made.err());
        }
        let mut detail = begun.clone();
        for (item, results) in detail.iter_mut().zip(results) {
            self.outcome(call, item, None);
            for (record, error) in item.list_mut("records").iter_mut().zip(results) {
                self.outcome(call, record, error.as_ref());
            }
        }
        Ok(self.job(call, "record_modify", begun, detail))
    }

    /// How a job went. Before it is finished nothing in it is, and one part of it is being done.
    pub(super) fn batch_detail(&mut self, call: &Call<'_>) -> CallAnswer {
        let site = self.site;
        let id: Option<u64> = call.filled("job_id").and_then(|id| id.parse().ok());
        let mut jobs = self.jobs.iter_mut();
        let job = jobs.find(|job| Some(job.id) == id && job.user == call.user);
        let job = job.ok_or("8")?;
        let mut detail = job.detail.clone();
        if job.unfinished > 0 {
            job.unfinished -= 1;
            detail.clone_from(&job.begun);
            if let Some(first) = detail.first_mut() {
                first.put("status", "running");
                if let Some(record) = first.list_mut("records").first_mut() {
                    record.put("status", "running");
                }
            }
        }
        let parts: Vec<&Json> = detail.iter().flat_map(parts).collect();
        let count = |status: &str| {
            let of_status = parts.iter().filter(|p| p.text("status") == Some(status));
            of_status.count()
        };
        let (total, success, fail) = (parts.len(), count("ok"), count("error"));
        Ok(object! {
            "detail": detail.clone(),
            "total": total,
            "success": success,
            "fail": fail,
            "type": job.kind,
            "created_at": site_time(site, job.begun_at),
        })
    }

    fn job(
        &mut self,
        call: &Call<'_>,
        kind: &'static str,
        begun: Vec<Json>,
        detail: Vec<Json>,
    ) -> Json {
        let id = self.other_id();
        let answer = object! {"job_id": id.to_string(), "detail": begun.clone()};
        self.jobs.push(Job {
            id,
            user: call.user,
            kind,
            begun_at: call.unix,
            begun,
            detail,
            unfinished: self.batch_polls,
        });
        answer
    }

    /// Makes one record of a job from what is shown of it, and returns its identifier.
    fn add_one(
        &mut self,
        call: &Call<'_>,
        domain: (&str, &str),
        shown: &Json,
    ) -> Result<u64, Code> {
        let mut params: Params = vec![(domain.0.to_owned(), domain.1.to_owned())];
        for (shown_as, param) in [
            ("sub_domain", "sub_domain"),
            ("record_type", "record_type"),
            ("area", "record_line"),
            ("value", "value"),
            ("mx", "mx"),
            ("ttl", "ttl"),
        ] {
            let text = match shown.get(shown_as) {
                None | Some(Json::Null) => continue,
                Some(Json::Text(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
            params.push((param.to_owned(), text));
        }
        let made = self.call_part("Record.Create", call, &params)?;
        let id = made.get("record").and_then(|record| record.text("id"));
        id.and_then(|id| id.parse().ok())
            .ok_or(codes::BAD_PARAMETER)
    }

    /// The position of the domain and the identifier of a record that the caller may see.
    fn readable_record(&self, call: &Call<'_>, id: &str) -> Option<(usize, u64)> {
        let id: u64 = id.parse().ok()?;
        let mut domains = self.domains.iter().enumerate();
        let (at, record) = domains.find_map(|(at, d)| Some((at, d.records.get(id)?)))?;
        let reach = self.reach(&self.domains[at], call);
        reach.covers(&record.name, false).then_some((at, id))
    }

    /// The parameters that leave a record as it is but for the changes.
    fn changed_params(&self, at: usize, id: u64, changes: &[(&str, String)]) -> Params {
        let domain = &self.domains[at];
        let Some(content) = domain.records.get(id).map(Record::content) else {
            return Vec::new();
        };
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
        for (key, value) in changes {
            params.retain(|(name, _)| name != key);
            params.push((key, value.clone()));
        }
        let owned = params
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        owned.collect()
    }

    fn part(&mut self, name: &str, call: &Call<'_>, params: &[(&str, &str)]) -> CallAnswer {
        let params = params
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        self.call_part(name, call, &params.collect::<Params>())
    }

    fn call_part(&mut self, name: &str, call: &Call<'_>, params: &Params) -> CallAnswer {
        let made = self.noted(name, &call.with(params));
        made.unwrap_or(Err(codes::BAD_PARAMETER))
    }

    /// Shows how a part went.
    fn outcome(&self, call: &Call<'_>, part: &mut Json, error: Option<&Code>) {
        let chinese = match call.param("lang") {
            None => self.chinese,
            Some(lang) => lang == "cn",
        };
        let message = error.map(|code| codes::message(code, self.china(), chinese));
        part.put("err_msg", message);
        part.put("status", if error.is_some() { "error" } else { "ok" });
    }
}

/// What counts in a job: every domain to which something is done itself, and every record.
fn parts(item: &Json) -> impl Iterator<Item = &Json> {
    let own = item.get("operation").is_some_and(|o| *o != Json::Null);
    let records = match item.get("records") {
        Some(Json::List(records)) => records.as_slice(),
        _ => &[],
    };
    own.then_some(item).into_iter().chain(records)
}
