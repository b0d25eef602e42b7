//! `moored status`: asks the running daemon how it stands.

use std::{
    io::{self, Read},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect as connect_to, socket_with,
    sockopt::{Timeout, set_socket_timeout},
};

use super::{CommandResult, Output};
use crate::{
    core::{foreign_text::printable_value, verdict::Verdict},
    report::status::{Status, text},
};

/// Where the daemon answers.
pub fn socket(state_directory: &Path) -> PathBuf {
    state_directory.join("status.sock")
}

/// How long a daemon that is alive may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// No status is longer.
const MAX_BYTES: u64 = 32 << 20;

/// Connects to a socket of the daemon, and waits for it no longer than for its answer: a daemon that is stuck takes
/// nobody in, and its queue of those who wait may be full.
pub(super) fn connect(socket: &Path) -> io::Result<UnixStream> {
    let flags = SocketFlags::CLOEXEC;
    let stream = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    // To connect takes as long as to send (unix(7), SO_SNDTIMEO).
    set_socket_timeout(&stream, Timeout::Send, Some(ANSWER_TIMEOUT))?;
    set_socket_timeout(&stream, Timeout::Recv, Some(ANSWER_TIMEOUT))?;
    connect_to(&stream, &SocketAddrUnix::new(socket)?)?;
    Ok(stream.into())
}

/// Asks the daemon of a state directory.
pub fn ask(state_directory: &Path) -> Result<Status, String> {
    let socket = socket(state_directory);
    let asked = || -> io::Result<String> {
        let stream = connect(&socket)?;
        let mut text = String::new();
        stream.take(MAX_BYTES).read_to_string(&mut text)?;
        Ok(text)
    };
    let text =
        asked().map_err(|error| format!("no daemon answers at {}: {error}", socket.display()))?;
    // Whoever holds the socket says what it likes (L15).
    let answer = serde_json::from_str(&text).map(printable_value);
    answer
        .and_then(serde_json::from_value)
        .map_err(|_| "the daemon's answer is of another version".to_owned())
}

/// Shows how the daemon stands.
pub fn status(state_directory: &Path, output: &mut Output<'_>) -> CommandResult {
    match ask(state_directory) {
        Ok(status) if output.json => output.print_json(&status),
        Ok(status) => output.text(&text(&status)),
        Err(what) => {
            if output.json {
                output.print_json(&serde_json::json!({ "healthy": false, "reason": what }));
            } else {
                output.text(&format!("{what}\n"));
            }
            return CommandResult::Unhealthy;
        }
    }
    CommandResult::Round(Verdict::Right)
}
