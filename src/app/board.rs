//! The sockets of the state directory, and the one on which whoever connects is told how the daemon
//! stands, and that is all.

use std::{io, os::unix::net::UnixListener as StdListener, path::Path, rc::Rc, time::Duration};

use rustix::{
    fs::{Mode, fchmod},
    net::{
        AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, listen as accept_from_now_on,
        socket_with,
    },
};
use tokio::{
    io::AsyncWriteExt,
    net::{UnixListener, UnixStream},
};
use tracing::warn;

use super::clock::BootClock;
use crate::{
    core::foreign_text::printable_json, daemon::Board, report::status::status, round::Clock,
};

/// Opens a socket with these permissions, or those that the umask leaves. A leftover of an instance
/// that ended is replaced; the lock says that no other instance is alive. Where that is impossible,
/// `without` says what will not work.
pub(super) fn open(path: &Path, mode: Option<Mode>, without: &str) -> Option<UnixListener> {
    replace(path, mode)
        .inspect_err(|error| warn!("{without} will not work: {}: {error}", path.display()))
        .ok()
}

fn replace(path: &Path, mode: Option<Mode>) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    if let Some(mode) = mode {
        // The file is made with the socket's mode, so that there is no moment in which others could
        // open it (Linux, net/unix/af_unix.c).
        fchmod(&socket, mode)?;
    }
    bind(&socket, &SocketAddrUnix::new(path)?)?;
    accept_from_now_on(&socket, WAITING)?;
    UnixListener::from_std(StdListener::from(socket))
}

/// How many may wait for their turn.
const WAITING: i32 = 128;

/// How long one reader may take.
pub(super) const LIMIT: Duration = Duration::from_secs(1);

/// The next one who connects.
pub(super) async fn next(listener: &UnixListener) -> UnixStream {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            return stream;
        }
        // Too many open files, most likely: it passes, and spinning would not help.
        #[expect(clippy::disallowed_methods, reason = "a pause of this task only")]
        tokio::time::sleep(LIMIT).await;
    }
}

/// Answers for ever. One reader at a time, each for a moment: a slow one is left behind, a dead one
/// is forgotten, and no round waits for any of them (L14).
pub(super) async fn answer(listener: UnixListener, board: Rc<Board>) {
    loop {
        let mut stream = next(&listener).await;
        let now = BootClock.now();
        let status = status(board.last.borrow().as_ref(), &board.memory.borrow(), now);
        if let Ok(text) = serde_json::to_string(&status) {
            let text = printable_json(&text);
            let _ = tokio::time::timeout(LIMIT, stream.write_all(text.as_bytes())).await;
        }
    }
}
