//! For how long a write that was sent may still be carried out, and for how long it counts.

use std::time::Duration;

/// The window in which writes are counted.
pub const WRITE_WINDOW: Duration = Duration::from_hours(1);

/// How long after it was sent the kernel goes on repeating what a closed connection had still to send: it
/// gives an orphan up after 102 s (tcp(7), `tcp_orphan_retries`). A process that was killed has its
/// connections closed likewise.
const MAX_RETRANSMISSION: Duration = Duration::from_secs(102);

/// How long a provider may take for a request that has reached it: the gateways in front of such services
/// give up after a minute.
const MAX_PROCESSING: Duration = Duration::from_mins(1);

/// How long after it was sent a request may still be carried out, if its sender waits for the answer for
/// at most `timeout`.
pub fn request_lifetime(timeout: Duration) -> Duration {
    timeout
        .max(MAX_RETRANSMISSION)
        .saturating_add(MAX_PROCESSING)
}

/// The same for the usual time-outs; state files of older versions do not say which it was.
pub(super) fn usual_lifetime() -> Duration {
    request_lifetime(Duration::ZERO)
}

/// No lifetime is longer, whatever a damaged state file says: the longest `timeout` is five minutes.
pub(super) const MAX_REQUEST_LIFETIME: Duration = Duration::from_mins(6);
