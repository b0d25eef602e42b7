//! Several ways to one answer, the preferred first: each next one begins when one before has failed or
//! when the last has had its head start. The first answer wins.
//!
//! So a router that speaks the last one only is found after two head starts, or at once where it says
//! that it speaks none of the others; and one that speaks several is asked by the preferred one alone,
//! unless that takes long.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
    time::Duration,
};

use tokio::time::{Instant, timeout_at};

/// A way that has a name; it ends by itself.
pub(super) type Attempt<'a, T, E> = (
    &'static str,
    Pin<Box<dyn Future<Output = Result<T, E>> + 'a>>,
);

/// The first answer, or what went wrong each way, in their order.
pub(super) async fn race<T, E>(
    ways: Vec<Attempt<'_, T, E>>,
    head_start: Duration,
) -> Result<T, Vec<(&'static str, E)>> {
    let mut waiting = ways.into_iter().enumerate();
    let mut running = Vec::new();
    let mut failed = Vec::new();
    loop {
        running.extend(waiting.next());
        if running.is_empty() {
            failed.sort_by_key(|(place, _)| *place);
            return Err(failed.into_iter().map(|(_, failure)| failure).collect());
        }
        let first = first(&mut running);
        let ended = if waiting.len() == 0 {
            Some(first.await)
        } else {
            timeout_at(Instant::now() + head_start, first).await.ok()
        };
        match ended {
            None => {}
            Some((_, _, Ok(answer))) => return Ok(answer),
            Some((place, name, Err(error))) => failed.push((place, (name, error))),
        }
    }
}

/// Waits for the first to end, and takes it out. Of two that end at once that is the preferred one.
async fn first<T, E>(
    running: &mut Vec<(usize, Attempt<'_, T, E>)>,
) -> (usize, &'static str, Result<T, E>) {
    poll_fn(|context| {
        for at in 0..running.len() {
            let Some((place, (name, way))) = running.get_mut(at) else {
                continue;
            };
            if let Poll::Ready(ended) = way.as_mut().poll(context) {
                let ended = (*place, *name, ended);
                drop(running.remove(at));
                return Poll::Ready(ended);
            }
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::sync::oneshot;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);
    const SHORT: Duration = Duration::from_millis(5);

    /// The race, which is to end long before this does.
    async fn run(
        ways: Vec<Attempt<'_, u8, &'static str>>,
        head_start: Duration,
    ) -> Result<u8, Vec<(&'static str, &'static str)>> {
        let limit = Duration::from_secs(10);
        let raced = tokio::time::timeout(limit, race(ways, head_start)).await;
        raced.expect("it waits for ever")
    }

    type ProtocolAnswer = Result<u8, &'static str>;

    fn way<'a>(
        name: &'static str,
        way: impl Future<Output = ProtocolAnswer> + 'a,
    ) -> Attempt<'a, u8, &'static str> {
        (name, Box::pin(way))
    }

    #[tokio::test]
    async fn a_preferred_way_that_answers_is_the_only_one_taken() {
        let ways = vec![
            way("a", async { Ok(1) }),
            way("b", async { panic!("it must not begin") }),
        ];
        assert_eq!(run(ways, LONG).await, Ok(1));
    }

    #[tokio::test]
    async fn where_one_fails_the_next_begins_at_once() {
        let ways = vec![
            way("a", async { Err("no") }),
            way("b", async { Err("neither") }),
            way("c", async { Ok(3) }),
        ];
        assert_eq!(run(ways, LONG).await, Ok(3));
    }

    #[tokio::test]
    async fn one_that_is_silent_has_its_head_start_and_no_more() {
        let ways = vec![
            way("a", pending()),
            way("b", pending()),
            way("c", async { Ok(3) }),
        ];
        assert_eq!(run(ways, SHORT).await, Ok(3));
    }

    #[tokio::test]
    async fn of_two_answers_at_once_the_preferred_one_wins() {
        let ((say_a, hear_a), (say_b, hear_b)) = (oneshot::channel(), oneshot::channel());
        let ways = vec![
            way("a", async { Ok(hear_a.await.unwrap()) }),
            way("b", async { Ok(hear_b.await.unwrap()) }),
            way("c", async {
                say_b.send(2).unwrap();
                say_a.send(1).unwrap();
                pending().await
            }),
        ];
        assert_eq!(run(ways, SHORT).await, Ok(1));
    }

    #[tokio::test]
    async fn a_late_preferred_answer_counts_as_long_as_there_is_no_other() {
        let (say, hear) = oneshot::channel();
        let ways = vec![
            way("a", async { Ok(hear.await.unwrap()) }),
            way("b", async {
                say.send(1).unwrap();
                Err("no")
            }),
        ];
        assert_eq!(run(ways, SHORT).await, Ok(1));
    }

    #[tokio::test]
    async fn every_failure_is_told_in_the_order_of_preference() {
        let (say, hear) = oneshot::channel();
        let ways = vec![
            way("a", async { Err(hear.await.unwrap()) }),
            way("b", async {
                say.send("late").unwrap();
                Err("early")
            }),
        ];
        let told = run(ways, SHORT).await;
        assert_eq!(told, Err(vec![("a", "late"), ("b", "early")]));
        assert_eq!(run(Vec::new(), SHORT).await, Err(Vec::new()));
    }
}
