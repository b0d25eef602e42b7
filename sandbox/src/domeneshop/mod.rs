//! Domeneshop's API v0 in memory.

mod dyndns;
mod forwards;
mod invoices;
mod record;
mod records;
mod refusals;
mod routes;
mod state;

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

pub(crate) use refusals::failure;
pub(crate) use state::{Domain, DomeneshopState, NAME_SERVERS};

use crate::shared::Shared;

/// The sandbox's Domeneshop: what a customer does in the web interface, and what a test wants to see.
///
/// A zone, token or record that does not exist is a mistake in the test and panics.
#[derive(Debug)]
pub struct Domeneshop {
    pub(crate) shared: Arc<Shared>,
    pub(crate) addr: SocketAddr,
}

impl Domeneshop {
    /// The API's base address, `http://127.0.0.1:PORT/v0`.
    pub fn url(&self) -> String {
        format!("http://{}/v0", crate::reachable(self.addr))
    }

    /// Adds an account.
    pub fn account(&self, token: &str, secret: &str) {
        let mut world = self.shared.world();
        world.domeneshop.accounts.push(state::Account {
            token: token.to_owned(),
            secret: secret.to_owned(),
            invoices: Vec::new(),
        });
    }

    /// Gives an account another secret; the old one no longer works.
    pub fn change_secret(&self, token: &str, new_secret: &str) {
        let mut world = self.shared.world();
        new_secret.clone_into(&mut world.domeneshop.account(token).secret);
    }

    /// Adds a domain with DNS service to an account, and returns its id.
    pub fn domain(&self, token: &str, name: &str) -> u64 {
        self.shared.world().domeneshop.add_domain(token, name, true)
    }

    /// Adds a domain whose DNS is somewhere else, and returns its id.
    pub fn domain_without_dns(&self, token: &str, name: &str) -> u64 {
        let mut world = self.shared.world();
        world.domeneshop.add_domain(token, name, false)
    }

    /// Adds a record, and returns its id. The ttl is 3600 unless given.
    pub fn add(&self, zone: &str, host: &str, kind: &str, data: &str, ttl: Option<u32>) -> u64 {
        let body = json!({"host": host, "type": kind, "data": data, "ttl": ttl.unwrap_or(3600)});
        self.add_full(zone, body)
    }

    /// Adds a record from the fields of the API's record object, those of its type included. Nothing collides: this is
    /// how a test makes a zone that the API would not let it make. The ttl is not checked either.
    #[expect(clippy::needless_pass_by_value, reason = "made in place, with json!")]
    pub fn add_full(&self, zone: &str, record: Value) -> u64 {
        self.shared.world().domeneshop.add_by_hand(zone, &record)
    }

    /// The records of a zone, as the API shows them, in the order in which they were made.
    pub fn records(&self, zone: &str) -> Vec<Value> {
        self.shared.world().domeneshop.records(zone)
    }

    /// Changes a record's data by hand. Its id stays.
    pub fn set(&self, zone: &str, id: u64, data: &str) {
        self.shared.world().domeneshop.set(zone, id, data);
    }

    /// Removes a record by hand.
    pub fn remove(&self, zone: &str, id: u64) {
        let mut world = self.shared.world();
        world.domeneshop.remove(zone, id);
    }

    /// Whether numbers such as `priority` come back as JSON strings, as the real service does (the default), or as
    /// numbers, as its documentation says.
    pub fn numbers_as_strings(&self, strings: bool) {
        self.shared.world().domeneshop.numbers_as_strings = strings;
    }

    /// The forwards of a zone, as the API shows them, in the order in which they were made.
    pub fn forwards(&self, zone: &str) -> Vec<Value> {
        self.shared.world().domeneshop.forwards(zone)
    }

    /// Whether a single forward can be read, changed and deleted, as documented (the default), or answers 404 whatever
    /// is asked of it, as the real service did in 2026.
    pub fn forwards_per_host(&self, works: bool) {
        self.shared.world().domeneshop.forwards_per_host = works;
    }

    /// Whether `/forwards` is the same as `/forwards/`; it is 404 at first, as at the real service.
    pub fn forwards_without_slash(&self, same: bool) {
        self.shared.world().domeneshop.forwards_without_slash = same;
    }

    /// Adds an invoice to an account, and returns its number. What the fields of the API's invoice object do not say is
    /// made up; nothing is checked.
    #[expect(clippy::needless_pass_by_value, reason = "made in place, with json!")]
    pub fn invoice(&self, token: &str, invoice: Value) -> u64 {
        let mut world = self.shared.world();
        let now = world.clock.unix();
        world.domeneshop.add_invoice(token, &invoice, now)
    }
}
