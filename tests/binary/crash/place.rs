//! Where it all happens: the sandbox with both providers, the configuration, and what is there.

use std::{collections::BTreeMap, fmt, fs, path::PathBuf, time::Duration};

use sandbox::{Logged, Service, Site};
use serde_json::{Value, json};

use super::schedule::Addresses;
use crate::common::TestEnv;

pub(super) const FOUR: [&str; 3] = ["84.212.10.20", "84.212.99.99", "84.212.7.7"];
pub(super) const SIX: [&str; 3] = ["2a01:79c::1", "2a01:79c::2", "2a01:79c::3"];

pub(super) const SERVICES: [Service; 3] = [
    Service::Domeneshop,
    Service::DnsPod(Site::International),
    Service::DnsPod(Site::China),
];

/// The hosts, by service. `nas` has a TTL of its own, so that it is written record by record.
const HOSTS: [(Service, &[&str]); 3] = [
    (Service::Domeneshop, &["home", "www", "nas"]),
    (Service::DnsPod(Site::International), &["home", "www"]),
    (Service::DnsPod(Site::China), &["home"]),
];

pub(super) fn zone(service: Service) -> &'static str {
    match service {
        Service::DnsPod(Site::International) => "example.org",
        Service::DnsPod(Site::China) => "example.cn",
        _ => "example.com",
    }
}

/// A record set that moored keeps right.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct ProviderName {
    pub(super) zone: &'static str,
    pub(super) host: String,
    pub(super) kind: String,
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} {}", self.host, self.zone, self.kind)
    }
}

/// Everything that stands at the providers.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct NameRecords {
    /// What moored keeps right: the records' ids and addresses, in order.
    pub(super) ours: BTreeMap<ProviderName, Vec<(String, String)>>,
    /// Everything else, whole.
    pub(super) others: Vec<Value>,
}

impl NameRecords {
    /// Whether a name stands at its address and at nothing else.
    pub(super) fn is_right(&self, name: &ProviderName, addresses: Addresses) -> bool {
        let wanted = if name.kind == "A" {
            addresses.four
        } else {
            addresses.six
        };
        matches!(&self.ours[name][..], [(_, there)] if there == wanted)
    }

    /// The names that are not right, in words.
    pub(super) fn wrong(&self, addresses: Addresses) -> Vec<String> {
        let wrong = self
            .ours
            .iter()
            .filter(|(name, _)| !self.is_right(name, addresses));
        wrong
            .map(|(name, there)| format!("{name} stands at {there:?}"))
            .collect()
    }
}

pub(super) struct CrashProviders {
    pub(super) bench: TestEnv,
}

impl CrashProviders {
    pub(super) fn new() -> Self {
        let bench = TestEnv::new();
        let addresses = bench.dir.path().join("address");
        let both = format!("[ipv6]\nsources = [\"file:{}\"]", addresses.display());
        let head = bench.head().replace("[ipv6]\nsources = []", &both);
        let shop = bench.domeneshop(
            "hosts = [\"home.example.com\", \"www.example.com\"]\n\
             [[domeneshop.host]]\nname = \"nas.example.com\"\nttl = 300\n",
        );
        let pod = bench.dnspod(
            Site::International,
            "hosts = [\"home.example.org\", \"www.example.org\"]",
        );
        let china = bench.dnspod(Site::China, "hosts = [\"home.example.cn\"]");
        bench.config(&(head + &shop + &pod + &china));
        let place = Self { bench };
        place.put_foreign_records();
        place
    }

    /// Records that are none of ours: beside our names, and at them.
    fn put_foreign_records(&self) {
        let shop = self.bench.sandbox.domeneshop();
        shop.add("example.com", "mail", "A", "198.51.100.1", None);
        shop.add("example.com", "home", "TXT", "a text", None);
        shop.add_full(
            "example.com",
            json!({"host": "@", "type": "MX", "data": "mail.example.com.", "priority": 10, "ttl": 3600}),
        );
        for (site, line) in [(Site::International, "CN"), (Site::China, "联通")] {
            let pod = self.bench.sandbox.dnspod(site);
            let zone = zone(Service::DnsPod(site));
            pod.add(zone, "home", "A", "198.51.100.2", Some(line), None);
            pod.add(zone, "@", "MX", "mail.example.net.", None, None);
        }
    }

    /// What stands at the providers now.
    pub(super) fn records(&self) -> NameRecords {
        let mut records = NameRecords {
            ours: BTreeMap::new(),
            others: Vec::new(),
        };
        for (service, hosts) in HOSTS {
            for host in hosts {
                for kind in ["A", "AAAA"] {
                    records.ours.insert(name(service, host, kind), Vec::new());
                }
            }
            for record in self.all(service) {
                let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
                let (host, data) = match service {
                    Service::Domeneshop => (text("host"), text("data")),
                    _ => (text("name"), text("value")),
                };
                let own_line = matches!(text("line").as_str(), "" | "Default" | "默认");
                let own = records.ours.get_mut(&name(service, &host, &text("type")));
                match own.filter(|_| own_line) {
                    Some(own) => own.push((id(&record), data)),
                    None => records.others.push(record),
                }
            }
        }
        records
    }

    fn all(&self, service: Service) -> Vec<Value> {
        match service {
            Service::DnsPod(site) => self.bench.sandbox.dnspod(site).records(zone(service)),
            _ => self.bench.sandbox.domeneshop().records(zone(service)),
        }
    }

    /// The most updates of one record within the last hour that changed nothing, and whether any
    /// record is locked for it.
    pub(super) fn needless_updates(&self) -> (usize, bool) {
        let (mut most, mut locked) = (0, false);
        for site in [Site::International, Site::China] {
            let pod = self.bench.sandbox.dnspod(site);
            let zone = zone(Service::DnsPod(site));
            for record in pod.records(zone) {
                let id = id(&record).parse().unwrap();
                most = most.max(pod.unchanged_updates(zone, id));
                locked |= pod.locked(zone, id);
            }
        }
        (most, locked)
    }

    /// What this host's addresses are from now on; the file appears whole.
    pub(super) fn take(&self, addresses: Addresses) {
        let fresh = self.bench.dir.path().join("address.new");
        fs::write(&fresh, format!("{}\n{}\n", addresses.four, addresses.six)).unwrap();
        fs::rename(&fresh, self.bench.dir.path().join("address")).unwrap();
    }

    pub(super) fn state(&self) -> PathBuf {
        self.bench.dir.path().join("state/state.json")
    }

    /// The state file as it is, if there is one. A file that is not whole ends the test.
    #[track_caller]
    pub(super) fn saved(&self) -> Option<Value> {
        let text = fs::read(self.state()).ok()?;
        let state: Value = serde_json::from_slice(&text)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&text)));
        assert_eq!(state["version"], 2);
        assert!(state["state"]["accounts"].is_object(), "{state}");
        Some(state)
    }

    /// How many record sets the state file counts as unconfirmed.
    pub(super) fn unconfirmed(&self) -> usize {
        let state = self.saved().unwrap_or_default();
        let accounts = state["state"]["accounts"].as_object().cloned();
        let targets = accounts.unwrap_or_default().into_values();
        let targets = targets.filter_map(|it| it["targets"].as_object().cloned());
        targets
            .flat_map(serde_json::Map::into_values)
            .filter(|it| it["unconfirmed"] == true)
            .count()
    }

    /// Nothing is left in the state directory of writes that did not come to their end.
    pub(super) fn assert_tidy(&self) {
        let entries = fs::read_dir(self.bench.dir.path().join("state")).unwrap();
        let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
        let mut left: Vec<_> = names
            .filter(|it| {
                !matches!(
                    it.as_str(),
                    "lock" | "poke.sock" | "state.json" | "status.sock"
                )
            })
            .collect();
        left.sort();
        assert!(left.is_empty(), "{left:?}");
    }

    /// The machine is off for so long. To moored that is another boot with a later wall clock, and to
    /// the providers an hour is over sooner: both clocks move by the same.
    pub(super) fn sleep(&self, length: Duration) {
        if length.is_zero() {
            return;
        }
        self.bench.sandbox.advance(length);
        let Some(mut state) = self.saved() else {
            return;
        };
        let wall = state["written"]["wall"].as_i64().unwrap();
        let length = i64::try_from(length.as_millis()).unwrap();
        state["written"]["wall"] = (wall - length).into();
        state["written"]["boot"] = "an earlier one".into();
        fs::write(self.state(), state.to_string()).unwrap();
    }
}

fn name(service: Service, host: &str, kind: &str) -> ProviderName {
    ProviderName {
        zone: zone(service),
        host: host.to_owned(),
        kind: kind.to_owned(),
    }
}

fn id(record: &Value) -> String {
    record["id"].to_string().trim_matches('"').to_owned()
}

/// The record sets that a request means to write; `before` knows the records by their ids.
pub(super) fn written(request: &Logged, before: &NameRecords) -> Vec<ProviderName> {
    let by_id = |id: &str| {
        let ours = before.ours.iter();
        let mut found = ours.filter(|(it, records)| {
            it.zone == zone(request.service) && records.iter().any(|(own, _)| own == id)
        });
        found
            .next()
            .map(|(name, _)| name.clone())
            .into_iter()
            .collect()
    };
    let one = |host: &str, kind: &str| vec![name(request.service, host, kind)];
    let param = |name: &str| request.param(name).unwrap_or_default();
    let path = request.path.as_str();
    match request.service {
        Service::Domeneshop if path.ends_with("/dyndns/update") => {
            let kinds = param("myip")
                .split(',')
                .map(|ip| if ip.contains(':') { "AAAA" } else { "A" });
            let hosts = param("hostname").split(',');
            let hosts = hosts.filter_map(|it| it.strip_suffix(".example.com"));
            hosts
                .flat_map(|host| {
                    kinds
                        .clone()
                        .map(move |kind| name(request.service, host, kind))
                })
                .collect()
        }
        Service::Domeneshop if request.method == "DELETE" => {
            by_id(path.rsplit('/').next().unwrap_or_default())
        }
        Service::Domeneshop if request.method != "GET" => {
            let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
            let text = |key: &str| body[key].as_str().unwrap_or_default();
            one(text("host"), text("type"))
        }
        _ if path.ends_with("/Record.Remove") => by_id(param("record_id")),
        _ if path.ends_with("/Record.Modify") || path.ends_with("/Record.Create") => {
            one(param("sub_domain"), param("record_type"))
        }
        _ => {
            let reads =
                request.method == "GET" || path.ends_with(".List") || path.ends_with(".Info");
            assert!(reads, "what does this write? {request}");
            Vec::new()
        }
    }
}
