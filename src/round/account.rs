//! One account's part of a round.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    net::IpAddr,
};

use super::{
    Observe, Occasion, Store, Task, Verify, World,
    course::{Course, courses},
    dns::Looked,
};
use crate::{
    core::{
        addr::{Acceptance, Family},
        budget::Budget,
        guard::{Limits, Refusal, guard, too_many},
        intent::{Host, Intent, KeepReason, OnAbsent},
        memory::Memory,
        name::{Fqdn, longest_zone},
        outcome::{Class, Failure, FamilyReport, HostReport, Outcome, Scope},
        plan::{Basis, Change, Planned, memory_suffices, plan},
        record::{AccountName, Existing, Record, Target},
        schedule::{Hold, is_due},
    },
    provider::{Listing, Provider},
};

/// An account as a round needs it.
pub struct AccountSetup<'w, P> {
    /// Its label.
    pub name: &'w AccountName,
    /// The provider and endpoint.
    pub place: &'w str,
    /// Whether it is asked over TLS, which needs a clock that is set.
    pub over_tls: bool,
    /// Changes with the secret and the configuration.
    pub fingerprint: u64,
    /// How many requests it was sent so far, by whatever sends them.
    pub sent: &'w Cell<u32>,
    /// The provider.
    pub provider: &'w P,
    /// What is kept right, in the order of the configuration, with its host.
    pub targets: Vec<(Target, &'w Host)>,
    /// Which addresses may be published, by family: IPv4, IPv6.
    pub acceptance: [&'w Acceptance; 2],
    /// What to do when a family is gone: IPv4, IPv6.
    pub on_absent: [OnAbsent; 2],
}

/// What needs the provider waits; what memory says is right is left at that.
fn wait_for_the_clock(courses: &mut [Course<'_>], memory: &Memory) {
    for course in courses.iter_mut().filter(|it| !it.is_kept()) {
        course.list = false;
        if !course.is_quiet(memory) {
            course.end = Some(Outcome::Kept(KeepReason::NoClock));
        }
    }
}

impl<O: Observe, V: Verify, S: Store, P: Provider> World<'_, O, V, S, P> {
    pub(super) async fn play(
        &self,
        account: &AccountSetup<'_, P>,
        families: &[FamilyReport],
        memory: &RefCell<Memory>,
        task: Task,
    ) -> (Vec<HostReport>, Looked) {
        let now = self.clock.now();
        let mut courses = courses(account, families, &memory.borrow(), task, now);
        self.decide_what_to_list(account, &mut courses, memory, task);
        if account.over_tls && !self.clock.is_set() {
            wait_for_the_clock(&mut courses, &memory.borrow());
        }
        self.obey_holds(&mut courses, memory, task);
        // A change does not wait for DNS servers, dead ones least of all: they are asked in a
        // round that has nothing to write.
        let is_idle = |it: &Course<'_>| it.is_over() || it.is_quiet(&memory.borrow());
        let mut looked = Looked::default();
        if courses.iter().all(is_idle) {
            looked = self.look_at_dns(account, &mut courses, memory).await;
            self.obey_holds(&mut courses, memory, task);
        }
        let listing = self.list(account, &mut courses, memory).await;
        let changes = self.plan(account, &mut courses, memory, listing.as_ref());
        self.write(account, &mut courses, memory, changes, task)
            .await;
        let reports = courses
            .into_iter()
            .map(|course| course.report(&memory.borrow(), self.clock.now()));
        (reports.collect(), looked)
    }

    /// The provider is asked only where memory does not suffice or a look is due: a round that
    /// changes nothing makes no request.
    fn decide_what_to_list(
        &self,
        account: &AccountSetup<'_, P>,
        courses: &mut [Course<'_>],
        memory: &RefCell<Memory>,
        task: Task,
    ) {
        let memory = memory.borrow();
        let remembered = memory.account(account.name);
        let now = self.clock.now();
        // A refused secret is tried again when its hold ends (L4): nobody else would find out.
        let probe = remembered.is_some_and(|it| {
            let hold = it.hold.as_ref();
            hold.is_some_and(|hold| hold.class == Class::Rejected && !hold.binds(now))
        });
        let audited = remembered.and_then(|it| it.audited);
        let audit = task.audit || probe || is_due(audited, self.cadence.audit, now);
        let rules = account.provider.rules();
        for course in courses {
            if matches!(course.intent, Intent::Keep(_)) {
                course.list = false;
                continue;
            }
            let remembered = memory.target(course.target);
            let suffices = remembered.filter(|it| !it.pending).is_some_and(|it| {
                it.confirmed.as_ref().is_some_and(|confirmed| {
                    memory_suffices(course.host, &course.intent, confirmed, rules)
                })
            });
            course.list |= audit || !suffices;
        }
    }

    /// An account or target that failed is left alone until its hold ends; refused credentials are
    /// reported even where nothing needs to be asked.
    fn obey_holds(&self, courses: &mut [Course<'_>], memory: &RefCell<Memory>, task: Task) {
        let now = self.clock.now();
        let memory = memory.borrow();
        let binds = |hold: &Hold| {
            if task.occasion == Occasion::Routine {
                hold.binds(now)
            } else {
                hold.binds_on_request(now)
            }
        };
        for course in courses
            .iter_mut()
            .filter(|it| !it.is_kept() && !it.is_over())
        {
            let Some((hold, scope)) = course.held(&memory, binds) else {
                continue;
            };
            let confirmed = memory.target(course.target);
            let confirmed = confirmed.and_then(|it| it.confirmed.as_ref());
            let right = !course.list && course.is_satisfied_by(confirmed);
            if !right || hold.class == Class::Rejected {
                let failure = hold.failure(scope);
                let until = hold.until;
                course.end = Some(Outcome::Held { failure, until });
                course.list = false;
            }
        }
    }

    async fn list(
        &self,
        account: &AccountSetup<'_, P>,
        courses: &mut [Course<'_>],
        memory: &RefCell<Memory>,
    ) -> Option<Listing> {
        let hosts: BTreeSet<Fqdn> = courses
            .iter()
            .filter(|it| it.list)
            .map(|it| it.target.host.clone())
            .collect();
        if hosts.is_empty() {
            return None;
        }
        let hosts: Vec<_> = hosts.into_iter().collect();
        let zones = memory
            .borrow()
            .account(account.name)
            .map(|it| it.zones.clone())
            .unwrap_or_default();
        if let Some(refusal) = self.too_many_requests(account, &memory.borrow()) {
            for course in courses.iter_mut().filter(|it| !it.is_over() && it.list) {
                course.end = Some(Outcome::Refused(refusal.clone()));
            }
            return None;
        }
        let charged = u32::try_from(zones.len() + 1).unwrap_or(u32::MAX);
        let listed = self
            .counted(
                account,
                memory,
                charged,
                account.provider.list(&hosts, &zones),
            )
            .await;
        let mut memory = memory.borrow_mut();
        let now = self.clock.now();
        match listed {
            Ok(listing) => {
                let everything = courses
                    .iter()
                    .all(|it| it.list || it.is_kept() || it.is_over());
                let remembered = memory.accounts.entry(account.name.clone()).or_default();
                remembered.zones.clone_from(&listing.zones);
                if everything {
                    remembered.audited = Some(now);
                }
                Some(listing)
            }
            Err(failure) => {
                self.hold_account(&mut memory, account.name, &failure);
                // What could be pushed without a list is not tried on an account in trouble.
                for course in courses.iter_mut().filter(|it| !it.is_over()) {
                    let confirmed = memory.target(course.target);
                    let confirmed = confirmed.and_then(|it| it.confirmed.as_ref());
                    if course.list || !course.is_satisfied_by(confirmed) {
                        course.end = Some(Outcome::Failed(failure.clone()));
                    }
                }
                None
            }
        }
    }

    /// Plans every target that is still on its way, and lets the guard look at the result.
    fn plan(
        &self,
        account: &AccountSetup<'_, P>,
        courses: &mut [Course<'_>],
        memory: &RefCell<Memory>,
        listing: Option<&Listing>,
    ) -> Vec<Change> {
        let now = self.clock.now();
        let mut memory = memory.borrow_mut();
        let mut changes = Vec::new();
        for course in courses.iter_mut().filter(|it| !it.is_over()) {
            // While a write is unconfirmed, what was confirmed before it explains nothing.
            let remembered = memory.target(course.target).filter(|it| !it.pending);
            let remembered = remembered.and_then(|it| it.confirmed.clone());
            let listed = listing.filter(|_| course.list);
            if let Some(failure) = listed.and_then(|it| trouble(course.target, it)) {
                self.hold_target(&mut memory, course.target, course.wanted(), &failure);
                course.end = Some(Outcome::Failed(failure));
                continue;
            }
            let existing = match listed {
                Some(listing) => found(course.target, listing),
                None => Existing::Remembered {
                    addrs: remembered
                        .as_ref()
                        .map(|it| it.addrs.clone())
                        .unwrap_or_default(),
                },
            };
            let planned = plan(Basis {
                target: course.target,
                host: course.host,
                intent: &course.intent,
                existing: &existing,
                confirmed: remembered.as_ref().map(|it| &it.addrs[..]),
                rules: account.provider.rules(),
            });
            match planned {
                Planned::Kept(reason) => {
                    if course.list && reason == KeepReason::NotCreated {
                        // Remembered as "none", so that not every round asks again.
                        memory.confirm(course.target, &[], false, course.host.ttl, now);
                    }
                    course.end = Some(Outcome::Kept(reason));
                }
                Planned::Satisfied { addrs, simple } => {
                    if course.list {
                        memory.confirm(course.target, &addrs, simple, course.host.ttl, now);
                    }
                    course.end = Some(Outcome::Unchanged);
                }
                Planned::NoZone => {
                    let failure = no_zone(course.target);
                    self.hold_target(&mut memory, course.target, course.wanted(), &failure);
                    course.end = Some(Outcome::Failed(failure));
                }
                Planned::WouldLose(what) => {
                    let failure = Failure::of_host(Class::Invalid, what.as_str());
                    self.hold_target(&mut memory, course.target, course.wanted(), &failure);
                    memory.target_mut(course.target).pending = true;
                    course.end = Some(Outcome::Refused(Refusal::WouldLose(what)));
                }
                Planned::Change(change) => {
                    // What was confirmed is not there any more: whatever becomes of the change,
                    // nobody may believe so from now on.
                    memory.target_mut(course.target).pending |= course.list;
                    changes.push(change);
                }
            }
        }
        if listing.is_some() && changes.is_empty() {
            memory
                .accounts
                .entry(account.name.clone())
                .or_default()
                .hold = None;
        }
        changes
    }

    async fn write(
        &self,
        account: &AccountSetup<'_, P>,
        courses: &mut [Course<'_>],
        memory: &RefCell<Memory>,
        changes: Vec<Change>,
        task: Task,
    ) {
        if changes.is_empty() {
            return;
        }
        let now = self.clock.now();
        let (safe, refused) = {
            let memory = memory.borrow();
            let repeats = account.provider.rules().repeats;
            let limits = Limits {
                repeats,
                ..self.limits
            };
            let nothing = Budget::default();
            let sent = memory
                .account(account.name)
                .map_or(&nothing, |it| &it.requests);
            guard(changes, limits, now, sent, |target| {
                memory.target(target).map_or(&[][..], |it| &it.writes)
            })
        };
        let mut end = |change: &Change, outcome| {
            if let Some(course) = courses.iter_mut().find(|it| *it.target == change.target) {
                course.change = Some(change.clone());
                course.end = Some(outcome);
            }
        };
        for (change, refusal) in refused {
            end(&change, Outcome::Refused(refusal));
        }
        if task.dry_run || safe.changes().is_empty() {
            for change in safe.changes() {
                end(change, Outcome::Planned);
            }
            return;
        }
        for change in safe.changes() {
            memory.borrow_mut().begin(change, now);
        }
        let results = self
            .counted(
                account,
                memory,
                safe.requests(),
                account.provider.apply(&safe),
            )
            .await;
        let mut memory = memory.borrow_mut();
        let mut troubled = false;
        for (change, result) in safe.changes().iter().zip(results) {
            let course = account
                .targets
                .iter()
                .find(|(target, _)| *target == change.target);
            let ttl = course.and_then(|(_, host)| host.ttl);
            let Err(failure) = result else {
                let simple = change.simple_afterwards;
                let now = self.clock.now();
                memory.done(change);
                memory.confirm(&change.target, &change.to, simple, ttl, now);
                memory.spreads(change, now);
                end(change, Outcome::Changed);
                continue;
            };
            if !matches!(failure.class, Class::Unconfirmed | Class::Contract) {
                memory.retract(change);
            }
            // One hold for one trouble of the account, however many changes it stopped.
            match failure.scope {
                Scope::Account if troubled => {}
                Scope::Account => self.hold_account(&mut memory, account.name, &failure),
                Scope::Host => {
                    self.hold_target(&mut memory, &change.target, change.to.clone(), &failure);
                }
            }
            troubled |= failure.scope == Scope::Account;
            end(
                change,
                match failure.class {
                    Class::Unconfirmed => Outcome::Unconfirmed(failure),
                    _ => Outcome::Failed(failure),
                },
            );
        }
        if !troubled {
            memory
                .accounts
                .entry(account.name.clone())
                .or_default()
                .hold = None;
        }
        // As above.
        let _ = self.store.save(&memory);
    }

    /// Sends requests: at most about `charged`. What is intended, and that they are sent, is on the
    /// disk before the first one leaves (L6): a process that is killed again and again does not ask
    /// again and again without a trace. If the disk fails, the round's own report says so at its end.
    async fn counted<T>(
        &self,
        account: &AccountSetup<'_, P>,
        memory: &RefCell<Memory>,
        charged: u32,
        requests: impl Future<Output = T>,
    ) -> T {
        let budget = |with: &mut dyn FnMut(&mut Budget)| {
            let mut memory = memory.borrow_mut();
            let account = memory.accounts.entry(account.name.clone()).or_default();
            with(&mut account.requests);
        };
        budget(&mut |it| it.charge(charged, self.clock.now()));
        let _ = self.store.save(&memory.borrow());
        let before = account.sent.get();
        let done = requests.await;
        let sent = account.sent.get().wrapping_sub(before);
        budget(&mut |it| it.correct(charged, sent));
        done
    }

    /// Why the account is not asked any more within this hour, if it is not.
    fn too_many_requests(&self, account: &AccountSetup<'_, P>, memory: &Memory) -> Option<Refusal> {
        let now = self.clock.now();
        let sent = &memory.account(account.name)?.requests;
        (sent.spent(now) >= self.limits.requests).then(|| too_many(sent, now))
    }

    fn hold_account(&self, memory: &mut Memory, account: &AccountName, failure: &Failure) {
        let slot = &mut memory.accounts.entry(account.clone()).or_default().hold;
        *slot = Some(self.hold_after(slot.as_ref(), failure));
    }

    /// Puts a target on hold for as long as these addresses are wanted.
    fn hold_target(
        &self,
        memory: &mut Memory,
        target: &Target,
        wanted: Vec<IpAddr>,
        failure: &Failure,
    ) {
        let remembered = memory.target_mut(target);
        let before = remembered
            .hold
            .as_ref()
            .filter(|_| remembered.held_for == wanted);
        remembered.hold = Some(self.hold_after(before, failure));
        remembered.held_for = wanted;
    }

    fn hold_after(&self, before: Option<&Hold>, failure: &Failure) -> Hold {
        Hold::after(before, failure, self.clock.now(), self.chance.unit())
    }
}

/// What a listing has of a target.
fn found(target: &Target, listing: &Listing) -> Existing {
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
    }
}

/// Why the zone that holds a target could not be listed, if it could not.
fn trouble(target: &Target, listing: &Listing) -> Option<Failure> {
    let zone = longest_zone(&target.host, listing.zones.iter().map(|zone| &zone.name))?;
    let (_, failure) = listing.troubles.iter().find(|(name, _)| name == zone)?;
    Some(Failure {
        scope: Scope::Host,
        ..failure.clone()
    })
}

fn no_zone(target: &Target) -> Failure {
    let what = format!(
        "no zone of account `{}` holds {}",
        target.account, target.host
    );
    Failure::of_host(Class::NotFound, what)
}
