//! `moored check`: the configuration is right; are the credentials and the zones? `--offline` leaves it at the first.

use std::{cell::RefCell, collections::BTreeSet};

use super::{
    End, Output,
    account::{Means, ask},
};
use crate::{
    core::{
        memory::Memory,
        name::{Fqdn, longest_zone},
        outcome::{Class, Failure, Verdict},
        record::{AccountName, Target},
    },
    provider::Provider,
    round::{Clock, Crew},
};

/// An account and the hosts that are kept in it.
pub struct Account<'a, P> {
    /// Its label.
    pub name: &'a AccountName,
    /// The provider.
    pub provider: &'a P,
    /// The hosts.
    pub hosts: Vec<Fqdn>,
}

/// What can be said without asking anybody: the configuration was read, and so were its secrets.
pub fn offline(targets: &[Target], output: &mut Output<'_>) -> End {
    let accounts: BTreeSet<_> = targets.iter().map(|it| &it.account).collect();
    let hosts: BTreeSet<_> = targets.iter().map(|it| (&it.account, &it.host)).collect();
    if output.json {
        let hosts = hosts.into_iter().map(
            |(account, host)| serde_json::json!({ "account": account.0, "host": host.as_str() }),
        );
        output.value(&serde_json::json!({ "hosts": hosts.collect::<Vec<_>>() }));
    } else {
        output.text(&format!(
            "the configuration can be used: {} in {}; nobody was asked\n",
            counted(hosts.len(), "host"),
            counted(accounts.len(), "account"),
        ));
    }
    End::Round(Verdict::Right)
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Lists each account's zones and records: nothing is written, so whether the credentials may write
/// shows at the first change. An account that refused is not asked again before its time (L4).
pub async fn check(
    accounts: &[Account<'_, impl Provider>],
    crew: &impl Crew,
    memory: &RefCell<Memory>,
    clock: &dyn Clock,
    output: &mut Output<'_>,
) -> End {
    let mut worst = Verdict::Right;
    let mut findings = Vec::new();
    crew.prepare(memory);
    for account in accounts {
        let listed = account.provider.list(&account.hosts, &[]);
        let means = Means {
            memory,
            clock,
            progress: &|_, _| {},
        };
        match ask(account.name, means, listed).await {
            Ok(listing) => {
                for host in &account.hosts {
                    let names = listing.zones.iter().map(|zone| &zone.name);
                    let zone = longest_zone(host, names);
                    if let Some(failure) = listing.trouble(host) {
                        findings.push((account.name, host, Err(failure.clone())));
                        continue;
                    }
                    if let Some(conflict) = listing.conflicts.get(host) {
                        let failure = Failure::of_host(Class::Conflict, conflict.to_string());
                        findings.push((account.name, host, Err(failure)));
                        continue;
                    }
                    let found = zone.map(ToString::to_string);
                    let records = listing.records.iter().filter(|it| it.host == *host).count();
                    let found = found.map(|zone| (zone, records));
                    let missing = || {
                        Failure::of_host(Class::NotFound, "no zone of the account holds this host")
                    };
                    findings.push((account.name, host, found.ok_or_else(missing)));
                }
            }
            Err(failure) => {
                let hosts = account.hosts.iter();
                findings.extend(hosts.map(|host| (account.name, host, Err(failure.clone()))));
            }
        }
    }
    if let Err(trouble) = crew.save(&memory.borrow()) {
        output.text(&format!("{trouble}\n"));
    }
    for (_, _, found) in &findings {
        worst = worst.max(
            found
                .as_ref()
                .map_or_else(|it| it.class.verdict(), |_| Verdict::Right),
        );
    }
    if output.json {
        let hosts = findings.iter().map(|(account, host, found)| {
            let found = found.as_ref();
            serde_json::json!({
                "account": account.0,
                "host": host.as_str(),
                "ok": found.is_ok(),
                "zone": found.ok().map(|(zone, _)| zone),
                "records": found.ok().map(|(_, records)| records),
                "reason": found.err().map(ToString::to_string),
            })
        });
        output.value(&serde_json::json!({ "hosts": hosts.collect::<Vec<_>>() }));
        return End::Round(worst);
    }
    for (account, host, found) in findings {
        output.text(&match found {
            Ok((zone, records)) => {
                format!(
                    "{host}: right: zone {zone} of account {account}, {records} address records\n"
                )
            }
            Err(failure) => {
                format!(
                    "{host}: account {account}: {} ({})\n",
                    failure.what, failure.class
                )
            }
        });
    }
    End::Round(worst)
}
