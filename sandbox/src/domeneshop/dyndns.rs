//! The "IP update protocol": one GET that makes hosts have exactly the given addresses of the given families.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::record::RecordInput;
use super::refusals::{collision, invalid, unknown};
use super::state::DomeneshopState;
use crate::http::{Request, ServerReply};

/// So many addresses one call may carry, both families together.
const MAX_ADDRESSES: usize = 9;

impl DomeneshopState {
    pub(super) fn dyndns(&mut self, token: &str, request: &Request) -> ServerReply {
        let hosts = request.query("hostname").unwrap_or_default();
        if hosts.is_empty() {
            return invalid("hostname is missing");
        }
        let families = match request.query("myip") {
            None | Some("") => by_family(&request.peer.ip().to_canonical().to_string()),
            Some(list) => by_family(list),
        };
        let families = match families {
            Ok(families) => families,
            Err(why) => return invalid(&why),
        };
        let mut places = Vec::new();
        for host in hosts.split(',') {
            let host = host.to_ascii_lowercase();
            let Some(at) = self.longest_own(token, &host) else {
                return unknown();
            };
            let rest = host[..host.len() - self.domains[at].name.len()].trim_end_matches('.');
            let rest = if rest.is_empty() { "@" } else { rest };
            places.push((at, rest.to_owned()));
        }
        if places.iter().any(|(at, host)| self.aliased(*at, host)) {
            return collision();
        }
        for (at, host) in &places {
            for (kind, addresses) in &families {
                self.replace_family(*at, host, kind, addresses);
            }
        }
        ServerReply::empty(204)
    }

    fn aliased(&self, at: usize, host: &str) -> bool {
        if self.domains[at].forward(host).is_some() {
            return true;
        }
        let mut records = self.domains[at].records.at(host);
        records.any(|r| matches!(r.kind.as_str(), "CNAME" | "ANAME"))
    }

    /// The records of one type at a host go, and new ones with new ids come, even where nothing differs.
    fn replace_family(&mut self, at: usize, host: &str, kind: &str, addresses: &[IpAddr]) {
        let records = &mut self.domains[at].records;
        let old = records.at(host).filter(|r| r.kind == kind);
        for id in old.map(|r| r.id).collect::<Vec<_>>() {
            records.remove(id);
        }
        for address in addresses {
            let id = self.fresh_id();
            let given = RecordInput::address(host, kind, address.to_string());
            self.domains[at].records.insert(given.with_id(id));
        }
    }
}

fn by_family(list: &str) -> Result<BTreeMap<&'static str, Vec<IpAddr>>, String> {
    let mut families: BTreeMap<_, Vec<IpAddr>> = BTreeMap::new();
    if list.split(',').count() > MAX_ADDRESSES {
        return Err(format!("more than {MAX_ADDRESSES} addresses"));
    }
    for text in list.split(',') {
        let address: IpAddr = text
            .parse()
            .map_err(|_| format!("{text:?} is not an address"))?;
        let kind = if address.is_ipv4() { "A" } else { "AAAA" };
        let family = families.entry(kind).or_default();
        if !family.contains(&address) {
            family.push(address);
        }
    }
    Ok(families)
}
