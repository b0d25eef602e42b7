//! Our addresses as a round learns of them: each family by itself, so that one that is slow to be found out holds up
//! no other.

use std::{cell::RefCell, future::poll_fn, pin::Pin, task::Poll};

use tokio::sync::watch;

use super::{AddressDetector, DnsVerifier, Provider, Reconciler, Store};
use crate::core::{
    detection::{report::DetectionReport, state::DetectionState},
    state::State,
};

/// What a round knows so far.
#[derive(Debug)]
pub(super) struct Observations {
    reports: RefCell<Vec<DetectionReport>>,
    progress: watch::Sender<DetectionProgress>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct DetectionProgress {
    reports: usize,
    is_complete: bool,
}

impl Default for Observations {
    fn default() -> Self {
        Self {
            reports: RefCell::default(),
            progress: watch::Sender::new(DetectionProgress::default()),
        }
    }
}

impl Observations {
    fn add(&self, fresh: Vec<DetectionReport>) {
        self.reports.borrow_mut().extend(fresh);
        self.progress
            .send_modify(|progress| progress.reports = self.reports.borrow().len());
    }

    /// Nothing more will be found out in this round.
    pub(super) fn close(&self) {
        self.progress
            .send_modify(|progress| progress.is_complete = true);
    }

    /// What has been found out beyond the first `known`, as soon as there is something; nothing at the end.
    pub(super) async fn beyond(&self, known: usize) -> Vec<DetectionReport> {
        let mut progress = self.progress.subscribe();
        let is_news =
            |progress: &DetectionProgress| progress.reports > known || progress.is_complete;
        // The sender lives as long as `self`.
        let _ = progress.wait_for(is_news).await;
        let reports = self.reports.borrow();
        reports.get(known..).unwrap_or_default().to_vec()
    }

    /// All of it, in the order of families and interfaces.
    pub(super) fn into_reports(self) -> Vec<DetectionReport> {
        let mut reports = self.reports.into_inner();
        reports.sort_by(|one, other| one.path.cmp(&other.path));
        reports
    }
}

impl<O: AddressDetector, V: DnsVerifier, S: Store, P: Provider> Reconciler<'_, O, V, S, P> {
    /// Finds out the addresses that some host wants to know, all at once. What is known at once is told at once; of what takes
    /// its time, answers that come close together are told together, so that a line that reconnects costs one write.
    pub(super) async fn detect(&self, state: &RefCell<State>, observations: &Observations) {
        let pasts = state.borrow().paths.clone();
        let nothing = DetectionState::default();
        let detection_paths = self.detection_paths();
        let mut pending: Vec<_> = detection_paths
            .iter()
            .map(|detection_path| {
                let past = pasts.get(detection_path).unwrap_or(&nothing);
                Box::pin(self.observe.observe(detection_path, past))
            })
            .collect();
        let mut fresh = finished(&mut pending).await;
        while !pending.is_empty() {
            self.digest(state, observations, fresh);
            fresh = next_finished(&mut pending).await;
            let mut together = Box::pin(self.observe.pause_between_families());
            while !pending.is_empty() {
                let more = poll_fn(|context| {
                    let finished = poll_all(&mut pending, context);
                    if !finished.is_empty() {
                        return Poll::Ready(finished);
                    }
                    together.as_mut().poll(context).map(|()| Vec::new())
                });
                let more = more.await;
                if more.is_empty() {
                    break;
                }
                fresh.extend(more);
            }
        }
        self.digest(state, observations, fresh);
    }

    fn digest(
        &self,
        state: &RefCell<State>,
        observations: &Observations,
        mut fresh: Vec<DetectionReport>,
    ) {
        if fresh.is_empty() {
            return;
        }
        let mut state = state.borrow_mut();
        for report in &mut fresh {
            let past = state.paths.entry(report.path.clone()).or_default();
            past.apply(report, self.clock.now());
        }
        for account in &self.accounts {
            self.overlap.account(account.name).record(&fresh);
        }
        observations.add(fresh);
    }
}

/// Takes out what is finished. All are polled each time: there are few of them.
fn poll_all<F: Future>(
    pending: &mut Vec<Pin<Box<F>>>,
    context: &mut std::task::Context<'_>,
) -> Vec<F::Output> {
    let mut finished = Vec::new();
    pending.retain_mut(|future| match future.as_mut().poll(context) {
        Poll::Ready(output) => {
            finished.push(output);
            false
        }
        Poll::Pending => true,
    });
    finished
}

/// What is finished without waiting.
async fn finished<F: Future>(pending: &mut Vec<Pin<Box<F>>>) -> Vec<F::Output> {
    poll_fn(|context| Poll::Ready(poll_all(pending, context))).await
}

/// What is finished next; `pending` is not empty.
async fn next_finished<F: Future>(pending: &mut Vec<Pin<Box<F>>>) -> Vec<F::Output> {
    poll_fn(|context| {
        let finished = poll_all(pending, context);
        if finished.is_empty() {
            Poll::Pending
        } else {
            Poll::Ready(finished)
        }
    })
    .await
}
