//! The status socket: whoever connects is told how the daemon stands, and that is all.

use std::{io, path::Path, rc::Rc, time::Duration};

use tokio::{io::AsyncWriteExt, net::UnixListener};
use tracing::warn;

use super::clock::BootClock;
use crate::{commands::status::socket, daemon::Board, report::status::status, round::Clock};

/// Opens the socket. A leftover of an instance that ended is replaced; the lock says that no other
/// instance is alive.
pub(super) fn open(state_directory: &Path) -> Option<UnixListener> {
    let path = socket(state_directory);
    if let Err(error) = std::fs::remove_file(&path)
        && error.kind() != io::ErrorKind::NotFound
    {
        warn!(
            "`moored status` and `moored health` will not work: {}: {error}",
            path.display()
        );
        return None;
    }
    UnixListener::bind(&path)
        .inspect_err(|error| {
            warn!(
                "`moored status` and `moored health` will not work: {}: {error}",
                path.display()
            );
        })
        .ok()
}

/// How long one reader may take.
const LIMIT: Duration = Duration::from_secs(1);

/// Answers for ever. One reader at a time, each for a moment: a slow one is left behind, a dead one
/// is forgotten, and no round waits for any of them (L14).
pub(super) async fn answer(listener: UnixListener, board: Rc<Board>) {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else {
            // Too many open files, most likely: it passes, and spinning would not help.
            #[expect(clippy::disallowed_methods, reason = "a pause of this task only")]
            tokio::time::sleep(LIMIT).await;
            continue;
        };
        let now = BootClock.now();
        let status = status(board.last.borrow().as_ref(), &board.memory.borrow(), now);
        if let Ok(text) = serde_json::to_vec(&status) {
            let _ = tokio::time::timeout(LIMIT, stream.write_all(&text)).await;
        }
    }
}
