//! `moored check`: the configuration is right; are the credentials and the zones? `--offline` leaves it at the first.

use std::{cell::RefCell, collections::BTreeSet, iter};

use super::{
    End, Output,
    account::{Means, probe},
};
use crate::{
    core::{
        memory::Memory,
        name::{Fqdn, longest_zone},
        outcome::{Class, Failure, Verdict},
        probe::{NoProbe, ProbeMessage},
        record::{AccountName, Target},
        schedule::Hold,
    },
    provider::Provider,
    round::{Clock, Crew},
};

/// An account and the hosts that are kept in it.
pub struct Account<'a, P> {
    /// Its label.
    pub name: &'a AccountName,
    /// Changes with the secret and the configuration.
    pub fingerprint: u64,
    /// The provider.
    pub provider: &'a P,
    /// The hosts.
    pub hosts: Vec<Fqdn>,
}

/// Who remembers which accounts a person had asked, and tells the running daemon what came of it.
pub trait Probing {
    /// Whether each of these accounts, named by their fingerprints, may be asked now although its
    /// credentials may have been refused. It counts as asked from now on.
    fn begin(
        &self,
        memory: &RefCell<Memory>,
        fingerprints: &[u64],
    ) -> impl Future<Output = Vec<Result<(), NoProbe>>>;

    /// Tells what came of asking an account that did not refuse its credentials.
    fn finish(&self, memory: &RefCell<Memory>, end: ProbeMessage) -> impl Future<Output = Daemon>;
}

/// What the running daemon makes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Daemon {
    /// None runs, or it could not be told.
    None,
    /// It does not hold back anything.
    Unchanged,
    /// It lifted a hold and starts a round.
    Lifted,
    /// It runs with another secret or configuration.
    OtherConfiguration,
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
/// shows at the first change. An account that refused its credentials is asked once, at most once a
/// minute (L4); if it accepts them now, it is held back no longer, by the running daemon neither.
pub async fn check(
    accounts: &[Account<'_, impl Provider>],
    crew: &impl Crew,
    probing: &impl Probing,
    memory: &RefCell<Memory>,
    clock: &dyn Clock,
    output: &mut Output<'_>,
) -> End {
    let mut worst = Verdict::Right;
    let mut findings = Vec::new();
    crew.prepare(memory);
    let means = Means {
        memory,
        clock,
        progress: &|_, _| {},
    };
    let is_held = |hold: Hold| hold.class != Class::Rejected;
    let asked = accounts
        .iter()
        .filter(|it| !means.binding_hold(it.name).is_some_and(is_held));
    let fingerprints: Vec<_> = asked.map(|it| it.fingerprint).collect();
    let permissions = probing.begin(memory, &fingerprints).await;
    // What the state says now may be newer than what was read at the start.
    crew.prepare(memory);
    let permissions: Vec<_> = iter::zip(fingerprints, permissions).collect();
    let mut notes = Vec::new();
    for account in accounts {
        let listed = account.provider.list(&account.hosts, &[]);
        let permission = permissions.iter().find(|it| it.0 == account.fingerprint);
        // One that was not to be asked is held, and is not asked.
        let permission = permission.map_or(Err(NoProbe::NotRemembered), |it| it.1);
        let was_refused = means.binding_hold(account.name).is_some();
        let end = probe(account.name, means, permission, listed).await;
        let is_refused = matches!(&end, Err(failure) if failure.class == Class::Rejected);
        if permission.is_ok() && !is_refused {
            let message = match &end {
                Err(_) => ProbeMessage::Finish(account.fingerprint),
                Ok(listing) if listing.conflicts.is_empty() => {
                    ProbeMessage::Clear(account.fingerprint)
                }
                Ok(_) => ProbeMessage::Accepted(account.fingerprint),
            };
            let daemon = probing.finish(memory, message).await;
            let now = clock.now();
            let lifted = memory.borrow_mut().lift(account.name, message.lifts(), now);
            notes.extend(note(account.name, lifted && was_refused, daemon));
        }
        match end {
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
                "reason": found.err().map(|it| format!("{it}{}", it.advice())),
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
                let advice = failure.advice();
                format!(
                    "{host}: account {account}: {} ({}){advice}\n",
                    failure.what, failure.class
                )
            }
        });
    }
    for note in notes {
        output.text(&format!("{note}\n"));
    }
    End::Round(worst)
}

/// What is to be said of an account that was held back and is no longer.
fn note(account: &AccountName, lifted: bool, daemon: Daemon) -> Option<String> {
    let accepted = format!("account {account}: its credentials are accepted");
    match daemon {
        Daemon::Lifted => Some(format!("{accepted}; the running daemon starts a round now")),
        Daemon::OtherConfiguration => Some(format!(
            "{accepted}; the running daemon has another secret or configuration: reload it"
        )),
        Daemon::None if lifted => Some(format!("{accepted} again; the next round goes on")),
        Daemon::None | Daemon::Unchanged => None,
    }
}
