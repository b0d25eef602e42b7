//! Carrying out a query: asks whom it names, and tells it what they answer.

use std::{
    future::poll_fn,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use crate::core::{
    address::addr_set::AddrSet,
    detection::{
        consensus::{ConsensusQuery, QueryStep},
        observation::Observation,
    },
    time::BootTime,
};

/// How long an answer from outside may take, in a round that something has started, before the other operators
/// are asked too. The 100 ms by which L9 bounds what anything that hangs may cost leave room for the rest.
pub const MAX_ANSWER_DELAY: Duration = Duration::from_millis(80);

/// What a source was heard to say.
#[derive(Debug)]
pub struct AnsweredProbe {
    /// Its position among the query's sources.
    pub position: usize,
    /// The addresses, if they are acceptable, or what went wrong in words.
    pub answer: Result<AddrSet, String>,
    /// How long it took.
    pub took: Duration,
}

/// A source that was asked and has not answered.
struct PendingProbes<A> {
    position: usize,
    since: BootTime,
    answer: Pin<Box<A>>,
}

/// What happens first.
enum QueryEvent {
    /// The source at this place among the pending ones answered.
    Answer(usize, Result<Vec<IpAddr>, String>),
    /// Nobody did, for as long as one may take.
    Delay,
}

/// Asks sources until the query is decided. `ask` asks the one at a position, `delay` ends when answers have
/// taken too long. With `everyone` all are asked at once and all are waited for.
pub async fn carry_out<A, D>(
    query: &mut ConsensusQuery<'_>,
    everyone: Option<usize>,
    ask: impl Fn(usize) -> A,
    delay: impl Fn() -> D,
    now: &dyn Fn() -> BootTime,
) -> (Observation, Vec<AnsweredProbe>)
where
    A: Future<Output = Result<Vec<IpAddr>, String>>,
    D: Future<Output = ()>,
{
    let mut pending: Vec<PendingProbes<A>> = Vec::new();
    let mut answered = Vec::new();
    let mut late = Box::pin(delay());
    let mut all_at_once = everyone;
    loop {
        let positions = match all_at_once.take() {
            Some(count) => (0..count).collect(),
            None if everyone.is_some() && !pending.is_empty() => Vec::new(),
            None => match query.next_step() {
                QueryStep::Accept(observation) => return (observation, answered),
                QueryStep::Query(positions) => positions,
                QueryStep::Wait => Vec::new(),
            },
        };
        if !positions.is_empty() {
            late = Box::pin(delay());
        }
        for position in positions {
            query.record_question(position);
            pending.push(PendingProbes {
                position,
                since: now(),
                answer: Box::pin(ask(position)),
            });
        }
        if pending.is_empty() {
            continue;
        }
        match poll_fn(|context| poll(&mut pending, late.as_mut(), context)).await {
            QueryEvent::Answer(place, answer) => {
                let source = pending.remove(place);
                answered.push(AnsweredProbe {
                    position: source.position,
                    answer: query.record_answer(source.position, answer),
                    took: now().since(source.since),
                });
            }
            QueryEvent::Delay => {
                query.record_delay();
                late = Box::pin(delay());
            }
        }
    }
}

/// The first answer, in the order in which they were asked. All are polled each time: there are few of them.
fn poll<A, D>(
    pending: &mut [PendingProbes<A>],
    late: Pin<&mut D>,
    context: &mut Context<'_>,
) -> Poll<QueryEvent>
where
    A: Future<Output = Result<Vec<IpAddr>, String>>,
    D: Future<Output = ()>,
{
    for (place, source) in pending.iter_mut().enumerate() {
        if let Poll::Ready(answer) = source.answer.as_mut().poll(context) {
            return Poll::Ready(QueryEvent::Answer(place, answer));
        }
    }
    late.poll(context).map(|()| QueryEvent::Delay)
}

#[cfg(test)]
mod tests;
