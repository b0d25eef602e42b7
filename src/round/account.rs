//! One account's part of a round.

use std::cell::{Cell, RefCell};

use super::{
    Observe, Occasion, Store, Task, Verify, World,
    course::{Course, courses},
    dns::Looked,
};
use crate::{
    core::{
        addr::Acceptance,
        intent::{Host, Intent, KeepReason, OnAbsent},
        memory::{Memory, TargetMemory},
        outcome::{FamilyReport, HostReport, Outcome},
        plan::memory_suffices,
        record::{AccountName, Target},
        schedule::{Hold, is_due},
    },
    provider::Provider,
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
        // A refused secret is tried again when its hold ends (L4), once: nobody else would find out. If
        // the list succeeds and the guard lets nothing be written, the hold stays for what a write will say.
        let probe = remembered.is_some_and(|it| {
            let hold = it.hold.as_ref();
            let hold = hold.filter(|hold| hold.is_of_credentials() && !hold.binds(now));
            hold.is_some_and(|hold| it.audited.is_none_or(|at| at < hold.until))
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
            let is_owed = remembered.and_then(TargetMemory::look_owed);
            course.list |= audit || !suffices || is_owed.is_some_and(|at| at <= now);
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
            if !right || hold.is_of_credentials() {
                let failure = hold.failure(scope);
                let until = hold.until;
                course.end = Some(Outcome::Held { failure, until });
                course.list = false;
            }
        }
    }
}
