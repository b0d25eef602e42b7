//! The sockets of the state directory, and the one on which whoever connects is told how the daemon
//! stands, and that is all.

use std::{
    collections::VecDeque, io, os::unix::net::UnixListener as StdListener, path::Path, rc::Rc,
    time::Duration,
};

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
    task::AbortHandle,
    time::timeout,
};
use tracing::warn;

use super::clock::BootClock;
use crate::{
    core::foreign_text::printable_json, daemon::DaemonStatus, engine::Clock, report::status::status,
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
    accept_from_now_on(&socket, BACKLOG)?;
    UnixListener::from_std(StdListener::from(socket))
}

/// How many may wait for their turn.
const BACKLOG: i32 = 128;

/// How long one reader may take.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(1);

/// The next one who connects.
async fn next(listener: &UnixListener) -> UnixStream {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            return stream;
        }
        // Too many open files, most likely: it passes, and spinning would not help.
        #[expect(clippy::disallowed_methods, reason = "a pause of this task only")]
        tokio::time::sleep(CLIENT_TIMEOUT).await;
    }
}

/// How many are served at once. Beyond that the one who has taken longest is left: an honest one takes a moment.
const MAX_SERVED: usize = 16;

/// Serves whoever connects, for ever: each at once and for a moment, whatever the others do. One who is silent is left
/// behind, a dead one is forgotten, and no round waits for any of them (L14).
pub(super) async fn serve<F>(listener: UnixListener, serve: impl Fn(UnixStream) -> F)
where
    F: Future<Output = io::Result<()>> + 'static,
{
    let mut served: VecDeque<AbortHandle> = VecDeque::new();
    loop {
        let stream = next(&listener).await;
        served.retain(|task| !task.is_finished());
        if served.len() >= MAX_SERVED
            && let Some(longest) = served.pop_front()
        {
            longest.abort();
        }
        let serving = timeout(CLIENT_TIMEOUT, serve(stream));
        let task = tokio::task::spawn_local(async move {
            // Whoever does not take his answer goes without.
            let _ = serving.await;
        });
        served.push_back(task.abort_handle());
        // Who connected earlier has had a turn before the next one is taken in.
        tokio::task::yield_now().await;
    }
}

/// Tells whoever connects how the daemon stands.
pub(super) async fn answer(listener: UnixListener, daemon_status: Rc<DaemonStatus>) {
    serve(listener, move |mut stream| {
        let daemon_status = Rc::clone(&daemon_status);
        async move {
            let now = BootClock.now();
            let status = status(
                daemon_status.last.borrow().as_ref(),
                &daemon_status.state.borrow(),
                now,
            );
            let text = serde_json::to_string(&status)?;
            stream.write_all(printable_json(&text).as_bytes()).await
        }
    })
    .await;
}
