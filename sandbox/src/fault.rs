//! Faults on demand: what a service does instead of, or besides, answering as it should.

use std::time::Duration;

use crate::log::Service;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The request is read, then nothing happens for as long as the caller waits.
    Hang,
    /// The connection is closed before anything was done.
    Drop,
    /// The work is done, then the connection is closed without an answer.
    LoseAnswer,
    /// Nothing is done; the answer has this status and body.
    Status(u16, String),
    /// Nothing is done; the answer is 200 with a page of HTML, as a captive portal gives.
    Garbage,
    /// The work is done; the answer's body stops half-way, with a content length that fits the half.
    Truncate,
    /// The work is done; the answer promises its whole length, and the connection closes half-way.
    CutOff,
    /// The work is done; the body comes byte by byte, with this pause before each.
    Slow(Duration),
    /// Nothing is done; the answer is 200 and its body never ends.
    Endless,
    /// Nothing is done; the answer has this status and this `Retry-After`.
    RetryAfter(u16, String),
    /// Nothing is done; the answer carries this API code in the provider's own form: DNSPod's `status.code`
    /// with HTTP 200, Domeneshop's `code` with HTTP 400.
    Code(String),
    /// The work is done at once; the answer waits.
    DelayAnswer(Duration),
    /// Nothing is done until so much time has passed; then the work is done and answered, whether or not the caller is
    /// still there. [`crate::Sandbox::settle`] waits for it.
    DelayWork(Duration),
}

/// A fault and the requests it strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub(crate) service: Service,
    pub(crate) part: String,
    pub(crate) kind: FaultKind,
    pub(crate) skip: usize,
    pub(crate) left: Option<usize>,
}

impl Fault {
    /// A fault that strikes once: the next request to `service` in whose `METHOD /path?query` (or, for DNSPod, in
    /// whose form) `part` occurs. An empty part occurs in every request.
    pub fn new(service: Service, part: &str, kind: FaultKind) -> Self {
        Self {
            service,
            part: part.to_owned(),
            kind,
            skip: 0,
            left: Some(1),
        }
    }

    /// Strikes that often.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.left = Some(times);
        self
    }

    /// Strikes until [`crate::Sandbox::clear_faults`].
    #[must_use]
    pub fn always(mut self) -> Self {
        self.left = None;
        self
    }

    /// Lets so many requests that match pass first.
    #[must_use]
    pub fn after(mut self, requests: usize) -> Self {
        self.skip = requests;
        self
    }
}

/// The fault that strikes this request, counted down; the first that matches wins.
pub(crate) fn strike(
    faults: &mut Vec<Fault>,
    service: Service,
    request_line: &str,
    body: &str,
) -> Option<FaultKind> {
    let at = faults.iter_mut().position(|fault| {
        let matches = fault.service == service
            && fault.left != Some(0)
            && (request_line.contains(&fault.part) || body.contains(&fault.part));
        if matches && fault.skip > 0 {
            fault.skip -= 1;
            return false;
        }
        matches
    })?;
    let kind = faults[at].kind.clone();
    if let Some(left) = &mut faults[at].left {
        *left -= 1;
        if *left == 0 {
            faults.remove(at);
        }
    }
    Some(kind)
}
