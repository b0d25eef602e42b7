//! The way to a provider and back.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use moored::http::{Delivery, Request, Response, SendError, Transport};

use crate::{
    deed::ObservedRequest,
    line::LinkState,
    scene::{InFlight, ScheduledEvent, SimWorld},
    time::SECOND,
    weather::{TransportFault, way},
};

/// Carries an account's requests.
pub(crate) struct SimTransport {
    scene: Rc<SimWorld>,
    account: usize,
    timeout: i64,
    pub(crate) sent: Cell<u32>,
}

/// A request that is under way: whether it arrives if its sender dies is a matter of luck.
struct InFlightGuard<'w> {
    parcel: Rc<InFlight>,
    wire: &'w SimTransport,
    /// Its sender has its answer, or waits for it no longer.
    is_over: bool,
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        self.parcel.is_awaited.set(false);
        if !self.is_over && self.wire.scene.rng.percent(50) {
            self.parcel.is_lost.set(true);
        }
    }
}

impl SimTransport {
    pub(crate) fn new(scene: &Rc<SimWorld>, account: usize, timeout: Duration) -> Self {
        Self {
            scene: Rc::clone(scene),
            account,
            timeout: i64::try_from(timeout.as_millis()).unwrap(),
            sent: Cell::new(0),
        }
    }

    /// The request arrives at that time, and the answer, or what becomes of it, is here at the other.
    async fn carry(&self, parcel: Rc<InFlight>, arrives: i64, back: i64) -> Option<Response> {
        let time = &self.scene.time;
        self.scene
            .expect(arrives, ScheduledEvent::Arrival(Rc::clone(&parcel)));
        let mut under_way = InFlightGuard {
            parcel,
            wire: self,
            is_over: false,
        };
        time.until(arrives.min(back)).await;
        time.until(back).await;
        under_way.is_over = true;
        under_way.parcel.answer.take()
    }

    async fn exchange(
        &self,
        request: &Request,
        deed: &ObservedRequest,
    ) -> Result<Response, SendError> {
        let SimWorld { time, rng, .. } = &*self.scene;
        let failed = |sent, what: &str| {
            let what = what.to_owned();
            Err(SendError { sent, what })
        };
        let left = time.at();
        let end = left + self.timeout;
        match self.scene.line.link() {
            LinkState::Up => {}
            LinkState::Unplugged => {
                time.until(time.at() + 1).await;
                return failed(Delivery::NotSent, "no connection: network is unreachable");
            }
            LinkState::BlackHole => {
                time.until(end).await;
                return failed(Delivery::NotSent, "no connection in time");
            }
        }
        let fault = self.scene.weather.strikes(self.account, deed.writes(), rng);
        if let Some(fault) = &fault {
            self.scene.faults.count(fault);
        }
        let there = time.at() + way(rng);
        let back = there + way(rng);
        let naps = self.scene.naps.get();
        let mut answer = None;
        if fault.is_none_or(TransportFault::is_done) {
            let (arrives, back) = match fault {
                Some(TransportFault::AnswerLost) => (there, end),
                Some(TransportFault::Late(by)) => (end + by, end),
                _ => (there, back),
            };
            let parcel = Rc::new(InFlight {
                account: self.account,
                left,
                request: request.clone(),
                deed: deed.clone(),
                answer: RefCell::new(None),
                is_awaited: Cell::new(true),
                is_lost: Cell::new(false),
            });
            answer = self.carry(parcel, arrives, back).await;
        } else if fault == Some(TransportFault::Vanishes) {
            time.until(end).await;
        } else {
            time.until(back).await;
        }
        if self.scene.naps.get() != naps {
            return failed(Delivery::Unknown, "connection reset by peer");
        }
        let with = |status, text: &str| Response {
            status,
            retry_after: None,
            location: None,
            body: text.into(),
        };
        let Some(fault) = fault else {
            return answer
                .map_or_else(|| failed(Delivery::Unknown, "connection reset by peer"), Ok);
        };
        match fault {
            TransportFault::Unreachable => {
                failed(Delivery::NotSent, "no connection: connection refused")
            }
            TransportFault::Vanishes | TransportFault::AnswerLost | TransportFault::Late(_) => {
                failed(Delivery::Unknown, "no complete answer in time")
            }
            TransportFault::Closed => {
                failed(Delivery::Unknown, "connection closed before the answer")
            }
            TransportFault::Failed(status) | TransportFault::FailedAfter(status) => {
                Ok(with(status, ""))
            }
            TransportFault::Wait(status, seconds) => Ok(Response {
                retry_after: seconds.map(Duration::from_secs),
                ..with(status, "")
            }),
            TransportFault::Refused => Ok(with(401, "")),
            TransportFault::Page => Ok(with(
                200,
                "<html><h1>Please sign in to use this network</h1></html>",
            )),
            TransportFault::Half => Ok(answer.map_or_else(
                || with(200, ""),
                |mut it| {
                    it.body.truncate(it.body.len() / 2);
                    it
                },
            )),
            TransportFault::Code(code) => {
                let said = format!(r#"{{"status":{{"code":"{code}","message":"as it pleases"}}}}"#);
                Ok(with(200, &said))
            }
        }
    }
}

impl Transport for SimTransport {
    async fn send(&self, request: &Request) -> Result<Response, SendError> {
        self.sent.set(self.sent.get().wrapping_add(1));
        if self.scene.disk.is_torn() {
            // The process is dead and does not know it yet.
            return std::future::pending().await;
        }
        let scene = &self.scene;
        let deed = ObservedRequest::of(request, self.account, &scene.place);
        let begun = scene.time.at();
        scene
            .log
            .note(begun, || format!("a{} is asked for {deed:?}", self.account));
        scene.laws.borrow_mut().leaves(scene, self.account, &deed);
        let end = self.exchange(request, &deed).await;
        let now = scene.time.at();
        scene.log.note(now, || match &end {
            Ok(answer) => format!(
                "a{} answers {} {}",
                self.account,
                answer.status,
                answer.excerpt()
            ),
            Err(error) => format!("a{} does not answer: {error}", self.account),
        });
        scene
            .laws
            .borrow_mut()
            .hears(scene, self.account, &deed, &end);
        assert!(
            now - begun <= self.timeout + SECOND || scene.naps.get() > 0,
            "L9: a request without a deadline"
        );
        end
    }
}
