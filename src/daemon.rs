//! The loop: the only place that sleeps.

use std::{cell::RefCell, rc::Rc, time::Duration};

use futures_util::future::{Either, select};
use tracing::{debug, error, info};

use crate::{
    core::{
        memory::Memory,
        outcome::Report,
        schedule::Schedule,
        settle::{Burst, Change},
        time::Moment,
    },
    report::{self, status::LastRound},
    round::{Chance, Clock, Crew, Occasion, Task},
};

/// What can happen between and during rounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// Stop: SIGTERM, SIGINT.
    Stop,
    /// Read the configuration again: SIGHUP.
    Reload,
    /// A full round now: SIGUSR1.
    Verify,
    /// Something says that the network has changed.
    Network(Change),
}

/// The outside world's side of the loop.
pub trait Shell {
    /// A round is about to begin: what could not be heard any more is listened to again. Where
    /// nothing can fail there is nothing to do.
    fn listen(&self) {}

    /// Waits for the next event.
    fn event(&self) -> impl Future<Output = Event>;

    /// Waits until a moment, time asleep included.
    fn until(&self, moment: Moment) -> impl Future<Output = ()>;

    /// The clock.
    fn clock(&self) -> &dyn Clock;

    /// Jitter.
    fn chance(&self) -> &dyn Chance;

    /// Tells the supervisor how things stand.
    fn tell(&self, word: Word<'_>);

    /// How often the supervisor wants to hear that we are alive.
    fn watchdog(&self) -> Option<Duration>;
}

/// What a supervisor is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word<'a> {
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
pub struct Board {
    /// The last round; `None` while the first is under way.
    pub last: RefCell<Option<LastRound>>,
    /// What is remembered.
    pub memory: RefCell<Memory>,
}

/// How long a round that is under way may go on after a stop was asked for. What it has written by
/// then is remembered; what was sent and not answered is read back by the next start.
/// A second is what whoever stops a container expects to wait at the most.
const GRACE: Duration = Duration::from_millis(500);

/// What becomes of a round that a stop ended.
pub const AFTER_A_STOP: &str =
    "what was sent and not confirmed is read back before anything is written again";

/// The longest a round can take: its slowest waits, one after the other, with the longest time-out
/// that can be configured, come to less.
const LONGEST_ROUND: Duration = Duration::from_mins(30);

/// Plays rounds until told to stop. `reload` reads the configuration again; its error is in words
/// and leaves the old one in force.
pub async fn run<C: Crew>(
    mut crew: C,
    reload: impl Fn() -> Result<C, String>,
    shell: &impl Shell,
    board: &Rc<Board>,
    dry_run: bool,
) {
    shell.tell(Word::Status("the first round is under way"));
    let mut schedule = Schedule::default();
    let mut task = Task {
        dry_run,
        ..Task::ROUTINE
    };
    let mut waiting = Vec::new();
    let mut burst = Burst::default();
    loop {
        // First the ear, then the look: what changes in between is heard.
        shell.listen();
        let mut has_seen = burst.seen();
        let queued = waiting.len();
        waiting.retain(
            |event| !matches!(event, Event::Network(change) if change.is_seen_by_any_round()),
        );
        has_seen |= waiting.len() < queued;
        if has_seen {
            // This round is played for what it sees, too.
            schedule = Schedule::default();
            if task.occasion == Occasion::Routine {
                task.occasion = Occasion::Network;
            }
        }
        let played = round(&crew, shell, &board.memory, task, &mut waiting, &mut burst);
        let Some(report) = played.await else {
            info!("stopped in the middle of a round; {AFTER_A_STOP}");
            break;
        };
        crew.rest();
        let now = shell.clock().now();
        let before = board.last.borrow().as_ref().map(|last| last.report.clone());
        report::log::round(&report, before.as_ref(), now);
        let jitter = shell.chance().unit();
        let next = schedule.next(now, crew.cadence(), &report, &board.memory.borrow(), jitter);
        shell.tell(Word::Ready);
        shell.tell(Word::Alive);
        shell.tell(Word::Status(&report::status::line(
            &report,
            next.since(now),
            shell.clock().on_the_wall(next),
        )));
        *board.last.borrow_mut() = Some(LastRound {
            ended: now,
            next,
            report,
        });

        let event = if waiting.is_empty() {
            wait(shell, next, &mut burst).await
        } else {
            Some(waiting.remove(0))
        };
        task = Task {
            dry_run,
            ..Task::ROUTINE
        };
        match event {
            None => {}
            Some(Event::Stop) => break,
            Some(Event::Verify) => {
                info!("a full round was asked for");
                task = Task {
                    audit: true,
                    occasion: Occasion::Asked,
                    ..task
                };
            }
            Some(Event::Network(change)) => {
                let occasion = occasion(change);
                // What failed for want of a network a moment ago may work now, and if not yet, then
                // soon: the quick looks begin anew.
                schedule = Schedule::default();
                task = Task { occasion, ..task };
            }
            Some(Event::Reload) => {
                shell.tell(Word::Reloading);
                match reload() {
                    Ok(fresh) => {
                        info!("the configuration was read again and is in force");
                        crew = fresh;
                    }
                    Err(what) => {
                        // An event is a line, and each problem is one.
                        let mut problems = what.lines();
                        let first = problems.next().unwrap_or_default();
                        error!("the configuration was not taken over, the old one stays: {first}");
                        problems.for_each(|problem| error!("{problem}"));
                    }
                }
            }
        }
    }
    shell.tell(Word::Stopping);
    if let Err(trouble) = crew.save(&board.memory.borrow()) {
        error!("{trouble}");
    }
    info!("stopped");
}

/// What a round is played for that a change of the network starts; it is told of.
fn occasion(change: Change) -> Occasion {
    match change {
        Change::Told(poke) => {
            if poke.is_silent() {
                info!("poked: a round starts");
            } else {
                info!("poked with {poke}: a round starts");
            }
            Occasion::Told(poke)
        }
        Change::Gained | Change::Other => {
            debug!("the network has changed ({change:?}): a round starts");
            Occasion::Network
        }
    }
}

/// One round; `None` if the end came first. Other events wait their turn.
async fn round<C: Crew>(
    crew: &C,
    shell: &impl Shell,
    memory: &RefCell<Memory>,
    task: Task,
    waiting: &mut Vec<Event>,
    burst: &mut Burst,
) -> Option<Report> {
    // Each wait has a pulse of its own, and this one follows another that was any part of it old.
    shell.tell(Word::Alive);
    let round = std::pin::pin!(crew.round(memory, task));
    let begun = shell.clock().now();
    let stopped = std::pin::pin!(async {
        loop {
            // A round has a deadline for everything it waits for; one that is longer under way
            // than all of them together is stuck, and the supervisor shall know.
            let end = begun.after(LONGEST_ROUND);
            match wait(shell, end, burst).await {
                Some(Event::Stop) => return,
                Some(Event::Network(change)) => {
                    shell.tell(Word::Alive);
                    let event = Event::Network(change);
                    if !waiting.contains(&event) {
                        waiting.push(event);
                    }
                }
                Some(event) if waiting.contains(&event) => {}
                Some(event) => waiting.push(event),
                // Stuck, or the host slept in the middle of it: what is asked for waits all the same,
                // and nobody is told that we are alive.
                None => break,
            }
        }
        loop {
            match shell.event().await {
                Event::Stop => return,
                event if waiting.contains(&event) => {}
                event => waiting.push(event),
            }
        }
    });
    match select(round, stopped).await {
        Either::Left((report, _)) => Some(report),
        Either::Right(((), round)) => {
            let end = shell.clock().now().after(GRACE);
            select(round, std::pin::pin!(shell.until(end))).await;
            None
        }
    }
}

/// Carries out a command, unless a stop comes first; then it has the same grace as a round, and the
/// answer is `None`.
pub async fn unless_stopped<T>(shell: &impl Shell, command: impl Future<Output = T>) -> Option<T> {
    let command = std::pin::pin!(command);
    let stopped = std::pin::pin!(async { while shell.event().await != Event::Stop {} });
    match select(command, stopped).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(((), command)) => {
            let end = shell.clock().now().after(GRACE);
            match select(command, std::pin::pin!(shell.until(end))).await {
                Either::Left((done, _)) => Some(done),
                Either::Right(_) => None,
            }
        }
    }
}

/// Waits for an event or until `next`, telling the supervisor in between that we are alive. Changes
/// of the network become an event when they ask for a round.
async fn wait(shell: &impl Shell, next: Moment, burst: &mut Burst) -> Option<Event> {
    let beat = || {
        shell
            .watchdog()
            .map(|every| shell.clock().now().after(every / 2))
    };
    let mut pulse = beat();
    loop {
        let moments = [Some(next), pulse, burst.due()];
        let until = moments.into_iter().flatten().min().unwrap_or(next);
        let event = std::pin::pin!(shell.event());
        let timer = std::pin::pin!(shell.until(until));
        match select(event, timer).await {
            Either::Left((Event::Network(change), _)) => burst.heard(change, shell.clock().now()),
            Either::Left((event, _)) => return Some(event),
            Either::Right(_) => {}
        }
        let now = shell.clock().now();
        if let Some(change) = burst.take(now) {
            return Some(Event::Network(change));
        }
        if now >= next {
            return None;
        }
        if pulse.is_some_and(|pulse| now >= pulse) {
            shell.tell(Word::Alive);
            pulse = beat();
        }
    }
}

#[cfg(test)]
mod tests;
