//! `moored check`: the configuration is right; are the credentials and the zones? `--offline` leaves it at the first.

use std::{cell::RefCell, collections::BTreeSet, iter};

use super::{
    CommandResult, Output,
    account::{RequestContext, probe},
    probe_channel::{ProbeChannel, note},
};
use crate::{
    core::{
        dns::{
            name::{Fqdn, longest_zone},
            record::{AccountName, Target},
        },
        error::{ErrorClass, ProviderError},
        schedule::hold::Hold,
        state::{
            State,
            probe::{ProbeMessage, ProbeRefused},
        },
        verdict::Verdict,
    },
    engine::{Clock, Engine},
    providers::{Listing, Provider},
};

/// An account and the hosts that are kept in it.
pub struct CheckedAccount<'a, P> {
    /// Its label.
    pub name: &'a AccountName,
    /// Changes with the secret and the configuration.
    pub fingerprint: u64,
    /// The provider.
    pub provider: &'a P,
    /// The hosts.
    pub hosts: Vec<Fqdn>,
}

/// What can be said without asking anybody: the configuration was read, and so were its secrets.
pub fn offline(targets: &[Target], output: &mut Output<'_>) -> CommandResult {
    let accounts: BTreeSet<_> = targets.iter().map(|it| &it.account).collect();
    let hosts: BTreeSet<_> = targets.iter().map(|it| (&it.account, &it.host)).collect();
    if output.json {
        let hosts = hosts.into_iter().map(
            |(account, host)| serde_json::json!({ "account": account.0, "host": host.as_str() }),
        );
        output.print_json(&serde_json::json!({ "hosts": hosts.collect::<Vec<_>>() }));
    } else {
        output.text(&format!(
            "the configuration can be used: {} in {}; nobody was asked\n",
            counted(hosts.len(), "host"),
            counted(accounts.len(), "account"),
        ));
    }
    CommandResult::Round(Verdict::Right)
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A host with its account, and the zone and how many address records it has, or what is wrong.
struct Finding<'a> {
    account: &'a AccountName,
    host: &'a Fqdn,
    found: Result<(String, usize), ProviderError>,
}

/// Lists each account's zones and records: nothing is written, so whether the credentials may write
/// shows at the first change. An account that refused its credentials is asked once, at most once a
/// minute (L4); if it accepts them now, it is held back no longer, by the running daemon neither.
pub async fn check(
    accounts: &[CheckedAccount<'_, impl Provider>],
    engine: &impl Engine,
    probing: &impl ProbeChannel,
    state: &RefCell<State>,
    clock: &dyn Clock,
    output: &mut Output<'_>,
) -> CommandResult {
    engine.prepare(state);
    let means = RequestContext {
        state,
        clock,
        progress: &|_, _| {},
    };
    let is_held = |hold: Hold| !hold.class.is_refusal();
    let asked = accounts
        .iter()
        .filter(|it| !means.binding_hold(it.name).is_some_and(is_held));
    let fingerprints: Vec<_> = asked.map(|it| it.fingerprint).collect();
    let permissions = probing.begin(state, &fingerprints).await;
    // What the state says now may be newer than what was read at the start.
    engine.prepare(state);
    let permissions: Vec<_> = iter::zip(fingerprints, permissions).collect();
    let mut diagnostics = Vec::new();
    let mut notes = Vec::new();
    for account in accounts {
        let permission = permissions.iter().find(|it| it.0 == account.fingerprint);
        // One that was not to be asked is held, and is not asked.
        let permission = permission.map_or(Err(ProbeRefused::NotRemembered), |it| it.1);
        let was_refused = means.binding_hold(account.name).is_some();
        let list = account.provider.list(&account.hosts, &[]);
        let end = probe(account.name, means, permission, list).await;
        let found = account.hosts.iter().map(|host| Finding {
            account: account.name,
            host,
            found: match &end {
                Ok(listing) => found(host, listing),
                Err(failure) => Err(failure.clone()),
            },
        });
        let found: Vec<_> = found.collect();
        let message = match &end {
            // It stays noted: the next one is asked in a minute.
            Err(failure) if failure.class.is_refusal() => None,
            Err(_) => Some(ProbeMessage::Finish(account.fingerprint)),
            Ok(_) if found.iter().all(|it| it.found.is_ok()) => {
                Some(ProbeMessage::Clear(account.fingerprint))
            }
            Ok(_) => Some(ProbeMessage::Accepted(account.fingerprint)),
        };
        if let (Some(message), Ok(())) = (message, permission) {
            let daemon = probing.finish(state, message).await;
            let (mut state, now) = (state.borrow_mut(), clock.now());
            let lifted =
                message.is_accepted() && state.lift_holds(account.name, message.is_clear(), now);
            notes.extend(note(account.name, lifted && was_refused, daemon));
        }
        diagnostics.extend(found);
    }
    if let Err(trouble) = engine.save(&state.borrow()) {
        output.text(&format!("{trouble}\n"));
    }
    show(&diagnostics, &notes, output);
    let verdicts = diagnostics.iter().filter_map(|it| it.found.as_ref().err());
    let worst = verdicts.map(|failure| failure.class.verdict()).max();
    CommandResult::Round(worst.unwrap_or(Verdict::Right))
}

/// The zone that holds a host and how many address records it has, or what is wrong.
fn found(host: &Fqdn, listing: &Listing) -> Result<(String, usize), ProviderError> {
    if let Some(failure) = listing.trouble(host) {
        return Err(failure.clone());
    }
    if let Some(conflict) = listing.conflicts.get(host) {
        return Err(ProviderError::of_host(
            ErrorClass::Conflict,
            conflict.to_string(),
        ));
    }
    let zone = longest_zone(host, listing.zones.iter().map(|zone| &zone.name));
    let records = listing.records.iter().filter(|it| it.host == *host).count();
    zone.map(|zone| (zone.to_string(), records)).ok_or_else(|| {
        ProviderError::of_host(
            ErrorClass::NotFound,
            "no zone of the account holds this host",
        )
    })
}

fn show(diagnostics: &[Finding<'_>], notes: &[String], output: &mut Output<'_>) {
    if output.json {
        let hosts = diagnostics.iter().map(|finding| {
            let found = finding.found.as_ref();
            serde_json::json!({
                "account": finding.account.0,
                "host": finding.host.as_str(),
                "ok": found.is_ok(),
                "zone": found.ok().map(|(zone, _)| zone),
                "records": found.ok().map(|(_, records)| records),
                "reason": found.err().map(|it| format!("{it}{}", it.advice())),
            })
        });
        output.print_json(&serde_json::json!({ "hosts": hosts.collect::<Vec<_>>() }));
        return;
    }
    for Finding {
        account,
        host,
        found,
    } in diagnostics
    {
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
                    failure.message, failure.class
                )
            }
        });
    }
    for note in notes {
        output.text(&format!("{note}\n"));
    }
}
