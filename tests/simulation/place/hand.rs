//! What people and their other programs do in the zones.

use moored::http::query;
use sandbox::Service;

use super::{ProviderModel, RecordRow, SimAccount, wire::form_headers};

impl ProviderModel {
    /// Somebody adds a record by hand.
    pub(crate) fn add(
        &self,
        account: usize,
        name: &str,
        kind: &str,
        value: &str,
        ttl: Option<u32>,
    ) {
        self.forget_what_was_seen(account);
        let Some(zone) = self.zone_of(account, name) else {
            return;
        };
        let rest = name
            .strip_suffix(zone.as_str())
            .unwrap_or_default()
            .trim_end_matches('.');
        let rest = if rest.is_empty() { "@" } else { rest };
        match self.service(account) {
            Service::DnsPod(site) => {
                self.offline
                    .dnspod(site)
                    .add(zone, rest, kind, value, None, ttl);
            }
            _ => {
                self.offline.domeneshop().add(zone, rest, kind, value, ttl);
            }
        }
    }

    /// Somebody changes a record by hand.
    pub(crate) fn set(&self, account: usize, row: &RecordRow, value: &str) {
        self.forget_what_was_seen(account);
        let id = row.id.parse().unwrap();
        match self.service(account) {
            Service::DnsPod(site) => self.offline.dnspod(site).set(&row.zone, id, value),
            _ => self.offline.domeneshop().set(&row.zone, id, value),
        }
    }

    /// Somebody removes a record by hand.
    pub(crate) fn remove(&self, account: usize, row: &RecordRow) {
        self.forget_what_was_seen(account);
        let id = row.id.parse().unwrap();
        match self.service(account) {
            Service::DnsPod(site) => self.offline.dnspod(site).remove(&row.zone, id),
            _ => self.offline.domeneshop().remove(&row.zone, id),
        }
    }

    /// Another program of the account's owner writes what is there, again and again, until DNSPod
    /// locks the record.
    pub(crate) fn lock(&self, account: usize, row: &RecordRow) {
        let text = |key: &str| row.whole[key].as_str().unwrap_or_default().to_owned();
        let token = format!(
            "{},{}",
            self.accounts[account].token,
            self.secrets.borrow()[account]
        );
        let line = if text("line") == "Default" {
            "default".to_owned()
        } else {
            text("line")
        };
        let fields = [
            ("login_token", token),
            ("format", "json".to_owned()),
            ("domain", row.zone.clone()),
            ("record_id", row.id.clone()),
            ("sub_domain", text("name")),
            ("record_type", row.kind.clone()),
            ("record_line", line),
            ("value", row.value.clone()),
            ("ttl", text("ttl")),
        ];
        let body = query(fields.iter().map(|(name, value)| (*name, value.as_str())));
        self.forget_what_was_seen(account);
        for _ in 0..6 {
            self.carry(
                account,
                "POST",
                "/Record.Modify",
                &form_headers(),
                &body[1..],
            );
        }
    }

    /// The provider takes another secret from now on, and not the one before.
    pub(crate) fn change_secret(&self, account: usize, secret: &str) {
        let SimAccount { service, token, .. } = &self.accounts[account];
        let before = std::mem::replace(&mut self.secrets.borrow_mut()[account], secret.to_owned());
        match *service {
            Service::DnsPod(site) => {
                let [before, after] = [&before, secret].map(|it| format!("{token},{it}"));
                self.offline.dnspod(site).change_token(&before, &after);
            }
            _ => self.offline.domeneshop().change_secret(token, secret),
        }
    }
}
