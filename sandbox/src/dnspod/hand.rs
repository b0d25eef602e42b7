//! What a user or the service itself does outside the API, beyond records: the rest of [`DnsPod`].

use std::net::IpAddr;

use serde_json::Value;

use super::DnsPod;

impl DnsPod {
    /// Sets fields of an account as `User.Detail` shows them: `email` (`sandbox@example.com` for the first account),
    /// `user_type` (`personal`, `enterprise`), `status` (`enabled`; anything else locks the account) and the rest; and,
    /// for `Auth`, `password` and `login_code`.
    #[expect(clippy::needless_pass_by_value, reason = "made in place, with json!")]
    pub fn set_user(&self, id_token: &str, fields: Value) {
        self.with(|pod| pod.account(id_token).set(&fields));
    }

    /// Sets fields of a domain as `Domain.List` shows them: `status` (`enable`, `pause`, `spam`), `is_vip`, `grade`,
    /// `ext_status`, `group_id`, `remark`, `is_mark`, `searchengine_push`. Others are kept, and shown again.
    #[expect(clippy::needless_pass_by_value, reason = "made in place, with json!")]
    pub fn set_domain(&self, zone: &str, fields: Value) {
        let world = &mut *self.shared.world();
        let stamp = world.clock.stamp();
        let domain = world.pod(self.site).zone(zone);
        domain.changed_on = stamp;
        domain.set(&fields);
    }

    /// Has every call that a better plan would allow refused with this code: `-7` for a company's domain, `-8` for
    /// an agent's client. None: no longer.
    pub fn needs_upgrade(&self, zone: &str, code: Option<&'static str>) {
        self.with(|pod| pod.zone(zone).upgrade = code);
    }

    /// How many records of a type (`URL` for redirects of all kinds, `NS`, `AAAA`) a domain may have; the zone's own do
    /// not count. No limit at first.
    pub fn record_limit(&self, zone: &str, kind: &str, most: usize) {
        self.with(|pod| pod.zone(zone).limits.insert(kind.to_owned(), most));
    }

    /// Puts an address on the list of those that no record may lead to.
    pub fn forbid(&self, address: IpAddr) {
        self.with(|pod| pod.forbidden.insert(address));
    }

    /// The code that opens a locked domain; none if it is not locked.
    pub fn lock_code(&self, zone: &str) -> Option<String> {
        let world = &mut *self.shared.world();
        let unix = world.clock.unix();
        let domain = world.pod(self.site).zone(zone);
        let lock = domain.lock.as_ref().filter(|lock| lock.holds(unix));
        lock.map(|lock| lock.code.clone())
    }

    /// Whether the user with that address has accepted what is shared with him; a share is accepted at first.
    pub fn share_accepted(&self, zone: &str, email: &str, accepted: bool) {
        self.with(|pod| {
            let shares = pod.zone(zone).shares.iter_mut();
            shares
                .filter(|share| share.email == email)
                .for_each(|share| share.accepted = accepted);
        });
    }

    /// To whom `Domain.Acquire` finds mail can go; `hostmaster` of the domain at first.
    pub fn whois(&self, zone: &str, emails: &[&str]) {
        let emails = emails.iter().map(|email| (*email).to_owned());
        self.with(|pod| pod.zone(zone).whois = emails.collect());
    }

    /// The code in the mail that `Domain.Acquiresend` sent last about a domain.
    pub fn acquire_code(&self, zone: &str) -> Option<String> {
        self.with(|pod| {
            let ticket = pod.zone(zone).ticket.as_ref();
            ticket.map(|ticket| ticket.code.clone())
        })
    }

    /// How many times `Batch.Detail` finds a job unfinished; once at first.
    pub fn batch_polls(&self, polls: usize) {
        self.with(|pod| pod.batch_polls = polls);
    }
}
