//! What systemd is told, by `sd_notify(3)`; nothing where nobody listens.

use std::{
    fmt::Write as _,
    io,
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            net::{SocketAddr, UnixDatagram},
        },
    },
    time::Duration,
};

use sd_notify::NotifyState;

use crate::daemon::ServiceState;

/// Passes a word on. A supervisor that does not listen changes nothing for us.
pub(super) fn tell(word: ServiceState<'_>) {
    let _ = match word {
        ServiceState::Ready => send(&[NotifyState::Ready]),
        ServiceState::Status(line) => send(&[NotifyState::Status(line)]),
        ServiceState::Reloading => match NotifyState::monotonic_usec_now() {
            Ok(now) => send(&[NotifyState::Reloading, now]),
            Err(_) => send(&[NotifyState::Reloading]),
        },
        ServiceState::Stopping => send(&[NotifyState::Stopping]),
        ServiceState::Alive => send(&[NotifyState::Watchdog]),
    };
}

/// Sends without waiting, which the crate would do: what finds no room with a supervisor that has
/// stopped reading is lost (L14), and said again with the next round.
fn send(words: &[NotifyState<'_>]) -> io::Result<()> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the supervisor's own variable, in the one place that talks to it"
    )]
    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else {
        return Ok(());
    };
    let mut text = String::new();
    for word in words {
        let _ = writeln!(text, "{word}");
    }
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    let address = match path.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(path)?,
    };
    socket.send_to_addr(text.as_bytes(), &address).map(drop)
}

/// How often a sign of life is wanted.
pub(super) fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}
