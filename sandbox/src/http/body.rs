//! Answers' bodies, sound and unsound.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::Sleep;

use crate::clock::pause;

/// How a body leaves.
#[derive(Debug)]
pub(super) enum BodyPlan {
    /// All at once.
    Whole(Option<Bytes>),
    /// The first half, then the connection breaks.
    Cut {
        half: Option<Bytes>,
        promised: u64,
        flushed: bool,
    },
    /// A byte at a time.
    Drops {
        rest: Bytes,
        every: Duration,
        wait: Option<Pin<Box<Sleep>>>,
    },
    /// For ever.
    Endless,
}

impl BodyPlan {
    pub(super) fn whole(body: String) -> Self {
        Self::Whole((!body.is_empty()).then(|| body.into()))
    }

    pub(super) fn half(body: &str) -> Self {
        Self::Cut {
            half: Some(first_half(body)),
            promised: body.len() as u64,
            flushed: false,
        }
    }

    pub(super) fn drops(body: String, every: Duration) -> Self {
        Self::Drops {
            rest: body.into(),
            every,
            wait: None,
        }
    }
}

/// The first half of a text, however the middle falls between characters.
pub(super) fn first_half(body: &str) -> Bytes {
    Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2])
}

impl Body for BodyPlan {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut *self {
            Self::Whole(body) => Poll::Ready(body.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Cut { half, flushed, .. } => {
                if let Some(bytes) = half.take() {
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                // hyper writes out what it has when there is no more for now; an error at once would take that along.
                if !std::mem::replace(flushed, true) {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(Some(Err(io::Error::other("cut off, as ordered"))))
            }
            Self::Drops { rest, every, wait } => {
                if rest.is_empty() {
                    return Poll::Ready(None);
                }
                let sleep = wait.get_or_insert_with(|| Box::pin(pause(*every)));
                ready!(sleep.as_mut().poll(cx));
                *wait = None;
                Poll::Ready(Some(Ok(Frame::data(rest.split_to(1)))))
            }
            Self::Endless => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(
                &[b' '; 16 * 1024],
            ))))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => SizeHint::with_exact(body.as_ref().map_or(0, |b| b.len() as u64)),
            Self::Cut { promised, .. } => SizeHint::with_exact(*promised),
            Self::Drops { rest, .. } => SizeHint::with_exact(rest.len() as u64),
            Self::Endless => SizeHint::default(),
        }
    }
}
