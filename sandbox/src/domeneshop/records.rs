//! The calls on DNS records.

use super::record::RecordInput;
use super::refusals::{collision, invalid, unknown};
use super::state::DomeneshopState;
use crate::http::{Request, ServerReply};
use crate::json::{Json, object};

impl DomeneshopState {
    pub(super) fn list(&self, at: usize, request: &Request) -> ServerReply {
        let keep = |filter: &str, value: &str| request.query(filter).is_none_or(|f| f == value);
        let records = self.domains[at].records.iter();
        let shown = records
            .filter(|r| keep("host", &r.host) && keep("type", &r.kind))
            .map(|r| r.to_json(self.numbers_as_strings));
        ServerReply::json(200, &shown.collect::<Json>())
    }

    pub(super) fn create(&mut self, at: usize, request: &Request) -> ServerReply {
        let given = match RecordInput::checked(&request.body) {
            Ok(given) => given,
            Err(why) => return invalid(&why),
        };
        if self.domains[at].taken(&given, None) {
            return collision();
        }
        let id = self.fresh_id();
        self.domains[at].records.insert(given.with_id(id));
        let location = self.location(at, &format!("dns/{id}"));
        ServerReply::json(201, &object! {"id": id}).header("location", location)
    }

    pub(super) fn one(&mut self, at: usize, id: u64, request: &Request) -> ServerReply {
        let domain = &mut self.domains[at];
        let Some(record) = domain.records.get(id) else {
            return unknown();
        };
        match request.method.as_str() {
            "GET" => ServerReply::json(200, &record.to_json(self.numbers_as_strings)),
            "DELETE" => {
                domain.records.remove(id);
                ServerReply::empty(204)
            }
            _ => {
                let given = match RecordInput::checked(&request.body) {
                    Ok(given) => given,
                    Err(why) => return invalid(&why),
                };
                if given.host != record.host || given.kind != record.kind {
                    return invalid("host and type cannot be changed");
                }
                if domain.taken(&given, Some(id)) {
                    return collision();
                }
                domain.records.change(id, |record| record.replace(given));
                ServerReply::empty(204)
            }
        }
    }
}
