//! One account's part of a round.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use super::{Observe, Store, Task, Verify, World, by_family};
use crate::{
    core::{
        addr::{Acceptance, Family, list},
        guard::{Refusal, guard},
        intent::{Host, Intent, KeepReason, OnAbsent, intend},
        memory::{Confirmed, Memory, TargetMemory},
        name::{Fqdn, longest_zone},
        outcome::{Class, DnsNote, Failure, FamilyReport, HostReport, Outcome, Scope},
        plan::{Basis, Change, Planned, memory_suffices, plan},
        record::{AccountName, Existing, Record, Target},
        schedule::{Hold, SECOND_LOOK, is_due},
        time::Moment,
        verify::{Seen, ServerAnswer, compare, note},
    },
    provider::{Listing, Provider},
    resolve::Question,
};

/// An account as a round needs it.
pub struct AccountSetup<'w, P> {
    /// Its label.
    pub name: &'w AccountName,
    /// The provider and endpoint.
    pub place: &'w str,
    /// Changes with the secret and the configuration.
    pub fingerprint: u64,
    /// The provider.
    pub provider: &'w P,
    /// What is kept right, in the order of the configuration, with its host.
    pub targets: Vec<(Target, &'w Host)>,
    /// Which addresses may be published, by family: IPv4, IPv6.
    pub acceptance: [&'w Acceptance; 2],
    /// What to do when a family is gone: IPv4, IPv6.
    pub on_absent: [OnAbsent; 2],
}

/// A target on its way through the round.
struct Course<'r> {
    target: &'r Target,
    host: &'r Host,
    intent: Intent,
    /// The provider's list is needed to plan.
    list: bool,
    end: Option<Outcome>,
    change: Option<Change>,
}

impl<O: Observe, V: Verify, S: Store, P: Provider> World<'_, O, V, S, P> {
    pub(super) async fn play(
        &self,
        account: &AccountSetup<'_, P>,
        families: &[FamilyReport],
        memory: &RefCell<Memory>,
        task: Task,
    ) -> (Vec<HostReport>, Vec<DnsNote>) {
        let mut courses = courses(account, families);
        let notes = self.look_at_dns(account, &mut courses, memory).await;
        self.decide_what_to_list(account, &mut courses, memory, task);
        self.obey_holds(account, &mut courses, memory, task);
        let listing = self.list(account, &mut courses, memory).await;
        let changes = self.plan(account, &mut courses, memory, listing.as_ref());
        self.write(account, &mut courses, memory, changes, task)
            .await;
        let reports = courses
            .into_iter()
            .map(|course| course.report(&memory.borrow()));
        (reports.collect(), notes)
    }

    /// Compares what was confirmed with what the zones' servers answer, where that is due.
    async fn look_at_dns(
        &self,
        account: &AccountSetup<'_, P>,
        courses: &mut [Course<'_>],
        memory: &RefCell<Memory>,
    ) -> Vec<DnsNote> {
        let now = self.clock.now();
        let mut asked = Vec::new();
        let mut questions = Vec::new();
        for (position, course) in courses.iter().enumerate() {
            let memory = memory.borrow();
            let zones = memory
                .account(account.name)
                .map_or(&[][..], |it| &it.zones[..]);
            let zone = longest_zone(&course.target.host, zones.iter().map(|zone| &zone.name));
            let remembered = memory.target(course.target);
            let due = remembered.is_some_and(|it| course.wants_dns(it, self.cadence.verify, now));
            if let (Some(zone), true) = (zone, due) {
                asked.push(position);
                questions.push(Question {
                    host: course.target.host.clone(),
                    family: course.target.family,
                    zone: zone.clone(),
                });
            }
        }
        if questions.is_empty() {
            return Vec::new();
        }
        let answers = self.verify.ask(&questions).await;
        let mut notes = Vec::new();
        let mut memory = memory.borrow_mut();
        for (position, answers) in asked.into_iter().zip(answers) {
            let Some(course) = courses.get_mut(position) else {
                continue;
            };
            let remembered = memory.target_mut(course.target);
            let Some(confirmed) = remembered.confirmed.clone() else {
                continue;
            };
            let seen = compare(&confirmed.addrs, &answers);
            let lasts = note(remembered, &seen, self.clock.now());
            course.list |= lasts;
            if let Some(what) = words(&seen, &confirmed.addrs, &answers, lasts) {
                notes.push(DnsNote {
                    target: course.target.clone(),
                    what,
                });
            }
        }
        notes
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
        let audited = memory.account(account.name).and_then(|it| it.audited);
        let audit = task.audit || is_due(audited, self.cadence.audit, self.clock.now());
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
    fn obey_holds(
        &self,
        account: &AccountSetup<'_, P>,
        courses: &mut [Course<'_>],
        memory: &RefCell<Memory>,
        task: Task,
    ) {
        let now = self.clock.now();
        let memory = memory.borrow();
        let binds = |hold: &Hold| {
            if task.on_request {
                hold.binds_on_request(now)
            } else {
                hold.binds(now)
            }
        };
        let account_hold = memory.account(account.name).and_then(|it| it.hold.as_ref());
        for course in courses {
            if matches!(course.intent, Intent::Keep(_)) {
                continue;
            }
            let own = memory.target(course.target).and_then(|it| it.hold.as_ref());
            let of_account = account_hold.map(|hold| (hold, Scope::Account));
            let binding = of_account.or(own.map(|hold| (hold, Scope::Host)));
            let Some((hold, scope)) = binding.filter(|(hold, _)| binds(hold)) else {
                continue;
            };
            let confirmed = memory
                .target(course.target)
                .and_then(|it| it.confirmed.as_ref());
            let right = !course.list && course.is_satisfied_by(confirmed);
            if !right || hold.class == Class::Rejected {
                let failure = hold.failure(scope);
                course.end = Some(Outcome::Held {
                    failure,
                    until: hold.until,
                });
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
        let listed = account.provider.list(&hosts, &zones).await;
        let mut memory = memory.borrow_mut();
        let now = self.clock.now();
        match listed {
            Ok(listing) => {
                let everything = courses
                    .iter()
                    .all(|it| it.list || it.is_kept() || it.is_over());
                let remembered = memory.accounts.entry(account.name.clone()).or_default();
                remembered.zones.clone_from(&listing.zones);
                remembered.hold = None;
                if everything {
                    remembered.audited = Some(now);
                }
                Some(listing)
            }
            Err(failure) => {
                self.hold(&mut memory, account.name, None, &failure);
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
            let remembered = memory
                .target(course.target)
                .and_then(|it| it.confirmed.clone());
            let existing = match listing.filter(|_| course.list) {
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
                    self.hold(&mut memory, account.name, Some(course.target), &failure);
                    course.end = Some(Outcome::Failed(failure));
                }
                Planned::WouldLose(what) => {
                    course.end = Some(Outcome::Refused(Refusal::WouldLose(what)));
                }
                Planned::Change(change) => changes.push(change),
            }
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
            guard(changes, self.limits, now, |target| {
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
        // The intention is on the disk before the request leaves (L6). If the disk fails, the
        // round's own report says so at its end.
        let _ = self.store.save(&memory.borrow());
        let results = account.provider.apply(&safe).await;
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
                memory.confirm(&change.target, &change.to, simple, ttl, self.clock.now());
                end(change, Outcome::Changed);
                continue;
            };
            // One hold for one trouble of the account, however many changes it stopped.
            let of_account = failure.scope == Scope::Account;
            if !of_account || !troubled {
                self.hold(&mut memory, account.name, Some(&change.target), &failure);
            }
            troubled |= of_account;
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

    /// Puts the account or the target on hold, as the failure's scope says.
    fn hold(
        &self,
        memory: &mut Memory,
        account: &AccountName,
        target: Option<&Target>,
        failure: &Failure,
    ) {
        let slot = match (failure.scope, target) {
            (Scope::Host, Some(target)) => &mut memory.target_mut(target).hold,
            _ => &mut memory.accounts.entry(account.clone()).or_default().hold,
        };
        let hold = Hold::after(slot.as_ref(), failure, self.clock.now(), self.chance.unit());
        *slot = Some(hold);
    }
}

/// Every target with what is wanted for it.
fn courses<'r, P>(account: &'r AccountSetup<'_, P>, families: &[FamilyReport]) -> Vec<Course<'r>> {
    let observed: BTreeMap<_, _> = by_family(families);
    let [acceptance4, acceptance6] = account.acceptance;
    let [absent4, absent6] = account.on_absent;
    let courses = account.targets.iter().filter_map(|(target, host)| {
        let observation = observed.get(&target.family)?;
        let (acceptance, on_absent) = match target.family {
            Family::V4 => (acceptance4, absent4),
            Family::V6 => (acceptance6, absent6),
        };
        let intent = intend(host, observation, acceptance, on_absent);
        Some(Course {
            target,
            host,
            intent,
            list: false,
            end: None,
            change: None,
        })
    });
    courses.collect()
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

fn no_zone(target: &Target) -> Failure {
    let what = format!(
        "no zone of account `{}` holds {}",
        target.account, target.host
    );
    Failure::of_host(Class::NotFound, what)
}

/// What is worth saying about what DNS shows.
fn words(
    seen: &Seen,
    confirmed: &[IpAddr],
    answers: &[ServerAnswer],
    lasts: bool,
) -> Option<String> {
    match seen {
        Seen::Agrees => None,
        Seen::Differs(addrs) => Some(format!(
            "the zone's servers answer {} instead of {}; {}",
            list(addrs),
            list(confirmed),
            if lasts {
                "the provider's own list decides"
            } else {
                "looking again soon"
            },
        )),
        Seen::Mixed => Some(format!(
            "not all of the zone's servers answer {} yet: {}",
            list(confirmed),
            said(answers)
        )),
        Seen::Silent => Some(format!(
            "none of the zone's servers could be asked: {}",
            said(answers)
        )),
    }
}

fn said(answers: &[ServerAnswer]) -> String {
    let say = |it: &ServerAnswer| match &it.answer {
        Ok(addrs) => format!("{}: {}", it.server, list(addrs)),
        Err(what) => format!("{}: {what}", it.server),
    };
    answers.iter().map(say).collect::<Vec<_>>().join("; ")
}

impl Course<'_> {
    fn is_over(&self) -> bool {
        self.end.is_some()
    }

    fn is_kept(&self) -> bool {
        matches!(self.intent, Intent::Keep(_))
    }

    /// DNS is asked about what was confirmed and is still wanted.
    fn wants_dns(&self, memory: &TargetMemory, verify: Duration, now: Moment) -> bool {
        let every = if memory.differing > 0 {
            verify.min(SECOND_LOOK)
        } else {
            verify
        };
        let confirmed = memory.confirmed.as_ref();
        !memory.pending && self.is_satisfied_by(confirmed) && is_due(memory.verified, every, now)
    }

    /// Whether what was confirmed leaves nothing to do: the wanted addresses, or no record where
    /// none may be created.
    fn is_satisfied_by(&self, confirmed: Option<&Confirmed>) -> bool {
        match (&self.intent, confirmed) {
            (Intent::Keep(_), _) => true,
            (_, None) => false,
            (Intent::Clear, Some(there)) => there.addrs.is_empty(),
            (Intent::Set(_), Some(there)) if there.addrs.is_empty() => !self.host.create,
            (Intent::Set(wanted), Some(there)) => wanted.addrs().iter().eq(&there.addrs),
        }
    }

    fn report(self, memory: &Memory) -> HostReport {
        let confirmed = memory
            .target(self.target)
            .and_then(|it| it.confirmed.as_ref());
        HostReport {
            target: self.target.clone(),
            outcome: self.end.unwrap_or(Outcome::Unchanged),
            addresses: confirmed.map(|it| it.addrs.clone()).unwrap_or_default(),
            change: self.change,
        }
    }
}
