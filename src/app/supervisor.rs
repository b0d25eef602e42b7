//! What systemd is told, by `sd_notify(3)`; nothing where nobody listens.

use std::time::Duration;

use sd_notify::NotifyState;

use crate::daemon::Word;

/// Passes a word on. A supervisor that does not listen changes nothing for us.
pub(super) fn tell(word: Word<'_>) {
    let _ = match word {
        Word::Ready => sd_notify::notify(&[NotifyState::Ready]),
        Word::Status(line) => sd_notify::notify(&[NotifyState::Status(line)]),
        Word::Reloading => match NotifyState::monotonic_usec_now() {
            Ok(now) => sd_notify::notify(&[NotifyState::Reloading, now]),
            Err(_) => sd_notify::notify(&[NotifyState::Reloading]),
        },
        Word::Stopping => sd_notify::notify(&[NotifyState::Stopping]),
        Word::Alive => sd_notify::notify(&[NotifyState::Watchdog]),
    };
}

/// How often a sign of life is wanted.
pub(super) fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}
