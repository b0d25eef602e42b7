//! Comparing what was confirmed with what the zones' own servers answer.

use std::{cell::RefCell, net::IpAddr, time::Duration};

use super::{
    AccountContext, AddressDetector, DnsVerifier, Reconciler, Store, target_run::TargetRun,
};
use crate::{
    core::{
        address::addr_set::display_list,
        dns::{name::longest_zone, record::Target},
        report::DnsMismatch,
        state::State,
        verification::{DnsFinding, DnsState, ServerAnswer, compare, record_check},
    },
    providers::Provider,
    resolver::RrsetQuery,
};

/// What asking the zones' servers brought.
#[derive(Default)]
pub(super) struct DnsCheck {
    /// What is worth a word.
    pub(super) notes: Vec<DnsMismatch>,
    /// Changes that became visible, and after how long.
    pub(super) visible: Vec<(Target, Duration)>,
}

impl<O: AddressDetector, V: DnsVerifier, S: Store, P: Provider> Reconciler<'_, O, V, S, P> {
    /// Compares what was confirmed with what the zones' servers answer, where that is due.
    pub(super) async fn check_dns(
        &self,
        account: &AccountContext<'_, P>,
        courses: &mut [TargetRun<'_>],
        memory: &RefCell<State>,
    ) -> DnsCheck {
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
            let due = course.is_unchanged()
                && remembered.is_some_and(|it| course.wants_dns(it, self.cadence.verify, now));
            if let (Some(zone), true) = (zone, due) {
                asked.push(position);
                questions.push(RrsetQuery {
                    host: course.target.host.clone(),
                    family: course.target.family,
                    zone: zone.clone(),
                });
            }
        }
        if questions.is_empty() {
            return DnsCheck::default();
        }
        let answers = self.verify.ask(&questions).await;
        let mut looked = DnsCheck::default();
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
            let meaning = record_check(remembered, &seen, self.clock.now());
            if meaning == DnsFinding::PersistentMismatch && !course.is_compared {
                course.list = true;
                course.outcome = None;
            }
            if let DnsFinding::Visible(after) = meaning {
                looked.visible.push((course.target.clone(), after));
            }
            if let Some(what) = words(&seen, &confirmed.addrs, &answers, meaning) {
                looked.notes.push(DnsMismatch {
                    target: course.target.clone(),
                    message: what,
                });
            }
        }
        looked
    }
}

/// What is worth saying about what DNS shows.
fn words(
    seen: &DnsState,
    confirmed: &[IpAddr],
    answers: &[ServerAnswer],
    meaning: DnsFinding,
) -> Option<String> {
    match seen {
        DnsState::Agrees => None,
        _ if meaning == DnsFinding::Propagating => None,
        DnsState::Differs(addrs) => Some(format!(
            "the zone's servers answer {} instead of {}; {}",
            display_list(addrs),
            display_list(confirmed),
            if meaning == DnsFinding::PersistentMismatch {
                "the provider's own list decides"
            } else {
                "looking again soon"
            },
        )),
        DnsState::Mixed => Some(format!(
            "not all of the zone's servers answer {} yet: {}",
            display_list(confirmed),
            said(answers)
        )),
        DnsState::Silent => Some(format!(
            "none of the zone's servers could be asked: {}",
            said(answers)
        )),
    }
}

fn said(answers: &[ServerAnswer]) -> String {
    let say = |it: &ServerAnswer| match &it.answer {
        Ok(addrs) => format!("{}: {}", it.server, display_list(addrs)),
        Err(what) => format!("{}: {what}", it.server),
    };
    answers.iter().map(say).collect::<Vec<_>>().join("; ")
}
