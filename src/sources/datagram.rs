//! One question by UDP: asked again until it is answered or time is up.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::UdpSocket,
    time::{Instant, timeout, timeout_at},
};

use super::socket_binder::SocketBinder;

/// How long the first attempt is waited for; each further one gets twice as long (RFC 8489, section
/// 6.2.1, and not worse for DNS).
pub(super) const INITIAL_RETRANSMISSION: Duration = Duration::from_millis(500);

/// Longer than anything that is accepted, so that what is too long is seen to be.
pub(super) const BUFFER_SIZE: usize = 2048;

/// What a datagram or message turned out to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply<T> {
    /// Not the answer to what was asked: forged, late or damaged. The true one may still come.
    Unrelated(&'static str),
    /// The answer.
    Match(T),
}

impl<T> From<Result<T, &'static str>> for Reply<T> {
    fn from(read: Result<T, &'static str>) -> Self {
        read.map_or_else(Self::Unrelated, Self::Match)
    }
}

/// Asks `server` by `way`, from a fresh port, until its time is up.
pub(super) async fn ask<T>(
    way: &SocketBinder,
    server: SocketAddr,
    request: &[u8],
    read: impl Fn(&[u8]) -> Reply<T>,
) -> Result<T, String> {
    let socket = way.datagrams(server).await?;
    ask_over(&socket, request, way.until, read).await
}

/// Asks over a connected socket until `until`.
pub(super) async fn ask_over<T>(
    socket: &UdpSocket,
    request: &[u8],
    until: Instant,
    read: impl Fn(&[u8]) -> Reply<T>,
) -> Result<T, String> {
    let mut stray = None;
    let asking = async {
        let mut wait = INITIAL_RETRANSMISSION;
        loop {
            socket.send(request).await.map_err(|it| it.to_string())?;
            if let Ok(answer) = timeout(wait, answer(socket, &read, &mut stray)).await {
                return answer;
            }
            wait = wait.saturating_mul(2);
        }
    };
    let answer = timeout_at(until, asking).await;
    answer.unwrap_or_else(|_| Err(late(stray)))
}

/// What is said when time is up.
pub(super) fn late(stray: Option<&str>) -> String {
    match stray {
        None => "no answer in time".to_owned(),
        Some(what) => format!("no answer in time but one that was ignored: {what}"),
    }
}

async fn answer<T>(
    socket: &UdpSocket,
    read: impl Fn(&[u8]) -> Reply<T>,
    stray: &mut Option<&'static str>,
) -> Result<T, String> {
    let mut room = [0; BUFFER_SIZE];
    loop {
        let length = socket.recv(&mut room).await.map_err(|it| it.to_string())?;
        match read(room.get(..length).unwrap_or_default()) {
            Reply::Match(answer) => return Ok(answer),
            Reply::Unrelated(what) => *stray = Some(what),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::address::family::Family;

    async fn server() -> UdpSocket {
        UdpSocket::bind("127.0.0.1:0").await.unwrap()
    }

    fn read(bytes: &[u8]) -> Reply<Vec<u8>> {
        if bytes.starts_with(b"no") {
            Reply::Unrelated("it says no")
        } else {
            Reply::Match(bytes.to_vec())
        }
    }

    fn within(millis: u64) -> SocketBinder {
        SocketBinder::new(Family::V4.into(), Duration::from_millis(millis))
    }

    #[tokio::test]
    async fn a_lost_question_is_asked_again() {
        let server = server().await;
        let place = server.local_addr().unwrap();
        let answering = async {
            let mut room = [0; 8];
            server.recv_from(&mut room).await.unwrap();
            let (_, client) = server.recv_from(&mut room).await.unwrap();
            server.send_to(b"yes", client).await.unwrap();
        };
        let way = within(10_000);
        let (answer, ()) = tokio::join!(ask(&way, place, b"?", read), answering);
        assert_eq!(answer.unwrap(), b"yes");
    }

    #[tokio::test]
    async fn what_does_not_answer_the_question_is_ignored_until_time_is_up() {
        let server = server().await;
        let place = server.local_addr().unwrap();
        let answering = async {
            let mut room = [0; 8];
            let (_, client) = server.recv_from(&mut room).await.unwrap();
            for _ in 0..3 {
                server.send_to(b"no", client).await.unwrap();
            }
        };
        let way = within(100);
        let (answer, ()) = tokio::join!(ask(&way, place, b"?", read), answering);
        assert_eq!(
            answer.unwrap_err(),
            "no answer in time but one that was ignored: it says no"
        );
    }

    #[tokio::test]
    async fn silence_ends_with_the_deadline() {
        let server = server().await;
        let place = server.local_addr().unwrap();
        let answer = ask(&within(50), place, b"?", read).await;
        assert_eq!(answer.unwrap_err(), "no answer in time");
    }

    #[tokio::test]
    async fn what_somebody_else_sends_to_our_port_never_arrives() {
        let (server, forger) = (server().await, server().await);
        let place = server.local_addr().unwrap();
        let answering = async {
            let mut room = [0; 8];
            let (_, client) = server.recv_from(&mut room).await.unwrap();
            forger.send_to(b"forged", client).await.unwrap();
            server.send_to(b"yes", client).await.unwrap();
        };
        let way = within(10_000);
        let (answer, ()) = tokio::join!(ask(&way, place, b"?", read), answering);
        assert_eq!(answer.unwrap(), b"yes");
    }
}
