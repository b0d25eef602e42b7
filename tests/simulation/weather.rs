//! What is wrong between this host and its providers, and with them.

use std::cell::RefCell;

use sandbox::Service;

use crate::{
    dice::SimRng,
    time::{MINUTE, SECOND},
};

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TransportFault {
    /// No connection: surely nothing happens.
    Unreachable,
    /// It never arrives, and that is not told from a lost answer.
    Vanishes,
    /// It arrives and is done, and the answer does not come in time.
    AnswerLost,
    /// It is done, and the connection is closed.
    Closed,
    /// It is done so long after its sender has given up.
    Late(i64),
    /// Nothing is done; a status without a word.
    Failed(u16),
    /// It is done, and yet the answer is this status.
    FailedAfter(u16),
    /// Nothing is done; a status, and how many seconds to wait.
    Wait(u16, Option<u64>),
    /// Nothing is done; the credentials are refused, for this or for all.
    Refused,
    /// Nothing is done; a page that asks to sign in.
    Page,
    /// It is done, and half of the answer comes.
    Half,
    /// Nothing is done; one of DNSPod's codes.
    Code(&'static str),
}

impl TransportFault {
    /// What can happen to the requests to a service.
    pub(crate) fn drawn(service: Service, rng: &SimRng) -> Self {
        let status = rng.pick(&[500, 502, 503, 504]);
        let seconds = rng.pick(&[
            None,
            Some(0),
            Some(60),
            Some(120),
            Some(3_600),
            Some(20_000),
        ]);
        let fault = rng.pick(&[
            Self::Unreachable,
            Self::Vanishes,
            Self::AnswerLost,
            Self::AnswerLost,
            Self::Closed,
            Self::Closed,
            Self::Late(rng.length(100, 10 * MINUTE)),
            Self::Failed(status),
            Self::FailedAfter(status),
            Self::Wait(429, seconds),
            Self::Wait(503, seconds),
            Self::Refused,
            Self::Page,
            Self::Half,
            Self::Code(rng.pick(&["-2", "-8", "21", "3", "-99", "-15", "4711"])),
        ]);
        match (fault, service) {
            (Self::Code(_), Service::Domeneshop) => Self::Failed(status),
            (fault, _) => fault,
        }
    }

    /// Whether the provider does what it is asked for, sooner or later.
    pub(crate) fn is_done(self) -> bool {
        use TransportFault::{AnswerLost, Closed, FailedAfter, Half, Late};
        matches!(self, AnswerLost | Closed | FailedAfter(_) | Half | Late(_))
    }
}

/// What happens at an account, and to how many of a hundred requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FaultRule {
    pub(crate) fault: TransportFault,
    pub(crate) share: u32,
    /// What only reads is spared.
    pub(crate) is_for_writes: bool,
}

/// The weather at each account.
pub(crate) struct FaultInjector(RefCell<Vec<Vec<FaultRule>>>);

impl FaultRule {
    pub(crate) fn drawn(service: Service, rng: &SimRng) -> Self {
        Self {
            fault: TransportFault::drawn(service, rng),
            share: rng.pick(&[20, 50, 100]),
            is_for_writes: rng.percent(60),
        }
    }
}

impl FaultInjector {
    pub(crate) fn fair(accounts: usize) -> Self {
        Self(RefCell::new(vec![Vec::new(); accounts]))
    }

    pub(crate) fn turns(&self, account: usize, spell: FaultRule) {
        self.0.borrow_mut()[account].push(spell);
    }

    pub(crate) fn clears(&self) {
        self.0.borrow_mut().iter_mut().for_each(Vec::clear);
    }

    /// What becomes of the next request.
    pub(crate) fn strikes(
        &self,
        account: usize,
        writes: bool,
        rng: &SimRng,
    ) -> Option<TransportFault> {
        let spells = self.0.borrow();
        let mut those = spells[account]
            .iter()
            .filter(|it| writes || !it.is_for_writes);
        those.find(|it| rng.percent(it.share)).map(|it| it.fault)
    }
}

/// How long a request or its answer is under way on a good day.
pub(crate) fn way(rng: &SimRng) -> i64 {
    rng.length(5, SECOND / 4)
}
