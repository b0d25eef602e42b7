//! What an account has, and what has to change there.

use std::{cell::RefCell, collections::BTreeSet, net::IpAddr};

use super::{
    AccountContext, AddressDetector, DnsVerifier, Reconciler, Store, target_run::TargetRun,
};
use crate::{
    core::{
        address::family::Family,
        dns::{
            change::Change,
            name::{Fqdn, longest_zone},
            record::{Existing, Record, Target},
        },
        error::{ErrorClass, ProviderError, Scope},
        reconcile::{
            intent::KeepReason,
            outcome::Outcome,
            plan::{PlanInput, PlanResult, plan},
            rejection::GuardRejection,
        },
        state::State,
    },
    providers::{Listing, Provider},
};

impl<O: AddressDetector, V: DnsVerifier, S: Store, P: Provider> Reconciler<'_, O, V, S, P> {
    pub(super) async fn list(
        &self,
        account: &AccountContext<'_, P>,
        target_runs: &mut [TargetRun<'_>],
        state: &RefCell<State>,
    ) -> Option<Listing> {
        let needed = |target_run: &&mut TargetRun<'_>| target_run.list && !target_run.is_finished();
        for target_run in target_runs.iter_mut().filter(needed) {
            let is_for_change = target_run.wants_other_addresses(&state.borrow());
            let refusal = self.check_quota(account, &state.borrow(), is_for_change);
            if let Some(refusal) = refusal {
                target_run.outcome = Some(Outcome::Refused(refusal));
                target_run.list = false;
            }
        }
        let hosts: BTreeSet<Fqdn> = target_runs
            .iter()
            .filter(|it| it.list)
            .map(|it| it.target.host.clone())
            .collect();
        if hosts.is_empty() {
            return None;
        }
        let hosts: Vec<_> = hosts.into_iter().collect();
        let zones = state
            .borrow()
            .account(account.name)
            .map(|it| it.zones.clone())
            .unwrap_or_default();
        let charged = u32::try_from(zones.len() + 1).unwrap_or(u32::MAX);
        let listed = self
            .with_quota(
                account,
                state,
                charged,
                account.provider.list(&hosts, &zones),
            )
            .await;
        let mut state = state.borrow_mut();
        match listed {
            Ok(listing) => {
                let remembered = state.accounts.entry(account.name.clone()).or_default();
                remembered.zones.clone_from(&listing.zones);
                Some(listing)
            }
            Err(failure) => {
                self.hold_account(&mut state, account.name, &failure);
                // What could be pushed without a list is not tried on an account in trouble.
                for target_run in target_runs.iter_mut().filter(|it| !it.is_finished()) {
                    let confirmed = state.target(target_run.target);
                    let confirmed = confirmed.and_then(|it| it.confirmed.as_ref());
                    if target_run.list || !target_run.is_satisfied_by(confirmed) {
                        target_run.outcome = Some(Outcome::Failed(failure.clone()));
                    }
                }
                None
            }
        }
    }

    /// Plans every target that is still on its way, and lets the guard look at the result.
    pub(super) fn plan(
        &self,
        account: &AccountContext<'_, P>,
        target_runs: &mut [TargetRun<'_>],
        state: &RefCell<State>,
        listing: Option<&Listing>,
    ) -> Vec<Change> {
        let now = self.clock.now();
        let mut state = state.borrow_mut();
        let mut changes = Vec::new();
        for target_run in target_runs.iter_mut().filter(|it| !it.is_finished()) {
            if let Some(listing) =
                listing.filter(|it| target_run.list && is_zone_listed(target_run.target, it))
            {
                let there = addresses(target_run.target, listing);
                state.target_mut(target_run.target).read_back(&there, now);
            }
            // While a write is unconfirmed, what was confirmed before it explains nothing.
            let remembered = state.target(target_run.target).filter(|it| !it.unconfirmed);
            let remembered = remembered.and_then(|it| it.confirmed.clone());
            let listed = listing.filter(|_| target_run.list);
            if let Some(failure) = listed.and_then(|it| zone_error(target_run.target, it)) {
                self.hold_target(&mut state, target_run.target, target_run.wanted(), &failure);
                target_run.outcome = Some(Outcome::Failed(failure));
                continue;
            }
            let existing = match listed {
                Some(listing) => existing(target_run.target, listing),
                None => Existing::Remembered {
                    addrs: remembered
                        .as_ref()
                        .map(|it| it.addrs.clone())
                        .unwrap_or_default(),
                },
            };
            let planned = plan(PlanInput {
                target: target_run.target,
                host: target_run.host,
                intent: &target_run.intent,
                existing: &existing,
                confirmed: remembered.as_ref().map(|it| &it.addrs[..]),
                rules: account.provider.capabilities(),
            });
            match planned {
                PlanResult::Kept(reason) => {
                    if target_run.list && reason == KeepReason::NotCreated {
                        // Remembered as "none", so that not every round asks again.
                        state.confirm(target_run.target, &[], false, target_run.host.ttl, now);
                    }
                    target_run.outcome = Some(Outcome::Kept(reason));
                }
                PlanResult::Satisfied { addrs, simple } => {
                    if target_run.list {
                        state.confirm(target_run.target, &addrs, simple, target_run.host.ttl, now);
                    }
                    target_run.outcome = Some(Outcome::Unchanged);
                }
                PlanResult::NoZone => {
                    let failure = no_zone(target_run.target);
                    self.hold_target(&mut state, target_run.target, target_run.wanted(), &failure);
                    target_run.outcome = Some(Outcome::Failed(failure));
                }
                PlanResult::LossyUpdate(what) => {
                    let failure = ProviderError::of_host(ErrorClass::Invalid, what.as_str());
                    self.hold_target(&mut state, target_run.target, target_run.wanted(), &failure);
                    state.target_mut(target_run.target).unconfirmed = true;
                    target_run.outcome = Some(Outcome::Refused(GuardRejection::LossyUpdate(what)));
                }
                PlanResult::Conflict(conflict) => {
                    let failure =
                        ProviderError::of_host(ErrorClass::Conflict, conflict.to_string());
                    self.hold_target(&mut state, target_run.target, target_run.wanted(), &failure);
                    state.target_mut(target_run.target).unconfirmed = true;
                    target_run.outcome = Some(Outcome::Refused(GuardRejection::Conflict(conflict)));
                }
                PlanResult::Change(change) => {
                    // What was confirmed is not there any more: whatever becomes of the change,
                    // nobody may believe so from now on.
                    state.target_mut(target_run.target).unconfirmed |= target_run.list;
                    changes.push(change);
                }
            }
        }
        changes
    }
}

/// Whether the zone that holds a target was listed.
fn is_zone_listed(target: &Target, listing: &Listing) -> bool {
    let is_there = matches!(existing(target, listing), Existing::Listed { .. });
    is_there && zone_error(target, listing).is_none()
}

/// The addresses that a listing has of a target, in order.
fn addresses(target: &Target, listing: &Listing) -> Vec<IpAddr> {
    let Existing::Listed { records, .. } = existing(target, listing) else {
        return Vec::new();
    };
    let mut addrs: Vec<_> = records.iter().map(|record| record.addr).collect();
    addrs.sort_unstable();
    addrs
}

/// What a listing has of a target.
fn existing(target: &Target, listing: &Listing) -> Existing {
    let names = listing.zones.iter().map(|zone| &zone.name);
    let name = longest_zone(&target.host, names);
    let Some(zone) = listing.zones.iter().find(|zone| Some(&zone.name) == name) else {
        return Existing::NoZone;
    };
    let own =
        |record: &&Record| record.host == target.host && Family::of(record.addr) == target.family;
    let records = listing.records.iter().filter(own).cloned().collect();
    Existing::Listed {
        zone: zone.clone(),
        records,
        conflict: listing.conflicts.get(&target.host).cloned(),
        min_ttl: listing.min_ttls.get(&zone.name).copied(),
    }
}

/// Why it is not known what a target has, if it is not.
fn zone_error(target: &Target, listing: &Listing) -> Option<ProviderError> {
    Some(ProviderError {
        scope: Scope::Host,
        ..listing.trouble(&target.host)?.clone()
    })
}

fn no_zone(target: &Target) -> ProviderError {
    let what = format!(
        "no zone of account `{}` holds {}",
        target.account, target.host
    );
    ProviderError::of_host(ErrorClass::NotFound, what)
}
