//! Standard output: a command's whole answer.

use std::{io, time::Duration};

use super::stream::{Stream, now};

/// Writes a command's whole answer. A reader that went away (`moored plan | head -1`) has what it wanted; anything
/// else that keeps the answer from its reader is an error. With a `limit` a reader that has stopped is waited for so
/// long at most, else until it reads.
pub fn write_answer(answer: &[u8], limit: Option<Duration>) -> io::Result<()> {
    write(&Stream::new(rustix::stdio::stdout()), answer, limit)
}

fn write(stream: &Stream, answer: &[u8], limit: Option<Duration>) -> io::Result<()> {
    let end = limit.map(|limit| now().saturating_add(limit));
    let mut rest = answer;
    while !rest.is_empty() {
        match stream.write(rest) {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) => match error.kind() {
                io::ErrorKind::BrokenPipe => return Ok(()),
                io::ErrorKind::WouldBlock => {
                    if !stream.wait(end.map(|end| end.saturating_sub(now())))? {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                _ => return Err(error),
            },
        }
    }
    Ok(())
}
