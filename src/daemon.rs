//! The loop: the only place that sleeps.

use std::{
    cell::RefCell,
    future::poll_fn,
    pin::{Pin, pin},
    rc::Rc,
    task::Poll,
    time::Duration,
};

use futures_util::future::{Either, select};
use tracing::{debug, error, info};

use crate::{
    core::time::BootTime,
    report::{self, status::LastRound},
};
use crate::{
    core::{
        next_round::Schedule,
        report::Report,
        schedule::debounce::{ManualRequest, NetworkEvent, TriggerQueue},
        state::State,
    },
    engine::{Clock, Engine, Rng, RoundOptions, Trigger},
};

/// What can happen between and during rounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// Stop: SIGTERM, SIGINT.
    Stop,
    /// Read the configuration again: SIGHUP.
    Reload,
    /// A full round now: SIGUSR1.
    FullCheck,
    /// Something says that the network has changed.
    Network(NetworkEvent),
}

/// The outside world's side of the loop.
pub trait Platform {
    /// A round is about to begin: what could not be heard any more is listened to again. Where
    /// nothing can fail there is nothing to do.
    fn listen(&self) {}

    /// Waits for the next event.
    fn event(&self) -> impl Future<Output = Event>;

    /// Waits until a moment, time asleep included.
    fn until(&self, moment: BootTime) -> impl Future<Output = ()>;

    /// The clock.
    fn clock(&self) -> &dyn Clock;

    /// Jitter.
    fn rng(&self) -> &dyn Rng;

    /// Tells the supervisor how things stand.
    fn notify(&self, word: ServiceState<'_>);

    /// How often the supervisor wants to hear that we are alive.
    fn watchdog(&self) -> Option<Duration>;
}

/// What a supervisor is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServiceState<'a> {
    /// The first round was attempted, or a reload is done.
    Ready,
    /// A line for people.
    Status(&'a str),
    /// The configuration is being read again.
    Reloading,
    /// The end has begun.
    Stopping,
    /// Still alive.
    Alive,
}

/// What the daemon shows of itself while it runs.
#[derive(Debug, Default)]
pub struct DaemonStatus {
    /// The last round; `None` while the first is under way.
    pub last: RefCell<Option<LastRound>>,
    /// What is remembered.
    pub state: RefCell<State>,
}

/// How long a round that is under way may go on after a stop was asked for. What it has written by
/// then is remembered; what was sent and not answered is read back by the next start.
/// A second is what whoever stops a container expects to wait at the most.
const SHUTDOWN_GRACE: Duration = Duration::from_millis(500);

/// What becomes of a round that a stop ended.
pub const STOP_CHECK_DELAY: &str =
    "what was sent and not confirmed is read back before anything is written again";

/// The longest a round can take without a request to a provider: its slowest waits, one after the other, with the longest
/// time-out that can be configured, come to less. A round with many lists to read may take longer in all.
const MAX_ROUND_DURATION: Duration = Duration::from_mins(30);

/// Plays rounds until told to stop. `reload` reads the configuration again; its error is in words
/// and leaves the old one in force.
pub async fn run<C: Engine>(
    mut engine: C,
    reload: impl Fn() -> Result<C, String>,
    platform: &impl Platform,
    daemon_status: &Rc<DaemonStatus>,
    dry_run: bool,
) {
    platform.notify(ServiceState::Status("the first round is under way"));
    let routine = RoundOptions {
        dry_run,
        ..RoundOptions::ROUTINE
    };
    let mut schedule = Schedule::default();
    let mut task = Some(routine);
    let mut next = platform.clock().now();
    let mut triggers = Triggers::default();
    loop {
        if let Some(task) = task.take() {
            let Some(report) = rounds(
                &engine,
                platform,
                daemon_status,
                task,
                &mut schedule,
                &mut triggers,
            )
            .await
            else {
                info!("stopped in the middle of a round; {STOP_CHECK_DELAY}");
                break;
            };
            engine.close_connections();
            let now = platform.clock().now();
            log(&report, daemon_status, now);
            let jitter = platform.rng().next_f64();
            next = schedule.next(
                now,
                engine.intervals(),
                &report,
                &daemon_status.state.borrow(),
                jitter,
            );
            platform.notify(ServiceState::Ready);
            platform.notify(ServiceState::Alive);
            platform.notify(ServiceState::Status(&report::status::line(
                &report,
                next.since(now),
                platform.clock().wall_time(next),
            )));
            *daemon_status.last.borrow_mut() = Some(LastRound {
                ended: now,
                next,
                report,
            });
        }
        match wait(platform, next, &mut triggers, WaitState::BetweenRounds).await {
            WakeReason::Due => task = Some(routine),
            WakeReason::Stop => break,
            WakeReason::Request(ManualRequest { is_full_check }) => {
                if is_full_check {
                    info!("a full round was asked for");
                    task = Some(RoundOptions {
                        audit: true,
                        trigger: Trigger::Manual,
                        ..routine
                    });
                } else {
                    task = Some(routine);
                }
            }
            WakeReason::Network(change) => {
                // What failed for want of a network a moment ago may work now, and if not yet, then
                // soon: the quick looks begin anew.
                schedule = Schedule::default();
                task = Some(RoundOptions {
                    trigger: trigger(change),
                    ..routine
                });
            }
            WakeReason::Reload => {
                platform.notify(ServiceState::Reloading);
                match reload() {
                    Ok(fresh) => {
                        info!("the configuration was read again and is in force");
                        engine = fresh;
                    }
                    Err(what) => {
                        // An event is a line, and each problem is one.
                        let mut problems = what.lines();
                        let first = problems.next().unwrap_or_default();
                        error!("the configuration was not taken over, the old one stays: {first}");
                        problems.for_each(|problem| error!("{problem}"));
                    }
                }
                let now = platform.clock().now();
                let is_full_check = false;
                triggers.burst.request(ManualRequest { is_full_check }, now);
                if triggers.burst.request_due() > Some(now) {
                    // Too many rounds were asked for lately: the reload does not wait for the next one.
                    platform.notify(ServiceState::Ready);
                }
            }
        }
    }
    platform.notify(ServiceState::Stopping);
    if let Err(trouble) = engine.save(&daemon_status.state.borrow()) {
        error!("{trouble}");
    }
    info!("stopped");
}

/// What has been heard and not acted upon.
#[derive(Default)]
struct Triggers {
    burst: TriggerQueue,
    /// The configuration is to be read again.
    is_reload_due: bool,
}

/// Logs a round, and the last one is what it is compared with.
fn log(report: &Report, daemon_status: &DaemonStatus, now: BootTime) {
    let before = daemon_status
        .last
        .borrow()
        .as_ref()
        .map(|last| last.report.clone());
    report::log::round(report, before.as_ref(), now);
}

/// What a round is played for that a change of the network starts; it is told of.
fn trigger(change: NetworkEvent) -> Trigger {
    match change {
        NetworkEvent::Hint(poke) => {
            if poke.is_empty() {
                info!("poked: a round starts");
            } else {
                info!("poked with {poke}: a round starts");
            }
            Trigger::Hint(poke)
        }
        NetworkEvent::AddressAdded | NetworkEvent::Rerouted | NetworkEvent::Other => {
            debug!("the network has changed ({change:?}): a round starts");
            Trigger::Network
        }
    }
}

/// A round under way.
struct Running<F> {
    task: RoundOptions,
    /// When it was seen last that it goes on.
    went_on: BootTime,
    round: Pin<Box<F>>,
}

/// What the loop hears first while rounds are under way.
enum RoundsEnd {
    /// The round at this place has ended.
    Ended(usize, Report),
    Wake(WakeReason),
}

/// Plays a round, and a further one at once whenever the network changes meanwhile, without waiting for what the
/// earlier ones still wait for (L9). The report is that of the last; `None` if the stop came first. Other triggers
/// wait their turn.
async fn rounds<C: Engine>(
    engine: &C,
    platform: &impl Platform,
    daemon_status: &DaemonStatus,
    task: RoundOptions,
    schedule: &mut Schedule,
    triggers: &mut Triggers,
) -> Option<Report> {
    let begin = |mut task: RoundOptions, schedule: &mut Schedule, triggers: &mut Triggers| {
        // First the ear, then the look: what changes in between is heard.
        platform.listen();
        if triggers.burst.mark_seen() {
            // This round is played for what it sees, too.
            *schedule = Schedule::default();
            if task.trigger == Trigger::Scheduled {
                task.trigger = Trigger::Network;
            }
        }
        Running {
            task,
            went_on: platform.clock().now(),
            round: Box::pin(engine.round(&daemon_status.state, task)),
        }
    };
    // Each wait has a pulse of its own, and this one follows another that was any part of it old.
    platform.notify(ServiceState::Alive);
    let mut running = vec![begin(task, schedule, triggers)];
    let mut newest = None;
    let mut requests = engine.requests();
    while let Some(oldest) = running.first() {
        // A round has a deadline for everything it waits for; one that is longer under way than all of them
        // together and sends no request any more is stuck, and the supervisor shall know.
        let is_stuck_at = oldest.went_on.after(MAX_ROUND_DURATION);
        let waiting = if platform.clock().now() < is_stuck_at {
            WaitState::InRound
        } else {
            // Or the host slept in the middle of it: what is heard counts all the same.
            WaitState::InStuckRound
        };
        let progress = {
            let woken = pin!(wait(platform, is_stuck_at, triggers, waiting));
            match select(ended(&mut running), woken).await {
                Either::Left(((place, report), _)) => RoundsEnd::Ended(place, report),
                Either::Right((wake, _)) => RoundsEnd::Wake(wake),
            }
        };
        match progress {
            RoundsEnd::Ended(place, report) => {
                let is_newest = place + 1 == running.len();
                running.remove(place);
                if is_newest && newest.is_none() {
                    newest = Some(report);
                } else {
                    log(&report, daemon_status, platform.clock().now());
                }
            }
            RoundsEnd::Wake(WakeReason::Network(change)) => {
                if waiting == WaitState::InRound {
                    platform.notify(ServiceState::Alive);
                }
                *schedule = Schedule::default();
                let later = trigger(change);
                let task = match running.last() {
                    Some(superseded) if newest.is_none() => RoundOptions {
                        trigger: superseded
                            .task
                            .trigger
                            .and_then(later, !engine.is_detecting()),
                        ..superseded.task
                    },
                    _ => RoundOptions {
                        trigger: later,
                        audit: false,
                        ..task
                    },
                };
                // No connection of before the change is used again.
                engine.close_connections();
                if let Some(report) = newest.take() {
                    log(&report, daemon_status, platform.clock().now());
                }
                running.push(begin(task, schedule, triggers));
            }
            RoundsEnd::Wake(WakeReason::Reload) => triggers.is_reload_due = true,
            RoundsEnd::Wake(WakeReason::Stop) => {
                let end = platform.clock().now().after(SHUTDOWN_GRACE);
                let all = async {
                    while !running.is_empty() {
                        let (place, _) = ended(&mut running).await;
                        running.remove(place);
                    }
                };
                select(pin!(all), pin!(platform.until(end))).await;
                return None;
            }
            RoundsEnd::Wake(WakeReason::Due) if engine.requests() != requests => {
                platform.notify(ServiceState::Alive);
                requests = engine.requests();
                for round in &mut running {
                    round.went_on = platform.clock().now();
                }
            }
            RoundsEnd::Wake(WakeReason::Due | WakeReason::Request(_)) => {}
        }
    }
    newest
}

/// The first round that ends, the oldest first. All are polled each time: there are few of them.
fn ended<F: Future<Output = Report>>(
    running: &mut [Running<F>],
) -> impl Future<Output = (usize, Report)> {
    poll_fn(|context| {
        for (place, running) in running.iter_mut().enumerate() {
            if let Poll::Ready(report) = running.round.as_mut().poll(context) {
                return Poll::Ready((place, report));
            }
        }
        Poll::Pending
    })
}

/// Carries out a command, unless a stop comes first; then it has the same grace as a round, and the
/// answer is `None`.
pub async fn unless_stopped<T>(
    platform: &impl Platform,
    command: impl Future<Output = T>,
) -> Option<T> {
    let command = std::pin::pin!(command);
    let stopped = std::pin::pin!(async { while platform.event().await != Event::Stop {} });
    match select(command, stopped).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(((), command)) => {
            let end = platform.clock().now().after(SHUTDOWN_GRACE);
            match select(command, std::pin::pin!(platform.until(end))).await {
                Either::Left((done, _)) => Some(done),
                Either::Right(_) => None,
            }
        }
    }
}

/// What the loop waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum WaitState {
    /// The next round, whatever is the reason.
    BetweenRounds,
    /// The end of a round, or a reason for another one at once.
    InRound,
    /// The same, though the round takes longer than any can: nobody is told that we are alive.
    InStuckRound,
}

/// Why the loop goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum WakeReason {
    /// It is time.
    Due,
    /// The end has come.
    Stop,
    /// The configuration is to be read again.
    Reload,
    /// A round is due because the network has changed.
    Network(NetworkEvent),
    /// A round is due because somebody asks for it.
    Request(ManualRequest),
}

/// Waits for a trigger or until `next`, telling the supervisor in between that we are alive.
async fn wait(
    platform: &impl Platform,
    next: BootTime,
    triggers: &mut Triggers,
    waiting: WaitState,
) -> WakeReason {
    let is_between = waiting == WaitState::BetweenRounds;
    let is_stuck = waiting == WaitState::InStuckRound;
    let beat = || {
        platform
            .watchdog()
            .filter(|_| !is_stuck)
            .map(|every| platform.clock().now().after(every / 2))
    };
    let mut pulse = beat();
    loop {
        if is_between && std::mem::take(&mut triggers.is_reload_due) {
            return WakeReason::Reload;
        }
        let burst = &mut triggers.burst;
        let request = burst.request_due().filter(|_| is_between);
        let moments = [
            Some(next).filter(|_| !is_stuck),
            pulse,
            burst.due(),
            request,
        ];
        let until = moments.into_iter().flatten().min();
        let event = pin!(platform.event());
        let timer = pin!(async {
            match until {
                Some(until) => platform.until(until).await,
                None => std::future::pending().await,
            }
        });
        if let Either::Left((event, _)) = select(event, timer).await {
            let now = platform.clock().now();
            match event {
                Event::Network(change) => burst.push(change, now),
                Event::FullCheck => {
                    let is_full_check = true;
                    burst.request(ManualRequest { is_full_check }, now);
                }
                Event::Stop => return WakeReason::Stop,
                Event::Reload => return WakeReason::Reload,
            }
        }
        let now = platform.clock().now();
        if let Some(change) = burst.pop_due(now) {
            return WakeReason::Network(change);
        }
        if is_between && let Some(request) = burst.pop_due_request(now) {
            return WakeReason::Request(request);
        }
        if now >= next && !is_stuck {
            return WakeReason::Due;
        }
        if pulse.is_some_and(|pulse| now >= pulse) {
            platform.notify(ServiceState::Alive);
            pulse = beat();
        }
    }
}

#[cfg(test)]
mod tests;
