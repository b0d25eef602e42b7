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
        target_runs: &mut [TargetRun<'_>],
        state: &RefCell<State>,
    ) -> DnsCheck {
        let now = self.clock.now();
        let mut asked = Vec::new();
        let mut questions = Vec::new();
        for (position, target_run) in target_runs.iter().enumerate() {
            let state = state.borrow();
            let zones = state
                .account(account.name)
                .map_or(&[][..], |it| &it.zones[..]);
            let zone = longest_zone(&target_run.target.host, zones.iter().map(|zone| &zone.name));
            let remembered = state.target(target_run.target);
            let due = target_run.is_unchanged()
                && remembered
                    .is_some_and(|it| target_run.wants_dns(it, self.intervals.verify, now));
            if let (Some(zone), true) = (zone, due) {
                asked.push(position);
                questions.push(RrsetQuery {
                    host: target_run.target.host.clone(),
                    family: target_run.target.family,
                    zone: zone.clone(),
                });
            }
        }
        if questions.is_empty() {
            return DnsCheck::default();
        }
        let answers = self.verify.ask(&questions).await;
        let mut looked = DnsCheck::default();
        let mut state = state.borrow_mut();
        for (position, answers) in asked.into_iter().zip(answers) {
            let Some(target_run) = target_runs.get_mut(position) else {
                continue;
            };
            let remembered = state.target_mut(target_run.target);
            let Some(confirmed) = remembered.confirmed.clone() else {
                continue;
            };
            let seen = compare(&confirmed.addrs, &answers);
            let meaning = record_check(remembered, &seen, self.clock.now());
            if meaning == DnsFinding::PersistentMismatch && !target_run.is_compared {
                target_run.list = true;
                target_run.outcome = None;
            }
            if let DnsFinding::Visible(after) = meaning {
                looked.visible.push((target_run.target.clone(), after));
            }
            if let Some(what) = words(&seen, &confirmed.addrs, &answers, meaning) {
                looked.notes.push(DnsMismatch {
                    target: target_run.target.clone(),
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
