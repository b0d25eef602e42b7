//! Standard input, read without keeping signals waiting.

use std::{io, time::Duration};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use tokio::net::unix::pipe::Receiver;

/// Reads standard input to its end, and no more than `max_bytes` of it.
pub async fn read_input(max_bytes: usize) -> io::Result<Vec<u8>> {
    let stdin = rustix::stdio::stdin();
    let mut content = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let now = Timespec::try_from(Duration::ZERO).map_err(io::Error::other)?;
        if matches!(
            poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&now)),
            Ok(0)
        ) {
            // The runtime's pipe waits for a pipe, a socket and a terminal; nothing else makes a reader wait.
            let waiting = Receiver::from_owned_fd_unchecked(stdin.try_clone_to_owned()?);
            if let Ok(waiting) = waiting {
                waiting.readable().await?;
            }
        }
        match rustix::io::read(stdin, &mut piece) {
            Ok(0) => return Ok(content),
            Ok(count) => content.extend_from_slice(piece.get(..count).unwrap_or_default()),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
        if content.len() > max_bytes {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
    }
}
