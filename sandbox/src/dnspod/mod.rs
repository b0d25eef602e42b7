//! DNSPod's legacy API in memory; the international site and the one for China are two of these.

mod access;
mod account;
mod acquire;
mod actions;
mod aliases;
mod auth;
mod batch;
mod batch_parts;
mod calls;
mod codes;
mod content;
mod domain;
mod domains;
mod envelope;
mod groups;
mod hand;
mod history;
mod lines;
mod list;
mod locks;
mod plan;
mod punycode;
mod record;
mod rules;
mod settings;
mod shares;
mod state;
mod write;

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

pub use auth::AuthAnswer;
pub(crate) use domain::Domain;
pub(crate) use state::DnsPodState;

use crate::log::{Service, Site};
use crate::shared::Shared;

/// One site of the sandbox's DNSPod: what a customer does in the console, and what a test wants to see.
///
/// A zone, account or record that does not exist is a mistake in the test and panics.
#[derive(Debug)]
pub struct DnsPod {
    pub(crate) shared: Arc<Shared>,
    pub(crate) addr: SocketAddr,
    pub(crate) site: Site,
}

impl DnsPod {
    /// The API's base address, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", crate::reachable(self.addr))
    }

    /// This site's name in the log and for faults.
    pub fn service(&self) -> Service {
        Service::DnsPod(self.site)
    }

    /// Adds an account with a `login_token`, `ID,Token`.
    pub fn account(&self, id_token: &str) {
        self.with(|pod| pod.add_account(id_token));
    }

    /// Gives an account the older `user_token` as well; the international site takes it.
    pub fn user_token(&self, id_token: &str, user_token: &str) {
        self.with(|pod| pod.account(id_token).user_token = Some(user_token.to_owned()));
    }

    /// Gives an account another `login_token`; the old one no longer works, its domains stay.
    pub fn change_token(&self, id_token: &str, new_id_token: &str) {
        self.with(|pod| pod.change_token(id_token, new_id_token));
    }

    /// Adds a domain to an account, and returns its id. Its smallest TTL is 600, as on the free plan; two name server
    /// records come with it.
    pub fn domain(&self, id_token: &str, name: &str) -> u64 {
        self.domain_with_min_ttl(id_token, name, 600)
    }

    /// Adds a domain of a plan that allows another smallest TTL.
    pub fn domain_with_min_ttl(&self, id_token: &str, name: &str, min_ttl: u32) -> u64 {
        let world = &mut *self.shared.world();
        let stamp = world.clock.stamp();
        world
            .pod(self.site)
            .add_domain(id_token, name, min_ttl, stamp)
    }

    /// Adds a record, and returns its id. Without a line it is the default line; without a ttl it is 600.
    #[expect(
        clippy::too_many_arguments,
        reason = "a record has so many columns; a test reads like the console's table"
    )]
    pub fn add(
        &self,
        zone: &str,
        sub_domain: &str,
        kind: &str,
        value: &str,
        line: Option<&str>,
        ttl: Option<u32>,
    ) -> u64 {
        let mut record = json!({"name": sub_domain, "type": kind, "value": value});
        if let Some(line) = line {
            record["line"] = line.into();
        }
        if let Some(ttl) = ttl {
            record["ttl"] = ttl.into();
        }
        self.add_full(zone, record)
    }

    /// Adds a record from the fields of `Record.List`'s record object. Nothing is checked. Fields that are not known are
    /// kept, and shown again. An `id` is kept too, if it is of an older record than those made here and no record has it: some
    /// clients cannot read the ids of today, which have outgrown 31 bits.
    pub fn add_full(&self, zone: &str, record: Value) -> u64 {
        let world = &mut *self.shared.world();
        let stamp = world.clock.stamp();
        world.pod(self.site).insert(zone, record, stamp)
    }

    /// The records of a zone, the two of its name servers included, as `Record.List` shows each, in the order in which
    /// they were made.
    pub fn records(&self, zone: &str) -> Vec<Value> {
        self.with(|pod| pod.records(zone))
    }

    /// Changes a record's value by hand, in the console.
    pub fn set(&self, zone: &str, id: u64, value: &str) {
        let world = &mut *self.shared.world();
        let stamp = world.clock.stamp();
        world.pod(self.site).set(zone, id, value, stamp);
    }

    /// Removes a record by hand.
    pub fn remove(&self, zone: &str, id: u64) {
        self.with(|pod| pod.remove(zone, id));
    }

    /// Whether a record is locked now, because too many updates changed nothing.
    pub fn locked(&self, zone: &str, id: u64) -> bool {
        let world = &mut *self.shared.world();
        let now = world.clock.elapsed();
        world.pod(self.site).record(zone, id).locked(now)
    }

    /// How many updates of a record in the last hour changed nothing.
    pub fn unchanged_updates(&self, zone: &str, id: u64) -> usize {
        let world = &mut *self.shared.world();
        let now = world.clock.elapsed();
        world.pod(self.site).record(zone, id).unchanged(now)
    }

    /// Whether logins are banned now, because too many failed.
    pub fn login_banned(&self) -> bool {
        let world = &mut *self.shared.world();
        let now = world.clock.elapsed();
        world.pod(self.site).gate.banned(now)
    }

    /// Whether a User-Agent has to have the documented form, or any will do (the default): the site for China answered
    /// `python-requests/2.9.1` in 2016, and clients without an address in theirs are in wide use.
    pub fn strict_user_agents(&self, strict: bool) {
        self.with(|pod| pod.require_user_agents(strict));
    }

    /// How many requests were turned away for their User-Agent.
    pub fn bad_user_agents(&self) -> usize {
        self.with(|pod| pod.gate.bad_user_agents)
    }

    /// How many calls are answered in any hour; 3600 at first. Those beyond get code -2.
    pub fn hourly_quota(&self, calls: usize) {
        self.with(|pod| pod.gate.quota = calls);
    }

    /// How a failed login is answered from now on.
    pub fn auth_answer(&self, answer: AuthAnswer) {
        self.with(|pod| pod.gate.answer = answer);
    }

    /// Whether the language of messages is Chinese when a request does not say.
    pub fn chinese_messages(&self, chinese: bool) {
        self.with(|pod| pod.chinese = chinese);
    }

    fn with<T>(&self, f: impl FnOnce(&mut DnsPodState) -> T) -> T {
        f(self.shared.world().pod(self.site))
    }
}
